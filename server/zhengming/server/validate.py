"""The limits of the contract: request messages in, checked engine values out, or a `CallError` that names each field.

The rules for the text of a query are the engine's (`engine.guard`); this module holds the rules for all else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from google.protobuf.descriptor import Descriptor
from zhengming.aliases.codes import read_firm_id
from zhengming.aliases.model import Scheme
from zhengming.engine.answer import NO_CONTEXT, Code, Context, Granularity, Options, Profile, Scope
from zhengming.engine.guard import InvalidQuery, guard
from zhengming.server.errors import CallError, Violation, invalid
from zhengming.v1 import catalog_pb2, firm_pb2, resolver_pb2

MAX_ITEMS = 1000
"""Items in a batch, names in BatchGetFirms."""
MAX_CANDIDATES = 20
DEFAULT_CANDIDATES = 3
"""Candidates for one name; batches and streams send none unless asked."""
MAX_CO_MENTIONS = 64
MAX_IDENTIFIERS = 16
MAX_CODE_LENGTH = 64
"""Characters in a code; the longest known system has 20."""
MAX_ID_LENGTH = 128
"""Characters in a request ID, bytes in an item ID."""
MAX_MASK_PATHS = 64
MAX_SUGGESTIONS = 50
DEFAULT_SUGGESTIONS = 10
MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20
MAX_SEARCH_OFFSET = 10_000
"""Hits that can be paged through; whoever needs more reads the table."""

EXPLAIN_NONE = resolver_pb2.EXPLAIN_LEVEL_NONE
EXPLAIN_SUMMARY = resolver_pb2.EXPLAIN_LEVEL_SUMMARY
EXPLAIN_FULL = resolver_pb2.EXPLAIN_LEVEL_FULL

Mask = dict[str, "Mask"]
"""A read mask as a tree: field name → mask of what is below it, empty for all of it."""

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,7}")
_MIC = re.compile(r"[A-Z0-9]{4}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECTOR = re.compile(r"[a-z0-9_]{1,64}")
_HASH = re.compile(r"[0-9a-f]{64}")
_PRINTABLE_ASCII = re.compile(r"[ -~]*")


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Checked options of a call."""

    options: Options
    explain: int
    """Number of an ExplainLevel, never UNSPECIFIED."""
    mask: Mask | None
    """None: every field."""
    batch: bool
    """For batches and streams: no provenance in each resolution."""
    lean: bool
    """Firms without identifiers and restrictions: batches without a read mask."""
    pin: str
    """Hash of the snapshot that must answer; empty: any."""
    canonical: bytes
    """All that shapes the answer, defaults filled in: equal for requests that only spell the same wish differently."""


def _by_value(members: Iterable[Enum], values: Any, prefix: str) -> dict[int, Any]:
    return {values.Value(f"{prefix}_{member.name}"): member for member in members}


_GRANULARITY = {0: Granularity.AS_NAMED, **_by_value(Granularity, resolver_pb2.Granularity, "GRANULARITY")}
_PROFILE = {0: Profile.BALANCED, **_by_value(Profile, resolver_pb2.Profile, "PROFILE")}
_SCOPE = {0: Scope.ALL, **_by_value(Scope, resolver_pb2.Scope, "SCOPE")}
_SCHEME: dict[int, Scheme | None] = {0: None, **_by_value(Scheme, firm_pb2.IdentifierScheme, "IDENTIFIER_SCHEME")}
_EXPLAIN = frozenset(resolver_pb2.ExplainLevel.values())


class Plans:
    """Options of calls, checked once: a client sends the same few again and again."""

    KEPT = 256
    MAX_KEPT_BYTES = 1024
    """Longer options (unknown fields, endless masks) are checked anew each time instead of filling memory."""

    def __init__(self, *, batch: bool) -> None:
        self._batch = batch
        self._default = _plan(resolver_pb2.ResolveOptions(), batch)
        self._kept: dict[bytes, Plan] = {}

    def of(
        self,
        request: resolver_pb2.ResolveRequest
        | resolver_pb2.BatchResolveRequest
        | resolver_pb2.StreamResolveRequest
        | resolver_pb2.ExplainResolutionRequest,
    ) -> Plan:
        """Return the plan of a request's options. Raises `CallError`."""
        if not request.HasField("options"):
            return self._default
        key = request.options.SerializeToString(deterministic=True)
        plan = self._kept.get(key)
        if plan is None:
            plan = _plan(request.options, self._batch)
            if len(key) <= self.MAX_KEPT_BYTES:
                if len(self._kept) >= self.KEPT:
                    self._kept.clear()
                self._kept[key] = plan
        return plan


