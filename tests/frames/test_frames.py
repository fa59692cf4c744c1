"""Columns of real pandas and polars frames: rows as they were, answers behind."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas
import polars
import pytest
from google.rpc import status_pb2
from zhengming.frames import RESULT_COLUMNS, resolve_column
from zhengming.v1 import resolver_pb2 as resolver
from zhengming.v1.firm_pb2 import FirmSummary


class Rules:
    """Answers without a server: names with 坏 are refused, with 紫 ambiguous, with 无 not found, all others match."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def resolve_many(
        self, queries: Iterable[Any], *, options: Any = None, in_flight: int = 4
    ) -> Iterator[resolver.ResolveItemResult]:
        for query in queries:
            self.asked.append(query)
            name = query if isinstance(query, str) else query[0]
            if name.startswith("坏"):
                yield resolver.ResolveItemResult(error=status_pb2.Status(code=3, message="bad"))
                continue
            answer = resolver.Resolution(outcome=resolver.OUTCOME_MATCH, confidence=0.75)
            answer.firm.CopyFrom(FirmSummary(firm_id=f"id-{name}", display_name_zh=name))
            answer.match_type = resolver.MATCH_TYPE_EXACT
            if name.startswith("紫"):
                answer = resolver.Resolution(
                    outcome=resolver.OUTCOME_AMBIGUOUS, ambiguity_reason=resolver.AMBIGUITY_REASON_SAME_NAME
                )
                answer.candidates.add(firm=FirmSummary(firm_id="id-x", display_name_zh="某"), confidence=0.5)
            if name.startswith("无"):
                answer = resolver.Resolution(
                    outcome=resolver.OUTCOME_NOT_FOUND, not_found_reason=resolver.NOT_FOUND_REASON_NO_CANDIDATE
                )
            yield resolver.ResolveItemResult(resolution=answer)


MAKERS: dict[str, Callable[[dict[str, list[Any]]], Any]] = {"pandas": pandas.DataFrame, "polars": polars.DataFrame}


@pytest.fixture(params=MAKERS)
def make(request: pytest.FixtureRequest) -> Callable[[dict[str, list[Any]]], Any]:
    """Makes a frame of either library."""
    return MAKERS[request.param]


def cells(frame: Any, column: str) -> list[Any]:
    """Return a column with None for null, whichever the library."""
    if isinstance(frame, polars.DataFrame):
        return frame.get_column(column).to_list()
    return [None if missing else cell for cell, missing in zip(frame[column], frame[column].isna(), strict=True)]


NAMES = ["华为", None, "紫光", "华为", "无此", "坏", "  ", "华 为"]


def test_answers_stand_beside_their_names(make: Any) -> None:
    frame = make({"id": list(range(8)), "firm": NAMES})
    out = resolve_column(frame, "firm", Rules())
    assert type(out) is type(frame)
    assert list(out.columns) == ["id", "firm", *(f"zm_{name}" for name in RESULT_COLUMNS)]
    assert cells(out, "id") == list(range(8))
    assert cells(out, "firm") == NAMES
    assert cells(out, "zm_outcome") == ["MATCH", None, "AMBIGUOUS", "MATCH", "NOT_FOUND", None, None, "MATCH"]
    assert cells(out, "zm_firm_id") == ["id-华为", None, None, "id-华为", None, None, None, "id-华 为"]
    assert cells(out, "zm_confidence") == [0.75, None, None, 0.75, None, None, None, 0.75]
    assert cells(out, "zm_candidates")[2] == "id-x 某 0.500"
    reasons = cells(out, "zm_reason")
    assert reasons[5] == "REJECTED: INVALID_ARGUMENT: bad"
    assert [why.partition(":")[0] if why else why for why in reasons[:5]] == [
        None, None, "SAME_NAME", None, "NO_CANDIDATE",
    ]  # fmt: skip
    assert list(frame.columns) == ["id", "firm"]


def test_each_name_is_asked_once(make: Any) -> None:
    rules = Rules()
    resolve_column(make({"firm": ["甲", "乙", "甲", None, " 甲 "] * 1000}), "firm", rules)
    assert rules.asked == ["甲", "乙"]


def test_columns_are_chosen_and_named(make: Any) -> None:
    out = resolve_column(make({"firm": ["甲"]}), "firm", Rules(), columns=("firm_id", "outcome"), prefix="")
    assert list(out.columns) == ["firm", "firm_id", "outcome"]


