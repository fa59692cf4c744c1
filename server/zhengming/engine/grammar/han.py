"""Chinese order: place, brand, trade, legal form; read from both ends, so that the brand is what stays in the middle."""

from __future__ import annotations

import re

from zhengming.engine.grammar.anatomy import Anatomy, Part, PartKind
from zhengming.engine.grammar.forms import BRANCH, BRANCH_NUMBER, HAN_FORMS, HAN_GROUP_WORDS, cut_han_form
from zhengming.engine.grammar.marks import read_numbers, read_tails
from zhengming.engine.grammar.places import Place, han_place_at, han_place_before
from zhengming.engine.grammar.trades import (
    HAN_CONNECTORS,
    HAN_INSTITUTIONS,
    HAN_NATIONAL_INSTITUTIONS,
    HAN_TRADES,
    WEAK_BRANDS,
    cut_han_trade,
    shorter_han_trade,
)

_BRACKETED = re.compile(r"[(\[{<【〔〈《「『]([^()\[\]{}<>【】〔〕〈〉《》「」『』]*)[)\]}>】〕〉》」』]")
_OPENING = frozenset("([{<【〔〈《「『")
_CLOSING = ")]}>】〕〉》」』"
_FORMER = re.compile(r"原名|原:|原称|原|曾用名|前称|旧称|简称|以下|下称|又名|别名|英文")
_HAN = re.compile(r"[\u3400-\u9fff]")
# What follows a city in an address-like name: 西安高新区, 苏州工业园区.
_ZONE = re.compile(
    r"(?:(?:国家)?(?:高新(?:技术)?(?:产业)?|经济(?:技术)?|技术)(?:开发)?区|开发区|新区|工业园区|保税区|自贸区)"
)
# A district behind a city that is written in full: 宁波市江北区. Not 社区, 园区, 区块链.
_DISTRICT = re.compile(
    r"(?![社小园校厂景地])[\u4e00-\u9fff](?![社小园校厂景地])[\u4e00-\u9fff]?[区县](?![块域间划位])(?=..)"
)
# A county at the very front that no table knows: 洛浦县美新. Not 县域.
_COUNTY = re.compile(r"[\u4e00-\u9fff]{2,3}县(?!域)(?=..)")
_LONGEST_BRANCH = 16
_PLACE, _BRAND, _TRADE, _GROUP, _FORM = PartKind.PLACE, PartKind.BRAND, PartKind.TRADE, PartKind.GROUP, PartKind.FORM
_BRANCH, _PARENT, _LINK, _NOTE = PartKind.BRANCH, PartKind.PARENT, PartKind.LINK, PartKind.NOTE


