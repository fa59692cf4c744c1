"""Failed calls and jobs in the user's words: what happened, what to do, and with which exit code to end."""

from __future__ import annotations

from typing import Final

from zhengming.client import errors
from zhengming.client.cli._exit import CommandError, Exit

_ADVICE: Final[dict[type[errors.CallError], tuple[Exit, str, str]]] = {
    errors.UnavailableError: (
        Exit.UNREACHABLE,
        "No server answers at {address}: {message}",
        "Check the address, or leave out --address to use the embedded server.",
    ),
    errors.DeadlineExceededError: (
        Exit.UNREACHABLE,
        "The server at {address} did not answer in time.",
        "Try again, or allow more seconds with --timeout.",
    ),
    errors.ResourceExhaustedError: (
        Exit.UNREACHABLE,
        "The server at {address} refused the call: {message}",
        "Try again later, or send less at a time.",
    ),
    errors.TransientError: (
        Exit.UNREACHABLE,
        "The call to {address} was broken off: {message}",
        "Try again.",
    ),
    errors.UnauthenticatedError: (
        Exit.NOT_PERMITTED,
        "The server at {address} does not know who is calling: {message}",
        "Ask its operator for access.",
    ),
    errors.AccessError: (
        Exit.NOT_PERMITTED,
        "The server at {address} does not permit this: {message}",
        "Ask its operator for access.",
    ),
    errors.InvalidArgumentError: (
        Exit.USAGE,
        "The server refused the request: {message}",
        "Correct it and try again.",
    ),
    errors.NotFoundError: (
        Exit.USAGE,
        "There is no such firm: {message}",
        "Look for its ID with `zhengming search WORDS` or `zhengming resolve NAME`.",
    ),
    errors.RequestError: (
        Exit.USAGE,
        "The server cannot do what was asked: {message}",
        "Change the request and try again.",
    ),
    errors.UnimplementedError: (
        Exit.UNREACHABLE,
        "The server at {address} is older than this client and does not know the call.",
        "Upgrade the server.",
    ),
    errors.CallError: (
        Exit.UNREACHABLE,
        "The server at {address} failed: {message}",
        "Report it to its operator{request}.",
    ),
}


_CHECK_TLS: Final = "Check --tls and --no-tls, and name its root certificates with --ca-file."
_UNREACHABLE: Final = (
    ("lookup failed", "the host name is not known.", ""),
    ("Connection refused", "nothing listens there.", ""),
    ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted here.", _CHECK_TLS),
    ("handshake failed", "there is no agreement on TLS.", _CHECK_TLS),
)
"""What gRPC's core says of a connection in words of its own (a part of it), ours, and what to do; empty: the usual."""


def advise(error: errors.CallError, address: str) -> CommandError:
    """Return a failed call as an error of the command.

    Args:
        error: the failure.
        address: where the call went, for the message.
    """
    known = next(kind for kind in type(error).__mro__ if kind in _ADVICE)
    exit_code, what, todo = _ADVICE[known]
    request = f" with the request ID {error.request_id}" if error.request_id else ""
    message = describe(error).rstrip(".") + "."
    if isinstance(error, errors.UnavailableError):
        for part, ours, advice in _UNREACHABLE:
            if part in message:
                message, todo = ours, advice or todo
                break
    return CommandError(exit_code, what.format(address=address, message=message), todo.format(request=request))


def exit_code_of(error: errors.JobError) -> Exit:
    """Return how to end when a job cannot go on; its words it brings itself."""
    if isinstance(error, errors.AccountingError):
        return Exit.INCONSISTENT
    return Exit.USAGE if isinstance(error, errors.ColumnError | errors.CheckpointError) else Exit.UNREADABLE


def describe(error: errors.CallError) -> str:
    """Return the server's text with the fields that it complains of."""
    fields = ", ".join(
        each.description if each.description.startswith(each.field) else f"{each.field}: {each.description}"
        for each in error.field_violations
    )
    if not fields:
        return error.message or error.code.name
    return f"{error.message} ({fields})" if error.message and error.message not in fields else fields
