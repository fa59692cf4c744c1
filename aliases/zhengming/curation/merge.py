"""Merge what an importer found into the table: join, find IDs again, keep other sources' lines, mark shared names.

IDs are given once. A firm is found again by anchor (ticker, ISIN, USCC, CIK, legal name), so an import can be run any
number of times; the same input gives the same bytes.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

from zhengming.aliases.codes import is_firm_id
from zhengming.aliases.model import (
    Ambiguity,
    Decoy,
    Firm,
    FirmState,
    Identifier,
    Name,
    NameKind,
    Redirect,
    Relation,
    RelationType,
    Restriction,
    Scheme,
    Table,
)
from zhengming.aliases.name_text import text_faults
from zhengming.curation.draft import Facts, Finding, build_firm
from zhengming.curation.identity import draw_body, find_ids, group_drafts, is_curated, legal_anchor
from zhengming.curation.marks import Marks, put_marks, read_marks
from zhengming.curation.name_lines import mark_shared, thin, without_decoys, without_generic
from zhengming.engine.fold import name_key

_OwnedLine = TypeVar("_OwnedLine", Name, Identifier, Restriction)
_BY_LIST = ("a_share", "isin_cn", "headquarters")


def merge(
    table: Table,
    facts: Facts,
    *,
    owned: frozenset[str],
    precedence: Literal["table", "facts"] = "table",
    draw: Callable[[], str] = draw_body,
    marks: Marks | None = None,
) -> tuple[Table, list[Finding]]:
    """Return the table with the lines of the `owned` sources replaced by the new facts, and the findings.

    Lines of all other sources stay. `precedence` says whose firm columns win where both have a value: a list's import
    leaves a curated firm as it is (`table`), a curated batch corrects what lists gave (`facts`). `marks` are put on the
    name lines at the end; without them those of `marks_by_hand.csv`.
    """
    findings = list(facts.findings)
    kept_names = [line for line in table.names if line.source not in owned]
    curated = {line.firm_id for line in kept_names}
    protected = {line.firm_id for line in kept_names if is_curated(line.source)}
    old_firms = {firm.id: firm for firm in table.firms}
    groups = group_drafts(facts.drafts)
    ids, redirects = find_ids(groups, table, curated, findings, draw)

    firms: dict[str, Firm] = {}
    names: list[Name] = list(kept_names)
    identifiers = [line for line in table.identifiers if line.source not in owned]
    restrictions = [line for line in table.restrictions if line.source not in owned]
    moved = {redirect.old_id: redirect.new_id for redirect in redirects}
    by_anchor: dict[str, str] = {}
    for firm_id, group in zip(ids, groups, strict=True):
        firm = build_firm(firm_id, group)
        old = old_firms.get(firm_id)
        if old and precedence == "facts":
            firm = dataclasses.replace(_overlay(old, firm), scope=old.scope if old.scope in _BY_LIST else firm.scope)
        elif old and (firm_id in protected or min(draft.rank for draft in group) >= 8):
            firm = _overlay(firm, _fit_to_show(old))
        if firm_id in firms:
            firm = _overlay(firm, firms[firm_id])
        firms[firm_id] = firm
        for draft in group:
            by_anchor.update(dict.fromkeys(draft.anchors, firm_id))
            names += [dataclasses.replace(line, firm_id=firm_id) for line in draft.names]
            identifiers += [dataclasses.replace(line, firm_id=firm_id) for line in draft.identifiers]
            restrictions += [dataclasses.replace(line, firm_id=firm_id) for line in draft.restrictions]
        if old is None:
            findings.append(Finding("added", firm_id, firm.display_zh or firm.display_en))
        elif old != firm:
            findings.append(Finding("changed", firm_id, _difference(old, firm)))
    for old in table.firms:
        if old.id not in firms and old.id not in moved:
            firms[old.id] = old

    def here(firm_id: str) -> str:
        return moved.get(firm_id, firm_id)

    decoys = [line for line in table.decoys if line.source not in owned] + facts.decoys
    names = without_generic(without_decoys(_rehome(names, here), decoys, findings), findings)
    names = thin(names)
    relations = [line for line in table.relations if line.source not in owned]
    relations = [dataclasses.replace(line, from_id=here(line.from_id), to_id=here(line.to_id)) for line in relations]
    relations += _resolve_ties(facts, names, by_anchor, findings)
    named = {line.firm_id for line in names}
    gone = [firm for firm in firms.values() if firm.id not in named]
    redirects += [_withdrawal(firm, findings) for firm in gone]
    firms = {firm_id: firm for firm_id, firm in firms.items() if firm_id in named}

    sources = {line.key: line for line in table.sources if line.key not in owned} | facts.sources
    names = mark_shared(names, _rehome(table.names, here), findings)
    merged = Table(
        firms=tuple(sorted(firms.values())),
        names=tuple(sorted(put_marks(names, read_marks() if marks is None else marks))),
        identifiers=tuple(sorted(_distinct_identifiers(_rehome(identifiers, here), named))),
        relations=tuple(sorted(_distinct_relations(relations, named))),
        restrictions=tuple(sorted({line for line in _rehome(restrictions, here) if line.firm_id in named})),
        redirects=tuple(sorted({*_follow(table.redirects, moved), *redirects})),
        decoys=tuple(sorted(_fit_decoys(decoys, names, findings))),
        sources=tuple(sorted(sources.values())),
    )
    return drop_unused_sources(merged), findings


def _overlay(base: Firm, top: Firm) -> Firm:
    """Return `base` with every non-empty column of `top`.

    A firm is tech when either says so, and no longer active when either says so: an editor's batch does not revive it.
    """
    values = {
        column.name: getattr(top, column.name) or getattr(base, column.name) for column in dataclasses.fields(Firm)
    }
    values |= {"id": base.id, "tech": top.tech or base.tech}
    values["state"] = base.state if top.state is FirmState.ACTIVE else top.state
    if top.sector == "other" and base.sector != "other":
        values["sector"] = base.sector
    return Firm(**values)


def _fit_to_show(firm: Firm) -> Firm:
    """Return a firm without a display name that the validator refuses, so that a better reading takes its place."""
    chinese, english = ("" if any(text_faults(text)) else text for text in (firm.display_zh, firm.display_en))
    return dataclasses.replace(firm, display_zh=chinese, display_en=english)


def _difference(old: Firm, new: Firm) -> str:
    pairs = ((column.name, getattr(old, column.name), getattr(new, column.name)) for column in dataclasses.fields(Firm))
    return "; ".join(f"{name}: {before!r} → {after!r}" for name, before, after in pairs if before != after)


def _rehome(lines: Iterable[_OwnedLine], here: Callable[[str], str]) -> list[_OwnedLine]:
    """Move lines of joined records to the record that stays."""
    return [dataclasses.replace(line, firm_id=here(line.firm_id)) for line in lines]


def _resolve_ties(
    facts: Facts, names: list[Name], by_anchor: dict[str, str], findings: list[Finding]
) -> list[Relation]:
    """Turn ties into relations where the named end is one firm's; a legal name is asked first."""
    legal: dict[str, set[str]] = defaultdict(set)
    any_name: dict[str, set[str]] = defaultdict(set)
    for line in names:
        keys = {name_key(line.text), legal_anchor(line.text)} - {""}
        for key in keys:
            if line.kind is NameKind.LEGAL:
                legal[key].add(line.firm_id)
            elif line.kind is not NameKind.FORMER and line.ambiguity is not Ambiguity.WEAK:
                any_name[key].add(line.firm_id)
    known = {line.firm_id for line in names}
    relations = []
    for tie in facts.ties:
        here = by_anchor.get(tie.anchor, "")
        wanted = [key for key in (name_key(tie.name), legal_anchor(tie.name)) if key]
        holders = next((index[key] for index in (legal, any_name) for key in wanted if index.get(key)), set())
        holders = {tie.name} if tie.name in known else holders
        if here and len(holders) == 1:
            there = next(iter(holders))
            ends = (there, here) if tie.type is RelationType.PARENT_OF else (here, there)
            if there != here:
                relations.append(Relation(*ends, tie.type, "", "", "", tie.basis, tie.source))
        elif tie.basis != "controller":
            reason = "belongs to several firms" if holders else "is not in the table"
            findings.append(Finding("left out", tie.name, f"other end of {tie.type.value} at {tie.anchor} {reason}"))
    return relations


