"""Let a text as a whole speak of its spans: full names license short ones, one string has one sense, neighbours agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from zhengming.engine.answer import Evidence, Outcome, Resolution
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.fold import fold, has_han
from zhengming.engine.linking import cues, longer_names, policy
from zhengming.engine.linking.candidate import Candidate
from zhengming.engine.linking.form import is_in_words
from zhengming.engine.linking.model import SignalCode as S

_FIRM_LISTED = re.compile(r"\s?(?:、|和|与|及|以及|,? and|&|/|(?<=[A-Za-z.]),)\s?")
_ROW_HEADS = frozenset(" 、和与及以,&/")
_ROW_TAILS = re.compile(r"[\s、和与及d&/,]")
_ROW_WIDTHS = (1, 2, 3, 5, 6)
"""Lengths of what stands between two names of a row."""
_SHORT = 2
_EDGE = 2
"""Characters beside a name by which the longer one is known again."""

_ANOTHER_SENSE = frozenset(
    (S.PART_OF_PRODUCT, S.PART_OF_PLACE, S.PART_OF_PERSON, S.PART_OF_NAME, S.OTHER_SENSE, S.WORD_OVERLAP, S.IN_TITLE)
)
_BESIDE = frozenset((S.WORD_BEFORE, S.WORD_BEHIND, S.LISTED_WITH_FIRMS, S.LISTING_MARK, S.CODE_BESIDE))
_NOT_BY_TEXT = frozenset((S.COMMON_WORD, S.WEAK_NAME, S.WORD_OVERLAP, S.PLACE_LIKE))


def hear_neighbours(found: Collection[Candidate], source: str) -> None:
    """Hear what begins right behind a span: a foreign firm, or more of a name that ends at a code."""
    ends = {one.end for one in found if one.total > 0 and not one.anchors}
    foreign = {one.start for one in found if one.resolution.decoy and not one.anchors}
    coded = "(" in source or "（" in source
    for one in found:
        if coded:
            _hear_longer_name(one, source, ends)
        if one.end in foreign and has_han(one.text) and len(one.text) <= _SHORT:
            one.add(S.PART_OF_NAME, policy.FOREIGN_BEHIND)


def _hear_longer_name(one: Candidate, source: str, ends: set[int]) -> None:
    """A code that stands behind unknown characters is that of a longer name which begins here (诺瓦|瓦克斯医药(NVAX.O))."""
    if one.pattern is None or one.anchors or not one.pattern.han:
        return
    longer = cues.CODE_FURTHER_ON.match(source, one.end)
    if longer is None or longer.end(1) in ends:
        return
    if not any(signal.code is S.WORD_BEHIND and signal.contribution > 1 for signal in one.signals):
        one.add(S.PART_OF_NAME, policy.PART_OF_NAME)


def hear_document(
    found: Sequence[Candidate], text: str, is_listed: Callable[[str], bool], has_parent: Callable[[str], bool]
) -> None:
    """Hear the whole text. `is_listed` and `has_parent` tell it of a firm's ID."""
    found = [one for one in found if not one.anchors]
    _hear_same_longer_names(found, text)
    sure = [one for one in found if one.total >= policy.SURE and one.firm]
    licensed = {one.firm: one.text for one in sure if one.long}
    named = {one.firm for one in sure}
    sense = {one.text: one.firm for one in _outermost(sure)}
    for one in found:
        if one.resolution.outcome is Outcome.AMBIGUOUS:
            _settle(one, licensed, is_listed, has_parent if _is_owner(one, text) else None)
    likely = [one for one in found if one.total >= policy.LIKELY]
    starts = {one.start for one in likely}
    ends = {one.end for one in likely}
    for one in found:
        if _beside_another(text, one, starts, ends):
            one.add(S.LISTED_WITH_FIRMS, policy.LISTED_WITH_FIRMS)
        codes = [signal.code for signal in one.signals]
        firm = one.firm
        if not _ANOTHER_SENSE.isdisjoint(codes):
            pass  # Not licensed, whatever else the text names.
        elif firm in licensed and licensed[firm] != one.text and not _is_everyday(one):
            one.add(S.CO_MENTION, policy.CO_MENTION)
        elif one.total < policy.SURE and firm and sense.get(one.text) == firm:
            one.add(S.SAME_SENSE, policy.SAME_SENSE)
        others = len(named) - (firm in named)
        # Words of everyday stand in the news of firms as anywhere.
        if others and _NOT_BY_TEXT.isdisjoint(codes):
            one.add(S.FINANCIAL_TEXT, min(policy.FINANCIAL_TEXT * others, policy.FINANCIAL_TEXT_MOST))