def _plan(options: resolver_pb2.ResolveOptions, batch: bool) -> Plan:
    found: list[Violation] = []
    granularity = _one_of(found, "options.granularity", _GRANULARITY, options.granularity)
    profile = _one_of(found, "options.profile", _PROFILE, options.profile)
    scope = _one_of(found, "options.scope", _SCOPE, options.scope)
    explain: int = options.explain
    if explain not in _EXPLAIN:
        found.append(unknown_value("options.explain", explain))
    explain = explain or (EXPLAIN_NONE if batch else EXPLAIN_SUMMARY)
    least = options.min_confidence if options.HasField("min_confidence") else None
    if least is not None and not 0.0 <= least <= 1.0:  # also refuses not-a-number
        found.append(
            Violation("options.min_confidence", "OUT_OF_RANGE", "options.min_confidence must be a number from 0 to 1.")
        )
    candidates = 0 if batch else DEFAULT_CANDIDATES
    if options.HasField("max_candidates"):
        candidates = options.max_candidates
        if not 0 <= candidates <= MAX_CANDIDATES:
            words = f"options.max_candidates must be from 0 to {MAX_CANDIDATES}."
            found.append(Violation("options.max_candidates", "OUT_OF_RANGE", words))
    paths = sorted(set(options.read_mask.paths))
    mask = _mask(found, paths, resolver_pb2.Resolution.DESCRIPTOR)
    pin = options.pin_snapshot.removeprefix("snapshots/")
    if pin and not _HASH.fullmatch(pin):
        words = "options.pin_snapshot must be a snapshot hash: 64 hexadecimal digits, lower case."
        found.append(Violation("options.pin_snapshot", "BAD_HASH", words))
    if found:
        raise invalid(*found)
    lean = batch and not paths
    shape = (granularity.name, profile.name, scope.name, least, candidates, explain, paths, lean, batch)
    return Plan(
        Options(granularity, profile, least, candidates, scope), explain, mask, batch, lean, pin, repr(shape).encode()
    )


def comparison(request: resolver_pb2.CompareNamesRequest) -> Plan:
    """Return the plan of a comparison: what the table says of each name comes as lean as in a batch. Raises `CallError`."""
    if request.profile not in _PROFILE:
        raise invalid(unknown_value("profile", request.profile))
    options = resolver_pb2.ResolveOptions(
        profile=request.profile, max_candidates=DEFAULT_CANDIDATES, explain=EXPLAIN_SUMMARY
    )
    return _plan(options, batch=True)


def mention_plan(options: resolver_pb2.LinkOptions, *, batch: bool) -> Plan:
    """Return the plan of the resolutions that stand in a linked text: lean, without provenance. Raises `CallError`."""
    resolving = resolver_pb2.ResolveOptions(
        granularity=options.granularity,
        profile=options.profile,
        scope=options.scope,
        explain=options.explain or (EXPLAIN_NONE if batch else EXPLAIN_SUMMARY),
        max_candidates=0 if batch else DEFAULT_CANDIDATES,
        pin_snapshot=options.pin_snapshot,
    )
    if options.HasField("min_confidence"):
        resolving.min_confidence = options.min_confidence
    if options.HasField("max_candidates"):
        resolving.max_candidates = options.max_candidates
    return _plan(resolving, batch=True)


def day(field: str, text: str) -> None:
    """Check a day of a request. Raises `CallError`."""
    found: list[Violation] = []
    _day(found, field, text)
    if found:
        raise invalid(*found)


def context(message: resolver_pb2.QueryContext) -> Context:
    """Return the checked context. Raises `CallError` with paths below `context`."""
    found: list[Violation] = []
    _match(found, "context.language", message.language, _LANGUAGE, "a BCP 47 language tag such as zh-Hans")
    _match(found, "context.country", message.country, _COUNTRY, "an ISO 3166-1 alpha-2 code such as CN")
    _match(found, "context.exchange", message.exchange, _MIC, "an ISO 10383 market code such as XSHG")
    _day(found, "context.as_of", message.as_of)
    if message.city:
        _text(found, "context.city", message.city)
    identifiers: tuple[Code, ...] = ()
    if len(message.identifiers) > MAX_IDENTIFIERS:
        found.append(_too_many("context.identifiers", len(message.identifiers), MAX_IDENTIFIERS))
    else:
        identifiers = tuple(
            _code(found, f"context.identifiers[{number}].", sent.scheme, sent.value, sent.mic)
            for number, sent in enumerate(message.identifiers)
        )
    if len(message.co_mentions) > MAX_CO_MENTIONS:
        found.append(_too_many("context.co_mentions", len(message.co_mentions), MAX_CO_MENTIONS))
    else:
        for number, mention in enumerate(message.co_mentions):
            _text(found, f"context.co_mentions[{number}]", mention)
    if found:
        raise invalid(*found)
    return Context(
        message.language,
        message.country,
        message.city,
        message.exchange,
        identifiers,
        tuple(message.co_mentions),
        message.as_of,
    )


