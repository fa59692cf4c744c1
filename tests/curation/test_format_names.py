"""A plain names file: firms by ID, code or full name; a shared name only where the file says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from zhengming.aliases.model import Ambiguity

SAMPLE = "names-2026-11-20.csv"
PRESS = "names-trade-press-2026-11"
Take = Callable[..., Any]


def write(folder: Path, *lines: str) -> Path:
    path = folder / SAMPLE
    path.write_text("firm,text,source\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_names_are_added_with_kind_dates_and_source(take: Take) -> None:
    taken = take("names", SAMPLE)
    assert taken.names(PRESS) == {("Starlight Chips", "en", "NICKNAME"), ("Peak Net", "en", "SHORT")}
    (dated,) = [name for name in taken.table.names if name.text == "Peak Net"]
    assert (dated.firm_id, dated.valid_from, dated.valid_to) == (taken.firm("09001"), "2015", "2019-05")
    (source,) = [line for line in taken.table.sources if line.key == PRESS]
    assert (source.publisher, source.as_of) == ("Trade press", "2026-11-20")


def test_a_name_of_another_firm_needs_a_decision(take: Take) -> None:
    taken = take("names", SAMPLE)
    assert "云峰网络: is a name of" in taken.told("contradicted")
    assert "needs a decision: shared or one firm's" in taken.told("contradicted")


def test_a_name_that_the_file_calls_shared_is_shared_on_both_lines(take: Take) -> None:
    lines = [name for name in take("names", SAMPLE).table.names if name.text == "云峰"]
    assert [name.ambiguity for name in lines] == [Ambiguity.SHARED, Ambiguity.SHARED]


def test_an_unknown_firm_needs_a_decision(take: Take) -> None:
    told = take("names", SAMPLE).told("needs a decision")
    assert "600000.SH is no firm of the table; the name 浦江网络 is not added" in told


def test_bad_lines_are_told_by_number(take: Take) -> None:
    told = take("names", SAMPLE).told("bad row")
    assert f"{SAMPLE}:8: TITLE is no kind of name" in told
    assert f"{SAMPLE}:9: has the date '2020-13'" in told
    assert f"{SAMPLE}:10: names no firm or no source" in told
    assert f"{SAMPLE}:11: has 2 values where the header has 8" in told


@pytest.mark.parametrize(
    "firm", ["688001.SH", "xshg:688001", "06001.HK", "6001.hk", "上海星芒智能科技股份有限公司", "91310115MA1XMNG01C"]
)
def test_a_firm_is_found_by_code_and_by_full_name(take: Take, tmp_path: Path, firm: str) -> None:
    take("gleif", "20261120-0800-gleif-goldencopy-lei2-golden-copy.csv")
    taken = take("names", write(tmp_path, f"{firm},Starlight,Press"))
    (line,) = [name for name in taken.table.names if name.text == "Starlight"]
    assert line.firm_id == taken.firm("688001")


def test_an_id_is_a_firm_too(take: Take, tmp_path: Path) -> None:
    firm_id = take("names", SAMPLE).firm("688001")
    taken = take("names", write(tmp_path, f"{firm_id.lower()},Starlight,Press"))
    assert ("Starlight", "en", "SHORT") in taken.names("names-press-2026-11")


def test_a_later_file_replaces_the_lines_of_the_sources_that_it_names(take: Take, tmp_path: Path) -> None:
    take("names", SAMPLE)
    taken = take("names", write(tmp_path, "688001.SH,Starlight,Trade press"), "--as-of", "2026-12")
    assert taken.names("names-trade-press-2026-12") == {("Starlight", "en", "SHORT")}
    assert taken.names(PRESS) == set()
    assert len([name for name in taken.table.names if name.text == "云峰"]) == 2


def test_a_current_name_of_the_table_does_not_become_a_former_one(take: Take, tmp_path: Path) -> None:
    path = tmp_path / SAMPLE
    path.write_text(
        "firm,text,kind,source\n688001.SH,星芒科技,FORMER,Press\n000901.SZ,北山电子,SHORT,Press\n", encoding="utf-8"
    )
    told = take("names", path).told("contradicted")
    assert "星芒科技: is a current name in the table, and former for the publisher" in told
    assert "北山电子: is a former name in the table, and current for the publisher" in told


def test_the_same_file_again_changes_no_byte(take: Take, bytes_of_table: Callable[[], dict[str, bytes]]) -> None:
    take("names", SAMPLE)
    before = bytes_of_table()
    take("names", SAMPLE)
    assert bytes_of_table() == before
