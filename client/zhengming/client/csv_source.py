"""What an input is, told by its first bytes: packed or not, a workbook, a Parquet file, lines of JSON, delimited text."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Final, cast

from zhengming.client.csv_encoding import SAMPLE_BYTES, find_form
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_reader import CsvReader, guess_delimiter
from zhengming.client.csv_tables import JsonReader, RowSource, open_parquet, open_workbook
from zhengming.client.csv_unpacking import GZIP, ZSTD, Unpacked
from zhengming.client.errors import UnreadableInputError

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_PARQUET: Final = b"PAR1"
_MAX_OLD_WORKBOOK: Final = 256 * 1024 * 1024
# Bytes. An .xls holds 65,536 rows of 256 columns at most; a larger one is something else.


def open_rows(
    source: Peekable, encoding: str | None, delimiter: str | None, say: Callable[[str], None]
) -> tuple[RowSource, str]:
    """Return what reads the rows of an input, and the delimiter that an output like it has.

    Args:
        source: the input from its first byte.
        encoding: of a text, as the user named it; None: found.
        delimiter: of a text; None: found in its header.
        say: takes what was found.

    Raises:
        UnreadableInputError: when the input cannot be read as rows, or would do harm.
    """
    magic = source.peek(8)
    for name, packed in (("gzip", GZIP), ("zstd", ZSTD)):
        if magic.startswith(packed):
            say(f"unpacking {name}; byte offsets are those of the unpacked text")
            source = Peekable(cast(BinaryIO, Unpacked(source, packed)))
            magic = source.peek(8)
    if magic.startswith((_ZIP, _OLE)):
        say("reading the first sheet of an Excel file")
        old = magic.startswith(_OLE)
        return open_workbook(source.as_file(_MAX_OLD_WORKBOOK if old else None), old), delimiter or ","
    if magic.startswith(_PARQUET):
        say("reading as Parquet")
        return open_parquet(source.as_file(None)), delimiter or ","
    if magic.startswith((GZIP, ZSTD)):
        raise UnreadableInputError("The input is packed more than once.", "Unpack it by hand and give the table.")
    form = find_form(source.peek(SAMPLE_BYTES), encoding, guess=True)
    how = " with byte order mark" if form.bom else ", guessed; --encoding names another" if form.guessed else ""
    head = source.peek(SAMPLE_BYTES)[form.bom : 64 * 1024].decode(form.codec, "replace")
    if head.lstrip().startswith("{"):
        say(f"reading as lines of JSON in {form.codec}{how}")
        return JsonReader(source, form), delimiter or ","
    say(f"reading as {form.codec}{how}")
    delimiter = delimiter or guess_delimiter(head.splitlines()[0] if head else "")
    return CsvReader(source, form, delimiter), delimiter
