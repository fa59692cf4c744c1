"""The importer on a made-up fact folder: who is covered, which names and ties come out, what is left out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from zhengming.aliases.load import load_table
from zhengming.aliases.model import Ambiguity, DateBasis, FirmKind, Name, NameKind, Scheme, Table
from zhengming.curation.__main__ import main
from zhengming.curation.listed_names import why_no_firm, why_unfit


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


def bearer(table: Table, listed: str) -> str:
    """The firm of a list's entry."""
    return next(line.firm_id for line in table.restrictions if line.name_as_listed == listed)


@pytest.fixture
def listed_folder(facts: Path, folder: Path) -> Path:
    """The made-up table with more entries of a list, spelled in the ways that governments spell."""
    more = Path(__file__).parent / "samples" / "restricted_spellings.csv"
    with (facts / "restricted_parties_cn.csv").open("a", encoding="utf-8") as file:
        file.writelines(more.read_text(encoding="utf-8").splitlines(keepends=True)[1:])
    options = ["--apply", "--report", str(folder.parent / "report.csv")]
    assert main(["import", "facts", str(facts), "--table", str(folder), *options]) == 0
    assert main(["check", str(folder)]) == 0
    return folder


@pytest.fixture
def listed_table(listed_folder: Path) -> Table:
    return load_table(listed_folder)


@pytest.mark.parametrize(
    ("listed", "shown"),
    [
        ("Luoyang Beiguang Optics Co., Ltd. (LYBGO), and its subunits", "Luoyang Beiguang Optics Co., Ltd."),
        ("Luoyang Beiguang Optics (LYBGO) subordinate institution: Envolux Optics", "Envolux Optics"),
        ("Nanjing Cited Electronics Co., Ltd. (Cited)", "Nanjing Cited Electronics Co., Ltd."),
    ],
)
def test_a_name_is_found_as_it_is_listed_and_shown_without_the_tails(
    listed_table: Table, listed: str, shown: str
) -> None:
    (line,) = lines(listed_table, listed)
    assert (line.firm_id, line.kind, line.displayable) == (bearer(listed_table, listed), NameKind.TRANSLATION, False)
    assert {(name.kind, name.displayable) for name in lines(listed_table, shown)} == {(NameKind.LEGAL, True)}


def test_a_bracket_behind_a_name_is_an_acronym_unless_it_is_a_place(listed_table: Table) -> None:
    assert [line.kind for line in lines(listed_table, "LYBGO")] == [NameKind.ACRONYM]
    assert not lines(listed_table, "Liyang")


def test_both_scripts_of_a_listed_name_are_names_of_its_firm(listed_table: Table) -> None:
    (chinese,) = lines(listed_table, "北京威旺光电有限责任公司")
    (english,) = lines(listed_table, "Weiwang Electric Co. LTD")
    assert (chinese.firm_id, chinese.language, chinese.kind) == (english.firm_id, "zh-Hans", NameKind.LEGAL)


def test_an_institute_among_the_aliases_of_a_body_is_a_record_of_its_own(listed_table: Table) -> None:
    name = "Anshan Optics University, Wuhu Robot Research Institute"
    (line,) = lines(listed_table, name)
    institute = next(firm for firm in listed_table.firms if firm.id == line.firm_id)
    assert institute.kind is FirmKind.INSTITUTE
    entry = next(entry for entry in listed_table.restrictions if entry.firm_id == institute.id)
    assert (entry.name_as_listed, entry.citation) == (name, "89 FR 5, 1/5/24")
    (tie,) = [tie for tie in listed_table.relations if tie.to_id == institute.id]
    assert (tie.from_id, tie.basis) == (bearer(listed_table, "Anshan Optics University"), "restriction_notice")


def test_the_body_above_behind_a_comma_is_part_of_an_alias(listed_table: Table) -> None:
    (line,) = lines(listed_table, "Anshan Optics University, Chinese Academy of Lenses")
    assert line.firm_id == bearer(listed_table, "Anshan Optics University")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Anshan Lens College", NameKind.SHORT),
        ("Anlens", NameKind.SHORT),
        ("Lens Police University of Anshan", NameKind.TRANSLATION),
        ("Luoyang Beiguang Lamp Factory", NameKind.FORMER),
        ("Beiguang", NameKind.SHORT),
        ("Beiguang Lamps", NameKind.SHORT),
    ],
)
def test_an_alias_is_read_without_what_a_list_says_before_it(listed_table: Table, text: str, kind: NameKind) -> None:
    assert [line.kind for line in lines(listed_table, text)] == [kind]


