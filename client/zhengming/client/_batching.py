"""Many inputs in few messages: cut into batches, and answers put back in the caller's order.

One machine for names and for texts: a `Kind` says what differs. No I/O here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeAlias, TypeVar

import grpc
from google.rpc import status_pb2
from zhengming.client._requests import LinkInput, Query
from zhengming.client.errors import InternalError
from zhengming.v1 import resolver_pb2 as resolver

InputT = TypeVar("InputT")
OptionsT = TypeVar("OptionsT")
ResultT = TypeVar("ResultT", resolver.ResolveItemResult, resolver.LinkTextItemResult)

MAX_NAMES: Final = 500
"""Names in one message. Half of the contract's limit: smaller batches keep several in flight evenly busy."""

MAX_TEXTS: Final = 100
"""Texts in one message: the contract's limit. Mostly the bytes of a batch come first."""

_MAX_NAME_BYTES: Final = 64 * 1024
# Far above what the contract allows for one name with its context. Such an item is refused here, in the server's
# words, because sending it would fail the other names of its batch.

_MAX_QUERY_BYTES: Final = 2048

MAX_TEXT_CODE_POINTS: Final = 1_000_000
"""Longest text of the contract. A longer one is refused here: it might be too large for any message."""


@dataclass(slots=True)
class Batch:
    """Inputs of one message, and the statuses of those that cannot be sent."""

    items: list[Any] = field(default_factory=list)
    """Items to send, in order: `ResolveItem` or `LinkTextItem`."""
    faults: dict[int, status_pb2.Status] = field(default_factory=dict)
    """Position in the batch → why that input is not sent."""

    @property
    def size(self) -> int:
        """Inputs of the batch, sent or not."""
        return len(self.items) + len(self.faults)


@dataclass(frozen=True, slots=True)
class Kind(Generic[InputT, OptionsT, ResultT]):
    """What differs between batches of names and batches of texts."""

    build_item: Callable[[InputT], Any]
    """Makes the item of an input, or the status that says why it cannot be sent."""
    max_items: int
    """Most inputs of a message of a unary call."""
    max_bytes: int
    """Bytes of items from which a message is full. A larger item goes alone."""
    method: str
    """The unary method."""
    stream_method: str
    """The streaming method."""
    request: Callable[..., Any]
    """The unary method's request."""
    stream_request: Callable[..., Any]
    """The streaming method's request."""
    result: Callable[..., ResultT]
    """The answer for one input."""
    answer: str
    """The result's field that holds a good answer."""

    def split(self, inputs: Iterable[InputT], max_items: int | None = None) -> Iterator[Batch]:
        """Cut inputs into batches, lazily.

        Args:
            inputs: any number.
            max_items: most inputs of a batch; None: as the unary method has it.
        """
        limit = self.max_items if max_items is None else max_items
        batch, size = Batch(), 0
        for each in inputs:
            item = self.build_item(each)
            if isinstance(item, status_pb2.Status):
                batch.faults[batch.size] = item
            else:
                weight = item.ByteSize()
                if batch.items and size + weight > self.max_bytes:
                    yield batch
                    batch, size = Batch(), 0
                batch.items.append(item)
                size += weight
            # At once, not when the next input comes: in a stream that may take long.
            if batch.size >= limit:
                yield batch
                batch, size = Batch(), 0
        if batch.size:
            yield batch

    def batch_request(self, batch: Batch, options: OptionsT | None, request_id: str) -> Any:
        """Return the unary method's request for a batch."""
        return self.request(items=batch.items, options=options, request_id=request_id)

    def put_back(self, batch: Batch, results: Sequence[ResultT]) -> list[ResultT]:
        """Return one result for each input of the batch, in order.

        Raises:
            InternalError: when the server answered a number of items other than it was asked; guessing which answer
                belongs to which input would be worse than failing.
        """
        if len(results) != len(batch.items):
            message = f"the server answered {len(results)} of {len(batch.items)} items"
            raise InternalError(grpc.StatusCode.INTERNAL, message)
        if not batch.faults:
            return list(results)
        answers = iter(results)
        return [
            self.result(error=batch.faults[position]) if position in batch.faults else next(answers)
            for position in range(batch.size)
        ]

    def add_provenance(self, results: Iterable[ResultT], provenance: resolver.Provenance) -> None:
        """Copy what a batch was computed with into each of its good answers."""
        for result in results:
            if result.WhichOneof("result") == self.answer:
                getattr(result, self.answer).provenance.CopyFrom(provenance)


