"""Find where names of the table stand in a text: hits of the automaton that begin and end where a name may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from zhengming.aliases.model import DecoyReason, NameKind
from zhengming.engine import keys
from zhengming.engine.candidates import decoy as decoy_of
from zhengming.engine.fold import fold, is_han
from zhengming.engine.index import Index
from zhengming.engine.linking.automaton import Automaton
from zhengming.engine.linking.cues import FORMS_BEHIND_COMMA
from zhengming.engine.linking.squeezed import Squeezed

_CACHED_PATTERNS = 1 << 16
_PLURAL_FROM = 5
"""Letters of a Latin name that may stand in the plural."""
_FREELY_BROKEN_FROM = 10
"""Letters of a Latin name that a text may break where the table does not."""
_BROKEN_HAN_FROM = 4
"""Characters of a Chinese name that may be broken by a space; a line break may stand in any."""
_BRACKETED_FROM = 7
"""Characters of a Chinese name in which brackets may stand: 中芯国际集成电路制造（上海）有限公司."""

_HAN_GAP = re.compile(r"[ \t\u3000\u00a0]{0,4}\r?\n[ \t\u3000]{0,8}|[·•・‧-]|\s?-\s?")
_HAN_SPACE = re.compile(r"[ \u3000\u00a0]")
_HAN_BRACKET = re.compile(r"\s?[()（）\[\]【】]\s?|[)）][(（]")
_LATIN_GAP = re.compile(
    r"[ \t\u00a0]{1,2}|[ \t]*\r?\n[ \t]{0,8}|[-‐‑–'’.&·・/]|-\r?\n|\s?&\s?|[,.] ?|\., ?|\s?[(（]|[)）],?\s?|\. ?[(（]?|\s[-–]\s"
)
_OLD_KINDS = frozenset((NameKind.FORMER, NameKind.MISSPELLING, NameKind.TRUNCATED, NameKind.BAD_CONVERSION))
_ANCHORS = frozenset(
    (DecoyReason.PERSON, DecoyReason.PLACE, DecoyReason.EVENT, DecoyReason.GENERIC_WORD, DecoyReason.PUBLIC_BODY)
)


class Pattern(NamedTuple):
    """What is known of one name that the automaton holds, whatever text it stands in."""

    text: str
    """Squeezed."""
    han: int
    """Number of Chinese characters."""
    words: int
    """Words of a Latin name, by its best known spelling."""
    lower: bool
    """The table itself writes the Latin name in small letters (vivo, iQOO)."""
    common: bool
    """Marked as an everyday word."""
    weak: bool
    derived: bool
    """No name of the table by itself, only what is left of a longer one without its legal form."""
    old: bool
    """Only a former name, a misspelling or a cut form."""
    anchor: bool
    """A known name that is no firm's: a person, a place, a ministry. It takes its place and is never a mention."""
    product: bool
    """A product, not an organisation."""
    breaks: frozenset[int]
    """Where the table's spellings break the squeezed name into words."""


class Span(NamedTuple):
    """Where a name stands."""

    start: int
    """First code point, in the source."""
    end: int
    """Code point behind the last."""
    pattern: Pattern


