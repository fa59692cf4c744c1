"""Compile a table into plain arrays: names with their keys, the n-gram index, firms, identifiers and decoys.

Everything that can be known before a query comes is worked out here once, so that a start maps files and nothing else.
The same table gives the same arrays, byte for byte.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from zhengming.aliases.model import Ambiguity, Name, NameKind, RelationType, Scheme, Table
from zhengming.engine import anatomy_index, edit_index, gram_index, keys, known
from zhengming.engine.arrays import Arrays, HashedLists, IntLists, TextList
from zhengming.engine.family import top
from zhengming.engine.fold import name_key
from zhengming.engine.grammar import Anatomy, parse, strip_decorations
from zhengming.engine.layout import (
    BASES,
    COMMON_WORD,
    DECOY_REASONS,
    DISPLAYABLE,
    KINDS,
    MATCHER_VERSION,
    PLAIN,
    SCHEMES,
    SHARED,
    USUAL,
    WEAK,
)
from zhengming.engine.linking import automaton

_MARKS = {
    Ambiguity.NONE: 0,
    Ambiguity.SHARED: SHARED,
    Ambiguity.SHARED_WORD: SHARED | COMMON_WORD,
    Ambiguity.USUAL: SHARED | USUAL,
    Ambiguity.COMMON_WORD: COMMON_WORD,
    Ambiguity.WEAK: WEAK,
}

_SPELLED_WRONG = frozenset((NameKind.MISSPELLING, NameKind.BAD_CONVERSION))
"""Found under their own spelling only: nothing is derived from a mistake."""

_CURRENT_BRANDS = frozenset(
    (NameKind.LEGAL, NameKind.SHORT, NameKind.BRAND, NameKind.TRADING, NameKind.TRANSLATION, NameKind.PINYIN)
)
"""Kinds of name whose brand the firm can be said to own."""


@dataclass(frozen=True, slots=True)
class _NameKeys:
    """What is derived from one name."""

    label: str
    """The squeezed folded text."""
    term: str
    """What the n-gram index holds; empty for names that are found by their own spelling only."""
    keys: tuple[str, ...]


def compile_index(table: Table) -> Arrays:
    """Return the arrays of a table. Pure: reads no file, no clock and no environment."""
    firms = sorted(table.firms, key=lambda firm: firm.id)
    firm_index = {firm.id: index for index, firm in enumerate(firms)}
    names = sorted((name for name in table.names if name.firm_id in firm_index), key=_name_order)
    anatomies = [parse(name.text) for name in names]
    derived = [_derive(name, anatomy) for name, anatomy in zip(names, anatomies, strict=True)]
    postings: dict[int, set[int]] = defaultdict(set)
    for index, found in enumerate(derived):
        for key in found.keys:
            postings[keys.key_hash(key)].add(index)

    identifiers = sorted(table.identifiers)
    for index, identifier in enumerate(identifiers):
        postings[keys.key_hash(keys.code_key(identifier.scheme, identifier.value))].add(index)
    decoys = sorted(table.decoys)
    for index, decoy in enumerate(decoys):
        anatomy = parse(decoy.text)
        for text in {name_key(decoy.text), anatomy.core if anatomy.brand else ""} - {""}:
            postings[keys.key_hash(keys.decoy_key(text))].add(index)

    dates = _Numbered()
    languages = _Numbered()
    sources = _Numbered()
    mics = _Numbered()
    arrays: Arrays = {
        **HashedLists.pack("keys", postings),
        **TextList.pack("names.text", [name.text for name in names]),
        "names.firm": np.array([firm_index[name.firm_id] for name in names], np.int32),
        "names.kind": np.array([KINDS.index(name.kind) for name in names], np.uint8),
        "names.flags": np.array([_flags(name) for name in names], np.uint8),
        "names.basis": np.array([BASES.index(name.date_basis) for name in names], np.uint8),
        "names.from": np.array([dates[name.valid_from] for name in names], np.int32),
        "names.to": np.array([dates[name.valid_to] for name in names], np.int32),
        "names.language": np.array([languages[name.language] for name in names], np.int32),
        "names.source": np.array([sources[name.source] for name in names], np.int32),
        **_texts_with_names("labels", [found.label for found in derived]),
        **_texts_with_names("terms", [found.term for found in derived]),
        **TextList.pack("identifiers.value", [identifier.value for identifier in identifiers]),
        "identifiers.firm": np.array([firm_index[identifier.firm_id] for identifier in identifiers], np.int32),
        "identifiers.scheme": np.array([SCHEMES.index(identifier.scheme) for identifier in identifiers], np.uint8),
        "identifiers.mic": np.array([mics[identifier.mic] for identifier in identifiers], np.int32),
        "identifiers.from": np.array([dates[identifier.valid_from] for identifier in identifiers], np.int32),
        "identifiers.to": np.array([dates[identifier.valid_to] for identifier in identifiers], np.int32),
        **TextList.pack("decoys.label", [decoy.label for decoy in decoys]),
        "decoys.reason": np.array([DECOY_REASONS.index(decoy.reason) for decoy in decoys], np.uint8),
        "decoys.owner": np.array([firm_index.get(decoy.owner_id, -1) for decoy in decoys], np.int32),
        **TextList.pack("redirects.old", [redirect.old_id for redirect in sorted(table.redirects)]),
        **TextList.pack("redirects.new", [redirect.new_id for redirect in sorted(table.redirects)]),
        **_firm_arrays(table, firm_index),
    }
    arrays |= anatomy_index.build(anatomies)
    firm_of, parents = arrays["names.firm"].tolist(), arrays["firms.parent"].tolist()
    arrays["names.holders"] = np.array(_count_holders(anatomies, postings, firm_of, parents), np.int32)
    arrays |= gram_index.build(list(TextList.unpack("terms", arrays)))
    named = (text for found in derived for text in (found.label, found.term))
    arrays |= automaton.build((*named, *(name_key(decoy.text) for decoy in decoys)))
    arrays |= known.build([name.text for name in names], _deciding(names, derived, postings))
    arrays |= edit_index.build(_texts_of_firms(names, derived))
    arrays |= dates.pack("dates") | languages.pack("languages") | sources.pack("sources") | mics.pack("mics")
    about = {
        "table_version": table.version,
        "matcher_version": MATCHER_VERSION,
        "firms": len(firms),
        "names": len(names),
        "identifiers": len(identifiers),
        "decoys": len(decoys),
    }
    return arrays | TextList.pack("about", [json.dumps(about, sort_keys=True)])


def _name_order(name: Name) -> tuple[str, bool, int, Name]:
    """Order the names of a firm: displayable ones first, best kind first."""
    return name.firm_id, not name.displayable, KINDS.index(name.kind), name


def _derive(name: Name, anatomy: Anatomy) -> _NameKeys:
    squeezed = name_key(name.text)
    if not squeezed:
        return _NameKeys("", "", ())
    found = {keys.full_key(squeezed), keys.full_key(name_key(strip_decorations(name.text)[0]))}
    found.update(keys.alike_keys(anatomy))
    if name.ambiguity is Ambiguity.WEAK or name.kind in _SPELLED_WRONG:
        return _NameKeys(squeezed, "", tuple(sorted(found)))
    if name.kind is NameKind.FORMER and strip_decorations(name.text)[1]:
        # 招商局A was a share of a firm long gone; 招商局 without the letter is somebody else.
        return _NameKeys(squeezed, "", (keys.full_key(squeezed), *keys.alike_keys(anatomy)))
    found |= {keys.core_key(anatomy), keys.placeless_key(anatomy), keys.short_key(anatomy)}
    found |= {keys.initials_key(anatomy, name.kind), *keys.sound_keys(anatomy, squeezed)}
    if name.kind in _CURRENT_BRANDS:
        found.add(keys.brand_key(anatomy.brand))
    return _NameKeys(squeezed, anatomy.core, tuple(sorted(found - {""})))


def _count_holders(
    anatomies: list[Anatomy], postings: dict[int, set[int]], firm_of: list[int], parents: list[int]
) -> list[int]:
    """Return for each name how many groups (tops of chains of parents) have firms that carry its brand; 1 without one."""
    counted: dict[str, int] = {"": 1}
    for brand in {anatomy.brand for anatomy in anatomies} - {""}:
        carrying = postings.get(keys.key_hash(keys.brand_key(brand)), ())
        counted[brand] = len({top(parents, firm_of[name]) for name in carrying})
    return [counted[anatomy.brand] for anatomy in anatomies]


def _flags(name: Name) -> int:
    return _MARKS[name.ambiguity] | (DISPLAYABLE if name.displayable else 0) | (PLAIN if _is_plain(name) else 0)


def _is_plain(name: Name) -> bool:
    """Tell whether nothing that the table knows of a name weighs: current, not shared, not weak."""
    return not _MARKS[name.ambiguity] & (SHARED | WEAK) and name.kind is not NameKind.FORMER


def _deciding(names: list[Name], derived: list[_NameKeys], postings: dict[int, set[int]]) -> Iterator[int]:
    """Yield the names that equal, but for writing habits, only plain names of one firm."""
    decides: dict[str, bool] = {"": False}
    for index, found in enumerate(derived):
        if found.label not in decides:
            alike = [names[other] for other in postings[keys.key_hash(keys.full_key(found.label))]]
            decides[found.label] = len({name.firm_id for name in alike}) == 1 and all(map(_is_plain, alike))
        if decides[found.label]:
            yield index


def _texts_with_names(name: str, texts: list[str]) -> Arrays:
    """Return distinct texts in code point order, and for each the indices of the names that have it."""
    owners: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        if text:
            owners[text].append(index)
    distinct = sorted(owners)
    return TextList.pack(name, distinct) | IntLists.pack(f"{name}.names", [owners[text] for text in distinct])


def _texts_of_firms(names: list[Name], derived: list[_NameKeys]) -> Iterator[tuple[int, str]]:
    """Yield whole text and core of every name that may be misspelled, each text of a firm once.

    A weak name that is in use is among them: who misspells it is shown its firm, though not answered with it.
    """
    seen = set()
    for index, (name, found) in enumerate(zip(names, derived, strict=True)):
        in_use = name.kind is not NameKind.FORMER and name.kind not in _SPELLED_WRONG
        weak = name.ambiguity is Ambiguity.WEAK and in_use
        for text in (found.label, found.term) if found.term else (found.label,) if weak else ():
            if (name.firm_id, text) not in seen:
                seen.add((name.firm_id, text))
                yield index, text


def _firm_arrays(table: Table, firm_index: dict[str, int]) -> Arrays:
    firms = sorted(table.firms, key=lambda firm: firm.id)
    parents = np.full(len(firms), -1, np.int32)
    children: list[list[int]] = [[] for _ in firms]
    relations: list[list[tuple[object, ...]]] = [[] for _ in firms]
    for relation in sorted(table.relations):
        source, target = firm_index[relation.from_id], firm_index[relation.to_id]
        row = (
            relation.type.value,
            relation.from_id,
            relation.to_id,
            relation.valid_from,
            relation.valid_to,
            float(relation.percentage) if relation.percentage else None,
            relation.basis,
        )
        relations[source].append(row)
        relations[target].append(row)
        if relation.type is RelationType.PARENT_OF and not relation.valid_to and parents[target] < 0:
            parents[target] = source
            children[source].append(target)
    restrictions: list[list[tuple[str, ...]]] = [[] for _ in firms]
    for entry in sorted(table.restrictions):
        restrictions[firm_index[entry.firm_id]].append(
            (entry.list, entry.name_as_listed, entry.valid_from, entry.valid_to, entry.citation, entry.list_as_of)
        )
    listed = np.zeros(len(firms), np.uint8)
    for identifier in table.identifiers:
        if identifier.scheme is Scheme.TICKER and not identifier.valid_to:
            listed[firm_index[identifier.firm_id]] = 1
    records = [
        json.dumps(
            {
                "display_zh": firm.display_zh,
                "display_en": firm.display_en,
                "kind": firm.kind.value,
                "sector": firm.sector,
                "industry": firm.industry,
                "country": firm.country,
                "city": firm.city,
                "founded": firm.founded,
                "website": firm.website,
                "state": firm.state.value,
                "scope": firm.scope,
                "relations": relations[index],
                "restrictions": restrictions[index],
            },
            ensure_ascii=False,
        )
        for index, firm in enumerate(firms)
    ]
    return {
        **TextList.pack("firms.id", [firm.id for firm in firms]),
        **TextList.pack("firms.record", records),
        "firms.parent": parents,
        "firms.listed": listed,
        "firms.tech": np.array([firm.tech for firm in firms], np.uint8),
        **IntLists.pack("firms.children", children),
        **IntLists.pack("firms.identifiers", _by_firm(table, firm_index)),
    }


def _by_firm(table: Table, firm_index: dict[str, int]) -> list[list[int]]:
    held: list[list[int]] = [[] for _ in firm_index]
    for index, identifier in enumerate(sorted(table.identifiers)):
        held[firm_index[identifier.firm_id]].append(index)
    return held


class _Numbered:
    """Gives each distinct text a number, in order of first use."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}

    def __getitem__(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def pack(self, name: str) -> Arrays:
        return TextList.pack(name, self._texts())

    def _texts(self) -> Iterable[str]:
        return self._numbers