def context_of(
    message: resolver_pb2.ResolveRequest | resolver_pb2.ResolveItem | resolver_pb2.ExplainResolutionRequest,
) -> tuple[Context, bytes]:
    """Return the checked context of a request or item, and its bytes for the resolution ID."""
    if not message.HasField("context"):
        return NO_CONTEXT, b""
    serialised = message.context.SerializeToString(deterministic=True)
    return (context(message.context), serialised) if serialised else (NO_CONTEXT, b"")


def request_id(text: str) -> None:
    """Check a caller's own ID. Raises `CallError`."""
    if len(text) > MAX_ID_LENGTH or not _PRINTABLE_ASCII.fullmatch(text):
        words = f"request_id must be at most {MAX_ID_LENGTH} printable ASCII characters."
        raise invalid(Violation("request_id", "BAD_REQUEST_ID", words))


def item_id(text: str) -> None:
    """Check the ID of an item. Raises `CallError`."""
    if len(text.encode()) > MAX_ID_LENGTH:
        raise invalid(Violation("item_id", "TOO_LONG", f"item_id must be at most {MAX_ID_LENGTH} bytes."))


def item_count(field: str, count: int, most: int = MAX_ITEMS) -> None:
    """Check the number of items of a batch. Raises `CallError` with `max_items` in its metadata."""
    limit = {"max_items": str(most)}
    if count == 0:
        raise invalid(Violation(field, "EMPTY", f"{field} is empty. Send 1 to {most}."), metadata=limit)
    if count > most:
        raise invalid(_too_many(field, count, most), metadata=limit)


def of_engine(refused: InvalidQuery, field: str | None = None) -> CallError:
    """Return the status of a text that the engine's guard refused. `field`: the contract's field, if another."""
    name = field or refused.field
    words = str(refused)
    if field is not None and words.startswith(refused.field + " "):
        words = field + words[len(refused.field) :]
    return invalid(Violation(name, refused.reason, words))


def firm_id(text: str, field: str = "name") -> str:
    """Return the canonical ID of a resource name or a bare ID. Raises `CallError`."""
    # The cap stands first: the text is quoted nowhere and may be a megabyte.
    found = read_firm_id(text) if len(text) <= MAX_ID_LENGTH else ""
    if not found:
        words = f"{field} must be firms/ and a canonical ID: ZM, seven characters and a check character."
        raise invalid(Violation(field, "BAD_FIRM_ID" if text else "EMPTY", words))
    return found


def snapshot_name(text: str) -> str:
    """Return the hash that a snapshot's resource name names; empty for the current one. Raises `CallError`."""
    if text in ("", "snapshots/current"):
        return ""
    found = text.removeprefix("snapshots/")
    if not _HASH.fullmatch(found):
        raise invalid(
            Violation("name", "BAD_HASH", "name must be snapshots/current or snapshots/ and a snapshot hash.")
        )
    return found


def suggestions(request: resolver_pb2.SuggestFirmsRequest) -> int:
    """Return how many suggestions to send. Raises `CallError`."""
    if not 0 <= request.max_suggestions <= MAX_SUGGESTIONS:
        words = f"max_suggestions must be from 1 to {MAX_SUGGESTIONS}, or 0 for {DEFAULT_SUGGESTIONS}."
        raise invalid(Violation("max_suggestions", "OUT_OF_RANGE", words))
    return request.max_suggestions or DEFAULT_SUGGESTIONS


def lookup(request: catalog_pb2.LookupIdentifierRequest) -> tuple[Code, str]:
    """Return the code to look up and the day on which it must hold. Raises `CallError`."""
    found: list[Violation] = []
    code = _code(found, "", request.scheme, request.value, request.mic)
    _day(found, "as_of", request.as_of)
    if found:
        raise invalid(*found)
    return code, request.as_of


@dataclass(frozen=True, slots=True)
class Page:
    """A page of search results that was asked for."""

    offset: int
    size: int
    fingerprint: bytes
    """Stands for the snapshot and the search: a token fits no other."""

    def next_token(self) -> str:
        """Return the token of the page after this one; empty when paging ends here by limit."""
        offset = self.offset + self.size
        if offset >= MAX_SEARCH_OFFSET:
            return ""
        return base64.urlsafe_b64encode(offset.to_bytes(4, "big") + self.fingerprint).decode()


