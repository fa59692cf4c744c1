"""The guard: what cannot be a name is refused before any costly step."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zhengming.engine import DEFAULT_OPTIONS, Engine, InvalidQuery, Warning
from zhengming.engine.guard import MAX_BYTES, MAX_CODE_POINTS, MAX_MARKS_IN_A_ROW, guard

ACUTE = "\u0301"

REFUSED = [
    ("", "EMPTY"),
    (" \t\n", "EMPTY"),
    ("\u3000\u00a0", "EMPTY"),
    ("\u200b\u200d\ufeff", "EMPTY"),
    ("a" * 513, "TOO_LONG"),
    ("华" * 513, "TOO_LONG"),
    ("𠀀" * 512 + "a", "TOO_LONG"),
    ("华为\x00", "CONTROL_CHARACTER"),
    ("Hua\nwei", "CONTROL_CHARACTER"),
    ("Hua\twei", "CONTROL_CHARACTER"),
    ("华\x85为", "CONTROL_CHARACTER"),
    ("\x1b[31m华为", "CONTROL_CHARACTER"),
    ("Huawei\x7f", "CONTROL_CHARACTER"),
    ("华\ud800为", "INVALID_UNICODE"),
    ("\udc80", "INVALID_UNICODE"),
    ("a" + ACUTE * 9, "TOO_MANY_MARKS"),
    ("a" + ACUTE * 200_000, "TOO_LONG"),
]

PASSED = [
    ("华" * 512, "华" * 512),  # 1,536 bytes
    ("𠀀" * 512, "𠀀" * 512),  # exactly 2,048 bytes
    ("a" + ACUTE * 8, "a" + ACUTE * 8),
    ("  华为\t\n", "华为"),
    ("\u3000华为\u3000", "华为"),
    ("\u200b华为", "\u200b华为"),
    ("\ufdfa" * 500, "\ufdfa" * 500),  # 18 letters each once normalised
]

WARNED = [
    ("华\u200b为", {Warning.HIDDEN_CHARACTERS_STRIPPED}),
    ("\u202eHuawei", {Warning.HIDDEN_CHARACTERS_STRIPPED}),
    ("Huaw\u0435i", {Warning.MIXED_SCRIPTS}),
    ("Moore Threads Intelli...", {Warning.TRUNCATED_INPUT}),
    ("摩尔线程智能…", {Warning.TRUNCATED_INPUT}),
    ("华为", set()),
    ("TCL华星", set()),
    ("Хуавэй", set()),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=lambda value: ascii(value)[:24])
def test_text_that_cannot_be_a_name_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidQuery) as caught:
        guard(text)
    assert (caught.value.reason, caught.value.field) == (reason, "query")
    assert str(caught.value).endswith(".")
    assert str(caught.value).startswith("query ")


@pytest.mark.parametrize(("text", "kept"), PASSED, ids=lambda value: ascii(value)[:24])
def test_text_at_the_limit_passes_without_surrounding_space(text: str, kept: str) -> None:
    assert guard(text).text == kept


@pytest.mark.parametrize(("text", "warnings"), WARNED, ids=lambda value: ascii(value)[:24])
def test_odd_text_passes_with_a_warning(text: str, warnings: set[Warning]) -> None:
    assert set(guard(text).warnings) == warnings


def test_the_limits_are_the_documented_ones() -> None:
    assert (MAX_CODE_POINTS, MAX_BYTES, MAX_MARKS_IN_A_ROW) == (512, 2048, 8)


def test_the_message_names_the_field_that_was_wrong() -> None:
    with pytest.raises(InvalidQuery, match="prefix is empty") as caught:
        guard("", "prefix")
    assert caught.value.field == "prefix"


@pytest.mark.parametrize(
    "text",
    [
        ACUTE * 200_000,
        "a" + "\u0301\u0316" * 100_000,
        "\ufdfa" * 512,
        ("a" + ACUTE * 8) * 56,
        "华" * 512,
        "(" * 512,
        "公司" * 256,
        "科技" * 256,
        "北京" * 256,
        " co" * 170,
        "a-" * 256,
        "1" * 512,
        "𠀀" * 512,
    ],
    ids=lambda text: f"{len(text)} of {text[:2]!a}",
)
def test_no_text_keeps_the_engine_busy(small_engine: Engine, counting_steps: Any, text: str) -> None:
    small_engine.resolve("华为")
    with counting_steps() as steps, contextlib.suppress(InvalidQuery):
        small_engine.resolve(text)
    assert steps() < 20_000


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=60))
def test_the_engine_raises_nothing_but_invalid_query(small_engine: Engine, text: str) -> None:
    reason = "none"
    try:
        small_engine.resolve(text)
    except InvalidQuery as error:
        reason = error.reason
    assert reason in {"none", "EMPTY", "TOO_LONG", "CONTROL_CHARACTER", "INVALID_UNICODE", "TOO_MANY_MARKS"}


@given(st.text("华为科技有限公司北京分（）()-.,& \u200bABCabc019\u0301・*#股份集團ltd", max_size=40))
def test_name_like_noise_always_gets_an_answer(small_engine: Engine, text: str) -> None:
    try:
        answer = small_engine.resolve(text, options=DEFAULT_OPTIONS)
    except InvalidQuery:
        return
    assert bool(answer.firm_id) == (answer.outcome.name == "MATCH")
    assert bool(answer.not_found_reason) == (answer.outcome.name == "NOT_FOUND")
    assert bool(answer.ambiguity_reason) == (answer.outcome.name == "AMBIGUOUS")
