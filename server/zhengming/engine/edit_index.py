"""Chinese names one edit from a text, all of them: two texts are one edit apart when leaving out a character meets them.

The index holds every text of two to ten characters under its own hash and under the hashes of the text with one
character left out. A query finds its neighbours by the same hashes of its own: a substitution meets where both leave out
the character that differs, a dropped or added character where one leaves out nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhengming.engine.arrays import Arrays, HashedLists
from zhengming.engine.fold import has_han
from zhengming.engine.keys import key_hash

SHORTEST, LONGEST = 2, 10
"""Characters of a text that is indexed; the n-gram index finds every neighbour of a longer one."""


def build(texts: Iterable[tuple[int, str]]) -> Arrays:
    """Return the index of numbered texts. One number may have several texts."""
    rows: dict[int, set[int]] = {}
    for row, text in texts:
        if _is_indexed(text):
            for variant in _variants(text):
                rows.setdefault(key_hash(variant), set()).add(row)
    return HashedLists.pack("edits", rows)


class EditIndex:
    """Finds the texts that are one edit from a query."""

    def __init__(self, arrays: Arrays) -> None:
        self._rows = HashedLists.unpack("edits", arrays)

    def near(self, texts: Sequence[str]) -> list[int]:
        """Return the numbers of all texts one edit (another, lost, added or swapped character) from one of these.

        In order of number; a few that are two edits away (a character lost here and another one there) are among them.
        """
        met: set[int] = set()
        for text in filter(_is_indexed, dict.fromkeys(texts)):
            for variant in _variants(text):
                met.update(self.sharing(variant))
        return sorted(met)

    def sharing(self, rest: str) -> list[int]:
        """Return the numbers of the texts that are this one, or become it when one character is left out."""
        return self._rows[key_hash(rest)]


def _is_indexed(text: str) -> bool:
    return SHORTEST <= len(text) <= LONGEST and has_han(text)


def _variants(text: str) -> set[str]:
    return {text, *(text[:place] + text[place + 1 :] for place in range(len(text)))}
