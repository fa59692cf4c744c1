"""rapidfuzz WRatio over all names of the table, the best one taken: what many pipelines do."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz, process
from systems.asked import Asked, Candidates, Names

SAMPLE = 40
_SPARE = 10
"""Candidates fetched, so that one is left when names of the row are not to be used."""


def rank(table: Names, rows: list[Asked], _training: object) -> Iterator[Candidates]:
    """Score every name of the table against every query."""
    for row in rows:
        found = process.extract(row.query, table.texts, scorer=fuzz.WRatio, limit=_SPARE)
        yield table.first([(text, score) for text, score, _ in found], row)


def compare(pairs: list[tuple[str, str]]) -> Iterator[float]:
    """Score two names."""
    for first, second in pairs:
        yield fuzz.WRatio(first, second)
