"""What a pool and its workers say to each other: calls one way, replies the other, each with its length before it.

A worker answers in the order in which it was asked, so that nothing has a number. All numbers are little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO

_CALL = struct.Struct("<HdI")
_REPLY = struct.Struct("<BII")
_NO_TIMEOUT = -1.0


@dataclass(frozen=True, slots=True)
class Call:
    """One unary call."""

    method: str
    """Path as gRPC has it: `/package.Service/Method`."""
    timeout: float | None
    """Seconds that are left for it. None: no limit."""
    request: bytes
    """The serialised request message."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a call."""

    code: int
    """Number of the gRPC status."""
    content: bytes
    """The serialised answer; of a refused call the text of its status, UTF-8."""
    details: bytes = b""
    """The serialised google.rpc.Status of a refused call; empty: it has none."""


def write_call(stream: IO[bytes], call: Call) -> None:
    """Write a call. Raises `OSError` when nobody reads."""
    method = call.method.encode()
    timeout = _NO_TIMEOUT if call.timeout is None else max(call.timeout, 0.0)
    stream.write(_CALL.pack(len(method), timeout, len(call.request)) + method + call.request)
    stream.flush()


def read_call(stream: IO[bytes]) -> Call | None:
    """Read the next call; None at the end. Raises `EOFError` for one that is cut off."""
    head = stream.read(_CALL.size)
    if not head:
        return None
    method_size, timeout, request_size = _CALL.unpack(_whole(head, _CALL.size))
    method = _whole(stream.read(method_size), method_size).decode()
    request = _whole(stream.read(request_size), request_size)
    return Call(method, None if timeout < 0 else timeout, request)


def write_reply(stream: IO[bytes], reply: Reply) -> None:
    """Write a reply. Raises `OSError` when nobody reads."""
    stream.write(_REPLY.pack(reply.code, len(reply.content), len(reply.details)))
    stream.write(reply.content)
    stream.write(reply.details)
    stream.flush()


def read_reply(stream: IO[bytes]) -> Reply:
    """Read the next reply. Raises `EOFError` when there is none, or one that is cut off: the worker is gone."""
    code, content_size, details_size = _REPLY.unpack(_whole(stream.read(_REPLY.size), _REPLY.size))
    content = _whole(stream.read(content_size), content_size)
    return Reply(code, content, _whole(stream.read(details_size), details_size))


def _whole(content: bytes, size: int) -> bytes:
    if len(content) < size:
        raise EOFError
    return content
