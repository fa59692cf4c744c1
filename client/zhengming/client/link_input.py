"""Documents to link: from whole files, from JSON lines, from a column of a CSV file.

Whatever cannot be read comes out as a document with a fault at its place, so that nothing disappears. Rows are read one
by one; a file of text is held whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Literal

from zhengming.client._batching import MAX_TEXT_CODE_POINTS
from zhengming.client.csv_encoding import SAMPLE_BYTES, TextForm, find_form
from zhengming.client.csv_lines import Line, Peekable, read_lines
from zhengming.client.csv_query import BadCell, read_day
from zhengming.client.csv_reader import CsvReader, Reject, guess_delimiter
from zhengming.client.errors import UnreadableInputError
from zhengming.client.headers import TextColumns, choose_text_columns

InputKind = Literal["text", "jsonl", "csv"]
"""What an input holds: one text, JSON objects one a line, or rows with a header."""

_MOST_BYTES: Final = 4 * MAX_TEXT_CODE_POINTS + 4
# No encoding that is read here takes more than four bytes for a code point, nor for a byte order mark: a longer file is
# too long whatever it says, and need not be read.

TOO_LONG: Final = (
    f"the text is longer than {MAX_TEXT_CODE_POINTS:,} characters, the most that is linked at once; "
    "cut it where a paragraph ends, or give its parts as rows with --jsonl"
)
"""What is wrong with a longer text, and what to do."""

_EMPTY: Final = "the text is empty; give one with words"

_SUFFIXES: Final[dict[str, InputKind]] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One text to link, or why there is none."""

    name: str
    """What the user calls it: file name, ID of the row, or `file:line`."""
    place: str
    """Where it stands, for messages: the file, or file and line."""
    text: str
    """The text, with its line ends; without byte order mark."""
    as_of: str = ""
    """Its day, YYYY-MM-DD. Empty: not known."""
    fault: str = ""
    """Why it cannot be linked, without full stop. Empty: it can."""


@dataclass(frozen=True, slots=True)
class InputSettings:
    """How inputs are read."""

    encoding: str | None = None
    """None: UTF-8, or what the byte order mark says."""
    delimiter: str | None = None
    """Of CSV. None: TAB for .tsv and .tab, else what the header shows."""
    text_field: str | None = None
    """Column or field of the texts. None: guessed."""
    id_field: str | None = None
    """Column or field of their IDs. None: guessed, else file and line."""
    date_field: str | None = None
    """Column or field of their days. None: `as_of` for all."""
    as_of: str = ""
    """Day of every text that has none of its own."""


def kind_of(name: str) -> InputKind:
    """Return what a file holds by the end of its name; text when that says nothing."""
    return next((kind for suffix, kind in _SUFFIXES.items() if name.lower().endswith(suffix)), "text")


