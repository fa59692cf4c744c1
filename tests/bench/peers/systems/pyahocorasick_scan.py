"""pyahocorasick: every hit, or with the setting `longest` the leftmost longest ones."""

from __future__ import annotations

import ahocorasick

DISTRIBUTIONS = ("pyahocorasick",)


class Peer:
    """An automaton of all names."""

    def __init__(self, names: list[str], setting: str) -> None:
        self._longest = setting == "longest"
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for number, name in enumerate(names):
            self._automaton.add_word(name, number)
        self._automaton.make_automaton()

    def answer(self, texts: list[str]) -> list[int]:
        """Return the number of hits in each text."""
        scan = self._automaton.iter_long if self._longest else self._automaton.iter
        return [len(list(scan(text))) for text in texts]
