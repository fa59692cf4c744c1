"""What can go wrong in a call, one class for each gRPC status.

    ZhengmingError
    ├── NotInstalledError              an optional part of the distribution is missing
    ├── JobError                       a CSV job cannot go on; `what` and `todo` say it in a sentence each
    │   ├── UnreadableInputError       the file is missing, empty, or not in the encoding it was read with
    │   ├── ColumnError                the column to read is not there, or cannot be guessed
    │   ├── CheckpointError            there is no unfinished job to resume, or not this one
    │   ├── OutputError                the result cannot be written in the form asked for
    │   └── AccountingError            rows read do not add up with rows written and rejected: a fault of this program
    └── CallError                      a call ended with a status other than OK
        ├── RequestError               the request is at fault: change it, do not repeat it
        │   ├── InvalidArgumentError   a field breaks a rule; `field_violations` says which
        │   ├── NotFoundError          no firm with this ID (an unknown *name* is an answer, not an error)
        │   ├── AlreadyExistsError     the thing to be made is there already
        │   ├── FailedPreconditionError  such as: the pinned snapshot is gone
        │   └── OutOfRangeError        a page or an offset past the end
        ├── AccessError                the caller is at fault
        │   ├── UnauthenticatedError   who is calling is not known
        │   └── PermissionDeniedError  the caller may not do this
        ├── TransientError             the same call may succeed later; `retry_after` may say when
        │   ├── UnavailableError       no server answers, or it is still loading
        │   ├── DeadlineExceededError  no answer within the timeout
        │   ├── ResourceExhaustedError the server is full, or the message is too large
        │   ├── CallCancelledError     the call was cancelled on the way
        │   └── AbortedError           a concurrent change came first
        └── ServerFaultError           the server is at fault; report it with `request_id`
            ├── InternalError
            ├── UnknownError
            ├── DataLossError
            └── UnimplementedError     the server is older than this client

"Not found" and "ambiguous" names are outcomes of a `Resolution` and never raise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

_MessageT = TypeVar("_MessageT", bound=Message)

_DETAILS_KEY: Final = "grpc-status-details-bin"
_REQUEST_ID_KEY: Final = "x-request-id"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One broken rule of a request."""

    field: str
    """Path of the field, such as `context.exchange`."""
    description: str
    """The rule, in English."""


class ZhengmingError(Exception):
    """Base of everything that this package raises on purpose."""


class NotInstalledError(ZhengmingError):
    """An optional part of the distribution is missing."""

    def __init__(self, what: str, extra: str, why: str) -> None:
        """Make the error.

        Args:
            what: what is missing.
            extra: the extra that brings it.
            why: how that was found out.
        """
        super().__init__(f"{what} is not installed ({why}). Install it with `pip install 'zhengming[{extra}]'`.")
        self.why = why


class JobError(ZhengmingError):
    """A CSV job cannot go on. Nothing was written."""

    def __init__(self, what: str, todo: str) -> None:
        """Make the error.

        Args:
            what: what happened, one sentence with full stop.
            todo: what to do about it, one sentence with full stop.
        """
        super().__init__(f"{what} {todo}")
        self.what = what
        self.todo = todo


class UnreadableInputError(JobError):
    """The input cannot be read as rows at all. Single bad rows are rejected instead."""


class ColumnError(JobError):
    """The column to read is not in the header, or cannot be guessed from it."""


class CheckpointError(JobError):
    """There is no unfinished job to go on with, or it is another one."""


class OutputError(JobError):
    """The result cannot be written in the form that was asked for."""


class AccountingError(JobError):
    """Rows read are not the sum of rows written and rejected."""


@dataclass(frozen=True, slots=True)
class _Details:
    """What `google.rpc.Status` carries besides code and message."""

    field_violations: tuple[FieldViolation, ...] = ()
    reason: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""
    retry_after: float | None = None


