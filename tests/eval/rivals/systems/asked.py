"""What a rival is given, and what it gives back. Runs in the rivals' environments: the standard library only.

A rival's module offers one or more of

    SAMPLE: int                     rows asked of each slice at most; brute force gets fewer
    def rank(table, rows): ...      yields, row by row, candidates as (firm, score), any order
    def compare(pairs): ...         yields, pair by pair, a score: the higher, the more alike
    def find(table, texts): ...     yields, text by text, the names that stand there as (start, end, name), never overlapping

The harness sets the thresholds afterwards, so a rival returns its best candidates whatever their scores.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

Candidates = list[tuple[str, float]]
"""(firm, score)."""


@dataclass(frozen=True)
class Asked:
    """One row."""

    query: str
    gold: str
    """The firm that is meant, or nothing. Only for help that favours the rival: its names are put among the candidates."""
    without: frozenset[str]
    """Names that the firm does not have for this row."""


class Names:
    """The table: every text that is a name, and the firms that have it."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        self.firms: dict[str, list[str]] = defaultdict(list)
        self.of_firm: dict[str, list[str]] = defaultdict(list)
        for text, firm in lines:
            self.firms[text].append(firm)
            self.of_firm[firm].append(text)
        self.texts = list(self.firms)

    def held(self, text: str, row: Asked) -> list[str]:
        """Return the firms of a text as the table is for this row."""
        return [firm for firm in self.firms[text] if not (firm == row.gold and text in row.without)]

    def first(self, ranked: Iterable[tuple[str, float]], row: Asked) -> Candidates:
        """Return the firms of the best text that anyone has, best texts first: several where they share it."""
        for text, score in ranked:
            if firms := self.held(text, row):
                return [(firm, score) for firm in firms]
        return []


def read_names(work: Path) -> Names:
    """Read the table that the harness wrote."""
    return Names(_lines(work / "names.jsonl"))


def read_rows(work: Path, sample: int) -> list[tuple[int, Asked]]:
    """Read the rows within a sample of each slice, with their numbers."""
    rows = []
    for number, (query, gold, without, rank) in enumerate(_lines(work / "rows.jsonl")):
        if rank < sample:
            rows.append((number, Asked(query, gold, frozenset(without))))
    return rows


def read_pairs(work: Path) -> list[tuple[str, str]]:
    """Read the pairs of names."""
    return [(first, second) for first, second in _lines(work / "pairs.jsonl")]


def read_texts(work: Path) -> list[str]:
    """Read the running texts."""
    return [text for (text,) in _lines(work / "texts.jsonl")]


def read_training(work: Path) -> list[tuple[str, str]]:
    """Read (name, firm) for rivals that learn: names that are left out of the table while they do. None is a row."""
    return [(text, firm) for text, firm in _lines(work / "training.jsonl")]


def _lines(path: Path) -> Iterable:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
