"""Names of mainland provinces and larger cities, in English and Chinese, as evidence of where a firm is."""

from __future__ import annotations


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
