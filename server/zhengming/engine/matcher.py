"""Resolve one query: the cascade from the cheapest look-up to the dearest, and the decision after each step.

Identifier → equal name → decoy → equal core → parts, sound, initials → n-grams. A step that gives one clear firm, or
a clear tie, ends the search, so an exact name always beats a similar one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from zhengming.aliases.model import DecoyReason, NameKind
from zhengming.engine import candidates as gather
from zhengming.engine.answer import (
    NO_CONTEXT,
    AmbiguityReason,
    Context,
    Granularity,
    MatchType,
    NotFoundReason,
    Options,
    Outcome,
    Resolution,
    Stage,
    Warning,
)
from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.catalog import Catalog
from zhengming.engine.context import ContextReader
from zhengming.engine.decide import agrees, decide, points
from zhengming.engine.explain import SILENT, Recorder
from zhengming.engine.fold import fold, squeeze
from zhengming.engine.grammar import Anatomy, parse, strip_decorations
from zhengming.engine.guard import guard, guard_folded
from zhengming.engine.identifiers import CodeReading, read_code, split_code
from zhengming.engine.index import Index
from zhengming.engine.policy import BRAND_OWNERS, SHORTEST_SLIPPED, TRADES_THAT_NAME
from zhengming.engine.scoring import Reached, Scored, Scorer
from zhengming.engine.short_cut import ShortCut
from zhengming.engine.verdict import Verdict, ambiguous, matched, not_found
from zhengming.engine.weights import Weights
from zhengming.engine.write import Writer

_REFUSALS = {
    DecoyReason.FOREIGN_FIRM: NotFoundReason.OUT_OF_SCOPE,
    DecoyReason.TAIWAN_GROUP: NotFoundReason.OUT_OF_SCOPE,
    DecoyReason.HONG_KONG_GROUP: NotFoundReason.OUT_OF_SCOPE,
    DecoyReason.MAINLAND_GROUP: NotFoundReason.OUT_OF_SCOPE,
    DecoyReason.PUBLIC_BODY: NotFoundReason.OUT_OF_SCOPE,
    DecoyReason.UNIVERSITY: NotFoundReason.OUT_OF_SCOPE,
    DecoyReason.PRODUCT: NotFoundReason.NOT_AN_ORGANIZATION,
    DecoyReason.PERSON: NotFoundReason.NOT_AN_ORGANIZATION,
    DecoyReason.PLACE: NotFoundReason.NOT_AN_ORGANIZATION,
    DecoyReason.EVENT: NotFoundReason.NOT_AN_ORGANIZATION,
    DecoyReason.GENERIC_WORD: NotFoundReason.TOO_GENERIC,
}

_OWN_NAMES = frozenset((NameKind.LEGAL, NameKind.FORMER, NameKind.TRADING))
_GUESSED = frozenset((MatchType.FUZZY, MatchType.PINYIN, MatchType.ABBREVIATION, MatchType.ACRONYM))
_TOO_LOW = NotFoundReason.BELOW_THRESHOLD
_PLUS_BEHIND = re.compile(r"\w\+$")
_CLOSING = frozenset(")）]】>〉")


class _Query(NamedTuple):
    """A query on its way."""

    text: str
    folded: str
    squeezed: str
    reader: ContextReader
    options: Options
    context: Context
    recorder: Recorder


class Matcher:
    """Resolves queries against one snapshot. Holds no state of its own between calls."""

    def __init__(self, index: Index, catalog: Catalog, weights: Weights) -> None:
        self._index = index
        self._catalog = catalog
        self._scorer = Scorer(index, weights)
        self._writer = Writer(index)
        self._short_cut = ShortCut(index, self._scorer, self._writer)
        self._no_context = ContextReader(index, catalog, NO_CONTEXT, weights)

    def resolve(self, text: str, context: Context, options: Options, recorder: Recorder = SILENT) -> Resolution:
        """Return the answer to one query. Raises `InvalidQuery` when the text cannot be a name.

        `recorder` is told of every step that the search takes; it changes nothing.
        """
        if context is NO_CONTEXT and recorder is SILENT and (known := self._short_cut.answer(text, options)):
            return known
        guarded = guard(text)
        reader = self._no_context
        if context is not NO_CONTEXT:
            reader = ContextReader(self._index, self._catalog, context, self._scorer.weights)
        name, reading = split_code(guarded.text) if guarded.text[-1] in _CLOSING else (guarded.text, None)
        holders = frozenset(self._catalog.holders(reading, context.as_of)) if reading else frozenset()
        if not holders:
            name = guarded.text
        folded = guard_folded(fold(name))
        query = _Query(name, folded, squeeze(folded), reader, options, context, recorder)
        verdict = self._search(query)
        if reading and not reading.market_stated and not self._names_one_of(verdict, holders):
            # 寒武纪 (2020) is a year, not the Hong Kong code of somebody else.
            holders = frozenset()
        if code_firms := reader.code_firms | holders:
            verdict = self._hold_against_codes(query, verdict, code_firms)
            recorder.step(Stage.HELD_AGAINST_CODES, len(code_firms), verdict.scored, ended=True)
        recorder.finish(folded, query.squeezed, reader, verdict)
        return self._writer.write(verdict, folded, guarded.warnings, options)

    @staticmethod
    def _names_one_of(verdict: Verdict, firms: frozenset[int]) -> bool:
        return any(one.firm in firms and agrees(one.evidence) for one in verdict.scored)

    def _search(self, query: _Query) -> Verdict:
        if not query.squeezed:
            return not_found(NotFoundReason.TOO_GENERIC)
        reading = read_code(query.text)
        if reading and reading.market_stated and (verdict := self._by_code(query, reading)):
            return verdict
        names = gather.equal_names(self._index, query.squeezed)
        if _PLUS_BEHIND.search(query.folded) and not any(
            _PLUS_BEHIND.search(fold(self._index.text(name))) for name in names
        ):
            # Alipay+ is what Alipay sells.
            return self._by_decoy(query, query.squeezed) or not_found(NotFoundReason.NOT_AN_ORGANIZATION)
        if not all(map(self._index.is_weak, names)):
            sole = self._sole(query, names)
            verdict = matched((sole,)) if sole else self._by_equal_name(query, names)
            query.recorder.step(Stage.EQUAL_NAME, len(names), verdict.scored, ended=True)
            return verdict
        query.recorder.step(Stage.EQUAL_NAME, len(names))
        # A name too weak to stand alone, or one that only equals without its listing decoration, is no match for a decoy.
        if verdict := self._by_decoy(query, query.squeezed):
            return verdict
        if names := names or gather.undecorated_names(self._index, query.text):
            verdict = self._by_equal_name(query, names)
            query.recorder.step(Stage.EQUAL_NAME, len(names), verdict.scored, ended=True)
            return verdict
        if verdict := self._by_disguise(query):
            return verdict
        if reading and not reading.market_stated and (verdict := self._by_code(query, reading)):
            return verdict
        return self._by_parts(query)

    def _by_code(self, query: _Query, reading: CodeReading) -> Verdict | None:
        """Answer a query that is a code. None: nobody holds it and the text may still be a name."""
        verdict = self._read_code(query, reading)
        found = verdict.scored if verdict else ()
        query.recorder.step(Stage.IDENTIFIER, len(found), found, ended=verdict is not None)
        return verdict

    def _read_code(self, query: _Query, reading: CodeReading) -> Verdict | None:
        exchange = query.context.exchange.upper()
        if not reading.market_stated and exchange in reading.mics:
            reading = replace(reading, mics=(exchange,), market_stated=True)
        firms = self._catalog.holders(reading, query.context.as_of)
        if not firms:
            if query.context.as_of and self._catalog.holders(reading):
                return not_found(NotFoundReason.NOT_VALID_AT_DATE)
            may_be_word = reading.value.isalpha() or not reading.market_stated
            return None if may_be_word else not_found(NotFoundReason.NO_CANDIDATE)
        scored = self._scorer.by_code(firms)
        if len(firms) > 1 or not reading.market_stated:
            return ambiguous(scored, AmbiguityReason.TICKER_WITHOUT_EXCHANGE)
        return self._if_sure(query, scored)

    def _if_sure(self, query: _Query, scored: tuple[Scored, ...], warnings: tuple[Warning, ...] = ()) -> Verdict:
        """Return that the first firm is meant, if it is as sure as the caller asks for."""
        outcome, _ = decide(scored[:1], query.options.profile, query.options.min_confidence)
        return matched(scored, warnings) if outcome is Outcome.MATCH else not_found(_TOO_LOW, scored)

    def _sole(self, query: _Query, names: list[int]) -> Scored | None:
        """Return the firm of an equal name when nothing is left to weigh: the commonest query, answered by a short cut."""
        if query.reader is not self._no_context or query.options.min_confidence is not None:
            return None
        return self._scorer.sole(query.text, query.squeezed, names)

    def _by_equal_name(self, query: _Query, names: list[int]) -> Verdict:
        return self._judge(query, [self._scorer.equal(query.text, name) for name in names])

    def _by_disguise(self, query: _Query) -> Verdict | None:
        """Answer a query in which Cyrillic or Greek letters imitate Latin ones; None for any other."""
        names = gather.disguised_names(self._index, query.folded)
        if not names:
            return None
        evidence = self._scorer.weights.evidence(E.FOLDED_EQUAL, E.LOOK_ALIKE_FOLDED)
        verdict = self._judge(query, [Reached(name, evidence, MatchType.NORMALIZED) for name in names])
        query.recorder.step(Stage.LOOK_ALIKE, len(names), verdict.scored, ended=True)
        return verdict._replace(warnings=(Warning.LOOK_ALIKE_CHARACTERS,))

    def _by_decoy(self, query: _Query, squeezed: str) -> Verdict | None:
        decoy = gather.decoy(self._index, squeezed)
        query.recorder.step(Stage.DECOY, int(decoy is not None), ended=decoy is not None)
        return None if decoy is None else not_found(_REFUSALS[decoy.reason], decoy=decoy)

    def _by_parts(self, query: _Query) -> Verdict:
        anatomy = parse(query.folded)
        generic = not anatomy.brand and len(anatomy.trades) < TRADES_THAT_NAME
        # 上海微电子装备 may be a firm that is registered so; "Technology Co., Ltd." is words.
        is_word = generic and not anatomy.places
        compared: dict[int, Reached] = {}
        if not is_word:
            verdict = self._judge_parts(
                query, anatomy, compared, gather.core_names(self._index, anatomy), Stage.EQUAL_CORE
            )
            if verdict.found:
                return verdict
        if refusal := self._by_decoy(query, anatomy.core):
            return refusal
        if generic:
            return self._by_screen(query) or not_found(NotFoundReason.TOO_GENERIC)
        initials = gather.initials_names(self._index, query.squeezed)
        for name in initials:
            compared[name] = self._scorer.by_initials(name)
        if initials:
            query.recorder.step(Stage.INITIALS, len(initials))
        verdict = self._judge_parts(
            query, anatomy, compared, gather.derived_names(self._index, anatomy, query.squeezed), Stage.DERIVED_KEYS
        )
        if verdict.found:
            return verdict
        near = gather.slipped_names(self._index, anatomy, self._scorer.weights.slip)
        if near:
            verdict = self._compare_and_judge(query, anatomy, compared, near)
        # Of two characters every near name is one away; n-grams would only bring more that share one of them.
        if not verdict.found and not (near and len(anatomy.core) < SHORTEST_SLIPPED):
            near += gather.near_names(self._index, anatomy.core)
            verdict = self._compare_and_judge(query, anatomy, compared, near)
        query.recorder.step(Stage.NEAR_NAMES, len(near), verdict.scored, ended=verdict.found)
        if verdict.found:
            return verdict
        if cut := self._by_screen(query) or self._by_cut(query):
            return cut
        return self._explain_refusal(query, anatomy, compared, verdict)

    def _by_screen(self, query: _Query) -> Verdict | None:
        """Answer a query that a screen of prices cut or shortened in front of a class of shares; None for any other."""
        plain, decorations = strip_decorations(query.folded)
        if not decorations or not plain.isascii():
            return None
        names = gather.listed_names_cut(self._index, plain)
        verdict = self._judge(query, [self._scorer.on_screen(name) for name in names])
        query.recorder.step(Stage.NEAR_NAMES, len(names), verdict.scored, ended=verdict.found)
        return verdict if verdict.found else None

    def _by_cut(self, query: _Query) -> Verdict | None:
        """Answer a query that a narrow field cut inside a word; None for any other."""
        names = gather.names_cut(self._index, query.squeezed, query.folded)
        reached = [one for name in names if (one := self._scorer.begun(query.folded, name))]
        head, rest = gather.split_cut(query.folded)
        if head and not reached and (anatomy := parse(head)).brand:
            names = gather.names_of_head(self._index, anatomy)
            reached = [one for name in names if (one := self._scorer.cut(anatomy, rest, name))]
        if not reached:
            return None
        verdict = self._judge(query, reached)
        query.recorder.step(Stage.NEAR_NAMES, len(names), verdict.scored, ended=verdict.found)
        return verdict if verdict.found else None

    def _judge_parts(
        self, query: _Query, anatomy: Anatomy, compared: dict[int, Reached], names: Sequence[int], stage: Stage
    ) -> Verdict:
        """Compare and judge, and tell the recorder of the step."""
        verdict = self._compare_and_judge(query, anatomy, compared, names)
        query.recorder.step(stage, len(names), verdict.scored, ended=verdict.found)
        return verdict

    def _compare_and_judge(
        self, query: _Query, anatomy: Anatomy, compared: dict[int, Reached], names: Sequence[int]
    ) -> Verdict:
        """Compare names not compared before and judge all of them together.

        Who writes a class of shares means a listed firm: beside one, those that are not listed are no candidates.
        """
        if anatomy.decorations and anatomy.script == "latin":
            names = [name for name in names if self._index.listed[self._index.name_firm[name]]] or names
        for name in names:
            if name not in compared:
                compared[name] = self._scorer.compared(anatomy, name)
        return self._judge(query, compared.values())

    def _judge(self, query: _Query, reached: Collection[Reached]) -> Verdict:
        """Rank the firms of the names and decide. Exact dates exclude; names that are all excluded say so."""
        if not reached:
            return not_found(NotFoundReason.NO_CANDIDATE)
        valid = [one for one in reached if not query.reader.excludes(one.name)]
        if not valid:
            scored = self._scorer.rank(reached, query.reader, query.squeezed)
            held = decide(scored, query.options.profile, None)[0] is not Outcome.NOT_FOUND
            return not_found(NotFoundReason.NOT_VALID_AT_DATE if held else NotFoundReason.NO_CANDIDATE, scored)
        scored = self._scorer.rank(valid, query.reader, query.squeezed)
        outcome, reason = decide(scored, query.options.profile, query.options.min_confidence)
        if outcome is Outcome.MATCH:
            return matched(_agreeing_first(scored))
        if outcome is Outcome.AMBIGUOUS:
            why = self._why_ambiguous(scored)
            if why is AmbiguityReason.PARENT_OR_SUBSIDIARY and query.options.granularity is Granularity.GROUP:
                # Whichever member is meant, the group is the answer.
                whole = min(1.0, sum(one.confidence for one in scored if agrees(one.evidence)))
                return matched((scored[0]._replace(confidence=round(whole, 4)), *scored[1:]))
            return ambiguous(scored, why)
        return not_found(reason or NotFoundReason.NO_CANDIDATE, scored)

    def _why_ambiguous(self, scored: tuple[Scored, ...]) -> AmbiguityReason:
        agreeing = [one for one in scored if agrees(one.evidence)]
        rivals = [one for one in agreeing if one.confidence >= agreeing[0].confidence / 2]
        if len(rivals) > 1 and len({self._index.top(one.firm) for one in rivals}) == 1:
            return AmbiguityReason.PARENT_OR_SUBSIDIARY
        if any(one.match_type in _GUESSED for one in rivals):
            return AmbiguityReason.TIE
        own = [one for one in rivals if self._index.kind(one.name) in _OWN_NAMES]
        return AmbiguityReason.SAME_NAME if len(own) > 1 else AmbiguityReason.SHARED_SHORT_NAME

    def _explain_refusal(self, query: _Query, anatomy: Anatomy, compared: dict[int, Reached], near: Verdict) -> Verdict:
        """Say why no firm was found, and show who comes nearest."""
        if near.not_found_reason is NotFoundReason.NOT_VALID_AT_DATE:
            return near
        if any(agrees(one.evidence) for one in near.scored):
            return near
        names = gather.brand_owners(self._index, anatomy)
        says_more = bool(anatomy.places or anatomy.trades or anatomy.legal_form)
        if names and says_more:
            owners = [compared.get(name) or self._scorer.compared(anatomy, name) for name in names]
            scored = self._scorer.rank(owners, query.reader, query.squeezed)
            query.recorder.step(Stage.BRAND_OWNERS, len(names), scored)
            if len({self._index.top(one.firm) for one in scored}) <= BRAND_OWNERS:
                return not_found(NotFoundReason.POSSIBLE_AFFILIATE, scored)
        return near

    def _hold_against_codes(self, query: _Query, verdict: Verdict, code_firms: frozenset[int]) -> Verdict:
        """Hold the firms that codes point to against what the name says."""
        firms = sorted(code_firms)
        if verdict.not_found_reason is NotFoundReason.TOO_GENERIC and len(firms) == 1:
            # The name says nothing ("-", 科技有限公司): nothing contradicts the code.
            return self._if_sure(query, self._scorer.by_code(firms), verdict.warnings)
        backing = [backed for firm in firms if (backed := self._backed_by_name(query, verdict, firm))]
        others = tuple(one for one in verdict.scored if one.firm not in code_firms)
        if len(backing) == 1 and len(firms) == 1:
            return self._if_sure(query, (backing[0], *others), verdict.warnings)
        against = self._scorer.weights.evidence(E.IDENTIFIER_CONTRADICTS)
        by_name = tuple(
            one._replace(
                total=one.total + points(against),
                confidence=round(one.confidence / 2, 4),
                evidence=one.evidence + against,
            )
            for one in others
        )
        by_code = tuple(one._replace(confidence=round(one.confidence / 2, 4)) for one in self._scorer.by_code(firms))
        scored = tuple(sorted(by_code + by_name, key=lambda one: (-one.confidence, one.firm)))
        return ambiguous(scored, AmbiguityReason.IDENTIFIER_NAME_CONFLICT, verdict.warnings)

    def _backed_by_name(self, query: _Query, verdict: Verdict, firm: int) -> Scored | None:
        """Return the firm of a code as the name supports it, or None when the name says nothing for it."""
        own = next((one for one in verdict.scored if one.firm == firm), None)
        if own is None:
            anatomy = parse(query.folded)
            names = [name for name in self._catalog.names_of(firm) if not query.reader.excludes(name)]
            compared = [self._scorer.compared(anatomy, name) for name in names]
            own = next(iter(self._scorer.rank(compared, query.reader, query.squeezed)), None) if compared else None
        if own is None or not agrees(own.evidence):
            return None
        if own.match_type is MatchType.IDENTIFIER:
            return own
        evidence = self._scorer.weights.evidence(E.IDENTIFIER_EQUAL) + own.evidence
        total = points(evidence)
        return own._replace(total=total, confidence=round(self._scorer.weights.confidence(total), 4), evidence=evidence)


def _agreeing_first(scored: tuple[Scored, ...]) -> tuple[Scored, ...]:
    """Return the firms with the answer in front; a contradicted one may outscore it but cannot be it."""
    if agrees(scored[0].evidence):
        return scored
    return tuple(sorted(scored, key=lambda one: not agrees(one.evidence)))
