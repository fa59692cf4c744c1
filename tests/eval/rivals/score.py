"""Judge rivals' answers as ours are judged, at the threshold that serves each of them best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhengming.engine import Outcome

from tests.eval.labels import Labels
from tests.eval.rivals.exchange import RivalAnswer, Sampled
from tests.eval.systems import Answer, among
from tests.eval.tally import Tally, Verdict, judge

_STEPS = 120
"""Thresholds tried: as many quantiles of the scores given."""

Slice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One row that a rival was asked, its answer, and what ours is worth."""

    sampled: Sampled
    answer: RivalAnswer
    ours: Verdict


@dataclass(frozen=True, slots=True)
class Faced:
    """One slice: our counts, the rival's at its one threshold, and the best it can do at our wrong rate."""

    ours: Tally
    theirs: Tally
    best_right: int
    """Most rows right that any threshold gives the rival in this slice without more wrong ones than we have."""
    has_firms: bool
    """Some row of the slice has a firm that is meant."""

    @property
    def rival_right(self) -> int:
        """Rows right that count when the two are held against each other.

        With firms to be found, a threshold picked for this very slice; without, the rival's one threshold, because
        refusing everything would win there.
        """
        if self.has_firms:
            return self.best_right
        return self.theirs.right if self.theirs.wrong <= self.ours.wrong else 0

    @property
    def not_behind(self) -> bool:
        """Tell whether the rival is as good as we are at an equal or lower wrong rate."""
        return self.rival_right >= self.ours.right


def thresholds(asked: Sequence[Asked]) -> list[float]:
    """Return the thresholds to try: quantiles of the scores, and one above them all."""
    scores = sorted({one.answer.score for one in asked if one.answer.firms})
    if not scores:
        return [0.0]
    steps = [scores[len(scores) * step // _STEPS] for step in range(_STEPS)]
    return [*dict.fromkeys([*steps, scores[-1]]), scores[-1] + 1.0]


def by_slice(asked: Iterable[Asked], threshold: float, labels: Labels) -> dict[Slice, Tally]:
    """Count a rival's answers, those below the threshold as NOT_FOUND."""
    slices: dict[Slice, Tally] = {}
    for one in asked:
        row = one.sampled.row
        below = one.answer.score < threshold
        answer = Answer(Outcome.NOT_FOUND) if below else among(one.answer.firms)
        verdict = judge(answer, row.gold, shared=labels.is_shared(row.query, row.gold), undecidable=row.shared)
        slices.setdefault((one.sampled.part, one.sampled.slice), Tally()).add(verdict)
    return slices


def face(asked: Sequence[Asked], labels: Labels) -> tuple[float, dict[Slice, Faced]]:
    """Return the rival's best threshold and every slice at it.

    The best threshold is the one with the least cost-weighted error, averaged over the slices, each slice counting the
    same.
    """
    runs = {threshold: by_slice(asked, threshold, labels) for threshold in thresholds(asked)}
    best = min(runs, key=lambda threshold: sum(tally.cost for tally in runs[threshold].values()))
    ours: dict[Slice, Tally] = {}
    with_firms = set()
    for one in asked:
        name = one.sampled.part, one.sampled.slice
        ours.setdefault(name, Tally()).add(one.ours)
        if one.sampled.row.gold:
            with_firms.add(name)
    faced = {}
    for name, own in ours.items():
        allowed = [run[name].right for run in runs.values() if run[name].wrong <= own.wrong]
        faced[name] = Faced(own, runs[best][name], max(allowed, default=0), name in with_firms)
    return best, faced


@dataclass(frozen=True, slots=True)
class PairScore:
    """Pairs of one file, held against a threshold or a verdict."""

    right: int
    false: int
    missed: int
    refused: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (2 * self.right + self.false + self.missed) if self.right else 0.0

    @property
    def precision(self) -> float:
        """Share of the pairs found the same that are."""
        return self.right / (self.right + self.false) if self.right else 0.0

    @property
    def recall(self) -> float:
        """Share of the pairs labelled the same that are found."""
        return self.right / (self.right + self.missed) if self.right else 0.0


def best_pairs(scores: Sequence[float], same: Sequence[bool]) -> PairScore:
    """Count pairs at the threshold with the best F1: in the rival's favour, one threshold for this very file."""
    runs = []
    for threshold in sorted(set(scores)):
        found = [score >= threshold for score in scores]
        runs.append(
            PairScore(
                sum(is_found and is_same for is_found, is_same in zip(found, same, strict=True)),
                sum(is_found and not is_same for is_found, is_same in zip(found, same, strict=True)),
                sum(not is_found and is_same for is_found, is_same in zip(found, same, strict=True)),
                sum(not is_found and not is_same for is_found, is_same in zip(found, same, strict=True)),
            )
        )
    return max(runs, key=lambda run: run.f1)


def recall_at(scores: Sequence[float], same: Sequence[bool], most_false: int) -> float:
    """Return the best recall that any threshold gives a rival with no more than so many pairs falsely found the same."""
    wanted = sum(same) or 1
    best = 0
    for threshold in set(scores):
        found = [is_same for score, is_same in zip(scores, same, strict=True) if score >= threshold]
        if found.count(False) <= most_false:
            best = max(best, found.count(True))
    return best / wanted
