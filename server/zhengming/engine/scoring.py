"""Score names against a query: what equality or comparison says, what the table and the context add, one best a firm."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from zhengming.aliases.model import NameKind
from zhengming.engine.answer import Evidence, MatchType
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.compare import compare
from zhengming.engine.context import ContextReader
from zhengming.engine.decide import is_contradicted, points, share_out
from zhengming.engine.fold import fold, name_key, squeeze
from zhengming.engine.grammar import Anatomy, strip_decorations
from zhengming.engine.index import Index
from zhengming.engine.policy import LIMITED_AGAIN, THRESHOLDS, WIDE_FIELD
from zhengming.engine.weights import Weights

MAX_RANKED = 20
"""Firms kept of one ranking; the most that an answer may show."""

_LIMITED, _BY_SHARES = ("有限公司", "有限责任公司"), "股份有限公司"
_WORDS = re.compile(r"[a-z]+")
_FORM_WORDS = frozenset(("co", "company", "corporation", "group", "holdings", "incorporated", "limited", "ltd"))
"""Words of legal forms that a cut may leave the first letters of, whichever of them the table writes."""
_SUREST = max(THRESHOLDS.values())
NO_NAME = -1
"""In place of a name's row when a firm was reached by a code."""

_BY_SOUND = frozenset((E.PINYIN_TYPED, E.PINYIN_EQUAL_HAN_DIFFERS))
_BY_SPELLING = frozenset((E.EDIT_1, E.EDIT_2, E.EDIT_MANY, E.BRAND_SIMILAR, E.CHARACTER_SLIPPED))
_SHORTENED = frozenset((E.TRUNCATED, E.TRADE_MISSING, E.PLACE_MISSING, E.BRAND_CONTAINED))


class Reached(NamedTuple):
    """A name that the query may be, and why."""

    name: int
    evidence: tuple[Evidence, ...]
    match_type: MatchType


class Scored(NamedTuple):
    """A firm that the query may mean: its best name, the reasons, and how sure they make it among its rivals."""

    firm: int
    name: int
    total: float
    """Summed weight of the reasons, log-odds."""
    confidence: float
    match_type: MatchType
    evidence: tuple[Evidence, ...]


