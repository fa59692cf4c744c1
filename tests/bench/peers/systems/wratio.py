"""rapidfuzz: `extractOne` with its default scorer, `fuzz.WRatio`, over all names."""

from __future__ import annotations

from rapidfuzz import fuzz
from systems import ratio

DISTRIBUTIONS = ratio.DISTRIBUTIONS


class Peer(ratio.Peer):
    """The list of names."""

    scorer = staticmethod(fuzz.WRatio)
