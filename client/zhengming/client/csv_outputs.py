"""Results in the form that the name of the output asks for. What cannot be appended to is made from a spool at the end."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal

from zhengming.client.errors import OutputError

Kind = Literal["csv", "tsv", "ndjson", "xlsx", "parquet"]
"""How rows are written."""

_KINDS: Final[dict[str, Kind]] = {
    ".tsv": "tsv",
    ".tab": "tsv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}
_PACKINGS: Final = (".gz", ".zst")
# Endings that promise what is not written here → what to write instead. Any other ending holds CSV.
_REFUSED: Final = {
    **dict.fromkeys((".xls", ".xlsm", ".xlsb", ".ods"), ".xlsx"),
    **dict.fromkeys((".json", ".json5"), ".ndjson"),
    **dict.fromkeys((".zip", ".bz2", ".xz", ".7z", ".rar"), ".csv.gz or .csv.zst"),
    **dict.fromkeys((".html", ".htm", ".pdf", ".doc", ".docx"), ".csv or .xlsx"),
}

MAX_SHEET_ROWS: Final = 1_048_576
_MAX_SHEET_CELL: Final = 32_767
# Rows of a sheet and UTF-16 units of a cell, as Excel has them.


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an output."""

    kind: Kind
    """How rows are written."""
    packing: str = ""
    """`.gz`, `.zst` or empty."""

    @property
    def is_made_at_the_end(self) -> bool:
        """Whether it is made from a spool, because it cannot be appended to, or not to the same bytes."""
        return bool(self.packing) or self.kind in ("xlsx", "parquet")


def read_form(target: Path) -> Form:
    """Return the form that the name of an output asks for.

    Raises:
        OutputError: for a form that is not written.
    """
    endings = [ending.lower() for ending in target.suffixes]
    packing = endings.pop() if endings and endings[-1] in _PACKINGS else ""
    ending = endings[-1] if endings else ""
    kind = _KINDS.get(ending, "csv")
    if ending in _REFUSED:
        raise OutputError(f"Files that end with {ending} are not written.", f"Write {_REFUSED[ending]} instead.")
    if packing and kind in ("xlsx", "parquet"):
        raise OutputError(f"An {ending} file is packed already.", f"Leave out the {packing}.")
    return Form(kind, packing)


class JsonRows:
    """Rows as lines of JSON: objects with the header's names as keys, or bare arrays for a spool."""

    def __init__(
        self,
        stream: BinaryIO,
        header: Sequence[str] | None = None,
        most: int | None = None,
        begun: bool = False,
    ) -> None:
        """Make the sink.

        Args:
            stream: where to write.
            header: keys of the objects; a name that stands twice gets a number. None: arrays, the header first.
            most: rows that the final form can hold. None: any number.
            begun: the stream holds the header already.
        """
        self._stream = stream
        self._keys = None if header is None else _unique(header)
        self._most = most
        self._written = int(begun)

    def write(self, cells: Sequence[str]) -> None:
        """Take one row. The header makes no object."""
        self._written += 1
        if self._most is not None and self._written > self._most:
            raise _too_many_rows()
        if self._keys is None:
            row: object = list(cells)
        elif self._written == 1:
            return
        else:
            row = dict(zip(self._keys, cells, strict=True))
        self._stream.write(json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n")

    def commit(self) -> None:
        """Flush."""
        self._stream.flush()

    def abort(self) -> None:
        """Nothing to remove."""


def _too_many_rows() -> OutputError:
    what = f"The result has more than the {MAX_SHEET_ROWS:,} rows that a sheet can hold."
    return OutputError(what, "Write a .csv file instead.")


def _unique(names: Sequence[str]) -> list[str]:
    taken: dict[str, int] = {}
    keys = []
    for name in names:
        taken[name] = taken.get(name, 0) + 1
        keys.append(name if taken[name] == 1 else f"{name}_{taken[name]}")
    return keys


def make_from_spool(spool: Path, target: Path) -> None:
    """Make the final form of a result beside its name and rename it.

    Args:
        spool: arrays of JSON, the header first; for .gz and .zst the bytes to be packed.
        target: the ending says which form.

    Raises:
        OutputError: when what writes the form is not installed.
    """
    fresh = spool.with_name(f"final{target.suffix}")
    makers = {".xlsx": _make_sheet, ".parquet": _make_parquet, ".gz": _pack, ".zst": _pack_zstd}
    makers[target.suffix.lower()](spool, fresh)
    os.replace(fresh, target)


def check_writer(target: Path) -> None:
    """Tell before the job that what writes its output is missing.

    Raises:
        OutputError: when it is.
    """
    try:
        if target.suffix.lower() == ".xlsx":
            import xlsxwriter  # noqa: F401
        elif target.suffix.lower() == ".parquet":
            import pyarrow.parquet  # noqa: F401
        elif target.suffix.lower() == ".zst":
            import zstandard  # noqa: F401
    except ImportError as error:
        extra = {".xlsx": "excel", ".parquet": "parquet", ".zst": "zstd"}[target.suffix.lower()]
        what = f"What writes {target.suffix} files is not installed."
        raise OutputError(what, f"Install it with `pip install 'zhengming[{extra}]'`.") from error


def _rows(spool: Path) -> Iterator[list[str]]:
    with spool.open("rb") as lines:
        for line in lines:
            yield json.loads(line)


def _make_sheet(spool: Path, target: Path) -> None:
    import datetime

    import xlsxwriter

    # One row in memory at a time, and a fixed date: equal results are equal bytes.
    book = xlsxwriter.Workbook(str(target), {"constant_memory": True})
    book.set_properties({"created": datetime.datetime(2000, 1, 1)})
    sheet = book.add_worksheet("zhengming")
    for at, cells in enumerate(_rows(spool)):
        if at >= MAX_SHEET_ROWS:
            raise _too_many_rows()
        for column, cell in enumerate(cells):
            # Text whatever it begins with: no cell becomes a formula, a link or a number.
            sheet.write_string(at, column, cell if len(cell) <= _MAX_SHEET_CELL // 2 else _cut(cell))
    book.close()


def _cut(cell: str) -> str:
    """Cut a text to what a cell can hold, and say so in it."""
    if len(cell.encode("utf-16-le")) <= 2 * _MAX_SHEET_CELL:
        return cell
    mark = " …[cut: too long for a cell]"
    kept = cell.encode("utf-16-le")[: 2 * (_MAX_SHEET_CELL - len(mark))].decode("utf-16-le", "ignore")
    return kept + mark


def _make_parquet(spool: Path, target: Path) -> None:
    import itertools

    import pyarrow
    from pyarrow import parquet

    rows = _rows(spool)
    schema = pyarrow.schema([(name, pyarrow.string()) for name in _unique(next(rows))])
    with parquet.ParquetWriter(str(target), schema) as writer:
        while block := list(itertools.islice(rows, 10_000)):
            arrays = [pyarrow.array(column, pyarrow.string()) for column in zip(*block, strict=True)]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))


def _pack(spool: Path, target: Path) -> None:
    with (
        spool.open("rb") as plain,
        target.open("wb") as file,
        gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed,
    ):
        while piece := plain.read(1024 * 1024):
            packed.write(piece)


def _pack_zstd(spool: Path, target: Path) -> None:
    import zstandard

    with spool.open("rb") as plain, target.open("wb") as packed:
        # One thread: more would cut the data by their number, and the bytes would depend on the machine.
        zstandard.ZstdCompressor(write_checksum=True, threads=0).copy_stream(plain, packed, size=spool.stat().st_size)
