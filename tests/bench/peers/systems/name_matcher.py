"""name_matching: cosine of n-grams of two and three characters, then its string distances over the nearest 50.

With its defaults a Chinese name becomes an empty text; in its favour Chinese characters are kept.
"""

from __future__ import annotations

import pandas as pd
from name_matching.name_matcher import NameMatcher

DISTRIBUTIONS = ("name_matching", "pandas")


class Peer:
    """The matcher with the names."""

    def __init__(self, names: list[str]) -> None:
        self._matcher = NameMatcher(
            ngrams=(2, 3), top_n=50, number_of_matches=1, remove_ascii=False, legal_suffixes=False, verbose=False
        )
        self._matcher.load_and_process_master_data("name", pd.DataFrame({"name": names}))

    def answer(self, texts: list[str]) -> list[list[float]]:
        """Match all texts in one call."""
        found = self._matcher.match_names(pd.DataFrame({"name": texts}), "name")
        return [[int(row["match_index"]), float(row["score"])] for _, row in found.iterrows()]
