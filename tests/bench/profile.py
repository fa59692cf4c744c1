"""`python -m tests.bench.profile`: where the time of a query goes, by kind of query and by step.

Every query is asked once of an engine that has not seen it, as in traffic: what is remembered from one name to the next
is measured, what is remembered of the same query is not. With `--graph FILE` also draws a flame graph of the kinds that
cost most.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from zhengming.aliases import load_table
from zhengming.engine import Engine, compile_index

from tests.bench.queries import by_kind
from tests.bench.report import Report, machine
from tests.bench.sampling import Samples, Stack, flame_graph

_EVERY = 0.001
"""Seconds of CPU time from one sample to the next."""
_DEAR = ("typing error", "unknown")
_STEPS = {
    # Innermost function of the stack that is named here → the step that its time counts for.
    "GramIndex.nearest": "n-grams: nearest 50 terms",
    "near_terms": "spelling of the 50",
    "Scorer.compared": "compare parts",
    "AnatomyIndex.__getitem__": "parts of the table's names",
    "Index._parse_name": "parts of the table's names",
    "parse": "parts of the query",
    "Index.rows": "keys: hash and look up",
    "EditIndex.near": "keys: hash and look up",
    "derived_names": "keys: hash and look up",
    "slipped_names": "keys: hash and look up",
    "Matcher._judge": "rank and decide",
    "Matcher._explain_refusal": "why refused",
    "Matcher._by_cut": "cut names",
    "guard": "guard and fold",
    "fold": "guard and fold",
    "Writer.write": "write the answer",
}
_OTHER = "the cascade itself"


def main(arguments: Sequence[str] | None = None) -> int:
    """Profile the engine."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="queries of a kind (default: 1000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, each with a new engine (default: 3)")
    parser.add_argument(
        "--graph", type=Path, metavar="FILE", help="draw a flame graph of typing errors and unknown firms"
    )
    parser.add_argument("--title", default="Engine.resolve: typing errors and unknown firms", help="above the graph")
    options = parser.parse_args(arguments)
    report = Report()
    report.text(f"{machine()}.")
    table = load_table()
    arrays = compile_index(table)
    kinds = by_kind(table, options.count)
    samples = {kind: Samples() for kind in kinds}
    spent: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(options.rounds):
        for kind, queries in kinds.items():
            engine = Engine(arrays)
            started = time.process_time()
            with samples[kind].taken(_EVERY):
                for query in queries:
                    engine.resolve(query.text)
            spent[kind].append((time.process_time() - started) * 1e6 / len(queries))
    inside = {kind: found.below(Engine.resolve.__code__) for kind, found in samples.items()}
    _tell({kind: median(costs) for kind, costs in spent.items()}, inside, report)
    dear = Samples()
    for kind in _DEAR:
        dear.stacks += inside[kind].stacks
    if options.graph:
        options.graph.write_text(flame_graph(dear, options.title), encoding="utf-8")
    return 0


def _by_step(samples: Samples) -> Counter[str]:
    found: Counter[str] = Counter()
    for stack, count in samples.stacks.items():
        found[_step(stack)] += count
    return found


def _step(stack: Stack) -> str:
    names = [code.co_qualname for code in stack]
    for at in range(len(names) - 1, -1, -1):
        if step := _STEPS.get(names[at]):
            # Before names were stored in parts they were parsed while comparing.
            of_table = names[at] == "parse" and "Index._parse_name" in names[:at]
            return _STEPS["Index._parse_name"] if of_table else step
    return _OTHER


def _tell(spent: dict[str, float], samples: dict[str, Samples], report: Report) -> None:
    steps = {kind: _by_step(found) for kind, found in samples.items()}
    report.heading("Where the time goes: CPU, µs a query, each asked once")
    kinds = list(spent)
    report.text(f"| step | {' | '.join(kinds)} |")
    report.text("|---" * (len(kinds) + 1) + "|")
    whole = Counter[str]()
    for kind in kinds:
        whole += steps[kind]
    for step, _ in whole.most_common():
        shares = (steps[kind][step] / max(steps[kind].total(), 1) * spent[kind] for kind in kinds)
        report.text(f"| {step} | {' | '.join(f'{share:.0f}' for share in shares)} |")
    report.text(f"| **all** | {' | '.join(f'**{spent[kind]:.0f}**' for kind in kinds)} |")


if __name__ == "__main__":
    sys.exit(main())
