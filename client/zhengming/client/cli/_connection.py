"""The server that a command talks to: one at an address, or the embedded one on loopback. One code path either way."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from zhengming.client._client import Client
from zhengming.client._service_config import BATCH_TIMEOUT, RESOLVE_TIMEOUT
from zhengming.client.cli._exit import CommandError, Exit

ADDRESS_VARIABLE: Final = "ZHENGMING_ADDRESS"
"""Environment variable that stands in for --address."""

_GROUP: Final = "zhengming.embedded"
_NAME: Final = "server"
_INSTALL: Final = "Install it with `pip install 'zhengming[server]'`, or name a server with --address."


class EmbeddedServer(Protocol):
    """What the embedded server's `start` gives."""

    @property
    def address(self) -> str:
        """Where it listens, `host:port`."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A client and where it is connected to."""

    client: Client
    address: str
    """For messages; `the embedded server` when it is that one."""


@contextlib.contextmanager
def connect(
    address: str | None, ca_file: str | None, tls: bool | None, timeout: float | None, overlay: str | None = None
) -> Iterator[Connection]:
    """Connect to a server, starting the embedded one when no address is given.

    Args:
        address: `host:port`; None: the environment's, else the embedded server.
        ca_file: path of PEM root certificates; None: gRPC's own.
        tls: True or False to choose; None: plaintext on this machine, TLS to any other.
        timeout: seconds for every call; None: the client's defaults.
        overlay: CSV of the user's own names, for the embedded server; None: what its environment says.

    Raises:
        CommandError: when a server at an address is asked for an overlay, when there is no embedded server, it does not
            start, or the certificates cannot be read.
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
    with contextlib.ExitStack() as stack:
        if address is None:
            server = _start(stack, Path(overlay) if overlay else None)
            client = Client(server.address, tls=False, timeout=single, batch_timeout=batch)
            connection = Connection(stack.enter_context(client), "the embedded server")
        else:
            client = Client(address, tls=tls, root_certificates=roots, timeout=single, batch_timeout=batch)
            connection = Connection(stack.enter_context(client), address)
        yield connection


def _read_certificates(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        what = f"The certificates in {path} cannot be read: {error.strerror}."
        raise CommandError(Exit.UNREADABLE, what, "Name a readable PEM file with --ca-file.") from error


def _start(stack: contextlib.ExitStack, overlay: Path | None) -> EmbeddedServer:
    start = _load_embedded()
    try:
        server: EmbeddedServer = stack.enter_context(start(overlay=overlay))
        return server
    except ModuleNotFoundError as error:
        # The wheel holds the server's code; what it needs comes with the extra.
        what = f"No --address was given and the embedded server is not installed ({error})."
        raise CommandError(Exit.UNREACHABLE, what, _INSTALL) from error
    except Exception as error:
        why = str(error).removesuffix(".")
        what = f"The embedded server did not start: {why}."
        raise CommandError(
            Exit.UNREACHABLE, what, "Use --debug to see where, or name a server with --address."
        ) from error


def _load_embedded() -> Callable[..., AbstractContextManager[Any]]:
    """Find the server through its entry point: the client must not import it, and may be installed without it."""
    for entry in importlib.metadata.entry_points(group=_GROUP, name=_NAME):
        try:
            start: Callable[..., AbstractContextManager[Any]] = entry.load()
        except (ImportError, AttributeError) as error:
            what = f"No --address was given and the embedded server is not installed ({error})."
            raise CommandError(Exit.UNREACHABLE, what, _INSTALL) from error
        return start
    raise CommandError(Exit.UNREACHABLE, "No --address was given and the embedded server is not installed.", _INSTALL)
