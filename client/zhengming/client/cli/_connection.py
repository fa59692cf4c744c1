"""Who answers a command: a server at an address, the embedded one on loopback, or worker processes on this machine.

One code path whichever it is: a client on a channel.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zhengming.client import _local
from zhengming.client._client import Client
from zhengming.client._service_config import BATCH_TIMEOUT, RESOLVE_TIMEOUT
from zhengming.client.cli._exit import CommandError, Exit
from zhengming.client.cli._pool_told import told_by_the_pool
from zhengming.client.errors import NotInstalledError

ADDRESS_VARIABLE: Final = "ZHENGMING_ADDRESS"
"""Environment variable that stands in for --address."""

_SLOW_START: Final = 3.0
# Seconds after which a start is told about. From a compiled table it takes a fraction of one.
_COMPILING: Final = "the table is being compiled; that happens once for each version of it and takes up to a minute"

_INSTALL: Final = "Install it with `pip install 'zhengming[server]'`, or name a server with --address."


@dataclass(frozen=True, slots=True)
class Connection:
    """A client and where it is connected to."""

    client: Client
    address: str
    """For messages; `the embedded server` or `the workers` when it is those."""
    workers: int = 0
    """Worker processes that answer, at most. 0: a server answers."""


@contextlib.contextmanager
def connect(
    address: str | None,
    ca_file: str | None,
    tls: bool | None,
    timeout: float | None,
    overlay: str | None = None,
    *,
    bulk: bool = False,
    workers: int | None = None,
    say: Callable[[str], None] = lambda sentence: None,
) -> Iterator[Connection]:
    """Connect to a server, starting one on this machine when no address is given.

    Args:
        address: `host:port`; None: the environment's, else the embedded server.
        ca_file: path of PEM root certificates; None: gRPC's own.
        tls: True or False to choose; None: plaintext on this machine, TLS to any other.
        timeout: seconds for every call; None: the client's defaults.
        overlay: CSV of the user's own names, for a server on this machine; None: what its environment says.
        bulk: whether there is much work: then worker processes answer in place of the embedded server.
        workers: how many at most; None: one for each core.
        say: takes a sentence without full stop when the user has to wait.

    Raises:
        CommandError: when a server at an address is asked for an overlay or for workers, when nothing on this machine can
            answer, or the certificates cannot be read.
    """
    single = RESOLVE_TIMEOUT if timeout is None else timeout
    batch = BATCH_TIMEOUT if timeout is None else timeout
    roots = _read_certificates(ca_file) if ca_file else None
    address = address or os.environ.get(ADDRESS_VARIABLE) or None
    if overlay and address is not None:
        what = f"The server at {address} has its own table; --overlay works for the embedded server only."
        raise CommandError(
            Exit.USAGE, what, f"Leave out --address and {ADDRESS_VARIABLE}, or start that server with it."
        )
    if workers is not None and address is not None:
        what = f"The server at {address} has processes of its own; --workers works on this machine only."
        raise CommandError(Exit.USAGE, what, f"Leave out --workers, or --address and {ADDRESS_VARIABLE}.")
    with contextlib.ExitStack() as stack:
        if address is None and bulk:
            stack.enter_context(told_by_the_pool())
            pool = _start(stack, _local.WORKERS, overlay, say, workers=workers)
            client = Client.over(pool.channel, timeout=single, batch_timeout=batch)
            connection = Connection(stack.enter_context(client), "the workers", pool.workers)
        elif address is None:
            server = _start(stack, _local.SERVER, overlay, say)
            client = Client(server.address, tls=False, timeout=single, batch_timeout=batch)
            connection = Connection(stack.enter_context(client), "the embedded server")
        else:
            client = Client(address, tls=tls, root_certificates=roots, timeout=single, batch_timeout=batch)
            connection = Connection(stack.enter_context(client), address)
        yield connection


def _read_certificates(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        what = f"The certificates in {path} cannot be read: {error.strerror}."
        raise CommandError(Exit.UNREADABLE, what, "Name a readable PEM file with --ca-file.") from error
    if b"-----BEGIN CERTIFICATE-----" not in content:
        what = f"The file {path} holds no certificate."
        raise CommandError(Exit.UNREADABLE, what, "Name a PEM file of root certificates with --ca-file.")
    return content


def _start(stack: contextlib.ExitStack, name: str, overlay: str | None, say: Callable[[str], None], **how: Any) -> Any:
    """Start what an entry point of the extra `server` names; it ends with the stack."""
    waiting = threading.Timer(_SLOW_START, say, [_COMPILING])
    waiting.daemon = True
    waiting.start()
    try:
        return stack.enter_context(_local.load(name)(overlay=Path(overlay) if overlay else None, **how))
    except (ModuleNotFoundError, NotInstalledError) as error:
        # The wheel holds the server's code; what it needs comes with the extra.
        why = error.why if isinstance(error, NotInstalledError) else str(error)
        what = f"No --address was given and the embedded server is not installed ({why})."
        raise CommandError(Exit.UNREACHABLE, what, _INSTALL) from error
    except Exception as error:
        why = str(error).removesuffix(".")
        what = f"The embedded server did not start: {why}."
        raise CommandError(
            Exit.UNREACHABLE, what, "Use --debug to see where, or name a server with --address."
        ) from error
    finally:
        waiting.cancel()
