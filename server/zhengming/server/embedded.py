"""The real server on loopback, inside another program: what the command line uses when it is given no address."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from zhengming.server.settings import embedded_settings


@dataclass(frozen=True, slots=True)
class Embedded:
    """A running embedded server."""

    address: str
    """`127.0.0.1:port`, for an insecure channel."""


@contextlib.contextmanager
def start(table: Path | None = None, cache_dir: Path | None = None, overlay: Path | None = None) -> Iterator[Embedded]:
    """Run a server on a free loopback port in a thread of its own for as long as the context lasts.

    `table`: folder of the alias table (default: `ZHENGMING_TABLE`, else the bundled one). `cache_dir`: folder for compiled
    snapshots (default: `ZHENGMING_CACHE_DIR`, else the user's cache folder). `overlay`: CSV of the user's own names (default:
    `ZHENGMING_OVERLAY`, else none). Yields once it answers. Raises `StartError` when table or overlay cannot be used.
    """
    settings = embedded_settings()
    settings = dataclasses.replace(
        settings,
        table=table or settings.table,
        cache_dir=cache_dir or settings.cache_dir,
        overlay=overlay or settings.overlay,
    )
    ready: Future[str] = Future()
    running: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        try:
            from zhengming.server.app import App

            app = App(settings)
            await app.start()
        except BaseException as error:
            ready.set_exception(error)
            return
        stop = asyncio.Event()
        running.set_result((asyncio.get_running_loop(), stop))
        ready.set_result(app.address)
        await stop.wait()
        await app.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="zhengming-embedded", daemon=True)
    thread.start()
    address = ready.result()
    loop, stop = running.result()
    try:
        yield Embedded(address)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
