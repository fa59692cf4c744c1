"""Restricted parties: entries of government lists, matched to known firms or grouped into firms of their own.

A government's alias is a claim. One that is another covered firm's name is dropped with a report, an institute of the
listed body is a record of its own, two- and three-letter acronyms are weak, persons and public bodies are left out and
only counted. How names and aliases are read stands in `listed_names`.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.codes import is_uscc
from zhengming.aliases.model import (
    Ambiguity,
    DateBasis,
    FirmKind,
    FirmState,
    Name,
    NameKind,
    RelationType,
    Restriction,
    Scheme,
    Table,
)
from zhengming.curation.decorations import tidy_english
from zhengming.curation.draft import Draft, Facts, Tie
from zhengming.curation.fact_rows import fact_rows, iso_date
from zhengming.curation.fact_sources import BY_ORIGIN, RESTRICTION_KEYS, source_key
from zhengming.curation.identity import is_curated, table_anchors
from zhengming.curation.keys import english_core, english_words, has_english_form
from zhengming.curation.known_firms import KnownFirms
from zhengming.curation.listed_names import (
    bare_alias,
    is_former,
    names_institute,
    plain_alias,
    read_alias,
    read_listed,
    split_aliases,
    why_no_firm,
    why_unfit,
)
from zhengming.curation.mainland import read_hand_joins
from zhengming.curation.places import MAINLAND_ENGLISH
from zhengming.curation.sectors import is_tech, sector_of_name
from zhengming.curation.spelling import SpellingKey, spelling_key
from zhengming.engine.fold import has_han, name_key

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

_INSTITUTE = re.compile(r"universit|institute|academy|college|research cent|school", re.IGNORECASE)
_UNIT = re.compile(r"laborator|\blabs?\b|openlab|\d+(st|nd|rd|th)? (factory|department)|branch", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Claims:
    """Who holds which names: what a new name of a listed party is held against.

    A holder is a firm's ID, or the anchor of a party that the table does not hold yet.
    """

    known: KnownFirms
    heads: frozenset[str]
    """The firms of the table that others belong to."""
    primary: dict[str, set[str]]
    """Key of a listed name → its holders."""
    lists: dict[str, set[str]]
    """Holder → the lists that have a row with its name."""
    shared: frozenset[str]
    """The keys of the names that the table gives to several firms."""


def read_restricted(folder: Path, table: Table, joins: dict[tuple[str, str], str] | None = None) -> Facts:
    """Return the restricted parties of the fact folder, tied to the firms that the table holds."""
    facts = Facts()
    known = KnownFirms(table, RESTRICTION_KEYS)
    left: Counter[str] = Counter()
    rows = fact_rows(
        folder, "restricted_parties_cn.csv", "list", "name", "alt_names", "country", "ids", "citation", "source"
    )
    read = [entry for row in rows if (entry := _read_entry(row, facts, left))]
    entries = [one for entry in read for one in _with_institutes(entry)]
    for reason, count in sorted(left.items()):
        facts.report("left out", "restricted_parties_cn.csv", f"{count} rows: {reason}")
    matched = [match_entry(entry.name, entry.aliases, entry.uscc, known) for entry in entries]
    by_hand = _match_by_hand(entries, matched, read_hand_joins() if joins is None else joins, table, facts)
    _match_by_alias(entries, matched, known, facts)
    by_spelling = _match_by_spelling(entries, matched, table, facts)
    owners = _owners(entries, matched, table)
    claims = Claims(
        known=known,
        heads=_heads_of_groups(table),
        primary=_primary_holders(entries, owners),
        lists=_lists_of(entries, owners),
        shared=frozenset(name_key(line.text) for line in table.names if line.ambiguity is Ambiguity.SHARED),
    )
    for place, (entry, firm_id, own) in enumerate(zip(entries, matched, owners, strict=True)):
        draft = _draft(entry, firm_id, own)
        draft.anchors |= {anchor for anchor in (by_hand.get(place), by_spelling.get(place)) if anchor}
        _join_by_alias(draft, entry, own, claims, facts)
        _add_listed_text(draft, entry, own, claims, facts)
        _add_aliases(draft, entry, own, claims, facts)
        facts.drafts.append(draft)
        if entry.parent:
            facts.ties.append(Tie(entry.parent, f"RN:{name_key(entry.listed)}", "restriction_notice", entry.key))
    facts.report("restricted", "entries", f"{len(entries)} taken, {sum(map(bool, matched))} on known firms")
    return facts


def _read_entry(row: dict[str, str], facts: Facts, left: Counter[str]) -> Entry | None:
    reason = why_left_out(row)
    key = "" if reason else source_key(facts, row["source"])
    if reason or not key:
        left[reason or f"origin {row['source']} is not registered"] += 1
        return None
    listed = " ".join(row["name"].split())
    ids = dict(part.split("=", 1) for part in row["ids"].split("|") if "=" in part)
    name, by_name, parent = read_listed(listed)
    aliases = [plain_alias(alias) for alias in [*split_aliases(row["alt_names"]), by_name]]
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


def match_entry(name: str, aliases: Iterable[str], uscc: str, known: KnownFirms) -> str:
    """Return the firm of the table that a list names: by USCC, Chinese or English legal name, or its current name."""
    if uscc and (found := known.by_uscc(uscc)):
        return found
    for alias in aliases:
        if has_han(alias) and (found := known.by_legal_name(alias)):
            return found
    full = has_english_form(name) or len(english_core(name).split()) > 1
    if full and (found := known.by_legal_name(name)):
        return found
    return known.by_current_name(name)


def _match_by_alias(entries: list[Entry], matched: list[str], known: KnownFirms, facts: Facts) -> None:
    """Match rows whose alias is a known firm's full name, unless that firm has a row of its own on the list."""
    taken = {(entry.list, firm_id) for entry, firm_id in zip(entries, matched, strict=True) if firm_id}
    for place, entry in enumerate(entries):
        if matched[place]:
            continue
        grouped = "group" in english_words(entry.name)
        fitting = [a for a in entry.aliases if has_english_form(a) and ("group" in english_words(a)) == grouped]
        found = {known.by_legal_name(alias) for alias in fitting} - {""}
        if len(found) != 1:
            continue
        firm_id = next(iter(found))
        if (entry.list, firm_id) not in taken:
            matched[place] = firm_id
            facts.report("joined", firm_id, f"{entry.listed}: its alias is this firm's legal name")


