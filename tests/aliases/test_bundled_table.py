"""The table that ships: it is clean, whole, and says the right thing about firms that everybody knows."""

from __future__ import annotations

import pytest
from zhengming.aliases.load import bundled_table_path, load_table
from zhengming.aliases.model import FirmKind, Scheme, Table
from zhengming.curation.lint import lint_folder


@pytest.fixture(scope="module")
def table() -> Table:
    return load_table()


def test_it_has_no_problem() -> None:
    assert [str(problem) for problem in lint_folder(bundled_table_path())] == []


def test_all_a_shares_are_in(table: Table) -> None:
    mics = ("XSHG", "XSHE", "BJSE")
    assert len({line.firm_id for line in table.identifiers if line.mic in mics}) >= 5_800


@pytest.mark.parametrize(
    "codes",
    [
        ("XSHG:688981", "XHKG:00981"),
        ("XSHE:002594", "XHKG:01211"),
        ("XSHE:300750", "XHKG:03750"),
        ("XNYS:BABA", "XHKG:09988"),
        ("XNAS:BIDU", "XHKG:09888"),
        ("XNAS:NTES", "XHKG:09999"),
        ("XNAS:WRD", "XHKG:00800"),
        ("XNAS:ONC", "XHKG:06160", "XSHG:688235"),
        ("XSHG:600938", "XHKG:00883"),
    ],
)
def test_lines_of_one_firm_are_one_firm(table: Table, codes: tuple[str, ...]) -> None:
    by_code = {f"{line.mic}:{line.value}": line.firm_id for line in table.identifiers if line.scheme is Scheme.TICKER}
    assert len({by_code[code] for code in codes}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("XSHG:600050", "XHKG:00762"), ("XSHG:688223", "XNYS:JKS"), ("XSHG:688303", "XNYS:DQ")]
)
def test_parent_and_subsidiary_stay_apart(table: Table, one: str, other: str) -> None:
    by_code = {f"{line.mic}:{line.value}": line.firm_id for line in table.identifiers if line.scheme is Scheme.TICKER}
    assert by_code[one] != by_code[other]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("XHKG:00020", "商汤"),
        ("XHKG:06082", "壁仞科技"),
        ("XSHG:688795", "Moore Threads"),
        ("XSHE:300188", "美亚柏科"),
        ("XHKG:00700", "騰訊控股有限公司"),
    ],
)
def test_well_known_names_are_there(table: Table, code: str, text: str) -> None:
    by_code = {f"{line.mic}:{line.value}": line.firm_id for line in table.identifiers if line.scheme is Scheme.TICKER}
    assert any(name.text == text and name.firm_id == by_code[code] for name in table.names)


def test_restrictions_cite_a_notice(table: Table) -> None:
    assert len(table.restrictions) > 1_500
    assert all(line.citation for line in table.restrictions)


def test_universities_on_lists_are_institutes(table: Table) -> None:
    beihang = [firm for firm in table.firms if firm.display_en == "Beihang University"]
    assert [firm.kind for firm in beihang] == [FirmKind.INSTITUTE]


@pytest.mark.parametrize(
    ("code", "listed"),
    [
        ("XSHE:000521", "Hefei Meiling Co. Ltd."),
        ("XSHE:002013", "AVIC Electromechanical Systems Co. Ltd."),
        ("XSHG:600737", "COFCO Sugar Holdings Co., Ltd"),
        ("XSHE:002465", "Guangzhou Haige Communication Group Co., Ltd."),
        ("XSHE:302132", "Zhonghang Electronic Measuring Instruments Company Limited (ZEMIC)"),
        ("XSHE:002236", "Dahua Technology"),
    ],
)
def test_an_entry_under_another_name_is_on_the_listed_firm(table: Table, code: str, listed: str) -> None:
    by_code = {f"{line.mic}:{line.value}": line.firm_id for line in table.identifiers if line.scheme is Scheme.TICKER}
    assert {line.firm_id for line in table.restrictions if line.name_as_listed == listed} == {by_code[code]}


@pytest.mark.parametrize(
    ("one", "other"),
    [("XSHE:000043", "XSHE:001914"), ("XSHE:300114", "XSHE:302132"), ("XSHG:600087", "XSHG:601975")],
)
def test_a_firm_keeps_its_record_under_a_new_code(table: Table, one: str, other: str) -> None:
    by_code = {f"{line.mic}:{line.value}": line.firm_id for line in table.identifiers if line.scheme is Scheme.TICKER}
    assert by_code[one] == by_code[other]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("China North Industries Corp.", "North China Industries Corp. (NORINCO)", True),
        ("China North Industries Corp.", "China North Industries Group Corporation Limited", False),
        ("Sky Rise Technology", "Sky Rise Technology Ltd.", True),
    ],
)
def test_spellings_of_listed_parties(table: Table, one: str, other: str, same: bool) -> None:
    holders = [{line.firm_id for line in table.restrictions if line.name_as_listed == text} for text in (one, other)]
    assert all(holders)
    assert (holders[0] == holders[1]) is same
