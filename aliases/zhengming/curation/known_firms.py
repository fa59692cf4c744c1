"""An index of the firms that a table holds, to see whether a name on a government list is one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from zhengming.aliases.model import Ambiguity, Name, NameKind, Scheme, Table
from zhengming.curation.keys import english_core, has_english_form
from zhengming.engine.fold import has_han, name_key

_OWN = (NameKind.LEGAL, NameKind.SHORT, NameKind.BRAND, NameKind.TRANSLATION, NameKind.NEWSWIRE)


class KnownFirms:
    """Looks firms up by USCC, by Chinese legal name, by English legal name without forms, by any current name."""

    def __init__(self, table: Table, without_sources: frozenset[str]) -> None:
        names = [name for name in table.names if name.source not in without_sources]
        self._uscc = {
            line.value: line.firm_id
            for line in table.identifiers
            if line.scheme is Scheme.USCC and line.source not in without_sources
        }
        self._legal = _single((_legal_key(name), name.firm_id) for name in names if _is_full(name))
        self._current = _single(
            (name_key(name.text), name.firm_id)
            for name in names
            if name.kind in _OWN and name.ambiguity is not Ambiguity.WEAK
        )
        self._all: dict[str, set[str]] = defaultdict(set)
        for name in names:
            self._all[name_key(name.text)].add(name.firm_id)

    def by_uscc(self, code: str) -> str:
        """Return the firm with a USCC."""
        return self._uscc.get(code, "")

    def by_legal_name(self, text: str) -> str:
        """Return the firm whose legal name this is, in Chinese exactly, in English but for the legal form."""
        return self._legal.get(_key_of_legal(text), "")

    def by_current_name(self, text: str) -> str:
        """Return the only firm that bears this name today (no weak or shared name)."""
        return self._current.get(name_key(text), "")

    def bearers(self, text: str) -> set[str]:
        """Return every firm that bears or bore this name, weak and shared names included."""
        return self._all.get(name_key(text), set())


def _is_full(name: Name) -> bool:
    if name.kind in (NameKind.LEGAL, NameKind.TRANSLATION):
        return True
    return name.kind is NameKind.FORMER and (has_english_form(name.text) or name.text.endswith("公司"))


def _legal_key(name: Name) -> str:
    return _key_of_legal(name.text)


def _key_of_legal(text: str) -> str:
    return name_key(text) if has_han(text) else english_core(text)


def _single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    index: dict[str, set[str]] = defaultdict(set)
    for key, firm_id in pairs:
        index[key].add(firm_id)
    return {key: next(iter(firm_ids)) for key, firm_ids in index.items() if key and len(firm_ids) == 1}
