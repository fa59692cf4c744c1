"""Read a compiled index: keys to names, names to firms, codes to holders, names to refuse. Never writes."""

from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zhengming.aliases.model import DateBasis, NameKind
from zhengming.engine import keys
from zhengming.engine.anatomy_index import AnatomyIndex
from zhengming.engine.answer import Code, DecoyHit, FirmReference, MatchedName
from zhengming.engine.arrays import Arrays, HashedLists, IntLists, TextList, view
from zhengming.engine.edit_index import EditIndex
from zhengming.engine.family import top
from zhengming.engine.gram_index import GramIndex
from zhengming.engine.grammar import Anatomy
from zhengming.engine.known import KnownTexts
from zhengming.engine.layout import (
    BASES,
    COMMON_WORD,
    DECOY_REASONS,
    DISPLAYABLE,
    KINDS,
    PLAIN,
    SCHEMES,
    SHARED,
    USUAL,
    WEAK,
)

_CACHED_NAMES = 1 << 16
_RECENT_QUERIES = 1 << 6
_RECENT_RESTS = 1 << 8


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a snapshot holds."""

    firms: int
    names: int
    identifiers: int
    decoys: int


class NameUsage:
    """How the names of an index use characters (`slip.Usage`)."""

    def __init__(self, index: Index) -> None:
        self.log_names = index.grams.log_terms
        self.holding = index.grams.count
        self._rows = index.rows
        self._edits = index.edits
        self._firm = index.name_firm
        self.sharing = lru_cache(_RECENT_RESTS)(self._count_sharing)
        """Text → how many firms have a name that is this text but for one character more. Names one character from a
        query mostly differ in the same place, so the same rest is asked for again and again."""

    def is_name(self, text: str) -> bool:
        """Tell whether a text is a name."""
        return bool(self._rows(keys.full_key(text)))

    def _count_sharing(self, rest: str) -> int:
        return len({self._firm[name] for name in self._edits.sharing(rest)})


class Index:
    """The look-ups that the matcher is made of. Names, firms, codes and decoys are row numbers here."""

    def __init__(self, arrays: Arrays) -> None:
        about = json.loads(TextList.unpack("about", arrays)[0])
        self.table_version: str = about["table_version"]
        self.counts = Counts(about["firms"], about["names"], about["identifiers"], about["decoys"])
        self.grams = GramIndex(arrays)
        self.edits = EditIndex(arrays)
        self.known = KnownTexts(arrays)
        self.terms = TextList.unpack("terms", arrays)
        self.term_names = IntLists.unpack("terms.names", arrays)
        self.labels = TextList.unpack("labels", arrays)
        self.label_names = IntLists.unpack("labels.names", arrays)
        self.name_firm = view(arrays["names.firm"])
        self.parents = view(arrays["firms.parent"])
        self.listed = view(arrays["firms.listed"])
        self.tech = view(arrays["firms.tech"])
        self.firm_ids = TextList.unpack("firms.id", arrays)
        self._keys = HashedLists.unpack("keys", arrays)
        self._text = TextList.unpack("names.text", arrays)
        self._holders = view(arrays["names.holders"])
        self._kind = view(arrays["names.kind"])
        self._flags = view(arrays["names.flags"])
        self._basis = view(arrays["names.basis"])
        self._from = view(arrays["names.from"])
        self._to = view(arrays["names.to"])
        self._language = view(arrays["names.language"])
        self._source = view(arrays["names.source"])
        self._dates = list(TextList.unpack("dates", arrays))
        self._languages = list(TextList.unpack("languages", arrays))
        self._sources = list(TextList.unpack("sources", arrays))
        self._mics = list(TextList.unpack("mics", arrays))
        self._code_value = TextList.unpack("identifiers.value", arrays)
        self.code_firm = view(arrays["identifiers.firm"])
        self._code_scheme = view(arrays["identifiers.scheme"])
        self._code_mic = view(arrays["identifiers.mic"])
        self._code_from = view(arrays["identifiers.from"])
        self._code_to = view(arrays["identifiers.to"])
        self._decoy_label = TextList.unpack("decoys.label", arrays)
        self._decoy_reason = view(arrays["decoys.reason"])
        self._decoy_owner = view(arrays["decoys.owner"])
        self._records = TextList.unpack("firms.record", arrays)
        self.name = lru_cache(_CACHED_NAMES)(self._read_name)
        """Name row → the name as its source writes it, with language, kind, dates and source."""
        self.anatomies = AnatomyIndex(arrays)
        self.sounding_like = lru_cache(_RECENT_QUERIES)(self._find_sounding_like)
        """Core and folded text of a query → the Chinese names that sound like one of both, whole or without legal form."""
        self.firm_row = lru_cache(_CACHED_NAMES)(self._find_firm)
        """Canonical ID → its row, None for one that is not a live firm's."""
        self.usage = NameUsage(self)
        """How the names use characters."""

    def rows(self, key: str) -> list[int]:
        """Return the rows (names, codes or decoys, as the key's letter says) under a key, in row order."""
        return self._keys[keys.key_hash(key)]

    def text(self, name: int) -> str:
        """Return a name as its source writes it."""
        return self._text[name]

    def anatomy(self, name: int) -> Anatomy:
        """Return the parts of a name."""
        return self.anatomies[name]

    def holders(self, name: int) -> int:
        """Return how many groups (tops of chains of parents) have firms that carry the brand of a name; 1 without one."""
        return self._holders[name]

    def _find_sounding_like(self, core: str, text: str) -> frozenset[int]:
        return frozenset([name for key in keys.heard_keys(core, text) for name in self.rows(key)])

    def kind(self, name: int) -> NameKind:
        """Return the kind of a name."""
        return KINDS[self._kind[name]]

    def is_plain(self, name: int) -> bool:
        """Tell whether nothing that the table knows of a name weighs: current, not shared, not weak."""
        return bool(self._flags[name] & PLAIN)

    def is_common_word(self, name: int) -> bool:
        """Tell whether the table marks a name as an everyday word too."""
        return bool(self._flags[name] & COMMON_WORD)

    def is_usual(self, name: int) -> bool:
        """Tell whether this firm is the usual meaning of a name that several carry."""
        return bool(self._flags[name] & USUAL)

    def is_shared(self, name: int) -> bool:
        """Tell whether the table marks a name as carried by several firms."""
        return bool(self._flags[name] & SHARED)

    def is_weak(self, name: int) -> bool:
        """Tell whether the table marks a name as unable to stand alone."""
        return bool(self._flags[name] & WEAK)

    def is_displayable(self, name: int) -> bool:
        """Tell whether a name may be shown."""
        return bool(self._flags[name] & DISPLAYABLE)

    def dates(self, name: int) -> tuple[str, str, DateBasis]:
        """Return first day, last day and basis of a name's dates."""
        return self._dates[self._from[name]], self._dates[self._to[name]], BASES[self._basis[name]]

    def code(self, row: int) -> Code:
        """Return an identifier of the table."""
        return Code(
            SCHEMES[self._code_scheme[row]],
            self._code_value[row],
            self._mics[self._code_mic[row]],
            self._dates[self._code_from[row]],
            self._dates[self._code_to[row]],
        )

    def decoy(self, row: int) -> DecoyHit:
        """Return a name to refuse."""
        owner = self._decoy_owner[row]
        return DecoyHit(
            self._decoy_label[row],
            DECOY_REASONS[self._decoy_reason[row]],
            self.reference(owner) if owner >= 0 else None,
        )

    def _find_firm(self, firm_id: str) -> int | None:
        position = bisect_left(self.firm_ids, firm_id)
        found = position < len(self.firm_ids) and self.firm_ids[position] == firm_id
        return position if found else None

    def reference(self, firm: int) -> FirmReference:
        """Return a firm as named in passing."""
        record = self.raw_record(firm)
        return FirmReference(self.firm_ids[firm], record["display_zh"], record["display_en"])

    def raw_record(self, firm: int) -> dict[str, Any]:
        """Return the stored fields of a firm."""
        record: dict[str, Any] = json.loads(self._records.raw(firm))
        return record

    def top(self, firm: int) -> int:
        """Return the top of a firm's chain of parents, itself when it has none."""
        return top(self.parents, firm)

    def issuer(self, firm: int) -> int:
        """Return the nearest firm up the chain of parents, itself included, that holds a ticker; itself when none does."""
        seen: set[int] = set()
        climbed = firm
        while climbed >= 0 and climbed not in seen:
            if self.listed[climbed]:
                return climbed
            seen.add(climbed)
            climbed = self.parents[climbed]
        return firm

    def brand_holder_count(self, brand: str) -> int:
        """Return how many groups (tops of chains of parents) have firms that carry a brand."""
        return len({self.top(self.name_firm[name]) for name in self.rows(keys.brand_key(brand))})

    def _read_name(self, name: int) -> MatchedName:
        valid_from, valid_to, _ = self.dates(name)
        return MatchedName(
            self._text[name],
            self._languages[self._language[name]],
            KINDS[self._kind[name]],
            valid_from,
            valid_to,
            self.is_shared(name),
            self._sources[self._source[name]],
        )
