"""Tables that are no delimited text: sheets, Parquet files and lines of JSON, as rows and rejects like any others."""

from __future__ import annotations

import datetime
import itertools
import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Final, Protocol

from zhengming.client.csv_encoding import TextForm
from zhengming.client.csv_lines import Peekable, read_lines
from zhengming.client.csv_reader import Reject, Row, numbered_header
from zhengming.client.csv_unpacking import check_workbook
from zhengming.client.errors import UnreadableInputError

_SAMPLE_OBJECTS: Final = 200
# Lines of JSON whose keys make the header, rows of a sheet without one that say how wide it is.


class RowSource(Protocol):
    """What a job reads: a header, then rows and rejects. `CsvReader` is one."""

    blank_lines: int
    """Blank lines passed over so far."""
    position: int
    """Byte offset up to which records were yielded, where there are bytes."""
    codec: str
    """Python codec of the bytes of records."""

    def header(self, named: bool = True) -> Row | Reject | None:
        """Read the header; None when there is none.

        Args:
            named: whether the first row is one. Otherwise one is made of numbers, and the first row is a row.

        Raises:
            UnreadableInputError: when columns without names are not known in this form.
        """

    def __iter__(self) -> Iterator[Row | Reject]: ...


class TableReader:
    """Rows of a sheet or a Parquet file. Line numbers are those of a sheet; there are no byte offsets, so they are 0."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        """Make a reader.

        Args:
            rows: values, the header first.
        """
        self._rows = enumerate(rows, start=1)
        self.codec = "utf-8"
        self._width = 0
        # Records that were read to find out how wide the table is.
        self._ahead: deque[Row] = deque()
        self.blank_lines = 0
        self.position = 0

    def header(self, named: bool = True) -> Row | Reject | None:
        """Read the first row that is not blank; without a header, as many columns as any of the first rows fills."""
        if not named:
            self._ahead.extend(itertools.islice(self._records(), _SAMPLE_OBJECTS))
            self._width = max((_filled(row.cells) for row in self._ahead), default=0)
            return Row(1, 0, b"", numbered_header(self._width)) if self._width else None
        first = next(self._records(), None)
        if first is not None:
            del first.cells[_filled(first.cells) :]
            self._width = len(first.cells)
        return first

    def __iter__(self) -> Iterator[Row | Reject]:
        while self._ahead:
            yield self._fit(self._ahead.popleft())
        yield from map(self._fit, self._records())

    def _records(self) -> Iterator[Row]:
        for number, values in self._rows:
            cells = [cell_text(value) for value in values]
            if not any(cells):
                self.blank_lines += 1
                continue
            yield Row(number, 0, json.dumps(cells, ensure_ascii=False).encode("utf-8", "backslashreplace"), cells)

    def _fit(self, row: Row) -> Row | Reject:
        # A sheet is a rectangle: empty cells behind the header are no data.
        if any(row.cells[self._width :]):
            reason = f"the row has cells behind column {self._width}, where the header ends"
            return Reject(row.line, row.offset, row.raw, reason)
        del row.cells[self._width :]
        row.cells.extend([""] * (self._width - len(row.cells)))
        return row


def _filled(cells: Sequence[str]) -> int:
    """Return how many cells there are without the empty ones at the end."""
    return max((at for at, cell in enumerate(cells, start=1) if cell), default=0)


class JsonReader:
    """Objects, one a line. The header is made of the keys of the first lines; texts of all values are the cells."""

    def __init__(self, source: Peekable, form: TextForm) -> None:
        """Make a reader.

        Args:
            source: from its first byte.
            form: how to read it.
        """
        self.codec = form.codec
        self._lines = read_lines(source, form)
        self._keys: list[str] = []
        self._ahead: deque[tuple[Row | Reject, dict[str, str]]] = deque()
        self.blank_lines = 0
        self.position = 0

    def header(self, named: bool = True) -> Row | Reject | None:
        """Return the keys of the first lines as if they were a header line."""
        if not named:
            raise UnreadableInputError("Lines of JSON name their columns themselves.", "Leave out --no-header.")
        self._ahead.extend(itertools.islice(self._records(), _SAMPLE_OBJECTS))
        self._keys = list(dict.fromkeys(key for _, cells in self._ahead for key in cells))
        if not self._keys:
            return None
        return Row(1, 0, b"", list(self._keys))

    def __iter__(self) -> Iterator[Row | Reject]:
        while self._ahead:
            yield self._fit(*self._ahead.popleft())
        for record, cells in self._records():
            yield self._fit(record, cells)

    def _fit(self, record: Row | Reject, cells: dict[str, str]) -> Row | Reject:
        self.position = record.offset + len(record.raw)
        if isinstance(record, Reject):
            return record
        if unknown := cells.keys() - set(self._keys):
            reason = f"the key {min(unknown)!r} is in none of the first {_SAMPLE_OBJECTS} objects"
            return Reject(record.line, record.offset, record.raw, reason)
        record.cells.extend(cells.get(key, "") for key in self._keys)
        return record

    def _records(self) -> Iterator[tuple[Row | Reject, dict[str, str]]]:
        for line in self._lines:
            if not line.text.strip() and not line.fault:
                self.blank_lines += 1
                continue
            try:
                cells = {} if line.fault else _read_object(line.text)
            except (ValueError, RecursionError) as error:
                yield Reject(line.number, line.offset, line.raw, f"the line is no JSON object: {error}"), {}
                continue
            if line.fault:
                yield Reject(line.number, line.offset, line.raw, line.fault), {}
            else:
                yield Row(line.number, line.offset, line.raw, []), cells


def _read_object(text: str) -> dict[str, str]:
    # Numbers stay as they are written: 000001, 1.10 and numbers of any length are codes here.
    value = json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=_unique)
    if not isinstance(value, dict):
        raise ValueError("it is another kind of value")
    cells = {key: cell_text(each) for key, each in value.items()}
    for each in (*cells, *cells.values()):
        if any("\ud800" <= char <= "\udfff" for char in each) or "\0" in each:
            raise ValueError("it holds half a character or NUL")
    return cells


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def cell_text(value: Any) -> str:
    """Return a value as its text: whole numbers without a point, days as YYYY-MM-DD, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def open_workbook(file: BinaryIO, old: bool) -> TableReader:
    """Read the first sheet of a workbook.

    Args:
        file: can be sought in.
        old: an .xls, whose sheets are small by their format; else an .xlsx.

    Raises:
        UnreadableInputError: when it cannot be read, is too large, or what reads it is not installed.
    """
    if not old:
        check_workbook(file)
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        what = "The input is an Excel file, and what reads it is not installed."
        raise UnreadableInputError(what, "Install it with `pip install 'zhengming[excel]'`, or save as CSV.") from error
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        return TableReader(book.get_sheet_by_index(0).iter_rows())
    except (CalamineError, OSError, ValueError, IndexError) as error:
        what = f"The workbook cannot be read: {error}."
        raise UnreadableInputError(what, "Open it in Excel and save it again, or save the sheet as CSV.") from error


def open_parquet(file: BinaryIO) -> TableReader:
    """Read a Parquet file, a batch of rows at a time.

    Raises:
        UnreadableInputError: when it cannot be read, or what reads it is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        what = "The input is a Parquet file, and what reads it is not installed."
        raise UnreadableInputError(what, "Install it with `pip install 'zhengming[parquet]'`.") from error
    try:
        table = parquet.ParquetFile(file)
    except (pyarrow.ArrowException, OSError) as error:
        what = f"The Parquet file cannot be read: {error}."
        raise UnreadableInputError(what, "Write it again.") from error
    return TableReader(_parquet_rows(table))


def _parquet_rows(table: Any) -> Iterator[Sequence[Any]]:
    yield table.schema_arrow.names
    for batch in table.iter_batches(batch_size=2_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
