"""Keys: which writings of a name meet, and which names must not."""

from __future__ import annotations

import pytest
from zhengming.aliases.model import NameKind, Scheme, Table
from zhengming.engine import keys
from zhengming.engine.fold import fold, squeeze
from zhengming.engine.grammar import parse

# Key function, one writing, another writing, whether they meet.
PAIRS = [
    ("core_key", "华为技术", "华为技术有限公司", True),
    ("core_key", "华为技术有限公司", "華為技術股份有限公司", True),
    ("core_key", "Huawei Technologies Co., Ltd.", "HUAWEI TECHNOLOGIES", True),
    ("core_key", "华为技术", "华大技术", False),
    ("core_key", "华为技术有限公司北京分公司", "华为技术有限公司", True),
    ("placeless_key", "摩尔线程智能科技（北京）股份有限公司", "北京摩尔线程智能科技有限公司", True),
    (
        "placeless_key",
        "Moore Threads Intelligent Technology (Beijing) Co., Ltd.",
        "Beijing Moore Threads Intelligent Technology",
        True,
    ),
    ("placeless_key", "北京天元科技", "北京地平科技", False),
    ("short_key", "深圳市海思半导体有限公司", "海思半导体", True),
    ("brand_key", "深圳市海思半导体有限公司", "海思", True),
    ("brand_key", "深圳市大疆百旺科技有限公司", "大疆", False),
    ("brand_key", "紫光股份有限公司", "紫光", True),
]


@pytest.mark.parametrize(("key", "one", "other", "meet"), PAIRS)
def test_writings_of_one_name_meet_under_a_key(key: str, one: str, other: str, meet: bool) -> None:
    key_of = getattr(keys, key)
    first, second = (key_of(name.brand if key == "brand_key" else name) for name in (parse(one), parse(other)))
    assert first
    assert (first == second) is meet


@pytest.mark.parametrize("text", ["科技有限公司", "北京科技有限公司", "Technology Co., Ltd."])
def test_a_name_without_a_brand_has_no_key_of_a_brand(text: str) -> None:
    anatomy = parse(text)
    assert keys.brand_key(anatomy.brand) == ""
    assert keys.short_key(anatomy) == ""
    assert keys.placeless_key(anatomy) == ""


def test_homophones_share_a_sound_key() -> None:
    assert keys.sound_key("摩尔线呈") in keys.sound_keys(parse("摩尔线程"), squeeze(fold("摩尔线程")))
    assert keys.sound_key("moerxiancheng") in keys.sound_keys(parse("摩尔线程"), squeeze(fold("摩尔线程")))


def test_an_english_name_has_no_sound_key() -> None:
    assert keys.sound_keys(parse("Huawei Technologies"), squeeze(fold("Huawei Technologies"))) == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Semiconductor Manufacturing International Corporation", "smi"),
        ("China Electronics Technology Group Corporation", "cet"),
    ],
)
def test_initials_of_an_english_name_are_a_key(name: str, typed: str) -> None:
    assert keys.initials_key(parse(name), NameKind.LEGAL) == keys.typed_initials_key(typed) != ""


@pytest.mark.parametrize("text", ["ab", "abcdefghi", "华为", "a1b"])
def test_only_three_to_eight_letters_are_an_acronym(text: str) -> None:
    assert keys.typed_initials_key(text) == ""


def test_key_hashes_never_change() -> None:
    """Snapshots on disk hold them, on every machine."""
    assert keys.key_hash("n华为") == 0x3619B1E4D2CAFEC8
    assert keys.key_hash("") == 0xB4B2797457A0A6E4


def test_no_two_keys_of_the_bundled_table_share_a_hash(table: Table) -> None:
    texts = {keys.full_key(squeeze(fold(name.text))) for name in table.names}
    texts |= {keys.code_key(line.scheme, line.value) for line in table.identifiers}
    texts |= {keys.decoy_key(squeeze(fold(decoy.text))) for decoy in table.decoys}
    assert len({keys.key_hash(text) for text in texts}) == len(texts)


def test_keys_of_different_kinds_never_meet() -> None:
    anatomy = parse("华为")
    found = [
        keys.full_key("华为"),
        keys.decoy_key("华为"),
        keys.core_key(anatomy),
        keys.brand_key(anatomy.brand),
        keys.code_key(Scheme.TICKER, "华为"),
        keys.sound_key("华为"),
    ]
    assert len({keys.key_hash(key) for key in found}) == len(found)
