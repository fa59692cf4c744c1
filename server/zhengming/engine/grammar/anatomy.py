"""The parts of a name."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class PartKind(StrEnum):
    """What a stretch of a name is."""

    PLACE = "place"
    BRAND = "brand"
    TRADE = "trade"
    GROUP = "group"
    """集团, 控股, Group, Holdings."""
    FORM = "form"
    BRANCH = "branch"
    PARENT = "parent"
    """The body that a unit belongs to, where the unit has a name of its own: 有色金属 in 有色金属集团铜冠."""
    LINK = "link"
    """A word without meaning: 与, "and", "of"."""
    NOTE = "note"
    """What is said about the name and is no part of it: a former name, a ticker, a short name behind the form."""


class Part(NamedTuple):
    """A stretch of a name. Every letter and digit of the name is in exactly one part."""

    kind: PartKind
    text: str
    """The letters and digits as they stand in the folded name."""
    value: tuple[str, ...] = ()
    """What the part adds to the anatomy: the key of a place, trade words, a legal form. A district that no table knows and
    the "City" behind a place add nothing."""
    brand: str = ""
    """What the part adds to the brand. A brand part adds itself; a place or a trade adds itself where only both together
    are an identity (宁德 + 时代, 北京 + 大学)."""


class Anatomy(NamedTuple):
    """What a name is made of, all in folded form."""

    text: str
    """The folded name without listing decorations, trimmed."""
    places: tuple[str, ...]
    """Keys of the places, in order of appearance; those of a branch are not among them."""
    brand: str
    """Letters and digits of the brand; empty if the name is generic."""
    brand_words: tuple[str, ...]
    """The words of a Latin brand; a Chinese brand is one element."""
    trades: tuple[str, ...]
    """Trade words in order of appearance, synonyms unified within each language. Group words are not among them."""
    legal_form: str
    """Such as 股份有限公司 or "co ltd"; empty if none."""
    group: bool
    """集团, 控股, Group or Holdings is part of the name."""
    branch: str
    """Such as 北京分公司 or "beijing branch"; empty if none."""
    decorations: tuple[str, ...]
    """Listing marks that were removed, upper-case."""
    core: str
    """Letters and digits of the name without decorations, branch and legal form: where the forms of one name meet."""
    script: str
    """"han", "latin", "mixed" (both) or "other"."""
    numbers: tuple[str, ...]
    """Numbers in the name, which tell its unit or its phase."""
    tails: frozenset[str]
    """Group words, in one form each, and the 股份 of a short name."""
    parts: tuple[Part, ...]
    """The name from its first letter to its last: the texts of the parts put together are the name again. Empty in an
    anatomy that is read from an index, where nobody needs them."""

    @property
    def has_brand(self) -> bool:
        """Tell whether the name says who the firm is, and not only where it is and what it does."""
        return bool(self.brand)
