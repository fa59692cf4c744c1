"""Rows of delimited text that account for every byte: each record comes out as a row or as a reject.

Damage stays where it is. A record that is ragged, undecodable, unfinished or holds NUL is rejected alone, and reading
goes on behind it. After a quote that is never closed only its first line is given up: the lines that it would have
swallowed are read again as rows of their own.
"""

from __future__ import annotations

import io
import itertools
import re
from collections import Counter, deque
from collections.abc import Iterator
from typing import Final, NamedTuple

from zhengming.client.csv_encoding import TextForm
from zhengming.client.csv_lines import Line, Peekable, read_lines

MAX_RECORD_BYTES: Final = 8 * 1024 * 1024
"""A quoted cell that runs on for longer is taken for one that was never closed."""

MAX_CELL_CHARS: Final = 4 * 1024 * 1024
"""Rows with a longer cell are rejected: no name and no remark is that long, damage is."""

_LOOK_AHEAD: Final = 200
# Records that are looked at to tell a header that is too short from rows that are too long.

_MISSING_CELLS: Final = 16
# A header may lack so many cells at most.

_AGREEING_ROWS: Final = 3
# So many rows of one width speak against the header; fewer may be damaged themselves.

_MOST_HEADER_CELLS: Final = 100_000
# What spreadsheets can hold is far less.

_QUOTED: Final = re.compile(r'"[^"]*"')

_OPEN: Final = "a quoted cell is never closed"
_TRAILING: Final = "text stands behind a closing quote"


class Row(NamedTuple):
    """A record that can be used. A named tuple, because there are millions of them."""

    line: int
    """Number of its first physical line, from 1."""
    offset: int
    """Byte offset of its first byte."""
    raw: bytes
    """Its bytes, for the rejects file."""
    cells: list[str]
    """Its cells, as many as the header has."""


class Reject(NamedTuple):
    """A record that cannot be used."""

    line: int
    """Number of its first physical line, from 1."""
    offset: int
    """Byte offset of its first byte."""
    raw: bytes
    """Its bytes."""
    reason: str
    """Why, in English."""


def numbered_header(width: int) -> list[str]:
    """Return a header for rows that have none."""
    return [f"column_{number}" for number in range(1, width + 1)]


