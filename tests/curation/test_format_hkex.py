"""HKEX's List of Securities: equity only, joined by ISIN or by ticker and a like name, new mainland lines for a person."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter

HEADER = ["Stock Code", "Name of Securities", "Category", "Sub-Category", "Board Lot", "ISIN", "Trading Currency"]
MAIN = "Equity Securities (Main Board)"
ROWS: list[list[object]] = [
    ["06001", "XINGMANG CHIPS-W", "Equity", MAIN, "100", "CNE10000XM02", "HKD"],
    [9001, "CLOUDPEAK-SW", "Equity", MAIN, "100", "KYG6493Q1718", "HKD"],
    ["09777", "PEAKCLOUD", "Equity", MAIN, "100", "KYG6493Q1718", "HKD"],
    ["89001", "CLOUDPEAK-SWR", "Equity", MAIN, "100", "KYG6493Q1718", "CNY"],
    ["02777", "NEWCOMER", "Equity", MAIN, "100", "CNE10000NB98", "HKD"],
    ["00001", "HARBOUR TEA", "Equity", MAIN, "100", "", "HKD"],
    ["12345", "XM@EC2612A", "Derivative Warrants", "", "100", "", "HKD"],
    ["02778", "WRONG DIGIT", "Equity", MAIN, "100", "CNE10000NB97", "HKD"],
    ["", "NO CODE", "Equity", MAIN, "100", "", "HKD"],
]
SOURCE = "hkex-2026-11"
Take = Callable[..., Any]


def workbook(folder: Path, rows: list[list[object]]) -> Path:
    path = folder / "ListOfSecurities.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("ListOfSecurities")
    for place, row in enumerate([["List of Securities"], ["Updated as at 20/11/2026"], HEADER, *rows]):
        sheet.write_row(place, 0, row)
    book.close()
    return path


def test_a_ticker_with_a_like_name_brings_the_isin_and_the_short_name(take: Take, tmp_path: Path) -> None:
    taken = take("hkex", workbook(tmp_path, ROWS))
    assert taken.firm("CNE10000XM02") == taken.firm("688001")
    assert taken.names(SOURCE) == {("XINGMANG CHIPS", "en", "TRUNCATED"), ("PEAKCLOUD", "en", "TRUNCATED")}


def test_an_isin_brings_a_new_ticker(take: Take, tmp_path: Path) -> None:
    taken = take("hkex", workbook(tmp_path, ROWS))
    assert taken.firm("09777") == taken.firm("09001")
    assert taken.codes(SOURCE) == {("ISIN", "CNE10000XM02"), ("TICKER", "09777")}


def test_the_date_comes_from_the_sheet(take: Take, tmp_path: Path) -> None:
    (source,) = [line for line in take("hkex", workbook(tmp_path, ROWS)).table.sources if line.key == SOURCE]
    assert source.as_of == "2026-11-20"


def test_a_new_mainland_isin_is_for_a_person_and_makes_no_firm(take: Take, tmp_path: Path) -> None:
    taken = take("hkex", workbook(tmp_path, ROWS))
    assert "ListOfSecurities.xlsx:8: 02777 NEWCOMER (CNE10000NB98)" in taken.told("needs a decision")
    assert len(taken.table.firms) == 7


def test_only_equity_in_hong_kong_dollars_is_read(take: Take, tmp_path: Path) -> None:
    left = take("hkex", workbook(tmp_path, ROWS)).told("left out")
    assert "1 rows: not equity" in left
    assert "1 rows: counter in renminbi" in left
    assert "2 rows: no firm of the table" in left


def test_bad_rows_are_told_by_sheet_row(take: Take, tmp_path: Path) -> None:
    assert take("hkex", workbook(tmp_path, ROWS)).told("bad row").splitlines() == [
        "ListOfSecurities.xlsx:11: CNE10000NB97 is no ISIN with a right check digit; the rest of the row is taken",
        "ListOfSecurities.xlsx:12: has no stock code of digits, no name or no category",
    ]


def test_a_code_that_another_firm_holds_now_gives_nothing(take: Take, tmp_path: Path) -> None:
    taken = take("hkex", workbook(tmp_path, [["06001", "LOTUS INN", "Equity", MAIN, "100", "CNE10000NB98", "HKD"]]))
    assert "LOTUS INN here: renamed, or used again" in taken.told("contradicted")
    assert taken.names(SOURCE) == set()


def test_ticker_and_isin_of_two_firms_give_nothing(take: Take, tmp_path: Path) -> None:
    taken = take("hkex", workbook(tmp_path, [["06001", "XINGMANG", "Equity", MAIN, "100", "KYG6493Q1718", "HKD"]]))
    assert "are of different firms" in taken.told("contradicted")


def test_the_same_file_again_changes_no_byte(
    take: Take, tmp_path: Path, bytes_of_table: Callable[[], dict[str, bytes]]
) -> None:
    path = workbook(tmp_path, ROWS)
    take("hkex", path)
    before = bytes_of_table()
    take("hkex", path)
    assert bytes_of_table() == before


def test_what_is_no_workbook_is_one_sentence(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "ListOfSecurities.xlsx"
    path.write_text("Stock Code", encoding="utf-8")
    taken = take("hkex", path)
    assert taken.status == 1
    assert "cannot be read as XLSX" in taken.error
    assert taken.error.count("\n") == 1
