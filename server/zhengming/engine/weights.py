"""The weights that turn reasons into log-odds, and where every candidate starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp

from zhengming.engine import coefficients
from zhengming.engine.answer import Evidence, EvidenceCode
from zhengming.engine.policy import CONTRADICTED, CONTRADICTED_MOST


@dataclass(frozen=True)
class Weights:
    """Log-odds (natural logarithm) by evidence code."""

    offset: float
    """Log-odds of a candidate before any reason."""
    by_code: Mapping[EvidenceCode, float]
    slip: Mapping[str, float]
    """Log-odds for the values of a slip (`policy.SLIP_WEIGHTS`)."""
    plain: Mapping[EvidenceCode, tuple[Evidence, ...]] = field(init=False, repr=False, compare=False)
    """The evidence of each code with its weight and nothing more: most evidence is that, made for every comparison."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", {code: (Evidence(code, weight),) for code, weight in self.by_code.items()})

    def evidence(self, *codes: EvidenceCode) -> tuple[Evidence, ...]:
        """Return evidence for plain codes, each with its weight."""
        if len(codes) == 1:
            return self.plain[codes[0]]
        return tuple([piece for code in codes for piece in self.plain[code]])

    def confidence(self, total: float) -> float:
        """Return the probability that evidence of this total weight points to the right firm, 0 to 1."""
        return logistic(self.offset + total)

    def contradicted_confidence(self, total: float) -> float:
        """Return the same of evidence of which a part speaks against the firm, so that it is never the answer: below 0.5."""
        start, slope = CONTRADICTED
        odds = self.offset + total
        return logistic(min(odds, start + slope * odds, CONTRADICTED_MOST))


def logistic(value: float) -> float:
    """Return log-odds as a probability."""
    return 1 / (1 + exp(-value)) if value > -700 else 0.0


FITTED = Weights(
    coefficients.OFFSET,
    {EvidenceCode[name]: weight for name, weight in coefficients.WEIGHTS.items()},
    coefficients.SLIP,
)
"""What labelled queries show."""
