"""Gather names that a query could mean: by keys, cheapest first, and by n-grams when the keys give nothing clear."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import Indel
from zhengming.engine import keys
from zhengming.engine.answer import DecoyHit
from zhengming.engine.fold import fold, name_key, squeeze, unmask
from zhengming.engine.grammar import Anatomy, strip_decorations
from zhengming.engine.grammar.forms import LATIN_FORMS, LATIN_GROUP_WORDS
from zhengming.engine.index import Index
from zhengming.engine.policy import (
    FUZZY_COMPARED,
    FUZZY_TERMS,
    MIN_CUT_FIELD,
    MIN_CUT_SCREEN,
    MIN_SIMILARITY,
    ONE_AWAY_COMPARED,
)
from zhengming.engine.slip import Sifter

_WORDS = re.compile(r"[a-z0-9]+")
_LINKS = frozenset(("and", "of", "the"))
_VOWELS = frozenset("aeiou")
_MAX_NAMES_CUT = 8
"""Names with one beginning that are looked at; more of them tell nothing of which is meant, so none is."""
_MIN_FIRST_WORD = 3
"""Letters of the first word of a name shortened word by word; fewer begin thousands of names, which tell nothing and cost
more than all else."""
_MAX_NAMES_UNDER_A_KEY = 200
"""Names compared under one derived key; a brand that so many names carry decides nothing anyway."""


def equal_names(index: Index, squeezed: str) -> list[int]:
    """Return the names equal to a text but for writing habits."""
    return index.rows(keys.full_key(squeezed))


def undecorated_names(index: Index, text: str) -> list[int]:
    """Return the names equal to a text once its listing decorations are set aside. Empty for a text without any."""
    plain, decorations = strip_decorations(text)
    return index.rows(keys.full_key(name_key(plain))) if decorations else []


def disguised_names(index: Index, folded: str) -> list[int]:
    """Return the names equal to a text once Cyrillic and Greek look-alikes are read as Latin letters."""
    plain = unmask(folded)
    return [] if plain == folded else index.rows(keys.full_key(squeeze(plain)))


def core_names(index: Index, anatomy: Anatomy) -> list[int]:
    """Return the names equal to a query without legal form and branch."""
    if not anatomy.core:
        return []
    if anatomy.branch and anatomy.text.endswith(anatomy.branch):
        # The head office's own full name, when that is what stands before the branch.
        head = index.rows(keys.full_key(squeeze(anatomy.text.removesuffix(anatomy.branch))))
        if head:
            return head
    names = list(dict.fromkeys(index.rows(keys.core_key(anatomy)) + index.rows(keys.full_key(anatomy.core))))
    # Aluminum Corp. of China Ltd. writes a legal form: of the firms called so, the one that writes the same is meant.
    alike = [name for name in names if anatomy.legal_form and index.anatomy(name).legal_form == anatomy.legal_form]
    return alike or names


def derived_names(index: Index, anatomy: Anatomy, squeezed: str) -> list[int]:
    """Return the names that share a derived key: parts in other order, newspaper shortening, sound, brand."""
    wanted = [keys.placeless_key(anatomy), keys.short_key(anatomy), keys.sound_key(anatomy.core)]
    if squeezed != anatomy.core:
        wanted.append(keys.sound_key(squeezed))
    if anatomy.brand and not anatomy.trades and not anatomy.places:
        wanted.append(keys.brand_key(anatomy.brand))
    found: dict[int, None] = {}
    for key in filter(None, wanted):
        found |= dict.fromkeys(index.rows(key)[:_MAX_NAMES_UNDER_A_KEY])
    return list(found)


def initials_names(index: Index, squeezed: str) -> list[int]:
    """Return the names whose words begin with the letters of an acronym."""
    key = keys.typed_initials_key(squeezed)
    return index.rows(key)[:_MAX_NAMES_UNDER_A_KEY] if key else []


def split_cut(folded: str) -> tuple[str, str]:
    """Split a Latin name that a field cut short into its whole words and the letters of the last: ("new oriental", "educ").

    Two empty texts for one that is too short to have been cut, or that ends in a whole legal form or group word.
    """
    head, _, rest = folded.rpartition(" ")
    whole = rest in LATIN_FORMS or rest in LATIN_GROUP_WORDS
    fits = folded.isascii() and len(folded) >= MIN_CUT_FIELD and len(head.split()) > 1 and rest.isalpha() and not whole
    return (head, rest) if fits else ("", "")


def names_cut(index: Index, squeezed: str, folded: str) -> list[int]:
    """Return the names that begin with all of a text that is as long as a field that cuts names; none of too many."""
    if not folded.isascii() or len(folded) < MIN_CUT_FIELD:
        return []
    first = bisect_left(index.labels, squeezed)
    if first == len(index.labels) or not index.labels[first].startswith(squeezed):
        return []
    last = bisect_left(index.labels, squeezed + "\U0010ffff", first)
    if last - first > _MAX_NAMES_CUT:
        return []
    return [name for position in range(first, last) for name in index.label_names[position]]


def listed_names_cut(index: Index, plain: str) -> list[int]:
    """Return the names of listed firms that a screen of prices may have made a text of, which stands in front of a class of
    shares there: cut where the field ends (KWEICHOW MOUTA), or word by word (CHINA CONST BA, CHINA MERCH BK)."""
    squeezed, words = squeeze(plain), _WORDS.findall(plain)
    if len(squeezed) < MIN_CUT_SCREEN or not words:
        return []
    if cut := _listed_names_beginning(index, squeezed):
        return cut
    if len(words[0]) < _MIN_FIRST_WORD:
        return []
    begun = _listed_names_beginning(index, words[0])
    return [name for name in begun if _shortens(words, _WORDS.findall(fold(index.text(name))))]


def _listed_names_beginning(index: Index, squeezed: str) -> list[int]:
    first, last = bisect_left(index.labels, squeezed), bisect_left(index.labels, squeezed + "\U0010ffff")
    names = [name for position in range(first, last) for name in index.label_names[position]]
    return [name for name in names if index.listed[index.name_firm[name]]]


def _shortens(short: list[str], long: list[str]) -> bool:
    """Tell whether words begin a name, each whole, cut at its end or without its vowels; "and" and "of" do not count."""
    held = [word for word in long if word not in _LINKS]
    asked = [word for word in short if word not in _LINKS]
    return 1 < len(asked) <= len(held) and all(map(_abbreviates, asked, held))


def _abbreviates(short: str, long: str) -> bool:
    if long.startswith(short):
        return True
    letters = iter(long)
    return short[0] == long[0] and _VOWELS.isdisjoint(short) and all(letter in letters for letter in short)


def names_of_head(index: Index, head: Anatomy) -> list[int]:
    """Return the names that the whole words of a name that was cut short lead to."""
    return list(dict.fromkeys(core_names(index, head) + derived_names(index, head, head.core)))


def slipped_names(index: Index, anatomy: Anatomy, weights: Mapping[str, float]) -> list[int]:
    """Return the names one Chinese character from a query, the likeliest by sound and shape when there are many."""
    whole = squeeze(anatomy.text)
    names = index.edits.near((whole, anatomy.core))
    if len(names) <= ONE_AWAY_COMPARED:
        return names
    by_whole = Sifter(whole, index.usage, weights)
    by_core = by_whole if whole == anatomy.core else Sifter(anatomy.core, index.usage, weights)
    best: dict[int, tuple[float, int]] = {}
    for name in names:
        text, core = index.anatomies.texts(name)
        found = (by_whole.closeness(squeeze(text)), by_core.closeness(core))
        if closest := [closeness for closeness in found if closeness is not None]:
            firm, near = index.name_firm[name], (-max(closest), name)
            best[firm] = min(near, best.get(firm, near))
    return [name for _, name in sorted(best.values())[:ONE_AWAY_COMPARED]]


def near_names(index: Index, core: str) -> list[int]:
    """Return the names whose cores are spelled most like a query's."""
    found: list[int] = []
    for term, _ in near_terms(index, core)[:FUZZY_COMPARED]:
        found += index.term_names[term]
    return found


