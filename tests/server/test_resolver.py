"""ResolverService through a real server: answers, limits, options, batches and streams."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from zhengming.aliases import load_table
from zhengming.engine import Engine, InvalidQuery, Options, Profile, compile_index
from zhengming.server.convert import Answers
from zhengming.v1 import resolver_pb2 as pb


def ask(query: str, **options: Any) -> pb.ResolveRequest:
    return pb.ResolveRequest(query=query, options=pb.ResolveOptions(**options) if options else None)


async def test_a_known_name_gets_its_firm_with_provenance(server: Any, ids: Any) -> None:
    """MATCH carries firm, name, provenance and an ID; identifiers and restrictions are there for one name."""
    answer = await server.resolver.Resolve(ask("华为"))
    assert answer.outcome == pb.OUTCOME_MATCH
    assert (answer.firm.firm_id, answer.firm.name) == (ids.huawei, f"firms/{ids.huawei}")
    assert answer.firm.restricted
    assert answer.firm.restrictions[0].citation == "84 FR 22961"
    assert answer.matched_name.text == "华为"
    assert answer.match_type == pb.MATCH_TYPE_EXACT
    assert len(answer.provenance.snapshot) == 64
    assert answer.provenance.matcher_version
    assert len(answer.resolution_id) == 32
    assert answer.candidates[0].evidence, "SUMMARY is the default for one name"


async def test_a_decoy_is_not_found_with_its_label(server: Any) -> None:
    """A known name outside the table is OK, NOT_FOUND and says what it is."""
    answer = await server.resolver.Resolve(ask("英伟达"))
    assert answer.outcome == pb.OUTCOME_NOT_FOUND
    assert answer.not_found_reason == pb.NOT_FOUND_REASON_OUT_OF_SCOPE
    assert answer.decoy.label == "Nvidia Corporation (US)"
    assert not answer.HasField("firm")


async def test_equal_requests_give_equal_bytes(settings: Any, run_server: Any) -> None:
    """Asking again, in another server, with another request_id, or with defaults spelt out changes no byte."""
    spelt_out = pb.ResolveRequest(
        query="小米",
        options=pb.ResolveOptions(
            granularity=pb.GRANULARITY_AS_NAMED,
            profile=pb.PROFILE_BALANCED,
            max_candidates=3,
            explain=pb.EXPLAIN_LEVEL_SUMMARY,
            scope=pb.SCOPE_ALL,
        ),
        request_id="another",
    )
    seen = set()
    for _ in range(2):
        async with run_server(settings) as server:
            for request in (ask("小米"), spelt_out, ask("小米")):
                seen.add((await server.resolver.Resolve(request)).SerializeToString(deterministic=True))
    assert len(seen) == 1


async def test_kept_answers_change_nothing(settings: Any, run_server: Any) -> None:
    """With and without answers kept ready, also when more is asked than is kept, every byte is the same."""
    queries = ["华为", "小米", "华为", "腾讯", "比亚迪", "Alibaba", "华为", "小米", "某某科技"] * 3
    seen = []
    for kept in (0, 4, 4096):
        async with run_server(dataclasses.replace(settings, answer_cache=kept)) as server:
            answers = [await server.resolver.Resolve(ask(query)) for query in queries]
        seen.append([answer.SerializeToString(deterministic=True) for answer in answers])
    assert seen[0] == seen[1] == seen[2]


async def test_different_requests_have_different_ids(server: Any) -> None:
    """Every part of the request that can shape the answer shapes its ID."""
    requests = [
        ask("小米"),
        ask("小米 "),
        ask("小米", profile=pb.PROFILE_HIGH_PRECISION),
        ask("小米", max_candidates=0),
        ask("小米", min_confidence=0.5),
        ask("小米", explain=pb.EXPLAIN_LEVEL_NONE),
        ask("小米", read_mask=FieldMask(paths=["outcome", "resolution_id"])),
        pb.ResolveRequest(query="小米", context=pb.QueryContext(city="北京")),
    ]
    found = [(await server.resolver.Resolve(request)).resolution_id for request in requests]
    assert len(set(found)) == len(requests)


async def test_engine_and_service_agree(server: Any, table_folder: Any) -> None:
    """The service adds nothing to the engine's answers and loses nothing of them, singly and in batches."""
    engine = Engine(compile_index(load_table(table_folder)))
    queries = [
        "华为",
        "Huawei Technologies",
        "紫光",
        "紫光国微",
        "英伟达",
        "688981.SH",
        "00700.HK",
        "腾迅",
        "某某科技",
        "   ",
    ]
    for profile in (Profile.BALANCED, Profile.HIGH_PRECISION, Profile.HIGH_RECALL):
        options = pb.ResolveOptions(
            profile=getattr(pb, f"PROFILE_{profile.name}"), max_candidates=5, explain=pb.EXPLAIN_LEVEL_FULL
        )
        items = [pb.ResolveItem(query=query) for query in queries]
        batch = await server.resolver.BatchResolve(pb.BatchResolveRequest(items=items, options=options))
        for query, result in zip(queries, batch.results, strict=True):
            try:
                found = engine.resolve(query, options=Options(profile=profile, max_candidates=5))
            except InvalidQuery:
                assert result.error.code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
                continue
            single = await server.resolver.Resolve(pb.ResolveRequest(query=query, options=options))
            for answer in (single, result.resolution):
                assert pb.Outcome.Name(answer.outcome) == f"OUTCOME_{found.outcome.name}"
                assert answer.firm.firm_id == found.firm_id
                assert answer.confidence == found.confidence
                assert answer.margin == found.margin
                assert answer.query_normalized == found.query_normalized
                assert [
                    (
                        candidate.firm.firm_id,
                        candidate.score,
                        candidate.confidence,
                        pb.MatchType.Name(candidate.match_type),
                        candidate.matched_name.text,
                        [
                            (
                                pb.EvidenceCode.Name(evidence.code),
                                evidence.contribution,
                                (evidence.query_span.start, evidence.query_span.end)
                                if evidence.HasField("query_span")
                                else None,
                            )
                            for evidence in candidate.evidence
                        ],
                    )
                    for candidate in answer.candidates
                ] == [
                    (
                        candidate.firm_id,
                        candidate.score,
                        candidate.confidence,
                        f"MATCH_TYPE_{candidate.match_type.name}",
                        candidate.matched_name.text if candidate.matched_name else "",
                        [
                            (f"EVIDENCE_CODE_{evidence.code.name}", evidence.contribution, evidence.query_span)
                            for evidence in candidate.evidence
                        ],
                    )
                    for candidate in found.candidates
                ]


