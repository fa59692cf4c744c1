"""Weigh one span: everything that speaks for or against a firm being named there, before the rest of the text is known."""

from __future__ import annotations

from typing import NamedTuple

from zhengming.engine.fold import fold, is_han
from zhengming.engine.linking import cues, policy
from zhengming.engine.linking.finder import Pattern
from zhengming.engine.linking.model import Signal
from zhengming.engine.linking.model import SignalCode as S
from zhengming.engine.linking.words import english_words, everyday, overlap


class Surroundings(NamedTuple):
    """The text around a span, folded."""

    before: str
    behind: str


def surroundings(source: str, start: int, end: int) -> Surroundings:
    """Return what stands around a span."""
    return Surroundings(
        fold(source[max(0, start - policy.REACH_BEFORE) : start]), fold(source[end : end + policy.REACH_BEHIND])
    )


def by_form(pattern: Pattern, written: str) -> list[Signal]:
    """Weigh the name itself. `written` is the span as the text has it."""
    text = pattern.text
    length = len(text)
    signals = []
    if text.isdigit():
        signals.append(Signal(S.NAME_FORM, policy.DIGITS_FORM))
    elif pattern.han == length:
        signals.append(Signal(S.NAME_FORM, policy.HAN_FORM.get(length, policy.HAN_FORM_LONG)))
        if length <= policy.OVERLAP_LONGEST_NAME and (word := everyday(text)) is not None:
            least, slope = policy.WORD_CLASS[word[0]]
            if word[1] > least:
                signals.append(Signal(S.COMMON_WORD, slope * (word[1] - least)))
        if length <= policy.PLACE_LIKE_LONGEST and text[-1] in policy.PLACE_ENDS:
            signals.append(Signal(S.PLACE_LIKE, policy.PLACE_LIKE))
        if text[-1] in policy.PARTICLES:
            signals.append(Signal(S.COMMON_WORD, policy.PARTICLE_END))
    elif pattern.han:
        signals.append(Signal(S.NAME_FORM, policy.MIXED_FORM.get(length, policy.MIXED_FORM_LONG)))
    else:
        signals += _latin_form(pattern, written)
    if pattern.common:
        signals.append(Signal(S.COMMON_WORD, policy.MARKED_COMMON_WORD))
    if pattern.weak:
        signals.append(Signal(S.WEAK_NAME, policy.WEAK_NAME))
    if pattern.old or pattern.derived:
        signals.append(Signal(S.NAME_FORM, policy.OLD_NAME))
    return signals


def _latin_form(pattern: Pattern, written: str) -> list[Signal]:
    several = any(character in written.strip() for character in " -\n") or pattern.words > 1
    if several and len(pattern.text) > 5:
        form = policy.LATIN_SEVERAL_WORDS
    else:
        form = policy.LATIN_FORM.get(len(pattern.text), policy.LATIN_FORM_LONG)
    signals = [Signal(S.NAME_FORM, form)]
    if not (any(map(str.isupper, written)) or pattern.lower):
        signals.append(Signal(S.NOT_CAPITALISED, policy.NOT_CAPITALISED))
    if pattern.text in english_words() and not (written.isupper() and len(written) > 3):
        signals.append(Signal(S.COMMON_WORD, policy.ENGLISH_WORD))
    return signals


def by_surroundings(pattern: Pattern, around: Surroundings) -> list[Signal]:
    """Weigh what stands right before and behind the name."""
    return _latin_surroundings(around) if not pattern.han and _is_latin(around) else _han_surroundings(pattern, around)


def _is_latin(around: Surroundings) -> bool:
    return not any(map(is_han, around.before[-3:] + around.behind[:3]))


def _latin_surroundings(around: Surroundings) -> list[Signal]:
    signals = []
    if cues.LATIN_PLACE.search(around.behind):
        signals.append(Signal(S.PART_OF_PLACE, policy.PART_OF_PLACE))
    elif cues.LATIN_OTHER_SENSE.search(around.behind):
        signals.append(Signal(S.OTHER_SENSE, policy.OTHER_SENSE))
    elif cues.LATIN_PRODUCT.search(around.behind):
        signals.append(Signal(S.PART_OF_PRODUCT, policy.PART_OF_PRODUCT / 2))
    elif cues.LATIN_BEHIND_STRONG.search(around.behind):
        signals.append(Signal(S.WORD_BEHIND, policy.STRONG_BEHIND / 2))
    if cues.LATIN_BEFORE_STRONG.search(around.before):
        signals.append(Signal(S.WORD_BEFORE, policy.STRONG_BEFORE / 2))
    return signals


def _han_surroundings(pattern: Pattern, around: Surroundings) -> list[Signal]:
    before, behind = around
    signals = []
    if cues.HAN_BEHIND_STRONG.search(behind):
        signals.append(Signal(S.WORD_BEHIND, policy.STRONG_BEHIND))
    elif cues.HAN_PLACE.search(behind):
        signals.append(Signal(S.PART_OF_PLACE, policy.PART_OF_PLACE))
    elif cues.HAN_BODY.search(behind):
        signals.append(Signal(S.PART_OF_NAME, policy.PART_OF_NAME))
    elif cues.HAN_PRODUCT.search(behind):
        signals.append(Signal(S.PART_OF_PRODUCT, policy.PART_OF_PRODUCT))
    elif cues.HAN_BEHIND_WEAK.search(behind) or not behind:
        signals.append(Signal(S.WORD_BEHIND, policy.WEAK_BEHIND))
    if cues.HAN_BEFORE_STRONG.search(before):
        signals.append(Signal(S.WORD_BEFORE, policy.STRONG_BEFORE))
    elif cues.HAN_BEFORE_WEAK.search(before):
        signals.append(Signal(S.WORD_BEFORE, policy.WEAK_BEFORE))
    if cues.FINANCE.search(before) or cues.FINANCE.search(behind):
        signals.append(Signal(S.FINANCE_NEAR, policy.FINANCE_NEAR))
    if pattern.han == len(pattern.text) <= policy.OVERLAP_LONGEST_NAME:
        levels = overlap(_han_tail(before), pattern.text, _han_head(behind))
        if levels > 0:
            signals.append(Signal(S.WORD_OVERLAP, max(policy.OVERLAP_MOST, policy.OVERLAP * levels)))
        if pattern.han <= 3 and (cues.PERSON_BEHIND.search(behind) or cues.PERSON_BEFORE.search(before)):
            signals.append(Signal(S.PART_OF_PERSON, policy.PART_OF_PERSON))
    opened = cues.TITLE_OPEN.search(before)
    if opened and cues.TITLE_CLOSE.search(behind) and (opened[0] != "《" or behind[:1] != "》"):
        signals.append(Signal(S.IN_TITLE, policy.IN_TITLE))
    return signals


def _han_tail(text: str) -> str:
    for index in range(len(text) - 1, -1, -1):
        if not is_han(text[index]):
            return text[index + 1 :]
    return text


def _han_head(text: str) -> str:
    for index, character in enumerate(text):
        if not is_han(character):
            return text[:index]
    return text
