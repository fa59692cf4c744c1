"""Small parts that tell members of a family apart."""

from __future__ import annotations

import pytest
from zhengming.engine.fold import fold
from zhengming.engine.grammar.marks import read_numbers

NUMBERS = {
    "Big Fund II": ("ii",),
    "Big Fund Phase III": ("phase iii",),
    "CETC 45th Institute": ("45",),
    "中电科第四十五研究所": ("第四十五",),
    "Xi": (),
    "Lu Xi": (),
    "Fund V": (),
}


@pytest.mark.parametrize(("text", "numbers"), NUMBERS.items())
def test_numbers_are_read_in_figures_characters_and_roman_numerals(text: str, numbers: tuple[str, ...]) -> None:
    assert read_numbers(fold(text)) == numbers
