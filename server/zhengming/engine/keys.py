"""The keys under which names are found: one function for the names of the table and for queries alike.

A key is a short text with a letter in front that says what was set aside to make it:

| letter | key | finds |
|---|---|---|
| n | all letters and digits | case, width, spacing, punctuation, script, listing decorations |
| c | without legal form and branch | 华为技术 = 华为技术有限公司 |
| z | brand and all trades, places set aside | place in front, behind, in brackets or left out; word order; trade spellings |
| a | brand and last trade (Han), brand and trades but "technology" (Latin) | newspaper shortenings |
| b | brand alone | 壁仞, Biren; and the owner of a brand for POSSIBLE_AFFILIATE |
| p | sound of the core | homophones, names typed in pinyin |
| s | sound of the core and of the whole | whether a Chinese name sounds like a query; gathers nothing by itself |
| i | initials of the English words | acronyms nobody has listed |
| d | all letters and digits of a decoy, and its core | names to refuse |
| t | scheme, value | identifiers |
"""

from __future__ import annotations

from hashlib import blake2b

from zhengming.aliases.model import NameKind, Scheme
from zhengming.engine.fold import has_han, squeeze
from zhengming.engine.grammar import Anatomy
from zhengming.engine.sound import sound, sounds

_LEFT_OUT_BY_NEWSWIRES = frozenset(("technology", "international", "china"))
_LONGEST_TYPED_WHOLE = 6
"""Characters of a short name that people type whole in pinyin, its 股份 included (xiangcaigufen)."""
_MIN_ACRONYM = 3
_KINDS_WITH_INITIALS = frozenset((NameKind.LEGAL, NameKind.TRANSLATION))


def key_hash(key: str) -> int:
    """Return the 64-bit hash of a key, the same on every machine and in every process."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")


def full_key(squeezed: str) -> str:
    """Key n: all letters and digits."""
    return "n" + squeezed


def decoy_key(squeezed: str) -> str:
    """Key d: all letters and digits of a decoy."""
    return "d" + squeezed


def core_key(anatomy: Anatomy) -> str:
    """Key c: without legal form and branch."""
    return "c" + anatomy.core


def placeless_key(anatomy: Anatomy) -> str:
    """Key z: brand and trades in alphabetical order, places set aside. Empty when nothing distinctive would be left."""
    if anatomy.brand:
        return f"z{anatomy.brand}|{','.join(sorted(anatomy.trades))}" if anatomy.trades or anatomy.places else ""
    # "Semiconductor Manufacturing International" has no brand, but three trade words in a row are a name by themselves.
    return f"z|{','.join(anatomy.trades)}" if len(anatomy.trades) >= 3 else ""


def short_key(anatomy: Anatomy) -> str:
    """Key a: the form to which newspapers shorten. Empty when that is the brand alone."""
    if not anatomy.brand:
        return ""
    if anatomy.script == "latin":
        kept = sorted(trade for trade in anatomy.trades if trade not in _LEFT_OUT_BY_NEWSWIRES)
    else:
        kept = list(anatomy.trades[-1:])
    return f"a{anatomy.brand}|{','.join(kept)}" if kept else ""


def brand_key(brand: str) -> str:
    """Key b: the brand alone. Empty for a name without one."""
    return "b" + brand if brand else ""


def sound_keys(anatomy: Anatomy, squeezed: str) -> list[str]:
    """Keys p of a name of the table: every likely reading of its core, and of the whole of a short name.

    Empty for names without Chinese characters.
    """
    if not has_han(anatomy.core):
        return []
    texts = {anatomy.core, squeezed} if len(squeezed) <= _LONGEST_TYPED_WHOLE else {anatomy.core}
    return ["p" + reading for text in sorted(texts) for reading in sounds(text)]


def sound_key(squeezed: str) -> str:
    """Key p of a query or its core: its commonest reading; Latin letters are taken as typed."""
    return "p" + sound(squeezed)


def alike_keys(anatomy: Anatomy) -> list[str]:
    """Keys s of a name of the table: every likely reading of its core and of its whole. Empty without Chinese characters."""
    if not has_han(anatomy.core):
        return []
    return ["s" + reading for text in (anatomy.core, squeeze(anatomy.text)) for reading in sounds(text)]


def heard_keys(core: str, text: str) -> set[str]:
    """Keys s of a query: the commonest reading of its core and of its folded text."""
    return {"s" + sound(core), "s" + sound(squeeze(text))}


def initials_key(anatomy: Anatomy, kind: NameKind) -> str:
    """Key i of a name of the table: initials of its words, three or more. Empty for names that have none."""
    if anatomy.script != "latin" or kind not in _KINDS_WITH_INITIALS:
        return ""
    words = [word for word in anatomy.text.replace("-", " ").split() if word.isalpha() and word not in _SMALL_WORDS]
    initials = "".join(word[0] for word in words if word not in _FORM_WORDS)
    return "i" + initials if len(initials) >= _MIN_ACRONYM else ""


def typed_initials_key(squeezed: str) -> str:
    """Key i of a query. Empty for a text that does not look like an acronym."""
    fits = squeezed.isascii() and squeezed.isalpha() and _MIN_ACRONYM <= len(squeezed) <= 8
    return "i" + squeezed if fits else ""


def code_key(scheme: Scheme, value: str) -> str:
    """Key t: an identifier. The market of a ticker is not part of it, so that a bare ticker finds all holders."""
    return f"t{scheme.value}:{value}"


_SMALL_WORDS = frozenset(("of", "and", "the", "for", "de"))
_FORM_WORDS = frozenset(
    ("co", "ltd", "limited", "inc", "corp", "corporation", "company", "plc", "llc", "incorporated", "co.,ltd", "group")
)
