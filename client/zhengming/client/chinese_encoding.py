"""Which of the two Chinese encodings a text is in: told by how usual its characters are in names of firms.

Nearly every byte string reads in GB18030 and in Big5 alike, but only in the right one are its characters those of names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

CANDIDATES: Final = ("gb18030", "big5hkscs")
"""Codecs that are held against each other. The first wins a tie: it is by far the more common in files."""

# The most frequent characters of the Chinese names of the alias table and their traditional forms, the first 700,
# counted in November 2026; a new count would change nothing that matters.
_USUAL: Final = frozenset(
    "公司有限股份科技中集电团海国新北业京华能天江信上东子控州通智源深工金光南术大安圳化生广材药微苏所物山力达"
    "机航网市方芯息联西发研创汽车浙云康泰星建医三特究高成体團美國料合德导瑞长动重龙利数展半环器行学博实络商院"
    "际精城投盛银四杭石阳宝福恒资湖人保家川百電威一普制飞宁業空气设尔品备装路汉明華地万件亚思和富易第兴都河文"
    "斯讯船程武产宏软林疗维丰服青波宇元钢水乐世健立务赛传远迪港太邦藥马融洋嘉徽九津晶凯计珠润神汇腾同视小庆基"
    "厦农鑫开吉永油正时民蓝媒奥食心用佳七英门铁密育克无爱运格风械造東捷五众诺代游醫道際鼎米慧券教境算连超互岛"
    "疆舶兰十森理字任旅友春日峰達交二平奇图哈责流聚锡昌酒矿隆纪虹统移士莱肥速量清线阿自花亿紫据系洲雅景仪顺拓"
    "证惠绿管辰益原銀纺为里来极杰度比田常艾睿先創冠全發纳测锐火沃鸿香得荣贝多黄点鲁贵桥影红双尚派唐雷禾昆锦快"
    "聯迈付客胜居首优古晨松陕摩卓煤欣恩进升辉出沈夏凌鹏六卫包卡纸環本越应翔灵之台巨色热园军部茂療朗務蒙轮燃龍"
    "圣弘翼验猫房牛欧省支娱兆振核诚链意复声白浦豪浪济望置黑滨谷菱知贸彩仁旭祥王廣雪申塑口洛泉拉节氣伟音活宜在"
    "招迅具内零硅玻室藏車辽锋寶铝塔潮途界雲企好盈象纤码久曼因粤种罗场致孚防帝丽鸟货浩酷長麦機八态可强然巴箭帆"
    "千织甘希缆岭外显未驰扬動储萬蘇泥資證激艺泽索洁瀚梦启耀術承興裕下想木店球鋼牧悦志亞存磁钛轴果君头產加眼堂"
    "至烟厂陽桂凤柴秦旗虎间菲矽放解铜昂仕齐熊歌筑沪饰印步蚁播燕盾岩奧领莞爾沙潤陵軟土洪網遠必陆真丹事圆坤盟傳"
    "団压數池粮佛趣湘与奕伦佰照璃胶协澳昊晟凰樂旺感氢蚂壹學豐製郑戏纬分区目梅柏飛冰托示稀雄经期手綠維财擎前寧"
    "村畅井亨伊法農型賽片泛检舟供脉钱仙容鹰凱諾礦冷鐵體導實絡恆設備裝漢訊馬計匯騰視慶廈開時藍門無愛運風衆遊連"
    "島蘭峯圖責錫紀統萊線億據儀順紡爲裏來極傑納測銳鴻榮貝黃點魯貴橋紅雙錦邁勝優陝進輝鵬衛紙應靈臺熱園軍輪聖驗"
    "貓歐娛誠鏈復聲濟濱貿節偉內遼鋒鋁纖碼粵種羅場麗鳥貨麥態強織纜嶺顯馳揚儲藝澤潔夢啓悅鈦軸頭煙廠鳳間銅齊築滬"
    "飾蟻巖領陸圓壓糧與倫膠協氫螞鄭戲緯區經財暢檢脈錢鷹"
    "称稱类別类型类別国國别別省市县縣区區号號码碼地址电話话备備注註序日期金额額"
)

_PLAUSIBLE: Final = -0.2
"""Least mean plausibility of a text that is Chinese: below, it is something else that happens to decode."""


_CHINESE_TEXT: Final = 0.9
_SURELY_CHINESE: Final = 0.6
# Least share of Chinese characters and ASCII, and mean plausibility of a text that UTF-8 could also be: found on 12,000
# names that the table does not have, and words of other scripts.

_OTHER_SCRIPT: Final = re.compile(
    r"[A-Za-z][\u00c0-\u024f]|[\u00c0-\u024f][A-Za-z]"
    r"|[\u0370-\u03ff]{3}|[\u0400-\u052f]{3}|[\u0530-\u058f]{3}|[\u0590-\u05ff]{3}|[\u0600-\u06ff]{3}"
)
# An accented letter within a word, as in Nestlé; three letters of Greek, Cyrillic, Armenian, Hebrew or Arabic in a row.


def guess_encoding(lines: Sequence[bytes], one_cell: bytes = b"") -> str | None:
    """Return the more plausible codec of lines that are not UTF-8, or None when none reads them as Chinese.

    Args:
        lines: whole lines with bytes above 0x7F. Lines that do not decode count against a codec, but do not rule it out.
        one_cell: the whole input when it may be a single name without a line end, which UTF-16 must be told by.
    """
    told = {codec: _plausibility(lines, codec) for codec in CANDIDATES}
    if one_cell and len(one_cell) % 2 == 0:
        told |= {codec: _plausibility_of_cell(one_cell, codec) for codec in ("utf-16-le", "utf-16-be")}
    found = max(told, key=lambda codec: told[codec])
    return found if told[found] >= _PLAUSIBLE else None


def share_of_usual(text: str) -> float:
    """Return the share of characters that are ASCII or usual in Chinese names of firms; 0 for an empty text."""
    return sum(char in _USUAL or "\t" <= char <= "~" for char in text) / max(len(text), 1)


def reads_as_chinese(data: bytes, codec: str) -> bool:
    """Tell whether a reading is made of Chinese characters and ASCII, rare ones too, and hardly anything else."""
    text = data.decode(codec, "replace")
    good = sum(char in "\t\r\n" or " " <= char <= "~" or _is_chinese(char) for char in text)
    return good >= len(text) * _CHINESE_TEXT


def is_gb18030_by_chance_utf8(lines: Sequence[bytes]) -> bool:
    """Tell whether lines that are valid UTF-8 are GB18030 nevertheless: 隆胜 is C2 A1 CA A4, which UTF-8 reads as ¡ʤ.

    Only text without a single Chinese character is doubted, and only when GB18030 makes usual names of it: Cyrillic,
    Greek and the accents of European names do not become that.

    Args:
        lines: those that are not ASCII.
    """
    if not lines or any(byte >= 0xE0 for line in lines for byte in line):
        return False
    texts = [line.decode("utf-8") for line in lines]
    if any(_OTHER_SCRIPT.search(text) or sum(not char.isascii() for char in text) < 2 for text in texts):
        return False
    return _plausibility(lines, "gb18030") >= _SURELY_CHINESE


def _is_chinese(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or char in "（）·、《》—“”"


def _plausibility(lines: Sequence[bytes], codec: str) -> float:
    """Return the mean weight of the characters, at most 1. An undecodable line weighs as much as its rare characters."""
    total = weight = 0.0
    for line in lines:
        try:
            text = line.decode(codec)
        except UnicodeDecodeError:
            count = sum(byte > 0x7F for byte in line) / 2
            total += count
            weight -= count
            continue
        for char in text:
            if not char.isascii():
                total += 1
                weight += _weight(char, codec)
    return weight / total if total else 0.0


def _plausibility_of_cell(data: bytes, codec: str) -> float:
    """Return the share of usual characters of a cell that is Chinese as a whole, else -1."""
    text = data.decode(codec, "replace")
    return sum(char in _USUAL for char in text) / len(text) if all(map(_is_chinese, text)) else -1.0


def _weight(char: str, codec: str) -> float:
    if char in _USUAL:
        return 1.0
    raw = char.encode(codec)
    if len(raw) != 2:
        return -1.0
    # Both standards put their everyday characters into a first level of their own.
    if codec == "gb18030":
        everyday = 0xB0 <= raw[0] <= 0xD7 and raw[1] >= 0xA1
        # Chinese punctuation and full-width letters.
        mark = raw[0] in (0xA1, 0xA3) and raw[1] >= 0xA1
        rare = (raw[0] >= 0xD8 and raw[1] >= 0xA1) or _is_everyday_big5(char)
    else:
        everyday = _is_everyday_big5(char)
        mark = raw[0] in (0xA1, 0xA2)
        rare = 0xC9 <= raw[0] <= 0xF9
    return 0.3 if everyday else 0.1 if mark else -0.2 if rare else -0.7


def _is_everyday_big5(char: str) -> bool:
    try:
        raw = char.encode("big5")
    except UnicodeEncodeError:
        return False
    return len(raw) == 2 and raw[0] >= 0xA4 and (raw[0], raw[1]) <= (0xC6, 0x7E)
