"""Read the rows of government lists: which are entries of mainland parties, and what each says."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.codes import is_uscc
from zhengming.aliases.model import Restriction
from zhengming.curation.decorations import tidy_english
from zhengming.curation.draft import Facts
from zhengming.curation.fact_rows import fact_rows, iso_date
from zhengming.curation.fact_sources import BY_ORIGIN, source_key
from zhengming.curation.keys import english_core, english_words, has_english_form
from zhengming.curation.listed_names import (
    mend_heading,
    names_institute,
    plain_alias,
    read_listed,
    split_aliases,
    why_no_firm,
)
from zhengming.curation.places import MAINLAND_ENGLISH
from zhengming.engine.fold import name_key

LISTS = {
    "bis_entity_list": "us_bis_entity_list",
    "bis_meu": "us_bis_meu",
    "bis_dpl": "us_bis_dpl",
    "dow_1260h": "us_dod_1260h",
    "dod_1260h_history": "us_dod_1260h",
    "ofac_nscmic": "us_ofac_nscmic",
    "ofac_eo14032_annex": "us_eo14032_annex",
    "dhs_uflpa": "us_dhs_uflpa",
    "cbp_wro": "us_cbp_wro",
    "fcc_covered": "us_fcc_covered",
    "state_nonproliferation": "us_state_nonproliferation",
    "ndaa_section_1286": "us_ndaa_1286",
    "ndaa_section_889": "us_ndaa_889",
    "ndaa_section_5949": "us_ndaa_5949",
    "ndaa_section_154": "us_ndaa_154",
    "eu_32014R0833": "eu_833_2014",
    "eu_32014R0269": "eu_269_2014",
    "eu_32017R1509": "eu_1509_2017",
    "eu_32012R0267": "eu_267_2012",
    "eu_32006R0765": "eu_765_2006",
}
_CITED_BY_LIST = {
    "dhs_uflpa": "UFLPA Entity List (DHS), https://www.dhs.gov/uflpa-entity-list",
    "cbp_wro": "Withhold Release Orders and Findings (CBP), https://www.cbp.gov/trade/forced-labor/withhold-release-orders-and-findings",
    "fcc_covered": "List of Equipment and Services Covered by Section 2 of the Secure Networks Act (FCC), https://www.fcc.gov/supplychain/coveredlist",
    "ofac_nscmic": "Non-SDN Chinese Military-Industrial Complex Companies List (OFAC), https://ofac.treasury.gov/",
}  # fmt: skip
"""Lists whose rows state no notice each: the list itself is the government's notice."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list, read."""

    list: str
    listed: str
    name: str
    aliases: tuple[str, ...]
    uscc: str
    parent: str
    restriction: Restriction
    key: str
    heading: str = ""
    """The piece of the name under which a reading of the list left the row, its own name among the aliases."""


def read_entries(folder: Path, facts: Facts) -> list[Entry]:
    """Return the entries of mainland parties of the fact folder; rows left out are counted by reason in the report."""
    left: Counter[str] = Counter()
    rows = fact_rows(
        folder, "restricted_parties_cn.csv", "list", "name", "alt_names", "country", "ids", "citation", "source"
    )
    read = [entry for row in rows if (entry := _read_entry(row, facts, left))]
    for reason, count in sorted(left.items()):
        facts.report("left out", "restricted_parties_cn.csv", f"{count} rows: {reason}")
    return [one for entry in read for one in _with_institutes(entry)]


def own_anchor(entry: Entry) -> str:
    """Return the anchor that an entry's own name gives: its English full name, else its name on the list."""
    core = english_core(entry.name)
    if has_english_form(entry.name) and len(core.split()) > 1:
        return f"EN:{core}"
    return f"RN:{name_key(entry.name)}"


def _read_entry(row: dict[str, str], facts: Facts, left: Counter[str]) -> Entry | None:
    reason = why_left_out(row)
    key = "" if reason else source_key(facts, row["source"])
    if reason or not key:
        left[reason or f"origin {row['source']} is not registered"] += 1
        return None
    listed, alt_names, heading = mend_heading(" ".join(row["name"].split()), split_aliases(row["alt_names"]))
    ids = dict(part.split("=", 1) for part in row["ids"].split("|") if "=" in part)
    name, by_name, parent = read_listed(listed)
    aliases = [plain_alias(alias) for alias in [*alt_names, *split_aliases(by_name)]]
    citation = row["citation"] or _CITED_BY_LIST.get(row["list"], "")
    if row["list"].startswith("eu_"):
        citation = f"CELEX {row['list'].removeprefix('eu_')}, Annex {row['citation'].split(' ')[0].rstrip('.')}"
    first = iso_date(row["listed_date"]) or (iso_date(row["citation"]) if row["list"].startswith("bis_") else "")
    last = iso_date(row["status"].removeprefix("ended ")) if row["status"].startswith("ended") else ""
    source = BY_ORIGIN[row["source"]]
    return Entry(
        list=row["list"],
        listed=listed,
        name=tidy_english(name),
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias and name_key(alias) != name_key(name))),
        uscc=ids.get("USCC", "") if is_uscc(ids.get("USCC", "")) else "",
        parent=parent or ids.get("PARENT", ""),
        restriction=Restriction("", LISTS[row["list"]], listed, first, last, citation, source.as_of, key),
        key=key,
        heading=heading,
    )


def _with_institutes(entry: Entry) -> list[Entry]:
    """Return an entry and one each for the institutes of the listed body that stand among its aliases."""
    institutes = [alias for alias in entry.aliases if names_institute(alias, entry.name)]
    aliases = tuple(alias for alias in entry.aliases if alias not in institutes)
    return [
        dataclasses.replace(entry, aliases=aliases),
        *(
            Entry(
                list=entry.list,
                listed=institute,
                name=tidy_english(institute),
                aliases=(),
                uscc="",
                parent=entry.name,
                restriction=dataclasses.replace(entry.restriction, name_as_listed=institute),
                key=entry.key,
            )
            for institute in institutes
        ),
    ]


def why_left_out(row: dict[str, str]) -> str:
    """Return why a row of the file is not taken, or nothing."""
    name, origin = row["name"], row["source"]
    if row["list"] not in LISTS:
        return f"list {row['list']} is not known"
    if not row["citation"] and row["list"] not in _CITED_BY_LIST:
        return f"no notice cited ({origin.split('@')[0]})"
    if row["country"] == "TW":
        return "Taiwan party"
    if reason := why_no_firm(name):
        return reason
    return "" if _mainland_evidence(row) else "Hong Kong or foreign address only"


def _mainland_evidence(row: dict[str, str]) -> bool:
    """Tell whether a row points to the mainland: an address there, or none at all with country CN, or a place name."""
    words = set(english_words(row["name"])) | set(english_words(row["alt_names"]))
    if words & MAINLAND_ENGLISH or "USCC=" in row["ids"] or "PARENT=" in row["ids"]:
        return True
    addresses = [part for part in re.split(r";(?: and)?", row["address"]) if part.strip()]
    if not addresses:
        return row["country"] == "CN"
    return any(
        "hong kong" not in part.lower() and (set(english_words(part)) & MAINLAND_ENGLISH or "china" in part.lower())
        for part in addresses
    )
