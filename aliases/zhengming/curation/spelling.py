"""Keys under which two spellings of a listed party's name are one name: "Import/Export", "Technologies", "(China)".

Government lists spell one party in many ways. Two names are spellings of each other only when the engine's grammar sees
the same brand, places, group word and numbers in them, and their words are the same but for plural endings.
"""

from __future__ import annotations

import re

from zhengming.curation.keys import english_form_words, english_words
from zhengming.engine.fold import has_han
from zhengming.engine.grammar import parse

_COUNTRY = re.compile(r"\s*\((China|PRC)\)$")
_TAILS = (
    re.compile(r"[,;]? and its (subunits|successors|subordinates|subsidiaries)\b.*$", re.IGNORECASE),
    re.compile(r"[,;]? and$", re.IGNORECASE),
    _COUNTRY,
)
_FILLING = frozenset({"and", "of", "for", "the", "at", "in", "a"})
_ALONE = frozenset({"inc", "incorporated"})

SpellingKey = tuple[str, tuple[str, ...], bool, bool, tuple[str, ...]]


def without_list_tail(name: str) -> str:
    """Return a listed name without what a list hangs on it: "(China)" behind the form, "and its subunits", ", and"."""
    before = ""
    while before != name:
        before = name
        for tail in _TAILS:
            shorter = tail.sub("", name).rstrip(" ,;")
            name = shorter if english_words(shorter)[-1:] and (tail is not _COUNTRY or _ends_in_form(shorter)) else name
    return name


def spelling_key(name: str) -> SpellingKey | None:
    """Return the key of an English name, or nothing when it has fewer than two telling words.

    Legal forms do not count, except that an American "Inc." is another firm than a "Co., Ltd.". Numbers are words, so
    that the 704th institute is not the 705th; so is "China" inside a name (CNOOC China Limited is not CNOOC Limited).
    """
    if has_han(name):
        return None
    name = without_list_tail(name)
    words = english_words(name)
    forms = english_form_words(name)
    telling = sorted(_singular(word) for word in words if word not in forms and word not in _FILLING)
    if len(telling) < 2:
        return None
    anatomy = parse(name)
    only_inc = bool(forms) and forms <= _ALONE
    return anatomy.brand, tuple(sorted(anatomy.places)), anatomy.group, only_inc, tuple(telling)


def _ends_in_form(name: str) -> bool:
    return english_words(name)[-1] in english_form_words(name)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
