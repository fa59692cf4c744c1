"""emm with its three default indexers and its supervised layer, trained on names of the table.

As its guide shows: the model is trained on names whose right firm is known, a third of them made negative, against a
table that lacks those very names; then it is put on top of the indexers over the whole table.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from emm import PandasEntityMatching
from systems.asked import Asked, Candidates, Names

SAMPLE = 40
_LEARNT = 1_500
"""Names that it learns from: each becomes some twenty pairs with features."""


def rank(table: Names, rows: list[Asked], training: list[tuple[str, str]]) -> Iterator[Candidates]:
    """Train, index, and match all queries in one call."""
    training = training[:_LEARNT]
    numbers = {firm: number for number, firm in enumerate(table.of_firm)}
    firms = list(numbers)
    left_out = set(training)
    lines = [(text, firm) for text, held in table.firms.items() for firm in held]
    learner = PandasEntityMatching(name_only=True, supervised_on=False, n_jobs=1)
    learner.fit(_frame([line for line in lines if line not in left_out], numbers))
    learner.fit_classifier(_frame(training, numbers), create_negative_sample_fraction=0.33)
    matcher = PandasEntityMatching(
        name_only=True,
        supervised_on=True,
        supervised_model_object=learner.supervised_models["nm_score"]["model"],
        n_jobs=1,
    )
    matcher.fit(_frame(lines, numbers))
    queries = pd.DataFrame({"uid": range(len(rows)), "name": [row.query for row in rows]})
    found = matcher.transform(queries)
    ranked: dict[int, list[tuple[str, float, str]]] = {}
    for place, text, number, score in zip(
        found["uid"], found["gt_name"], found["gt_entity_id"], found["nm_score"], strict=True
    ):
        if pd.notna(number):
            ranked.setdefault(int(place), []).append((firms[int(number)], float(score), text))
    for place, row in enumerate(rows):
        yield [
            (firm, score)
            for firm, score, text in ranked.get(place, [])
            if not (firm == row.gold and text in row.without)
        ]


def _frame(lines: list[tuple[str, str]], numbers: dict[str, int]) -> pd.DataFrame:
    return pd.DataFrame({"id": [numbers[firm] for _, firm in lines], "name": [text for text, _ in lines]})