async def test_explain_none_sends_no_evidence(server: Any) -> None:
    """NONE: candidates without reasons; SUMMARY: no spans and no parsed query."""
    bare = await server.resolver.Resolve(ask("Huawei", explain=pb.EXPLAIN_LEVEL_NONE))
    assert bare.candidates
    assert not any(candidate.evidence for candidate in bare.candidates)
    told = await server.resolver.Resolve(ask("Huawei", explain=pb.EXPLAIN_LEVEL_SUMMARY))
    assert not told.HasField("parsed")
    assert not any(evidence.HasField("query_span") for evidence in told.candidates[0].evidence)
    full = await server.resolver.Resolve(ask("Shanghai Huawei Technologies Co.", explain=pb.EXPLAIN_LEVEL_FULL))
    assert (full.parsed.brand, list(full.parsed.places)) == ("huawei", ["shanghai"])


async def test_read_mask_sends_what_it_names(server: Any, ids: Any) -> None:
    """Masks cut at any depth, through repeated fields too; naming the whole wins over naming a part."""
    paths = ["outcome", "firm.firm_id", "candidates.firm.city", "candidates.score"]
    answer = await server.resolver.Resolve(ask("华为", read_mask=FieldMask(paths=paths)))
    assert {field.name for field, _ in answer.ListFields()} == {"outcome", "firm", "candidates"}
    assert [field.name for field, _ in answer.firm.ListFields()] == ["firm_id"]
    assert {field.name for field, _ in answer.candidates[0].ListFields()} == {"firm", "score"}
    whole = await server.resolver.Resolve(ask("华为", read_mask=FieldMask(paths=["firm.city", "firm"])))
    assert whole.firm.restrictions
    assert whole.firm.firm_id == ids.huawei
    everything = await server.resolver.Resolve(ask("华为", read_mask=FieldMask(paths=["*"])))
    assert everything.provenance.snapshot


