"""Legal forms of other countries, set aside when two Latin names are compared: Siemens AG is Siemens Aktiengesellschaft.

Kept out of the grammar: there "AG" and "OAO" may be brands, and no name of the table ends in them. Two names that are
equal without them were written by people who meant the same form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhengming.engine.fold import fold

_FORMS = sorted(
    (
        tuple(line.split())
        for line in """
    aktiengesellschaft|aktiengeselschaft|akg|ag|se|gmbh|gesellschaft mit beschrankter haftung|kgaa|kg|ohg
    oao|ooo|zao|pao|ao|ojsc|cjsc|pjsc|jsc|open joint stock company|joint stock company|public joint stock company
    societatea cu raspundere limitata|srl|sarl|sas|sa|sa de cv|spa|sl|ltda|sp z oo|doo|bv|nv|bvba|ab|as|oy|aps
    limited liability company|limited liability partnership|limited partnership|llc|llp|lp|plc|pte ltd|pty ltd|sdn bhd
    limited|ltd|inc|incorporated|corporation|corp|company|co|kabushiki kaisha|kk
    ооо|оао|зао|пао|ао|акционерное общество|общество с ограниченнои ответственностью
    """.replace("\n", "|").split("|")
        if line.strip()
    ),
    key=len,
    reverse=True,
)
_WORD = re.compile(r"[^\W_]+")
_ORDINALS = dict(
    zip(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"],
        ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th"],
        strict=True,
    )
)
_UNITS = dict(
    zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], range(1, 11), strict=True)
)
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
) | {"fourty": 40, "ninty": 90}
_STATES: dict[tuple[str, ...], str] = {
    ("united", "states"): "us",
    ("u", "s"): "us",
    ("united", "kingdom"): "uk",
    ("u", "k"): "uk",
}


def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a Latin name, folded, without legal forms in front and behind, numbers in digits."""
    words = _WORD.findall(re.sub(r"(?<=\w)[.'’](?=\w?)", "", fold(text)).replace("&", " and "))
    while (shorter := _cut_forms(words)) != words:
        words = shorter
    return tuple(_in_digits(list(_short_states([word for word in words if word not in ("the", "and")]))))


def _short_states(words: list[str]) -> Iterator[str]:
    """Yield the words with two countries by their letters: United States as us."""
    place = 0
    while place < len(words):
        pair = tuple(words[place : place + 2])
        yield _STATES.get(pair, words[place])
        place += 2 if pair in _STATES else 1


def _in_digits(words: list[str]) -> Iterator[str]:
    """Yield the words with numbers in digits: forty four as 44, first as 1st."""
    ten = 0
    for word in words:
        unit = _UNITS.get(word, int(word) if len(word) == 1 and word.isdecimal() else 0)
        if ten and 0 < unit < 10:
            yield str(ten + unit)
            ten = 0
            continue
        if ten:
            yield str(ten)
        ten = _TENS.get(word, 0)
        if not ten:
            yield str(unit) if unit else _ORDINALS.get(word, word)
    if ten:
        yield str(ten)


def _cut_forms(words: list[str]) -> list[str]:
    for form in _FORMS:
        size = len(form)
        if len(words) > size and tuple(words[-size:]) == form:
            return words[:-size]
        if len(words) > size and tuple(words[:size]) == form:
            return words[size:]
    return words
