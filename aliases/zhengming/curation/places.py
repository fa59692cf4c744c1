"""Names of mainland provinces and larger cities, in English and Chinese, as evidence of where a firm is."""

from __future__ import annotations

from zhengming.engine.fold import fold
from zhengming.engine.grammar import parse, place_key
from zhengming.engine.grammar.places import HAN_PLACES


def _words(text: str) -> list[str]:
    return text.split()


MAINLAND_ENGLISH = frozenset(
    _words("""
    anhui baoding baoji beijing bengbu changchun changsha changzhou chengdu chongqing dali dalian dongguan
    foshan fujian fuzhou gansu ganzhou guangdong guangxi guangzhou guilin guiyang guizhou haikou hainan hangzhou
    harbin hebei hefei heilongjiang henan hengyang hohhot hubei huizhou hunan huzhou jiangmen jiangsu jiangxi
    jiangyin jiaxing jilin jinan jinhua jiujiang kaifeng kunming kunshan lanzhou leshan lhasa liaoning linyi
    liuzhou luoyang mianyang nanchang nanjing nanning nantong ningbo ningxia qingdao qinghai quanzhou sanya
    shaanxi shandong shanghai shantou shanxi shaoxing shenyang shenzhen shijiazhuang sichuan suzhou taiyuan
    taizhou tangshan tianjin tibet urumqi weifang weihai wenzhou wuhan wuhu wuxi xi'an xiamen xian xiangtan
    xiangyang xianyang xining xinjiang xinxiang xizang xuzhou yancheng yangzhou yantai yichang yinchuan yiwu
    yunnan zhangzhou zhaoqing zhejiang zhengzhou zhenjiang zhongshan zhuhai zhuzhou zibo zunyi
    """)
)
"""Single words only; "Inner Mongolia" and other two-word names stay in the name."""

MAINLAND_CHINESE = tuple(
    _words("""
    北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西
    甘肃 青海 广西 宁夏 新疆 西藏 内蒙古 深圳 广州 杭州 南京 苏州 成都 武汉 西安 厦门 青岛 大连 宁波 郑州 长沙 沈阳 珠海 中国
    国家 中华 全国
    """)
)

_REGIONS = frozenset(place.region for place in HAN_PLACES.values())
_PROVINCES = _REGIONS - {"beijing", "shanghai", "tianjin", "chongqing", "hong kong", "macau"}
_WRITTEN = {
    name.replace("'", "").lower(): name
    for name in _words("Guang'an Huai'an Ji'an Lu'an Ma'anshan Pu'er Tai'an Xi'an Ya'an Yan'an")
} | {"lvliang": "Lüliang", "tahe": "Luohe"}
"""Key → how the city is written, where title case is not it. 漯河 is Luohe; the grammar's key reads 漯 as in 漯水."""


def city_name(*texts: str) -> str:
    """Return the English name of the first text that is a known city, in Chinese or Latin letters; else nothing.

    >>> city_name("西安市", "Corte Madera"), city_name("", "Corte Madera"), city_name("宿州市")
    ("Xi'an", '', 'Suzhou')
    """
    for text in filter(None, texts):
        key = place_key(fold(text))
        if key == "jilin":  # In a column of cities it is not the province.
            return "Jilin"
        if name := _city_of_key(key):
            return name
    return ""


def city_in_name(legal: str) -> str:
    """Return the English name of the city that a Chinese legal name begins with or holds in brackets; else nothing."""
    return next(filter(None, map(_city_of_key, parse(legal).places)), "")


def _city_of_key(key: str) -> str:
    """Return how a city is written: "suzhou anhui" is the Suzhou of Anhui. A province or a country is no city."""
    if not key or key in _PROVINCES or key == "china":
        return ""
    words = key.split()
    if len(words) > 1 and words[-1] in _REGIONS:
        words.pop()
    name = " ".join(words)
    return _WRITTEN.get(name, name.title())