class CsvReader:
    """Reads the header, then rows and rejects. Blank lines are counted and passed over."""

    def __init__(self, stream: Peekable | io.BytesIO, form: TextForm, delimiter: str) -> None:
        """Make a reader.

        Args:
            stream: from its first byte.
            form: how to read it.
            delimiter: one character.
        """
        self.codec = form.codec
        """Python codec of the input."""
        self._lines = read_lines(stream, form)
        # Lines to be read again after a quote that was never closed.
        self._again: deque[Line] = deque()
        self._delimiter = delimiter
        self._width: int | None = None
        # A quoted record with more cells than this is not read on: it cannot become a good row.
        self._most_cells = _MOST_HEADER_CELLS
        # Records that were read to find out about the header, to be measured and yielded first.
        self._ahead: deque[Row | Reject] = deque()
        self.blank_lines = 0
        """Blank lines passed over so far."""
        self.position = 0
        """Byte offset up to which records were yielded."""

    def header(self, named: bool = True) -> Row | Reject | None:
        """Read the first record; None when there is none. A good one says how many cells every row must have.

        A header that lacks cells which nearly all rows have gets them as `column_N`: the rows are not at fault.

        Args:
            named: whether there is a header. Otherwise all columns are `column_N`, and the first record is a row.
        """
        if not named:
            return self._make_header()
        first = next(self._records(), None)
        if not isinstance(first, Row):
            return first
        narrow = len(first.cells)
        self._most_cells = narrow + _MISSING_CELLS
        self._ahead.extend(itertools.islice(self._records(), _LOOK_AHEAD))
        widths = Counter(len(record.cells) for record in self._ahead if isinstance(record, Row))
        width, rows = widths.most_common(1)[0] if widths else (narrow, 0)
        if width > narrow and rows >= _AGREEING_ROWS and rows * 10 >= widths.total() * 9:
            first.cells.extend(f"column_{number}" for number in range(narrow + 1, width + 1))
        self._width = self._most_cells = len(first.cells)
        return first

    def _make_header(self) -> Row | None:
        self._ahead.extend(itertools.islice(self._records(), _LOOK_AHEAD))
        widths = Counter(len(record.cells) for record in self._ahead if isinstance(record, Row))
        if not widths:
            return None
        self._width = self._most_cells = widths.most_common(1)[0][0]
        return Row(1, 0, b"", numbered_header(self._width))

    def __iter__(self) -> Iterator[Row | Reject]:
        while self._ahead:
            record = self._ahead.popleft()
            self.position = record.offset + len(record.raw)
            yield self._fit(record) if isinstance(record, Row) else record
        yield from self._records()

    def _records(self) -> Iterator[Row | Reject]:
        while (line := self._next_line()) is not None:
            if not line.text and not line.fault:
                self.blank_lines += 1
                continue
            self.position = line.offset + len(line.raw)
            if '"' not in line.text and not line.fault:
                # Nearly every line of nearly every file.
                yield self._fit(Row(line.number, line.offset, line.raw, line.text.split(self._delimiter)))
            else:
                yield self._assemble(line)

    def _next_line(self) -> Line | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def _assemble(self, first: Line) -> Row | Reject:
        """Read a record that may go on over several lines."""
        record = _QuotedRecord(self._delimiter)
        lines, size = [first], len(first.raw)
        problem = record.feed(first.text)
        while problem == _OPEN:
            # Stopping here also keeps damage linear.
            if size > MAX_RECORD_BYTES or record.cell_count > self._most_cells:
                break
            line = self._next_line()
            if line is None:
                break
            lines.append(line)
            size += len(line.raw)
            problem = record.feed(line.text, lines[-2].end)
        if problem:
            self._again.extendleft(reversed(lines[1:]))
            reason = first.fault or problem
            if len(lines) > 1 and not first.fault:
                reason = f"{_OPEN} (reading goes on with line {lines[1].number})"
            return Reject(first.number, first.offset, first.raw, reason)
        self.position = lines[-1].offset + len(lines[-1].raw)
        fault = next((line.fault for line in lines if line.fault), "")
        raw = first.raw if len(lines) == 1 else b"".join(line.raw for line in lines)
        if fault:
            return Reject(first.number, first.offset, raw, fault)
        return self._fit(Row(first.number, first.offset, raw, record.cells))

    def _fit(self, row: Row) -> Row | Reject:
        """Return the row, or why it does not fit the header."""
        fault = ""
        if self._width is not None and len(row.cells) != self._width:
            fault = f"the row has {len(row.cells)} cells; the header has {self._width}"
        elif len(row.raw) > MAX_CELL_CHARS and (longest := max(map(len, row.cells))) > MAX_CELL_CHARS:
            fault = f"a cell has {longest:,} characters; at most {MAX_CELL_CHARS:,} are read"
        return Reject(row.line, row.offset, row.raw, fault) if fault else row


class _QuotedRecord:
    """Cells of one record, fed line by line. Each line is scanned once, however long the record gets."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._partial: list[str] = []
        self._inside = False
        self.cells: list[str] = []

    @property
    def cell_count(self) -> int:
        """Cells so far, the open one included."""
        return len(self.cells) + self._inside

    def feed(self, text: str, line_end_before: str = "") -> str:
        """Take the next line; return what is wrong so far, or an empty text when the record is complete."""
        if self._inside:
            self._partial.append(line_end_before)
        at = 0
        while True:
            if not self._inside:
                if not text.startswith('"', at):
                    # RFC 4180 forbids quotes inside such a cell, but real files have them: 15" screen.
                    stop = text.find(self._delimiter, at)
                    self.cells.append(text[at:] if stop < 0 else text[at:stop])
                    if stop < 0:
                        return ""
                    at = stop + 1
                    continue
                self._inside = True
                at += 1
            quote = text.find('"', at)
            if quote < 0:
                self._partial.append(text[at:])
                return _OPEN
            self._partial.append(text[at:quote])
            at = quote + 1
            if text.startswith('"', at):
                self._partial.append('"')
                at += 1
                continue
            self.cells.append("".join(self._partial))
            self._partial.clear()
            self._inside = False
            if at == len(text):
                return ""
            if not text.startswith(self._delimiter, at):
                return _TRAILING
            at += 1


def guess_delimiter(header: str) -> str:
    """Return the delimiter that a header line shows: what it has most of outside quotes; a comma when it has none."""
    bare = _QUOTED.sub("", header)
    return max((",", "\t", ";", "|"), key=bare.count)
