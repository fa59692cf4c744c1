"""Typing errors of our own making, and the weights of `zhengming.engine.slip` fitted on them.

A name of every firm is misspelled once, and asked for once as it is while its firm is taken for unknown: the first must
find the firm, the second must find nobody. Names of firms at large, which the table does not hold, must find nobody either.
The errors follow what has been counted elsewhere: of the errors of people
two thirds sound alike, of those of machines that read most look alike, and a quarter are neither.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import numpy as np
from numpy.typing import NDArray
from zhengming.aliases.model import Name
from zhengming.engine.character_table import CHARACTERS
from zhengming.engine.fold import has_han, is_han, squeeze
from zhengming.engine.grammar import Anatomy, parse
from zhengming.engine.index import Index
from zhengming.engine.policy import SHORTEST_SLIPPED, SLIP_TOO_SHORT, SLIP_WEIGHTS
from zhengming.engine.shape import commonness, likeness
from zhengming.engine.slip import Slip, read_slip
from zhengming.engine.sound import sound_equal, sound_near

_SAME_SOUND, _NEAR_SOUND, _LOOK_ALIKE = 0.34, 0.05, 0.31
"""Shares of the characters typed for another one; the rest is any character."""
_ANOTHER, _SWAPPED, _DOUBLED, _DROPPED = 0.84, 0.04, 0.04, 0.04
"""Shares of what is done to a name; in the rest a character is added."""
_TYPED = 3
"""Least `commonness` of a character that is typed by mistake."""
_LOOKALIKES = 30
_SHARPNESS = 8.0
"""How much likelier the more alike of two characters is confused: times e to this times the likeness."""
NATURES = frozenset(("start", "swapped", "doubled", "dropped", "added"))
"""The values of a slip of which every slip has one."""

_LONG = 4
"""Characters from which names are of one length."""

_RIDGE = 4.0
"""Pull of every weight towards its prior value, in labelled pairs."""


@dataclass(frozen=True, slots=True)
class LabelledSlip:
    """A query one Chinese character off a name, and whether its firm is meant."""

    slip: Slip
    right: bool
    firm_id: str
    """The firm whose name is asked for; empty for a stranger."""
    typed: str
    importance: float = 1.0


def misspell(text: str, draw: Random) -> str:
    """Return a folded text with one error in its Chinese characters; the text itself when it has none to spoil."""
    places = [place for place, character in enumerate(text) if is_han(character)]
    if not places:
        return text
    place = draw.choice(places)
    before, character, behind = text[:place], text[place], text[place + 1 :]
    kind = draw.random()
    if kind < _ANOTHER:
        return before + _confused(character, draw) + behind
    if kind < _ANOTHER + _SWAPPED:
        return before + behind[:1] + character + behind[1:]
    if kind < _ANOTHER + _SWAPPED + _DOUBLED:
        return before + character + character + behind
    if kind < _ANOTHER + _SWAPPED + _DOUBLED + _DROPPED:
        return before + behind
    return before + _any(draw) + character + behind


def label_slips(names: list[Name], index: Index, strangers: Sequence[str] = ()) -> list[LabelledSlip]:
    """Return the pairs of the made queries with the names of an index one Chinese character away, labelled.

    `strangers` are names of firms at large; those that are names of the index are left out.
    """
    rows = {firm_id: row for row, firm_id in enumerate(index.firm_ids)}
    own: dict[str, set[str]] = defaultdict(set)
    for name in names:
        own[name.firm_id].add(parse(name.text).core)
    known = set(index.labels)
    labelled = []
    for name in names:
        anatomy = parse(name.text)
        if not has_han(anatomy.core) or not anatomy.brand or len(squeeze(anatomy.text)) < SHORTEST_SLIPPED:
            continue
        without = _WithoutFirm(index, rows[name.firm_id], own[name.firm_id])
        asked = _near(anatomy, index, rows[name.firm_id])
        pairs = [(slip, False) for other in asked if (slip := read_slip(anatomy, other, without))]
        typed = misspell(squeeze(anatomy.text), Random(name.firm_id + name.text))
        if typed not in known and (slip := read_slip(parse(typed), anatomy, index.usage)):
            pairs.append((slip, True))
        labelled += [
            LabelledSlip(slip, right, name.firm_id, typed if right else name.text)
            for slip, right in pairs
            if slip.given > SLIP_TOO_SHORT
        ]
    return labelled + _label_strangers(strangers, index, Counter(_length(one.typed) for one in labelled if one.right))


def _label_strangers(strangers: Sequence[str], index: Index, misspelled: Mapping[int, int]) -> list[LabelledSlip]:
    """Return the pairs of names of firms at large with the names near them: none is meant.

    Those of each length weigh together as much as the misspelled names of that length: most strangers near a name have three
    characters, and would else decide for all.
    """
    known = set(index.labels)
    asked = [text for text in strangers if text not in known and len(text) >= SHORTEST_SLIPPED]
    lengths = Counter(map(_length, asked))
    labelled = []
    for text in asked:
        anatomy = parse(text)
        if anatomy.brand:
            importance = misspelled[_length(text)] / lengths[_length(text)]
            slips = [slip for other in _near(anatomy, index) if (slip := read_slip(anatomy, other, index.usage))]
            labelled += [LabelledSlip(slip, False, "", text, importance) for slip in slips]
    return labelled


def _length(text: str) -> int:
    return min(len(text), _LONG)


def fit_slips(labelled: list[LabelledSlip]) -> dict[str, float]:
    """Return the weights by logistic regression, pulled towards the prior; rounded so that they repeat."""
    order = {feature: column for column, feature in enumerate(SLIP_WEIGHTS)}
    inputs = np.zeros((len(labelled), len(order)))
    for row, one in enumerate(labelled):
        for feature, value in one.slip.features:
            inputs[row, order[feature]] = value
    right = np.array([one.right for one in labelled], float)
    importance = np.array([one.importance for one in labelled])
    prior = np.array(list(SLIP_WEIGHTS.values()))
    parameters = prior.copy()
    for _ in range(100):
        stated: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(inputs @ parameters, -30, 30)))
        gradient = inputs.T @ (importance * (stated - right)) + _RIDGE * (parameters - prior)
        curvature = (inputs * (importance * stated * (1 - stated))[:, None]).T @ inputs + _RIDGE * np.eye(len(prior))
        step = np.linalg.solve(curvature, gradient)
        parameters -= step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-8:
            break
    return {feature: round(float(value), 2) for feature, value in zip(SLIP_WEIGHTS, parameters, strict=True)}


def _near(anatomy: Anatomy, index: Index, firm: int = -1) -> Iterator[Anatomy]:
    """Yield the names near a text that are not of a firm, one of each other firm's equal names."""
    seen = set()
    for row in index.edits.near((squeeze(anatomy.text), anatomy.core)):
        other = index.anatomy(row)
        if index.name_firm[row] != firm and (index.name_firm[row], other.core) not in seen:
            seen.add((index.name_firm[row], other.core))
            yield other


