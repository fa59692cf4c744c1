"""A linked text laid out for a reader: the text in pieces, its firms numbered, what was refused numbered behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zhengming.client.explanation import firm_label, short_reason
from zhengming.client.sentences import Language, sentence, short_code
from zhengming.v1 import firm_pb2 as firm
from zhengming.v1 import resolver_pb2 as resolver


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text: a mention, or what stands between two."""

    text: str
    mention: resolver.Mention | None = None
    number: int = 0
    """Number of the firm, or of the refused name, that the mention belongs to; 0 between mentions."""


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of a firm in other systems that hold today."""

    tickers: tuple[str, ...] = ()
    """With their markets, such as `688256 XSHG`."""
    others: tuple[str, ...] = ()
    """With their systems, such as `LEI …`."""

    @property
    def main(self) -> tuple[str, ...]:
        """The tickers; of an unlisted firm one other code, where it has any."""
        return self.tickers or self.others[:1]


@dataclass(frozen=True, slots=True)
class NamedFirm:
    """A firm of the text."""

    number: int
    """From 1, most relevant first."""
    firm: firm.FirmSummary
    relevance: float
    """0 to 1; the firms of a text add up to 1."""
    confidence: float
    """That of its surest mention, 0 to 1."""
    mentions: int
    """How often it is named."""
    written: tuple[str, ...]
    """As what, in the order of the text, each form once."""
    codes: Codes


@dataclass(frozen=True, slots=True)
class RefusedName:
    """A name in the text that is linked to no firm."""

    number: int
    """Goes on behind the firms."""
    outcome: resolver.Outcome.ValueType
    why: str
    """One sentence without full stop."""
    mentions: int
    """How often it stands there."""
    written: tuple[str, ...]
    """As what, each form once."""
    candidates: tuple[str, ...]
    """Of an ambiguous name those that could be meant, of a possible affiliate the brand's owner; best first, with confidence."""


@dataclass(frozen=True, slots=True)
class LinkedView:
    """A linked text, laid out."""

    pieces: tuple[Piece, ...]
    """Together they are the text."""
    firms: tuple[NamedFirm, ...]
    refused: tuple[RefusedName, ...]
    relations: tuple[str, ...]
    """Ties between firms of the text, one sentence without full stop each."""


def lay_out(text: str, linked: resolver.LinkedText, codes: Mapping[str, Codes], lang: Language = "en") -> LinkedView:
    """Lay out a linked text.

    Args:
        text: the text.
        linked: what was found in it, with offsets in code points.
        codes: firm ID → its codes; a firm that is missing is shown without.
        lang: language of the sentences.
    """
    firms, numbers = _firms(linked, codes)
    refused = _refused(linked, numbers, lang)
    pieces: list[Piece] = []
    at = 0
    for place, mention in enumerate(linked.mentions):
        if mention.start > at:
            pieces.append(Piece(text[at : mention.start]))
        pieces.append(Piece(text[mention.start : mention.end], mention, numbers[place]))
        at = mention.end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    relations = tuple(relation_line(each, lang) for each in linked.relations)
    return LinkedView(tuple(pieces), firms, refused, relations)


def current_codes(summary: firm.FirmSummary) -> Codes:
    """Return the codes of a firm that still hold. The summary must be a whole one: answers of links carry no codes."""
    held = [each for each in summary.identifiers if not each.valid_to]
    tickers = [each for each in held if each.scheme == firm.IDENTIFIER_SCHEME_TICKER]
    others = [each for each in held if each.scheme != firm.IDENTIFIER_SCHEME_TICKER]
    return Codes(
        tuple(f"{each.value} {each.mic}".strip() for each in tickers),
        tuple(
            f"{short_code(firm.IdentifierScheme, each.scheme, 'IDENTIFIER_SCHEME_')} {each.value}" for each in others
        ),
    )


def relation_line(relation: firm.Relation, lang: Language = "en") -> str:
    """Return a tie between two firms as a sentence without full stop."""
    kind = sentence(firm.RelationType, relation.type, lang)
    ends = (firm_label(relation.from_firm, lang), firm_label(relation.to_firm, lang))
    # Chinese puts the bond last: “甲 是 乙 的直接母公司”.
    return f"{ends[0]} {kind} {ends[1]}" if lang == "en" else f"{ends[0]} 是 {ends[1]} {kind}"


def _firms(linked: resolver.LinkedText, codes: Mapping[str, Codes]) -> tuple[tuple[NamedFirm, ...], dict[int, int]]:
    """Return the firms, and position of a mention → number of its firm."""
    numbers: dict[int, int] = {}
    firms = []
    for number, each in enumerate(linked.firms, start=1):
        mentions = [linked.mentions[place] for place in each.mentions]
        numbers |= dict.fromkeys(each.mentions, number)
        firms.append(
            NamedFirm(
                number,
                each.firm,
                each.document_relevance,
                max((mention.resolution.confidence for mention in mentions), default=0.0),
                len(mentions),
                tuple(dict.fromkeys(mention.text for mention in mentions)),
                codes.get(each.firm.firm_id, Codes()),
            )
        )
    return tuple(firms), numbers


def _refused(linked: resolver.LinkedText, numbers: dict[int, int], lang: Language) -> tuple[RefusedName, ...]:
    """Return what was refused, one for each known name or else each spelling; numbers its mentions."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, mention in enumerate(linked.mentions):
        if place not in numbers:
            what = mention.resolution.decoy.label or mention.text
            groups.setdefault((what, short_reason(mention.resolution, lang)), []).append(place)
    refused = []
    for number, ((_, why), places) in enumerate(groups.items(), start=len(linked.firms) + 1):
        numbers |= dict.fromkeys(places, number)
        first = linked.mentions[places[0]].resolution
        refused.append(
            RefusedName(
                number,
                first.outcome,
                why,
                len(places),
                tuple(dict.fromkeys(linked.mentions[place].text for place in places)),
                _candidates(first, lang),
            )
        )
    return tuple(refused)


_LEAST_SHOWN: Final = 0.01
# A firm that is less likely would be shown with 0 %.

_WITH_CANDIDATES: Final = (resolver.NOT_FOUND_REASON_POSSIBLE_AFFILIATE, resolver.NOT_FOUND_REASON_BELOW_THRESHOLD)


def _candidates(answer: resolver.Resolution, lang: Language) -> tuple[str, ...]:
    if answer.outcome != resolver.OUTCOME_AMBIGUOUS and answer.not_found_reason not in _WITH_CANDIDATES:
        return ()
    likely = (each for each in answer.candidates if each.confidence >= _LEAST_SHOWN)
    return tuple(f"{firm_label(each.firm, lang)} {each.confidence:.0%}" for each in likely)
