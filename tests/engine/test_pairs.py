"""Two names: one firm, one group, two firms, or undecided; by the table and by the names alone."""

from __future__ import annotations

import pytest
from zhengming.engine import (
    ComparisonBasis,
    Engine,
    EvidenceCode,
    InvalidQuery,
    NameComparison,
    NameRelation,
    Options,
    Profile,
)

SAME, GROUP = NameRelation.SAME_FIRM, NameRelation.SAME_GROUP
DIFFERENT, UNDECIDED = NameRelation.DIFFERENT_FIRMS, NameRelation.UNDECIDED


def _alone(engine: Engine, first: str, second: str, profile: Profile = Profile.BALANCED) -> NameComparison:
    return engine.compare(first, second, Options(profile=profile), with_table=False)


BY_TABLE = [
    ("华为", "Huawei Technologies Co., Ltd.", SAME),
    ("688256.SH", "寒武纪", SAME),
    ("华为", "海思", GROUP),
    ("百度网讯", "Baidu", GROUP),
    ("华为", "腾讯", DIFFERENT),
    ("英伟达", "Nvidia Corp.", SAME),  # one label of things to refuse
    ("英伟达", "华为", DIFFERENT),
    ("微信", "腾讯", DIFFERENT),  # a product is not its owner
]


@pytest.mark.parametrize(("first", "second", "relation"), BY_TABLE)
def test_the_table_decides_where_it_knows_both(
    small_engine: Engine, first: str, second: str, relation: NameRelation
) -> None:
    for one, other in ((first, second), (second, first)):
        found = small_engine.compare(one, other)
        assert (found.relation, found.basis) == (relation, ComparisonBasis.BY_TABLE)
        assert (found.confidence > 0.9) == (relation is SAME)
        assert found.first is not None
        assert found.first == small_engine.resolve(one)
        assert found.second == small_engine.resolve(other)


def test_different_known_things_are_left_to_the_names(small_engine: Engine) -> None:
    found = small_engine.compare("英伟达", "台积电")
    assert (found.relation, found.basis) == (DIFFERENT, ComparisonBasis.BY_NAMES)


def test_an_ambiguous_name_that_may_mean_the_firm_is_undecided(small_engine: Engine) -> None:
    """紫光 may be 紫光国微; the names alone do not decide, because 国微 may be another brand."""
    assert small_engine.compare("紫光", "紫光国微").relation is UNDECIDED
    assert small_engine.compare("紫光", "紫光").relation is SAME
    assert small_engine.compare("紫光", "紫光股份").relation is SAME


def test_a_business_that_the_firm_is_not_known_for_is_another_firms(small_engine: Engine) -> None:
    """京东方 is called 京东方科技集团 in the table and nothing with 乳业; by the names alone that cannot be known."""
    assert small_engine.compare("京东方", "京东方乳业").relation is DIFFERENT
    assert _alone(small_engine, "京东方", "京东方乳业").relation is SAME
    assert small_engine.compare("华为", "华为技术实业公司").relation is SAME


ADDED_PLACES = [
    ("华为", "上海华为", DIFFERENT),
    ("华为", "深圳华为", SAME),  # its city
    ("华为", "中国华为", SAME),
    ("英伟达", "上海英伟达", DIFFERENT),  # of a thing to refuse the table knows no places
]


@pytest.mark.parametrize(("known", "other", "relation"), ADDED_PLACES)
def test_a_place_that_is_not_the_firms_makes_another_firm(
    small_engine: Engine, known: str, other: str, relation: NameRelation
) -> None:
    assert small_engine.compare(known, other).relation is relation
    assert small_engine.compare(other, known).relation is relation
    assert _alone(small_engine, known, other).relation is SAME


def test_a_shared_name_says_little_of_an_unknown_one(small_engine: Engine) -> None:
    """紫光 is several firms', and 紫光饮料 none of theirs."""
    assert small_engine.compare("紫光", "紫光饮料").relation is not SAME
    assert _alone(small_engine, "紫光", "紫光饮料").relation is SAME


