"""From cells to answers: each distinct name with its context is asked once. Knows neither pandas nor polars."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from zhengming.client import errors
from zhengming.client._requests import Query
from zhengming.client.answer_columns import candidates_of, reason_of
from zhengming.client.csv_query import BadCell, Question, QuestionMaker
from zhengming.client.csv_tables import cell_text
from zhengming.client.headers import ROLES, Columns, Role
from zhengming.client.sentences import Language, short_code
from zhengming.v1 import resolver_pb2 as resolver

RESULT_COLUMNS: Final = (
    "outcome",
    "firm_id",
    "name_zh",
    "name_en",
    "confidence",
    "match_type",
    "reason",
    "matched_name",
    "candidates",
)
"""What can be told of each name; the same columns as those of `zhengming csv`. `confidence` is a number, all else text."""

Values = dict[str, str | float | None]
"""What is told of one name. None: there is nothing to tell."""

NOTHING: Final[Values] = dict.fromkeys(RESULT_COLUMNS)
"""What is told where there is no name."""


class Resolving(Protocol):
    """Who answers: a `Client`, on a server or on worker processes of this machine."""

    def resolve_many(
        self, queries: Iterable[Query], *, options: resolver.ResolveOptions | None = None, in_flight: int = 4
    ) -> Iterator[resolver.ResolveItemResult]:
        """Yield one result for each query, in order."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How to ask."""

    client: Resolving
    options: resolver.ResolveOptions
    context: resolver.QueryContext | None
    """Context for every row; cells of the row win over it."""
    lang: Language
    in_flight: int


def answer_cells(names: Sequence[Any], context: Mapping[Role, Sequence[Any]], asking: Asking) -> list[Values]:
    """Return what is told of each row.

    Args:
        names: cells of the column of names; None and blank text are rows without a name.
        context: cells of the columns that help, as many each.
        asking: whom to ask, and how.

    Raises:
        CallError: when the server cannot be asked.
    """
    roles: list[Role] = [role for role in ROLES if role in context]
    positions = {role: at for at, role in enumerate(roles, start=1)}
    maker = QuestionMaker(Columns((0,), positions, ()), asking.context)
    told: dict[Question, Values] = {}
    rows: list[Question | Values] = []
    for values in zip(names, *(context[role] for role in roles), strict=True):
        # A column of codes with a gap holds floats, and the code 600519.0 would contradict no name.
        cells = [cell_text(value) for value in values]
        try:
            (question,) = maker.make(cells)
        except BadCell as error:
            rows.append(_rejected(str(error)) if cells[0].strip() else NOTHING)
            continue
        assert question is not None
        told[question] = NOTHING
        rows.append(question)
    questions = list(told)
    results = asking.client.resolve_many(
        map(maker.query, questions), options=asking.options, in_flight=asking.in_flight
    )
    for question, result in zip(questions, results, strict=True):
        told[question] = _values(result, asking.lang)
    if maker.unknown_countries:
        said = f"{maker.unknown_countries:,} rows have a country that is not understood; they were resolved without it"
        warnings.warn(said, stacklevel=3)
    return [told[row] if isinstance(row, Question) else row for row in rows]


def _values(result: resolver.ResolveItemResult, lang: Language) -> Values:
    if result.HasField("error"):
        error = errors.from_status(result.error)
        return _rejected(f"{error.code.name}: {error.message}")
    resolution = result.resolution
    if resolution.outcome not in (resolver.OUTCOME_MATCH, resolver.OUTCOME_AMBIGUOUS, resolver.OUTCOME_NOT_FOUND):
        return _rejected(f"the server gave an outcome unknown here: {resolution.outcome}")
    matched = resolution.outcome == resolver.OUTCOME_MATCH
    values: Values = {
        "outcome": short_code(resolver.Outcome, resolution.outcome, "OUTCOME_"),
        "firm_id": resolution.firm.firm_id,
        "name_zh": resolution.firm.display_name_zh,
        "name_en": resolution.firm.display_name_en,
        "confidence": resolution.confidence if matched else None,
        "match_type": short_code(resolver.MatchType, resolution.match_type, "MATCH_TYPE_"),
        "reason": reason_of(resolution, lang),
        "matched_name": resolution.matched_name.text,
        "candidates": candidates_of(resolution),
    }
    return {name: None if value == "" else value for name, value in values.items()}


def _rejected(why: str) -> Values:
    """Return what is told of a row that cannot be asked: no outcome, and why."""
    return NOTHING | {"reason": f"REJECTED: {why}"}
