"""The repository's own labelled names (tests/cases/*.csv): read them, and hold an answer against one.

A case expects a firm, written as any of its names or as a code (`XSHG:688256`), or `ambiguous`, or `not found`, or
`not found:REASON`. `known_limit` 1 marks a case that the engine is known to fail; it must go on failing, so that a
mended limit is noticed and unmarked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from zhengming.aliases import Scheme, Table
from zhengming.engine import Engine, InvalidQuery, NotFoundReason, Outcome, Resolution

from tests.eval.rows import Row, read_csv
from tests.eval.systems import Answer, names_by_text
from tests.eval.tally import Verdict, judge

FOLDER = Path(__file__).parents[1] / "cases"
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
"""Invisible characters are written as escapes in the files: what cannot be seen cannot be reviewed."""
_AMBIGUOUS = "ambiguous"
_NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled name."""

    input: str
    expected: str
    slice: str
    strength: str
    """`must` (nobody would accept another answer) or `should` (a good system gets it)."""
    source: str
    """What the fact rests on."""
    known_limit: bool

    @property
    def refuses(self) -> bool:
        """Tell whether a name without a firm of the table is the point of the case, not text that is no name at all."""
        reason = self.expected.partition(":")[2]
        return self.expected.startswith(_NOT_FOUND) and (not reason or reason in NotFoundReason.__members__)

    @property
    def expects_firm(self) -> bool:
        """Tell whether a firm is the right answer."""
        return self.expected != _AMBIGUOUS and not self.expected.startswith(_NOT_FOUND)


class UnknownFirm(Exception):
    """A case expects a firm by a name or code that the table does not give to exactly one firm."""


class Firms:
    """Finds the firms that cases expect."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._names = names_by_text(table)
        displayed = defaultdict(set)
        for firm in table.firms:
            displayed[firm.display_zh].add(firm.id)
            displayed[firm.display_en].add(firm.id)
        self._displayed = displayed

    @cached_property
    def _codes(self) -> dict[str, str]:
        codes = (code for code in self._table.identifiers if code.scheme is Scheme.TICKER and not code.valid_to)
        return {f"{code.mic}:{code.value}": code.firm_id for code in codes}

    def find(self, expected: str) -> str:
        """Return the ID of the firm with this code, display name or name. Raises `UnknownFirm`."""
        if expected in self._codes:
            return self._codes[expected]
        # A display name is a firm's own choice; the same text as a name of another firm is a side matter.
        for held in (self._displayed.get(expected, set()), set(self._names.get(expected, ()))):
            if len(held) == 1:
                return next(iter(held))
        count = len(self._names.get(expected, ()))
        raise UnknownFirm(f"{expected!r} names {count} firms of the table; a case must expect exactly one.")


def read_cases(folder: Path = FOLDER) -> list[Case]:
    """Return all cases, in file order."""
    return [
        Case(
            _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), row["input"]),
            row["expected"],
            row["slice"],
            row["strength"],
            row["source"],
            row["known_limit"] == "1",
        )
        for path in sorted(folder.glob("*.csv"))
        for row in read_csv(path)
    ]


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and what came of it."""

    case: Case
    verdict: Verdict
    """NOT_FOUND also where no firm is right but the reason is not the one that the case states."""
    got: str
    """The answer in words, for a failure's reader."""

    @property
    def right(self) -> bool:
        """Tell whether the answer is the expected one."""
        return self.verdict is Verdict.RIGHT

    @property
    def wrong_firm(self) -> bool:
        """Tell whether it is a MATCH where another firm, several or none was right."""
        return self.verdict is Verdict.WRONG


def judge_case(case: Case, engine: Engine, firms: Firms) -> Judged:
    """Resolve one case and hold the answer against what it expects. Raises `UnknownFirm`."""
    gold = firms.find(case.expected) if case.expects_firm else None
    try:
        found = engine.resolve(case.input)
    except InvalidQuery as error:
        refused = case.expected == f"{_NOT_FOUND}:{error.reason}"
        return Judged(case, Verdict.RIGHT if refused else Verdict.NOT_FOUND, f"refused: {error.reason}")
    matched = (found.firm_id,) if found.outcome is Outcome.MATCH else ()
    firms_given = matched or tuple(candidate.firm_id for candidate in found.candidates)
    answer = Answer(found.outcome, firms_given)
    verdict = judge(answer, gold, shared=False, undecidable=case.expected == _AMBIGUOUS)
    _, _, reason = case.expected.partition(":") if not case.expects_firm else ("", "", "")
    said = found.not_found_reason.name if found.not_found_reason else ""
    if verdict is Verdict.RIGHT and reason and reason != said:
        verdict = Verdict.NOT_FOUND
    return Judged(case, verdict, _in_words(found, engine))


def case_rows(cases: Iterable[Case], firms: Firms) -> list[Row]:
    """Return the cases as rows that any system can be asked; a reason for refusal is beyond what rivals can say.

    Leaves out cases that expect an unknown firm.
    """
    rows = []
    for case in cases:
        try:
            gold = firms.find(case.expected) if case.expects_firm else None
        except UnknownFirm:
            continue
        rows.append(Row(case.input, gold, (case.slice,), case.expected, shared=case.expected == _AMBIGUOUS))
    return rows


def _in_words(found: Resolution, engine: Engine) -> str:
    why = found.not_found_reason or found.ambiguity_reason
    firm_id = found.firm_id or (found.candidates[0].firm_id if found.candidates else "")
    firm = engine.firm(firm_id) if firm_id else None
    named = f" {firm.display_zh or firm.display_en} ({firm.id})" if firm else ""
    confidence = found.confidence or (found.candidates[0].confidence if found.candidates else 0.0)
    return f"{found.outcome.name}{' ' + why.name if why else ''}{named} {confidence:.2f}"
