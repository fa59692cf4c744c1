"""Write what the rivals are asked, and read what they answered. JSON lines in one folder, nothing else passes over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from zhengming.aliases import Name, NameKind, Table

from tests.eval.report import Judged

_SEED = 20240613
_LARGEST = 400
"""Rows of a slice that any rival is asked at most; each rival's module says how many it is asked of them."""
_SMALLEST = 10
"""Rows that a slice must have to say anything."""
_TRAINING = 6_000
"""Names that a rival may learn from."""
_TRAINED = (NameKind.LEGAL, NameKind.SHORT, NameKind.FORMER, NameKind.TRADING, NameKind.TRANSLATION)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A row of one slice, its place in the slice's random order, and what our engine made of it."""

    part: str
    slice: str
    rank: int
    ours: Judged


def sample(parts: dict[str, list[Judged]]) -> list[Sampled]:
    """Draw the rows of every slice by itself: a row of two slices can be drawn for both, and counts in each."""
    random = Random(_SEED)
    drawn = []
    for part, judged in parts.items():
        slices: dict[str, list[Judged]] = {}
        for one in judged:
            for name in one.row.slices:
                slices.setdefault(name, []).append(one)
        for name, held in slices.items():
            if len(held) < _SMALLEST:
                continue
            chosen = random.sample(held, min(_LARGEST, len(held)))
            drawn += [Sampled(part, name, rank, one) for rank, one in enumerate(chosen)]
    return drawn


def write_questions(work: Path, table: Table, rows: Sequence[Sampled], pairs: Sequence[tuple[str, str]]) -> None:
    """Write the table's names, the rows, the pairs, and names to learn from that are no row."""
    work.mkdir(parents=True, exist_ok=True)
    _write(work / "names.jsonl", sorted({(name.text, name.firm_id) for name in table.names}))
    asked = ((one.ours.row.query, one.ours.row.gold or "", list(one.ours.row.without), one.rank) for one in rows)
    _write(work / "rows.jsonl", asked)
    _write(work / "pairs.jsonl", pairs)
    used = {one.ours.row.query for one in rows}
    fit = sorted(name for name in table.names if name.kind in _TRAINED and name.text not in used)
    _write(work / "training.jsonl", (_bare(name) for name in Random(_SEED).sample(fit, min(_TRAINING, len(fit)))))


def _bare(name: Name) -> tuple[str, str]:
    return name.text, name.firm_id


def _write(path: Path, lines: Iterable[object]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


@dataclass(frozen=True, slots=True)
class RivalAnswer:
    """The firms that a rival ranks first, and with what score. Empty: it has no candidate at all."""

    firms: tuple[str, ...]
    score: float


def read_answers(work: Path, rival: str) -> dict[int, RivalAnswer]:
    """Return a rival's answers by row number; empty when it was not asked or did not finish."""
    path = work / f"{rival}.rows.jsonl"
    if not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {number: RivalAnswer(tuple(firms), score) for number, firms, score in lines}


def read_scores(work: Path, rival: str) -> list[float]:
    """Return a rival's scores of the pairs, in their order; empty when it compares none."""
    path = work / f"{rival}.pairs.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
