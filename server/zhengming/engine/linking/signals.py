"""Weigh one span: everything that speaks for or against a firm being named there, before the rest of the text is known."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import NamedTuple

from zhengming.engine.fold import is_han
from zhengming.engine.grammar.trades import cut_han_trade
from zhengming.engine.linking import cues, longer_names, policy
from zhengming.engine.linking.finder import Pattern
from zhengming.engine.linking.form import latin_form
from zhengming.engine.linking.model import Signal
from zhengming.engine.linking.model import SignalCode as S
from zhengming.engine.linking.squeezed import Squeezed
from zhengming.engine.linking.words import everyday, overlap

_ASIDE = frozenset("”\"'》」』)）(（")
_OPENING_QUOTES = "“\"'《「『"
_QUOTES = frozenset('“「『"')
_NOT_HAN = re.compile("[^\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df]")
_LONGEST_IN_PERSON = 3
_CONJUNCTIONS = frozenset("和与及")
_SHORT = 2
_SHORT_LATIN = 3


class Landmarks(NamedTuple):
    """What a window holds, as far as it says something of the names beside it; code points of the source."""

    starts: Collection[int]
    """Where known names begin."""
    ends: Collection[int]
    """Where they end."""
    finance: Sequence[int]
    """Where words of listed firms' news begin, rising."""

    def finance_near(self, start: int, end: int) -> bool:
        """Tell whether words of listed firms' news stand near a span."""
        near = bisect_left(self.finance, start - policy.REACH_BEFORE)
        return near < len(self.finance) and self.finance[near] < end + policy.REACH_BEHIND


class Surroundings(NamedTuple):
    """The text around a span, folded."""

    before: str
    behind: str
    written_behind: str
    """What stands behind as it is written."""
    finance: bool
    """Words of listed firms' news stand near."""
    name_precedes: bool
    """A known name ends right before."""
    name_follows: bool
    """A known name begins right behind."""


def surroundings(squeezed: Squeezed, start: int, end: int, landmarks: Landmarks, *, latin: bool) -> Surroundings:
    """Return what stands around a span of the source. `latin`: of a name without Chinese characters."""
    reach_before, reach_behind = (policy.LATIN_REACH,) * 2 if latin else (policy.REACH_BEFORE, policy.REACH_BEHIND)
    return Surroundings(
        squeezed.folded(max(0, start - reach_before), start),
        squeezed.folded(end, end + reach_behind),
        squeezed.source[end : end + reach_behind],
        landmarks.finance_near(start, end),
        start in landmarks.ends,
        end in landmarks.starts,
    )


def by_form(pattern: Pattern, written: str) -> tuple[Signal, ...]:
    """Weigh the name itself. `written` is the span as the text has it."""
    if pattern.is_latin:
        form = latin_form(pattern.text, written, several=pattern.words > 1, lower=pattern.lower)
        return (*form, *pattern.form)
    return pattern.form


def by_surroundings(pattern: Pattern, around: Surroundings, *, sure: bool) -> list[Signal]:
    """Weigh what stands right before and behind the name. `sure`: a code tells already that this is a name."""
    if not pattern.han and _is_latin(around):
        return _latin_surroundings(pattern, around)
    return _han_surroundings(pattern, around, sure)


def _is_latin(around: Surroundings) -> bool:
    return not any(map(is_han, around.before[-3:] + around.behind[:3]))


def _latin_surroundings(pattern: Pattern, around: Surroundings) -> list[Signal]:
    signals = []
    if cues.LATIN_PLACE.search(around.behind):
        signals.append(Signal(S.PART_OF_PLACE, policy.PART_OF_PLACE))
    elif cues.LATIN_OTHER_SENSE.search(around.behind) or (
        pattern.words <= policy.ARTICLE_MOST_WORDS
        and cues.LATIN_ARTICLE.search(around.before)
        and (pattern.common or cues.LATIN_ALONE.match(around.behind))
    ):
        signals.append(Signal(S.OTHER_SENSE, policy.OTHER_SENSE))
    elif cues.LATIN_TITLE_BEFORE.search(around.before):
        signals.append(Signal(S.PART_OF_PERSON, policy.PART_OF_PERSON))
    elif cues.LATIN_TEAM_BEFORE.search(around.before) or cues.LATIN_BODY.match(around.written_behind):
        signals.append(Signal(S.PART_OF_NAME, policy.PART_OF_NAME))
    elif cues.LATIN_MODEL.match(around.written_behind):
        signals.append(Signal(S.PART_OF_PRODUCT, policy.LATIN_MODEL))
    elif cues.LATIN_PRODUCT.search(around.behind):
        signals.append(Signal(S.PART_OF_PRODUCT, policy.PART_OF_PRODUCT / 2))
    elif cues.LATIN_BEHIND_STRONG.search(around.behind):
        signals.append(Signal(S.WORD_BEHIND, policy.STRONG_BEHIND / 2))
    elif len(pattern.text) <= _SHORT_LATIN and cues.LATIN_FAMILY_NAME.match(around.written_behind):
        signals.append(Signal(S.PART_OF_PERSON, policy.LATIN_FAMILY_NAME))
    if cues.LATIN_BEFORE_STRONG.search(around.before):
        signals.append(Signal(S.WORD_BEFORE, policy.STRONG_BEFORE / 2))
    return signals


