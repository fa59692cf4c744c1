"""Lists by hash: what was put in comes out, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zhengming.engine.arrays import HashedLists, TextList

_HASHES = st.integers(0, 2**64 - 1)
_EDGES = {0: [3], 1: [1, 2], 2**63 - 1: [4], 2**63: [5], 2**64 - 1: [6]}


@given(st.dictionaries(_HASHES, st.lists(st.integers(0, 99), unique=True).map(sorted), max_size=40), _HASHES)
def test_a_hash_finds_its_list_and_any_other_none(lists: dict[int, list[int]], other: int) -> None:
    packed = HashedLists.unpack("x", HashedLists.pack("x", lists))
    for hashed in {*lists, other}:
        assert packed[hashed] == lists.get(hashed, [])


@pytest.mark.parametrize("lists", [{}, {0: [1]}, {2**64 - 1: [1]}, _EDGES])
def test_the_first_and_the_last_hash_are_found_like_any_other(lists: dict[int, list[int]]) -> None:
    packed = HashedLists.unpack("x", HashedLists.pack("x", lists))
    for hashed in (*_EDGES, 2, 2**64 - 2):
        assert packed[hashed] == lists.get(hashed, [])


def test_several_texts_are_read_as_one_by_one() -> None:
    texts = TextList.unpack("x", TextList.pack("x", ["华为", "", "Huawei", "é"]))
    assert texts.several([3, 0, 1, 0]) == [texts[3], texts[0], texts[1], texts[0]]
