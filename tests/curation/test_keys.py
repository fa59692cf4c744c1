"""Joining keys, decorations, dates and IDs."""

from __future__ import annotations

import pytest
from zhengming.aliases.codes import is_firm_id
from zhengming.curation.decorations import plain_short_name, tidy_english
from zhengming.curation.fact_rows import iso_date
from zhengming.curation.identity import new_id
from zhengming.curation.keys import english_core
from zhengming.engine.fold import name_key


@pytest.mark.parametrize(
    ("listed", "plain"),
    [
        ("*ST华谊", "华谊"), ("S*ST云大", "云大"), ("G天地源", "天地源"), ("XD中国中", "中国中"), ("退市长油", "长油"),
        ("商汤-W", "商汤"), ("大普微-UW", "大普微"), ("中建富通(新)", "中建富通"), ("锦旅B股", "锦旅"), ("TCL集团", "TCL集团"),
        ("中国退役", "中国退役"), ("BABA-W", "BABA"), ("南京新百", "南京新百"),
    ],
)  # fmt: skip
def test_decorations_come_off(listed: str, plain: str) -> None:
    assert plain_short_name(listed) == plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shanghai Biren Technology Co., Ltd.", "Biren Technology (Shanghai) Company Limited"),
        ("Baidu, Inc.", "BAIDU INC"),
        ("A & B Optics Corp.", "A and B Optics Corporation"),
    ],
)
def test_cores_are_equal(one: str, other: str) -> None:
    assert english_core(one) == english_core(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Moore Threads (Beijing) Co., Ltd.", "Moore Threads (Shanghai) Co., Ltd."),
        ("FiberHome Technologies Group", "FiberHome Technologies Co., Ltd."),
    ],
)
def test_cores_differ(one: str, other: str) -> None:
    assert english_core(one) != english_core(other)


def test_scripts_and_punctuation_have_one_key() -> None:
    assert name_key("騰訊控股（有限公司）") == name_key("腾讯控股(有限公司)")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("89 FR 68548, 8/27/24", "2024-08-27"), ("85 FR 83799 12/23/2020", "2020-12-23"), ("24.4.2026", "2026-04-24"),
        ("January 15, 2025", "2025-01-15"), ("20170324", "2017-03-24"), ("2021-10", "2021-10"), ("soon", ""), ("", ""),
    ],
)  # fmt: skip
def test_dates(text: str, iso: str) -> None:
    assert iso_date(text) == iso


def test_english_is_tidied() -> None:
    assert tidy_english("Iflytek Co.,ltd.") == "Iflytek Co., Ltd."


def test_ids_are_drawn_until_they_are_free_and_typeable() -> None:
    bodies = iter(f"000000{character}" for character in "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    taken: set[str] = set()
    ids = [new_id(taken, lambda: next(bodies)) for _ in range(20)]
    assert len(set(ids)) == 20
    assert all(is_firm_id(firm_id) for firm_id in ids)
