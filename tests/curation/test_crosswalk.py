"""Codes from registers: which firm a USCC, LEI or Wikidata item joins, and what is left out and why.

The made-up table: XSHG:688001 is 上海星芒智能科技股份有限公司, once 上海星芒有限公司, in English Shanghai Xingmang Intelligent
Technology Co., Ltd.; XHKG:09001 is Cloudpeak Inc. (雲峰股份有限公司) of the Cayman Islands.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from zhengming.aliases.codes import is_lei, is_uscc
from zhengming.aliases.load import load_table
from zhengming.aliases.model import Ambiguity, Identifier, NameKind, Scheme, Table
from zhengming.curation.__main__ import main
from zhengming.curation.sources_crosswalk import read_crosswalk, read_left_out

USCC = ("legal_name", "uscc", "founded")
LEI = ("lei", "legal_name", "legal_address_country", "entity_category")
ROR = (
    "ror_id", "name_en", "names_zh", "aliases", "acronyms", "types", "country", "city", "website", "wikidata_qid", "status",
)  # fmt: skip
STAR = "XSHG:688001"
INSTITUTE = "Beijing Nowhere Institute of Optics"


def right(stem: str, is_code: Callable[[str], bool]) -> str:
    """The code that begins with a stem and has a right check digit."""
    tails = [f"{number:02}" for number in range(100)] if is_code is is_lei else list("0123456789ABCDEFGHJKLMNPQRTUWXY")
    return next(stem + tail for tail in tails if is_code(stem + tail))


STAR_USCC, OTHER_USCC = right("91310000MA1K00001", is_uscc), right("91310000MA1K00002", is_uscc)
STAR_LEI, OTHER_LEI = (right(f"5493000000000000{number}0", is_lei) for number in (1, 2))


def write(facts: Path, file: str, columns: tuple[str, ...], *rows: tuple[str, ...]) -> None:
    with (facts / file).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])


def registrations(facts: Path, *rows: tuple[str, ...]) -> None:
    write(facts, "brand_to_legal_smoothnlp.csv", USCC, *rows)


def lei_records(facts: Path, *rows: tuple[str, ...]) -> None:
    write(facts, "lei_sample_cn.csv", LEI, *rows)


def organisation(facts: Path, *changes: dict[str, str]) -> None:
    """Write ROR records: an active firm of Shanghai, with changes."""
    usual = dict.fromkeys(ROR, "") | {"types": "company", "country": "CN", "city": "Shanghai", "status": "active"}
    records = [usual | {"ror_id": f"0{number}", **change} for number, change in enumerate(changes)]
    write(facts, "orgs_ror_cn.csv", ROR, *(tuple(record[column] for column in ROR) for record in records))


class Taken:
    """What an import of the fact folder brought from the registers."""

    def __init__(self, facts: Path, table: Table, left_out: dict[tuple[str, str], str] | None = None) -> None:
        found = read_crosswalk(facts, table, left_out)
        self.codes = {
            (next(iter(draft.anchors)).removeprefix("ID:"), line.scheme, line.value)
            for draft in found.drafts
            for line in draft.identifiers
        }
        self.values = {value for _, _, value in self.codes}
        self.names = {(name.text, name.kind, name.ambiguity) for draft in found.drafts for name in draft.names}
        self.fields = {key: value for draft in found.drafts for key, value in draft.fields.items()}
        self.told = "\n".join(f"{finding.kind},{finding.subject}: {finding.detail}" for finding in found.findings)


def holder(table: Table, code: str) -> str:
    mic, ticker = code.split(":")
    return next(line.firm_id for line in table.identifiers if (line.mic, line.value) == (mic, ticker))


def full(table: Table, code: str, language: str) -> str:
    """A full name of a listed firm."""
    firm_id = holder(table, code)
    return next(
        name.text
        for name in table.names
        if name.firm_id == firm_id and name.kind is NameKind.LEGAL and name.language == language
    )


def test_a_registration_joins_by_the_full_chinese_name_up_to_folding(facts: Path, table: Table) -> None:
    registrations(facts, ("上海星芒智能科技股份有限公司".replace("上海", "（上海）"), STAR_USCC, "2015-03-02"))
    taken = Taken(facts, table)
    assert taken.codes == {(holder(table, STAR), Scheme.USCC, STAR_USCC)}
    assert taken.fields == {"founded": "2015-03-02"}
    assert not taken.names, "brands of registrations are noise"


def test_a_registration_goes_on_under_a_new_name(facts: Path, table: Table) -> None:
    registrations(facts, ("上海星芒有限公司", STAR_USCC, ""))
    assert Taken(facts, table).codes == {(holder(table, STAR), Scheme.USCC, STAR_USCC)}


@pytest.mark.parametrize("name", ["星芒科技", "上海星芒智能科技", "上海星芒贸易有限公司"])
def test_a_name_that_is_not_the_whole_full_name_joins_nothing(facts: Path, table: Table, name: str) -> None:
    registrations(facts, (name, STAR_USCC, ""))
    assert not Taken(facts, table).codes


def test_a_wrong_check_digit_is_left_out_and_told(facts: Path, table: Table) -> None:
    wrong = STAR_USCC[:-1] + ("0" if STAR_USCC[-1] != "0" else "1")
    registrations(facts, (full(table, STAR, "zh-Hans"), wrong, ""))
    taken = Taken(facts, table)
    assert not taken.codes
    assert f"left out,USCC {wrong}: " in taken.told


def test_two_registrations_of_one_name_give_none(facts: Path, table: Table) -> None:
    name = full(table, STAR, "zh-Hans")
    registrations(facts, (name, STAR_USCC, ""), (name, OTHER_USCC, ""))
    taken = Taken(facts, table)
    assert not taken.codes
    assert "in one file; neither is added" in taken.told


def test_a_mainland_namesake_of_a_cayman_firm_is_left_out(facts: Path, table: Table) -> None:
    registrations(facts, ("云峰股份有限公司", STAR_USCC, ""))
    taken = Taken(facts, table)
    assert not taken.codes
    assert "registered outside the mainland" in taken.told


def test_an_lei_joins_by_english_full_name_and_form(facts: Path, table: Table) -> None:
    name = full(table, STAR, "en")
    spelled = name.upper().replace("CO., LTD.", "COMPANY LIMITED")
    lei_records(facts, (STAR_LEI, spelled, "CN", "GENERAL"))
    assert Taken(facts, table).codes == {(holder(table, STAR), Scheme.LEI, STAR_LEI)}


@pytest.mark.parametrize(
    ("form", "country", "category", "reason"),
    [
        ("Co., Ltd.", "HK", "GENERAL", "is registered in HK"),
        ("Inc.", "CN", "GENERAL", "has another legal form"),
        ("Co., Ltd.", "CN", "FUND", ""),
        ("Co., Ltd.", "TW", "GENERAL", ""),
    ],
)
def test_an_lei_of_another_country_form_or_category_is_left_out(
    facts: Path, table: Table, form: str, country: str, category: str, reason: str
) -> None:
    lei_records(facts, (STAR_LEI, full(table, STAR, "en").replace("Co., Ltd.", form), country, category))
    taken = Taken(facts, table)
    assert not taken.codes
    assert reason in taken.told


def test_two_records_of_one_english_name_give_none(facts: Path, table: Table) -> None:
    name = full(table, STAR, "en")
    lei_records(facts, (STAR_LEI, name, "CN", "GENERAL"), (OTHER_LEI, name, "CN", "GENERAL"))
    assert not Taken(facts, table).codes


def test_a_company_needs_a_second_witness_beside_its_english_name(facts: Path, table: Table) -> None:
    name = full(table, STAR, "en").removesuffix(" Co., Ltd.")
    organisation(facts, {"name_en": f"{name} (China)", "wikidata_qid": "Q900001", "city": "Lhasa"})
    alone = Taken(facts, table)
    assert not alone.codes
    assert "only its name speaks" in alone.told
    organisation(facts, {"name_en": f"{name} (China)", "wikidata_qid": "Q900001", "city": "Shanghai Shi"})
    assert Taken(facts, table).values == {"Q900001"}


def test_a_record_with_another_firms_name_is_left_out(facts: Path, table: Table) -> None:
    names = {"names_zh": full(table, STAR, "zh-Hans"), "aliases": "Cloudpeak Inc."}
    organisation(facts, {"name_en": "Xingmang", "wikidata_qid": "Q900001", **names})
    taken = Taken(facts, table)
    assert not taken.codes
    assert "Cloudpeak Inc. is a name of" in taken.told


def test_an_item_of_two_records_or_of_the_hand_list_is_left_out(facts: Path, table: Table) -> None:
    record = {"name_en": "Xingmang", "names_zh": full(table, STAR, "zh-Hans"), "wikidata_qid": "Q900001"}
    organisation(facts, record)
    assert Taken(facts, table).values == {"Q900001"}
    assert not Taken(facts, table, {("WIKIDATA", "Q900001"): "doubtful"}).values
    organisation(facts, record, {"name_en": "Elsewhere", "wikidata_qid": "Q900001"})
    assert not Taken(facts, table).values


def test_an_institute_gets_its_chinese_name_and_a_weak_acronym(facts: Path, table: Table) -> None:
    record = {"name_en": INSTITUTE, "names_zh": "北京无处光学研究所", "acronyms": "NIOB|12", "types": "facility"}
    organisation(
        facts, {**record, "city": "Beijing", "wikidata_qid": "Q900002", "website": "https://www.bnio.ac.cn/en"}
    )
    taken = Taken(facts, table)
    assert taken.names == {
        ("北京无处光学研究所", NameKind.LEGAL, Ambiguity.NONE),
        ("NIOB", NameKind.ACRONYM, Ambiguity.WEAK),
    }
    assert taken.values == {"Q900002"}
    assert taken.fields == {"website": "bnio.ac.cn"}


def test_two_institutes_of_one_name_give_nothing(facts: Path, table: Table) -> None:
    organisation(facts, {"name_en": INSTITUTE, "types": "facility"}, {"name_en": INSTITUTE, "types": "education"})
    assert not Taken(facts, table).names


def test_importing_codes_twice_changes_no_byte_and_a_code_gone_from_the_file_goes(
    facts: Path, folder: Path, table: Table
) -> None:
    registrations(facts, (full(table, STAR, "zh-Hans"), STAR_USCC, "2015-03-02"))
    lei_records(facts, (STAR_LEI, full(table, STAR, "en"), "CN", "GENERAL"))
    command = ["import", "facts", str(facts), "--table", str(folder), "--apply"]
    assert main(command) == 0
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert main(command) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    assert main(["check", str(folder)]) == 0
    loaded = load_table(folder)
    assert {STAR_USCC, STAR_LEI} <= {line.value for line in loaded.identifiers}
    assert {"x1", "x2"} <= {source.key for source in loaded.sources}
    registrations(facts)
    assert main(command) == 0
    assert STAR_USCC not in {line.value for line in load_table(folder).identifiers}


def test_a_second_code_of_a_firm_is_not_added(facts: Path, table: Table) -> None:
    held = Identifier(holder(table, STAR), Scheme.USCC, STAR_USCC, "", "", "", "curated-2026-11")
    registrations(facts, (full(table, STAR, "zh-Hans"), OTHER_USCC, ""))
    taken = Taken(facts, replace(table, identifiers=(*table.identifiers, held)))
    assert not taken.codes
    assert f"but the table has {STAR_USCC}" in taken.told


def test_a_firm_with_two_full_chinese_names_is_two_legal_persons_and_gets_no_uscc(facts: Path, table: Table) -> None:
    first = next(name for name in table.names if name.text == full(table, STAR, "zh-Hans"))
    registrations(facts, (first.text, STAR_USCC, ""))
    taken = Taken(facts, replace(table, names=(*table.names, replace(first, text="广东星芒有限公司"))))
    assert not taken.codes
    assert "several legal persons" in taken.told


def test_the_hand_list_gives_a_reason_for_every_code() -> None:
    left_out = read_left_out()
    assert ("WIKIDATA", "Q30273328") in left_out
    assert all(left_out.values())


def test_a_moved_beijing_code_has_the_days_of_the_move(facts: Path, tmp_path: Path) -> None:
    path = facts / "a_share_listed.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("XSHE,000901,", "BJSE,920901,", 1), encoding="utf-8")
    path = facts / "code_changes.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("XSHE,000022,000901", "BJSE,830022,920901"), encoding="utf-8")
    folder = tmp_path / "moved"
    assert main(["import", "facts", str(facts), "--table", str(folder), "--apply"]) == 0
    lines = {line.value: line for line in load_table(folder).identifiers if line.mic == "BJSE"}
    assert lines["830022"].valid_to == "2025-10-08"
    assert (lines["920901"].valid_from, lines["920901"].valid_to) == ("2025-10-09", "")
    assert lines["830022"].firm_id == lines["920901"].firm_id