BAD_REQUESTS = [
    (pb.ResolveRequest(), "query", "EMPTY"),
    (ask(" \t "), "query", "EMPTY"),
    (ask("x" * 513), "query", "TOO_LONG"),
    (ask("名" * 512 + "字"), "query", "TOO_LONG"),
    (ask("\U00020000" * 512), "query", "OK"),
    (ask("a\x00b"), "query", "CONTROL_CHARACTER"),
    (ask("e" + "\u0301" * 9), "query", "TOO_MANY_MARKS"),
    (ask("小米", max_candidates=21), "options.max_candidates", "OUT_OF_RANGE"),
    (ask("小米", max_candidates=-1), "options.max_candidates", "OUT_OF_RANGE"),
    (ask("小米", min_confidence=1.01), "options.min_confidence", "OUT_OF_RANGE"),
    (ask("小米", min_confidence=float("nan")), "options.min_confidence", "OUT_OF_RANGE"),
    (ask("小米", profile=99), "options.profile", "UNKNOWN_VALUE"),
    (ask("小米", explain=99), "options.explain", "UNKNOWN_VALUE"),
    (ask("小米", read_mask=FieldMask(paths=["firm.nonsense"])), "options.read_mask", "UNKNOWN_FIELD"),
    (ask("小米", read_mask=FieldMask(paths=["outcome.deeper"])), "options.read_mask", "UNKNOWN_FIELD"),
    (ask("小米", read_mask=FieldMask(paths=["x." * 300])), "options.read_mask", "UNKNOWN_FIELD"),
    (ask("小米", pin_snapshot="latest"), "options.pin_snapshot", "BAD_HASH"),
    (pb.ResolveRequest(query="小米", context=pb.QueryContext(language="zh_CN")), "context.language", "BAD_FORMAT"),
    (pb.ResolveRequest(query="小米", context=pb.QueryContext(country="china")), "context.country", "BAD_FORMAT"),
    (pb.ResolveRequest(query="小米", context=pb.QueryContext(exchange="SSE")), "context.exchange", "BAD_FORMAT"),
    (pb.ResolveRequest(query="小米", context=pb.QueryContext(as_of="2024-02-30")), "context.as_of", "BAD_DATE"),
    (pb.ResolveRequest(query="小米", context=pb.QueryContext(as_of="20240101")), "context.as_of", "BAD_DATE"),
    (pb.ResolveRequest(query="小米", context=pb.QueryContext(city="\u0301" * 600)), "context.city", "TOO_LONG"),
    (
        pb.ResolveRequest(query="小米", context=pb.QueryContext(co_mentions=["x"] * 65)),
        "context.co_mentions",
        "TOO_MANY",
    ),
    (
        pb.ResolveRequest(query="小米", context=pb.QueryContext(co_mentions=["x", ""])),
        "context.co_mentions[1]",
        "EMPTY",
    ),
    (
        pb.ResolveRequest(query="小米", context=pb.QueryContext(identifiers=[pb.QueryIdentifier(value="1" * 65)])),
        "context.identifiers[0].value",
        "TOO_LONG",
    ),
    (pb.ResolveRequest(query="小米", request_id="é"), "request_id", "BAD_REQUEST_ID"),
    (pb.ResolveRequest(query="小米", request_id="x" * 129), "request_id", "BAD_REQUEST_ID"),
]


@pytest.mark.parametrize(("request_message", "field", "reason"), BAD_REQUESTS)
async def test_limits_are_named_field_by_field(
    server: Any, refused: Any, request_message: pb.ResolveRequest, field: str, reason: str
) -> None:
    """Each limit of the contract: INVALID_ARGUMENT, BadRequest with the field, ErrorInfo with the reason."""
    if reason == "OK":
        await server.resolver.Resolve(request_message)
        return
    refusal = await refused(server.resolver.Resolve(request_message))
    assert refusal.code == grpc.StatusCode.INVALID_ARGUMENT
    assert refusal.fields == {field: reason}
    assert (refusal.info.domain, refusal.info.reason) == ("zhengming", reason)


async def test_several_bad_fields_are_all_named(server: Any, refused: Any) -> None:
    """One round trip tells all that is wrong with the options."""
    refusal = await refused(server.resolver.Resolve(ask("小米", max_candidates=99, min_confidence=7, scope=42)))
    assert set(refusal.fields) == {"options.max_candidates", "options.min_confidence", "options.scope"}


