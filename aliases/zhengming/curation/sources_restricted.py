"""Restricted parties: entries of government lists, matched to known firms or grouped into firms of their own.

A government's alias is a claim. One that is another covered firm's name is dropped with a report, two- and
three-letter acronyms are weak, persons and public bodies are left out and only counted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.codes import is_uscc
from zhengming.aliases.model import Ambiguity, FirmKind, FirmState, NameKind, Restriction, Scheme, Table
from zhengming.curation.decorations import tidy_english
from zhengming.curation.draft import Draft, Facts, Tie
from zhengming.curation.fact_rows import fact_rows, iso_date
from zhengming.curation.fact_sources import BY_ORIGIN, RESTRICTION_KEYS, source_key
from zhengming.curation.identity import table_anchors
from zhengming.curation.keys import english_core, english_words, has_english_form
from zhengming.curation.known_firms import KnownFirms
from zhengming.curation.mainland import read_hand_joins
from zhengming.curation.places import MAINLAND_ENGLISH
from zhengming.curation.sectors import is_tech, sector_of_name
from zhengming.curation.spelling import SpellingKey, spelling_key, without_list_tail
from zhengming.engine.fold import has_han, name_key
from zhengming.engine.grammar import parse

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

_ORGANISATION = re.compile(
    r"\b(co|ltd|limited|corp|corporation|inc|incorporated|company|plc|llc|fzc|institutes?|institution|university|group|factory|plant|"
    r"academy|center|centre|laborator\w*|lab|labs|openlab|industr\w*|import|export|trad\w*|tech\w*|electronic\w*|college|"
    r"enterprises?|holdings?|works|research|design|software|information|data|aviation|aerospace|shipping|freight|"
    r"international|systems?|microsystems|semiconductor\w*|microelectronics|sciences?|scientech|cloud|capital|global|"
    r"logistics|materials|establishment|solutions|display|power|construction|machinery|gongsi|school|bgi|cnc|chip|"
    r"imaxchip|dji|higon|iflytek|intellifusion|jadeshine|kindroid|netposa|piotech|sensenets|skyverse|sugon|armyfly|"
    r"vision|create|smic|hospital|target|base|general|service|services|supply|chain)\b",
    re.IGNORECASE,
)
_PUBLIC_BODY = re.compile(
    r"public security|police|\bbureau\b|government|detention|prison|labor camp|\bcamp\b|armed police|autonomous region|"
    r"production and construction corp|vocational skills|industrial park|training center|people's republic|\barmy\b|"
    r"representative office|reeducation",
    re.IGNORECASE,
)
_INSTITUTE = re.compile(r"universit|institute|academy|college|research cent|school", re.IGNORECASE)
_UNIT = re.compile(r"laborator|\blabs?\b|openlab|\d+(st|nd|rd|th)? (factory|department)|branch", re.IGNORECASE)
_NOT_DISTINCTIVE = MAINLAND_ENGLISH | frozenset(
    [
        "inner",
        "mongolia",
        "hong",
        "kong",
        "china",
        "limited",
        "ltd",
        "co",
        "inc",
        "corporation",
        "company",
        "and",
        "group",
    ]
)
_TAIL = re.compile(r"[,;]? and (its )?(subordinates|subsidiaries|subunits).*$|[,;] and$", re.IGNORECASE)
_LEADING_AND = re.compile(r"^and (?=[A-Z])")
_FORMERLY = re.compile(r"^formerly ", re.IGNORECASE)
_FORMER_BRACKET = re.compile(r"\s*\((formerly [^()]+?)\s*(?:\([^()]*\))?\)$", re.IGNORECASE)
_BRACKET = re.compile(r"\s*\(([^()]+)\)\s*$")


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


def read_restricted(folder: Path, table: Table, joins: dict[tuple[str, str], str] | None = None) -> Facts:
    """Return the restricted parties of the fact folder, tied to the firms that the table holds."""
    facts = Facts()
    known = KnownFirms(table, RESTRICTION_KEYS)
    left: Counter[str] = Counter()
    entries = [
        entry
        for row in fact_rows(
            folder, "restricted_parties_cn.csv", "list", "name", "alt_names", "country", "ids", "citation", "source"
        )
        if (entry := _read_entry(row, facts, left))
    ]
    for reason, count in sorted(left.items()):
        facts.report("left out", "restricted_parties_cn.csv", f"{count} rows: {reason}")
    matched = [match_entry(entry.name, entry.aliases, entry.uscc, known) for entry in entries]
    by_hand = _match_by_hand(entries, matched, read_hand_joins() if joins is None else joins, table, facts)
    _match_by_alias(entries, matched, known, facts)
    by_spelling = _match_by_spelling(entries, matched, table, facts)
    primary = _primary_holders(entries, matched)
    lists = _lists_of(entries, matched)
    for place, (entry, firm_id) in enumerate(zip(entries, matched, strict=True)):
        draft = _draft(entry, firm_id)
        draft.anchors |= {anchor for anchor in (by_hand.get(place), by_spelling.get(place)) if anchor}
        _join_by_alias(draft, entry, firm_id, primary, lists, facts)
        _add_aliases(draft, entry, firm_id, known, primary, facts)
        facts.drafts.append(draft)
        if entry.parent:
            facts.ties.append(Tie(entry.parent, f"RN:{name_key(entry.listed)}", "restriction_notice", entry.key))
    facts.report("restricted", "entries", f"{len(entries)} taken, {sum(map(bool, matched))} on known firms")
    return facts


def _read_entry(row: dict[str, str], facts: Facts, left: Counter[str]) -> Entry | None:
    reason = _why_left_out(row)
    key = "" if reason else source_key(facts, row["source"])
    if reason or not key:
        left[reason or f"origin {row['source']} is not registered"] += 1
        return None
    listed = " ".join(row["name"].split())
    ids = dict(part.split("=", 1) for part in row["ids"].split("|") if "=" in part)
    aliases = [_clean(_LEADING_AND.sub("", alias.strip())) for alias in row["alt_names"].split("|")]
    name, by_name, parent = read_listed(listed)
    aliases.append(by_name)
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


def _why_left_out(row: dict[str, str]) -> str:
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


def why_no_firm(name: str) -> str:
    """Return why a listed name is not one firm's or institute's name, or nothing when it looks like one."""
    if _PUBLIC_BODY.search(name):
        return "public body, prison or camp"
    words = english_words(name)
    if not _ORGANISATION.search(name.replace(".", " ")) and not set(words) & MAINLAND_ENGLISH and not has_han(name):
        return "person, or no sign that it is an organisation"
    if re.search(r"\(?individual\)?|\bmr\b|\bms\b|\bdr\b", name, re.IGNORECASE):
        return "person"
    if name.count(";") or " its two subsidiaries" in name or re.search(r"Ltd\. and [A-Z]", name):
        return "several parties in one row"
    return ""


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


def read_listed(listed: str) -> tuple[str, str, str]:
    """Return the name of a listed party, the by-name in brackets behind it, and the parent named before it.

    A place in brackets is part of the name.
    """
    name, parent = _clean(_TAIL.sub("", listed)), ""
    if ": " in name and "subordinate" in name:
        parent, _, name = name.partition(": ")
        parent = re.sub(r"\s*(\([^()]*\))?\s*subordinate institutions?.*$", "", parent)
    bracket = _FORMER_BRACKET.search(name) or _BRACKET.search(name)
    if bracket and not _is_place(bracket[1]):
        return without_list_tail(name[: bracket.start()]), bracket[1], parent
    return without_list_tail(name), "", parent


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


def _primary_holders(entries: list[Entry], matched: list[str]) -> dict[str, set[str]]:
    """Return the keys of listed names → the firms (known ID or core) that they belong to."""
    holders: dict[str, set[str]] = defaultdict(set)
    for entry, firm_id in zip(entries, matched, strict=True):
        holders[name_key(entry.name)].add(firm_id or _own_anchor(entry))
    return holders


def _lists_of(entries: list[Entry], matched: list[str]) -> dict[str, set[str]]:
    """Return the firms (known ID or core) → the lists that have a row with their name."""
    lists: dict[str, set[str]] = defaultdict(set)
    for entry, firm_id in zip(entries, matched, strict=True):
        lists[firm_id or _own_anchor(entry)].add(LISTS[entry.list])
    return lists


def _join_by_alias(
    draft: Draft, entry: Entry, firm_id: str, primary: dict[str, set[str]], lists: dict[str, set[str]], facts: Facts
) -> None:
    """Join a row with the row of another list that is headed by its alias; two rows of one list are two parties."""
    own = firm_id or _own_anchor(entry)
    for listed_alias in entry.aliases:
        alias = _FORMERLY.sub("", listed_alias)
        renamed = alias != listed_alias
        others = primary.get(name_key(alias), set()) - {own}
        if (
            (firm_id and not renamed)
            or len(others) != 1
            or len(name_key(alias)) < 5
            or (alias.isupper() and " " not in alias)
        ):
            continue
        other = next(iter(others))
        grouped = ("group" in english_words(alias)) == ("group" in english_words(entry.name))
        if (renamed and not (firm_id and ":" not in other)) or (grouped and not lists[own] & lists[other]):
            draft.anchors.add(other if ":" in other else f"ID:{other}")
            primary[name_key(alias)] = {own, other}
            facts.report("joined", entry.listed, f"with the row of another list that is headed {alias}")


def _own_anchor(entry: Entry) -> str:
    core = english_core(entry.name)
    if has_english_form(entry.name) and len(core.split()) > 1:
        return f"EN:{core}"
    return f"RN:{name_key(entry.name)}"


def _draft(entry: Entry, firm_id: str) -> Draft:
    draft = Draft({_own_anchor(entry), f"RN:{name_key(entry.listed)}"}, rank=8, state=FirmState.UNKNOWN)
    if firm_id:
        draft.anchors = {f"ID:{firm_id}", f"RN:{name_key(entry.listed)}"}
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


def _add_aliases(
    draft: Draft, entry: Entry, firm_id: str, known: KnownFirms, primary: dict[str, set[str]], facts: Facts
) -> None:
    own = firm_id or _own_anchor(entry)
    for alias in entry.aliases:
        reason = why_unfit(alias, entry.name)
        others = known.bearers(_FORMERLY.sub("", alias)) - {firm_id}
        if reason:
            facts.report("dropped", entry.listed, f"alias {alias}: {reason}")
        elif others:
            facts.report("moved", entry.listed, f"alias {alias} is a name of {', '.join(sorted(others))}; not taken")
        elif len(primary.get(name_key(alias), {own})) == 1 and primary.get(name_key(alias), {own}) != {own}:
            facts.report("moved", entry.listed, f"alias {alias} is another listed party's name; not taken")
        else:
            text, language, kind, mark = read_alias(alias)
            draft.add_name(text, language, kind, entry.key, ambiguity=mark)


def read_alias(alias: str) -> tuple[str, str, NameKind, Ambiguity]:
    """Return text, language, kind and ambiguity of an alias: without "also known as", a former name as such."""
    kind, language, mark = alias_shape(alias)
    text = re.sub(r"^(also known as:?|a\.?k\.?a\.?) ", "", _FORMERLY.sub("", alias), flags=re.IGNORECASE)
    return text, language, NameKind.FORMER if _FORMERLY.match(alias) else kind, mark


def _names_another(alias: str, name: str) -> bool:
    """Tell whether an alias adds words of its own and a place to the brand of the listed name.

    "Beijing Huawei Longshine" stands as an alias of Huawei on a list whose nesting of affiliates was lost; it is a
    party of its own.
    """
    if has_han(alias) or "known as" in alias:
        return False
    own, other = parse(name), parse(alias)
    adds_words = bool(own.brand_words) and set(own.brand_words) < set(other.brand_words)
    return adds_words and bool(set(other.places) - set(own.places))


def why_unfit(alias: str, name: str) -> str:
    """Return why an alias of a listed party is not taken as its name, or nothing."""
    if len(alias) > 110 or " / " in alias or alias.count(",") > 3:
        return "several names or an address"
    if _PUBLIC_BODY.search(alias):
        return "names a public body"
    if re.search(r"\b(road|street|district|building|floor|room)\b.*\d", alias, re.IGNORECASE):
        return "an address"
    if re.search(r"\b(subordinate|subsidiary|affiliate|branch) .*of\b", alias, re.IGNORECASE):
        return "a description"
    if (not has_han(alias) and set(english_words(alias)) <= _NOT_DISTINCTIVE) or len(name_key(alias)) < 2:
        return "no distinctive word"
    if _names_another(alias, name):
        return "a party of its own that carries the same brand"
    return ""


def alias_shape(alias: str) -> tuple[NameKind, str, Ambiguity]:
    """Return kind, language and ambiguity that the look of an alias suggests."""
    if has_han(alias):
        kind = NameKind.LEGAL if alias.endswith(("公司", "大学", "研究院", "研究所")) else NameKind.SHORT
        return kind, "zh-Hans", Ambiguity.NONE
    letters = name_key(alias)
    if alias.isupper() and " " not in alias and len(letters) <= 6:
        return NameKind.ACRONYM, "en", Ambiguity.WEAK if len(letters) <= 3 else Ambiguity.NONE
    if len(letters) <= 3:
        return NameKind.SHORT, "en", Ambiguity.WEAK
    if has_english_form(alias) or len(alias.split()) > 3:
        return NameKind.TRANSLATION, "en", Ambiguity.NONE
    return NameKind.SHORT, "en", Ambiguity.NONE


def _clean(text: str) -> str:
    return " ".join(text.split()).strip(" ;,").removesuffix("; and").strip()


def _is_place(text: str) -> bool:
    return set(english_words(text)) <= MAINLAND_ENGLISH | {"china", "hong", "kong", "group", "hk"}
