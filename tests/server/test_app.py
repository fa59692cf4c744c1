"""Start, health, reflection, reload and stop of a real server."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from zhengming.server.app import App
from zhengming.server.errors import StartError
from zhengming.server.snapshot import Snapshot
from zhengming.v1 import resolver_pb2 as pb
from zhengming.v1 import resolver_pb2_grpc

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@pytest.mark.parametrize("service", ["", "zhengming.v1.ResolverService", "zhengming.v1.CatalogService"])
async def test_health_by_service(server: Any, service: str) -> None:
    """Overall and per service, as load balancers ask."""
    health = health_pb2_grpc.HealthStub(server.channel)
    assert (await health.Check(health_pb2.HealthCheckRequest(service=service))).status == SERVING
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await health.Check(health_pb2.HealthCheckRequest(service="no.such"))
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


async def test_reflection_knows_every_service(server: Any) -> None:
    """grpcurl and the like can list and describe."""
    stub = reflection_pb2_grpc.ServerReflectionStub(server.channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    async for answer in stub.ServerReflectionInfo(iter([request])):
        names = {service.name for service in answer.list_services_response.service}
    assert names >= {"zhengming.v1.ResolverService", "zhengming.v1.CatalogService", "grpc.health.v1.Health"}


async def test_reflection_can_be_off(settings: Any, run_server: Any) -> None:
    """Then it is UNIMPLEMENTED."""
    async with run_server(dataclasses.replace(settings, reflection=False)) as server:
        stub = reflection_pb2_grpc.ServerReflectionStub(server.channel)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest()])).read()
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_while_loading_calls_are_unavailable(
    settings: Any, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The port is open, health says NOT_SERVING, calls get UNAVAILABLE with RetryInfo; then all is well."""
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()
    real = App._open

    def slow(app: App) -> Snapshot:
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(20)
        return real(app)

    monkeypatch.setattr(App, "_open", slow)
    app = App(settings)
    starting = asyncio.create_task(app.start())
    while not app.address:
        await asyncio.sleep(0.01)
    async with grpc.aio.insecure_channel(app.address) as channel:
        resolver: Any = resolver_pb2_grpc.ResolverServiceStub(channel)
        health = health_pb2_grpc.HealthStub(channel)
        refusal = await refused(resolver.Resolve(pb.ResolveRequest(query="华为")))
        assert refusal.code == grpc.StatusCode.UNAVAILABLE
        assert refusal.retry_seconds
        assert (await health.Check(health_pb2.HealthCheckRequest())).status == NOT_SERVING
        gate.set()
        await starting
        assert (await health.Check(health_pb2.HealthCheckRequest())).status == SERVING
        assert (await resolver.Resolve(pb.ResolveRequest(query="华为"))).outcome == pb.OUTCOME_MATCH
        await app.stop()


