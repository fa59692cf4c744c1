"""Read hand-curated batches into facts: firms and decoys that editors wrote. Bad lines are refused together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhengming.aliases.model import (
    Ambiguity,
    DateBasis,
    Firm,
    FirmKind,
    FirmState,
    NameKind,
    RelationType,
    Scheme,
    Source,
    Table,
)
from zhengming.curation.batch_files import read_decoys, read_records
from zhengming.curation.batch_joins import doubt_codes, join_by_english_name, report_double_rows
from zhengming.curation.batch_record import plain_code, record_faults
from zhengming.curation.draft import Draft, Facts, ImportRefused, Tie
from zhengming.curation.fact_rows import iso_date
from zhengming.curation.identity import legal_anchor
from zhengming.curation.keys import has_english_form
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
_SHOWN = 50


def read_batches(paths: list[Path], table: Table) -> Facts:
    """Return the firms and decoys of curated files. Raises `ImportRefused` naming every bad line."""
    facts = Facts(sources={CURATED.key: CURATED})
    problems: list[str] = []
    known = {firm.id: firm for firm in table.firms}
    records = []
    for path in paths:
        if path.suffix == ".jsonl":
            for where, record in read_records(path, problems):
                faults = record_faults(record) or list(_strangers(record, known))
                problems += [f"{where}: {fault}" for fault in faults]
                records.append(record)
        elif path.suffix == ".csv":
            facts.decoys += read_decoys(path, CURATED.key, problems)
        else:
            problems.append(f"{path}: is neither .jsonl nor .csv. Write firms as .jsonl, decoys as .csv.")
    if problems:
        bad = f"{len(problems)} {'fault' if len(problems) == 1 else 'faults'}. Mend the lines; nothing was changed."
        raise ImportRefused("\n".join([*problems[:_SHOWN], bad]))
    kept = {twin: record["firm_id"] for record in records for twin in record.get("same_as", ())}
    for record in records:
        if (firm_id := record.get("firm_id", "")) in kept:
            # Another line of these files joins this record into that one.
            record["firm_id"] = kept[firm_id]
        facts.drafts.append(_draft(record, facts, known))
    report_double_rows(facts)
    doubt_codes(facts, table)
    join_by_english_name(facts, table)
    return facts


def _strangers(record: dict[str, Any], known: dict[str, Firm]) -> Iterator[str]:
    """Yield the IDs of a line that the table does not have."""
    firm_id, twins = record.get("firm_id", ""), record.get("same_as", [])
    if firm_id and firm_id not in known:
        yield f"has the firm_id {firm_id!r}, which is not in the table. Look the firm up, or leave the ID out."
    if twins and not firm_id:
        yield "has same_as and no firm_id. Name the record that stays by its firm_id."
    if strangers := sorted(set(twins) - known.keys()):
        yield f"is the same as {', '.join(strangers)}, which is not in the table. Look the record up."


def _draft(record: dict[str, Any], facts: Facts, known: dict[str, Firm]) -> Draft:
    """Return the draft of a record without faults, and add its ties to the facts."""
    chinese, short, english = (record.get(key, "").strip() for key in ("zh", "zh_short", "en"))
    firm_id = record.get("firm_id", "")
    draft = _known_firm(record, known[firm_id]) if firm_id else _new_firm(record, chinese, short, english)
    draft.set(
        **{column: record.get(column, "") for column in ("display_zh", "display_en", "sector", "country", "city")},
        founded=iso_date(record.get("founded", "")),
        website=_site(record.get("website", "")),
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
            plain_code(scheme, identifier["value"]),
            CURATED.key,
            mic=identifier.get("mic", ""),
            valid_from=iso_date(identifier.get("from", "")),
            valid_to=iso_date(identifier.get("to", "")),
        )
    if hint := record.get("listed_hint", ""):
        draft.anchors.add(f"TICKER:{hint}")
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
    state = FirmState(record.get("state", "ACTIVE"))
    draft = Draft(set(), rank=0, kind=FirmKind(record["kind"]), tech=record["tech"], state=state)
    draft.set(display_zh=short or chinese, display_en=english, sector=record["sector"], country="CN", scope="curated")
    return draft


def _known_firm(record: dict[str, Any], firm: Firm) -> Draft:
    """Return a draft of a firm that the table holds, with its columns as they are; `same_as` lists records to join into it."""
    draft = Draft(
        {f"ID:{firm.id}", *(f"SAME:{twin}" for twin in record.get("same_as", ()))},
        rank=0,
        kind=FirmKind(record.get("kind", firm.kind.value)),
        tech=record.get("tech", firm.tech),
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
    draft.add_name(
        name["text"],
        name["language"],
        NameKind(name["kind"]),
        CURATED.key,
        valid_from=iso_date(name.get("from", "")),
        valid_to=iso_date(name.get("to", "")),
        basis=DateBasis.OBSERVED,
        ambiguity=Ambiguity(name.get("ambiguity", "")),
    )
