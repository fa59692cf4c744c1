"""The six-kind mix of performance.md G over an invented table, each query with the firm that is right; same seed, same mix.

exact, another script, another legal form, cut off, one or two slips, and look-alikes that are nobody's: a registered name
with another brand, which is not to be answered with any firm.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from opencc import OpenCC
from zhengming.aliases.model import Name

from tests.bench.queries import Query, typing_error
from tests.bench.synthetic import SEED, Made, invent_brand

EXACT, SCRIPT, FORM, CUT, TYPO, NIL = KINDS = ("exact", "script", "legal form", "cut off", "typo", "nobody's")
FUZZY_KINDS = (CUT, TYPO)
"""Kinds that no key answers."""
_OTHER_FORMS = {
    "股份有限公司": "有限公司", "有限责任公司": "有限公司", "有限公司": "有限责任公司",
    "Corporation Limited": "Corp., Ltd.", "Company Limited": "Co., Ltd.", "Co., Ltd.": "Company Limited",
}  # fmt: skip
_SHORTEST_CUT, _SHORTEST_TYPO = 6, 4
_KEPT = (0.55, 0.85)


@dataclass(frozen=True, slots=True)
class Mix:
    """So many queries of every kind."""

    queries: Mapping[str, tuple[Query, ...]]

    def part(self, number: int, size: int) -> list[Query]:
        """Return the `number`th `size` queries of every kind, kind after kind: parts have nothing in common.

        Raises:
            ValueError: there are not so many.
        """
        drawn = [query for held in self.queries.values() for query in held[number * size : (number + 1) * size]]
        if len(drawn) != size * len(self.queries):
            raise ValueError(f"The mix has no part {number} of {size} queries a kind. Make a larger mix.")
        return drawn

    def save(self, path: Path) -> None:
        """Write the mix as JSON."""
        lines = {kind: [[query.text, query.firm] for query in held] for kind, held in self.queries.items()}
        path.write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Mix:
        """Read a mix that `save` wrote."""
        lines = json.loads(path.read_text(encoding="utf-8"))
        return cls({kind: tuple(Query(text, firm) for text, firm in held) for kind, held in lines.items()})


def make_mix(firms: Iterable[tuple[Made, tuple[Name, ...]]], count: int, seed: int = SEED) -> Mix:
    """Return up to `count` queries of every kind. None but the exact ones is a name, and one firm alone is right."""
    held = list(firms)
    names = [(made, name) for made, lines in held for name in lines]
    texts = sorted((name.text, name.firm_id) for _, name in names)
    brands = {made.brand for made, _ in held}
    taken = {text for text, _ in texts}
    random = Random(seed)
    to_traditional = OpenCC("s2hk")
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}

    def made_into(kind: str, made: Made, text: str) -> str:
        if kind == EXACT:
            return text
        if kind == SCRIPT:
            return str(to_traditional.convert(text))
        if kind == FORM:
            return _other_form(text)
        if kind == CUT:
            cut = text[: round(len(text) * random.uniform(*_KEPT))].rstrip()
            return cut if len(cut) >= _SHORTEST_CUT and _begins_one_firm(texts, cut) else ""
        if kind == TYPO:
            slipped = typing_error(text, random) if len(text) >= _SHORTEST_TYPO else ""
            return typing_error(slipped, random) if slipped and random.random() < 0.5 else slipped
        brand = invent_brand(random, len(made.brand))
        other = made.with_brand(brand)
        return "" if brand in brands else other.full_english if text.isascii() else other.full_chinese

    for made, name in random.sample(names, len(names)):
        # Each name serves one kind, so that no kind is asked what another one has brought into memory.
        for kind in sorted(KINDS, key=lambda kind: len(found[kind])):
            text = made_into(kind, made, name.text)
            new = text and text not in found[kind] and (kind == EXACT or text not in taken)
            if new and len(found[kind]) < count:
                found[kind][text] = "" if kind == NIL else name.firm_id
                break
        else:
            if all(len(queries) == count for queries in found.values()):
                break
    return Mix({kind: tuple(Query(text, firm) for text, firm in queries.items()) for kind, queries in found.items()})


def _other_form(text: str) -> str:
    """Return a name with another legal form in the place of its own; a name without one as it is."""
    for form, other in _OTHER_FORMS.items():
        if text.endswith(form):
            return text.removesuffix(form) + other
    return text


def _begins_one_firm(texts: list[tuple[str, str]], beginning: str) -> bool:
    """Tell whether all names that begin so are one firm's."""
    first = bisect_left(texts, (beginning, ""))
    last = bisect_left(texts, (beginning + "\U0010ffff", ""))
    return len({firm for _, firm in texts[first:last]}) == 1
