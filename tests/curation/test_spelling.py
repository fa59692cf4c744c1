"""Spellings of one listed party, cities, generic words and joins by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from zhengming.aliases.load import load_table
from zhengming.aliases.model import Ambiguity, DateBasis, Name, NameKind, Scheme
from zhengming.curation.draft import Finding
from zhengming.curation.name_lines import without_generic
from zhengming.curation.places import city_in_name, city_name
from zhengming.curation.sources_restricted import read_restricted
from zhengming.curation.spelling import spelling_key, without_list_tail


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gaobeidian Kaituo Precise Instrument Co. Ltd (China)", "Gaobeidian Kaituo Precise Instrument Co., Ltd."),
        ("Baoding Shimaotong Enterprises Services Company Limited", "Baoding Shimaotong Enterprise Services Co., Ltd."),
        ("Poly Technologies Inc.", "Poly Technologies Incorporated, and its subunits and successors"),
        ("Universal Enterprise Limited, and", "Universal Enterprise Limited"),
        ("China Aero-Technology Import Export Corp.", "China Aero-Technology Import/Export Corp."),
        ("Wuhan Sanjiang Import and Export Co.", "Wuhan Sanjiang Import-Export Co., Ltd."),
        ("National Laboratory at the Microscale", "National Laboratory at Microscale"),
        ("Haige Communication Group Co., Ltd.", "Haige Communications Group Incorporated Company"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert spelling_key(one) == spelling_key(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CETC 704th Research Institute", "CETC 705th Research Institute"),
        ("CNOOC China Limited", "CNOOC Limited"),
        ("Hongdu Aviation Industry Group", "Hongdu Aviation Industry"),
        ("Northstar Vision Group Limited", "Northstar Vision Group Inc."),
        ("Huawei Technical Service Co., Ltd.", "Huawei Technologies Service Co., Ltd."),
        ("Allchips Trading (HK)", "Allchips Trading"),
    ],
)
def test_other_firms_have_other_keys(one: str, other: str) -> None:
    assert spelling_key(one) != spelling_key(other)


def test_one_word_and_chinese_have_no_key() -> None:
    assert spelling_key("Avtex Limited") is None
    assert spelling_key("星芒科技有限公司") is None


def test_china_stays_where_no_form_stands_before_it() -> None:
    assert without_list_tail("ETS Solutions (China)") == "ETS Solutions (China)"


@pytest.mark.parametrize(
    ("texts", "city"),
    [
        (("西安市", "Corte Madera"), "Xi'an"), (("", "Corte Madera"), ""), (("", "Chengdu"), "Chengdu"), (("宿州", ""), "Suzhou"),
        (("漯河市",), "Luohe"), (("吉林市",), "Jilin"), (("广东",), ""),
    ],
)  # fmt: skip
def test_cities(texts: tuple[str, ...], city: str) -> None:
    assert city_name(*texts) == city


@pytest.mark.parametrize(
    ("legal", "city"),
    [
        ("深圳赤湾石油基地股份有限公司", "Shenzhen"),
        ("江苏新城地产股份有限公司", ""),
        ("星芒(上海)科技有限公司", "Shanghai"),
    ],
)
def test_the_city_in_a_legal_name(legal: str, city: str) -> None:
    assert city_in_name(legal) == city


@pytest.mark.parametrize(
    ("text", "kind", "stays"),
    [
        ("HEALTHCARE", NameKind.TRUNCATED, False),
        ("and Technology", NameKind.SHORT, False),
        ("Group", NameKind.TRANSLATION, False),
        ("Lithium Corporation", NameKind.LEGAL, True),
        ("ANHUI EXPRESSWAY", NameKind.TRUNCATED, True),
        ("XINGMANG HEALTHCARE", NameKind.TRUNCATED, True),
        ("BY-HEALTH", NameKind.TRUNCATED, True),
    ],
)
def test_generic_words_are_no_name(text: str, kind: NameKind, stays: bool) -> None:
    line = Name("ZM0000000", text, "en", kind, "", "", DateBasis.NONE, Ambiguity.NONE, False, "c1")
    findings: list[Finding] = []
    assert bool(without_generic([line], findings)) is stays
    assert len(findings) == (not stays)


def test_a_hand_join_puts_a_listed_name_on_a_firm(folder: Path, facts: Path) -> None:
    table = load_table(folder)
    joins = {("", "Beijing Nowhere Institute of Optics"): "TICKER:XSHE:000901"}
    firm_id = next(line.firm_id for line in table.identifiers if (line.scheme, line.value) == (Scheme.TICKER, "000901"))
    (draft,) = [
        draft
        for draft in read_restricted(facts, table, joins).drafts
        if any(name.text == "Beijing Nowhere Institute of Optics" for name in draft.names)
    ]
    assert f"ID:{firm_id}" in draft.anchors


def test_two_spellings_become_one_firm(folder: Path, facts: Path) -> None:
    path = facts / "restricted_parties_cn.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    row = rows[1] | {"alt_names": ""}
    rows += [
        row | {"name": name}
        for name in ("Wuhan Dongshan Import and Export Co. Ltd (China)", "Wuhan Dongshan Import/Export Corp.")
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    drafts = [
        draft
        for draft in read_restricted(facts, load_table(folder), {}).drafts
        if any("Dongshan" in name.text for name in draft.names)
    ]
    assert len(drafts) == 2
    assert drafts[0].anchors & drafts[1].anchors
