"""Decide: from scored firms to one outcome."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import Protocol

from zhengming.engine.answer import AmbiguityReason, Evidence, Hint, NotFoundReason, Outcome, Profile
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.policy import LEAST_TIE, MIN_MARGIN, PLAUSIBLE, SLIP_THRESHOLDS, THRESHOLDS

_AGREEING = frozenset(
    (
        E.TEXT_EQUAL,
        E.FOLDED_EQUAL,
        E.SCRIPT_FOLDED,
        E.CORE_EQUAL,
        E.BRAND_EQUAL,
        E.BRAND_SIMILAR,
        E.CHARACTER_SLIPPED,
        E.PINYIN_TYPED,
        E.PINYIN_EQUAL_HAN_DIFFERS,
        E.ACRONYM_DERIVED,
        E.ABBREVIATION_DERIVED,
        E.IDENTIFIER_EQUAL,
    )
)
_CONTRADICTING = frozenset(
    (
        E.BRAND_CONTRADICTS,
        E.BRAND_CONTAINED,
        E.PLACE_MISMATCH,
        E.PLACE_ADDED,
        E.TRADE_ADDED,
        E.TRADE_DIFFERS,
        E.NUMBER_DIFFERS,
        E.GROUP_WORD_ADDED,
        E.LEGAL_FORM_FOREIGN,
        E.ONLY_GENERIC_SHARED,
        E.IDENTIFIER_CONTRADICTS,
    )
)
_NOTHING_SHARED = frozenset((E.BRAND_CONTRADICTS, E.ONLY_GENERIC_SHARED))
_FEW_LETTERS = frozenset((E.EDIT_1, E.EDIT_2))
_CARRIED = frozenset((E.TEXT_EQUAL, E.FOLDED_EQUAL, E.SCRIPT_FOLDED, E.CORE_EQUAL, E.IDENTIFIER_EQUAL))
"""The firm carries the very name: however many share it, one of them is meant."""
_EQUAL = frozenset((E.TEXT_EQUAL, E.FOLDED_EQUAL, E.SCRIPT_FOLDED))
_SUPPORTING = frozenset((E.IDENTIFIER_EQUAL, E.CONTEXT_AGREES, E.CO_MENTION))

HINTS = {
    AmbiguityReason.SAME_NAME: (Hint.AS_OF, Hint.EXCHANGE, Hint.CITY, Hint.IDENTIFIER),
    AmbiguityReason.SHARED_SHORT_NAME: (Hint.LEGAL_NAME, Hint.CITY, Hint.EXCHANGE, Hint.IDENTIFIER),
    AmbiguityReason.PARENT_OR_SUBSIDIARY: (Hint.PARENT_OR_SUBSIDIARY, Hint.LEGAL_NAME),
    AmbiguityReason.TICKER_WITHOUT_EXCHANGE: (Hint.EXCHANGE,),
    AmbiguityReason.IDENTIFIER_NAME_CONFLICT: (Hint.IDENTIFIER, Hint.LEGAL_NAME),
    AmbiguityReason.TIE: (Hint.LEGAL_NAME, Hint.CITY, Hint.IDENTIFIER),
}
"""The fields that would settle each kind of ambiguity, most telling first."""


class Contender(Protocol):
    """What deciding needs to know of a firm."""

    @property
    def confidence(self) -> float: ...

    @property
    def evidence(self) -> tuple[Evidence, ...]: ...


def points(evidence: Sequence[Evidence]) -> float:
    """Return the summed weight of the evidence, in log-odds."""
    return sum([piece.contribution for piece in evidence])


def share_out(totals: Sequence[float], single: Sequence[float]) -> list[float]:
    """Return each firm's confidence when several compete: its own, times its share among them.

    Probabilities of different firms cannot sum to more than one, so equal candidates divide the certainty.
    """
    if len(totals) == 1:
        return [round(single[0], 4)]
    best = max(totals)
    odds = [exp(total - best) for total in totals]
    whole = sum(odds)
    return [round(alone * weight / whole, 4) for alone, weight in zip(single, odds, strict=True)]


def agrees(evidence: Sequence[Evidence]) -> bool:
    """Tell whether a distinctive part agrees and none contradicts: without that nothing is ever a MATCH."""
    codes = {piece.code for piece in evidence}
    return not _AGREEING.isdisjoint(codes) and _CONTRADICTING.isdisjoint(codes)


def is_contradicted(evidence: Sequence[Evidence]) -> bool:
    """Tell whether something contradicts."""
    return any(piece.code in _CONTRADICTING for piece in evidence)


def is_near(evidence: Sequence[Evidence]) -> bool:
    """Tell whether anything that identifies is shared: a part, or all but a few letters."""
    codes = {piece.code for piece in evidence}
    return _NOTHING_SHARED.isdisjoint(codes) or not _FEW_LETTERS.isdisjoint(codes)


def carries(evidence: Sequence[Evidence]) -> bool:
    """Tell whether the firm carries the very name, or holds the code."""
    return any(piece.code in _CARRIED for piece in evidence)


def stands_alone(evidence: Sequence[Evidence]) -> bool:
    """Tell whether the matched name may decide: a weak one needs support from context."""
    codes = {piece.code for piece in evidence}
    return E.NAME_WEAK not in codes or not _SUPPORTING.isdisjoint(codes)


def resembles_shared(evidence: Sequence[Evidence]) -> bool:
    """Tell whether the query only resembles a name that several firms carry.

    紫光国芯股份有限公司 may be the full name of any firm that is called 紫光国芯, also of one that the table does not hold.
    """
    codes = {piece.code for piece in evidence}
    shared = E.NAME_SHARED in codes and E.NAME_USUAL not in codes
    return shared and _EQUAL.isdisjoint(codes) and _SUPPORTING.isdisjoint(codes)


def decide(
    contenders: Sequence[Contender], profile: Profile, min_confidence: float | None
) -> tuple[Outcome, NotFoundReason | None]:
    """Return the outcome for different firms, best first.

    AMBIGUOUS needs that one of several agreeing firms is meant surely enough, while none is so by itself; or that the
    only firm carries the name, which is too weak to stand alone. A weak name that is only similar is no rival.
    """
    agreeing = [
        contender
        for contender in contenders
        if agrees(contender.evidence) and (carries(contender.evidence) or stands_alone(contender.evidence))
    ]
    if not agreeing:
        near = any(is_near(contender.evidence) for contender in contenders)
        return Outcome.NOT_FOUND, NotFoundReason.BELOW_THRESHOLD if near else NotFoundReason.NO_CANDIDATE
    best = agreeing[0]
    slipped = any(piece.code is E.CHARACTER_SLIPPED for piece in best.evidence)
    threshold = (SLIP_THRESHOLDS if slipped else THRESHOLDS)[profile] if min_confidence is None else min_confidence
    if not stands_alone(best.evidence):
        return Outcome.AMBIGUOUS, None
    second = agreeing[1].confidence if len(agreeing) > 1 else 0.0
    if best.confidence >= threshold and best.confidence - second >= MIN_MARGIN[profile]:
        alone = len(contenders) == 1 and resembles_shared(best.evidence)
        return (Outcome.AMBIGUOUS if alone else Outcome.MATCH), None
    carried = carries(best.evidence)
    rivals = [
        contender
        for contender in agreeing
        if contender.confidence >= PLAUSIBLE * best.confidence or (carried and carries(contender.evidence))
    ]
    if (
        len(rivals) > 1
        and (carried or best.confidence >= LEAST_TIE)
        and sum([contender.confidence for contender in agreeing]) >= threshold
    ):
        return Outcome.AMBIGUOUS, None
    return Outcome.NOT_FOUND, NotFoundReason.BELOW_THRESHOLD
