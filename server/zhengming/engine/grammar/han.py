"""Chinese order: place, brand, trade, legal form; read from both ends, so that the brand is what stays in the middle."""

from __future__ import annotations

import re

from zhengming.engine.grammar.anatomy import Anatomy
from zhengming.engine.grammar.forms import BRANCH, BRANCH_NUMBER, HAN_FORMS, HAN_GROUP_WORDS, cut_han_form
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
_LONGEST_BRANCH = 16


def parse_han(name: str, decorations: tuple[str, ...], script: str) -> Anatomy:
    """Return the parts of a folded name that holds Chinese characters."""
    bracketed: list[Place] = []
    core_tail = gloss = ""
    if name.isalnum():
        flow = core = name
    elif _OPENING.isdisjoint(name):
        flow = core = _squeeze(name)
    else:
        flow, core, core_tail, gloss = _open_brackets(name, bracketed)
    one = core is flow
    flow, branch = _cut_branch(flow)
    body, legal_form = cut_han_form(flow)
    core = body if one else cut_han_form(core.removesuffix(branch))[0]
    if len(body) < 2 and legal_form == "股份":  # A word of its own here, not the end of 银轮股份.
        body, core, legal_form = flow, flow, ""

    unit = ""
    if not legal_form and (inner := body.rfind("公司")) > 1:
        # 中国电子科技集团公司第五十五研究所: what stands behind the parent's form names the unit.
        unit = body[inner + 2 :]
        whole = body
        body, legal_form = cut_han_form(body[: inner + 2])
        core = core.replace(whole[len(body) :], unit)

    places: list[Place] = []
    position = _read_front_places(body, places)
    rest, tail_place = _cut_tail_place(body[position:])
    trades: list[str] = []
    rest, written, group = _cut_trades(rest, trades)
    if unit:
        unit_trades: list[str] = []
        unit_places: list[Place] = []
        unit_rest = _cut_trades(unit[_read_front_places(unit, unit_places) :], unit_trades)[0]
        rest, trades, bracketed = unit_rest or rest, trades + unit_trades, bracketed + unit_places
    else:
        if "集团" in rest:
            rest, group = _join_group(rest), True
    brand = _settle_brand(rest, written, places) or gloss

    places += bracketed
    if tail_place is not None:
        places.append(tail_place)
    return Anatomy(
        text=name,
        places=tuple(dict.fromkeys([place.key for place in places])) if places else (),
        brand=brand,
        brand_words=(brand,) if brand else (),
        trades=tuple(trades),
        legal_form=legal_form,
        group=group,
        branch=branch,
        decorations=decorations,
        core=core + core_tail,
        script=script,
    )


def _squeeze(text: str) -> str:
    return text if text.isalnum() else "".join(filter(str.isalnum, text))


def _open_brackets(name: str, places: list[Place]) -> tuple[str, str, str, str]:
    """Return the name without its brackets, the same with the places that stood in them, a place behind the form, a gloss.

    A place in brackets belongs to the place part. Group words, forms and branches are read as if the brackets were not
    there. Anything else behind the legal form is a gloss (a short name, a ticker, a former name) and goes; a Latin
    one is told, because it is the brand where the name has none: 中国电信股份有限公司(CHINANET).
    """
    flow: list[str] = []
    core: list[str] = []
    core_tail = gloss = ""
    end = 0
    closed = False
    last_letter = len(name.rstrip(_CLOSING + " .。,，"))
    for bracket in _BRACKETED.finditer(name):
        before = _squeeze(name[end : bracket.start()])
        flow.append(before)
        core.append(before)
        end = bracket.end()
        inside = _squeeze(bracket[1])
        closed = before.endswith("公司") if before else closed
        last = end >= last_letter
        found = _whole_place(inside)
        if found:
            places += found
            if closed and last:
                core_tail += inside
            else:
                core.append(inside)
            continue
        known = inside in HAN_GROUP_WORDS or inside in HAN_FORMS or BRANCH.search(inside) is not None
        latin_gloss = last and not _HAN.search(inside) and any(map(_HAN.search, flow))
        if known or not (closed or latin_gloss or _FORMER.match(inside)):
            flow.append(inside)
            core.append(inside)
        elif inside.isascii() and len(inside) > 2:
            gloss = inside
    rest = _squeeze(name[end:])
    return "".join(flow) + rest, "".join(core) + rest, core_tail, gloss


