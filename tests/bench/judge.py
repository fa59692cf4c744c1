"""How many answers to the six kinds are right, wrong or withheld: a speed that was bought with wrong answers is worth nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from zhengming.engine import Engine, Outcome, Resolution

from tests.bench.mix import KINDS, NIL
from tests.bench.queries import Query

_WRONG_COSTS = 5
"""Missed names that one wrong firm is as bad as."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer to one query of the mix."""

    kind: str
    query: Query
    firm: str
    """The firm that is answered, "" for none."""
    score: float = 1.0

    @property
    def right(self) -> bool:
        """Whether the firm is the one that is meant, or none is answered where none is."""
        return self.firm == self.query.firm

    @property
    def wrong(self) -> bool:
        """Whether a firm is answered that is not meant."""
        return bool(self.firm) and not self.right


def kinds_of(queries: Sequence[Query]) -> list[str]:
    """Return the kind of each query of a part of the mix, which holds as many of each kind, kind after kind."""
    size = len(queries) // len(KINDS)
    return [kind for kind in KINDS for _ in range(size)]


def of_engine(queries: Sequence[Query], answers: Iterable[Resolution]) -> list[Judged]:
    """Judge the engine's answers to a part of the mix: only a MATCH is an answer."""
    return [_of(kind, query, found) for kind, query, found in zip(kinds_of(queries), queries, answers, strict=True)]


def of_kind(kind: str, queries: Iterable[Query], answers: Iterable[Resolution]) -> list[Judged]:
    """Judge the engine's answers to queries of one kind."""
    return [_of(kind, query, found) for query, found in zip(queries, answers, strict=True)]


def _of(kind: str, query: Query, found: Resolution) -> Judged:
    return Judged(kind, query, found.firm_id if found.outcome is Outcome.MATCH else "")


def at_best_threshold(judged: Sequence[Judged]) -> tuple[float, list[Judged]]:
    """Return the score from which answering costs least, and the answers with those below it withheld.

    It is found on the very queries that are counted, in the peer's favour; a wrong firm costs as much as five missed.
    """
    best, least = float("inf"), float(sum(one.query.firm != "" for one in judged))
    cost = least
    answered = sorted((one for one in judged if one.firm), key=lambda one: -one.score)
    for one, following in zip_longest(answered, answered[1:]):
        if one.right:
            cost -= 1
        else:
            cost += _WRONG_COSTS - (one.query.firm != "")
        if cost < least and (following is None or following.score < one.score):
            best, least = one.score, cost
    return best, [_from(one, best) for one in judged]


def _from(one: Judged, threshold: float) -> Judged:
    return one if one.score >= threshold else Judged(one.kind, one.query, "", one.score)


def cells(judged: Sequence[Judged]) -> list[str]:
    """Return a cell for each kind: the share that is right, and that is wrong where any is."""
    found = []
    for kind in KINDS:
        of_kind = [one for one in judged if one.kind == kind]
        counts = Counter("right" if one.right else "wrong" if one.wrong else "none" for one in of_kind)
        total = max(len(of_kind), 1)
        wrong = f", {counts['wrong'] / total:.1%} wrong" if counts["wrong"] and kind != NIL else ""
        found.append(f"{counts['right'] / total:.0%}{wrong}")
    return found


def resolve_all(engine: Engine, queries: Sequence[Query]) -> list[Resolution]:
    """Resolve queries one after the other."""
    return [engine.resolve(query.text) for query in queries]
