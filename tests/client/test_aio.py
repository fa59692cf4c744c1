"""The asyncio client does what the synchronous one does."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf import duration_pb2
from google.rpc import error_details_pb2
from zhengming.client import AsyncClient, Client, errors

NAMES = [f"名{number}" for number in range(1234)]


def test_both_clients_have_the_same_methods() -> None:
    """Whoever knows one knows the other, down to the arguments."""
    for name, method in inspect.getmembers(Client, inspect.isfunction):
        if not name.startswith("_"):
            other = getattr(AsyncClient, name)
            expected = list(inspect.signature(method).parameters)
            assert list(inspect.signature(other).parameters)[: len(expected)] == expected, name


async def test_every_method_answers(server: Any) -> None:
    """Each method calls its RPC."""
    async with AsyncClient(server.address) as client:
        assert (await client.resolve("寒武纪")).firm.display_name_zh == "寒武纪"
        assert (await client.explain("寒武纪", firm="ZM1")).about_firm.firm.firm_id == "ZM1"
        assert (await client.compare("寒武纪", "寒武", without_table=True)).second_is_form
        assert (await client.suggest("寒")).suggestions[0].firm.firm_id == "ZM0000001"
        assert (await client.server_info()).server_version == "9.9"
        assert (await client.get_firm("ZM1")).summary.display_name_zh == "寒武纪"
        assert len((await client.batch_get_firms(["ZM1"] * 1001)).items) == 1001
        assert (await client.lookup_identifier("1")).hits[0].identifier.value == "1"
        assert (await client.snapshot()).hash == "5na9"
        assert len([hit async for hit in client.search("x")]) == 45


async def some(names: list[str]) -> AsyncIterator[str]:
    for name in names:
        await asyncio.sleep(0)
        yield name


@pytest.mark.parametrize("wrap", [list, some])
async def test_many_names_in_order(server: Any, wrap: Any) -> None:
    """Batches, lazy batches and the stream keep the order, from both kinds of iterables."""
    names = ["长" * 700, *NAMES, "坏", "\udcff"]
    async with AsyncClient(server.address) as client:
        whole = (await client.batch_resolve(wrap(names))).results
        lazy = [result async for result in client.resolve_many(wrap(names), in_flight=2)]
        stream = [result async for result in client.stream_resolve(wrap(names), batch_size=7)]
    for results in (whole, lazy, stream):
        assert [result.resolution.query_normalized for result in results] == ["", *NAMES, "", ""]
        assert [result.HasField("error") for result in results].count(True) == 3


async def test_failures_are_the_same_classes(server: Any) -> None:
    """Retries, refusals with a time to wait, deadlines and errors behave alike."""
    wait = error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(nanos=10_000_000))
    async with AsyncClient(server.address) as client:
        server.fail("Resolve", grpc.StatusCode.UNAVAILABLE, times=2)
        server.fail("Resolve", grpc.StatusCode.RESOURCE_EXHAUSTED, times=2, details=(wait,))
        await client.resolve("华为", timeout=10)
        with pytest.raises(errors.NotFoundError):
            await client.get_firm("nobody")
        server.fail("Resolve", grpc.StatusCode.RESOURCE_EXHAUSTED)
        with pytest.raises(errors.ResourceExhaustedError):
            await client.resolve("华为")
        server.fail("StreamResolve", grpc.StatusCode.UNAUTHENTICATED)
        with pytest.raises(errors.UnauthenticatedError):
            [result async for result in client.stream_resolve(["甲"])]
        with pytest.raises(ValueError, match="in_flight"):
            await client.batch_resolve(["甲"], in_flight=0)
        server.script.drop_items = 1
        with pytest.raises(errors.InternalError):
            [result async for result in client.stream_resolve(["甲", "乙"])]


async def test_stream_tells_the_callers_own_error(server: Any) -> None:
    """What the iterator raises comes out, behind the results of what it gave before."""

    async def breaking() -> AsyncIterator[str]:
        yield "甲"
        raise KeyError("mine")

    async with AsyncClient(server.address) as client:
        results = client.stream_resolve(breaking(), batch_size=1)
        assert (await anext(results)).resolution.query_normalized == "甲"
        with pytest.raises(KeyError, match="mine"):
            await anext(results)


async def test_leaving_a_stream_early_ends_it(server: Any) -> None:
    """Nothing is left running when the caller has seen enough."""

    async def endless() -> AsyncIterator[str]:
        while True:
            await asyncio.sleep(0)
            yield "名"

    async with AsyncClient(server.address) as client:
        results = client.stream_resolve(endless(), batch_size=5)
        await anext(results)
        await results.aclose()