def _whole_place(text: str) -> list[Place]:
    """Return the places that a text consists of, or nothing if there is anything else in it."""
    places: list[Place] = []
    position = 0
    while position < len(text):
        found = han_place_at(text, position)
        if found is None:
            return []
        places.append(found[0])
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


def _read_front_places(text: str, places: list[Place]) -> int:
    """Append the places at the front of `text`; return where they end.

    A second place counts only inside the first (江苏省苏州市, 中国深圳) or written in full: 上海大同 has the brand 大同.
    """
    found = han_place_at(text)
    if found is None or found[0].doubtful:
        return 0
    place, position = found
    places.append(place)
    while (found := han_place_at(text, position)) is not None:
        inner, end = found
        same_region = inner.region == place.region and inner.key != place.key
        written_in_full = end - position > 2 and text[end - 1] in "省市县区"
        if not (same_region or (not inner.doubtful and (place.key == "china" or written_in_full))):
            break
        places.append(inner)
        place, position = inner, end
    if text[position - 1] in "市省" and (district := _DISTRICT.match(text, position)) is not None:
        position = district.end()
    elif (zone := _ZONE.match(text, position)) is not None:
        position = zone.end()
    return position


def _cut_tail_place(text: str) -> tuple[str, Place | None]:
    """Split off a place at the end (the legal form is gone): 天融信西安, 微软中国, 某某科技北京."""
    found = han_place_before(text, len(text))
    if found is None or found[0].doubtful or found[1] < 2:
        return text, None
    return text[: found[1]], found[0]


def _cut_trades(text: str, trades: list[str]) -> tuple[str, str, bool]:
    """Split a text into brand and trades: return the brand, the trades as written, and whether a group word was there.

    Read from the right, longest word first. A brand of one character is hardly ever meant, so the trade word next to it
    gives way: 立新能源 is 立新 + 能源, 深科技 is all brand.
    """
    found: list[str] = []
    rest = text
    group = False
    while rest:
        if rest.endswith(HAN_GROUP_WORDS):
            rest = rest[:-2]
            group = True
            continue
        if rest[-1] in HAN_CONNECTORS and found and cut_han_trade(rest[:-1])[1]:
            rest = rest[:-1]
        shorter, word = cut_han_trade(rest)
        if not word:
            break
        if len(shorter) == 1:
            word = shorter_han_trade(word)
            if not word:
                break
            shorter = rest[: -len(word)]
        found.append(word)
        rest = shorter
    for word in reversed(found):
        trades.extend(HAN_TRADES[word])
    return rest, text[len(rest) :], group


def _join_group(text: str) -> str:
    """Take the group word out of a brand: 有色金属集团铜冠 is the brand 铜冠, 金隅集团天坛 the brand 金隅天坛."""
    head, _, tail = text.partition("集团")
    return _cut_trades(head, [])[0] + tail


def _settle_brand(rest: str, written: str, places: list[Place]) -> str:
    """Return the brand, with the place given back where only both together are an identity.

    `written` are the trades as written; `places` loses a county that turns out to be the brand (浙江仙居制药).
    """
    if rest:
        # One character is what a cut-off listing name leaves: XD中国平.
        weak = len(rest) == 1 or (rest in WEAK_BRANDS and places and places[-1].key != "china")
        return places[-1].name + rest if weak and places else rest
    if not written:
        return ""
    institution = written.replace("集团", "")
    if any(word in institution for word in HAN_NATIONAL_INSTITUTIONS):
        return institution
    if places and any(word in institution for word in HAN_INSTITUTIONS):
        return places[-1].name + institution
    if places and places[-1].doubtful:
        return places.pop().name
    return ""
