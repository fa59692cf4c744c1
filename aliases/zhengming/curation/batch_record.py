"""What a line of a batch may hold: a rule for each field, and every fault of a line at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from zhengming.aliases.check import LANGUAGES, TICKERS, check_identifier, check_name
from zhengming.aliases.model import Ambiguity, DateBasis, FirmKind, FirmState, Identifier, Name, NameKind, Scheme
from zhengming.aliases.name_text import text_faults
from zhengming.curation.fact_rows import iso_date
from zhengming.curation.sectors import SECTORS

Rule = Callable[[Any], str]
"""What to write instead of a value, as a sentence; empty when the value will do."""


def one_of(known: Iterable[str]) -> Rule:
    """Return the rule that a value is one of these words."""
    words = list(known)
    said = f"Write {'nothing or ' if '' in words else ''}one of {', '.join(filter(None, words))}."
    return lambda value: "" if isinstance(value, str) and value in words else said


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else "Write a text."


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "Write true or false."


def _date(value: Any) -> str:
    fits = isinstance(value, str) and (not value or iso_date(value))
    return "" if fits else 'Write "YYYY", "YYYY-MM", "YYYY-MM-DD" or "".'


def _country(value: Any) -> str:
    fits = isinstance(value, str) and re.fullmatch(r"([A-Z]{2})?", value)
    return "" if fits else "Write two capital letters (CN)."


def _listing(value: Any) -> str:
    if value == "":
        return ""
    mic, _, ticker = value.partition(":") if isinstance(value, str) else ("", "", "")
    fits = mic in TICKERS and TICKERS[mic].fullmatch(ticker)
    return "" if fits else f"Write MIC:ticker (XSHG:688256); markets are {', '.join(TICKERS)}."


def _texts(value: Any) -> str:
    return "" if isinstance(value, list) and all(isinstance(one, str) for one in value) else "Write a list of texts."


def _objects(value: Any) -> str:
    fits = isinstance(value, list) and all(isinstance(one, dict) for one in value)
    return "" if fits else "Write a list of objects."


def _shown(value: Any) -> str:
    if not isinstance(value, str):
        return "Write a text."
    return next((f"It {fault.message}" for fault in text_faults(value)), "")


FIRM_RULES: dict[str, Rule] = {
    "firm_id": _text,
    "same_as": _texts,
    "zh": _text,
    "zh_short": _text,
    "en": _text,
    "kind": one_of(kind.value for kind in FirmKind),
    "sector": one_of(sorted(SECTORS)),
    "tech": _flag,
    "country": _country,
    "city": _text,
    "founded": _date,
    "website": _text,
    "display_zh": _shown,
    "display_en": _shown,
    "state": one_of(state.value for state in FirmState),
    "parent": _text,
    "successor_of": _text,
    "listed_hint": _listing,
    "names": _objects,
    "identifiers": _objects,
}
NAME_RULES: dict[str, Rule] = {
    "text": _text,
    "language": one_of(sorted(LANGUAGES)),
    "kind": one_of(kind.value for kind in NameKind),
    "ambiguity": one_of(mark.value for mark in Ambiguity),
    "from": _date,
    "to": _date,
}
CODE_RULES: dict[str, Rule] = {
    "scheme": one_of(scheme.value for scheme in Scheme),
    "value": _text,
    "mic": one_of(["", *TICKERS]),
    "from": _date,
    "to": _date,
}
_NEEDED_OF_A_NEW_FIRM = ("kind", "sector", "tech")
_NEEDED_OF_A_NAME = ("text", "language", "kind")
_NEEDED_OF_A_CODE = ("scheme", "value")
_MAIN_NAMES = {"zh": "zh-Hans", "zh_short": "zh-Hans", "en": "en"}


def record_faults(record: dict[str, Any]) -> list[str]:
    """Return everything that is wrong with a line by itself, each as what is wrong and what to do."""
    faults = list(_field_faults(record, FIRM_RULES, () if record.get("firm_id") else _NEEDED_OF_A_NEW_FIRM))
    if not any(record.get(key) for key in (*_MAIN_NAMES, "firm_id", "listed_hint")):
        faults.append("has no name. Write zh, zh_short or en.")
    for key, language in _MAIN_NAMES.items():
        if isinstance(text := record.get(key, ""), str) and text.strip():
            name = {"text": text, "language": language, "kind": NameKind.LEGAL.value}
            faults += (f"{key} {fault}" for fault in _name_faults(name))
    for name in _listed(record, "names"):
        label = f"name {name.get('text', '')!r}"
        found = list(_field_faults(name, NAME_RULES, _NEEDED_OF_A_NAME))
        faults += (f"{label}: {fault}" for fault in found)
        faults += () if found else (f"{label} {fault}" for fault in _name_faults(name))
    for code in _listed(record, "identifiers"):
        label = f"identifier {code.get('value', '')!r}"
        found = list(_field_faults(code, CODE_RULES, _NEEDED_OF_A_CODE))
        faults += (f"{label}: {fault}" for fault in found)
        faults += () if found else (f"{label} {fault}" for fault in _code_faults(code))
    return faults


def plain_code(scheme: Scheme, value: str) -> str:
    """Return a code as the table writes it: a CIK without the zeros before it."""
    return value.lstrip("0") if scheme is Scheme.CIK else value


def _listed(record: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = record.get(key, [])
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _field_faults(values: dict[str, Any], rules: dict[str, Rule], needed: tuple[str, ...]) -> Iterator[str]:
    if missing := [key for key in needed if key not in values]:
        yield f"lacks {', '.join(missing)}. Write {'it' if len(missing) == 1 else 'them'}."
    for key, value in values.items():
        rule = rules.get(key)
        if rule is None:
            yield f"has the unknown key {key!r}. Known are {', '.join(rules)}."
        elif advice := rule(value):
            yield f"{key} is {value!r}. {advice}"


def _name_faults(name: dict[str, Any]) -> Iterator[str]:
    first, last = iso_date(name.get("from", "")), iso_date(name.get("to", ""))
    basis = DateBasis.OBSERVED if first or last else DateBasis.NONE
    kind, text = NameKind(name["kind"]), " ".join(name["text"].split())
    line = Name("", text, name["language"], kind, first, last, basis, Ambiguity.NONE, True, "")
    yield from (problem.message for problem in check_name(line))


def _code_faults(code: dict[str, Any]) -> Iterator[str]:
    scheme = Scheme(code["scheme"])
    first, last = iso_date(code.get("from", "")), iso_date(code.get("to", ""))
    line = Identifier("", scheme, plain_code(scheme, code["value"]), code.get("mic", ""), first, last, "")
    yield from (problem.message for problem in check_identifier(line))
