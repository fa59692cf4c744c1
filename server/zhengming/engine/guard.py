"""Refuse text that is no name before any costly step sees it, and note what was odd about the rest.

The limits stand before normalisation because normalising is quadratic in runs of combining marks (measured: 200,000
marks take NFKC 56 s, 256 marks 0.1 ms).
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from zhengming.engine.answer import Warning
from zhengming.engine.fold import is_hidden

MAX_CODE_POINTS = 512
"""Longest query, in code points."""
MAX_BYTES = 2048
"""Longest query, in UTF-8 bytes."""
MAX_FOLDED = 1024
"""Longest folded query, in code points: some characters fold to eighteen."""
MAX_MARKS_IN_A_ROW = 8
"""Longest run of combining marks; no writing system needs more."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_ELLIPSIS = re.compile(r"(…|\.\.\.)\s*$")
_EUROPEAN = re.compile(r"[\u0370-\u052f\u1160\u3164\uffa0\u115f]")
"""Letters that need a second look: look-alikes of Latin ones, and Hangul fillers, which count as letters."""
_FOREIGN_INSIDE_LATIN = re.compile(r"[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z]")


class InvalidQuery(ValueError):
    """A text that cannot be a name. `field` names the request field, `reason` is a stable upper-case word."""

    def __init__(self, reason: str, message: str, field: str = "query") -> None:
        super().__init__(message)
        self.field = field
        self.reason = reason


class Guarded(NamedTuple):
    """A text that passed, without surrounding space, and what a reader should know of it."""

    text: str
    warnings: tuple[Warning, ...]


def guard(text: str, field: str = "query") -> Guarded:
    """Return the text ready for folding.

    Raises `InvalidQuery` with reason EMPTY, TOO_LONG, INVALID_UNICODE, CONTROL_CHARACTER or TOO_MANY_MARKS.
    """
    if len(text) > MAX_CODE_POINTS:
        raise InvalidQuery("TOO_LONG", f"{field} has {len(text)} code points; send at most {MAX_CODE_POINTS}.", field)
    stripped = text.strip()
    if not stripped:
        raise InvalidQuery("EMPTY", f"{field} is empty; send a name or a code.", field)
    if stripped.isalnum() and len(stripped) <= MAX_BYTES // 4 and not _EUROPEAN.search(stripped):
        return Guarded(stripped, ())
    if stripped.isascii():
        if _CONTROL.search(stripped):
            raise _control_character(field)
        return Guarded(stripped, (Warning.TRUNCATED_INPUT,) if stripped.endswith("...") else ())
    if _SURROGATE.search(stripped):
        raise InvalidQuery("INVALID_UNICODE", f"{field} holds a lone surrogate; send valid Unicode.", field)
    if len(text.encode()) > MAX_BYTES:
        raise InvalidQuery("TOO_LONG", f"{field} is over {MAX_BYTES} bytes of UTF-8; send a shorter name.", field)
    if _CONTROL.search(stripped):
        raise _control_character(field)
    if _longest_run_of_marks(stripped) > MAX_MARKS_IN_A_ROW:
        raise InvalidQuery(
            "TOO_MANY_MARKS", f"{field} has over {MAX_MARKS_IN_A_ROW} combining marks in a row; remove them.", field
        )
    if all(is_hidden(character) or character.isspace() for character in stripped):
        raise InvalidQuery("EMPTY", f"{field} holds only invisible characters; send a name or a code.", field)
    return Guarded(stripped, _warnings(stripped))


def guard_folded(folded: str, field: str = "query") -> str:
    """Return a folded text as it is. Raises `InvalidQuery` with reason TOO_LONG when folding made it over-long."""
    if len(folded) > MAX_FOLDED:
        raise InvalidQuery(
            "TOO_LONG", f"{field} grows over {MAX_FOLDED} code points when normalised; send a name.", field
        )
    return folded


def _control_character(field: str) -> InvalidQuery:
    return InvalidQuery("CONTROL_CHARACTER", f"{field} holds a control character; send one name without it.", field)


def _longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        longest = max(longest, run)
    return longest


def _warnings(text: str) -> tuple[Warning, ...]:
    found = []
    if any(map(is_hidden, text)):
        found.append(Warning.HIDDEN_CHARACTERS_STRIPPED)
    if _FOREIGN_INSIDE_LATIN.search(text):
        found.append(Warning.MIXED_SCRIPTS)
    if _ELLIPSIS.search(text):
        found.append(Warning.TRUNCATED_INPUT)
    return tuple(found)
