"""Where rows and rejects go. Files appear under their names only when they are complete."""

from __future__ import annotations

import base64
import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, ClassVar, Final, Protocol

from zhengming.client.csv_reader import Reject
from zhengming.client.delimited import format_row, guard_formula

_BOM: Final = b"\xef\xbb\xbf"
REJECT_COLUMNS: Final = ("line", "byte_offset", "reason", "raw_base64")
"""Header of a rejects file."""

_MAX_RAW: Final = 64 * 1024
# Of a longer record only this much is copied; line and offset say where the rest stands.


class RowSink(Protocol):
    """Takes finished rows."""

    def write(self, cells: Sequence[str]) -> None:
        """Take one row."""

    def commit(self) -> None:
        """Finish: everything becomes visible."""

    def abort(self) -> None:
        """Give up: nothing becomes visible. Harmless after `commit`."""


class RejectSink(Protocol):
    """Takes rejected records."""

    def write(self, reject: Reject) -> None:
        """Take one record."""

    def commit(self) -> None:
        """Finish: everything becomes visible."""

    def abort(self) -> None:
        """Give up: nothing becomes visible. Harmless after `commit`."""


class ReplacedFile:
    """A file that is written beside its final name and renamed at the end."""

    _unfinished: ClassVar[set[ReplacedFile]] = set()

    @classmethod
    def abort_all(cls) -> None:
        """Remove every unfinished file of this process: for an end that gives the jobs no chance to do it."""
        for file in list(cls._unfinished):
            file.abort()

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        except OSError as error:
            # The user knows the final name, not the temporary one.
            raise OSError(error.errno, error.strerror, str(path)) from error
        self._temporary: Path | None = Path(name)
        self.stream: BinaryIO = os.fdopen(handle, "wb", buffering=1024 * 1024)
        """Where to write."""
        self._unfinished.add(self)

    def commit(self) -> None:
        """Rename into place."""
        if self._temporary is None:
            return
        self.stream.close()
        # mkstemp makes files that only their owner may read; the output should be as any other file of the user.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(self._temporary, 0o666 & ~mask)
        os.replace(self._temporary, self._path)
        self._temporary = None
        self._unfinished.discard(self)

    def abort(self) -> None:
        """Remove what was written."""
        if self._temporary is None:
            return
        # ValueError: another thread, which is being given up, was just closing it.
        with contextlib.suppress(OSError, ValueError):
            self.stream.close()
        with contextlib.suppress(FileNotFoundError):
            self._temporary.unlink()
        self._temporary = None
        self._unfinished.discard(self)


class DelimitedSink:
    """Rows as delimited text in UTF-8, into a file or a stream."""

    def __init__(
        self, target: Path | BinaryIO, delimiter: str = ",", for_excel: bool = False, begun: bool = False
    ) -> None:
        """Open the sink.

        Args:
            target: a path, or a stream such as standard output, which is flushed but never closed.
            delimiter: one character.
            for_excel: write a byte order mark and CRLF, and disarm cells that a spreadsheet would run.
            begun: the stream holds the beginning already.
        """
        self._file: ReplacedFile | None = None
        if isinstance(target, Path):
            self._file = ReplacedFile(target)
            self._out = self._file.stream
        else:
            self._out = target
        self._delimiter = delimiter
        self._for_excel = for_excel
        self._line_end = "\r\n" if for_excel else "\n"
        if for_excel and not begun:
            self._out.write(_BOM)

    def write(self, cells: Sequence[str]) -> None:
        """Take one row."""
        if self._for_excel:
            cells = [guard_formula(cell) for cell in cells]
        self._out.write(format_row(cells, self._delimiter, self._line_end).encode("utf-8"))

    def commit(self) -> None:
        """Finish the file or flush the stream."""
        if self._file:
            self._file.commit()
        else:
            self._out.flush()

    def abort(self) -> None:
        """Remove the file. What went to a stream is gone."""
        if self._file:
            self._file.abort()


class RejectStream:
    """Rejected records as CSV into a stream that somebody else finishes."""

    def __init__(self, stream: BinaryIO, begun: bool = False) -> None:
        """Make the sink.

        Args:
            stream: where to write.
            begun: the stream holds the header already.
        """
        self._stream = stream
        if not begun:
            self._put(REJECT_COLUMNS)

    def write(self, reject: Reject) -> None:
        """Take one record."""
        raw = base64.b64encode(reject.raw[:_MAX_RAW]).decode("ascii")
        cut = f" (first {_MAX_RAW:,} of {len(reject.raw):,} bytes kept)" if len(reject.raw) > _MAX_RAW else ""
        self._put((str(reject.line), str(reject.offset), reject.reason + cut, raw))

    def commit(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to remove."""

    def _put(self, cells: Sequence[str]) -> None:
        # Reasons may quote what could not be decoded.
        self._stream.write(format_row(cells).encode("utf-8", "backslashreplace"))


class RejectFile:
    """Rejected records as CSV with line, byte offset, reason and the raw bytes in base64.

    The file exists only when something was rejected: an old one of the same job is removed, so that it is not taken
    for this job's.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: ReplacedFile | None = None
        self._rows: RejectStream | None = None

    def write(self, reject: Reject) -> None:
        """Take one record."""
        if self._rows is None:
            self._file = ReplacedFile(self._path)
            self._rows = RejectStream(self._file.stream)
        self._rows.write(reject)

    def commit(self) -> None:
        """Finish the file, or remove an old one."""
        if self._file is not None:
            self._file.commit()
        else:
            remove_old_rejects(self._path)

    def abort(self) -> None:
        """Remove what was written."""
        if self._file is not None:
            self._file.abort()


def remove_old_rejects(path: Path) -> None:
    """Remove a rejects file of an earlier run. Only a file that this program wrote may be removed."""
    with contextlib.suppress(OSError):
        with path.open("rb") as file:
            ours = file.readline() == format_row(REJECT_COLUMNS).encode()
        if ours:
            path.unlink()
