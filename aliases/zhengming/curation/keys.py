"""Keys under which two spellings of a name are the same name, for joining records and finding collisions."""

from __future__ import annotations

import re

from zhengming.curation.places import MAINLAND_ENGLISH
from zhengming.engine.fold import fold

_WORD = re.compile(r"[\w']+")
_FORMS = frozenset(
    (
        "co",
        "company",
        "ltd",
        "limited",
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "plc",
        "llc",
        "lp",
        "jsc",
        "coltd",
    )
)


def english_words(text: str) -> list[str]:
    """Return the folded words of an English name, "&" as "and", apostrophes dropped."""
    return [word.replace("'", "") for word in _WORD.findall(fold(text).replace("’", "'").replace("&", " and "))]


def english_core(text: str) -> str:
    """Return an English name without its legal forms and with mainland place names put in front.

    "Shanghai Biren Technology Co., Ltd." and "Biren Technology (Shanghai) Company Limited" have one core. Words that
    tell firms apart (Group, Holdings, Technology) stay.
    """
    words = [word for word in english_words(text) if word != "the"]
    while words and words[-1] in _FORMS:
        words.pop()
    kept = [word for word in words if word not in _FORMS or word == "company"]
    places = sorted(word for word in kept if word in MAINLAND_ENGLISH)
    rest = [word for word in kept if word not in MAINLAND_ENGLISH]
    return " ".join(places + rest) if rest else ""


def english_form_words(text: str) -> set[str]:
    """Return the legal-form words of an English name (Co., Ltd., Inc., Corporation …)."""
    return {word for word in english_words(text) if word in _FORMS}


def has_english_form(text: str) -> bool:
    """Tell whether an English name carries a legal form (Co., Ltd., Inc., Corporation …)."""
    return bool(english_form_words(text))
