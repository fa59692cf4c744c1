"""The trace of a query: the same answer, every step in order, and what became of one firm."""

from __future__ import annotations

import pytest
from zhengming.engine import (
    Code,
    Context,
    Engine,
    Explanation,
    InvalidQuery,
    Options,
    Outcome,
    Profile,
    Stage,
    Standing,
)

from tests.eval.cases import read_cases


def test_the_answer_is_the_one_that_resolve_gives(engine: Engine) -> None:
    """For every case of the repository."""
    for case in read_cases():
        try:
            expected = engine.resolve(case.input)
        except InvalidQuery:
            with pytest.raises(InvalidQuery):
                engine.explain(case.input)
            continue
        found = engine.explain(case.input)
        assert found.resolution == expected, case.input
        assert [step.ended for step in found.steps].count(True) <= 1
        assert not found.steps or found.steps[-1].ended


STEPS = [
    ("寒武纪", "EQUAL_NAME"),
    ("688256.SH", "IDENTIFIER"),
    ("英伟达", "EQUAL_NAME DECOY"),
    ("华为技术", "EQUAL_NAME DECOY EQUAL_CORE"),
    ("Нuawei", "EQUAL_NAME DECOY LOOK_ALIKE"),
    ("000001", "EQUAL_NAME DECOY IDENTIFIER"),
    ("科技有限公司", "EQUAL_NAME DECOY DECOY"),
    ("hanwuji", "EQUAL_NAME DECOY EQUAL_CORE DECOY DERIVED_KEYS"),
    ("武汉滴滴网络科技有限公司", "EQUAL_NAME DECOY EQUAL_CORE DECOY DERIVED_KEYS NEAR_NAMES BRAND_OWNERS"),
    ("BGI", "EQUAL_NAME DECOY EQUAL_NAME"),
]


def _stages(found: Explanation) -> str:
    return " ".join(step.stage.name for step in found.steps)


@pytest.mark.parametrize(("text", "stages"), STEPS)
def test_steps_are_those_that_were_taken(small_engine: Engine, text: str, stages: str) -> None:
    found = small_engine.explain(text)
    assert _stages(found) == stages
    assert [step.ended for step in found.steps] == [False] * (len(found.steps) - 1) + [True]
    assert found.resolution == small_engine.resolve(text)


def test_steps_show_the_best_firms_with_evidence(small_engine: Engine, small_ids: dict[str, str]) -> None:
    step = small_engine.explain("寒武纪").steps[0]
    assert (step.stage, step.names_found) == (Stage.EQUAL_NAME, 1)
    assert [candidate.firm_id for candidate in step.candidates] == [small_ids["Cambricon"]]
    assert step.candidates[0].evidence


def test_codes_come_last(small_engine: Engine) -> None:
    """A name that does not end the search is not said to have ended it."""
    context = Context(identifiers=(Code(None, "00700"),))
    found = small_engine.explain("华为", context)
    assert _stages(found) == "EQUAL_NAME HELD_AGAINST_CODES"
    assert [step.ended for step in found.steps] == [False, True]
    assert found.resolution == small_engine.resolve("华为", context)


ABOUT = [
    ("寒武纪", "Cambricon", Context(), Standing.IS_THE_ANSWER),
    ("紫光", "Unisplendour", Context(), Standing.IS_A_CANDIDATE),
    ("天衡电子", "Tianheng Old", Context(as_of="2019-01-01"), Standing.EXCLUDED_BY_DATE),
    ("华为", "HiSilicon", Context(), Standing.NOTHING_IN_COMMON),
    ("武汉滴滴网络科技有限公司", "Didi", Context(), Standing.CONTRADICTED),
    ("英伟达", "Huawei", Context(), Standing.REFUSED_AS_DECOY),
    ("上海寒武纪信息科技有限公司", "Cambricon Shanghai", Context(), Standing.IS_THE_ANSWER),
    ("寒武纪", "Cambricon Shanghai", Context(), Standing.ANOTHER_FIRM_HAS_THE_NAME),
    ("688256.SH", "Huawei", Context(), Standing.NOTHING_IN_COMMON),
]


@pytest.mark.parametrize(("text", "firm", "context", "standing"), ABOUT)
def test_what_became_of_a_firm(
    small_engine: Engine, small_ids: dict[str, str], text: str, firm: str, context: Context, standing: Standing
) -> None:
    about = small_engine.explain(text, context, firm_id=small_ids[firm]).about
    assert about is not None
    assert (about.firm_id, about.standing) == (small_ids[firm], standing)
    assert about.threshold == 0.83
    assert about.candidate is not None
    assert about.candidate.firm_id == small_ids[firm]
    assert about.candidate.evidence


def test_a_firm_that_agrees_may_not_be_sure_enough(small_engine: Engine, small_ids: dict[str, str]) -> None:
    options = Options(profile=Profile.HIGH_PRECISION)
    text = "Cambrican Technologies"
    found = small_engine.explain(text, options=options, firm_id=small_ids["Cambricon"])
    assert found.resolution.outcome is Outcome.NOT_FOUND
    assert found.about is not None
    assert found.about.standing in (Standing.NOT_SURE_ENOUGH, Standing.CONTRADICTED)
    assert found.about.threshold == 0.99
    lenient = small_engine.explain("寒武记", options=Options(min_confidence=1.0), firm_id=small_ids["Cambricon"]).about
    assert lenient is not None
    assert (lenient.standing, lenient.threshold) == (Standing.NOT_SURE_ENOUGH, 1.0)


def test_a_firm_that_is_gone_is_not_asked_about(small_engine: Engine, small_ids: dict[str, str]) -> None:
    for gone in ("joined", "withdrawn"):
        with pytest.raises(LookupError):
            small_engine.explain("华为", firm_id=small_ids[gone])


def test_any_firm_can_be_asked_about_for_any_query(small_engine: Engine, small_ids: dict[str, str]) -> None:
    for firm_id in [one for label, one in small_ids.items() if label not in ("joined", "withdrawn")]:
        for text in ("…", "科技", "x", "000001", "华为", "BGI", "Huawei Technologies", "天衡电子"):
            for as_of in ("", "2010-01-01"):
                context = Context(as_of=as_of)
                found = small_engine.explain(text, context, firm_id=firm_id)
                assert found.about is not None
                is_answer = found.resolution.firm_id == firm_id
                assert (found.about.standing is Standing.IS_THE_ANSWER) == is_answer
