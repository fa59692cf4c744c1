"""Read a publisher's CSV as a stream, with every line accounted for: a bad one is told with its number, none is lost.

The csv module lets a quotation mark that is never closed swallow the rest of the file. Here such a record is given up
after some lines, the first of them is reported, and reading goes on with the second.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from zhengming.curation.draft import ImportRefused

_MOST_LINES = 40
"""Lines that one record may span. Addresses and remarks with line breaks stay far below it."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that holds no record."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the wanted columns."""

    line: int
    """Number of its first line in the file."""
    values: dict[str, str]


def csv_records(
    path: Path, needed: Iterable[str], wanted: Callable[[str], bool] = lambda column: True
) -> Iterator[Record | BadLine]:
    """Yield the records of a CSV file, or of the only CSV in a zip, with the columns that are `wanted`.

    Raises `ImportRefused` when the file cannot be opened or its header lacks a column of `needed`.
    """
    with _open(path) as stream:
        feed = _Feed(stream)
        header = next(_rows(feed, width=0), None)
        names = header[1] if header and isinstance(header[1], list) else []
        names = [name.strip() for name in names]
        missing = [column for column in needed if column not in names]
        if missing:
            raise ImportRefused(
                f"{path}: lacks the column {', '.join(missing)}. Give the file as its publisher offers it."
            )
        places = [(place, name) for place, name in enumerate(names) if wanted(name)]
        for line, row in _rows(feed, len(names)):
            if isinstance(row, str):
                yield BadLine(line, row)
            else:
                yield Record(line, {name: row[place].strip() for place, name in places})


@contextmanager
def _open(path: Path) -> Iterator[TextIO]:
    # Bytes that are not UTF-8 become surrogates, so that only their line is refused.
    try:
        if path.suffix.lower() != ".zip":
            with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
                yield stream
            return
        with zipfile.ZipFile(path) as archive:
            members = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            if len(members) != 1:
                raise ImportRefused(f"{path}: holds {len(members)} CSV files. Give a zip with one, or the CSV itself.")
            with (
                archive.open(members[0]) as raw,
                io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as text,
            ):
                yield text
    except (OSError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or "it is not a zip archive"
        raise ImportRefused(f"{path}: cannot be read ({reason}). Name the file that was downloaded.") from error


class _Feed:
    """Hands lines to the csv module, remembers those of the record under way, takes lines back."""

    def __init__(self, stream: Iterable[str]) -> None:
        self._stream = iter(stream)
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.line = 1
        """Number of the first line of the record under way."""

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MOST_LINES:
            raise _TooLong
        line = self._again.popleft() if self._again else next(self._stream)
        self.taken.append(line)
        return line

    def settle(self, lines: int) -> None:
        """Count the first lines of the record as done; the others are read again."""
        self._again.extendleft(reversed(self.taken[lines:]))
        self.line += lines
        self.taken = []


class _TooLong(Exception):
    """A record spans more lines than any real one."""


def _rows(feed: _Feed, width: int) -> Iterator[tuple[int, list[str] | str]]:
    """Yield first line number and values of each record, or a reason instead of the values. Width 0 = any."""
    reader = csv.reader(feed, strict=True)
    while True:
        row: list[str] = []
        reason = ""
        try:
            row = next(reader)
        except StopIteration:
            return
        except _TooLong:
            reason = "has a quotation mark that is not closed"
        except csv.Error as error:
            reason = f"is not CSV ({error})"
        if not reason and width and row and len(row) != width:
            reason = f"has {len(row)} values where the header has {width}"
        if not reason and any(not line.isascii() and not _is_utf8(line) for line in feed.taken):
            reason = "is not UTF-8"
        line = feed.line
        if reason:
            feed.settle(1)
            # A csv reader that stopped inside quotation marks would go on there.
            reader = csv.reader(feed, strict=True)
            yield line, reason
            continue
        feed.settle(len(feed.taken))
        if row:
            yield line, row


def _is_utf8(line: str) -> bool:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
