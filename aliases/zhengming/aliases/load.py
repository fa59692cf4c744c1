"""Read and write a table folder: one CSV a line type, UTF-8, sorted, no quoting surprises."""

from __future__ import annotations

import csv
import dataclasses
import functools
import hashlib
import io
from enum import Enum
from pathlib import Path
from typing import Any, get_type_hints

from zhengming.aliases.model import LINE_TYPES, Table


class TableError(Exception):
    """A table folder cannot be read. `path` and `line` say where."""

    def __init__(self, message: str, path: Path, line: int = 0) -> None:
        super().__init__(message)
        self.path = path
        self.line = line

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{where}: {self.args[0]}"


def bundled_table_path() -> Path:
    """Return the folder of the table that ships with this distribution."""
    return Path(__file__).parent / "data"


def columns(line_type: type) -> list[str]:
    """Return the column names of a line type, in file order."""
    return [field.name for field in dataclasses.fields(line_type)]


def load_table(folder: Path | None = None) -> Table:
    """Read a table folder (default: the bundled table).

    Raises `TableError` when a file is missing, is not UTF-8, has other columns than the schema, or holds a value that
    the schema does not know. Everything else that may be wrong is `check_table`'s to find.
    """
    folder = folder or bundled_table_path()
    parts: dict[str, Any] = {
        name: _read_file(folder / f"{name}.csv", line_type) for name, line_type in LINE_TYPES.items()
    }
    return Table(**parts, version=table_version(folder))


def save_table(table: Table, folder: Path) -> None:
    """Write a table folder, every file sorted, so that two tables with the same facts are the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, line_type in LINE_TYPES.items():
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns(line_type))
        writer.writerows(sorted(row_of(line) for line in getattr(table, name)))
        (folder / f"{name}.csv").write_text(out.getvalue(), encoding="utf-8", newline="")


def table_version(folder: Path) -> str:
    """Return the SHA-256 over the names and bytes of the table's files, hexadecimal."""
    digest = hashlib.sha256()
    for name in sorted(LINE_TYPES):
        path = folder / f"{name}.csv"
        try:
            content = path.read_bytes()
        except OSError as error:
            raise TableError(
                f"cannot be read ({error.strerror}). Point to a folder with all eight files.", path
            ) from error
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _read_file(path: Path, line_type: type) -> tuple[Any, ...]:
    try:
        content = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise TableError(f"cannot be read ({error.strerror}). Point to a folder with all eight files.", path) from error
    except UnicodeDecodeError as error:
        raise TableError(f"is not UTF-8 at byte {error.start}. Save it as UTF-8.", path) from error
    reader = csv.reader(io.StringIO(content, newline=""))
    expected = columns(line_type)
    if next(reader, None) != expected:
        raise TableError(f"needs the columns {','.join(expected)} in this order.", path, 1)
    lines = []
    for row in reader:
        try:
            lines.append(parse_row(line_type, row))
        except ValueError as error:
            raise TableError(f"{error}.", path, reader.line_num) from error
    return tuple(lines)


def parse_row(line_type: type, row: list[str]) -> Any:
    """Return the line that a CSV row holds. Raises `ValueError` when a value is not one that the schema knows."""
    casts = _casts(line_type)
    if len(row) != len(casts):
        raise ValueError(f"has {len(row)} values where {len(casts)} are due")
    return line_type(*[cast(value) for cast, value in zip(casts, row, strict=True)])


@functools.cache
def _casts(line_type: type) -> list[Any]:
    return [_cast(annotation) for annotation in get_type_hints(line_type).values()]


def _cast(annotation: Any) -> Any:
    if annotation is bool:
        return _to_bool
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        members = {member.value: member for member in annotation}

        def to_member(value: str) -> Enum:
            if value not in members:
                raise ValueError(f"{value!r} is not one of {', '.join(repr(known) for known in members)}")
            return members[value]

        return to_member
    return str


def _to_bool(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError(f"{value!r} is neither 0 nor 1")
    return value == "1"


def row_of(line: Any) -> list[str]:
    """Return the CSV row of a line."""
    return [_to_cell(getattr(line, name)) for name in columns(type(line))]


def _to_cell(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value.value) if isinstance(value, Enum) else str(value)
