"""Write a verdict out as an answer: raise it to the record asked for, apply the scope, name the names, cut to size."""

from __future__ import annotations

from zhengming.engine.answer import (
    Candidate,
    Evidence,
    Granularity,
    NotFoundReason,
    Options,
    Outcome,
    Resolution,
    Scope,
    Warning,
)
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.decide import HINTS
from zhengming.engine.index import Index
from zhengming.engine.scoring import NO_NAME, Scored
from zhengming.engine.verdict import Verdict
from zhengming.engine.weights import logistic

_RAISED = (Evidence(E.GRANULARITY_RAISED, 0.0),)
_SCORE_SCALE = 3.0
"""Log-odds by which the shown score is stretched, so that strong candidates do not all read 100."""


class Writer:
    """Writes verdicts over one index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def write(self, verdict: Verdict, folded: str, warnings: tuple[Warning, ...], options: Options) -> Resolution:
        """Return the answer that a verdict amounts to under the caller's options."""
        scored = verdict.scored
        best = scored[0] if verdict.outcome is Outcome.MATCH else None
        outcome, reason, target = verdict.outcome, verdict.not_found_reason, NO_NAME
        if best is not None:
            target = self._raised(best.firm, options.granularity)
            if options.scope is Scope.TECH and not self._index.tech[target]:
                best, outcome, reason = None, Outcome.NOT_FOUND, NotFoundReason.OUT_OF_SCOPE
        second = scored[1].confidence if len(scored) > 1 else 0.0
        return Resolution(
            outcome=outcome,
            firm_id=self._index.firm_ids[target] if best else "",
            confidence=best.confidence if best else 0.0,
            match_type=best.match_type if best else None,
            matched_name=self._index.name(best.name) if best and best.name != NO_NAME else None,
            evidence=(_ordered(best) + (_RAISED if target != best.firm else ())) if best else (),
            candidates=tuple(map(self._candidate, scored[: options.max_candidates])),
            not_found_reason=reason,
            ambiguity_reason=verdict.ambiguity_reason,
            hints=HINTS[verdict.ambiguity_reason] if verdict.ambiguity_reason else (),
            margin=round(max(scored[0].confidence - second, 0.0), 4) if scored else 0.0,
            query_normalized=folded,
            warnings=warnings + verdict.warnings,
            decoy=verdict.decoy,
        )

    def _raised(self, firm: int, granularity: Granularity) -> int:
        if granularity is Granularity.GROUP:
            return self._index.top(firm)
        if granularity is Granularity.LISTED_ISSUER:
            return self._index.issuer(firm)
        return firm

    def _candidate(self, scored: Scored) -> Candidate:
        return Candidate(
            self._index.firm_ids[scored.firm],
            round(100 * logistic(scored.total / _SCORE_SCALE), 2),
            scored.confidence,
            scored.match_type,
            None if scored.name == NO_NAME else self._index.name(scored.name),
            _ordered(scored),
        )


def _ordered(scored: Scored) -> tuple[Evidence, ...]:
    """Return the reasons, strongest first."""
    evidence = scored.evidence
    if len(evidence) == 1:
        return evidence
    return tuple(sorted(evidence, key=lambda piece: -abs(piece.contribution)))
