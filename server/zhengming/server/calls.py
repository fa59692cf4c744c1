"""Wire a servicer to gRPC from the service's descriptor, so that no method can be forgotten.

The generated registration is not used because of what it does with broken input: bytes that do not parse are answered
UNKNOWN with the exception's text. Here they are INVALID_ARGUMENT with a fixed text, and a fault of ours is INTERNAL with
a fixed text and a line in the log. There are no interceptors: each one would cost every call a coroutine.

A servicer has one attribute a method, named as in the contract: a plain function or a coroutine function for unary
methods, an async generator function for streams. It returns a message or a serialised one, and refuses with `CallError`.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn

import grpc
import grpc.aio
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from zhengming.server.errors import CallError, internal, malformed_message
from zhengming.server.logs import LOG, event

Context = grpc.aio.ServicerContext[Any, Any]

DETAILS_KEY = "grpc-status-details-bin"
"""Trailing metadata in which gRPC carries a google.rpc.Status."""
MAX_REQUEST_ID = 128
MAX_DETAILS_BYTES = 4096
"""Largest google.rpc.Status sent; clients refuse 8 KiB of metadata by default, and would lose the status with it."""


class _Malformed:
    """Stands for a request that did not parse."""


_MALFORMED = _Malformed()


def handlers(service: ServiceDescriptor, servicer: object) -> grpc.GenericRpcHandler:
    """Return the handlers of a service. Raises `AttributeError` when the servicer lacks one of its methods."""
    made = {method.name: _handler(method, getattr(servicer, method.name)) for method in service.methods}
    return grpc.method_handlers_generic_handler(service.full_name, made)


def _handler(method: MethodDescriptor, implementation: Callable[..., Any]) -> grpc.RpcMethodHandler[Any, Any]:
    name = method.full_name
    read = _reader(GetMessageClass(method.input_type))
    # mypy: the constructors are typed for synchronous handlers only.
    if method.client_streaming:
        if not method.server_streaming:
            raise NotImplementedError(f"{name}: the contract has no such kind of method")
        streaming: Any = _bidirectional(name, implementation)
        return grpc.stream_stream_rpc_method_handler(streaming, read, _serialise)
    if method.server_streaming:
        # Only health's Watch: it writes by itself and answers for its own faults.
        return grpc.unary_stream_rpc_method_handler(_watch(name, implementation), read, _serialise)
    unary: Any = _unary(name, implementation)
    return grpc.unary_unary_rpc_method_handler(unary, read, _serialise)


def _reader(message_class: type[Message]) -> Callable[[bytes], Any]:
    parse = message_class.FromString

    def read(content: bytes) -> Message | _Malformed:
        try:
            return parse(content)
        except DecodeError:
            return _MALFORMED

    return read


def _serialise(answer: bytes | Message) -> bytes:
    return answer if type(answer) is bytes else answer.SerializeToString(deterministic=True)  # type: ignore[union-attr]


def _unary(name: str, implementation: Callable[..., Any]) -> Callable[[Any, Context], Any]:
    if inspect.iscoroutinefunction(implementation):

        async def call(request: Any, context: Context) -> Any:
            try:
                if request is _MALFORMED:
                    raise malformed_message()
                return await implementation(request, context)
            except CallError as error:
                await refuse(context, name, error, request)
            except grpc.aio.AbortError:
                raise
            except Exception:
                await refuse(context, name, _fault(name, request), request)

        return call

    async def call_plain(request: Any, context: Context) -> Any:
        try:
            if request is _MALFORMED:
                raise malformed_message()
            return implementation(request, context)
        except CallError as error:
            await refuse(context, name, error, request)
        except Exception:
            await refuse(context, name, _fault(name, request), request)

    return call_plain


def _bidirectional(name: str, implementation: Callable[..., Any]) -> Callable[[Any, Context], AsyncIterator[Any]]:
    async def checked(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for request in requests:
            if request is _MALFORMED:
                raise malformed_message()
            yield request

    async def call(requests: AsyncIterator[Any], context: Context) -> AsyncIterator[Any]:
        try:
            async for answer in implementation(checked(requests), context):
                yield answer
        except CallError as error:
            await refuse(context, name, error)
        except grpc.aio.AbortError:
            raise
        except Exception:
            await refuse(context, name, _fault(name))

    return call


def _watch(name: str, implementation: Callable[..., Any]) -> Any:
    async def call(request: Any, context: Context) -> None:
        if request is _MALFORMED:
            await refuse(context, name, malformed_message())
        await implementation(request, context)

    return call


def _fault(name: str, request: object = None) -> CallError:
    event(logging.ERROR, "a call failed by our fault", trace=True, method=name, request_id=request_id_of(request))
    return internal()


def request_id_of(request: object) -> str:
    """Return the caller's own ID of a request, cut to the limit; empty where there is none."""
    return str(getattr(request, "request_id", ""))[:MAX_REQUEST_ID]


async def refuse(context: Context, name: str, error: CallError, request: object = None) -> NoReturn:
    """End a call with the status of an error and its google.rpc details."""
    # Here, not above: an answer needs no error details, and a server that never refuses never loads them.
    from zhengming.server.convert import rpc_status

    if LOG.isEnabledFor(logging.DEBUG):
        event(
            logging.DEBUG,
            "call refused",
            method=name,
            status=error.code.name,
            reason=error.reason,
            request_id=request_id_of(request),
        )
    status = rpc_status(error).SerializeToString(deterministic=True)
    if len(status) > MAX_DETAILS_BYTES:
        shorter = CallError(
            error.code, error.message, error.reason, error.violations[:3], error.metadata, error.retry_seconds
        )
        status = rpc_status(shorter).SerializeToString(deterministic=True)
    await context.abort(error.code, error.message, ((DETAILS_KEY, status),))
    raise asyncio.CancelledError  # pragma: no cover - abort always raises
