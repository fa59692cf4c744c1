"""Words of a Latin name without the legal forms of other countries."""

from __future__ import annotations

import pytest
from zhengming.engine.foreign_forms import plain_words

NAMES = [
    ("Siemens AG", "siemens"),
    ("Volkswagen Gesellschaft mit beschränkter Haftung", "volkswagen"),
    ("OAO Gazprom", "gazprom"),
    ("Gazprom JSC", "gazprom"),
    ("Open Joint Stock Company Gazprom", "gazprom"),
    ("FABERLIC EUROPE Sp. z o.o.", "faberlic europe"),
    ("S.R.L. CON TRAFFIC", "con traffic"),
    ("The Walt Disney Company", "walt disney"),
    ("Berkshire & Co. Ltd.", "berkshire"),
    ("First International Bank", "1st international bank"),
    ("Brigade Forty Four", "brigade 44"),
    ("Brigade Fourty Four", "brigade 44"),
    ("U.S. Steel Corporation", "us steel"),
    ("United States Steel", "us steel"),
    ("Forty Thieves", "40 thieves"),
    ("Limited", "limited"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "words"), NAMES)
def test_words_without_forms(text: str, words: str) -> None:
    assert " ".join(plain_words(text)) == words