class DocumentReader:
    """Reads documents from inputs of every kind."""

    def __init__(self, settings: InputSettings, say: Callable[[str], None] = lambda sentence: None) -> None:
        """Make a reader.

        Args:
            settings: how to read.
            say: takes what a user should know of the chosen columns, one sentence without full stop at a time.
        """
        self._settings = settings
        self._say = say

    def read(self, name: str, stream: BinaryIO, kind: InputKind) -> Iterator[Document]:
        """Yield the documents of one input.

        Args:
            name: of the input, for names and messages.
            stream: from its first byte.
            kind: what it holds.

        Raises:
            UnreadableInputError: when it cannot be read as text, or as rows, at all.
            ColumnError: when it has no column or field to read.
        """
        if kind == "text":
            yield self._whole(name, stream)
            return
        source = Peekable(stream)
        sample = source.peek(SAMPLE_BYTES)
        form = find_form(sample, self._settings.encoding)
        yield from (self._json_lines if kind == "jsonl" else self._rows)(name, source, form)

    # One text

    def _whole(self, name: str, stream: BinaryIO) -> Document:
        data = stream.read(_MOST_BYTES + 1)
        place = _place(name)
        if not data:
            return Document(name, place, "", fault=_EMPTY)
        form = find_form(data[:SAMPLE_BYTES], self._settings.encoding)
        if len(data) > _MOST_BYTES:
            return Document(name, place, "", fault=TOO_LONG)
        try:
            text = data[form.bom :].decode(form.codec)
        except UnicodeDecodeError as error:
            at = form.bom + error.start
            fault = f"byte 0x{data[at]:02x} at offset {at:,} is not valid {form.codec}; name another with --encoding"
            return Document(name, place, "", fault=fault)
        return self._document(name, place, text, self._settings.as_of)

    # Rows

    def _json_lines(self, name: str, source: Peekable, form: TextForm) -> Iterator[Document]:
        columns: TextColumns | None = None
        fields: list[str] = []
        for line in read_lines(source, form):
            if not line.text.strip() and not line.fault:
                continue
            own, place = f"{name}:{line.number}", f"{_place(name)} line {line.number}"
            try:
                record = _json_object(line)
                if columns is None:
                    # Names that the first good line lacks may stand on a later one: they are only looked for there.
                    fields = [key for key, value in record.items() if isinstance(value, str | int)]
                    wanted = self._wanted()
                    fields += [field for field in wanted if field is not None and field not in fields]
                    columns = choose_text_columns(fields, *wanted)
                    self._tell(columns)
                yield self._json_document(record, fields, columns, own, place)
            except BadCell as error:
                yield Document(own, place, "", fault=str(error))

    def _tell(self, columns: TextColumns) -> None:
        for sentence in columns.said:
            self._say(sentence)

    def _wanted(self) -> tuple[str | None, str | None, str | None]:
        return self._settings.text_field, self._settings.id_field, self._settings.date_field

    def _json_document(
        self, record: Mapping[str, Any], fields: list[str], columns: TextColumns, own: str, place: str
    ) -> Document:
        if columns.id is not None and isinstance(value := record.get(fields[columns.id]), str | int):
            own = str(value)
        text = record.get(fields[columns.text])
        if not isinstance(text, str):
            problem = "is not a string" if fields[columns.text] in record else "is missing"
            return Document(own, place, "", fault=f"the field {fields[columns.text]!r} {problem}")
        day = record.get(fields[columns.day], "") if columns.day is not None else ""
        return self._row(own, place, text, str(day if day is not None else ""))

    def _rows(self, name: str, source: Peekable, form: TextForm) -> Iterator[Document]:
        delimiter = self._settings.delimiter
        if delimiter is None:
            head = source.peek(SAMPLE_BYTES)[form.bom : 64 * 1024].decode(form.codec, "replace")
            tabs = name.lower().endswith((".tsv", ".tab"))
            delimiter = "\t" if tabs else guess_delimiter(head.splitlines()[0] if head else "")
        reader = CsvReader(source, form, delimiter)
        header = reader.header()
        if header is None:
            raise UnreadableInputError("The input has only blank lines.", "Give a file with a header line.")
        if isinstance(header, Reject):
            what = f"The header in line {header.line} cannot be read: {header.reason}."
            raise UnreadableInputError(what, "Correct it, or name the encoding with --encoding.")
        columns = choose_text_columns(header.cells, *self._wanted())
        self._tell(columns)
        for record in reader:
            own, place = f"{name}:{record.line}", f"{_place(name)} line {record.line}"
            if isinstance(record, Reject):
                yield Document(own, place, "", fault=record.reason)
                continue
            if columns.id is not None:
                own = record.cells[columns.id].strip() or own
            day = record.cells[columns.day] if columns.day is not None else ""
            yield self._row(own, place, record.cells[columns.text], day)

    def _row(self, own: str, place: str, text: str, day: str) -> Document:
        try:
            return self._document(own, place, text, read_day(day.strip()) or self._settings.as_of)
        except BadCell as error:
            return Document(own, place, "", fault=str(error))

    @staticmethod
    def _document(name: str, place: str, text: str, as_of: str) -> Document:
        if not text.strip():
            return Document(name, place, "", fault=_EMPTY)
        if len(text) > MAX_TEXT_CODE_POINTS:
            return Document(name, place, "", fault=TOO_LONG)
        return Document(name, place, text, as_of)


def _place(name: str) -> str:
    return "standard input" if name == "-" else name


def _json_object(line: Line) -> dict[str, Any]:
    if line.fault:
        raise BadCell(line.fault)
    try:
        record = json.loads(line.text)
    except RecursionError:
        raise BadCell("the line is nested too deep to be read as JSON") from None
    except ValueError as error:
        raise BadCell(f"the line is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise BadCell('the line is not a JSON object, such as {"text": "…"}')
    return record
