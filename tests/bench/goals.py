"""Every goal of speed, on one screen: the figure it is read from, and the bar. A bar is printed as met or missed, never asserted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A bar for one figure."""

    what: str
    figure: str
    bar: float
    unit: str = "×"
    """`×` a ratio, `%` a share, `µs`, or nothing for a plain difference."""
    at_most: bool = False
    """Whether the figure may be at most the bar; else it must be at least that."""

    def row(self, figures: Mapping[str, float]) -> tuple[str, str, str, str]:
        """Return what is asked, the bar, what was measured, and whether that is met."""
        bar = f"{'≤' if self.at_most else '≥'} {self._shown(self.bar)}"
        value = figures.get(self.figure)
        if value is None:
            return self.what, bar, "not measured", "–"
        met = value <= self.bar if self.at_most else value >= self.bar
        return self.what, bar, self._shown(value), "met" if met else "**missed**"

    def _shown(self, value: float) -> str:
        if self.unit == "%":
            return f"{value:.1%}"
        if self.unit == "×":
            return f"{value:.0f}×" if value >= 20 else f"{value:.3g}×"
        return f"{value:.3g} {self.unit}".strip()


GOALS = (
    Goal("six-kind mix at 100k names: names per CPU second against emm", "peers.emm", 5),
    Goal("same against rapidfuzz `extractOne(ratio)`", "peers.ratio", 50),
    Goal("same against rapidfuzz `extractOne(WRatio)`", "peers.wratio", 500),
    Goal("fuzzy names at 100k against nomenklatura logic-v2 over 50 candidates", "peers.logic_v2", 10),
    Goal("near names of the real table against a scan with `fuzz.ratio`", "near.times", 25),
    Goal("cost of a fuzzy name at 1M names against 100k", "growth.fuzzy", 4, at_most=True),
    Goal("recall at 50 lost from 100k to 1M names", "growth.recall_lost", 0.03, "", at_most=True),
    Goal("known name in the engine, real table", "inside.known", 15, "µs", at_most=True),
    Goal("Resolve of known names, none kept, against the empty handler", "served.known", 0.95, "%"),
    Goal("Resolve of misspelled names against the empty handler", "served.fuzzy", 0.60, "%"),
    Goal("BatchResolve of 100 known names, none kept: names against the empty unary handler", "served.batch", 15),
    Goal("CSV job: CPU against resolving its distinct names alone", "csv.cpu", 1.3, at_most=True),
    Goal(
        "1M names: first answer from a snapshot against loading and compiling", "start.first", 1 / 20, "%", at_most=True
    ),
    Goal("1M names: memory that a second process adds", "start.second", 0.15, "%", at_most=True),
    Goal("LinkText, whole, on Chinese news against spaCy's PhraseMatcher", "texts.link", 5),
    Goal("scan of Chinese text alone against pyahocorasick", "texts.scan", 5),
)
