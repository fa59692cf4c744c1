"""Bytes and texts that are meant to hurt: each gets its status with little work, and the server goes on."""

from __future__ import annotations

import unicodedata
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from zhengming.v1 import resolver_pb2 as pb

RESOLVE = "/zhengming.v1.ResolverService/Resolve"

EVIL = {
    "200,000 combining marks": (pb.ResolveRequest(query="\u0301\u0316" * 100_000).SerializeToString(), "TOO_LONG"),
    "1 MB name": (pb.ResolveRequest(query="x" * 1_000_000).SerializeToString(), "TOO_LONG"),
    "300,000 Han characters": (pb.ResolveRequest(query="华" * 300_000).SerializeToString(), "TOO_LONG"),
    "lone surrogate": (b"\x0a\x03\xed\xa0\x80", "MALFORMED_MESSAGE"),
    "cut-off UTF-8": (b"\x0a\x02\xe5\x8d", "MALFORMED_MESSAGE"),
    "overlong UTF-8": (b"\x0a\x02\xc0\xaf", "MALFORMED_MESSAGE"),
    "garbage": (b"\xff\xff\xff\xff", "MALFORMED_MESSAGE"),
    "cut-off message": (b"\x0a\x7f", "MALFORMED_MESSAGE"),
    "deep groups": (b"\x0b" * 50_000, "MALFORMED_MESSAGE"),
    "empty message": (b"", "EMPTY"),
    "huge read mask": (
        pb.ResolveRequest(query="x", options=pb.ResolveOptions(read_mask=FieldMask(paths=[f"p{n}" for n in range(50_000)]))).SerializeToString(),
        "TOO_MANY",
    ),
    "huge context": (
        pb.ResolveRequest(query="x", context=pb.QueryContext(co_mentions=["\u0301" * 100] * 5000)).SerializeToString(),
        "TOO_MANY",
    ),
    "bad co-mentions": (
        pb.ResolveRequest(query="x", context=pb.QueryContext(co_mentions=["\u0301" * 500] * 64)).SerializeToString(),
        "TOO_MANY_MARKS",
    ),
}  # fmt: skip


def _texts_normalized(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts that are normalised from now on: that costs the square of a run of combining marks."""
    texts: list[str] = []
    real = unicodedata.normalize

    def normalize(form: Any, text: str) -> str:
        texts.append(text)
        return real(form, text)

    monkeypatch.setattr(unicodedata, "normalize", normalize)
    return texts


@pytest.mark.parametrize("name", EVIL)
async def test_evil_requests_are_refused_with_little_work(
    server: Any, refused: Any, counting_steps: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """INVALID_ARGUMENT with a fixed text, nothing of our insides, no long text normalised; the next call is served."""
    normalized = _texts_normalized(monkeypatch)
    content, reason = EVIL[name]
    raw = server.channel.unary_unary(RESOLVE, request_serializer=None, response_deserializer=None)
    with counting_steps() as steps:
        refusal = await refused(raw(content))
    assert steps() < 5_000 + len(content)
    assert max(map(len, normalized), default=0) <= 512
    assert refusal.code == grpc.StatusCode.INVALID_ARGUMENT
    assert refusal.info.reason == reason
    assert len(refusal.text) < 400
    for word in ("Error", "Traceback", "protobuf.", ".py"):
        assert word not in refusal.text
    assert (await server.resolver.Resolve(pb.ResolveRequest(query="小米"))).outcome == pb.OUTCOME_MATCH


async def test_a_message_over_the_limit_is_resource_exhausted(server: Any) -> None:
    """gRPC itself refuses it, before a byte is parsed."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.resolver.Resolve(pb.ResolveRequest(query="x" * (5 << 20)))
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert (await server.resolver.Resolve(pb.ResolveRequest(query="小米"))).outcome == pb.OUTCOME_MATCH


async def test_oversized_metadata_is_refused(server: Any) -> None:
    """20 KB of metadata never reach a handler."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.resolver.Resolve(pb.ResolveRequest(query="小米"), metadata=(("x", "y" * 20_000),))
    assert caught.value.code() in (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE)
    assert (await server.resolver.Resolve(pb.ResolveRequest(query="小米"))).outcome == pb.OUTCOME_MATCH


async def test_malformed_bytes_on_every_method(server: Any, refused: Any) -> None:
    """No method answers UNKNOWN to bytes that do not parse: ours, health's and reflection's."""
    from grpc_health.v1 import health_pb2
    from grpc_reflection.v1alpha import reflection_pb2
    from zhengming.v1 import catalog_pb2, resolver_pb2

    for module in (resolver_pb2, catalog_pb2, health_pb2, reflection_pb2):
        for service in module.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                path = f"/{service.full_name}/{method.name}"
                if method.client_streaming:
                    call = server.channel.stream_stream(path)(iter([b"\xff\xff"])).read()
                elif method.server_streaming:
                    call = server.channel.unary_stream(path)(b"\xff\xff").read()
                else:
                    call = server.channel.unary_unary(path)(b"\xff\xff")
                assert (await refused(call)).info.reason == "MALFORMED_MESSAGE", path


async def test_a_batch_of_evil_items(
    server: Any, status_of: Any, counting_steps: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bad items are refused one by one, the good one among them is answered."""
    items = [pb.ResolveItem(query="a" + "\u0301" * 400)] * 100 + [pb.ResolveItem(query="小米")]
    normalized = _texts_normalized(monkeypatch)
    with counting_steps() as steps:
        answer = await server.resolver.BatchResolve(pb.BatchResolveRequest(items=items))
    assert steps() < 2_000 * len(items)
    assert max(map(len, normalized), default=0) <= 512
    assert answer.results[-1].resolution.outcome == pb.OUTCOME_MATCH
    assert status_of(answer.results[0].error).fields == {"query": "TOO_MANY_MARKS"}
