"""Link one text: find spans, weigh them, resolve them by the matcher, let the text decide what is left open."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from zhengming.aliases.model import FirmState
from zhengming.engine.answer import (
    NO_CONTEXT,
    Context,
    Evidence,
    MatchType,
    NotFoundReason,
    Options,
    Outcome,
    Resolution,
)
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.arrays import Arrays
from zhengming.engine.catalog import Catalog
from zhengming.engine.fold import fold, has_han
from zhengming.engine.grammar.places import han_place_before
from zhengming.engine.guard import InvalidQuery
from zhengming.engine.index import Index
from zhengming.engine.linking import codes, cues, policy, unlisted
from zhengming.engine.linking.automaton import Automaton
from zhengming.engine.linking.confidence import mention_confidence
from zhengming.engine.linking.document import relations, weigh_firms
from zhengming.engine.linking.finder import Finder, Pattern, Span
from zhengming.engine.linking.model import InvalidText, LinkedText, LinkOptions, Mention, Signal
from zhengming.engine.linking.model import SignalCode as S
from zhengming.engine.linking.signals import by_form, by_surroundings, surroundings
from zhengming.engine.linking.squeezed import Squeezer
from zhengming.engine.linking.windows import windows
from zhengming.engine.matcher import Matcher

_CACHED_NAMES = 1 << 14
_SPACE = re.compile(r"\s+")
_DECORATION_BEFORE = re.compile(r"(?:S?[*＊]ST|SST|ST|XD|XR|DR|[*＊]|(?<![A-Za-z])S|退市)$")
_DECORATION_BEHIND = re.compile(r"[AB](?![A-Za-z0-9股])|-(?:UW|WD|SW|U|W|B|S)(?![A-Za-z0-9])|Ａ|Ｂ")
_OPENING = frozenset("(（<")
_DECORATION_HEADS = frozenset("AB-ＡＢ")
_ABBREVIATED_FORM = re.compile(r"(?<![A-Za-z])(?:Co|Corp|Inc|Ltd)$", re.IGNORECASE)
_AFTER_DELISTING = 2
"""Characters that are left of a name behind 退市 (退市长油); before a whole name it is a verb."""
_FIRM_LISTED = re.compile(r"\s?(?:、|和|与|及|以及|,? and|&|/|(?<=[A-Za-z.]),)\s?")


_SHORT = 2
_GUESSED = frozenset((MatchType.FUZZY, MatchType.PINYIN))
_UNIT_NAME = 3
"""Characters of a name before which a place may make a unit of it."""
_ROW_HEADS = frozenset(" 、和与及以,&/")
_ROW_WIDTHS = (1, 2, 3, 5, 6)
"""Lengths of what stands between two names of a row."""


@dataclass(slots=True)
class _Candidate:
    """A span on its way."""

    start: int
    end: int
    text: str
    pattern: Pattern | None
    signals: list[Signal]
    resolution: Resolution
    total: float = 0.0
    long: bool = False
    """A name that can license shorter ones: it says by itself who is meant."""

    def add(self, code: S, weight: float) -> None:
        self.signals.append(Signal(code, round(weight, 2)))
        self.total += weight

    @property
    def confidence(self) -> float:
        return mention_confidence(self.total)

    @property
    def anchors(self) -> bool:
        """Whether it is known to be something else, so that nothing inside it is a firm's name."""
        return self.pattern is not None and (self.pattern.anchor or self.pattern.product)

    @property
    def firm(self) -> str:
        return self.resolution.firm_id


