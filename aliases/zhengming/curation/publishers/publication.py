"""A publisher's own file: who publishes it, of what day it is, and which source keys of a table are that publisher's.

The key of a source is the publisher's stem and the month (`gleif-2026-11`), so that a later file of the same publisher
finds the lines of the earlier one and replaces them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.model import Source, Table
from zhengming.curation.draft import ImportRefused

_DATED_KEY = re.compile(r"(?P<stem>.+)-\d{4}-\d{2}")
_DAY = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?")
_DAY_IN_NAME = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?P<dash>-?)(?P<month>0[1-9]|1[0-2])(?P=dash)(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose file it is, as it will stand in `sources.csv`."""

    stem: str
    """First part of the source key."""
    title: str
    publisher: str
    licence: str
    address: str
    """The publisher's own address of the publication; empty for a file that nobody publishes."""

    def source(self, as_of: str) -> Source:
        """Return the source line of the publication of a day."""
        return Source(f"{self.stem}-{as_of[:7]}", self.title, self.publisher, self.licence, as_of, self.address, via="")


def publication_date(path: Path, stated: str, inside: str = "") -> str:
    """Return the day of a publication: what the user stated, else what the file says, else the date in its name.

    The file system's date is not asked: it is the day of the download or of a copy, and would change the table's bytes.
    """
    if stated:
        if not _DAY.fullmatch(stated):
            raise ImportRefused(f"--as-of {stated}: is no date. Write YYYY-MM-DD or YYYY-MM.")
        return stated
    if inside:
        return inside
    if match := _DAY_IN_NAME.search(path.name):
        return f"{match['year']}-{match['month']}-{match['day']}"
    raise ImportRefused(f"{path}: does not say of what day it is. Add --as-of YYYY-MM-DD.")


def owned_keys(table: Table, stems: Iterable[str]) -> frozenset[str]:
    """Return the keys of the table's sources that came from earlier files of these publishers."""
    wanted = frozenset(stems)
    keys = (source.key for source in table.sources)
    return frozenset(key for key in keys if (match := _DATED_KEY.fullmatch(key)) and match["stem"] in wanted)


def stems_of(keys: Iterable[str]) -> frozenset[str]:
    """Return the publishers' stems of source keys."""
    return frozenset(match["stem"] for key in keys if (match := _DATED_KEY.fullmatch(key)))
