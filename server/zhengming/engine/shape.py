"""How alike two characters look, by four-corner code and by strokes in writing order; and how common a character is."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import Indel
from zhengming.engine.character_table import CHARACTERS, COMMONNESS, CORNERS, STROKES

_CORNERS_SHARE = 0.375
"""What the corners count beside the strokes; measured best where reading by machine confuses characters."""
_DIGITS = 5

_PLACE = {character: place for place, character in enumerate(CHARACTERS)}
_STROKES = STROKES.split(",")


@lru_cache(1 << 15)
def likeness(first: str, second: str) -> float:
    """Return how alike two characters look, 0 to 1; 0 for a character that is not a common one."""
    one, other = _PLACE.get(first), _PLACE.get(second)
    if one is None or other is None:
        return 0.0
    start, begin = one * _DIGITS, other * _DIGITS
    equal = sum(CORNERS[start + digit] == CORNERS[begin + digit] for digit in range(_DIGITS))
    strokes = Indel.normalized_similarity(_STROKES[one], _STROKES[other])
    return _CORNERS_SHARE * equal / _DIGITS + (1 - _CORNERS_SHARE) * strokes


def commonness(character: str) -> int:
    """Return how common a character is in the language, 0 to 9: log2 of the number of phrases that hold it."""
    place = _PLACE.get(character)
    return 0 if place is None else int(COMMONNESS[place])
