"""Which published list stands behind each repository file that the fact folder was read from, and its key.

The source of a line is the publisher's list; the repository that it was read from goes into `via`. A fact whose origin
is not listed here is reported and left out, so nothing ships without a known origin and licence.
"""

from __future__ import annotations

import csv
from pathlib import Path

from zhengming.aliases.model import Source
from zhengming.curation.draft import Facts


def _read_register() -> dict[str, Source]:
    path = Path(__file__).parent / "fact_sources.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["via"]: Source(**row) for row in csv.DictReader(stream)}


BY_ORIGIN = _read_register()
"""Repository file → the published list behind it."""
BY_KEY = {source.key: source for source in BY_ORIGIN.values()}
"""Key → the published list, for files that come from one repository file and have no column for it."""
RESTRICTION_KEYS = frozenset(key for key in BY_KEY if key.startswith("r"))
CROSSWALK_KEYS = frozenset(key for key in BY_KEY if key.startswith("x"))
"""Registers that give codes to firms which the other lists brought."""
LISTING_KEYS = frozenset(BY_KEY) - RESTRICTION_KEYS - CROSSWALK_KEYS


def source_key(facts: Facts, origin: str) -> str:
    """Return the key of the list behind a repository file and note the source; empty when the origin is unknown."""
    source = BY_ORIGIN.get(origin.strip())
    if source is None:
        return ""
    facts.sources[source.key] = source
    return source.key


def first_key(facts: Facts, origins: str, *preferred: str) -> str:
    """Return the key of the preferred origin named in a joined `origins` cell, else of the first known one."""
    keys = [key for part in origins.replace(" + ", " | ").split(" | ") if (key := _peek(part))]
    chosen = next((key for key in preferred if key in keys), keys[0] if keys else "")
    if chosen:
        facts.sources[chosen] = next(source for source in BY_ORIGIN.values() if source.key == chosen)
    return chosen


def _peek(part: str) -> str:
    source = BY_ORIGIN.get(part.split(" (")[0].strip())
    return source.key if source else ""
