"""Compare a query with a name, part by part: which reasons speak for one firm and which against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import log2

from rapidfuzz.distance import OSA, Levenshtein
from zhengming.engine.answer import Evidence
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.fold import has_han, is_han, squeeze
from zhengming.engine.grammar import Anatomy
from zhengming.engine.grammar.forms import FOREIGN_FORMS
from zhengming.engine.grammar.places import REGIONS
from zhengming.engine.grammar.trades import LATIN_OTHER_READINGS
from zhengming.engine.policy import (
    ALIGNABLE_EDITS,
    ALIGNABLE_SHARE,
    BARE_BRAND,
    BRAND_EDITS,
    COMMON_BRAND,
    DISTINCTIVE_BRAND,
    FIRST_TRADE,
    FULL_NAME_TRADE,
    GENERAL_TRADE,
    GENERAL_TRADES,
    LONG_BRAND,
    LONG_NAME,
    LONG_TYPED,
    MIN_TRUNCATED_HAN,
    MIN_TRUNCATED_LATIN,
    MORE_HOMOPHONES,
    NATIONAL_NAME,
    NATIONAL_WORDS,
    ONE_WORD,
    OTHER_TAIL,
    SHORT_BRAND,
    SHORT_CORE,
    SISTER_PLACE,
    SLIP_LETTERS,
    UNIT_TRADES,
)
from zhengming.engine.slip import Slip, Usage, read_slip
from zhengming.engine.sound import sound, sounds
from zhengming.engine.weights import Weights

_DOUBLED = re.compile(r"(.)\1+")
_SPOKEN_FORMS = frozenset(("", "公司", "有限", "股份"))
"""What people say for a legal form, none that is registered: 东风公司 and 东风有限 are short names as 东风股份 is."""
_REMEMBERED = 1 << 14
"""Names whose small properties are kept; a name is compared many times in its life."""


def compare(
    query: Anatomy,
    name: Anatomy,
    brand_holders: int,
    weights: Weights,
    usage: Usage | None = None,
    sounds_alike: bool | None = None,
) -> tuple[Evidence, ...]:
    """Return the evidence for `query` being a form of `name`, whose brand so many groups carry.

    `usage` tells how names of the table use characters, by which slips in Chinese names are weighed. Without it (two
    names are compared with each other) they are weighed as any other edit. `sounds_alike`: what `do_sound_alike` says of
    the two, where that is known from an index.
    """
    if usage is not None and _may_be_slip(query, name) and (slip := read_slip(query, name, usage)):
        return _slipped(query, name, slip, weights)
    if sounds_alike is None:
        sounds_alike = do_sound_alike(query, name)
    found: list[Evidence] = []
    for code, more, query_span, name_span in _evidence(query, name, brand_holders, sounds_alike):
        if more or query_span or name_span:
            found.append(Evidence(code, round(more + weights.by_code[code], 4), query_span, name_span))
        else:
            found += weights.plain[code]
    return tuple(found)


def _evidence(query: Anatomy, name: Anatomy, brand_holders: int, sounds_alike: bool) -> Iterator[Evidence]:
    if not query.brand and not name.brand:
        yield from _compare_brandless(query, name)
        return
    if query.core == name.core or _same_parts(query, name):
        # "GREE, Inc." and "Horizon Inc." are strangers' full names, though Gree and Horizon are short names of ours.
        stranger = is_bare_latin(query) and bool(query.legal_form) and not name.legal_form
        yield Evidence(E.CORE_EQUAL, BARE_BRAND if stranger else 0.0)
        if query.core != name.core:
            yield _plain(E.ORDER_DIFFERS)
        yield from _compare_rest(query, name)
        return
    if sounds_alike:
        # Letters typed in pinyin have no trades or places of their own to hold against the name's.
        code = E.PINYIN_EQUAL_HAN_DIFFERS if has_han(query.core) else E.PINYIN_TYPED
        yield from _homophone(code, query, name, brand_holders)
        if _is_foreign(query, name):
            yield _plain(E.LEGAL_FORM_FOREIGN)
        return
    if _is_cut(query, name):
        yield _brand(E.BRAND_EQUAL, query, name, brand_holders)
        yield _plain(E.TRUNCATED)
        yield from _compare_places(query, name)
        yield from _compare_numbers(query, name)
        return
    edits = OSA.distance(query.core, name.core, score_cutoff=ALIGNABLE_EDITS)
    if edits <= ALIGNABLE_EDITS and edits <= ALIGNABLE_SHARE * max(len(query.core), len(name.core)):
        yield from _compare_aligned(query, name, edits, brand_holders)
    else:
        yield from _compare_brands(query, name, brand_holders)
    if query.places or name.places:
        yield from _compare_places(query, name)
    if query.trades or name.trades:
        yield from _compare_trades(query, name)
    yield from _compare_rest(query, name)


def _may_be_slip(query: Anatomy, name: Anatomy) -> bool:
    if query.brand == name.brand or "latin" in (query.script, name.script):
        # `read_slip` finds none either.
        return False
    return has_han(name.core) and has_han(query.core) and query.core != name.core


def _slipped(query: Anatomy, name: Anatomy, slip: Slip, weights: Weights) -> tuple[Evidence, ...]:
    """Return what a slip of one character says. Its weights make the whole of the log-odds: no other offset, no length."""
    told: list[tuple[E, float]] = []
    for code, holds, features in (
        (E.PINYIN_EQUAL_HAN_DIFFERS, slip.same_sound, ("same_sound",)),
        (E.SOUND_NEAR, slip.near_sound, ("near_sound",)),
        (E.SHAPE_SIMILAR, slip.look_alike, ("likeness",)),
    ):
        if holds:
            told.append((code, sum(weights.slip[name] * value for name, value in slip.features if name in features)))
    rest = slip.weigh(weights.slip) - weights.offset - sum(weight for _, weight in told)
    found = [Evidence(code, round(weight, 4)) for code, weight in ((E.CHARACTER_SLIPPED, rest), *told)]
    if query.places and name.places:
        found += [
            weights.evidence(piece.code)[0] for piece in _compare_places(query, name) if piece.code is E.PLACE_MISMATCH
        ]
    beside = [*_compare_numbers(query, name)]
    if not slip.whole:
        beside += [*_compare_tails(query, name), *_compare_form(query, name)]
    for piece in beside:
        found.append(Evidence(piece.code, round(piece.contribution + weights.by_code[piece.code], 4)))
    return tuple(found)


def do_sound_alike(query: Anatomy, name: Anatomy) -> bool:
    """Tell whether a query sounds like a Chinese name, whole or without legal form (`Index.sounding_like`)."""
    if not has_han(name.core):
        return False
    asked = {sound(query.core), sound(squeeze(query.text))}
    return not asked.isdisjoint(sounds(name.core)) or not asked.isdisjoint(sounds(squeeze(name.text)))


def _is_cut(query: Anatomy, name: Anatomy) -> bool:
    """Tell whether a query is a name cut in the middle of a word; cut between words it is a shorter name of its own."""
    begins = name.core.startswith(query.core) and name.brand in query.core and query.brand != name.brand
    return begins and len(query.core) >= (MIN_TRUNCATED_HAN if has_han(query.core) else MIN_TRUNCATED_LATIN)


def _compare_brandless(query: Anatomy, name: Anatomy) -> Iterator[Evidence]:
    """Names without a brand (Semiconductor Manufacturing International) agree as wholes or not at all."""
    if query.core == name.core or (len(query.trades) >= 3 and _same_parts(query, name)):
        yield _plain(E.CORE_EQUAL)
    elif len(query.trades) >= 3 and query.trades == name.trades:
        yield _plain(E.BRAND_EQUAL)
        yield _plain(E.TRADE_EQUAL)
        yield from _compare_places(query, name)
    else:
        yield _plain(E.ONLY_GENERIC_SHARED)


def _compare_aligned(query: Anatomy, name: Anatomy, edits: int, brand_holders: int) -> Iterator[Evidence]:
    """The texts differ in few places: do those places lie in the brand?"""
    in_brand = _edits_in_brand(query, name, edits)
    if in_brand == 0 and _spoils_place(query, name):
        yield _plain(E.BRAND_CONTAINED)
    elif in_brand == 0:
        yield _brand(E.BRAND_EQUAL, query, name, brand_holders)
        if edits > allowed_edits(name.core):
            # 三一重能 and 三一重工: in a short name the rest is identity too, not a slip of the pen.
            yield _plain(E.TRADE_DIFFERS)
    elif in_brand <= allowed_edits(name.brand) and not _is_other_name(query.core, name.core, name.brand, edits):
        yield _similar(name, brand_holders)
    elif _contains(query, name):
        yield _plain(E.BRAND_CONTAINED)
    else:
        yield _plain(E.BRAND_CONTRADICTS)
    yield _plain((E.EDIT_1, E.EDIT_2, E.EDIT_MANY)[min(edits, 3) - 1])


def _compare_brands(query: Anatomy, name: Anatomy, brand_holders: int) -> Iterator[Evidence]:
    if query.brand == name.brand:
        yield _brand(E.BRAND_EQUAL, query, name, brand_holders)
    elif query.brand and name.brand and _same_sound(query.brand, name.brand):
        yield from _homophone(E.PINYIN_EQUAL_HAN_DIFFERS, query, name, brand_holders)
    elif _contains(query, name):
        yield _plain(E.BRAND_CONTAINED)
    elif (
        query.brand
        and (edits := OSA.distance(query.brand, name.brand)) <= allowed_edits(name.brand)
        and not _is_other_name(query.brand, name.brand, name.brand, edits)
    ):
        yield _similar(name, brand_holders)
    else:
        yield _plain(E.BRAND_CONTRADICTS)


def _compare_places(query: Anatomy, name: Anatomy) -> Iterator[Evidence]:
    if query.places and name.places:
        asked, held = set(query.places), set(name.places)
        # Shanghai Pudong is in Shanghai; Shanghai Fudan Microelectronics (Hong Kong) is a subsidiary.
        if asked <= held:
            near = _in_regions_of(asked, held - asked - {"china"})
            yield _plain(E.PLACE_EQUAL) if near else Evidence(E.PLACE_MISSING, SISTER_PLACE)
        elif held <= asked:
            yield _plain(E.PLACE_EQUAL if _in_regions_of(held, asked - held) else E.PLACE_ADDED)
        else:
            yield _plain(E.PLACE_MISMATCH)
    elif query.places and (query.brand == name.brand or set(query.places) != {"china"}):
        yield _plain(E.PLACE_ADDED)
    elif name.places:
        national = name.places == ("china",) and name.script == "latin" and NATIONAL_WORDS.issuperset(name.brand_words)
        yield Evidence(E.PLACE_MISSING, NATIONAL_NAME if national else 0.0)


def _in_regions_of(places: set[str], others: set[str]) -> bool:
    return {REGIONS[place] for place in others} <= {REGIONS[place] for place in places}


def _compare_trades(query: Anatomy, name: Anatomy) -> Iterator[Evidence]:
    asked, held = set(query.trades), set(name.trades)
    for word, (read, other) in LATIN_OTHER_READINGS.items():
        # A word read as the other trade's is no contradiction.
        if other in held - asked and word in query.text and word in query.text.split():
            asked = asked - {read} | {other}
    if asked == held:
        if asked:
            yield _plain(E.TRADE_EQUAL)
    elif asked <= held or (held <= asked and asked - held <= GENERAL_TRADES):
        # Who writes the legal form writes the name in full: Country Garden Holdings Ltd. is not Country Garden Services.
        if held - asked <= GENERAL_TRADES:
            yield Evidence(E.TRADE_MISSING, GENERAL_TRADE)
        elif query.legal_form and name.legal_form:
            yield Evidence(E.TRADE_MISSING, FULL_NAME_TRADE)
        else:
            yield Evidence(E.TRADE_MISSING, FIRST_TRADE if _begins_with_trade(query, name) else 0.0)
    elif held <= asked:
        yield _plain(E.TRADE_ADDED)
    else:
        yield _plain(E.TRADE_DIFFERS)


def _compare_rest(query: Anatomy, name: Anatomy) -> Iterator[Evidence]:
    """Compare what most names have alike."""
    yield from _compare_numbers(query, name)
    if query.tails != name.tails:
        yield from _compare_tails(query, name)
    if query.legal_form != name.legal_form:
        yield from _compare_form(query, name)


def _begins_with_trade(query: Anatomy, name: Anatomy) -> bool:
    """Tell whether a Latin name is left off behind one of its trades: Suzhou TFC Optical (Communication)."""
    if not query.trades or query.script != "latin" or not name.core.startswith(query.core):
        return False
    return UNIT_TRADES.isdisjoint(set(name.trades) - set(query.trades))


def _compare_numbers(query: Anatomy, name: Anatomy) -> Iterator[Evidence]:
    if query.numbers != name.numbers:
        yield _plain(E.NUMBER_DIFFERS)


def _compare_tails(query: Anatomy, name: Anatomy) -> Iterator[Evidence]:
    """Hold 集团, 控股 and 股份 against each other: 太极股份 and 太极集团 are strangers."""
    asked, held = query.tails, name.tails
    if name.text.endswith("股份有限公司"):
        asked -= {"股份"}
    if asked == held:
        return
    if asked - held - {"股份"}:
        yield _plain(E.GROUP_WORD_ADDED)
        return
    is_short_name = len(name.core) <= SHORT_CORE and name.legal_form in _SPOKEN_FORMS
    stated = bool(asked and held) or (is_short_name and "股份" in asked | held)
    yield Evidence(E.GROUP_WORD_DIFFERS, OTHER_TAIL if stated and has_han(name.core) else 0.0)


def _compare_form(query: Anatomy, name: Anatomy) -> Iterator[Evidence]:
    if query.group and {query.legal_form, name.legal_form} == {"有限公司", "股份有限公司"}:
        # 东风汽车集团有限公司 is the parent of 东风汽车集团股份有限公司.
        yield _plain(E.GROUP_WORD_ADDED)
    if query.legal_form != name.legal_form:
        yield _plain(E.LEGAL_FORM_FOREIGN if _is_foreign(query, name) else E.LEGAL_FORM_DIFFERS)


def _is_foreign(query: Anatomy, name: Anatomy) -> bool:
    """Tell whether a query has a legal form that no firm of the mainland has and that the name does not have."""
    return bool(query.legal_form) and _has_foreign_form(query.legal_form, name.legal_form)


@lru_cache(_REMEMBERED)
def _has_foreign_form(asked: str, held: str) -> bool:
    return not FOREIGN_FORMS.intersection(asked.split()) <= set(held.split())


@lru_cache(_REMEMBERED)
def allowed_edits(brand: str) -> int:
    """Return how many edits a brand may be off and still be similar (`policy.BRAND_EDITS`)."""
    han = 0 if brand.isascii() else sum(map(is_han, brand))
    for most_han, most_letters, edits in BRAND_EDITS:
        if (han and han <= most_han) or (not han and len(brand) <= most_letters):
            return edits
    return 0


def is_bare_latin(anatomy: Anatomy) -> bool:
    """Tell whether a name is one short Latin word and nothing else but its legal form."""
    return anatomy.script == "latin" and anatomy.core == anatomy.brand and len(anatomy.brand) <= ONE_WORD


@lru_cache(_REMEMBERED)
def is_short_brand(brand: str) -> bool:
    """Tell whether a brand is so short that many others sound or look like it."""
    han = sum(map(is_han, brand))
    return han <= 2 if han else len(brand) <= 4


@lru_cache(_REMEMBERED)
def is_long_core(core: str) -> bool:
    """Tell whether a core is so long that a name near it is hardly ever another firm's."""
    han = sum(map(is_han, core))
    return han >= 4 if han else len(core) >= 9


