"""Fold a text to letters and digits with an exact map back to the code points that they came from.

The same folding as for names (`fold`, `squeeze`), so a name is found in a text under the very key that it has in the
table, whatever stands between its letters: a hyphen, a line break, an apostrophe.

Nearly every code point folds to one other. Those that do not are marked, so that a whole text folds in one call and the
folded text can be cut by the offsets of the source.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray
from zhengming.engine.fold import fold, squeeze

_HIDDEN, _SPREAD, _SEVERAL, _UNKNOWN = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
"""Noncharacters that stand for a code point that folds to nothing, to several signs without a letter, to several letters,
or that was never met."""
_MARKS = re.compile(f"[{_HIDDEN}-{_UNKNOWN}]")
ALPHABETIC_END = "\u0530"
"""Characters below it are letters of scripts that write spaces between words (Latin, Greek, Cyrillic)."""


def _one_for_one(code_point: int) -> str:
    """Return the character that a code point folds to, or a mark."""
    folded = fold(chr(code_point))
    if len(folded) == 1 and not _MARKS.match(folded):
        return folded
    if not folded:
        return _HIDDEN
    return _SEVERAL if squeeze(folded) else _SPREAD


_BECOMES = np.full(0x110000, ord(_UNKNOWN), np.uint32)
"""Code point → the one that it folds to, or a mark; filled as code points are met."""
_IS_LETTER = np.zeros(0x110000, np.bool_)
"""Code point → whether it folds to one letter or digit; filled likewise."""


def _learn(code_point: int) -> None:
    becomes = _one_for_one(code_point)
    _IS_LETTER[code_point] = becomes.isalnum()
    _BECOMES[code_point] = ord(becomes)


class Squeezed:
    """A text, without lone surrogates, with its letters and digits."""

    __slots__ = ("_folded", "_regular", "positions", "source", "text")

    def __init__(self, source: str) -> None:
        self.source = source
        code_points = np.frombuffer(source.encode("utf-32-le"), np.uint32)
        becomes = _BECOMES[code_points]
        self._folded = _text(becomes)
        if _UNKNOWN in self._folded:
            for code_point in np.unique(code_points[becomes == ord(_UNKNOWN)]).tolist():
                _learn(code_point)
            becomes = _BECOMES[code_points]
            self._folded = _text(becomes)
        self._regular = _MARKS.search(self._folded) is None
        self.text: str
        """The folded letters and digits."""
        self.positions: list[int]
        """For each letter, the code point of the source that it came from."""
        if self._regular or _SEVERAL not in self._folded:
            kept = np.flatnonzero(_IS_LETTER[code_points])
            self.positions = kept.tolist()
            self.text = _text(becomes[kept])
        else:
            letters = [squeeze(fold(character)) for character in source]
            self.positions = [position for position, found in enumerate(letters) for _ in found]
            self.text = "".join(letters)

    def folded(self, start: int, end: int) -> str:
        """Return `fold(source[start:end])`."""
        part = self._folded[start:end]
        return part if self._regular or not _MARKS.search(part) else fold(self.source[start:end])

    def gap_before(self, letter: int) -> bool:
        """Tell whether visible characters that are neither letters nor digits stand before a letter; true of the first."""
        if not letter:
            return True
        begin, end = self.positions[letter - 1] + 1, self.positions[letter]
        return begin < end and self._folded[begin:end].strip(_HIDDEN) != ""

    def may_begin(self, letter: int) -> bool:
        """Tell whether a name may begin at a letter: Chinese anywhere, Latin at the beginning of a word."""
        text = self.text
        return text[letter] >= ALPHABETIC_END or text[letter - 1] >= ALPHABETIC_END or self.gap_before(letter)

    def may_end(self, letter: int) -> bool:
        """Tell whether a name may end behind a letter."""
        text = self.text
        return text[letter] >= ALPHABETIC_END or letter + 1 == len(text) or self.may_begin(letter + 1)

    def is_unbroken(self, start: int, end: int) -> bool:
        """Tell whether nothing at all stands between letters `start` to `end` (half-open)."""
        positions = self.positions
        return positions[end - 1] - positions[start] == end - start - 1 and (
            self._regular or not any(map(self.gap_before, range(start + 1, end)))
        )


def _text(code_points: NDArray[np.uint32]) -> str:
    return code_points.tobytes().decode("utf-32-le")