def _withdrawal(firm: Firm, findings: list[Finding]) -> Redirect:
    findings.append(Finding("dropped", firm.id, f"{firm.display_zh or firm.display_en}: no source names it any more"))
    return Redirect(firm.id, "", "", "withdrawn: no source names it")


def date_redirects(table: Table, today: str = "") -> Table:
    """Return the table with a date on every redirect that has none yet."""
    today = today or datetime.date.today().isoformat()
    dated = (line if line.date else dataclasses.replace(line, date=today) for line in table.redirects)
    return dataclasses.replace(table, redirects=tuple(sorted(dated)))


def _follow(redirects: Iterable[Redirect], moved: dict[str, str]) -> Iterable[Redirect]:
    for redirect in redirects:
        yield dataclasses.replace(redirect, new_id=moved.get(redirect.new_id, redirect.new_id))


def _distinct_identifiers(lines: Iterable[Identifier], named: set[str]) -> list[Identifier]:
    """Keep one line of every code of a firm: the one with the most dates."""
    best: dict[tuple[str, Scheme, str, str], Identifier] = {}
    for line in lines:
        slot = (line.firm_id, line.scheme, line.value, line.mic)
        if line.firm_id in named and (slot not in best or _dated(line) < _dated(best[slot])):
            best[slot] = line
    return list(best.values())


