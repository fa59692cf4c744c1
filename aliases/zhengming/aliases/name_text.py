"""What a name may look like: rules that judge its text alone. Standard library only.

Most faults come in with a list: a heading read as a name, two names in one cell, a bracket lost in typing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_KANA = r"\u3041-\u30fa\u30fc-\u30ff"
_HANGUL = r"\u1100-\u11ff\uac00-\ud7af"
_CYRILLIC = r"\u0400-\u04ff"

SCRIPTS = {
    "zh-Hans": re.compile(f"[{_HAN}]"),
    "zh-Hant": re.compile(f"[{_HAN}]"),
    "zh-Hant-HK": re.compile(f"[{_HAN}]"),
    "zh-Hant-TW": re.compile(f"[{_HAN}]"),
    "ja": re.compile(f"[{_HAN}{_KANA}]"),
    "ko": re.compile(f"[{_HANGUL}]"),
    "ru": re.compile(f"[{_CYRILLIC}]"),
}
"""Language → a letter that a name in it must have. A Latin name need not have letters: 360 is one."""
_NOT_LATIN = re.compile(f"[{_HAN}{_KANA}{_HANGUL}{_CYRILLIC}]")
_LATIN_LANGUAGES = ("en", "zh-Latn-pinyin")

_OPENING = {"(": ")", "（": "）", "[": "]", "【": "】"}
_CLOSING = {")": "(", "）": "(", "]": "[", "】": "["}
_SPACED = re.compile(r"\s[,;:，；：、。)\]）】]|\s\.(?!\w)|[(\[（【]\s|[,;]\s*\.")
_UNFINISHED = re.compile(r"[,;:，；：、]$")
_DECORATED = re.compile(
    rf"^\*|^S?\*?ST\s?(?=[{_HAN}])|(?<=[{_HAN}])(?:-(?:UW|WD|SW|SS|[UWDBSPZ])|[(（]退市[)）]|退市)$"
)
_REMARK = re.compile(
    r"\b(?:formerly|previously known as|also known as|doing business as|all of (?:the )?preceding)\b"
    r"|\b[adf]\.?/?k\.?/?a\b\.?|subordinate institut(?:e|ion)s?\b"
    r"|\((?:a|the) (?:subsidiary|subordinate|branch|affiliate|unit)\b[^()]*\bof\b|简称[:：]|曾用名|原名[:：]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TextFault:
    """One thing that is wrong with a text as a name."""

    code: str
    """Stable name of the rule, in UPPER_SNAKE."""
    message: str
    """What is wrong, and what to do."""


def text_faults(text: str, *, cut: bool = False) -> Iterator[TextFault]:
    """Yield what is wrong with a text as a name of any language.

    `cut`: an exchange or vendor cut the name off, so that a bracket or a sentence may be left open.
    """
    if not cut and not _balanced(text):
        yield TextFault("NAME_BRACKETS", "has a bracket without its partner. Write the other one, or leave it off.")
    if _SPACED.search(text):
        yield TextFault("NAME_SPACING", "has a space before a sign or inside a bracket. Leave the space off.")
    if not cut and _UNFINISHED.search(text):
        yield TextFault("NAME_UNFINISHED", "ends in a comma or colon: a piece of a name. Write the whole name.")
    if _DECORATED.search(text):
        message = "carries an exchange's mark (ST, *ST, -W), which the parser takes off. Write the name without it."
        yield TextFault("NAME_DECORATED", message)
    if remark := _REMARK.search(text):
        message = f"holds a remark ({remark[0].strip('( ')}), no name. Write each name on a line of its own."
        yield TextFault("NAME_REMARK", message)


def language_faults(text: str, language: str) -> Iterator[TextFault]:
    """Yield a fault when a name has no letter of the script of its language, or a Latin one has other letters."""
    needed = SCRIPTS.get(language)
    if needed and not needed.search(text):
        yield TextFault("NAME_SCRIPT", f"has no letter that {language} is written with. Mend the language or the text.")
    if language in _LATIN_LANGUAGES and (stranger := _NOT_LATIN.search(text)):
        message = (
            f"is {language} and has the letter {stranger[0]!r}, which is not Latin. Mend the language or the text."
        )
        yield TextFault("NAME_SCRIPT", message)


def likely_language(text: str) -> str:
    """Return the language that the letters of a text suggest; English for Latin letters, simplified Chinese for Han."""
    for language, letters in (("ko", _HANGUL), ("ru", _CYRILLIC), ("ja", _KANA), ("zh-Hans", _HAN)):
        if re.search(f"[{letters}]", text):
            return language
    return "en"


def _balanced(text: str) -> bool:
    """Tell whether every bracket has its partner; a full-width one and a half-width one are equal."""
    waiting: list[str] = []
    for character in text:
        if character in _OPENING:
            waiting.append("(" if _OPENING[character] in ")）" else "[")
        elif character in _CLOSING and (not waiting or waiting.pop() != _CLOSING[character]):
            return False
    return not waiting