def parse_han(name: str, decorations: tuple[str, ...], script: str) -> Anatomy:
    """Return the parts of a folded name that holds Chinese characters."""
    pieces: list[Part | str] = []
    core_tail = gloss = ""
    if name.isalnum():
        flow = core = name
    elif _OPENING.isdisjoint(name):
        flow = core = _squeeze(name)
    else:
        core, core_tail, gloss = _open_brackets(name, pieces)
        flow = "".join([piece for piece in pieces if isinstance(piece, str)])
    one = not pieces
    flow, branch = _cut_branch(flow)
    body, legal_form = cut_han_form(flow)
    core = body if one else cut_han_form(core.removesuffix(branch))[0]
    if len(body) < 2 and legal_form == "股份":  # A word of its own here, not the end of 银轮股份.
        body, core, legal_form = flow, flow, ""
    tail = [Part(_FORM, flow[len(body) :], (legal_form,))] if legal_form else []

    unit = ""
    if not legal_form and (inner := body.rfind("公司")) > 1:
        # 中国电子科技集团公司第五十五研究所: what stands behind the parent's form names the unit.
        unit = body[inner + 2 :]
        whole = body
        body, legal_form = cut_han_form(body[: inner + 2])
        core = core.replace(whole[len(body) :], unit)
        tail = _read_unit(unit)
        tail.insert(0, Part(_FORM, whole[len(body) : len(whole) - len(unit)], (legal_form,)))

    parts, places = _read_front_places(body)
    rest, tail_places = _cut_tail_places(body[sum([len(part.text) for part in parts]) :])
    rest, trades = _cut_trades(rest)
    if not tail_places:
        rest, trades = _cut_inner_place(rest, trades)
    if unit and any(part.brand for part in tail):
        parts += [Part(_PARENT, rest), *trades] if rest else trades
    else:
        parts += _open_group(rest) if "集团" in rest else [Part(_BRAND, rest, (), rest)] if rest else ()
        parts += trades
        _settle_brand(parts, places)
    parts += tail_places
    parts += tail
    if branch:
        parts.append(Part(_BRANCH, branch))
    if pieces:
        parts = _weave(parts, pieces, gloss)
    brand = "".join([part.brand for part in parts])
    return Anatomy(
        text=name,
        places=tuple(dict.fromkeys([key for part in parts if part.kind is _PLACE for key in part.value])),
        brand=brand,
        brand_words=(brand,) if brand else (),
        trades=tuple([word for part in parts if part.kind is _TRADE for word in part.value]),
        legal_form=legal_form,
        group=any(part.kind is _GROUP for part in parts),
        branch=branch,
        decorations=decorations,
        core=core + core_tail,
        script=script,
        numbers=read_numbers(name),
        tails=read_tails(name),
        parts=tuple(parts),
    )


def _squeeze(text: str) -> str:
    return text if text.isalnum() else "".join(filter(str.isalnum, text))


def _open_brackets(name: str, pieces: list[Part | str]) -> tuple[str, str, str]:
    """Return the name with the places that stand in brackets, a place behind the form, and a gloss.

    `pieces` gets the name in order: text that is read as if there were no brackets, and parts that are known already. A
    place in brackets belongs to the place part. Group words, forms and branches are read on. Anything else behind the legal
    form is a gloss (a short name, a ticker, a former name) and a note; a Latin one is told, because it is the brand where
    the name has none: 中国电信股份有限公司(CHINANET).
    """
    core: list[str] = []
    core_tail = gloss = ""
    end = 0
    closed = chinese = False
    last_letter = len(name.rstrip(_CLOSING + " .。,，"))
    for bracket in _BRACKETED.finditer(name):
        before = _squeeze(name[end : bracket.start()])
        pieces.append(before)
        core.append(before)
        end = bracket.end()
        inside = _squeeze(bracket[1])
        closed = before.endswith("公司") if before else closed
        chinese = chinese or _HAN.search(before) is not None
        last = end >= last_letter
        found = _whole_place(inside)
        if found:
            pieces += found
            if closed and last:
                core_tail += inside
            else:
                core.append(inside)
            continue
        known = inside in HAN_GROUP_WORDS or inside in HAN_FORMS or BRANCH.search(inside) is not None
        latin_gloss = last and chinese and not _HAN.search(inside)
        if known or not (closed or latin_gloss or _FORMER.match(inside)):
            pieces.append(inside)
            core.append(inside)
            chinese = chinese or _HAN.search(inside) is not None
        elif inside:
            pieces.append(Part(_NOTE, inside))
            if inside.isascii() and len(inside) > 2:
                gloss = inside
    rest = _squeeze(name[end:])
    pieces.append(rest)
    return "".join(core) + rest, core_tail, gloss


def _weave(parts: list[Part], pieces: list[Part | str], gloss: str) -> list[Part]:
    """Return the parts of the read-on text with those of the brackets between them; a part around a bracket is cut in two.

    A name without a brand takes its gloss for one.
    """
    woven: list[Part] = []
    needs_gloss = gloss and not any(part.brand for part in parts)
    unread = parts[::-1]
    for piece in pieces:
        if isinstance(piece, Part):
            brand = gloss if needs_gloss and piece.kind is _NOTE and piece.text == gloss else ""
            woven.append(piece._replace(brand=brand) if brand else piece)
            continue
        length = len(piece)
        while length > 0:
            part = unread.pop()
            if len(part.text) > length:
                first, second = part.text[:length], part.text[length:]
                whole = part.brand == part.text
                woven.append(part._replace(text=first, brand=first if whole else part.brand))
                unread.append(Part(part.kind, second, (), second if whole else ""))
            else:
                woven.append(part)
            length -= len(part.text)
    return woven


