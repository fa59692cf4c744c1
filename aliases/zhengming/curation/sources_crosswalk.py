"""Codes of the firms of the table from registers in the fact folder: USCC, LEI, Wikidata item.

Nothing is guessed: a code is taken when its check digit is right, its register's name is one firm's full name alone,
and the firm is of that register's country; the intake refuses a code of two firms and a second one of a firm. The
three files may be missing. A repository of business registrations has noisy brands, so only USCC and founding day are
read from it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from zhengming.aliases.codes import is_lei, is_uscc
from zhengming.aliases.model import Scheme, Table
from zhengming.curation.crosswalk_index import CrosswalkIndex, Role
from zhengming.curation.draft import Draft, Facts
from zhengming.curation.fact_rows import fact_rows, iso_date
from zhengming.curation.fact_sources import BY_KEY, CROSSWALK_KEYS
from zhengming.curation.keys import english_form_words
from zhengming.curation.publishers.intake import Intake
from zhengming.curation.sources_ror import read_ror
from zhengming.engine.fold import name_key

_USCC_FILE, _LEI_FILE, _ROR_FILE = "brand_to_legal_smoothnlp.csv", "lei_sample_cn.csv", "orgs_ror_cn.csv"
_LEI_COUNTRIES = frozenset({"CN", "HK", "KY", "BM", "VG"})
_ONE_FORM = {
    "ltd": "limited",
    "co": "company",
    "corp": "corporation",
    "inc": "incorporated",
    "coltd": "company limited",
}

LeftOut = dict[tuple[str, str], str]


def read_left_out(path: Path | None = None) -> LeftOut:
    """Read `codes_left_out.csv`: (scheme, code) → why an editor does not trust it."""
    path = path or Path(__file__).parent / "codes_left_out.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {(row["scheme"], row["value"]): row["reason"] for row in csv.DictReader(stream)}


def read_crosswalk(folder: Path, table: Table, left_out: LeftOut | None = None) -> Facts:
    """Return the codes that the registers of the fact folder give to firms of the table."""
    left_out = read_left_out() if left_out is None else left_out
    intake = Intake(table, CROSSWALK_KEYS)
    index = CrosswalkIndex(table, CROSSWALK_KEYS)
    founded = _read_uscc(folder, index, intake, left_out) if (folder / _USCC_FILE).is_file() else {}
    if (folder / _LEI_FILE).is_file():
        _read_lei(folder, index, intake, left_out)
    if (folder / _ROR_FILE).is_file():
        read_ror(folder, _ROR_FILE, index, intake, left_out)
    facts = intake.facts()
    _add_founded(facts, founded)
    return facts


def _read_uscc(folder: Path, index: CrosswalkIndex, intake: Intake, left_out: LeftOut) -> dict[str, str]:
    """Offer the USCC of firms whose full Chinese name, present or former, a registration has; return founding days."""
    founded: dict[str, str] = {}
    for row in fact_rows(folder, _USCC_FILE, "legal_name", "uscc", "founded"):
        code, name = row["uscc"], row["legal_name"]
        if not code or not name_key(name):
            continue
        found = index.holders(name, Role.LEGAL, Role.FORMER)
        if not found:
            continue
        firm_id = next(iter(found))
        if len(found) > 1:
            reason = f"is a full name, present or former, of {', '.join(sorted(found))}"
        elif not is_uscc(code):
            reason = "has a wrong check digit"
        elif "CN" not in index.countries(firm_id):
            reason = f"{firm_id} is registered outside the mainland; a namesake"
        elif len(index.chinese_legal_names(firm_id)) > 1:
            reason = f"{firm_id} has several legal persons: {', '.join(sorted(index.chinese_legal_names(firm_id)))}"
        else:
            reason = left_out.get(("USCC", code), "")
        if reason:
            intake.result.report("left out", f"USCC {code}", f"{name}: {reason}")
            continue
        intake.offer_code(firm_id, Scheme.USCC, code, BY_KEY["x1"])
        founded[code] = iso_date(row["founded"])
    return founded


def _read_lei(folder: Path, index: CrosswalkIndex, intake: Intake, left_out: LeftOut) -> None:
    """Offer the LEI of firms whose English full name and legal form a record has, in the country of the firm."""
    rows = [
        row
        for row in fact_rows(folder, _LEI_FILE, "lei", "legal_name", "legal_address_country", "entity_category")
        if row["entity_category"] == "GENERAL" and row["legal_address_country"] in _LEI_COUNTRIES
    ]
    records: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for firm_id in index.holders(row["legal_name"], Role.LEGAL):
            records[firm_id].add(row["lei"])
    for row in rows:
        code, name, country = row["lei"], row["legal_name"], row["legal_address_country"]
        bearers = sorted({bearer.firm_id for bearer in index.bearers(name)})
        if not bearers:
            continue
        firm_id = bearers[0]
        if len(bearers) > 1:
            reason = f"is a name of {', '.join(bearers)}"
        elif not (legal := index.english_legal_names(firm_id, name)):
            reason = f"is a name of {firm_id}, but not its full name today"
        elif _forms(name) not in map(_forms, legal):
            reason = f"has another legal form than {firm_id} {' / '.join(legal)}"
        elif country not in index.countries(firm_id):
            reason = f"is registered in {country}, {firm_id} in {' or '.join(sorted(index.countries(firm_id)))}"
        elif not is_lei(code):
            reason = "has a wrong check digit"
        elif len(records[firm_id]) > 1:
            reason = f"{firm_id} has several records of this name: {', '.join(sorted(records[firm_id]))}"
        else:
            reason = left_out.get(("LEI", code), "")
        if reason:
            intake.result.report("left out", f"LEI {code}", f"{name} ({country}): {reason}")
        else:
            intake.offer_code(firm_id, Scheme.LEI, code, BY_KEY["x2"])


def _forms(name: str) -> frozenset[str]:
    """Return the legal form of an English name as words: "Co., Ltd." and "Company Limited" are one form."""
    words = (_ONE_FORM.get(word, word) for word in english_form_words(name))
    return frozenset(word for form in words for word in form.split())


def _add_founded(facts: Facts, founded: dict[str, str]) -> None:
    """Give the founding day of the registration to the firms that took its USCC; what the table has stays."""
    for draft in list(facts.drafts):
        for line in draft.identifiers:
            if line.scheme is Scheme.USCC and (day := founded.get(line.value)):
                facts.drafts.append(
                    Draft(set(draft.anchors), kind=draft.kind, rank=draft.rank, fields={"founded": day})
                )
