"""Engine dataclasses → the contract's messages. The only module that knows both.

Answers leave here as serialised bytes: what repeats (a firm's summary, the provenance) is serialised once a snapshot,
see `wire`. Enum members carry the names of the contract's values, so the tables below are made by name at import and
a member without its value fails there, not in a call.
"""

from __future__ import annotations

import hashlib
from binascii import hexlify
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from google.protobuf.message import Message
from google.rpc import status_pb2
from zhengming.aliases import model
from zhengming.engine import answer
from zhengming.server.errors import CallError
from zhengming.server.snapshot import Snapshot
from zhengming.server.validate import EXPLAIN_FULL, EXPLAIN_NONE, Mask, Plan
from zhengming.server.wire import nested, tag
from zhengming.v1 import catalog_pb2, firm_pb2, resolver_pb2

ERROR_DOMAIN = "zhengming"
"""`ErrorInfo.domain` of every error."""
MAX_RESTRICTIONS = 20
"""Restriction entries in a summary."""
MAX_KEPT_BYTES = 4096
"""Largest answer, with its context, that is kept ready for a repeated query; the usual one has 0.7 KB."""
KEPT_NAMES = 50_000
"""Names that stay serialised (about 0.2 KB each)."""
KEPT_NUMBERS = 20_000
"""Distinct sets of an answer's or a candidate's numbers that stay serialised (about 0.3 KB each)."""
KEPT_EVIDENCE = 20_000
"""Distinct evidence lines that stay serialised; weights come from a table, so there are few."""
KEPT_PLANS = 1000
"""Plans of which is kept what all answers under them share."""


def _by_name(members: Iterable[Enum], values: Any, prefix: str) -> dict[Any, Any]:
    return {member: values.Value(f"{prefix}_{member.name}") for member in members}


_OUTCOME = _by_name(answer.Outcome, resolver_pb2.Outcome, "OUTCOME")
_NOT_FOUND_REASON = _by_name(answer.NotFoundReason, resolver_pb2.NotFoundReason, "NOT_FOUND_REASON")
_AMBIGUITY_REASON = _by_name(answer.AmbiguityReason, resolver_pb2.AmbiguityReason, "AMBIGUITY_REASON")
_HINT = _by_name(answer.Hint, resolver_pb2.Hint, "HINT")
_WARNING = _by_name(answer.Warning, resolver_pb2.Warning, "WARNING")
_MATCH_TYPE = _by_name(answer.MatchType, resolver_pb2.MatchType, "MATCH_TYPE")
_EVIDENCE_CODE = _by_name(answer.EvidenceCode, resolver_pb2.EvidenceCode, "EVIDENCE_CODE")
_NAME_RELATION = _by_name(answer.NameRelation, resolver_pb2.NameRelation, "NAME_RELATION")
_COMPARISON_BASIS = _by_name(answer.ComparisonBasis, resolver_pb2.ComparisonBasis, "COMPARISON_BASIS")
_STAGE = _by_name(answer.Stage, resolver_pb2.Stage, "STAGE")
_STANDING = _by_name(answer.Standing, resolver_pb2.Standing, "STANDING")
_DECOY_REASON = _by_name(model.DecoyReason, resolver_pb2.DecoyReason, "DECOY_REASON")
_FIRM_KIND = _by_name(model.FirmKind, firm_pb2.FirmKind, "FIRM_KIND")
_FIRM_STATE = _by_name(model.FirmState, firm_pb2.FirmState, "FIRM_STATE")
_NAME_KIND = _by_name(model.NameKind, firm_pb2.NameKind, "NAME_KIND")
_SCHEME = _by_name(model.Scheme, firm_pb2.IdentifierScheme, "IDENTIFIER_SCHEME")
_HOLDER = _by_name(answer.RestrictionHolder, firm_pb2.RestrictionHolder, "RESTRICTION_HOLDER")
RELATION_TYPE = _by_name(model.RelationType, firm_pb2.RelationType, "RELATION_TYPE")