def _is_other_name(asked: str, held: str, brand: str, edits: int) -> bool:
    """Tell whether an edit in Latin letters makes another name rather than a slip of the fingers.

    Hengyi and Hengli, Tuoxin and Luoxin are two firms: another letter is mostly another syllable. Swapped letters
    (Hauwei) and doubled ones are slips anywhere; a letter lost or added is one in brands of nine letters and more,
    behind the first.
    """
    if has_han(held) or edits != 1 or sorted(asked) == sorted(held) or _undoubled(asked) == _undoubled(held):
        return False
    return len(asked) == len(held) or asked[:1] != held[:1] or len(brand) < SLIP_LETTERS


def _undoubled(text: str) -> str:
    return _DOUBLED.sub(r"\1", text)


def _edits_in_brand(query: Anatomy, name: Anatomy, edits: int) -> int:
    start = name.core.find(name.brand) if name.brand else -1
    if start < 0 or name.core == name.brand:
        return edits
    end = start + len(name.brand)
    touched = sum(
        start <= operation.dest_pos < end or (operation.tag == "delete" and start < operation.dest_pos <= end)
        for operation in Levenshtein.editops(query.core, name.core)
    )
    return min(touched, edits)


def _spoils_place(query: Anatomy, name: Anatomy) -> bool:
    """Tell whether what should be the place of a Chinese name is more of the query's brand: 中新|时代 is not 中国|新时代.

    A slip of the pen in a place is read before (`slip`); what is left are other characters that are meant.
    """
    return has_han(name.core) and not set(name.places) <= set(query.places) and query.brand != name.brand