def page(request: catalog_pb2.SearchFirmsRequest, snapshot: str) -> Page:
    """Return the page that a search asks for. Raises `CallError`."""
    found: list[Violation] = []
    if request.page_size < 0:
        words = f"page_size must be from 1 to {MAX_PAGE_SIZE}, or 0 for {DEFAULT_PAGE_SIZE}."
        found.append(Violation("page_size", "OUT_OF_RANGE", words))
    _match(found, "sector", request.sector, _SECTOR, "a sector key such as semiconductors")
    search = repr((snapshot, request.query, request.sector, request.tech_only)).encode("utf-8", "surrogatepass")
    fingerprint = hashlib.blake2b(search, digest_size=8).digest()
    offset = 0
    if request.page_token:
        offset = _offset(request.page_token, fingerprint)
        if offset < 0:
            words = "page_token belongs to another search or to a table that has changed. Ask for the first page again."
            found.append(Violation("page_token", "BAD_PAGE_TOKEN", words))
    if found:
        raise invalid(*found)
    return Page(offset, min(request.page_size or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE), fingerprint)


def _offset(token: str, fingerprint: bytes) -> int:
    try:
        content = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True) if len(token) <= 32 else b""
    except (UnicodeEncodeError, binascii.Error):
        return -1
    offset = int.from_bytes(content[:4], "big")
    return offset if content[4:] == fingerprint and offset < MAX_SEARCH_OFFSET else -1


def _mask(found: list[Violation], paths: list[str], descriptor: Descriptor) -> Mask | None:
    if not paths or paths == ["*"]:
        return None
    if len(paths) > MAX_MASK_PATHS:
        found.append(_too_many("options.read_mask", len(paths), MAX_MASK_PATHS))
        return None
    root: Mask = {}
    for number, path in enumerate(paths):
        steps = path.split(".") if len(path) <= MAX_ID_LENGTH else [""]
        kind: Descriptor | None = descriptor
        for step in steps:
            field = None if kind is None else kind.fields_by_name.get(step)
            if field is None:
                words = f"options.read_mask names a field that Resolution does not have (path {number + 1} in order)."
                found.append(Violation("options.read_mask", "UNKNOWN_FIELD", words))
                return None
            kind = field.message_type
        # `firm` names all of the firm, so `firm.city` beside it must not narrow it.
        if any(".".join(steps[:length]) in paths for length in range(1, len(steps))):
            continue
        branch = root
        for step in steps:
            branch = branch.setdefault(step, {})
    return root


def _one_of(found: list[Violation], field: str, values: dict[int, Any], value: int) -> Any:
    if value not in values:
        found.append(unknown_value(field, value))
        return values[0]
    return values[value]


def unknown_value(field: str, value: int) -> Violation:
    """Return what is wrong with an enum value that this server does not know."""
    return Violation(field, "UNKNOWN_VALUE", f"{field} has the value {value}, which this server does not know.")


def _too_many(field: str, count: int, limit: int) -> Violation:
    return Violation(field, "TOO_MANY", f"{field} has {count} entries. Send at most {limit}.")


def _match(found: list[Violation], field: str, text: str, shape: re.Pattern[str], words: str) -> None:
    if text and not shape.fullmatch(text):
        found.append(Violation(field, "BAD_FORMAT", f"{field} must be {words}."))


def _day(found: list[Violation], field: str, text: str) -> None:
    if not text:
        return
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        found.append(Violation(field, "BAD_DATE", f"{field} must be a day of the calendar, YYYY-MM-DD."))


def _text(found: list[Violation], field: str, text: str) -> None:
    try:
        guard(text, field)
    except InvalidQuery as refused:
        found.append(Violation(field, refused.reason, str(refused)))


def _code(found: list[Violation], prefix: str, scheme: int, value: str, mic: str) -> Code:
    meant = _one_of(found, f"{prefix}scheme", _SCHEME, scheme)
    if len(value) > MAX_CODE_LENGTH:
        words = f"{prefix}value has {len(value)} characters. Send at most {MAX_CODE_LENGTH}."
        found.append(Violation(f"{prefix}value", "TOO_LONG", words))
    else:
        _text(found, f"{prefix}value", value)
    _match(found, f"{prefix}mic", mic, _MIC, "an ISO 10383 market code such as XSHG")
    return Code(meant, value, mic)