def test_without_the_table_nothing_of_it_is_told(small_engine: Engine) -> None:
    found = _alone(small_engine, "华为", "海思")
    assert (found.first, found.second, found.basis) == (None, None, ComparisonBasis.BY_NAMES)
    assert found.relation is DIFFERENT
    assert found.first_parts.brand == "华为"


ONE_FIRM = [
    ("华为", "华为技术有限公司"),
    ("工行", "中国工商银行"),
    ("农行", "中国农业银行股份有限公司"),
    ("中石油", "中国石油天然气集团"),
    ("上汽", "上海汽车集团"),
    ("重百", "重庆百货大楼股份有限公司"),
    ("中国联通", "中国联合网络通信股份有限公司"),
    ("香雪制药", "广州市香雪制药股份有限公司"),
    ("光大银行龙岩分行", "中国光大银行股份有限公司龙岩分行"),
    ("长江证券武汉胜利街证券营业部", "长江证券股份有限公司武汉胜利街证券营业部"),
    ("青铜峡青龙新型管材有限公司", "青铜峡市青龙新型管材有限公司"),
    ("福建康田实业有限公司", "福建康田实业集团有限公司"),
    ("粤电力", "广东电力发展股份有限公司"),
    ("晋煤集团", "晋城煤业化工集团"),
    ("欧普泰", "上海欧普泰光伏检测仪有限公司"),
    ("豫园商城", "上海豫园旅游商城股份有限公司"),
    ("颖泰生物", "北京颖泰嘉和生物科技股份有限公司"),
    ("百利科技", "湖南百利工程科技股份有限公司"),
    ("长虹华意压缩机股份有限公司", "华意压缩机股份有限公司"),
    ("西安开元投资集团股份有限公司", "西安开元控股集团股份有限公司"),
    ("扬帆新材料（浙江）有限公司", "浙江扬帆新材料有限公司"),
    ("湖南视比特机器人有限公司", "长沙视比特机器人有限公司"),
    ("中行观前支行", "中国银行股份有限公司苏州观前支行"),
    ("李庄农村信用合作社", "李庄农村信用合作联社"),
    ("香港安纳联合制药有限公司", "香港安納聯合制葯有限公司"),
    ("Siemens Aktiengesellschaft", "Siemens AG"),
    ("OOO Oboronnye Initsiativy", "Oboronnye Initsiativy o.O.O."),
    ("Samsong Electronics Co., Ltd.", "Samsung Electronics Co., Ltd."),
    ("Brigade Forty-Four", "Brigade 44"),
]


@pytest.mark.parametrize(("first", "second"), ONE_FIRM)
def test_the_names_alone_say_one_firm(small_engine: Engine, first: str, second: str) -> None:
    for one, other in ((first, second), (second, first)):
        found = _alone(small_engine, one, other)
        assert found.relation is SAME, found
        assert found.confidence >= 0.5


NEAR_MISSES = [
    ("宝清县双利煤矿有限公司", "宝清县双柳煤矿有限公司"),
    ("深圳市拓搏实业有限公司", "深圳市拓博实业有限公司"),
    ("中山市昌建药业有限公司", "中山市昌健药业有限公司"),
    ("深圳华润丰实业发展有限公司", "深圳华银润丰实业发展有限公司"),
    ("山西晋南天然气有限责任公司", "山西晋西南天然气有限责任公司"),
    ("福建天策投资有限公司", "福建天策股权投资有限公司"),
    ("厦门市商业银行", "厦门农村商业银行股份有限公司"),
    ("中行厦门湖里支行", "中国农业银行股份有限公司厦门湖里支行"),
    ("大疆创新科技", "大疆百旺科技"),
    ("恒大", "恒大冰泉"),
    ("三元股份", "三元集团"),
    ("中核集团", "中广核集团"),
    ("双汇", "双汇集团"),
    ("华为技术", "深圳华为技术服务有限公司"),
    ("东方集团", "东方科学仪器进出口集团有限公司"),
    ("国盾", "国盾白山大理石有限公司"),
    ("开元投资有限公司", "开元有限公司"),
    ("武汉视比特机器人有限公司", "长沙视比特机器人有限公司"),
    ("中国船舶集团第七一〇研究所", "中国船舶集团第七〇一研究所"),
    ("东方电气", "东方电气集团东方锅炉股份有限公司"),
    ("Hengyi Petrochemical", "Hengli Petrochemical"),
    ("Apollo Investment Fund VIII L.P.", "Apollo Investment Fund IX L.P."),
    ("Bank of China (Hong Kong) Limited", "Bank of China (Singapore) Limited"),
]


