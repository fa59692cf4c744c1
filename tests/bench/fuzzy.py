"""Near names: the n-gram index against a scan of all names with rapidfuzz, same queries, same names."""

from __future__ import annotations

from itertools import islice
from random import Random
from statistics import median

from rapidfuzz import fuzz, process
from zhengming.engine.candidates import near_terms
from zhengming.engine.fold import is_han
from zhengming.engine.index import Index
from zhengming.engine.policy import FUZZY_TERMS

from tests.bench.measure import interleaved, ratio
from tests.bench.queries import typing_error
from tests.bench.report import Report
from tests.bench.run import Run

_SEED = 7


def measure_near(run: Run, report: Report) -> None:
    """Measure CPU and recall of both on terms of the bundled table's index with one typing error."""
    prepared = run.bundled()
    engine, index = prepared.open().engine, prepared.index()
    count, rounds = (60 if run.short else 300), run.rounds(10)
    terms = list(index.terms)
    random = Random(_SEED)
    chosen = random.sample([number for number, term in enumerate(terms) if len(term) > 1], count)
    typed = [typing_error(terms[number], random) for number in chosen]
    # The scan is so slow that each round takes another part of the queries.
    share = max(count // 5, 1)
    parts = [typed[start : start + share] for start in range(0, count, share)]
    turn = iter(parts[number % len(parts)] for number in range(10**6))

    def scan() -> int:
        part = next(turn)
        for query in part:
            process.extractOne(query, terms, scorer=fuzz.ratio)
        return len(part)

    def ours() -> int:
        for query in typed:
            near_terms(index, query)
        return count

    def grams() -> int:
        for query in typed:
            index.grams.nearest(query, FUZZY_TERMS)
        return count

    def whole() -> int:
        for query in typed:
            engine.resolve(query)
        return count

    spent = interleaved({"scan": scan, "ours": ours, "grams": grams, "whole": whole}, rounds)
    report.heading(f"Near names: {count} typing errors over {len(terms):,} terms")
    report.columns("what", "CPU, µs a query", "")
    report.row("rapidfuzz extractOne(fuzz.ratio) over all terms", f"{median(spent['scan']):.0f}", "")
    report.row("near_terms: n-grams, then spelling of 50", f"{median(spent['ours']):.0f}", "")
    report.row("of which the n-gram index", f"{median(spent['grams']):.0f}", "")
    report.row("Engine.resolve, whole", f"{median(spent['whole']):.0f}", "")
    times = report.figure("near.times", ratio(spent["scan"], spent["ours"]))
    report.row("near_terms is cheaper by", f"{times:.0f}×", "")
    report.row("Engine.resolve, whole, is cheaper by", f"{ratio(spent['scan'], spent['whole']):.0f}×", "")
    _recall(index, terms, chosen, typed, report)


def _recall(index: Index, terms: list[str], chosen: list[int], typed: list[str], report: Report) -> None:
    report.text("\nRecall: is the name that was meant among the 50 (and the first)?\n")
    report.columns("names", f"index: {FUZZY_TERMS} / 1", f"scan: {FUZZY_TERMS} / 1")
    found: dict[str, list[tuple[bool, bool, bool, bool]]] = {}
    for number, query in zip(chosen, typed, strict=True):
        gathered = index.grams.nearest(query, FUZZY_TERMS)
        ranked = [term for term, _ in islice(near_terms(index, query), 1)]
        scanned = [position for _, _, position in process.extract(query, terms, scorer=fuzz.ratio, limit=FUZZY_TERMS)]
        held = (number in gathered, number in ranked, number in scanned, number in scanned[:1])
        for kind in ("all", _kind(terms[number])):
            found.setdefault(kind, []).append(held)
    for kind, hits in sorted(found.items()):
        shares = [sum(column) / len(hits) for column in zip(*hits, strict=True)]
        ours, scan = f"{shares[0]:.3f} / {shares[1]:.3f}", f"{shares[2]:.3f} / {shares[3]:.3f}"
        report.row(f"{kind} ({len(hits)})", ours, scan)


def _kind(term: str) -> str:
    han = sum(map(is_han, term))
    if not han:
        return "Latin"
    return "Chinese, 2–3 characters" if han < 4 else "Chinese, 4 or more"
