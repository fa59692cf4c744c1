"""Read hand-curated batches: firms as JSON lines, decoys as CSV. Bad lines are refused together, with their numbers."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhengming.aliases.check import LANGUAGES, TICKERS
from zhengming.aliases.model import (
    Ambiguity,
    DateBasis,
    Decoy,
    DecoyReason,
    Firm,
    FirmKind,
    FirmState,
    NameKind,
    RelationType,
    Scheme,
    Source,
    Table,
)
from zhengming.curation.draft import Draft, Facts, ImportRefused, Tie
from zhengming.curation.fact_rows import iso_date
from zhengming.curation.identity import legal_anchor
from zhengming.curation.keys import has_english_form
from zhengming.curation.sectors import SECTORS
from zhengming.engine.fold import has_han, name_key

CURATED = Source(
    key="curated-2026-11",
    title="Names written by the editors, checked by a second look",
    publisher="Zhengming editors",
    licence="Apache-2.0",
    as_of="2026-11-23",
    address="",
    via="",
)
_BRAND_WORDS = 2
_DECOY_COLUMNS = ("text", "language", "label", "reason", "owner")


def read_batches(paths: list[Path], table: Table) -> Facts:
    """Return the firms and decoys of curated files. Raises `ImportRefused` naming every bad line."""
    facts = Facts(sources={CURATED.key: CURATED})
    problems: list[str] = []
    records = []
    known = {firm.id: firm for firm in table.firms}
    for path in paths:
        if path.suffix == ".jsonl":
            records += list(_records(path, problems))
    kept = {str(twin): record.get("firm_id", "") for _, record in records for twin in record.get("same_as", ())}
    for where, record in records:
        if (firm_id := record.get("firm_id", "")) in kept:
            # Another line of these files joins this record into that one.
            record["firm_id"] = kept[firm_id]
        try:
            facts.drafts.append(_draft(record, facts, known))
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"{where}: {error if isinstance(error, ValueError) else f'lacks or mistypes {error}'}")
    for path in paths:
        if path.suffix == ".csv":
            facts.decoys += _decoys(path, problems)
        elif path.suffix != ".jsonl":
            problems.append(f"{path}: is neither .jsonl (firms) nor .csv (decoys)")
    if problems:
        raise ImportRefused("\n".join([*problems[:50], f"{len(problems)} bad lines. Mend them; nothing was changed."]))
    _report_double_rows(facts)
    _join_by_english_name(facts, table)
    return facts


def _records(path: Path, problems: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ImportRefused(f"{path}: cannot be read ({error.strerror}). Name a batch file.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append(f"{path.name}:{number}: is not JSON ({error.msg})")
            continue
        if isinstance(record, dict):
            yield f"{path.name}:{number}", record
        else:
            problems.append(f"{path.name}:{number}: is not a JSON object")


def _draft(record: dict[str, Any], facts: Facts, known: dict[str, Firm]) -> Draft:
    chinese, short, english = (str(record.get(key, "")).strip() for key in ("zh", "zh_short", "en"))
    firm_id = record.get("firm_id", "")
    draft = _known_firm(firm_id, record, known) if firm_id else _new_firm(record, chinese, short, english)
    if record.get("sector", "other") not in SECTORS:
        raise ValueError(f"has the unknown sector {record['sector']!r}")
    draft.set(
        **{column: str(record.get(column, "")) for column in ("display_zh", "display_en", "sector", "country", "city")},
        founded=iso_date(str(record.get("founded", ""))),
        website=_site(str(record.get("website", ""))),
    )
    draft.add_name(chinese, "zh-Hans", NameKind.LEGAL, CURATED.key)
    draft.add_name(short, "zh-Hans", NameKind.SHORT, CURATED.key)
    draft.add_name(english, "en", _english_kind(english), CURATED.key)
    for name in record.get("names", ()):
        _add_name(draft, name)
    for identifier in record.get("identifiers", ()):
        scheme = Scheme(identifier["scheme"])
        draft.add_identifier(
            scheme,
            _code(scheme, str(identifier["value"])),
            CURATED.key,
            mic=identifier.get("mic", ""),
            valid_from=iso_date(str(identifier.get("from", ""))),
            valid_to=iso_date(str(identifier.get("to", ""))),
        )
    if hint := record.get("listed_hint", ""):
        mic, _, ticker = hint.partition(":")
        if mic not in TICKERS or not TICKERS[mic].fullmatch(ticker):
            raise ValueError(f"has the listed_hint {hint!r}; write MIC:ticker")
        draft.anchors.add(f"TICKER:{mic}:{ticker}")
    if not firm_id:
        # A firm that was named by its ID is that one, whatever its new legal name resembles.
        draft.anchors |= {
            legal_anchor(name.text) for name in draft.names if name.kind is NameKind.LEGAL and has_han(name.text)
        }
    if not draft.anchors:
        draft.anchors.add(f"CUR:{name_key(short or english)}")
    _add_ties(record, min(draft.anchors), facts)
    return draft


def _new_firm(record: dict[str, Any], chinese: str, short: str, english: str) -> Draft:
    if not (chinese or short or english or record.get("listed_hint")):
        raise ValueError("has no name")
    state = FirmState(record.get("state", "ACTIVE"))
    draft = Draft(set(), rank=0, kind=FirmKind(record["kind"]), tech=bool(record["tech"]), state=state)
    draft.set(display_zh=short or chinese, display_en=english, sector=record["sector"], country="CN", scope="curated")
    return draft


def _known_firm(firm_id: str, record: dict[str, Any], known: dict[str, Firm]) -> Draft:
    """Return a draft of a firm that the table holds, with its columns as they are; `same_as` lists records to join into it."""
    if firm_id not in known:
        raise ValueError(f"has the firm_id {firm_id!r}, which is not in the table")
    firm = known[firm_id]
    twins = [str(twin) for twin in record.get("same_as", ())]
    if strangers := sorted(set(twins) - known.keys()):
        raise ValueError(f"is the same as {', '.join(strangers)}, which is not in the table")
    draft = Draft(
        {f"ID:{firm_id}", *(f"SAME:{twin}" for twin in twins)},
        rank=0,
        kind=FirmKind(record.get("kind", firm.kind.value)),
        tech=bool(record.get("tech", firm.tech)),
        state=FirmState(record.get("state", firm.state.value)),
    )
    columns = (
        "display_zh",
        "display_en",
        "sector",
        "industry",
        "country",
        "city",
        "founded",
        "website",
        "scope",
        "note",
    )
    draft.set(**{column: getattr(firm, column) for column in columns})
    return draft


def _english_kind(english: str) -> NameKind:
    """Return what an English name is: one or two words without a legal form (Fabarta) are a brand, not a full name."""
    brand = not has_english_form(english) and len(english.split()) <= _BRAND_WORDS
    return NameKind.SHORT if brand else NameKind.LEGAL


def _site(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def _add_ties(record: dict[str, Any], anchor: str, facts: Facts) -> None:
    if parent := record.get("parent", ""):
        facts.ties.append(Tie(parent, anchor, "curated", CURATED.key))
    if absorbed := record.get("successor_of", ""):
        facts.ties.append(Tie(absorbed, anchor, "curated", CURATED.key, RelationType.SUCCESSOR_OF))


def _add_name(draft: Draft, name: dict[str, Any]) -> None:
    if name["language"] not in LANGUAGES:
        raise ValueError(f"has a name in the unknown language {name['language']!r}")
    kind = NameKind(name["kind"])
    draft.add_name(
        str(name["text"]),
        name["language"],
        kind,
        CURATED.key,
        valid_from=iso_date(str(name.get("from", ""))),
        valid_to=iso_date(str(name.get("to", ""))),
        basis=DateBasis.OBSERVED,
        ambiguity=Ambiguity(name.get("ambiguity", "")),
    )


def _code(scheme: Scheme, value: str) -> str:
    return value.lstrip("0") if scheme is Scheme.CIK else value


def _decoys(path: Path, problems: list[str]) -> Iterator[Decoy]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != _DECOY_COLUMNS:
            problems.append(f"{path.name}:1: needs the columns {','.join(_DECOY_COLUMNS)}")
            return
        for row in reader:
            where = f"{path.name}:{reader.line_num}"
            if None in row.values() or None in row:
                problems.append(f"{where}: has another number of values than the header")
                continue
            if row["language"] not in LANGUAGES or row["reason"] not in {reason.value for reason in DecoyReason}:
                problems.append(f"{where}: has an unknown language or reason ({row['language']}, {row['reason']})")
                continue
            owner = row["owner"].strip()
            yield Decoy(
                row["text"].strip(), row["language"], row["label"], DecoyReason(row["reason"]), owner, CURATED.key
            )


def _report_double_rows(facts: Facts) -> None:
    """Report rows that share an anchor (a listed line, a legal name): they become one firm."""
    rows: dict[str, list[str]] = {}
    for draft in facts.drafts:
        for anchor in draft.anchors:
            rows.setdefault(anchor, []).append(draft.label)
    for anchor, labels in sorted(rows.items()):
        if len(labels) > 1:
            facts.report("joined", anchor, f"rows of one firm: {', '.join(labels)}")


def _join_by_english_name(facts: Facts, table: Table) -> None:
    """Give a curated firm the anchor of its English legal name when the table's bearer has no Chinese legal name."""
    chinese = {name.firm_id for name in table.names if name.kind is NameKind.LEGAL and has_han(name.text)}
    listed = {line.firm_id for line in table.identifiers if line.scheme is Scheme.TICKER}
    bearers: dict[str, set[str]] = {}
    for name in table.names:
        if (
            name.kind in (NameKind.LEGAL, NameKind.TRANSLATION)
            and not has_han(name.text)
            and (anchor := legal_anchor(name.text))
        ):
            bearers.setdefault(anchor, set()).add(name.firm_id)
    claimed: dict[str, list[Draft]] = {}
    for draft in facts.drafts:
        for name in draft.names:
            if name.kind is NameKind.LEGAL and not has_han(name.text) and (anchor := legal_anchor(name.text)):
                claimed.setdefault(anchor, []).append(draft)
    for anchor, drafts in claimed.items():
        firm_ids = bearers.get(anchor, set())
        if len(drafts) != 1:
            continue
        if all(known.startswith("CUR:") for known in drafts[0].anchors):
            drafts[0].anchors.add(anchor)
        if len(firm_ids) != 1:
            continue
        firm_id = next(iter(firm_ids))
        named_chinese = any(has_han(name.text) and name.kind is NameKind.LEGAL for name in drafts[0].names)
        if firm_id in chinese and named_chinese and firm_id in listed:
            if not any(anchor.startswith("TICKER:") for anchor in drafts[0].anchors):
                facts.report(
                    "contradicted",
                    drafts[0].label,
                    f"has the English name of {firm_id} but another Chinese one; kept apart",
                )
            continue
        drafts[0].anchors.add(f"ID:{firm_id}")
