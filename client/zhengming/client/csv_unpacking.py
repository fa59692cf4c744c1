"""Packed inputs: gzip and zstd as a stream of bounded size, and workbooks that are refused before they can do harm."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from zhengming.client.csv_lines import Peekable
from zhengming.client.errors import UnreadableInputError

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
_CHUNK: Final = 256 * 1024

MAX_RATIO: Final = 100
"""Unpacked bytes for a packed one. Tables pack 5 to 20 times; bombs 1,000 times and more."""

FREE_BYTES: Final = 32 * 1024 * 1024
"""So many unpacked bytes are allowed whatever the ratio: they harm nobody."""

MAX_WORKBOOK_BYTES: Final = 1024 * 1024 * 1024
"""Unpacked bytes of a workbook, which is read into memory as a whole."""

MAX_WORKBOOK_CELLS: Final = 40_000_000
"""Cells of the rectangle from the first to the last used cell of a sheet: it is kept in memory, empty ones too."""

_MAX_MEMBERS: Final = 10_000
_LOCAL_HEADER: Final = 30
# Bytes before the name of a part in a zip archive.

_REFERENCE: Final = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_OVERLAP: Final = 32


class Unpacked(io.RawIOBase):
    """A gzip or zstd stream as its plain bytes; several members one behind the other are one stream."""

    def __init__(self, source: Peekable, kind: bytes) -> None:
        """Make the stream.

        Args:
            source: from its first byte.
            kind: `GZIP` or `ZSTD`.

        Raises:
            UnreadableInputError: when what reads zstd is not installed.
        """
        self._source = source
        self._kind = kind
        self._member = self._new_member()
        self._rest = b""
        self._packed = self._unpacked = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; empty at the end.

        Raises:
            UnreadableInputError: for a bomb, and for damaged or cut off data.
        """
        while True:
            if self._member.eof:
                self._rest = self._member.unused_data or self._take()
                if not self._rest.strip(b"\0"):
                    return b""
                self._member = self._new_member()
            packed = self._rest or self._take()
            self._rest = b""
            if not packed and not getattr(self._member, "unconsumed_tail", b""):
                raise UnreadableInputError("The packed input is cut off.", "Pack it again from the original.")
            try:
                data: bytes = self._unpack(packed, size)
            except Exception as error:
                what = f"The packed input is damaged: {error}."
                raise UnreadableInputError(what, "Pack it again from the original.") from error
            self._unpacked += len(data)
            if self._unpacked > FREE_BYTES and self._unpacked > MAX_RATIO * self._packed:
                what = f"The input unpacks to more than {MAX_RATIO} times its size, as no table does."
                raise UnreadableInputError(what, "Unpack it by hand if you trust it, and give that file.")
            if data:
                return data

    def _take(self) -> bytes:
        packed = self._source.read(_CHUNK)
        self._packed += len(packed)
        return packed

    def _unpack(self, packed: bytes, size: int) -> bytes:
        if self._kind == GZIP:
            tail: bytes = self._member.unconsumed_tail
            # The whole size that is asked for at most, however much a few bytes unpack to.
            data: bytes = self._member.decompress(tail + packed, max(size, 1))
            return data
        # zstd gives at most 128 KiB for each of its blocks, of which a small piece of input holds few.
        self._rest = packed[_ZSTD_BITE:]
        out: bytes = self._member.decompress(packed[:_ZSTD_BITE])
        return out

    def _new_member(self) -> Any:
        if self._kind == GZIP:
            return zlib.decompressobj(wbits=31)
        try:
            import zstandard
        except ImportError as error:
            what = "The input is packed with zstd, which is not installed."
            raise UnreadableInputError(what, "Install it with `pip install 'zhengming[zstd]'`.") from error
        return zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()


_ZSTD_BITE: Final = 256


def check_workbook(file: BinaryIO) -> None:
    """Refuse a workbook that would fill the memory: too many parts, too large unpacked, or far too wide and long.

    Sizes that the file states are not believed: its sheets are unpacked once, in small pieces, and counted.

    Raises:
        UnreadableInputError: for such a workbook, and for one that is no zip archive.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            stated = sum(member.file_size for member in members)
            packed = sum(member.compress_size for member in members)
            if len(members) > _MAX_MEMBERS:
                raise _too_large(f"it has {len(members):,} parts")
            if stated > MAX_WORKBOOK_BYTES:
                raise _too_large(f"its parts unpack to {stated:,} bytes")
            if stated > FREE_BYTES and stated > MAX_RATIO * packed:
                raise _too_large(f"it unpacks to more than {MAX_RATIO} times its size, as no table does")
            for member in members:
                _check_part(file, member)
    except UnreadableInputError:
        raise
    except Exception as error:
        # zipfile raises many kinds of errors for damaged archives.
        what = f"The workbook is damaged: {error}."
        raise UnreadableInputError(what, "Open it in Excel and save it again.") from error


def _check_part(file: BinaryIO, member: zipfile.ZipInfo) -> None:
    size = last_row = last_column = 0
    before = b""
    sheet = "worksheets/" in member.filename
    for piece in _unpack_part(file, member):
        size += len(piece)
        if size > member.file_size:
            raise _too_large("a part is larger than it says")
        if sheet:
            for column, row in _REFERENCE.findall(before + piece):
                last_row = max(last_row, int(row))
                last_column = max(last_column, _column_number(column))
            before = piece[-_OVERLAP:]
    if last_row * last_column > MAX_WORKBOOK_CELLS:
        raise _too_large(f"its cells reach to row {last_row:,} of column {last_column:,}")


def _unpack_part(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield all that a part unpacks to. `zipfile` would stop at the size that the archive states, and its readers do not."""
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER)
    # The lengths of name and extra field, which stand before the data, are the last four bytes of the header.
    file.seek(sum(struct.unpack("<HH", header[-4:])), io.SEEK_CUR)
    left = member.compress_size
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile("a part is packed in a way that no workbook is")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    while left:
        packed = file.read(min(left, _CHUNK))
        if not packed:
            raise zipfile.BadZipFile("a part is cut off")
        left -= len(packed)
        if unpacker is None:
            yield packed
            continue
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, _CHUNK)
            packed = unpacker.unconsumed_tail


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large(why: str) -> UnreadableInputError:
    what = f"The workbook is too large to be read: {why}."
    return UnreadableInputError(what, "Save the sheet as CSV (UTF-8) and give that file.")
