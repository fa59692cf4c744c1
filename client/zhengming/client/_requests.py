"""Requests from plain strings, and answers put back in the caller's order. Shared by both clients; no I/O here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import grpc
from google.rpc import status_pb2
from zhengming.client.errors import InternalError, InvalidArgumentError
from zhengming.v1.resolver_pb2 import (
    BatchResolveRequest,
    BatchResolveResponse,
    CompareNamesRequest,
    ExplainResolutionRequest,
    Profile,
    Provenance,
    QueryContext,
    ResolveItem,
    ResolveItemResult,
    ResolveOptions,
    ResolveRequest,
)

Query: TypeAlias = str | tuple[str, QueryContext | None]
"""A name, or a name with what else is known of it."""

MAX_ITEMS: Final = 500
"""Names in one message. Half of the contract's limit: smaller batches keep several in flight evenly busy."""

_MAX_BYTES: Final = 512 * 1024
# Servers take requests of 1 MiB; half of it leaves room for options and framing.

_MAX_ITEM_BYTES: Final = 64 * 1024
# Far above what the contract allows for one name with its context. Such an item is refused here, in the server's
# words, because sending it would fail the other names of its batch.

_MAX_QUERY_BYTES: Final = 2048


@dataclass(slots=True)
class Batch:
    """Up to 500 names and the statuses of those that cannot be sent."""

    items: list[ResolveItem] = field(default_factory=list)
    """Names to send, in order."""
    faults: dict[int, status_pb2.Status] = field(default_factory=dict)
    """Position in the batch → why that name is not sent."""

    @property
    def size(self) -> int:
        """Names in the batch, sent or not."""
        return len(self.items) + len(self.faults)


def split_batches(queries: Iterable[Query], max_items: int = MAX_ITEMS) -> Iterator[Batch]:
    """Cut names into batches, lazily.

    Args:
        queries: names, any number.
        max_items: most names in a batch, 1 to 1,000.
    """
    batch, size = Batch(), 0
    for query in queries:
        item = build_item(query)
        if isinstance(item, ResolveItem):
            weight = item.ByteSize()
            if batch.items and size + weight > _MAX_BYTES:
                yield batch
                batch, size = Batch(), 0
            batch.items.append(item)
            size += weight
        else:
            batch.faults[batch.size] = item
        # At once, not when the next name comes: in a stream that may take long.
        if batch.size >= max_items:
            yield batch
            batch, size = Batch(), 0
    if batch.size:
        yield batch


def build_item(query: Query) -> ResolveItem | status_pb2.Status:
    """Return the message for one name, or INVALID_ARGUMENT when it cannot be put on the wire."""
    text, context = (query, None) if isinstance(query, str) else query
    try:
        encoded = text.encode("utf-8")
    except UnicodeEncodeError:
        return _invalid("query holds bytes that are not valid text in the encoding it was read with")
    if len(encoded) > _MAX_QUERY_BYTES:
        return _invalid(f"query is {len(encoded):,} bytes long; at most {_MAX_QUERY_BYTES:,} are allowed")
    item = ResolveItem(query=text, context=context)
    if item.ByteSize() > _MAX_ITEM_BYTES:
        return _invalid(f"query and context are {item.ByteSize():,} bytes long; at most {_MAX_ITEM_BYTES:,} are sent")
    return item


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


@contextlib.contextmanager
def _expressible(field: str) -> Iterator[None]:
    try:
        yield
    except (UnicodeEncodeError, ValueError) as error:
        # protobuf raises one or the other, depending on its implementation.
        message = f"{field} holds characters that UTF-8 cannot express"
        raise InvalidArgumentError(grpc.StatusCode.INVALID_ARGUMENT, message) from error


def batch_request(batch: Batch, options: ResolveOptions | None, request_id: str) -> BatchResolveRequest:
    """Return the request for a batch."""
    return BatchResolveRequest(items=batch.items, options=options, request_id=request_id)


def put_back(batch: Batch, results: Sequence[ResolveItemResult]) -> list[ResolveItemResult]:
    """Return one result for each name of the batch, in order.

    Raises:
        InternalError: when the server answered a number of items other than it was asked; guessing which answer
            belongs to which name would be worse than failing.
    """
    if len(results) != len(batch.items):
        message = f"the server answered {len(results)} of {len(batch.items)} items"
        raise InternalError(grpc.StatusCode.INTERNAL, message)
    if not batch.faults:
        return list(results)
    answers = iter(results)
    return [
        ResolveItemResult(error=batch.faults[position]) if position in batch.faults else next(answers)
        for position in range(batch.size)
    ]


def add_provenance(results: Iterable[ResolveItemResult], provenance: Provenance) -> None:
    """Copy what a batch was computed with into each of its resolutions."""
    for result in results:
        if result.HasField("resolution"):
            result.resolution.provenance.CopyFrom(provenance)


def join_batches(answers: Iterable[tuple[list[ResolveItemResult], Provenance | None]]) -> BatchResolveResponse:
    """Return the answers to several batches as one.

    `provenance` is set where all batches agree. When the server changed its snapshot in between, it stays empty and
    each resolution carries its own: no answer loses what it was computed with.

    Args:
        answers: results of each batch with its provenance; None for a batch of which nothing was sent.
    """
    parts = list(answers)
    whole = BatchResolveResponse()
    kinds = {part.SerializeToString(deterministic=True): part for _, part in parts if part is not None}
    if len(kinds) == 1:
        whole.provenance.CopyFrom(next(iter(kinds.values())))
    for results, provenance in parts:
        if len(kinds) > 1 and provenance is not None:
            add_provenance(results, provenance)
        whole.results.extend(results)
    return whole


def _invalid(message: str) -> status_pb2.Status:
    return status_pb2.Status(code=grpc.StatusCode.INVALID_ARGUMENT.value[0], message=message)
