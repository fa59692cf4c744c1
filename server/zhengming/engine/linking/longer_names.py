"""Tell where a short Chinese name is only part of a longer one that no table holds: 华菱|湘钢, 广州|越秀金控, 农银|汇理.

Chinese writes no spaces and most firms are in no table, so the name that the table knows may be the head or the tail of
another firm's. What tells: characters behind it that are no word, words that stand behind firms only after those
characters, and a subsidiary announced before it.
"""

from __future__ import annotations

from functools import cache

from zhengming.engine.fold import is_han
from zhengming.engine.grammar.places import han_place_at, han_place_before
from zhengming.engine.linking import cues
from zhengming.engine.linking.word_table import WORD_HEADS
from zhengming.engine.word_pairs import is_word

_SHORT = 2
"""Characters of a name that most often heads others."""
_LONGEST_TAIL = 6
"""Characters of a name before which more of one is looked for."""
_REGION = 2
"""Characters of a region, or of what else begins a name."""


@cache
def _word_heads() -> dict[str, str]:
    heads: dict[str, str] = {}
    for group in WORD_HEADS.split():
        heads[group[0]] = heads.get(group[0], "") + group[1:]
    return heads


def begins_word(text: str) -> bool:
    """Tell whether two characters are or begin a Chinese word that is no name."""
    return text in cues.HAN_LATE_WORDS or text[1] in _word_heads().get(text[0], "") or is_word(text[0], text[1])


def is_of_body(behind: str) -> bool:
    """Tell whether a fund's name, a market's or an authority's goes on behind a name (民生|蓝筹混合型基金). Folded."""
    if cues.HAN_AUTHORITY.begin(behind):
        return True
    fund = cues.HAN_FUND.match(behind) if "净值" in behind or "基金" in behind else None
    return fund is not None and not any(doing in fund[0] for doing in cues.FUND_DOINGS)


def goes_on(name: str, behind: str) -> bool:
    """Tell whether a short name goes on behind itself. Both folded.

    What goes on is a place before a firm's doings (香港|减持), or no word (湘钢) with words of firms behind it. Behind a
    name of two characters it is enough that it begins like a brand.
    """
    place = han_place_at(behind, 0) if len(name) <= _SHORT else None
    if place is not None and not place[0].doubtful:
        return cues.HAN_LOCAL.begin(behind[place[1] :].removeprefix("省").removeprefix("市"))
    tail = behind[:2]
    if len(tail) < 2 or not all(map(is_han, tail)) or tail[0] in cues.HAN_STOPS or begins_word(tail):
        return False
    if cues.HAN_SHARE.match(behind, 2):
        return True
    if tail[0] in cues.SURNAMES or cues.HAN_BRANCH.match(behind):
        return False
    if cues.HAN_BEHIND_STRONG.begin(behind[2:]):
        return True
    if tail[0] not in cues.HAN_BRAND_CHARACTERS or tail[1] in cues.HAN_STOPS:
        return False
    return len(name) <= _SHORT or cues.HAN_BEHIND_STRONG.begin(behind[3:]) or cues.HAN_ROW.begin(behind[2:])


def is_of_subsidiary(before: str, behind: str) -> bool:
    """Tell whether a short name begins that of the subsidiary announced before it (控股子公司华大|因源). Both folded."""
    return is_han(behind[:1] or " ") and cues.HAN_SUBSIDIARY.end(before)


def is_head(name: str, before: str, behind: str) -> bool:
    """Tell whether a longer name begins with the known one. All folded."""
    return is_of_body(behind) or is_of_subsidiary(before, behind) or goes_on(name, behind)


def has_begun(before: str, name: str, name_precedes: bool) -> bool:
    """Tell whether a name begins before the known one. Both folded; `name_precedes`: a known name ends right before.

    A subsidiary or a holder is announced (全资子公司广州|越秀金控), a place is glued to a short name, or what stands
    between the last of a row and the short name is no word (、慧邦|天合).
    """
    if len(name) > _LONGEST_TAIL:
        return False
    place = han_place_before(before, len(before))
    if place is not None:
        return cues.HAN_RELATED.end(before[: place[1]]) or (len(name) <= _SHORT and not place[0].doubtful)
    head = before[-_REGION:]
    if len(head) < _REGION or not all(map(is_han, head)):
        return False
    if cues.HAN_RELATED.end(before[:-_REGION]):
        return cues.HAN_REGIONS.end(head) or (len(name) <= _SHORT and not cues.HAN_OF_RELATED.begin(head))
    return (
        len(name) <= _SHORT
        and not name_precedes
        and before[-_REGION - 1 : -_REGION] == "、"
        and head[0] not in cues.HAN_STOPS
        and not begins_word(head)
    )
