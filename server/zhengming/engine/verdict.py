"""What the cascade hands on: an outcome over rows of the index, before it is written out as an answer."""

from __future__ import annotations

from typing import NamedTuple

from zhengming.engine.answer import AmbiguityReason, DecoyHit, NotFoundReason, Outcome, Warning
from zhengming.engine.scoring import Scored


class Verdict(NamedTuple):
    """An outcome, its reason, and all firms that were scored, best first."""

    outcome: Outcome
    scored: tuple[Scored, ...] = ()
    not_found_reason: NotFoundReason | None = None
    ambiguity_reason: AmbiguityReason | None = None
    decoy: DecoyHit | None = None
    warnings: tuple[Warning, ...] = ()

    @property
    def found(self) -> bool:
        """Whether the search may end here: one clear firm or a clear tie."""
        return self.outcome is not Outcome.NOT_FOUND


def matched(scored: tuple[Scored, ...], warnings: tuple[Warning, ...] = ()) -> Verdict:
    """Return the verdict that the first firm is meant."""
    return Verdict(Outcome.MATCH, scored, warnings=warnings)


def ambiguous(scored: tuple[Scored, ...], reason: AmbiguityReason, warnings: tuple[Warning, ...] = ()) -> Verdict:
    """Return the verdict that any of several firms may be meant."""
    return Verdict(Outcome.AMBIGUOUS, scored, ambiguity_reason=reason, warnings=warnings)


def not_found(reason: NotFoundReason, scored: tuple[Scored, ...] = (), decoy: DecoyHit | None = None) -> Verdict:
    """Return the verdict that no firm is meant; the scored ones are near misses."""
    return Verdict(Outcome.NOT_FOUND, scored, not_found_reason=reason, decoy=decoy)
