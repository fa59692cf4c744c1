"""Deciding: from scored candidates to one outcome."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zhengming.engine import AmbiguityReason, Candidate, Evidence, MatchType, NotFoundReason, Outcome, Profile
from zhengming.engine import EvidenceCode as E
from zhengming.engine.decide import HINTS, agrees, decide, share_out, stands_alone
from zhengming.engine.policy import MIN_MARGIN, THRESHOLDS


def _candidate(confidence: float, *codes: E) -> Candidate:
    evidence = tuple(Evidence(code, 0.0) for code in codes or (E.BRAND_EQUAL,))
    return Candidate("ZM", 50.0, confidence, MatchType.FUZZY, None, evidence)


CASES = [
    # confidences (and codes where they matter), profile, least confidence, outcome
    ([], Profile.BALANCED, None, Outcome.NOT_FOUND, NotFoundReason.NO_CANDIDATE),
    ([_candidate(0.99)], Profile.BALANCED, None, Outcome.MATCH, None),
    ([_candidate(0.40)], Profile.BALANCED, None, Outcome.NOT_FOUND, NotFoundReason.BELOW_THRESHOLD),
    ([_candidate(0.60)], Profile.HIGH_RECALL, None, Outcome.MATCH, None),
    ([_candidate(0.90)], Profile.HIGH_PRECISION, None, Outcome.NOT_FOUND, NotFoundReason.BELOW_THRESHOLD),
    ([_candidate(0.40)], Profile.BALANCED, 0.3, Outcome.MATCH, None),
    ([_candidate(0.99)], Profile.BALANCED, 0.999, Outcome.NOT_FOUND, NotFoundReason.BELOW_THRESHOLD),
    ([_candidate(0.50), _candidate(0.49)], Profile.BALANCED, None, Outcome.AMBIGUOUS, None),
    ([_candidate(0.10), _candidate(0.09)], Profile.BALANCED, None, Outcome.NOT_FOUND, NotFoundReason.BELOW_THRESHOLD),
    ([_candidate(0.96), _candidate(0.03)], Profile.BALANCED, None, Outcome.MATCH, None),
    ([_candidate(0.99, E.BRAND_CONTAINED)], Profile.BALANCED, None, Outcome.NOT_FOUND, NotFoundReason.BELOW_THRESHOLD),
    # Nothing that identifies is shared: what is shown comes nearest and is not near.
    ([_candidate(0.99, E.BRAND_CONTRADICTS)], Profile.BALANCED, None, Outcome.NOT_FOUND, NotFoundReason.NO_CANDIDATE),
    (
        [_candidate(0.99, E.BRAND_CONTRADICTS, E.EDIT_1)],
        Profile.BALANCED,
        None,
        Outcome.NOT_FOUND,
        NotFoundReason.BELOW_THRESHOLD,
    ),
    ([_candidate(0.99, E.TEXT_EQUAL, E.NAME_WEAK)], Profile.BALANCED, None, Outcome.AMBIGUOUS, None),
    ([_candidate(0.30, E.TEXT_EQUAL, E.NAME_WEAK)], Profile.BALANCED, None, Outcome.AMBIGUOUS, None),
    ([_candidate(0.99, E.TEXT_EQUAL, E.NAME_WEAK, E.CONTEXT_AGREES)], Profile.BALANCED, None, Outcome.MATCH, None),
]


@pytest.mark.parametrize(("candidates", "profile", "least", "outcome", "reason"), CASES)
def test_decides(
    candidates: list[Candidate], profile: Profile, least: float | None, outcome: Outcome, reason: NotFoundReason | None
) -> None:
    assert decide(candidates, profile, least) == (outcome, reason)


AGREEING = (E.TEXT_EQUAL, E.FOLDED_EQUAL, E.SCRIPT_FOLDED, E.BRAND_EQUAL, E.PINYIN_TYPED, E.IDENTIFIER_EQUAL)
CONTRADICTING = (E.BRAND_CONTRADICTS, E.BRAND_CONTAINED, E.PLACE_MISMATCH, E.TRADE_DIFFERS, E.IDENTIFIER_CONTRADICTS)


@pytest.mark.parametrize("against", CONTRADICTING)
@pytest.mark.parametrize("agreeing", AGREEING)
def test_nothing_matches_against_a_contradiction(agreeing: E, against: E) -> None:
    assert not agrees(_candidate(1.0, agreeing, against).evidence)
    assert decide([_candidate(1.0, agreeing, against)], Profile.HIGH_RECALL, 0.0)[0] is Outcome.NOT_FOUND


@pytest.mark.parametrize("supporting", [E.PLACE_EQUAL, E.TRADE_EQUAL, E.CONTEXT_AGREES, E.CO_MENTION, E.EDIT_1])
def test_support_without_a_distinctive_part_is_no_match(supporting: E) -> None:
    assert decide([_candidate(1.0, supporting)], Profile.HIGH_RECALL, 0.0)[0] is Outcome.NOT_FOUND


@pytest.mark.parametrize("support", [E.CONTEXT_AGREES, E.CO_MENTION, E.IDENTIFIER_EQUAL])
def test_a_weak_name_needs_support(support: E) -> None:
    assert not stands_alone(_candidate(1.0, E.TEXT_EQUAL, E.NAME_WEAK).evidence)
    assert stands_alone(_candidate(1.0, E.TEXT_EQUAL, E.NAME_WEAK, support).evidence)


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=20))
def test_confidences_of_different_firms_never_sum_to_more_than_one(totals: list[float]) -> None:
    shares = share_out(totals, [1.0] * len(totals))
    assert sum(shares) <= 1.001
    assert shares.index(max(shares)) == totals.index(max(totals)) or max(shares) == shares[totals.index(max(totals))]


def test_profiles_are_ordered_by_strictness() -> None:
    order = (Profile.HIGH_RECALL, Profile.BALANCED, Profile.HIGH_PRECISION)
    assert [THRESHOLDS[profile] for profile in order] == sorted(THRESHOLDS.values())
    assert [MIN_MARGIN[profile] for profile in order] == sorted(MIN_MARGIN.values())


def test_every_kind_of_ambiguity_has_a_hint() -> None:
    assert set(HINTS) == set(AmbiguityReason)
    assert all(HINTS.values())
