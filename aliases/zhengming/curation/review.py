"""What the validator allows and a person should look at: near neighbours, thin names, missing facts, overlapping dates.

None of these is wrong by itself. 大华 and 大化 are two firms; a former name may have no known date. The list says where
an error would hide, and its counts say how the table fares from one version to the next.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from zhengming.aliases.check import Problem
from zhengming.aliases.model import WORD_MARKS, Ambiguity, Name, NameKind, Table
from zhengming.engine.fold import has_han, name_key
from zhengming.engine.grammar import parse
from zhengming.engine.sound import sound

_LOOKED_FOR = frozenset({NameKind.LEGAL, NameKind.SHORT, NameKind.BRAND, NameKind.TRADING})
"""Names that people write, and may write one character wrong. By-names of other kinds would only repeat them."""
_SHORTEST_HAN, _LONGEST_HAN = 2, 8
_SHORTEST_LATIN, _LONGEST_LATIN = 5, 24
_TINY_HAN, _TINY_LATIN = 1, 2


def review_table(table: Table) -> list[Problem]:
    """Return everything that a person should look at, sorted by rule."""
    return sorted(problem for rule in _RULES for problem in rule(table))


def one_edit_pairs(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each pair of keys that one inserted, dropped or replaced character makes equal.

    Deletion neighbourhoods: two keys of one length that differ in one place are equal when that place is cut out, and a
    key with one character more is equal to the other when that one is cut out. Linear in the number of keys.
    """
    known = set(keys)
    cut: dict[tuple[int, str], list[str]] = defaultdict(list)
    for key in sorted(known):
        shorter = set()
        for place in range(len(key)):
            rest = key[:place] + key[place + 1 :]
            cut[place, rest].append(key)
            if rest in known:
                shorter.add(rest)
        yield from ((rest, key) for rest in sorted(shorter))
    for alike in cut.values():
        yield from itertools.combinations(alike, 2)


def _neighbours(table: Table) -> Iterator[Problem]:
    bearers = _bearers(table, lambda key: _within(key, _SHORTEST_HAN + 1, _SHORTEST_LATIN))
    for one, other in sorted(set(one_edit_pairs(bearers))):
        yield from _pair("ONE_EDIT", bearers[one], bearers[other], "is one edit from")


def _homophones(table: Table) -> Iterator[Problem]:
    bearers = _bearers(table, lambda key: has_han(key) and _within(key, _SHORTEST_HAN, _SHORTEST_LATIN))
    alike: dict[str, list[str]] = defaultdict(list)
    for key in bearers:
        alike[sound(key)].append(key)
    for keys in alike.values():
        for one, other in itertools.combinations(sorted(keys), 2):
            yield from _pair("HOMOPHONE", bearers[one], bearers[other], "sounds like")


def _thin_names(table: Table) -> Iterator[Problem]:
    for name in table.names:
        if name.ambiguity is Ambiguity.WEAK or name.ambiguity in WORD_MARKS:
            continue
        key = name_key(name.text)
        if len(key) <= (_TINY_LATIN if key.isascii() else _TINY_HAN):
            yield _at(name, "TINY_NAME", "is too short to decide alone. Mark it as weak, unless it is the firm's own.")
        elif name.kind is not NameKind.LEGAL and not parse(name.text).brand:
            yield _at(name, "GENERIC_NAME", "has no brand: place, trade and legal form alone. Mark it as weak?")


def _undated_former_names(table: Table) -> Iterator[Problem]:
    for name in table.names:
        if name.kind is NameKind.FORMER and not name.valid_from and not name.valid_to:
            yield _at(name, "FORMER_UNDATED", "is a former name without a date.")


def _overlapping_dates(table: Table) -> Iterator[Problem]:
    """Yield names that two firms held at one time by their dates: only those can never be told apart by `as_of`."""
    dated: dict[str, list[Name]] = defaultdict(list)
    for name in table.names:
        if name.valid_from and name.valid_to:
            dated[name_key(name.text)].append(name)
    for names in dated.values():
        for one, other in itertools.combinations(sorted(names), 2):
            if one.firm_id != other.firm_id and one.valid_from <= other.valid_to and other.valid_from <= one.valid_to:
                yield _at(
                    one,
                    "DATES_OVERLAP",
                    f"is dated {one.valid_from}…{one.valid_to}, and {other.valid_from}…{other.valid_to} at {other.firm_id}.",
                )


def _decoys_like_names(table: Table) -> Iterator[Problem]:
    """Yield decoys that a covered firm's name equals but for place, trade or legal form: Horizon and Horizon Inc."""
    cores: dict[str, set[str]] = defaultdict(set)
    for name in table.names:
        if name.kind in _LOOKED_FOR and name.ambiguity is not Ambiguity.WEAK:
            cores[parse(name.text).core].add(name.firm_id)
    for decoy in table.decoys:
        core = parse(decoy.text).core
        if core and core in cores:
            firms = ", ".join(sorted(cores[core]))
            yield Problem(
                "DECOY_LIKE_NAME", "decoys", decoy.text, f"({decoy.label}) is a name of {firms} but for its form."
            )


def _one_language_firms(table: Table) -> Iterator[Problem]:
    chinese = {name.firm_id for name in table.names if has_han(name.text)}
    latin = {name.firm_id for name in table.names if name.text.isascii() and any(map(str.isalpha, name.text))}
    for firm in table.firms:
        if firm.id not in chinese:
            yield Problem("NO_CHINESE_NAME", "firms", firm.id, f"{firm.display_en} has no Chinese name.")
        if firm.id not in latin:
            yield Problem("NO_ENGLISH_NAME", "firms", firm.id, f"{firm.display_zh} has no English name.")


def _bearers(table: Table, wanted: Callable[[str], bool]) -> dict[str, dict[str, Name]]:
    """Return key → firm → name, for the current names that people write."""
    found: dict[str, dict[str, Name]] = defaultdict(dict)
    for name in table.names:
        if name.kind in _LOOKED_FOR and not name.valid_to and wanted(key := name_key(name.text)):
            found[key].setdefault(name.firm_id, name)
    return found


def _within(key: str, han: int, latin: int) -> bool:
    return han <= len(key) <= _LONGEST_HAN if has_han(key) else latin <= len(key) <= _LONGEST_LATIN


def _pair(code: str, ones: dict[str, Name], others: dict[str, Name], words: str) -> Iterator[Problem]:
    for firm_id, name in ones.items():
        for other_id, other in others.items():
            if firm_id != other_id:
                yield _at(name, code, f"{words} {other.text} of {other_id}.")


def _at(name: Name, code: str, message: str) -> Problem:
    return Problem(code, "names", f"{name.firm_id} {name.text}", message)


_RULES: tuple[Callable[[Table], Iterator[Problem]], ...] = (
    _neighbours,
    _homophones,
    _thin_names,
    _undated_former_names,
    _overlapping_dates,
    _decoys_like_names,
    _one_language_firms,
)
"""Collisions, dates in a wrong order, bad check digits and sources without a licence are the validator's: they must not ship."""
