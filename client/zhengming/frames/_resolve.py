"""The one function, for frames of either library."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from zhengming.client.headers import Role
from zhengming.client.sentences import Language
from zhengming.frames._columns import RESULT_COLUMNS, Asking, Resolving, Values, answer_cells
from zhengming.v1 import resolver_pb2 as resolver

FrameT = TypeVar("FrameT")
"""`pandas.DataFrame` or `polars.DataFrame`; what comes back is of the same type."""


def resolve_column(
    frame: FrameT,
    column: str,
    client: Resolving,
    *,
    columns: Sequence[str] = RESULT_COLUMNS,
    city: str | None = None,
    country: str | None = None,
    ticker: str | None = None,
    date: str | None = None,
    options: resolver.ResolveOptions | None = None,
    context: resolver.QueryContext | None = None,
    lang: Language = "en",
    prefix: str = "zm_",
    in_flight: int = 8,
) -> FrameT:
    """Return the frame with what is known of the firms that a column names, as columns behind.

    Each distinct name (with its context) is asked once. A row without a name has null in each new column; so has one that
    cannot be asked, save for `reason`, which begins with REJECTED. The frame that is given is not changed.

    Args:
        frame: a pandas or a polars DataFrame.
        column: the column of names.
        client: who answers: a `Client`, or a `local_client`.
        columns: which of `RESULT_COLUMNS` are added, in this order. `confidence` is a number, all else text.
        city: column of cities, to tell namesakes apart. None: no such column; so for the following.
        country: column of countries, as ISO 3166-1 codes or in words.
        ticker: column of tickers or other codes. As text: numbers have lost the zeros that 000001 begins with.
        date: column of days on which the names were in use.
        options: how to answer; None: the server's defaults.
        context: context for every row; cells of the row win over it.
        lang: language of the sentences in `reason`.
        prefix: what the names of the new columns begin with.
        in_flight: messages of up to 500 names under way at a time.

    Raises:
        TypeError: for anything but a pandas or polars DataFrame.
        KeyError: for a column that the frame does not have.
        ValueError: for a result column that does not exist, is named twice or is there already.
        CallError: when the server cannot be asked.
    """
    library = _library_of(frame)
    for name in columns:
        if columns.count(name) > 1:
            raise ValueError(f"the result column {name!r} is named twice; name it once")
        if name not in RESULT_COLUMNS:
            raise ValueError(f"there is no result column {name!r}; choose from {', '.join(RESULT_COLUMNS)}")
    given: dict[Role, str | None] = {"city": city, "country": country, "ticker": ticker, "date": date}
    helping: Mapping[Role, str] = {role: name for role, name in given.items() if name is not None}
    present = list(getattr(frame, "columns"))  # noqa: B009 - the type is known to the library alone
    for name in (column, *helping.values()):
        if present.count(name) != 1:
            raise KeyError(f"the frame has {present.count(name)} columns {name!r}; one is needed")
    for name in columns:
        if prefix + name in present:
            raise ValueError(f"the frame has a column {prefix + name!r} already; choose another prefix")
    cells = _pandas_cells if library == "pandas" else _polars_cells
    asking = Asking(client, options or resolver.ResolveOptions(), context, lang, in_flight)
    told = answer_cells(cells(frame, column), {role: cells(frame, name) for role, name in helping.items()}, asking)
    add = _with_pandas if library == "pandas" else _with_polars
    result: FrameT = add(frame, told, columns, prefix)
    return result


def _library_of(frame: object) -> str:
    """Return whose frame it is. A frame's library is loaded, so that nothing need be imported to tell."""
    for name in ("pandas", "polars"):
        library = sys.modules.get(name)
        if library is not None and isinstance(frame, library.DataFrame):
            return name
    kind = f"{type(frame).__module__}.{type(frame).__qualname__}"
    advice = " Collect it first." if kind.endswith("LazyFrame") else ""
    raise TypeError(f"{kind} is no DataFrame of pandas or polars.{advice}")


def _pandas_cells(frame: Any, name: str) -> list[Any]:
    series = frame[name]
    return [None if missing else cell for cell, missing in zip(series, series.isna(), strict=True)]


def _with_pandas(frame: Any, told: list[Values], columns: Sequence[str], prefix: str) -> Any:
    import pandas

    added = {
        # The types that tell null from an empty text, whichever types the frame itself has.
        prefix + name: pandas.array(
            [values[name] for values in told], dtype="Float64" if name == "confidence" else "string"
        )
        for name in columns
    }
    return frame.assign(**added)


def _polars_cells(frame: Any, name: str) -> list[Any]:
    cells: list[Any] = frame.get_column(name).to_list()
    return cells


def _with_polars(frame: Any, told: list[Values], columns: Sequence[str], prefix: str) -> Any:
    import polars

    return frame.with_columns(
        [
            polars.Series(
                prefix + name,
                [values[name] for values in told],
                dtype=polars.Float64 if name == "confidence" else polars.String,
            )
            for name in columns
        ]
    )
