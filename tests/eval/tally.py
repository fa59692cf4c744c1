"""Judge one answer, and count judgements with the interval that their number allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from math import sqrt

from zhengming.engine import Outcome

from tests.eval.systems import Answer

_Z = 1.959964
"""Standard normal quantile of a two-sided 95 % interval."""

WRONG_COST = 5
"""A wrong firm costs as much as five firms missed."""


class Verdict(Enum):
    """What an answer is worth, held against the label."""

    RIGHT = "right"
    RIGHT_SHARED = "right, ambiguous"
    """AMBIGUOUS with the firm among the candidates, where the table gives this very name to several firms: without a
    date nobody could do better, so it counts as right. It is counted apart so that a reader can subtract it."""
    WRONG = "wrong"
    """A firm, and not the one that is meant: the worst answer."""
    AMBIGUOUS_WITH = "ambiguous with"
    """AMBIGUOUS, the firm among the candidates, although one firm alone has the name."""
    AMBIGUOUS_WITHOUT = "ambiguous without"
    """AMBIGUOUS, and the firm is not among the candidates, or no firm of the table is meant at all."""
    NOT_FOUND = "not found"


def judge(answer: Answer, gold: str | None, *, shared: bool, undecidable: bool = False) -> Verdict:
    """Hold an answer against the firm that is meant (None: no firm of the table, so NOT_FOUND is right).

    Args:
        answer: what a system said.
        gold: the firm that is meant.
        shared: the table gives the query's text to that firm and to others.
        undecidable: the label names no single firm; AMBIGUOUS is right.
    """
    if undecidable:
        by_outcome = {
            Outcome.NOT_FOUND: Verdict.NOT_FOUND,
            Outcome.MATCH: Verdict.WRONG,
            Outcome.AMBIGUOUS: Verdict.RIGHT,
        }
        return by_outcome[answer.outcome]
    if gold is None:
        by_outcome = {
            Outcome.NOT_FOUND: Verdict.RIGHT,
            Outcome.MATCH: Verdict.WRONG,
            Outcome.AMBIGUOUS: Verdict.AMBIGUOUS_WITHOUT,
        }
        return by_outcome[answer.outcome]
    if answer.outcome is Outcome.NOT_FOUND:
        return Verdict.NOT_FOUND
    if answer.outcome is Outcome.MATCH:
        return Verdict.RIGHT if answer.firms == (gold,) else Verdict.WRONG
    if gold not in answer.firms:
        return Verdict.AMBIGUOUS_WITHOUT
    return Verdict.RIGHT_SHARED if shared else Verdict.AMBIGUOUS_WITH


class Tally:
    """Counts of verdicts. A row may weigh more than one when it stands for several mentions."""

    def __init__(self, counts: Mapping[Verdict, int] | None = None) -> None:
        self.counts: Counter[Verdict] = Counter(counts or {})
        self.shown = 0
        """Rows whose firm the answer names, as the answer or as a candidate."""

    def add(self, verdict: Verdict, weight: int = 1, *, shown: bool = False) -> None:
        """Count one judged row."""
        self.counts[verdict] += weight
        self.shown += weight * shown

    @property
    def total(self) -> int:
        """Number of rows (or mentions) counted."""
        return self.counts.total()

    @property
    def right(self) -> int:
        """Number of right ones, shared names included."""
        return self.counts[Verdict.RIGHT] + self.counts[Verdict.RIGHT_SHARED]

    @property
    def wrong(self) -> int:
        """Number of wrong firms given."""
        return self.counts[Verdict.WRONG]

    @property
    def ambiguous(self) -> int:
        """Number of answers that leave the choice open where a firm, or none, was right."""
        return self.counts[Verdict.AMBIGUOUS_WITH] + self.counts[Verdict.AMBIGUOUS_WITHOUT]

    @property
    def cost(self) -> float:
        """The cost-weighted error: (5 × wrong + everything else that is not right) / rows. 0 is perfect, 5 the worst."""
        missed = self.total - self.right - self.wrong
        return (WRONG_COST * self.wrong + missed) / self.total if self.total else 0.0

    def as_json(self) -> Mapping[str, int]:
        """Return the counts by verdict, every verdict named."""
        return {verdict.name.lower(): self.counts[verdict] for verdict in Verdict}


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share: unlike the plain one it stays sound near 0 and 1."""
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    spread = _Z * sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    middle = share + _Z**2 / (2 * trials)
    scale = 1 + _Z**2 / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