def test_context_is_sent_cell_by_cell(make: Any) -> None:
    """The same name in another city is another question; dates may be dates, and null cells say nothing."""
    rules = Rules()
    frame = make(
        {
            "firm": ["甲", "甲", "甲"],
            "city": ["北京", None, "北京"],
            "land": ["中国", "CN", "中国"],
            "code": ["688256", None, "688256"],
            "day": [datetime.date(2020, 1, 2), None, datetime.date(2020, 1, 2)],
        }
    )
    base = resolver.QueryContext(city="上海")
    resolve_column(frame, "firm", rules, city="city", country="land", ticker="code", date="day", context=base)
    (first, full), (second, bare) = rules.asked
    assert (first, second) == ("甲", "甲")
    assert (full.city, full.country, full.as_of, full.identifiers[0].value) == ("北京", "CN", "2020-01-02", "688256")
    assert (bare.city, bare.country, bare.as_of, len(bare.identifiers)) == ("上海", "CN", "", 0)


def test_codes_that_became_floats_are_sent_whole(make: Any) -> None:
    """A gap makes floats of a column of numbers."""
    rules = Rules()
    resolve_column(make({"firm": ["甲", "乙"], "code": [600519.0, None]}), "firm", rules, ticker="code")
    (_, context), bare = rules.asked
    assert [each.value for each in context.identifiers] == ["600519"]
    assert bare == "乙"


def test_a_day_that_cannot_be_read_rejects_its_row_alone(make: Any) -> None:
    out = resolve_column(make({"firm": ["甲", "乙"], "day": ["gestern", "2020-01-02"]}), "firm", Rules(), date="day")
    assert cells(out, "zm_outcome") == [None, "MATCH"]
    assert "'gestern' cannot be read" in cells(out, "zm_reason")[0]


def test_countries_that_are_not_understood_are_said(make: Any) -> None:
    with pytest.warns(UserWarning, match="1 rows have a country"):
        resolve_column(make({"firm": ["甲"], "land": ["Ruritania"]}), "firm", Rules(), country="land")


def test_empty_frames_get_their_columns(make: Any) -> None:
    out = resolve_column(make({"firm": []}), "firm", Rules())
    assert len(out) == 0
    assert len(out.columns) == 1 + len(RESULT_COLUMNS)


WRONG = (
    ({"column": "nobody"}, KeyError, "0 columns 'nobody'"),
    ({"city": "nowhere"}, KeyError, "0 columns 'nowhere'"),
    ({"columns": ("firm",)}, ValueError, "no result column 'firm'"),
    ({"columns": ("firm_id", "firm_id")}, ValueError, "'firm_id' is named twice"),
    ({"prefix": "had_"}, ValueError, "'had_outcome' already"),
)


@pytest.mark.parametrize(("given", "error", "said"), WRONG)
def test_what_makes_no_sense_is_refused(make: Any, given: dict[str, Any], error: type[Exception], said: str) -> None:
    """Before anything is asked."""
    rules = Rules()
    with pytest.raises(error, match=said):
        resolve_column(make({"firm": ["甲"], "had_outcome": [""]}), client=rules, **{"column": "firm", **given})
    assert not rules.asked


def test_the_index_of_pandas_is_kept() -> None:
    """Also one with repeated and with several levels of labels."""
    for index in (["b", "a", "b"], pandas.MultiIndex.from_tuples([(1, "x"), (1, "y"), (1, "x")])):
        frame = pandas.DataFrame({"firm": ["甲", None, "无"]}, index=index)
        out = resolve_column(frame, "firm", Rules())
        assert out.index.equals(frame.index)
        assert cells(out, "zm_outcome") == ["MATCH", None, "NOT_FOUND"]


def test_types_tell_null_from_text() -> None:
    for names in (["甲", None], [None, None]):
        told = resolve_column(pandas.DataFrame({"firm": pandas.array(names, dtype="string")}), "firm", Rules())
        assert str(told["zm_outcome"].dtype) == "string"
        assert str(told["zm_confidence"].dtype) == "Float64"
        frame = polars.DataFrame({"firm": polars.Series(names, dtype=polars.String)})
        schema = resolve_column(frame, "firm", Rules()).schema
        assert (schema["zm_outcome"], schema["zm_confidence"]) == (polars.String, polars.Float64)


def test_categories_are_read_as_text() -> None:
    named = pandas.DataFrame({"firm": pandas.Categorical(["甲", "无", None])})
    assert cells(resolve_column(named, "firm", Rules()), "zm_outcome") == ["MATCH", "NOT_FOUND", None]
    other = polars.DataFrame({"firm": polars.Series(["甲", "无", None], dtype=polars.Categorical)})
    assert cells(resolve_column(other, "firm", Rules()), "zm_outcome") == ["MATCH", "NOT_FOUND", None]


@pytest.mark.parametrize("thing", [[], {"firm": ["甲"]}, polars.LazyFrame({"firm": ["甲"]}), pandas.Series(["甲"])])
def test_other_things_are_no_frames(thing: Any) -> None:
    with pytest.raises(TypeError, match="is no DataFrame of pandas or polars"):
        resolve_column(thing, "firm", Rules())


def test_neither_library_is_needed_before_a_frame_is_given() -> None:
    script = (
        "import sys\nfrom zhengming.frames import resolve_column\n"
        "print(sorted({'pandas', 'polars', 'numpy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
