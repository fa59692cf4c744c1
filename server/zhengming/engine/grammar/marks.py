"""Small parts that tell members of a family apart: numbers (CETC's 45th institute, its 55th) and group words."""

from __future__ import annotations

import re

from zhengming.engine.fold import has_han

_NUMBERS = re.compile(
    r"[0-9]+|第[一二三四五六七八九十百千零〇两廿卅]+|[一二三四五六七八九十]+期|\bphase [ivx]+\b"
    r"|(?<= )(?:ii|iii|iv|vi|vii|viii|ix)$"  # Big Fund II; a single letter or xi may be anything
)
_TAILS = {
    # In one form each.
    "集团": "集团", "控股": "控股", "group": "集团", "grp": "集团", "holdings": "控股", "holding": "控股", "hldgs": "控股",
}  # fmt: skip
_WORDS = re.compile(r"[a-z]+")
_NONE: frozenset[str] = frozenset()


def read_numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of a folded name, in order."""
    return tuple(_NUMBERS.findall(text))


def read_tails(text: str) -> frozenset[str]:
    """Return the group words of a folded name, and 股份 behind a short one: 太极股份 and 太极集团 are strangers."""
    if not has_han(text):
        return frozenset([_TAILS[word] for word in _WORDS.findall(text) if word in _TAILS]) or _NONE
    found = [tail for tail in ("集团", "控股") if tail in text]
    # 股份 without 有限公司 is part of an exchange short name, not a legal form.
    return frozenset([*found, "股份"] if text.endswith("股份") else found) or _NONE
