"""Everything that this package raises on purpose.

ServerError
├── SettingsError    a setting is wrong               → one sentence, exit status 2
├── StartError       table or address cannot be used  → one sentence, exit status 3
├── SnapshotError    a snapshot file is refused       → compiled anew, never answered from
└── CallError        a call is refused                → its gRPC status, with google.rpc details
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import grpc


class ServerError(Exception):
    """Base of the errors of this package."""


class SettingsError(ServerError):
    """A setting is wrong. The text says what, and what to do."""


class StartError(ServerError):
    """The server cannot start: the table cannot be read or compiled, or the address cannot be bound."""


class SnapshotError(ServerError):
    """A snapshot file is damaged, cut off, of another schema, or made for another table or engine."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One field of a request that breaks a limit of the contract."""

    field: str
    """Path of the field in the request, such as `context.identifiers[2].value`."""
    reason: str
    """Stable word in UPPER_SNAKE_CASE, for programs."""
    description: str
    """One sentence for people: what is wrong and what to send instead."""


class CallError(ServerError):
    """A call (or one item of a batch) that gets a status other than OK."""

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        reason: str,
        violations: tuple[Violation, ...] = (),
        metadata: Mapping[str, str] | None = None,
        retry_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        """Text of the status. Fixed or made of limits and field names; never internals, never the query."""
        self.reason = reason
        """`ErrorInfo.reason`: stable word in UPPER_SNAKE_CASE."""
        self.violations = violations
        """What is wrong with which field (`BadRequest`)."""
        self.metadata = dict(metadata or {})
        """`ErrorInfo.metadata`, such as the limit that was passed."""
        self.retry_seconds = retry_seconds
        """Seconds after which trying again makes sense (`RetryInfo`). None: trying again does not help."""


def invalid(*violations: Violation, metadata: Mapping[str, str] | None = None) -> CallError:
    """Return the INVALID_ARGUMENT for one or more violations; the first one gives text and reason."""
    return CallError(
        grpc.StatusCode.INVALID_ARGUMENT,
        " ".join(violation.description for violation in violations[:3]),
        violations[0].reason,
        violations,
        metadata,
    )


def malformed_message() -> CallError:
    """Return the answer to bytes that are not the method's request message, or hold text that is not UTF-8."""
    return CallError(
        grpc.StatusCode.INVALID_ARGUMENT,
        "The request is not a well-formed message of this method. Send protobuf with UTF-8 text.",
        "MALFORMED_MESSAGE",
    )


def loading() -> CallError:
    """Return the answer while no snapshot is there yet."""
    return CallError(
        grpc.StatusCode.UNAVAILABLE, "The server is loading its table. Try again shortly.", "LOADING", retry_seconds=1.0
    )


def internal() -> CallError:
    """Return the answer to a fault of ours. Details go to the log only."""
    return CallError(
        grpc.StatusCode.INTERNAL, "The server failed on this request. Its log says why; please report it.", "INTERNAL"
    )


def deadline_passed() -> CallError:
    """Return the answer when the caller's deadline passed while we worked; the caller has mostly left already."""
    return CallError(grpc.StatusCode.DEADLINE_EXCEEDED, "The deadline passed before the answer was ready.", "DEADLINE")


def overloaded(what: str, retry_seconds: float) -> CallError:
    """Return the answer when more is asked for at once than is let in."""
    return CallError(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        f"The server has too many {what} at work. Try again shortly.",
        "OVERLOADED",
        retry_seconds=retry_seconds,
    )
