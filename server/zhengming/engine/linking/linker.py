"""Link one text: find spans, weigh them, resolve them by the matcher, let the text decide what is left open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from zhengming.aliases.model import FirmState
from zhengming.engine.answer import NO_CONTEXT, Context, MatchType, NotFoundReason, Options, Outcome, Resolution
from zhengming.engine.arrays import Arrays
from zhengming.engine.catalog import Catalog
from zhengming.engine.fold import fold, has_han
from zhengming.engine.grammar.places import han_place_before
from zhengming.engine.guard import InvalidQuery
from zhengming.engine.identifiers import read_code
from zhengming.engine.index import Index
from zhengming.engine.linking import codes, cues, policy, unlisted
from zhengming.engine.linking.automaton import Automaton
from zhengming.engine.linking.candidate import Candidate
from zhengming.engine.linking.confidence import mention_confidence
from zhengming.engine.linking.document import relations, weigh_firms
from zhengming.engine.linking.finder import Finder, Span
from zhengming.engine.linking.hearing import hear_document, hear_neighbours
from zhengming.engine.linking.model import InvalidText, LinkedText, LinkOptions, Mention, Signal
from zhengming.engine.linking.model import SignalCode as S
from zhengming.engine.linking.signals import Landmarks, by_form, by_surroundings, surroundings
from zhengming.engine.linking.squeezed import Squeezed
from zhengming.engine.linking.windows import windows
from zhengming.engine.matcher import Matcher

_CACHED_NAMES = 1 << 14
_CACHED_PLANS = 1 << 8
_SPACE = re.compile(r"\s+")
_DECORATION_BEFORE = re.compile(r"(?:S?[*＊]ST|SST|ST|XD|XR|DR|[*＊]|(?<![A-Za-z])S|退市)$")
_DECORATION_BEHIND = re.compile(r"[AB](?![A-Za-z0-9股])|-(?:UW|WD|SW|U|W|B|S)(?![A-Za-z0-9])|Ａ|Ｂ")
_OPENING = frozenset("(（<")
_DECORATION_TAILS = frozenset("TDRS*＊市\n")
_DECORATION_HEADS = frozenset("AB-ＡＢ")
_ABBREVIATED_FORM = re.compile(r"(?<![A-Za-z])(?:Co|Corp|Inc|Ltd)$", re.IGNORECASE)
_PLUS_BEHIND = re.compile(r"\+(?![\w+])")
_AFTER_DELISTING = 2
"""Characters that are left of a name behind 退市 (退市长油); before a whole name it is a verb."""

_NOTHING = Resolution(Outcome.NOT_FOUND)
_GUESSED = frozenset((MatchType.FUZZY, MatchType.PINYIN))
_UNIT_NAME = 3
"""Characters of a name before which a place may make a unit of it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What the options of a call come to. Equal options have one plan, so that it is told apart by identity."""

    as_of: str
    resolving: Options
    shown: int
    """Candidates that the caller wants to see of each resolution."""
    threshold: float
    """Least confidence of a mention."""


@lru_cache(_CACHED_PLANS)
def _plan(options: LinkOptions) -> _Plan:
    least = options.min_mention_confidence
    return _Plan(
        options.as_of,
        Options(
            options.granularity,
            options.profile,
            options.min_confidence,
            max(options.max_candidates, policy.CANDIDATES_WEIGHED),
            options.scope,
        ),
        options.max_candidates,
        policy.MENTION_THRESHOLDS[options.profile] if least is None else least,
    )


class Linker:
    """Links texts against one snapshot. Keeps nothing between texts but what it has learnt of names and code points."""

    def __init__(self, index: Index, catalog: Catalog, matcher: Matcher, arrays: Arrays) -> None:
        self._index = index
        self._catalog = catalog
        self._matcher = matcher
        self._finder = Finder(index, Automaton(arrays))
        self._holders = lru_cache(_CACHED_NAMES)(self._read_holders)
        self._query = lru_cache(_CACHED_NAMES)(self._resolve)

    def link(self, text: str, options: LinkOptions) -> LinkedText:
        """Return the firms that a text names. Raises `InvalidText` for one that is too long or no valid Unicode."""
        if len(text) > policy.MAX_CODE_POINTS:
            raise InvalidText(
                "TOO_LONG", f"The text has {len(text)} code points; send at most {policy.MAX_CODE_POINTS} in one call."
            )
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise InvalidText("INVALID_UNICODE", "The text holds a lone surrogate; send valid Unicode.") from error
        plan = _plan(options)
        found: list[Candidate] = []
        anchors: list[tuple[int, int]] = []
        for window in windows(text):
            offset = window.read_from
            candidates, places = self._read(text[offset : window.read_to], plan)
            own = range(window.start - offset, window.own_end - offset)
            anchors += [(start + offset, end + offset) for start, end in places if start in own]
            for candidate in candidates:
                if candidate.start in own:
                    candidate.start += offset
                    candidate.end += offset
                    found.append(candidate)
        hear_document(found, text, self._is_listed, self._has_parent)
        standing = _without_overlaps(found, anchors, len(text), plan.threshold)
        mentions = [_mention(candidate, plan.shown) for candidate in standing]
        firms = weigh_firms(mentions)
        for firm in firms:
            for position in firm.mentions:
                mentions[position] = mentions[position]._replace(relevance=firm.relevance)
        return LinkedText(tuple(mentions), firms, relations(self._catalog, firms))

    def _read(self, source: str, plan: _Plan) -> tuple[list[Candidate], list[tuple[int, int]]]:
        """Return every candidate of a window, weighed by itself and by what stands beside it, and where anchors stand."""
        squeezed = Squeezed(source)
        spans = self._finder.spans(squeezed)
        landmarks = Landmarks(
            {span.start for span in spans if not span.pattern.anchor},
            {span.end for span in spans if not span.pattern.anchor},
            [squeezed.positions[word.start()] for word in cues.FINANCE.finditer(squeezed.text)],
        )
        found: dict[tuple[int, int], Candidate] = {}
        anchors: list[tuple[int, int]] = []
        settled = bytearray(len(source))
        # Longest first: what lies over a name that surely stands cannot stand itself, so it need not be weighed.
        for span in sorted([span for span in spans if _may_stand(source, span)], key=_longest_first):
            start, end, pattern = span
            if settled.find(1, start, end) >= 0:
                continue
            if pattern.anchor:
                anchors.append((start, end))
            else:
                candidate = self._known(squeezed, span, landmarks, plan)
                # A short name continued (招商|银行) can end as a span that is a name of its own and was weighed as that.
                if candidate is None or (candidate.start, candidate.end) in found:
                    continue
                start, end = candidate.start, candidate.end
                found[start, end] = candidate
                if not candidate.anchors and candidate.total < policy.SURELY_STANDS:
                    continue
            settled[start:end] = b"\1" * (end - start)
        for one in unlisted.find(source, spans):
            place = one.start, one.end
            if place not in found and place not in anchors:
                found[place] = self._anatomical(source, one, plan)
        hear_neighbours(found.values(), source)
        ends = {end for _, end in (*found, *anchors)}
        for start, end, reading in codes.standing(source):
            if ends.isdisjoint(range(start - 3, start + 1)) and self._catalog.holders(reading, plan.as_of):
                written = source[start:end]
                candidate = Candidate(start, end, written, None, [], self._query(written, plan))
                candidate.add(S.CODE_BESIDE, policy.CODE_BESIDE)
                found[start, end] = candidate
        return list(found.values()), anchors

    def _known(self, squeezed: Squeezed, span: Span, landmarks: Landmarks, plan: _Plan) -> Candidate | None:
        """Weigh a name of the table. None: so common a word that nothing here could make it a firm."""
        source = squeezed.source
        start, end, pattern = span
        if pattern.product:
            written = source[start:end]
            product = self._query(written, plan)
            signals = [Signal(S.PART_OF_PRODUCT, policy.PRODUCT)]
            return Candidate(start, end, written, pattern, signals, product, policy.PRODUCT, anchors=True)
        if pattern.han:
            start, end = _with_listing_marks(source, span)
        elif source[start - 1 : start] in _OPENING and cues.CODE_IN_BRACKET.match(source, end):
            return None  # The code of the name before the bracket, which hears it.
        elif source[end : end + 1] == "." and _ABBREVIATED_FORM.search(source, start, end):
            end += 1  # The period of "Corp." is the form's, at the end of a sentence too.
        elif _PLUS_BEHIND.match(source, end):
            end += 1  # Alipay+ is another thing than Alipay; the matcher knows.
        written = source[start:end]
        beside = codes.beside(source, end)
        signals = list(by_form(pattern, written))
        if pattern.han and (start, end) != span[:2]:
            signals.append(Signal(S.LISTING_MARK, policy.LISTING_MARK))
        elif not beside and sum([signal.contribution for signal in signals]) < policy.HOPELESS:
            return None
        signals += by_surroundings(
            pattern, surroundings(squeezed, start, end, landmarks, latin=not pattern.han), sure=bool(beside)
        )
        continued = cues.CONTINUED.match(source, end) if pattern.han and not beside else None
        in_place = any(signal.code is S.PART_OF_PLACE for signal in signals)
        if (
            continued
            and not in_place
            and (not cues.HAS_TRADE.end(pattern.text) or cues.GROUP_WORDS.begin(continued[0]))
        ):
            # 通威集团 is another firm than 通威, and 恒大人寿 than 恒大: what continues the name is part of it.
            end = continued.end()
            written = source[start:end]
        resolution = self._query(written, plan)
        if continued and resolution.match_type in _GUESSED:
            # 张裕集团 is no misspelt 长裕集团: the text spells the name that it continues as the table does.
            resolution = _NOTHING
        if pattern.han == _UNIT_NAME == len(pattern.text) and not beside and self._is_unit(source, start, end, plan):
            signals.append(Signal(S.PART_OF_NAME, policy.ANOTHER_NAME))
        candidate = Candidate(start, end, written, pattern, signals, resolution)
        candidate.total = sum([signal.contribution for signal in signals])
        candidate.long = len(pattern.text) >= 4 and not pattern.weak and not pattern.common
        self._hear_codes(candidate, beside, plan)
        return candidate

    def _is_unit(self, source: str, start: int, end: int, plan: _Plan) -> bool:
        """Tell whether a place glued before a name makes another of it (昆明|电子城): a unit that the table does not know.

        Names of two characters need no asking (`signals`), longer ones stand behind places as they are.
        """
        line = fold(source[max(0, start - policy.REACH_BEFORE) : start])
        place = han_place_before(line, len(line))
        if place is None or place[0].doubtful:
            return False
        whole = self._query(line[place[1] :] + source[start:end], plan)
        return whole.outcome is Outcome.NOT_FOUND

    def _hear_codes(self, candidate: Candidate, beside: Sequence[codes.CodeBeside], plan: _Plan) -> None:
        for code in beside:
            holders = self._holders(code.written, plan.as_of)
            if not holders:
                continue
            resolution = candidate.resolution
            if (
                code.reading.market_stated
                or resolution.firm_id in holders
                or any(one.firm_id in holders for one in resolution.candidates)
            ):
                candidate.resolution = self._query(f"{candidate.text}({code.written})", plan)
                candidate.add(S.CODE_BESIDE, policy.CODE_BESIDE)
                candidate.long = True
                return
        if beside:
            candidate.add(S.FOREIGN_CODE_BESIDE, policy.FOREIGN_CODE_BESIDE)

    def _anatomical(self, source: str, one: unlisted.Anatomical, plan: _Plan) -> Candidate:
        written = source[one.start : one.end]
        resolution = self._query(written, plan)
        candidate = Candidate(one.start, one.end, written, None, [], resolution, long=True)
        sure = one.surely_begins or resolution.outcome is Outcome.MATCH
        candidate.add(S.LEGAL_FORM, policy.ANATOMY[sure])
        self._hear_codes(candidate, codes.beside(source, one.end), plan)
        return candidate

    def _resolve(self, written: str, plan: _Plan) -> Resolution:
        name = _SPACE.sub("" if has_han(written) else " ", written).strip()
        try:
            if plan.as_of:
                dated = self._matcher.resolve(name, Context(as_of=plan.as_of), plan.resolving)
                if dated.not_found_reason is not NotFoundReason.NOT_VALID_AT_DATE:
                    return dated
            # Old names live on in the press: a date chooses between bearers of a name, it does not forbid the only one.
            return self._matcher.resolve(name, NO_CONTEXT, plan.resolving)
        except InvalidQuery:
            return _NOTHING

    def _read_holders(self, code: str, as_of: str) -> frozenset[str]:
        reading = read_code(code)
        rows = self._catalog.holders(reading, as_of) if reading else ()
        return frozenset(self._index.firm_ids[row] for row in rows)

    def _is_listed(self, firm_id: str) -> bool:
        """Tell whether a firm is listed and goes on: a list that has ended leaves its codes with a firm of unknown state."""
        row = self._index.firm_row(firm_id)
        if row is None or not self._index.listed[row]:
            return False
        record = self._catalog.firm(firm_id)
        return record is not None and record.state is FirmState.ACTIVE

    def _has_parent(self, firm_id: str) -> bool:
        row = self._index.firm_row(firm_id)
        return row is not None and self._index.parents[row] >= 0


def _may_stand(source: str, span: Span) -> bool:
    """Tell whether a span has to be weighed at all: a hopeless name only where a code or a listing mark may stand on it."""
    pattern = span.pattern
    if pattern.is_latin or pattern.form_total >= policy.HOPELESS or pattern.anchor or pattern.product:
        return True
    behind = source[span.end : span.end + 1]
    return (
        codes.may_open(behind)
        or behind in _DECORATION_HEADS
        or source[span.start - 1 : span.start] in _DECORATION_TAILS
    )


def _longest_first(span: Span) -> tuple[int, int]:
    return span.start - span.end, span.start


def _with_listing_marks(source: str, span: Span) -> tuple[int, int]:
    """Return where a Chinese name begins and ends with the listing marks on it (*ST, -U, a share letter)."""
    start, end, pattern = span
    if source[start - 1 : start] in _DECORATION_TAILS:
        mark = _DECORATION_BEFORE.search(source, max(0, start - 4), start)
        if mark and (mark[0] != "退市" or pattern.han == _AFTER_DELISTING):
            start = mark.start()
    if source[end : end + 1] in _DECORATION_HEADS and (mark := _DECORATION_BEHIND.match(source, end)):
        end = mark.end()
    return start, end


def _mention(candidate: Candidate, shown: int) -> Mention:
    resolution = candidate.resolution
    if len(resolution.candidates) > shown:
        resolution = resolution._replace(candidates=resolution.candidates[:shown])
    return Mention(
        candidate.start,
        candidate.end,
        candidate.text,
        round(mention_confidence(candidate.total), 4),
        resolution,
        tuple(sorted(candidate.signals, key=_strongest_first)),
        0.0,
    )


def _strongest_first(signal: Signal) -> float:
    return -abs(signal.contribution)


def _without_overlaps(
    found: Sequence[Candidate], anchors: Sequence[tuple[int, int]], length: int, threshold: float
) -> list[Candidate]:
    """Return the candidates that stand: sure enough, longest first, none over another; anchors take their place and go."""
    # Candidates by their number; an anchor has none.
    ranked = [(one.start - one.end, -one.total, one.start, number) for number, one in enumerate(found)]
    ranked += [(start - end, -policy.ANCHOR, start, -1) for start, end in anchors]
    ranked.sort()
    taken = []
    occupied = bytearray(length)
    for size, doubt, start, number in ranked:
        end = start - size
        stands = number >= 0 and mention_confidence(-doubt) >= threshold
        if (stands or number < 0 or found[number].anchors) and occupied.find(1, start, end) < 0:
            occupied[start:end] = b"\1" * -size
            if stands and found[number].resolution is not _NOTHING:
                taken.append((start, number))
    return [found[number] for _, number in sorted(taken)]
