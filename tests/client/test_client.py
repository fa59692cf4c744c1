"""The synchronous client against a real server: order, batches, retries, deadlines."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import duration_pb2
from google.rpc import error_details_pb2
from zhengming.client import Client, errors
from zhengming.v1 import resolver_pb2 as resolver

RETRY_INFO = error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(nanos=20_000_000))


def test_every_method_answers_with_messages_of_the_contract(server: Any) -> None:
    """Each method calls its RPC once and returns what came."""
    with Client(server.address, metadata=[("x-team", "risk")]) as client:
        assert client.resolve("寒武纪").firm.display_name_zh == "寒武纪"
        assert client.explain("寒武纪").steps[0].stage == resolver.STAGE_EQUAL_NAME
        assert client.compare("寒武纪", "寒武").relation == resolver.NAME_RELATION_SAME_FIRM
        assert client.suggest("寒").suggestions[0].firm.firm_id == "ZM0000001"
        assert client.server_info().server_version == "9.9"
        assert client.get_firm("ZM0000003").summary.display_name_zh == "寒武纪"
        assert client.lookup_identifier("688256.SH").hits[0].identifier.value == "688256.SH"
        assert client.snapshot().hash == "5na9"
    assert set(server.script.calls.values()) == {1}
    assert all(metadata["x-team"] == "risk" for metadata in server.script.metadata)


def test_context_and_options_travel(server: Any) -> None:
    """A pair of name and context reaches the server as such."""
    context = resolver.QueryContext(exchange="XSHG")
    with Client(server.address) as client:
        client.resolve(("000001", context), options=resolver.ResolveOptions(max_candidates=7), request_id="q1")
        client.batch_resolve([("000001", context), "华为"], request_id="q2")
    single, batch = server.script.requests
    assert (single.context.exchange, single.options.max_candidates, single.request_id) == ("XSHG", 7, "q1")
    assert [item.context.exchange for item in batch.items] == ["XSHG", ""]
    assert batch.request_id == "q2"


def test_questions_about_names_travel(server: Any) -> None:
    """Firm, context and options of an explanation, both names, flag and profile of a comparison."""
    context = resolver.QueryContext(exchange="XSHG")
    with Client(server.address) as client:
        options = resolver.ResolveOptions(max_candidates=7)
        client.explain(("000001", context), firm="ZM1", options=options, request_id="q1")
        client.compare("甲", "乙", without_table=True, profile=resolver.PROFILE_HIGH_RECALL, request_id="q2")
        with pytest.raises(errors.InvalidArgumentError):
            client.compare("甲", "\udcff")
        with pytest.raises(errors.InvalidArgumentError):
            client.explain("\udcff")
    explained, compared = server.script.requests
    assert (explained.query, explained.context.exchange, explained.firm) == ("000001", "XSHG", "ZM1")
    assert (explained.options.max_candidates, explained.request_id) == (7, "q1")
    assert (compared.first, compared.second, compared.without_table) == ("甲", "乙", True)
    assert (compared.profile, compared.request_id) == (resolver.PROFILE_HIGH_RECALL, "q2")


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 2345])
def test_batches_keep_order_and_size(server: Any, count: int) -> None:
    """Any number of names gives as many results in order, in messages of at most 500."""
    names = [f"名{number}" for number in range(count)]
    with Client(server.address) as client:
        answer = client.batch_resolve(names)
    assert [result.resolution.query_normalized for result in answer.results] == names
    assert [len(request.items) for request in server.script.requests].count(500) == count // 500
    assert answer.provenance.snapshot == ("5na9" if count else "")


def test_batches_overlap_but_not_more_than_asked(server: Any) -> None:
    """Several messages are under way at a time, up to `in_flight`."""
    server.script.delay = 0.05
    with Client(server.address) as client:
        client.batch_resolve([f"名{number}" for number in range(5000)], in_flight=3)
        assert server.script.max_in_flight == 3
        with pytest.raises(ValueError, match="in_flight"):
            client.batch_resolve(["名"], in_flight=0)


def test_bad_items_disturb_no_other(server: Any) -> None:
    """Refused, oversized and undecodable names get their error at their place; random mixes, many times."""
    kinds: dict[str, Callable[[int], str]] = {
        "good": lambda n: f"名{n}",
        "refused": lambda n: f"坏{n}",
        "oversized": lambda n: "长" * 700,
        "megabyte": lambda n: "x" * 1_000_000,
        "surrogate": lambda n: f"名\udcff{n}",
    }
    choose = random.Random(7)
    with Client(server.address) as client:
        for round_number in range(15):
            drawn = [choose.choice(list(kinds)) for _ in range(choose.randrange(1, 40))]
            names = [kinds[kind](round_number) for kind in drawn]
            for results in (
                client.batch_resolve(names).results,
                list(client.resolve_many(iter(names))),
                list(client.stream_resolve(iter(names), batch_size=choose.randrange(1, 9))),
            ):
                assert len(results) == len(names)
                for kind, name, result in zip(drawn, names, results, strict=True):
                    if kind == "good":
                        assert result.resolution.query_normalized == name
                    else:
                        assert isinstance(errors.from_status(result.error), errors.InvalidArgumentError)


def test_messages_stay_below_the_servers_limit(server: Any) -> None:
    """Long names with long context make smaller batches, not refused ones."""
    context = resolver.QueryContext(co_mentions=["共" * 500] * 20)
    with Client(server.address) as client:
        answer = client.batch_resolve([("名" * 500, context)] * 300)
    assert len(answer.results) == 300
    assert max(request.ByteSize() for request in server.script.requests) < 1024 * 1024


def test_snapshot_change_between_batches_is_told(server: Any) -> None:
    """When batches were computed with different snapshots, each resolution says with which."""
    server.script.snapshots.extend(["a", "b"])
    with Client(server.address) as client:
        answer = client.batch_resolve([f"名{number}" for number in range(1000)], in_flight=1)
        assert not answer.HasField("provenance")
        told = [result.resolution.provenance.snapshot for result in answer.results]
        assert told == ["a"] * 500 + ["b"] * 500
        assert next(client.resolve_many(["名"])).resolution.provenance.snapshot == "5na9"


def test_too_few_answers_are_an_error(server: Any) -> None:
    """A server that loses items is not believed: no answer is given to the wrong name."""
    server.script.drop_items = 1
    with Client(server.address) as client:
        with pytest.raises(errors.InternalError, match="1 of 2"):
            client.batch_resolve(["甲", "乙"])
        with pytest.raises(errors.InternalError, match="1 of 2"):
            list(client.stream_resolve(["甲", "乙"]))


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED])
@pytest.mark.parametrize("times", [1, 4])
def test_broken_calls_are_repeated(server: Any, code: grpc.StatusCode, times: int) -> None:
    """Reads that end with UNAVAILABLE or CANCELLED are repeated, five attempts in all."""
    for method in ("Resolve", "BatchResolve", "GetFirm"):
        server.fail(method, code, times=times)
        with Client(server.address, timeout=10.0) as client:
            if method == "Resolve":
                client.resolve("华为")
            elif method == "BatchResolve":
                client.batch_resolve(["华为"])
            else:
                client.get_firm("ZM0000001")
        assert server.script.calls[method] == times + 1


def test_repeating_ends(server: Any) -> None:
    """After five attempts the failure is reported."""
    server.fail("Resolve", grpc.StatusCode.UNAVAILABLE, times=9)
    with Client(server.address, timeout=10.0) as client, pytest.raises(errors.UnavailableError):
        client.resolve("华为")
    assert server.script.calls["Resolve"] == 5


@pytest.mark.parametrize("code", [grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.INTERNAL])
def test_other_failures_are_not_repeated(server: Any, code: grpc.StatusCode) -> None:
    """A wrong request or a fault stays wrong."""
    server.fail("Resolve", code)
    with Client(server.address) as client, pytest.raises(errors.CallError):
        client.resolve("华为")
    assert server.script.calls["Resolve"] == 1


def test_a_full_server_is_asked_again_when_it_says_when(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """RESOURCE_EXHAUSTED with RetryInfo is waited out, in single calls and in batches; without, it is final."""
    waits: list[float] = []
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: (waits.append(seconds), sleep(seconds)))
    full = grpc.StatusCode.RESOURCE_EXHAUSTED
    with Client(server.address) as client:
        server.fail("Resolve", full, times=2, details=(RETRY_INFO,))
        assert client.resolve("华为").outcome == resolver.OUTCOME_MATCH
        server.fail("BatchResolve", full, times=3, details=(RETRY_INFO,))
        assert len(client.batch_resolve([f"名{number}" for number in range(1200)]).results) == 1200
        server.fail("Resolve", full)
        with pytest.raises(errors.ResourceExhaustedError):
            client.resolve("华为")
        server.fail("Resolve", full, times=99, details=(RETRY_INFO,))
        waits.clear()
        with pytest.raises(errors.ResourceExhaustedError):
            client.resolve("华为", timeout=0.5)
        assert 0 < sum(waits) < 0.5


def test_deadlines(server: Any) -> None:
    """Two seconds for one name, thirty for a batch, or what the caller says, also when that is more."""
    with Client(server.address) as client:
        client.resolve("华为")
        client.batch_resolve(["华为"])
        client.resolve("华为", timeout=60)
        one, batch, longer = server.script.remaining
        assert 1 < one < 2.5
        assert 28 < batch < 30.5
        assert 50 < longer < 60.5
        server.fail("Resolve", grpc.StatusCode.OK, delay=1.0)
        with pytest.raises(errors.DeadlineExceededError):
            client.resolve("华为", timeout=0.2)


def test_nobody_there_fails_fast_or_waits_as_told(start_server: Callable[..., Any]) -> None:
    """One name fails at once without a server; a bulk call waits until one is there."""
    first = start_server()
    port = first.port
    first.stop()
    with Client(f"127.0.0.1:{port}") as client:
        # Waiting for a server would end as `DeadlineExceededError`.
        with pytest.raises(errors.UnavailableError):
            client.resolve("华为")
        timer = threading.Timer(0.5, start_server, [port])
        timer.start()
        assert len(client.batch_resolve(["华为"]).results) == 1
        timer.join()


def test_restart_in_the_middle_of_a_job(start_server: Callable[..., Any]) -> None:
    """A bulk job outlives a restart of its server."""
    first = start_server()
    first.script.delay = 0.05

    def restart() -> None:
        first.stop()
        start_server(first.port)

    timer = threading.Timer(0.2, restart)
    timer.start()
    names = [f"名{number}" for number in range(10_000)]
    with Client(first.address) as client:
        results = list(client.resolve_many(names))
    timer.join()
    assert [result.resolution.query_normalized for result in results] == names


def test_stream_reads_ahead_a_little_only(server: Any) -> None:
    """An unbounded iterator is not swallowed."""
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield f"名{taken}"

    with Client(server.address) as client:
        results = client.stream_resolve(endless(), batch_size=10)
        assert [next(results).resolution.query_normalized for _ in range(25)] == [f"名{n}" for n in range(1, 26)]
        time.sleep(0.2)
        results.close()
        assert taken < 400


def test_stream_tells_the_callers_own_error(server: Any) -> None:
    """What the iterator raises comes out, behind the results of what it gave before."""

    def breaking() -> Iterator[str]:
        yield "甲"
        raise KeyError("mine")

    with Client(server.address) as client:
        results = client.stream_resolve(breaking(), batch_size=1)
        assert next(results).resolution.query_normalized == "甲"
        with pytest.raises(KeyError, match="mine"):
            next(results)


def test_stream_tells_the_servers_error(server: Any) -> None:
    """A stream that the server ends with a failure raises its class."""
    server.fail("StreamResolve", grpc.StatusCode.PERMISSION_DENIED)
    with Client(server.address) as client, pytest.raises(errors.PermissionDeniedError):
        list(client.stream_resolve(["甲"]))


def test_search_fetches_pages_as_needed(server: Any) -> None:
    """The iterator spans pages, and asks for the next one only when it is reached."""
    with Client(server.address) as client:
        hits = client.search("x", page_size=20)
        first = [next(hits) for _ in range(20)]
        assert server.script.calls["SearchFirms"] == 1
        assert len(first) + len(list(hits)) == 45
        assert server.script.calls["SearchFirms"] == 3


def test_many_firms_in_calls_of_a_thousand(server: Any) -> None:
    """The limit of BatchGetFirms is the client's business."""
    names = [f"firms/ZM{number}" for number in range(2500)]
    with Client(server.address) as client:
        answer = client.batch_get_firms(names)
    assert [item.firm.name for item in answer.items] == names
    assert server.script.calls["BatchGetFirms"] == 3


def test_text_that_utf8_cannot_express_is_refused_before_the_wire(server: Any) -> None:
    """A lone surrogate is the caller's error, with the class that the server would have caused."""
    with Client(server.address) as client, pytest.raises(errors.InvalidArgumentError):
        client.resolve("华\udc80")