def _whole_place(text: str) -> list[Part]:
    """Return the places that a text consists of, or nothing if there is anything else in it."""
    places: list[Part] = []
    position = 0
    while position < len(text):
        found = han_place_at(text, position)
        if found is None:
            zone = _ZONE.fullmatch(text, position) if places else None
            return [*places, Part(_PLACE, zone[0])] if zone else []
        places.append(Part(_PLACE, text[position : found[1]], (found[0].key,)))
        position = found[1]
    return places


def _cut_branch(text: str) -> tuple[str, str]:
    """Split off a branch: all behind the head office's form, else a number or the places right before the word."""
    kind = BRANCH.search(text)
    if kind is None:
        return text, ""
    word = kind.start()
    company = text.rfind("公司", 0, word)
    bank = text.rfind("银行", 0, word) if text.endswith("行") else -1
    head = max(company, bank)
    if head >= 0 and word - head <= _LONGEST_BRANCH:
        start = head + 2
    else:
        number = BRANCH_NUMBER.search(text, 0, word)
        start = number.start() if number else word
        while (before := han_place_before(text, start)) is not None:
            start = before[1]
    if start < 2:
        return text, ""
    return text[:start], text[start:]


def _read_front_places(text: str) -> tuple[list[Part], list[Place]]:
    """Return the places at the front of `text`, as parts and as known places.

    A second place counts only inside the first (江苏省苏州市, 中国深圳) or written in full: 上海大同 has the brand 大同. A
    district or zone behind them is a part without a key.
    """
    found = han_place_at(text)
    if found is None or found[0].doubtful:
        county = _COUNTY.match(text) if "县" in text[2:4] else None
        return ([Part(_PLACE, county[0])] if county else []), []
    place, position = found
    places = [place]
    parts = [Part(_PLACE, text[:position], (place.key,))]
    while (found := han_place_at(text, position)) is not None:
        inner, end = found
        same_region = inner.region == place.region and inner.key != place.key
        written_in_full = end - position > 2 and text[end - 1] in "省市县区"
        if not (same_region or (not inner.doubtful and (place.key == "china" or written_in_full))):
            break
        places.append(inner)
        parts.append(Part(_PLACE, text[position:end], (inner.key,)))
        place, position = inner, end
    zone = (_DISTRICT.match(text, position) if text[position - 1] in "市省" else None) or _ZONE.match(text, position)
    if zone is not None:
        parts.append(Part(_PLACE, zone[0]))
    return parts, places


def _cut_tail_places(text: str) -> tuple[str, list[Part]]:
    """Split off the places at the end (the legal form is gone): 天融信西安, 微软中国, 某某科技北京, 某某科技云南临沧."""
    found = han_place_before(text, len(text))
    if found is None:
        return text, []
    place, start = found
    parts = [Part(_PLACE, text[start:], (place.key,))]
    outer = han_place_before(text, start)
    if outer is not None and outer[0].key == place.region != place.key:
        parts.insert(0, Part(_PLACE, text[outer[1] : start], (outer[0].key,)))
        start = outer[1]
    elif place.doubtful:
        return text, []
    return (text[:start], parts) if start >= 2 else (text, [])


def _cut_inner_place(rest: str, trades: list[Part]) -> tuple[str, list[Part]]:
    """Split off a place between brand and trade (国电南京自动化, 融创中国控股), if something is left to be the brand.

    In 数字浙江技术运营 only a trade word would be left, so the place is part of the brand.
    """
    head, places = _cut_tail_places(rest)
    if not places:
        return rest, trades
    brand, before = _cut_trades(head)
    return (brand, before + places + trades) if len(brand) > 1 else (rest, trades)


