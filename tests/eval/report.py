"""Run systems over rows and print what came of it: a line a slice, then the failures themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.eval.bars import BARS
from tests.eval.labels import Labels
from tests.eval.reference_run import Reference, change
from tests.eval.rows import Row
from tests.eval.systems import Answer, System
from tests.eval.tally import Tally, Verdict, judge, wilson

FORMULA = "cost = (5 × wrong + everything else that is not right) / rows: a wrong firm costs as much as five missed"
_NAME_WIDTH = 46
_HEAD = ("rows", "right", "wrong", "ambig+", "ambig-", "n.found", "right %", "95 %", "wrong %", "95 %", "cost")
_WIDTHS = {"95 %": 12, "right": 11}


@dataclass(slots=True)
class Judged:
    """A row, what a system answered, and what that is worth."""

    row: Row
    answer: Answer
    verdict: Verdict


@dataclass(slots=True)
class Measured:
    """One part's results: the engine's and the exact dictionary's counts by slice, and the engine's judged rows."""

    slices: dict[str, Tally] = field(default_factory=dict)
    exact: dict[str, Tally] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)


def measure(rows: Sequence[Row], engine: System, exact: System, labels: Labels) -> Measured:
    """Judge all rows by the engine and by the exact dictionary."""
    judged = [judge_row(row, engine, labels) for row in rows]
    plain = [judge_row(row, exact, labels) for row in rows]
    return Measured(count(judged), count(plain), judged)


def judge_row(row: Row, system: System, labels: Labels) -> Judged:
    """Ask a system one row and judge its answer."""
    answer = system.resolve(row.query)
    shared = labels.is_shared(row.query, row.gold)
    return Judged(row, answer, judge(answer, row.gold, shared=shared, undecidable=row.shared))


def count(judged: Iterable[Judged]) -> dict[str, Tally]:
    """Count judged rows by slice."""
    slices: dict[str, Tally] = {}
    for one in judged:
        for name in one.row.slices:
            tally = slices.setdefault(name, Tally())
            tally.add(one.verdict, one.row.weight, shown=one.row.gold in one.answer.shown)
    return slices


def print_slices(part: str, slices: Mapping[str, Tally], exact: Mapping[str, Tally], reference: Reference) -> None:
    """Print counts, intervals and cost of every slice, the dictionary beside it, its bar, and the change."""
    dictionary = f"{'dict. right/wrong':>19}" if exact else ""
    print(f"  {'slice':<{_NAME_WIDTH}}" + "".join(f"{title:>{_width(title)}}" for title in _HEAD) + dictionary)
    for name, tally in sorted(slices.items()):
        plain = f"{f'{exact[name].right}/{exact[name].wrong}':>19}" if exact else ""
        print(f"  {name:<{_NAME_WIDTH}}" + _line(tally) + plain)
        if bar := BARS.get((part, name)):
            missed = bar.missed(tally)
            shown = f"; the firm shown in {tally.shown / tally.total:.1%}" if bar.least_shown and tally.total else ""
            print(f"      bar: {bar}: {'MISSED: ' + ', '.join(missed) if missed else 'met'}{shown}")
        if changed := change(reference.slices.get((part, name)), tally):
            print(f"      against the reference run: {changed}")


def _line(tally: Tally) -> str:
    shared = tally.counts[Verdict.RIGHT_SHARED]
    cells = (
        str(tally.total),
        f"{tally.right}({shared})" if shared else str(tally.right),
        str(tally.wrong),
        str(tally.counts[Verdict.AMBIGUOUS_WITH]),
        str(tally.counts[Verdict.AMBIGUOUS_WITHOUT]),
        str(tally.counts[Verdict.NOT_FOUND]),
        *_share(tally.right, tally.total),
        *_share(tally.wrong, tally.total),
        f"{tally.cost:.3f}",
    )
    return "".join(f"{cell:>{_width(title)}}" for cell, title in zip(cells, _HEAD, strict=True))


def _share(part: int, total: int) -> tuple[str, str]:
    low, high = wilson(part, total)
    return (f"{100 * part / total:.1f}" if total else "-"), f"{100 * low:.1f}–{100 * high:.1f}"


def _width(title: str) -> int:
    return _WIDTHS.get(title, 9)


def print_classes(judged: Iterable[Judged], labels: Labels) -> None:
    """Print why rows of firms in the table were not answered, most frequent class first.

    The classes say where to mend: a rule that refuses a name which the table has, a rule that refuses the right firm,
    or a name that the table lacks.
    """
    classes = Counter(_class_of(one, labels) for one in judged if one.row.gold and one.verdict is Verdict.NOT_FOUND)
    if classes:
        print(f"  not found, by class ({classes.total()} rows):")
    for name, total in classes.most_common(12):
        print(f"    {total:>5}  {name}")


def _class_of(one: Judged, labels: Labels) -> str:
    reason, _, evidence = one.answer.reason.partition("; ")
    evidence = evidence[evidence.find("[") :] if "[" in evidence else ""
    if one.row.gold in labels.holders(one.row.query) and not one.row.without:
        return f"the table has the name, refused: {reason} {evidence}"
    if one.answer.nearest == one.row.gold:
        return f"the right firm came nearest, refused: {reason} {evidence}"
    return f"another firm came nearest: {reason}" if one.answer.nearest else f"nothing came near: {reason}"


def print_failures(judged: Iterable[Judged], names: Mapping[str, str], limit: int) -> None:
    """Print every wrong row, and up to `limit` (0: all) of each other kind of failure."""
    by_verdict: dict[Verdict, list[Judged]] = {}
    for one in judged:
        by_verdict.setdefault(one.verdict, []).append(one)
    for verdict in (Verdict.WRONG, Verdict.AMBIGUOUS_WITH, Verdict.AMBIGUOUS_WITHOUT, Verdict.NOT_FOUND):
        failed = by_verdict.get(verdict, [])
        shown = failed if verdict is Verdict.WRONG or not limit else failed[:limit]
        if failed:
            print(f"  {verdict.value}: {len(failed)} rows" + (f", first {limit}" if len(shown) < len(failed) else ""))
        for one in shown:
            meant = f"{one.row.label} {names.get(one.row.gold or '', 'not in the table')}"
            got = " / ".join(names.get(firm, firm) for firm in one.answer.firms[:3])
            print(f"    {one.row.query!r} [{meant}] → {got or '-'} ({one.answer.reason})")
