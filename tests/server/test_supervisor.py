"""`zhengming-server --processes N`: real processes on one port."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from zhengming.client import Client
from zhengming.server import member
from zhengming.server.settings import Settings
from zhengming.server.supervisor import Supervisor
from zhengming.v1 import resolver_pb2 as pb
from zhengming.v1 import resolver_pb2_grpc

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and SO_REUSEPORT")

MEMBERS = 2


class Group:
    """A running supervisor and what it and its members said."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)

    def wait_for(self, found: Callable[[], Any], seconds: float = 30) -> Any:
        """Wait until something is found."""
        deadline = time.monotonic() + seconds
        while not (what := found()):
            assert time.monotonic() < deadline, "".join(self.lines)
            time.sleep(0.02)
        return what

    def events(self, text: str) -> list[dict[str, Any]]:
        """Return the log's events with this text."""
        parsed = [json.loads(line) for line in self.lines if line.startswith("{")]
        return [each for each in parsed if each["event"] == text]

    def address(self) -> str:
        """Wait until it is ready; return where it listens."""
        found = self.wait_for(lambda: re.search(r"ready on (\S+), .*, 2 processes", "".join(self.lines)))
        return str(found[1])

    def end(self) -> int:
        """Wait for its end and for its last words; return its exit status."""
        status = self.process.wait(30)
        self._reader.join(10)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return status


@pytest.fixture
def command(table_folder: Path, shared_cache: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "zhengming.server", "--listen", "127.0.0.1:0", "--processes", str(MEMBERS)),
        *("--table", str(table_folder), "--cache-dir", str(shared_cache), "--table-poll-seconds", "0"),
        *("--linger-seconds", "0.2", "--log-level", "debug"),
    ]


@pytest.fixture
def group(command: list[str]) -> Iterator[Group]:
    started = Group(command)
    try:
        yield started
    finally:
        started.process.kill()
        started.end()


CONNECTIONS = 40
"""So many that all of them going to one of two processes by chance is out of the question."""


def ask(address: str) -> Any:
    """Resolve a name over a connection of its own."""
    with Client(address) as client:
        return client.resolve("华为")


def health(address: str) -> Any:
    """Ask for the health over a connection of its own."""
    with grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
        return health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=10).status


def test_several_processes_answer_alike(group: Group) -> None:
    """Many connections are spread over more than one process, and answers do not tell which one gave them."""
    address = group.address()
    answers = {ask(address).SerializeToString(deterministic=True) for _ in range(CONNECTIONS)}
    assert len(answers) == 1
    serving = {each["member"] for each in group.events("a process serves")}
    assert len(serving) == MEMBERS
    group.wait_for(lambda: {each["process"] for each in group.events("resolved")} == serving)


def test_a_killed_process_is_replaced(group: Group) -> None:
    """The others answer meanwhile."""
    address = group.address()
    killed = group.events("a process serves")[0]["member"]
    os.kill(killed, signal.SIGKILL)
    group.wait_for(lambda: group.events("a process died and is replaced"))
    for _ in range(20):
        assert ask(address).outcome == pb.OUTCOME_MATCH
    group.wait_for(lambda: len(group.events("a process serves")) == MEMBERS + 1)
    assert group.events("a process died and is replaced")[0]["member"] == killed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_drain_every_process(group: Group, number: signal.Signals) -> None:
    """Calls at work are answered in full, exit status 0, no process left."""
    address = group.address()
    items = [pb.ResolveItem(query=f"未知第{at}号半导体") for at in range(1000)]
    channels = [grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) for _ in range(6)]
    calls = []
    for channel in channels:
        stub: Any = resolver_pb2_grpc.ResolverServiceStub(channel)
        stub.Resolve(pb.ResolveRequest(query="华为"), timeout=10)
        calls.append(stub.BatchResolve.future(pb.BatchResolveRequest(items=items), timeout=30))
    time.sleep(0.05)
    group.process.send_signal(number)
    assert [len(call.result().results) for call in calls] == [1000] * 6
    assert group.end() == 0
    for channel in channels:
        channel.close()
    for each in group.events("a process serves"):
        with pytest.raises(ProcessLookupError):
            os.kill(each["member"], 0)


def test_every_process_says_serving_when_all_are_ready(group: Group) -> None:
    address = group.address()
    assert {health(address) for _ in range(CONNECTIONS)} == {health_pb2.HealthCheckResponse.SERVING}


def test_every_process_reads_a_changed_table(group: Group, rename_huawei: Any) -> None:
    """SIGHUP reaches each of them."""
    address = group.address()
    serving = {each["member"] for each in group.events("a process serves")}
    rename_huawei("Huawei again")
    group.process.send_signal(signal.SIGHUP)
    group.wait_for(lambda: {each["process"] for each in group.events("serving a new snapshot")} == serving)
    assert {ask(address).firm.display_name_en for _ in range(CONNECTIONS)} == {"Huawei again"}
    group.wait_for(lambda: {each["process"] for each in group.events("resolved")} == serving)


def test_the_members_do_not_outlive_the_supervisor(group: Group) -> None:
    """A kill -9 of it lets them drain and leave."""
    group.address()
    members = [each["member"] for each in group.events("a process serves")]
    group.process.kill()

    def gone() -> bool:
        return not any(Path(f"/proc/{each}/cmdline").exists() and _alive(each) for each in members)

    group.wait_for(gone)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_port_in_use_is_said(group: Group, command: list[str]) -> None:
    """Two servers never share a port by accident, though each of them shares it among its own."""
    command[command.index("127.0.0.1:0")] = group.address()
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert "in use" in done.stderr


def test_processes_that_cannot_start_end_it(command: list[str], table_folder: Path) -> None:
    """Exit status 3 and the reason, once."""
    (table_folder / "names.csv").unlink()
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("zhengming-server: The table cannot be used")


def test_a_start_that_fails_for_the_moment_ends_nothing(
    table_folder: Path, shared_cache: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """When a member was killed for lack of memory, its successor may not start at once, either."""
    real = asyncio.create_subprocess_exec
    started: list[asyncio.subprocess.Process] = []
    failed: list[int] = []

    async def fails_once(*arguments: Any, **how: Any) -> Any:
        if len(started) == MEMBERS and not failed:
            failed.append(1)
            raise OSError(errno.ENOMEM, "no memory")
        started.append(await real(*arguments, **how))
        return started[-1]

    async def scenario() -> None:
        settings = Settings(listen="127.0.0.1:0", processes=MEMBERS, table=table_folder, cache_dir=shared_cache)
        running = asyncio.create_task(Supervisor(settings).run())
        while not running.done() and "2 processes" not in capfd.readouterr().err:
            await asyncio.sleep(0.05)
        started[0].kill()
        while not running.done() and len(started) == MEMBERS:
            await asyncio.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)
        await running

    monkeypatch.setattr(asyncio, "create_subprocess_exec", fails_once)
    asyncio.run(asyncio.wait_for(scenario(), 60))
    assert failed
    assert all(process.returncode is not None for process in started)


def test_settings_reach_the_members_whole(tmp_path: Path) -> None:
    given = Settings(table=tmp_path, grace_seconds=2.5, reflection=False, log_level="error", tls_cert=None)
    assert member.unpack(member.pack(given)) == given
