"""Tables of invented firms of any size: city, brand, trade and legal form, two to four names a firm. Same seed, same table.

Denser than life: a few hundred characters and thirty trades make all brands, so that the lists of an n-gram index are longer
and look-alikes nearer than in a table of as many real names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from pypinyin import Style, lazy_pinyin
from zhengming.aliases.model import Ambiguity, DateBasis, Firm, FirmKind, FirmState, Name, NameKind, Source, Table


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SEED = 20261123
_SOURCE = "synthetic"
_CITIES = _words(
    "北京 上海 广州 深圳 杭州 南京 苏州 无锡 常州 宁波 合肥 武汉 长沙 成都 重庆 西安 济南 青岛 郑州 天津 大连 沈阳 "
    "厦门 福州 南昌 昆明 贵阳 南宁 太原 长春 珠海 东莞 佛山 嘉兴 绍兴 温州 烟台 徐州 南通 芜湖"
)
_TRADES = dict(
    pair.split("=")
    for pair in _words(
        "科技=Technology 电子=Electronics 半导体=Semiconductor 微电子=Microelectronics 光电=Optoelectronics 软件=Software "
        "信息技术=Information_Technology 网络科技=Network_Technology 智能科技=Intelligent_Technology 通信=Communications "
        "数据=Data 机器人=Robotics 自动化=Automation 新能源=New_Energy 新材料=New_Materials 生物科技=Biotechnology "
        "医疗器械=Medical_Devices 制药=Pharmaceutical 汽车=Automotive 航空=Aviation 电气=Electric 机械=Machinery "
        "精密制造=Precision_Manufacturing 化工=Chemical 环保=Environmental_Protection 物流=Logistics 传媒=Media "
        "装备=Equipment 仪器=Instruments 能源=Energy"
    )
)
_FORMS = (("有限公司", "Co., Ltd."), ("股份有限公司", "Corporation Limited"), ("有限责任公司", "Company Limited"))
_FORM_SHARES = (6, 3, 1)
_CHARACTERS = (
    "华中国新天海金信达明德瑞泰安康盛兴隆宏伟业科创智联云星辰光远航宇博文雅思源恒大同方正和平永利通汇鑫银宝玉龙凤麒麟"
    "鹏飞翔鸿雁腾跃骏驰东南西北江河湖山川岳峰岭松柏竹梅兰菊荣茂林森木水火土石晶芯微纳米电子能量动力驱控机器精密准诚"
    "信义仁礼慧颖卓越优良佳美善真理想梦圆满福禄寿喜嘉庆祥吉顺昌富贵亨元亿万千百十三一立建设固坚强健壮友邦盟众合众聚"
    "集群英豪杰俊奇特异晨曦朝阳旭日升曙月皓洁清净澄蓝绿青紫丹朱彩虹霞雪冰霜雨露风雷霆震乾坤道玄奥妙灵犀神州夏商周"
    "秦汉唐宋紫禁京沪粤港深圳湾浦江陵阳州城池堡塔楼阁亭台轩苑园林野原田禾稻麦谷丰收获硕果实质量品格致知行意志成功"
    "凯旋歌舞乐韵律声音响亮视觉界域疆土维度量子弦波频谱码图像影幻视迅捷速疾锐利锋芒剑盾甲卫士护航舰舟帆桥梁栋柱础基石"
)


@cache
def _brand_characters() -> tuple[str, ...]:
    return tuple(dict.fromkeys(_CHARACTERS))


@dataclass(frozen=True, slots=True)
class Made:
    """The parts that an invented firm's names are made of."""

    city: str
    brand: str
    trade: str
    form: int
    """Number of the legal form."""

    @property
    def full_chinese(self) -> str:
        """The registered name."""
        return self.city + self.brand + self.trade + _FORMS[self.form][0]

    @property
    def full_english(self) -> str:
        """The registered name in English."""
        return f"{_latin(self.city)} {_latin(self.brand)} {_english(self.trade)} {_FORMS[self.form][1]}"

    @property
    def short_chinese(self) -> str:
        """Brand and trade."""
        return self.brand + self.trade

    @property
    def short_english(self) -> str:
        """Brand and trade in English."""
        return f"{_latin(self.brand)} {_english(self.trade)}"

    def with_brand(self, brand: str) -> Made:
        """Return the firm that differs in nothing but the brand."""
        return replace(self, brand=brand)


def invent(random: Random) -> Made:
    """Draw the parts of one firm."""
    return Made(
        random.choice(_CITIES),
        invent_brand(random, random.choice((2, 2, 2, 3))),
        random.choice(tuple(_TRADES)),
        random.choices((0, 1, 2), _FORM_SHARES)[0],
    )


def invent_brand(random: Random, length: int) -> str:
    """Draw a brand of so many characters."""
    return "".join(random.choices(_brand_characters(), k=length))


def invented_firms(names: int, seed: int = SEED) -> Iterator[tuple[Made, tuple[Name, ...]]]:
    """Yield firms with their names, `names` names in all. No two firms have a name in common."""
    random = Random(seed)
    taken: set[str] = set()
    left, number = names, 0
    while left:
        made = invent(random)
        short_chinese, short_english = random.random() < 0.6, random.random() < 0.4
        if not taken.isdisjoint((made.full_chinese, made.full_english)):
            continue
        firm_id = f"ZMBENCH{number:07d}"
        number += 1
        lines = [
            _name(firm_id, made.full_chinese, "zh-Hans", NameKind.LEGAL),
            _name(firm_id, made.full_english, "en", NameKind.TRANSLATION),
        ]
        if short_chinese and made.short_chinese not in taken:
            lines.append(_name(firm_id, made.short_chinese, "zh-Hans", NameKind.SHORT))
        if short_english and made.short_english not in taken:
            lines.append(_name(firm_id, made.short_english, "en", NameKind.SHORT))
        del lines[left:]
        left -= len(lines)
        taken.update(line.text for line in lines)
        yield made, tuple(lines)


def synthetic_table(names: int, seed: int = SEED) -> Table:
    """Return a table with so many names. It has firms, names and one source, and nothing else."""
    firms: list[Firm] = []
    lines: list[Name] = []
    for made, held in invented_firms(names, seed):
        firms.append(_firm(held[0].firm_id, made))
        lines += held
    source = Source(_SOURCE, "Invented names", "tests/bench/synthetic.py", "", "", "", "")
    return Table(firms=tuple(firms), names=tuple(lines), sources=(source,))


def _firm(firm_id: str, made: Made) -> Firm:
    return Firm(
        firm_id, FirmKind.COMPANY, made.short_chinese, made.short_english, "", "", True, "CN", _latin(made.city), "", "",
        FirmState.ACTIVE, "curated",
    )  # fmt: skip


def _name(firm_id: str, text: str, language: str, kind: NameKind) -> Name:
    return Name(firm_id, text, language, kind, "", "", DateBasis.NONE, Ambiguity.NONE, True, _SOURCE)


def _english(trade: str) -> str:
    return _TRADES[trade].replace("_", " ")


@cache
def _syllable(character: str) -> str:
    return str(lazy_pinyin(character, style=Style.NORMAL)[0])


_NAMED_CITIES = {"重庆": "Chongqing", "厦门": "Xiamen", "西安": "Xi'an", "长沙": "Changsha", "长春": "Changchun"}
"""Cities whose characters have other readings by themselves."""


def _latin(text: str) -> str:
    return _NAMED_CITIES.get(text) or "".join(map(_syllable, text)).capitalize()
