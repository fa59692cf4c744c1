"""Sound keys: homophones and typed pinyin meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zhengming.engine.fold import fold, squeeze
from zhengming.engine.sound import sound, sounds

HOMOPHONES = [("摩尔线程", "摩尔线呈"), ("寒武纪", "寒武记"), ("商汤", "商堂"), ("旷视", "矿视"), ("壁仞", "币仁")]

# Name, what a person types. Names with polyphones are read as people read them, and ü may be typed u, v or yu.
TYPED = [
    ("摩尔线程", "moer xiancheng"),
    ("寒武纪", "Han Wu Ji"),
    ("华为", "huawei"),
    ("长江存储", "changjiang cunchu"),
    ("长鑫存储", "changxin cunchu"),
    ("重庆长安", "chongqing changan"),
    ("厦门象屿", "xiamen xiangyu"),
    ("中国银行", "zhongguo yinhang"),
    ("绿的谐波", "lvde xiebo"),
    ("绿的谐波", "lude xiebo"),
    ("绿的谐波", "lyude xiebo"),
    ("乾照光电", "qianzhao guangdian"),
    ("饿了么", "eleme"),
    ("大华股份", "dahua gufen"),
    ("乐鑫科技", "lexin keji"),
    ("银行", "yinhang"),
    ("万科", "wanke"),
    ("石头科技", "shitou keji"),
    ("TCL华星", "tcl huaxing"),
]


def _key(text: str) -> str:
    return squeeze(fold(text))


@pytest.mark.parametrize(("name", "homophone"), HOMOPHONES)
def test_homophones_sound_alike(name: str, homophone: str) -> None:
    assert sound(_key(name)) == sound(_key(homophone))


@pytest.mark.parametrize(("name", "typed"), TYPED)
def test_a_name_has_the_reading_that_people_type(name: str, typed: str) -> None:
    assert sound(_key(typed)) in sounds(_key(name))


@pytest.mark.parametrize(("traditional", "simplified"), [("摩爾線程", "摩尔线程"), ("龍芯中科", "龙芯中科")])
def test_script_does_not_change_the_sound(traditional: str, simplified: str) -> None:
    assert sound(_key(traditional)) == sound(_key(simplified))


@given(st.text("长重行乐厦藏盛单曾朝调传都大万区华为科技", max_size=14))
def test_a_name_has_at_most_four_readings_and_the_commonest_is_the_first(name: str) -> None:
    readings = sounds(name)
    assert 1 <= len(readings) <= 4
    assert readings[0] == sound(name)
    assert len(set(readings)) == len(readings)


@given(st.text(max_size=30))
def test_every_text_has_a_sound(text: str) -> None:
    assert sound(_key(text)) in sounds(_key(text))


def test_reading_of_every_character_agrees_with_official_pypinyin() -> None:
    """Of the 3,500 commonest characters that fold to themselves, one by one; ü is written u."""
    pypinyin = pytest.importorskip("pypinyin")
    common = [chr(point) for point in range(0x4E00, 0x9FA6) if fold(chr(point)) == chr(point)]
    different = []
    for character in common:
        (official,) = pypinyin.lazy_pinyin(character, errors=lambda text: [""])
        if official and official.isascii() and sound(character) != sound(official):
            different.append(character)
    assert not different
