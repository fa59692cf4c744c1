"""The two services: validate → engine → convert. No matching logic, and no state but the snapshot at hand.

A call takes the snapshot once, at its start, and answers from it to its end; only a stream takes it anew for each of its
batches, which says so in its provenance. Answers are made on the event loop: a known name costs about a twentieth of what
gRPC costs, less than handing it to a thread. Batches give way after 1 ms of work, so that other calls get through.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import grpc
from google.protobuf.message import Message
from zhengming.engine import InvalidQuery
from zhengming.engine.guard import MAX_BYTES, MAX_CODE_POINTS
from zhengming.engine.linking.policy import MAX_CODE_POINTS as MAX_TEXT_CODE_POINTS
from zhengming.engine.policy import THRESHOLDS
from zhengming.server import convert, linking, validate
from zhengming.server.calls import Context
from zhengming.server.errors import CallError, deadline_passed, internal, loading, overloaded
from zhengming.server.logs import LOG, event, query_hash
from zhengming.server.settings import Settings
from zhengming.v1 import catalog_pb2, firm_pb2, resolver_pb2

TURN_SECONDS = 0.001
"""Work that a batch does before it lets other calls in."""
LONG_TEXT = 1_000
"""Code points from which a text is linked in a thread: at some 0.3 MB a second, 10 ms of work on the event loop."""
MAX_REDIRECTS = 8
"""Steps followed from a joined record to its survivor; more would be a circle in the table."""

Item = TypeVar("Item")


class Current:
    """The snapshot that answers now. One object a server; `answers` is replaced whole."""

    def __init__(self) -> None:
        self.answers: convert.Answers | None = None

    def take(self) -> convert.Answers:
        """Return the answers of the current snapshot. Raises `CallError` (UNAVAILABLE) before the first one is there."""
        if self.answers is None:
            raise loading()
        return self.answers


class ResolverService:
    """Resolves names."""

    def __init__(self, current: Current, settings: Settings) -> None:
        self._current = current
        self._settings = settings
        self._single = validate.Plans(batch=False)
        self._batch = validate.Plans(batch=True)
        self._turns = Turns(settings.batch_chunk)
        self._text_turns = Turns(1)
        self._long_texts = ThreadPoolExecutor(1, "long-text")
        self._active_batches = 0
        self._stream_slots = asyncio.Semaphore(settings.max_active_batches)
        self._debug = LOG.isEnabledFor(logging.DEBUG)

    def Resolve(self, request: resolver_pb2.ResolveRequest, context: Context) -> bytes:
        """Resolve one name."""
        answers = self._current.take()
        if request.request_id:
            validate.request_id(request.request_id)
        plan = self._single.of(request)
        _check_pin(answers, plan)
        if (left := context.time_remaining()) is not None and left <= 0:
            raise deadline_passed()
        query = request.query
        known, known_bytes = validate.context_of(request)
        try:
            made = answers.resolve(plan, query, known, known_bytes)
        except InvalidQuery as refused:
            raise validate.of_engine(refused) from None
        if self._debug:
            event(logging.DEBUG, "resolved", query=query_hash(query), request_id=request.request_id)
        return made

    async def BatchResolve(self, request: resolver_pb2.BatchResolveRequest, context: Context) -> bytes:
        """Resolve up to 1,000 names, each a resolution or a status."""
        answers = self._current.take()
        if request.request_id:
            validate.request_id(request.request_id)
        validate.item_count("items", len(request.items))
        plan = self._batch.of(request)
        _check_pin(answers, plan)
        if self._active_batches >= self._settings.max_active_batches:
            raise overloaded("batches", retry_seconds=0.5)
        self._active_batches += 1
        try:
            return await self._resolve_items(answers, plan, request.items, context)
        finally:
            self._active_batches -= 1

    async def StreamResolve(
        self, requests: AsyncIterator[resolver_pb2.StreamResolveRequest], context: Context
    ) -> AsyncIterator[bytes]:
        """Resolve batch after batch. A message that cannot be answered ends the stream, a bad item does not."""
        plan: validate.Plan | None = None
        async for request in requests:
            answers = self._current.take()
            if plan is None or request.HasField("options"):
                plan = self._batch.of(request)
            validate.item_count("items", len(request.items))
            _check_pin(answers, plan)
            # A stream is asked for by flow control, so its messages wait their turn instead of being refused.
            async with self._stream_slots:
                answer = await self._resolve_items(answers, plan, request.items, context)
            yield answer

    def CompareNames(self, request: resolver_pb2.CompareNamesRequest, context: Context) -> Message:
        """Tell whether two names are names of one firm."""
        answers = self._current.take()
        if request.request_id:
            validate.request_id(request.request_id)
        plan = validate.comparison(request)
        try:
            found = answers.engine.compare(
                request.first, request.second, plan.options, with_table=not request.without_table
            )
        except InvalidQuery as refused:
            raise validate.of_engine(refused) from None
        return answers.comparison(plan, request.first, request.second, found)

    def ExplainResolution(self, request: resolver_pb2.ExplainResolutionRequest, context: Context) -> Message:
        """Resolve one name and tell every step, and why one firm is the answer or is not."""
        answers = self._current.take()
        if request.request_id:
            validate.request_id(request.request_id)
        plan = self._single.of(request)
        _check_pin(answers, plan)
        known, known_bytes = validate.context_of(request)
        asked = survivor = ""
        if request.firm:
            asked = validate.firm_id(request.firm, "firm")
            survivor = _survivor(answers, asked)
        try:
            found = answers.engine.explain(request.query, known, plan.options, survivor)
        except InvalidQuery as refused:
            raise validate.of_engine(refused) from None
        return answers.explanation(plan, request.query, known_bytes, found, "" if asked == survivor else asked)

    async def LinkText(self, request: resolver_pb2.LinkTextRequest, context: Context) -> Message:
        """Find the firms that a text names."""
        answers = self._current.take()
        if request.request_id:
            validate.request_id(request.request_id)
        plan = linking.plan(request.options, batch=False)
        _check_pin(answers, plan.resolving)
        return await self._link(answers, plan, request.text, request.as_of, batch=False)

    async def BatchLinkText(self, request: resolver_pb2.BatchLinkTextRequest, context: Context) -> Message:
        """Link up to 100 texts, each a linked text or a status."""
        answers = self._current.take()
        if request.request_id:
            validate.request_id(request.request_id)
        linking.text_count(len(request.items))
        plan = linking.plan(request.options, batch=True)
        _check_pin(answers, plan.resolving)
        if self._active_batches >= self._settings.max_active_batches:
            raise overloaded("batches", retry_seconds=0.5)
        self._active_batches += 1
        try:
            results = await self._link_items(answers, plan, request.items, context)
        finally:
            self._active_batches -= 1
        return resolver_pb2.BatchLinkTextResponse(
            results=results, provenance=answers.provenance_message(plan.options.profile)
        )

    async def StreamLinkText(
        self, requests: AsyncIterator[resolver_pb2.StreamLinkTextRequest], context: Context
    ) -> AsyncIterator[Message]:
        """Link batch after batch. A message that cannot be answered ends the stream, a bad item does not."""
        plan: linking.Plan | None = None
        async for request in requests:
            answers = self._current.take()
            if plan is None or request.HasField("options"):
                plan = linking.plan(request.options, batch=True)
            linking.text_count(len(request.items))
            _check_pin(answers, plan.resolving)
            async with self._stream_slots:
                results = await self._link_items(answers, plan, request.items, context)
            yield resolver_pb2.StreamLinkTextResponse(
                results=results, provenance=answers.provenance_message(plan.options.profile)
            )

    def SuggestFirms(self, request: resolver_pb2.SuggestFirmsRequest, context: Context) -> Message:
        """Complete the beginning of a name."""
        answers = self._current.take()
        limit = validate.suggestions(request)
        try:
            hits = answers.engine.suggest(request.prefix, limit)
        except InvalidQuery as refused:
            raise validate.of_engine(refused, "prefix") from None
        return resolver_pb2.SuggestFirmsResponse(
            suggestions=[
                resolver_pb2.SuggestFirmsResponse.Suggestion(
                    firm=answers.reference(hit.firm_id), matched_name=convert.name(hit.matched_name)
                )
                for hit in hits
            ]
        )

    def GetServerInfo(self, request: resolver_pb2.GetServerInfoRequest, context: Context) -> Message:
        """Say which versions answer and which limits hold."""
        from importlib.metadata import version

        answers = self._current.take()
        return resolver_pb2.ServerInfo(
            server_version=version("zhengming"),
            matcher_version=answers.snapshot.matcher_version,
            snapshot=answers.message(),
            limits=resolver_pb2.ServerLimits(
                max_query_code_points=MAX_CODE_POINTS,
                max_query_bytes=MAX_BYTES,
                max_items=validate.MAX_ITEMS,
                max_candidates=validate.MAX_CANDIDATES,
                max_message_bytes=self._settings.max_message_bytes,
                max_co_mentions=validate.MAX_CO_MENTIONS,
                max_identifiers=validate.MAX_IDENTIFIERS,
                max_text_code_points=MAX_TEXT_CODE_POINTS,
                max_texts=linking.MAX_TEXTS,
            ),
            profile_thresholds={profile.name: threshold for profile, threshold in THRESHOLDS.items()},
        )

    async def _link(
        self, answers: convert.Answers, plan: linking.Plan, text: str, as_of: str, *, batch: bool
    ) -> resolver_pb2.LinkedText:
        """Link a text: a short one here, a long one in the thread that is kept for them, so that names are answered."""
        if len(text) <= LONG_TEXT:
            return linking.link(answers, plan, text, as_of, batch=batch)
        call = functools.partial(linking.link, answers, plan, text, as_of, batch=batch)
        return await asyncio.get_running_loop().run_in_executor(self._long_texts, call)

    async def _link_items(
        self,
        answers: convert.Answers,
        plan: linking.Plan,
        items: Iterable[resolver_pb2.LinkTextItem],
        context: Context,
    ) -> list[resolver_pb2.LinkTextItemResult]:
        results = []
        async for item in self._text_turns.over(items, context):
            outcome: resolver_pb2.LinkedText | CallError
            try:
                if item.item_id:
                    validate.item_id(item.item_id)
                outcome = await self._link(answers, plan, item.text, item.as_of, batch=True)
            except CallError as error:
                outcome = error
            except Exception:
                event(logging.ERROR, "an item failed by our fault", trace=True, method="batch of texts")
                outcome = internal()
            results.append(linking.result(item.item_id, outcome))
        return results

    async def _resolve_items(
        self, answers: convert.Answers, plan: validate.Plan, items: Iterable[resolver_pb2.ResolveItem], context: Context
    ) -> bytes:
        results = []
        async for item in self._turns.over(items, context):
            result: bytes | CallError
            try:
                result = _resolve_item(answers, plan, item)
            except CallError as error:
                result = error
            except Exception:
                event(logging.ERROR, "an item failed by our fault", trace=True, method="batch")
                result = internal()
            results.append(answers.item_result(item.item_id, result))
        if self._debug:
            event(logging.DEBUG, "resolved a batch", items=len(results))
        return answers.batch(plan, results)


class CatalogService:
    """Reads the table."""

    def __init__(self, current: Current, settings: Settings) -> None:
        self._current = current
        self._turns = Turns(settings.batch_chunk)

    def GetFirm(self, request: catalog_pb2.GetFirmRequest, context: Context) -> Message:
        """Return one firm."""
        return _firm(self._current.take(), request.name, "name")

    async def BatchGetFirms(self, request: catalog_pb2.BatchGetFirmsRequest, context: Context) -> bytes:
        """Return many firms, each a firm or a status."""
        answers = self._current.take()
        validate.item_count("names", len(request.names))
        results: list[firm_pb2.Firm | CallError] = []
        async for name in self._turns.over(request.names, context):
            try:
                results.append(_firm(answers, name, "name"))
            except CallError as error:
                results.append(error)
        return convert.firm_items(results)

    def SearchFirms(self, request: catalog_pb2.SearchFirmsRequest, context: Context) -> bytes:
        """List firms whose names contain the words."""
        answers = self._current.take()
        page = validate.page(request, answers.snapshot.hash)
        try:
            hits, more = answers.engine.search(
                request.query, sector=request.sector, tech_only=request.tech_only, offset=page.offset, limit=page.size
            )
        except InvalidQuery as refused:
            raise validate.of_engine(refused) from None
        response = catalog_pb2.SearchFirmsResponse(next_page_token=page.next_token() if more else "")
        for hit in hits:
            added = response.hits.add(matched_name=convert.name(hit.matched_name))
            added.firm.ParseFromString(answers.summary(hit.firm_id))
        return response.SerializeToString(deterministic=True)

    def LookupIdentifier(self, request: catalog_pb2.LookupIdentifierRequest, context: Context) -> Message:
        """Return the firms that hold or held a code."""
        answers = self._current.take()
        code, as_of = validate.lookup(request)
        response = catalog_pb2.LookupIdentifierResponse()
        for hit in answers.engine.lookup(code, as_of):
            added = response.hits.add(identifier=convert.identifier(hit.code))
            added.firm.ParseFromString(answers.summary(hit.firm_id))
        return response

    def GetSnapshot(self, request: catalog_pb2.GetSnapshotRequest, context: Context) -> Message:
        """Describe the snapshot that answers come from."""
        answers = self._current.take()
        wanted = validate.snapshot_name(request.name)
        if wanted and wanted != answers.snapshot.hash:
            raise CallError(
                grpc.StatusCode.NOT_FOUND,
                "This server does not hold that snapshot. Ask for snapshots/current.",
                "SNAPSHOT_NOT_FOUND",
                metadata={"current": answers.snapshot.hash},
            )
        return answers.message()


class Turns:
    """Shares the event loop between long batches and everybody else."""

    def __init__(self, chunk: int) -> None:
        self._chunk = chunk

    async def over(self, items: Iterable[Item], context: Context) -> AsyncIterator[Item]:
        """Yield the items, giving way after each turn of work. Raises `CallError` once the caller's deadline passed."""
        turn_ends = time.perf_counter() + TURN_SECONDS
        for number, item in enumerate(items, 1):
            yield item
            if number % self._chunk == 0 and time.perf_counter() >= turn_ends:
                await asyncio.sleep(0)
                left: float | None = context.time_remaining()
                if left is not None and left <= 0:
                    raise deadline_passed()
                turn_ends = time.perf_counter() + TURN_SECONDS


