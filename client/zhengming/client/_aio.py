"""The asyncio client: the same methods as `Client`, awaited."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import grpc
import grpc.aio
from zhengming.client import _batching, _requests
from zhengming.client._batching import NAMES, TEXTS, Batch, InputT, Kind, OptionsT, ResultT
from zhengming.client._channel import channel_options, credentials_for, wait_before_retry
from zhengming.client._requests import LinkInput, Query
from zhengming.client._service_config import BATCH_TIMEOUT, RESOLVE_TIMEOUT
from zhengming.client.errors import ResourceExhaustedError, from_rpc_error
from zhengming.v1 import catalog_pb2 as catalog
from zhengming.v1 import firm_pb2 as firm
from zhengming.v1 import resolver_pb2 as resolver
from zhengming.v1.catalog_pb2_grpc import CatalogServiceStub
from zhengming.v1.resolver_pb2_grpc import ResolverServiceStub

if TYPE_CHECKING:
    # These two exist for type checkers only; at run time one stub class serves both kinds of channel.
    from zhengming.v1.catalog_pb2_grpc import CatalogServiceAsyncStub
    from zhengming.v1.resolver_pb2_grpc import ResolverServiceAsyncStub

_Answer = TypeVar("_Answer")
_FIRMS_A_CALL: Final = 1000
_BatchAnswer = tuple[list[ResultT], resolver.Provenance | None]


class AsyncClient:
    """Resolves names and reads firms over gRPC from one event loop. Arguments and errors are those of `Client`.

    Make it inside the running loop; use it as an `async with` block or `await close()`.
    """

    def __init__(
        self,
        address: str,
        *,
        tls: bool | None = None,
        root_certificates: bytes | None = None,
        metadata: Sequence[tuple[str, str | bytes]] = (),
        timeout: float = RESOLVE_TIMEOUT,
        batch_timeout: float = BATCH_TIMEOUT,
    ) -> None:
        """Make the client; see `Client`."""
        credentials = credentials_for(address, tls, root_certificates)
        if credentials is None:
            self._channel = grpc.aio.insecure_channel(address, options=channel_options())
        else:
            self._channel = grpc.aio.secure_channel(address, credentials, options=channel_options())
        self._resolver = cast("ResolverServiceAsyncStub", ResolverServiceStub(self._channel))
        self._catalog = cast("CatalogServiceAsyncStub", CatalogServiceStub(self._channel))
        self._metadata = tuple(metadata)
        self._timeout = timeout
        self._batch_timeout = batch_timeout

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection; calls in flight end as cancelled. May be called twice."""
        await self._channel.close()

    # Resolving

    async def resolve(
        self,
        query: Query,
        *,
        options: resolver.ResolveOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
    ) -> resolver.Resolution:
        """Resolve one name; see `Client.resolve`."""
        request = _requests.build_request(query, options, request_id)
        return await self._call(self._resolver.Resolve, request, timeout, request_id=request_id)

    async def batch_resolve(
        self,
        queries: Iterable[Query] | AsyncIterable[Query],
        *,
        options: resolver.ResolveOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
        in_flight: int = 4,
        wait_for_ready: bool = True,
    ) -> resolver.BatchResolveResponse:
        """Resolve any number of names and return one result for each, in order; see `Client.batch_resolve`."""
        answers = self._batches(NAMES, queries, options, request_id, timeout, in_flight, wait_for_ready)
        return _batching.join_batches([answer async for answer in answers])

    async def resolve_many(
        self,
        queries: Iterable[Query] | AsyncIterable[Query],
        *,
        options: resolver.ResolveOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
        in_flight: int = 4,
        wait_for_ready: bool = True,
    ) -> AsyncIterator[resolver.ResolveItemResult]:
        """Resolve names as they come and yield one result for each, in order; see `Client.resolve_many`."""
        async for result in self._many(NAMES, queries, options, request_id, timeout, in_flight, wait_for_ready):
            yield result

    async def stream_resolve(
        self,
        queries: Iterable[Query] | AsyncIterable[Query],
        *,
        options: resolver.ResolveOptions | None = None,
        timeout: float | None = None,
        batch_size: int = 100,
        ahead: int = 16,
    ) -> AsyncGenerator[resolver.ResolveItemResult, None]:
        """Resolve names over one bidirectional stream; see `Client.stream_resolve`.

        Args:
            queries: names, or pairs of name and context; may be unbounded.
            options: how to answer, for all of them.
            timeout: seconds for the whole stream; None: no limit.
            batch_size: names a message, 1 to 1,000.
            ahead: messages that may be sent before their answers are taken.
        """
        answers = self._stream(NAMES, queries, options, timeout, batch_size, ahead)
        async with contextlib.aclosing(answers):
            async for result in answers:
                yield result

    async def explain(
        self,
        query: Query,
        *,
        firm: str = "",
        options: resolver.ResolveOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
    ) -> resolver.Explanation:
        """Resolve one name and return every step that led to the answer; see `Client.explain`."""
        request = _requests.build_explain_request(query, firm, options, request_id)
        return await self._call(self._resolver.ExplainResolution, request, timeout, request_id=request_id)

    async def compare(
        self,
        first: str,
        second: str,
        *,
        without_table: bool = False,
        profile: resolver.Profile.ValueType = resolver.PROFILE_UNSPECIFIED,
        request_id: str = "",
        timeout: float | None = None,
    ) -> resolver.NameComparison:
        """Tell whether two names are names of one firm; see `Client.compare`."""
        request = _requests.build_compare_request(first, second, without_table, profile, request_id)
        return await self._call(self._resolver.CompareNames, request, timeout, request_id=request_id)

    async def suggest(
        self, prefix: str, *, max_suggestions: int = 0, timeout: float | None = None
    ) -> resolver.SuggestFirmsResponse:
        """Complete the beginning of a name; see `Client.suggest`."""
        request = resolver.SuggestFirmsRequest(prefix=prefix, max_suggestions=max_suggestions)
        return await self._call(self._resolver.SuggestFirms, request, timeout)

    async def server_info(self, *, timeout: float | None = None, wait_for_ready: bool = False) -> resolver.ServerInfo:
        """Ask for versions and limits of the server."""
        request = resolver.GetServerInfoRequest()
        return await self._call(self._resolver.GetServerInfo, request, timeout, wait_for_ready=wait_for_ready)

    # Linking texts

    async def link(
        self,
        text: str,
        *,
        as_of: str = "",
        options: resolver.LinkOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
    ) -> resolver.LinkedText:
        """Find the firms that a text names; see `Client.link`."""
        request = _requests.build_link_request(text, as_of, options, request_id)
        seconds = self._batch_timeout if timeout is None else timeout
        return await self._call(self._resolver.LinkText, request, seconds, request_id=request_id)

    async def link_many(
        self,
        texts: Iterable[LinkInput] | AsyncIterable[LinkInput],
        *,
        options: resolver.LinkOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
        in_flight: int = 4,
        wait_for_ready: bool = True,
    ) -> AsyncIterator[resolver.LinkTextItemResult]:
        """Link texts as they come and yield one result for each, in order; see `Client.link_many`."""
        async for result in self._many(TEXTS, texts, options, request_id, timeout, in_flight, wait_for_ready):
            yield result

    async def stream_link(
        self,
        texts: Iterable[LinkInput] | AsyncIterable[LinkInput],
        *,
        options: resolver.LinkOptions | None = None,
        timeout: float | None = None,
        batch_size: int = 1,
        ahead: int = 16,
    ) -> AsyncGenerator[resolver.LinkTextItemResult, None]:
        """Link texts over one bidirectional stream; see `Client.stream_link`.

        Args:
            texts: texts, or pairs of text and day; may be unbounded.
            options: how to link, for all of them.
            timeout: seconds for the whole stream; None: no limit.
            batch_size: texts a message, 1 to 100.
            ahead: messages that may be sent before their answers are taken.
        """
        answers = self._stream(TEXTS, texts, options, timeout, batch_size, ahead)
        async with contextlib.aclosing(answers):
            async for result in answers:
                yield result

    # Reading the table

    async def get_firm(self, name: str, *, timeout: float | None = None) -> firm.Firm:
        """Return the record of a firm; see `Client.get_firm`."""
        return await self._call(self._catalog.GetFirm, catalog.GetFirmRequest(name=name), timeout)

    async def batch_get_firms(
        self, names: Iterable[str], *, timeout: float | None = None
    ) -> catalog.BatchGetFirmsResponse:
        """Return any number of firms in the order asked for; see `Client.batch_get_firms`."""
        wanted = list(names)
        whole = catalog.BatchGetFirmsResponse()
        for start in range(0, len(wanted), _FIRMS_A_CALL):
            request = catalog.BatchGetFirmsRequest(names=wanted[start : start + _FIRMS_A_CALL])
            seconds = self._batch_timeout if timeout is None else timeout
            answer = await self._call(self._catalog.BatchGetFirms, request, seconds, wait_for_ready=True)
            whole.items.extend(answer.items)
        return whole

    async def search(
        self,
        query: str,
        *,
        sector: str = "",
        tech_only: bool = False,
        page_size: int = 0,
        timeout: float | None = None,
    ) -> AsyncIterator[catalog.SearchFirmsResponse.Hit]:
        """Yield firms whose names contain the words, page by page as needed; see `Client.search`."""
        request = catalog.SearchFirmsRequest(query=query, sector=sector, tech_only=tech_only, page_size=page_size)
        while True:
            page = await self._call(self._catalog.SearchFirms, request, timeout)
            for hit in page.hits:
                yield hit
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def lookup_identifier(
        self,
        value: str,
        *,
        scheme: firm.IdentifierScheme.ValueType = firm.IDENTIFIER_SCHEME_UNSPECIFIED,
        mic: str = "",
        as_of: str = "",
        timeout: float | None = None,
    ) -> catalog.LookupIdentifierResponse:
        """Return the firms that hold or held a code; see `Client.lookup_identifier`."""
        request = catalog.LookupIdentifierRequest(value=value, scheme=scheme, mic=mic, as_of=as_of)
        return await self._call(self._catalog.LookupIdentifier, request, timeout)

    async def snapshot(self, name: str = "", *, timeout: float | None = None) -> firm.Snapshot:
        """Describe a snapshot; see `Client.snapshot`."""
        return await self._call(self._catalog.GetSnapshot, catalog.GetSnapshotRequest(name=name), timeout)

    # Calling

    async def _call(
        self,
        method: Callable[..., Awaitable[_Answer]],
        request: Any,
        timeout: float | None,
        *,
        request_id: str = "",
        wait_for_ready: bool = False,
    ) -> _Answer:
        """Call until it is answered, refused for good, or out of time."""
        deadline = time.monotonic() + (self._timeout if timeout is None else timeout)
        attempt = 0
        while True:
            try:
                return await method(
                    request,
                    timeout=max(deadline - time.monotonic(), 0.0),
                    metadata=self._metadata,
                    wait_for_ready=wait_for_ready,
                )
            except grpc.RpcError as error:
                failure = from_rpc_error(error, request_id)
                if not isinstance(failure, ResourceExhaustedError):
                    raise failure from error
            attempt += 1
            wait = wait_before_retry(failure.retry_after, attempt, deadline - time.monotonic())
            if wait is None:
                raise failure
            await asyncio.sleep(wait)

    async def _many(
        self,
        kind: Kind[InputT, OptionsT, ResultT],
        inputs: Iterable[InputT] | AsyncIterable[InputT],
        options: OptionsT | None,
        request_id: str,
        timeout: float | None,
        in_flight: int,
        wait_for_ready: bool,
    ) -> AsyncIterator[ResultT]:
        answers = self._batches(kind, inputs, options, request_id, timeout, in_flight, wait_for_ready)
        async for results, provenance in answers:
            if provenance is not None:
                kind.add_provenance(results, provenance)
            for result in results:
                yield result

    async def _stream(
        self,
        kind: Kind[InputT, OptionsT, ResultT],
        inputs: Iterable[InputT] | AsyncIterable[InputT],
        options: OptionsT | None,
        timeout: float | None,
        batch_size: int,
        ahead: int,
    ) -> AsyncGenerator[ResultT, None]:
        call = getattr(self._resolver, kind.stream_method)(
            timeout=timeout, metadata=self._metadata, wait_for_ready=True
        )
        sent: asyncio.Queue[Batch | None] = asyncio.Queue()
        room = asyncio.Semaphore(ahead)

        async def send() -> None:
            first = True
            try:
                async for batch in _split(kind, inputs, batch_size):
                    await room.acquire()
                    sent.put_nowait(batch)
                    if batch.items:
                        kept = options if first else None
                        await call.write(kind.stream_request(items=batch.items, options=kept))
                        first = False
                await call.done_writing()
            except (grpc.RpcError, asyncio.InvalidStateError):
                # The call is over; the reader meets the same error and reports it.
                return
            finally:
                # Ends the reader also when the caller's iterator raised; that error comes out of `await sender`.
                sent.put_nowait(None)

        sender = asyncio.create_task(send())
        try:
            while (batch := await sent.get()) is not None:
                answers: Sequence[ResultT] = ()
                if batch.items:
                    response = await call.read()
                    # At the end of the stream grpc returns a marker, which holds no results: `put_back` refuses it.
                    if response is not grpc.aio.EOF:
                        answers = response.results
                        kind.add_provenance(answers, response.provenance)
                for result in kind.put_back(batch, answers):
                    yield result
                room.release()
            await sender
        except grpc.RpcError as error:
            raise from_rpc_error(error) from error
        finally:
            sender.cancel()
            call.cancel()

    async def _batches(
        self,
        kind: Kind[InputT, OptionsT, ResultT],
        inputs: Iterable[InputT] | AsyncIterable[InputT],
        options: OptionsT | None,
        request_id: str,
        timeout: float | None,
        in_flight: int,
        wait_for_ready: bool,
    ) -> AsyncIterator[_BatchAnswer[ResultT]]:
        if in_flight < 1:
            raise ValueError(f"in_flight is {in_flight}; it must be at least 1")
        seconds = self._batch_timeout if timeout is None else timeout
        method = getattr(self._resolver, kind.method)

        async def one(batch: Batch) -> _BatchAnswer[ResultT]:
            if not batch.items:
                return kind.put_back(batch, ()), None
            request = kind.batch_request(batch, options, request_id)
            answer = await self._call(method, request, seconds, request_id=request_id, wait_for_ready=wait_for_ready)
            return kind.put_back(batch, answer.results), answer.provenance

        pending: deque[asyncio.Task[_BatchAnswer[ResultT]]] = deque()
        try:
            async for batch in _split(kind, inputs, kind.max_items):
                pending.append(asyncio.create_task(one(batch)))
                if len(pending) >= in_flight:
                    yield await pending.popleft()
            while pending:
                yield await pending.popleft()
        finally:
            for unfinished in pending:
                unfinished.cancel()


async def _split(
    kind: Kind[InputT, OptionsT, ResultT], inputs: Iterable[InputT] | AsyncIterable[InputT], max_items: int
) -> AsyncIterator[Batch]:
    """Cut inputs into batches, from either kind of iterable."""
    if not isinstance(inputs, AsyncIterable):
        for batch in kind.split(inputs, max_items):
            yield batch
        return
    gathered: list[InputT] = []
    async for each in inputs:
        gathered.append(each)
        if len(gathered) >= max_items:
            for batch in kind.split(gathered, max_items):
                yield batch
            gathered = []
    for batch in kind.split(gathered, max_items):
        yield batch
