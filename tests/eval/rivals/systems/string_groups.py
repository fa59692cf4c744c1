"""string_grouper: cosine of tf-idf vectors of character n-grams.

Its default of three characters leaves nothing of most Chinese short names; in its favour n-grams have two characters and
are not reduced to ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from string_grouper import match_strings
from systems.asked import Asked, Candidates, Names

SAMPLE = 400


def rank(table: Names, rows: list[Asked], _training: object) -> Iterator[Candidates]:
    """Match all queries in one call."""
    found = match_strings(
        pd.Series(table.texts),
        pd.Series([row.query for row in rows]),
        ngram_size=2,
        max_n_matches=len(table.texts),
        min_similarity=0.4,
        normalize_to_ascii=False,
        number_of_processes=1,
    )
    ranked: dict[int, list[tuple[str, float]]] = {}
    for text, score, place in zip(found["left_side"], found["similarity"], found["right_index"], strict=True):
        ranked.setdefault(place, []).append((text, score))
    for place, row in enumerate(rows):
        yield table.first(sorted(ranked.get(place, []), key=lambda one: -one[1]), row)
