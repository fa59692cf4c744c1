"""Sets of words, written as one line of text, so that the tables can be read and sorted by eye."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())
