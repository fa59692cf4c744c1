"""Words of the language that are two Chinese characters long: where an edit makes one inside a name (联想集合 of 联想集团), it is meant."""

from __future__ import annotations

from functools import cache


@cache
def _seconds() -> dict[str, str]:
    from zhengming.engine import word_pair_table

    return {entry[0]: entry[1:] for entry in word_pair_table.WORDS.split()}


def is_word(first: str, second: str) -> bool:
    """Tell whether two folded characters, one behind the other, are a word of the language."""
    return second in _seconds().get(first, "")
