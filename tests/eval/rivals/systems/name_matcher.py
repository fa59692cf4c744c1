"""name_matching: cosine of character n-grams, then a mix of string distances over the nearest 50.

With its defaults a Chinese name becomes an empty text. In its favour Chinese characters are kept, and n-grams of one to
three characters are used, so that short Chinese names have some.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from name_matching.name_matcher import NameMatcher
from systems.asked import Asked, Candidates, Names

SAMPLE = 60
_KEPT = 5


def rank(table: Names, rows: list[Asked], _training: object) -> Iterator[Candidates]:
    """Match all queries in one call."""
    matcher = NameMatcher(
        ngrams=(1, 3), top_n=50, number_of_matches=_KEPT, remove_ascii=False, legal_suffixes=True, verbose=False
    )
    matcher.load_and_process_master_data("name", pd.DataFrame({"name": table.texts}))
    found = matcher.match_names(pd.DataFrame({"name": [row.query for row in rows]}), "name")
    for row, (_, match) in zip(rows, found.iterrows(), strict=True):
        ranked = [
            (table.texts[int(match[f"match_index_{place}"])], float(match[f"score_{place}"]))
            for place in range(_KEPT)
            if match.get(f"match_name_{place}")
        ]
        yield table.first(sorted(ranked, key=lambda one: -one[1]), row)
