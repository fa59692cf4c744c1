"""Common words across the edge of a name."""

from __future__ import annotations

import pytest
from zhengming.engine.linking.words import everyday, is_phrase, overlap


@pytest.mark.parametrize(
    ("before", "name", "behind"),
    [
        ("", "美团", "队输了"),
        ("", "小米", "粥"),
        ("", "中国银行", "业的"),
        ("记者从", "京东方", "面获悉"),
        ("热心的", "搜狐网", "友"),
    ],
)
def test_a_word_across_the_edge_beats_the_name(before: str, name: str, behind: str) -> None:
    assert overlap(before, name, behind) > 0


@pytest.mark.parametrize(
    ("before", "name", "behind"),
    [("收购", "美团", "股份"), ("公司股东", "方正科技", "公告"), ("", "小米", "发布"), ("", "中国银行", "公告")],
)
def test_a_name_among_whole_words_stands(before: str, name: str, behind: str) -> None:
    assert overlap(before, name, behind) <= 0


def test_words_have_a_class_and_a_level() -> None:
    found = everyday("团队")
    assert found is not None
    assert found[0] == "noun"
    assert everyday("寒武纪公司") is None


def test_two_everyday_words_in_a_row_are_a_phrase() -> None:
    assert is_phrase("力量发展")
    assert not is_phrase("贵州茅台")
