"""Press forms made from the legal English names of the table, by what newswires and exchanges do to a name.

Only forms that the table does not have, and only where no other firm, decoy or listed party shares what remains: those
have one right answer. The rules are the ones by which an editor makes names of the kind NEWSWIRE; the engine's own
grammar has no part in making a form.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from zhengming.aliases import FirmKind, NameKind, Table
from zhengming.engine.fold import fold, name_key

from tests.eval.rows import Row

PART = "newswire forms made by rule"
ALL = "all forms"

_FORM = re.compile(
    r"[\s,.]*\b(?P<first>Co|Company|Corp|Corporation|Inc|Incorporated)?\b[\s,.]*(?P<last>Ltd|Limited)?[\s,.]*$", re.I
)
_KEPT = {"co": "Co.", "company": "Co.", "corp": "Corp.", "corporation": "Corp.", "inc": "Inc.", "incorporated": "Inc."}
_BRACKETED = re.compile(r"\s*\(\s*(?P<inside>[^()]+?)\s*\)\s*")
_DROPPED = {
    "technology": "Technology",
    "technologies": "Technology",
    "group": "Group",
    "holdings": "Holdings",
    "holding": "Holdings",
}
_LONG = 4
"""Words without the legal form from which on a newswire drops one."""
_TAILS = {
    "-CLASS B": {"XSHE", "XSHG"},
    "-W": {"XHKG"},
    " - Spon ADR": {"XNYS", "XNAS", "XASE"},
}
"""How an exchange or a vendor marks the line → the markets (ISO 10383) where it does."""
_CUT = 35
_ABBREVIATED = {
    "INTERNATIONAL": "INTL",
    "TECHNOLOGY": "TECH",
    "TECHNOLOGIES": "TECH",
    "HOLDINGS": "HLDGS",
    "HOLDING": "HLDGS",
    "GROUP": "GRP",
    "ELECTRONIC": "ELEC",
    "ELECTRONICS": "ELEC",
    "ELECTRIC": "ELEC",
    "COMMUNICATION": "COMM",
    "COMMUNICATIONS": "COMM",
}
_NO_IDENTITY = {"CO", "COMPANY", "CORP", "CORPORATION", "INC", "INCORPORATED", "LTD", "LIMITED", "THE"}


@dataclass(frozen=True, slots=True)
class _Legal:
    """A legal English name, taken apart by its writing alone."""

    core: str
    """Without legal form; a city in brackets stands at the end, bare."""
    form: str
    """Co., Corp., Inc. or Ltd.: what a newswire keeps. Empty when that is nothing."""
    moved_city: bool


@dataclass(frozen=True, slots=True)
class _Made:
    """A form, and what remains of the name in it."""

    rule: str
    text: str
    remains: str
    """The form without a share class: what must be nobody else's."""
    looser: bool = False
    """Words are gone or shortened: a firm of another city that shares the rest, often the parent, is another's too."""
    cut: bool = False


def newswire_forms(table: Table) -> list[Row]:
    """Return one row for every form and rule; the slices are the rules and all of them together."""
    cities = {firm.city.lower() for firm in table.firms if firm.city}
    others = _Others(table, {word for city in cities for word in _words(city)})
    known = {name_key(name.text) for name in table.names}
    companies = {firm.id for firm in table.firms if firm.kind is FirmKind.COMPANY}
    markets: dict[str, set[str]] = defaultdict(set)
    for code in table.identifiers:
        markets[code.firm_id].add(code.mic)
    rows: dict[str, Row] = {}
    for name in sorted(table.names):
        if name.kind is not NameKind.LEGAL or name.language != "en" or name.firm_id not in companies:
            continue
        legal = _take_apart(name.text, cities)
        if not legal.form or not name.text.isascii():
            continue
        for made in _forms(legal, markets[name.firm_id]):
            key = name_key(made.text)
            if key not in known and key not in rows and not others.share(made, name.firm_id):
                rows[key] = Row(made.text, name.firm_id, (made.rule, ALL), name.text)
    return list(rows.values())


def _take_apart(legal: str, cities: set[str]) -> _Legal:
    form = _FORM.search(legal)
    core, first, last = (legal[: form.start()], form["first"], form["last"]) if form else (legal, None, None)
    kept = _KEPT[first.lower()] if first else "Ltd." if last and last.lower() == "ltd" else ""
    city = next((found for found in _BRACKETED.finditer(core) if found["inside"].lower() in cities), None)
    if city:
        core = f"{core[: city.start()]} {core[city.end() :]}".strip() + f" {city['inside']}"
    return _Legal(" ".join(core.split()), kept, city is not None)


def _forms(legal: _Legal, markets: set[str]) -> Iterator[_Made]:
    """Yield the forms of a name, by rule. A form that a rule does not change is left to the rule that made it first."""
    full = f"{legal.core} {legal.form}"
    yield _Made("city out of its brackets" if legal.moved_city else "Limited dropped", full, full)
    words = legal.core.split()
    for place, word in enumerate(words[1:], start=1):
        if len(words) >= _LONG and word.lower() in _DROPPED:
            shorter = f"{' '.join(words[:place] + words[place + 1 :])} {legal.form}"
            yield _Made(f"{_DROPPED[word.lower()]} dropped", shorter, shorter, looser=True)
    for tail in (tail for tail, where in _TAILS.items() if where & markets):
        yield _Made("share class at the end", full + tail, full)
    listed = _as_exchange(full)
    if len(listed) > _CUT:
        yield _Made(f"cut at {_CUT} and abbreviated", listed[:_CUT].rstrip(), listed[:_CUT], cut=True)
    elif listed != legal.core.upper():
        yield _Made("abbreviated", listed, listed, looser=True)


def _as_exchange(name: str) -> str:
    words = re.sub(r"[.,()]", " ", name.upper()).split()
    return " ".join(_ABBREVIATED.get(word, word) for word in words)


class _Others:
    """Tells whether what remains of a name could be another's."""

    def __init__(self, table: Table, city_words: set[str]) -> None:
        self._city_words = city_words
        self._holders: dict[str, set[str]] = defaultdict(set)
        self._looser: dict[str, set[str]] = defaultdict(set)
        self._starts: dict[str, set[str]] = defaultdict(set)
        texts = [(name.text, name.firm_id) for name in table.names]
        texts += [(entry.name_as_listed, entry.firm_id) for entry in table.restrictions]
        texts += [(decoy.text, "") for decoy in table.decoys]
        for text, holder in texts:
            if text.isascii():
                self._holders[_core(text, set())].add(holder)
                self._looser[_core(text, self._city_words)].add(holder)
                self._starts[_as_exchange(text)[:_CUT]].add(holder)

    def share(self, made: _Made, firm: str) -> bool:
        """Tell whether anyone but `firm` has what remains, its legal form (and where words are gone, its city) aside."""
        holders = self._holders.get(_core(made.remains, set()), set())
        if made.looser:
            holders = holders | self._looser.get(_core(made.remains, self._city_words), set())
        if made.cut:
            holders = holders | self._starts.get(made.remains, set())
        return bool(holders - {firm})


def _core(text: str, left_aside: set[str]) -> str:
    # Two orders of the same words could be two firms: the stricter reading leaves out both.
    words = (_ABBREVIATED.get(word.upper(), word.upper()) for word in _words(text) if word not in left_aside)
    return "".join(sorted(word for word in words if word not in _NO_IDENTITY))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", fold(text))
