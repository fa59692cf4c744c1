"""What is found in a text and what is not, by the bundled table."""

from __future__ import annotations

import pytest
from zhengming.aliases.model import RelationType
from zhengming.engine import Engine, NotFoundReason, Outcome, Profile
from zhengming.engine.linking import InvalidText, LinkedText, LinkOptions, Mention, SignalCode
from zhengming.engine.linking.confidence import mention_confidence
from zhengming.engine.linking.policy import CONFIDENCE_LINE, MAX_CODE_POINTS, WINDOW
from zhengming.engine.weights import logistic

NEWSWIRE = (
    "SenseTime (0020.HK), Huawei Technologies and Shanghai Biren Intelligent Technology were added to the list, while "
    "Moore Threads Intelligent Technology (Beijing) Co. and Baidu's chip unit declined to comment. Naura fell 3% as "
    "Nvidia Corp. gained, UBS analysts told Bloomberg News."
)

LINKED = {
    # text → names of the table's firms that must be linked, exactly these, in order
    NEWSWIRE: (
        "SenseTime",
        "Huawei Technologies",
        "Shanghai Biren Intelligent Technology",
        "Moore Threads Intelligent Technology (Beijing) Co.",
        "Baidu",
        "Naura",
    ),
    "寒武纪(688256)与摩尔线程宣布合作。": ("寒武纪", "摩尔线程"),
    "寒武紀與摩爾線程宣布合作。": ("寒武紀", "摩爾線程"),
    "小米集团-W<1810.HK>高开，京东方A公告。": ("小米集团-W", "京东方A"),
    "ＨＵＡＷＥＩ发布新机。": ("ＨＵＡＷＥＩ",),
    "Yangtze Memory\nTechnologies declined to comment.": ("Yangtze Memory\nTechnologies",),
    "Huawei's phones and Xiaomi's cars sold well.": ("Huawei", "Xiaomi"),
    "ByteDance Ltd. and Tencent Holdings Ltd said so.": ("ByteDance Ltd.", "Tencent Holdings Ltd"),
    "华为技术有限公司、腾讯控股及阿里巴巴集团均未回应。": ("华为技术有限公司", "腾讯控股", "阿里巴巴集团"),
    "记者从京东方获悉。": ("京东方",),
    "*ST长油今日停牌。": ("*ST长油",),
    "The stock 1810.HK closed higher.": ("1810.HK",),
    # Words that are also names, and names inside other things.
    "早餐是小米粥，美团队输了比赛。": (),
    "风景绝美的小镇，他的理想是美好的，百度春回。": (),
    "中国银行业的不良率下降。": (),
    "他读完《理想国》，住在理想国际大厦。": (),
    "侯小米的同学肖长虹来了。": (),
    "太平洋舰队驶过太平洋。": (),
    "Boe per day rose, the DJI index fell, the horizon is wide.": (),
    "小米14很好用，百度地图更新了。": (),
    "合肥建投出资。": (),
    # A firm named in full licenses its short name, but no use of the word that its neighbours speak against.
    "联想集团发布财报，让人联想到去年。": ("联想集团",),
    "联想集团发布财报，联想称需求强劲。": ("联想集团", "联想"),
    "美的集团开了店，最美的还是街景。": ("美的集团",),
    "字节跳动限制为512字节。": ("字节跳动",),
    "Great Wall Motor opened a plant near the Great Wall.": ("Great Wall Motor",),
    # A thing that firms have, and wares without a model, stand behind a firm's name; a model makes a product of it.
    "买了小米手机，看了小米的销量。": ("小米", "小米"),
    "Xiaomi Pad 8 and Xiaomi YU7 sold out.": (),
    "Xiaomi Q3 profit fell, Lenovo rose 3.2%.": ("Xiaomi", "Lenovo"),
    "Huawei 5G gear was removed.": ("Huawei",),
    # Several words are a name by their capitals: in small letters they are a phrase, whatever else the text names.
    "Moore Threads, Baidu and Nio rose. A black sesame festival opened.": ("Moore Threads", "Baidu", "Nio"),
    "Focus Media fell: the focus media put on it hurt.": ("Focus Media",),
    # What counts, defines or calls.
    "ZTE 是某种设备的缩写，道指DJI收跌。": (),
    "12 华为服务器到货。": ("华为",),
    "邻居都叫他小鹏。": (),
    "The Bank of China is expanding.": ("Bank of China",),
    # The period of a form is its own, a sentence's end before a name is not, and a firm before "and" is another.
    "It is owned by Contemporary Amperex Technology Co. since then.": ("Contemporary Amperex Technology Co.",),
    "It ships on Monday. Perfect World Co. confirmed it.": ("Perfect World Co.",),
    "Sensors come from Acmetron and Zhejiang Dahua Technology Co. only.": ("Zhejiang Dahua Technology Co.",),
}

