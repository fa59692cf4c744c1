"""What is read from an index is what working it out from the text says."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zhengming.engine.anatomy_index import AnatomyIndex, build
from zhengming.engine.arrays import Arrays
from zhengming.engine.compare import compare, do_sound_alike
from zhengming.engine.grammar import parse
from zhengming.engine.index import Index
from zhengming.engine.weights import FITTED

_SAMPLE = 1500


@pytest.fixture(scope="module")
def index(arrays: Arrays) -> Index:
    return Index(arrays)


@pytest.fixture(scope="module")
def rows(index: Index) -> list[int]:
    """Some names of the table."""
    return Random(17).sample(range(index.counts.names), _SAMPLE)


def test_stored_parts_are_the_parsed_ones(index: Index, rows: list[int]) -> None:
    for row in rows:
        assert index.anatomy(row) == parse(index.text(row))._replace(parts=()), index.text(row)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=20), max_size=5))
def test_parts_of_any_text_can_be_stored(texts: list[str]) -> None:
    stored = AnatomyIndex(build(map(parse, texts)))
    for row, text in enumerate(texts):
        assert stored[row] == parse(text)._replace(parts=())


def test_names_with_equal_frames_share_them() -> None:
    """That is what keeps the index small: many names differ in brand and text alone."""
    arrays = build(map(parse, ("北京华安科技有限公司", "北京远达科技有限公司", "上海远达科技有限公司")))
    assert arrays["anatomies.frame"].tolist() == [0, 0, 1]


def test_names_that_sound_like_a_query_are_those_that_do(index: Index, rows: list[int]) -> None:
    """The look-up and the comparison of readings agree on homophones, on pinyin as typed, and on strangers."""
    homophones = [row for row in rows for _ in index.sounding_like(index.anatomy(row).core, index.anatomy(row).text)]
    assert len(homophones) > _SAMPLE / 4
    for asked in rows[:200]:
        query = parse(index.text(asked))
        alike = index.sounding_like(query.core, query.text)
        for row in {*rows[:100], *alike}:
            assert (row in alike) is do_sound_alike(query, index.anatomy(row)), (query.text, index.text(row))


def test_a_comparison_says_the_same_whether_sound_is_looked_up_or_read(index: Index, rows: list[int]) -> None:
    random = Random(18)
    for _ in range(_SAMPLE):
        asked, held = parse(index.text(random.choice(rows))), index.anatomy(random.choice(rows))
        alike = do_sound_alike(asked, held)
        assert compare(asked, held, 1, FITTED, index.usage, alike) == compare(asked, held, 1, FITTED, index.usage)


def test_stored_holders_of_a_brand_are_the_counted_ones(index: Index, rows: list[int]) -> None:
    for row in rows:
        brand = index.anatomy(row).brand
        assert index.holders(row) == (index.brand_holder_count(brand) if brand else 1)
