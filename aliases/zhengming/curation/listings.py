"""Read the listed firms of a fact folder: A shares, Hong Kong, US, their variants and former names."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from zhengming.aliases.model import FirmState, Scheme, Table
from zhengming.curation.draft import Draft, Facts
from zhengming.curation.mainland import HandList, covered_names, read_hand_joins, read_hand_list
from zhengming.curation.sources_a_share import read_a_share
from zhengming.curation.sources_hong_kong import read_hong_kong
from zhengming.curation.sources_names import Listed, age, read_former, read_variants
from zhengming.curation.sources_us import read_us


def read_listings(
    folder: Path, table: Table, hand: HandList | None = None, joins: dict[tuple[str, str], str] | None = None
) -> Facts:
    """Return everything that the listing files of a fact folder say about mainland firms, those of the table among them."""
    covered = covered_names(table)
    hand = read_hand_list() if hand is None else hand
    joins = read_hand_joins() if joins is None else joins
    facts = Facts()
    a_share = read_a_share(folder, facts)
    hong_kong = read_hong_kong(folder, facts, a_share, hand, covered)
    us = read_us(folder, facts, hand, covered)
    listed = Listed(a_share, hong_kong, us)
    read_variants(folder, facts, listed)
    read_former(folder, facts, listed)
    for draft in facts.drafts:
        for line in draft.identifiers:
            if anchor := joins.get((line.mic, line.value), ""):
                draft.anchors.add(anchor)
                if line.mic in ("XSHG", "XSHE") and draft.state is not FirmState.ACTIVE:
                    age(draft, "")
    _drop_doubled_figis(facts)
    return facts


def _drop_doubled_figis(facts: Facts) -> None:
    """Take a FIGI away from two lines that have no other tie: one of them has another instrument's."""
    holders: dict[str, list[Draft]] = defaultdict(list)
    for draft in facts.drafts:
        for line in draft.identifiers:
            if line.scheme is Scheme.FIGI:
                holders[line.value].append(draft)
    for value, drafts in sorted(holders.items()):
        if len(drafts) > 1 and not set.intersection(*(draft.anchors for draft in drafts)):
            facts.report("contradicted", value, f"FIGI of {', '.join(draft.label for draft in drafts)}; taken from all")
            for draft in drafts:
                draft.identifiers = [line for line in draft.identifiers if line.value != value]
