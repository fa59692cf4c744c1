"""Offsets: in every unit, over thousands of generated texts, `text[start:end]` is the mention."""

from __future__ import annotations

import random

import pytest
from zhengming.engine import Engine
from zhengming.engine.linking import Offsets, OffsetUnit
from zhengming.engine.linking.squeezed import Squeezed

TEXTS = 4_000
"""A sample of the 20,000 that were run once; set it to that to run them all."""
PIECES = (
    "寒武纪", "寒武紀(688256)", "摩尔线程", "Moore Threads", "Moore\r\nThreads", "ＨＵＡＷＥＩ", "SenseTime (0020.HK)", "京东方A", "*ST长油",
    "华为技术有限公司", "Huawei Technologies Co., Ltd.", "小米粥", "美团队", "深圳市大疆百旺科技有限公司", "Nvidia", "<1810.HK>",
    "😀", "𠮷", "𝕏", "e\u0301", "ﬁ", "㈱", "½", "\u200b", "\u202e", "&amp;", "&#x5c0f;", "\r\n", "\n\n", "\t", "\u3000", "，", "。", "《", "》", "(", ")",
    "公告称", "宣布与", "收购", "的", "said", "rose 3%", "shares of ", "、", "和", " and ", "", "\u00ad", "ß", "İ", "한국", "ニオ",
)  # fmt: skip


def _texts() -> list[str]:
    chance = random.Random(20261123)
    return ["".join(chance.choices(PIECES, k=chance.randint(0, 12))) for _ in range(TEXTS)]


def test_spans_are_the_mentions_in_code_points_bytes_and_utf16_units(engine: Engine) -> None:
    for text in _texts():
        in_bytes, in_utf16 = text.encode(), text.encode("utf-16-le")
        to_bytes, to_utf16 = Offsets(text, OffsetUnit.UTF8_BYTES), Offsets(text, OffsetUnit.UTF16)
        last = 0
        for mention in engine.link(text).mentions:
            assert last <= mention.start < mention.end <= len(text), text
            last = mention.end
            assert text[mention.start : mention.end] == mention.text, text
            start, end = to_bytes.convert(mention.start), to_bytes.convert(mention.end)
            assert in_bytes[start:end].decode() == mention.text, text
            start, end = to_utf16.convert(mention.start), to_utf16.convert(mention.end)
            assert in_utf16[2 * start : 2 * end].decode("utf-16-le") == mention.text, text


@pytest.mark.parametrize("unit", list(OffsetUnit))
def test_offsets_may_be_asked_for_in_any_order(unit: OffsetUnit) -> None:
    text = "a𠮷小é😀b"
    rising = [Offsets(text, unit).convert(offset) for offset in range(len(text) + 1)]
    falling = Offsets(text, unit)
    assert [falling.convert(offset) for offset in range(len(text), -1, -1)] == rising[::-1]


def test_a_squeezed_text_is_the_squeezed_folding_with_the_code_point_of_each_letter() -> None:
    from zhengming.engine.fold import fold, squeeze

    marks = ["\ufdd0小\ufdd1米\ufdd2", "Moore\ufdd3Threads", "\ufdd2"]  # Noncharacters that the folding uses itself.
    for text in (*_texts()[:2000], *marks):
        squeezed = Squeezed(text)
        assert squeezed.text == squeeze(fold(text)), text
        assert len(squeezed.positions) == len(squeezed.text)
        for letter, position in zip(squeezed.text, squeezed.positions, strict=True):
            assert letter in fold(text[position]), text
        assert squeezed.folded(1, 9) == fold(text[1:9]), text
