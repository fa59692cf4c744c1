"""Which language tag a Chinese name gets that a publisher marks as `zh` only, or not at all."""

from __future__ import annotations

import unicodedata

from zhengming.engine.fold import fold, is_han

_TAGS = {
    "zh-hans": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-my": "zh-Hans",
    "zh-hant": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-hk": "zh-Hant-HK",
    "zh-tw": "zh-Hant-TW",
}


def chinese_tag(text: str, tag: str = "") -> str:
    """Return the table's tag for a Chinese name: what the publisher says, else the script that it is written in.

    >>> chinese_tag("摩爾線程"), chinese_tag("摩尔线程", "zh"), chinese_tag("摩爾線程", "zh-HK")
    ('zh-Hant', 'zh-Hans', 'zh-Hant-HK')
    """
    if known := _TAGS.get(tag.lower()):
        return known
    characters = unicodedata.normalize("NFKC", text)
    traditional = any(is_han(character) and fold(character) != character for character in characters)
    return "zh-Hant" if traditional else "zh-Hans"
