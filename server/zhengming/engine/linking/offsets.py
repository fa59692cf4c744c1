"""Convert code point offsets of one text into UTF-8 bytes or UTF-16 units."""

from __future__ import annotations

from bisect import bisect_left
from enum import Enum, auto


class OffsetUnit(Enum):
    """What an offset counts."""

    CODE_POINTS = auto()
    UTF8_BYTES = auto()
    UTF16 = auto()


class Offsets:
    """Converts offsets of one text. A text in which all three units are equal costs nothing."""

    def __init__(self, text: str, unit: OffsetUnit) -> None:
        self._text = text
        self._unit = unit
        self._plain = unit is OffsetUnit.CODE_POINTS or text.isascii()
        self._known = 0
        self._counted = 0
        self._astral: list[int] = []
        if not self._plain and unit is OffsetUnit.UTF16:
            self._astral = [index for index, character in enumerate(text) if character > "\uffff"]

    def convert(self, offset: int) -> int:
        """Return the offset of a code point in the unit. Rising offsets are counted on from the last one."""
        if self._plain:
            return offset
        if self._unit is OffsetUnit.UTF16:
            return offset + bisect_left(self._astral, offset)
        if offset < self._known:
            self._known = self._counted = 0
        self._counted += len(self._text[self._known : offset].encode())
        self._known = offset
        return self._counted
