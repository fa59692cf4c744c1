"""The US Consolidated Screening List, CSV and JSON: entries and aliases of firms of the table, no persons, no addresses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from zhengming.aliases.model import Restriction, Table
from zhengming.curation.__main__ import main

from tests.curation.conftest import SAMPLES

CSV, JSON = "consolidated-2026-11-20.csv", "consolidated.json"
SOURCE = "csl-2026-11"
Take = Callable[..., Any]


def entries(table: Table, list_key: str) -> list[Restriction]:
    return [line for line in table.restrictions if line.list == list_key]


@pytest.mark.parametrize("sample", [CSV, JSON])
def test_an_entry_that_the_table_has_is_brought_up_to_date(take: Take, sample: str) -> None:
    taken = take("csl", sample)
    (line,) = [one for one in entries(taken.table, "us_bis_entity_list") if one.name_as_listed.startswith("Xingmang")]
    assert line.firm_id == taken.firm("688001")
    assert (line.valid_from, line.citation, line.list_as_of, line.source) == (
        "2023-10-17",
        "88 FR 71991",
        "2026-11-20",
        SOURCE,
    )
    assert "valid_from: 2023-10-19 → 2023-10-17" in taken.told("changed")


@pytest.mark.parametrize("sample", [CSV, JSON])
def test_a_name_joins_an_entry_that_the_table_lacks(take: Take, sample: str) -> None:
    taken = take("csl", sample)
    (line,) = entries(taken.table, "us_ofac_nscmic")
    assert (line.firm_id, line.name_as_listed) == (taken.firm("09001"), "CLOUDPEAK INC.")
    assert "OFAC" in line.citation
    assert taken.firm("91440300MA5BXHN02B") == taken.firm("09001")


@pytest.mark.parametrize("sample", [CSV, JSON])
def test_an_alias_is_taken_unless_it_is_another_firms(take: Take, sample: str) -> None:
    taken = take("csl", sample)
    assert taken.names(SOURCE) == {("Xingmang Semiconductor", "en", "SHORT")}
    if sample == CSV:
        assert "Cloudpeak Inc.: is a name of" in taken.told("contradicted")
        assert "alias Room 5, No. 7 Some Road, Shanghai: an address" in taken.told("left out")


def test_a_mainland_entry_of_no_firm_is_for_a_person(take: Take) -> None:
    taken = take("csl", CSV)
    assert "Wuhan Newcomer Photonics Co., Ltd. (us_bis_entity_list, 91 FR 1234)" in taken.told("needs a decision")
    assert len(taken.table.firms) == 7


def test_what_a_newer_file_lacks_is_told_and_kept(take: Take) -> None:
    taken = take("csl", CSV)
    assert "Beijing Nowhere Institute of Optics: stands on us_bis_entity_list" in taken.told("needs a decision")
    assert len(entries(taken.table, "us_bis_entity_list")) == 2


def test_an_alias_that_is_a_unit_with_an_entry_of_its_own_keeps_that_entry(take: Take, tmp_path: Path) -> None:
    """Lists write the institutes of a body as its aliases; in the table each stands on the list by itself."""
    file = tmp_path / CSV
    text = (SAMPLES / CSV).read_text(encoding="utf-8")
    file.write_text(text.replace("Cloudpeak Inc.;", "Beijing Nowhere Institute of Optics;"), encoding="utf-8")
    taken = take("csl", file)
    (unit,) = [one for one in entries(taken.table, "us_bis_entity_list") if one.name_as_listed.startswith("Beijing")]
    assert (unit.citation, unit.source) == ("88 FR 71991", SOURCE)
    assert unit.firm_id != taken.firm("688001")
    assert "Nowhere" not in taken.told("needs a decision")


@pytest.mark.parametrize("sample", [CSV, JSON])
def test_persons_vessels_and_addresses_are_counted_and_never_named(take: Take, sample: str) -> None:
    taken = take("csl", sample)
    assert "1 rows: type individual" in taken.told("left out")
    everything = taken.out + "".join(f"{row}" for row in taken.findings)
    assert not [word for word in ("DOE", "Roe", "LOTUS", "Kowloon", "Wan Chai", "Pudong") if word in everything]


def test_a_hong_kong_entry_of_no_firm_is_left_out(take: Take) -> None:
    assert "1 rows: no mainland address, and no firm of the table" in take("csl", CSV).told("left out")


def test_bad_rows_are_told_by_line(take: Take) -> None:
    assert take("csl", CSV).told("bad row").splitlines() == [
        f"{CSV}:12: has 2 values where the header has 29",
        f"{CSV}:9: has the date 2024-02-30x or , which is none",
    ]
    assert "consolidated.json: result 4: is not an entry" in take("csl", JSON).told("bad row")


def test_an_older_file_does_not_displace_a_newer_reading(take: Take) -> None:
    taken = take("csl", CSV, "--as-of", "2026-01-05")
    (line,) = [one for one in entries(taken.table, "us_bis_entity_list") if one.name_as_listed.startswith("Xingmang")]
    assert line.source == "r01"


def test_another_file_of_the_publisher_replaces_its_lines(take: Take) -> None:
    take("csl", CSV)
    taken = take("csl", JSON, "--as-of", "2026-12-01")
    assert {line.source for line in taken.table.restrictions if line.source.startswith("csl")} == {"csl-2026-12"}
    assert taken.told("dropped") == taken.told("added") == taken.told("changed") == ""


def test_the_same_file_again_changes_no_byte(take: Take, bytes_of_table: Callable[[], dict[str, bytes]]) -> None:
    take("csl", CSV)
    before = bytes_of_table()
    take("csl", CSV)
    assert bytes_of_table() == before


def test_the_fact_folder_does_not_bring_older_entries_back(
    take: Take, facts: Path, folder: Path, bytes_of_table: Callable[[], dict[str, bytes]]
) -> None:
    take("csl", CSV)
    before = bytes_of_table()
    assert main(["import", "facts", str(facts), "--table", str(folder), "--apply"]) == 0
    assert bytes_of_table() == before


def test_another_json_is_one_sentence(take: Take) -> None:
    taken = take("csl", "company_tickers-2026-11-20.json")
    assert taken.status == 1
    assert "has no list of results" in taken.error
