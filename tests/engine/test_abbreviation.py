"""A short name read as characters of a long one."""

from __future__ import annotations

import pytest
from zhengming.engine.abbreviation import Kind, cut_words, read_shortening

WORDS = [
    ("中国工商银行", "PLACE:中国 BRAND:工商 TRADE:银行"),
    ("上海汽车集团", "PLACE:上海 TRADE:汽车 GROUP:集团"),
    ("广州香雪制药", "PLACE:广州 BRAND:香雪 TRADE:制药"),
    ("宝洁中国", "BRAND:宝洁 TAIL_PLACE:中国"),
    ("深科技", "BRAND:深科技"),
    ("中国农业银行南宁民族", "PLACE:中国 TRADE:农业 TRADE:银行 UNIT:南宁民族"),
    ("中国", "BRAND:中国"),
    ("", ""),
]


@pytest.mark.parametrize(("core", "words"), WORDS)
def test_words_of_a_core(core: str, words: str) -> None:
    assert " ".join(f"{kind.name}:{text}" for kind, text in cut_words(core)) == words
    assert "".join(text for _, text in cut_words(core)) == core


SAMPLED = [("工行", "中国工商银行"), ("上汽", "上海汽车集团"), ("友阿", "湖南友谊阿波罗"), ("紫金财险", "紫金财产保险")]


@pytest.mark.parametrize(("short", "long"), SAMPLED)
def test_one_character_stands_for_a_word(short: str, long: str) -> None:
    read = read_shortening(short, long)
    assert read is not None
    assert (read.sampled, read.keeps_identity, read.complete, read.skips_inside) == (True, True, True, False)
    assert read.cut(Kind.BRAND) == []


def test_whole_words_are_left_out() -> None:
    read = read_shortening("香雪制药", "广州香雪制药集团")
    assert read is not None
    assert (read.sampled, read.left(Kind.PLACE), read.left(Kind.GROUP)) == (False, ["广州"], ["集团"])


def test_a_character_stands_for_a_region() -> None:
    read = read_shortening("粤电力", "广东电力发展")
    assert read is not None
    assert [word.places for word in read.words] == [(0,), (0, 1), ()]
    assert read_shortening("粤电力", "广西电力发展") is None


CUT = [("恒大", "恒大冰泉", "冰泉"), ("乐视", "乐视云", "云"), ("华润丰", "华银润丰", "银"), ("中核", "中广核", "广")]


@pytest.mark.parametrize(("short", "long", "cut"), CUT)
def test_another_word_in_the_brand_is_told(short: str, long: str, cut: str) -> None:
    read = read_shortening(short, long)
    assert read is not None
    assert read.cut(Kind.BRAND) == [cut]


def test_a_word_passed_over_inside_is_told() -> None:
    """中行 is 中国银行; 中国农业银行 would have kept its 农."""
    read = read_shortening("中行", "中国农业银行")
    assert read is not None
    assert read.skips_inside


@pytest.mark.parametrize(
    ("short", "long"),
    [("商工", "中国工商银行"), ("工行", "工行"), ("行", "银行"), ("工行", "中" * 60 + "工行"), ("", "x")],
)
def test_what_is_no_shortening(short: str, long: str) -> None:
    assert read_shortening(short, long) is None
