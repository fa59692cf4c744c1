"""The counts of an evaluation: what an answer is worth, what a slice costs, whether a bar is met."""

from __future__ import annotations

import pytest
from zhengming.engine import Outcome

from tests.eval.bars import Bar
from tests.eval.systems import Answer
from tests.eval.tally import Tally, Verdict, judge, wilson

FOUND, OTHER = Answer(Outcome.MATCH, ("a",)), Answer(Outcome.MATCH, ("b",))
OPEN, NONE = Answer(Outcome.AMBIGUOUS, ("a", "b")), Answer(Outcome.NOT_FOUND)

WORTH = [
    # (answer, firm that is meant, the name is shared, no single firm is meant, verdict)
    (FOUND, "a", False, False, Verdict.RIGHT),
    (OTHER, "a", False, False, Verdict.WRONG),
    (NONE, "a", False, False, Verdict.NOT_FOUND),
    (OPEN, "a", True, False, Verdict.RIGHT_SHARED),
    (OPEN, "a", False, False, Verdict.AMBIGUOUS_WITH),
    (OPEN, "c", True, False, Verdict.AMBIGUOUS_WITHOUT),
    (NONE, None, False, False, Verdict.RIGHT),
    (FOUND, None, False, False, Verdict.WRONG),
    (OPEN, None, False, False, Verdict.AMBIGUOUS_WITHOUT),
    (OPEN, None, False, True, Verdict.RIGHT),
    (FOUND, None, False, True, Verdict.WRONG),
    (NONE, None, False, True, Verdict.NOT_FOUND),
]


@pytest.mark.parametrize(("answer", "gold", "shared", "undecidable", "verdict"), WORTH)
def test_an_answer_is_worth(
    answer: Answer, gold: str | None, shared: bool, undecidable: bool, verdict: Verdict
) -> None:
    assert judge(answer, gold, shared=shared, undecidable=undecidable) is verdict


def test_a_wrong_firm_costs_as_much_as_five_missed() -> None:
    missed = Tally({Verdict.RIGHT: 5, Verdict.NOT_FOUND: 3, Verdict.AMBIGUOUS_WITH: 2})
    wrong = Tally({Verdict.RIGHT: 9, Verdict.WRONG: 1})
    assert missed.cost == wrong.cost == 0.5
    assert Tally({Verdict.RIGHT: 4, Verdict.RIGHT_SHARED: 1}).cost == 0
    assert Tally({Verdict.WRONG: 3}).cost == 5
    assert Tally().cost == 0


def test_wilson_stays_within_bounds_and_narrows_with_rows() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == pytest.approx(1.0)
    assert wilson(10, 10)[0] == pytest.approx(0.722, abs=0.001)
    assert wilson(1000, 1000)[0] > wilson(100, 100)[0] > wilson(10, 10)[0]


BARS = [
    (Bar(least_right=0.95, most_wrong=0.005), {Verdict.RIGHT: 995, Verdict.WRONG: 5}, True),
    (Bar(least_right=0.95, most_wrong=0.005), {Verdict.RIGHT: 994, Verdict.WRONG: 6}, False),
    (Bar(least_right=0.95), {Verdict.RIGHT: 94, Verdict.NOT_FOUND: 6}, False),
    (Bar(most_wrong_rows=2), {Verdict.RIGHT: 10, Verdict.WRONG: 2}, True),
    (Bar(most_wrong_rows=2), {Verdict.RIGHT: 10_000, Verdict.WRONG: 3}, False),
    # One in a hundred may be AMBIGUOUS without counting as linked; what goes beyond counts.
    (Bar(most_linked=0.01), {Verdict.RIGHT: 198, Verdict.WRONG: 0, Verdict.AMBIGUOUS_WITHOUT: 2}, True),
    (Bar(most_linked=0.01), {Verdict.RIGHT: 195, Verdict.WRONG: 2, Verdict.AMBIGUOUS_WITHOUT: 3}, False),
]


@pytest.mark.parametrize(("bar", "counts", "met"), BARS)
def test_a_bar_is_met_or_missed(bar: Bar, counts: dict[Verdict, int], met: bool) -> None:
    assert (bar.missed(Tally(counts)) == []) is met


def test_firms_shown_have_a_bar_of_their_own() -> None:
    tally = Tally()
    for shown in (True, True, True, True, False):
        tally.add(Verdict.NOT_FOUND, shown=shown)
    assert Bar(least_shown=0.8).missed(tally) == []
    assert Bar(least_shown=0.9).missed(tally) == ["shown ≥ 90.0%"]