_RESOLUTION_ID = tag(resolver_pb2.Resolution, "resolution_id")
_RESOLUTION_NORMALIZED = tag(resolver_pb2.Resolution, "query_normalized")
_RESOLUTION_DECOY = tag(resolver_pb2.Resolution, "decoy")
_RESOLUTION_PARSED = tag(resolver_pb2.Resolution, "parsed")
_RESOLUTION_FIRM = tag(resolver_pb2.Resolution, "firm")
_RESOLUTION_MATCHED_NAME = tag(resolver_pb2.Resolution, "matched_name")
_RESOLUTION_CANDIDATES = tag(resolver_pb2.Resolution, "candidates")
_RESOLUTION_PROVENANCE = tag(resolver_pb2.Resolution, "provenance")
_CANDIDATE_FIRM = tag(resolver_pb2.Candidate, "firm")
_CANDIDATE_MATCHED_NAME = tag(resolver_pb2.Candidate, "matched_name")
_CANDIDATE_EVIDENCE = tag(resolver_pb2.Candidate, "evidence")
_RESOLUTION_EVIDENCE = tag(resolver_pb2.Resolution, "evidence")
_RESULT_ITEM_ID = tag(resolver_pb2.ResolveItemResult, "item_id")
_RESULT_RESOLUTION = tag(resolver_pb2.ResolveItemResult, "resolution")
# BatchResolveResponse and StreamResolveResponse have the same fields; a test holds them together.
_BATCH_RESULTS = tag(resolver_pb2.BatchResolveResponse, "results")
_BATCH_PROVENANCE = tag(resolver_pb2.BatchResolveResponse, "provenance")
_ITEM_FIRM = tag(catalog_pb2.BatchGetFirmsResponse.Item, "firm")
_ITEM_ERROR = tag(catalog_pb2.BatchGetFirmsResponse.Item, "error")
_FIRM_ITEMS = tag(catalog_pb2.BatchGetFirmsResponse, "items")

Key = TypeVar("Key")


