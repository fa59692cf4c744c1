"""Find the firms in running text, and say of each mention whether it names a firm and which.

    linked = engine.link("寒武纪(688256)与Moore Threads宣布合作。", LinkOptions())
    for mention in linked.mentions:
        mention.text, mention.start, mention.end       # text[start:end], half-open, in code points of the text as given
        mention.mention_confidence                      # 0 to 1: is a firm named here at all?
        mention.resolution                              # the same Resolution as for a single name: which firm, or why none
        mention.signals                                 # what spoke for and against, strongest first
    for firm in linked.firms:
        firm.firm_id, firm.relevance, firm.mentions     # 0 to 1, the firms of a text add up to 1; positions in linked.mentions
    for relation in linked.relations:
        relation.type, relation.from_firm, relation.to_firm   # both named in this text

A mention is linked when `resolution.outcome` is MATCH. Mentions that are refused stay in the list with the reason: a
foreign firm (OUT_OF_SCOPE, with its decoy), a unit without a record of its own (POSSIBLE_AFFILIATE, the owner of the brand
as candidate), a name that several firms carry (AMBIGUOUS). What is no name of a firm at all (小米粥, 美团队) is not there.

Offsets are code points of the text as it was given; `offsets.Offsets(text).convert(start, end, unit)` gives UTF-8 bytes
or UTF-16 units. Nothing in the text is rewritten: HTML entities, CRLF and combining marks stay where they are.

The way of a text: `windows` cuts a long one on paragraph breaks, `squeezed` folds it with a map back, `automaton` holds all
names, `finder` turns hits into spans that stand on word boundaries, `unlisted` finds names with a firm's anatomy that no
table holds, `signals` weighs each span by `policy`, `linker` decides, `document` sums up.
"""

from zhengming.engine.linking.linker import Linker
from zhengming.engine.linking.model import (
    DEFAULT_LINK_OPTIONS,
    FirmInText,
    InvalidText,
    LinkedText,
    LinkOptions,
    Mention,
    RelationInText,
    Signal,
    SignalCode,
)
from zhengming.engine.linking.offsets import Offsets, OffsetUnit

__all__ = [
    "DEFAULT_LINK_OPTIONS",
    "FirmInText",
    "InvalidText",
    "LinkOptions",
    "LinkedText",
    "Linker",
    "Mention",
    "OffsetUnit",
    "Offsets",
    "RelationInText",
    "Signal",
    "SignalCode",
]
