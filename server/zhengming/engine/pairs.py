"""Compare two names: are they names of one firm? By the table where it knows both, else by the names themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zhengming.aliases.model import DecoyReason
from zhengming.engine.abbreviation import Kind, read_shortening
from zhengming.engine.answer import (
    ComparisonBasis,
    NameComparison,
    NameRelation,
    Options,
    Outcome,
    Resolution,
)
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.catalog import Catalog
from zhengming.engine.fold import fold, has_han, squeeze
from zhengming.engine.grammar import parse, place_key
from zhengming.engine.grammar.places import REGIONS
from zhengming.engine.guard import guard, guard_folded
from zhengming.engine.identifiers import read_code
from zhengming.engine.index import Index
from zhengming.engine.policy import (
    PAIR_DIFFERENT,
    PAIR_GENERAL_TRADES,
    PAIR_THRESHOLDS,
)
from zhengming.engine.two_names import PAIRS, Reading, compare_texts, inner_plain, reading_of
from zhengming.engine.weights import Weights
from zhengming.engine.write import parts_of

_ORGANISATIONS = frozenset(
    (
        DecoyReason.FOREIGN_FIRM,
        DecoyReason.TAIWAN_GROUP,
        DecoyReason.HONG_KONG_GROUP,
        DecoyReason.MAINLAND_GROUP,
        DecoyReason.PUBLIC_BODY,
        DecoyReason.UNIVERSITY,
    )
)
_KNOWN = 0.99
"""Confidence that two names recorded under one label are names of it."""
_MANY = 20
"""Candidates that are asked for, to see whether two answers share one."""


class Comparer:
    """Compares names, with the table of one index at hand."""

    def __init__(
        self, index: Index, catalog: Catalog, resolve: Callable[[str, Options], Resolution], weights: Weights = PAIRS
    ) -> None:
        self._index = index
        self._catalog = catalog
        self._resolve = resolve
        self._weights = weights

    def compare(self, first: str, second: str, options: Options, *, with_table: bool) -> NameComparison:
        """Return what two names are to each other. Raises `InvalidQuery` with the field `first` or `second`."""
        texts = guard(first, "first").text, guard(second, "second").text
        guard_folded(fold(texts[0]), "first")
        guard_folded(fold(texts[1]), "second")
        holders = self._index.brand_holder_count if with_table else _nobody_else
        read = compare_texts(*texts, holders, self._weights)
        basis = ComparisonBasis.BY_NAMES
        answers: tuple[Resolution, Resolution] | None = None
        known: tuple[NameRelation, float] | None = None
        if with_table:
            wide = replace(options, max_candidates=_MANY)
            answers = self._resolve(first, wide), self._resolve(second, wide)
            known = self._by_table(*answers)
            read = self._held_to_table(read, texts, answers)
        relation, confidence = self._by_names(read, options)
        if relation is NameRelation.DIFFERENT_FIRMS and _cannot_contradict(*texts):
            relation, confidence, read = NameRelation.UNDECIDED, PAIR_DIFFERENT, read._replace(evidence=())
        if known is not None:
            (relation, confidence), basis = known, ComparisonBasis.BY_TABLE
        elif answers is not None and relation is not NameRelation.SAME_FIRM and _share_a_candidate(*answers):
            relation = NameRelation.UNDECIDED
        shown = [one._replace(candidates=one.candidates[: options.max_candidates]) for one in answers or ()]
        return NameComparison(
            relation,
            round(confidence, 4),
            basis,
            tuple(sorted(read.evidence, key=lambda piece: -abs(piece.contribution))),
            read.second_is_form,
            shown[0] if shown else None,
            shown[1] if shown else None,
            parts_of(parse(texts[0])),
            parts_of(parse(texts[1])),
        )

    def _by_names(self, read: Reading, options: Options) -> tuple[NameRelation, float]:
        confidence = self._weights.confidence(read.total)
        if not read.agrees:
            return NameRelation.DIFFERENT_FIRMS, min(confidence, PAIR_DIFFERENT)
        least = PAIR_THRESHOLDS[options.profile] if options.min_confidence is None else options.min_confidence
        if confidence >= least:
            return NameRelation.SAME_FIRM, confidence
        different = confidence < PAIR_DIFFERENT
        return NameRelation.DIFFERENT_FIRMS if different else NameRelation.UNDECIDED, confidence

    def _by_table(self, first: Resolution, second: Resolution) -> tuple[NameRelation, float] | None:
        """Return the relation and the probability of one firm, where the table knows both names; else None."""
        if first.firm_id and second.firm_id:
            sure = first.confidence * second.confidence
            if first.firm_id == second.firm_id:
                return NameRelation.SAME_FIRM, sure
            one_group = self._top(first.firm_id) == self._top(second.firm_id)
            return NameRelation.SAME_GROUP if one_group else NameRelation.DIFFERENT_FIRMS, 1 - sure
        if first.decoy and second.decoy and first.decoy.label == second.decoy.label:
            return (NameRelation.SAME_FIRM, _KNOWN) if first.decoy.reason in _ORGANISATIONS else None
        if (first.decoy and second.firm_id) or (second.decoy and first.firm_id):
            return NameRelation.DIFFERENT_FIRMS, 1 - max(first.confidence, second.confidence)
        return None

    def _held_to_table(self, read: Reading, texts: tuple[str, str], answers: tuple[Resolution, Resolution]) -> Reading:
        """Hold what the table knows of one name against the other, which it does not know.

        A name that several firms share says little, for the other is none of theirs. Of a known firm, the other name may
        add a place or a business only if the table speaks of it: 奇瑞 is called 奇瑞汽车 there, 恒大 is never called 恒大乳业,
        and 上海华为 is not 华为.
        """
        unknown = [answer.outcome is Outcome.NOT_FOUND and not answer.decoy for answer in answers]
        if unknown[0] == unknown[1]:
            return read
        answer, known, other = answers[unknown[0]], texts[unknown[0]], texts[not unknown[0]]
        codes = {piece.code for piece in read.evidence}
        added: list[E] = []
        if answer.outcome is Outcome.AMBIGUOUS:
            added.append(E.NAME_SHARED)
        if E.PLACE_MISSING in codes and not self._speaks_of_places(answer, known, other):
            added.append(E.PLACE_ADDED)
        if E.TRADE_MISSING in codes and not self._speaks_of_business(answer, known, other):
            added.append(E.TRADE_DIFFERS)
        if not added:
            return read
        refuted = {E.PLACE_ADDED: E.PLACE_MISSING, E.TRADE_DIFFERS: E.TRADE_MISSING}
        gone = {refuted[code] for code in added if code in refuted}
        kept = tuple(piece for piece in read.evidence if piece.code not in gone)
        return reading_of(kept + self._weights.evidence(*added), read.second_is_form)

    def _speaks_of_places(self, answer: Resolution, known: str, other: str) -> bool:
        added = set(parse(other).places) - set(parse(known).places)
        record = self._catalog.firm(answer.firm_id)
        if record is None:
            return not (added and answer.decoy)
        home = place_key(fold(record.city))
        told = {home, REGIONS.get(home, home), "china"}
        return added <= told.union(*(parse(name.text).places for name in record.names))

    def _speaks_of_business(self, answer: Resolution, known: str, other: str) -> bool:
        record = self._catalog.firm(answer.firm_id)
        if record is None and not answer.decoy:
            return True
        names = () if record is None else [squeeze(fold(name.text)) for name in record.names]
        return all(any(word in name for name in names) for word in _business(known, other) - PAIR_GENERAL_TRADES)

    def _top(self, firm_id: str) -> int:
        row = self._index.firm_row(firm_id)
        return -1 if row is None else self._index.top(row)


def _business(known: str, other: str) -> set[str]:
    """Return the words of a business that another name has behind a known one."""
    read = read_shortening(inner_plain(parse(known).core), inner_plain(parse(other).core))
    return set() if read is None else {*read.left(Kind.TRADE), *read.cut(Kind.BRAND)}


def _nobody_else(brand: str) -> int:
    return 1


def _cannot_contradict(first: str, second: str) -> bool:
    """Tell whether two texts are of different kinds, so that nothing in them can speak against one firm.

    A Chinese name and its translation, a code and a name: only the table could tell.
    """
    if has_han(fold(first)) != has_han(fold(second)):
        return True
    codes = [read_code(text) for text in (first, second)]
    return any(code is not None and code.market_stated for code in codes)


def _share_a_candidate(first: Resolution, second: Resolution) -> bool:
    """Tell whether two answers, one of them AMBIGUOUS, leave a firm that both may mean."""
    if Outcome.AMBIGUOUS not in (first.outcome, second.outcome):
        return False
    return not _possible(first).isdisjoint(_possible(second))


def _possible(answer: Resolution) -> set[str]:
    if answer.outcome is Outcome.AMBIGUOUS:
        return {candidate.firm_id for candidate in answer.candidates}
    return {answer.firm_id} - {""}
