"""Chains of parents."""

from __future__ import annotations

from collections.abc import Sequence


def top(parents: Sequence[int] | memoryview[int], firm: int) -> int:
    """Return the top of a firm's chain of parents, itself when it has none. `parents`: firm → its parent, or -1."""
    parent = parents[firm]
    if parent < 0:
        return firm
    seen = {firm}
    while parent >= 0 and parent not in seen:
        firm = parent
        seen.add(firm)
        parent = parents[firm]
    return firm
