"""The hash table of names that decide: every such text is found under itself, and no text in which more can be read."""

from __future__ import annotations

import pytest
from zhengming.engine.arrays import TextList
from zhengming.engine.known import NONE, KnownTexts, build


def _known(texts: list[str]) -> KnownTexts:
    return KnownTexts(build(texts, range(len(texts))) | TextList.pack("names.text", texts))


@pytest.mark.parametrize(
    "text",
    [
        "华为",
        "摩尔线程智能科技（北京）股份有限公司",
        "Moore Threads Intelligent Technology (Beijing) Co., Ltd.",
        "360",
        "A+B",
    ],
)
def test_a_name_is_found_under_its_own_text_alone(text: str) -> None:
    known = _known([text])
    assert known.find(text) == 0
    for other in (text + " ", " " + text, text + "x", text[1:], text.swapcase() + "。", "", "\ud800"):
        assert known.find(other) == NONE, other


@pytest.mark.parametrize(
    "text",
    [
        "688256.SH",
        "BABA",
        "寒武纪（688256.SH）",
        "寒武纪（2020）",
        "Alipay+",
        "Alipay＋",
        "Moore Threads...",
        "摩尔\u200b线程",
        "Тencent",
        " 华为",
        "华\n为",
        "e" + "\u0301" * 9,
        "ﷺ" * 80,
        "x" * 513,
        "",
    ],
)
def test_a_text_in_which_more_than_a_name_can_be_read_is_left_to_the_cascade(text: str) -> None:
    """Codes, codes behind a name, products, and whatever the guard refuses, trims or warns of."""
    assert _known(["华为", text]).find(text) == NONE


def test_of_equal_texts_the_first_name_is_found() -> None:
    assert _known(["华为", "海思", "海思"]).find("海思") == 1


def test_names_that_do_not_decide_are_not_in_it() -> None:
    texts = ["华为", "海思"]
    known = KnownTexts(build(texts, [1]) | TextList.pack("names.text", texts))
    assert (known.find("华为"), known.find("海思")) == (NONE, 1)


def test_every_one_of_many_is_found() -> None:
    """So many that slots collide; and none of as many others is."""
    texts = [f"华{number}" for number in range(5000)]
    known = _known(texts)
    assert [known.find(text) for text in texts] == list(range(5000))
    assert {known.find(f"为{number}") for number in range(5000)} == {NONE}


def test_an_empty_table_finds_nothing() -> None:
    assert _known([]).find("华为") == NONE
