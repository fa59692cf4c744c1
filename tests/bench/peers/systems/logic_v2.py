"""nomenklatura's logic-v2 over 50 candidates, company against company. Finding the candidates is not timed: it has no index."""

from __future__ import annotations

from followthemoney import EntityProxy, model
from nomenklatura.matching import LogicV2
from sklearn.feature_extraction.text import TfidfVectorizer

DISTRIBUTIONS = ("nomenklatura", "followthemoney")
_CANDIDATES = 50


class Peer:
    """The names as companies, and an index to draw candidates from."""

    def __init__(self, names: list[str]) -> None:
        self._config = LogicV2.default_config()
        self._names = names
        self._companies: dict[int, EntityProxy] = {}
        self._vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), lowercase=True, sublinear_tf=True)
        self._index = self._vectors.fit_transform(names).T.tocsc()

    def prepare(self, texts: list[str]) -> None:
        """Find the candidates, and make entities of all."""
        near = (self._vectors.transform(texts) @ self._index).tocsr()
        self._near = []
        for place in range(len(texts)):
            scores = near[place]
            best = sorted(zip(-scores.data, scores.indices, strict=True))[:_CANDIDATES]
            self._near.append([int(number) for _, number in best])
        for number in {number for numbers in self._near for number in numbers}:
            self._companies[number] = _company(self._names[number])

    def answer(self, texts: list[str]) -> list[list[float]]:
        """Score each text against its candidates."""
        answers = []
        for text, numbers in zip(texts, self._near, strict=True):
            query = _company(text)
            scored = [
                (LogicV2.compare(query, self._companies[number], self._config).score, number) for number in numbers
            ]
            score, number = max(scored, default=(0.0, -1))
            answers.append([number, score])
        return answers


def _company(name: str) -> EntityProxy:
    return EntityProxy(model.get("Company"), {"id": name, "schema": "Company", "properties": {"name": [name]}})
