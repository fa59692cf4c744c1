"""From the sum of a mention's signals to the probability that a firm is named there."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise

from zhengming.engine.linking.policy import CONFIDENCE_LINE
from zhengming.engine.weights import logistic

_KNOTS = [knot for knot, _ in CONFIDENCE_LINE]
_SLOPES = [(high[1] - low[1]) / (high[0] - low[0]) for low, high in pairwise(CONFIDENCE_LINE)]


def mention_confidence(odds: float) -> float:
    """Return the confidence of a sum of signals. Beyond both ends of the line log-odds are taken as they are, shifted."""
    place = bisect_right(_KNOTS, odds) - 1
    if place < 0:
        knot, height, slope = *CONFIDENCE_LINE[0], 1.0
    elif place == len(_SLOPES):
        knot, height, slope = *CONFIDENCE_LINE[-1], 1.0
    else:
        (knot, height), slope = CONFIDENCE_LINE[place], _SLOPES[place]
    return logistic(height + slope * (odds - knot))