def near_terms(index: Index, core: str) -> list[tuple[int, float]]:
    """Return the terms most like a text with their similarity (0 to 1), best first: n-grams first, then spelling."""
    terms = index.grams.nearest(core, FUZZY_TERMS)
    texts = index.terms.several(terms)
    ranked = process.extract(
        core, texts, scorer=Indel.normalized_similarity, limit=FUZZY_TERMS, score_cutoff=MIN_SIMILARITY
    )
    return [(terms[position], similarity) for _, similarity, position in ranked]


def decoy(index: Index, squeezed: str) -> DecoyHit | None:
    """Return the name to refuse that a query is, or None. By exact or folded key only, never by similarity."""
    rows = index.rows(keys.decoy_key(squeezed))
    return index.decoy(rows[0]) if rows else None


def brand_owners(index: Index, anatomy: Anatomy) -> list[int]:
    """Return the names of firms whose brand a query carries as its brand or in front of it, longest brand first."""
    for brand in _leading_parts(anatomy):
        found = index.rows(keys.brand_key(brand))
        if found:
            return found[:_MAX_NAMES_UNDER_A_KEY]
    return []


def _leading_parts(anatomy: Anatomy) -> list[str]:
    if anatomy.script == "latin":
        words = anatomy.brand_words
        return ["".join(words[:count]) for count in range(len(words), 0, -1)]
    return [anatomy.brand[:length] for length in range(len(anatomy.brand), 1, -1)]