REFUSED = {
    "Nvidia rose.": ("Nvidia", NotFoundReason.OUT_OF_SCOPE),
    "台积电(2330.TW)公告。": ("台积电", NotFoundReason.OUT_OF_SCOPE),
    "Alipay+ opened in Malaysia.": ("Alipay+", NotFoundReason.NOT_AN_ORGANIZATION),
    "近日，深圳市大疆百旺科技有限公司成立。": ("深圳市大疆百旺科技有限公司", NotFoundReason.POSSIBLE_AFFILIATE),
}


def _linked(answer: LinkedText) -> list[Mention]:
    return [mention for mention in answer.mentions if mention.resolution.outcome is Outcome.MATCH]


@pytest.mark.parametrize("text", LINKED)
def test_firms_are_linked_where_they_stand_and_nowhere_else(engine: Engine, text: str) -> None:
    assert tuple(mention.text for mention in _linked(engine.link(text))) == LINKED[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_covered_is_a_mention_with_its_reason(engine: Engine, text: str) -> None:
    written, reason = REFUSED[text]
    mention = next(mention for mention in engine.link(text).mentions if mention.text == written)
    assert mention.resolution.outcome is Outcome.NOT_FOUND
    assert mention.resolution.not_found_reason is reason


def test_a_newswire_passage_refuses_the_three_foreign_firms(engine: Engine) -> None:
    refused = [one for one in engine.link(NEWSWIRE).mentions if one.resolution.outcome is Outcome.NOT_FOUND]
    assert [one.text for one in refused] == ["Nvidia Corp.", "UBS", "Bloomberg News"]
    assert {one.resolution.not_found_reason for one in refused} == {NotFoundReason.OUT_OF_SCOPE}


def test_a_mention_links_as_its_text_resolves(engine: Engine) -> None:
    for text in LINKED:
        for mention in _linked(engine.link(text)):
            alone = engine.resolve(" ".join(mention.text.split()))
            assert alone.firm_id in ("", mention.resolution.firm_id), mention.text


def test_a_full_name_earlier_licenses_the_short_name_that_several_carry(engine: Engine) -> None:
    alone = engine.link("长城汽车发布公告。")
    firm = _linked(alone)[0].resolution.firm_id
    text = "长城汽车发布公告。长城表示，销量增长。"
    short = [mention for mention in engine.link(text).mentions if mention.text == "长城"]
    assert [mention.resolution.firm_id for mention in short] == [firm]
    assert SignalCode.CO_MENTION in {signal.code for signal in short[0].signals}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Unigroup Guoxin, a unit of Unigroup, fell.", "Unigroup"),
        ("Geely Auto rose; Geely's unit Zeekr fell.", "Geely"),
        ("吉利汽车涨停，吉利旗下极氪上市。", "吉利"),
    ],
)
def test_a_subsidiary_named_in_full_is_not_the_owner_of_a_firm(engine: Engine, text: str, name: str) -> None:
    owner = [mention for mention in engine.link(text).mentions if mention.text == name]
    assert [mention.resolution.outcome for mention in owner] == [Outcome.AMBIGUOUS]