def _cut_trades(text: str) -> tuple[str, list[Part]]:
    """Split a text into the brand and the trade words, group words and connectors behind it.

    Read from the right, longest word first. A brand of one character is hardly ever meant, so the trade word next to it
    gives way: 立新能源 is 立新 + 能源, 深科技 is all brand.
    """
    found: list[Part] = []
    rest = text
    while rest:
        if rest.endswith(HAN_GROUP_WORDS):
            found.append(Part(_GROUP, rest[-2:]))
            rest = rest[:-2]
            continue
        if rest[-1] in HAN_CONNECTORS and found and cut_han_trade(rest[:-1])[1]:
            found.append(Part(_LINK, rest[-1]))
            rest = rest[:-1]
        shorter, word = cut_han_trade(rest)
        if not word:
            break
        if len(shorter) == 1:
            word = shorter_han_trade(word)
            if not word:
                break
            shorter = rest[: -len(word)]
        found.append(Part(_TRADE, word, HAN_TRADES[word]))
        rest = shorter
    return rest, found[::-1]


def _read_unit(text: str) -> list[Part]:
    """Return the parts of a unit that is named behind its parent."""
    parts, _ = _read_front_places(text)
    rest, trades = _cut_trades(text[sum([len(part.text) for part in parts]) :])
    if rest:
        parts.append(Part(_BRAND, rest, (), rest))
    return parts + trades


def _open_group(rest: str) -> list[Part]:
    """Return the parts of a brand around a group word: 金隅集团天坛 is the brand 金隅天坛, 沈机集团昆明 the brand 沈机.

    Trade words before the group word name the parent: 有色金属集团铜冠 is the brand 铜冠.
    """
    head, group, tail = rest.partition("集团")
    brand = _cut_trades(head)[0]
    parts = [Part(_BRAND, brand, (), brand), Part(_PARENT, head[len(brand) :]), Part(_GROUP, group)]
    place = han_place_at(tail)
    if brand and place is not None and place[1] == len(tail) and not place[0].doubtful:
        parts.append(Part(_PLACE, tail, (place[0].key,)))
    else:
        parts.append(Part(_BRAND, tail, (), tail))
    return [part for part in parts if part.text]


def _settle_brand(parts: list[Part], places: list[Place]) -> None:
    """Let the last place at the front and the trade words lend themselves to the brand where only both are an identity.

    A county that stands alone before its trade is the brand: 浙江仙居制药.
    """
    brand = "".join([part.brand for part in parts])
    if brand:
        # One character is what a cut-off listing name leaves: XD中国平.
        weak = len(brand) == 1 or (brand in WEAK_BRANDS and places and places[-1].key != "china")
        if weak and places:
            _lend_place(parts, places[-1])
        return
    trades = [at for at, part in enumerate(parts) if part.kind in (_TRADE, _LINK)]
    institution = "".join([parts[at].text for at in trades])
    national = any(word in institution for word in HAN_NATIONAL_INSTITUTIONS)
    if national or (places and any(word in institution for word in HAN_INSTITUTIONS)):
        for at in trades:
            parts[at] = parts[at]._replace(brand=parts[at].text)
        if not national:
            _lend_place(parts, places[-1])
    elif trades and places and places[-1].doubtful:
        at = _place_of(parts, places[-1])
        parts[at] = Part(_BRAND, parts[at].text, (), places[-1].name)


def _place_of(parts: list[Part], place: Place) -> int:
    return max(at for at, part in enumerate(parts) if part.value == (place.key,) and part.kind is _PLACE)


def _lend_place(parts: list[Part], place: Place) -> None:
    """Let a place be the beginning of the brand by its short name, and still tell where: 宁德 of 宁德市时代."""
    at = _place_of(parts, place)
    part = parts[at]
    parts[at] = part._replace(brand=place.name)
    if part.text.startswith(place.name) and part.text != place.name:
        parts[at] = Part(_PLACE, place.name, part.value, place.name)
        parts.insert(at + 1, Part(_PLACE, part.text[len(place.name) :]))
