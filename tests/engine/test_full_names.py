"""Two full names that differ in more than what a shortening leaves out."""

from __future__ import annotations

import pytest
from zhengming.engine import EvidenceCode as E
from zhengming.engine.abbreviation import read_shortening
from zhengming.engine.full_names import difference, owner_in_front

DIFFERENCES = [
    ("浙江扬帆新材料", "扬帆新材料浙江", E.ORDER_DIFFERS),
    ("北京本源量子计算科技应用", "北京本源计算量子科技应用", E.ORDER_DIFFERS),
    ("开元投资集团", "开元控股集团", E.GROUP_WORD_DIFFERS),
    ("开元投资", "开元控股", E.GROUP_WORD_DIFFERS),
    ("湖南视比特机器人", "长沙视比特机器人", E.PLACE_MISSING),
    ("惠洲视比特机器人", "惠州视比特机器人", E.EDIT_1),
    ("考克利尔精密机械", "考克利尔精密机器", E.EDIT_1),
]


@pytest.mark.parametrize(("one", "other", "code"), DIFFERENCES)
def test_what_one_firms_full_names_differ_in(one: str, other: str, code: E) -> None:
    for first, second in ((one, other), (other, one)):
        assert code in {found for found, _ in difference(first, second)}


STRANGERS = [
    ("开元投资", "开元"),  # only one of them says that it holds others
    ("开元投资", "开元股权投资"),
    ("武汉视比特机器人", "长沙视比特机器人"),
    ("湖南电力发展", "长沙电力发展"),  # no brand: each place has one
    ("中船第七一〇研究所", "中船第七〇一研究所"),
    ("三一精密机械", "三一精密机器"),  # a brand of two characters
    ("投资控股", "控股投资集团"),
    ("开元投资", "开元投资"),
]


@pytest.mark.parametrize(("one", "other"), STRANGERS)
def test_what_two_firms_full_names_differ_in(one: str, other: str) -> None:
    assert difference(one, other) == ()
    assert difference(other, one) == ()


OWNERS = [
    ("华意压缩机", "长虹华意压缩机", True),
    ("上海思尔芯技术", "上海国微思尔芯技术", True),
    ("思尔芯技术", "上海国微思尔芯技术", False),  # the place must agree
    ("华丰实业", "华银丰实业", False),  # one character inside
    ("大疆科技", "大疆百旺科技", False),  # behind the brand
    ("华意", "长虹华意", False),  # says too little
]


@pytest.mark.parametrize(("short", "long", "in_front"), OWNERS)
def test_the_owners_name_stands_in_front(short: str, long: str, in_front: bool) -> None:
    read = read_shortening(short, long)
    assert read is not None
    assert owner_in_front(read.words) is in_front
