"""Answers from this machine, with no server running: what the extra `server` brings, found through its entry points.

The client must not import the server, and may be installed without it.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from zhengming.client._client import Client
from zhengming.client._service_config import BATCH_TIMEOUT, RESOLVE_TIMEOUT
from zhengming.client.errors import NotInstalledError

_GROUP: Final = "zhengming.embedded"
SERVER: Final = "server"
"""Entry point of the server on loopback."""
WORKERS: Final = "workers"
"""Entry point of the pool of worker processes."""


def load(name: str) -> Callable[..., AbstractContextManager[Any]]:
    """Return what an entry point of the extra `server` names.

    Raises:
        NotInstalledError: when the extra is not installed.
    """
    for entry in importlib.metadata.entry_points(group=_GROUP, name=name):
        try:
            start: Callable[..., AbstractContextManager[Any]] = entry.load()
        except (ImportError, AttributeError) as error:
            raise NotInstalledError("What answers on this machine", "server", str(error)) from error
        return start
    raise NotInstalledError("What answers on this machine", "server", f"nothing is registered as {_GROUP}:{name}")


@contextlib.contextmanager
def local_client(
    workers: int | None = None,
    *,
    overlay: Path | None = None,
    timeout: float = RESOLVE_TIMEOUT,
    batch_timeout: float = BATCH_TIMEOUT,
) -> Iterator[Client]:
    """Yield a client that worker processes on this machine answer, with no server running and no network.

    They share one mapped table. It has every method of a client but the streams, and gives the same answers.

    Args:
        workers: processes at most, started when there is work for them; None: one for each core.
        overlay: CSV of the user's own names; None: what the environment says.
        timeout: seconds for one name, one page or one record.
        batch_timeout: seconds for each message of a batch, and for one text to link.

    Raises:
        NotInstalledError: when the extra `server` is not installed.
    """
    with (
        load(WORKERS)(workers=workers, overlay=overlay) as pool,
        Client.over(pool.channel, timeout=timeout, batch_timeout=batch_timeout) as client,
    ):
        yield client
