"""Comparing part by part: which reasons are given for and against."""

from __future__ import annotations

import pytest
from zhengming.engine import EvidenceCode as E
from zhengming.engine.compare import allowed_edits, compare, is_long_core, is_short_brand
from zhengming.engine.decide import agrees
from zhengming.engine.grammar import parse
from zhengming.engine.weights import FITTED

MOORE = "摩尔线程智能科技（北京）股份有限公司"
MOORE_EN = "Moore Threads Intelligent Technology (Beijing) Co., Ltd."

# Query, name, reasons that must be among those given.
REASONS = [
    ("华为技术", "华为技术有限公司", {E.LEGAL_FORM_DIFFERS}),
    ("华为技术股份有限公司", "华为技术有限公司", {E.LEGAL_FORM_DIFFERS}),
    ("摩尔线程", MOORE, {E.BRAND_EQUAL}),
    ("北京摩尔线程智能科技", MOORE, {E.ORDER_DIFFERS}),
    ("Beijing Moore Threads Intelligent Technology", MOORE_EN, {E.ORDER_DIFFERS}),
    ("Moore Threads Intelligent Technology (Shanghai) Co., Ltd.", MOORE_EN, {E.BRAND_EQUAL, E.PLACE_MISMATCH}),
    ("摩尔线呈", "摩尔线程", {E.PINYIN_EQUAL_HAN_DIFFERS}),
    ("moer xiancheng", "摩尔线程", {E.PINYIN_TYPED}),
    ("Cambrcon Technologies", "Cambricon Technologies", {E.BRAND_SIMILAR, E.EDIT_1}),
    ("深圳市大疆百旺科技有限公司", "大疆", {E.BRAND_CONTAINED}),
    ("深圳市大疆百旺科技有限公司", "深圳市大疆创新科技有限公司", set()),
    ("华大技术有限公司", "华为技术有限公司", {E.BRAND_CONTRADICTS}),
    ("华为银行", "华为技术有限公司", {E.BRAND_EQUAL, E.TRADE_DIFFERS}),
    ("杭州天衡电子股份有限公司", "天津天衡电子股份有限公司", {E.PLACE_MISMATCH}),
    ("北京科技有限公司", "上海电子有限公司", {E.ONLY_GENERIC_SHARED}),
    ("Shanghai Biren Intelligent Te", "Shanghai Biren Intelligent Technology Co., Ltd.", {E.BRAND_EQUAL, E.TRUNCATED}),
    ("Moore Thread & Needle Co.", MOORE_EN, set()),
]  # fmt: skip

# Pairs that are not the same firm: some reason must speak against.
DIFFERENT = [
    ("华为技术有限公司", "华大技术有限公司"),
    ("深圳市大疆百旺科技有限公司", "大疆"),
    ("深圳市大疆百旺科技有限公司", "深圳市大疆创新科技有限公司"),
    ("Moore Thread & Needle Co.", MOORE_EN),
    ("Beijing Technology Co., Ltd.", "Beijing Xiaomi Technology Co., Ltd."),
    ("小米通讯技术有限公司", "大米通讯技术有限公司"),
    ("中科曙光", "中科星图"),
    ("武汉滴滴网络科技有限公司", "北京滴滴网络科技有限公司"),
    ("上海电气", "哈尔滨电气"),
    ("中国联通", "中国移动"),
    ("海信家电", "海信视像"),
    ("Naura Technology", "Zanyu Technology"),
    ("Hengyi Petrochemical", "Hengli Petrochemical"),
]


def _codes(query: str, name: str) -> set[E]:
    return {piece.code for piece in compare(parse(query), parse(name), 1, FITTED)}


@pytest.mark.parametrize(("query", "name", "expected"), REASONS)
def test_names_the_reasons(query: str, name: str, expected: set[E]) -> None:
    assert expected <= _codes(query, name)


@pytest.mark.parametrize(("query", "name"), DIFFERENT)
def test_some_reason_speaks_against_another_firms_name(query: str, name: str) -> None:
    assert not agrees(compare(parse(query), parse(name), 1, FITTED))


@pytest.mark.parametrize(("query", "name"), [(name, query) for query, name in DIFFERENT])
def test_and_so_it_does_the_other_way_round(query: str, name: str) -> None:
    assert not agrees(compare(parse(query), parse(name), 1, FITTED))


@pytest.mark.parametrize(
    "name", [MOORE, MOORE_EN, "华为", "TCL科技", "Semiconductor Manufacturing International Corporation"]
)
def test_every_name_agrees_with_itself(name: str) -> None:
    assert agrees(compare(parse(name), parse(name), 1, FITTED))


@pytest.mark.parametrize("query", ["Cambricom Technologies", "Cambircon Technologies", "Cambrcon Technologies"])
def test_a_slip_in_a_brand_is_judged_alike_whatever_stands_around_it(query: str) -> None:
    """Else the subsidiary with the longer name would come before the firm itself."""
    near = agrees(compare(parse(query), parse("Cambricon Technologies Corporation Limited"), 1, FITTED))
    far = agrees(compare(parse(query), parse("Shanghai Cambricon Technologies Co., Ltd."), 1, FITTED))
    assert near == far


def test_a_brand_that_many_carry_counts_for_less() -> None:
    query, name = parse("天元"), parse("天元智能科技股份有限公司")
    few, many = compare(query, name, 1, FITTED), compare(query, name, 40, FITTED)
    assert sum(piece.contribution for piece in many) < sum(piece.contribution for piece in few)


def test_spans_are_where_the_brand_stands() -> None:
    query, name = parse("上海壁仞智能"), parse("壁仞智能科技（上海）有限公司")
    spans = [
        (query.text[slice(*piece.query_span)], name.text[slice(*piece.name_span)])
        for piece in compare(query, name, 1, FITTED)
        if piece.query_span and piece.name_span
    ]
    assert spans == [("壁仞", "壁仞")]


@pytest.mark.parametrize(
    ("brand", "edits", "short"),
    [("华为", 0, True), ("寒武纪", 0, False), ("bidu", 0, True), ("huawei", 1, False), ("cambricon", 1, False)],
)
def test_short_brands_allow_no_edits(brand: str, edits: int, short: bool) -> None:
    assert allowed_edits(brand) >= edits if edits else allowed_edits(brand) == 0
    assert is_short_brand(brand) is short


@pytest.mark.parametrize(
    ("core", "long"), [("摩尔线程", True), ("寒武纪", False), ("cambricon", True), ("huawei", False)]
)
def test_long_names_have_few_neighbours(core: str, long: bool) -> None:
    assert is_long_core(core) is long