async def test_a_pin_holds_or_fails(server: Any, refused: Any) -> None:
    """The current hash is taken, with or without its resource name; any other is FAILED_PRECONDITION."""
    current = (await server.resolver.GetServerInfo(pb.GetServerInfoRequest())).snapshot.hash
    for pin in (current, f"snapshots/{current}"):
        assert (await server.resolver.Resolve(ask("小米", pin_snapshot=pin))).provenance.snapshot == current
    refusal = await refused(server.resolver.Resolve(ask("小米", pin_snapshot="0" * 64)))
    assert refusal.code == grpc.StatusCode.FAILED_PRECONDITION
    assert refusal.info.metadata["current"] == current


async def test_a_batch_keeps_order_and_survives_bad_items(server: Any, ids: Any, status_of: Any) -> None:
    """Each item is a resolution or a status; answers are lean and provenance comes once."""
    items = [
        pb.ResolveItem(item_id="a", query="华为"),
        pb.ResolveItem(item_id="b", query=""),
        pb.ResolveItem(item_id="x" * 129, query="小米"),
        pb.ResolveItem(query="小米"),
        pb.ResolveItem(item_id="e", query="小米", context=pb.QueryContext(country="china")),
    ]
    answer = await server.resolver.BatchResolve(pb.BatchResolveRequest(items=items))
    assert [result.item_id for result in answer.results] == ["a", "b", "x" * 129, "", "e"]
    assert [result.WhichOneof("result") for result in answer.results] == [
        "resolution",
        "error",
        "error",
        "resolution",
        "error",
    ]
    first = answer.results[0].resolution
    assert first.firm.firm_id == ids.huawei
    assert first.firm.restricted
    assert not first.firm.restrictions
    assert not first.candidates
    assert not first.HasField("provenance")
    assert answer.provenance.snapshot
    assert status_of(answer.results[1].error).fields == {"query": "EMPTY"}
    assert status_of(answer.results[2].error).fields == {"item_id": "TOO_LONG"}
    assert status_of(answer.results[4].error).fields == {"context.country": "BAD_FORMAT"}


async def test_a_batch_sends_restrictions_when_the_mask_names_them(server: Any) -> None:
    """`read_mask` brings back what batches leave out."""
    options = pb.ResolveOptions(read_mask=FieldMask(paths=["firm.restrictions", "outcome"]))
    request = pb.BatchResolveRequest(items=[pb.ResolveItem(query="华为")], options=options)
    resolution = (await server.resolver.BatchResolve(request)).results[0].resolution
    assert resolution.firm.restrictions
    assert not resolution.firm.firm_id


@pytest.mark.parametrize(("count", "reason"), [(0, "EMPTY"), (1001, "TOO_MANY")])
async def test_batch_limits(server: Any, refused: Any, count: int, reason: str) -> None:
    """No items, or more than 1,000: INVALID_ARGUMENT that says the limit. Exactly 1,000 is fine."""
    items = [pb.ResolveItem(query="小米")] * count
    refusal = await refused(server.resolver.BatchResolve(pb.BatchResolveRequest(items=items)))
    assert refusal.fields == {"items": reason}
    assert refusal.info.metadata["max_items"] == "1000"
    full = await server.resolver.BatchResolve(pb.BatchResolveRequest(items=[pb.ResolveItem(query="小米")] * 1000))
    assert len(full.results) == 1000


async def test_a_stream_answers_batch_by_batch(server: Any, ids: Any) -> None:
    """One answer a message, in order; options are kept until a message replaces them."""

    async def batches() -> Any:
        options = pb.ResolveOptions(max_candidates=1)
        yield pb.StreamResolveRequest(items=[pb.ResolveItem(item_id="1", query="华为")], options=options)
        yield pb.StreamResolveRequest(items=[pb.ResolveItem(item_id="2", query="小米")])
        yield pb.StreamResolveRequest(
            items=[pb.ResolveItem(item_id="3", query="腾讯")], options=pb.ResolveOptions(max_candidates=0)
        )

    answers = [answer async for answer in server.resolver.StreamResolve(batches())]
    assert [answer.results[0].item_id for answer in answers] == ["1", "2", "3"]
    assert [len(answer.results[0].resolution.candidates) for answer in answers] == [1, 1, 0]
    assert all(answer.provenance.snapshot for answer in answers)


