"""Names that decide by themselves: who asks for one letter by letter, with nothing beside it, is given its firm.

That is the commonest query, and which names these are is known as soon as the table is: a text that nothing but a name can
be read in, and that equals, but for writing habits, only plain names of one firm. The compiler puts them into a hash table
of their own, so that such a query is found by one look-up and one comparison of texts (`short_cut`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

import numpy as np
from zhengming.engine.arrays import Arrays, TextList, view
from zhengming.engine.fold import fold
from zhengming.engine.guard import InvalidQuery, guard, guard_folded
from zhengming.engine.identifiers import read_code, split_code

NONE = -1
"""In place of a name's row when no name that decides has a text."""


def build(texts: Sequence[str], deciding: Iterable[int]) -> Arrays:
    """Return the hash table of the names that decide. `texts`: those of all names, by row.

    `deciding`: in ascending order, the rows whose text equals, but for writing habits, only plain names of one firm. Left
    out are those in which more than a name can be read.
    """
    found = {texts[row]: row for row in reversed(list(deciding)) if _is_name_only(texts[row])}
    slots = np.full(2 << len(found).bit_length(), NONE, np.int32)
    last = len(slots) - 1
    for text, row in sorted(found.items(), key=lambda item: item[1]):
        slot = crc32(text.encode()) & last
        while slots[slot] != NONE:
            slot = (slot + 1) & last
        slots[slot] = row
    return {"known.slots": slots}


def _is_name_only(text: str) -> bool:
    """Tell whether the cascade reads a text as a name alone: no code, none behind it, no product (+), nothing to warn of."""
    try:
        guarded, folded = guard(text), guard_folded(fold(text))
    except InvalidQuery:
        return False
    is_code = read_code(text) is not None or split_code(text)[1] is not None
    return guarded == (text, ()) and not is_code and not folded.endswith("+")


class KnownTexts:
    """Finds the name that decides by its text: open addressing, at most half of the slots are taken."""

    def __init__(self, arrays: Arrays) -> None:
        self._slots = view(arrays["known.slots"])
        self._last = len(self._slots) - 1
        texts = TextList.unpack("names.text", arrays)
        self._blob, self._offsets = texts.blob, texts.offsets

    def find(self, text: str) -> int:
        """Return the row of the name with this very text, or -1."""
        encoded = text.encode("utf-8", "surrogatepass")
        slots, last, offsets = self._slots, self._last, self._offsets
        slot = crc32(encoded) & last
        while (name := slots[slot]) != NONE:
            if self._blob[offsets[name] : offsets[name + 1]].tobytes() == encoded:
                return name
            slot = (slot + 1) & last
        return NONE