def _match_by_hand(
    entries: list[Entry], matched: list[str], joins: dict[tuple[str, str], str], table: Table, facts: Facts
) -> dict[int, str]:
    """Match the rows that `joins_by_hand.csv` names; return those whose anchor the table does not hold, to join later."""
    wanted = {name_key(name): anchor for (mic, name), anchor in joins.items() if not mic}
    anchors = table_anchors(table) if wanted else {}
    waiting = {}
    for place, entry in enumerate(entries):
        anchor = wanted.get(name_key(entry.listed)) or wanted.get(name_key(entry.name), "")
        if not anchor:
            continue
        holders = anchors.get(anchor, set())
        if len(holders) == 1 and not anchor.startswith("RN:"):
            matched[place] = next(iter(holders))
        else:
            waiting[place] = anchor
        facts.report("joined", entry.listed, f"by hand with {anchor}")
    return waiting


def _match_by_spelling(entries: list[Entry], matched: list[str], table: Table, facts: Facts) -> dict[int, str]:
    """Match rows that are another spelling of a known firm's legal name or row; return a common anchor for the others."""
    holders: dict[SpellingKey, set[str]] = defaultdict(set)
    for name in table.names:
        if name.kind is NameKind.LEGAL and name.source not in RESTRICTION_KEYS and (key := spelling_key(name.text)):
            holders[key].add(name.firm_id)
    places: dict[SpellingKey, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        if key := spelling_key(entry.name):
            places[key].append(place)
            if matched[place]:
                holders[key].add(matched[place])
    common = {}
    for key, rows in sorted(places.items()):
        found = holders.get(key, set())
        first = entries[rows[0]].name
        for place in rows:
            if matched[place]:
                continue
            entry = entries[place]
            if len(found) == 1:
                matched[place] = next(iter(found))
                facts.report("joined", entry.listed, f"with {matched[place]}: another spelling of its name")
            elif not found and len({_own_anchor(entries[row]) for row in rows}) > 1:
                common[place] = f"SP:{' '.join(key[-1])}:{key[0]}:{' '.join(key[1])}:{key[2]:d}{key[3]:d}"
                facts.report("joined", entry.listed, f"with {first}: spellings of one name")
    return common


def _owners(entries: list[Entry], matched: list[str], table: Table) -> list[str]:
    """Return whose each entry is: the firm that it was matched to, else the firm that editors joined it to or named.

    Without that an editor's names would stand against the names of the very entry that they were written for.
    """
    curated = {line.firm_id for line in table.names if is_curated(line.source)}
    holders: dict[str, set[str]] = defaultdict(set)
    for line in table.restrictions:
        holders[name_key(line.name_as_listed)].add(line.firm_id)
    owners = []
    for entry, firm_id in zip(entries, matched, strict=True):
        held = holders.get(name_key(entry.listed), set()) & curated
        owners.append(firm_id or (next(iter(held)) if len(held) == 1 else _own_anchor(entry)))
    return owners


def _heads_of_groups(table: Table) -> frozenset[str]:
    return frozenset(
        line.from_id
        for line in table.relations
        if line.type is RelationType.PARENT_OF and line.source not in RESTRICTION_KEYS
    )


def _primary_holders(entries: list[Entry], owners: list[str]) -> dict[str, set[str]]:
    holders: dict[str, set[str]] = defaultdict(set)
    for entry, own in zip(entries, owners, strict=True):
        holders[name_key(entry.name)].add(own)
    return holders


def _lists_of(entries: list[Entry], owners: list[str]) -> dict[str, set[str]]:
    lists: dict[str, set[str]] = defaultdict(set)
    for entry, own in zip(entries, owners, strict=True):
        lists[own].add(LISTS[entry.list])
    return lists


def _join_by_alias(draft: Draft, entry: Entry, own: str, claims: Claims, facts: Facts) -> None:
    """Join a row with the row of another list that is headed by its alias; two rows of one list are two parties."""
    for listed_alias in entry.aliases:
        alias, renamed = bare_alias(listed_alias), is_former(listed_alias)
        others = claims.primary.get(name_key(alias), set()) - {own}
        if (
            (_is_known(own) and not renamed)
            or len(others) != 1
            or len(name_key(alias)) < 5
            or (alias.isupper() and " " not in alias)
        ):
            continue
        other = next(iter(others))
        grouped = ("group" in english_words(alias)) == ("group" in english_words(entry.name))
        both_known = _is_known(own) and _is_known(other)
        if (renamed and not both_known) or (grouped and not claims.lists[own] & claims.lists[other]):
            draft.anchors.add(f"ID:{other}" if _is_known(other) else other)
            claims.primary[name_key(alias)] = {own, other}
            facts.report("joined", entry.listed, f"with the row of another list that is headed {alias}")


def _is_known(holder: str) -> bool:
    return ":" not in holder


def _own_anchor(entry: Entry) -> str:
    core = english_core(entry.name)
    if has_english_form(entry.name) and len(core.split()) > 1:
        return f"EN:{core}"
    return f"RN:{name_key(entry.name)}"


def _draft(entry: Entry, firm_id: str, own: str) -> Draft:
    draft = Draft({_own_anchor(entry), f"RN:{name_key(entry.listed)}"}, rank=8, state=FirmState.UNKNOWN)
    if _is_known(own):
        draft.anchors = {f"ID:{own}", f"RN:{name_key(entry.listed)}"}
        draft.state = FirmState.ACTIVE
    else:
        sector = sector_of_name(entry.name)
        chinese = next((alias for alias in entry.aliases if has_han(alias)), "")
        draft.set(display_en=entry.name, display_zh=chinese, sector=sector, scope="restriction_list")
        draft.tech = is_tech(sector)
        if _INSTITUTE.search(entry.name) and not has_english_form(entry.name):
            draft.kind = FirmKind.INSTITUTE
        elif _UNIT.search(entry.name) and not has_english_form(entry.name):
            draft.kind = FirmKind.UNIT
    if entry.uscc:
        draft.add_identifier(Scheme.USCC, entry.uscc, entry.key)
    draft.add_name(entry.name, "en", NameKind.TRANSLATION if firm_id else NameKind.LEGAL, entry.key)
    draft.restrictions.append(entry.restriction)
    return draft


def _add_listed_text(draft: Draft, entry: Entry, own: str, claims: Claims, facts: Facts) -> None:
    """Add the name as it is listed, with its brackets and tails: to be found by, never shown."""
    if name_key(entry.listed) == name_key(entry.name):
        return
    if others := claims.known.bearers(entry.listed) - {own}:
        facts.report("moved", entry.listed, f"is a name of {', '.join(sorted(others))}; not taken")
        return
    language, plain = "zh-Hans" if has_han(entry.listed) else "en", Ambiguity.NONE
    draft.names.append(
        Name("", entry.listed, language, NameKind.TRANSLATION, "", "", DateBasis.NONE, plain, False, entry.key)
    )


def _add_aliases(draft: Draft, entry: Entry, own: str, claims: Claims, facts: Facts) -> None:
    for alias in entry.aliases:
        reason = why_unfit(alias, entry.name, heads_group=own in claims.heads)
        others = claims.known.bearers(bare_alias(alias)) - {own}
        listed = claims.primary.get(name_key(bare_alias(alias)), {own})
        if reason:
            facts.report("dropped", entry.listed, f"alias {alias}: {reason}")
        elif others and not _shares_brand(alias, entry, claims):
            facts.report("moved", entry.listed, f"alias {alias} is a name of {', '.join(sorted(others))}; not taken")
        elif len(listed) == 1 and listed != {own}:
            facts.report("moved", entry.listed, f"alias {alias} is another listed party's name; not taken")
        else:
            text, language, kind, mark = read_alias(alias)
            draft.add_name(text, language, kind, entry.key, ambiguity=mark)


def _shares_brand(alias: str, entry: Entry, claims: Claims) -> bool:
    """Tell whether an alias begins the listed name itself and is known to be shared: CRRC is the listed firm and its group."""
    words = english_words(alias)
    return bool(words) and english_words(entry.name)[: len(words)] == words and name_key(alias) in claims.shared
