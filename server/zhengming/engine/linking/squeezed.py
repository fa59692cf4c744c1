"""Fold a text to letters and digits with an exact map back to the code points that they came from.

The same folding as for names (`fold`, `squeeze`), so a name is found in a text under the very key that it has in the
table, whatever stands between its letters: a hyphen, a line break, an apostrophe. Worked out for whole arrays at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from zhengming.engine.fold import fold, squeeze

_UNKNOWN, _DROPPED, _SEPARATOR, _SEVERAL = 0, -1, -2, -3
_ALPHABETIC_END = 0x0530
"""Code points below it are letters of scripts that write spaces between words (Latin, Greek, Cyrillic)."""
_DIGITS = (ord("0"), ord("9") + 1)


class Squeezed(NamedTuple):
    """The letters and digits of a text."""

    text: str
    """The folded letters and digits."""
    positions: NDArray[np.int32]
    """For each, the code point of the source that it came from."""
    gaps: NDArray[np.bool_]
    """For each, whether visible characters that are neither letters nor digits stand before it."""
    begins: NDArray[np.bool_]
    """For each, whether a name may begin there: Chinese anywhere, Latin at the beginning of a word."""
    ends: NDArray[np.bool_]
    """For each, whether a name may end behind it."""
    gap_count: NDArray[np.int32]
    """Running count of `gaps`, so that a span's inner gaps are one subtraction."""


class Squeezer:
    """Squeezes texts. Keeps what each code point becomes, as it meets them."""

    def __init__(self) -> None:
        self._becomes = np.zeros(0x110000, np.int32)
        self._several: dict[int, str] = {}

    def squeeze(self, text: str) -> Squeezed:
        """Return the letters and digits of a text. Total: lone surrogates are separators."""
        source = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        becomes = self._becomes[source]
        if (becomes == _UNKNOWN).any():
            for code_point in np.unique(source[becomes == _UNKNOWN]).tolist():
                self._learn(code_point)
            becomes = self._becomes[source]
        separators = np.cumsum(becomes == _SEPARATOR, dtype=np.int32)
        kept = np.flatnonzero((becomes > 0) | (becomes == _SEVERAL)).astype(np.int32)
        letters = becomes[kept]
        if (letters == _SEVERAL).any():
            kept, letters = self._expand(source, kept, letters)
        passed = separators[kept]
        gaps = np.empty(len(kept), np.bool_)
        gaps[:1] = True
        np.not_equal(passed[1:], passed[:-1], out=gaps[1:])
        alphabetic = letters < _ALPHABETIC_END
        begins = gaps | ~alphabetic
        begins[1:] |= ~alphabetic[:-1]
        ends = np.ones(len(kept), np.bool_)
        ends[:-1] = begins[1:] | ~alphabetic[:-1]
        return Squeezed(
            letters.astype(np.uint32).tobytes().decode("utf-32-le"),
            kept,
            gaps,
            begins,
            ends,
            np.cumsum(gaps, dtype=np.int32),
        )

    def _learn(self, code_point: int) -> None:
        character = chr(code_point)
        folded = fold(character)
        kept = squeeze(folded)
        if not folded:
            value = _DROPPED
        elif not kept:
            value = _SEPARATOR
        elif len(kept) == 1:
            value = ord(kept)
        else:
            self._several[code_point] = kept
            value = _SEVERAL
        self._becomes[code_point] = value

    def _expand(
        self, source: NDArray[np.uint32], kept: NDArray[np.int32], letters: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        texts = [
            self._several[int(source[position])] if letter == _SEVERAL else chr(letter)
            for position, letter in zip(kept.tolist(), letters.tolist(), strict=True)
        ]
        counts = np.fromiter(map(len, texts), np.int32, len(texts))
        flat = np.frombuffer("".join(texts).encode("utf-32-le"), np.int32)
        return np.repeat(kept, counts), flat
