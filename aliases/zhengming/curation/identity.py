"""Which firm a draft is: join drafts by anchor, find the ID that the table gave before, draw a new one."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable

from zhengming.aliases.codes import CROCKFORD, mod_37_36
from zhengming.aliases.model import NameKind, Redirect, Table
from zhengming.curation.draft import Draft, Finding, identifier_anchor
from zhengming.curation.keys import english_core, has_english_form
from zhengming.engine.fold import has_han, name_key


def draw_body() -> str:
    """Return seven random Crockford characters for a new ID."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(7))


def new_id(taken: set[str], draw: Callable[[], str] = draw_body) -> str:
    """Return an unused ID and take it. Redraws until the check character is a Crockford character too."""
    while True:
        body = "ZM" + draw()
        firm_id = body + mod_37_36(body)
        if firm_id[-1] in CROCKFORD and firm_id not in taken:
            taken.add(firm_id)
            return firm_id


def is_curated(source: str) -> bool:
    """Tell whether a source key stands for editors' work, which no import overrides."""
    return source.startswith("curated")


def legal_anchor(text: str) -> str:
    """Return the anchor of a legal name: exact up to folding for Chinese, without legal forms for English."""
    if has_han(text):
        return f"ZH:{name_key(text)}"
    core = english_core(text)
    return f"EN:{core}" if core and has_english_form(text) else ""


def table_anchors(table: Table) -> dict[str, set[str]]:
    """Return every anchor that the table's lines give, with the IDs that it points to.

    `ID:` says which record a draft is, `SAME:` which record it takes over.
    """
    anchors: dict[str, set[str]] = defaultdict(set)
    for firm in table.firms:
        anchors[f"ID:{firm.id}"].add(firm.id)
        anchors[f"SAME:{firm.id}"].add(firm.id)
    for identifier in table.identifiers:
        anchors[identifier_anchor(identifier)].add(identifier.firm_id)
    for name in table.names:
        if name.kind is NameKind.LEGAL and not name.valid_to:
            anchors[legal_anchor(name.text)].add(name.firm_id)
        if is_curated(name.source) and name.kind in (NameKind.LEGAL, NameKind.SHORT):
            anchors[f"CUR:{name_key(name.text)}"].add(name.firm_id)
    for restriction in table.restrictions:
        anchors[f"RN:{name_key(restriction.name_as_listed)}"].add(restriction.firm_id)
    anchors.pop("", None)
    return anchors


def group_drafts(drafts: Iterable[Draft]) -> list[list[Draft]]:
    """Join drafts that have an anchor in common."""
    parent: dict[str, str] = {}

    def find(anchor: str) -> str:
        parent.setdefault(anchor, anchor)
        while parent[anchor] != anchor:
            parent[anchor] = parent[parent[anchor]]
            anchor = parent[anchor]
        return anchor

    ordered = list(drafts)
    for draft in ordered:
        first, *others = sorted(draft.anchors)
        for other in others:
            parent[find(other)] = find(first)
    groups: dict[str, list[Draft]] = defaultdict(list)
    for draft in ordered:
        groups[find(min(draft.anchors))].append(draft)

    def order(group: list[Draft]) -> tuple[bool, str]:
        anchors = {anchor for draft in group for anchor in draft.anchors}
        return (not any(anchor.startswith("ID:") for anchor in anchors), min(anchors))

    return sorted(groups.values(), key=order)


def find_ids(
    groups: list[list[Draft]],
    table: Table,
    curated: set[str],
    findings: list[Finding],
    draw: Callable[[], str],
) -> tuple[list[str], list[Redirect]]:
    """Give every group its old ID, or a new one. A second old ID in a group becomes a redirect."""
    anchors = table_anchors(table)
    taken = {firm.id for firm in table.firms} | {redirect.old_id for redirect in table.redirects}
    ids: list[str] = []
    used: set[str] = set()
    redirects = []
    for group in groups:
        wanted = {anchor for draft in group for anchor in draft.anchors}
        found = set()
        for anchor in wanted:
            holders = anchors.get(anchor, set())
            if len(holders) == 1:
                found |= holders
            elif holders:
                findings.append(Finding("contradicted", anchor, f"points to {', '.join(sorted(holders))}; not used"))
        # A record that another group has taken already takes this one too: the table joined them before.
        found = found - used or (found if len(found) == 1 else set())
        strong = {
            firm_id for anchor in wanted if anchor.startswith("ID:") for firm_id in anchors.get(anchor, ())
        } & found
        # Else the line that decides the firm's columns decides its ID: an old code does not take over a listed firm.
        ranks = {
            firm_id: min(
                draft.rank for draft in group if any(firm_id in anchors.get(anchor, ()) for anchor in draft.anchors)
            )
            for firm_id in found
        }
        ranked = sorted(found, key=lambda one: (one not in strong, one not in curated, ranks[one], one))
        firm_id = ranked[0] if ranked else new_id(taken, draw)
        for other in ranked[1:]:
            redirects.append(Redirect(other, firm_id, "", "joined: two records of one firm"))
            findings.append(Finding("joined", firm_id, f"takes over {other}"))
        used |= {firm_id, *ranked}
        ids.append(firm_id)
    return ids, redirects
