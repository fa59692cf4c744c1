"""The engine by kind of query as the table grows, and whether the firm that is meant stays among the candidates."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import median

from zhengming.engine import Engine
from zhengming.engine.grammar import parse
from zhengming.engine.index import Index
from zhengming.engine.policy import FUZZY_TERMS

from tests.bench import judge
from tests.bench.judge import Judged
from tests.bench.mix import CUT, FUZZY_KINDS, KINDS, TYPO, Mix
from tests.bench.queries import Query
from tests.bench.report import Report
from tests.bench.run import Run
from tests.bench.tables import title

_ROUNDS = 5
_SIZE = 80
"""Queries of a kind and round: one more round than is counted must fit into the mix of the smallest table."""
_RECALL = 400
"""Queries of a kind whose candidates are looked at: other ones than are timed, where there are so many."""
_SMALLER, _LARGER = 100_000, 1_000_000


@dataclass(slots=True)
class _Size:
    """One table under measurement."""

    names: int
    engine: Engine
    index: Index
    mix: Mix
    microseconds: dict[str, list[float]] = field(default_factory=dict)
    """Kind → CPU a query, round by round."""
    candidates: list[float] = field(default_factory=list)
    """CPU of the n-gram index a fuzzy query, round by round."""
    judged: list[Judged] = field(default_factory=list)

    def cost(self, *kinds: str) -> float:
        """Return the median over the rounds of the mean CPU of some kinds."""
        rounds = zip(*(self.microseconds[kind] for kind in kinds), strict=True)
        return float(median([sum(costs) / len(kinds) for costs in rounds]))


def measure_growth(run: Run, report: Report) -> None:
    """Measure tables of all sizes in turn, other queries in every round."""
    sizes = []
    for names in run.sizes:
        prepared = run.table(names)
        engine = prepared.open().engine
        sizes.append(_Size(names, engine, prepared.index(), prepared.mix()))
    for number in range(run.rounds(_ROUNDS) + 1):
        for size in sizes:
            _round(size, number, counts=number > 0)
    report.heading("The same kinds as the table grows")
    report.text("Invented names, other queries in every round; CPU in µs a query, and how many answers are right.\n")
    report.columns("names", *KINDS, "all six", "n-gram index, fuzzy")
    for size in sizes:
        costs = [f"{size.cost(kind):,.0f} ({cell})" for kind, cell in zip(KINDS, judge.cells(size.judged), strict=True)]
        report.row(title(size.names), *costs, f"{size.cost(*KINDS):,.0f}", f"{median(size.candidates):,.0f}")
        for kind in KINDS:
            report.figure(f"growth.{size.names}.{kind}", size.cost(kind))
    report.text(f"\nIs the firm that is meant among the {FUZZY_TERMS} candidates of the n-gram index?\n")
    report.columns("names", *FUZZY_KINDS)
    recalls = {}
    for size in sizes:
        recalls[size.names] = {kind: _recall(size, size.mix.queries[kind][-_RECALL:]) for kind in FUZZY_KINDS}
        report.row(title(size.names), *(f"{share:.3f}" for share in recalls[size.names].values()))
        for kind, share in recalls[size.names].items():
            report.figure(f"growth.{size.names}.recall.{kind}", share)
    held = {size.names: size for size in sizes}
    if _SMALLER in held and _LARGER in held:
        larger, smaller = held[_LARGER], held[_SMALLER]
        report.figure("growth.fuzzy", larger.cost(CUT, TYPO) / smaller.cost(CUT, TYPO))
        lost = [recalls[_SMALLER][kind] - recalls[_LARGER][kind] for kind in FUZZY_KINDS]
        report.figure("growth.recall_lost", max(lost))


def _round(size: _Size, number: int, *, counts: bool) -> None:
    part = size.mix.part(number, _SIZE)
    kinds = judge.kinds_of(part)
    for kind in KINDS:
        queries = [query for query, of in zip(part, kinds, strict=True) if of == kind]
        begun = time.process_time()
        answers = judge.resolve_all(size.engine, queries)
        spent = (time.process_time() - begun) * 1e6 / len(queries)
        if counts:
            size.microseconds.setdefault(kind, []).append(spent)
            size.judged += judge.of_kind(kind, queries, answers)
    fuzzy = [parse(query.text).core for query, kind in zip(part, kinds, strict=True) if kind in FUZZY_KINDS]
    begun = time.process_time()
    for core in fuzzy:
        size.index.grams.nearest(core, FUZZY_TERMS)
    if counts:
        size.candidates.append((time.process_time() - begun) * 1e6 / len(fuzzy))


def _recall(size: _Size, queries: tuple[Query, ...]) -> float:
    index, found = size.index, 0
    for query in queries:
        terms = index.grams.nearest(parse(query.text).core, FUZZY_TERMS)
        firms = {index.name_firm[name] for term in terms for name in index.term_names[term]}
        found += index.firm_row(query.firm) in firms
    return found / len(queries)
