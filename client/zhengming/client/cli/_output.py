"""Answers on standard output, in the format that was asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from zhengming.client.cli._table import Table, escape_json, use_colour, visible
from zhengming.client.delimited import format_row
from zhengming.client.sentences import Language

_BLOCK: Final = 500
# Rows of a table that are held back to find the column widths.


@dataclass(frozen=True, slots=True)
class View:
    """How one kind of answer is laid out."""

    columns: tuple[str, ...]
    """Headers of csv and tsv."""
    headers: Mapping[Language, tuple[str, ...]]
    """Headers of the table, for people. Empty: these answers are never shown as a table."""
    shrinkable: tuple[int, ...]
    """Table columns that may be cut to fit the terminal."""


@dataclass(frozen=True, slots=True)
class Record:
    """One answer, ready for every format."""

    message: Message
    """What json and ndjson show."""
    cells: Sequence[str]
    """What csv and tsv show, one for each of `View.columns`."""
    row: Sequence[str]
    """What the table shows, one for each of `View.headers`."""
    firm_id: str
    """What id shows. Empty for an answer without a firm: the line stays, so that lines and queries correspond."""
    query: str | None = None
    """What was asked, as it was typed; json and ndjson put it before the message's fields. None: the answer says it."""


def to_json(message: Message, indent: int | None = None, query: str | None = None) -> str:
    """Return the proto JSON mapping with the contract's own field names, control and bidi characters escaped."""
    fields = MessageToDict(message, preserving_proto_field_name=True)
    if query is not None:
        fields = {"query": query, **fields}
    return escape_json(json.dumps(fields, ensure_ascii=False, indent=indent))


class Output:
    """Writes answers one by one; use as a context manager, or call `finish`.

    `json` is one array, `ndjson` one object a line, `id` one ID a line (empty without a firm).
    """

    def __init__(self, form: str, view: View, lang: Language) -> None:
        """Make an output on standard output.

        Args:
            form: table, json, ndjson, csv, tsv or id.
            view: the columns.
            lang: of the table's headers. Keys of csv and json are the same in every language.
        """
        self._form = form
        self._terminal = sys.stdout.isatty()
        self._table = Table(
            view.headers.get(lang, ()), shrinkable=view.shrinkable, fit=self._terminal, colour=use_colour()
        )
        self._held: list[Sequence[str]] = []
        self._count = 0
        self._delimiter = "\t" if form == "tsv" else ","
        if form in ("csv", "tsv"):
            self._write(format_row(view.columns, self._delimiter))

    def add(self, record: Record) -> None:
        """Write one answer."""
        form = self._form
        if form == "table":
            self._held.append(record.row)
            if len(self._held) >= _BLOCK:
                self._flush_table()
        elif form == "ndjson":
            self._write(to_json(record.message, query=record.query) + "\n")
        elif form == "json":
            self._write(("[\n" if self._count == 0 else ",\n") + to_json(record.message, 2, record.query))
        elif form == "id":
            self._write(record.firm_id + "\n")
        else:
            # Escaped only where a person looks at it: a file must get the names as they are.
            cells = [visible(cell) for cell in record.cells] if self._terminal else record.cells
            self._write(format_row(cells, self._delimiter))
        self._count += 1

    def flush(self) -> None:
        """Show what was written so far."""
        sys.stdout.flush()

    def finish(self) -> None:
        """Write what is still held back."""
        if self._form == "table" and self._held:
            self._flush_table()
        elif self._form == "json":
            self._write("[]\n" if self._count == 0 else "\n]\n")
        self.flush()

    def _flush_table(self) -> None:
        self._write(self._table.render(self._held))
        self._held.clear()

    @staticmethod
    def _write(text: str) -> None:
        # Names with lone surrogates cannot be written in any encoding; `resolve -` lets them come this far.
        sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
