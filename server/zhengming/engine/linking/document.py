"""Sum up a text: its firms by relevance, and the relations between those that it names."""

from __future__ import annotations

from collections.abc import Sequence

from zhengming.engine.answer import Outcome
from zhengming.engine.catalog import Catalog
from zhengming.engine.linking.model import FirmInText, Mention, RelationInText, SignalCode
from zhengming.engine.linking.policy import ANNOUNCES, FIRST_MENTION, FURTHER_MENTION


def weigh_firms(mentions: Sequence[Mention]) -> tuple[FirmInText, ...]:
    """Return the firms of linked mentions, most relevant first.

    A firm counts by when it is first named, by whether it is the one that acts (公告, 发布, said), and a little by how often.
    """
    weights: dict[str, float] = {}
    positions: dict[str, list[int]] = {}
    for position, mention in enumerate(mentions):
        if mention.resolution.outcome is not Outcome.MATCH:
            continue
        firm = mention.resolution.firm_id
        if firm in weights:
            weights[firm] += FURTHER_MENTION * mention.mention_confidence
            positions[firm].append(position)
        else:
            weights[firm] = mention.mention_confidence * (
                FIRST_MENTION / (len(weights) + 1) + ANNOUNCES * _acts(mention)
            )
            positions[firm] = [position]
    whole = sum(weights.values())
    ranked = sorted(weights, key=lambda firm: (-weights[firm], positions[firm][0]))
    return tuple(FirmInText(firm, round(weights[firm] / whole, 4), tuple(positions[firm])) for firm in ranked)


def _acts(mention: Mention) -> bool:
    return any(code is SignalCode.WORD_BEHIND and contribution > 1 for code, contribution in mention.signals)


def relations(catalog: Catalog, firms: Sequence[FirmInText]) -> tuple[RelationInText, ...]:
    """Return the present relations of the table between firms of one text, each once."""
    named = {firm.firm_id for firm in firms}
    found: dict[tuple[str, str, str], RelationInText] = {}
    for firm in firms if len(firms) > 1 else ():
        for relation in catalog.relations(firm.firm_id):
            ends = relation.from_firm.id, relation.to_firm.id
            if relation.valid_to or ends[0] == ends[1] or not named.issuperset(ends):
                continue
            key = (relation.type.value, *ends)
            found.setdefault(key, RelationInText(relation.type, relation.from_firm, relation.to_firm))
    return tuple(found.values())
