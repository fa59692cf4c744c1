"""The synchronous client."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, TypeVar

import grpc
from zhengming.client import _batching, _requests
from zhengming.client._batching import NAMES, TEXTS, InputT, Kind, OptionsT, ResultT
from zhengming.client._channel import channel_options, credentials_for, wait_before_retry
from zhengming.client._requests import LinkInput, Query
from zhengming.client._service_config import BATCH_TIMEOUT, RESOLVE_TIMEOUT
from zhengming.client._stream import StreamFeed
from zhengming.client.errors import CallError, ResourceExhaustedError, from_rpc_error
from zhengming.v1 import catalog_pb2 as catalog
from zhengming.v1 import firm_pb2 as firm
from zhengming.v1 import resolver_pb2 as resolver
from zhengming.v1.catalog_pb2_grpc import CatalogServiceStub
from zhengming.v1.resolver_pb2_grpc import ResolverServiceStub

_Answer = TypeVar("_Answer")
_FIRMS_A_CALL: Final = 1000


class Client:
    """Resolves names and reads firms over gRPC. Safe to share between threads; make one and keep it.

    Every method raises a subclass of `CallError` when its call fails. Calls that end with UNAVAILABLE or CANCELLED are
    repeated up to four times, those refused by a full server when it said after how long; all within the timeout.
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
        """Make the client. No connection is opened before the first call.

        Args:
            address: `host:port`, or any gRPC target such as `dns:///resolver:443` or `unix:/run/zhengming.sock`.
            tls: True or False to choose; None (the default): plaintext on this machine, TLS to any other.
            root_certificates: PEM of the authorities to trust instead of gRPC's own. Asks for TLS.
            metadata: sent with each call, such as an authorization header.
            timeout: seconds for one name, one page or one record.
            batch_timeout: seconds for each message of a batch, and for one text to link.
        """
        credentials = credentials_for(address, tls, root_certificates)
        if credentials is None:
            channel = grpc.insecure_channel(address, options=channel_options())
        else:
            channel = grpc.secure_channel(address, credentials, options=channel_options())
        self._begin(channel, metadata, timeout, batch_timeout)

    @classmethod
    def over(
        cls, channel: grpc.Channel, *, timeout: float = RESOLVE_TIMEOUT, batch_timeout: float = BATCH_TIMEOUT
    ) -> Client:
        """Make a client on a channel that is there already, such as that of a pool of workers. Closing it closes the channel.

        Args:
            channel: takes the calls. Retries on UNAVAILABLE are its own affair.
            timeout: seconds for one name, one page or one record.
            batch_timeout: seconds for each message of a batch, and for one text to link.
        """
        client = cls.__new__(cls)
        client._begin(channel, (), timeout, batch_timeout)
        return client

    def _begin(
        self, channel: grpc.Channel, metadata: Sequence[tuple[str, str | bytes]], timeout: float, batch_timeout: float
    ) -> None:
        self._channel = channel
        self._resolver = ResolverServiceStub(self._channel)
        self._catalog = CatalogServiceStub(self._channel)
        self._metadata = tuple(metadata)
        self._timeout = timeout
        self._batch_timeout = batch_timeout

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; calls in flight end as cancelled. May be called twice."""
        self._channel.close()

    # Resolving

    def resolve(
        self,
        query: Query,
        *,
        options: resolver.ResolveOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
    ) -> resolver.Resolution:
        """Resolve one name.

        Args:
            query: the name, or a pair of name and context.
            options: how to answer; None: the server's defaults.
            request_id: the caller's own ID for logs, at most 128 printable ASCII characters.
            timeout: seconds, retries included; None: the client's.
        """
        request = _requests.build_request(query, options, request_id)
        return self._call(self._resolver.Resolve, request, timeout, request_id=request_id)

    def batch_resolve(
        self,
        queries: Iterable[Query],
        *,
        options: resolver.ResolveOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
        in_flight: int = 4,
        wait_for_ready: bool = True,
    ) -> resolver.BatchResolveResponse:
        """Resolve any number of names and return one result for each, in order.

        A name that breaks a rule gets an error item and disturbs no other. `provenance` of the answer is empty when
        the server changed its snapshot meanwhile; then each resolution carries its own.

        Args:
            queries: names, or pairs of name and context.
            options: how to answer, for all of them.
            request_id: the caller's own ID for logs, sent with each message.
            timeout: seconds for each message of up to 500 names; None: the client's batch timeout.
            in_flight: messages that may be under way at a time, at least 1.
            wait_for_ready: wait for a server within the timeout instead of failing at once when none answers.
        """
        answers = self._batches(NAMES, queries, options, request_id, timeout, in_flight, wait_for_ready)
        return _batching.join_batches(answers)

    def resolve_many(
        self,
        queries: Iterable[Query],
        *,
        options: resolver.ResolveOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
        in_flight: int = 4,
        wait_for_ready: bool = True,
    ) -> Iterator[resolver.ResolveItemResult]:
        """Resolve names as they come and yield one result for each, in order, in bounded memory.

        Reads ahead by `in_flight` messages of 500 names. Each resolution carries its provenance. Arguments as for
        `batch_resolve`. Faster in Python than `stream_resolve`.
        """
        return self._many(NAMES, queries, options, request_id, timeout, in_flight, wait_for_ready)

    def stream_resolve(
        self,
        queries: Iterable[Query],
        *,
        options: resolver.ResolveOptions | None = None,
        timeout: float | None = None,
        batch_size: int = 100,
    ) -> Generator[resolver.ResolveItemResult, None, None]:
        """Resolve names over one bidirectional stream and yield one result for each, in order.

        Close the generator to end the stream early. `queries` is read on another thread, at most 16 messages ahead of the results taken. An exception that it
        raises is raised here. Each resolution carries its provenance. A broken stream is not resumed: see
        `resolve_many`, which repeats failed messages.

        Args:
            queries: names, or pairs of name and context; may be unbounded.
            options: how to answer, for all of them.
            timeout: seconds for the whole stream; None: no limit.
            batch_size: names a message, 1 to 1,000.
        """
        return self._stream(NAMES, queries, options, timeout, batch_size)

    def explain(
        self,
        query: Query,
        *,
        firm: str = "",
        options: resolver.ResolveOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
    ) -> resolver.Explanation:
        """Resolve one name and return every step that led to the answer.

        Args:
            query: the name, or a pair of name and context.
            firm: a firm to ask about ("why not this one?"), `firms/{firm_id}` or the bare ID; empty: none.
            options: how to answer; None: the server's defaults.
            request_id: the caller's own ID for logs.
            timeout: seconds, retries included; None: the client's.

        Raises:
            NotFoundError: for an ID that was never given or is withdrawn.
        """
        request = _requests.build_explain_request(query, firm, options, request_id)
        return self._call(self._resolver.ExplainResolution, request, timeout, request_id=request_id)

    def compare(
        self,
        first: str,
        second: str,
        *,
        without_table: bool = False,
        profile: resolver.Profile.ValueType = resolver.PROFILE_UNSPECIFIED,
        request_id: str = "",
        timeout: float | None = None,
    ) -> resolver.NameComparison:
        """Tell whether two names are names of one firm.

        Args:
            first: one name.
            second: the other.
            without_table: hold only the names against each other.
            profile: how sure to be; unspecified: balanced.
            request_id: the caller's own ID for logs.
            timeout: seconds, retries included; None: the client's.
        """
        request = _requests.build_compare_request(first, second, without_table, profile, request_id)
        return self._call(self._resolver.CompareNames, request, timeout, request_id=request_id)

    def suggest(
        self, prefix: str, *, max_suggestions: int = 0, timeout: float | None = None
    ) -> resolver.SuggestFirmsResponse:
        """Complete the beginning of a name.

        Args:
            prefix: in any script.
            max_suggestions: 1 to 50; 0: the server's default of 10.
            timeout: seconds; None: the client's.
        """
        request = resolver.SuggestFirmsRequest(prefix=prefix, max_suggestions=max_suggestions)
        return self._call(self._resolver.SuggestFirms, request, timeout)

    def server_info(self, *, timeout: float | None = None, wait_for_ready: bool = False) -> resolver.ServerInfo:
        """Ask for versions and limits of the server."""
        request = resolver.GetServerInfoRequest()
        return self._call(self._resolver.GetServerInfo, request, timeout, wait_for_ready=wait_for_ready)

    # Linking texts

    def link(
        self,
        text: str,
        *,
        as_of: str = "",
        options: resolver.LinkOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
    ) -> resolver.LinkedText:
        """Find the firms that a text names.

        Args:
            text: raw text, 1 to 1,000,000 code points, in any script; nothing is rewritten.
            as_of: day of the text, YYYY-MM-DD; empty: not known.
            options: how to link; None: the server's defaults. Offsets are code points, as Python counts, unless
                `offset_encoding` says otherwise.
            request_id: the caller's own ID for logs, at most 128 printable ASCII characters.
            timeout: seconds, retries included; None: the client's batch timeout.
        """
        request = _requests.build_link_request(text, as_of, options, request_id)
        seconds = self._batch_timeout if timeout is None else timeout
        return self._call(self._resolver.LinkText, request, seconds, request_id=request_id)

    def link_many(
        self,
        texts: Iterable[LinkInput],
        *,
        options: resolver.LinkOptions | None = None,
        request_id: str = "",
        timeout: float | None = None,
        in_flight: int = 4,
        wait_for_ready: bool = True,
    ) -> Iterator[resolver.LinkTextItemResult]:
        """Link texts as they come and yield one result for each, in order, in bounded memory.

        A text that breaks a rule gets an error item and disturbs no other. Reads ahead by `in_flight` messages of up
        to 100 texts and about 256 KiB. Each linked text carries its provenance.

        Args:
            texts: texts, or pairs of text and day (YYYY-MM-DD).
            options: how to link, for all of them.
            request_id: the caller's own ID for logs, sent with each message.
            timeout: seconds for each message; None: the client's batch timeout.
            in_flight: messages that may be under way at a time, at least 1.
            wait_for_ready: wait for a server within the timeout instead of failing at once when none answers.
        """
        return self._many(TEXTS, texts, options, request_id, timeout, in_flight, wait_for_ready)

    def stream_link(
        self,
        texts: Iterable[LinkInput],
        *,
        options: resolver.LinkOptions | None = None,
        timeout: float | None = None,
        batch_size: int = 1,
    ) -> Generator[resolver.LinkTextItemResult, None, None]:
        """Link texts over one bidirectional stream and yield one result for each, in order.

        As `stream_resolve`: for texts that come slowly and without end. `link_many` repeats failed messages, this does
        not.

        Args:
            texts: texts, or pairs of text and day; may be unbounded.
            options: how to link, for all of them.
            timeout: seconds for the whole stream; None: no limit.
            batch_size: texts a message, 1 to 100; each is sent when its message is full.
        """
        return self._stream(TEXTS, texts, options, timeout, batch_size)

    # Reading the table

    def get_firm(self, name: str, *, timeout: float | None = None) -> firm.Firm:
        """Return the record of a firm.

        Args:
            name: `firms/{firm_id}` or the bare ID.
            timeout: seconds; None: the client's.

        Raises:
            NotFoundError: for an ID that was never given.
        """
        return self._call(self._catalog.GetFirm, catalog.GetFirmRequest(name=name), timeout)

    def batch_get_firms(self, names: Iterable[str], *, timeout: float | None = None) -> catalog.BatchGetFirmsResponse:
        """Return any number of firms in the order asked for, each a firm or a status.

        Args:
            names: resource names or bare IDs.
            timeout: seconds for each message of up to 1,000 names; None: the client's batch timeout.
        """
        wanted = list(names)
        whole = catalog.BatchGetFirmsResponse()
        for start in range(0, len(wanted), _FIRMS_A_CALL):
            request = catalog.BatchGetFirmsRequest(names=wanted[start : start + _FIRMS_A_CALL])
            seconds = self._batch_timeout if timeout is None else timeout
            answer = self._call(self._catalog.BatchGetFirms, request, seconds, wait_for_ready=True)
            whole.items.extend(answer.items)
        return whole

    def search(
        self,
        query: str,
        *,
        sector: str = "",
        tech_only: bool = False,
        page_size: int = 0,
        timeout: float | None = None,
    ) -> Iterator[catalog.SearchFirmsResponse.Hit]:
        """Yield firms whose names contain the words, best first, fetching pages as they are needed.

        Args:
            query: the words.
            sector: only firms of this sector key; empty: all.
            tech_only: only tech firms.
            page_size: firms a page, 1 to 100; 0: the server's default of 20.
            timeout: seconds for each page; None: the client's.
        """
        request = catalog.SearchFirmsRequest(query=query, sector=sector, tech_only=tech_only, page_size=page_size)
        while True:
            page = self._call(self._catalog.SearchFirms, request, timeout)
            yield from page.hits
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def lookup_identifier(
        self,
        value: str,
        *,
        scheme: firm.IdentifierScheme.ValueType = firm.IDENTIFIER_SCHEME_UNSPECIFIED,
        mic: str = "",
        as_of: str = "",
        timeout: float | None = None,
    ) -> catalog.LookupIdentifierResponse:
        """Return the firms that hold or held a code, the present holder first.

        Args:
            value: the code in any common spelling, such as `688256.SH`.
            scheme: the system; unspecified: every system whose form fits.
            mic: ISO 10383 market code of a bare ticker; empty: any market.
            as_of: only holders on this day, YYYY-MM-DD; empty: all.
            timeout: seconds; None: the client's.
        """
        request = catalog.LookupIdentifierRequest(value=value, scheme=scheme, mic=mic, as_of=as_of)
        return self._call(self._catalog.LookupIdentifier, request, timeout)

    def snapshot(self, name: str = "", *, timeout: float | None = None) -> firm.Snapshot:
        """Describe a snapshot.

        Args:
            name: `snapshots/{hash}`; empty: the current one.
            timeout: seconds; None: the client's.
        """
        return self._call(self._catalog.GetSnapshot, catalog.GetSnapshotRequest(name=name), timeout)

    # Calling

    def _call(
        self,
        method: Callable[..., _Answer],
        request: Any,
        timeout: float | None,
        *,
        request_id: str = "",
        wait_for_ready: bool = False,
        deadline: float | None = None,
        refused: ResourceExhaustedError | None = None,
    ) -> _Answer:
        """Call until it is answered, refused for good, or out of time."""
        if deadline is None:
            deadline = time.monotonic() + (self._timeout if timeout is None else timeout)
        attempt = 0
        while True:
            if refused is not None:
                attempt += 1
                wait = wait_before_retry(refused.retry_after, attempt, deadline - time.monotonic())
                if wait is None:
                    raise refused
                time.sleep(wait)
            try:
                return method(
                    request,
                    timeout=max(deadline - time.monotonic(), 0.0),
                    metadata=self._metadata,
                    wait_for_ready=wait_for_ready,
                )
            except grpc.RpcError as error:
                failure = from_rpc_error(error, request_id)
                if not isinstance(failure, ResourceExhaustedError):
                    raise failure from error
                refused = failure

    def _many(
        self,
        kind: Kind[InputT, OptionsT, ResultT],
        inputs: Iterable[InputT],
        options: OptionsT | None,
        request_id: str,
        timeout: float | None,
        in_flight: int,
        wait_for_ready: bool,
    ) -> Iterator[ResultT]:
        batches = self._batches(kind, inputs, options, request_id, timeout, in_flight, wait_for_ready)
        for results, provenance in batches:
            if provenance is not None:
                kind.add_provenance(results, provenance)
            yield from results

    def _stream(
        self,
        kind: Kind[InputT, OptionsT, ResultT],
        inputs: Iterable[InputT],
        options: OptionsT | None,
        timeout: float | None,
        batch_size: int,
    ) -> Generator[ResultT, None, None]:
        feed = StreamFeed(kind, inputs, options, batch_size)
        call = getattr(self._resolver, kind.stream_method)(
            feed.requests(), timeout=timeout, metadata=self._metadata, wait_for_ready=True
        )
        try:
            for response in call:
                results = feed.take(response.results)
                kind.add_provenance(results, response.provenance)
                yield from results
            yield from feed.rest()
            feed.raise_own_error()
        except grpc.RpcError as error:
            raise from_rpc_error(error) from error
        finally:
            feed.stop()
            call.cancel()

    def _batches(
        self,
        kind: Kind[InputT, OptionsT, ResultT],
        inputs: Iterable[InputT],
        options: OptionsT | None,
        request_id: str,
        timeout: float | None,
        in_flight: int,
        wait_for_ready: bool,
    ) -> Iterator[tuple[list[ResultT], resolver.Provenance | None]]:
        if in_flight < 1:
            raise ValueError(f"in_flight is {in_flight}; it must be at least 1")
        seconds = self._batch_timeout if timeout is None else timeout
        method = getattr(self._resolver, kind.method)
        pending: deque[_Pending] = deque()

        def finish() -> tuple[list[ResultT], resolver.Provenance | None]:
            oldest = pending.popleft()
            if oldest.future is None:
                return kind.put_back(oldest.batch, ()), None
            answer = self._finish(method, oldest, request_id, wait_for_ready)
            return kind.put_back(oldest.batch, answer.results), answer.provenance

        try:
            for batch in kind.split(inputs):
                request = kind.batch_request(batch, options, request_id)
                future = (
                    method.future(request, timeout=seconds, metadata=self._metadata, wait_for_ready=wait_for_ready)
                    if batch.items
                    else None
                )
                pending.append(_Pending(batch, request, future, time.monotonic() + seconds))
                if len(pending) >= in_flight:
                    yield finish()
            while pending:
                yield finish()
        finally:
            for unfinished in pending:
                if unfinished.future is not None:
                    unfinished.future.cancel()

    def _finish(self, method: Callable[..., Any], pending: _Pending, request_id: str, wait_for_ready: bool) -> Any:
        """Return the answer to a batch under way, asking again when the server was full."""
        try:
            return pending.future.result()
        except grpc.RpcError as error:
            failure: CallError = from_rpc_error(error, request_id)
            if not isinstance(failure, ResourceExhaustedError):
                raise failure from error
            return self._call(
                method,
                pending.request,
                None,
                request_id=request_id,
                wait_for_ready=wait_for_ready,
                deadline=pending.deadline,
                refused=failure,
            )


class _Pending:
    """A batch under way."""

    __slots__ = ("batch", "deadline", "future", "request")

    def __init__(self, batch: _batching.Batch, request: Any, future: Any, deadline: float):
        self.batch = batch
        self.request = request
        # None when nothing of the batch could be sent. grpc's future type is not public.
        self.future = future
        self.deadline = deadline
