"""Over gRPC: what the server adds to an empty handler, what a batch saves, and what more processes give."""

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
from random import Random
from statistics import median
from typing import TYPE_CHECKING, cast

import grpc.aio
from zhengming.aliases import load_table
from zhengming.v1 import resolver_pb2, resolver_pb2_grpc

from tests.bench.measure import cpu_of, cpu_of_all, ratio
from tests.bench.queries import typing_error
from tests.bench.report import Report
from tests.bench.run import Run

if TYPE_CHECKING:
    # The generated type of an asynchronous stub exists for type checkers only.
    from zhengming.v1.resolver_pb2_grpc import ResolverServiceAsyncStub

_CALLERS = 16
"""Calls under way at once, over one connection."""
_BATCH = 100
_CONNECTIONS = 8
_SEED = 3
_KNOWN_NAMES = 500
_MISSPELLED = 3000
"""More than are asked in one round, so that none comes twice there."""
_KEPT_ANSWERS = 4096
_ROWS = {
    "empty": "empty handler",
    "unary": "Resolve",
    "unary kept": "Resolve, kept",
    "unary fuzzy": "Resolve, misspelled",
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
def _our_server(cache: Path, kept_answers: int, *flags: str) -> Iterator[_Server]:
    command = [sys.executable, "-m", "zhengming.server", "--listen", "127.0.0.1:0", *flags]
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


def measure_served(run: Run, report: Report) -> None:
    """Measure unary and batch calls of known and misspelled names against an empty handler, server CPU and rate."""
    prepared = run.bundled()
    table = load_table(prepared.table)
    names = sorted({name.text for name in table.names if name.displayable})
    random = Random(_SEED)
    known = random.sample(names, min(_KNOWN_NAMES, len(names)))
    misspelled = [typing_error(name, random) for name in random.sample(names, _MISSPELLED) if len(name) > 3]
    seconds = 0.3 if run.short else 1.5
    asyncio.run(_measure(known, misspelled, prepared.cache, run.rounds(7), seconds, report))
    if _takes("--processes"):
        try:
            asyncio.run(_measure_processes(known, prepared.cache, run.rounds(5), seconds, report))
        except (RuntimeError, grpc.aio.AioRpcError) as error:
            # What was measured before stays.
            report.text(f"\nSeveral processes could not be measured: {error}")
    else:
        report.text("\nThis server has no `--processes`; several processes are not measured.")


async def _measure(
    names: list[str], misspelled: list[str], cache: Path, rounds: int, seconds: float, report: Report
) -> None:
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
                "unary fuzzy": await _unary(fresh_stub, fresh, misspelled, seconds),
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
    report.text("\nAgainst the empty handler, names for the same server CPU, and names/s seen by the client:\n")
    report.columns("what", "by server CPU", "by rate")
    figures = {
        "unary": "served.known",
        "unary kept": "served.kept",
        "unary fuzzy": "served.fuzzy",
        "batch": "served.batch",
    }
    for name, what in _ROWS.items():
        by_cpu = ratio([one.microseconds for one in results["empty"]], [one.microseconds for one in results[name]])
        by_rate = ratio([one.rate for one in results[name]], [one.rate for one in results["empty"]])
        if name in figures:
            report.figure(figures[name], by_cpu)
        if name != "empty":
            shown = "{:.0%}" if name.startswith("unary") else "{:.1f}×"
            report.row(what, shown.format(by_cpu), shown.format(by_rate))


def _takes(flag: str) -> bool:
    """Tell whether the server has a flag."""
    command = [sys.executable, "-m", "zhengming.server", "--help"]
    return flag in subprocess.run(command, capture_output=True, text=True, check=True).stdout


async def _measure_processes(names: list[str], cache: Path, rounds: int, seconds: float, report: Report) -> None:
    results: dict[str, list[_Round]] = {}
    with _our_server(cache, 0, "--processes", "1") as one, _our_server(cache, 0, "--processes", "2") as two:
        for number in range(rounds + 1):
            for what, server in (("1", one), ("2", two)):
                one_round = await _over_connections(server, names, seconds)
                if number:
                    results.setdefault(what, []).append(one_round)
    report.text(f"\nProcesses that share a port, {_CONNECTIONS} connections from one client; known names, none kept:\n")
    report.columns("processes", "server CPU, µs a name", "names/s seen by the client (it shares the cores)")
    for what, found in results.items():
        report.row(
            what, f"{median(one.microseconds for one in found):.0f}", f"{median(one.rate for one in found):,.0f}"
        )


async def _over_connections(server: _Server, names: list[str], seconds: float) -> _Round:
    async with contextlib.AsyncExitStack() as stack:
        # Channels of one process share a connection to one address unless each has a pool of its own.
        own = [("grpc.use_local_subchannel_pool", 1)]
        channels = [
            await stack.enter_async_context(grpc.aio.insecure_channel(server.address, own)) for _ in range(_CONNECTIONS)
        ]
        begun = time.perf_counter()
        cpu = cpu_of_all(server.pid)
        rounds = await asyncio.gather(*(_unary(_stub(channel), server, names, seconds, 4) for channel in channels))
        done = sum(one.names for one in rounds)
        return _Round(done, time.perf_counter() - begun, cpu_of_all(server.pid) - cpu)


def _stub(channel: grpc.aio.Channel) -> ResolverServiceAsyncStub:
    return cast("ResolverServiceAsyncStub", resolver_pb2_grpc.ResolverServiceStub(channel))


async def _unary(
    stub: ResolverServiceAsyncStub, server: _Server, names: list[str], seconds: float, callers: int = _CALLERS
) -> _Round:
    requests = cycle([resolver_pb2.ResolveRequest(query=name) for name in names])
    done = 0
    started, cpu = time.perf_counter(), cpu_of(server.pid)

    async def call() -> None:
        nonlocal done
        while time.perf_counter() - started < seconds:
            await stub.Resolve(next(requests))
            done += 1

    await asyncio.gather(*(call() for _ in range(callers)))
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