def _contains(query: Anatomy, name: Anatomy) -> bool:
    if not query.brand or not name.brand:
        return False
    if query.script == "latin" or name.script == "latin":
        asked, held = set(query.brand_words), set(name.brand_words)
        return asked <= held or held <= asked
    return min(len(query.brand), len(name.brand)) >= 2 and (query.brand in name.brand or name.brand in query.brand)


def _same_sound(first: str, second: str) -> bool:
    return has_han(second) and sound(first) == sound(second)


def _same_parts(query: Anatomy, name: Anatomy) -> bool:
    return (
        query.brand == name.brand
        and query.tails == name.tails
        and sorted(query.trades) == sorted(name.trades)
        and sorted(query.places) == sorted(name.places)
    )


def _brand(code: E, query: Anatomy, name: Anatomy, brand_holders: int) -> Evidence:
    distinctive = not is_short_brand(name.brand)
    bare = query.core == query.brand and (query.script == "latin" or not distinctive)
    by_length = BARE_BRAND if bare else DISTINCTIVE_BRAND if distinctive else 0.0
    weight = by_length + _commonness(name, brand_holders)
    return Evidence(code, weight, _span(query), _span(name))


def _commonness(name: Anatomy, brand_holders: int) -> float:
    """Return what it costs that others carry the brand too; nothing for a name that is its firm's brand itself."""
    return 0.0 if name.core == name.brand else COMMON_BRAND * log2(max(brand_holders, 1))


