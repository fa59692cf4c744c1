"""Latin order: place, brand, trade, place, form, in English or in pinyin; every word is named, then the brand is what is left."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from zhengming.engine.grammar.anatomy import Anatomy, Part, PartKind
from zhengming.engine.grammar.forms import (
    LATIN_BRANCH_WORDS,
    LATIN_FORM_PHRASE_HEADS,
    LATIN_FORM_PHRASES,
    LATIN_FORMS,
    LATIN_FORMS_AT_END,
    LATIN_GROUP_WORDS,
)
from zhengming.engine.grammar.marks import read_numbers, read_tails
from zhengming.engine.grammar.places import LATIN_PLACE_STARTS, latin_place_at
from zhengming.engine.grammar.trades import (
    LATIN_INSTITUTIONS,
    LATIN_KIND_WORDS,
    LATIN_PLACE_WORDS,
    LATIN_STOP_WORDS,
    LATIN_TRADE_PHRASE_HEADS,
    LATIN_TRADE_PHRASES,
    LATIN_TRADES,
)

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = "'’‘`´ʼ′"
_APOSTROPHE = re.compile(rf"(?<=\w)[{_APOSTROPHES}](?=\w)")
_LONE_LETTER = re.compile(r"\b(?!e-commerce)(?:[a-z]|\d+)-(?=[a-z\d])|(?<=[a-z\d])-(?=[a-z\d]\b)")
# Joined single letters that are words: R&D, S&T.
_PAIRS = {"st": ["science", "technology"], "rd": ["research", "development"], "ie": ["import", "export"]}
_BRACKETED = re.compile(r"[(\[{<]([^()\[\]{}<>]*)[)\]}>]")
_OPENING = frozenset("([{<")
_APOSTROPHE_SET = frozenset(_APOSTROPHES)
_GLOSS = re.compile(r"\s*(?:formerly|former|f/?k/?a|a/?k/?a|also|abbr|short|hereinafter|previously)\b")
_LONGEST_BRANCH = 5

# "&" vanishes when a name is squeezed, so "and" must too.
_NOT_IN_CORE = frozenset(("and", "the"))
_FORM_HEADS = (["co"], ["company"], ["ltd"], ["limited"])
_INNER_PLACE = re.compile("b[^f]*pb|ps*p")

# What a word is. A letter each, so that a name can be looked at as one string: "pbbtfp".
_BRAND, _TRADE, _PLACE, _DOUBTFUL, _COUNTY, _FORM, _GROUP, _STOP, _ASIDE = "btpdcfgsn"
_PART_KINDS = {
    _BRAND: PartKind.BRAND, _TRADE: PartKind.TRADE, _PLACE: PartKind.PLACE, _FORM: PartKind.FORM, _GROUP: PartKind.GROUP,
    _STOP: PartKind.LINK, _ASIDE: PartKind.NOTE,
}  # fmt: skip


def parse_latin(name: str, decorations: tuple[str, ...], script: str) -> Anatomy:
    """Return the parts of a folded name without Chinese characters."""
    text = name
    if "-" in text:
        text = _LONE_LETTER.sub(_without_hyphen, text)
    if not _APOSTROPHE_SET.isdisjoint(text):
        text = _APOSTROPHE.sub("", text)
    read = _read_words(text)
    words = read.words
    branch = _cut_branch(words) if "branch" in text else ""
    units = _name_words(words, read.inside)
    kinds = _settle_brand(units, _settle_places(units))
    institution = False
    if _BRAND not in kinds and _PLACE in kinds:
        institution = any(unit.kind == _TRADE and unit.value in LATIN_INSTITUTIONS for unit in units)
    parts: list[Part] = []
    places: list[str] = []
    trades: list[str] = []
    forms: list[str] = []
    core: list[str] = []
    position = 0
    for unit, kind in zip(units, kinds, strict=True):
        value = (unit.value,) if unit.value else ()
        if kind == _FORM:
            forms += value
        else:
            core += unit.words
            if kind == _TRADE:
                trades += value
            elif kind == _PLACE:
                places += value
            else:
                value = ()
        part_kind = PartKind.PLACE if kind == _STOP and unit.value in LATIN_PLACE_WORDS else _PART_KINDS[kind]
        in_brand = kind == _BRAND or (institution and kind in "tp")
        for word in unit.words:
            parts.append(Part(part_kind, read.written.get(position, word), value, word if in_brand else ""))
            value = ()
            position += 1
    brand = [part.brand for part in parts if part.brand]
    if branch:
        parts.append(Part(PartKind.BRANCH, branch.replace(" ", "")))
    if read.notes:
        parts = _add_notes(parts, read.notes, "" if brand else read.gloss)
        brand = brand or [part.brand for part in parts if part.brand]
    return Anatomy(
        text=name,
        places=tuple(dict.fromkeys(places)) if places else (),
        brand="".join(brand),
        brand_words=tuple(brand),
        trades=tuple(trades),
        legal_form=_join_forms(forms) if forms else "",
        group=_GROUP in kinds,
        branch=branch,
        decorations=decorations,
        core="".join([word for word in core if word not in _NOT_IN_CORE]),
        script=script,
        numbers=read_numbers(name),
        tails=read_tails(name),
        parts=tuple(parts),
    )


class _Unit(NamedTuple):
    """One word or phrase of a name."""

    kind: str
    value: str
    """Place key, trade word or form; the word itself otherwise."""
    words: tuple[str, ...]
    region: str = ""
    """Of a place: the region that holds it; empty for one in brackets behind a word, which needs no neighbour to be believed."""
    home: str = ""
    """Of a place: the region that holds it, in brackets or not."""


class _Words(NamedTuple):
    """The words of a name, and what is known of some of them by position."""

    words: list[str]
    inside: frozenset[int] = frozenset()
    """Words in brackets."""
    written: Mapping[int, str] = MappingProxyType({})
    """Letters as written of words that were spelled out: r and d of "research", "development"."""
    notes: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """Words left out, each with the position that they stood before."""
    gloss: str = ""
    """An acronym among the notes: the brand of a name that has no other."""


# The words that mean the same wherever they stand, and those that need a look at their neighbours.
_UNITS = {
    **{word: _Unit(_STOP, word, (word,)) for word in LATIN_STOP_WORDS},
    **{word: _Unit(_TRADE, value, (word,)) for word, value in LATIN_TRADES.items()},
    **{word: _Unit(_GROUP, word, (word,)) for word in LATIN_GROUP_WORDS},
    **{word: _Unit(_FORM, value, (word,)) for word, value in LATIN_FORMS.items() if word not in LATIN_FORMS_AT_END},
}
_HEADS = (
    LATIN_TRADE_PHRASE_HEADS | LATIN_FORM_PHRASE_HEADS | LATIN_PLACE_STARTS | LATIN_FORMS_AT_END | LATIN_PLACE_WORDS
)


def _join_forms(forms: list[str]) -> str:
    """Return the form words in one order, so that "Limited Company" is "co ltd" too."""
    parts = dict.fromkeys(" ".join(forms).split())
    return " ".join(sorted(parts, key="ltd".__eq__))


def _without_hyphen(found: re.Match[str]) -> str:
    return found[0].rstrip("-")


def _read_words(text: str) -> _Words:
    """Cut a text into words, runs of single letters joined: s.m.i.c. and S M I C are smic, r&d is research development.

    A note in brackets is left out: a former name, or anything behind the legal form that is no place, form, group word or
    branch. One word is an acronym: China Electronics Technology Group Corporation (CETC).
    """
    if _OPENING.isdisjoint(text):
        words: list[str] = _WORD.findall(text)
        if len(words) < 2 or min(map(len, words)) > 1:
            return _Words(words)
    words = []
    inside: set[int] = set()
    written: dict[int, str] = {}
    notes: list[tuple[int, tuple[str, ...]]] = []
    gloss = ""
    spell = "&" in text
    end = 0
    for bracket in _BRACKETED.finditer(text):
        _join_letters(_WORD.findall(text[end : bracket.start()]), words, written if spell else None)
        end = bracket.end()
        content: list[str] = _WORD.findall(bracket[1])
        if not content:
            continue
        known = content[-1] in LATIN_FORMS or content[-1] in LATIN_GROUP_WORDS or content[-1] in LATIN_BRANCH_WORDS
        behind = words and words[-1] in LATIN_FORMS and not known and latin_place_at(content, 0) is None
        former = _GLOSS.match(bracket[1]) is not None
        if former or behind:
            if not former and len(content[0]) > 2 and (len(content) == 1 or _ends_place(content, 1, len(content))):
                gloss = content[0]
            notes.append((len(words), tuple(content)))
            continue
        start = len(words)
        _join_letters(content, words, written if spell else None)
        inside.update(range(start, len(words)))
    _join_letters(_WORD.findall(text[end:]), words, written if spell else None)
    return _Words(words, frozenset(inside), written, tuple(notes), gloss)


def _join_letters(found: list[str], words: list[str], written: dict[int, str] | None) -> None:
    """Append to `words` those that were found, runs of single letters joined or, with `written`, spelled out."""
    run = ""
    for word in (*found, ""):
        if len(word) == 1 and word.isalpha():
            run += word
            continue
        if run:
            spelled = _PAIRS.get(run) if written is not None else None
            if written is not None and spelled is not None:
                written.update(zip(range(len(words), len(words) + len(run)), run, strict=True))
                words += spelled
            else:
                words.append(run)
            run = ""
        if word:
            words.append(word)


def _add_notes(parts: list[Part], notes: tuple[tuple[int, tuple[str, ...]], ...], gloss: str) -> list[Part]:
    """Return the parts with the notes where they stood; `gloss` is the note that is the brand, or "".

    Each of `parts` is one word of the name, but a branch, which is the last.
    """
    noted: list[Part] = []
    start = 0
    for position, content in notes:
        noted += parts[start:position]
        noted += [Part(PartKind.NOTE, word, (), word if word == gloss else "") for word in content]
        start = min(position, len(parts))
    return noted + parts[start:]


def _cut_branch(words: list[str]) -> str:
    """Remove a branch from the end of `words` and return it: all behind the form, else the place before the word."""
    end = len(words) - 1
    if end > 0 and words[end] == "office":
        end -= 1
    if end < 1 or words[end] not in LATIN_BRANCH_WORDS:
        return ""
    start = end
    while start > 0 and end - start < _LONGEST_BRANCH and words[start - 1] not in LATIN_FORMS:
        start -= 1
    if start == 0 or words[start - 1] not in LATIN_FORMS:
        start = next((at for at in (end - 2, end - 1) if at > 0 and _ends_place(words, at, end)), end)
    branch = " ".join(words[start:])
    del words[start:]
    return branch


def _ends_place(words: list[str], start: int, end: int) -> bool:
    found = latin_place_at(words, start)
    return found is not None and found[1] == end


def _name_words(words: list[str], inside: frozenset[int]) -> list[_Unit]:
    """Say what each word is, longest phrase first, without looking at order yet."""
    units: list[_Unit] = []
    last = len(words)
    while last > 1 and words[last - 1] in LATIN_FORMS:
        last -= 1
    index = 0
    while index < len(words):
        word = words[index]
        unit = _UNITS.get(word)
        if word not in _HEADS:
            units.append(unit or _Unit(_BRAND, word, (word,)))
            index += 1
            continue
        if word in LATIN_TRADE_PHRASE_HEADS and (phrase := _phrase(LATIN_TRADE_PHRASES, words, index)) is not None:
            unit = _Unit(_TRADE, phrase[0], tuple(words[index : phrase[1]]))
        elif word in LATIN_FORM_PHRASE_HEADS and (phrase := _phrase(LATIN_FORM_PHRASES, words, index)) is not None:
            unit = _Unit(_FORM, phrase[0], tuple(words[index : phrase[1]]))
        elif word in LATIN_PLACE_STARTS and (found := latin_place_at(words, index)) is not None:
            place, end = found
            region = "" if index and index in inside else place.region
            sure = not place.doubtful or index in inside or words[end : end + 1] == ["city"]
            unit = _Unit(_PLACE if sure else _DOUBTFUL, place.key, tuple(words[index:end]), region, place.region)
        elif word in LATIN_FORMS_AT_END and (index >= last or _opens_forms(words, index, inside)):
            unit = _Unit(_FORM, LATIN_FORMS[word], (word,))
        elif word in LATIN_PLACE_WORDS and units and units[-1].kind == _PLACE:
            unit = _Unit(_STOP, word, (word,))
        units.append(unit or _Unit(_BRAND, word, (word,)))
        index += len(units[-1].words)
    return units


def _opens_forms(words: list[str], index: int, inside: frozenset[int]) -> bool:
    """Tell whether "stock" begins a legal form although something follows it: Stock Co., Ltd. (Shantou)."""
    following = index + 1
    while following in inside:
        following += 1
    if following < len(words) and (place := latin_place_at(words, following)) is not None:
        following = place[1]
    return words[index] == "stock" and index > 0 and words[following : following + 1] in _FORM_HEADS


def _phrase(phrases: dict[tuple[str, ...], str], words: list[str], index: int) -> tuple[str, int] | None:
    for count in (3, 2):
        value = phrases.get(tuple(words[index : index + count]))
        if value is not None:
            return value, index + count
    return None


def _settle_places(units: list[_Unit]) -> str:
    """Return the kind of each unit with the doubtful places decided: place, county or brand.

    A place word counts in front, at the end of the brand and behind it. Inside the brand it is part of it ("Moore Beijing
    Threads"), save China. A second place in front counts only inside the first one: "Shanghai Jinjiang" has the brand
    Jinjiang. A doubtful one counts only right after its region, or in front of a name that says its region elsewhere:
    Wujin Zhongrui (Changzhou).
    """
    kinds = "".join([unit.kind for unit in units])
    if _DOUBTFUL not in kinds and not _INNER_PLACE.search(kinds):
        return kinds
    settled: list[str] = []
    region = ""
    for index, unit in enumerate(units):
        kind = unit.kind
        if kind == _DOUBTFUL:
            known = region == unit.region or (not index and _is_held_elsewhere(units))
            kind = _COUNTY if known else _BRAND
        elif kind == _PLACE and unit.value != "china":
            if _BRAND in settled:
                kind = _BRAND if kinds[index + 1 : index + 2] == _BRAND else _PLACE
            elif region and unit.region and region not in (unit.region, "china"):
                kind = _BRAND
        region = unit.region if kind in (_PLACE, _COUNTY) else region if kind == _STOP else ""
        settled.append(kind)
    return "".join(settled)


def _is_held_elsewhere(units: list[_Unit]) -> bool:
    return any(unit.kind == _PLACE and unit.home == units[0].home for unit in units[1:])


def _says_of_where(units: list[_Unit], form: int) -> bool:
    """Tell whether "of" follows the legal form: the People's Insurance Company of Ghana is named after Ghana too."""
    return units[form + 1 : form + 2] != [] and units[form + 1].value == "of"


def _settle_brand(units: list[_Unit], kinds: str) -> str:
    """Return the kinds with those words that the brand takes or loses.

    The brand is every word that is nothing else, up to the legal form; what follows the form only qualifies, unless there
    is nothing before it ("China Electronics Technology Group Corporation 13th Research Institute"). A trade word or two
    right before the brand is part of it ("Digital Yuanhe", "Smart Pioneer"), unless it names a kind of institution.
    """
    first = kinds.find(_BRAND)
    if first < 0:
        # Only counties are left: "Zhejiang Xianju Pharmaceutical" is the firm from nowhere else.
        return kinds.replace(_COUNTY, _BRAND)
    start = first
    while start > 0 and first - start < 2 and kinds[start - 1] == _TRADE:
        start -= 1
    if start < first and not any(unit.value in LATIN_KIND_WORDS for unit in units[start:first]):
        kinds = kinds[:start] + _BRAND * (first - start) + kinds[first:]
    form = kinds.find(_FORM, first)
    if 0 < form < kinds.rfind(_BRAND) and not _says_of_where(units, form):
        kinds = kinds[:form] + kinds[form:].replace(_BRAND, _ASIDE)
    return kinds.replace(_COUNTY, _PLACE)