def _resolve_item(answers: convert.Answers, plan: validate.Plan, item: resolver_pb2.ResolveItem) -> bytes:
    if item.item_id:
        validate.item_id(item.item_id)
    query = item.query
    known, known_bytes = validate.context_of(item)
    try:
        return answers.resolve(plan, query, known, known_bytes)
    except InvalidQuery as refused:
        raise validate.of_engine(refused) from None


def _check_pin(answers: convert.Answers, plan: validate.Plan) -> None:
    if plan.pin and plan.pin != answers.snapshot.hash:
        raise CallError(
            grpc.StatusCode.FAILED_PRECONDITION,
            "The pinned snapshot is not the one that answers now. Leave options.pin_snapshot empty or pin the current one.",
            "SNAPSHOT_NOT_CURRENT",
            metadata={"current": answers.snapshot.hash},
        )


def _firm(answers: convert.Answers, text: str, field: str) -> firm_pb2.Firm:
    asked = validate.firm_id(text, field)
    firm_id = _follow(answers, asked)
    if firm_id is None:
        raise _no_firm(asked)
    record = answers.engine.firm(firm_id)
    if record is None:
        return convert.withdrawn_firm(asked)
    return convert.firm(record, redirected_from="" if firm_id == asked else asked)


def _survivor(answers: convert.Answers, asked: str) -> str:
    """Return the live firm that an ID stands for. Raises `CallError` (NOT_FOUND) when there is none."""
    firm_id = _follow(answers, asked)
    if not firm_id:
        raise _no_firm(asked)
    return firm_id


def _follow(answers: convert.Answers, asked: str) -> str | None:
    """Follow redirects to a live firm's ID; "" for a withdrawn one, None for one that was never given."""
    firm_id: str | None = asked
    for _ in range(MAX_REDIRECTS):
        if not firm_id or answers.engine.firm(firm_id) is not None:
            return firm_id
        firm_id = answers.engine.redirect(firm_id)
    return None


def _no_firm(asked: str) -> CallError:
    return CallError(
        grpc.StatusCode.NOT_FOUND,
        f"The table has no firm {asked}. Check the ID, or search for the firm by name.",
        "FIRM_NOT_FOUND",
        metadata={"firm_id": asked},
    )
