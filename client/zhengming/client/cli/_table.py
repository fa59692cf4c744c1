"""Tables for a terminal: East Asian widths, and nothing printed that could act on the terminal."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

_GAP: Final = "  "
_NARROWEST: Final = 8
# Columns are not cut below this many cells, even when the terminal is narrower.

_COLOURS: Final = {"MATCH": "32", "AMBIGUOUS": "33", "NOT_FOUND": "31", "REJECTED": "35"}

# Blank, but letters by category.
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
# Zero-width non-joiner and joiner hold emoji and Indic letters together and show nothing false by themselves.
_OF_TEXT: Final = frozenset("\n\t\u200c\u200d")
_UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str) -> str:
    """Return the text with control, bidi and invisible characters as escapes, such as `\\u202e`.

    A name from somebody's file must not clear the screen, turn the line round or hide a letter.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_VISIBLE)


def visible_text(text: str) -> str:
    """Return running text as `visible` does, but with its lines, tabs and joined emoji; CR LF and CR become LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_VISIBLE_TEXT)


def escape_json(text: str) -> str:
    """Return JSON with unsafe characters as JSON escapes: the same value, safe to print."""
    if text.isascii():
        return text
    return text.translate(_JSON)


def display_width(text: str) -> int:
    """Return how many terminal cells a text takes: two for wide characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_cell_width(char) for char in text)


def use_colour(choice: Literal["auto", "always", "never"] = "auto") -> bool:
    """Tell whether standard output may be coloured.

    Args:
        choice: `auto`: on a terminal, when neither NO_COLOR nor TERM=dumb is set.
    """
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Table:
    """Columns that keep their widths over several blocks of rows, so that long answers can be printed as they come."""

    def __init__(self, headers: Sequence[str], *, shrinkable: Sequence[int], fit: bool, colour: bool) -> None:
        """Make a table.

        Args:
            headers: one for each column.
            shrinkable: positions of columns that may be cut when the terminal is narrow.
            fit: whether to cut to the terminal's width; False when the output is a file.
            colour: whether outcomes are coloured.
        """
        self._headers = list(headers)
        self._shrinkable = list(shrinkable)
        self._fit = fit
        self._colour = colour
        self._widths: list[int] = []

    def render(self, rows: Sequence[Sequence[str]]) -> str:
        """Return rows as text, on the first call with headers. Widths are those of the first call."""
        shown = [[visible(cell) for cell in row] for row in rows]
        lines = []
        if not self._widths:
            columns = list(zip(self._headers, *shown, strict=True))
            self._widths = self._shrink([max(map(display_width, column)) for column in columns])
            lines.append(self._line(self._headers, "1" if self._colour else ""))
        lines += [self._line(row, "") for row in shown]
        return "".join(f"{line}\n" for line in lines)

    def _line(self, cells: Sequence[str], style: str) -> str:
        parts = []
        for cell, width in zip(cells, self._widths, strict=True):
            cut = _cut(cell, width)
            pad = " " * (width - display_width(cut))
            code = style or (_COLOURS.get(cut, "") if self._colour else "")
            parts.append((f"\x1b[{code}m{cut}\x1b[0m" if code else cut) + pad)
        return _GAP.join(parts).rstrip()

    def _shrink(self, widths: list[int]) -> list[int]:
        if not self._fit:
            return widths
        room = shutil.get_terminal_size((100, 24)).columns - len(_GAP) * (len(widths) - 1)
        for position in self._shrinkable:
            widths[position] = min(widths[position], max(room, _NARROWEST))
        # The widest gives way first, so that columns are levelled and not emptied one after another.
        while sum(widths) > room and self._shrinkable:
            widest = max(self._shrinkable, key=lambda position: widths[position])
            if widths[widest] <= _NARROWEST:
                break
            widths[widest] -= 1
        return widths


def _cut(text: str, width: int) -> str:
    if display_width(text) <= width:
        return text
    kept, used = [], 0
    for char in text:
        cells = _cell_width(char)
        if used + cells > width - 1:
            break
        kept.append(char)
        used += cells
    return "".join(kept) + "…"


def _cell_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _is_unsafe(char: str) -> bool:
    return unicodedata.category(char) in _UNSAFE or char in _FILLERS


def _escape(char: str) -> str:
    point = ord(char)
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _escape_utf16(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


class _Escapes(dict[int, int | str]):
    """For `str.translate`: filled by the characters that come, so that long texts are not looked at in Python."""

    def __init__(self, escape: Callable[[str], str], kept: Iterable[str]) -> None:
        super().__init__((ord(char), char) for char in kept)
        self._escape = escape

    def __missing__(self, point: int) -> int | str:
        char = chr(point)
        self[point] = self._escape(char) if _is_unsafe(char) else point
        return self[point]


_VISIBLE: Final = _Escapes(_escape, "")
_VISIBLE_TEXT: Final = _Escapes(_escape, _OF_TEXT)
_JSON: Final = _Escapes(_escape_utf16, "\n")
