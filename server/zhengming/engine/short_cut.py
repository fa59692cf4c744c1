"""The short cut: a query that is, letter by letter, a name which decides by itself is answered without a search.

The answer is the one that the cascade comes to; tests ask for every name of the bundled table both ways,
each under one profile, and under all with `pytest --full`.
"""

from __future__ import annotations

from functools import lru_cache

from zhengming.engine.answer import Candidate, EvidenceCode, Granularity, MatchType, Options, Outcome, Resolution, Scope
from zhengming.engine.fold import fold
from zhengming.engine.index import Index
from zhengming.engine.known import NONE
from zhengming.engine.scoring import Scorer
from zhengming.engine.write import Writer

_CACHED_CANDIDATES = 1 << 16

# Looking a member up in its class takes as long as finding the name.
_MATCH, _AS_NAMED, _ALL = Outcome.MATCH, Granularity.AS_NAMED, Scope.ALL


class ShortCut:
    """Answers the queries that are names which decide by themselves."""

    def __init__(self, index: Index, scorer: Scorer, writer: Writer) -> None:
        self._known = index.known
        self._scorer = scorer
        self._writer = writer
        self._index = index
        self._candidate = lru_cache(_CACHED_CANDIDATES)(self._make_candidate)
        """Name row → its firm as the answer; None with weights under which the very name is not sure enough."""

    def answer(self, text: str, options: Options) -> Resolution | None:
        """Return the answer to a query without context, or None when it takes more than this to find it."""
        if options.granularity is not _AS_NAMED or options.scope is not _ALL or options.min_confidence is not None:
            return None
        name = self._known.find(text)
        if name == NONE:
            return None
        candidate = self._candidate(name)
        if candidate is None:
            return None
        firm_id, _, confidence, match_type, matched_name, evidence = candidate
        shown = (candidate,) if options.max_candidates else ()
        # By place: by keyword it would take a third longer.
        return Resolution(
            _MATCH,
            firm_id,
            confidence,
            match_type,
            matched_name,
            evidence,
            shown,
            None,
            None,
            (),
            confidence,
            fold(text),
        )

    def _make_candidate(self, name: int) -> Candidate | None:
        sole = self._scorer.sure_match(self._index.name_firm[name], name, EvidenceCode.TEXT_EQUAL, MatchType.EXACT)
        return self._writer.candidate(sole) if sole else None
