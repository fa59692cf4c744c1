"""Marks that an editor puts on names whose lines an importer writes: `marks_by_hand.csv`.

A list's import writes its lines anew and knows no everyday words. Whatever is merged into the table, these marks are put
on its lines at the end, so that they stand in `names.csv` and no import loses them. `common_word` is for text linking alone:
in a name field an everyday word that is a firm's name means the firm. `weak` is for former and cut names of lists that
mean something else today (新材料, 好利来): they decide nothing by themselves, wherever they stand.
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
_AS_WORD = {Ambiguity.NONE: Ambiguity.COMMON_WORD, Ambiguity.SHARED: Ambiguity.SHARED_WORD}
_BORNE = {Ambiguity.COMMON_WORD: WORD_MARKS, Ambiguity.WEAK: frozenset((Ambiguity.WEAK,))}
"""Mark by hand → marks of a name line that say it."""


@dataclass(frozen=True, slots=True)
class MarkByHand:
    """One line of the file: this name of this firm is also an everyday word."""

    firm_id: str
    text: str
    mark: Ambiguity
    """COMMON_WORD or WEAK."""
    reason: str
    """What the word means, or which words have its letters."""


Marks = Mapping[tuple[str, str], MarkByHand]
"""(firm ID, key of the name) → the mark."""


def read_marks(path: Path = PATH) -> Marks:
    """Read the file. Raises `ValueError` for a mark that is neither `common_word` nor `weak`."""
    with path.open(encoding="utf-8", newline="") as stream:
        marks = {}
        for number, row in enumerate(csv.DictReader(stream), 2):
            mark = next((mark for mark in _BORNE if mark.value == row["mark"]), None)
            if mark is None:
                told = f"{row['mark']!r} is no mark by hand. Write common_word or weak."
                raise ValueError(f"{path.name}, line {number}: {told}")
            marks[row["firm_id"], name_key(row["text"])] = MarkByHand(row["firm_id"], row["text"], mark, row["reason"])
    return marks


def put_marks(names: Iterable[Name], marks: Marks) -> Iterator[Name]:
    """Yield the lines with the marks on them. A word stays weak, or the usual meaning, where it is that."""
    for name in names:
        mark = marks.get((name.firm_id, name_key(name.text)))
        if mark:
            as_word = _AS_WORD.get(name.ambiguity, name.ambiguity)
            name = dataclasses.replace(name, ambiguity=as_word if mark.mark is Ambiguity.COMMON_WORD else mark.mark)
        yield name


def lint_marks(table: Table, marks: Marks) -> Iterator[Problem]:
    """Yield the marks whose name line is gone, and those that no line bears yet."""
    found: dict[tuple[str, str], bool] = {}
    for name in table.names:
        slot = name.firm_id, name_key(name.text)
        if slot in marks:
            found[slot] = found.get(slot, False) or name.ambiguity in _BORNE[marks[slot].mark]
    for slot, mark in marks.items():
        key = f"{mark.firm_id} {mark.text}"
        if slot not in found:
            message = "is marked by hand, and the firm has no such name. Name its new ID, or take the line out."
            yield Problem("MARK_GONE", PATH.stem, key, message)
        elif not found[slot]:
            message = "is marked by hand, and its name line does not say so. Run: zhengming-aliases mark --apply."
            yield Problem("MARK_MISSING", PATH.stem, key, message)
