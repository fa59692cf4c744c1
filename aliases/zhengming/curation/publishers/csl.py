"""The US Consolidated Screening List as trade.gov offers it, CSV or JSON: entries and aliases of firms of the table.

An entry joins a firm by the restriction lines that the table has, else by its name. Individuals, vessels, aircraft and
all addresses are left out; an address only tells the country. An entry with a mainland address that joins no firm is for
a person to decide, a foreign one is no business of this table.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhengming.aliases.codes import is_uscc
from zhengming.aliases.model import NameKind, Restriction, Scheme, Source, Table
from zhengming.curation.decorations import tidy_english
from zhengming.curation.draft import Facts, ImportRefused
from zhengming.curation.fact_rows import iso_date
from zhengming.curation.known_firms import KnownFirms
from zhengming.curation.listed_names import read_alias, read_listed, split_aliases, why_no_firm, why_unfit
from zhengming.curation.publishers.csv_records import BadLine, csv_records
from zhengming.curation.publishers.intake import Intake, OfferedName
from zhengming.curation.publishers.json_file import read_json
from zhengming.curation.publishers.publication import Publisher, owned_keys, publication_date
from zhengming.curation.restricted_matching import match_entry
from zhengming.curation.spelling import SpellingKey, spelling_key
from zhengming.engine.fold import name_key

CSL = Publisher(
    "csl",
    "Consolidated Screening List",
    "US Department of Commerce, International Trade Administration",
    "public domain",
    "https://www.trade.gov/consolidated-screening-list",
)


@dataclass(frozen=True, slots=True)
class ListOfCsl:
    """One of the lists that the Consolidated Screening List is made of."""

    key: str
    """The list's key in `restrictions.csv`."""
    citation: str = ""
    """The official notice, where the list itself is the notice and its entries name none."""


LISTS_OF_CSL = {
    "EL": ListOfCsl("us_bis_entity_list"),
    "MEU": ListOfCsl("us_bis_meu"),
    "DPL": ListOfCsl("us_bis_dpl"),
    "UVL": ListOfCsl("us_bis_uvl", "Unverified List, Supplement No. 6 to 15 CFR Part 744 (BIS), https://www.bis.gov/"),
    "CMIC": ListOfCsl(
        "us_ofac_nscmic",
        "Non-SDN Chinese Military-Industrial Complex Companies List (OFAC), https://ofac.treasury.gov/",
    ),
    "SDN": ListOfCsl("us_ofac_sdn", "Specially Designated Nationals List (OFAC), https://ofac.treasury.gov/"),
    "ISN": ListOfCsl("us_state_nonproliferation"),
    "DTC": ListOfCsl("us_state_itar_debarred"),
}
"""Abbreviation in the column `source` → the list. Other lists of the CSL hold no Chinese firms."""
_ABBREVIATION = re.compile(r"\(([A-Z]{2,4})\)")
_COLUMNS = (
    "source",
    "type",
    "name",
    "addresses",
    "federal_register_notice",
    "start_date",
    "end_date",
    "alt_names",
    "ids",
)
_COUNTRY_LAST = re.compile(r",\s*([A-Z]{2})\s*$")
_USCC = re.compile(r"\b[0-9A-Z]{18}\b")
_NO_ENTITY = frozenset({"individual", "vessel", "aircraft"})


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of the file: what is needed of it, and nothing of its addresses but the countries."""

    where: str
    source: str
    type: str
    listed: str
    aliases: tuple[str, ...]
    countries: frozenset[str]
    ids: str
    first: str
    last: str
    notice: str


def read_csl(path: Path, as_of: str, table: Table) -> Facts:
    """Return what the Consolidated Screening List says of the firms of the table."""
    intake = Intake(table, owned_keys(table, [CSL.stem]))
    inside, entries = _json(path, intake) if path.suffix.lower() == ".json" else ("", _csv(path, intake))
    day = publication_date(path, as_of, inside)
    source = CSL.source(day)
    holders = _Holders(table)
    passed: Counter[str] = Counter()
    for entry in entries:
        _read_entry(entry, day, source, intake, holders, passed)
    intake.left_out(path.name, passed)
    return intake.facts()


def _csv(path: Path, intake: Intake) -> Iterator[_Entry]:
    for record in csv_records(path, _COLUMNS, lambda column: column in _COLUMNS):
        where = f"{path.name}:{record.line}"
        if isinstance(record, BadLine):
            intake.bad_row(where, record.reason)
            continue
        row = record.values
        addresses = (_COUNTRY_LAST.search(address) for address in row["addresses"].split(";"))
        yield _Entry(
            where,
            row["source"],
            row["type"],
            row["name"],
            tuple(row["alt_names"].split("; ")),
            frozenset(address[1] for address in addresses if address),
            row["ids"],
            row["start_date"],
            row["end_date"],
            row["federal_register_notice"],
        )


def _json(path: Path, intake: Intake) -> tuple[str, Iterator[_Entry]]:
    """Return the newest day that the file names for its lists, and its entries."""
    content = read_json(path)
    results = content.get("results") if isinstance(content, dict) else None
    if not isinstance(results, list):
        raise ImportRefused(f"{path}: has no list of results. Give the Consolidated Screening List as trade.gov does.")
    used = content.get("sources_used")
    days = [str(one.get("last_imported") or "")[:10] for one in used or () if isinstance(one, dict)]
    return max(filter(iso_date, days), default=""), _json_entries(path, results, intake)


def _json_entries(path: Path, results: list[Any], intake: Intake) -> Iterator[_Entry]:
    for number, row in enumerate(results, 1):
        where = f"{path.name}: result {number}"
        try:
            yield _Entry(
                where,
                str(row["source"] or ""),
                str(row.get("type") or ""),
                str(row["name"] or ""),
                tuple(str(alias) for alias in row.get("alt_names") or ()),
                frozenset(str(address.get("country") or "") for address in row.get("addresses") or ()) - {""},
                " ".join(str(one.get("number") or "") for one in row.get("ids") or ()),
                str(row.get("start_date") or ""),
                str(row.get("end_date") or ""),
                str(row.get("federal_register_notice") or ""),
            )
        except (AttributeError, KeyError, TypeError):
            intake.bad_row(where, "is not an entry with a source and a name")


class _Holders:
    """Finds the firm of an entry. The publisher's own earlier lines count here: they say whose an entry is."""

    def __init__(self, table: Table) -> None:
        self._known = KnownFirms(table, owned_keys(table, [CSL.stem]))
        self._listed: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._spelled: dict[SpellingKey, set[str]] = defaultdict(set)
        for line in table.restrictions:
            for list_key in (line.list, ""):
                self._listed[list_key, name_key(line.name_as_listed)].add(line.firm_id)
            if spelled := spelling_key(read_listed(line.name_as_listed)[0]):
                self._spelled[spelled].add(line.firm_id)

    def unit(self, list_key: str, listed: str, alias: str, body: str) -> tuple[str, str] | None:
        """Return the firm that a list gives as an alias of `body`, and its name as listed; None when it is no unit.

        A list writes the institutes of a body as its aliases ("CETC 7th Research Institute", or "Suzhou Research
        Institute" of a university); in the table each is a firm with a line of its own.
        """
        for as_listed in (alias, f"{listed}, {alias}"):
            units = self._listed.get((list_key, name_key(as_listed)), set()) - {body}
            if len(units) == 1:
                return next(iter(units)), as_listed
        return None

    def find(self, list_key: str, listed: str, name: str, aliases: list[str], uscc: str) -> set[str]:
        """Return the firm of an entry: by its own line, its line on another list, its name, then its spelling."""
        for found in (self._listed.get((key, name_key(listed)), set()) for key in (list_key, "")):
            if found:
                return found
        if firm_id := match_entry(name, aliases, uscc, self._known):
            return {firm_id}
        spelled = spelling_key(name)
        return self._spelled.get(spelled, set()) if spelled else set()


