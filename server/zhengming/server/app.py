"""Wires table, engine and services into one gRPC server; owns its start, its reloads and its end.

The server listens before the table is loaded: until then health says NOT_SERVING and calls get UNAVAILABLE. A changed
table is compiled in a process of its own and swapped in whole; a table that cannot be compiled changes nothing but the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import grpc
import grpc.aio
from grpc_health.v1 import health, health_pb2
from zhengming.aliases.load import TableError, bundled_table_path
from zhengming.server.calls import handlers
from zhengming.server.errors import SettingsError, StartError
from zhengming.server.logs import event
from zhengming.server.settings import Settings
from zhengming.server.snapshot import (
    TABLE_REFUSED,
    Signature,
    Snapshot,
    no_file_half_written,
    open_snapshot,
    table_signature,
)

_SECONDS_TO_END = 5.0
# A process that compiles has nothing to put in order but a temporary file.

MAX_CONCURRENT_CALLS = 1000
"""Outermost fence: calls at once over all connections; beyond it gRPC itself answers RESOURCE_EXHAUSTED."""

_SERVING = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class App:
    """One server. `start`, then `stop`; `serve` does both and waits for signals between them.

    One that shares its port with other processes loads its table before it listens: a connection that it cannot answer yet
    is better taken by one that can.
    """

    def __init__(self, settings: Settings, *, shares_port: bool = False) -> None:
        self._settings = settings
        self._shares_port = shares_port
        self._folder = settings.table or bundled_table_path()
        self._health = health.aio.HealthServicer()
        self._server: grpc.aio.Server | None = None
        self._reloading = asyncio.Lock()
        self._poller: asyncio.Task[None] | None = None
        self._refused: Signature | None = None
        # Not the loop's own threads: those are waited for at its end, and compiling takes many seconds.
        self._opener = ThreadPoolExecutor(1, "zhengming-opening")
        self._opening: Future[Snapshot] | None = None
        self.address = ""
        """`host:port` that it listens on, with the real port. Empty before `start`."""

    async def start(self) -> None:
        """Listen, load the table, serve. Raises `StartError` or `SettingsError`; then nothing is left running."""
        try:
            snapshot = await self._open_apart() if self._shares_port else None
            await self._listen()
            self._swap(snapshot or await self._open_apart())
        except BaseException:
            self._opener.shutdown(wait=False)
            if self._server is not None:
                await self._server.stop(0)
            raise
        await self._set_health(_SERVING)
        if self._settings.table_poll_seconds:
            self._poller = asyncio.create_task(self._poll())

    async def serve(self, ready: Callable[[str], None], leash: int | None = None) -> None:
        """Start, call `ready` with one line for people, and serve until SIGTERM or SIGINT; a second one cuts the grace.

        `leash`: a file descriptor whose end means the same as a signal, so that no process outlives its supervisor.
        """
        stopping = asyncio.Event()
        hurry = asyncio.Event()

        def on_stop() -> None:
            (hurry if stopping.is_set() else stopping).set()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, on_stop)
        if leash is not None:

            def on_slack() -> None:
                loop.remove_reader(leash)
                on_stop()

            loop.add_reader(leash, on_slack)
        reloads: set[asyncio.Task[None]] = set()

        def on_reload() -> None:
            task = asyncio.create_task(self.reload())
            reloads.add(task)
            task.add_done_callback(reloads.discard)

        loop.add_signal_handler(signal.SIGHUP, on_reload)
        starting = asyncio.create_task(self.start())
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await starting
            event(logging.INFO, "stopped", address=self.address, before="it was ready")
            return
        await starting
        # Whatever lives now lives for good; the collector need not walk it again and again.
        gc.collect()
        gc.freeze()
        ready(self.describe())
        await stopped
        ending = asyncio.create_task(self.stop())
        hurried = asyncio.create_task(hurry.wait())
        await asyncio.wait({ending, hurried}, return_when=asyncio.FIRST_COMPLETED)
        if not ending.done() and self._server is not None:
            await self._server.stop(0)
        await ending
        hurried.cancel()

    async def stop(self) -> None:
        """Stop gracefully: health NOT_SERVING, a short wait for balancers, then the running calls get their grace."""
        if self._poller is not None:
            self._poller.cancel()
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(self._settings.linger_seconds)
        if self._server is not None:
            await self._server.stop(self._settings.grace_seconds)
        # Not waited for: nobody needs any more what it may still be opening.
        self._opener.shutdown(wait=False)
        event(logging.INFO, "stopped", address=self.address)

    async def reload(self) -> None:
        """Compile the table as it is now and swap it in. On any failure the old one goes on answering."""
        async with self._reloading:
            signature: Signature | None = None
            try:
                signature = table_signature(self._folder, self._settings.overlay)
                if self._snapshot is not None and self._snapshot.path is not None:
                    await self._compile_apart()
                snapshot = await self._open_apart()
            except (StartError, TableError) as error:
                self._refused = signature
                event(logging.ERROR, "the changed table is refused, the old one goes on answering", why=str(error))
                return
            except Exception:
                self._refused = signature
                event(logging.ERROR, "the changed table is refused, the old one goes on answering", trace=True)
                return
            self._refused = None
            before = self._snapshot
            self._swap(snapshot)
            if before is None or before.hash != snapshot.hash:
                event(
                    logging.INFO, "serving a new snapshot", snapshot=snapshot.hash, table_version=snapshot.table_version
                )

    def describe(self) -> str:
        """Return one line for people: address, snapshot and what is in it."""
        snapshot = self._snapshot
        if snapshot is None:
            return f"zhengming-server is loading on {self.address}"
        counts = snapshot.engine.counts
        return (
            f"zhengming-server is ready on {self.address}, snapshot {snapshot.hash[:12]}, "
            f"{counts.firms:,} firms, {counts.names:,} names, {counts.identifiers:,} identifiers"
        )

    @property
    def is_opening(self) -> bool:
        """Whether a thread still opens or compiles a snapshot, maybe one that nobody waits for any more."""
        return self._opening is not None and self._opening.running()

    @property
    def _snapshot(self) -> Snapshot | None:
        return None if self._current.answers is None else self._current.answers.snapshot

    async def _listen(self) -> None:
        from zhengming.server.service import CatalogService, Current, ResolverService
        from zhengming.v1 import catalog_pb2, resolver_pb2

        self._current = Current()
        settings = self._settings
        services: list[tuple[Any, object]] = [
            (resolver_pb2.DESCRIPTOR.services_by_name["ResolverService"], ResolverService(self._current, settings)),
            (catalog_pb2.DESCRIPTOR.services_by_name["CatalogService"], CatalogService(self._current, settings)),
            (health_pb2.DESCRIPTOR.services_by_name["Health"], self._health),
        ]
        self._names = ["", *(descriptor.full_name for descriptor, _ in services[:2])]
        if settings.reflection:
            from grpc_reflection.v1alpha import reflection, reflection_pb2

            descriptor = reflection_pb2.DESCRIPTOR.services_by_name["ServerReflection"]
            known = [each.full_name for each, _ in services] + [descriptor.full_name]
            services.append((descriptor, reflection.aio.ReflectionServicer(known)))
        await self._set_health(_NOT_SERVING)
        self._server = grpc.aio.server(
            handlers=[handlers(descriptor, servicer) for descriptor, servicer in services],
            options=channel_options(settings, shares_port=self._shares_port),
            maximum_concurrent_rpcs=MAX_CONCURRENT_CALLS,
        )
        self.address = _bind(self._server, settings)
        await self._server.start()

    async def _compile_apart(self) -> None:
        """Have another process put the new snapshot into the cache.

        Compiling in a thread of this one would hold the interpreter's lock for seconds, and every call would wait for it
        many times over. When the other process fails for any reason but the table, compiling here still works.
        """
        given = {
            "--table": self._folder,
            "--cache-dir": self._settings.cache_dir,
            "--overlay": self._settings.overlay,
        }
        arguments = [part for flag, path in given.items() if path for part in (flag, str(path))]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "zhengming.server.snapshot", *arguments, stderr=asyncio.subprocess.PIPE
        )
        try:
            _, said = await process.communicate()
        except asyncio.CancelledError:
            await _end(process)
            raise
        if process.returncode == TABLE_REFUSED:
            raise StartError(said.decode(errors="replace").strip())

    async def _open_apart(self) -> Snapshot:
        self._opening = self._opener.submit(self._open)
        return await asyncio.wrap_future(self._opening)

    def _open(self) -> Snapshot:
        return open_snapshot(self._settings.table, self._settings.cache_dir, self._settings.overlay)

    def _swap(self, snapshot: Snapshot) -> None:
        """Let a snapshot answer from now on. Calls that began with the old one hold it until they end."""
        from zhengming.server.convert import Answers

        self._current.answers = Answers(snapshot, self._settings.answer_cache)

    async def _set_health(self, status: health_pb2.HealthCheckResponse.ServingStatus) -> None:
        for name in self._names:
            await self._health.set(name, status)

    async def _poll(self) -> None:
        """Look for a changed table again and again, and reload when it has changed and come to rest."""
        seen: Signature | None = None
        while True:
            await asyncio.sleep(self._settings.table_poll_seconds)
            try:
                now = table_signature(self._folder, self._settings.overlay)
            except TableError:
                continue  # being replaced; if it stays away, the old table goes on answering
            snapshot = self._snapshot
            if snapshot is None or now in (snapshot.signature, self._refused):
                continue
            # Eight files are not written at once: only a table that looks the same twice is whole.
            if now == seen:
                await self.reload()
            seen = now


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a process, by force when it does not end when told to."""
    # Not found: it has ended meanwhile.
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _SECONDS_TO_END)
        except TimeoutError:
            process.kill()
            await process.wait()