@pytest.fixture
def relisted(facts: Path, folder: Path) -> Table:
    """The made-up table after lists that write headings and remarks, and that name one entry year after year."""
    more = Path(__file__).parent / "samples" / "restricted_remarks.csv"
    with (facts / "restricted_parties_cn.csv").open("a", encoding="utf-8") as file:
        file.writelines(more.read_text(encoding="utf-8").splitlines(keepends=True)[1:])
    options = ["--apply", "--report", str(folder.parent / "report.csv")]
    assert main(["import", "facts", str(facts), "--table", str(folder), *options]) == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main(["import", "facts", str(facts), "--table", str(folder), *options]) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert main(["check", str(folder)]) == 0
    return load_table(folder)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Wuhu Brightlens International", NameKind.LEGAL),
        ("Wuhu Cold Working Institute", NameKind.TRANSLATION),
        ("Wuhu Institute of Cold Working", NameKind.TRANSLATION),
        ("Green Lens Co. Ltd.", NameKind.TRANSLATION),
        ("Wuhu Grey Lens Co., Ltd", NameKind.FORMER),
        ("Wuhu Ditai Lens Co., Ltd.", NameKind.LEGAL),
        ("Wuhu Old Lamp Company Limited", NameKind.FORMER),
    ],
)
def test_each_of_two_names_in_one_cell_is_a_line_of_its_own(relisted: Table, text: str, kind: NameKind) -> None:
    assert [line.kind for line in lines(relisted, text)] == [kind]


def test_a_heading_is_no_name_and_its_party_keeps_the_heading_in_its_entry(relisted: Table) -> None:
    listed = "Wuhu Optics Institute (WOI) subordinate institution: Wuhu Brightlens International"
    firm_id = bearer(relisted, listed)
    firm = next(firm for firm in relisted.firms if firm.id == firm_id)
    assert firm.display_en == "Wuhu Brightlens International"
    assert not [name for name in relisted.names if name.text.endswith(":")]
    (tie,) = [line for line in relisted.relations if line.to_id == firm_id]
    assert tie.from_id == bearer(relisted, "Wuhu Optics Institute (WOI)")


def test_a_remark_of_a_list_is_no_name(relisted: Table) -> None:
    assert not [name for name in relisted.names if "preceding" in name.text]


def test_an_entry_that_is_listed_again_runs_from_its_first_day(relisted: Table) -> None:
    (entry,) = [line for line in relisted.restrictions if line.name_as_listed == "Wuhu Yearly Lens Co., Ltd."]
    assert (entry.valid_from, entry.valid_to) == ("2025-01-07", "")
    assert entry.citation == "91 FR 35189 (June 10, 2026); https://example.org/2025.pdf"


def test_an_entry_that_ended_is_not_joined_with_the_next(relisted: Table) -> None:
    entries = [line for line in relisted.restrictions if line.name_as_listed == "Wuhu Ended Lens Co., Ltd."]
    assert [(line.valid_from, line.valid_to) for line in entries] == [("2025-01-07", "2026-02-17"), ("2026-06-08", "")]


@pytest.mark.parametrize(
    ("alias", "reason"),
    [
        ("Anshan No. 2 Prison", "names a public body"),
        ("Technology", "generic words alone"),
        ("Electricity Institute", "generic words alone"),
        ("Anshan Shunyi road into 25-4, Huiyuan, 25th floor, 100028, Anshan", "several names or an address"),
        ("Huizhou Raylens Waterjet Technology Co., Ltd.", "a party of its own that carries the same brand"),
    ],
)
def test_an_alias_that_is_no_name_of_the_firm_is_reported(
    listed_folder: Path, listed_table: Table, alias: str, reason: str
) -> None:
    assert not lines(listed_table, alias)
    assert f"alias {alias}: {reason}" in report(listed_folder)


def test_a_firm_listed_without_its_place_keeps_the_alias_that_states_it(listed_table: Table) -> None:
    (line,) = lines(listed_table, "Shenzhen Kaiyuto Yingke Technology Co., Ltd.")
    assert line.firm_id == bearer(listed_table, "Kaiyuto Limited")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Hill Tea Farm", ""),
        ("Beiguang Silicon Co. Ltd. and Subsidiaries", ""),
        ("Beiguang Garment Co., Ltd. and Anshan Trade Co., Ltd.", "several parties in one row"),
        ("Jane Doe", "person, or no sign that it is an organisation"),
    ],
)
def test_a_listed_name_is_one_firms_or_it_is_said_why_not(name: str, reason: str) -> None:
    assert why_no_firm(name) == reason