def _outermost(found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the candidates that lie inside no other: the first two characters of 太极股份 do not say what 太极 means."""
    end = 0
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.end > end:
            end = one.end
            yield one


def _hear_same_longer_names(found: Sequence[Candidate], text: str) -> None:
    """What is part of a longer name once (华晟|领飞持有) is part of it wherever that stands (华晟|领飞的经理)."""
    heads, tails = set(), set()
    parts = list(filter(_is_part, found))
    for one in parts:
        name = fold(one.text)
        before = fold(text[max(0, one.start - policy.REACH_BEFORE) : one.start])
        behind = fold(text[one.end : one.end + policy.REACH_BEHIND])
        if longer_names.is_head(name, before, behind):
            heads.add((one.text, text[one.end : one.end + _EDGE]))
        elif longer_names.has_begun(before, name, name_precedes=False):
            tails.add((text[max(0, one.start - _EDGE) : one.start], one.text))
    for one in found if parts else ():
        head = one.text, text[one.end : one.end + _EDGE]
        tail = text[max(0, one.start - _EDGE) : one.start], one.text
        if (head in heads or tail in tails) and not _is_part(one):
            one.add(S.PART_OF_NAME, policy.ANOTHER_NAME)


def _is_part(one: Candidate) -> bool:
    # With so much against it no name is sure; most are, and need no look.
    return one.total < policy.SURE and any(
        signal.code is S.PART_OF_NAME and signal.contribution == policy.ANOTHER_NAME for signal in one.signals
    )


def _is_owner(one: Candidate, text: str) -> bool:
    """Tell whether the words beside a name make it a parent's: a unit of Ping An is not Ping An Good Doctor again."""
    before = fold(text[max(0, one.start - policy.LATIN_REACH) : one.start])
    behind = fold(text[one.end : one.end + policy.REACH_BEHIND])
    return cues.OWNER_BEFORE.search(before) is not None or cues.OWNER_BEHIND.match(behind) is not None


def _settle(
    one: Candidate,
    licensed: Collection[str],
    is_listed: Callable[[str], bool],
    has_parent: Callable[[str], bool] | None,
) -> None:
    """Choose among the carriers of a name; with `has_parent` not one that belongs to another firm."""
    carriers = [each.firm_id for each in one.resolution.candidates]
    if has_parent is not None:
        carriers = [firm for firm in carriers if not has_parent(firm)]
    chosen = [firm for firm in carriers if firm in licensed]
    if len(chosen) == 1:
        one.resolution = _settled(one.resolution, chosen[0], policy.LICENSED)
        return
    if not _speaks_of_listed(one):
        return
    listed = list(filter(is_listed, carriers))
    if len(listed) == 1:
        one.resolution = _settled(one.resolution, listed[0], policy.LISTED_MEANT)


def _settled(resolution: Resolution, firm_id: str, confidence: float) -> Resolution:
    """Return an ambiguous answer settled by the text: one of its candidates is the one that is meant."""
    chosen = next(one for one in resolution.candidates if one.firm_id == firm_id)
    evidence = (*chosen.evidence, Evidence(E.CO_MENTION, policy.CO_MENTION))
    confidence = round(max(chosen.confidence, confidence), 4)
    settled = chosen._replace(confidence=confidence, evidence=evidence)
    others = tuple(one for one in resolution.candidates if one.firm_id != firm_id)
    return resolution._replace(
        outcome=Outcome.MATCH,
        firm_id=firm_id,
        confidence=confidence,
        match_type=chosen.match_type,
        matched_name=chosen.matched_name,
        evidence=evidence,
        candidates=(settled, *others),
        ambiguity_reason=None,
        hints=(),
    )


def _speaks_of_listed(one: Candidate) -> bool:
    """Tell whether a listed firm is surely meant, whichever: by its listing mark, or by a strong name in its news."""
    codes = {signal.code for signal in one.signals}
    return S.LISTING_MARK in codes or (
        S.FINANCE_NEAR in codes and S.WEAK_NAME not in codes and one.total >= policy.SURE
    )


def _is_everyday(one: Candidate) -> bool:
    """Tell whether a name is an everyday word with no word of firms beside it: its firm's full name does not license it.

    A text that names 联想集团 also says 联想到, one on 小米集团 also 小米糕, one on Focus Media also focus media attention.
    """
    if is_in_words(one.text) and any(signal.code is S.NOT_CAPITALISED for signal in one.signals):
        return True
    if any(signal.code in _BESIDE and signal.contribution > 1 for signal in one.signals):
        return False
    return sum(signal.contribution for signal in one.signals if signal.code is S.COMMON_WORD) <= policy.EVERYDAY


def _beside_another(text: str, one: Candidate, starts: set[int], ends: set[int]) -> bool:
    if text[one.end : one.end + 1] in _ROW_HEADS:
        behind = _FIRM_LISTED.match(text, one.end)
        if behind is not None and behind.end() in starts:
            return True
    start = one.start
    if not start or not _ROW_TAILS.match(text, start - 1):
        return False
    return any(
        start - width in ends and _FIRM_LISTED.fullmatch(text, start - width, start) is not None
        for width in _ROW_WIDTHS
    )
