"""Sound keys: toneless pinyin of a name, joined. Equal for homophones, and equal to what people type in Latin letters."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, product

from zhengming.engine.fold import is_han
from zhengming.engine.pinyin_table import CHARACTERS_BY_SYLLABLE

_MAX_READINGS = 4
"""Most readings kept of one name; a name of several polyphones would otherwise multiply."""

_MORE_READINGS = {
    # Polyphones that stand in firm names with a reading other than their commonest one.
    "长": "chang zhang", "重": "chong zhong", "行": "xing hang", "乐": "le yue", "厦": "xia sha", "藏": "zang", "盛": "cheng", "单": "shan",
    "曾": "ceng", "朝": "zhao", "调": "tiao", "传": "zhuan", "都": "du", "大": "dai", "万": "mo", "区": "ou", "石": "dan",
    "率": "lv", "种": "chong", "车": "ju", "解": "xie", "尉": "yu", "仇": "qiu", "覃": "tan", "乘": "sheng", "兴": "xing",
    "参": "shen", "会": "kuai", "和": "huo", "量": "liang", "强": "jiang", "任": "ren", "应": "ying", "藤": "teng",
    "露": "lou", "泊": "po", "宿": "xiu", "洞": "tong", "六": "lu", "台": "tai", "浦": "pu", "番": "pan", "堡": "pu",
    # Folding joins characters whose readings differ: 乾 with 干, 么 with 幺, 著 with 着.
    "干": "gan qian", "幺": "yao me", "着": "zhe zhu",
}  # fmt: skip

_U_UMLAUT = re.compile(r"([ln])(?:v|yu)")


def _primary_readings() -> dict[str, str]:
    readings: dict[str, str] = {}
    for syllable, characters in CHARACTERS_BY_SYLLABLE.items():
        readings |= dict.fromkeys(characters, _plain(syllable))
    return readings


def _plain(letters: str) -> str:
    """Write ü as u: passports write lyu, keyboards lv, signs lu."""
    return _U_UMLAUT.sub(r"\1u", letters)


_READING = _primary_readings()


class _SoundTable(dict[int, str]):
    """Code point → its reading; other letters stay, unknown Chinese characters drop out. Filled as they are met."""

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        reading = self[code_point] = _READING.get(character, "" if is_han(character) else character)
        return reading


_SOUND = _SoundTable()


@lru_cache(1 << 15)
def sound(squeezed: str) -> str:
    """Return the toneless pinyin of a squeezed folded text; letters and digits stay, unknown characters drop out."""
    return _plain(squeezed.translate(_SOUND))


@lru_cache(1 << 15)
def sounds(squeezed: str) -> tuple[str, ...]:
    """Return every likely reading of a name, the commonest first, at most four."""
    options = [_readings(character) for character in squeezed]
    return tuple(dict.fromkeys(_plain("".join(choice)) for choice in islice(product(*options), _MAX_READINGS)))


def _readings(character: str) -> list[str]:
    first = _READING.get(character, "" if is_han(character) else character)
    return list(dict.fromkeys([first, *_MORE_READINGS.get(character, "").split()]))


_BLURRED_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "r": "l", "h": "f"}
"""Beginnings of syllables that speakers of many regions do not tell apart, so that input by sound mixes them up."""


@lru_cache(1 << 13)
def _blurred(character: str) -> frozenset[str]:
    found = set()
    for reading in filter(None, _readings(character)):
        initial = reading[:2] if reading[:2] in _BLURRED_INITIALS else reading[:1]
        found.add(_BLURRED_INITIALS.get(initial, initial) + reading[len(initial) :].removesuffix("g"))
    return frozenset(found)


@lru_cache(1 << 15)
def sound_equal(first: str, second: str) -> bool:
    """Tell whether two characters share a reading."""
    return not (set(_readings(first)) - {""}).isdisjoint(_readings(second))


@lru_cache(1 << 15)
def sound_near(first: str, second: str) -> bool:
    """Tell whether two characters share a reading but for zh/z, ch/c, sh/s, n/l, r/l, h/f or a final n/ng."""
    return not _blurred(first).isdisjoint(_blurred(second))


_SYLLABLES = frozenset(CHARACTERS_BY_SYLLABLE) | frozenset(map(_plain, CHARACTERS_BY_SYLLABLE))
_LONGEST_SYLLABLE = max(map(len, _SYLLABLES))


def is_pinyin(letters: str) -> bool:
    """Tell whether letters can be read as Chinese syllables from beginning to end (hengyi, tuoxin)."""
    reached = {0}
    for start in range(len(letters)):
        if start in reached:
            ends = range(start + 1, min(start + _LONGEST_SYLLABLE, len(letters)) + 1)
            reached |= {end for end in ends if letters[start:end] in _SYLLABLES}
    return bool(letters) and len(letters) in reached
