"""How the bytes of an input become text: encoding, byte order mark and line ends, found in the first megabyte."""

from __future__ import annotations

import codecs
import contextlib
from dataclasses import dataclass
from typing import Final

from zhengming.client.chinese_encoding import (
    CANDIDATES,
    guess_encoding,
    is_gb18030_by_chance_utf8,
    reads_as_chinese,
    share_of_usual,
)
from zhengming.client.errors import UnreadableInputError

SAMPLE_BYTES: Final = 1024 * 1024
"""How much of an input is looked at before the first row is read."""

# Names that users give → Python codec. GB18030 contains GBK and GB2312 and reads both; cp950 is Big5 as Windows writes
# it, with the characters of 宏碁 and 裏 that plain Big5 lacks. All of them are stateless, and
# 0x0A is a line feed and nothing else: that is what lets lines be cut before decoding. Keep it so when adding one.
_CODECS: Final = {
    "utf8": "utf-8",
    "utf8sig": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "big5": "cp950",
    "cp950": "cp950",
    "big5hkscs": "big5hkscs",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
}
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# First bytes of files that are no text → what they are.
_NO_TEXT: Final = {
    b"PK\x03\x04": "an Excel, Word or ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"%PDF-": "a PDF file",
}

_GUESSED_LINES: Final = 2_000
# More lines would not change the guess.

_ONE_CELL: Final = 256
# Bytes of an input that may be one name and nothing else.

_USUAL_TEXT: Final = 0.4
# Share of usual characters in a text read the right way round; the wrong way round next to none are.


@dataclass(frozen=True, slots=True)
class TextForm:
    """How to turn bytes into lines of text."""

    codec: str
    """Python codec, without byte order mark."""
    bom: int
    """Bytes of the byte order mark, to be skipped."""
    newline: bytes
    """The bytes that end a line. A CR before a line feed belongs to the line end too."""
    unit: int
    """Bytes of a code unit: 2 for UTF-16, else 1. Line ends count only on multiples of it."""
    guessed: bool = False
    """Whether neither the user nor a byte order mark nor strict UTF-8 said so."""


def find_form(sample: bytes, wanted: str | None, guess: bool = False) -> TextForm:
    """Find out how an input is to be read.

    Args:
        sample: the first bytes, up to `SAMPLE_BYTES`.
        wanted: encoding that the user named; None: what the byte order mark says, else UTF-8 where the text is
            UTF-8, else UTF-16 or one of the Chinese encodings by its looks.
        guess: whether an encoding may be told by its looks; otherwise it is only advised.

    Raises:
        UnreadableInputError: for an empty input, an office or PDF file, an unknown encoding, or text that is in none of
            the encodings when none was named. A few bad lines do not raise: they are rejected one by one.
    """
    if not sample:
        raise UnreadableInputError("The input is empty.", "Give a file with a header line.")
    for magic, what in _NO_TEXT.items():
        if sample.startswith(magic):
            todo = "Save it as CSV or as plain text (UTF-8) and give that file."
            raise UnreadableInputError(f"The input is {what}, which this version does not read.", todo)
    marked = next(((bom, codec) for bom, codec in _BOMS if sample.startswith(bom)), None)
    codec = codec_called(wanted) if wanted else (marked[1] if marked else _guess(sample))
    if not (wanted or marked or guess) and codec != "utf-8":
        advised = "big5" if codec.startswith("big5") else codec
        raise UnreadableInputError("The input is not UTF-8.", f"By its looks it needs --encoding {advised}.")
    bom = 0
    if marked and (marked[1] == codec or codec == "utf-16"):
        bom, codec = len(marked[0]), marked[1]
    elif codec == "utf-16":
        what = "The input has no byte order mark, so that its UTF-16 can be read in two ways."
        raise UnreadableInputError(what, "Say which with --encoding utf-16-le or --encoding utf-16-be.")
    unit = 2 if codec.startswith("utf-16") else 1
    line_feed, carriage_return = ("\n".encode(codec), "\r".encode(codec))
    # Files of old Macs end lines with CR alone; elsewhere a lone CR is part of a cell.
    old_mac = line_feed not in sample and carriage_return in sample[: -2 * unit]
    guessed = not wanted and not marked and codec != "utf-8"
    return TextForm(codec, bom, carriage_return if old_mac else line_feed, unit, guessed)


def codec_called(wanted: str) -> str:
    """Return the Python codec of an encoding by the name that a user gives it. Raises `UnreadableInputError`."""
    codec = _CODECS.get(wanted.lower().replace("-", "").replace("_", ""))
    if codec is None:
        todo = "Use utf-8, utf-16, gb18030 or big5-hkscs, or convert the file first."
        raise UnreadableInputError(f"The encoding {wanted} is not known here.", todo)
    return codec


def _guess(sample: bytes) -> str:
    """Tell the encoding of a text without byte order mark; damage is rare and random, another encoding is not."""
    if utf16 := _guess_utf16(sample):
        return utf16
    lines = sample.splitlines()
    if len(sample) >= SAMPLE_BYTES:
        # The sample ends anywhere, also inside a character of its only line.
        last = lines.pop()
        if not lines:
            with contextlib.suppress(UnicodeDecodeError):
                codecs.utf_8_decode(last, "strict", False)
                return "utf-8"
            lines.append(last)
    wide = [line for line in lines if not line.isascii()]
    bad = [line for line in wide if not _decodes(line, "utf-8")]
    # Hardly any line in another encoding is valid UTF-8 by chance, unless it is very short.
    if not bad or len(bad) * 2 < len(wide):
        by_chance = not bad and is_gb18030_by_chance_utf8(wide[:_GUESSED_LINES])
        return "gb18030" if by_chance else "utf-8"
    if codec := guess_encoding(bad[:_GUESSED_LINES], sample if len(sample) <= _ONE_CELL else b""):
        return codec
    if len(lines) - len(bad) > len(bad) and not any(_decodes(line, codec) for line in bad for codec in CANDIDATES):
        # Mostly plain ASCII, and what is not is in no encoding at all.
        return "utf-8"
    what = (
        f"The input is not UTF-8 ({len(bad):,} of its first {len(lines):,} lines do not decode) and not Chinese text."
    )
    raise UnreadableInputError(what, "Name its encoding with --encoding, such as gb18030 or big5-hkscs, or convert it.")


def _guess_utf16(sample: bytes) -> str | None:
    """Tell UTF-16 without byte order mark: one way to read it gives Chinese text, or ASCII with some."""
    head = sample[:4096]
    zeros = head.count(0)
    # A text ends lines, and their upper bytes are zero; damage puts a few zero bytes anywhere.
    if zeros * 50 >= len(head):
        readings = {codec: share_of_usual(head.decode(codec, "replace")) for codec in ("utf-16-le", "utf-16-be")}
        likely = max(readings, key=lambda codec: readings[codec])
        if readings[likely] >= _USUAL_TEXT or (not head.isascii() and reads_as_chinese(head, likely)):
            return likely
    if zeros * 4 > len(head):
        what = "The input is full of zero bytes and is no text that is known here."
        raise UnreadableInputError(what, "Name its encoding with --encoding, or give a text file.")
    return None


def _decodes(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
