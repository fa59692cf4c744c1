"""The SEC's company tickers: joined by CIK, or by ticker when the name is like the firm's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SAMPLE = "company_tickers-2026-11-20.json"
Take = Callable[..., Any]


def test_a_firm_with_the_cik_gets_the_secs_name_without_its_mark(take: Take) -> None:
    taken = take("sec", SAMPLE)
    assert taken.names("sec-2026-11") == {("Cloudpeak Network Holdings Inc.", "en", "LEGAL")}
    assert taken.codes("sec-2026-11") == set()


def test_bad_entries_are_told_and_strangers_counted(take: Take) -> None:
    taken = take("sec", SAMPLE)
    assert taken.told("bad row").splitlines() == [
        f"{SAMPLE}: entry 2: has no cik_str",
        f"{SAMPLE}: entry 3: 12x is no CIK",
        f"{SAMPLE}: entry 5: is not a JSON object",
    ]
    assert "2 rows: no firm of the table" in taken.told("left out")


def test_a_ticker_with_another_name_is_not_taken(take: Take, tmp_path: Path) -> None:
    path = tmp_path / SAMPLE
    path.write_text(json.dumps({"0": {"cik_str": 99, "ticker": "CLPK", "title": "Clover Park Inc."}}), encoding="utf-8")
    taken = take("sec", path)
    assert "Clover Park Inc. here: renamed, or used again" in taken.told("contradicted")
    assert taken.codes("sec-2026-11") == set()


def test_another_cik_than_the_tables_is_not_added(take: Take, tmp_path: Path) -> None:
    path = tmp_path / SAMPLE
    path.write_text(json.dumps({"0": {"cik_str": 99, "ticker": "CLPK", "title": "Cloudpeak Inc."}}), encoding="utf-8")
    assert "CIK 99: but the table has 1234567; not added" in take("sec", path).told("contradicted")


def test_the_same_file_again_changes_no_byte(take: Take, bytes_of_table: Callable[[], dict[str, bytes]]) -> None:
    take("sec", SAMPLE)
    before = bytes_of_table()
    take("sec", SAMPLE)
    assert bytes_of_table() == before


@pytest.mark.parametrize("content", ["[]", "{}", "nothing", "[" * 100_000])
def test_another_json_is_one_sentence(take: Take, tmp_path: Path, content: str) -> None:
    path = tmp_path / SAMPLE
    path.write_text(content, encoding="utf-8")
    taken = take("sec", path)
    assert taken.status == 1
    assert taken.error.count("\n") == 1


def test_a_file_of_another_publisher_is_refused_whole(take: Take) -> None:
    taken = take("sec", "consolidated.json", "--as-of", "2026-11-20")
    assert taken.status == 1
    assert "is not the SEC's company_tickers.json" in taken.error


@pytest.mark.parametrize("kind", ["gleif", "sec", "hkex", "csl", "wikidata", "names"])
def test_a_missing_file_is_told_before_its_day_is_asked(take: Take, tmp_path: Path, kind: str) -> None:
    taken = take(kind, tmp_path / "nofile.csv")
    assert (taken.status, taken.error) == (
        1,
        f"{tmp_path / 'nofile.csv'}: cannot be read (No such file or directory). Name the file that was downloaded.\n",
    )