def _homophone(code: E, query: Anatomy, name: Anatomy, brand_holders: int) -> Iterator[Evidence]:
    """Weigh equal sound: by the length of what sounds equal, and against a short brand that only sounds so."""
    whole = LONG_NAME if code is E.PINYIN_EQUAL_HAN_DIFFERS else LONG_TYPED
    framed = len(name.core) >= whole or bool(set(query.places) & set(name.places) - {"china"})
    exposed = is_short_brand(name.brand) and not framed
    sounding = _sounding(code, name, brand_holders, exposed)
    if code is E.PINYIN_EQUAL_HAN_DIFFERS and len(query.core) == len(name.core) < LONG_NAME:
        other = sum(asked != held for asked, held in zip(query.core, name.core, strict=True))
        sounding = sounding._replace(contribution=sounding.contribution + MORE_HOMOPHONES * max(0, other - 1))
    yield sounding
    if exposed and code is E.PINYIN_EQUAL_HAN_DIFFERS and name.brand not in query.core:
        yield _plain(E.BRAND_CONTRADICTS)


def _similar(name: Anatomy, brand_holders: int) -> Evidence:
    return _sounding(E.BRAND_SIMILAR, name, brand_holders, is_short_brand(name.brand))


def _sounding(code: E, name: Anatomy, brand_holders: int, exposed: bool) -> Evidence:
    by_length = SHORT_BRAND if exposed else LONG_BRAND if is_long_core(name.core) else 0.0
    return Evidence(code, by_length + _commonness(name, brand_holders))


_PLAIN = {code: Evidence(code, 0.0) for code in E}


def _plain(code: E) -> Evidence:
    return _PLAIN[code]


def _span(anatomy: Anatomy) -> tuple[int, int] | None:
    """Return where the brand stands in the folded name; None when its words or positions cannot be told."""
    words = anatomy.brand_words
    if not words or anatomy.decorations:
        return None
    start, last = anatomy.text.find(words[0]), anatomy.text.rfind(words[-1])
    return (start, last + len(words[-1])) if 0 <= start <= last else None
