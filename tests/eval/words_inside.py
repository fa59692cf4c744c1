"""Make names of which one character is exchanged so that they end in another everyday word; the same at each run.

长安汽水 and 联想集合 are one character off a name, and who writes 汽水 and 集合 means these: no firm is meant, so every answer that
gives one is wrong. Where the two characters sound or look alike it may be a typing error after all; such rows are not made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from random import Random

from zhengming.aliases import Table
from zhengming.engine.fold import fold, is_han, name_key
from zhengming.engine.linking.word_table import CHINESE_WORDS
from zhengming.engine.policy import LOOKS_ALIKE
from zhengming.engine.shape import likeness
from zhengming.engine.sound import sound_equal, sound_near

from tests.eval.bars import WORDS_INSIDE
from tests.eval.rows import Row
from tests.eval.systems import names_by_text
from tests.eval.typos import short_names

PART = WORDS_INSIDE
_SEED = 20261123
_A_LENGTH = 400
"""Rows of each length."""
_EVERYDAY = 6
"""Least level of a word: twenty times in the corpus of 60 million words."""


def words_inside(table: Table) -> list[Row]:
    """Return short Chinese names whose last two characters, a word, are another word that shares one of them."""
    held = names_by_text(table)
    known = {name_key(text) for text in held}
    words = {word for (_, level), group in CHINESE_WORDS.items() if level >= _EVERYDAY for word in group.split()}
    beside = _by_character(words)
    names = [text for text in map(fold, short_names(table, held)) if len(text) > 2 and text[-2:] in words]
    random = Random(_SEED)
    random.shuffle(names)
    rows: dict[str, list[Row]] = {"3": [], "4 or more": []}
    for name in names:
        made = rows["3" if len(name) == 3 else "4 or more"]
        choices = sorted(word for word in _exchanged(name[-2:], beside) if name_key(name[:-2] + word) not in known)
        if choices and len(made) < _A_LENGTH:
            length = "3" if len(name) == 3 else "4 or more"
            made.append(
                Row(name[:-2] + random.choice(choices), None, (f"another word at the end, {length} characters",), name)
            )
    return [row for some in rows.values() for row in some]


def _by_character(words: set[str]) -> dict[tuple[int, str], list[str]]:
    """Return words of two Chinese characters by place and character."""
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for word in words:
        if len(word) == 2 and all(map(is_han, word)):
            found[0, word[0]].append(word)
            found[1, word[1]].append(word)
    return found


def _exchanged(word: str, beside: dict[tuple[int, str], list[str]]) -> Iterator[str]:
    """Yield the words that share one character with a word, and whose other one is confused with nobody's."""
    for kept in (0, 1):
        right = word[1 - kept]
        for other in beside.get((kept, word[kept]), ()):
            wrong = other[1 - kept]
            confused = sound_equal(wrong, right) or sound_near(wrong, right) or likeness(wrong, right) >= LOOKS_ALIKE
            if wrong != right and not confused:
                yield other
