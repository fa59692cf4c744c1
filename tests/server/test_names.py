"""CompareNames and ExplainResolution through a real server."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from zhengming.v1 import resolver_pb2 as pb

INVALID = grpc.StatusCode.INVALID_ARGUMENT


async def test_compares_by_the_table(server: Any, ids: Any) -> None:
    """Relation, basis, what the table says of each name, their parts, and the provenance once."""
    answer = await server.resolver.CompareNames(pb.CompareNamesRequest(first="华为", second="Huawei Technologies"))
    assert (answer.relation, answer.basis) == (pb.NAME_RELATION_SAME_FIRM, pb.COMPARISON_BASIS_BY_TABLE)
    assert answer.confidence > 0.95
    assert answer.first.firm.firm_id == answer.second.firm.firm_id == ids.huawei
    assert not answer.first.firm.restrictions
    assert not answer.first.HasField("provenance")
    assert len(answer.provenance.snapshot) == 64
    assert (answer.first_parsed.brand, answer.second_parsed.brand) == ("华为", "huawei")
    group = await server.resolver.CompareNames(pb.CompareNamesRequest(first="紫光股份", second="紫光国微"))
    assert group.relation == pb.NAME_RELATION_SAME_GROUP


async def test_compares_without_the_table(server: Any) -> None:
    """Nothing of the table is told; the evidence says how the names relate, with spans."""
    request = pb.CompareNamesRequest(first="中国工商银行", second="工行", without_table=True)
    answer = await server.resolver.CompareNames(request)
    assert (answer.relation, answer.basis) == (pb.NAME_RELATION_SAME_FIRM, pb.COMPARISON_BASIS_BY_NAMES)
    assert not answer.HasField("first")
    assert not answer.HasField("second")
    assert answer.second_is_form
    assert pb.EVIDENCE_CODE_ABBREVIATION_DERIVED in [piece.code for piece in answer.evidence]
    request.profile = pb.PROFILE_HIGH_PRECISION
    stricter = await server.resolver.CompareNames(request)
    assert stricter.relation == pb.NAME_RELATION_UNDECIDED
    assert stricter.provenance.configuration != answer.provenance.configuration


async def test_equal_comparisons_give_equal_bytes(server: Any) -> None:
    request = pb.CompareNamesRequest(first="小米", second="紫光")
    answers = [await server.resolver.CompareNames(request) for _ in range(2)]
    assert len({answer.SerializeToString(deterministic=True) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("request_", "field", "reason"),
    [
        (pb.CompareNamesRequest(second="x"), "first", "EMPTY"),
        (pb.CompareNamesRequest(first="x"), "second", "EMPTY"),
        (pb.CompareNamesRequest(first="x", second="长" * 600), "second", "TOO_LONG"),
        (pb.CompareNamesRequest(first="a\x00b", second="x", without_table=True), "first", "CONTROL_CHARACTER"),
        (pb.CompareNamesRequest(first="x", second="y", profile=9), "profile", "UNKNOWN_VALUE"),  # type: ignore[arg-type]
        (pb.CompareNamesRequest(first="x", second="y", request_id="é"), "request_id", "BAD_REQUEST_ID"),
    ],
)
async def test_a_wrong_comparison_names_its_field(
    server: Any, refused: Any, request_: pb.CompareNamesRequest, field: str, reason: str
) -> None:
    said = await refused(server.resolver.CompareNames(request_))
    assert (said.code, said.fields) == (INVALID, {field: reason})


@pytest.mark.parametrize("query", ["华为", "紫光", "英伟达", "腾迅", "某某科技", "688981.SH", "小米科技深圳分公司"])
async def test_an_explanation_holds_the_same_answer(server: Any, query: str) -> None:
    """Byte for byte what Resolve says, and the steps that led to it."""
    options = pb.ResolveOptions(max_candidates=5, explain=pb.EXPLAIN_LEVEL_FULL)
    context = pb.QueryContext(city="深圳")
    for sent in (None, options):
        asked = pb.ResolveRequest(query=query, context=context, options=sent)
        answer = await server.resolver.Resolve(asked)
        told = await server.resolver.ExplainResolution(
            pb.ExplainResolutionRequest(query=query, context=context, options=sent)
        )
        assert told.resolution.SerializeToString(deterministic=True) == answer.SerializeToString(deterministic=True)
        assert [step.ended for step in told.steps] == [False] * (len(told.steps) - 1) + [True]
        assert told.provenance == answer.provenance
        assert not told.HasField("about_firm")


async def test_steps_carry_candidates_with_evidence(server: Any, ids: Any) -> None:
    told = await server.resolver.ExplainResolution(pb.ExplainResolutionRequest(query="华为"))
    assert [step.stage for step in told.steps] == [pb.STAGE_EQUAL_NAME]
    assert told.steps[0].names_found == 1
    assert told.steps[0].candidates[0].firm.firm_id == ids.huawei
    assert told.steps[0].candidates[0].evidence[0].code == pb.EVIDENCE_CODE_TEXT_EQUAL
    assert told.parsed.brand == "华为"


async def test_why_not_this_firm(server: Any, ids: Any) -> None:
    """Standing, nearest name with evidence, confidence and the profile's threshold."""
    request = pb.ExplainResolutionRequest(query="武汉华为网络科技有限公司", firm=f"firms/{ids.huawei}")
    about = (await server.resolver.ExplainResolution(request)).about_firm
    assert (about.firm.firm_id, about.standing) == (ids.huawei, pb.STANDING_CONTRADICTED)
    assert about.matched_name.text
    assert pb.EVIDENCE_CODE_PLACE_ADDED in [piece.code for piece in about.evidence]
    assert about.confidence < about.threshold == 0.83
    answer = (
        await server.resolver.ExplainResolution(pb.ExplainResolutionRequest(query="华为", firm=ids.huawei))
    ).about_firm
    assert (answer.standing, answer.redirected_from) == (pb.STANDING_IS_THE_ANSWER, "")


