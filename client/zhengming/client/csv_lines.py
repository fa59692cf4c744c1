"""Physical lines of a byte stream, with line number and byte offset, in bounded memory."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from zhengming.client.csv_encoding import TextForm
from zhengming.client.errors import UnreadableInputError

MAX_LINE_BYTES: Final = 16 * 1024 * 1024
"""Longer lines are rejected: an input without line ends must not fill the memory."""

_KEPT_OF_LONG_LINE: Final = 64 * 1024
_CHUNK: Final = 1024 * 1024
_MAX_COPIED: Final = 1024 * 1024 * 1024


@dataclass(slots=True)
class Line:
    """One physical line."""

    number: int
    """From 1."""
    offset: int
    """Byte offset of its first byte in the input."""
    raw: bytes
    """Its bytes with the line end; of a line that is too long, the first 64 KiB."""
    text: str
    """Decoded text without the line end; undecodable bytes are U+FFFD."""
    end: str
    """The line end. Empty at the end of the input."""
    fault: str
    """Why the line cannot be used. Empty: it can."""


class Peekable:
    """A byte stream whose beginning can be looked at first. Works on pipes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._head = b""

    def peek(self, size: int) -> bytes:
        """Return up to `size` first bytes without using them up."""
        while len(self._head) < size and (more := self._stream.read(size - len(self._head))):
            self._head += more
        return self._head[:size]

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; empty at the end."""
        if self._head:
            taken, self._head = self._head[:size], self._head[size:]
            return taken
        return self._stream.read(size)

    def as_file(self, most: int | None) -> BinaryIO:
        """Return the whole stream as a file that can be sought in; one from a pipe is copied to a temporary file.

        Args:
            most: bytes that are copied or read at most. None: 1 GiB from a pipe, any size of a file.

        Raises:
            UnreadableInputError: for a larger one.
        """
        what = "The input is too large to be read."
        if self._stream.seekable():
            size = self._stream.seek(0, io.SEEK_END)
            if most is not None and size > most:
                raise UnreadableInputError(what, "Save it as CSV (UTF-8) and give that file.")
            self._stream.seek(0)
            return self._stream
        copy = tempfile.TemporaryFile()  # noqa: SIM115
        while piece := self.read(_CHUNK):
            copy.write(piece)
            if copy.tell() > (most or _MAX_COPIED):
                copy.close()
                raise UnreadableInputError(what, "Give it as a file, or save it as CSV (UTF-8).")
        copy.seek(0)
        return copy


def read_lines(stream: Peekable | io.BytesIO, form: TextForm) -> Iterator[Line]:
    """Yield the lines of a stream.

    Args:
        stream: from its first byte.
        form: how to read it.
    """
    stream.read(form.bom)
    offset = form.bom
    for number, (raw, whole_size) in enumerate(_split(stream, form), start=1):
        yield _decode(number, offset, raw, whole_size, form)
        offset += whole_size


def _split(stream: Peekable | io.BytesIO, form: TextForm) -> Iterator[tuple[bytes, int]]:
    """Yield each line's bytes (cut when too long) and its full size."""
    buffer = b""
    dropped = scanned = 0
    first = True
    while chunk := stream.read(_CHUNK):
        buffer += chunk
        start = 0
        while (found := buffer.find(form.newline, scanned)) >= 0:
            if found % form.unit:
                scanned = found + 1
                continue
            stop = found + len(form.newline)
            yield buffer[start:stop], stop - start + dropped
            start = scanned = stop
            dropped = 0
            first = False
        buffer = buffer[start:]
        # What was searched holds no line end, save one that the next chunk completes.
        scanned = max(len(buffer) - len(form.newline) + 1, 0)
        if len(buffer) > MAX_LINE_BYTES:
            if first:
                what = f"The input has no line end in its first {MAX_LINE_BYTES:,} bytes."
                raise UnreadableInputError(what, "Give a file of rows, or name its encoding with --encoding.")
            # Keeps the beginning for the rejects file and an even rest, so that UTF-16 stays aligned.
            keep = _KEPT_OF_LONG_LINE
            tail = len(buffer) % form.unit
            dropped += len(buffer) - keep - tail
            buffer = buffer[:keep] + (buffer[-tail:] if tail else b"")
            scanned = keep
    if buffer:
        yield buffer, len(buffer) + dropped


def _decode(number: int, offset: int, raw: bytes, whole_size: int, form: TextForm) -> Line:
    fault = ""
    too_long = whole_size > MAX_LINE_BYTES
    if too_long:
        raw = raw[:_KEPT_OF_LONG_LINE]
    try:
        text = raw.decode(form.codec)
    except UnicodeDecodeError as error:
        at = offset + error.start
        fault = f"byte 0x{raw[error.start]:02x} at offset {at} is not valid {form.codec}"
        text = raw.decode(form.codec, "replace")
    if "\0" in text:
        fault = fault or "the row holds a NUL character"
    if too_long:
        fault = f"the line is {whole_size:,} bytes long; at most {MAX_LINE_BYTES:,} are read"
    end = "\r\n" if text.endswith("\r\n") else text[-1:] if text[-1:] in ("\n", "\r") else ""
    if end == "\r" and form.newline == "\n".encode(form.codec):
        # A lone CR at the very end of an input whose lines end with LF.
        return Line(number, offset, raw, text[:-1], end, fault)
    return Line(number, offset, raw, text[: len(text) - len(end)], end, fault)
