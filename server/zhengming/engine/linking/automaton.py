"""One Aho-Corasick automaton over every name of the table and every name to refuse, in squeezed form.

It is built when the table is compiled and stored with it as bytes: reading those back takes milliseconds, building half a
second. The standard kind reports all overlapping hits, because which of two overlapping names is meant is decided later.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from daachorse import CharwiseDoubleArrayAhoCorasick
from zhengming.engine.arrays import Arrays, TextList
from zhengming.engine.linking.policy import SHORTEST_PATTERN

_PATTERNS, _AUTOMATON = "linking.patterns", "linking.automaton"


def build(names: Iterable[str]) -> Arrays:
    """Return the arrays of an automaton over squeezed names. The same names give the same bytes."""
    patterns = sorted({name for name in names if len(name) >= SHORTEST_PATTERN})
    # An automaton needs a pattern; no text holds this one, because it is not squeezed.
    automaton = CharwiseDoubleArrayAhoCorasick(patterns or ["\n"])
    return {
        **TextList.pack(_PATTERNS, patterns),
        _AUTOMATON: np.frombuffer(automaton.serialize(), np.uint8),
    }


class Automaton:
    """Finds names in squeezed text."""

    def __init__(self, arrays: Arrays) -> None:
        self._automaton = CharwiseDoubleArrayAhoCorasick.deserialize(arrays[_AUTOMATON].tobytes())
        self._patterns = TextList.unpack(_PATTERNS, arrays)

        self.count = len(self._patterns)
        """Names that it holds."""

    def pattern(self, number: int) -> str:
        """Return a squeezed name by its number."""
        return self._patterns[number]

    def hits(self, squeezed: str) -> list[tuple[int, int, int]]:
        """Return (start, end, number of the name) of every occurrence, overlapping ones too, in order of their ends."""
        found: list[tuple[int, int, int]] = self._automaton.find_overlapping(squeezed)
        return found
