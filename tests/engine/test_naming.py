"""How Chinese firms are named: what was counted, and what follows for pairs that were not."""

from __future__ import annotations

import pytest
from zhengming.engine.naming import surprise


@pytest.mark.parametrize(
    ("likely", "unlikely"),
    [
        ("华达科技", "华达科不"),  # a pair that names have, and one that none has
        ("中信", "信中"),  # names begin with 中
        ("金龙", "金𠀀"),  # a character that no name has
    ],
)
def test_names_as_firms_have_them_surprise_less(likely: str, unlikely: str) -> None:
    """The sum is minus the log of the odds of the whole name."""
    assert sum(surprise(likely)) < sum(surprise(unlikely))


def test_every_character_and_the_end_are_weighed() -> None:
    """One number each, none below nothing."""
    told = surprise("寒武纪")
    assert len(told) == 4
    assert min(told) > 0
    assert len(surprise("")) == 1