class Answers:
    """Everything that one snapshot answers with. Swapped whole when the table changes; a call keeps the one it began with."""

    def __init__(self, snapshot: Snapshot, kept_answers: int = 0) -> None:
        self.snapshot = snapshot
        self.engine = snapshot.engine
        # Two generations: what is not asked for while the young one fills up is forgotten with the old one.
        self._generation = kept_answers // 2
        self._young: dict[tuple[bytes, str, bytes], bytes] = {}
        self._old: dict[tuple[bytes, str, bytes], bytes] = {}
        self._full: dict[str, bytes] = {}
        self._lean: dict[str, bytes] = {}
        self._provenance: dict[answer.Profile, bytes] = {}
        self._shared: dict[bytes, _Shared] = {}
        self._names: dict[answer.MatchedName, bytes] = {}
        self._outcomes: dict[tuple[object, ...], bytes] = {}
        self._numbers: dict[tuple[float, float, answer.MatchType], bytes] = {}
        self._evidence: dict[tuple[bytes, answer.EvidenceCode, float], bytes] = {}

    def provenance(self, profile: answer.Profile) -> bytes:
        """Return the serialised Provenance of answers under a profile."""
        made = self._provenance.get(profile)
        if made is None:
            made = self._provenance[profile] = resolver_pb2.Provenance(
                snapshot=self.snapshot.hash,
                matcher_version=self.snapshot.matcher_version,
                configuration=self.engine.configuration_hash(profile),
                calibration=self.engine.calibration_id,
                overlay_version=self.snapshot.overlay_version,
            ).SerializeToString(deterministic=True)
        return made

    def provenance_message(self, profile: answer.Profile) -> resolver_pb2.Provenance:
        """Return the Provenance of answers under a profile."""
        return resolver_pb2.Provenance.FromString(self.provenance(profile))

    def resolve(self, plan: Plan, query: str, known: answer.Context, known_bytes: bytes) -> bytes:
        """Return the serialised answer to a query, ready from before where it was asked the same way already.

        `known_bytes` is the context as the request has it. Raises the engine's `InvalidQuery`.
        """
        key = (plan.canonical, query, known_bytes)
        made = self._young.get(key)
        if made is None:
            made = self._old.get(key)
            if made is None:
                made = self.resolution(plan, query, known_bytes, self.engine.resolve(query, known, plan.options))
            if self._generation and len(made) + len(known_bytes) <= MAX_KEPT_BYTES:
                if len(self._young) >= self._generation:
                    self._old, self._young = self._young, {}
                self._young[key] = made
        return made

    def resolution(self, plan: Plan, query: str, context: bytes, found: answer.Resolution) -> bytes:
        """Return the serialised Resolution.

        `context` is the serialised QueryContext of the request, for the resolution ID. Provenance stays out when the
        plan is a batch's.
        """
        shared = self._shared.get(plan.canonical) or self._share(plan)
        parts = [self._outcome(found), nested(_RESOLUTION_ID, shared.resolution_id(query, context)), shared.provenance]
        if found.query_normalized:
            parts.append(nested(_RESOLUTION_NORMALIZED, found.query_normalized.encode()))
        if found.decoy is not None:
            parts.append(nested(_RESOLUTION_DECOY, decoy(found.decoy).SerializeToString(deterministic=True)))
        if plan.explain == EXPLAIN_FULL:
            parsed = parsed_name(self.engine.parse(query))
            parts.append(nested(_RESOLUTION_PARSED, parsed.SerializeToString(deterministic=True)))
        summary = self.lean_summary if plan.lean else self.summary
        if found.firm_id:
            parts.append(nested(_RESOLUTION_FIRM, summary(found.firm_id)))
            if found.matched_name is not None:
                parts.append(nested(_RESOLUTION_MATCHED_NAME, self._name(found.matched_name)))
            if plan.explain != EXPLAIN_NONE and not found.candidates:
                with_spans = plan.explain == EXPLAIN_FULL
                parts += [self._evidence_field(_RESOLUTION_EVIDENCE, one, with_spans) for one in found.evidence]
        for candidate in found.candidates:
            parts.append(nested(_RESOLUTION_CANDIDATES, self._candidate(plan.explain, candidate, summary)))
        whole = b"".join(parts)
        if plan.mask is None:
            return whole
        message = resolver_pb2.Resolution.FromString(whole)
        prune(message, plan.mask)
        return message.SerializeToString(deterministic=True)

    def comparison(self, plan: Plan, first: str, second: str, found: answer.NameComparison) -> Message:
        """Return the NameComparison of two names. `plan` is a batch's: what the table says comes lean."""
        message = resolver_pb2.NameComparison(
            relation=_NAME_RELATION[found.relation],
            confidence=found.confidence,
            basis=_COMPARISON_BASIS[found.basis],
            evidence=[evidence(piece) for piece in found.evidence],
            second_is_form=found.second_is_form,
            first_parsed=parsed_name(found.first_parts),
            second_parsed=parsed_name(found.second_parts),
            provenance=self.provenance_message(plan.options.profile),
        )
        if found.first is not None:
            message.first.ParseFromString(self.resolution(plan, first, b"", found.first))
        if found.second is not None:
            message.second.ParseFromString(self.resolution(plan, second, b"", found.second))
        return message

    def explanation(
        self, plan: Plan, query: str, context: bytes, found: answer.Explanation, redirected_from: str
    ) -> Message:
        """Return the Explanation of a query. `redirected_from`: the ID that was asked about, when it is joined."""
        message = resolver_pb2.Explanation(
            resolution=resolver_pb2.Resolution.FromString(self.resolution(plan, query, context, found.resolution)),
            parsed=parsed_name(found.parts),
            provenance=self.provenance_message(plan.options.profile),
        )
        for step in found.steps:
            added = message.steps.add(stage=_STAGE[step.stage], names_found=step.names_found, ended=step.ended)
            for candidate in step.candidates:
                added.candidates.add().ParseFromString(self._candidate(EXPLAIN_FULL, candidate, self.lean_summary))
        if found.about is not None:
            about = message.about_firm
            about.firm.ParseFromString(self.lean_summary(found.about.firm_id))
            about.standing = _STANDING[found.about.standing]
            about.threshold = found.about.threshold
            about.redirected_from = redirected_from
            if (nearest := found.about.candidate) is not None:
                about.confidence = nearest.confidence
                about.evidence.extend([evidence(piece) for piece in nearest.evidence])
                if nearest.matched_name is not None:
                    about.matched_name.CopyFrom(name(nearest.matched_name))
        return message

    def _outcome(self, found: answer.Resolution) -> bytes:
        """Return the serialised fields that few values fill: outcome, numbers, reason, hints, warnings."""
        key = (
            found.outcome,
            found.confidence,
            found.margin,
            found.match_type,
            found.not_found_reason,
            found.ambiguity_reason,
            found.hints,
            found.warnings,
        )
        made = self._outcomes.get(key)
        if made is None:
            made = resolver_pb2.Resolution(
                outcome=_OUTCOME[found.outcome],
                confidence=found.confidence,
                margin=found.margin,
                match_type=_MATCH_TYPE.get(found.match_type, 0),
                not_found_reason=_NOT_FOUND_REASON.get(found.not_found_reason, 0),
                ambiguity_reason=_AMBIGUITY_REASON.get(found.ambiguity_reason, 0),
                hints=[_HINT[hint] for hint in found.hints],
                warnings=[_WARNING[warning] for warning in found.warnings],
            ).SerializeToString(deterministic=True)
            _keep(self._outcomes, key, made, KEPT_NUMBERS)
        return made

    def item_result(self, item_id: str, result: bytes | CallError) -> bytes:
        """Return the serialised ResolveItemResult of a resolution or of what was wrong with the item."""
        if isinstance(result, CallError):
            failed = resolver_pb2.ResolveItemResult(item_id=item_id, error=rpc_status(result))
            return failed.SerializeToString(deterministic=True)
        answered = nested(_RESULT_RESOLUTION, result)
        return nested(_RESULT_ITEM_ID, item_id.encode()) + answered if item_id else answered

    def batch(self, plan: Plan, results: Iterable[bytes]) -> bytes:
        """Return the serialised BatchResolveResponse or StreamResolveResponse (their fields are the same)."""
        provenance = nested(_BATCH_PROVENANCE, self.provenance(plan.options.profile))
        return b"".join([*(nested(_BATCH_RESULTS, result) for result in results), provenance])

    def summary(self, firm_id: str) -> bytes:
        """Return the serialised FirmSummary with identifiers and restrictions."""
        made = self._full.get(firm_id)
        if made is None:
            made = self._full[firm_id] = summary(self._record(firm_id), lean=False).SerializeToString(
                deterministic=True
            )
        return made

    def lean_summary(self, firm_id: str) -> bytes:
        """Return the serialised FirmSummary without identifiers and restrictions."""
        made = self._lean.get(firm_id)
        if made is None:
            made = self._lean[firm_id] = summary(self._record(firm_id), lean=True).SerializeToString(deterministic=True)
        return made

    def reference(self, firm_id: str) -> firm_pb2.FirmReference:
        """Return a firm named in passing."""
        record = self._record(firm_id)
        return reference(answer.FirmReference(record.id, record.display_zh, record.display_en))

    def message(self) -> firm_pb2.Snapshot:
        """Describe the snapshot."""
        counts = self.engine.counts
        return firm_pb2.Snapshot(
            name=f"snapshots/{self.snapshot.hash}",
            hash=self.snapshot.hash,
            table_version=self.snapshot.table_version,
            overlay_version=self.snapshot.overlay_version,
            matcher_version=self.snapshot.matcher_version,
            firm_count=counts.firms,
            name_count=counts.names,
            identifier_count=counts.identifiers,
            decoy_count=counts.decoys,
        )

    def _record(self, firm_id: str) -> answer.FirmRecord:
        record = self.engine.firm(firm_id, whole=False)
        if record is None:
            raise LookupError(f"the engine answered with {firm_id}, which it has no record of")
        return record

    def _candidate(self, explain: int, candidate: answer.Candidate, summary: Callable[[str], bytes]) -> bytes:
        key = (candidate.score, candidate.confidence, candidate.match_type)
        numbers = self._numbers.get(key)
        if numbers is None:
            score, confidence, match_type = key
            small = resolver_pb2.Candidate(score=score, confidence=confidence, match_type=_MATCH_TYPE[match_type])
            numbers = small.SerializeToString(deterministic=True)
            _keep(self._numbers, key, numbers, KEPT_NUMBERS)
        parts = [numbers, nested(_CANDIDATE_FIRM, summary(candidate.firm_id))]
        if candidate.matched_name is not None:
            parts.append(nested(_CANDIDATE_MATCHED_NAME, self._name(candidate.matched_name)))
        if explain != EXPLAIN_NONE:
            with_spans = explain == EXPLAIN_FULL
            parts += [self._evidence_field(_CANDIDATE_EVIDENCE, one, with_spans) for one in candidate.evidence]
        return b"".join(parts)

    def _name(self, matched: answer.MatchedName) -> bytes:
        made = self._names.get(matched)
        if made is None:
            made = name(matched).SerializeToString(deterministic=True)
            _keep(self._names, matched, made, KEPT_NAMES)
        return made

    def _evidence_field(self, field_tag: bytes, evidence: answer.Evidence, with_spans: bool) -> bytes:
        if with_spans and (evidence.query_span or evidence.name_span):
            message = resolver_pb2.Evidence(
                code=_EVIDENCE_CODE[evidence.code],
                contribution=evidence.contribution,
                query_span=_span(evidence.query_span),
                name_span=_span(evidence.name_span),
            )
            return nested(field_tag, message.SerializeToString(deterministic=True))
        key = (field_tag, evidence.code, evidence.contribution)
        made = self._evidence.get(key)
        if made is None:
            message = resolver_pb2.Evidence(code=_EVIDENCE_CODE[evidence.code], contribution=evidence.contribution)
            made = nested(field_tag, message.SerializeToString())
            _keep(self._evidence, key, made, KEPT_EVIDENCE)
        return made

    def _share(self, plan: Plan) -> _Shared:
        provenance = self.provenance(plan.options.profile)
        prefix = hashlib.blake2b(provenance + plan.canonical, digest_size=16)
        shared = _Shared(prefix, b"" if plan.batch else nested(_RESOLUTION_PROVENANCE, provenance))
        _keep(self._shared, plan.canonical, shared, KEPT_PLANS)
        return shared


