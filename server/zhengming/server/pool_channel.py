"""A pool of workers as a gRPC channel: the same client, stubs and statuses, with no network between.

Unary calls only. A stream over a pool would save nothing: batches with several in flight are what keeps it busy.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent import futures
from typing import Any, NoReturn, Protocol

import grpc
from zhengming.server.calls import DETAILS_KEY
from zhengming.server.errors import CallError
from zhengming.server.pipe import Call, Reply

_OK = grpc.StatusCode.OK.value[0]
_CODES = {code.value[0]: code for code in grpc.StatusCode}


class Answering(Protocol):
    """Who answers calls: a pool's crew is one."""

    def submit(self, call: Call) -> futures.Future[Reply]:
        """Have a call answered."""

    def drop(self, reply: futures.Future[Reply]) -> None:
        """Give up a call that took too long."""

    def close(self) -> None:
        """End it all."""


class PoolCallError(grpc.RpcError):
    """A call that ended with a status other than OK. Has the methods of what gRPC raises."""

    def __init__(self, code: grpc.StatusCode, details: str, status: bytes = b"") -> None:
        super().__init__(f"{code.name}: {details}")
        self._code, self._details, self._status = code, details, status

    def code(self) -> grpc.StatusCode:
        """Return the status."""
        return self._code

    def details(self) -> str:
        """Return its text."""
        return self._details

    def trailing_metadata(self) -> Any:
        """Return the google.rpc.Status, where there is one, under gRPC's key."""
        return ((DETAILS_KEY, self._status),) if self._status else ()


class PoolChannel(grpc.Channel):
    """Calls go to a pool. Metadata, credentials, compression and `wait_for_ready` have no meaning here."""

    def __init__(self, crew: Answering) -> None:
        self._crew = crew

    def subscribe(self, callback: Callable[[grpc.ChannelConnectivity], None], try_to_connect: bool = False) -> None:
        """Say that it is ready: a pool always is."""
        callback(grpc.ChannelConnectivity.READY)

    def unsubscribe(self, callback: Callable[[grpc.ChannelConnectivity], None]) -> None:
        """Nothing changes, so nothing is told."""

    def unary_unary(  # type: ignore[override]
        self,
        method: str,
        request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None,
        _registered_method: bool | None = False,
    ) -> _UnaryMethod:
        """Return the callable of a unary method."""
        return _UnaryMethod(self._crew, method, request_serializer or bytes, response_deserializer or bytes)

    def unary_stream(self, method: str, *_: object, **__: object) -> Any:
        """Return what refuses a stream when an answer is asked for."""
        return _NoStream

    stream_unary = unary_stream
    stream_stream = unary_stream

    def close(self) -> None:
        """End the workers; what is under way is cancelled."""
        self._crew.close()

    def __enter__(self) -> PoolChannel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _UnaryMethod:
    """One unary method, as stubs call it."""

    def __init__(
        self, crew: Answering, method: str, serialise: Callable[[Any], bytes], parse: Callable[[bytes], Any]
    ) -> None:
        self._crew, self._method, self._serialise, self._parse = crew, method, serialise, parse

    def __call__(self, request: Any, timeout: float | None = None, **_: object) -> Any:
        """Call and wait. Raises `PoolCallError`."""
        return self.future(request, timeout).result()

    def future(self, request: Any, timeout: float | None = None, **_: object) -> _PoolCall:
        """Call and return at once."""
        call = Call(self._method, timeout, self._serialise(request))
        return _PoolCall(self._crew, self._crew.submit(call), timeout, self._parse)


class _PoolCall:
    """A call under way."""

    def __init__(
        self,
        crew: Answering,
        reply: futures.Future[Reply],
        timeout: float | None,
        parse: Callable[[bytes], Any],
    ) -> None:
        self._crew, self._reply, self._parse = crew, reply, parse
        self._deadline = None if timeout is None else time.monotonic() + timeout

    def result(self) -> Any:
        """Wait for the answer and return it. Raises `PoolCallError`."""
        left = None if self._deadline is None else max(self._deadline - time.monotonic(), 0.0)
        try:
            reply = self._reply.result(left)
        except futures.TimeoutError:
            self._crew.drop(self._reply)
            raise PoolCallError(grpc.StatusCode.DEADLINE_EXCEEDED, "The workers took too long.") from None
        except futures.CancelledError:
            raise PoolCallError(grpc.StatusCode.CANCELLED, "The call was cancelled.") from None
        except CallError as error:
            raise PoolCallError(error.code, error.message) from None
        if reply.code != _OK:
            raise PoolCallError(_CODES[reply.code], reply.content.decode(), reply.details)
        return self._parse(reply.content)

    def cancel(self) -> bool:
        """Give the call up if no worker has it yet."""
        return self._reply.cancel()


class _NoStream:
    """Stands for the call of a streaming method: it ends before the first answer."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __iter__(self) -> _NoStream:
        return self

    def __next__(self) -> NoReturn:
        words = "A pool of workers answers no streams. Use resolve_many, or a server."
        raise PoolCallError(grpc.StatusCode.UNIMPLEMENTED, words)

    def cancel(self) -> bool:
        """There is nothing to cancel."""
        return False
