"""Requests from plain strings. Shared by both clients; no I/O here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TypeAlias

import grpc
from zhengming.client.errors import InvalidArgumentError
from zhengming.v1.resolver_pb2 import (
    CompareNamesRequest,
    ExplainResolutionRequest,
    LinkOptions,
    LinkTextRequest,
    Profile,
    QueryContext,
    ResolveOptions,
    ResolveRequest,
)

Query: TypeAlias = str | tuple[str, QueryContext | None]
"""A name, or a name with what else is known of it."""

LinkInput: TypeAlias = str | tuple[str, str]
"""A text, or a text with its day, YYYY-MM-DD."""


def build_request(query: Query, options: ResolveOptions | None, request_id: str) -> ResolveRequest:
    """Return the request for one name.

    Raises:
        InvalidArgumentError: for text that UTF-8 cannot express (lone surrogates).
    """
    text, context = (query, None) if isinstance(query, str) else query
    with _expressible("query"):
        return ResolveRequest(query=text, context=context, options=options, request_id=request_id)


def build_explain_request(
    query: Query, firm: str, options: ResolveOptions | None, request_id: str
) -> ExplainResolutionRequest:
    """Return the request to explain one name.

    Raises:
        InvalidArgumentError: for text that UTF-8 cannot express (lone surrogates).
    """
    text, context = (query, None) if isinstance(query, str) else query
    with _expressible("query"):
        return ExplainResolutionRequest(query=text, context=context, options=options, firm=firm, request_id=request_id)


def build_compare_request(
    first: str, second: str, without_table: bool, profile: Profile.ValueType, request_id: str
) -> CompareNamesRequest:
    """Return the request to compare two names.

    Raises:
        InvalidArgumentError: for text that UTF-8 cannot express (lone surrogates).
    """
    with _expressible("a name"):
        return CompareNamesRequest(
            first=first, second=second, without_table=without_table, profile=profile, request_id=request_id
        )


def build_link_request(text: str, as_of: str, options: LinkOptions | None, request_id: str) -> LinkTextRequest:
    """Return the request to link one text.

    Raises:
        InvalidArgumentError: for text that UTF-8 cannot express (lone surrogates).
    """
    with _expressible("text"):
        return LinkTextRequest(text=text, as_of=as_of, options=options, request_id=request_id)


@contextlib.contextmanager
def _expressible(field: str) -> Iterator[None]:
    try:
        yield
    except (UnicodeEncodeError, ValueError) as error:
        # protobuf raises one or the other, depending on its implementation.
        message = f"{field} holds characters that UTF-8 cannot express"
        raise InvalidArgumentError(grpc.StatusCode.INVALID_ARGUMENT, message) from error
