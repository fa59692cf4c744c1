"""rapidfuzz: `extractOne` with `fuzz.ratio` over all names."""

from __future__ import annotations

from collections.abc import Callable

from rapidfuzz import fuzz, process

DISTRIBUTIONS = ("rapidfuzz",)


class Peer:
    """The list of names."""

    scorer: Callable[..., float] = staticmethod(fuzz.ratio)

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def answer(self, texts: list[str]) -> list[list[float]]:
        """Scan the names for each text."""
        answers = []
        for text in texts:
            found = process.extractOne(text, self._names, scorer=self.scorer)
            answers.append([found[2], found[1]] if found else [-1, 0.0])
        return answers
