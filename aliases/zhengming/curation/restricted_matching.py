"""Whose an entry of a government list is: by code, legal name, alias, spelling, or a decision made by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from zhengming.aliases.model import NameKind, Table
from zhengming.curation.draft import Facts
from zhengming.curation.fact_sources import RESTRICTION_KEYS
from zhengming.curation.identity import table_anchors
from zhengming.curation.keys import english_core, english_words, has_english_form
from zhengming.curation.known_firms import KnownFirms
from zhengming.curation.restricted_entries import Entry, own_anchor
from zhengming.curation.spelling import SpellingKey, spelling_key
from zhengming.engine.fold import has_han, name_key


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


def match_by_alias(entries: list[Entry], matched: list[str], known: KnownFirms, facts: Facts) -> None:
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


def match_by_hand(
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


def match_by_spelling(entries: list[Entry], matched: list[str], table: Table, facts: Facts) -> dict[int, str]:
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
            elif not found and len({own_anchor(entries[row]) for row in rows}) > 1:
                common[place] = f"SP:{' '.join(key[-1])}:{key[0]}:{' '.join(key[1])}:{key[2]:d}{key[3]:d}"
                facts.report("joined", entry.listed, f"with {first}: spellings of one name")
    return common