def _read_entry(
    entry: _Entry, day: str, source: Source, intake: Intake, holders: _Holders, passed: Counter[str]
) -> None:
    abbreviation = _ABBREVIATION.search(entry.source)
    of_csl = LISTS_OF_CSL.get(abbreviation[1]) if abbreviation else None
    listed = " ".join(entry.listed.split())
    if entry.type.lower() in _NO_ENTITY:
        passed[f"type {entry.type.lower()}"] += 1
        return
    if of_csl is None:
        passed[f"list {entry.source or 'not stated'} is not kept in the table"] += 1
        return
    if not listed:
        intake.bad_row(entry.where, "has no name")
        return
    first, last = iso_date(entry.first), iso_date(entry.last)
    if bool(entry.first) != bool(first) or bool(entry.last) != bool(last):
        intake.bad_row(entry.where, f"has the date {entry.first} or {entry.last}, which is none")
        return
    name, by_name, _ = read_listed(listed)
    name = tidy_english(name)
    aliases = [alias for text in (*entry.aliases, by_name) for alias in split_aliases(text)]
    uscc = next(filter(is_uscc, _USCC.findall(entry.ids)), "")
    found = holders.find(of_csl.key, listed, name, aliases, uscc)
    citation = entry.notice.strip() or of_csl.citation
    if len(found) > 1:
        intake.undecided(entry.where, f"{listed}: {', '.join(sorted(found))} have this entry or name; not used")
    elif not found:
        _pass_stranger(entry, f"{listed} ({of_csl.key}, {citation})", listed, intake, passed)
    elif not citation:
        intake.bad_row(entry.where, f"{listed}: cites no official notice")
    else:
        firm_id = next(iter(found))
        first = first or (iso_date(citation) if of_csl.key.startswith("us_bis_") else "")
        intake.offer_restriction(
            Restriction(firm_id, of_csl.key, listed, first, last, citation, day, source.key), source
        )
        intake.offer_code(firm_id, Scheme.USCC, uscc, source)
        intake.offer_name(firm_id, OfferedName(name, "en", NameKind.TRANSLATION, claimed=True), source)
        units = {alias: own_line for alias in aliases if (own_line := holders.unit(of_csl.key, listed, alias, firm_id))}
        for unit, as_listed in units.values():
            intake.offer_restriction(
                Restriction(unit, of_csl.key, as_listed, first, last, citation, day, source.key), source
            )
        others = [alias for alias in aliases if alias not in units]
        _offer_aliases(firm_id, listed, name, others, intake, source)


def _pass_stranger(entry: _Entry, subject: str, listed: str, intake: Intake, passed: Counter[str]) -> None:
    if "CN" not in entry.countries:
        passed["no mainland address, and no firm of the table"] += 1
    elif reason := "" if entry.type.lower() == "entity" else why_no_firm(listed):
        passed[reason] += 1
    else:
        intake.undecided(entry.where, f"{subject}: no firm of the table. Add the firm in a batch, or leave it.")


def _offer_aliases(firm_id: str, listed: str, name: str, aliases: list[str], intake: Intake, source: Source) -> None:
    for alias in aliases:
        if reason := why_unfit(alias, name):
            intake.result.report("left out", listed, f"alias {alias}: {reason}")
            continue
        text, language, kind, mark = read_alias(alias)
        intake.offer_name(firm_id, OfferedName(text, language, kind, ambiguity=mark, claimed=True), source)