class Linker:
    """Links texts against one snapshot. Keeps nothing between texts but what it has learnt of names and code points."""

    def __init__(self, index: Index, catalog: Catalog, matcher: Matcher, arrays: Arrays) -> None:
        self._index = index
        self._catalog = catalog
        self._matcher = matcher
        self._squeezer = Squeezer()
        self._finder = Finder(index, Automaton(arrays))
        self._holders = lru_cache(_CACHED_NAMES)(catalog.holders)
        self._resolve_known = lru_cache(_CACHED_NAMES)(self._resolve)

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
        resolving = Options(
            options.granularity,
            options.profile,
            options.min_confidence,
            max(options.max_candidates, policy.CANDIDATES_WEIGHED),
            options.scope,
        )
        found: list[_Candidate] = []
        for window in windows(text):
            part = text[window.read_from : window.read_to]
            own = range(window.start - window.read_from, window.own_end - window.read_from)
            for candidate in self._read(part, options, resolving):
                if candidate.start in own:
                    candidate.start += window.read_from
                    candidate.end += window.read_from
                    found.append(candidate)
        self._hear_document(found, text, options, resolving)
        threshold = policy.MENTION_THRESHOLDS[options.profile]
        if options.min_mention_confidence is not None:
            threshold = options.min_mention_confidence
        mentions = [
            Mention(
                candidate.start,
                candidate.end,
                candidate.text,
                round(candidate.confidence, 4),
                candidate.resolution._replace(candidates=candidate.resolution.candidates[: options.max_candidates]),
                tuple(sorted(candidate.signals, key=lambda signal: -abs(signal.contribution))),
                0.0,
            )
            for candidate in _without_overlaps(found, threshold)
        ]
        firms = weigh_firms(mentions)
        for firm in firms:
            for position in firm.mentions:
                mentions[position] = mentions[position]._replace(relevance=firm.relevance)
        return LinkedText(tuple(mentions), firms, relations(self._catalog, firms))

    def _read(self, source: str, options: LinkOptions, resolving: Options) -> list[_Candidate]:
        """Return every candidate of a window, weighed by itself and by what stands beside it."""
        squeezed = self._squeezer.squeeze(source)
        finance = [int(squeezed.positions[word.start()]) for word in cues.FINANCE.finditer(squeezed.text)]
        spans = list(self._finder.spans(source, squeezed))
        found: dict[tuple[int, int], _Candidate] = {}
        settled = bytearray(len(source))
        # Longest first: what lies over a name that surely stands cannot stand itself, so it need not be weighed.
        for span in sorted(spans, key=lambda one: (one.start - one.end, one.start)):
            if any(settled[span.start : span.end]):
                continue
            near = bisect_left(finance, span.start - policy.REACH_BEFORE)
            is_near = near < len(finance) and finance[near] < span.end + policy.REACH_BEHIND
            candidate = self._known(source, span, is_near, options, resolving)
            # A short name continued (招商|银行) can end as a span that is a name of its own and was weighed as that.
            if candidate is None or (candidate.start, candidate.end) in found:
                continue
            found[candidate.start, candidate.end] = candidate
            if candidate.anchors or candidate.total >= policy.SURELY_STANDS:
                settled[candidate.start : candidate.end] = b"\1" * (candidate.end - candidate.start)
        for one in unlisted.find(source, spans):
            if (one.start, one.end) not in found:
                candidate = self._anatomical(source, one, options, resolving)
                found[one.start, one.end] = candidate
        ends = {end for _, end in found}
        likely = {end for (_, end), one in found.items() if one.total > 0 and not one.anchors}
        foreign = {start for (start, _), one in found.items() if one.resolution.decoy and not one.anchors}
        for candidate in found.values():
            _hear_longer_name(candidate, source, likely)
            if candidate.end in foreign and has_han(candidate.text) and len(candidate.text) <= _SHORT:
                candidate.add(S.PART_OF_NAME, policy.FOREIGN_BEHIND)
        for start, end, reading in codes.standing(source):
            if not any(candidate_end in ends for candidate_end in range(start - 3, start + 1)):
                firms = self._catalog.holders(reading, options.as_of)
                if firms:
                    written = source[start:end]
                    candidate = _Candidate(start, end, written, None, [], self._query(written, options, resolving))
                    candidate.add(S.CODE_BESIDE, policy.CODE_BESIDE)
                    found[start, end] = candidate
        return list(found.values())

    def _known(
        self, source: str, span: Span, finance: bool, options: LinkOptions, resolving: Options
    ) -> _Candidate | None:
        """Weigh a name of the table. None: so common a word that nothing here could make it a firm."""
        start, end, pattern = span
        written = source[start:end]
        if pattern.anchor:
            return _Candidate(start, end, written, pattern, [], _NOTHING, policy.ANCHOR)
        if pattern.product:
            product = self._query(written, options, resolving)
            signals = [Signal(S.PART_OF_PRODUCT, policy.PRODUCT)]
            return _Candidate(start, end, written, pattern, signals, product, policy.PRODUCT)
        if not pattern.han and source[start - 1 : start] in _OPENING and cues.CODE_IN_BRACKET.match(source, end):
            return None  # The code of the name before the bracket, which hears it.
        beside = codes.beside(source, end)
        if pattern.han:
            mark = _DECORATION_BEFORE.search(source, max(0, start - 4), start)
            if mark and (mark[0] != "退市" or pattern.han == _AFTER_DELISTING):
                start = mark.start()
            if source[end : end + 1] in _DECORATION_HEADS and (mark := _DECORATION_BEHIND.match(source, end)):
                end = mark.end()
                beside = codes.beside(source, end)
        elif source[end : end + 1] == "." and _ABBREVIATED_FORM.search(source, start, end):
            end += 1  # The period of "Corp." is the form's, at the end of a sentence too.
            beside = codes.beside(source, end)
        written = source[start:end]
        signals = list(by_form(pattern, written))
        if pattern.han and (start, end) != span[:2]:
            signals.append(Signal(S.LISTING_MARK, policy.LISTING_MARK))
        elif not beside and sum(signal.contribution for signal in signals) < policy.HOPELESS:
            return None
        signals += by_surroundings(
            pattern, surroundings(source, start, end, latin=not pattern.han, finance=finance), sure=bool(beside)
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
        resolution = self._query(written, options, resolving)
        if continued and resolution.match_type in _GUESSED:
            # 张裕集团 is no misspelt 长裕集团: the text spells the name that it continues as the table does.
            resolution = _NOTHING
        if (
            pattern.han == _UNIT_NAME == len(pattern.text)
            and not beside
            and self._is_unit(source, start, end, options, resolving)
        ):
            signals.append(Signal(S.PART_OF_NAME, policy.PLACE_BEFORE))
        candidate = _Candidate(start, end, written, pattern, signals, resolution)
        candidate.total = sum(signal.contribution for signal in signals)
        candidate.long = len(pattern.text) >= 4 and not pattern.weak and not pattern.common
        self._hear_codes(candidate, beside, options, resolving)
        return candidate

    def _is_unit(self, source: str, start: int, end: int, options: LinkOptions, resolving: Options) -> bool:
        """Tell whether a place glued before a name makes another of it (昆明|电子城): a unit that the table does not know.

        Names of two characters need no asking (`signals`), longer ones stand behind places as they are.
        """
        line = fold(source[max(0, start - policy.REACH_BEFORE) : start])
        place = han_place_before(line, len(line))
        if place is None or place[0].doubtful:
            return False
        whole = self._query(line[place[1] :] + source[start:end], options, resolving)
        return whole.outcome is Outcome.NOT_FOUND

    def _hear_codes(
        self, candidate: _Candidate, beside: Sequence[codes.CodeBeside], options: LinkOptions, resolving: Options
    ) -> None:
        for code in beside:
            holders = {self._index.firm_ids[row] for row in self._holders(code.reading, options.as_of)}
            if not holders:
                continue
            resolution = candidate.resolution
            named = {resolution.firm_id} | {one.firm_id for one in resolution.candidates}
            if holders & named or code.reading.market_stated:
                candidate.resolution = self._query(f"{candidate.text}({code.written})", options, resolving)
                candidate.add(S.CODE_BESIDE, policy.CODE_BESIDE)
                candidate.long = True
                return
        if beside:
            candidate.add(S.FOREIGN_CODE_BESIDE, policy.FOREIGN_CODE_BESIDE)

    def _anatomical(
        self, source: str, one: unlisted.Anatomical, options: LinkOptions, resolving: Options
    ) -> _Candidate:
        written = source[one.start : one.end]
        resolution = self._query(written, options, resolving)
        candidate = _Candidate(one.start, one.end, written, None, [], resolution, long=True)
        sure = one.surely_begins or resolution.outcome is Outcome.MATCH
        candidate.add(S.LEGAL_FORM, policy.ANATOMY[sure])
        self._hear_codes(candidate, codes.beside(source, one.end), options, resolving)
        return candidate

    def _query(self, written: str, options: LinkOptions, resolving: Options) -> Resolution:
        return self._resolve_known(written, options.as_of, resolving)

    def _resolve(self, written: str, as_of: str, resolving: Options) -> Resolution:
        name = _SPACE.sub("" if has_han(written) else " ", written).strip()
        try:
            if as_of:
                dated = self._matcher.resolve(name, Context(as_of=as_of), resolving)
                if dated.not_found_reason is not NotFoundReason.NOT_VALID_AT_DATE:
                    return dated
            # Old names live on in the press: a date chooses between bearers of a name, it does not forbid the only one.
            return self._matcher.resolve(name, NO_CONTEXT, resolving)
        except InvalidQuery:
            return _NOTHING

    def _is_listed(self, firm_id: str) -> bool:
        """Tell whether a firm is listed and goes on: a list that has ended leaves its codes with a firm of unknown state."""
        row = self._index.firm_row(firm_id)
        if row is None or not self._index.listed[row]:
            return False
        record = self._catalog.firm(firm_id)
        return record is not None and record.state is FirmState.ACTIVE

    def _hear_document(self, found: Sequence[_Candidate], text: str, options: LinkOptions, resolving: Options) -> None:
        """Let the text as a whole speak: full names license short ones, one string has one sense."""
        found = [one for one in found if not one.anchors]
        sure = [one for one in found if one.total >= policy.SURE and one.firm]
        licensed = {one.firm: one.text for one in sure if one.long}
        named = Counter(one.firm for one in sure)
        sense: dict[str, str] = {one.text: one.firm for one in sure}
        for one in found:
            if one.resolution.outcome is Outcome.AMBIGUOUS:
                chosen = [each for each in one.resolution.candidates if each.firm_id in licensed]
                if len(chosen) == 1:
                    one.resolution = _settled(one.resolution, chosen[0].firm_id, policy.LICENSED)
                    continue
                if _speaks_of_listed(one):
                    listed = [each for each in one.resolution.candidates if self._is_listed(each.firm_id)]
                    if len(listed) == 1:
                        one.resolution = _settled(one.resolution, listed[0].firm_id, policy.LISTED_MEANT)
        likely = [one for one in found if one.total >= policy.LIKELY]
        starts = {one.start for one in likely}
        ends = {one.end for one in likely}
        for one in found:
            if _beside_another(text, one, starts, ends):
                one.add(S.LISTED_WITH_FIRMS, policy.LISTED_WITH_FIRMS)
            other_sense = any(signal.code in _ANOTHER_SENSE for signal in one.signals)
            if other_sense:
                pass  # Not licensed, whatever else the text names.
            elif one.firm in licensed and licensed[one.firm] != one.text and not _is_everyday(one):
                one.add(S.CO_MENTION, policy.CO_MENTION)
            elif one.total < policy.SURE and one.firm and sense.get(one.text) == one.firm:
                one.add(S.SAME_SENSE, policy.SAME_SENSE)
            others = len(named) - (one.firm in named)
            # Words of everyday stand in the news of firms as anywhere.
            if others and not any(signal.code in _NOT_BY_TEXT for signal in one.signals):
                one.add(S.FINANCIAL_TEXT, min(policy.FINANCIAL_TEXT * others, policy.FINANCIAL_TEXT_MOST))


_NOTHING = Resolution(Outcome.NOT_FOUND)
_ANOTHER_SENSE = frozenset(
    (S.PART_OF_PRODUCT, S.PART_OF_PLACE, S.PART_OF_PERSON, S.PART_OF_NAME, S.OTHER_SENSE, S.WORD_OVERLAP, S.IN_TITLE)
)
_BESIDE = frozenset((S.WORD_BEFORE, S.WORD_BEHIND, S.LISTED_WITH_FIRMS, S.LISTING_MARK, S.CODE_BESIDE))
_NOT_BY_TEXT = frozenset((S.COMMON_WORD, S.WEAK_NAME, S.WORD_OVERLAP, S.PLACE_LIKE))


def _is_everyday(one: _Candidate) -> bool:
    """Tell whether a name is an everyday word with no word of firms beside it: its firm's full name does not license it.

    A text that names 联想集团 also says 联想到, one on 小米集团 also 小米糕.
    """
    if any(signal.code in _BESIDE and signal.contribution > 1 for signal in one.signals):
        return False
    return sum(signal.contribution for signal in one.signals if signal.code is S.COMMON_WORD) <= policy.EVERYDAY


def _settled(resolution: Resolution, firm_id: str, confidence: float) -> Resolution:
    """Return an ambiguous answer settled by the text: one of its candidates is the one that is meant."""
    chosen = next(one for one in resolution.candidates if one.firm_id == firm_id)
    evidence = (*chosen.evidence, Evidence(E.CO_MENTION, policy.CO_MENTION))
    confidence = round(max(chosen.confidence, confidence), 4)
    settled = chosen._replace(confidence=confidence, evidence=evidence)
    others = tuple(one for one in resolution.candidates if one.firm_id != firm_id)
    return resolution._replace(
        outcome=Outcome.MATCH,
        firm_id=firm_id,
        confidence=confidence,
        match_type=chosen.match_type,
        matched_name=chosen.matched_name,
        evidence=evidence,
        candidates=(settled, *others),
        ambiguity_reason=None,
        hints=(),
    )


def _speaks_of_listed(one: _Candidate) -> bool:
    """Tell whether a listed firm is surely meant, whichever: by its listing mark, or by a strong name in its news."""
    codes = {signal.code for signal in one.signals}
    return S.LISTING_MARK in codes or (
        S.FINANCE_NEAR in codes and S.WEAK_NAME not in codes and one.total >= policy.SURE
    )


def _hear_longer_name(candidate: _Candidate, source: str, ends: set[int]) -> None:
    """A code that stands behind unknown characters is that of a longer name which begins here (诺瓦|瓦克斯医药(NVAX.O))."""
    if candidate.pattern is None or candidate.anchors or not candidate.pattern.han:
        return
    longer = cues.CODE_FURTHER_ON.match(source, candidate.end)
    told = any(signal.code is S.WORD_BEHIND and signal.contribution > 1 for signal in candidate.signals)
    if longer and longer.end(1) not in ends and not told:
        candidate.add(S.PART_OF_NAME, policy.PART_OF_NAME)


def _beside_another(text: str, one: _Candidate, starts: set[int], ends: set[int]) -> bool:
    behind = _FIRM_LISTED.match(text, one.end) if text[one.end : one.end + 1] in _ROW_HEADS else None
    return (behind is not None and behind.end() in starts) or any(
        one.start - width in ends and _FIRM_LISTED.fullmatch(text, one.start - width, one.start) is not None
        for width in _ROW_WIDTHS
    )


def _without_overlaps(found: Sequence[_Candidate], threshold: float) -> list[_Candidate]:
    """Return the candidates that stand: sure enough, longest first, none over another; anchors take their place and go."""
    ranked = sorted(found, key=lambda one: (one.start - one.end, -one.total, one.start))
    taken: list[_Candidate] = []
    occupied: set[int] = set()
    for one in ranked:
        stands = one.confidence >= threshold
        places = range(one.start, one.end)
        if (stands or one.anchors) and occupied.isdisjoint(places):
            occupied.update(places)
            if stands and one.resolution is not _NOTHING:
                taken.append(one)
    return sorted(taken, key=lambda one: one.start)
