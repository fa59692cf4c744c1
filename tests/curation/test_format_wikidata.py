"""Wikidata query results: joined by codes and full name, never by a label; names in five languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SAMPLE = "wikidata-2026-11-20.json"
SOURCE = "wikidata-2026-11"
Take = Callable[..., Any]


def test_an_isin_joins_and_brings_item_lei_and_website(take: Take) -> None:
    taken = take("wikidata", SAMPLE)
    assert taken.firm("Q900000001") == taken.firm("300300CL0PEAK0000373") == taken.firm("09001")
    (firm,) = [one for one in taken.table.firms if one.id == taken.firm("09001")]
    assert firm.website == "cloudpeak.example"


def test_an_official_chinese_name_joins(take: Take) -> None:
    taken = take("wikidata", SAMPLE)
    assert taken.firm("Q900000002") == taken.firm("688001")


def test_names_come_in_chinese_english_japanese_korean_and_russian(take: Take) -> None:
    assert take("wikidata", SAMPLE).names(SOURCE) == {
        ("星芒智能", "zh-Hans", "SHORT"),
        ("Cloudpeak Group", "en", "SHORT"),
        ("クラウドピーク", "ja", "TRANSLATION"),
        ("클라우드피크", "ko", "TRANSLATION"),
        ("Клаудпик", "ru", "TRANSLATION"),
    }


def test_a_label_alone_joins_nothing_and_is_told(take: Take) -> None:
    taken = take("wikidata", SAMPLE)
    assert "Q900000003: bears the label 紫晶存储 and no code of the firm; not joined" in taken.told("needs a decision")
    assert "Q900000003" not in {line.value for line in taken.table.identifiers}


def test_decoys_and_short_chinese_labels_are_for_a_person(take: Take) -> None:
    told = take("wikidata", SAMPLE).told("needs a decision")
    assert "维港茶庄: is refused as a decoy" in told
    assert "云峰: is short enough to be an everyday word" in told


def test_bad_rows_are_told_by_number(take: Take) -> None:
    assert take("wikidata", SAMPLE).told("bad row").splitlines() == [
        f"{SAMPLE}: row 7: 300300NX0BODY0000499 is no LEI with a right check digit; the rest of the row is taken",
        f"{SAMPLE}: row 8: P31 is no Wikidata item",
        f"{SAMPLE}: row 9: is not a row of values with an item",
    ]


def test_the_same_file_again_changes_no_byte(take: Take, bytes_of_table: Callable[[], dict[str, bytes]]) -> None:
    take("wikidata", SAMPLE)
    before = bytes_of_table()
    assert take("wikidata", SAMPLE).out.startswith("0 added, 0 changed")
    assert bytes_of_table() == before


def test_another_json_is_one_sentence(take: Take) -> None:
    taken = take("wikidata", "consolidated.json", "--as-of", "2026-11-20")
    assert taken.status == 1
    assert "is not a SPARQL result in JSON" in taken.error