class _Shared(NamedTuple):
    """What all answers under one plan have in common."""

    id_prefix: Any
    """Hash over the provenance and the options: a resolution ID goes on from here."""
    provenance: bytes
    """The serialised field of a Resolution; empty for a batch's, which has it once."""

    def resolution_id(self, query: str, context: bytes) -> bytes:
        """Return the ID of the answer to a query. `context` is the serialised QueryContext of the request."""
        digest = self.id_prefix.copy()
        text = query.encode()
        digest.update(b"%d:%b%b" % (len(text), text, context))
        return hexlify(digest.digest())


def _keep(kept: dict[Key, Any], key: Key, value: Any, limit: int) -> None:
    """Keep a value; a cache that callers managed to fill starts anew."""
    if len(kept) >= limit:
        kept.clear()
    kept[key] = value


def _span(span: tuple[int, int] | None) -> resolver_pb2.Span | None:
    return None if span is None else resolver_pb2.Span(start=span[0], end=span[1])


def evidence(piece: answer.Evidence) -> resolver_pb2.Evidence:
    """Return one reason, with the spans it speaks of."""
    return resolver_pb2.Evidence(
        code=_EVIDENCE_CODE[piece.code],
        contribution=piece.contribution,
        query_span=_span(piece.query_span),
        name_span=_span(piece.name_span),
    )


