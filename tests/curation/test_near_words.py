"""Words beside names: what is kept of a dictionary."""

from __future__ import annotations

import pytest
from zhengming.curation.near_words import words_beside


@pytest.mark.parametrize("word", ["科学家", "科学", "科学新城", "科城学"])
def test_a_word_is_kept_that_one_edit_makes_of_a_name(word: str) -> None:
    """Another, a missing, an added character, two swapped ones."""
    assert words_beside(["科学城"], [word]) == [word]


@pytest.mark.parametrize("word", ["科学城", "科研所", "学科城市", "学"])
def test_a_name_itself_and_what_is_further_away_are_not_kept(word: str) -> None:
    """A name that is also a word is the table's to mark."""
    assert words_beside(["科学城"], [word]) == []