class CallError(ZhengmingError):
    """A call ended with a status other than OK."""

    status_code: ClassVar[grpc.StatusCode | None] = None
    """The status that this class stands for. None for the groups."""

    code: grpc.StatusCode
    """The status that the call ended with."""
    message: str
    """The server's text, or gRPC's own."""
    field_violations: tuple[FieldViolation, ...]
    """Broken rules, in the server's order. Empty when the server names none."""
    reason: str
    """Stable upper-case reason of `google.rpc.ErrorInfo`. Empty when there is none."""
    metadata: Mapping[str, str]
    """Facts of `google.rpc.ErrorInfo`, such as `max_items`."""
    request_id: str
    """ID under which the server logged the call, else the one that the caller sent. May be empty."""
    retry_after: float | None
    """Seconds to wait before trying again. None: the server did not say."""

    def __init__(self, code: grpc.StatusCode, message: str, details: _Details | None = None) -> None:
        details = details or _Details()
        self.code = code
        self.message = message
        self.field_violations = details.field_violations
        self.reason = details.reason
        self.metadata = details.metadata
        self.request_id = details.request_id
        self.retry_after = details.retry_after
        super().__init__(message)

    def __str__(self) -> str:
        parts = [f"{self.code.name}: {self.message}"]
        parts += [f"{violation.field}: {violation.description}" for violation in self.field_violations]
        if self.request_id:
            parts.append(f"request {self.request_id}")
        return "; ".join(parts)


class RequestError(CallError):
    """The request is at fault; repeating it will not help."""


class InvalidArgumentError(RequestError):
    """A field of the request breaks a rule."""

    status_code = grpc.StatusCode.INVALID_ARGUMENT


class NotFoundError(RequestError):
    """No resource has this name."""

    status_code = grpc.StatusCode.NOT_FOUND


class AlreadyExistsError(RequestError):
    """The resource is there already."""

    status_code = grpc.StatusCode.ALREADY_EXISTS


class FailedPreconditionError(RequestError):
    """The state of the server does not allow the call, such as a pinned snapshot that is gone."""

    status_code = grpc.StatusCode.FAILED_PRECONDITION


class OutOfRangeError(RequestError):
    """A page or an offset lies past the end."""

    status_code = grpc.StatusCode.OUT_OF_RANGE


class AccessError(CallError):
    """The caller is not known or not allowed."""


class UnauthenticatedError(AccessError):
    """Who is calling is not known."""

    status_code = grpc.StatusCode.UNAUTHENTICATED


class PermissionDeniedError(AccessError):
    """The caller may not do this."""

    status_code = grpc.StatusCode.PERMISSION_DENIED


class TransientError(CallError):
    """The same call may succeed later."""


class UnavailableError(TransientError):
    """No server answers, or it is still loading. The client has retried before raising this."""

    status_code = grpc.StatusCode.UNAVAILABLE


class DeadlineExceededError(TransientError):
    """No answer came within the timeout."""

    status_code = grpc.StatusCode.DEADLINE_EXCEEDED


class ResourceExhaustedError(TransientError):
    """The server is full (then `retry_after` is set) or the message is too large (then it is None)."""

    status_code = grpc.StatusCode.RESOURCE_EXHAUSTED


class CallCancelledError(TransientError):
    """The call was cancelled, by the caller or by a server that is stopping."""

    status_code = grpc.StatusCode.CANCELLED


class AbortedError(TransientError):
    """A concurrent change came first."""

    status_code = grpc.StatusCode.ABORTED


class ServerFaultError(CallError):
    """The server is at fault."""


class InternalError(ServerFaultError):
    """Something inside the server broke."""

    status_code = grpc.StatusCode.INTERNAL


class UnknownError(ServerFaultError):
    """The server gave no usable status."""

    status_code = grpc.StatusCode.UNKNOWN


class DataLossError(ServerFaultError):
    """The server lost data or answered incompletely."""

    status_code = grpc.StatusCode.DATA_LOSS


class UnimplementedError(ServerFaultError):
    """The server does not know the method."""

    status_code = grpc.StatusCode.UNIMPLEMENTED


