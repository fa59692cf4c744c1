"""The deletion neighbourhood finds every text one edit away, and of the others only a few."""

from __future__ import annotations

from random import Random

from rapidfuzz.distance import OSA
from zhengming.engine.edit_index import LONGEST, EditIndex, build

_LETTERS = "华为中兴科技电子光通信大小北方"


def test_every_text_one_edit_away_is_found() -> None:
    """Held against the distance to each of the texts."""
    random = Random(3)
    texts = sorted({"".join(random.choices(_LETTERS, k=random.randint(2, 6))) for _ in range(2000)})
    index = EditIndex(build(enumerate(texts)))
    for _ in range(200):
        query = "".join(random.choices(_LETTERS, k=random.randint(2, 6)))
        wanted = {row for row, text in enumerate(texts) if OSA.distance(query, text) <= 1}
        found = index.near((query,))
        assert wanted <= set(found)
        assert found == sorted(found)
        assert all(OSA.distance(query, texts[row]) <= 2 for row in found)


def test_letters_and_long_texts_are_left_to_the_n_grams() -> None:
    """The index is of short Chinese texts."""
    index = EditIndex(build([(0, "huawei"), (1, "华" * (LONGEST + 1)), (2, "华为")]))
    assert index.near(("huawe", "华" * LONGEST)) == []
    assert index.near(("华维",)) == [2]


def test_the_firms_that_share_the_rest_are_counted_by_what_is_left() -> None:
    """华为 and 华维 are both 华 with a character more."""
    index = EditIndex(build([(0, "华为"), (1, "华维"), (2, "中兴")]))
    assert index.sharing("华") == [0, 1]
    assert index.sharing("北") == []