def test_a_code_beside_a_name_settles_it(engine: Engine) -> None:
    mention = engine.link("理想(2015.HK)涨3%").mentions[0]
    assert mention.text == "理想"
    assert mention.mention_confidence > 0.9
    assert mention.signals[0].code is SignalCode.CODE_BESIDE


def test_high_precision_returns_a_part_of_what_balanced_returns(engine: Engine) -> None:
    for text in LINKED:
        sure = engine.link(text, LinkOptions(profile=Profile.HIGH_PRECISION)).mentions
        usual = {(one.start, one.end) for one in engine.link(text).mentions}
        assert {(one.start, one.end) for one in sure} <= usual


def test_products_are_told_to_those_who_ask_for_little(engine: Engine) -> None:
    text = "百度地图更新了。"
    assert engine.link(text).mentions == ()
    mention = engine.link(text, LinkOptions(min_mention_confidence=0.1)).mentions[0]
    assert mention.text == "百度地图"
    assert mention.resolution.not_found_reason is NotFoundReason.NOT_AN_ORGANIZATION
    assert mention.resolution.decoy is not None
    assert mention.resolution.decoy.owner is not None


def test_the_firm_that_acts_first_is_the_most_relevant(engine: Engine) -> None:
    answer = engine.link("长川科技公告称，向中芯国际交付测试机。中芯国际、中芯国际。")
    firms = [_linked(answer)[firm.mentions[0]].text for firm in answer.firms]
    assert firms == ["长川科技", "中芯国际"]
    assert sum(firm.relevance for firm in answer.firms) == pytest.approx(1, abs=1e-3)
    assert all(answer.mentions[place].relevance == firm.relevance for firm in answer.firms for place in firm.mentions)


def test_relations_between_firms_of_a_text_are_told(engine: Engine) -> None:
    answer = engine.link("海思半导体是华为技术有限公司旗下的芯片公司。")
    parents = [one for one in answer.relations if one.type is RelationType.PARENT_OF]
    assert [(one.from_firm.display_zh, one.to_firm.display_en) for one in parents] == [("华为", "HiSilicon")]


