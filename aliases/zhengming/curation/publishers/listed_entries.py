"""One line for one entry of a restriction list, when a publisher's own file and an older reading both have it."""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from zhengming.aliases.model import Restriction, Table
from zhengming.curation.draft import Finding
from zhengming.curation.merge import drop_unused_sources
from zhengming.engine.fold import name_key

_FEDERAL_REGISTER = re.compile(r"\b\d+ FR \d+")
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
    kept = one_line_an_entry(line for line in table.restrictions if line not in gone)
    return drop_unused_sources(dataclasses.replace(table, restrictions=kept)), findings


def one_line_an_entry(lines: Iterable[Restriction]) -> tuple[Restriction, ...]:
    """Return one line for each time that a firm stood on a list under one name, sorted.

    A list that is published again names its entries again: that is one running entry, from the first day that any
    reading gives. Only an end makes a second entry of what follows. The line cites the first notice, and before it the
    one in the Federal Register where only a later reading has that.
    """
    entries: dict[tuple[str, str, str], list[Restriction]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: (line.valid_from, line)):
        entries[line.firm_id, line.list, name_key(line.name_as_listed)].append(line)
    return tuple(sorted(one for readings in entries.values() for one in _runs(readings)))


def _runs(readings: list[Restriction]) -> Iterator[Restriction]:
    """Yield the times of one entry. `readings` are in the order of their first days."""
    run = readings[0]
    for line in readings[1:]:
        if run.valid_to and line.valid_from > run.valid_to:
            yield run
            run = line
        else:
            run = _joined(run, line)
    yield run


def _joined(earlier: Restriction, later: Restriction) -> Restriction:
    official = bool(_FEDERAL_REGISTER.search(later.citation)) and not _FEDERAL_REGISTER.search(earlier.citation)
    return dataclasses.replace(
        later if official else earlier,
        valid_from=earlier.valid_from or later.valid_from,
        valid_to=max(earlier.valid_to, later.valid_to) if earlier.valid_to and later.valid_to else "",
        name_as_listed=earlier.name_as_listed,
        citation=f"{later.citation}; {earlier.citation}" if official else earlier.citation,
    )


def _not_before(day: str, other: str) -> bool:
    """Tell whether a day is the same as or later than another; a month without a day counts as that whole month."""
    shared = min(len(day), len(other))
    return day[:shared] >= other[:shared]
