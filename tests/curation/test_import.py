"""The importer on a made-up fact folder: who is covered, which names and ties come out, what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from zhengming.aliases.load import load_table
from zhengming.aliases.model import Ambiguity, DateBasis, FirmKind, Name, NameKind, Scheme, Table
from zhengming.curation.__main__ import main


def holder(table: Table, code: str) -> str:
    mic, ticker = code.split(":")
    return next(line.firm_id for line in table.identifiers if (line.mic, line.value) == (mic, ticker))


def lines(table: Table, text: str) -> list[Name]:
    return [name for name in table.names if name.text == text]


def report(folder: Path) -> str:
    return (folder.parent / "report.csv").read_text(encoding="utf-8")


def test_the_result_is_clean(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder)]) == 0, capsys.readouterr().out


def test_a_and_h_lines_are_one_firm(table: Table) -> None:
    assert holder(table, "XSHG:688001") == holder(table, "XHKG:06001")


def test_an_adr_joins_its_hong_kong_line(table: Table) -> None:
    assert holder(table, "XNAS:CLPK") == holder(table, "XHKG:09001")
    assert any(line.scheme is Scheme.CIK and line.value == "1234567" for line in table.identifiers)


def test_decorations_are_not_names(table: Table) -> None:
    assert not [name for name in table.names if name.text.endswith(("-U", "-W", "-SW")) or name.text.startswith("*ST")]
    (weak,) = lines(table, "北山")
    assert weak.ambiguity is Ambiguity.WEAK


def test_former_names_keep_their_dates_across_st(table: Table) -> None:
    (former,) = lines(table, "北山电子")
    assert (former.kind, former.valid_from, former.valid_to) == (NameKind.FORMER, "1997-01-01", "2006-03-31")
    assert former.date_basis is DateBasis.EXACT
    (seen,) = lines(table, "上海星芒有限公司")
    assert (seen.valid_to, seen.date_basis) == ("2021-10", DateBasis.OBSERVED)


def test_a_wrong_full_name_of_a_delisted_firm_is_not_taken(table: Table) -> None:
    assert len(lines(table, "北山控股集团股份有限公司")) == 1
    assert lines(table, "紫晶存储")[0].firm_id == holder(table, "XSHG:600991")


def test_an_old_code_is_the_same_firm(table: Table) -> None:
    assert holder(table, "XSHE:000022") == holder(table, "XSHE:000901")


def test_the_controller_becomes_a_parent_only_when_it_is_a_firm(table: Table) -> None:
    ties = {(line.from_id, line.to_id) for line in table.relations if line.basis == "controller"}
    assert ties == {(holder(table, "XSHE:000901"), holder(table, "XSHG:688001"))}


def test_a_hong_kong_firm_is_a_decoy_and_an_undecided_one_is_neither(folder: Path, table: Table) -> None:
    assert "Harbour Tea Holdings Limited" in {decoy.text for decoy in table.decoys}
    assert not lines(table, "无处控股")
    assert "Nowhere Limited" not in {decoy.text for decoy in table.decoys}
    assert "undecided,XHKG:00778" in report(folder)


def test_the_earlier_holder_of_a_reused_code_gives_no_name(folder: Path, table: Table) -> None:
    assert not lines(table, "Old Holder Limited")
    assert "contradicted,XHKG:00900" in report(folder)


def test_an_acquisition_shell_is_left_out(table: Table) -> None:
    assert not lines(table, "Great Acquisition Corp.")


def test_an_unregistered_origin_is_left_out(folder: Path, table: Table) -> None:
    assert not lines(table, "南海药业")
    assert "is not registered" in report(folder)


def test_a_restricted_party_is_the_listed_firm_whatever_the_order_of_its_place(table: Table) -> None:
    entry = next(line for line in table.restrictions if line.name_as_listed.startswith("Xingmang"))
    assert entry.firm_id == holder(table, "XSHG:688001")
    assert (entry.list, entry.valid_from, entry.citation) == (
        "us_bis_entity_list",
        "2023-10-19",
        "88 FR 71991, 10/19/23",
    )


def test_an_alias_that_is_another_firms_name_is_moved(folder: Path, table: Table) -> None:
    assert {name.firm_id for name in lines(table, "Cloudpeak Inc.")} == {holder(table, "XHKG:09001")}
    assert "alias Cloudpeak Inc. is a name of" in report(folder)
    assert lines(table, "XM")[0].ambiguity is Ambiguity.WEAK


def test_an_institute_is_an_institute_and_a_place_no_alias(table: Table) -> None:
    institute = next(firm for firm in table.firms if firm.display_en == "Beijing Nowhere Institute of Optics")
    assert (institute.kind, institute.scope) == (FirmKind.INSTITUTE, "restriction_list")
    assert not lines(table, "Inner Mongolia")


@pytest.mark.parametrize("text", ["Harbour Trading Ltd.", "Jane Doe", "Nanjing Uncited Electronics Co., Ltd."])
def test_what_may_not_ship_is_left_out(table: Table, text: str) -> None:
    assert not lines(table, text)


def test_persons_are_counted_not_named(folder: Path) -> None:
    assert "1 rows: person" in report(folder)
    assert "Jane Doe" not in report(folder)


def test_a_stated_parent_becomes_a_tie(table: Table) -> None:
    child = next(line.firm_id for line in table.restrictions if line.name_as_listed.startswith("Nanjing Cited"))
    (tie,) = [line for line in table.relations if line.to_id == child]
    assert (tie.from_id, tie.basis) == (holder(table, "XSHG:688001"), "restriction_notice")


def test_importing_again_changes_no_byte(facts: Path, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main(["import", "facts", str(facts), "--table", str(folder), "--apply"]) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_ids_survive_a_change_of_names(facts: Path, folder: Path, table: Table) -> None:
    path = facts / "a_share_listed.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("星芒科技-U", "星芒新名"), encoding="utf-8")
    assert main(["import", "facts", str(facts), "--table", str(folder), "--apply"]) == 0
    assert holder(load_table(folder), "XSHG:688001") == holder(table, "XSHG:688001")


def test_without_apply_nothing_is_written(tmp_path: Path, facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "facts", str(facts), "--table", str(tmp_path / "new")]) == 0
    assert not (tmp_path / "new").exists()
    assert "nothing written" in capsys.readouterr().out


def test_a_missing_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "facts", str(tmp_path), "--table", str(tmp_path / "new")]) == 1
    error = capsys.readouterr().err
    assert "a_share_listed.csv: cannot be read" in error
    assert error.count("\n") == 1