def channel_options(settings: Settings, *, shares_port: bool = False) -> list[tuple[str, int]]:
    """Return the gRPC options of the server. `shares_port`: the port is reserved for several processes."""
    return [
        # Without a cap, 8,000 rapidly reset streams made everyone else's calls a hundred times slower.
        ("grpc.max_concurrent_streams", 100),
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        ("grpc.max_metadata_size", 8 << 10),
        # Clients come back after 15 minutes and so spread over new servers.
        ("grpc.max_connection_age_ms", 15 * 60_000),
        ("grpc.max_connection_age_grace_ms", 30_000),
        # Clients may ask for signs of life once a minute.
        ("grpc.http2.min_recv_ping_interval_without_data_ms", 30_000),
        ("grpc.keepalive_permit_without_calls", 1),
        # Two servers on one port by accident would share the calls without a word.
        ("grpc.so_reuseport", int(shares_port)),
    ]


def _bind(server: grpc.aio.Server, settings: Settings) -> str:
    host, port = settings.host_and_port
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        bound = (
            server.add_secure_port(where, _credentials(settings)) if settings.tls else server.add_insecure_port(where)
        )
    except RuntimeError:
        bound = 0
    if not bound:
        raise StartError(
            f"Nothing can listen on {settings.listen}: the address is in use or not this machine's. Choose another."
        )
    return f"[{host}]:{bound}" if ":" in host else f"{host}:{bound}"