def _dated(line: Identifier) -> tuple[bool, bool, Identifier]:
    return (not line.valid_from, not line.valid_to, line)


def _distinct_relations(lines: Iterable[Relation], named: set[str]) -> list[Relation]:
    best: dict[tuple[str, str, str], Relation] = {}
    for line in sorted(lines):
        if {line.from_id, line.to_id} <= named and line.from_id != line.to_id:
            best.setdefault((line.from_id, line.to_id, line.type.value), line)
    pairs = {(line.from_id, line.to_id) for line in best.values()}
    return [line for line in best.values() if (line.to_id, line.from_id) not in pairs or line.from_id < line.to_id]


def _fit_decoys(decoys: Iterable[Decoy], names: list[Name], findings: list[Finding]) -> list[Decoy]:
    """Return the decoys that no covered firm's name equals, one a key, with the IDs of their owners.

    An owner comes as a name; when that name is not one firm's alone, the decoy goes without owner.
    """
    covered = {name_key(line.text) for line in names if line.ambiguity is not Ambiguity.WEAK}
    bearers: dict[str, set[str]] = defaultdict(set)
    for line in names:
        if line.kind is not NameKind.FORMER:
            bearers[name_key(line.text)].add(line.firm_id)
    best: dict[str, Decoy] = {}
    for decoy in sorted(decoys, key=lambda decoy: (not is_curated(decoy.source), not decoy.owner_id, decoy)):
        key = name_key(decoy.text)
        if key in covered:
            findings.append(Finding("dropped", decoy.text, f"decoy ({decoy.label}): a covered firm has this name"))
        elif key and key not in best:
            best[key] = dataclasses.replace(decoy, owner_id=_owner(decoy, bearers, findings))
    return list(best.values())


def _owner(line: Decoy, bearers: dict[str, set[str]], findings: list[Finding]) -> str:
    if not line.owner_id or is_firm_id(line.owner_id):
        return line.owner_id
    holders = bearers.get(name_key(line.owner_id), set())
    if len(holders) == 1:
        return next(iter(holders))
    reason = "is the name of several firms" if holders else "is not in the table"
    findings.append(Finding("left out", line.text, f"owner {line.owner_id} {reason}; decoy kept without owner"))
    return ""


def drop_unused_sources(table: Table) -> Table:
    """Return the table without the sources that no line names any more."""
    parts: tuple[tuple[Name | Identifier | Relation | Restriction, ...], ...] = (
        table.names,
        table.identifiers,
        table.relations,
        table.restrictions,
    )
    used = {line.source for part in parts for line in part} | {line.source for line in table.decoys}
    return dataclasses.replace(table, sources=tuple(line for line in table.sources if line.key in used))
