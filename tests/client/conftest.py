"""A scripted, real gRPC server on loopback (fails as told, records what it was asked), and the command run against it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from google.protobuf import any_pb2
from google.rpc import status_pb2
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health import HealthServicer
from zhengming.client.cli import main
from zhengming.v1 import catalog_pb2, catalog_pb2_grpc, firm_pb2, resolver_pb2, resolver_pb2_grpc

INVALID = grpc.StatusCode.INVALID_ARGUMENT.value[0]


def pack(*details: Any) -> list[any_pb2.Any]:
    """Return messages as `google.rpc.Status` carries them."""
    packed = []
    for detail in details:
        wrapper = any_pb2.Any()
        wrapper.Pack(detail)
        packed.append(wrapper)
    return packed


@dataclass
class Failure:
    """One scripted failure."""

    code: grpc.StatusCode
    message: str = "scripted"
    details: tuple[Any, ...] = ()
    delay: float = 0.0
    trailing: tuple[tuple[str, str], ...] = ()


@dataclass
class Script:
    """What the server will do and what it was asked."""

    failures: dict[str, deque[Failure]] = field(default_factory=lambda: defaultdict(deque))
    """Method → failures of its next calls."""
    calls: Counter[str] = field(default_factory=Counter)
    """Method → calls that reached a handler."""
    requests: list[Any] = field(default_factory=list)
    """Requests in order of arrival."""
    metadata: list[dict[str, str]] = field(default_factory=list)
    """Metadata of each call."""
    remaining: list[float | None] = field(default_factory=list)
    """Seconds to the deadline of each call, as the server saw it."""
    snapshots: deque[str] = field(default_factory=deque)
    """Snapshot of the next answers; empty: always the same."""
    delay: float = 0.0
    """Seconds that each batch takes."""
    drop_items: int = 0
    """Items to leave out of each batch answer, as a broken server would."""
    in_flight: int = 0
    max_in_flight: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, method: str, request: Any, context: grpc.ServicerContext) -> None:
        """Record a call, then fail it if the script says so."""
        with self.lock:
            self.calls[method] += 1
            self.requests.append(request)
            self.metadata.append({key: str(value) for key, value in context.invocation_metadata()})
            self.remaining.append(context.time_remaining())
            failure = self.failures[method].popleft() if self.failures[method] else None
        if failure is None:
            return
        time.sleep(failure.delay)
        trailing = list(failure.trailing)
        if failure.details:
            status = status_pb2.Status(
                code=failure.code.value[0], message=failure.message, details=pack(*failure.details)
            )
            trailing.append(("grpc-status-details-bin", status.SerializeToString()))
        context.set_trailing_metadata(tuple(trailing))
        context.abort(failure.code, failure.message)

    def provenance(self) -> resolver_pb2.Provenance:
        """Return what the next answer is computed with."""
        snapshot = self.snapshots.popleft() if self.snapshots else "5na9"
        return resolver_pb2.Provenance(snapshot=snapshot, matcher_version="1", calibration="c1")


def firm_of(query: str) -> firm_pb2.FirmSummary:
    """Return the firm that the fake server means by a query."""
    return firm_pb2.FirmSummary(
        name=f"firms/ZM{len(query):07d}",
        firm_id=f"ZM{len(query):07d}",
        display_name_zh=query,
        display_name_en=f"{query} Inc",
    )


def answer(query: str) -> resolver_pb2.Resolution:
    """Match every query, except that 紫光… is ambiguous and 无… is not found."""
    if query.startswith("紫光"):
        ambiguous = resolver_pb2.Resolution(
            outcome=resolver_pb2.OUTCOME_AMBIGUOUS,
            ambiguity_reason=resolver_pb2.AMBIGUITY_REASON_SHARED_SHORT_NAME,
            hints=[resolver_pb2.HINT_EXCHANGE],
        )
        for confidence in (0.5, 0.4):
            ambiguous.candidates.add(firm=firm_of(query + "x" * int(confidence * 10)), confidence=confidence)
        return ambiguous
    if query.startswith("无"):
        return resolver_pb2.Resolution(
            outcome=resolver_pb2.OUTCOME_NOT_FOUND,
            not_found_reason=resolver_pb2.NOT_FOUND_REASON_OUT_OF_SCOPE,
            decoy=resolver_pb2.Decoy(label="Nvidia", reason=resolver_pb2.DECOY_REASON_FOREIGN_FIRM),
        )
    return resolver_pb2.Resolution(
        outcome=resolver_pb2.OUTCOME_MATCH,
        firm=firm_of(query),
        confidence=0.97,
        match_type=resolver_pb2.MATCH_TYPE_EXACT,
        matched_name=firm_pb2.Name(text=query, kind=firm_pb2.NAME_KIND_SHORT, language="zh-Hans"),
        query_normalized=query,
    )


def answer_item(item: resolver_pb2.ResolveItem) -> resolver_pb2.ResolveItemResult:
    """Refuse 坏…, answer everything else."""
    if item.query.startswith("坏") or not item.query:
        status = status_pb2.Status(code=INVALID, message="query breaks a rule")
        return resolver_pb2.ResolveItemResult(item_id=item.item_id, error=status)
    return resolver_pb2.ResolveItemResult(item_id=item.item_id, resolution=answer(item.query))


LINKED_NAMES = re.compile("寒武纪|华为|紫光|无此")


def link(text: str, options: resolver_pb2.LinkOptions) -> resolver_pb2.LinkedText:
    """Find 寒武纪 and 华为, which match, 紫光, which is ambiguous, and 无此, which is known and refused."""
    linked = resolver_pb2.LinkedText(offset_encoding=options.offset_encoding)
    where: dict[str, list[int]] = {}
    for found in LINKED_NAMES.finditer(text):
        resolution = answer(found[0])
        if resolution.outcome == resolver_pb2.OUTCOME_MATCH:
            where.setdefault(found[0], []).append(len(linked.mentions))
        elif options.matches_only:
            continue
        mention = linked.mentions.add(
            start=found.start(), end=found.end(), text=found[0], mention_confidence=0.9, resolution=resolution
        )
        if options.explain != resolver_pb2.EXPLAIN_LEVEL_NONE:
            mention.signals.add(code=resolver_pb2.MENTION_SIGNAL_CODE_WORD_BEHIND, contribution=2.25)
            mention.resolution.evidence.add(code=resolver_pb2.EVIDENCE_CODE_TEXT_EQUAL, contribution=8.5)
    total = sum(map(len, where.values()))
    for name, places in where.items():
        linked.firms.add(firm=firm_of(name), document_relevance=len(places) / total, mentions=places)
    return linked


def link_item(item: resolver_pb2.LinkTextItem, options: resolver_pb2.LinkOptions) -> resolver_pb2.LinkTextItemResult:
    """Refuse 坏… and the day 2024-02-30, link everything else."""
    if item.text.startswith("坏") or item.as_of == "2024-02-30":
        return resolver_pb2.LinkTextItemResult(error=status_pb2.Status(code=INVALID, message="text breaks a rule"))
    return resolver_pb2.LinkTextItemResult(item_id=item.item_id, linked=link(item.text, options))


class FakeResolver(resolver_pb2_grpc.ResolverServiceServicer):
    """Resolver half."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def Resolve(self, request: Any, context: Any) -> Any:
        self.script.enter("Resolve", request, context)
        if request.query.startswith("坏"):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "query breaks a rule")
        resolution = answer(request.query)
        resolution.provenance.CopyFrom(self.script.provenance())
        return resolution

    def BatchResolve(self, request: Any, context: Any) -> Any:
        provenance = self._work_on_batch("BatchResolve", request, context)
        items = request.items[self.script.drop_items :]
        return resolver_pb2.BatchResolveResponse(results=map(answer_item, items), provenance=provenance)

    def _work_on_batch(self, method: str, request: Any, context: Any) -> resolver_pb2.Provenance:
        script = self.script
        script.enter(method, request, context)
        with script.lock:
            script.in_flight += 1
            script.max_in_flight = max(script.max_in_flight, script.in_flight)
        time.sleep(script.delay)
        with script.lock:
            script.in_flight -= 1
            return script.provenance()

    def StreamResolve(self, request_iterator: Any, context: Any) -> Any:
        for request in request_iterator:
            self.script.enter("StreamResolve", request, context)
            items = request.items[self.script.drop_items :]
            yield resolver_pb2.StreamResolveResponse(
                results=map(answer_item, items), provenance=self.script.provenance()
            )

    def LinkText(self, request: Any, context: Any) -> Any:
        self.script.enter("LinkText", request, context)
        if request.text.startswith("坏"):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "text breaks a rule")
        linked = link(request.text, request.options)
        linked.provenance.CopyFrom(self.script.provenance())
        return linked

    def BatchLinkText(self, request: Any, context: Any) -> Any:
        provenance = self._work_on_batch("BatchLinkText", request, context)
        items = request.items[self.script.drop_items :]
        results = [link_item(item, request.options) for item in items]
        return resolver_pb2.BatchLinkTextResponse(results=results, provenance=provenance)

    def StreamLinkText(self, request_iterator: Any, context: Any) -> Any:
        options = resolver_pb2.LinkOptions()
        for request in request_iterator:
            self.script.enter("StreamLinkText", request, context)
            options = request.options if request.HasField("options") else options
            results = [link_item(item, options) for item in request.items[self.script.drop_items :]]
            yield resolver_pb2.StreamLinkTextResponse(results=results, provenance=self.script.provenance())

    def CompareNames(self, request: Any, context: Any) -> Any:
        """Names with an equal first character are one firm's."""
        self.script.enter("CompareNames", request, context)
        same = request.first[:1] == request.second[:1]
        comparison = resolver_pb2.NameComparison(
            relation=resolver_pb2.NAME_RELATION_SAME_FIRM if same else resolver_pb2.NAME_RELATION_DIFFERENT_FIRMS,
            confidence=0.9 if same else 0.1,
            basis=resolver_pb2.COMPARISON_BASIS_BY_NAMES,
            second_is_form=True,
            provenance=self.script.provenance(),
        )
        comparison.evidence.add(code=resolver_pb2.EVIDENCE_CODE_BRAND_EQUAL, contribution=3.0)
        if not request.without_table:
            comparison.basis = resolver_pb2.COMPARISON_BASIS_BY_TABLE
            comparison.first.CopyFrom(answer(request.first))
            comparison.second.CopyFrom(answer(request.second))
        return comparison

    def ExplainResolution(self, request: Any, context: Any) -> Any:
        self.script.enter("ExplainResolution", request, context)
        explanation = resolver_pb2.Explanation(resolution=answer(request.query), provenance=self.script.provenance())
        explanation.resolution.provenance.CopyFrom(explanation.provenance)
        step = explanation.steps.add(stage=resolver_pb2.STAGE_EQUAL_NAME, names_found=1, ended=True)
        step.candidates.add(firm=firm_of(request.query), confidence=0.97)
        if request.firm:
            about = explanation.about_firm
            about.firm.firm_id = request.firm
            about.standing = resolver_pb2.STANDING_NOTHING_IN_COMMON
            about.confidence, about.threshold = 0.01, 0.83
            about.evidence.add(code=resolver_pb2.EVIDENCE_CODE_BRAND_CONTRADICTS, contribution=-7.0)
            about.matched_name.text = "百度"
            about.redirected_from = "ZM0000009" if request.firm == "ZM000000JJ" else ""
        return explanation

    def SuggestFirms(self, request: Any, context: Any) -> Any:
        self.script.enter("SuggestFirms", request, context)
        reference = firm_pb2.FirmReference(firm_id="ZM0000001", display_name_zh="寒武纪")
        name = firm_pb2.Name(text="寒武纪", kind=firm_pb2.NAME_KIND_SHORT)
        suggestion = resolver_pb2.SuggestFirmsResponse.Suggestion(firm=reference, matched_name=name)
        return resolver_pb2.SuggestFirmsResponse(suggestions=[suggestion])

    def GetServerInfo(self, request: Any, context: Any) -> Any:
        self.script.enter("GetServerInfo", request, context)
        return resolver_pb2.ServerInfo(server_version="9.9", profile_thresholds={"BALANCED": 0.9})


