"""Find where names of the table stand in a text: hits of the automaton that begin and end where a name may."""

from __future__ import annotations

import re
from typing import NamedTuple

from zhengming.aliases.model import DecoyReason, NameKind
from zhengming.engine import keys
from zhengming.engine.candidates import decoy as decoy_of
from zhengming.engine.fold import fold, is_han
from zhengming.engine.index import Index
from zhengming.engine.linking.automaton import Automaton
from zhengming.engine.linking.cues import FORMS_BEHIND_COMMA
from zhengming.engine.linking.form import han_form, is_everyday, latin_marks
from zhengming.engine.linking.model import Signal
from zhengming.engine.linking.squeezed import ALPHABETIC_END, Squeezed

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
    is_latin: bool
    """Latin letters, with digits perhaps: how a text writes it counts."""
    is_word: bool
    """An everyday word too, by the table or a dictionary."""
    form: tuple[Signal, ...]
    """What speaks for the name by itself; of a Latin name only what the table says of it."""
    form_total: float
    """Sum of the form's log-odds."""


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
        self._patterns: list[Pattern | None] = [None] * automaton.count

    def spans(self, squeezed: Squeezed) -> list[Span]:
        """Return every span of a text where a known name stands on its own, overlapping ones too."""
        text, positions, patterns = squeezed.text, squeezed.positions, self._patterns
        spans = []
        for start, end, number in self._automaton.hits(text):
            last = end - 1
            # Chinese, as most hits are, may begin and end anywhere.
            if text[start] < ALPHABETIC_END and not squeezed.may_begin(start):
                continue
            if text[last] < ALPHABETIC_END and not (squeezed.may_end(last) or _is_plural(squeezed, start, end)):
                continue
            pattern = patterns[number] or self._read_pattern(number)
            if squeezed.is_unbroken(start, end) or _holds_together(squeezed, start, end, pattern):
                spans.append(Span(positions[start], positions[last] + 1, pattern))
        return spans

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
        han = sum(map(is_han, text))
        is_latin = not han and not text.isdigit()
        common = any(map(self._index.is_common_word, names))
        weak = bool(names) and not strong and decoy is None
        derived = derived and decoy is None
        old = bool(names) and all(self._index.kind(name) in _OLD_KINDS for name in names) and decoy is None
        if is_latin:
            form = latin_marks(common=common, weak=weak, old=old or derived)
        else:
            form = han_form(text, han, common=common, weak=weak, old=old or derived)
        pattern = self._patterns[number] = Pattern(
            text=text,
            han=han,
            words=max((len(re.findall(r"[A-Za-z]+", spelling)) for spelling in spellings), default=1),
            lower=any(spelling[:1].islower() for spelling in spellings),
            common=common,
            weak=weak,
            derived=derived,
            old=old,
            anchor=refused and decoy is not None and decoy.reason in _ANCHORS,
            product=refused and decoy is not None and decoy.reason is DecoyReason.PRODUCT,
            breaks=frozenset().union(*(_breaks(spelling) for spelling in spellings)) if spellings else frozenset(),
            is_latin=is_latin,
            is_word=common or is_everyday(text),
            form=form,
            form_total=sum(signal.contribution for signal in form),
        )
        return pattern


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


def _is_plural(squeezed: Squeezed, start: int, end: int) -> bool:
    """Tell whether nothing but a plural s follows a hit."""
    return (
        end - start >= _PLURAL_FROM
        and squeezed.text[end : end + 1] == "s"
        and not squeezed.gap_before(end)
        and squeezed.may_end(end)
    )


def _holds_together(squeezed: Squeezed, start: int, end: int, pattern: Pattern) -> bool:
    """Tell whether what stands between the letters of a hit may stand inside a name."""
    source, positions, text = squeezed.source, squeezed.positions, squeezed.text
    for here in filter(squeezed.gap_before, range(start + 1, end)):
        gap = source[positions[here - 1] + 1 : positions[here]]
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
            before = re.search(r"[a-z0-9]*$", fold(source[: positions[here - 1] + 1][-12:]))
            behind = re.match(r"[a-z0-9]*", fold(source[positions[here] :][:12]))
            word_before, word_behind = before[0] if before else "", behind[0] if behind else ""
            if word_behind not in FORMS_BEHIND_COMMA and word_before not in FORMS_BEHIND_COMMA:
                return False
    return True