def test_a_long_text_is_read_in_windows_and_nothing_is_lost_or_shifted(engine: Engine) -> None:
    sentence = "寒武纪(688256)与摩尔线程宣布合作。"
    for filler in ("今天天气很好，", "今天天气很好。\n"):
        gap = filler * (WINDOW // len(filler))
        text = sentence + gap + sentence + gap + sentence
        found = _linked(engine.link(text))
        assert [one.text for one in found] == ["寒武纪", "摩尔线程"] * 3
        assert all(text[one.start : one.end] == one.text for one in found)


def test_a_name_across_the_edge_of_a_window_is_found_once(engine: Engine) -> None:
    for shift in range(-6, 7):
        text = "。" * (WINDOW + shift) + "寒武纪(688256)公告。" + "。" * 50
        assert [one.text for one in _linked(engine.link(text))] == ["寒武纪"], shift


def test_the_same_text_gives_the_same_answer(engine: Engine) -> None:
    assert engine.link(NEWSWIRE) == engine.link(NEWSWIRE)


@pytest.mark.parametrize(
    ("text", "reason"), [("a" * (MAX_CODE_POINTS + 1), "TOO_LONG"), ("寒武纪\ud800", "INVALID_UNICODE")]
)
def test_a_text_that_cannot_be_read_is_refused(engine: Engine, text: str, reason: str) -> None:
    with pytest.raises(InvalidText) as caught:
        engine.link(text)
    assert caught.value.reason == reason


def test_an_empty_text_names_nobody(engine: Engine) -> None:
    assert engine.link("") == LinkedText((), (), ())


OTHER_SENSES = (
    # A word that is a firm's name too, marked so by an editor.
    "清晨的曙光照进山谷。",
    "他是胡同里的孩子王，也算有点大智慧。",
    "愿新的一年带来新希望。",
    # A phrase in quotes that only begins with the name.
    "考题是“商汤灭夏”的年代。",
    # What only an age, a stone, a place or a work has.
    "馆里收藏着一块寒武纪化石。",
    "寒武纪是地球生命史上著名的动物大爆发。",
    "京东一带的老房子都拆了。",
    "Perfect World, a 1993 film, was on television.",
    "They met at the Great Wall gift shop.",
    "Fans of Guangzhou Evergrande sang all night.",
    "Evergrande FC drew at home.",
    # A person named after a relation, with a title, or behind 叫; a product with its kind.
    "我的朋友李宁昨天结婚了。",
    "Mr. Nio Chan covers shippers.",
    "她的丈夫叫王海康。",
    "新款华为 Pura系列开售。",
    "Youdao Dictionary Pen sales doubled.",
    # Letters of another name: a trade goes on behind, a place stands before, a group word behind makes a name like another's.
    "东盛新材被罚款四十万元。",
    "昆明电子城增资四亿元。",
    "张裕集团股东发生变更。",
    "存款量和信贷量均大幅放大。",
)


@pytest.mark.parametrize("text", OTHER_SENSES)
def test_another_sense_is_not_linked(engine: Engine, text: str) -> None:
    assert _linked(engine.link(text)) == []


FIRMS_BESIDE_THEM = {
    # The same names, and the same surroundings, where a firm is meant.
    "孩子王公告，公司一季度净利润同比增长。": "孩子王",
    "大智慧(601519)今日停牌。": "大智慧",
    "月之暗面完成新一轮融资，估值翻倍。": "月之暗面",
    "机器人公告，公司中标一项合同。": "机器人",
    "金融街公告，公司拟发行债券。": "金融街",
    "“华为系”创业者聚会。": "华为",
    "同学借来的小米充电宝坏了。": "小米",
    "分析师对标寒武纪给出目标价。": "寒武纪",
}


@pytest.mark.parametrize(("text", "name"), FIRMS_BESIDE_THEM.items())
def test_a_firm_is_linked_where_its_neighbours_say_so(engine: Engine, text: str, name: str) -> None:
    assert [one.text for one in _linked(engine.link(text))] == [name]


def test_a_delisted_bearer_of_a_name_is_not_meant_in_the_news_of_listed_firms(engine: Engine) -> None:
    (mention,) = _linked(engine.link("白云山公告，公司董事会通过分红方案。"))
    assert mention.resolution.firm_id == engine.resolve("600332.SH").firm_id


def test_confidence_rises_with_the_signals_and_is_a_probability() -> None:
    odds = [step / 10 for step in range(-120, 121)]
    stated = [mention_confidence(one) for one in odds]
    assert stated == sorted(set(stated))
    assert 0 < stated[0] < stated[-1] < 1
    assert [mention_confidence(knot) for knot, _ in CONFIDENCE_LINE] == pytest.approx(
        [logistic(height) for _, height in CONFIDENCE_LINE]
    )


PARTS_OF_LONGER_NAMES = (
    # The head: what goes on is no word, a trade or a place before a firm's doings.
    "公司收购华菱湘钢13.68%股权。",
    "截止公告日，华泰瑞联持有公司股份。",
    "子公司中核华兴先后中标两项工程。",
    "公司拟收购盛屯锂业100%股权。",
    "公司出售南钢发展38.72%股权。",
    "股东中交西安减持585万股。",
    # The tail: a subsidiary or a holder is announced, or a place is glued to a short name.
    "公司及全资子公司广州越秀金控出售资产。",
    "控股子公司美洲华大收到注册证。",
    "控股子公司华大因源制造两项产品。",
    "股东为镒航投资、慧邦天合、昭元投资。",
    "股东经纬兴业拟减持股份。",
    "公司与山西国投签署合作框架协议。",
    # A fund, a market and an authority are no firms.
    "民生蓝筹混合型基金净值下跌。",
    "银行在中国银行间市场交易商协会注册。",
    "华夏银行公告，公司近日收到中国银行保险监督管理委员会的批复。",
    # A boss of a supplier.
    "原供应商老板内幕交易遭罚。",
)


@pytest.mark.parametrize("text", PARTS_OF_LONGER_NAMES)
def test_a_part_of_a_longer_name_is_not_linked(engine: Engine, text: str) -> None:
    assert {one.text for one in _linked(engine.link(text))} <= {"华夏银行"}


def test_the_head_of_a_firms_own_longer_name_does_not_say_what_a_word_means(engine: Engine) -> None:
    text = "他在打太极，不肯给准信。直到太极股份的中标公告出来。"
    linked = _linked(engine.link(text, LinkOptions(profile=Profile.HIGH_PRECISION)))
    assert [one.text for one in linked] == ["太极股份"]


HEADLINES = {
    # What stands behind a short name without a word of firms: verbs of one character, people, places, other firms.
    "恒大浮亏1.4亿元。": "恒大",
    "工行则需要二十万元。": "工行",
    "阿里郑俊芳谈打假。": "阿里",
    "万科杭州公司发来微信。": "万科",
    "农行珞狮路支行一名经理解释。": "农行",
    "騰訊齊挫，恒指失守。": "騰訊",
    "控股股东减持小米。": "小米",
    "华为荣获年度金奖。": "华为",
    "腾讯诚聘工程师。": "腾讯",
    "恒大尚待处置。": "恒大",
    "公司股东方面小米表示支持。": "小米",
    # What a firm does with funds is no fund's name.
    "招商证券发布指数基金产品。": "招商证券",
    "中信证券宣布增持股票基金。": "中信证券",
    "宁德时代拖累指数基金。": "宁德时代",
}


@pytest.mark.parametrize(("text", "name"), HEADLINES.items())
def test_a_headline_behind_a_name_is_no_more_of_the_name(engine: Engine, text: str, name: str) -> None:
    assert [one.text for one in _linked(engine.link(text))] == [name]


def test_a_longer_name_told_once_is_known_again_in_the_text(engine: Engine) -> None:
    again = "华晟领飞重点投资于新媒体。"
    assert [one.text for one in _linked(engine.link(again))] == ["华晟"]
    assert _linked(engine.link("公司受让华晟领飞6.46%份额。" + again)) == []


def test_of_two_legal_names_joined_by_a_word_each_is_one(engine: Engine) -> None:
    for joining in ("与", "和", "及", "以及"):
        text = f"华为技术有限公司{joining}腾迅达电子（深圳）有限公司签约。"
        found = engine.link(text).mentions
        assert [one.text for one in found] == ["华为技术有限公司", "腾迅达电子（深圳）有限公司"], text
        assert [one.resolution.outcome for one in found] == [Outcome.MATCH, Outcome.NOT_FOUND], text


def test_the_words_beside_a_part_make_no_part_of_the_name_elsewhere(engine: Engine) -> None:
    texts = {
        "昨日，中国银行间市场交易清淡。昨日，中国银行宣布降息。": "中国银行",
        "今年中信证券债券型基金净值下跌。今年中信证券净利润增长。": "中信证券",
    }
    for text, name in texts.items():
        assert [(one.text, one.start > len(text) // 2) for one in _linked(engine.link(text))] == [(name, True)], text


def test_known_limit_two_known_names_in_a_row_may_be_one_unknown(engine: Engine) -> None:
    """华宝兴业 is a fund house that the table lacks: two names of the table make its name, and nothing tells it from 淘宝天猫."""
    assert [one.text for one in _linked(engine.link("公司正洽谈出售华宝兴业49%股权。"))] == ["兴业"]
