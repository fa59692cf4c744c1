"""Find names with a firm's anatomy that no table holds: what ends in a legal form, and where it begins.

The end is sure, the beginning has to be guessed in Chinese, which writes no spaces: at a place (上海…), at a brand of the
table (大疆…), behind punctuation, or behind a word that stands before names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zhengming.engine.fold import fold, is_han
from zhengming.engine.grammar.places import han_place_at
from zhengming.engine.linking.cues import HAN_BETWEEN, HAN_STOPS, LATIN_LEAD_WORDS
from zhengming.engine.linking.finder import Span
from zhengming.engine.linking.policy import LONGEST_ANATOMY

_HAN_FORM = re.compile(
    "(?:股份)?有限(?:责任)?公司(?:[\u4e00-\u9fff]{2,8}(?:分公司|分行|支行))?|集团公司|控股公司|有限合伙|"
    "(?:股份)?有限(?:責任)?公司|集團公司|控股公司"
)
_HAN_JOINED = re.compile(f"(?:{_HAN_FORM.pattern})(?:以及|[与與和及跟或暨])")
"""A whole legal name and the word that joins another one to it."""
_HAN_RUN = re.compile(r"(?:[\u3400-\u9fffA-Za-z0-9·&\-]|[(（][\u3400-\u9fff]{1,12}[)）])*$")
_LATIN_FORM = (
    r"(?:Co\.?,?\s*Ltd\b\.?|Company,?\s+Limited|Company,?\s+Ltd\b\.?|Corporation|Corp\b\.?|Incorporated|Inc\b\.?|"
    r"Limited|Ltd\b\.?|LLC|PLC|Co\.(?=\s|,|$)|Company(?=\s|[,.;]|$)|Group\b|Holdings\b)"
)
_LATIN = re.compile(
    r"(?<![A-Za-z0-9])((?:(?:[A-Z][\w&'’.\-]*|\([A-Z][A-Za-z ]+\)|of|and|&)[ \u00a0]{1,2}|[A-Z][\w&'’\-]*,[ ](?=Inc|Ltd|Co\b|LLC)){1,9}?)"
    + "("
    + _LATIN_FORM
    + r"(?:\s*(?:Co\.?,?\s*Ltd\b\.?|Company Limited|Corporation|Corp\b\.?|Limited|Ltd\b\.?|Inc\b\.?|Co\b\.?)){0,2}(?:\s*\([A-Z][a-z]+\))?)"
)
_LATIN_FORM_WORD = re.compile("Co|Inc|L(?:imited|td|LC)|PLC|Group|Holdings")
"""How every legal form begins: most texts have none."""
_SENTENCE_END = re.compile(r"(?<=[a-z]{4})\.\s")
"""A period behind a word too long for an abbreviation (Corp., Intl.)."""
_JOINED = re.compile(r",?\s(?:and|&)\s|,\s")


class Anatomical(NamedTuple):
    """A span that has a firm's anatomy."""

    start: int
    end: int
    surely_begins: bool
    """It begins at a place, at a known brand or behind punctuation."""


def find(source: str, spans: Sequence[Span]) -> Iterator[Anatomical]:
    """Yield the names with a legal form. `spans` are the names of the table that stand in the text."""
    if "有限" in source or "公司" in source:
        known = sorted({span[:2] for span in spans if not span.pattern.anchor and not span.pattern.derived})
        for form in _HAN_FORM.finditer(source):
            found = _han(source, form.start(), form.end(), known)
            if found is not None:
                yield found
    if _LATIN_FORM_WORD.search(source):
        yield from _latin(source, [span for span in spans if not span.pattern.anchor])


def _latin(source: str, spans: Sequence[Span]) -> Iterator[Anatomical]:
    ends = {span.end for span in spans}
    longest: dict[int, int] = {}
    for span in spans:
        longest[span.start] = max(span.end, longest.get(span.start, 0))
    for match in _LATIN.finditer(source):
        start = _skip_lead_words(match)
        for joined in _JOINED.finditer(source, start, match.start(2)):
            # What stands on either side of "and" is a firm by itself: the name begins behind it.
            if joined.start() in ends or longest.get(joined.end(), 0) >= match.start(2) - 1:
                start = joined.end()
        for sentence in _SENTENCE_END.finditer(source, start, match.start(2)):
            start = sentence.end()
        if start < match.start(2):
            yield Anatomical(start, match.end(), True)


def _skip_lead_words(match: re.Match[str]) -> int:
    start = match.start(1)
    for word in re.finditer(r"\S+\s+", match[1]):
        if word[0].strip().casefold() not in LATIN_LEAD_WORDS:
            break
        start = match.start(1) + word.end()
    return start


def _han(
    source: str, form: int, end: int, known: Sequence[tuple[int, int]], begin: int | None = None
) -> Anatomical | None:
    if begin is None:
        run = _HAN_RUN.search(source, max(0, form - LONGEST_ANATOMY), form)
        begin = run.start() if run else form
        for joined in _HAN_JOINED.finditer(source, begin, form):
            begin = joined.end()
    while begin < form and source[begin] in ")）·-&":
        begin += 1
    if form - begin < 2:
        return None
    line = "".join([fold(character)[:1] or " " for character in source[begin:form]])
    for word in HAN_BETWEEN.finditer(line, 0, len(line) - 1):
        if not any(start < begin + word.end() and begin + word.start() < stop for start, stop in known):
            return _han(source, form, end, known, begin + word.end())
    starts = [start for start, _ in known if begin <= start <= form - 2]
    places = [begin + offset for offset in range(len(line) - 2) if _is_place(line, offset)]
    stops = [
        begin + offset + 1
        for offset, character in enumerate(line[:-2])
        if character in HAN_STOPS and not any(start <= begin + offset < stop for start, stop in known)
    ]
    for stop in reversed(stops):
        # Whatever stands behind a small word begins a name if a place or a brand does.
        if stop in places or stop in starts:
            return Anatomical(stop, end, True)
    if places or starts:
        first = min(places + starts)
        return Anatomical(first, end, True)
    if stops:
        return Anatomical(stops[-1], end, False)
    return Anatomical(begin, end, (begin == 0 or not is_han(source[begin - 1])) and form - begin <= 12)


def _is_place(line: str, offset: int) -> bool:
    found = han_place_at(line, offset)
    return found is not None and not found[0].doubtful and (offset == 0 or line[offset - 1] not in "(（")
