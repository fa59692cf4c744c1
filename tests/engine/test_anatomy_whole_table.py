"""What the anatomy of every legal and former name of the bundled table keeps to: nothing lost, nothing counted twice.

The round trip: the texts of the parts, in order, are the letters and digits of the folded name, and every field of the
anatomy is what its parts add to it. An anatomy that cannot be put together again is a defect, so those shares are 1. What
the grammar cannot know has a ceiling beside it, lowered with the grammar and never raised to make a test pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from zhengming.aliases.model import NameKind, Table
from zhengming.engine.fold import fold, has_han, squeeze
from zhengming.engine.grammar import Anatomy, parse, place_key
from zhengming.engine.grammar.anatomy import Part, PartKind
from zhengming.engine.grammar.trades import HAN_TRADES
from zhengming.engine.script_table import SIMPLIFIED, TRADITIONAL

STRIDE = 4
"""Every fourth name where a name is read many times over; all names are read once."""

_TO_TRADITIONAL = dict(zip(SIMPLIFIED, TRADITIONAL, strict=True))
_LAW_HAN = re.compile(r"(有限责任公司|有限公司|股份公司|公司|\(有限合伙\))$")
_LAW_LATIN = re.compile(r"\b(co|company|ltd|limited|inc|incorporated|corp|corporation|llc|plc)\.?$")

BRAND_IS_A_PLACE = 0.005
ANOTHER_ORDER_HAN, ANOTHER_ORDER_LATIN = 0.003, 0.005
WITHOUT_BRAND = 0.05

Names = dict[str, Anatomy]


@pytest.fixture(scope="module")
def names(table: Table) -> Names:
    """The anatomy of every legal and former name."""
    kinds = (NameKind.LEGAL, NameKind.FORMER)
    found = {text: parse(text) for text in sorted({name.text for name in table.names if name.kind in kinds})}
    assert len(found) > 20_000
    return found


def identity(anatomy: Anatomy) -> tuple[str, tuple[str, ...], frozenset[str], str]:
    """Return what the order of a name must not change."""
    return anatomy.brand, tuple(sorted(anatomy.trades)), frozenset(anatomy.places), anatomy.legal_form


def text_of(parts: tuple[Part, ...], *kinds: PartKind) -> str:
    """Return the letters of the parts of these kinds, or of all parts."""
    return "".join(part.text for part in parts if not kinds or part.kind in kinds)


def values(anatomy: Anatomy, kind: PartKind) -> list[str]:
    """Return what the parts of one kind add."""
    return [value for part in anatomy.parts if part.kind is kind for value in part.value]


def test_every_name_of_the_table_goes_round(table: Table) -> None:
    """All names of all kinds and languages: every letter is in one part, and the parts in order are the name."""
    texts = {name.text for name in table.names}
    broken = [text for text in texts if text_of((anatomy := parse(text)).parts) != squeeze(anatomy.text)]
    assert broken == []


def test_the_fields_are_what_the_parts_add(names: Names) -> None:
    """Nothing is in a field that is in no part, and nothing is told twice."""
    for text, anatomy in names.items():
        assert anatomy.brand == "".join(part.brand for part in anatomy.parts), text
        assert anatomy.places == tuple(dict.fromkeys(values(anatomy, PartKind.PLACE))), text
        assert list(anatomy.trades) == values(anatomy, PartKind.TRADE), text
        assert anatomy.group == any(part.kind is PartKind.GROUP for part in anatomy.parts), text
        assert bool(anatomy.legal_form) == bool(values(anatomy, PartKind.FORM)), text
        assert squeeze(anatomy.branch) == text_of(anatomy.parts, PartKind.BRANCH), text


def test_only_places_trades_and_notes_lend_to_the_brand(names: Names) -> None:
    """A brand is written in brand parts; the rest of it is lent where only both together are an identity (宁德时代)."""
    lenders = (PartKind.BRAND, PartKind.PLACE, PartKind.TRADE, PartKind.LINK, PartKind.NOTE)
    assert {part.kind for anatomy in names.values() for part in anatomy.parts if part.brand} <= set(lenders)


def test_the_core_is_the_name_without_form_branch_and_notes(names: Names) -> None:
    """In Chinese to the letter, a place behind the form set last; a unit's name stands for its parent's form."""
    aside = (PartKind.FORM, PartKind.BRANCH, PartKind.NOTE)
    for text, anatomy in names.items():
        if has_han(text):
            kept = "".join(part.text for part in anatomy.parts if part.kind not in aside)
            assert sorted(anatomy.core) == sorted(kept), text


def test_a_name_that_writes_a_form_has_one(names: Names) -> None:
    """Whatever stands before it."""
    for text, anatomy in names.items():
        folded = fold(text).strip(" .")
        written = _LAW_HAN.search(folded) if has_han(text) else _LAW_LATIN.search(folded)
        if written:
            assert anatomy.legal_form, text


def test_a_name_without_a_brand_is_generic(names: Names) -> None:
    """It is made of places, trades, group words and forms alone, and such names are few."""
    without = [text for text, anatomy in names.items() if not anatomy.brand]
    assert all(part.kind is not PartKind.BRAND for text in without for part in names[text].parts)
    assert len(without) <= WITHOUT_BRAND * len(names)


def test_a_brand_is_no_trade_and_hardly_ever_a_place(names: Names) -> None:
    """A brand of one place alone is a county or a city of another region that nobody could tell from a brand."""
    assert [text for text, anatomy in names.items() if anatomy.brand in HAN_TRADES] == []
    places = [text for text, anatomy in names.items() if place_key(anatomy.brand)]
    assert len(places) <= BRAND_IS_A_PLACE * len(names)


def test_both_scripts_have_one_anatomy(names: Names) -> None:
    """A name in traditional characters, one character for one, comes apart as in simplified ones."""
    for text, anatomy in names.items():
        if has_han(text):
            traditional = "".join(_TO_TRADITIONAL.get(character, character) for character in text)
            assert identity(parse(traditional)) == identity(anatomy), text


def test_the_place_may_stand_anywhere(names: Names) -> None:
    """Front, brackets, behind the brand, behind the form: the same parts, but for brands that are places too."""
    sample = [*names][::STRIDE]
    for han, ceiling in ((True, ANOTHER_ORDER_HAN), (False, ANOTHER_ORDER_LATIN)):
        pairs = [(text, other) for text in sample if has_han(text) is han for other in _orders(text, names[text])]
        assert len(pairs) > 5_000
        other = [pair for pair in pairs if identity(parse(pair[1])) != identity(names[pair[0]])]
        assert len(other) <= ceiling * len(pairs), other[:10]


def _orders(text: str, anatomy: Anatomy) -> Iterator[str]:
    """Write a name of place, rest and form with its place elsewhere; nothing if it is another kind of name."""
    kinds = [part.kind for part in anatomy.parts]
    plain = {PartKind.PLACE, PartKind.BRAND, PartKind.TRADE, PartKind.LINK, PartKind.GROUP, PartKind.FORM}
    places = next((at for at, kind in enumerate(kinds) if kind is not PartKind.PLACE), 0)
    form = kinds.index(PartKind.FORM) if PartKind.FORM in kinds else 0
    lent = any(part.brand for part in anatomy.parts if part.kind is not PartKind.BRAND)
    if not places or PartKind.PLACE in kinds[places:] or not form or not anatomy.brand or lent or set(kinds) - plain:
        return
    if has_han(text):
        place, rest, law = (
            text_of(part) for part in (anatomy.parts[:places], anatomy.parts[places:form], anatomy.parts[form:])
        )
        yield from (f"{rest}({place}){law}", f"{rest}{law}({place})", f"{rest}{place}{law}", f"({place}){rest}{law}")
        if rest.startswith(anatomy.brand):
            yield f"{anatomy.brand}({place}){rest.removeprefix(anatomy.brand)}{law}"
    elif (found := _FRAME.fullmatch(text)) is not None and squeeze(fold(found["place"])) == text_of(
        anatomy.parts[:places]
    ):
        place, rest, law = found["place"], found["rest"], found["law"]
        yield from (
            f"{rest} ({place}) {law}",
            f"{rest} {place} {law}",
            f"{rest} {law} ({place})",
            f"{rest} {law}, {place}",
        )
        yield f"({place}) {rest} {law}"


_FRAME = re.compile(
    r"(?P<place>[\w'’]+) (?P<rest>.+?),? (?P<law>(?:Co\.?,? ?Ltd|Company Limited|Limited|Ltd|Inc|Corporation|Corp)\.?)"
)