def test_the_head_of_a_group_does_not_take_an_affiliates_name() -> None:
    alias, name = "Shenzhen Kaiyuto Yingke Technology Co., Ltd.", "Kaiyuto Limited"
    assert why_unfit(alias, name, heads_group=True) == "a party of its own that carries the same brand"
    assert not why_unfit(f"formerly known as {alias}", name, heads_group=True)


def test_a_brand_that_editors_call_shared_stays_with_the_listed_firm_too(
    facts: Path, listed_folder: Path, listed_table: Table, tmp_path: Path
) -> None:
    shared = [
        {"text": text, "language": "en", "kind": "SHORT", "ambiguity": "shared"}
        for text in ("Luoyang Beiguang", "LBGO")
    ]
    group = {"zh": "洛阳北光集团有限公司", "kind": "COMPANY", "sector": "other", "tech": True, "names": shared}
    batch = tmp_path / "batch.jsonl"
    batch.write_text(json.dumps(group), encoding="utf-8")
    path = facts / "restricted_parties_cn.csv"
    text = path.read_text(encoding="utf-8").replace('|LBG"', '|Luoyang Beiguang|LBGO"')
    path.write_text(text, encoding="utf-8")
    assert main(["add", str(batch), "--table", str(listed_folder), "--apply"]) == 0
    assert main(["import", "facts", str(facts), "--table", str(listed_folder), "--apply"]) == 0
    table = load_table(listed_folder)
    listed = bearer(table, "Luoyang Beiguang Optics Co., Ltd. (LYBGO), and its subunits")
    assert listed in {line.firm_id for line in lines(table, "Luoyang Beiguang")}
    assert listed not in {line.firm_id for line in lines(table, "LBGO")}


def test_what_editors_wrote_and_joined_stays_when_the_lists_are_read_again(
    facts: Path, listed_folder: Path, listed_table: Table, tmp_path: Path
) -> None:
    stays, goes = (
        bearer(listed_table, "Anshan Optics University"),
        bearer(listed_table, "Beijing Nowhere Institute of Optics"),
    )
    child = bearer(listed_table, "Kaiyuto Limited")
    batch = tmp_path / "batch.jsonl"
    rows: list[dict[str, object]] = [
        {"firm_id": stays, "same_as": [goes], "zh": "鞍山光学大学", "kind": "INSTITUTE", "sector": "education"},
        {"firm_id": child, "zh": "深圳凯优拓有限公司", "kind": "UNIT", "sector": "robotics", "parent": stays},
    ]
    batch.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert main(["add", str(batch), "--table", str(listed_folder), "--apply"]) == 0
    before = load_table(listed_folder)
    assert main(["import", "facts", str(facts), "--table", str(listed_folder), "--apply"]) == 0
    after = load_table(listed_folder)
    assert (after.firms, after.redirects, after.relations) == (before.firms, before.redirects, before.relations)
    assert {
        bearer(after, listed) for listed in ("Anshan Optics University", "Beijing Nowhere Institute of Optics")
    } == {stays}
    assert lines(after, "鞍山光学大学") == lines(before, "鞍山光学大学")
    assert {line.firm_id for line in lines(after, "BNIO")} == {stays}


def test_a_listing_of_a_firm_that_editors_cover_is_that_firm(folder: Path, facts: Path, tmp_path: Path) -> None:
    assert "XHKG:00778" not in {f"{line.mic}:{line.value}" for line in load_table(folder).identifiers}
    text = (facts / "hk_listed.csv").read_text(encoding="utf-8")
    row = next(row for row in csv.DictReader(text.splitlines()) if row["ticker"] == "00778")
    firm = {
        "zh": row["name_zh_hant_full"],
        "en": row["name_en_full"],
        "kind": "COMPANY",
        "sector": "other",
        "tech": False,
    }
    batch = tmp_path / "covered.jsonl"
    batch.write_text(json.dumps(firm, ensure_ascii=False) + "\n", encoding="utf-8")
    assert main(["add", str(batch), "--table", str(folder), "--apply"]) == 0
    covered = {name.firm_id for name in load_table(folder).names if name.text in (firm["zh"], firm["en"])}
    assert main(["import", "facts", str(facts), "--table", str(folder), "--apply"]) == 0
    assert {holder(load_table(folder), "XHKG:00778")} == covered
