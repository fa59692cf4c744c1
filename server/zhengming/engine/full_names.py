"""Two full Chinese names of one firm that differ in something other than what a shortening leaves out.

A registered name is copied from lists and contracts, seldom remembered. Between two copies words change their order, a
city stands for its province, the words of a holding (投资控股, 集团) are exchanged, and the owner's name stands in front of
the brand or not (长虹华意压缩机). Everything else of such names must be equal, the place too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from zhengming.engine.abbreviation import Kind, Word, cut_words
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.grammar.places import Place, han_place_at, han_place_before
from zhengming.engine.policy import (
    LONG_NAME,
    PAIR_EXCHANGED,
    PAIR_HOLDING_WORDS,
    PAIR_LONG_BRAND,
    PAIR_OTHER_LETTER,
    PAIR_OWNER_LETTERS,
    PAIR_WIDER_PLACE,
)
from zhengming.engine.sound import sound

_NUMERALS = re.compile("[0-9〇零一二三四五六七八九十百]")

Difference = tuple[tuple[E, float], ...]
"""Evidence codes for what two names share and how they differ, each with what it weighs more than alone."""


class _Parts(NamedTuple):
    """A core without its place in front."""

    place: Place | None
    rest: str


def difference(one: str, other: str) -> Difference:
    """Return how two squeezed cores of full names differ when they are read as one firm's, empty when they are not."""
    if one == other:
        return ()
    for read in (_other_order, _other_holding_words, _other_place, _other_letter):
        if found := next(read(one, other), ()):
            return found
    return ()


def owner_in_front(words: tuple[Word, ...]) -> bool:
    """Tell whether all that the shorter of two full names leaves out stands in front of the brand: 长虹 of 长虹华意压缩机."""
    brands = [word for word in words if word.kind is Kind.BRAND]
    if len(brands) != 1 or not all(word.whole for word in words if word.kind is not Kind.BRAND):
        return False
    brand = brands[0]
    behind = brand.beside and brand.places[-1] == len(brand.text) - 1
    kept = sum(len(word.places) for word in words if word.kind is not Kind.PLACE)
    return behind and len(brand.dropped) >= 2 and len(brand.places) >= 2 and kept >= PAIR_OWNER_LETTERS


def _other_order(one: str, other: str) -> Iterator[Difference]:
    """新材料科技 and 科技新材料, a place in front or in brackets behind."""
    same_words = sorted(word for _, word in cut_words(one)) == sorted(word for _, word in cut_words(other))
    moved = (
        len(one) >= LONG_NAME and sorted(one) == sorted(other) and _NUMERALS.findall(one) == _NUMERALS.findall(other)
    )
    if same_words or moved:
        yield (E.CORE_EQUAL, 0.0), (E.ORDER_DIFFERS, 0.0)


def _other_holding_words(one: str, other: str) -> Iterator[Difference]:
    """开元投资集团 and 开元控股集团: both say that they hold others."""
    brands = [_without_holding_words(core) for core in (one, other)]
    if brands[0] == brands[1] and one != brands[0] and other != brands[1] and _names_somebody(brands[0]):
        yield (E.BRAND_EQUAL, 0.0), (E.GROUP_WORD_DIFFERS, PAIR_EXCHANGED)


def _other_place(one: str, other: str) -> Iterator[Difference]:
    """长沙视比特机器人 and 湖南视比特机器人: a city and its province; 惠洲 for 惠州: a place spelt wrongly."""
    for first, second in ((one, other), (other, one)):
        inner, outer = _parts(first), _parts(second)
        if len(inner.rest) < PAIR_LONG_BRAND or all(kind is not Kind.BRAND for kind, _ in cut_words(inner.rest)):
            continue
        if inner.place and outer.place and inner.rest == outer.rest and inner.place.region == outer.place.key:
            yield (E.BRAND_EQUAL, 0.0), (E.PLACE_MISSING, PAIR_WIDER_PLACE)
        elif inner.place and not outer.place and second.endswith(inner.rest):
            written, meant = second.removesuffix(inner.rest), first.removesuffix(inner.rest)
            if len(written) == len(meant) and sound(written) == sound(meant):
                yield (E.CORE_EQUAL, 0.0), (E.EDIT_1, 0.0)


def _other_letter(one: str, other: str) -> Iterator[Difference]:
    """机械 and 机器: one character behind a long brand."""
    if len(one) != len(other) or len(one) < LONG_NAME:
        return
    apart = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(apart) == 1 and apart[0] > _end_of_brand(one) and apart[0] > _end_of_brand(other):
        yield (E.BRAND_EQUAL, 0.0), (E.EDIT_1, PAIR_OTHER_LETTER)


def _end_of_brand(core: str) -> int:
    """Return where a long brand ends; beyond the core when the brand is short or there is none."""
    position = 0
    for kind, text in cut_words(core):
        position += len(text)
        if kind is Kind.BRAND:
            return position if len(text) >= PAIR_LONG_BRAND else len(core)
    return len(core)


def _without_holding_words(core: str) -> str:
    while core.endswith(PAIR_HOLDING_WORDS):
        core = core[:-2]
    return core


def _names_somebody(core: str) -> bool:
    return any(kind in (Kind.BRAND, Kind.TRADE) for kind, _ in cut_words(core))


def _parts(core: str) -> _Parts:
    found = han_place_at(core)
    if found is not None and not found[0].doubtful:
        return _Parts(found[0], core[found[1] :])
    behind = han_place_before(core, len(core))
    return _Parts(behind[0], core[: behind[1]]) if behind is not None and not behind[0].doubtful else _Parts(None, core)