def _credentials(settings: Settings) -> grpc.ServerCredentials:
    import ssl

    assert settings.tls_cert is not None
    assert settings.tls_key is not None
    try:
        # gRPC takes a wrong pair without a word and then fails every handshake; Python's ssl tells at once.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_cert, settings.tls_key, password="")
        certificate, key = settings.tls_cert.read_bytes(), settings.tls_key.read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise SettingsError(
            f"The TLS certificate {settings.tls_cert} and key {settings.tls_key} cannot be used ({what}). "
            "Give two PEM files that belong together."
        ) from error
    return grpc.ssl_server_credentials([(key, certificate)])


def run(settings: Settings) -> None:
    """Serve until a signal says stop. Raises `SettingsError` or `StartError`."""

    def ready(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    _run(App(settings), ready)


def run_as_one_of_several(settings: Settings, ready: Callable[[str], None], leash: int) -> None:
    """Serve on a port that a supervisor holds for several processes, until a signal or the end of `leash` says stop.

    `ready` is called with one line for people. Raises `SettingsError` or `StartError`.
    """
    _run(App(settings, shares_port=True), ready, leash)


def _run(app: App, ready: Callable[[str], None], leash: int | None = None) -> None:
    asyncio.run(app.serve(ready, leash))
    if app.is_opening:
        # Told to stop while it compiles: no one wants the result, a thread cannot be ended, and leaving in the usual way
        # would wait for it.
        with no_file_half_written():
            sys.stderr.flush()
            os._exit(0)
