"""The six-kind mix against the peers of performance.md G: same names, same queries, round by round one after the other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from zhengming.engine import Engine

from tests.bench import judge
from tests.bench.judge import Judged
from tests.bench.measure import ratio
from tests.bench.mix import CUT, KINDS, NIL, TYPO, Mix
from tests.bench.peers.process import NotInstalledError, PeerError, PeerProcess
from tests.bench.queries import Query
from tests.bench.report import Report
from tests.bench.run import Run
from tests.bench.tables import Prepared, title

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _Peer:
    """A peer and how much it is asked."""

    name: str
    """Its row, with the setting."""
    environment: str
    size: int
    """Queries of each kind in a round."""
    first: int
    """Number of its first part of the mix, so that peers with parts of different sizes are asked different names."""
    warm: bool = True
    """Whether a round that does not count comes first."""


_BRUTE = 3
"""Queries of each kind and round for those that scan everything: 54 in all."""
PEERS = {
    "emm_bigrams": _Peer("emm, character bigrams, 10 candidates, supervised layer off", "emm", 500, 0),
    "splink_blocks": _Peer("splink, two blocks, Jaro-Winkler, u only", "bench", 500, 0),
    "string_groups": _Peer("string_grouper, bigrams, ≥ .4; its index in the time", "rest", 500, 0),
    "cdist": _Peer("rapidfuzz `cdist`, `ratio` as uint8, 1 worker", "rest", 50, 42),
    "ratio": _Peer("rapidfuzz `extractOne`, `ratio`", "rest", _BRUTE, 800, warm=False),
    "wratio": _Peer("rapidfuzz `extractOne`, `WRatio`", "rest", _BRUTE, 800, warm=False),
    "name_matcher": _Peer("name_matching, 2- and 3-grams, top 50", "rest", _BRUTE, 800, warm=False),
    "logic_v2": _Peer(
        "nomenklatura logic-v2 over 50 candidates, finding them not counted", "rest", _BRUTE, 800, warm=False
    ),
}
"""Module in peers/systems → peer."""
_FIGURES = {"emm_bigrams": "peers.emm", "ratio": "peers.ratio", "wratio": "peers.wratio", "cdist": "peers.cdist"}
_SHORT_SIZE = 40


@dataclass(slots=True)
class _Side:
    """What one side spent and answered."""

    microseconds: list[float] = field(default_factory=list)
    """CPU a name, round by round."""
    judged: list[Judged] = field(default_factory=list)


def measure_peers(run: Run, report: Report) -> None:
    """Measure every peer that is installed, and us beside it."""
    prepared = run.table(run.peer_size)
    names, mix = prepared.names(), prepared.mix()
    report.heading(f"Six kinds of queries against {title(run.peer_size)} invented names, beside the peers")
    report.text(
        f"{_ROUNDS} rounds, peer and we in turn, other queries in every round; CPU of the whole process, the peer's own "
        "preparation of the queries with it, its index without. Right answers by kind; a peer answers from the threshold "
        "that costs least on these very queries (a wrong firm as much as five missed), we as we ship. Of names that are "
        f"nobody's, right is: no firm. `×`: our names per CPU second over the peer's, on the same queries. "
        f"Those that scan everything are asked {_ROUNDS * _BRUTE * len(KINDS)} queries.\n"
    )
    report.columns("system", "µs a name", "names / CPU s", "×", "index, CPU s", *KINDS)
    ours = _Side()
    versions: dict[str, str] = {}
    for module, peer in PEERS.items():
        size = min(peer.size, _SHORT_SIZE) if run.short else peer.size
        first = 0 if run.short else peer.first
        parts = [mix.part(first + number, size) for number in range(run.rounds(_ROUNDS) + peer.warm)]
        try:
            with PeerProcess(module, peer.environment, [text for text, _ in names]) as process:
                theirs, beside = _side_by_side(process, parts, prepared, [firm for _, firm in names], peer.warm)
                built = process.built
                versions |= process.versions
        except PeerError as error:
            report.row(peer.name, str(error) if isinstance(error, NotInstalledError) else f"*{error}*", *[""] * 9)
            continue
        times = ratio(theirs.microseconds, beside.microseconds)
        if module in _FIGURES:
            report.figure(_FIGURES[module], times)
            report.figure(f"{_FIGURES[module]}.us", median(theirs.microseconds))
        if module == "logic_v2":
            report.figure("peers.logic_v2", _fuzzy_times(theirs, prepared, parts))
        _, judged = judge.at_best_threshold(theirs.judged)
        cost = median(theirs.microseconds)
        report.row(
            peer.name, f"{cost:,.0f}", f"{1e6 / cost:,.0f}", f"{times:.3g}", f"{built:.1f}", *judge.cells(judged)
        )
        if peer.size > len(ours.judged) / len(KINDS):
            ours = beside
    if not ours.judged:
        ours = _alone(mix, prepared, run)
    cost = report.figure("peers.ours.us", median(ours.microseconds))
    report.row(
        "**zhengming**",
        f"{cost:,.0f}",
        f"{1e6 / cost:,.0f}",
        "1",
        f"{prepared.cost().seconds:.1f}",
        *judge.cells(ours.judged),
    )
    told = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    report.text(f"\nPeers: {told or 'none is installed'}.")


def _side_by_side(
    process: PeerProcess, parts: Sequence[list[Query]], prepared: Prepared, firms: Sequence[str], warm: bool
) -> tuple[_Side, _Side]:
    # A fresh engine for every peer: what we learnt from one set of queries is no help with the same set again.
    engine = prepared.open().engine
    theirs, ours = _Side(), _Side()
    for number, queries in enumerate(parts):
        answered = process.ask([query.text for query in queries])
        spent, judged = _resolve(engine, queries)
        if number == 0 and warm:
            continue
        theirs.microseconds.append(answered.cpu * 1e6 / len(queries))
        theirs.judged += [
            Judged(kind, query, firms[place] if place >= 0 else "", score)
            for kind, query, (place, score) in zip(judge.kinds_of(queries), queries, answered.answers, strict=True)
        ]
        ours.microseconds.append(spent)
        ours.judged += judged
    return theirs, ours


def _resolve(engine: Engine, queries: list[Query]) -> tuple[float, list[Judged]]:
    """Return CPU microseconds a query, and the answers judged."""
    begun = time.process_time()
    answers = judge.resolve_all(engine, queries)
    spent = (time.process_time() - begun) * 1e6 / len(queries)
    return spent, judge.of_engine(queries, answers)


def _alone(mix: Mix, prepared: Prepared, run: Run) -> _Side:
    engine, side = prepared.open().engine, _Side()
    size = _SHORT_SIZE if run.short else PEERS["emm_bigrams"].size
    for number in range(run.rounds(_ROUNDS) + 1):
        spent, judged = _resolve(engine, mix.part(number, size))
        if number:
            side.microseconds.append(spent)
            side.judged += judged
    return side


def _fuzzy_times(theirs: _Side, prepared: Prepared, parts: Sequence[list[Query]]) -> float:
    """Return their cost over ours on names that no key answers."""
    engine = prepared.open().engine
    fuzzy = [
        query
        for queries in parts
        for kind, query in zip(judge.kinds_of(queries), queries, strict=True)
        if kind in (CUT, TYPO, NIL)
    ]
    begun = time.process_time()
    judge.resolve_all(engine, fuzzy)
    return median(theirs.microseconds) * len(fuzzy) / ((time.process_time() - begun) * 1e6)
