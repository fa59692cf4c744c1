"""Words of two characters: how they are kept."""

from __future__ import annotations

from zhengming.curation.word_pairs import grouped
from zhengming.engine.word_pairs import is_word


def test_words_are_grouped_by_their_first_character_and_others_are_left_out() -> None:
    """In order, each once."""
    assert grouped(["汽水", "集合", "汽车", "汽车站", "水", "汽水"]) == ["汽水车", "集合"]


def test_the_kept_words_are_found_again() -> None:
    """The order of the two characters counts."""
    assert is_word("汽", "水")
    assert is_word("集", "合")
    assert not is_word("楼", "汽")
    assert not is_word("?", "汽")
