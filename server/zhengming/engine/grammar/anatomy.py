"""The parts of a name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Anatomy:
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

    @property
    def has_brand(self) -> bool:
        """Tell whether the name says who the firm is, and not only where it is and what it does."""
        return bool(self.brand)
