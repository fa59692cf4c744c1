"""A pool of workers: the bytes of the server without a network, whatever dies on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import grpc
import pytest
from zhengming.server import embedded, pool
from zhengming.server.errors import StartError
from zhengming.v1 import catalog_pb2 as catalog
from zhengming.v1 import resolver_pb2 as pb
from zhengming.v1 import resolver_pb2_grpc

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")

RESOLVER, CATALOG = "/zhengming.v1.ResolverService/", "/zhengming.v1.CatalogService/"


@pytest.fixture
def workers(table_folder: Path, shared_cache: Path) -> Iterator[pool.Pool]:
    """A pool of two workers on the tiny table."""
    with pool.start(2, table_folder, shared_cache) as started:
        yield started


def batch(first: int = 0, count: int = 100) -> pb.BatchResolveRequest:
    names = [["华为", "小米科技", f"未知第{number}号半导体"][number % 3] for number in range(first, first + count)]
    return pb.BatchResolveRequest(items=[pb.ResolveItem(item_id=str(at), query=name) for at, name in enumerate(names)])


def ask(channel: grpc.Channel, method: str, request: bytes) -> tuple[Any, ...]:
    """Return the answer's bytes, or the status with its details' bytes."""
    try:
        answer: bytes = channel.unary_unary(method)(request, timeout=20)
    except grpc.RpcError as error:
        failed: Any = error
        return failed.code(), failed.details(), dict(failed.trailing_metadata()).get("grpc-status-details-bin")
    return (answer,)


def resolve(workers: pool.Pool, request: pb.BatchResolveRequest, timeout: float = 20) -> Any:
    stub: Any = resolver_pb2_grpc.ResolverServiceStub(workers.channel)
    return stub.BatchResolve.future(request, timeout=timeout)


def is_gone(pid: int) -> bool:
    """Wait up to ten seconds for a process to end; it is gone only when nobody has to be asked about it any more."""
    for _ in range(500):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_the_bytes_are_those_of_grpc(workers: pool.Pool, table_folder: Path, shared_cache: Path, ids: Any) -> None:
    """Answers, refusals with their details, and broken messages."""
    long = "名" * 600
    context = pb.QueryContext(city="Shenzhen", as_of="2020-02-30")
    explained = pb.ResolveOptions(explain=pb.EXPLAIN_LEVEL_FULL, max_candidates=5)
    asked: Sequence[tuple[str, bytes]] = [
        (RESOLVER + "BatchResolve", batch().SerializeToString()),
        (RESOLVER + "BatchResolve", pb.BatchResolveRequest().SerializeToString()),
        (RESOLVER + "BatchResolve", pb.BatchResolveRequest(items=[pb.ResolveItem(query=long)]).SerializeToString()),
        (RESOLVER + "BatchResolve", b"\xff\xff"),
        (RESOLVER + "Resolve", pb.ResolveRequest(query="紫光", options=explained).SerializeToString()),
        (RESOLVER + "Resolve", pb.ResolveRequest(query="华为", context=context).SerializeToString()),
        (RESOLVER + "LinkText", pb.LinkTextRequest(text="华为和小米发布新品。" * 300).SerializeToString()),
        (RESOLVER + "GetServerInfo", b""),
        (CATALOG + "GetFirm", catalog.GetFirmRequest(name=ids.huawei).SerializeToString()),
        (CATALOG + "GetFirm", catalog.GetFirmRequest(name=ids.never).SerializeToString()),
    ]
    with embedded.start(table_folder, shared_cache) as server, grpc.insecure_channel(server.address) as channel:
        for method, request in asked:
            assert ask(workers.channel, method, request) == ask(channel, method, request), method


def test_a_worker_starts_when_there_is_work_for_it(workers: pool.Pool) -> None:
    """One for a call at a time; the second with several under way. No more than were asked for."""
    resolve(workers, batch()).result()
    assert len(workers.pids) == 1
    calls = [resolve(workers, batch(number, 500)) for number in range(12)]
    assert [call.result().results[0].item_id for call in calls] == ["0"] * 12
    for _ in range(500):
        if len(workers.pids) == 2:
            break
        time.sleep(0.02)
    assert len(workers.pids) == 2


def test_a_killed_worker_changes_nothing(workers: pool.Pool) -> None:
    """Its call is asked anew, the calls behind it too, and every answer is where it belongs."""
    plain = [resolve(workers, batch(number)).result() for number in range(8)]
    first = workers.pids[0]
    os.kill(first, signal.SIGSTOP)
    calls = [resolve(workers, batch(number)) for number in range(8)]
    time.sleep(0.2)
    os.kill(first, signal.SIGKILL)
    assert [call.result() for call in calls] == plain
    assert first not in workers.pids
    assert is_gone(first)


def test_a_worker_killed_while_idle_is_replaced(workers: pool.Pool) -> None:
    os.kill(workers.pids[0], signal.SIGKILL)
    assert len(resolve(workers, batch()).result().results) == 100


def test_a_second_death_over_one_call_is_an_error(table_folder: Path, shared_cache: Path) -> None:
    """A call that kills whoever works on it must not go round for ever; the calls after it are answered."""
    with pool.start(1, table_folder, shared_cache) as workers:
        os.kill(workers.pids[0], signal.SIGSTOP)
        call = resolve(workers, batch())
        next_one = resolve(workers, batch())
        killed: set[int] = set()
        while len(killed) < 2:
            for pid in set(workers.pids) - killed:
                os.kill(pid, signal.SIGSTOP)
                time.sleep(0.3)
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            time.sleep(0.001)
        # The first may have been answered before it was stopped; then the deaths are those of the second.
        ended = []
        for each in (call, next_one):
            try:
                each.result()
            except grpc.RpcError as error:
                ended.append(error)
        assert len(ended) <= 1
        for error in ended:
            failed: Any = error
            assert failed.code() == grpc.StatusCode.INTERNAL
            assert "Two workers died over the same batch" in failed.details()
        assert len(resolve(workers, batch()).result().results) == 100


def test_a_worker_that_hangs_is_replaced(table_folder: Path, shared_cache: Path) -> None:
    """The caller gets its deadline, the next call an answer."""
    with pool.start(1, table_folder, shared_cache) as workers:
        os.kill(workers.pids[0], signal.SIGSTOP)
        with pytest.raises(grpc.RpcError) as caught:
            resolve(workers, batch(), timeout=0.3).result()
        failed: Any = caught.value
        assert failed.code() == grpc.StatusCode.DEADLINE_EXCEEDED
        assert len(resolve(workers, batch()).result().results) == 100


def test_closing_ends_every_process(table_folder: Path, shared_cache: Path) -> None:
    """Busy ones too; what they had is cancelled."""
    with pool.start(2, table_folder, shared_cache) as workers:
        calls = [resolve(workers, batch(number, 500)) for number in range(6)]
        calls[0].result()
        pids = list(workers.pids)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        workers.channel.close()
        with pytest.raises(grpc.RpcError) as caught:
            calls[-1].result()
        failed: Any = caught.value
        assert failed.code() == grpc.StatusCode.CANCELLED
        with pytest.raises(ValueError, match="closed"):
            resolve(workers, batch())
    assert pids
    assert all(is_gone(pid) for pid in pids)


def test_workers_do_not_outlive_whoever_started_them(table_folder: Path, shared_cache: Path) -> None:
    """Not even a kill -9 of it."""
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom zhengming.server import pool\n"
        "with pool.start(1, Path(sys.argv[1]), Path(sys.argv[2])) as started:\n"
        "    print(started.pids[0], flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(table_folder), str(shared_cache)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    assert is_gone(pid)


def test_a_bad_table_is_said(tmp_path: Path) -> None:
    """In the caller's thread, as `StartError`, in the words of the worker."""
    with pytest.raises(StartError, match="cannot be read"), pool.start(1, tmp_path, tmp_path):
        pass


def test_a_changed_table_does_not_mix_in(table_folder: Path, shared_cache: Path, rename_huawei: Any) -> None:
    """A successor maps the snapshot of the first worker, not the table as it is by then."""
    with pool.start(1, table_folder, shared_cache) as workers:
        before = resolve(workers, batch()).result()
        rename_huawei("Huawei renamed")
        os.kill(workers.pids[0], signal.SIGKILL)
        assert resolve(workers, batch()).result() == before


def test_streams_are_refused(workers: pool.Pool) -> None:
    """With a status, as an old server would."""
    stub: Any = resolver_pb2_grpc.ResolverServiceStub(workers.channel)
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.StreamResolve(iter([])))
    failed: Any = caught.value
    assert failed.code() == grpc.StatusCode.UNIMPLEMENTED


def test_the_entry_point_names_it() -> None:
    """The client finds it by entry point, never by import."""
    from importlib.metadata import entry_points

    (found,) = entry_points(group="zhengming.embedded", name="workers")
    assert found.load() is pool.start
