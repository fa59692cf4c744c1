"""Read the files of a batch: firms as JSON lines, decoys as CSV. A line that cannot be used is told with its number."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhengming.aliases.check import LANGUAGES
from zhengming.aliases.model import Decoy, DecoyReason
from zhengming.aliases.name_text import language_faults, text_faults
from zhengming.curation.batch_record import one_of
from zhengming.curation.draft import ImportRefused

_DECOY_COLUMNS = ("text", "language", "label", "reason", "owner")
_REASONS = [reason.value for reason in DecoyReason]


def read_records(path: Path, problems: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield file name and line, and the record, of each JSON line. Raises `ImportRefused` when the file cannot be read."""
    for number, line in enumerate(_text(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append(f"{path.name}:{number}: is not JSON ({error.msg}). Write one object a line.")
            continue
        if isinstance(record, dict):
            yield f"{path.name}:{number}", record
        else:
            problems.append(f"{path.name}:{number}: is not a JSON object. Write one object a line.")


def read_decoys(path: Path, source: str, problems: list[str]) -> Iterator[Decoy]:
    """Yield the decoys of a CSV file; the owner is a name or an ID. Raises `ImportRefused` when it cannot be read."""
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    if tuple(reader.fieldnames or ()) != _DECOY_COLUMNS:
        problems.append(f"{path.name}:1: has another header. Write the columns {','.join(_DECOY_COLUMNS)}.")
        return
    for row in reader:
        where = f"{path.name}:{reader.line_num}"
        if None in row.values() or None in row:
            problems.append(f"{where}: has another number of values than the header. Mend the line.")
            continue
        faults = list(_decoy_faults(row))
        problems += [f"{where}: {fault}" for fault in faults]
        if not faults:
            reason, owner = DecoyReason(row["reason"]), row["owner"].strip()
            yield Decoy(row["text"].strip(), row["language"], row["label"], reason, owner, source)


def _decoy_faults(row: dict[str, str]) -> Iterator[str]:
    for column, known in (("language", sorted(LANGUAGES)), ("reason", _REASONS)):
        if fault := one_of(known)(row[column]):
            yield f"{column} is {row[column]!r}. {fault}"
    text = row["text"].strip()
    if not text or not row["label"].strip():
        yield "lacks a text or a label. Write what the name is, in English."
    yield from (f"{text!r} {fault.message}" for fault in (*text_faults(text), *language_faults(text, row["language"])))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ImportRefused(f"{path}: cannot be read ({error.strerror}). Name a batch file.") from error
    except UnicodeDecodeError as error:
        raise ImportRefused(f"{path}: is not UTF-8 at byte {error.start}. Save the file as UTF-8.") from error