def parsed_name(parts: answer.Parts) -> resolver_pb2.ParsedName:
    """Return the parts of a name."""
    return resolver_pb2.ParsedName(
        places=parts.places,
        brand=parts.brand,
        trades=parts.trades,
        legal_form=parts.legal_form,
        branch=parts.branch,
    )


def decoy(hit: answer.DecoyHit) -> resolver_pb2.Decoy:
    """Return the known name that a query was refused as."""
    return resolver_pb2.Decoy(
        label=hit.label,
        reason=_DECOY_REASON[hit.reason],
        owner=None if hit.owner is None else reference(hit.owner),
    )


def name(matched: answer.MatchedName) -> firm_pb2.Name:
    """Return a name of a firm."""
    return firm_pb2.Name(
        text=matched.text,
        language=matched.language,
        kind=_NAME_KIND[matched.kind],
        valid_from=matched.valid_from,
        valid_to=matched.valid_to,
        shared=matched.shared,
        source=matched.source,
    )


def identifier(code: answer.Code) -> firm_pb2.Identifier:
    """Return a code of a firm."""
    return firm_pb2.Identifier(
        scheme=firm_pb2.IDENTIFIER_SCHEME_UNSPECIFIED if code.scheme is None else _SCHEME[code.scheme],
        value=code.value,
        mic=code.mic,
        valid_from=code.valid_from,
        valid_to=code.valid_to,
    )


def reference(firm: answer.FirmReference) -> firm_pb2.FirmReference:
    """Return a firm named in passing."""
    return firm_pb2.FirmReference(
        name=f"firms/{firm.id}", firm_id=firm.id, display_name_zh=firm.display_zh, display_name_en=firm.display_en
    )


