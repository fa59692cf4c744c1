"""The ambiguous names of a job for a person to decide, and the decisions read back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_query import Question
from zhengming.client.csv_reader import Row
from zhengming.client.csv_sinks import DelimitedSink
from zhengming.client.csv_source import open_rows
from zhengming.client.csv_tables import RowSource
from zhengming.client.delimited import guard_formula
from zhengming.client.errors import UnreadableInputError
from zhengming.v1.firm_pb2 import FirmSummary

REVIEW_COLUMNS: Final = ("name", "city", "country", "code", "day", "reason", "candidates", "decision")
"""Header of a review file. A person fills in `decision`: a firm ID, the number of a candidate, or `none`."""

_NONE: Final = frozenset({"none", "no", "-", "无", "無", "没有"})


class ReviewSpool:
    """Ambiguous names into a part of the job folder; a name that comes again is dropped at the end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, question: Question, reason: str, candidates: str) -> None:
        """Take one name."""
        row = [question.name, question.city, question.country, question.code, question.day, reason, candidates, ""]
        self._stream.write(json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n")


def write_review(spool: Path, target: Path) -> None:
    """Write the review file as CSV for Excel, each name once, in the order of the input."""
    sink = DelimitedSink(target, for_excel=True)
    sink.write(REVIEW_COLUMNS)
    seen: set[tuple[str, ...]] = set()
    with spool.open("rb") as lines:
        for line in lines:
            row = json.loads(line)
            question = tuple(row[:5])
            if question not in seen:
                seen.add(question)
                sink.write(row)
    sink.commit()


def read_decisions(
    file: BinaryIO, firms: Callable[[Sequence[str]], Sequence[FirmSummary | None]]
) -> Mapping[Question, FirmSummary | None]:
    """Return what a person decided: the firm, or None for "none of them". Rows without decision are passed over.

    Args:
        file: a review file, in any form that a job reads.
        firms: returns the firms of IDs, None for an ID that does not exist.

    Raises:
        UnreadableInputError: for a file that is no review file, and for a decision that is not understood.
    """
    reader, _ = open_rows(Peekable(file), None, None, lambda said: None)
    header = reader.header()
    if not isinstance(header, Row) or not set(REVIEW_COLUMNS) <= set(header.cells):
        what = "The file of decisions lacks columns of a review file."
        raise UnreadableInputError(what, f"It has: {', '.join(REVIEW_COLUMNS)}.")
    chosen: dict[Question, tuple[str, int]] = {}
    for row in _rows(reader):
        cells = {name: _unguard(cell) for name, cell in zip(header.cells, row.cells, strict=True)}
        if decision := cells["decision"].strip():
            question = Question(cells["name"], cells["city"], cells["country"], cells["code"], cells["day"])
            firm = _firm_id(decision, cells["candidates"], row.line)
            if chosen.setdefault(question, (firm, row.line))[0] != firm:
                what = f"Line {row.line} of the decisions contradicts line {chosen[question][1]}."
                raise UnreadableInputError(what, "Decide each name once.")
    wanted = sorted({firm for firm, _ in chosen.values() if firm})
    known = dict(zip(wanted, firms(wanted), strict=True)) if wanted else {}
    for firm, line in chosen.values():
        if firm and known[firm] is None:
            what = f"The firm {firm} in line {line} of the decisions does not exist."
            raise UnreadableInputError(what, "Correct it; `zhengming search WORDS` shows IDs.")
    return {question: known[firm] if firm else None for question, (firm, _) in chosen.items()}


def _rows(reader: RowSource) -> Iterator[Row]:
    for record in reader:
        if not isinstance(record, Row):
            what = f"Line {record.line} of the decisions cannot be read: {record.reason}."
            raise UnreadableInputError(what, "Correct it: no decision may be lost.")
        yield record


def _firm_id(decision: str, candidates: str, line: int) -> str:
    """Return the ID that a decision means; empty for none."""
    if decision.casefold() in _NONE:
        return ""
    if decision.isascii() and decision.isdigit():
        told = candidates.split(" | ")
        if candidates and 1 <= int(decision) <= len(told):
            return told[int(decision) - 1].split(" ")[0]
    elif decision.removeprefix("firms/").startswith("ZM"):
        return decision.removeprefix("firms/").split(" ")[0]
    what = f"The decision {decision[:40]!r} in line {line} is not understood."
    raise UnreadableInputError(what, "Write a firm ID, the number of a candidate, or none.")


def _unguard(cell: str) -> str:
    """Take back the apostrophe that keeps a cell from being a formula."""
    return cell[1:] if cell.startswith("'") and guard_formula(cell[1:]) == cell else cell
