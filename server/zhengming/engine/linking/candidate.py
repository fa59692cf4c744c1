"""A span of a text on its way to a mention: what has been heard for and against it, and which firm it would be."""

from __future__ import annotations

from dataclasses import dataclass

from zhengming.engine.answer import Resolution
from zhengming.engine.linking.finder import Pattern
from zhengming.engine.linking.model import Signal, SignalCode


@dataclass(slots=True, eq=False)
class Candidate:
    """A span on its way."""

    start: int
    end: int
    text: str
    pattern: Pattern | None
    signals: list[Signal]
    resolution: Resolution
    total: float = 0.0
    """Sum of the signals: log-odds that a firm is named here."""
    long: bool = False
    """A name that can license shorter ones: it says by itself who is meant."""
    anchors: bool = False
    """It is known to be something else, so that nothing inside it is a firm's name."""

    def add(self, code: SignalCode, weight: float) -> None:
        """Hear one thing more."""
        self.signals.append(Signal(code, round(weight, 2)))
        self.total += weight

    @property
    def firm(self) -> str:
        """ID of the firm that it would be; empty where none is sure."""
        return self.resolution.firm_id
