"""Words that many unrelated firms share."""

from __future__ import annotations

from zhengming.engine.grammar.forms import HAN_FORMS, HAN_GROUP_WORDS, LATIN_FORMS, LATIN_GROUP_WORDS
from zhengming.engine.grammar.trades import HAN_TRADES, LATIN_PLACE_WORDS, LATIN_STOP_WORDS, LATIN_TRADES

_GENERIC = frozenset(
    (*HAN_FORMS, *HAN_GROUP_WORDS, *HAN_TRADES, *LATIN_FORMS, *LATIN_GROUP_WORDS, *LATIN_TRADES)
) | frozenset(LATIN_STOP_WORDS | LATIN_PLACE_WORDS)


def is_generic_word(folded: str) -> bool:
    """Tell whether one folded word is a trade, a legal form, a group word or a word without meaning.

    Places are not counted: `place_key` tells those.
    """
    return folded in _GENERIC
