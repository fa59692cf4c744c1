"""Explain a query: every step that the search took, and what became of one firm that is asked about.

The matcher tells a recorder of its steps. The silent one keeps nothing, so a query that nobody asks about pays for a few
empty calls; the trail keeps all, and what it keeps is what happened, not a second opinion.
"""

from __future__ import annotations

from collections.abc import Callable

from zhengming.engine.answer import (
    AboutFirm,
    Candidate,
    Context,
    Explanation,
    Options,
    Outcome,
    Resolution,
    Stage,
    Standing,
    Step,
)
from zhengming.engine.catalog import Catalog
from zhengming.engine.context import ContextReader
from zhengming.engine.decide import agrees, carries, is_near
from zhengming.engine.fold import has_han, squeeze
from zhengming.engine.grammar import parse
from zhengming.engine.index import Index
from zhengming.engine.policy import THRESHOLDS
from zhengming.engine.scoring import Reached, Scored, Scorer
from zhengming.engine.verdict import Verdict
from zhengming.engine.weights import Weights
from zhengming.engine.write import Writer, parts_of

SHOWN_FIRMS = 3
"""Candidates told after a step."""


class Recorder:
    """Is told of the steps of a search, and keeps none of them."""

    def step(self, stage: Stage, names_found: int, scored: tuple[Scored, ...] = (), *, ended: bool = False) -> None:
        """Take note of a step: how many names it brought up, the firms as they stand after it, and whether it was the last."""

    def finish(self, folded: str, squeezed: str, reader: ContextReader, verdict: Verdict) -> None:
        """Take note of the end."""


SILENT = Recorder()


class Trail(Recorder):
    """Keeps every step."""

    def __init__(self, write: Callable[[Scored], Candidate]) -> None:
        self._write = write
        self._steps: list[Step] = []
        self.end: tuple[str, str, ContextReader, Verdict] | None = None
        """Folded and squeezed query, its context, and the verdict before it is written out."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps taken; the last one ended the search."""
        if not self._steps:
            return ()
        return (*self._steps[:-1], self._steps[-1]._replace(ended=True))

    def step(self, stage: Stage, names_found: int, scored: tuple[Scored, ...] = (), *, ended: bool = False) -> None:
        """Keep a step."""
        if stage is Stage.HELD_AGAINST_CODES and self._steps:
            # Only now it shows that the name did not end it.
            self._steps[-1] = self._steps[-1]._replace(ended=False)
        shown = tuple(self._write(one) for one in scored[:SHOWN_FIRMS])
        self._steps.append(Step(stage, names_found, shown, ended))

    def finish(self, folded: str, squeezed: str, reader: ContextReader, verdict: Verdict) -> None:
        """Keep the end."""
        self.end = folded, squeezed, reader, verdict


class Explainer:
    """Explains queries over one index."""

    def __init__(
        self,
        index: Index,
        catalog: Catalog,
        weights: Weights,
        resolve: Callable[[str, Context, Options, Recorder], Resolution],
    ) -> None:
        self._index = index
        self._catalog = catalog
        self._scorer = Scorer(index, weights)
        self._writer = Writer(index)
        self._resolve = resolve

    def explain(self, text: str, context: Context, options: Options, firm_id: str = "") -> Explanation:
        """Return the trace of a query, and with `firm_id` (of a live firm) why that firm is or is not the answer.

        The resolution is the one that `resolve` gives. Raises `InvalidQuery` as it does, and `LookupError` for a firm
        that the snapshot does not hold.
        """
        trail = Trail(self._writer.candidate)
        resolution = self._resolve(text, context, options, trail)
        about = self._about(firm_id, text.strip(), resolution, trail, options) if firm_id else None
        parts = parts_of(parse(resolution.query_normalized))
        return Explanation(resolution, parts, trail.steps, about)

    def _about(self, firm_id: str, text: str, resolution: Resolution, trail: Trail, options: Options) -> AboutFirm:
        firm = self._index.firm_row(firm_id)
        if firm is None or trail.end is None:
            raise LookupError(f"the snapshot has no firm {firm_id}")
        folded, squeezed, reader, verdict = trail.end
        in_search = next((one for one in verdict.scored if one.firm == firm), None)
        valid, excluded = self._reached(firm, text, folded, squeezed, reader)
        own = in_search or self._best(valid, reader, squeezed)
        late = None if own and agrees(own.evidence) else self._best(excluded, reader, squeezed)
        if late is not None and agrees(late.evidence):
            own, standing = late, Standing.EXCLUDED_BY_DATE
        else:
            standing = _standing(own, verdict, firm)
        if resolution.firm_id == firm_id:
            standing = Standing.IS_THE_ANSWER
        elif verdict.decoy is not None:
            standing = Standing.REFUSED_AS_DECOY
        threshold = THRESHOLDS[options.profile] if options.min_confidence is None else options.min_confidence
        return AboutFirm(firm_id, standing, self._writer.candidate(own) if own else None, threshold)

    def _reached(
        self, firm: int, text: str, folded: str, squeezed: str, reader: ContextReader
    ) -> tuple[list[Reached], list[Reached]]:
        """Return what each name of the firm says to the query: names that may be meant, and those that dates exclude."""
        anatomy = parse(folded)
        valid: list[Reached] = []
        excluded: list[Reached] = []
        # Of names that say as little, the one in the query's own script is told.
        in_han = has_han(folded)
        for name in sorted(self._catalog.names_of(firm), key=lambda name: has_han(self._index.text(name)) != in_han):
            equal = squeeze(self._index.anatomy(name).text) == squeezed
            reached = self._scorer.equal(text, name) if equal else self._scorer.compared(anatomy, name)
            (excluded if reader.excludes(name) else valid).append(reached)
        return valid, excluded

    def _best(self, reached: list[Reached], reader: ContextReader, squeezed: str) -> Scored | None:
        """Return the firm by the name that says most for it, one that agrees before one that does not."""
        if not reached:
            return None
        agreeing = [one for one in reached if agrees(one.evidence)]
        return self._scorer.rank(agreeing or reached, reader, squeezed)[0]


def _standing(own: Scored | None, verdict: Verdict, firm: int) -> Standing:
    """Return what became of a firm that is not the answer and was not excluded by dates."""
    if own is None:
        return Standing.NOTHING_IN_COMMON
    if not agrees(own.evidence):
        return Standing.CONTRADICTED if is_near(own.evidence) else Standing.NOTHING_IN_COMMON
    if verdict.outcome is Outcome.NOT_FOUND:
        return Standing.NOT_SURE_ENOUGH
    best = verdict.scored[0]
    if best.firm == firm or (verdict.outcome is Outcome.AMBIGUOUS and any(one.firm == firm for one in verdict.scored)):
        return Standing.IS_A_CANDIDATE
    return Standing.ANOTHER_FIRM_HAS_THE_NAME if carries(best.evidence) else Standing.NOT_SURE_ENOUGH
