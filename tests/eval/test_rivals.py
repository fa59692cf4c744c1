"""Rivals are judged as we are: the threshold that serves them best, and a fair word on who is behind."""

from __future__ import annotations

from zhengming.aliases import Table

from tests.eval.labels import Labels
from tests.eval.rivals.exchange import RivalAnswer, Sampled, sample
from tests.eval.rivals.score import Asked, best_pairs, face, recall_at
from tests.eval.rows import Row
from tests.eval.tally import Verdict

LABELS = Labels(Table())


def _asked(gold: str | None, ours: Verdict, given: str, score: float, name: str = "slice") -> Asked:
    row = Row("query", gold, (name,), "")
    return Asked(Sampled("part", name, 0, row), RivalAnswer((given,), score), ours)


def test_the_threshold_with_the_least_cost_is_taken() -> None:
    asked = [
        _asked("a", Verdict.RIGHT, "a", 90),
        _asked("a", Verdict.RIGHT, "b", 60),
        _asked("a", Verdict.RIGHT, "a", 80),
    ]
    best, faced = face(asked, LABELS)
    assert 60 < best <= 80
    theirs = faced["part", "slice"].theirs
    assert (theirs.right, theirs.wrong) == (2, 0)


def test_a_rival_that_finds_more_at_no_more_wrong_is_not_behind() -> None:
    ahead = [_asked("a", Verdict.NOT_FOUND, "a", 90), _asked("a", Verdict.NOT_FOUND, "b", 50)]
    assert face(ahead, LABELS)[1]["part", "slice"].not_behind
    behind = [_asked("a", Verdict.RIGHT, "b", 90), _asked("a", Verdict.RIGHT, "a", 50)]
    assert not face(behind, LABELS)[1]["part", "slice"].not_behind


def test_refusing_everything_wins_nothing_where_no_firm_is_meant() -> None:
    found = [_asked("a", Verdict.RIGHT, "a", 60, f"slice {number}") for number in range(6)]
    asked = [_asked(None, Verdict.RIGHT, "b", 70, "refuse"), *found]
    assert not face(asked, LABELS)[1]["part", "refuse"].not_behind


def test_a_row_of_two_slices_is_drawn_for_each() -> None:
    rows = [Row(str(number), "a", ("all", "few"), "") for number in range(12)]
    drawn = sample({"part": rows})
    assert {(one.slice, one.rank) for one in drawn} == {(name, rank) for name in ("all", "few") for rank in range(12)}
    assert sample({"part": rows}) == drawn


def test_pairs_are_counted_at_the_best_threshold() -> None:
    best = best_pairs([0.9, 0.8, 0.7, 0.1], [True, True, False, False])
    assert (best.right, best.false, best.missed, best.refused) == (2, 0, 0, 2)
    assert best.f1 == best.precision == best.recall == 1.0


def test_always_yes_has_no_recall_where_nothing_may_be_false() -> None:
    assert recall_at([1.0, 1.0, 1.0], [True, True, False], most_false=0) == 0.0
    assert recall_at([1.0, 0.5, 0.9], [True, True, False], most_false=0) == 0.5
    assert recall_at([1.0, 0.5, 0.9], [True, True, False], most_false=1) == 1.0