@pytest.mark.parametrize(("first", "second"), NEAR_MISSES)
def test_near_misses_are_refused(small_engine: Engine, first: str, second: str) -> None:
    for one, other in ((first, second), (second, first)):
        assert _alone(small_engine, one, other).relation in (DIFFERENT, UNDECIDED)


@pytest.mark.parametrize(("first", "second"), [("ICBC", "中国工商银行"), ("688256.SH", "寒武纪"), ("汇丰", "HSBC")])
def test_names_of_different_kinds_cannot_contradict(small_engine: Engine, first: str, second: str) -> None:
    """Only a table could tell that 汇丰 is HSBC, and that it is not."""
    found = _alone(small_engine, first, second)
    assert (found.relation, found.evidence) == (UNDECIDED, ())


def test_pinyin_is_heard_across_scripts(small_engine: Engine) -> None:
    assert _alone(small_engine, "Hanwuji", "寒武纪").relation is SAME


def test_the_profile_sets_how_sure_it_must_be(small_engine: Engine) -> None:
    names = ("中石油", "中国石油天然气集团")
    relations = [_alone(small_engine, *names, profile=profile).relation for profile in Profile]
    assert dict(zip(Profile, relations, strict=True)) == {
        Profile.BALANCED: SAME,
        Profile.HIGH_PRECISION: UNDECIDED,
        Profile.HIGH_RECALL: SAME,
    }


def test_evidence_says_which_name_is_the_form(small_engine: Engine) -> None:
    found = _alone(small_engine, "中国工商银行", "工行")
    assert found.second_is_form
    assert EvidenceCode.ABBREVIATION_DERIVED in {piece.code for piece in found.evidence}
    assert not _alone(small_engine, "工行", "中国工商银行").second_is_form


@pytest.mark.parametrize("text", ["华为", "Huawei", "ＨＵＡＷＥＩ", "華為", "A", "公司", "有限公司", "科技"])
def test_a_name_is_its_own(small_engine: Engine, text: str) -> None:
    found = _alone(small_engine, text, text)
    assert (found.relation, [piece.code for piece in found.evidence]) == (SAME, [EvidenceCode.TEXT_EQUAL])


@pytest.mark.parametrize("with_table", [True, False])
def test_refused_texts_say_which_of_the_two(small_engine: Engine, with_table: bool) -> None:
    with pytest.raises(InvalidQuery) as refused:
        small_engine.compare("华为", "\x00", with_table=with_table)
    assert refused.value.field == "second"
    with pytest.raises(InvalidQuery) as refused:
        small_engine.compare("", "华为", with_table=with_table)
    assert refused.value.field == "first"


def test_any_two_texts_can_be_compared(small_engine: Engine) -> None:
    """Also what is no name at all, in both orders, with one answer."""
    texts = [
        "…",
        "(((",
        "，。",
        "123",
        "第",
        "省",
        "中国",
        "银行",
        "网",
        "x" * 512,
        "网" * 512,
        "🙂",
        "ООО БАЙ",
        "有限公司有限公司",
    ]
    for first in texts:
        for second in texts:
            for with_table in (True, False):
                one = small_engine.compare(first, second, with_table=with_table)
                other = small_engine.compare(second, first, with_table=with_table)
                assert (one.relation, one.confidence) == (other.relation, other.confidence), (first, second)
                assert 0.0 <= one.confidence <= 1.0
