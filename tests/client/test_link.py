"""The clients' methods that link texts: batches of bounded size, order, bad texts, streams."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import duration_pb2
from google.rpc import error_details_pb2
from zhengming.client import AsyncClient, Client, errors
from zhengming.v1 import resolver_pb2

LONGEST = 1_000_000


def spans(linked: resolver_pb2.LinkedText) -> list[tuple[int, int, str]]:
    return [(mention.start, mention.end, mention.text) for mention in linked.mentions]


def test_one_text(server: Any) -> None:
    """Text, day, options and ID travel; the deadline is that of a batch unless one is given."""
    options = resolver_pb2.LinkOptions(matches_only=True)
    with Client(server.address, batch_timeout=20) as client:
        linked = client.link("说寒武纪与紫光", as_of="2024-05-01", options=options, request_id="q1")
        client.link("寒武纪", timeout=5)
        with pytest.raises(errors.InvalidArgumentError):
            client.link("寒武纪\udcff")
        with pytest.raises(errors.InvalidArgumentError):
            client.link("坏")
    assert spans(linked) == [(1, 4, "寒武纪")]
    assert linked.provenance.snapshot == "5na9"
    first = server.script.requests[0]
    assert (first.as_of, first.options.matches_only, first.request_id) == ("2024-05-01", True, "q1")
    assert 18 < server.script.remaining[0] <= 20.5
    assert 4 < server.script.remaining[1] <= 5.5


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_texts_keep_their_order(server: Any, count: int) -> None:
    """Any number of texts, plain or with a day, gives as many results in order, at most 100 a message."""
    texts = [
        f"{'长' * number}寒武纪" if number % 2 else (f"{'长' * number}寒武纪", "2024-05-01") for number in range(count)
    ]
    with Client(server.address) as client:
        results = list(client.link_many(iter(texts)))
    assert [result.linked.mentions[0].start for result in results] == list(range(count))
    assert {result.linked.provenance.snapshot for result in results} == ({"5na9"} if count else set())
    sent = [len(request.items) for request in server.script.requests]
    assert sum(sent) == count
    assert max(sent, default=0) <= 100
    # Messages under way together may arrive in any order; the length of a text is its number.
    items = [item for request in server.script.requests for item in request.items]
    assert all(item.as_of == ("" if item.text.count("长") % 2 else "2024-05-01") for item in items)


def test_messages_stay_small_and_a_large_text_goes_alone(server: Any) -> None:
    """About 256 KiB a message; the longest text that is allowed is sent whole."""
    texts = ["汉" * 10_000] * 20 + ["字" * LONGEST] + ["小"] * 3
    with Client(server.address) as client:
        results = list(client.link_many(texts))
    assert [result.WhichOneof("result") for result in results] == ["linked"] * 24
    sizes = sorted(sum(item.ByteSize() for item in request.items) for request in server.script.requests)
    assert sizes[-1] > 3_000_000
    assert 200_000 < sizes[-2] <= 256 * 1024
    assert [len(request.items) for request in server.script.requests if request.ByteSize() > 300_000] == [1]


def test_several_messages_are_under_way(server: Any) -> None:
    """Up to `in_flight`; texts are read no further ahead than that."""
    server.script.delay = 0.05
    taken = 0

    def texts() -> Iterator[str]:
        nonlocal taken
        for _ in range(2000):
            taken += 1
            yield "寒武纪"

    with Client(server.address) as client:
        results = client.link_many(texts(), in_flight=3)
        next(results)
        assert taken <= 300
        assert sum(1 for _ in results) == 1999
    assert server.script.max_in_flight == 3


def test_bad_texts_disturb_no_other(server: Any) -> None:
    """Refused, too long and undecodable texts get their error at their place; random mixes, by batch and by stream."""
    kinds = {"good": "寒武纪", "refused": "坏", "long": "x" * (LONGEST + 1), "surrogate": "寒\udcff"}
    choose = random.Random(5)
    with Client(server.address) as client:
        for _ in range(10):
            drawn = [choose.choice(list(kinds)) for _ in range(choose.randrange(1, 30))]
            texts = [kinds[kind] for kind in drawn]
            for results in (
                list(client.link_many(texts)),
                list(client.stream_link(iter(texts), batch_size=choose.randrange(1, 9))),
            ):
                assert len(results) == len(texts)
                for kind, result in zip(drawn, results, strict=True):
                    assert (result.WhichOneof("result") == "linked") == (kind == "good")
                    if kind == "long":
                        assert "1,000,001 code points" in result.error.message
                        assert "cut it" in result.error.message


def test_a_full_server_is_asked_again(server: Any) -> None:
    """RESOURCE_EXHAUSTED with the server's word on when, and UNAVAILABLE, cost time and nothing else."""
    later = error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(nanos=10_000_000))
    server.fail("BatchLinkText", grpc.StatusCode.RESOURCE_EXHAUSTED, times=2, details=(later,))
    server.fail("BatchLinkText", grpc.StatusCode.UNAVAILABLE)
    server.fail("LinkText", grpc.StatusCode.UNAVAILABLE)
    with Client(server.address) as client:
        assert len(list(client.link_many(["寒武纪"] * 150))) == 150
        assert client.link("寒武纪").mentions


def test_a_broken_server_is_not_believed(server: Any) -> None:
    """An answer with a missing item fails the job: which text it belongs to cannot be known."""
    server.script.drop_items = 1
    with Client(server.address) as client:
        with pytest.raises(errors.InternalError):
            list(client.link_many(["寒武纪"] * 3))
        with pytest.raises(errors.InternalError):
            list(client.stream_link(["寒武纪"] * 3, batch_size=2))


def test_a_stream_answers_each_text_at_once(server: Any) -> None:
    """By default a text is a message: an endless feed gets its answers as it goes."""
    with Client(server.address) as client:

        def feed() -> Iterator[str]:
            while True:
                yield "寒武纪"

        stream = client.stream_link(feed(), options=resolver_pb2.LinkOptions(matches_only=True))
        first = [next(stream).linked for _ in range(5)]
        stream.close()
    assert {linked.provenance.snapshot for linked in first} == {"5na9"}
    assert server.script.requests[0].options.matches_only
    assert not server.script.requests[1].HasField("options")


async def test_the_asyncio_client_does_the_same(server: Any) -> None:
    """One text, many from both kinds of iterables, and a stream."""

    async def some() -> AsyncIterator[str]:
        for number in range(150):
            yield f"{'长' * number}寒武纪"

    texts = [text async for text in some()]
    async with AsyncClient(server.address) as client:
        assert spans(await client.link("说寒武纪", as_of="2024-05-01")) == [(1, 4, "寒武纪")]
        for results in (
            [result async for result in client.link_many(texts)],
            [result async for result in client.link_many(some(), in_flight=2)],
            [result async for result in client.stream_link(some(), batch_size=4)],
        ):
            assert [result.linked.mentions[0].start for result in results] == list(range(150))
        bad = [result async for result in client.link_many(["坏", "寒\udcff", "寒武纪"])]
        assert [result.WhichOneof("result") for result in bad] == ["error", "error", "linked"]
