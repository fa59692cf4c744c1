"""The repository's own labelled names (tests/cases) against the bundled table: no wrong firm, few and known limits."""

from __future__ import annotations

from collections import Counter

import pytest
from zhengming.aliases import Table
from zhengming.engine import Engine

from tests.eval.cases import Case, Firms, judge_case, read_cases

CASES = read_cases()

LEAST_SHARE = {
    "acronym": 0.9,
    "affiliate": 0.9,
    "ambiguous": 0.9,
    "decoy": 0.99,
    "former": 1.0,
    "generic": 1.0,
    "newswire": 1.0,
    "lookalike": 0.99,
    "noise": 0.85,
    "pinyin": 0.65,
    "press": 0.95,
    "screen": 0.95,
    "script": 1.0,
    "subsidiary": 1.0,
    "ticker": 0.95,
    "truncation": 0.85,
    "typo": 0.7,
}
"""Least share of a slice's cases that must be right: raised with the engine, never lowered to make a test pass."""

MOST_WRONG = 6
"""Known limits that end in a wrong firm: lowered with the engine, never raised."""


@pytest.fixture(scope="module")
def firms(table: Table) -> Firms:
    """Finds the firms that cases expect in the bundled table."""
    return Firms(table)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.slice}-{number}" for number, case in enumerate(CASES)])
def test_case(case: Case, engine: Engine, firms: Firms) -> None:
    judged = judge_case(case, engine, firms)
    said = f"{case.input!r} expects {case.expected!r}, got {judged.got}"
    assert not judged.wrong_firm or case.known_limit, f"WRONG firm: {said}"
    if case.known_limit:
        assert not judged.right, f"Mended! Clear known_limit of {case.input!r} in tests/cases/{case.slice}.csv."
    else:
        assert judged.right, said


def test_limits_stay_few() -> None:
    cases = Counter(case.slice for case in CASES)
    limits = Counter(case.slice for case in CASES if case.known_limit)
    short = [name for name, count in cases.items() if 1 - limits[name] / count < LEAST_SHARE[name]]
    assert not short, f"more known limits than allowed in: {', '.join(short)}"


def test_wrong_firms_stay_the_few_that_are_known(engine: Engine, firms: Firms) -> None:
    """Names of strangers that nothing in the name tells apart from a firm's own: never more of them."""
    limits = [case for case in CASES if case.known_limit]
    wrong = [case.input for case in limits if judge_case(case, engine, firms).wrong_firm]
    assert len(wrong) <= MOST_WRONG, wrong


def test_cases_are_distinct() -> None:
    twice = [text for text, count in Counter(case.input for case in CASES).items() if count > 1]
    assert not twice
