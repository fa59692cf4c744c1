"""Text linking at the edge: options of a call → a plan, and what the engine found in a text → the contract's messages."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zhengming.engine import answer
from zhengming.engine.linking import LinkedText, LinkOptions, Mention, Offsets, OffsetUnit, SignalCode
from zhengming.engine.linking.model import InvalidText
from zhengming.server import convert, validate
from zhengming.server.errors import CallError, Violation, invalid
from zhengming.v1 import resolver_pb2

MAX_TEXTS = 100
"""Texts in a batch."""

_UNIT = {0: OffsetUnit.CODE_POINTS} | {
    resolver_pb2.OffsetEncoding.Value(f"OFFSET_ENCODING_{unit.name}"): unit for unit in OffsetUnit
}
_ENCODING = {unit: resolver_pb2.OffsetEncoding.Value(f"OFFSET_ENCODING_{unit.name}") for unit in OffsetUnit}
_SIGNAL = {code: resolver_pb2.MentionSignalCode.Value(f"MENTION_SIGNAL_CODE_{code.name}") for code in SignalCode}


@dataclass(frozen=True, slots=True)
class Plan:
    """Checked options of a call that links texts."""

    options: LinkOptions
    resolving: validate.Plan
    """How the resolution of a mention is sent: lean, without provenance."""
    unit: OffsetUnit
    matches_only: bool


def plan(options: resolver_pb2.LinkOptions, *, batch: bool) -> Plan:
    """Return the plan of a call's options. Raises `CallError`."""
    found: list[Violation] = []
    if options.offset_encoding not in _UNIT:
        found.append(validate.unknown_value("options.offset_encoding", options.offset_encoding))
    least = options.min_mention_confidence if options.HasField("min_mention_confidence") else None
    if least is not None and not 0.0 <= least <= 1.0:  # also refuses not-a-number
        words = "options.min_mention_confidence must be a number from 0 to 1."
        found.append(Violation("options.min_mention_confidence", "OUT_OF_RANGE", words))
    if found:
        raise invalid(*found)
    resolving = validate.mention_plan(options, batch=batch)
    asked = resolving.options
    return Plan(
        LinkOptions(asked.profile, asked.granularity, asked.scope, asked.max_candidates, least, asked.min_confidence),
        resolving,
        _UNIT[options.offset_encoding],
        options.matches_only,
    )


def text_count(count: int) -> None:
    """Check the number of texts of a batch. Raises `CallError` with `max_items` in its metadata."""
    validate.item_count("items", count, MAX_TEXTS)


def link(answers: convert.Answers, plan: Plan, text: str, as_of: str, *, batch: bool) -> resolver_pb2.LinkedText:
    """Link one text. Raises `CallError` for a text or a day that the contract refuses."""
    validate.day("as_of", as_of)
    options = replace(plan.options, as_of=as_of) if as_of else plan.options
    if not text.strip():
        raise invalid(Violation("text", "EMPTY", "text is empty; send the text of an article."))
    try:
        found = answers.engine.link(text, options)
    except InvalidText as refused:
        raise invalid(Violation("text", refused.reason, str(refused))) from None
    message = linked_text(answers, plan, text, found)
    if not batch:
        message.provenance.ParseFromString(answers.provenance(options.profile))
    return message


def linked_text(answers: convert.Answers, plan: Plan, text: str, found: LinkedText) -> resolver_pb2.LinkedText:
    """Return what was found in a text, without provenance."""
    offsets = Offsets(text, plan.unit)
    message = resolver_pb2.LinkedText(offset_encoding=_ENCODING[plan.unit])
    place: dict[int, int] = {}
    for number, mention in enumerate(found.mentions):
        if plan.matches_only and mention.resolution.outcome is not answer.Outcome.MATCH:
            continue
        place[number] = len(place)
        _add_mention(answers, plan, message, mention, offsets)
    for firm in found.firms:
        added = message.firms.add(document_relevance=firm.relevance)
        added.firm.ParseFromString(answers.lean_summary(firm.firm_id))
        added.mentions.extend([place[number] for number in firm.mentions])
    for relation in found.relations:
        message.relations.add(
            type=convert.RELATION_TYPE[relation.type],
            from_firm=convert.reference(relation.from_firm),
            to_firm=convert.reference(relation.to_firm),
        )
    return message


def _add_mention(
    answers: convert.Answers, plan: Plan, message: resolver_pb2.LinkedText, mention: Mention, offsets: Offsets
) -> None:
    added = message.mentions.add(
        start=offsets.convert(mention.start),
        end=offsets.convert(mention.end),
        text=mention.text,
        mention_confidence=mention.mention_confidence,
        document_relevance=mention.relevance,
    )
    resolved = answers.resolution(plan.resolving, mention.text, b"", mention.resolution)
    added.resolution.ParseFromString(resolved)
    if plan.resolving.explain != validate.EXPLAIN_NONE:
        for signal in mention.signals:
            added.signals.add(code=_SIGNAL[signal.code], contribution=signal.contribution)


def result(item_id: str, outcome: resolver_pb2.LinkedText | CallError) -> resolver_pb2.LinkTextItemResult:
    """Return the answer for one text of a batch."""
    if isinstance(outcome, CallError):
        return resolver_pb2.LinkTextItemResult(item_id=item_id, error=convert.rpc_status(outcome))
    return resolver_pb2.LinkTextItemResult(item_id=item_id, linked=outcome)
