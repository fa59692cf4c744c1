"""Slips: what was done to a Chinese name, and what tells a slip from a stranger's name."""

from __future__ import annotations

import pytest
from zhengming.engine.fold import squeeze
from zhengming.engine.grammar import parse
from zhengming.engine.policy import WORD_MADE
from zhengming.engine.shape import commonness, likeness
from zhengming.engine.slip import Edit, Nature, find_edit, read_slip
from zhengming.engine.sound import sound_equal, sound_near
from zhengming.engine.weights import FITTED


class _Usage:
    """A table of a thousand names, whose characters are used as given."""

    log_names = 6.9

    def __init__(self, holding: dict[str, int] | None = None, sharing: int = 1) -> None:
        self._holding = holding or {}
        self._sharing = sharing

    def holding(self, first: str, second: str = "") -> int:
        return self._holding.get(first + second, 0)

    def is_name(self, text: str) -> bool:
        return text == "美团"

    def sharing(self, rest: str) -> int:
        return self._sharing


@pytest.mark.parametrize(
    ("typed", "meant", "edit"),
    [
        ("摩尔现程", "摩尔线程", Edit(Nature.ANOTHER, 2)),
        ("摩尔程线", "摩尔线程", Edit(Nature.SWAPPED, 2)),
        ("摩尔尔线程", "摩尔线程", Edit(Nature.DOUBLED, 2)),
        ("摩线程", "摩尔线程", Edit(Nature.DROPPED, 1)),
        ("摩尔的线程", "摩尔线程", Edit(Nature.ADDED, 2)),
        ("摩尔线程", "摩尔线程", None),
        ("摩二现程", "摩尔线程", None),
        ("摩尔", "摩尔线程", None),
        ("", "", None),
    ],
)
def test_one_edit_is_named_and_placed(typed: str, meant: str, edit: Edit | None) -> None:
    """Two edits are none."""
    assert find_edit(typed, meant) == edit


@pytest.mark.parametrize(("first", "second"), [("壁", "璧"), ("大", "太"), ("末", "未")])
def test_characters_that_look_alike_are_more_like_than_others(first: str, second: str) -> None:
    """The measure is one of degree."""
    assert likeness(first, second) > 0.6 > likeness("壁", "川")


def test_a_character_is_like_itself_and_unknown_ones_like_nothing() -> None:
    """Only common characters have a shape on file."""
    assert likeness("壁", "壁") == 1
    assert likeness("壁", "𠀀") == 0
    assert commonness("不") > commonness("芯") > commonness("睿")


@pytest.mark.parametrize(("first", "second"), [("思", "诗"), ("新", "星"), ("南", "蓝"), ("户", "富"), ("热", "乐")])
def test_sounds_that_regions_mix_up_are_near(first: str, second: str) -> None:
    """zh/z, n/ng, l/n, h/f, r/l."""
    assert sound_near(first, second)
    assert not sound_equal(first, second)


def test_sound_shape_and_use_speak_for_a_slip_and_other_firms_against() -> None:
    """Each alone moves the log-odds as it should."""
    name = parse("寒武纪")

    def odds(typed: str, usage: _Usage) -> float:
        slip = read_slip(parse(typed), name, usage)
        assert slip
        return slip.weigh(FITTED.slip)

    plain = _Usage()
    assert odds("寒武记", plain) > odds("寒武芯", plain)
    assert odds("寒武己", plain) > odds("寒武芯", plain)
    assert odds("寒武记", plain) > odds("寒武记", _Usage({"记": 300}))
    assert odds("寒武记", plain) > odds("寒武记", _Usage({"武记": 30}))
    assert odds("寒武记", plain) > odds("寒武记", _Usage(sharing=9))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("美团队", "美团"),  # a longer word
        ("美团队", "美团网"),  # a shorter name and a character more
        ("彩虹光", "彩虹光电"),  # a shorter one: cut names have a rule of their own
        ("中天火箭", "中国火箭"),  # another brand in place of a place
        ("华为技术", "华为科技"),  # the brands are equal: trades are compared as trades
        ("TCM科技", "TCL科技"),  # a letter
    ],
)
def test_what_may_be_another_name_is_no_slip(typed: str, meant: str) -> None:
    """The comparison of parts has a rule for each of these."""
    assert read_slip(parse(typed), parse(meant), _Usage()) is None


@pytest.mark.parametrize("typed", ["台肥晶合", "叫肥晶合"])
def test_a_spoiled_place_in_front_of_a_whole_brand_is_a_slip(typed: str) -> None:
    """No rule of places has a word for what is no place."""
    slip = read_slip(parse(typed), parse("合肥晶合"), _Usage())
    assert slip
    assert "in_place" in dict(slip.features)


def test_a_name_as_no_firm_has_it_is_rather_a_slip() -> None:
    """爱奇不 is worse a name than 爱奇诺: all else equal, it is likelier 爱奇艺 misspelled."""
    name, usage = parse("爱奇艺"), _Usage()
    worse, better = read_slip(parse("爱奇不"), name, usage), read_slip(parse("爱奇诺"), name, usage)
    assert worse
    assert better
    assert dict(worse.features)["unlikely"] > dict(better.features)["unlikely"]
    assert FITTED.slip["unlikely"] > 0


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("长安汽水", "长安汽车"), ("联想集合", "联想集团"), ("好上皮", "好上好"), ("教堂电气", "学堂电气")],
)
def test_a_character_that_makes_a_word_is_meant(typed: str, meant: str) -> None:
    """It neither sounds nor looks like the name's: 汽水 is lemonade, whatever stands before it."""
    slip = read_slip(parse(typed), parse(meant), _Usage())
    assert slip
    assert slip.given <= WORD_MADE


@pytest.mark.parametrize(
    ("typed", "meant"), [("长城气车", "长城汽车"), ("科大训飞", "科大讯飞"), ("长安汽东", "长安汽车")]
)
def test_a_confused_character_and_one_that_makes_no_word_are_weighed(typed: str, meant: str) -> None:
    """Input methods offer words, so that confused characters make them by accident."""
    slip = read_slip(parse(typed), parse(meant), _Usage())
    assert slip
    assert slip.given > WORD_MADE


def test_a_brand_of_two_turned_round_is_rather_another_brand() -> None:
    """华大技术 is no slip in 大华技术 as 摩尔程线 is one in 摩尔线程."""
    turned = read_slip(parse("华大技术"), parse("大华技术"), _Usage())
    crossed = read_slip(parse("摩尔程线"), parse("摩尔线程"), _Usage())
    assert turned
    assert crossed
    assert turned.given < crossed.given


def test_a_slip_in_the_legal_form_is_a_slip_of_the_whole() -> None:
    """股分有限公司 is no other legal form."""
    slip = read_slip(parse("北方华创科技集团股分有限公司"), parse("北方华创科技集团股份有限公司"), _Usage())
    assert slip
    assert slip.whole
    assert squeeze("股 分") == "股分"