async def test_one_that_shares_its_port_listens_only_when_it_can_answer(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that it could not answer yet goes to another that can."""
    loading, gate = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    real = App._open

    def slow(app: App) -> Snapshot:
        loop.call_soon_threadsafe(loading.set)
        asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(20)
        return real(app)

    monkeypatch.setattr(App, "_open", slow)
    app = App(settings, shares_port=True)
    starting = asyncio.create_task(app.start())
    await loading.wait()
    assert app.address == ""
    gate.set()
    await starting
    async with grpc.aio.insecure_channel(app.address) as channel:
        assert (await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())).status == SERVING
    await app.stop()


async def test_reload_under_load(server: Any, settings: Any, rename_huawei: Any) -> None:
    """20 swaps under load: no call fails, and every answer is of exactly the version its provenance names."""
    by_snapshot: dict[str, set[str]] = {}
    stop = asyncio.Event()

    def note(snapshot: str, name: str) -> None:
        by_snapshot.setdefault(snapshot, set()).add(name)

    async def single() -> None:
        while not stop.is_set():
            answer = await server.resolver.Resolve(pb.ResolveRequest(query="华为"))
            note(answer.provenance.snapshot, answer.firm.display_name_en)

    async def batches() -> None:
        items = [pb.ResolveItem(query=query) for query in ["华为", "未知半导体科技"] * 100]
        while not stop.is_set():
            answer = await server.resolver.BatchResolve(pb.BatchResolveRequest(items=items))
            for result in answer.results[::2]:
                note(answer.provenance.snapshot, result.resolution.firm.display_name_en)

    load = [asyncio.create_task(each) for each in (single(), single(), batches())]
    # Compiling in this process keeps 20 rounds short; the next test goes through the other process.
    server.app._compile_apart = lambda: asyncio.sleep(0)
    for number in range(20):
        rename_huawei(f"Huawei {number}")
        await server.app.reload()
    stop.set()
    await asyncio.gather(*load)
    assert len(by_snapshot) >= 15
    assert all(len(names) == 1 for names in by_snapshot.values())


async def test_a_changed_table_is_found_by_itself(settings: Any, run_server: Any, rename_huawei: Any) -> None:
    """Polling finds the change, another process compiles it, this one swaps."""
    async with run_server(dataclasses.replace(settings, table_poll_seconds=0.05)) as server:
        rename_huawei("Huawei renamed")
        for _ in range(400):
            answer = await server.resolver.Resolve(pb.ResolveRequest(query="华为"))
            if answer.firm.display_name_en == "Huawei renamed":
                break
            await asyncio.sleep(0.05)
        assert answer.firm.display_name_en == "Huawei renamed"


async def test_a_bad_table_changes_nothing(
    server: Any, table_folder: Path, rename_huawei: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Broken, then mended: the old one answers in between, and the log says why."""
    before = server.app.describe()
    whole = (table_folder / "firms.csv").read_bytes()
    (table_folder / "firms.csv").write_bytes(whole.replace(b"COMPANY", b"COMPNAY", 1))
    await server.app.reload()
    assert "COMPNAY" in vars(caplog.records[-1])["fields"]["why"]
    (table_folder / "names.csv").unlink()
    await server.app.reload()
    assert server.app.describe() == before
    assert (await server.resolver.Resolve(pb.ResolveRequest(query="华为"))).outcome == pb.OUTCOME_MATCH
    rename_huawei("Huawei mended")
    await server.app.reload()
    answer = await server.resolver.Resolve(pb.ResolveRequest(query="华为"))
    assert answer.firm.display_name_en == "Huawei mended"


async def test_a_compiling_process_that_does_not_end_when_told_is_killed(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reload that is cut off leaves no process and does not wait for ever."""
    stubborn, pid = tmp_path / "stubborn", tmp_path / "pid"
    loop = "trap '' TERM\necho $$ > pid.new\nmv pid.new pid\nwhile :; do sleep 0.1; done\n"
    stubborn.write_text(f"#!/bin/sh\ncd '{tmp_path}'\n{loop}")
    stubborn.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stubborn))
    monkeypatch.setattr("zhengming.server.app._SECONDS_TO_END", 0.2)
    reloading = asyncio.create_task(server.app.reload())
    while not pid.exists():
        await asyncio.sleep(0.01)
    reloading.cancel()
    try:
        await asyncio.wait({reloading}, timeout=20)
        assert reloading.cancelled()
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid.read_text()), signal.SIGKILL)


async def test_a_stopped_server_leaves_no_thread_that_opens_snapshots(settings: Any) -> None:
    """Nor does one that loaded its table and then could not listen."""
    before = set(threading.enumerate())
    app = App(settings)
    await app.start()
    second = App(dataclasses.replace(settings, listen=app.address), shares_port=True)
    with pytest.raises(StartError):
        await second.start()
    await app.stop()
    for _ in range(500):
        left = [each.name for each in set(threading.enumerate()) - before if "opening" in each.name]
        if not left:
            break
        await asyncio.sleep(0.01)
    assert left == []


async def test_a_port_in_use_is_said(server: Any, settings: Any) -> None:
    """Two servers never share a port by accident."""
    second = App(dataclasses.replace(settings, listen=server.app.address))
    with pytest.raises(StartError, match="in use"):
        await second.start()


async def test_stopping_lets_calls_end(settings: Any) -> None:
    """A batch at work is answered in full; health turns first."""
    app = App(dataclasses.replace(settings, grace_seconds=10))
    await app.start()
    async with grpc.aio.insecure_channel(app.address) as channel:
        resolver: Any = resolver_pb2_grpc.ResolverServiceStub(channel)
        await resolver.Resolve(pb.ResolveRequest(query="华为"))
        items = [pb.ResolveItem(query=f"未知第{number}号半导体") for number in range(1000)]
        call = asyncio.ensure_future(resolver.BatchResolve(pb.BatchResolveRequest(items=items)))
        await asyncio.sleep(0.02)
        await app.stop()
        assert len((await call).results) == 1000


@pytest.fixture
def process(table_folder: Path, shared_cache: Path) -> Iterator[Any]:
    """`zhengming-server` as a process, ready, with its address."""
    command = [sys.executable, "-m", "zhengming.server", "--listen", "127.0.0.1:0", "--table", str(table_folder)]
    command += ["--cache-dir", str(shared_cache), "--table-poll-seconds", "0", "--linger-seconds", "0.2"]
    started = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert started.stderr is not None
    try:
        line = next(line for line in started.stderr if "the table" not in line)
        found = re.search(r"ready on (\S+), snapshot [0-9a-f]{12}, 8 firms, 32 names", line)
        assert found, line
        yield started, found[1]
    finally:
        started.kill()
        started.wait()
        started.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_stop_gracefully(process: Any, number: signal.Signals) -> None:
    """Exit status 0, nothing on standard error but the log's last line."""
    started, address = process
    with grpc.insecure_channel(address) as channel:
        resolver: Any = resolver_pb2_grpc.ResolverServiceStub(channel)
        assert resolver.Resolve(pb.ResolveRequest(query="华为"), timeout=10).outcome == pb.OUTCOME_MATCH
        os.kill(started.pid, number)
        assert started.wait(15) == 0
    lines = started.stderr.read().splitlines()
    assert len(lines) == 1
    assert '"stopped"' in lines[0]


_NEVER_COMPILED = """
import sys, threading
import zhengming.engine
def compile_index(table):
    print("compiling", file=sys.stderr, flush=True)
    threading.Event().wait()
zhengming.engine.compile_index = compile_index
from zhengming.server.__main__ import main
sys.exit(main())
"""
_WRITTEN_WHEN_TOLD = """
import os, sys
real = os.fsync
def fsync(file):
    if os.fstat(file).st_size > 100_000:  # the snapshot, not the folder or the note beside it
        print("writing", file=sys.stderr, flush=True)
        sys.stdin.readline()
    real(file)
os.fsync = fsync
from zhengming.server.__main__ import main
sys.exit(main())
"""


def _start_slowly(program: str, table: Path, cache: Path) -> Any:
    command = [sys.executable, "-c", program, "--listen", "127.0.0.1:0", "--table", str(table)]
    command += ["--cache-dir", str(cache), "--table-poll-seconds", "0"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_start_that_never_ends_compiling(
    table_folder: Path, tmp_path: Path, number: signal.Signals
) -> None:
    cache = tmp_path / "cache"
    with _start_slowly(_NEVER_COMPILED, table_folder, cache) as started:
        try:
            assert "compiling\n" in iter(started.stderr.readline, "")
            os.kill(started.pid, number)
            assert started.wait(60) == 0
            assert '"before": "it was ready"' in started.stderr.read()
        finally:
            started.kill()
    assert [path.name for path in cache.iterdir() if path.name != "tables.json"] == []


def test_a_signal_while_the_snapshot_is_written_leaves_it_whole(table_folder: Path, tmp_path: Path) -> None:
    """The write that is under way is finished first; there is neither half a file nor a temporary one."""
    cache = tmp_path / "cache"
    with _start_slowly(_WRITTEN_WHEN_TOLD, table_folder, cache) as started:
        try:
            assert "writing\n" in iter(started.stderr.readline, "")
            os.kill(started.pid, signal.SIGTERM)
            assert '"stopped"' in started.stderr.readline()
            assert [path.name[:5] for path in cache.iterdir() if path.name != "tables.json"] == [".tmp-"]
            started.stdin.write("go on\n")
            started.stdin.flush()
            assert started.wait(60) == 0
        finally:
            started.kill()
    assert [path.suffix for path in cache.iterdir() if path.name != "tables.json"] == [".zmsnap"]


def test_sighup_reads_the_table_again(process: Any, rename_huawei: Any) -> None:
    """The change is served within seconds, without a failed call."""
    started, address = process
    rename_huawei("Huawei again")
    os.kill(started.pid, signal.SIGHUP)
    with grpc.insecure_channel(address) as channel:
        resolver: Any = resolver_pb2_grpc.ResolverServiceStub(channel)
        for _ in range(20_000):
            answer = resolver.Resolve(pb.ResolveRequest(query="华为"), timeout=10)
            if answer.firm.display_name_en == "Huawei again":
                break
        assert answer.firm.display_name_en == "Huawei again"


def test_tls(settings: Any, tmp_path: Path) -> None:
    """With certificate and key the server speaks TLS, and only TLS; a wrong pair is refused at start."""
    made = _certificate(tmp_path, "a")
    other = _certificate(tmp_path, "b")

    async def check() -> None:
        app = App(dataclasses.replace(settings, tls_cert=made[0], tls_key=made[1]))
        await app.start()
        credentials = grpc.ssl_channel_credentials(made[0].read_bytes())
        async with grpc.aio.secure_channel(app.address, credentials) as channel:
            resolver: Any = resolver_pb2_grpc.ResolverServiceStub(channel)
            assert (await resolver.Resolve(pb.ResolveRequest(query="华为"))).outcome == pb.OUTCOME_MATCH
        async with grpc.aio.insecure_channel(app.address) as channel:
            plain: Any = resolver_pb2_grpc.ResolverServiceStub(channel)
            with pytest.raises(grpc.aio.AioRpcError):
                await plain.Resolve(pb.ResolveRequest(query="华为"), timeout=5)
        await app.stop()
        from zhengming.server.errors import SettingsError

        with pytest.raises(SettingsError, match="belong together"):
            await App(dataclasses.replace(settings, tls_cert=made[0], tls_key=other[1])).start()

    asyncio.run(check())


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    return cert, key
