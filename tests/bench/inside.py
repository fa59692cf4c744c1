"""The engine in process: what each kind of query costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from statistics import median

from zhengming.aliases import load_table
from zhengming.engine import Engine, Outcome

from tests.bench.measure import interleaved
from tests.bench.queries import Query, by_kind
from tests.bench.report import Report
from tests.bench.run import Run


def measure_inside(run: Run, report: Report) -> None:
    """Measure `Engine.resolve` by kind of query, with its caches warm, and tell what it answered."""
    prepared = run.bundled()
    engine, count, rounds = prepared.open().engine, (100 if run.short else 300), run.rounds(15)
    kinds = by_kind(load_table(prepared.table), count)
    spent = interleaved({kind: _work(engine, queries) for kind, queries in kinds.items()}, rounds)
    report.heading("Engine.resolve in process, bundled table")
    report.figure("inside.known", median(spent["exact"]))
    counts = engine.counts
    report.text(f"Table {engine.table_version[:12]}: {counts.firms:,} firms, {counts.names:,} names.")
    report.text(f"{count} queries of a kind, {rounds} interleaved rounds after a first one that fills the caches.\n")
    report.columns("kind", "CPU, µs a query", "answers")
    for kind, queries in kinds.items():
        report.row(kind, f"{median(spent[kind]):.0f}", _answers(engine, queries))


def _work(engine: Engine, queries: list[Query]) -> Callable[[], int]:
    def work() -> int:
        for query in queries:
            engine.resolve(query.text)
        return len(queries)

    return work


def _answers(engine: Engine, queries: list[Query]) -> str:
    """A speed that was bought with wrong answers is worth nothing, so both stand in one line."""
    counts: Counter[str] = Counter()
    for query in queries:
        found = engine.resolve(query.text)
        if found.outcome is Outcome.MATCH:
            counts["right" if found.firm_id == query.firm else "wrong"] += 1
        else:
            counts[found.outcome.name.lower().replace("_", " ")] += 1
    return ", ".join(f"{count} {what}" for what, count in counts.most_common())
