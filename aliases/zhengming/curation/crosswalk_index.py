"""Whose a full name is, and where a firm is registered: what a register's code is joined on.

A code is a fact about one legal person. So a name counts only while it is one firm's alone, and a code of a country's
register only on a firm that may be registered there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum

from zhengming.aliases.model import SHARED_MARKS, Ambiguity, FirmKind, Name, NameKind, Scheme, Table
from zhengming.curation.keys import english_core
from zhengming.engine.fold import has_han, name_key

OFFSHORE = frozenset({"HK", "KY", "BM", "VG"})
"""Where firms that list in Hong Kong or New York without an H share are registered."""
_MAINLAND_MARKETS = frozenset({"XSHG", "XSHE", "BJSE"})


class Role(Enum):
    """How a firm bears a name."""

    LEGAL = "legal"
    """Its full name today."""
    FORMER = "former"
    """A full Chinese name it had: the registration goes on under the new name."""
    CALLED = "called"
    """An own short name or brand."""
    OTHER = "other"
    """A translation, cut form, pinyin or by-name: nothing to join on, but it may speak against a join."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A firm with a name, and how it bears it."""

    firm_id: str
    role: Role
    shared: bool


class CrosswalkIndex:
    """The names of a table by key, without the lines of some sources, and the countries of registration."""

    def __init__(self, table: Table, without: frozenset[str]) -> None:
        self.firms = {firm.id: firm for firm in table.firms}
        self._bearers: dict[str, set[Bearer]] = defaultdict(set)
        self._legal: dict[str, dict[str, str]] = defaultdict(dict)
        self._english: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name in table.names:
            if name.source in without or name.ambiguity is Ambiguity.WEAK or not (key := key_of(name.text)):
                continue
            role = _role(name)
            self._bearers[key].add(Bearer(name.firm_id, role, name.ambiguity in SHARED_MARKS))
            if role is Role.LEGAL and has_han(name.text):
                self._legal[name.firm_id][key] = name.text
            elif role is Role.LEGAL:
                self._english[name.firm_id, key].append(name.text)
        self._markets: dict[str, set[str]] = defaultdict(set)
        self._isins: dict[str, set[str]] = defaultdict(set)
        for code in table.identifiers:
            if code.scheme is Scheme.TICKER:
                self._markets[code.firm_id].add(code.mic)
            elif code.scheme is Scheme.ISIN:
                self._isins[code.firm_id].add(code.value[:2])

    def bearers(self, text: str) -> set[Bearer]:
        """Return every firm with this name: in Chinese in either script, in English but for legal form and order."""
        return self._bearers.get(key_of(text), set())

    def holders(self, text: str, *roles: Role) -> set[str]:
        """Return the firms that bear a name in one of these roles."""
        return {bearer.firm_id for bearer in self.bearers(text) if bearer.role in roles}

    def chinese_legal_names(self, firm_id: str) -> list[str]:
        """Return the full Chinese names of a firm, one a key; more than one are more than one legal person."""
        return list(self._legal.get(firm_id, {}).values())

    def english_legal_names(self, firm_id: str, text: str) -> list[str]:
        """Return the firm's English full names that have the core of `text`, with their forms."""
        return self._english.get((firm_id, key_of(text)), [])

    def countries(self, firm_id: str) -> frozenset[str]:
        """Return where the firm may be registered: by its ISIN, its market, or its Chinese legal form."""
        by_isin = self._isins[firm_id] & ({"CN"} | OFFSHORE)
        if by_isin:
            return frozenset(by_isin)
        joint_stock = any(name.endswith("股份有限公司") for name in self._legal.get(firm_id, {}).values())
        markets = self._markets[firm_id]
        if markets & _MAINLAND_MARKETS or joint_stock or not markets:
            return frozenset({"CN"})
        return OFFSHORE

    def is_company(self, firm_id: str) -> bool:
        """Tell whether the record is a company and not an institute or a unit."""
        return self.firms[firm_id].kind is FirmKind.COMPANY


def key_of(text: str) -> str:
    """Return the key on which two registers' spellings of a name are equal."""
    return f"ZH:{name_key(text)}" if has_han(text) else english_core(text)


def _role(name: Name) -> Role:
    if name.kind is NameKind.LEGAL and not name.valid_to:
        return Role.LEGAL
    if name.kind is NameKind.FORMER and has_han(name.text) and name.text.endswith("公司"):
        return Role.FORMER
    return Role.CALLED if name.kind in (NameKind.SHORT, NameKind.BRAND) else Role.OTHER
