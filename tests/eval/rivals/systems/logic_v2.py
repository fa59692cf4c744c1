"""nomenklatura's logic-v2, entity against entity, over a short list of firms that favours it.

It has no index of its own (its service searches with another program), so the candidates are the firms of the 60 names
nearest by character n-grams, and the right firm is always added. A firm is one entity with all its names.
"""

from __future__ import annotations

from collections.abc import Iterator

from followthemoney import EntityProxy, model
from nomenklatura.matching import LogicV2
from sklearn.feature_extraction.text import TfidfVectorizer
from systems.asked import Asked, Candidates, Names

SAMPLE = 30
_NEAREST = 60
_BLOCK = 200


def rank(table: Names, rows: list[Asked], _training: object) -> Iterator[Candidates]:
    """Score each query as a company against each candidate firm."""
    config = LogicV2.default_config()
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), lowercase=True, sublinear_tf=True)
    names = vectors.fit_transform(table.texts).T.tocsc()
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        near = (vectors.transform([row.query for row in block]) @ names).tocsr()
        for place, row in enumerate(block):
            scores = near[place]
            best = sorted(zip(-scores.data, scores.indices, strict=True))[:_NEAREST]
            firms = {firm for _, index in best for firm in table.held(table.texts[index], row)}
            firms |= {row.gold} - {""}
            query = _company([row.query])
            yield [(firm, LogicV2.compare(query, _firm(table, firm, row), config).score) for firm in sorted(firms)]


def compare(pairs: list[tuple[str, str]]) -> Iterator[float]:
    """Score two names, each the only name of a company."""
    config = LogicV2.default_config()
    for first, second in pairs:
        yield LogicV2.compare(_company([first]), _company([second]), config).score


def _firm(table: Names, firm: str, row: Asked) -> EntityProxy:
    texts = table.of_firm[firm]
    return _company([text for text in texts if firm != row.gold or text not in row.without])


def _company(names: list[str]) -> EntityProxy:
    # The matcher remembers what it parsed by the entity's ID: other names, another ID.
    data = {"id": "|".join(names) or "nameless", "schema": "Company", "properties": {"name": names}}
    return EntityProxy(model.get("Company"), data)
