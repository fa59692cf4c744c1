"""Take a firm name apart: place + brand + trade + legal form, in Chinese order or in the many orders of English.

The brand is what is left when everything shared is gone, so a name without a brand is too generic to identify a firm. The
grammar has no dictionary of brands and never guesses one: what it does not know is brand.
"""

from __future__ import annotations

import re

from zhengming.engine.fold import fold
from zhengming.engine.grammar.anatomy import Anatomy
from zhengming.engine.grammar.decorations import strip_decorations
from zhengming.engine.grammar.han import parse_han
from zhengming.engine.grammar.latin import parse_latin

_HAN = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0002a6df]")
_LATIN = re.compile(r"[a-z]")


def parse(text: str) -> Anatomy:
    """Return the parts of a name, raw or folded. Total: any string has an anatomy, if an empty one.

    One Chinese character makes it a Chinese name: in TCL科技集团 the Latin letters are the brand.
    """
    name, decorations = strip_decorations(fold(text).strip())
    has_latin = _LATIN.search(name) is not None
    if _HAN.search(name) is not None:
        return parse_han(name, decorations, "mixed" if has_latin else "han")
    return parse_latin(name, decorations, "latin" if has_latin else "other")
