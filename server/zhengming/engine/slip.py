"""Chinese names one character apart: is it a slip of hand or eye, or the name of somebody else?

A stranger's name of three characters is one character from a name of the table more often than one time in four, so
distance alone decides nothing. What tells a slip from a stranger: the wrong character sounds or looks like the right
one; it is common in the language but hardly stands in names, or not beside its neighbours there; and hardly any other
name has the rest. Each is a number here; the weights (`policy.SLIP_WEIGHTS`, fitted: `coefficients.SLIP`) turn them into
log-odds.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import log, log1p
from typing import NamedTuple, Protocol

from zhengming.engine.fold import is_han, squeeze
from zhengming.engine.grammar import Anatomy
from zhengming.engine.grammar.forms import cut_han_form
from zhengming.engine.naming import surprise
from zhengming.engine.near_words import is_near_word
from zhengming.engine.policy import (
    BRAND_TURNED,
    HALF_ANOTHER_BRAND,
    LOOKS_ALIKE,
    MOST_SURPRISE,
    SHORTEST_SLIPPED,
    SLIP_OF_LENGTH,
    SLIP_TOO_SHORT,
    WORD_MADE,
    WORD_TYPED,
)
from zhengming.engine.shape import commonness, likeness
from zhengming.engine.sound import sound_equal, sound_near
from zhengming.engine.word_pairs import is_word


class Nature(StrEnum):
    """What was done to the name."""

    ANOTHER = "another"
    """One character stands for another one."""
    SWAPPED = "swapped"
    DOUBLED = "doubled"
    DROPPED = "dropped"
    ADDED = "added"


class Edit(NamedTuple):
    """Where a typed text leaves the meant one."""

    nature: Nature
    place: int
    """In the typed text; of a dropped character in the meant one."""


class Usage(Protocol):
    """How the names of the table use characters."""

    log_names: float
    """Natural logarithm of the number of names."""

    def holding(self, first: str, second: str = "") -> int:
        """Return how many names hold a character, or that character and right behind it another one."""

    def is_name(self, text: str) -> bool:
        """Tell whether a text is a name."""

    def sharing(self, rest: str) -> int:
        """Return how many firms have a name that is this text but for one character more."""


class Slip(NamedTuple):
    """One character apart, in numbers."""

    same_sound: bool
    near_sound: bool
    look_alike: bool
    whole: bool
    """The whole texts are one character apart, legal forms and all; else only what remains without them."""
    features: tuple[tuple[str, float], ...]
    """Name and value of everything that is not nothing; the names are those of `policy.SLIP_WEIGHTS`."""
    given: float
    """Log-odds that are not fitted."""

    def weigh(self, weights: Mapping[str, float]) -> float:
        """Return the log-odds that the name is meant, and nobody else's that the table does not hold."""
        return self.given + sum([weights[name] * value for name, value in self.features])


def read_slip(query: Anatomy, name: Anatomy, usage: Usage) -> Slip | None:
    """Return how a query is one Chinese character off a name. None: it is not, or another place may be meant.

    In a brandless name (中国水务, 乐山电力) and in 中国 any other character may make another place or a brand
    (中天火箭 is not 中国火箭): there only characters count that sound or look like the right one.
    """
    if query.brand == name.brand:
        return None
    typed, meant = squeeze(query.text), squeeze(name.text)
    edit = find_edit(typed, meant)
    whole = edit is not None
    if edit is None:
        typed, meant = query.core, name.core
        edit = find_edit(typed, meant)
    if edit is None:
        return None
    nature, place = edit
    if nature in (Nature.DROPPED, Nature.ADDED) and place in (0, max(len(typed), len(meant)) - 1):
        # 美团队 is a word that begins with 美团, and 彩虹光 a cut 彩虹光电: the comparison of parts has a rule for each.
        return None
    wrong = meant[place] if nature is Nature.DROPPED else typed[place]
    right = wrong if nature in (Nature.ADDED, Nature.DOUBLED) else meant[place]
    if not is_han(wrong) or not is_han(right):
        return None
    features = (
        _another(typed, meant, place, usage) if nature is Nature.ANOTHER else _length(nature, typed, place, usage)
    )
    start = meant.find(name.brand) if name.brand else len(meant)
    alike = features.get("likeness", 0.0) >= LOOKS_ALIKE**2
    confused = alike or "same_sound" in features or "near_sound" in features
    in_place = bool(name.places) and place < start
    if in_place and not confused and (not name.brand or name.places == ("china",)):
        return None
    if place == len(typed) - 1 and not confused and usage.is_name(typed[:place]):
        # 美团队 is rather 美团 and a character more than 美团网 misspelled.
        return None
    if not 0 <= start <= place < start + len(name.brand):
        features["in_place" if in_place else "outside_brand"] = 1.0
    elif len(name.brand) <= 3:
        features["brand_of_three" if len(name.brand) == 3 else "brand_of_two"] = 1.0
    others = usage.sharing(meant[:place] + meant[place + (nature is not Nature.ADDED) :])
    features["sharing"] = log(max(1, others))
    features |= _unlikely(typed, meant, place)
    given = SLIP_TOO_SHORT if min(len(typed), len(meant)) < SHORTEST_SLIPPED else 0.0
    told = tuple([(feature, value) for feature, value in features.items() if value])
    if is_near_word(typed) or is_near_word(query.core):
        given += WORD_TYPED
    given += SLIP_OF_LENGTH if nature in (Nature.DROPPED, Nature.ADDED) else 0.0
    if nature is Nature.SWAPPED and place == start and len(name.brand) == 2:
        given += BRAND_TURNED
    if nature is Nature.ANOTHER and not confused:
        if len(name.brand) == 2 and start <= place < start + 2:
            given += HALF_ANOTHER_BRAND
        if _makes_word(typed, place):
            given += WORD_MADE
    return Slip("same_sound" in features, "near_sound" in features, alike, whole, told, given)


