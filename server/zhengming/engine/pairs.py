"""Compare two names: are they names of one firm? By the table where it knows both, else by the names themselves.

By the names means the comparison and the weights of a resolution, in both directions, the better one counting; and what
a look-up leaves to the table: a short name read as a shortening of the full one, and near misses refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from rapidfuzz.distance import OSA
from zhengming.aliases.model import DecoyReason
from zhengming.engine.abbreviation import Kind, Shortening, cut_words, read_shortening
from zhengming.engine.answer import (
    ComparisonBasis,
    Evidence,
    NameComparison,
    NameRelation,
    Options,
    Outcome,
    Resolution,
)
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.catalog import Catalog
from zhengming.engine.compare import compare
from zhengming.engine.decide import agrees, points
from zhengming.engine.fold import fold, has_han, name_key, squeeze
from zhengming.engine.foreign_forms import plain_words
from zhengming.engine.grammar import Anatomy, parse, place_key
from zhengming.engine.grammar.forms import HAN_FORMS
from zhengming.engine.guard import guard, guard_folded
from zhengming.engine.identifiers import read_code
from zhengming.engine.index import Index
from zhengming.engine.policy import (
    DISTINCTIVE_BRAND,
    LONG_NAME,
    OTHER_TAIL,
    PAIR_BOTH_REGISTERED,
    PAIR_DIFFERENT,
    PAIR_FULL_NAME,
    PAIR_GENERAL,
    PAIR_GENERAL_FUNDS,
    PAIR_GENERAL_TRADES,
    PAIR_IDLE_PARTS,
    PAIR_NATIONAL,
    PAIR_OFFSET,
    PAIR_PARENT_OR_ISSUER,
    PAIR_PARTLY_DERIVED,
    PAIR_SHORTENED_GROUP,
    PAIR_SIDE_PARTS,
    PAIR_SIDE_TRADES,
    PAIR_SLIP_LETTERS,
    PAIR_THRESHOLDS,
    PAIR_WEIGHTS,
    SLIP_LETTERS,
)
from zhengming.engine.sound import is_pinyin
from zhengming.engine.weights import FITTED, Weights
from zhengming.engine.write import parts_of

_REGISTERED = tuple(form for form in HAN_FORMS if len(form) >= 4)
_ROMAN = re.compile(r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})")
_ADMINISTRATIVE = re.compile(r"(..?.?)[省市县](?=.)")
_NATION = frozenset(("中国", "中华"))


_ORGANISATIONS = frozenset(
    (
        DecoyReason.FOREIGN_FIRM,
        DecoyReason.TAIWAN_GROUP,
        DecoyReason.HONG_KONG_GROUP,
        DecoyReason.PUBLIC_BODY,
        DecoyReason.UNIVERSITY,
    )
)
_KNOWN = 0.99
"""Confidence that two names recorded under one label are names of it."""
_MANY = 20
"""Candidates that are asked for, to see whether two answers share one."""

PAIRS = Weights(PAIR_OFFSET, {**FITTED.by_code, **PAIR_WEIGHTS}, FITTED.slip)
"""The weights of a resolution, and where comparing two names differs."""


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
        """Hold a trade that only the unknown one of two names has against all names of the known one's firm.

        奇瑞 is called 奇瑞汽车 in the table, 恒大 is never called 恒大乳业: a business of which no name of a firm speaks is
        another firm's.
        """
        if all(piece.code is not E.TRADE_MISSING for piece in read.evidence):
            return read
        firms = [answer.firm_id for answer in answers]
        if bool(firms[0]) == bool(firms[1]):
            return read
        known, unknown = texts if firms[0] else texts[::-1]
        if _trades(known):
            return read
        row = self._index.firm_row(firms[0] or firms[1])
        names = () if row is None else self._catalog.names_of(row)
        spoken_of = frozenset[str]().union(*(_trades(self._index.text(name)) for name in names))
        if _trades(unknown) - PAIR_GENERAL_TRADES <= spoken_of:
            return read
        kept = tuple(piece for piece in read.evidence if piece.code is not E.TRADE_MISSING)
        return _reading(kept + self._weights.evidence(E.TRADE_DIFFERS), read.second_is_form)

    def _top(self, firm_id: str) -> int:
        row = self._index.firm_row(firm_id)
        return -1 if row is None else self._index.top(row)


def _trades(text: str) -> frozenset[str]:
    return frozenset(word for kind, word in cut_words(_inner_plain(parse(text).core)) if kind is Kind.TRADE)


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


class Reading(NamedTuple):
    """One name read as a form of the other."""

    evidence: tuple[Evidence, ...]
    second_is_form: bool
    agrees: bool
    total: float


def compare_texts(first: str, second: str, holders: Callable[[str], int], weights: Weights) -> Reading:
    """Return the best reading of one name as a form of the other. `holders`: brand → how many groups carry it."""
    if equal := _equal(first, second, weights):
        return _reading(equal, False)
    one, other = parse(first), parse(second)
    readings = [
        *_readings(one, other, False, holders, weights),
        *_readings(other, one, True, holders, weights),
    ]
    if not has_han(one.core) and not has_han(other.core):
        readings += [_reading(found, False) for found in _latin(first, second, weights)]
        if _numerals(first) != _numerals(second):
            readings = [_reading(one.evidence + weights.evidence(E.NUMBER_DIFFERS), False) for one in readings]
    return max(readings, key=lambda reading: (reading.agrees, reading.total))


def _reading(evidence: tuple[Evidence, ...], second_is_form: bool) -> Reading:
    return Reading(evidence, second_is_form, agrees(evidence), points(evidence))


def _equal(first: str, second: str, weights: Weights) -> tuple[Evidence, ...]:
    if first == second:
        return weights.evidence(E.TEXT_EQUAL)
    if not name_key(first) or name_key(first) != name_key(second):
        return ()
    same_script = _habits(first) == _habits(second)
    return weights.evidence(E.FOLDED_EQUAL if same_script else E.SCRIPT_FOLDED)


def _habits(text: str) -> str:
    return squeeze(unicodedata.normalize("NFKC", text).casefold())


def _readings(
    form: Anatomy, name: Anatomy, turned: bool, holders: Callable[[str], int], weights: Weights
) -> Iterator[Reading]:
    """Yield the ways to read `form` as a form of `name`."""
    branch = weights.evidence(E.BRANCH) if form.branch != name.branch else ()
    if has_han(name.core):
        derived = _derived(_inner_plain(form.core), _inner_plain(name.core), form, name, weights)
        if derived:
            yield _reading(derived + branch, turned)
        if form.branch or name.branch:
            whole = _derived(_inner_plain(squeeze(form.text)), _inner_plain(squeeze(name.text)), form, name, weights)
            if whole:
                yield _reading(whole, turned)
        if derived:
            return
    found = compare(form, name, holders(name.brand) if name.brand else 1, weights)
    yield _reading(_refuse_near_misses(found, form, name, weights) + branch, turned)


def _refuse_near_misses(
    found: tuple[Evidence, ...], form: Anatomy, name: Anatomy, weights: Weights
) -> tuple[Evidence, ...]:
    """Hold against two names what one look at both shows: 双利 and 双柳, 拓搏 and 拓博 are two firms."""
    codes = {piece.code for piece in found}
    if len(name.core) >= LONG_NAME and sorted(form.core) == sorted(name.core):
        # Two characters swapped in a long name are a slip of the pen: 焦煤集团, 煤焦集团.
        return found
    han = has_han(name.brand) and has_han(form.brand)
    short = min(len(form.brand), len(name.brand)) <= 2
    if han and (E.BRAND_SIMILAR in codes or (E.PINYIN_EQUAL_HAN_DIFFERS in codes and short)):
        return found + weights.evidence(E.BRAND_CONTRADICTS)
    return found


def _derived(short: str, long: str, form: Anatomy, name: Anatomy, weights: Weights) -> tuple[Evidence, ...]:
    """Return the evidence that one Chinese name is a shortening of another, empty when it is none."""
    if short == long:
        more = PAIR_PARENT_OR_ISSUER if _is_parent_and_issuer(form, name) else 0.0
        return (*weights.evidence(E.CORE_EQUAL), _weighed(E.LEGAL_FORM_DIFFERS, more, weights))
    read = read_shortening(short, long)
    if read is None or not read.keeps_identity:
        return ()
    registered = (_is_registered(form), _is_registered(name))
    found = [_kept(read, weights)]
    if _names_another(read, long):
        found += weights.evidence(E.BRAND_CONTAINED)
    if places := read.left(Kind.PLACE):
        more = PAIR_NATIONAL if set(places) <= _NATION else PAIR_FULL_NAME if registered == (False, True) else 0.0
        found.append(_weighed(E.PLACE_MISSING, more, weights))
    if read.left(Kind.TAIL_PLACE):
        found += weights.evidence(E.PLACE_ADDED)
    if not read.sampled:
        found += _left_trades(read, all(registered) and bool(form.trades), weights)
    if groups := read.left(Kind.GROUP):
        found.append(_weighed(E.GROUP_WORD_DIFFERS, _left_group(groups, form, registered, read), weights))
    if form.legal_form != name.legal_form:
        found += weights.evidence(E.LEGAL_FORM_DIFFERS)
    return tuple(found)


def _is_parent_and_issuer(form: Anatomy, name: Anatomy) -> bool:
    """Tell whether only 股份 parts two groups: a parent and its issuer (东风汽车集团), or one firm before and after listing."""
    return form.group and {form.legal_form, name.legal_form} == {"有限公司", "股份有限公司"}


def _kept(read: Shortening, weights: Weights) -> Evidence:
    if read.sampled:
        partly = not read.complete or not read.from_start
        return _weighed(E.ABBREVIATION_DERIVED, PAIR_PARTLY_DERIVED if partly else 0.0, weights)
    kept = sum(len(word.places) for word in read.words if word.kind is Kind.BRAND)
    return _weighed(E.BRAND_EQUAL, DISTINCTIVE_BRAND if kept > 2 else 0.0, weights)


def _left_trades(read: Shortening, both_full: bool, weights: Weights) -> tuple[Evidence, ...]:
    left, cut = read.left(Kind.TRADE), read.cut(Kind.TRADE)
    if not left and not cut:
        return ()
    telling = set(left) & (PAIR_SIDE_TRADES - PAIR_GENERAL_FUNDS if both_full else PAIR_SIDE_TRADES)
    if telling or not PAIR_SIDE_PARTS.isdisjoint(cut):
        return weights.evidence(E.TRADE_DIFFERS)
    general = both_full or PAIR_GENERAL_TRADES.issuperset(left + cut)
    return (_weighed(E.TRADE_MISSING, PAIR_GENERAL if general else 0.0, weights),)


def _left_group(groups: list[str], form: Anatomy, registered: tuple[bool, bool], read: Shortening) -> float:
    """Return what the missing group word weighs more or less than alone."""
    if form.legal_form == "股份":
        return OTHER_TAIL
    if read.sampled:
        return PAIR_SHORTENED_GROUP
    if all(registered) or set(groups) == {"控股"}:
        return PAIR_BOTH_REGISTERED
    return 0.0


def _names_another(read: Shortening, long: str) -> bool:
    """Tell whether the long name has a distinctive part that the short one lacks."""
    parts = [part for kind in (Kind.BRAND, Kind.UNIT) for part in read.left(kind) + read.cut(kind)]
    return any(_tells_apart(part, long) for part in parts) or (read.sampled and read.skips_inside)


def _tells_apart(part: str, long: str) -> bool:
    """Tell whether a part that is left out names somebody else.

    An administrative word, a group word inside (国家电投集团远达环保), a 网 behind and a part written twice do not.
    """
    return not (part in PAIR_IDLE_PARTS or part + part in long)


def _weighed(code: E, more: float, weights: Weights) -> Evidence:
    return Evidence(code, round(weights.by_code[code] + more, 4))


def _is_registered(anatomy: Anatomy) -> bool:
    return anatomy.legal_form.endswith("有限公司") or anatomy.legal_form.endswith("有限责任公司")


def _inner_plain(core: str) -> str:
    """Return a core without the legal forms that stand inside it, before a branch: 招商证券股份有限公司某某营业部."""
    for form in _REGISTERED:
        core = core.replace(form, "")
    return _ADMINISTRATIVE.sub(_without_suffix, core.removesuffix("责任"))


def _without_suffix(found: re.Match[str]) -> str:
    """Drop 省, 市 or 县 behind a place that is known without it: one writer says 济南市, another 济南."""
    place = found[1]
    return place if place_key(place[-2:]) or place_key(place[-3:]) else found[0]


def _latin(first: str, second: str, weights: Weights) -> Iterator[tuple[Evidence, ...]]:
    """Yield what is left to say of two Latin names once all legal forms are set aside: equal, or one slip apart."""
    one, other = plain_words(first), plain_words(second)
    if not one or not other:
        return
    if "".join(one) == "".join(other):
        yield weights.evidence(E.CORE_EQUAL, E.LEGAL_FORM_DIFFERS)
        return
    if len(one) != len(other):
        joined = "".join(one), "".join(other)
        if min(map(len, joined)) >= SLIP_LETTERS and _is_slip(*joined):
            yield weights.evidence(E.BRAND_SIMILAR, E.EDIT_1)
        return
    brands = parse(first).brand_words, parse(second).brand_words
    syllables = all(map(is_pinyin, brands[0] + brands[1]))
    framed = min(map(len, brands)) >= 2
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if not syllables and len(differing) <= 2 and all(_is_slip(a, b, framed) for a, b in differing):
        yield weights.evidence(E.BRAND_SIMILAR, E.EDIT_1 if len(differing) == 1 else E.EDIT_2)


def _is_slip(one: str, other: str, framed: bool = False) -> bool:
    """Tell whether two words differ as by a slip of the fingers. `framed`: another word of the brand stands beside them."""
    shorter = min(len(one), len(other))
    if shorter < PAIR_SLIP_LETTERS - framed or not (one.isalpha() and other.isalpha()):
        return False
    return OSA.distance(one, other) <= (2 if shorter >= SLIP_LETTERS and one[0] == other[0] else 1)


def _numerals(text: str) -> list[str]:
    """Return the Roman numerals of a Latin name: Fund VIII is not Fund IX."""
    return [word for word in plain_words(text) if _ROMAN.fullmatch(word)]
