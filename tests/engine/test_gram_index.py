"""The n-gram index: near names first, stable, within its budget."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zhengming.engine.arrays import Arrays, TextList
from zhengming.engine.gram_index import GramIndex, build, grams

TERMS = [
    "华为技术",
    "华勤技术",
    "寒武纪",
    "摩尔线程智能科技",
    "摩尔元数",
    "cambriconlimited",
    "huaweitechnologies",
    "bidu",
]
_INDEX = GramIndex(build(TERMS))


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("华为技木", "华为技术"),
        ("寒武记", "寒武纪"),
        ("武寒纪", "寒武纪"),
        ("摩尔线呈智能科技", "摩尔线程智能科技"),
        ("cambricomlimited", "cambriconlimited"),
        ("huaweitechnologie", "huaweitechnologies"),
    ],
)
def test_finds_the_name_that_a_typo_was_made_of(text: str, nearest: str) -> None:
    assert TERMS[_INDEX.nearest(text, 3)[0]] == nearest


def test_in_a_crowd_a_scrap_with_a_rare_gram_is_not_nearer_than_names_that_share_nearly_all() -> None:
    """One slip of the brand makes grams that hardly any name has; who has one of them is not meant for that."""
    crowd = [f"深圳{first}{second}半导体" for first, second in product("宏远博达恒信晶明德瑞科", repeat=2)]
    terms = [*crowd, "宏料", "料半", "料宏物流"]
    found = [terms[number] for number in GramIndex(build(terms, crowded_from=0)).nearest("深圳宏料半导体", 11)]
    assert set(found) == {f"深圳宏{second}半导体" for second in "宏远博达恒信晶明德瑞科"}


def test_a_name_longer_than_its_grams_are_kept_is_found() -> None:
    terms = [
        f"{brand}internationalintelligentelectricvehicletechnologydevelopment" for brand in ("shen", "chen", "jin")
    ]
    assert (
        GramIndex(build(terms, crowded_from=0)).nearest(
            "jininternationalinteligentelectricvehicletechnologydevelopment", 3
        )[0]
        == 2
    )


@pytest.mark.parametrize("text", ["", "丂", "zzzz"])
def test_nothing_is_near_a_text_without_common_grams(text: str) -> None:
    assert _INDEX.nearest(text, 5) == []


@given(st.text(max_size=60), st.integers(1, 20))
def test_gives_at_most_so_many_terms_each_once(text: str, limit: int) -> None:
    found = _INDEX.nearest(text, limit)
    assert len(found) == len(set(found)) <= limit


@given(st.text(max_size=30))
def test_grams_are_bucket_numbers(text: str) -> None:
    assert all(0 <= gram < 1 << 20 for gram in grams(text))


def test_a_table_without_terms_has_an_index() -> None:
    assert GramIndex(build([])).nearest("华为", 5) == []


def test_ties_are_in_order_of_the_terms() -> None:
    index = GramIndex(build(["甲乙丙", "甲乙丁", "甲乙戊"]))
    assert index.nearest("甲乙", 3) == [0, 1, 2]


def test_building_twice_gives_the_same_bytes() -> None:
    first, second = build(TERMS), build(TERMS)
    assert all(np.array_equal(first[name], second[name]) for name in first)


def _one_edit(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text))
    kind = rng.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + rng.choice(text) + text[place + 1 :]
    return text[:place] + "".join(reversed(text[place : place + 2])) + text[place + 2 :]


def test_recall_at_fifty_of_names_with_one_edit(arrays: Arrays) -> None:
    """On 800 cores of the bundled table, from four letters to twenty."""
    rng = random.Random(1)
    terms = TextList.unpack("terms", arrays)
    index = GramIndex(arrays)
    wanted = [term for term in terms if 4 <= len(term) <= 20]
    sample = rng.sample(wanted, 800)
    missed = []
    for term in sample:
        typed = _one_edit(term, rng)
        if term not in {terms[found] for found in index.nearest(typed, 50)}:
            missed.append((typed, term))
    assert len(missed) <= 0.03 * len(sample), missed[:10]


def test_the_commonest_words_do_not_read_the_whole_index(arrays: Arrays) -> None:
    """Postings are read rarest first until the budget is spent, so the dearest query stays bounded."""
    starts = arrays["grams.starts"]
    index = GramIndex(arrays)
    assert index._budget < int(starts[-1]) / 4
    assert len(index.nearest("科技股份有限公司技术电子信息", 50)) <= 50
