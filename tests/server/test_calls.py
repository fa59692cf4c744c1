"""The wiring of methods: nothing forgotten, nothing told of our insides."""

from __future__ import annotations

import logging
from typing import Any

import grpc
import pytest
from zhengming.server import service
from zhengming.server.calls import handlers
from zhengming.server.convert import Answers
from zhengming.v1 import catalog_pb2, resolver_pb2

SERVICES = [
    (resolver_pb2.DESCRIPTOR.services_by_name["ResolverService"], service.ResolverService),
    (catalog_pb2.DESCRIPTOR.services_by_name["CatalogService"], service.CatalogService),
]


@pytest.mark.parametrize(("descriptor", "servicer"), SERVICES)
def test_every_method_is_served_and_nothing_else(descriptor: Any, servicer: type) -> None:
    """The contract's methods are exactly the servicer's public attributes."""
    assert {method.name for method in descriptor.methods} == {
        name for name in vars(servicer) if not name.startswith("_")
    }


def test_all_services_of_the_contract_are_there() -> None:
    """A service added to the protos fails here until it is wired."""
    known = {*resolver_pb2.DESCRIPTOR.services_by_name, *catalog_pb2.DESCRIPTOR.services_by_name}
    assert known == {descriptor.name for descriptor, _ in SERVICES}


def test_a_forgotten_method_fails_at_start() -> None:
    """Not in the first call."""
    with pytest.raises(AttributeError, match="Resolve"):
        handlers(SERVICES[0][0], object())


def test_batch_and_stream_answers_have_the_same_fields() -> None:
    """One function writes both."""
    batch, stream = resolver_pb2.BatchResolveResponse.DESCRIPTOR, resolver_pb2.StreamResolveResponse.DESCRIPTOR
    assert [(field.name, field.number) for field in batch.fields] == [
        (field.name, field.number) for field in stream.fields
    ]


async def test_a_fault_of_ours_is_internal_and_logged(
    server: Any, refused: Any, status_of: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Fixed text on the wire, traceback and request ID in the log, the query in neither."""

    def broken(*_: object) -> bytes:
        raise ZeroDivisionError("secret path /etc")

    monkeypatch.setattr(Answers, "resolve", broken)
    request = resolver_pb2.ResolveRequest(query="秘密公司", request_id="call-7")
    with caplog.at_level(logging.ERROR, "zhengming.server"):
        refusal = await refused(server.resolver.Resolve(request))
    assert refusal.code == grpc.StatusCode.INTERNAL
    assert "secret" not in refusal.text
    record = caplog.records[-1]
    assert record.exc_info is not None
    assert vars(record)["fields"]["request_id"] == "call-7"
    assert "秘密公司" not in caplog.text
    items = [resolver_pb2.ResolveItem(query="x")]
    batch = await server.resolver.BatchResolve(resolver_pb2.BatchResolveRequest(items=items))
    assert status_of(batch.results[0].error).code == grpc.StatusCode.INTERNAL
    stream = server.resolver.StreamResolve(iter([resolver_pb2.StreamResolveRequest(items=items)]))
    assert (await stream.read()).results[0].error.code == 13


async def test_unknown_methods_are_unimplemented(server: Any) -> None:
    """As gRPC has it."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.channel.unary_unary("/zhengming.v1.ResolverService/Nothing")(b"")
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
