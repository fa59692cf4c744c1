"""Restricted parties: entries of government lists, matched to known firms or grouped into firms of their own.

A government's alias is a claim. One that is another covered firm's name is dropped with a report, an institute of the
listed body is a record of its own, two- and three-letter acronyms are weak, persons and public bodies are left out and
only counted. How names and aliases are read stands in `listed_names`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.model import (
    SHARED_MARKS,
    Ambiguity,
    DateBasis,
    FirmKind,
    FirmState,
    Name,
    NameKind,
    RelationType,
    Scheme,
    Table,
)
from zhengming.curation.draft import Draft, Facts, Tie
from zhengming.curation.fact_sources import RESTRICTION_KEYS
from zhengming.curation.identity import is_curated
from zhengming.curation.keys import english_words, has_english_form
from zhengming.curation.known_firms import KnownFirms
from zhengming.curation.listed_names import bare_alias, is_former, read_alias, tidy, why_unfit
from zhengming.curation.mainland import read_hand_joins
from zhengming.curation.restricted_entries import LISTS, Entry, own_anchor, read_entries
from zhengming.curation.restricted_matching import match_by_alias, match_by_hand, match_by_spelling, match_entry
from zhengming.curation.sectors import is_tech, sector_of_name
from zhengming.engine.fold import has_han, name_key

_INSTITUTE = re.compile(r"universit|institute|academy|college|research cent|school", re.IGNORECASE)
_UNIT = re.compile(r"laborator|\blabs?\b|openlab|\d+(st|nd|rd|th)? (factory|department)|branch", re.IGNORECASE)


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
    entries = read_entries(folder, facts)
    headings = Counter(entry.heading for entry in entries)
    matched = [match_entry(entry.name, entry.aliases, entry.uscc, known) for entry in entries]
    by_hand = match_by_hand(entries, matched, read_hand_joins() if joins is None else joins, table, facts)
    match_by_alias(entries, matched, known, facts)
    by_spelling = match_by_spelling(entries, matched, table, facts)
    owners = _owners(entries, matched, table)
    claims = Claims(
        known=known,
        heads=_heads_of_groups(table),
        primary=_primary_holders(entries, owners),
        lists=_lists_of(entries, owners),
        shared=frozenset(name_key(line.text) for line in table.names if line.ambiguity in SHARED_MARKS),
    )
    for place, (entry, firm_id, own) in enumerate(zip(entries, matched, owners, strict=True)):
        draft = _draft(entry, firm_id, own)
        if headings[entry.heading] == 1:
            # The heading alone is what an earlier reading took for the listed name: its ID is found by that.
            draft.anchors |= {f"RN:{name_key(entry.heading)}"} if entry.heading else set()
        draft.anchors |= {anchor for anchor in (by_hand.get(place), by_spelling.get(place)) if anchor}
        _join_by_alias(draft, entry, own, claims, facts)
        _add_listed_text(draft, entry, own, claims, facts)
        _add_aliases(draft, entry, own, claims, facts)
        facts.drafts.append(draft)
        if entry.parent:
            facts.ties.append(Tie(entry.parent, f"RN:{name_key(entry.listed)}", "restriction_notice", entry.key))
    facts.report("restricted", "entries", f"{len(entries)} taken, {sum(map(bool, matched))} on known firms")
    return facts


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
        owners.append(firm_id or (next(iter(held)) if len(held) == 1 else own_anchor(entry)))
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


def _draft(entry: Entry, firm_id: str, own: str) -> Draft:
    draft = Draft({own_anchor(entry), f"RN:{name_key(entry.listed)}"}, rank=8, state=FirmState.UNKNOWN)
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
    """Add the name as it is listed, with its brackets, tails and remarks: to be found by, never shown."""
    listed = tidy(entry.listed)
    if name_key(listed) == name_key(entry.name):
        return
    if others := claims.known.bearers(listed) - {own}:
        facts.report("moved", entry.listed, f"is a name of {', '.join(sorted(others))}; not taken")
        return
    language, plain = "zh-Hans" if has_han(listed) else "en", Ambiguity.NONE
    draft.names.append(
        Name("", listed, language, NameKind.TRANSLATION, "", "", DateBasis.NONE, plain, False, entry.key)
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
