"""How a Chinese firm is named: how unlikely each character of a short name is behind the one before it.

A stranger's name is made like names are made, a typing error is not. Pairs of characters are counted over short names of
firms at large (`naming_table.py`), most of which the table does not hold; what is said of a pair that was not seen, or once,
follows from how freely its first character pairs and its second is paired (absolute discounting).
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import log

EDGE = "|"
"""Stands for either end of a name."""

_DISCOUNT = 0.75
"""Taken from every count and given to what was not counted."""
_UNSEEN, _CHARACTERS = 0.5, 7000
"""Pairs that every character is credited with as their second, and how many characters there may be."""
_ENTRY = re.compile(r"(\D)(\d+)")


class _Naming:
    """The counts, read when the first name asks for them."""

    def __init__(self) -> None:
        from zhengming.engine import naming_table

        self._pairs = {
            entry[0] + tail: int(times)
            for entry in naming_table.FOLLOWERS.split()
            for tail, times in _ENTRY.findall(entry[1:])
        }
        told = {entry[0]: entry[1:].split("/") for entry in naming_table.CHARACTERS.split()}
        self._heads = {character: int(heads) for character, (heads, _) in told.items()}
        credit = naming_table.PAIRS + _UNSEEN * _CHARACTERS
        self._unknown = _UNSEEN / credit
        self._second = {character: (int(second) + _UNSEEN) / credit for character, (_, second) in told.items()}
        left: dict[str, float] = dict(self._heads)
        for pair, times in self._pairs.items():
            left[pair[0]] -= times
            left[pair[0]] += _DISCOUNT
        self._left = left

    def likelihood(self, first: str, second: str) -> float:
        """Return how likely a character of a name is followed by another one."""
        freely = self._second.get(second, self._unknown)
        heads = self._heads.get(first, 0)
        if not heads:
            return freely
        return (max(self._pairs.get(first + second, 0) - _DISCOUNT, 0.0) + self._left[first] * freely) / heads


@lru_cache(1)
def _naming() -> _Naming:
    return _Naming()


@lru_cache(1 << 15)
def surprise(name: str) -> tuple[float, ...]:
    """Return for each character of a name, and for its end, how unlikely it is there: minus the natural log of the odds
    that a firm's name goes on so."""
    naming = _naming()
    return tuple([-log(naming.likelihood(*pair)) for pair in zip(EDGE + name, name + EDGE, strict=True)])
