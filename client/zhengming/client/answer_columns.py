"""What is told of an answer in a cell: its reason, and the other firms that could be meant."""

from __future__ import annotations

from zhengming.client.explanation import short_reason
from zhengming.client.sentences import Language, short_code
from zhengming.v1 import resolver_pb2 as resolver


def reason_of(resolution: resolver.Resolution, lang: Language) -> str:
    """Return code and sentence of what a reader must know; empty for a match without warnings."""
    warnings = " ".join(short_code(resolver.Warning, warning, "WARNING_") for warning in resolution.warnings)
    if resolution.outcome == resolver.OUTCOME_MATCH:
        return warnings
    code = short_code(resolver.NotFoundReason, resolution.not_found_reason, "NOT_FOUND_REASON_") or short_code(
        resolver.AmbiguityReason, resolution.ambiguity_reason, "AMBIGUITY_REASON_"
    )
    return f"{code}: {short_reason(resolution, lang)}"


def candidates_of(resolution: resolver.Resolution) -> str:
    """Return the other firms that could be meant, as `ID name confidence`, separated by ` | `."""
    told = []
    for candidate in resolution.candidates:
        firm = candidate.firm
        if firm.firm_id != resolution.firm.firm_id:
            name = firm.display_name_zh or firm.display_name_en
            told.append(f"{firm.firm_id} {name} {candidate.confidence:.3f}")
    return " | ".join(told)