def join_batches(
    answers: Iterable[tuple[list[resolver.ResolveItemResult], resolver.Provenance | None]],
) -> resolver.BatchResolveResponse:
    """Return the answers to several batches of names as one.

    `provenance` is set where all batches agree. When the server changed its snapshot in between, it stays empty and
    each resolution carries its own: no answer loses what it was computed with.

    Args:
        answers: results of each batch with its provenance; None for a batch of which nothing was sent.
    """
    parts = list(answers)
    whole = resolver.BatchResolveResponse()
    kinds = {part.SerializeToString(deterministic=True): part for _, part in parts if part is not None}
    if len(kinds) == 1:
        whole.provenance.CopyFrom(next(iter(kinds.values())))
    for results, provenance in parts:
        if len(kinds) > 1 and provenance is not None:
            NAMES.add_provenance(results, provenance)
        whole.results.extend(results)
    return whole


def _name_item(query: Query) -> resolver.ResolveItem | status_pb2.Status:
    """Return the item of one name, or INVALID_ARGUMENT when it cannot be put on the wire."""
    text, context = (query, None) if isinstance(query, str) else query
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        return _invalid("query holds bytes that are not valid text in the encoding it was read with")
    if size > _MAX_QUERY_BYTES:
        return _invalid(f"query is {size:,} bytes long; at most {_MAX_QUERY_BYTES:,} are allowed")
    item = resolver.ResolveItem(query=text, context=context)
    if item.ByteSize() > _MAX_NAME_BYTES:
        return _invalid(f"query and context are {item.ByteSize():,} bytes long; at most {_MAX_NAME_BYTES:,} are sent")
    return item


def _text_item(given: LinkInput) -> resolver.LinkTextItem | status_pb2.Status:
    """Return the item of one text, or INVALID_ARGUMENT when it cannot be put on the wire."""
    text, as_of = (given, "") if isinstance(given, str) else given
    if len(text) > MAX_TEXT_CODE_POINTS:
        allowed = f"at most {MAX_TEXT_CODE_POINTS:,} are allowed; cut it where a paragraph ends"
        return _invalid(f"text is {len(text):,} code points long; {allowed}")
    try:
        return resolver.LinkTextItem(text=text, as_of=as_of)
    except (UnicodeEncodeError, ValueError):
        # protobuf raises one or the other, depending on its implementation.
        return _invalid("text or day holds bytes that are not valid text in the encoding it was read with")


def _invalid(message: str) -> status_pb2.Status:
    return status_pb2.Status(code=grpc.StatusCode.INVALID_ARGUMENT.value[0], message=message)


NameKind: TypeAlias = Kind[Query, resolver.ResolveOptions, resolver.ResolveItemResult]
TextKind: TypeAlias = Kind[LinkInput, resolver.LinkOptions, resolver.LinkTextItemResult]

NAMES: Final[NameKind] = Kind(
    build_item=_name_item,
    max_items=MAX_NAMES,
    max_bytes=512 * 1024,
    method="BatchResolve",
    stream_method="StreamResolve",
    request=resolver.BatchResolveRequest,
    stream_request=resolver.StreamResolveRequest,
    result=resolver.ResolveItemResult,
    answer="resolution",
)
"""Names to resolve. An eighth of what servers take in a message: room for options, and even work."""

TEXTS: Final[TextKind] = Kind(
    build_item=_text_item,
    max_items=MAX_TEXTS,
    max_bytes=256 * 1024,
    method="BatchLinkText",
    stream_method="StreamLinkText",
    request=resolver.BatchLinkTextRequest,
    stream_request=resolver.StreamLinkTextRequest,
    result=resolver.LinkTextItemResult,
    answer="linked",
)
"""Texts to link. A message must be answered well within its 30 seconds also when four share one busy core: a megabyte of news
took three seconds there (measured), so a quarter of one is sent. The longest text goes alone, up to four million bytes."""
