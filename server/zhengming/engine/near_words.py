"""Words of the language that are one character off a name (科学家 and 山金国际's old name 科学城): written, they are meant."""

from __future__ import annotations

from functools import cache


@cache
def _words() -> frozenset[str]:
    from zhengming.engine import near_word_table

    return frozenset(near_word_table.WORDS.split())


def is_near_word(text: str) -> bool:
    """Tell whether a folded text is a word of the language beside a name of the table, and none of its names when the words were collected."""
    return text in _words()