async def test_a_bad_stream_message_ends_the_stream(server: Any, refused: Any) -> None:
    """A message over the limit ends the stream with its status, after the answers before it."""
    call = server.resolver.StreamResolve(
        iter(
            [
                pb.StreamResolveRequest(items=[pb.ResolveItem(query="华为")]),
                pb.StreamResolveRequest(items=[pb.ResolveItem(query="华为")] * 1001),
            ]
        )
    )
    assert (await call.read()).results
    refusal = await refused(call.read())
    assert refusal.info.metadata["max_items"] == "1000"


async def test_suggestions_begin_with_the_prefix(server: Any, refused: Any, ids: Any) -> None:
    """Each firm once; the limits hold."""
    answer = await server.resolver.SuggestFirms(pb.SuggestFirmsRequest(prefix="紫光"))
    found = [suggestion.firm.firm_id for suggestion in answer.suggestions]
    assert set(found) == {ids.unisplendour, ids.guoxin}
    assert len(found) == len(set(found))
    assert (await refused(server.resolver.SuggestFirms(pb.SuggestFirmsRequest(prefix="")))).fields == {
        "prefix": "EMPTY"
    }
    too_many = pb.SuggestFirmsRequest(prefix="紫", max_suggestions=51)
    assert (await refused(server.resolver.SuggestFirms(too_many))).fields == {"max_suggestions": "OUT_OF_RANGE"}


async def test_server_info_tells_limits_and_versions(server: Any) -> None:
    """What GetServerInfo says is what holds."""
    info = await server.resolver.GetServerInfo(pb.GetServerInfoRequest())
    assert info.limits.max_items == 1000
    assert info.limits.max_message_bytes == 4 << 20
    assert info.limits.max_query_code_points == 512
    assert info.snapshot.firm_count == 8
    assert set(info.profile_thresholds) == {"BALANCED", "HIGH_PRECISION", "HIGH_RECALL"}


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that the server has worked out so far."""
    queries: list[str] = []
    real = Answers.resolve

    def resolve(answers: Answers, plan: Any, query: str, *rest: Any) -> bytes:
        queries.append(query)
        return real(answers, plan, query, *rest)

    monkeypatch.setattr(Answers, "resolve", resolve)
    return queries


async def test_a_long_batch_lets_other_calls_in(server: Any, worked_out: list[str]) -> None:
    """While a full batch is at work, single calls are answered among its names, again and again."""
    items = [pb.ResolveItem(query=f"未知第{number}号科技集团") for number in range(1000)]
    batch = asyncio.ensure_future(server.resolver.BatchResolve(pb.BatchResolveRequest(items=items)))
    while not batch.done():
        await server.resolver.Resolve(ask("小米"))
    await batch
    last_of_batch = len(worked_out) - 1 - worked_out[::-1].index(items[-1].query)
    between = worked_out[worked_out.index(items[0].query) : last_of_batch].count("小米")
    assert between >= 3


async def test_work_ends_with_the_deadline(server: Any, worked_out: list[str]) -> None:
    """A batch whose caller has gone is not worked out to its end."""
    items = [pb.ResolveItem(query=f"未知第{number}号半导体科技股份有限公司") for number in range(1000)]
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.resolver.BatchResolve(pb.BatchResolveRequest(items=items), timeout=0.03)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    await server.resolver.Resolve(ask("小米"))
    assert len(worked_out) < len(items)
    await asyncio.sleep(0.05)
    assert worked_out[-1] == "小米"


async def test_too_many_batches_are_refused_at_once(settings: Any, run_server: Any) -> None:
    """Beyond `max_active_batches`: RESOURCE_EXHAUSTED with RetryInfo; the ones at work go on."""
    items = [pb.ResolveItem(query=f"未知第{number}号半导体科技股份有限公司") for number in range(1000)]
    async with run_server(dataclasses.replace(settings, max_active_batches=1)) as server:
        calls = [server.resolver.BatchResolve(pb.BatchResolveRequest(items=items)) for _ in range(4)]
        ended = await asyncio.gather(*calls, return_exceptions=True)
    good = [each for each in ended if isinstance(each, pb.BatchResolveResponse)]
    refusals = [each for each in ended if isinstance(each, grpc.aio.AioRpcError)]
    assert len(good) + len(refusals) == 4
    assert good
    assert refusals
    assert {refusal.code() for refusal in refusals} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
