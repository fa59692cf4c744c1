"""Read the table through the index: firms by ID, by code, by words and by the beginning of a name. Nothing is decided."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from zhengming.aliases.codes import read_firm_id
from zhengming.aliases.model import FirmKind, FirmState, NameKind, RelationType
from zhengming.engine.answer import (
    Code,
    CodeHit,
    FirmRecord,
    FirmReference,
    NameHit,
    RelationEntry,
    RestrictionEntry,
    RestrictionHolder,
)
from zhengming.engine.arrays import Arrays, IntLists, TextList
from zhengming.engine.dates import held_on
from zhengming.engine.fold import fold, name_key, squeeze
from zhengming.engine.guard import guard
from zhengming.engine.identifiers import HONG_KONG, RENMINBI_COUNTERS, CodeReading, read_stated_code
from zhengming.engine.index import Index
from zhengming.engine.keys import code_key

_CACHED_FIRMS = 1 << 14
_MAX_FAMILY = 1000
"""Members of a group whose restrictions are gathered; the chain of parents and the tree of subsidiaries stop there."""


class Catalog:
    """Reads firms of one snapshot."""

    def __init__(self, index: Index, arrays: Arrays) -> None:
        self._index = index
        self._children = IntLists.unpack("firms.children", arrays)
        self._held_codes = IntLists.unpack("firms.identifiers", arrays)
        old, new = TextList.unpack("redirects.old", arrays), TextList.unpack("redirects.new", arrays)
        self._redirects = dict(zip(old, new, strict=True))
        self._record = lru_cache(_CACHED_FIRMS)(self._read_record)
        self.relations = lru_cache(_CACHED_FIRMS)(self._read_relations)
        """Firm's ID → its relations, past ones too; none for an ID that is no live firm's."""

    def firm(self, firm_id: str, whole: bool = True) -> FirmRecord | None:
        """Return a live firm, or None for an ID that is gone or was never given. `whole` False: no names, no relations."""
        row = self._index.firm_row(firm_id)
        return None if row is None else self._record(row, whole)

    def redirect(self, firm_id: str) -> str | None:
        """Return the ID that took the place of a joined one, "" for a withdrawn one, None for any other."""
        return self._redirects.get(firm_id)

    def holders(self, reading: CodeReading, as_of: str = "") -> list[int]:
        """Return the rows of the firms that a code means: on a day, or its present holders; tickers are reused.

        A joined canonical ID means the firm that took its place.
        """
        if reading.scheme is None:
            row = self._index.firm_row(self.redirect(reading.value) or reading.value)
            return [] if row is None else [row]
        hits = [
            hit for mic in reading.mics or ("",) for hit in self.lookup(Code(reading.scheme, reading.value, mic), as_of)
        ]
        meant = hits if as_of else [hit for hit in hits if not hit.code.valid_to] or hits
        rows = (self._index.firm_row(hit.firm_id) for hit in meant)
        return list(dict.fromkeys(row for row in rows if row is not None))

    def lookup(self, code: Code, as_of: str = "") -> list[CodeHit]:
        """Return the holders of a code, present ones first; with `as_of` only those who held it on that day."""
        reading = read_stated_code(code.scheme, code.value, code.mic)
        if reading is None:
            return []
        if reading.scheme is None:
            row = self._index.firm_row(read_firm_id(reading.value))
            return [] if row is None else [CodeHit(reading.value, Code(None, reading.value))]
        rows = self._index.rows(code_key(reading.scheme, reading.value))
        if not rows and reading.mics == (HONG_KONG,) and reading.value in RENMINBI_COUNTERS:
            rows = self._index.rows(code_key(reading.scheme, "0" + reading.value[1:]))
        hits = []
        for row in rows:
            held = self._index.code(row)
            if reading.mics and held.mic not in reading.mics:
                continue
            if as_of and not held_on(held.valid_from, held.valid_to, as_of):
                continue
            hits.append(CodeHit(self._index.firm_ids[self._index.code_firm[row]], held))
        return sorted(hits, key=lambda hit: (bool(hit.code.valid_to), hit.code.mic, hit.firm_id))

    def suggest(self, prefix: str, limit: int) -> list[NameHit]:
        """Return names that begin with `prefix`, one a firm, shortest first.

        Raises `InvalidQuery` when `prefix` is no text for a name.
        """
        wanted = name_key(guard(prefix, "prefix").text)
        if not wanted:
            return []
        labels = self._index.labels
        first, last = bisect_left(labels, wanted), bisect_left(labels, wanted + "\U0010ffff")
        names = (name for position in range(first, last) for name in self._index.label_names[position])
        # Several names of one firm may begin alike, so more are taken than asked for.
        shortest = heapq.nsmallest(limit * 20, names, key=lambda name: (len(self._index.text(name)), name))
        return self._one_a_firm(shortest)[:limit]

    def search(
        self, words: str, *, sector: str = "", tech_only: bool = False, offset: int = 0, limit: int = 20
    ) -> tuple[list[NameHit], bool]:
        """Return firms with a name that holds all the words, best first, and whether more follow.

        Names that equal the words come first, then names that begin with them, then the rest, short names before long.
        Raises `InvalidQuery` when `words` is no text for a name.
        """
        wanted = [part for part in (squeeze(word) for word in fold(guard(words).text).split()) if part]
        if not wanted:
            return [], False
        whole = "".join(wanted)
        labels = self._index.labels
        ranked = []
        for position in self._labels_holding(max(wanted, key=len)):
            label = labels[position]
            if all(word in label for word in wanted):
                rank = 0 if label == whole else 1 if label.startswith(whole) else 2
                ranked += [(rank, len(label), name) for name in self._index.label_names[position]]
        hits = [
            hit
            for hit in self._one_a_firm([name for _, _, name in sorted(ranked)])
            if self._passes(hit.firm_id, sector, tech_only)
        ]
        return hits[offset : offset + limit], len(hits) > offset + limit

    def family(self, row: int) -> Iterator[tuple[RestrictionHolder, int]]:
        """Yield a firm, its chain of parents and all its subsidiaries, each once, nearest first."""
        yield RestrictionHolder.FIRM, row
        seen = {row}
        parent = self._index.parents[row]
        while parent >= 0 and parent not in seen:
            seen.add(parent)
            yield RestrictionHolder.PARENT, parent
            parent = self._index.parents[parent]
        waiting = list(self._children[row])
        while waiting and len(seen) < _MAX_FAMILY:
            child = waiting.pop(0)
            if child not in seen:
                seen.add(child)
                yield RestrictionHolder.SUBSIDIARY, child
                waiting += self._children[child]

    def names_of(self, row: int) -> range:
        """Return the rows of a firm's names, the best first; the compiler puts them in a row."""
        return range(bisect_left(self._index.name_firm, row), bisect_left(self._index.name_firm, row + 1))

    def _passes(self, firm_id: str, sector: str, tech_only: bool) -> bool:
        record = self.firm(firm_id)
        return record is not None and (not sector or record.sector == sector) and (record.tech or not tech_only)

    def _labels_holding(self, word: str) -> Iterator[int]:
        blob, offsets = bytes(self._index.labels.blob), self._index.labels.offsets
        encoded = word.encode()
        start = blob.find(encoded)
        while start >= 0:
            position = bisect_left(offsets, start + 1) - 1
            end = offsets[position + 1]
            if start + len(encoded) <= end:
                yield position
                start = blob.find(encoded, end)
            else:
                start = blob.find(encoded, start + 1)

    def _one_a_firm(self, names: list[int]) -> list[NameHit]:
        firms: dict[int, int] = {}
        for name in names:
            if self._index.is_displayable(name):
                firms.setdefault(self._index.name_firm[name], name)
        return [NameHit(self._index.firm_ids[firm], self._index.name(name)) for firm, name in firms.items()]

    def _read_record(self, row: int, whole: bool) -> FirmRecord:
        index = self._index
        stored: dict[str, Any] = index.raw_record(row)
        parent, top = index.parents[row], index.top(row)
        restrictions = []
        for holder, member in self.family(row):
            listed_firm = None if holder is RestrictionHolder.FIRM else index.reference(member)
            held = stored if member == row else index.raw_record(member)
            for key, name, valid_from, valid_to, citation, as_of in held["restrictions"]:
                restrictions.append(
                    RestrictionEntry(key, name, valid_from, valid_to, citation, as_of, holder, listed_firm)
                )
        return FirmRecord(
            id=index.firm_ids[row],
            display_zh=stored["display_zh"],
            display_en=stored["display_en"],
            kind=FirmKind(stored["kind"]),
            sector=stored["sector"],
            industry=stored["industry"],
            tech=bool(index.tech[row]),
            country=stored["country"],
            city=stored["city"],
            founded=stored["founded"],
            website=stored["website"],
            state=FirmState(stored["state"]),
            scope=stored["scope"],
            identifiers=tuple(map(index.code, self._held_codes[row])),
            names=tuple(
                index.name(name)
                for name in (self.names_of(row) if whole else ())
                if (index.is_displayable(name) or index.kind(name) is NameKind.FORMER)
                and index.kind(name) is not NameKind.BAD_CONVERSION
            ),
            parent=index.reference(parent) if parent >= 0 else None,
            group=index.reference(top) if top != row else None,
            relations=self.relations(index.firm_ids[row]) if whole else (),
            restrictions=tuple(restrictions),
        )

    def _read_relations(self, firm_id: str) -> tuple[RelationEntry, ...]:
        row = self._index.firm_row(firm_id)
        return () if row is None else tuple(map(self._relation, self._index.raw_record(row)["relations"]))

    def _relation(self, entry: list[Any]) -> RelationEntry:
        kind, from_id, to_id, valid_from, valid_to, percentage, basis = entry
        return RelationEntry(
            RelationType(kind),
            self._reference_by_id(from_id),
            self._reference_by_id(to_id),
            valid_from,
            valid_to,
            percentage,
            basis,
        )

    def _reference_by_id(self, firm_id: str) -> FirmReference:
        row = self._index.firm_row(firm_id)
        return FirmReference(firm_id, "", "") if row is None else self._index.reference(row)