class _WithoutFirm:
    """How the names of an index use characters, those of one firm left out."""

    def __init__(self, index: Index, firm: int, own: set[str]) -> None:
        self._index = index
        self._firm = firm
        self._own = own
        self.log_names = index.usage.log_names

    def holding(self, first: str, second: str = "") -> int:
        return max(0, self._index.usage.holding(first, second) - sum(first + second in text for text in self._own))

    def is_name(self, text: str) -> bool:
        return self._index.usage.is_name(text)

    def sharing(self, rest: str) -> int:
        return len({self._index.name_firm[name] for name in self._index.edits.sharing(rest)} - {self._firm})


def _confused(character: str, draw: Random) -> str:
    kind = draw.random()
    if kind < _SAME_SOUND:
        choices = _same_sound(character)
    elif kind < _SAME_SOUND + _NEAR_SOUND:
        choices = _near_sound(character)
    elif kind < _SAME_SOUND + _NEAR_SOUND + _LOOK_ALIKE:
        choices = _look_alike(character)
    else:
        return _any(draw)
    return draw.choices(list(choices), list(choices.values()))[0] if choices else _any(draw)


def _any(draw: Random) -> str:
    choices = _typed()
    return draw.choices(list(choices), list(choices.values()))[0]


@lru_cache(1)
def _typed() -> dict[str, float]:
    return {other: 2.0 ** commonness(other) for other in CHARACTERS if commonness(other) >= _TYPED}


@lru_cache(1 << 13)
def _same_sound(character: str) -> Mapping[str, float]:
    return {o: often for o, often in _typed().items() if o != character and sound_equal(character, o)}


@lru_cache(1 << 13)
def _near_sound(character: str) -> Mapping[str, float]:
    return {o: often for o, often in _typed().items() if sound_near(character, o) and not sound_equal(character, o)}


@lru_cache(1 << 13)
def _look_alike(character: str) -> Mapping[str, float]:
    alike = sorted(((likeness(character, o), o) for o in _typed() if o != character), reverse=True)[:_LOOKALIKES]
    return {o: _typed()[o] ** 0.5 * 2.718 ** (_SHARPNESS * degree) for degree, o in alike}