async def test_a_joined_firm_stands_for_its_survivor(server: Any, ids: Any) -> None:
    request = pb.ExplainResolutionRequest(query="小米", firm=ids.joined)
    about = (await server.resolver.ExplainResolution(request)).about_firm
    assert (about.firm.firm_id, about.redirected_from) == (ids.xiaomi, ids.joined)
    assert about.standing == pb.STANDING_IS_THE_ANSWER


async def test_a_firm_that_is_not_there_is_not_found(server: Any, ids: Any, refused: Any) -> None:
    """As in GetFirm; a withdrawn record has nothing to explain."""
    for firm in (ids.never, ids.withdrawn):
        said = await refused(server.resolver.ExplainResolution(pb.ExplainResolutionRequest(query="小米", firm=firm)))
        assert (said.code, said.info.reason) == (grpc.StatusCode.NOT_FOUND, "FIRM_NOT_FOUND")
    said = await refused(server.resolver.ExplainResolution(pb.ExplainResolutionRequest(query="小米", firm="nonsense")))
    assert (said.code, said.fields) == (INVALID, {"firm": "BAD_FIRM_ID"})


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.ExplainResolutionRequest(), "query"),
        (pb.ExplainResolutionRequest(query="x", context=pb.QueryContext(as_of="soon")), "context.as_of"),
        (
            pb.ExplainResolutionRequest(query="x", options=pb.ResolveOptions(max_candidates=99)),
            "options.max_candidates",
        ),
    ],
)
async def test_a_wrong_explanation_names_its_field(
    server: Any, refused: Any, request_: pb.ExplainResolutionRequest, field: str
) -> None:
    said = await refused(server.resolver.ExplainResolution(request_))
    assert said.code == INVALID
    assert list(said.fields) == [field]
