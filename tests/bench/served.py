"""Over gRPC: what the server adds to an empty handler, and what a batch saves."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, cast

import grpc.aio
from zhengming.v1 import resolver_pb2, resolver_pb2_grpc

from tests.bench.measure import cpu_of, ratio
from tests.bench.report import Report

if TYPE_CHECKING:
    # The generated type of an asynchronous stub exists for type checkers only.
    from zhengming.v1.resolver_pb2_grpc import ResolverServiceAsyncStub

_CALLERS = 16
"""Calls under way at once, over one connection."""
_BATCH = 100
_KEPT_ANSWERS = 4096
_ROWS = {
    "empty": "empty handler",
    "unary": "Resolve",
    "unary kept": "Resolve, kept",
    "batch": f"BatchResolve of {_BATCH}",
    "batch kept": f"BatchResolve of {_BATCH}, kept",
}
_ADDRESS = re.compile(r"ready on (\S+?),")


@dataclass(frozen=True, slots=True)
class _Server:
    pid: int
    address: str


@dataclass(frozen=True, slots=True)
class _Round:
    """What one server did in one round."""

    names: int
    wall: float
    cpu: float

    @property
    def microseconds(self) -> float:
        """Server CPU a name."""
        return self.cpu * 1e6 / self.names

    @property
    def rate(self) -> float:
        """Names a second of wall time, as the client saw it."""
        return self.names / self.wall


@contextlib.contextmanager
def _our_server(cache: Path, kept_answers: int) -> Iterator[_Server]:
    command = [sys.executable, "-m", "zhengming.server", "--listen", "127.0.0.1:0"]
    environment = {**os.environ, "ZHENGMING_CACHE_DIR": str(cache), "ZHENGMING_ANSWER_CACHE": str(kept_answers)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            said = ""
            for line in process.stderr:
                said += line
                if found := _ADDRESS.search(line):
                    yield _Server(process.pid, found[1])
                    break
            else:
                raise RuntimeError(f"zhengming-server did not start:\n{said}")
        finally:
            process.terminate()


@contextlib.contextmanager
def _empty_server(resolution: resolver_pb2.Resolution) -> Iterator[_Server]:
    command = [sys.executable, "-m", "tests.bench.empty_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(resolution.SerializeToString().hex() + "\n")
            process.stdin.flush()
            yield _Server(process.pid, process.stdout.readline().strip())
        finally:
            process.terminate()


def measure_served(names: list[str], cache: Path, rounds: int, seconds: float, report: Report) -> None:
    """Measure unary and batch calls of known names against an empty handler, server CPU and rate."""
    asyncio.run(_measure(names, cache, rounds, seconds, report))


async def _measure(names: list[str], cache: Path, rounds: int, seconds: float, report: Report) -> None:
    async with contextlib.AsyncExitStack() as stack:

        async def connect(server: _Server) -> ResolverServiceAsyncStub:
            return _stub(await stack.enter_async_context(grpc.aio.insecure_channel(server.address)))

        # Names repeat in a benchmark, so a server that keeps its answers would be measured for its memory alone.
        fresh = stack.enter_context(_our_server(cache, 0))
        keeping = stack.enter_context(_our_server(cache, _KEPT_ANSWERS))
        fresh_stub, keeping_stub = await connect(fresh), await connect(keeping)
        answers = [await fresh_stub.Resolve(resolver_pb2.ResolveRequest(query=name)) for name in names]
        middle = sorted(answers, key=lambda answer: answer.ByteSize())[len(answers) // 2]
        empty = stack.enter_context(_empty_server(middle))
        empty_stub = await connect(empty)
        results: dict[str, list[_Round]] = {}
        for number in range(rounds + 1):
            found = {
                "empty": await _unary(empty_stub, empty, names, seconds),
                "unary": await _unary(fresh_stub, fresh, names, seconds),
                "unary kept": await _unary(keeping_stub, keeping, names, seconds),
                "batch": await _batches(fresh_stub, fresh, names, seconds),
                "batch kept": await _batches(keeping_stub, keeping, names, seconds),
            }
            if number:
                for name, one in found.items():
                    results.setdefault(name, []).append(one)
    _tell(results, middle.ByteSize(), report)


def _tell(results: dict[str, list[_Round]], size: int, report: Report) -> None:
    report.heading("gRPC, known names")
    report.text(
        f"{len(results['empty'])} interleaved rounds; {_CALLERS} calls at once from one client process; the empty "
        f"handler returns one stored Resolution of {size} bytes, the median size of ours. `kept`: the server has the "
        "answer ready because the query came before; the other rows are with that memory off.\n"
    )
    report.columns("what", "server CPU, µs a name", "names/s seen by the client (wall; the client shares the cores)")
    for name, what in _ROWS.items():
        cpu = median(one.microseconds for one in results[name])
        report.row(what, f"{cpu:.0f}", f"{median(one.rate for one in results[name]):,.0f}")
    for name in ("unary", "unary kept"):
        goal = "goal: at least 90 %" if name == "unary" else ""
        by_cpu = ratio([one.microseconds for one in results["empty"]], [one.microseconds for one in results[name]])
        by_rate = ratio([one.rate for one in results[name]], [one.rate for one in results["empty"]])
        report.row(
            f"{_ROWS[name]} against the empty handler, by server CPU / by rate", f"{by_cpu:.0%} / {by_rate:.0%}", goal
        )
    for batch, unary in (("batch", "unary"), ("batch kept", "unary kept")):
        goal = "goal: at least 12×" if batch == "batch" else ""
        by_rate = ratio([one.rate for one in results[batch]], [one.rate for one in results[unary]])
        by_cpu = ratio([one.microseconds for one in results[unary]], [one.microseconds for one in results[batch]])
        report.row(
            f"{_ROWS[batch]} against {_ROWS[unary]}, by rate / by server CPU", f"{by_rate:.1f}× / {by_cpu:.1f}×", goal
        )


def _stub(channel: grpc.aio.Channel) -> ResolverServiceAsyncStub:
    return cast("ResolverServiceAsyncStub", resolver_pb2_grpc.ResolverServiceStub(channel))


async def _unary(stub: ResolverServiceAsyncStub, server: _Server, names: list[str], seconds: float) -> _Round:
    requests = cycle([resolver_pb2.ResolveRequest(query=name) for name in names])
    done = 0
    started, cpu = time.perf_counter(), cpu_of(server.pid)

    async def call() -> None:
        nonlocal done
        while time.perf_counter() - started < seconds:
            await stub.Resolve(next(requests))
            done += 1

    await asyncio.gather(*(call() for _ in range(_CALLERS)))
    return _Round(done, time.perf_counter() - started, cpu_of(server.pid) - cpu)


async def _batches(stub: ResolverServiceAsyncStub, server: _Server, names: list[str], seconds: float) -> _Round:
    endless = cycle(names)
    requests = cycle(
        [
            resolver_pb2.BatchResolveRequest(
                items=[resolver_pb2.ResolveItem(item_id=str(number), query=next(endless)) for number in range(_BATCH)]
            )
            for _ in range(20)
        ]
    )
    done = 0
    started, cpu = time.perf_counter(), cpu_of(server.pid)

    async def call() -> None:
        nonlocal done
        while time.perf_counter() - started < seconds:
            answer = await stub.BatchResolve(next(requests))
            done += len(answer.results)

    await asyncio.gather(call(), call())
    return _Round(done, time.perf_counter() - started, cpu_of(server.pid) - cpu)