class FakeCatalog(catalog_pb2_grpc.CatalogServiceServicer):
    """Catalog half: 45 firms, one of them 寒武纪."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def GetFirm(self, request: Any, context: Any) -> Any:
        self.script.enter("GetFirm", request, context)
        if "ZM" not in request.name:
            context.abort(grpc.StatusCode.NOT_FOUND, f"no firm {request.name}")
        record = firm_pb2.Firm(name="firms/ZM0000003", summary=firm_of("寒武纪"))
        record.names.add(text="寒武纪\u202e", kind=firm_pb2.NAME_KIND_SHORT, language="zh-Hans")
        return record

    def BatchGetFirms(self, request: Any, context: Any) -> Any:
        self.script.enter("BatchGetFirms", request, context)
        answer = catalog_pb2.BatchGetFirmsResponse()
        for name in request.names:
            held = answer.items.add(firm=firm_pb2.Firm(name=name)).firm.summary.identifiers
            held.add(scheme=firm_pb2.IDENTIFIER_SCHEME_LEI, value="LEI1")
            held.add(scheme=firm_pb2.IDENTIFIER_SCHEME_TICKER, value="688256", mic="XSHG")
            held.add(scheme=firm_pb2.IDENTIFIER_SCHEME_TICKER, value="000001", mic="XSHE", valid_to="2020-01-01")
        return answer

    def SearchFirms(self, request: Any, context: Any) -> Any:
        self.script.enter("SearchFirms", request, context)
        if request.sector not in ("", "semiconductors"):
            return catalog_pb2.SearchFirmsResponse()
        start, size = int(request.page_token or 0), request.page_size or 20
        stop = min(start + size, 45)
        name = firm_pb2.Name(text="x")
        hits = [
            catalog_pb2.SearchFirmsResponse.Hit(firm=firm_of("x" * number), matched_name=name)
            for number in range(start, stop)
        ]
        for hit in hits:
            hit.firm.sector = "semiconductors"
        return catalog_pb2.SearchFirmsResponse(hits=hits, next_page_token=str(stop) if stop < 45 else "")

    def LookupIdentifier(self, request: Any, context: Any) -> Any:
        self.script.enter("LookupIdentifier", request, context)
        hit = catalog_pb2.LookupIdentifierResponse.Hit(identifier=firm_pb2.Identifier(value=request.value))
        return catalog_pb2.LookupIdentifierResponse(hits=[hit])

    def GetSnapshot(self, request: Any, context: Any) -> Any:
        self.script.enter("GetSnapshot", request, context)
        return firm_pb2.Snapshot(name="snapshots/5na9", hash="5na9")


class FakeServer:
    """The server and its script."""

    def __init__(self, port: int = 0) -> None:
        self.script = Script()
        self.server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=[("grpc.so_reuseport", 0)])
        resolver_pb2_grpc.add_ResolverServiceServicer_to_server(FakeResolver(self.script), self.server)
        catalog_pb2_grpc.add_CatalogServiceServicer_to_server(FakeCatalog(self.script), self.server)
        # Without it gRPC prints a line on standard error, because the client's configuration asks for health.
        self.health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self.server)
        self.port = self.server.add_insecure_port(f"127.0.0.1:{port}")
        self.address = f"127.0.0.1:{self.port}"
        self.server.start()

    def fail(self, method: str, code: grpc.StatusCode, times: int = 1, **more: Any) -> None:
        """Fail the next calls of a method; `more` are fields of `Failure`."""
        self.script.failures[method].extend(Failure(code, **more) for _ in range(times))

    def stop(self) -> None:
        """Stop and wait."""
        self.health.enter_graceful_shutdown()
        self.server.stop(0).wait()


@pytest.fixture
def start_server() -> Iterator[Callable[..., FakeServer]]:
    """Start scripted servers, on a free port or a given one."""
    started: list[FakeServer] = []

    def start(port: int = 0) -> FakeServer:
        started.append(FakeServer(port))
        return started[-1]

    yield start
    for fake in started:
        fake.stop()


@pytest.fixture
def server(start_server: Callable[..., FakeServer]) -> FakeServer:
    """A fresh scripted server."""
    return start_server()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tester's own settings change nothing."""
    for name in ("ZHENGMING_ADDRESS", "NO_COLOR", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def run(server: Any, capfd: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    """Run a command against the scripted server."""

    def call(*argv: str, address: str = server.address) -> SimpleNamespace:
        code = main([*argv, "--address", address])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    return call


_PROGRAM = [sys.executable, "-c", "import sys; from zhengming.client.cli import main; sys.exit(main())"]


@pytest.fixture
def spawn() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run a command in a process of its own."""

    def call(*argv: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
        changed = {**os.environ, **environment}
        return subprocess.run(
            [*_PROGRAM, *argv], input=stdin, capture_output=True, env=changed, timeout=60, check=False
        )

    return call


@pytest.fixture
def interrupt(server: Any) -> Callable[..., None]:
    """Press Ctrl-C in a command that has sent batches: it must end with 130 and one line."""

    def call(method: str, *argv: str) -> None:
        process = subprocess.Popen(
            [*_PROGRAM, *argv, "--address", server.address], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        deadline = time.monotonic() + 30
        while server.script.calls[method] < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 130
        assert said.splitlines()[-1].startswith(b"zhengming: Interrupted.")
        assert b"Traceback" not in said

    return call
