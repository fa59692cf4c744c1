"""A worker of a pool: `python -m zhengming.server.worker`, asked on standard input, answering on standard output.

It answers with the handlers that the server gives to gRPC, so that an answer has the same bytes either way: the same
checks, the same conversion, the same statuses. It ends when its input ends, so none outlives the program that asks.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import gc
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO, NoReturn

import grpc
from zhengming.server.errors import SnapshotError, StartError
from zhengming.server.pipe import Call, Reply, read_call, write_reply
from zhengming.server.settings import Settings, embedded_settings
from zhengming.server.snapshot import Snapshot, open_snapshot, read_snapshot

OK = 0
_BATCH_CHUNK = 50
# Names of a batch between two looks at the clock. Nobody else waits for a worker, so it gives way for the deadline alone:
# every turn of the event loop costs as much as a known name.
_UNIMPLEMENTED = Reply(int(grpc.StatusCode.UNIMPLEMENTED.value[0]), b"A pool of workers has no such method.")


class _Refused(Exception):
    """Carries the status that a handler refused a call with."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.content.decode())
        self.reply = reply


class _Context:
    """What handlers need of a gRPC context."""

    def __init__(self, timeout: float | None) -> None:
        self._deadline = None if timeout is None else time.monotonic() + timeout

    def time_remaining(self) -> float | None:
        """Return the seconds to the caller's deadline; None: there is none."""
        return None if self._deadline is None else self._deadline - time.monotonic()

    async def abort(
        self, code: grpc.StatusCode, details: str = "", trailing_metadata: Sequence[tuple[str, bytes]] = ()
    ) -> NoReturn:
        """End the call with a status."""
        status = next((value for _, value in trailing_metadata), b"")
        raise _Refused(Reply(int(code.value[0]), details.encode(), status))


class Methods:
    """The unary methods of the services, called without a network."""

    def __init__(self, snapshot: Snapshot, settings: Settings) -> None:
        # Here, not above: a worker that cannot open its snapshot says so sooner.
        from zhengming.server.calls import handlers
        from zhengming.server.convert import Answers
        from zhengming.server.service import CatalogService, Current, ResolverService
        from zhengming.v1 import catalog_pb2, resolver_pb2

        current = Current()
        current.answers = Answers(snapshot, settings.answer_cache)
        resolver = resolver_pb2.DESCRIPTOR.services_by_name["ResolverService"]
        catalog = catalog_pb2.DESCRIPTOR.services_by_name["CatalogService"]
        self._services = {
            resolver.full_name: handlers(resolver, ResolverService(current, settings)),
            catalog.full_name: handlers(catalog, CatalogService(current, settings)),
        }

    async def call(self, call: Call) -> Reply:
        """Answer one call as the server would."""
        service = self._services.get(call.method.strip("/").partition("/")[0])
        found: Any = service and service.service(SimpleNamespace(method=call.method))
        if found is None or found.unary_unary is None:
            return _UNIMPLEMENTED
        request = found.request_deserializer(call.request)
        try:
            answer = await found.unary_unary(request, _Context(call.timeout))
        except _Refused as refused:
            return refused.reply
        return Reply(OK, found.response_serializer(answer))


def _read_ahead(stream: BinaryIO, calls: queue.SimpleQueue[Call | None]) -> None:
    """Take calls off the pipe while one is worked on: whoever asks never waits for room in it."""
    try:
        while (call := read_call(stream)) is not None:
            calls.put(call)
    except (EOFError, OSError):
        pass  # whoever asked is gone
    calls.put(None)


def _serve(methods: Methods, asked: BinaryIO, answers: BinaryIO) -> None:
    calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
    threading.Thread(target=_read_ahead, args=(asked, calls), name="calls", daemon=True).start()
    with asyncio.Runner() as runner:
        while (call := calls.get()) is not None:
            write_reply(answers, runner.run(methods.call(call)))


def _opener(options: argparse.Namespace, settings: Settings) -> Callable[[], Snapshot]:
    if options.map is None:
        return lambda: open_snapshot(
            options.table or settings.table,
            options.cache_dir or settings.cache_dir,
            options.overlay or settings.overlay,
        )
    path: Path = options.map
    # The name of a snapshot file is what it was made from.
    return lambda: read_snapshot(path, bytes.fromhex(path.stem))


def main(arguments: Sequence[str] | None = None) -> int:
    """Greet with the snapshot's hash and file, or with why there is none; then answer to the end of the input."""
    parser = argparse.ArgumentParser(prog="zhengming.server.worker")
    for flag in ("--table", "--cache-dir", "--overlay", "--map"):
        parser.add_argument(flag, type=Path)
    options = parser.parse_args(arguments)
    # Whatever prints by accident must not stand between two replies.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    settings = embedded_settings()
    try:
        try:
            snapshot = _opener(options, settings)()
        except (StartError, SnapshotError, OSError) as error:
            write_reply(answers, Reply(int(grpc.StatusCode.UNAVAILABLE.value[0]), str(error).encode()))
            return 3
        methods = Methods(snapshot, dataclasses.replace(settings, batch_chunk=_BATCH_CHUNK))
        gc.collect()
        gc.freeze()
        write_reply(answers, Reply(OK, snapshot.hash.encode(), os.fsencode(snapshot.path or "")))
        _serve(methods, sys.stdin.buffer, answers)
    except BrokenPipeError:
        pass  # whoever asked is gone
    return 0


if __name__ == "__main__":
    sys.exit(main())