def summary(record: answer.FirmRecord, *, lean: bool) -> firm_pb2.FirmSummary:
    """Return what answers tell about a firm. `lean`: without identifiers and restrictions."""
    message = firm_pb2.FirmSummary(
        name=f"firms/{record.id}",
        firm_id=record.id,
        display_name_zh=record.display_zh,
        display_name_en=record.display_en,
        kind=_FIRM_KIND[record.kind],
        sector=record.sector,
        tech=record.tech,
        country=record.country,
        city=record.city,
        state=_FIRM_STATE[record.state],
        parent=None if record.parent is None else reference(record.parent),
        group=None if record.group is None else reference(record.group),
        restricted=bool(record.restrictions),
    )
    if not lean:
        message.identifiers.extend([identifier(code) for code in record.identifiers])
        message.restrictions.extend([_restriction(entry) for entry in record.restrictions[:MAX_RESTRICTIONS]])
    return message


def firm(record: answer.FirmRecord, redirected_from: str = "") -> firm_pb2.Firm:
    """Return the whole record of a firm. `redirected_from`: the ID that was asked for, when it is gone."""
    message = firm_pb2.Firm(
        name=f"firms/{record.id}",
        summary=summary(record, lean=False),
        names=[name(matched) for matched in record.names],
        relations=[_relation(relation) for relation in record.relations],
        industry=record.industry,
        founded=record.founded,
        website=record.website,
        scope=record.scope,
    )
    message.summary.redirected_from = redirected_from
    return message


def withdrawn_firm(firm_id: str) -> firm_pb2.Firm:
    """Return what is left of a withdrawn record: its ID and its state."""
    left = firm_pb2.FirmSummary(name=f"firms/{firm_id}", firm_id=firm_id, state=firm_pb2.FIRM_STATE_WITHDRAWN)
    return firm_pb2.Firm(name=left.name, summary=left)


def firm_items(results: Iterable[firm_pb2.Firm | CallError]) -> bytes:
    """Return the serialised items of a BatchGetFirmsResponse."""
    parts = []
    for result in results:
        if isinstance(result, CallError):
            item = nested(_ITEM_ERROR, rpc_status(result).SerializeToString(deterministic=True))
        else:
            item = nested(_ITEM_FIRM, result.SerializeToString(deterministic=True))
        parts.append(nested(_FIRM_ITEMS, item))
    return b"".join(parts)


def _restriction(entry: answer.RestrictionEntry) -> firm_pb2.Restriction:
    return firm_pb2.Restriction(
        list=entry.list,
        name_as_listed=entry.name_as_listed,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        citation=entry.citation,
        list_as_of=entry.list_as_of,
        holder=_HOLDER[entry.holder],
        listed_firm=None if entry.listed_firm is None else reference(entry.listed_firm),
    )


def _relation(entry: answer.RelationEntry) -> firm_pb2.Relation:
    return firm_pb2.Relation(
        type=RELATION_TYPE[entry.type],
        from_firm=reference(entry.from_firm),
        to_firm=reference(entry.to_firm),
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        percentage=entry.percentage,
        basis=entry.basis,
    )


def prune(message: Message, mask: Mask) -> None:
    """Clear every field that the mask does not name. Masks reach through repeated fields."""
    for descriptor, value in message.ListFields():
        below = mask.get(descriptor.name)
        if below is None:
            message.ClearField(descriptor.name)
        elif below:
            for part in (value,) if isinstance(value, Message) else value:
                prune(part, below)


def rpc_status(error: CallError) -> status_pb2.Status:
    """Return the google.rpc.Status of an error: ErrorInfo, and BadRequest and RetryInfo where they apply."""
    from google.rpc import error_details_pb2

    code: int = error.code.value[0]
    message = status_pb2.Status(code=code, message=error.message)
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=ERROR_DOMAIN, metadata=error.metadata)
    message.details.add().Pack(info, deterministic=True)
    if error.violations:
        bad = error_details_pb2.BadRequest()
        for violation in error.violations:
            bad.field_violations.add(field=violation.field, description=violation.description, reason=violation.reason)
        message.details.add().Pack(bad, deterministic=True)
    if error.retry_seconds is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromNanoseconds(int(error.retry_seconds * 1e9))
        message.details.add().Pack(retry, deterministic=True)
    return message
