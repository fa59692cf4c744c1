"""Every status becomes its own class, with everything that the server said about it."""

from __future__ import annotations

import inspect
from typing import Any

import grpc
import pytest
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2
from zhengming.client import Client, errors

FAILURES = [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK]


@pytest.mark.parametrize("code", FAILURES)
def test_every_status_has_a_class_of_its_own(code: grpc.StatusCode) -> None:
    """No status can reach a caller unmapped."""
    cls = errors.class_for(code)
    assert cls.status_code is code
    assert issubclass(cls, errors.CallError)
    assert [other for other in FAILURES if errors.class_for(other) is cls] == [code]


def test_the_picture_shows_every_class() -> None:
    """The tree at the top of the module is complete."""
    classes = [
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.ZhengmingError)
    ]
    assert [name for name in classes if name not in (errors.__doc__ or "")] == []


@pytest.mark.parametrize("code", FAILURES)
def test_statuses_arrive_over_the_wire(server: Any, code: grpc.StatusCode) -> None:
    """What a real server aborts with is what the caller can catch."""
    server.fail("SuggestFirms", code, times=5)
    with Client(server.address) as client, pytest.raises(errors.class_for(code)) as caught:
        client.suggest("寒")
    assert caught.value.code is code
    assert caught.value.message == "scripted"


def test_details_become_attributes(server: Any) -> None:
    """Field violations, reason, metadata, request ID and wait are fields, not text to be parsed."""
    server.fail(
        "Resolve",
        grpc.StatusCode.INVALID_ARGUMENT,
        message="bad request",
        details=(
            error_details_pb2.BadRequest(field_violations=[{"field": "context.exchange", "description": "is no MIC"}]),
            error_details_pb2.ErrorInfo(reason="BAD_MIC", metadata={"max_items": "1000"}),
            error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=1, nanos=500_000_000)),
            error_details_pb2.RequestInfo(request_id="r-7"),
            duration_pb2.Duration(seconds=1),  # A kind of detail that this client does not know.
        ),
    )
    with Client(server.address) as client, pytest.raises(errors.InvalidArgumentError) as caught:
        client.resolve("华为", request_id="mine")
    error = caught.value
    assert error.field_violations == (errors.FieldViolation("context.exchange", "is no MIC"),)
    assert (error.reason, dict(error.metadata)) == ("BAD_MIC", {"max_items": "1000"})
    assert (error.request_id, error.retry_after) == ("r-7", 1.5)
    assert str(error) == "INVALID_ARGUMENT: bad request; context.exchange: is no MIC; request r-7"


def test_request_id_of_the_caller_stands_in(server: Any) -> None:
    """Without a word of the server the caller's own ID is reported; a trailer of the server wins over it."""
    server.fail("Resolve", grpc.StatusCode.INTERNAL)
    server.fail("Resolve", grpc.StatusCode.INTERNAL, trailing=(("x-request-id", "theirs"),))
    with Client(server.address) as client:
        for expected in ("mine", "theirs"):
            with pytest.raises(errors.InternalError) as caught:
                client.resolve("华为", request_id="mine")
            assert caught.value.request_id == expected


def test_unreadable_details_do_not_hide_the_status() -> None:
    """A broken detail is passed over."""
    broken = any_pb2.Any(type_url="type.googleapis.com/google.rpc.BadRequest", value=b"\xff\xff")
    error = errors.from_status(status_pb2.Status(code=3, message="m", details=[broken]))
    assert isinstance(error, errors.InvalidArgumentError)
    assert error.field_violations == ()


@pytest.mark.parametrize("number", [0, 99])
def test_codes_from_the_future_are_unknown(number: int) -> None:
    """A batch item with a code that nobody knows, or with OK, is an UNKNOWN error and no crash."""
    assert isinstance(errors.from_status(status_pb2.Status(code=number)), errors.UnknownError)
