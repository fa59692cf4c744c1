"""Folding: one comparison form, one code point at a time."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zhengming.aliases.model import Table
from zhengming.engine.fold import fold, is_han, is_hidden, squeeze, unmask

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
"""Every code point, lone surrogates and unassigned ones included."""

FOLDS = [
    ("華為技術有限公司", "华为技术有限公司"),
    ("摩爾線程", "摩尔线程"),
    ("臺積電", "台积电"),
    ("長江存儲", "长江存储"),
    ("峯", "峰"),
    ("ＨＵＡＷＥＩ　１２３", "huawei 123"),
    ("⼩⽶", "小米"),  # Kangxi radicals
    ("Ｂ站", "b站"),
    ("Loongson™", "loongsontm"),
    ("Société Générale", "societe generale"),
    ("Société", "societe"),  # the same, accents apart
    ("STRASSE Straße", "strasse strasse"),
    ("小\u200b米", "小米"),  # zero-width space
    ("\u202e米小\u202c", "米小"),  # bidi controls
    ("小\ufe0f米", "小米"),  # variation selector
    ("A\u3164B", "ab"),  # Hangul filler
    ("ﬁrm", "firm"),
    ("（北京）", "(北京)"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "folded"), FOLDS)
def test_folds_to_the_comparison_form(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY_TEXT, ANY_TEXT)
def test_a_name_folds_inside_a_text_as_it_folds_alone(before: str, after: str) -> None:
    assert fold(before + after) == fold(before) + fold(after)


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert squeeze(fold(fold(text))) == squeeze(fold(text))


def test_every_assigned_character_folds_to_something_that_folds_to_itself() -> None:
    """U+2ADC, a mathematical sign, is the one exception in Unicode; no key holds it."""
    assigned = [chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) not in ("Cn", "Co", "Cs")]
    assert len(assigned) > 140_000
    assert [character for character in assigned if fold(fold(character)) != fold(character)] == ["\u2adc"]


@given(ANY_TEXT)
def test_keys_hold_letters_and_digits_only(text: str) -> None:
    assert squeeze(fold(text)) == "".join(part for part in fold(text) if part.isalnum())


def test_lone_surrogates_fold_to_themselves() -> None:
    assert fold("华\ud800为\udfff") == "华\ud800为\udfff"


def test_all_writings_of_a_bundled_name_share_one_key(table: Table) -> None:
    """Width, case and spacing of no name in the table change its key."""
    wide = {ord("!") + offset: 0xFF01 + offset for offset in range(94)}
    for name in table.names:
        key = squeeze(fold(name.text))
        spaced = " ".join(name.text)
        assert squeeze(fold(name.text.upper().translate(wide))) == squeeze(fold(name.text.upper())), name
        assert squeeze(fold(spaced)) == key, name


# What the phrase dictionary of official OpenCC rewrites inside real names, and one character whose standard forms
# disagree between regions. Folding goes by single characters, so both sides of a comparison stay alike.
PHRASES_OF_OPENCC = {("着", "著"), ("咤", "吒"), ("幺", "么"), ("干", "乾")}


def test_agrees_with_official_opencc_on_every_chinese_name_but_for_pinned_characters(table: Table) -> None:
    opencc = pytest.importorskip("opencc")
    official = opencc.OpenCC("t2s")
    lines = [*table.names, *table.decoys]
    names = {line.text for line in lines if line.language.startswith("zh-Han")}
    assert len(names) > 10_000
    differing = set()
    for name in names:
        converted = official.convert(unicodedata.normalize("NFKC", name).casefold())
        folded = fold(name)
        if converted != folded:
            assert len(converted) == len(folded), name
            differing |= {pair for pair in zip(folded, converted, strict=True) if pair[0] != pair[1]}
    assert differing <= PHRASES_OF_OPENCC


@pytest.mark.parametrize("text", ["乾照光電", "乾照光电", "干照光电", "干照光電"])
def test_phrase_rewriting_cannot_tear_a_name_from_its_simplified_form(text: str) -> None:
    """OpenCC's t2s turns 乾 into 干 in some words and not in others; here both writings always meet."""
    assert fold(text) == fold("乾照光电")


@pytest.mark.parametrize("text", ["Ваidu", "ВAIDU", "βaidu"])
def test_look_alikes_are_not_folded_but_can_be_unmasked(text: str) -> None:
    assert fold(text) != "baidu"
    assert unmask(fold(text)) == "baidu"


@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\ufeff", "\u00ad", "\U000e0041", "\ufe0f", "\u3164"])
def test_hidden_characters_are_known(character: str) -> None:
    assert is_hidden(character)
    assert fold(character) == ""


@pytest.mark.parametrize(("character", "han"), [("华", True), ("㐂", True), ("𠀀", True), ("A", False), ("ワ", False)])
def test_tells_chinese_characters(character: str, han: bool) -> None:
    assert is_han(character) is han
