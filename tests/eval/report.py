"""Run systems over rows and print what came of it: a table by slice, then the failures themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.eval.labels import Labels
from tests.eval.rows import Row
from tests.eval.systems import Answer, System
from tests.eval.tally import Tally, Verdict, judge, wilson

_SEED = 11
_HEAD = ("rows", "right", "wrong", "ambig+", "ambig-", "n.found", "right %", "95 %", "wrong %", "95 %")


@dataclass(slots=True)
class Judged:
    """A row, what a system answered, and what that is worth."""

    row: Row
    answer: Answer
    verdict: Verdict


@dataclass(slots=True)
class Measured:
    """One file's results: slice → system → counts, and the judged rows of the first system."""

    slices: dict[str, dict[str, Tally]] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)


def measure(rows: Sequence[Row], systems: Sequence[System], slow: System, labels: Labels, sample: int) -> Measured:
    """Judge all rows by `systems`, and a sample of `sample` rows (0: all of them) by `slow` as well.

    All systems are then shown over that sample too, so that every comparison is over the same rows.
    """
    result = Measured()
    chosen = rows if not sample or sample >= len(rows) else Random(_SEED).sample(rows, sample)
    for system in systems:
        judged = [_judge(row, system, labels) for row in rows]
        _count(result, judged, system.name)
        if system is systems[0]:
            result.judged = judged
        if len(chosen) < len(rows):
            _count(result, [_judge(row, system, labels) for row in chosen], system.name, by_gold=True)
    slow_judged = [_judge(row, slow, labels) for row in chosen]
    _count(result, slow_judged, slow.name, by_gold=len(chosen) < len(rows))
    return result


def _judge(row: Row, system: System, labels: Labels) -> Judged:
    answer = system.resolve(row.query)
    return Judged(row, answer, judge(answer, row.gold, shared=labels.is_shared(row.query, row.gold)))


def _count(result: Measured, judged: Iterable[Judged], system: str, *, by_gold: bool = False) -> None:
    for one in judged:
        sampled = "sample, in the table" if one.row.gold else "sample, not in the table"
        for name in (sampled,) if by_gold else one.row.slices:
            tally = result.slices.setdefault(name, {}).setdefault(system, Tally())
            tally.add(one.verdict, one.row.weight)


def print_table(slices: Mapping[str, Mapping[str, Tally]]) -> None:
    """Print counts and shares of every slice, one line a system. Samples come last."""
    print(f"  {'slice':<50}{'system':<18}" + "".join(f"{title:>{_width(title)}}" for title in _HEAD))
    for name, by_system in sorted(slices.items(), key=lambda item: (item[0].startswith("sample"), item[0])):
        for system, tally in by_system.items():
            print(f"  {name:<50}{system:<18}" + _line(tally))
            name = ""


def _line(tally: Tally) -> str:
    wrong, total = tally.counts[Verdict.WRONG], tally.total
    shared = tally.counts[Verdict.RIGHT_SHARED]
    right = f"{tally.right}({shared})" if shared else str(tally.right)
    cells = (
        str(total),
        right,
        str(wrong),
        str(tally.counts[Verdict.AMBIGUOUS_WITH]),
        str(tally.counts[Verdict.AMBIGUOUS_WITHOUT]),
        str(tally.counts[Verdict.NOT_FOUND]),
        *_share(tally.right, total),
        *_share(wrong, total),
    )
    return "".join(f"{cell:>{_width(title)}}" for cell, title in zip(cells, _HEAD, strict=True))


def _share(count: int, total: int) -> tuple[str, str]:
    low, high = wilson(count, total)
    return (f"{100 * count / total:.1f}" if total else "-"), f"{100 * low:.1f}–{100 * high:.1f}"


def _width(title: str) -> int:
    return {"95 %": 12, "right": 11}.get(title, 9)


def print_classes(judged: Iterable[Judged], labels: Labels) -> None:
    """Print why rows of firms in the table were not answered, most frequent class first.

    The classes say where to mend: a rule that refuses a name which the table has, a rule that refuses the right firm,
    or a name that the table lacks.
    """
    classes = Counter(_class_of(one, labels) for one in judged if one.row.gold and one.verdict is Verdict.NOT_FOUND)
    if classes:
        print(f"  not found, by class ({classes.total()} rows):")
    for name, count in classes.most_common(12):
        print(f"    {count:>5}  {name}")


def _class_of(one: Judged, labels: Labels) -> str:
    reason, _, evidence = one.answer.reason.partition("; ")
    evidence = evidence[evidence.find("[") :] if "[" in evidence else ""
    if one.row.gold in labels.holders(one.row.query):
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