class Finder:
    """Finds names of one snapshot."""

    def __init__(self, index: Index, automaton: Automaton) -> None:
        self._index = index
        self._automaton = automaton
        self._pattern = lru_cache(_CACHED_PATTERNS)(self._read_pattern)

    def spans(self, source: str, squeezed: Squeezed) -> Iterator[Span]:
        """Yield every span of a source text where a known name stands on its own, overlapping ones too."""
        hits = self._automaton.hits(squeezed.text)
        if not hits:
            return
        table = np.array(hits, np.int32)
        starts, ends = table[:, 0], table[:, 1]
        closes = squeezed.ends[ends - 1]
        plural = self._plurals(squeezed, starts, ends)
        inner = squeezed.gap_count[ends - 1] - squeezed.gap_count[starts]
        kept = squeezed.begins[starts] & (closes | plural)
        positions = squeezed.positions
        for row in np.flatnonzero(kept).tolist():
            start, end, number = hits[row]
            pattern = self._pattern(number)
            if inner[row] and not _holds_together(source, squeezed, start, end, pattern):
                continue
            yield Span(int(positions[start]), int(positions[end - 1]) + 1, pattern)

    @staticmethod
    def _plurals(squeezed: Squeezed, starts: NDArray[np.int32], ends: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell of each hit whether nothing but a plural s follows it."""
        letters = np.frombuffer((squeezed.text + "\0").encode("utf-32-le"), np.uint32)
        follows = letters[ends] == ord("s")
        closed = np.append(squeezed.ends, False)[ends]
        glued = ~np.append(squeezed.gaps, True)[ends]
        result: NDArray[np.bool_] = follows & closed & glued & (ends - starts >= _PLURAL_FROM)
        return result

    def _read_pattern(self, number: int) -> Pattern:
        text = self._automaton.pattern(number)
        names = self._index.rows(keys.full_key(text))
        derived = not names
        if derived:
            names = self._index.rows("c" + text)
        decoy = decoy_of(self._index, text)
        strong = [name for name in names if not self._index.is_weak(name)]
        spellings = [self._index.text(name) for name in names]
        refused = decoy is not None and not strong
        return Pattern(
            text=text,
            han=sum(map(is_han, text)),
            words=max((len(re.findall(r"[A-Za-z]+", spelling)) for spelling in spellings), default=1),
            lower=any(spelling[:1].islower() for spelling in spellings),
            common=any(map(self._index.is_common_word, names)),
            weak=bool(names) and not strong and decoy is None,
            derived=derived and decoy is None,
            old=bool(names) and all(self._index.kind(name) in _OLD_KINDS for name in names) and decoy is None,
            anchor=refused and decoy is not None and decoy.reason in _ANCHORS,
            product=refused and decoy is not None and decoy.reason is DecoyReason.PRODUCT,
            breaks=frozenset().union(*(_breaks(spelling) for spelling in spellings)) if spellings else frozenset(),
        )


def _breaks(spelling: str) -> set[int]:
    """Return where a spelling breaks its squeezed form: at anything but letters and digits, and at inner capitals."""
    found = set()
    count = 0
    before = ""
    for character in spelling:
        kept = sum(map(str.isalnum, fold(character)))
        if not kept or (character.isupper() and before.islower()):
            found.add(count)
        count += kept
        before = character
    return found


def _holds_together(source: str, squeezed: Squeezed, start: int, end: int, pattern: Pattern) -> bool:
    """Tell whether what stands between the letters of a hit may stand inside a name."""
    positions, gaps, text = squeezed.positions, squeezed.gaps, squeezed.text
    for index in np.flatnonzero(gaps[start + 1 : end]).tolist():
        here = start + 1 + index
        gap = source[int(positions[here - 1]) + 1 : int(positions[here])]
        if is_han(text[here - 1]) and is_han(text[here]):
            length = end - start
            if _HAN_GAP.fullmatch(gap):
                continue
            if length >= _BROKEN_HAN_FROM and _HAN_SPACE.fullmatch(gap):
                continue
            if length >= _BRACKETED_FROM and _HAN_BRACKET.fullmatch(gap):
                continue
            return False
        if not _LATIN_GAP.fullmatch(gap):
            return is_han(text[here]) != is_han(text[here - 1]) and bool(_HAN_BRACKET.fullmatch(gap))
        if here - start not in pattern.breaks and end - start < _FREELY_BROKEN_FROM:
            return False
        if "," in gap or (gap.startswith(".") and len(gap) > 1):
            before = re.search(r"[a-z0-9]*$", _lower(source[: int(positions[here - 1]) + 1][-12:]))
            behind = re.match(r"[a-z0-9]*", _lower(source[int(positions[here]) :][:12]))
            word_before, word_behind = before[0] if before else "", behind[0] if behind else ""
            if word_behind not in FORMS_BEHIND_COMMA and word_before not in FORMS_BEHIND_COMMA:
                return False
    return True


def _lower(text: str) -> str:
    return fold(text)
