"""What the table says about the labels of evaluation files: which firm a code means, and who holds a name."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from zhengming.aliases import Ambiguity, FirmState, Scheme, Table
from zhengming.aliases.codes import is_firm_id
from zhengming.engine.fold import name_key
from zhengming.engine.grammar import strip_decorations

_MICS = {
    "SZ": ("XSHE",),
    "SH": ("XSHG",),
    "BJ": ("BJSE",),
    "HK": ("XHKG",),
    "US": ("XNAS", "XNYS", "XASE"),
    # Firms that moved from the OTC board to the Beijing exchange kept their code until 2024.
    "NQ": ("BJSE",),
}
_HK_DIGITS = 5

_OTHER_LISTINGS = Path(__file__).with_name("other_listings.csv")
"""Codes of the evaluation files that are further listings of a firm (B share, ADR, a code from before it moved to
another market or left the OTC board), known by hand; a firm without a code stands with its ID. A firm's listings are one
firm, whether or not the table has all its codes."""


class Labels:
    """Look-ups from labels to firms. Uses the table only, never the engine's answers."""

    def __init__(self, table: Table) -> None:
        self._by_code: dict[tuple[str, str], str] = {}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._firms = {firm.id for firm in table.firms}
        self._ended: set[str] = {firm.id for firm in table.firms if firm.state is not FirmState.ACTIVE}
        codes = [code for code in table.identifiers if code.scheme is Scheme.TICKER]
        # A code that was used twice means its present holder: written last, it stays.
        for code in sorted(codes, key=lambda code: (not code.valid_to, code.valid_to)):
            self._by_code[code.mic, code.value] = code.firm_id
        traded = {code.firm_id for code in codes if not code.valid_to}
        self._ended |= {code.firm_id for code in codes} - traded
        with _OTHER_LISTINGS.open(encoding="utf-8", newline="") as file:
            self._same_firm = {row["code"]: row["same_firm"] for row in csv.DictReader(file)}
        for name in table.names:
            self._by_name[name_key(name.text)].add(name.firm_id)
        self._weak = {(name_key(name.text), name.firm_id) for name in table.names if name.ambiguity is Ambiguity.WEAK}
        self._refused = {name_key(decoy.text) for decoy in table.decoys}
        self._by_entry: dict[tuple[str, str], set[str]] = defaultdict(set)
        for entry in table.restrictions:
            self._by_entry[entry.list, name_key(entry.name_as_listed)].add(entry.firm_id)

    def firm(self, code: str) -> str | None:
        """Return the firm of a code such as 000002.SZ, or None when the table does not have the code."""
        code = self._same_firm.get(code, code)
        if is_firm_id(code):
            return code if code in self._firms else None
        value, _, market = code.rpartition(".")
        if market == "HK":
            value = value.zfill(_HK_DIGITS)
        for mic in _MICS.get(market, ()):
            if firm := self._by_code.get((mic, value)):
                return firm
        return None

    def restricted(self, list_key: str, name: str) -> set[str]:
        """Return the firms that a restriction list has under a name."""
        return self._by_entry.get((list_key, name_key(name)), set())

    def is_weak(self, text: str, firm: str) -> bool:
        """Tell whether the table marks a name of a firm as too little to decide alone."""
        return (name_key(text), firm) in self._weak

    def refuses(self, text: str) -> bool:
        """Tell whether the table refuses a text as a decoy."""
        return name_key(text) in self._refused

    def has_ended(self, firm: str) -> bool:
        """Tell whether a firm is no longer listed, or no longer known to exist."""
        return firm in self._ended

    def is_shared(self, query: str, firm: str | None) -> bool:
        """Tell whether a text, writing habits and listing decorations set aside, names this firm and others."""
        holders = self.holders(query)
        return firm in holders and len(holders) > 1

    def holders(self, query: str) -> set[str]:
        """Return the firms to which the table gives a text, writing habits and listing decorations set aside."""
        plain, _ = strip_decorations(query)
        return self._by_name.get(name_key(query)) or self._by_name.get(name_key(plain), set())
