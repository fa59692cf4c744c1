"""From the cells of a row to a question: name and context, cleaned as far as a spreadsheet makes necessary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from zhengming.client._requests import Query
from zhengming.client.headers import Columns, Role
from zhengming.v1 import resolver_pb2 as resolver

_DATE: Final = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?"
)

_FLOAT_CODE: Final = re.compile(r"(\d+)\.0", re.ASCII)
# A code of digits as programs write a column of numbers with gaps. Sent as it is, it would contradict no name.

# The words that files use for the countries of the table; codes pass as they are.
_COUNTRIES: Final[dict[str, str]] = {
    "中国": "CN",
    "中国大陆": "CN",
    "中华人民共和国": "CN",
    "大陆": "CN",
    "china": "CN",
    "mainland china": "CN",
    "prc": "CN",
    "chn": "CN",
    "香港": "HK",
    "中国香港": "HK",
    "hong kong": "HK",
    "hkg": "HK",
    "澳门": "MO",
    "中国澳门": "MO",
    "macau": "MO",
    "macao": "MO",
    "台湾": "TW",
    "中国台湾": "TW",
    "taiwan": "TW",
    "twn": "TW",
    "美国": "US",
    "united states": "US",
    "usa": "US",
    "新加坡": "SG",
    "singapore": "SG",
    "开曼群岛": "KY",
    "cayman islands": "KY",
}


class BadCell(ValueError):
    """A cell that the row cannot be resolved with. The text says why."""


class Question(NamedTuple):
    """What a row asks. Equal questions have equal answers, so that each is asked once.

    A named tuple: one is made, hashed and compared for every row, at a third of what a frozen dataclass costs.
    """

    name: str
    """The name, white space and line breaks as single spaces."""
    city: str
    country: str
    """ISO 3166-1 alpha-2, or empty."""
    code: str
    day: str
    """YYYY-MM-DD, or empty."""


class QuestionMaker:
    """Makes questions from rows."""

    def __init__(self, columns: Columns, base: resolver.QueryContext | None) -> None:
        """Make a maker.

        Args:
            columns: where name and context stand.
            base: context for every row; cells of the row win over it. None: no such context.
        """
        self._names = columns.names
        self._context: Mapping[Role, int] = columns.context
        self._base = base
        self._is_plain = len(self._names) == 1 and not self._context
        self.unknown_countries = 0
        """Rows whose country was not understood and left out. It could only have helped."""

    def make(self, cells: Sequence[str]) -> tuple[Question | None, ...]:
        """Return what a row asks: a question for each column of names, None for an empty cell of it.

        City, country and code of a row are those of one firm, the one in the first column of names; its day is that of
        all its names.

        Raises:
            BadCell: when there is no name at all, or for a day that cannot be read; a day changes which names compete,
                so that leaving it out could give a wrong answer.
        """
        if self._is_plain and (name := " ".join(cells[self._names[0]].split())):
            # Nearly every row of nearly every job.
            return (Question(name, "", "", "", ""),)
        names = [" ".join(cells[at].split()) for at in self._names]
        if not any(names):
            raise BadCell("the name is empty" if len(names) == 1 else "all names are empty")
        if not self._context:
            return tuple([Question(name, "", "", "", "") if name else None for name in names])
        day = read_day(self._cell(cells, "date"))
        code = self._cell(cells, "ticker")
        first = names[0] and Question(
            name=names[0],
            city=self._cell(cells, "city"),
            country=self._country(self._cell(cells, "country")),
            code=_FLOAT_CODE.sub(r"\1", code) if _FLOAT_CODE.fullmatch(code) else code,
            day=day,
        )
        others = [name and Question(name=name, city="", country="", code="", day=day) for name in names[1:]]
        return tuple(each or None for each in (first, *others))

    def query(self, question: Question) -> Query:
        """Return the question as the client takes it."""
        if not (self._base or question.city or question.country or question.code or question.day):
            return question.name
        context = resolver.QueryContext()
        if self._base:
            context.CopyFrom(self._base)
        context.city = _sendable(question.city) or context.city
        context.country = question.country or context.country
        context.as_of = question.day or context.as_of
        if question.code:
            context.identifiers.add(value=_sendable(question.code))
        return question.name, context

    def _cell(self, cells: Sequence[str], role: Role) -> str:
        at = self._context.get(role)
        return " ".join(cells[at].split()) if at is not None else ""

    def _country(self, cell: str) -> str:
        if not cell:
            return ""
        if len(cell) == 2 and cell.isascii() and cell.isalpha():
            return cell.upper()
        code = _COUNTRIES.get(cell.casefold(), "")
        self.unknown_countries += not code
        return code


def read_day(cell: str) -> str:
    """Return a day as YYYY-MM-DD; an empty cell stays empty. Years come first, as files from China write them.

    Of a moment the day is taken as it is written, in whatever time zone.

    Raises:
        BadCell: for anything else.
    """
    if not cell:
        return ""
    found = _DATE.fullmatch(cell)
    if found is None:
        raise BadCell(f"the day {cell[:40]!r} cannot be read; write YYYY-MM-DD")
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise BadCell(f"the day {cell[:40]!r} does not exist") from error


def _sendable(text: str) -> str:
    """Cut a helper cell to what the contract could ever use: it must not make the message too large."""
    return text[:256]
