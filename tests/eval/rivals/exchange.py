"""Write what the rivals are asked, and read what they answered. JSON lines in one folder, nothing else passes over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from zhengming.aliases import Name, NameKind, Table

from tests.eval.rows import Row

_SEED = 20240613
_LARGEST = 400
"""Rows of a slice that any rival is asked at most; each rival's module says how many it is asked of them."""
_DIGEST = "questions.sha256"
"""Tells which questions a rival answered; `run.py` copies it beside the answers."""
_SMALLEST = 10
"""Rows that a slice must have to say anything."""
_TRAINING = 6_000
"""Names that a rival may learn from."""
_TRAINED = (NameKind.LEGAL, NameKind.SHORT, NameKind.FORMER, NameKind.TRADING, NameKind.TRANSLATION)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A row of one slice, and its place in the slice's random order."""

    part: str
    slice: str
    rank: int
    row: Row


def sample(parts: dict[str, list[Row]]) -> list[Sampled]:
    """Draw the rows of every slice by itself: a row of two slices can be drawn for both, and counts in each."""
    random = Random(_SEED)
    drawn = []
    for part, rows in parts.items():
        slices: dict[str, list[Row]] = {}
        for row in rows:
            for name in row.slices:
                slices.setdefault(name, []).append(row)
        for name, held in slices.items():
            if len(held) < _SMALLEST:
                continue
            chosen = random.sample(held, min(_LARGEST, len(held)))
            drawn += [Sampled(part, name, rank, row) for rank, row in enumerate(chosen)]
    return drawn


def write_questions(work: Path, table: Table, rows: Sequence[Sampled], pairs: Sequence[tuple[str, str]]) -> None:
    """Write the table's names, the rows, the pairs, and names to learn from that are no row."""
    work.mkdir(parents=True, exist_ok=True)
    _write(work / "names.jsonl", sorted({(name.text, name.firm_id) for name in table.names}))
    asked = ((one.row.query, one.row.gold or "", list(one.row.without), one.rank) for one in rows)
    _write(work / "rows.jsonl", asked)
    _write(work / "pairs.jsonl", pairs)
    used = {one.row.query for one in rows}
    fit = sorted(name for name in table.names if name.kind in _TRAINED and name.text not in used)
    _write(work / "training.jsonl", (_bare(name) for name in Random(_SEED).sample(fit, min(_TRAINING, len(fit)))))
    questions = (work / name for name in ("names.jsonl", "rows.jsonl", "pairs.jsonl", "training.jsonl"))
    digest = sha256(b"".join(path.read_bytes() for path in questions)).hexdigest()
    (work / _DIGEST).write_text(digest, encoding="utf-8")


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
    """Return a rival's answers by row number; empty when it did not answer these very questions."""
    lines = _answers(work, rival, "rows")
    return {number: RivalAnswer(tuple(firms), score) for number, firms, score in map(json.loads, lines)}


def read_scores(work: Path, rival: str) -> list[float]:
    """Return a rival's scores of the pairs, in their order; empty when it compares none, or answered other questions."""
    return [json.loads(line) for line in _answers(work, rival, "pairs")]


def _answers(work: Path, rival: str, kind: str) -> list[str]:
    answers, asked = work / f"{rival}.{kind}.jsonl", work / f"{rival}.{_DIGEST}"
    if not answers.exists() or not asked.exists() or asked.read_text() != (work / _DIGEST).read_text():
        return []
    return answers.read_text(encoding="utf-8").splitlines()
