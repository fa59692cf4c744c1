"""Which firm of the table, and which other row, a row of a batch is; and what an editor must decide before it is written."""

from __future__ import annotations

from collections import defaultdict

from zhengming.aliases.model import SHARED_MARKS, Ambiguity, Name, NameKind, Scheme, Table
from zhengming.curation.draft import Draft, Facts, Finding
from zhengming.curation.identity import legal_anchor, table_anchors
from zhengming.curation.publishers.held_firms import HeldFirms
from zhengming.engine.fold import has_han, name_key

UNDECIDED = "needs a decision"
"""The kind of finding that keeps a batch from being written."""
_CODES = tuple(f"{scheme.value}:" for scheme in Scheme)


def report_double_rows(facts: Facts) -> None:
    """Report rows that share an anchor (a listed line, a legal name): they become one firm."""
    rows: dict[str, list[str]] = {}
    for draft in facts.drafts:
        for anchor in draft.anchors:
            rows.setdefault(anchor, []).append(draft.label)
    for anchor, labels in sorted(rows.items()):
        if len(labels) > 1:
            facts.report("joined", anchor, f"rows of one firm: {', '.join(labels)}")


def join_by_english_name(facts: Facts, table: Table) -> None:
    """Give a curated firm the anchor of its English legal name when the table's bearer has no Chinese legal name."""
    chinese = {name.firm_id for name in table.names if name.kind is NameKind.LEGAL and has_han(name.text)}
    listed = {line.firm_id for line in table.identifiers if line.scheme is Scheme.TICKER}
    bearers: dict[str, set[str]] = {}
    for name in table.names:
        if (
            name.kind in (NameKind.LEGAL, NameKind.TRANSLATION)
            and not has_han(name.text)
            and (anchor := legal_anchor(name.text))
        ):
            bearers.setdefault(anchor, set()).add(name.firm_id)
    claimed: dict[str, list[Draft]] = {}
    for draft in facts.drafts:
        for name in draft.names:
            if name.kind is NameKind.LEGAL and not has_han(name.text) and (anchor := legal_anchor(name.text)):
                claimed.setdefault(anchor, []).append(draft)
    for anchor, drafts in claimed.items():
        firm_ids = bearers.get(anchor, set())
        if len(drafts) != 1:
            continue
        if all(known.startswith("CUR:") for known in drafts[0].anchors):
            drafts[0].anchors.add(anchor)
        if len(firm_ids) != 1:
            continue
        firm_id = next(iter(firm_ids))
        named_chinese = any(has_han(name.text) and name.kind is NameKind.LEGAL for name in drafts[0].names)
        if firm_id in chinese and named_chinese and firm_id in listed:
            if not any(anchor.startswith("TICKER:") for anchor in drafts[0].anchors):
                facts.report(
                    "contradicted",
                    drafts[0].label,
                    f"has the English name of {firm_id} but another Chinese one; kept apart",
                )
            continue
        drafts[0].anchors.add(f"ID:{firm_id}")


def doubt_codes(facts: Facts, table: Table) -> None:
    """Report rows that a code joins with a firm of another name: a ticker is typed wrong more easily than a name.

    A row that names its firm by `firm_id` is decided.
    """
    anchors = table_anchors(table)
    held = HeldFirms(table, frozenset())
    names: dict[str, list[Name]] = defaultdict(list)
    for name in table.names:
        names[name.firm_id].append(name)
    for draft in facts.drafts:
        if any(anchor.startswith("ID:") for anchor in draft.anchors):
            continue
        for anchor in sorted(anchor for anchor in draft.anchors if anchor.startswith(_CODES)):
            for firm_id in sorted(anchors.get(anchor, ())):
                if not _may_be(draft, firm_id, names[firm_id], held):
                    firm = held.firms[firm_id]
                    facts.report(
                        UNDECIDED,
                        draft.label,
                        f"{anchor} is a code of {firm_id} {firm.display_zh or firm.display_en}, which has another name. "
                        f'Mend the code, or write "firm_id": "{firm_id}" if it is that firm',
                    )


def _may_be(draft: Draft, firm_id: str, names: list[Name], held: HeldFirms) -> bool:
    """Tell whether a row may be the firm with its code: by the full Chinese name where both have one, else by any name."""
    own = {name_key(name.text) for name in draft.names if name.kind is NameKind.LEGAL and has_han(name.text)}
    theirs = {
        name_key(name.text)
        for name in names
        if name.kind is NameKind.LEGAL and not name.valid_to and has_han(name.text)
    }
    if own and theirs:
        return bool(own & theirs)
    keys = {name_key(name.text) for name in draft.names}
    if not keys or keys & {name_key(name.text) for name in names}:
        return True
    return any(held.resembles(firm_id, name.text) for name in draft.names if not has_han(name.text))


def undecided_names(facts: Facts, before: Table, after: Table) -> list[Finding]:
    """Return the names of a batch that would become shared, or would end a decoy, without a mark that says so.

    A mark on the name in the batch (`shared`, `usual`, `weak`; for a decoy `common_word` too) is the editor's decision.
    """
    offered = {name_key(name.text): name.text for draft in facts.drafts for name in draft.names}
    marks: dict[str, set[Ambiguity]] = defaultdict(set)
    for draft in facts.drafts:
        for name in draft.names:
            marks[name_key(name.text)].add(name.ambiguity)
    moved = {line.old_id: line.new_id for line in after.redirects}
    held, holds = _holders(before, moved, offered), _holders(after, moved, offered)
    labels = {firm.id: firm.display_zh or firm.display_en for firm in after.firms}
    shared = {*SHARED_MARKS, Ambiguity.USUAL, Ambiguity.WEAK}
    findings = []
    for key, firm_ids in holds.items():
        if len(firm_ids) > 1 and firm_ids - held.get(key, set()) and not marks[key] & shared:
            bearers = ", ".join(f"{firm_id} {labels[firm_id]}" for firm_id in sorted(firm_ids))
            message = f'becomes a name of {bearers}. Take it out, or write "ambiguity": "shared" on the name'
            findings.append(Finding(UNDECIDED, offered[key], message))
    kept = {name_key(line.text) for line in after.decoys}
    for line in before.decoys:
        key = name_key(line.text)
        if key in offered and key not in kept and not marks[key] - {Ambiguity.NONE}:
            message = (
                f"is refused as {line.label} ({line.reason.value}), and would be a firm's name. Take it out, "
                'or write an "ambiguity" on the name: usual (the firm is meant), shared, common_word or weak'
            )
            findings.append(Finding(UNDECIDED, offered[key], message))
    return sorted(findings)


def _holders(table: Table, moved: dict[str, str], keys: dict[str, str]) -> dict[str, set[str]]:
    """Return the firms that bear each of the keys, joined records as the one that stays."""
    holders: dict[str, set[str]] = defaultdict(set)
    for name in table.names:
        if (key := name_key(name.text)) in keys:
            holders[key].add(moved.get(name.firm_id, name.firm_id))
    return holders
