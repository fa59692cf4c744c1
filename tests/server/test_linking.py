"""LinkText through a real server: mentions with offsets, refusals, firms of the text, batches, streams, limits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from zhengming.v1 import resolver_pb2 as pb

TEXT = "🚀华为技术有限公司与英伟达竞争。\r\nHuawei said so; 腾讯控股有限公司 followed."


def ask(text: str, **options: Any) -> pb.LinkTextRequest:
    return pb.LinkTextRequest(text=text, options=pb.LinkOptions(**options) if options else None)


def firms(linked: pb.LinkedText) -> list[tuple[str, str]]:
    return [(mention.text, mention.resolution.firm.firm_id) for mention in linked.mentions]


async def test_mentions_carry_span_firm_and_refusal(server: Any, ids: Any) -> None:
    linked = await server.resolver.LinkText(ask(TEXT))
    assert firms(linked) == [
        ("华为技术有限公司", ids.huawei),
        ("英伟达", ""),
        ("Huawei", ids.huawei),
        ("腾讯控股有限公司", ids.tencent),
    ]
    refused = linked.mentions[1].resolution
    assert (refused.not_found_reason, refused.decoy.label) == (
        pb.NOT_FOUND_REASON_OUT_OF_SCOPE,
        "Nvidia Corporation (US)",
    )
    assert linked.mentions[0].signals
    assert linked.provenance.snapshot
    assert not linked.mentions[0].resolution.HasField("provenance")


async def test_the_firms_of_the_text_add_up(server: Any, ids: Any) -> None:
    linked = await server.resolver.LinkText(ask(TEXT))
    assert [firm.firm.firm_id for firm in linked.firms] == [ids.huawei, ids.tencent]
    assert [list(firm.mentions) for firm in linked.firms] == [[0, 2], [3]]
    assert sum(firm.document_relevance for firm in linked.firms) == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize(
    ("encoding", "cut"),
    [
        (pb.OFFSET_ENCODING_UNSPECIFIED, lambda start, end: TEXT[start:end]),
        (pb.OFFSET_ENCODING_UTF8_BYTES, lambda start, end: TEXT.encode()[start:end].decode()),
        (
            pb.OFFSET_ENCODING_UTF16,
            lambda start, end: TEXT.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le"),
        ),
    ],
)
async def test_offsets_cut_the_mention_out_of_the_text(server: Any, encoding: int, cut: Any) -> None:
    linked = await server.resolver.LinkText(ask(TEXT, offset_encoding=encoding))
    assert linked.mentions
    assert [cut(mention.start, mention.end) for mention in linked.mentions] == [one.text for one in linked.mentions]
    assert linked.offset_encoding == (encoding or pb.OFFSET_ENCODING_CODE_POINTS)


async def test_matches_only_keeps_the_numbering_of_mentions(server: Any, ids: Any) -> None:
    linked = await server.resolver.LinkText(ask(TEXT, matches_only=True))
    assert firms(linked) == [
        ("华为技术有限公司", ids.huawei),
        ("Huawei", ids.huawei),
        ("腾讯控股有限公司", ids.tencent),
    ]
    assert [list(firm.mentions) for firm in linked.firms] == [[0, 1], [2]]


@pytest.mark.parametrize(
    ("request_", "field", "reason"),
    [
        (ask(""), "text", "EMPTY"),
        (ask(" \n\t "), "text", "EMPTY"),
        (ask("华为" * 500_001), "text", "TOO_LONG"),
        (pb.LinkTextRequest(text="华为", as_of="2024-02-30"), "as_of", "BAD_DATE"),
        (ask("华为", offset_encoding=9), "options.offset_encoding", "UNKNOWN_VALUE"),
        (ask("华为", min_mention_confidence=1.5), "options.min_mention_confidence", "OUT_OF_RANGE"),
        (ask("华为", max_candidates=21), "options.max_candidates", "OUT_OF_RANGE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_the_contract_refuses(
    server: Any, refused: Any, request_: pb.LinkTextRequest, field: str, reason: str
) -> None:
    refusal = await refused(server.resolver.LinkText(request_))
    assert refusal.code.name == "INVALID_ARGUMENT"
    assert refusal.fields == {field: reason}


async def test_one_bad_text_never_fails_the_batch(server: Any, ids: Any) -> None:
    items = [
        pb.LinkTextItem(item_id="a", text="华为技术有限公司宣布"),
        pb.LinkTextItem(item_id="b"),
        pb.LinkTextItem(text="腾讯"),
    ]
    answer = await server.resolver.BatchLinkText(pb.BatchLinkTextRequest(items=items))
    assert [result.item_id for result in answer.results] == ["a", "b", ""]
    assert [result.WhichOneof("result") for result in answer.results] == ["linked", "error", "linked"]
    assert firms(answer.results[0].linked) == [("华为技术有限公司", ids.huawei)]
    assert answer.provenance.snapshot
    assert not answer.results[0].linked.HasField("provenance")


async def test_a_batch_has_a_limit_that_the_server_tells(server: Any, refused: Any) -> None:
    info = await server.resolver.GetServerInfo(pb.GetServerInfoRequest())
    assert (info.limits.max_texts, info.limits.max_text_code_points) == (100, 1_000_000)
    items = [pb.LinkTextItem(text="华为")] * 101
    refusal = await refused(server.resolver.BatchLinkText(pb.BatchLinkTextRequest(items=items)))
    assert refusal.info.metadata["max_items"] == "100"


async def test_a_stream_answers_batch_for_batch(server: Any, ids: Any) -> None:
    async def batches() -> AsyncIterator[pb.StreamLinkTextRequest]:
        options = pb.LinkOptions(offset_encoding=pb.OFFSET_ENCODING_UTF8_BYTES)
        yield pb.StreamLinkTextRequest(items=[pb.LinkTextItem(item_id="1", text="说华为技术有限公司")], options=options)
        yield pb.StreamLinkTextRequest(items=[pb.LinkTextItem(item_id="2", text="说腾讯控股有限公司")])

    answers = [answer async for answer in server.resolver.StreamLinkText(batches())]
    assert [answer.results[0].item_id for answer in answers] == ["1", "2"]
    assert [answer.results[0].linked.mentions[0].start for answer in answers] == [3, 3]


async def test_a_long_text_is_linked_whole(server: Any, ids: Any) -> None:
    """In a thread, while names are answered."""
    text = "这里没有公司的名字。\n" * 3000 + "华为技术有限公司发布公告。"
    linked = await server.resolver.LinkText(ask(text))
    assert firms(linked) == [("华为技术有限公司", ids.huawei)]
    assert text[linked.mentions[0].start : linked.mentions[0].end] == "华为技术有限公司"
