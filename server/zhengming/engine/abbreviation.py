"""Read a short Chinese name as a shortening of a longer one: which words of the long name it keeps, cuts or leaves out.

A Chinese short name is nearly always made of characters of the full name in their order: whole words (香雪制药 of
广州市香雪制药股份有限公司) or one character of each (工行 of 中国工商银行, 上汽 of 上海汽车集团, 中石油 of
中国石油天然气集团). What it leaves out says whether it can be the same firm: a place or a general word can go, another
brand or another business cannot.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from zhengming.engine.grammar.forms import HAN_GROUP_WORDS
from zhengming.engine.grammar.places import han_place_at, han_place_before
from zhengming.engine.grammar.trades import cut_han_trade

_LONGEST = 48
"""Characters of a core that is still aligned; no registered name is longer."""
_AT_START, _BESIDE = 2, 3
"""What a character gains in the alignment for beginning a word, and for following the one before it."""
_INSTITUTIONS = ("银行",)
_ADMINISTRATIVE = "省市县区州"
_REGIONS = dict(
    pair.split("=")
    for line in """
    京=北京 津=天津 沪=上海 渝=重庆 冀=河北 晋=山西 辽=辽宁 吉=吉林 黑=黑龙江 苏=江苏 浙=浙江 皖=安徽 闽=福建 赣=江西 鲁=山东
    豫=河南 鄂=湖北 湘=湖南 粤=广东 桂=广西 琼=海南 川=四川 蜀=四川 贵=贵州 黔=贵州 云=云南 滇=云南 陕=陕西 秦=陕西 甘=甘肃
    陇=甘肃 青=青海 宁=宁夏 新=新疆 藏=西藏 蒙=内蒙古 港=香港 澳=澳门 穗=广州 甬=宁波
    """.splitlines()
    for pair in line.split()
)
"""One character that stands for a region or a city at the front of a short name, and what it stands for: 粤电力 is 广东电力."""


class Kind(Enum):
    """What a word of a name is."""

    PLACE = auto()
    BRAND = auto()
    TRADE = auto()
    GROUP = auto()
    TAIL_PLACE = auto()
    UNIT = auto()
    """What stands behind a bank: its branch, written as a part of the name."""


class Word(NamedTuple):
    """A word of a long name and which of its characters the short name keeps."""

    kind: Kind
    text: str
    places: tuple[int, ...]
    """Positions in `text` of the characters that are kept."""

    @property
    def whole(self) -> bool:
        """Whether it is kept whole; a place without its 省 or 市 is whole."""
        kept = len(self.places)
        if self.kind in (Kind.PLACE, Kind.TAIL_PLACE) and self.beside and not self.places[0]:
            return kept >= len(self.text.rstrip(_ADMINISTRATIVE))
        return kept == len(self.text)

    @property
    def beside(self) -> bool:
        """Whether the kept characters stand side by side."""
        return bool(self.places) and self.places[-1] - self.places[0] == len(self.places) - 1

    @property
    def sampled(self) -> bool:
        """Whether each kept character can stand for a word of two characters: 工 of 工商, 友阿 of 友谊阿波罗.

        Two side by side are a word of their own: 恒大 of 恒大冰泉 leaves another word out.
        """
        kept = len(self.places)
        return kept > 0 and 2 * kept <= len(self.text) and not (self.beside and kept > 1)

    @property
    def dropped(self) -> str:
        """The characters that are left out."""
        return "".join(letter for place, letter in enumerate(self.text) if place not in self.places)


class Shortening(NamedTuple):
    """How a short name keeps the words of a long one."""

    words: tuple[Word, ...]
    from_start: bool
    """The first character begins the long name, or what follows its places."""

    def left(self, kind: Kind) -> list[str]:
        """Return the words of a kind of which nothing is kept."""
        return [word.text for word in self.words if word.kind is kind and not word.places]

    def cut(self, kind: Kind) -> list[str]:
        """Return what is left out of words that are kept in part and not shortened: 股权 of 股权投资, 冰泉 of 恒大冰泉."""
        found = [word for word in self.words if word.kind is kind and word.places]
        return [word.dropped for word in found if not (word.whole or word.sampled or self._is_last_letter(word))]

    def _is_last_letter(self, word: Word) -> bool:
        """Tell whether only the last letter of a word goes where others are shortened too: 紫金财险 of 紫金财产保险."""
        return self.sampled and word.beside and not word.places[0] and len(word.dropped) == 1

    @property
    def sampled(self) -> bool:
        """Whether words stand for themselves by a part of their characters (工行); else each is whole or left out."""
        return any(word.sampled for word in self.words)

    @property
    def keeps_identity(self) -> bool:
        """Whether something distinctive is kept: of the brand; without one, place and trade or trades enough."""
        brands = [word for word in self.words if word.kind is Kind.BRAND]
        if brands:
            return any(word.places for word in brands)
        trades = [word for word in self.words if word.kind is Kind.TRADE]
        kept = [word for word in trades if word.places]
        place_kept = any(word.places for word in self.words if word.kind is Kind.PLACE)
        return bool(kept) and (place_kept or (len(trades) >= 2 and len(kept) == len(trades)))

    @property
    def skips_inside(self) -> bool:
        """Whether a shortening passes over a word between others it keeps that tells firms apart.

        That is the brand, or a trade where there is no brand: 中行 is not 中国农业银行.
        """
        # 集团 may stand behind any of them: the short name keeps it and leaves a last trade out.
        kept = [number for number, word in enumerate(self.words) if word.places and word.kind is not Kind.GROUP]
        last = max(kept, default=0)
        first = min(number for number, word in enumerate(self.words) if word.places)
        has_brand = any(word.kind is Kind.BRAND for word in self.words)
        telling = (Kind.BRAND,) if has_brand else (Kind.TRADE,)
        return any(not word.places and word.kind in telling for word in self.words[first:last])

    @property
    def complete(self) -> bool:
        """Whether every word but places and group words is represented."""
        return not (self.left(Kind.TRADE) or self.cut(Kind.TRADE) or self.cut(Kind.BRAND))


def read_shortening(short: str, long: str) -> Shortening | None:
    """Return how a squeezed short core keeps the words of a longer one, or None when it is no shortening of it."""
    if not 2 <= len(short) < len(long) <= _LONGEST:
        return None
    words = cut_words(long)
    starts = _starts(words)
    positions = _align(short, long, frozenset(starts))
    if positions is None and (literal := _REGIONS.get(short[0])) and long.startswith(literal):
        positions = _align(literal[0] + short[1:], long, frozenset(starts))
    if positions is None:
        return None
    kept = [
        Word(kind, text, tuple(place - start for place in positions if start <= place < start + len(text)))
        for (kind, text), start in zip(words, starts, strict=True)
    ]
    behind_places = next(
        (start for (kind, _), start in zip(words, starts, strict=True) if kind is not Kind.PLACE), len(long)
    )
    return Shortening(tuple(kept), positions[0] in (0, behind_places))


@lru_cache(1 << 14)
def cut_words(core: str) -> tuple[tuple[Kind, str], ...]:
    """Cut a squeezed Chinese core into places, brand, trades, group words and a place behind."""
    for institution in _INSTITUTIONS:
        head, found_one, unit = core.partition(institution)
        if head and unit:
            return (*cut_words(head + found_one), (Kind.UNIT, unit))
    front: list[tuple[Kind, str]] = []
    position = 0
    while (found := han_place_at(core, position)) is not None and found[1] < len(core):
        if found[0].doubtful and not position:
            break
        front.append((Kind.PLACE, core[position : found[1]]))
        position = found[1]
    back: list[tuple[Kind, str]] = []
    rest = core[position:]
    while rest:
        if rest.endswith(HAN_GROUP_WORDS):
            back.append((Kind.GROUP, rest[-2:]))
        elif not back and (tail := han_place_before(rest, len(rest))) and tail[1] >= 2 and not tail[0].doubtful:
            back.append((Kind.TAIL_PLACE, rest[tail[1] :]))
        elif word := cut_han_trade(rest)[1]:
            back.append((Kind.TRADE, word))
        else:
            break
        rest = rest[: -len(back[-1][1])]
    if len(rest) == 1 and back and back[-1][0] is Kind.TRADE:
        # A brand of one character is hardly ever meant: 深科技 is all brand.
        rest += back.pop()[1]
    brand = [(Kind.BRAND, rest)] if rest else []
    return tuple(front + brand + back[::-1])


def _starts(words: Sequence[tuple[Kind, str]]) -> list[int]:
    starts, position = [], 0
    for _, text in words:
        starts.append(position)
        position += len(text)
    return starts


def _align(short: str, long: str, starts: frozenset[int]) -> list[int] | None:
    """Return where the characters of `short` stand in `long`, in order, at beginnings of words and side by side if they can."""
    if not _is_subsequence(short, long):
        return None
    # best[i]: worth and way of matching a beginning of `short` with its last character at place i of `long`.
    best: list[tuple[int, tuple[int, ...]] | None] = [None] * len(long)
    for order, character in enumerate(short):
        found: list[tuple[int, tuple[int, ...]] | None] = [None] * len(long)
        before: tuple[int, tuple[int, ...]] | None = (0, ()) if order == 0 else None
        for place, letter in enumerate(long):
            if letter == character:
                worth = _AT_START if place in starts else 0
                options = [(before[0] + worth, before[1])] if before is not None else []
                if order and place and (beside := best[place - 1]) is not None:
                    options.append((beside[0] + worth + _BESIDE, beside[1]))
                if options:
                    value, way = max(options, key=lambda option: option[0])
                    found[place] = value, (*way, place)
            if order and (here := best[place]) is not None and (before is None or here[0] > before[0]):
                before = here
        best = found
    ways = [way for way in best if way is not None]
    return list(max(ways, key=lambda way: way[0])[1]) if ways else None


def _is_subsequence(short: str, long: str) -> bool:
    letters = iter(long)
    return all(character in letters for character in short)
