"""Where linked documents go: the formats of `zhengming link`, on standard output or into a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from google.protobuf.json_format import MessageToDict
from zhengming.client import errors
from zhengming.client.cli._failures import describe
from zhengming.client.cli._link_page import Page
from zhengming.client.cli._link_text import render, render_rejected
from zhengming.client.cli._table import escape_json, use_colour
from zhengming.client.csv_sinks import ReplacedFile
from zhengming.client.delimited import format_row
from zhengming.client.explanation import short_reason
from zhengming.client.link_job import Answer
from zhengming.client.linked_view import Codes, lay_out
from zhengming.client.sentences import Language, short_code
from zhengming.v1 import resolver_pb2 as resolver

_COLUMNS: Final = (
    "document",
    "start",
    "end",
    "text",
    "outcome",
    "firm_id",
    "name_zh",
    "name_en",
    "mention_confidence",
    "confidence",
    "relevance",
    "reason",
)

CodesOf = Callable[[resolver.LinkedText], Mapping[str, Codes]]
"""Gives the codes of the firms of a text."""


class Target:
    """Standard output, or a file that appears under its name only when it is complete."""

    def __init__(self, path: Path | None) -> None:
        self._file = ReplacedFile(path) if path else None

    def write(self, text: str) -> None:
        """Take text."""
        if self._file:
            self._file.stream.write(text.encode("utf-8", "backslashreplace"))
        else:
            sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))

    def commit(self) -> None:
        """Finish: the file appears."""
        if self._file:
            self._file.commit()
        else:
            sys.stdout.flush()

    def abort(self) -> None:
        """Remove the file. What went to standard output is gone."""
        if self._file:
            self._file.abort()


class Format(Protocol):
    """Turns answers into text, one by one."""

    def head(self) -> str:
        """Return what stands before the first answer."""

    def answer(self, answer: Answer) -> str:
        """Return one answer."""

    def foot(self) -> str:
        """Return what stands behind the last answer."""


def reason_of(answer: Answer) -> str:
    """Return why a document was not linked, without full stop; empty when it was."""
    if answer.result.WhichOneof("result") == "linked":
        return ""
    return describe(errors.from_status(answer.result.error)).removesuffix(".")


def to_object(result: resolver.LinkTextItemResult) -> dict[str, Any]:
    """Return the proto JSON mapping of an answer, with `start` and `mentions` also where they are zero or empty.

    The mapping leaves zeros out, but nobody should have to know that the first mention of a text may lack its start.
    """
    shown: dict[str, Any] = MessageToDict(result, preserving_proto_field_name=True)
    if (linked := shown.get("linked")) is not None:
        mentions = [{"start": mention.get("start", 0)} | mention for mention in linked.pop("mentions", ())]
        shown["linked"] = {"mentions": mentions} | linked
    return shown


def make_format(form: str, lang: Language, colour: Any, codes_of: CodesOf, to_file: bool) -> Format:
    """Return a format.

    Args:
        form: text, json, ndjson, html or csv.
        lang: language of the sentences.
        colour: `auto`, `always` or `never`; of text.
        codes_of: asked for the codes that text and html show.
        to_file: whether the output goes into a file, which is no terminal.
    """
    if form == "json":
        return _Json()
    if form == "ndjson":
        return _NdJson()
    if form == "csv":
        return _Csv(lang)
    if form == "html":
        return _Html(lang, codes_of)
    coloured = use_colour(colour) if not to_file else colour == "always"
    return _Text(lang, codes_of, colour=coloured, fit=sys.stdout.isatty() and not to_file)


class _NdJson:
    """One answer a line: `LinkTextItemResult` in the proto JSON mapping, `item_id` the document's name."""

    def head(self) -> str:
        return ""

    def answer(self, answer: Answer) -> str:
        return escape_json(json.dumps(to_object(answer.result), ensure_ascii=False)) + "\n"

    def foot(self) -> str:
        return ""


class _Json:
    """One array of the same objects."""

    def __init__(self) -> None:
        self._count = 0

    def head(self) -> str:
        return "["

    def answer(self, answer: Answer) -> str:
        self._count += 1
        text = escape_json(json.dumps(to_object(answer.result), ensure_ascii=False, indent=2))
        return (",\n" if self._count > 1 else "\n") + text

    def foot(self) -> str:
        return "\n]\n" if self._count else "]\n"


class _Csv:
    """A row for each mention, and one for each document that was rejected."""

    def __init__(self, lang: Language) -> None:
        self._lang: Language = lang

    def head(self) -> str:
        return format_row(_COLUMNS)

    def answer(self, answer: Answer) -> str:
        name = answer.document.name
        if why := reason_of(answer):
            return format_row((name, "", "", "", "REJECTED", "", "", "", "", "", "", why))
        return "".join(self._row(name, mention) for mention in answer.result.linked.mentions)

    def foot(self) -> str:
        return ""

    def _row(self, name: str, mention: resolver.Mention) -> str:
        found = mention.resolution
        matched = found.outcome == resolver.OUTCOME_MATCH
        return format_row(
            (
                name,
                str(mention.start),
                str(mention.end),
                mention.text,
                short_code(resolver.Outcome, found.outcome, "OUTCOME_"),
                found.firm.firm_id,
                found.firm.display_name_zh,
                found.firm.display_name_en,
                f"{mention.mention_confidence:.4f}",
                f"{found.confidence:.4f}" if matched else "",
                f"{mention.document_relevance:.4f}" if matched else "",
                short_reason(found, self._lang),
            )
        )


class _Html:
    """One page of all documents."""

    def __init__(self, lang: Language, codes_of: CodesOf) -> None:
        self._lang: Language = lang
        self._codes_of = codes_of
        self._page = Page(lang)

    def head(self) -> str:
        return self._page.head()

    def answer(self, answer: Answer) -> str:
        if why := reason_of(answer):
            return self._page.rejected(answer.document.name, why)
        linked = answer.result.linked
        view = lay_out(answer.document.text, linked, self._codes_of(linked), self._lang)
        return self._page.document(answer.document.name, view)

    def foot(self) -> str:
        return self._page.foot()


class _Text:
    """Documents with their mentions marked, each with its tables."""

    def __init__(self, lang: Language, codes_of: CodesOf, *, colour: bool, fit: bool) -> None:
        self._lang: Language = lang
        self._codes_of = codes_of
        self._colour = colour
        self._fit = fit
        self._count = 0

    def head(self) -> str:
        return ""

    def answer(self, answer: Answer) -> str:
        self._count += 1
        gap = "\n" if self._count > 1 else ""
        if why := reason_of(answer):
            return gap + render_rejected(answer.document.name, why, self._lang, colour=self._colour)
        linked = answer.result.linked
        view = lay_out(answer.document.text, linked, self._codes_of(linked), self._lang)
        return gap + render(answer.document.name, view, self._lang, fit=self._fit, colour=self._colour)

    def foot(self) -> str:
        return ""
