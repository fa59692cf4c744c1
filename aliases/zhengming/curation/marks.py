"""Marks that an editor puts on names whose lines an importer writes: `marks_by_hand.csv`.

A list's import writes its lines anew and knows no everyday words. Whatever is merged into the table, these marks are put
on its lines at the end, so that they stand in `names.csv` and no import loses them. A mark is for text linking alone: in
a name field an everyday word that is a firm's name means the firm.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.check import Problem
from zhengming.aliases.model import WORD_MARKS, Ambiguity, Name, Table
from zhengming.engine.fold import name_key

PATH = Path(__file__).parent / "marks_by_hand.csv"
_MARKED = {Ambiguity.NONE: Ambiguity.COMMON_WORD, Ambiguity.SHARED: Ambiguity.SHARED_WORD}


@dataclass(frozen=True, slots=True)
class MarkByHand:
    """One line of the file: this name of this firm is also an everyday word."""

    firm_id: str
    text: str
    reason: str
    """What the word means, or which words have its letters."""


Marks = Mapping[tuple[str, str], MarkByHand]
"""(firm ID, key of the name) → the mark."""


def read_marks(path: Path = PATH) -> Marks:
    """Read the file. Raises `ValueError` for a mark that is not `common_word`."""
    with path.open(encoding="utf-8", newline="") as stream:
        marks = {}
        for number, row in enumerate(csv.DictReader(stream), 2):
            if row["mark"] != Ambiguity.COMMON_WORD.value:
                raise ValueError(f"{path.name}, line {number}: {row['mark']!r} is no mark by hand. Write common_word.")
            marks[row["firm_id"], name_key(row["text"])] = MarkByHand(row["firm_id"], row["text"], row["reason"])
    return marks


def put_marks(names: Iterable[Name], marks: Marks) -> Iterator[Name]:
    """Yield the lines with the marks on them. A weak name, and one with a usual meaning, stays what it is."""
    for name in names:
        marked = _MARKED.get(name.ambiguity)
        if marked and (name.firm_id, name_key(name.text)) in marks:
            name = dataclasses.replace(name, ambiguity=marked)
        yield name


def lint_marks(table: Table, marks: Marks) -> Iterator[Problem]:
    """Yield the marks whose name line is gone, and those that no line bears yet."""
    found: dict[tuple[str, str], bool] = {}
    for name in table.names:
        slot = name.firm_id, name_key(name.text)
        if slot in marks:
            found[slot] = found.get(slot, False) or name.ambiguity in WORD_MARKS
    for slot, mark in marks.items():
        key = f"{mark.firm_id} {mark.text}"
        if slot not in found:
            message = "is marked by hand, and the firm has no such name. Name its new ID, or take the line out."
            yield Problem("MARK_GONE", PATH.stem, key, message)
        elif not found[slot]:
            message = "is marked by hand, and its name line does not say so. Run: zhengming-aliases mark --apply."
            yield Problem("MARK_MISSING", PATH.stem, key, message)
