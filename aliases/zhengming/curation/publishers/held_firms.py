"""What the table holds apart from one publisher's own lines: whose a code is, who bears a name, which decoys stand.

Joins and collisions are judged without the lines that the import is about to replace, so that importing a file twice
gives the same table.
"""

from __future__ import annotations

from collections import defaultdict

from zhengming.aliases.model import Firm, Name, NameKind, Scheme, Table
from zhengming.curation.identity import legal_anchor
from zhengming.curation.keys import english_core, english_form_words, english_words
from zhengming.curation.places import MAINLAND_ENGLISH
from zhengming.engine.fold import has_han, name_key

_NOT_TELLING = MAINLAND_ENGLISH | {"china", "chinese", "sino", "the", "of", "and"}
_SHORTEST_STEM = 4
"""Letters from which a cut word ("SEMICON") may stand for the whole."""


class HeldFirms:
    """An index of the firms of a table without the lines of some sources."""

    def __init__(self, table: Table, without: frozenset[str]) -> None:
        self.firms: dict[str, Firm] = {firm.id: firm for firm in table.firms}
        self._redirects = {line.old_id: line.new_id for line in table.redirects}
        self._decoys = {name_key(line.text): line.label for line in table.decoys if line.source not in without}
        self._codes: dict[tuple[Scheme, str, str], set[str]] = defaultdict(set)
        self._ended: dict[tuple[Scheme, str, str], set[str]] = defaultdict(set)
        self._values: dict[tuple[str, Scheme], set[str]] = defaultdict(set)
        for code in table.identifiers:
            if code.source in without:
                continue
            if code.valid_to:
                self._ended[code.scheme, code.mic, code.value].add(code.firm_id)
            else:
                self._codes[code.scheme, code.mic, code.value].add(code.firm_id)
                self._values[code.firm_id, code.scheme].add(code.value)
        self._bearers: dict[str, dict[str, list[Name]]] = defaultdict(lambda: defaultdict(list))
        self._legal: dict[str, set[str]] = defaultdict(set)
        self._in_chinese: set[str] = set()
        self._latin: dict[str, list[str]] = defaultdict(list)
        for name in table.names:
            if name.source in without:
                continue
            key = name_key(name.text)
            self._bearers[key][name.firm_id].append(name)
            if not has_han(name.text):
                self._latin[name.firm_id].append(name.text)
            if name.kind is NameKind.LEGAL and not name.valid_to and (anchor := legal_anchor(name.text)):
                self._legal[anchor].add(name.firm_id)
                if has_han(name.text):
                    self._in_chinese.add(name.firm_id)

    def by_id(self, firm_id: str) -> str:
        """Return the ID of a firm, after its redirects; empty when the table does not hold it."""
        seen = set()
        while firm_id in self._redirects and firm_id not in seen:
            seen.add(firm_id)
            firm_id = self._redirects[firm_id]
        return firm_id if firm_id in self.firms else ""

    def by_code(self, scheme: Scheme, value: str, *mics: str) -> set[str]:
        """Return the firms that have a code today. A ticker is asked for with its markets."""
        return set().union(*(self._codes.get((scheme, mic, value), set()) for mic in mics or ("",)))

    def by_ended_code(self, scheme: Scheme, value: str, mic: str = "") -> set[str]:
        """Return the firms that had a code once."""
        return self._ended.get((scheme, mic, value), set())

    def codes_of(self, firm_id: str, scheme: Scheme) -> set[str]:
        """Return the codes of a scheme that a firm has today."""
        return self._values.get((firm_id, scheme), set())

    def by_legal_name(self, text: str) -> set[str]:
        """Return the firms whose full name this is today: in Chinese in either script, in English but for the form."""
        return self._legal.get(legal_anchor(text), set())

    def has_chinese_legal_name(self, firm_id: str) -> bool:
        """Tell whether the firm's full Chinese name is known."""
        return firm_id in self._in_chinese

    def bearers(self, text: str) -> dict[str, list[Name]]:
        """Return every firm that bears or bore this name, with its lines of it."""
        return self._bearers.get(name_key(text), {})

    def decoy(self, text: str) -> str:
        """Return the label of the decoy with this name, or nothing."""
        return self._decoys.get(name_key(text), "")

    def resembles(self, firm_id: str, english: str) -> bool:
        """Tell whether an English name may be the firm's: the same core, or a first telling word that one begins with.

        Only to see whether a code was reused; two strangers may well resemble each other.
        """
        core, stem = english_core(english), _first_telling_word(english)
        for text in self._latin.get(firm_id, ()):
            if core and core == english_core(text):
                return True
            other = _first_telling_word(text)
            if stem and other and (stem == other or _begins(stem, other) or _begins(other, stem)):
                return True
        return False


def _first_telling_word(english: str) -> str:
    forms = english_form_words(english)
    return next((word for word in english_words(english) if word not in forms and word not in _NOT_TELLING), "")


def _begins(word: str, stem: str) -> bool:
    return len(stem) >= _SHORTEST_STEM and word.startswith(stem)
