"""Read the CSV files of a fact folder; a missing file or column is one clear sentence."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from zhengming.curation.draft import ImportRefused


def fact_rows(folder: Path, file: str, *needed: str) -> Iterator[dict[str, str]]:
    """Yield the rows of `folder/file`. Raises `ImportRefused` when the file or a needed column is missing."""
    path = folder / file
    try:
        stream = path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise ImportRefused(
            f"{path}: cannot be read ({error.strerror}). Name the folder that holds the fact files."
        ) from error
    with stream:
        reader = csv.DictReader(stream)
        missing = [column for column in needed if column not in (reader.fieldnames or ())]
        if missing:
            raise ImportRefused(f"{path}: lacks the column {', '.join(missing)}. Restore the header line.")
        for row in reader:
            if None in row or None in row.values():
                raise ImportRefused(
                    f"{path}:{reader.line_num}: has another number of values than the header. Mend the line."
                )
            yield {column: value.strip() for column, value in row.items()}


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def iso_date(text: str) -> str:
    """Return an ISO date for the spellings that the lists use, or an empty string when there is none.

    Understood: 2024-05-01, 2024-05, 2024, 20240501, 24.4.2026, 8/27/24, 12/23/2020, January 15, 2025.
    """
    text = text.strip()
    if re.fullmatch(r"(18|19|20)\d\d(-\d\d(-\d\d)?)?", text):
        return text
    if match := re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)", text):
        return "-".join(match.groups())
    if match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    if match := re.search(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)\b", text):
        year = int(match[3]) if len(match[3]) == 4 else int(match[3]) + (1900 if int(match[3]) > 70 else 2000)
        return f"{year}-{int(match[1]):02}-{int(match[2]):02}" if int(match[1]) <= 12 else ""
    if match := re.search(r"\b([A-Z][a-z]+) (\d{1,2}), (\d{4})", text):
        month = next((place for place, name in enumerate(_MONTHS, 1) if match[1].lower().startswith(name)), 0)
        return f"{match[3]}-{month:02}-{int(match[2]):02}" if month else ""
    return ""