def _another(typed: str, meant: str, place: int, usage: Usage) -> dict[str, float]:
    """Weigh one character that stands for another: how they are confused, and whether a stranger would use it there."""
    wrong, right = typed[place], meant[place]
    features = {"start": 1.0} | wrong_in_place(typed, place, usage)
    if sound_equal(wrong, right):
        features["same_sound"] = 1.0
    elif sound_near(wrong, right):
        features["near_sound"] = 1.0
    alike = likeness(wrong, right)
    return features | {"likeness": alike * alike}


def _makes_word(typed: str, place: int) -> bool:
    """Tell whether a character is a word of the language with the one before it, or with the one behind it."""
    return any(is_word(typed[first], typed[first + 1]) for first in (place - 1, place) if 0 <= first < len(typed) - 1)


def wrong_in_place(typed: str, place: int, usage: Usage) -> dict[str, float]:
    """Return what says that a character of a typed text was not meant there."""
    wrong = typed[place]
    return {
        "common_in_language": float(commonness(wrong)),
        "rare_in_names": usage.log_names - log(usage.holding(wrong) + 0.5),
        "seen_behind": log1p(usage.holding(typed[place - 1], wrong)) if place else 0.0,
        "seen_before": log1p(usage.holding(wrong, typed[place + 1])) if place + 1 < len(typed) else 0.0,
    }


def _length(nature: Nature, typed: str, place: int, usage: Usage) -> dict[str, float]:
    """Weigh characters that were swapped, doubled, dropped or added: by what is new in the typed text."""
    features = {nature.value: 1.0}
    if nature is Nature.ADDED:
        features["added_rare"] = usage.log_names - log(usage.holding(typed[place]) + 0.5)
    behind = typed[place - 1 : place + 1] if nature is Nature.DROPPED else typed[place : place + 2]
    if len(behind) == 2:
        features["new_pair_seen"] = log1p(usage.holding(behind[0], behind[1]))
    return features


def _unlikely(typed: str, meant: str, place: int) -> dict[str, float]:
    """Return how unlikely it is that a firm is named as typed: at the edit, as was meant there, and in the rest."""
    asked, held = surprise(cut_han_form(typed)[0]), surprise(cut_han_form(meant)[0])
    here = sum(asked[place : place + 2])
    return {
        "unlikely": here,
        "meant_unlikely": sum(held[place : place + 2]),
        "rest_unlikely": min(sum(asked) - here, MOST_SURPRISE),
    }


class Sifter:
    """Tells roughly, and fast, which of many texts a typed one is a slip of."""

    def __init__(self, typed: str, usage: Usage, weights: Mapping[str, float]) -> None:
        self._typed = typed
        self._weights = weights
        self._wrong = [
            sum([weights[name] * value for name, value in wrong_in_place(typed, place, usage).items()])
            for place in range(len(typed))
        ]

    def closeness(self, meant: str) -> float | None:
        """Return log-odds by sound, shape and place of the edit alone, to compare texts by; None when it is none."""
        edit = find_edit(self._typed, meant)
        if edit is None:
            return None
        weights = self._weights
        if edit.nature is not Nature.ANOTHER:
            return weights[edit.nature.value]
        wrong, right = self._typed[edit.place], meant[edit.place]
        heard = 0.0
        if sound_equal(wrong, right):
            heard = weights["same_sound"]
        elif sound_near(wrong, right):
            heard = weights["near_sound"]
        alike = likeness(wrong, right)
        seen = weights["likeness"] * alike * alike
        return weights["start"] + heard + seen + self._wrong[edit.place]


def find_edit(typed: str, meant: str) -> Edit | None:
    """Return the one edit that makes the typed text of the meant one; None when there is none or more are needed."""
    if abs(len(typed) - len(meant)) > 1:
        return None
    place, shorter = 0, min(len(typed), len(meant))
    while place < shorter and typed[place] == meant[place]:
        place += 1
    if len(typed) == len(meant):
        if place == len(typed):
            return None
        if typed[place + 1 :] == meant[place + 1 :]:
            return Edit(Nature.ANOTHER, place)
        crossed = typed[place : place + 2] == meant[place : place + 2][::-1]
        return Edit(Nature.SWAPPED, place) if crossed and typed[place + 2 :] == meant[place + 2 :] else None
    if len(typed) < len(meant):
        return Edit(Nature.DROPPED, place) if typed[place:] == meant[place + 1 :] else None
    if typed[place + 1 :] != meant[place:]:
        return None
    return Edit(Nature.DOUBLED if place and typed[place] == typed[place - 1] else Nature.ADDED, place)
