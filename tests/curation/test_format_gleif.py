"""A GLEIF golden copy: joined by USCC and full Chinese name, read line by line, nothing of strangers."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

SAMPLE = "20261120-0800-gleif-goldencopy-lei2-golden-copy.csv"
SOURCE = "gleif-2026-11"
Take = Callable[..., Any]


def sample() -> Path:
    return Path(__file__).parent / "samples" / SAMPLE


def test_the_full_chinese_name_brings_lei_uscc_and_former_name(take: Take) -> None:
    taken = take("gleif", SAMPLE)
    assert taken.firm("300300XM0LIMANG00102") == taken.firm("91310115MA1XMNG01C") == taken.firm("688001")
    assert taken.names(SOURCE) == {
        ("上海星芒半导体有限公司", "zh-Hans", "FORMER"),
        ("Cumulus Peak Limited", "en", "FORMER"),
    }


def test_a_traditional_name_in_another_language_field_joins_too(take: Take) -> None:
    taken = take("gleif", SAMPLE)
    assert taken.firm("300300CL0PEAK0000373") == taken.firm("09001")


def test_the_date_of_the_file_name_is_the_date_of_the_source(take: Take) -> None:
    (source,) = [line for line in take("gleif", SAMPLE).table.sources if line.key == SOURCE]
    assert (source.as_of, source.licence, source.via) == ("2026-11-20", "CC0 1.0", "")
    assert source.address.startswith("https://www.gleif.org/")


def test_a_trading_name_that_is_another_firms_is_not_added(take: Take) -> None:
    taken = take("gleif", SAMPLE)
    assert "Cloudpeak Inc.: is a name of" in taken.told("contradicted")
    assert len([name for name in taken.table.names if name.text == "Cloudpeak Inc."]) == 1


def test_bad_lines_are_told_by_number_and_the_lines_after_them_are_read(take: Take) -> None:
    taken = take("gleif", SAMPLE)
    assert f"{SAMPLE}:3: 300300BE1SHAN0000299 is no LEI with a right check digit" in taken.told("bad row")
    assert f"{SAMPLE}:7: has 3 values where the header has" in taken.told("bad row")
    assert f"{SAMPLE}:8: is not CSV" in taken.told("bad row")
    assert taken.firm("300300DH0HEAVY000531") == taken.firm("600990")


def test_an_open_quotation_mark_swallows_no_line(take: Take, tmp_path: Path) -> None:
    lines = sample().read_text(encoding="utf-8").splitlines(keepends=True)
    filling = [lines[4].replace("Cloudpeak Inc.", f"Firm {number}").replace("雲峰", "無名") for number in range(60)]
    path = tmp_path / SAMPLE
    path.write_text("".join([lines[0], '"300300NX0BODY0000457\n', *filling, lines[1]]), encoding="utf-8", newline="")
    taken = take("gleif", path)
    assert taken.told("bad row").count("\n") == 0
    assert taken.firm("300300XM0LIMANG00102") == taken.firm("688001")


def test_a_quotation_mark_that_is_never_closed_is_one_bad_line(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "names-2026-11-20.csv"
    plain = "".join(f"688001.SH,Starlight {number},en,Press\n" for number in range(60))
    path.write_text(f'firm,text,language,source\n688001.SH,"open,en,Press\n{plain}', encoding="utf-8")
    taken = take("names", path)
    assert "names-2026-11-20.csv:2: has a quotation mark that is not closed" in taken.told("bad row")
    assert len(taken.names("names-press-2026-11")) == 60


def test_bytes_that_are_not_utf8_cost_their_line_only(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "names-2026-11-20.csv"
    lines = [
        b"firm,text,source\n",
        "688001.SH,星芒社,Press\n".encode("gb18030"),
        b"688001.SH,Starlight,Press\n",
    ]
    path.write_bytes(b"".join(lines))
    taken = take("names", path)
    assert "names-2026-11-20.csv:2: is not UTF-8" in taken.told("bad row")
    assert taken.names("names-press-2026-11") == {("Starlight", "en", "SHORT")}


def test_branches_and_strangers_are_counted_and_left_out(take: Take) -> None:
    taken = take("gleif", SAMPLE)
    assert "1 rows: branch, fund, or LEI given up" in taken.told("left out")
    assert "1 rows: no firm of the table" in taken.told("left out")
    assert len(taken.table.firms) == 7


def test_another_registered_name_than_the_tables_is_for_a_person(take: Take, tmp_path: Path) -> None:
    take("names", _names(tmp_path, "688001.SH,Starlight,Press"))
    text = sample().read_text(encoding="utf-8")
    taken = take("gleif", SAMPLE)
    path = tmp_path / "20261220-gleif.csv"
    renamed = text.replace(
        '"300300CL0PEAK0000373","Cloudpeak Inc.","en"', '"300300CL0PEAK0000373","雲海股份有限公司","zh"'
    )
    path.write_text(renamed, encoding="utf-8", newline="")
    taken = take("gleif", path)
    assert "雲海股份有限公司: is another legal name than the table's" in taken.told("needs a decision")


def _names(folder: Path, *lines: str) -> Path:
    path = folder / "names-2026-11-20.csv"
    path.write_text("firm,text,source\n" + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_a_zip_is_read_as_it_is_downloaded(take: Take, tmp_path: Path) -> None:
    path = tmp_path / f"{SAMPLE}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(sample(), SAMPLE)
    assert take("gleif", path).codes(SOURCE) == take("gleif", SAMPLE).codes(SOURCE)


def test_the_same_file_again_changes_no_byte(take: Take, bytes_of_table: Callable[[], dict[str, bytes]]) -> None:
    take("gleif", SAMPLE)
    before = bytes_of_table()
    assert take("gleif", SAMPLE).out.startswith("0 added, 0 changed, 1 contradicted, 0 dropped, 0 needs a decision")
    assert bytes_of_table() == before


def test_without_apply_nothing_is_written(take: Take, bytes_of_table: Callable[[], dict[str, bytes]]) -> None:
    before = bytes_of_table()
    taken = take("gleif", SAMPLE, apply=False)
    assert "7 added" in taken.out
    assert "nothing written" in taken.out
    assert bytes_of_table() == before


def test_a_later_file_replaces_the_earlier_ones_lines(take: Take, tmp_path: Path) -> None:
    take("gleif", SAMPLE)
    lines = sample().read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "golden-copy.csv"
    path.write_text("".join(lines[:2]), encoding="utf-8", newline="")
    taken = take("gleif", path, "--as-of", "2026-12-01")
    assert "identifiers" in taken.told("dropped")
    assert "LEI 300300CL0PEAK0000373" in taken.told("dropped")
    assert {source.key for source in taken.table.sources if source.key.startswith("gleif")} == {"gleif-2026-12"}
    assert taken.told("changed") == ""


def test_a_second_lei_of_a_firm_is_not_added(take: Take, tmp_path: Path) -> None:
    lines = sample().read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / SAMPLE
    second = lines[1].replace("300300XM0LIMANG00102", "300300NX0BODY0000457")
    path.write_text("".join([*lines[:2], second]), encoding="utf-8", newline="")
    taken = take("gleif", path)
    assert taken.told("contradicted").count("in one file; neither is added") == 2
    assert not [code for code in taken.codes(SOURCE) if code[0] == "LEI"]


def test_a_file_of_another_format_is_one_sentence(take: Take) -> None:
    taken = take("gleif", "names-2026-11-20.csv")
    assert taken.status == 1
    assert "lacks the column LEI, Entity.LegalName" in taken.error
    assert taken.error.count("\n") == 1


def test_a_file_without_a_date_asks_for_one(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "lei.csv"
    path.write_bytes(sample().read_bytes())
    taken = take("gleif", path)
    assert (taken.status, "Add --as-of YYYY-MM-DD." in taken.error) == (1, True)
    assert "is no date" in take("gleif", path, "--as-of", "yesterday").error


def test_a_missing_file_is_one_sentence(take: Take, tmp_path: Path) -> None:
    taken = take("gleif", tmp_path / "20261120-none.csv")
    assert taken.status == 1
    assert "cannot be read (No such file or directory)" in taken.error