def _han_surroundings(pattern: Pattern, around: Surroundings, sure: bool) -> list[Signal]:
    before, behind = around.before, around.behind
    signals = []
    told = behind
    if behind[:1] in _ASIDE and (aside := cues.HAN_ASIDE.match(behind)):
        told = behind[aside.end() :]
    if longer_names.is_of_body(behind):
        signals.append(Signal(S.PART_OF_NAME, policy.ANOTHER_NAME))
    elif cues.HAN_BEHIND_STRONG.begin(told) or (told[:1].isdigit() and cues.HAN_BEHIND_DATE.match(told)):
        signals.append(Signal(S.WORD_BEHIND, policy.STRONG_BEHIND))
    elif cues.HAN_OTHER_SENSE.match(behind) or cues.HAN_INDEX_BEFORE.end(before):
        signals.append(Signal(S.OTHER_SENSE, policy.OTHER_SENSE))
    elif cues.HAN_WARES.begin(behind) or cues.HAN_THING_OF.match(behind):
        signals.append(Signal(S.WORD_BEHIND, policy.STRONG_BEHIND))
    elif cues.HAN_PLACE.match(behind):
        signals.append(Signal(S.PART_OF_PLACE, policy.PART_OF_PLACE))
    elif cues.HAN_BODY.begin(behind):
        signals.append(Signal(S.PART_OF_NAME, policy.PART_OF_NAME))
    elif cues.HAN_PRODUCT.match(behind):
        signals.append(Signal(S.PART_OF_PRODUCT, policy.PART_OF_PRODUCT))
    elif not behind or cues.HAN_BEHIND_WEAK.begin(behind):
        signals.append(Signal(S.WORD_BEHIND, policy.WEAK_BEHIND))
    if cues.HAN_BEFORE_STRONG.end(before.rstrip(_OPENING_QUOTES)):
        governed = pattern.form_total <= policy.EVERYDAY_FORM and cues.HAN_HAS_PEOPLE.end(before)
        signals.append(Signal(S.WORD_BEFORE, policy.WEAK_BEFORE if governed else policy.STRONG_BEFORE))
    elif not before or before[-1].isspace() or cues.HAN_BEFORE_WEAK.end(before):
        signals.append(Signal(S.WORD_BEFORE, policy.WEAK_BEFORE))
    if pattern.han and (cues.HAN_MEASURED.search(before) or (pattern.is_word and cues.HAN_NUMBERED.search(before))):
        signals.append(Signal(S.OTHER_SENSE, policy.COUNTED))
    if around.finance:
        signals.append(Signal(S.FINANCE_NEAR, policy.FINANCE_NEAR))
    if pattern.han == len(pattern.text) <= policy.OVERLAP_LONGEST_NAME and not sure:
        head = _NOT_HAN.split(behind, 1)[0]
        levels = overlap(_NOT_HAN.split(before)[-1], pattern.text, head)
        if levels > 0:
            signals.append(Signal(S.WORD_OVERLAP, max(policy.OVERLAP_MOST, policy.OVERLAP * levels)))
        elif pattern.han <= _LONGEST_IN_PERSON and (
            _runs_into_trade(pattern.text, head) or _is_joined(before, pattern.text)
        ):
            signals.append(Signal(S.WORD_OVERLAP, policy.TRADE_ACROSS))
        may_go_on = pattern.han <= _LONGEST_IN_PERSON and not _has(signals, S.WORD_BEHIND)
        if (
            (may_go_on and not around.name_follows and longer_names.goes_on(pattern.text, behind))
            or (may_go_on and pattern.han <= _SHORT and longer_names.is_of_subsidiary(before, behind))
            or longer_names.has_begun(before, pattern.text, around.name_precedes)
        ):
            signals.append(Signal(S.PART_OF_NAME, policy.ANOTHER_NAME))
        if pattern.han <= _LONGEST_IN_PERSON and _is_person(before, pattern.text, behind):
            signals.append(Signal(S.PART_OF_PERSON, policy.PART_OF_PERSON))
    if pattern.han == len(pattern.text) and before[-1:] in _QUOTES and (quoted := cues.HAN_QUOTED.match(behind)):
        rest = quoted[1]
        if not (cues.HAN_BEHIND_STRONG.begin(rest) or cues.HAN_WARES.begin(rest) or cues.HAN_QUOTED_FIRM.match(rest)):
            signals.append(Signal(S.OTHER_SENSE, policy.PART_OF_PHRASE))
    if "《" in before and (opened := before.rfind("《")) > before.rfind("》"):
        whole = opened == len(before) - 1 and behind[:1] == "》"
        closing = behind.find("》")
        if closing >= 0 and not whole and "《" not in behind[:closing]:
            signals.append(Signal(S.IN_TITLE, policy.IN_TITLE))
    return signals


def _has(signals: list[Signal], code: S) -> bool:
    return any(signal.code is code for signal in signals)


def _is_joined(before: str, name: str) -> bool:
    """Tell whether a name is a conjunction and an everyday word, with something before it to join (存款量|和|信贷)."""
    return name[0] in _CONJUNCTIONS and is_han(before[-1:] or " ") and everyday(name[1:]) is not None


def _runs_into_trade(name: str, behind: str) -> bool:
    """Tell whether a word for a trade begins in a name and ends behind it (博盛新|材): the name is part of another."""
    return any(
        len(word) > stop
        for stop in (1, 2, 3)
        if stop <= len(behind) and (word := cut_han_trade(name + behind[:stop])[1])
    )


def _is_person(before: str, name: str, behind: str) -> bool:
    """Tell whether a surname, a title or what follows says that a person is named."""
    if (
        cues.PERSON_BEHIND.match(behind)
        or cues.PERSON_BEFORE.end(before)
        or (before[-1:] == "·" and is_han(before[-2:-1] or " "))
    ):
        return True
    if name[0] in cues.SURNAMES and (cues.TITLES.end(before) or cues.PERSON_ACTS.match(behind)):
        return True
    if before[-1:] not in cues.SURNAMES:
        return False
    return len(before) == 1 or not is_han(before[-2]) or cues.TITLES.end(before[:-1]) or before[-2] == cues.CALLED
