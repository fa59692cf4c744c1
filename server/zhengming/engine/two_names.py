"""Two names by themselves: the best reading of one as a form of the other.

That is the comparison and the weights of a resolution, in both directions, the better one counting; and what a look-up
leaves to the table: a short name read as a shortening of the full one, and near misses refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from rapidfuzz.distance import OSA
from zhengming.engine.abbreviation import Kind, Shortening, read_shortening
from zhengming.engine.answer import Evidence
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.compare import compare
from zhengming.engine.decide import agrees, points
from zhengming.engine.fold import has_han, name_key, squeeze
from zhengming.engine.foreign_forms import plain_words
from zhengming.engine.full_names import difference, owner_in_front
from zhengming.engine.grammar import Anatomy, parse, place_key
from zhengming.engine.grammar.forms import HAN_FORMS
from zhengming.engine.policy import (
    DISTINCTIVE_BRAND,
    LONG_NAME,
    OTHER_TAIL,
    PAIR_BOTH_REGISTERED,
    PAIR_FULL_NAME,
    PAIR_GENERAL,
    PAIR_GENERAL_FUNDS,
    PAIR_GENERAL_TRADES,
    PAIR_IDLE_PARTS,
    PAIR_LONG_BRAND,
    PAIR_NATIONAL,
    PAIR_OFFSET,
    PAIR_PARENT_OR_ISSUER,
    PAIR_PARTLY_DERIVED,
    PAIR_SHORTENED_GROUP,
    PAIR_SIDE_PARTS,
    PAIR_SIDE_TRADES,
    PAIR_SLIP_LETTERS,
    PAIR_TELLING_BRAND,
    PAIR_WEIGHTS,
    SLIP_LETTERS,
)
from zhengming.engine.sound import is_pinyin
from zhengming.engine.weights import FITTED, Weights

_REGISTERED = tuple(form for form in HAN_FORMS if len(form) >= 4)
_ROMAN = re.compile(r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})")
_ADMINISTRATIVE = re.compile(r"(..?.?)[省市县](?=.)")
_SAME_FORMS = (("有限合伙人", "有限合伙"), ("合作联社", "合作社"))
"""A legal form as some write it, and as it is registered; a credit union that became a union of them."""
_NATION = frozenset(("中国", "中华"))

PAIRS = Weights(PAIR_OFFSET, {**FITTED.by_code, **PAIR_WEIGHTS}, FITTED.slip)
"""The weights of a resolution, and where comparing two names differs."""


class Reading(NamedTuple):
    """One name read as a form of the other."""

    evidence: tuple[Evidence, ...]
    second_is_form: bool
    agrees: bool
    total: float


def compare_texts(first: str, second: str, holders: Callable[[str], int], weights: Weights) -> Reading:
    """Return the best reading of one name as a form of the other. `holders`: brand → how many groups carry it."""
    if equal := _equal(first, second, weights):
        return reading_of(equal, False)
    one, other = parse(first), parse(second)
    readings = [
        *_readings(one, other, False, holders, weights),
        *_readings(other, one, True, holders, weights),
    ]
    if not has_han(one.core) and not has_han(other.core):
        readings += [reading_of(found, False) for found in _latin(first, second, weights)]
        if _numerals(first) != _numerals(second):
            readings = [reading_of(one.evidence + weights.evidence(E.NUMBER_DIFFERS), False) for one in readings]
    return max(readings, key=lambda reading: (reading.agrees, reading.total))


def reading_of(evidence: tuple[Evidence, ...], second_is_form: bool) -> Reading:
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
        if (
            is_registered(form)
            and is_registered(name)
            and (apart := difference(inner_plain(form.core), inner_plain(name.core)))
        ):
            yield reading_of(tuple(_weighed(code, more, weights) for code, more in apart) + branch, turned)
        derived = _derived(inner_plain(form.core), inner_plain(name.core), form, name, weights)
        if derived:
            yield reading_of(derived + branch, turned)
        if form.branch or name.branch:
            whole = _derived(inner_plain(squeeze(form.text)), inner_plain(squeeze(name.text)), form, name, weights)
            if whole:
                yield reading_of(whole, turned)
        if derived:
            return
    found = compare(form, name, holders(name.brand) if name.brand else 1, weights)
    yield reading_of(_refuse_near_misses(found, form, name, weights) + branch, turned)


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
    registered = (is_registered(form), is_registered(name))
    found = [_kept(read, weights)]
    if _names_another(read, long):
        if registered[1] and (owner_in_front(read.words) or (not registered[0] and is_taken_from_brand(read))):
            return (_weighed(E.ABBREVIATION_DERIVED, PAIR_PARTLY_DERIVED, weights),)
        if registered != (False, True) or not is_business_behind(read):
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
    left, cut = read.left(Kind.TRADE), read.cut(Kind.TRADE) + read.cut(Kind.BRAND)
    if not left and not cut:
        return ()
    side = PAIR_SIDE_TRADES - PAIR_GENERAL_FUNDS if both_full else PAIR_SIDE_TRADES
    telling = side.intersection(left_behind(read))
    brand = sum(len(word.text) for word in read.words if word.kind is Kind.BRAND)
    if telling or not (PAIR_SIDE_PARTS.isdisjoint(cut) or (both_full and brand >= PAIR_LONG_BRAND)):
        return weights.evidence(E.TRADE_DIFFERS)
    general = both_full or PAIR_GENERAL_TRADES.issuperset(left + cut)
    return (_weighed(E.TRADE_MISSING, PAIR_GENERAL if general else 0.0, weights),)


def left_behind(read: Shortening) -> list[str]:
    """Return the trades that are left out with no kept one behind them.

    百利科技 leaves 工程 of 百利工程科技 out and means the same business; 服务 behind 技术 would be another.
    """
    last = max((place for place, word in enumerate(read.words) if word.kind is Kind.TRADE and word.places), default=-1)
    return [word.text for word in read.words[last + 1 :] if word.kind is Kind.TRADE]


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
    # 观前支行 and 苏州观前支行: a branch with and without its city.
    cities = {part for part in read.cut(Kind.UNIT) if place_key(part)}
    return any(_tells_apart(part, long) for part in parts if part not in cities) or (read.sampled and read.skips_inside)


def is_business_behind(read: Shortening) -> bool:
    """Tell whether what a full name has behind the brand can be its business in words that we do not know: 探路者户外用品.

    A brand of two characters is shared by too many (中远, 中远海运) unless a business is kept behind it (颖泰生物 of
    颖泰嘉和生物科技); behind 集团 stands a member.
    """
    kept = [word for word in read.words if word.places and word.kind is not Kind.PLACE]
    brand, behind = kept[0], kept[1:]
    if brand.kind is not Kind.BRAND or not brand.beside or brand.places[0] or "集团" in brand.text:
        return False
    if not behind:
        return len(brand.places) >= PAIR_TELLING_BRAND
    trades = {word.text for word in behind}
    return all(word.kind is Kind.TRADE for word in behind) and not trades <= PAIR_GENERAL_TRADES


def is_taken_from_brand(read: Shortening) -> bool:
    """Tell whether a short name is two words of what a full name has in the brand's place: 豫园商城 of 豫园旅游商城."""
    kept = [word for word in read.words if word.places and word.kind is not Kind.PLACE]
    places = kept[0].places
    runs = [len(run) for run in _runs(places)]
    return len(kept) == 1 and kept[0].kind is Kind.BRAND and not places[0] and len(runs) == 2 and min(runs) >= 2


def _runs(places: tuple[int, ...]) -> list[list[int]]:
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _tells_apart(part: str, long: str) -> bool:
    """Tell whether a part that is left out names somebody else.

    An administrative word, a group word inside (国家电投集团远达环保), a 网 behind and a part written twice do not.
    """
    return not (part in PAIR_IDLE_PARTS or part + part in long)


def _weighed(code: E, more: float, weights: Weights) -> Evidence:
    return Evidence(code, round(weights.by_code[code] + more, 4))


def is_registered(anatomy: Anatomy) -> bool:
    """Tell whether a name ends as registered ones do: 有限公司, 有限责任公司."""
    return anatomy.legal_form.endswith("有限公司") or anatomy.legal_form.endswith("有限责任公司")


def inner_plain(core: str) -> str:
    """Return a core without the legal forms that stand inside it, before a branch: 招商证券股份有限公司某某营业部."""
    for written, meant in _SAME_FORMS:
        core = core.replace(written, meant)
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
