"""ahocorasick_rs: every hit, or with the setting `longest` the leftmost longest ones."""

from __future__ import annotations

import ahocorasick_rs

DISTRIBUTIONS = ("ahocorasick_rs",)


class Peer:
    """An automaton of all names."""

    def __init__(self, names: list[str], setting: str) -> None:
        self._overlapping = setting != "longest"
        kind = ahocorasick_rs.MatchKind.LeftmostLongest if setting == "longest" else ahocorasick_rs.MatchKind.Standard
        self._automaton = ahocorasick_rs.AhoCorasick(names, matchkind=kind)

    def answer(self, texts: list[str]) -> list[int]:
        """Return the number of hits in each text."""
        return [len(self._automaton.find_matches_as_indexes(text, overlapping=self._overlapping)) for text in texts]
