"""string_grouper: cosine of character bigrams, the most similar name. Names are not reduced to ASCII, in its favour.

It can only index and match in one call, so its time is with the index.
"""

from __future__ import annotations

import pandas as pd
from string_grouper import match_strings

DISTRIBUTIONS = ("string_grouper", "pandas", "sparse_dot_topn")
_LOWEST = 0.4


class Peer:
    """The names, indexed anew in every call."""

    def __init__(self, names: list[str]) -> None:
        self._names = pd.Series(names)

    def answer(self, texts: list[str]) -> list[list[float]]:
        """Match all texts in one call."""
        found = match_strings(
            pd.Series(texts),
            self._names,
            ngram_size=2,
            max_n_matches=1,
            min_similarity=_LOWEST,
            normalize_to_ascii=False,
            number_of_processes=1,
        )
        answers = [[-1, 0.0] for _ in texts]
        for place, number, score in zip(found["left_index"], found["right_index"], found["similarity"], strict=True):
            answers[int(place)] = [int(number), float(score)]
        return answers
