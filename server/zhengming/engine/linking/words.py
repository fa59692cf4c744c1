"""Weigh a Chinese name against the common words that it touches: 美|团队, 小米粥, 中国|银行业.

The text around a name is read twice, as the likeliest row of words: once with the name as a word of its own, once with a
common word across one of its edges or around it. The difference says how much the text would rather be read otherwise.
"""

from __future__ import annotations

from functools import cache

from zhengming.engine.linking.cues import HAN_STOPS
from zhengming.engine.linking.policy import (
    CORPUS_LEVEL,
    NAME_LEVEL,
    NAME_LEVEL_LONG,
    OVERLAP_WINDOW,
    PHRASE_LEVEL,
    REST_LEVEL,
    SINGLE_CHARACTER,
    UNKNOWN_CHARACTER_LEVEL,
)
from zhengming.engine.linking.word_table import CHINESE_WORDS, ENGLISH_WORDS

_LONGEST = 5
_NEVER = -1e9


@cache
def _levels() -> dict[str, tuple[str, int]]:
    return {word: group for group, words in CHINESE_WORDS.items() for word in words.split()}


@cache
def english_words() -> frozenset[str]:
    """Return common English words that are also names."""
    return frozenset(ENGLISH_WORDS.split())


def everyday(word: str) -> tuple[str, int] | None:
    """Return class and level of a common Chinese word, None for any other string."""
    return _levels().get(word)


def is_phrase(name: str) -> bool:
    """Tell whether a name of four characters is two everyday words in a row (力量|发展), as any sentence may have them."""
    if len(name) != 4:
        return False
    first, second = _levels().get(name[:2]), _levels().get(name[2:])
    return (
        first is not None
        and second is not None
        and first[0] in ("noun", "other")
        and second[0] in ("noun", "other")
        and min(first[1], second[1]) >= PHRASE_LEVEL
    )


def overlap(before: str, name: str, behind: str) -> float:
    """Return by how many levels a reading with a word across the name's edge beats the one with the name as a word.

    All three are folded Chinese; `before` and `behind` are what touches the name without anything in between. Negative or
    zero: the text reads best, or just as well, with the name.
    """
    before, behind = before[-OVERLAP_WINDOW:], behind[:OVERLAP_WINDOW]
    text = before + name + behind
    start, end = len(before), len(before) + len(name)
    across = _across(text, start, end)
    if not across:
        return 0.0
    costs = _costs()
    known = everyday(name)
    level = max(NAME_LEVEL.get(len(name), NAME_LEVEL_LONG), known[1] if known else 0)
    until = _best(text, 0, end)
    since = {stop: _best(text, stop, len(text))[-1] for stop in {end, *(stop for _, stop in across)}}
    with_name = until[start] + level - CORPUS_LEVEL + since[end]
    best = _NEVER
    for begin, stop in across:
        # What a crossing word leaves of the name may be the rest of a name that nobody knows: 东北|特钢.
        # Or another word lies across the other edge: 南海|信件.
        left, right = until[begin], since[stop]
        if begin > start:
            left = max(left, until[start] + _REST)
        if stop < end:
            right = max(right, _REST + since[end])
        best = max(best, left + costs[text[begin:stop]] + right)
    return best - with_name


_UNKNOWN = UNKNOWN_CHARACTER_LEVEL - CORPUS_LEVEL
_REST = REST_LEVEL - CORPUS_LEVEL


@cache
def _costs() -> dict[str, float]:
    """Return what each word costs a reading."""
    return {
        word: level - CORPUS_LEVEL - (SINGLE_CHARACTER if len(word) == 1 and word not in HAN_STOPS else 0)
        for word, (_, level) in _levels().items()
    }


@cache
def _lengths() -> dict[str, tuple[int, ...]]:
    """Return the lengths of the words that begin with two characters, so that most places are passed by one look-up."""
    lengths: dict[str, tuple[int, ...]] = {}
    for word in _levels():
        if 1 < len(word) <= _LONGEST:
            head = word[:2]
            lengths[head] = tuple(sorted({*lengths.get(head, ()), len(word)}))
    return lengths


def _best(text: str, start: int, end: int) -> list[float]:
    """Return the cost of the best reading of `text[start:stop]` for every stop from `start` to `end`."""
    costs, lengths = _costs(), _lengths()
    best = [_NEVER] * (end - start + 1)
    best[0] = 0.0
    for begin in range(start, end):
        so_far = best[begin - start]
        single = so_far + costs.get(text[begin], _UNKNOWN)
        if single > best[begin - start + 1]:
            best[begin - start + 1] = single
        for length in lengths.get(text[begin : begin + 2], ()):
            if begin + length > end:
                break
            cost = costs.get(text[begin : begin + length])
            if cost is not None and so_far + cost > best[begin - start + length]:
                best[begin - start + length] = so_far + cost
    return best


def _across(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where common words lie across an edge of a span, or hold all of it and more."""
    levels, lengths = _levels(), _lengths()
    found = []
    for begin in range(max(0, start - _LONGEST + 1), end):
        # Inside the span a word has to leave it behind; before it, it has to come in.
        least = end if begin >= start else start
        for length in lengths.get(text[begin : begin + 2], ()):
            stop = begin + length
            if least < stop <= len(text) and text[begin:stop] in levels:
                found.append((begin, stop))
    return found
