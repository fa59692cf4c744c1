"""Weigh a name by itself: what its script, its length, the table and a dictionary say, whatever text it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from zhengming.engine.grammar.trades import cut_han_trade
from zhengming.engine.linking import cues, policy
from zhengming.engine.linking.model import Signal
from zhengming.engine.linking.model import SignalCode as S
from zhengming.engine.linking.words import english_words, everyday, is_phrase

_LONGEST_TRADE = 3


def han_form(text: str, han: int, *, common: bool, weak: bool, old: bool) -> tuple[Signal, ...]:
    """Weigh a squeezed name with Chinese characters, of which it has `han`, or of digits only.

    What the table says of it: `common` also an everyday word, `weak` unable to stand alone, `old` by a former or cut form only.
    """
    length = len(text)
    signals = []
    if text.isdigit():
        signals.append(Signal(S.NAME_FORM, policy.DIGITS_FORM))
    elif han == length:
        signals.append(Signal(S.NAME_FORM, policy.HAN_FORM.get(length, policy.HAN_FORM_LONG)))
        trade = length <= _LONGEST_TRADE and _is_trade(text)
        everyday_word = min(_everyday(text), policy.TRADE_ONLY if trade else 0.0)
        place = policy.PLACE_LIKE if length <= policy.PLACE_LIKE_LONGEST and text[-1] in policy.PLACE_ENDS else 0.0
        marked = policy.MARKED_COMMON_WORD.get(length, policy.MARKED_COMMON_WORD_LONG) if common else 0.0
        phrase = policy.PHRASE if not trade and is_phrase(text) and not cues.HAS_TRADE.end(text) else 0.0
        # Editors, dictionary, list of trades and the look of a place or phrase speak of one thing: the strongest is heard.
        if marked < everyday_word + place + phrase:
            everyday_word, place, phrase = marked, 0.0, 0.0
        if everyday_word:
            signals.append(Signal(S.COMMON_WORD, everyday_word))
        if place:
            signals.append(Signal(S.PLACE_LIKE, place))
        if phrase:
            signals.append(Signal(S.COMMON_WORD, phrase))
        if text[-1] in policy.PARTICLES:
            signals.append(Signal(S.COMMON_WORD, policy.PARTICLE_END))
    else:
        signals.append(Signal(S.NAME_FORM, policy.MIXED_FORM.get(length, policy.MIXED_FORM_LONG)))
    return (*signals, *_of_table(common=common and han != length, weak=weak, old=old))


def latin_form(text: str, written: str, *, several: bool, lower: bool) -> list[Signal]:
    """Weigh a squeezed Latin name as a text writes it.

    `several`: its best known spelling has several words; `lower`: the table itself writes it in small letters.
    """
    capital = lower or any(map(str.isupper, written))
    # In small letters several words are a phrase (the focus media put on it) as soon as a name.
    if capital and len(text) > 5 and (several or is_in_words(written)):
        form = policy.LATIN_SEVERAL_WORDS
    else:
        form = policy.LATIN_FORM.get(len(text), policy.LATIN_FORM_LONG)
    signals = [Signal(S.NAME_FORM, form)]
    if not capital:
        signals.append(Signal(S.NOT_CAPITALISED, policy.NOT_CAPITALISED))
    if text in english_words() and not (written.isupper() and len(written) > 3):
        signals.append(Signal(S.COMMON_WORD, policy.ENGLISH_WORD))
    return signals


def is_in_words(written: str) -> bool:
    """Tell whether a Latin name is written in more than one word."""
    return any(character in written.strip() for character in " -\n")


def latin_marks(*, common: bool, weak: bool, old: bool) -> tuple[Signal, ...]:
    """Weigh what the table says of a Latin name."""
    return tuple(_of_table(common=common, weak=weak, old=old))


def is_everyday(text: str) -> bool:
    """Tell whether a dictionary takes a name for an everyday word."""
    return _everyday(text) <= policy.EVERYDAY


def _everyday(text: str) -> float:
    """Return what a dictionary has against a name."""
    word = everyday(text) if len(text) <= policy.OVERLAP_LONGEST_NAME else None
    if word is None:
        return 0.0
    least, slope = policy.WORD_CLASS[word[0]]
    return round(min(0.0, slope * (word[1] - least)), 2)


def _is_trade(text: str) -> bool:
    """Tell whether a name is nothing but words for trades (新材料, 机器人)."""
    while text:
        rest, word = cut_han_trade(text)
        if not word:
            return False
        text = rest
    return True


def _of_table(*, common: bool, weak: bool, old: bool) -> Iterator[Signal]:
    if common:
        yield Signal(S.COMMON_WORD, policy.MARKED_COMMON_WORD[2])
    if weak:
        yield Signal(S.WEAK_NAME, policy.WEAK_NAME)
    if old:
        yield Signal(S.NAME_FORM, policy.OLD_NAME)
