"""Fold text to the comparison form: width, case, accents, script, hidden characters; one code point at a time.

`fold(a + b) == fold(a) + fold(b)` for all texts, so a name folds alone exactly as it folds inside an article. That is
why no phrase dictionary and no whole-string normalisation form is used: NFKC is applied to each code point by itself,
and combining marks on Latin, Greek and Cyrillic letters are dropped whether they come composed or apart.

The folded form is a key. It is compared, never shown.
"""

from __future__ import annotations

import re
import unicodedata

from zhengming.engine.script_table import SIMPLIFIED, TRADITIONAL

_TO_SIMPLIFIED = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))
_LAST_EUROPEAN_LETTER = 0x052F
_EUROPEAN_MARKS = range(0x0300, 0x0370)

_LOOK_ALIKES = {
    # Cyrillic and Greek letters that a reader takes for Latin ones (a subset of Unicode's confusables, after case folding).
    "а": "a", "в": "b", "с": "c", "е": "e", "н": "h", "і": "i", "ј": "j", "к": "k", "м": "m", "о": "o", "р": "p",
    "ѕ": "s", "т": "t", "у": "y", "х": "x", "ԁ": "d", "ԛ": "q", "ԝ": "w",
    "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x",
}  # fmt: skip
_LOOK_ALIKE_TABLE = str.maketrans(_LOOK_ALIKES)


class _FoldTable(dict[int, str]):
    """Code point → folded text, filled as code points are met."""

    def __missing__(self, code_point: int) -> str:
        folded = self[code_point] = _fold_code_point(chr(code_point))
        return folded


def _fold_code_point(character: str) -> str:
    if ord(character) in _EUROPEAN_MARKS or is_hidden(character):
        return ""
    folded = unicodedata.normalize("NFKC", character).casefold()
    if folded and ord(folded[0]) <= _LAST_EUROPEAN_LETTER and not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(part for part in decomposed if not unicodedata.combining(part))
    return "".join(_TO_SIMPLIFIED.get(part, part) for part in folded)


_FOLD = _FoldTable()


def is_hidden(character: str) -> bool:
    """Tell whether a character is invisible: zero-width, bidi, tag, filler, variation selector, soft hyphen."""
    if unicodedata.category(character) == "Cf":
        return True
    code_point = ord(character)
    return (
        code_point in (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0)
        or 0xFE00 <= code_point <= 0xFE0F
        or 0xE0100 <= code_point <= 0xE01EF
    )


def fold(text: str) -> str:
    """Return the folded form of `text`: NFKC, case, accents, simplified script, no hidden characters.

    Spaces and punctuation stay, because the parser reads them. Total: every string folds, lone surrogates included.
    """
    return text.translate(_FOLD)


def squeeze(folded: str) -> str:
    """Return the letters and digits of a folded text: the form under which names are looked up.

    Spacing and punctuation never tell two names apart, so "Mo'er Xianchen" and "moer-xianchen" are one key.
    """
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


def name_key(text: str) -> str:
    """Return the key under which two spellings are one name: letters and digits of the folded text."""
    return squeeze(fold(text))


def unmask(folded: str) -> str:
    """Return a folded text with Cyrillic and Greek look-alikes turned into the Latin letters that they imitate.

    Only for a second, lower-scored look-up: a Russian name is not a disguised Latin one.
    """
    return folded.translate(_LOOK_ALIKE_TABLE)


_HAN = re.compile("[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df]")


def has_han(text: str) -> bool:
    """Tell whether a text holds a Chinese character."""
    return not text.isascii() and _HAN.search(text) is not None


def is_han(character: str) -> bool:
    """Tell whether a character is a Chinese character (CJK Unified Ideographs, Extension A or B)."""
    code_point = ord(character)
    return 0x4E00 <= code_point <= 0x9FFF or 0x3400 <= code_point <= 0x4DBF or 0x20000 <= code_point <= 0x2A6DF
