"""HKEX's List of Securities as XLSX: English short name, ISIN and ticker of firms that the table holds.

A line joins a firm by its ISIN, else by a ticker whose firm has a name like the short name, because Hong Kong gives
codes again. A line with a Chinese ISIN that joins no firm is a mainland firm that the table lacks, for a person to add.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from zhengming.aliases.codes import is_isin
from zhengming.aliases.model import NameKind, Scheme, Source, Table
from zhengming.curation.decorations import plain_short_name
from zhengming.curation.draft import Facts, ImportRefused
from zhengming.curation.publishers.intake import Intake, OfferedName
from zhengming.curation.publishers.publication import Publisher, owned_keys, publication_date

HKEX = Publisher(
    "hkex",
    "HKEX list of securities",
    "Hong Kong Exchanges and Clearing (HKEX)",
    "none stated; facts published by the exchange",
    "https://www.hkex.com.hk/Services/Trading/Securities/Securities-Lists",
)
_CODE, _NAME, _CATEGORY, _ISIN = "Stock Code", "Name of Securities", "Category", "ISIN"
_NEEDED = (_CODE, _NAME, _CATEGORY, _ISIN)
_AS_AT = re.compile(r"as at (\d{1,2})/(\d{1,2})/(\d{4})", re.IGNORECASE)
_MARKET = "XHKG"


def read_hkex(path: Path, as_of: str, table: Table) -> Facts:
    """Return what HKEX's list says of the firms of the table."""
    rows = _sheet(path)
    place = next((place for place, row in enumerate(rows) if _CODE in row), None)
    missing = _NEEDED if place is None else [column for column in _NEEDED if column not in rows[place]]
    if place is None or missing:
        raise ImportRefused(f"{path}: lacks the column {', '.join(missing)}. Give HKEX's List of Securities.")
    stated = _AS_AT.search(" ".join(cell for row in rows[:place] for cell in row))
    inside = f"{stated[3]}-{int(stated[2]):02}-{int(stated[1]):02}" if stated else ""
    source = HKEX.source(publication_date(path, as_of, inside))
    intake = Intake(table, owned_keys(table, [HKEX.stem]))
    passed: Counter[str] = Counter()
    for number, row in _records(rows, place):
        _read_row(row, f"{path.name}:{number}", intake, source, passed)
    intake.left_out(path.name, passed)
    return intake.facts()


def _sheet(path: Path) -> list[list[str]]:
    try:
        import python_calamine  # The one format that needs it; the others work without.
    except ImportError as error:
        raise ImportRefused("python-calamine is missing. Install zhengming[curation].") from error
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as workbook:
            rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (OSError, python_calamine.CalamineError) as error:
        raise ImportRefused(f"{path}: cannot be read as XLSX. Give HKEX's List of Securities.") from error
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: object) -> str:
    """Return a cell as text; a code that Excel took for a number has no fraction."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else " ".join(str(cell).split())


def _records(rows: list[list[str]], header: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield sheet row number and record of every row below the header that has a code or a name."""
    for place in range(header + 1, len(rows)):
        row = dict(zip(rows[header], rows[place], strict=False))
        if row[_CODE] or row[_NAME]:
            yield place + 1, row


def _read_row(row: dict[str, str], where: str, intake: Intake, source: Source, passed: Counter[str]) -> None:
    if row[_CATEGORY] and row[_CATEGORY] != "Equity":
        passed["not equity"] += 1
        return
    ticker = row[_CODE].zfill(5)
    if not re.fullmatch(r"\d{1,5}", row[_CODE]) or not row[_NAME] or not row[_CATEGORY]:
        intake.bad_row(where, "has no stock code of digits, no name or no category")
        return
    if ticker.startswith("8"):
        passed["counter in renminbi; the Hong Kong dollar line says the same"] += 1
        return
    isin = row[_ISIN]
    if isin and not is_isin(isin):
        intake.bad_row(where, f"{isin} is no ISIN with a right check digit; the rest of the row is taken")
        isin = ""
    firm_id = _holder(ticker, isin, row[_NAME], where, intake)
    if firm_id:
        intake.offer_code(firm_id, Scheme.ISIN, isin, source)
        intake.offer_code(firm_id, Scheme.TICKER, ticker, source, _MARKET)
        intake.offer_name(firm_id, OfferedName(plain_short_name(row[_NAME]), "en", NameKind.TRUNCATED), source)
    elif firm_id is None:
        passed["no firm of the table has its ISIN, or its ticker and a like name"] += 1


def _holder(ticker: str, isin: str, name: str, where: str, intake: Intake) -> str | None:
    """Return the firm of a line, nothing when it is a stranger's, and an empty ID when a person must look at it."""
    by_isin = intake.held.by_code(Scheme.ISIN, isin) if isin else set()
    by_ticker = intake.held.by_code(Scheme.TICKER, ticker, _MARKET)
    found = by_isin | by_ticker
    if len(found) > 1:
        intake.contradicted(
            where,
            f"{name}: ticker {ticker} and ISIN {isin} are of different firms ({', '.join(sorted(found))}); not used",
        )
        return ""
    if by_isin:
        return next(iter(by_isin))
    if by_ticker:
        firm_id = next(iter(by_ticker))
        if intake.held.resembles(firm_id, plain_short_name(name)):
            return firm_id
        intake.contradicted(where, f"{ticker} is a ticker of {firm_id}, and {name} here: renamed, or used again")
        return ""
    if isin.startswith("CN"):
        intake.undecided(where, f"{ticker} {name} ({isin}): no firm of the table has it. Add the firm in a batch.")
        return ""
    return None