class Scorer:
    """Scores names of one index."""

    def __init__(self, index: Index, weights: Weights) -> None:
        self._index = index
        self.weights = weights
        self._sure = {code: _surely(weights, code) for code in (E.TEXT_EQUAL, E.FOLDED_EQUAL, E.SCRIPT_FOLDED)}

    def sole(self, text: str, squeezed: str, names: Sequence[int]) -> Scored | None:
        """Return the one firm that carries an equal name about which nothing else weighs, or None.

        A short cut for the commonest query: ranking that firm alone and deciding would say the same. `squeezed`: letters
        and digits of the folded text.
        """
        first = names[0]
        firm = self._index.name_firm[first]
        for name in names:
            if self._index.name_firm[name] != firm or not self._index.is_plain(name):
                return None
        written = [self._index.text(name) for name in names]
        if text in written:
            return self.sure_match(firm, names[written.index(text)], E.TEXT_EQUAL, MatchType.EXACT)
        asked = _habits(text)
        for name, other in zip(names, written, strict=True):
            if _habits(other) == asked:
                return self.sure_match(firm, name, E.FOLDED_EQUAL, MatchType.NORMALIZED)
        if name_key(written[0]) != squeezed:
            return None
        return self.sure_match(firm, first, E.SCRIPT_FOLDED, MatchType.SCRIPT_VARIANT)

    def sure_match(self, firm: int, name: int, code: E, match_type: MatchType) -> Scored | None:
        """Return the firm of an equal name about which nothing else weighs; None unless every profile is content with it."""
        evidence, total, sure = self._sure[code]
        return Scored(firm, name, total, sure, match_type, evidence) if sure >= _SUREST else None

    def equal(self, text: str, name: int) -> Reached:
        """Return how a name found under the query's own key is equal to it."""
        written = self._index.text(name)
        if written == text:
            return Reached(name, self.weights.evidence(E.TEXT_EQUAL), MatchType.EXACT)
        if _habits(written) == _habits(text):
            return Reached(name, self.weights.evidence(E.FOLDED_EQUAL), MatchType.NORMALIZED)
        if name_key(written) == name_key(text):
            return Reached(name, self.weights.evidence(E.SCRIPT_FOLDED), MatchType.SCRIPT_VARIANT)
        # Only the query's own decoration says that a listed firm is meant: ST金田 does, 金田 for 金田A does not.
        codes = (E.FOLDED_EQUAL, E.LISTING_DECORATION) if strip_decorations(text)[1] else (E.FOLDED_EQUAL,)
        return Reached(name, self.weights.evidence(*codes), MatchType.NORMALIZED)

    def compared(self, query: Anatomy, name: int) -> Reached:
        """Return what comparing the parts of query and name says."""
        other = self._index.anatomy(name)
        # Equal cores need no ear, and a name without Chinese characters has no sound.
        heard = other.script != "latin" and query.core != other.core
        alike = heard and name in self._index.sounding_like(query.core, query.text)
        evidence = compare(query, other, self._index.holders(name), self.weights, self._index.usage, alike)
        if self._index.kind(name) is NameKind.FORMER and _is_limited_again(query, other):
            evidence = tuple(
                piece._replace(contribution=piece.contribution + LIMITED_AGAIN)
                if piece.code is E.LEGAL_FORM_DIFFERS
                else piece
                for piece in evidence
            )
        if query.branch:
            evidence += self.weights.evidence(E.BRANCH)
        return Reached(name, evidence, _match_type(evidence))

    def begun(self, text: str, name: int) -> Reached | None:
        """Return what it says that a query is the beginning of a name.

        None for a query that ends with a word of the name and is short: that is a shorter name of its own.
        """
        written, last = self._index.text(name), text.split()[-1]
        inside = any(word != last and word.startswith(last) for word in _WORDS.findall(fold(written)))
        if name_key(written) == name_key(text) or not (inside or len(text) >= WIDE_FIELD):
            return None
        return Reached(name, self.weights.evidence(E.BRAND_EQUAL, E.TRUNCATED), MatchType.ABBREVIATION)

    def on_screen(self, name: int) -> Reached:
        """Return what it says that a query is what a screen of prices leaves of a listed firm's name."""
        return Reached(name, self.weights.evidence(E.BRAND_EQUAL, E.TRUNCATED), MatchType.ABBREVIATION)

    def cut(self, head: Anatomy, rest: str, name: int) -> Reached | None:
        """Return what it says that a query is a name cut inside a word: its whole words, and the letters of the last.

        None when no word of the name that is not among the whole ones begins with these letters.
        """
        written = set(_WORDS.findall(self._index.anatomy(name).text)) - set(_WORDS.findall(head.text))
        if not any(word.startswith(rest) for word in written | _FORM_WORDS):
            return None
        reached = self.compared(head, name)
        return reached._replace(evidence=reached.evidence + self.weights.evidence(E.TRUNCATED))

    def by_initials(self, name: int) -> Reached:
        """Return what it says that the query is the initials of a name."""
        return Reached(name, self.weights.evidence(E.ACRONYM_DERIVED), MatchType.ACRONYM)

    def rank(self, reached: Iterable[Reached], reader: ContextReader, squeezed: str) -> tuple[Scored, ...]:
        """Return the firms of the names, each by its best name, best first, confidences shared out among them.

        One that something contradicts may stand before a likelier one: the order is that of the reasons' weight."""
        best: dict[int, tuple[float, Reached, tuple[Evidence, ...]]] = {}
        for one in reached:
            evidence = one.evidence + reader.about_name(one.name, one.evidence)
            total = points(evidence)
            firm = self._index.name_firm[one.name]
            held = best.get(firm)
            if held is None or total > held[0]:
                best[firm] = total, one, evidence
        rows = []
        for firm, (total, one, evidence) in best.items():
            beside = reader.about_firm(firm, squeezed)
            rows.append((total + points(beside), firm, one, evidence + beside))
        if len(rows) > 1:
            rows.sort(key=lambda row: (-row[0], row[1]))
            del rows[MAX_RANKED:]
        weights = self.weights
        single = [
            weights.contradicted_confidence(total) if is_contradicted(evidence) else weights.confidence(total)
            for total, _, _, evidence in rows
        ]
        shares = share_out([row[0] for row in rows], single)
        return tuple(
            Scored(firm, one.name, total, share, one.match_type, evidence)
            for (total, firm, one, evidence), share in zip(rows, shares, strict=True)
        )

    def by_code(self, firms: Sequence[int]) -> tuple[Scored, ...]:
        """Return the holders of a code, certain alone and sharing the certainty when several."""
        evidence = self.weights.evidence(E.IDENTIFIER_EQUAL)
        total = points(evidence)
        shares = share_out([total] * len(firms), [self.weights.confidence(total)] * len(firms))
        return tuple(
            Scored(firm, NO_NAME, total, share, MatchType.IDENTIFIER, evidence)
            for firm, share in zip(firms, shares, strict=True)
        )


def _surely(weights: Weights, code: E) -> tuple[tuple[Evidence, ...], float, float]:
    evidence = weights.evidence(code)
    total = points(evidence)
    return evidence, total, round(weights.confidence(total), 4)


def _habits(text: str) -> str:
    """Return a text with writing habits set aside (case, width, spacing, punctuation) but its script kept."""
    return squeeze(unicodedata.normalize("NFKC", text).casefold())


def _match_type(evidence: Sequence[Evidence]) -> MatchType:
    codes = {piece.code for piece in evidence}
    if codes & _BY_SOUND:
        return MatchType.PINYIN
    if codes & _BY_SPELLING:
        return MatchType.FUZZY
    if codes & _SHORTENED:
        return MatchType.ABBREVIATION
    return MatchType.NORMALIZED


def _is_limited_again(query: Anatomy, former: Anatomy) -> bool:
    """Tell whether a query is a limited company with the former name of a company limited by shares.

    风帆股份有限公司 took another name and handed its business and its old name to 风帆有限责任公司, which is another firm.
    """
    return query.legal_form in _LIMITED and former.legal_form == _BY_SHARES
