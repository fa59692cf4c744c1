"""Pairs compared by their parts as companynameparser takes them apart: the rule that such a parser invites.

The weights are set in its favour: brand decides, place and trade only where both names say them.
"""

from __future__ import annotations

from collections.abc import Iterator

import companynameparser
from rapidfuzz import fuzz

_CONTAINED = 0.7
_PLACE_DIFFERS, _TRADE_DIFFERS = 0.3, 0.2


def compare(pairs: list[tuple[str, str]]) -> Iterator[float]:
    """Score two names: 1 when the brands are equal and nothing speaks against it."""
    for first, second in pairs:
        one, other = companynameparser.parse(first), companynameparser.parse(second)
        yield _brands(one["brand"] or first, other["brand"] or second) - _against(one, other)


def _brands(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if one in other or other in one:
        return _CONTAINED
    return _CONTAINED * fuzz.ratio(one, other) / 100


def _against(one: dict[str, str], other: dict[str, str]) -> float:
    place = (
        one["place"] and other["place"] and one["place"] not in other["place"] and other["place"] not in one["place"]
    )
    trade = (
        one["trade"] and other["trade"] and one["trade"] not in other["trade"] and other["trade"] not in one["trade"]
    )
    return _PLACE_DIFFERS * bool(place) + _TRADE_DIFFERS * bool(trade)
