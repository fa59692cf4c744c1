"""Queries of six kinds, made from the table with a fixed seed, each with the firm that it should lead to."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from zhengming.aliases import NameKind, Table
from zhengming.engine.fold import fold, is_han, squeeze
from zhengming.engine.script_table import SIMPLIFIED, TRADITIONAL
from zhengming.engine.sound import sound

_SEED = 5
_TO_TRADITIONAL = {simplified: traditional for traditional, simplified in zip(TRADITIONAL, SIMPLIFIED, strict=True)}
_HAN_FORMS = (("股份有限公司", "有限责任公司"), ("有限责任公司", "有限公司"), ("有限公司", "股份有限公司"))
_LATIN_FORMS = ((" Co., Ltd.", " Company Limited"), (" Co.,Ltd.", " Company Limited"), (" Inc.", " Incorporated"),
                (" Corporation", " Corp"), (" Limited", " Ltd"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """A text and the firm behind it; "" when none is."""

    text: str
    firm: str


def by_kind(table: Table, count: int) -> dict[str, list[Query]]:
    """Return up to `count` queries of each kind, none of which is a name of the table but the exact ones."""
    random = Random(_SEED)
    held: dict[str, set[str]] = {}
    for name in table.names:
        held.setdefault(squeeze(fold(name.text)), set()).add(name.firm_id)
    shown = [name for name in table.names if name.displayable and len(held[squeeze(fold(name.text))]) == 1]
    random.shuffle(shown)
    texts = {name.text for name in table.names}
    kinds: dict[str, list[Query]] = {
        "exact": [Query(name.text, name.firm_id) for name in shown[:count]],
        "script variant": [],
        "legal form variant": [],
        "pinyin": [],
        "typing error": [],
        "unknown": [],
    }
    for name in shown:
        made = {
            "script variant": "".join(_TO_TRADITIONAL.get(character, character) for character in name.text),
            "legal form variant": _other_form(name.text),
            "pinyin": sound(squeeze(fold(name.text))) if _is_short_han(name.text, name.kind) else "",
            "typing error": typing_error(name.text, random) if len(name.text) > 3 else "",
        }
        for kind, text in made.items():
            if text and text not in texts and len(kinds[kind]) < count:
                kinds[kind].append(Query(text, name.firm_id))
    kinds["unknown"] = [Query(text, "") for text in _unknown(table, held, random, count)]
    return kinds


def typing_error(text: str, random: Random) -> str:
    """Return a text with one letter put in, left out, exchanged with its neighbour or replaced."""
    place = random.randrange(len(text) - 1)
    letters = "的一是在不了有和人这中大为上个国" if is_han(text[place]) else "etaoinshrdlu"
    other = random.choice(letters)
    kind = random.randrange(4)
    if kind == 0:
        return text[:place] + other + text[place:]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    if kind == 2:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + other + text[place + 1 :]


def _other_form(text: str) -> str:
    for form, other in (*_HAN_FORMS, *_LATIN_FORMS):
        if text.endswith(form):
            return text.removesuffix(form) + other
    return ""


def _is_short_han(text: str, kind: NameKind) -> bool:
    return kind in (NameKind.SHORT, NameKind.TRADING) and 3 <= len(text) <= 5 and all(map(is_han, text))


def _unknown(table: Table, held: dict[str, set[str]], random: Random, count: int) -> list[str]:
    """Firms that do not exist: a place, a brand of two characters taken from two names, a trade and a form."""
    short = [name.text for name in table.names if len(name.text) == 4 and all(map(is_han, name.text))]
    found: list[str] = []
    while len(found) < count:
        brand = random.choice(short)[0] + random.choice(short)[1]
        trade = random.choice(("科技", "电子", "信息技术", "智能科技", "半导体", "网络科技"))
        text = random.choice(("北京", "深圳", "苏州", "")) + brand + trade + "有限公司"
        if squeeze(text) not in held:
            found.append(text)
    return found