_CLASSES: Final[tuple[type[CallError], ...]] = (
    InvalidArgumentError,
    NotFoundError,
    AlreadyExistsError,
    FailedPreconditionError,
    OutOfRangeError,
    UnauthenticatedError,
    PermissionDeniedError,
    UnavailableError,
    DeadlineExceededError,
    ResourceExhaustedError,
    CallCancelledError,
    AbortedError,
    InternalError,
    UnknownError,
    DataLossError,
    UnimplementedError,
)
_BY_CODE: Final[dict[grpc.StatusCode, type[CallError]]] = {
    cls.status_code: cls for cls in _CLASSES if cls.status_code is not None
}
_BY_NUMBER: Final[dict[int, grpc.StatusCode]] = {code.value[0]: code for code in grpc.StatusCode}


def class_for(code: grpc.StatusCode) -> type[CallError]:
    """Return the class that stands for a status.

    Args:
        code: any status but OK.

    Raises:
        KeyError: for OK, which is no error.
    """
    return _BY_CODE[code]


def from_rpc_error(error: grpc.RpcError, request_id: str = "") -> CallError:
    """Turn what grpc raises into the class of its status.

    Args:
        error: raised by a stub, synchronous or asyncio.
        request_id: ID that the caller sent; used where the server names none.
    """
    # grpc promises these methods for errors raised by a call, but types the base class without them.
    call: Any = error
    code: grpc.StatusCode = call.code() or grpc.StatusCode.UNKNOWN
    trailing: dict[str, str | bytes] = dict(call.trailing_metadata() or ())
    status = _parse(status_pb2.Status, trailing.get(_DETAILS_KEY, b""))
    server_request_id = trailing.get(_REQUEST_ID_KEY, "")
    if isinstance(server_request_id, bytes):
        server_request_id = server_request_id.decode("ascii", "replace")
    details = _read_details(status.details if status else (), server_request_id or request_id)
    return class_for(code)(code, call.details() or "", details)


def from_status(status: status_pb2.Status) -> CallError:
    """Turn the status of one batch item into an error, for callers who prefer to raise it.

    A code that this client does not know becomes UNKNOWN, as the gRPC specification asks.
    """
    code = _BY_NUMBER.get(status.code, grpc.StatusCode.UNKNOWN)
    if code is grpc.StatusCode.OK:
        code = grpc.StatusCode.UNKNOWN
    return class_for(code)(code, status.message, _read_details(status.details, ""))


def _read_details(packed: Iterable[Any], request_id: str) -> _Details:
    violations: list[FieldViolation] = []
    reason = ""
    metadata: dict[str, str] = {}
    retry_after: float | None = None
    for item in packed:
        kind = item.type_url.rsplit("/", 1)[-1]
        if kind == "google.rpc.BadRequest" and (bad := _parse(error_details_pb2.BadRequest, item.value)):
            violations += [FieldViolation(each.field, each.description) for each in bad.field_violations]
        elif kind == "google.rpc.ErrorInfo" and (info := _parse(error_details_pb2.ErrorInfo, item.value)):
            reason, metadata = info.reason, dict(info.metadata)
        elif kind == "google.rpc.RetryInfo" and (retry := _parse(error_details_pb2.RetryInfo, item.value)):
            retry_after = retry.retry_delay.seconds + retry.retry_delay.nanos / 1e9
        elif kind == "google.rpc.RequestInfo" and (named := _parse(error_details_pb2.RequestInfo, item.value)):
            request_id = named.request_id or request_id
    return _Details(tuple(violations), reason, metadata, request_id, retry_after)


def _parse(kind: type[_MessageT], data: bytes | str) -> _MessageT | None:
    """Parse, or None: details that cannot be read must not hide the status that they belong to."""
    message = kind()
    try:
        message.ParseFromString(data if isinstance(data, bytes) else b"")
    except DecodeError:
        return None
    return message
