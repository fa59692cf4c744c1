"""One line for one entry of a restriction list, when a publisher's own file and an older reading both have it."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict

from zhengming.aliases.model import Restriction, Table
from zhengming.curation.draft import Finding
from zhengming.curation.merge import drop_unused_sources
from zhengming.engine.fold import name_key

_PUBLISHED = re.compile(r"csl-\d{4}-\d{2}")


def settle_entries(table: Table) -> tuple[Table, list[Finding]]:
    """Return the table with the newer of two lines of an entry, and the entries that a newer file does not have.

    An entry is the same one when firm, list and name as listed are, or when the firm has a single running entry on the
    list on either side and only the spelling differs. A line that ended stays: it is history, not another reading. What
    a newer file lacks is reported and kept, because a firm may have left the list or be spelled in another way.
    """
    groups: dict[tuple[str, str], list[Restriction]] = defaultdict(list)
    for line in table.restrictions:
        groups[line.firm_id, line.list].append(line)
    days: dict[str, str] = {}
    for line in table.restrictions:
        if _PUBLISHED.fullmatch(line.source):
            days[line.list] = line.list_as_of
    gone: set[Restriction] = set()
    findings = []
    for lines in groups.values():
        published = [line for line in lines if _PUBLISHED.fullmatch(line.source)]
        others = [line for line in lines if line not in published and not line.valid_to]
        for other in others:
            same = [line for line in published if name_key(line.name_as_listed) == name_key(other.name_as_listed)]
            if not same and len(published) == len(others) == 1:
                same = published
            if same:
                gone |= {other} if _not_before(same[0].list_as_of, other.list_as_of) else set(same)
            elif other.list in days and _not_before(days[other.list], other.list_as_of):
                findings.append(
                    Finding(
                        "needs a decision",
                        f"{other.firm_id} {other.name_as_listed}",
                        f"stands on {other.list} in the table ({other.source}) and not in the file of "
                        f"{days[other.list]}: delisted, or spelled otherwise; kept",
                    )
                )
    kept = tuple(line for line in table.restrictions if line not in gone)
    return drop_unused_sources(dataclasses.replace(table, restrictions=kept)), findings


def _not_before(day: str, other: str) -> bool:
    """Tell whether a day is the same as or later than another; a month without a day counts as that whole month."""
    shared = min(len(day), len(other))
    return day[:shared] >= other[:shared]
