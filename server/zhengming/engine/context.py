"""What the caller knows besides the name, held against a firm: dates, place, market, codes, names that stand beside."""

from __future__ import annotations

from zhengming.aliases.model import DateBasis, NameKind
from zhengming.engine.answer import Context, Evidence
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.catalog import Catalog
from zhengming.engine.dates import held_on
from zhengming.engine.fold import name_key
from zhengming.engine.grammar import place_key
from zhengming.engine.identifiers import read_stated_code
from zhengming.engine.index import Index
from zhengming.engine.keys import full_key
from zhengming.engine.weights import Weights


class ContextReader:
    """One query's context, prepared once and held against each candidate."""

    def __init__(self, index: Index, catalog: Catalog, context: Context, weights: Weights) -> None:
        self._index = index
        self._catalog = catalog
        self._context = context
        self._weights = weights
        self._beside = {name_key(mention) for mention in context.co_mentions} - {""}
        readings = (read_stated_code(code.scheme, code.value, code.mic) for code in context.identifiers)
        self.code_firms = frozenset(
            firm for reading in readings if reading for firm in catalog.holders(reading, context.as_of)
        )
        """Firms that hold the codes of the context."""
        self._speaks = bool(context.city or context.country or context.exchange or self._beside)

    def excludes(self, name: int) -> bool:
        """Tell whether exact dates rule out that the name was in use on the day asked for."""
        if not self._context.as_of:
            return False
        return self._index.dates(name)[2] is DateBasis.EXACT and not self._held(name)

    def about_name(self, name: int, reasons: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """Return what the table knows of a name that speaks for or against it.

        A query with a listing decoration (*ST长油) means a listed firm, so a name that is too weak to stand alone stands.
        """
        if self._index.is_plain(name) and not self._context.as_of:
            return ()
        codes = []
        if self._index.kind(name) is NameKind.FORMER:
            codes.append(E.FORMER_NAME)
        if self._index.is_shared(name):
            codes.append(E.NAME_SHARED)
            if self._index.is_usual(name):
                codes.append(E.NAME_USUAL)
        if self._index.is_weak(name) and all(reason.code is not E.LISTING_DECORATION for reason in reasons):
            codes.append(E.NAME_WEAK)
        if self._context.as_of and any(self._index.dates(name)[:2]):
            codes.append(E.NAME_VALID_AT_DATE if self._held(name) else E.NAME_NOT_VALID_AT_DATE)
        return self._weights.evidence(*codes)

    def about_firm(self, firm: int, squeezed: str) -> tuple[Evidence, ...]:
        """Return what the context says for or against a firm. `squeezed` is the query, which cannot support itself."""
        if not self._speaks:
            return ()
        agreements = []
        record = self._catalog.firm(self._index.firm_ids[firm])
        if record is not None:
            asked, held = self._context.city, record.city
            if asked and held:
                agreements.append(_same_place(asked, held))
            if self._context.country and record.country:
                # Nearly every firm is in one country: agreement says nothing, disagreement does.
                agreements += [False] if self._context.country.upper() != record.country else []
            if self._context.exchange and (markets := {code.mic for code in record.identifiers if code.mic}):
                agreements.append(self._context.exchange.upper() in markets)
        codes = [E.CONTEXT_AGREES if agree else E.CONTEXT_DISAGREES for agree in dict.fromkeys(agreements)]
        if self._index.top(firm) in self._groups_beside(squeezed):
            codes.append(E.CO_MENTION)
        return self._weights.evidence(*codes)

    def _groups_beside(self, squeezed: str) -> set[int]:
        """Return the groups that the other mentions name for sure: by a name that is strong and one group's alone."""
        groups: set[int] = set()
        for mention in self._beside - {squeezed}:
            names = self._index.rows(full_key(mention))
            named = {self._index.top(self._index.name_firm[name]) for name in names}
            if len(named) == 1 and not all(map(self._index.is_weak, names)):
                groups |= named
        return groups

    def _held(self, name: int) -> bool:
        valid_from, valid_to, _ = self._index.dates(name)
        return held_on(valid_from, valid_to, self._context.as_of)


def _same_place(first: str, second: str) -> bool:
    return (place_key(first) or name_key(first)) == (place_key(second) or name_key(second))
