"""The engine and the plainest rival, over the same table. The other rivals have an environment of their own (rivals/)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from zhengming.aliases import Table
from zhengming.engine import Engine, InvalidQuery, Options, Outcome

_OPTIONS = Options(max_candidates=20)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system says about one query."""

    outcome: Outcome
    firms: tuple[str, ...] = ()
    """MATCH: the one firm. AMBIGUOUS: the firms between which it cannot decide. NOT_FOUND: empty."""
    reason: str = ""
    """Why not MATCH, and what came nearest, for the reader of the failures."""
    nearest: str = ""
    """The firm that came nearest when none was found."""
    shown: tuple[str, ...] = ()
    """Every firm that the answer names, candidates of a refusal included."""


class System(Protocol):
    """Anything that answers a name with a firm of the table, with several, or with none."""

    name: str

    def resolve(self, query: str) -> Answer:
        """Answer one name."""


class Zhengming:
    """The engine, in process, with its default options."""

    name = "zhengming"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def resolve(self, query: str) -> Answer:
        """Answer one name; a text that the guard refuses counts as not found."""
        try:
            found = self._engine.resolve(query, options=_OPTIONS)
        except InvalidQuery as error:
            return Answer(Outcome.NOT_FOUND, reason=f"refused {error.reason}")
        candidates = tuple(candidate.firm_id for candidate in found.candidates)
        if found.outcome is Outcome.MATCH:
            how = found.match_type.name if found.match_type else ""
            name = found.matched_name.text if found.matched_name else ""
            return Answer(
                found.outcome, (found.firm_id,), f"{how} {name} {found.confidence:.2f}", shown=(found.firm_id,)
            )
        candidates = tuple(candidate.firm_id for candidate in found.candidates)
        why = found.ambiguity_reason or found.not_found_reason
        said = why.name if why else ""
        if found.decoy:
            said += f" (decoy: {found.decoy.label})"
        if found.candidates:
            best = found.candidates[0]
            evidence = " ".join(piece.code.name for piece in best.evidence)
            name = best.matched_name.text if best.matched_name else best.firm_id
            said += f"; nearest {name} {best.confidence:.2f} [{evidence}]"
        firms = candidates if found.outcome is Outcome.AMBIGUOUS else ()
        return Answer(found.outcome, firms, said, candidates[0] if candidates else "", candidates)


class ExactNames:
    """A dictionary from the text of every name, as written, to its firms."""

    name = "exact dictionary"

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        self._names = names

    def resolve(self, query: str) -> Answer:
        """Answer one name."""
        return among(self._names.get(query, ()))


def names_by_text(table: Table) -> dict[str, tuple[str, ...]]:
    """Return the firms of every text that is a name in the table."""
    firms: dict[str, dict[str, None]] = {}
    for name in table.names:
        firms.setdefault(name.text, {})[name.firm_id] = None
    return {text: tuple(held) for text, held in firms.items()}


def among(firms: tuple[str, ...]) -> Answer:
    """Return the answer that gives these firms: none, one, or several to choose from."""
    outcome = (Outcome.NOT_FOUND, Outcome.MATCH)[len(firms)] if len(firms) < 2 else Outcome.AMBIGUOUS
    return Answer(outcome, firms)
