"""Write a verdict out as an answer: raise it to the record asked for, apply the scope, name the names, cut to size."""

from __future__ import annotations

from functools import lru_cache

from zhengming.engine.answer import (
    Candidate,
    Evidence,
    Granularity,
    NotFoundReason,
    Options,
    Outcome,
    Parts,
    Resolution,
    Scope,
    Warning,
)
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.decide import HINTS
from zhengming.engine.grammar import Anatomy
from zhengming.engine.index import Index
from zhengming.engine.scoring import NO_NAME, Scored
from zhengming.engine.verdict import Verdict
from zhengming.engine.weights import logistic

_RAISED = (Evidence(E.GRANULARITY_RAISED, 0.0),)
_SCORE_SCALE = 3.0
"""Log-odds by which the shown score is stretched, so that strong candidates do not all read 100."""

_REMEMBERED = 1 << 12
"""Totals of which the shown score is kept; a few come up all the time."""


class Writer:
    """Writes verdicts over one index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def write(self, verdict: Verdict, folded: str, warnings: tuple[Warning, ...], options: Options) -> Resolution:
        """Return the answer that a verdict amounts to under the caller's options."""
        scored = verdict.scored
        outcome, reason = verdict.outcome, verdict.not_found_reason
        best, target = None, NO_NAME
        if outcome is Outcome.MATCH:
            best = scored[0]
            target = self._raised(best.firm, options.granularity)
            if options.scope is Scope.TECH and not self._index.tech[target]:
                best, outcome, reason = None, Outcome.NOT_FOUND, NotFoundReason.OUT_OF_SCOPE
        raised = _RAISED if best is not None and target != best.firm else ()
        candidates = tuple([self.candidate(one) for one in scored[: options.max_candidates]])
        if raised and candidates:
            candidates = (candidates[0]._replace(evidence=candidates[0].evidence + raised), *candidates[1:])
        margin = _margin(scored)
        if verdict.warnings:
            warnings += verdict.warnings
        if best is None:
            return Resolution(
                outcome,
                candidates=candidates,
                not_found_reason=reason,
                ambiguity_reason=verdict.ambiguity_reason,
                hints=HINTS[verdict.ambiguity_reason] if verdict.ambiguity_reason else (),
                margin=margin,
                query_normalized=folded,
                warnings=warnings,
                decoy=verdict.decoy,
            )
        # The candidate in front is the answer: its name and its reasons are read once.
        shown = candidates[0] if candidates else self.candidate(best)
        return Resolution(
            outcome,
            self._index.firm_ids[target],
            best.confidence,
            best.match_type,
            shown.matched_name,
            shown.evidence if candidates else shown.evidence + raised,
            candidates,
            margin=margin,
            query_normalized=folded,
            warnings=warnings,
        )

    def _raised(self, firm: int, granularity: Granularity) -> int:
        if granularity is Granularity.GROUP:
            return self._index.top(firm)
        if granularity is Granularity.LISTED_ISSUER:
            return self._index.issuer(firm)
        return firm

    def candidate(self, scored: Scored) -> Candidate:
        """Return a scored firm as it is shown."""
        return Candidate(
            self._index.firm_ids[scored.firm],
            _shown_score(scored.total),
            scored.confidence,
            scored.match_type,
            None if scored.name == NO_NAME else self._index.name(scored.name),
            _ordered(scored),
        )


def parts_of(anatomy: Anatomy) -> Parts:
    """Return the parts of a name as they are shown."""
    return Parts(anatomy.places, anatomy.brand, anatomy.trades, anatomy.legal_form, anatomy.branch)


@lru_cache(_REMEMBERED)
def _shown_score(total: float) -> float:
    return round(100 * logistic(total / _SCORE_SCALE), 2)


def _margin(scored: tuple[Scored, ...]) -> float:
    """Return the best confidence less the runner-up's, 0 to 1."""
    if len(scored) < 2:
        return scored[0].confidence if scored else 0.0
    return round(max(scored[0].confidence - scored[1].confidence, 0.0), 4)


def _ordered(scored: Scored) -> tuple[Evidence, ...]:
    """Return the reasons, strongest first."""
    evidence = scored.evidence
    if len(evidence) == 1:
        return evidence
    return tuple(sorted(evidence, key=lambda piece: -abs(piece.contribution)))
