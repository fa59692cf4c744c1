"""The words beside a name that say whether a firm is meant: what stands before and behind firms, products, places, people.

All patterns read folded text (simplified, small letters) unless they say otherwise. What each is worth is in `policy`.
"""

from __future__ import annotations

import re
from collections import defaultdict

from zhengming.engine.grammar.words import words


class Cues:
    """Words that are looked for at one place: right where a text begins, or right where it ends."""

    __slots__ = ("_by_first", "_by_last")

    def __init__(self, text: str) -> None:
        by_first, by_last = defaultdict(list), defaultdict(list)
        for word in text.split():
            by_first[word[0]].append(word)
            by_last[word[-1]].append(word)
        self._by_first = {character: tuple(group) for character, group in by_first.items()}
        self._by_last = {character: tuple(group) for character, group in by_last.items()}

    def begin(self, text: str) -> bool:
        """Tell whether a text begins with one of the words."""
        return text.startswith(self._by_first.get(text[:1], ()))

    def end(self, text: str) -> bool:
        """Tell whether a text ends with one of the words."""
        return text.endswith(self._by_last.get(text[-1:], ()))


def _any(words: str) -> str:
    return "|".join(sorted((re.escape(word) for word in words.split()), key=len, reverse=True))


HAN_BEHIND_STRONG = Cues(
    "公司 集团 股份 控股 官方 方面 宣布 公告 发布 披露 回应 表示 声明 否认 称 旗下 董事 董事长 董事会 "
    "董秘 监事 总裁 总经理 副总裁 首席 高管 创始人 ceo cfo cto ceo兼 实控人 实际控制人 "
    "控股股东 股东 大股东 股价 股票 股份有限 a股 h股 港股 美股 市值 涨停 跌停 复牌 停牌 上市 退市 "
    "ipo 招股 财报 年报 季报 业绩 估值 新一轮 完成新一轮 完成融资 完成首轮 完成天使轮 完成a轮 完成b轮 完成c轮 "
    "营收 净利 净利润 盈利 亏损 预计 拟 收购 入股 增持 减持 回购 参股 "
    "持有 定增 募资 融资 投资 中标 签约 签署 推出 子公司 全资子公司 分公司 总部 员工 工程师 门店 工厂 "
    "生产线 供应商 合作 起诉 被诉 被罚 违规 涉嫌 重组 并购 借壳 等公司 等企业 等上市公司 系 的股 "
    "的子公司 的股东 的董事 今日 昨日 日前 近日 周一 周二 周三 周四 周五 晚间 上半年 一季度 二季度 "
    "三季度 四季度 前三季度 去年 今年 上调 下调 下修 修正 收到 收关注函 收问询函 回复 获得 获批 遭 再度 挖走 "
    "因涉嫌 闪崩 大涨 大跌 暴涨 暴跌 盘中 早盘 午后 收盘 开盘 高开 低开 "
)
FINANCE = re.compile(
    _any(
        "公告 股份 股权 股东 减持 增持 回购 净利 营收 亏损 预盈 预增 预亏 同比 业绩 证监会 上交所 深交所 港交所 证券 股票 股价 涨停 跌停 "
        "定增 募资 万股 亿股 涨超 跌超 收涨 收跌 概念股 板块 财报 年报 半年报 季报 要约 重组 控股 子公司 质押 停牌 复牌 中标 ipo"
    )
)
HAN_BEHIND_WEAK = Cues("与 和 及 、 等 将 ， 。 ： : , 随后 随即 并未 正在 已 曾 仍 均 此前 目前 或将")
HAN_BEHIND_DATE = re.compile(r"\d{1,2}月\d{1,2}日|\d{1,2}日(?:晚|公告|发布|披露)")
HAN_ASIDE = re.compile(r"[”\"'》」』)）]?(?:[(（][^)）]{1,24}[)）])?")
"""What may stand between a name and the word behind it: a closing quote, a bracket."""
HAN_BEFORE_STRONG = Cues(
    "收购 入股 参股 控股 投资 持有 减持 增持 起诉 子公司 孙公司 母公司 旗下 巨头 厂商 厂家 公司 企业 "
    "股东 客户 对手 平台 集团 券商 龙头 供应商 合作伙伴 运营商 开发商 竞争对手 个股 概念股 a股 h股 "
    "港股 增发 重组 并购 借壳 上市公司 入主 重仓 看好 推荐 买入 卖出 对标 追平 赶超 叫板 跳槽到 制造商 创业公司 初创公司 车企 药企 "
    "房企 银行 保险公司 独角兽 加盟 加入 入职 任职于 就职于 供职于 "
)
HAN_HAS_PEOPLE = Cues("公司 企业 供应商 控股 集团 厂商")
"""Before an everyday word: what has bosses and legends of its own (供应商|老板)."""
HAN_BEFORE_WEAK = Cues("与 和 及 、 由 向 对 被 据 。 ； ！ ？ ， ： : ; ! ? , “ ”")
HAN_PRODUCT = re.compile(
    r"^(?:\s?[A-Za-z]{2,10}\s?系列|(?:[A-Za-z]{2,6} )?[A-Za-z]{0,6}\d{1,4}(?![\d.%％]|年|月|日|亿|万|元|股|家|个|名|倍|时|点|号文)|"
    + _any(
        "地图 百科 贴吧 网盘 文库 浏览器 输入法 搜索框 杀毒 卫士 视频 音乐 影业 读书 "
        "云盘 钱包 支付 微博 博客 微信 邮箱 论坛 社区 空间 新闻 财经 体育 娱乐 房产 乐居 科技讯 汽车频道 教育频道 女性 尚品 "
        "网友 嘉宾 游戏中心 直播间 拍卖 众筹 外卖 单车 打车 专车 电饭煲 电器城 牌 系列 版 机系统 "
        "世界 时空 国际版 之家 粥 面 酒 茶 汁 树 花 "
    )
    + ")"
)
HAN_WARES = Cues(
    "手机 电视 手环 手表 平板 笔记本 音箱 耳机 路由器 充电宝 相机 无人机 冰箱 空调 洗衣机 投影仪 打印机 服务器 芯片 晶片 基站 专网 "
    "平台 站点 骑手 外卖员 快递员 导购 员工 客服"
)
"""What firms make by the million or employ, named by no model: the name before it is the firm's."""
HAN_THING_OF = re.compile(
    "^的[^，。；！？,;!?]{0,6}?(?:"
    + _any(
        "数据 芯片 晶片 软件 软体 产品 旗舰 业务 交付 销量 股价 市值 财报 服务器 平台 专利 员工 高管 工程师 工厂 门店 客户 供应商 订单 新机 新品 车型 "
        "系统 用户 服务 产能 产线 营收 利润 总部 团队 发布会 创始人"
    )
    + ")"
)
"""Behind a name: a thing that firms have (地平线|的征程6芯片)."""
HAN_NUMBERED = re.compile(r"(?:(?<![0-9/])[0-9]+(?:[.,][0-9]+)*\s?[kmgt]?|[十百千万亿])\s?$")
"""Before an everyday word: a number that counts it (1024|字节). Before any other name it is that of an item in a list."""
HAN_MEASURED = re.compile(r"[一这那某每][份种片丝碗袋斤粒抹段场次]$")
"""Before a name: a measure of things (这份|新希望); firms are counted by 家."""
HAN_OTHER_SENSE = re.compile(
    r"^[”\"'》」』]?\s?(?:指的是|是指|意为|意思是|是[\u4e00-\u9fff]{1,12}的缩写|(?:系|为|是)(?:笔误|错别字|误写)|年间|盛世|王朝|皇朝|[\u4e00-\u9fff]{0,3}(?:化石|地层|岩层)|"
    r"是[\u4e00-\u9fff]{0,10}(?:君主|皇帝|国王|朝代|神话|传说|典故|成语|词语|诗人|小说|电影|歌曲|植物|动物|昆虫|星座|恒星|行星|古国|古城))"
)
"""Behind a name: its meaning, which is another: said outright, or by what only an age, a king or a stone has."""
HAN_QUOTED = re.compile(r"([\u4e00-\u9fff]{2,6})[”」』\"]")
"""Behind a name that opens a quotation: the rest of a short phrase (“商汤|灭夏”)."""
HAN_QUOTED_FIRM = re.compile(
    "系|们|概念|产业|生态|模式|时代|速度|精神|股|[\u4e00-\u9fff]{0,2}(?:公司|集团|科技|汽车|云|智能|电子|网络)"
)
"""A phrase in quotes that is still about the firm (“华为|概念股”), or a longer name of one."""
HAN_LATE_WORDS = words(
    "沽空 浮亏 浮盈 转债 跑路 信披 实控 资管 独董 董监 环评 限售 连板 短融 中票 暴雷 爆雷 总股 撤稿 私享 炒作 云上 智驾 算力 大模 出海 带货 "
    "网红 电竞 官宣 内测 公测 造车 热搜 裁员 元宇 直播 上云 开源 芯片 国产 车机 车联 座舱 快充 超充 换电 销冠 销量 股吧 券商 早盘 午盘 尾盘 盘前 "
    "盘后 跳水 港美 中概 扣非 沪深 博主"
)
"""Beginnings of words that are younger than the dictionary, or that only the press of the exchanges has."""
HAN_BRAND_CHARACTERS = frozenset(
    "湘涟鄂皖赣粤浙苏沪京津渝川滇黔桂琼闽冀晋辽吉黑陕甘宁疆藏汇瑞睿博卓杰霄亦恩安华威亚兴仁信银嘉盛鑫恒泰康源诚德丰隆裕祥昌荣宏鸿弘毅瀚晟昊宸铭钧颐"
    "凯翔腾飞航启辰锂碳硅钛铂晶芯聚融尚赛格朗迪伟利宝金玉龙凤鹏麟骏骥润沃润泽浩淼森林嵩岳峰岭"
)
"""Characters that brands are made of and that hardly ever stand as words by themselves."""
HAN_SHARE = re.compile(r"的?(?:全部)?\d+(?:\.\d+)?[%％]的?(?:股|权益|份额|出资)|的?全部股")
"""Behind a firm's name: a share of it."""
HAN_ROW = Cues("、 ( 等")
"""Behind a name: another of its kind, or more about it."""
HAN_RELATED = Cues("子公司 孙公司 股东")
"""Before the name of a firm of which a text need not say more."""
HAN_SUBSIDIARY = Cues("子公司 孙公司")
HAN_OF_RELATED = Cues(
    "减持 增持 变更 套现 力挺 中标 抛售 出逃 退出 质押 清仓 转让 出售 收购 收到 签约 签署 起诉 状告 举报 质疑 联手 携手 牵手 获得 承诺 "
    "要求 同意 包括 名单 大会 权益 股权 股份 方面 之一 现为 另有 仅有 还有 均为 仍是 仍为 以外 不再 转为 其中 名为 分别 起初"
)
"""What stands behind those words and begins no name."""
HAN_REGIONS = Cues("美洲 欧洲 亚洲 非洲 亚太 瑞士 海外 华东 华南 华北 华中 西南 西北 东北")
"""Regions that begin the names of subsidiaries and are no places of firms."""
HAN_LOCAL = Cues("有限 减持 增持 拟 持有 受让 电力")
"""Behind a name and a place: the two name a local firm (国网|四川省电力)."""
HAN_BRANCH = re.compile("[\u4e00-\u9fff]{0,6}?[支分]行")
"""Behind a bank's name: a branch, which is the bank itself."""
HAN_FUND = re.compile(
    "[\u4e00-\u9fff]{0,6}?(?:[一二三四]季度净值|净值(?:增长|下[降跌])|(?:混合|股票|债券|指数|货币|灵活配置)(?:型|证券投资)*基金)"
)
"""Behind a name: that of a fund goes on (民生|蓝筹混合型基金), unless it holds one of `FUND_DOINGS`."""
FUND_DOINGS = words("的 旗下 代销 销售 托管 发行 发起 发布 推出 买入 卖出 增持 减持 重仓 拖累 认购 申购 赎回 宣布")
"""What a firm does with funds: such a word is in no fund's name (招商证券|发布|指数基金)."""
HAN_AUTHORITY = Cues("间市场 间债券 间同业 保险监督 业监督 业协会")
"""Behind a bank's name: a market, an authority or an association goes on (中国银行|间市场)."""
HAN_INDEX_BEFORE = Cues("道指 道琼斯 指数")
HAN_PLACE = re.compile(
    "^(?:[一二三四五东西南北中]{0,2}(?:"
    + _any(
        "路 街 街道 大街 大道 大厦 大楼 广场 中心 商城 体育馆 体育场 体育中心 球场 机场 车站 站 桥 大桥 村 镇 乡 县 区 市 省 市场 "
        "国际大厦 国际中心 酒店 宾馆 饭店 花园 小区 公寓 家园 公园 工业园 科技园 园区 港 岛 湖 山 河 江 寺 庙 医院 学校 小学 中学 大学 "
        "学院 附中 附小 幼儿园 隧道 高速 铁路 地铁 胡同 巷 苑 府 城 一带 地区 境内 沿线 以东 以西 以南 以北 "
    )
    + r")|[\u4e00-\u9fff]{2}(?:基地|园区|厂区))"
)
HAN_BODY = Cues(
    "杯 奖 电竞 队 舰队 战场 战争 军区 人民 博物馆 俱乐部 男篮 女篮 男排 女排 男足 女足 足球队 篮球队 主场 客场 "
    "电视台 日报 晚报 晨报 时报 周刊 出版社 协会 学会 大学 "
)
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
TITLES = Cues(
    "先生 女士 经济学家 分析师 顾问 研究员 策略师 发言人 首席 董事长 董事 监事 总裁 高管 股东 控制人 控股人 法人 代表 自然人 校友 主播 作者 律师 "
    "医生 司机 记者 书记 秘书长 教授 主任 主席 部长 局长 院长 校长 总监 经理 编辑 博士 同学 老师 导演 演员 选手 球员 队员 网友 "
    "同事 朋友 邻居 丈夫 妻子 儿子 女儿"
)
"""Words that stand before a person's name."""
PERSON_BEFORE = Cues("叫他 叫她 喊他 喊她 名叫 叫做 昵称 绰号 外号 小名 乳名 拳王 球王 歌王 影帝 影后 歌手 巨星 球星")
"""Before a name or a nickname of a person, whatever its characters."""
CALLED = "叫"
"""Before a surname: a person is being named (丈夫叫王|海康)."""
PERSON_ACTS = re.compile("[\u4e00-\u9fff]?(?:辞去|辞职|离职|接任|出任|升任|卸任|当选|被捕|被带走|身亡|去世)")
"""What people do behind their names; a third character may still belong to the name."""
PERSON_BEHIND = re.compile("^(?:·|加油|先生|女士|小姐|同学|老师|教授|哥|姐)")

LATIN_BEHIND_STRONG = re.compile(
    r"^(?:['’]s?)?,?\s*(?:\([^)]{1,30}\)\s*)?(?:said|says|told|announced|unveiled|launched|reported|declined|denied|did not|has|"
    r"have|had|will|would|plans?|aims?|is|was|shares?|stock|chief|CEO|CFO|founder|co-founder|chairman|executive|president|"
    r"spokes\w+|unit|subsidiary|revenue|profit|sales|engineers?|employees|chips?|products?|raised|filed|agreed|bought|sold|"
    r"acquired|surged|fell|rose|jumped|gained|dropped|which|whose|Co\b|Inc\b|Corp\b|Ltd\b|Group|Holdings?)",
    re.IGNORECASE,
)
LATIN_BEFORE_STRONG = re.compile(
    r"(?:shares? of|stake in|maker|makers|giant|firm|company|companies|startup|group|rival|rivals|supplier|suppliers|"
    r"subsidiary|unit of|owned by|backed by|invested in|investor|customers?|chipmaker|developer|provider|by|from|with|and|"
    r"like|including|as|at|against|for|of|to|that),?\s*[“\"']?$",
    re.IGNORECASE,
)
LATIN_PLACE = re.compile(
    r"^\s+(?:Road|Street|Avenue|Bridge|Tower|Plaza|Building|Stadium|Park|Airport|River|Lake|Mountain|University|Center|Centre|Arena|Cup)\b",
    re.IGNORECASE,
)
LATIN_FAMILY_NAME = re.compile(r"^\s[A-Z][a-z]{3,}\b")
"""Behind a short name (Nio): what makes another name of it, mostly a person's. Reads the text as it is written."""
LATIN_MODEL = re.compile(
    r"^\s+(?:(?:Pad|Phone|Watch|Band|Buds|Book|Tab|Note|Mix|Mate|Air|Box|Ring|Pen|Pay|Maps?|Wallet|Browser|Dictionary|Translate)\s?\d{0,2}|(?!Q[1-4]|H[12]|FY|CY|GB|KB)[A-Z]{1,3}\d{1,3}|\d{1,2}\s(?:Pro|Max|Ultra|Mini))"
    r"(?![\w.,%]*\d|[A-Za-z])"
)
"""Behind a name: the model of a product (Xiaomi| Pad 7, SU7), no quarter and no year. Reads the text as it is written."""
LATIN_ARTICLE = re.compile(r"(?<![a-z])the\s$")
LATIN_ALONE = re.compile(
    r"^(?:\s*[.,;:!?)\]]|\s*$|\s+(?:closed|opened|rose|rises|fell|falls|gained|gains|lost|was|were|is|are|has|for|of|in|on|"
    r"at|to|and|with)\b)"
)
"""Behind a name with an article that belongs to no noun behind it: the DJI fell, at the Great Wall."""
LATIN_OTHER_SENSE = re.compile(
    r"^(?:(?:\s+|/)(?:index|average|futures|per day|per annum|a day|d\b|of the|of our|of a)\b"
    r"|[”\"']?,\s(?:an?|the)\s(?:[a-z0-9]+\s){0,3}(?:films?|movie|novel|book|song|album|play|series|poem|king|emperor|goddess?|"
    r"river|lake|mountain|village|town|horse|racehorse|ship|band|singer)\b|[^.;]{0,26}\b(?:misspel|misprint|typo\b))"
)
"""Behind a name: a measure or an index, what a text calls it that is no firm (Perfect World|, the 1993 film), or that it is
a misprint."""
LATIN_TEAM_BEFORE = re.compile(r"\b(?:fans|supporters|players|captain|coach) of [a-z]+ $")
"""Before a name: people who play or cheer for a town's team (fans of Guangzhou |Evergrande)."""
LATIN_TITLE_BEFORE = re.compile(r"(?<![a-z])(?:mr|mrs|ms|dr|prof|sir|madam)\.?\s$")
"""Before a person's name (Mr. |Nio Chan)."""
LATIN_BODY = re.compile(
    r"^\s+(?:F\.?C\b|(?:Football|Basketball) Club\b|(?:[A-Z][a-z]+\s){0,2}(?:Foundation|Museum|Association|Hospital|School|Society)\b"
    r"|(?:[A-Z][a-z]+\s){1,2}Cent(?:re|er)\b)"
)
"""Behind a name: a body that is no firm (Evergrande| FC). Reads the text as it is written."""
LATIN_PRODUCT = re.compile(
    r"^(?:\s+|-)(?:[A-Z]?\d{1,4}[A-Za-z]{0,2}\b(?!\s*(?:per|percent|million|billion|%))|Pro\b|Max\b|Ultra\b|Mini\b|Maps?\b)",
    re.IGNORECASE,
)

OWNER_BEFORE = re.compile(
    r"(?:\b(?:unit|subsidiary|arm|affiliate|part) of|\b(?:owned|backed|controlled) by)\s(?:the\s)?$"
)
"""Before a name: it is that of a parent."""
OWNER_BEHIND = re.compile(r"旗下|的?(?:全资|控股)?子公司|'s\s(?:unit|subsidiary|arm)\b")
"""Behind a name: likewise."""

CONTINUED = re.compile(
    "(?:"
    + _any(
        "集团 集團 电商 财富 成长 资管 理财 人寿 人壽 财险 产险 寿险 养老险 健康险 创投 创业投资 保险 证券 證券 银行 銀行 基金 "
        "信托 期货 租赁 金服 金融 资本 地产 置业 物业 影业 文学 足球 医疗 物流 科技 网络 電子 电子 "
        "电器 半导体 微电子 新能源 材料 生物 医药 制药 药业 数科 数码 软件 信息技术 实业 百货 超市 传媒 "
        "文旅 机电 光电 光伏 机床 养殖 工贸 商贸 贸易 进出口 纺织 服饰 服装 机械 加银 施罗德 瑞信 环保 "
        "重工 电气 电力 通信 通讯 钢铁 化工 水泥 旅游 农业 食品 乳业 啤酒 "
        "锂业 铜业 铝业 锌业 钛业 矿业 煤业 爆破 建工 电工 产投 投控 特钢 航运 燃气 水务 股权投资 "
    )
    + "|(?:"
    + _any(
        "发展 房地产 产业 能源 装备 开发 工程 建设 建筑 节能 量子通信 教育 环境 资源 文化 体育 健康 智能 时代 "
        "世纪 咨询 航空 现代物流 智能安全 再生 资产 钢管"
    )
    + r")(?=有限|公司|集团|控股|股份|的?\d+(?:\.\d+)?[%％]|的?(?:全部)?股权|持有|减持|增持|拟|收到|与|[（(、]|于近日)"
    + r"|国际(?!化|米)"
    + r"|[\u4e00-\u9fff]?投资(?=减持|增持|拟|清仓|有限|管理|集团|控股|合计|等|、|持|转让|受让|认购|签署|所持|中心|基金|以\d|，计划|，拟|[:：])"
    + r"|控股(?!股东|股東|子公司|孙公司|权|的)"
    + r"|股份(?=有限|公司|公告|[（(，,。、:：])){1,2}(?:集团|控股|股份)?(?:有限)?(?:公司)?"
)
"""Words that continue a short name into that of another firm, mostly of its group, which the table may know or not."""
HAS_TRADE = Cues(
    "汽车 人寿 财险 产险 寿险 保险 证券 银行 基金 信托 期货 租赁 金融 资本 地产 置业 物业 影业 医疗 物流 科技 网络 电子 电器 半导体 能源 材料 生物 医药 "
    "制药 药业 软件 实业 百货 超市 传媒 环保 重工 电气 电力 通信 通讯 钢铁 化工 水泥 旅游 农业 食品 乳业 啤酒 股份 集团 控股"
)
"""Ends of names that are whole: only a group word makes another firm of them."""
CODE_IN_BRACKET = re.compile(r"\.(?:N|O|OQ|A|HK|US|L|T|DE|PA)(?![A-Za-z])")
GROUP_WORDS = Cues("集团 集團 控股 股份 股权投资 投资")
CODE_FURTHER_ON = re.compile(r"([\u4e00-\u9fff]{1,6})[(（][0-9A-Z.:：]{2,12}[)）]")

FORMS_BEHIND_COMMA = words("ltd limited inc llc co corp corporation company plc lp")
LATIN_LEAD_WORDS = words(
    "the a an in on at by for from with but and as of if when while since after before chinese china's chipmaker shares "
    "both also meanwhile however under its their his her this that these those is was are were between among including "
    "like said says to or than mr ms dr via per amid despite with into onto over about against"
)
"""Words with a capital at the beginning of a sentence that are no part of a firm's name."""
HAN_BETWEEN = re.compile(
    _any(
        "股东 子公司 孙公司 参股公司 分公司 公告 收购 关联方 旗下 控制 持有 转让 披露 增资 出资 设立 签订 签署 受让 认购 获得 发行 及其 以及 其 "
        "下属 公司 参股 入股 投资方 合作方 分别 同意 委托 通过 关于 成立 组建 合资 竞得 中标 授权 联合 携手 作为 名为 更名 企业 人 拟 遭 "
        "集团成员 实控人 董事 所属 起诉 状告 被告 原告 债权人 经销商 供应商 客户 母公司"
    )
)
"""Words that do not stand inside a firm's name, so the name begins behind the last of them."""
HAN_STOPS = frozenset("由与和及向对被将为是在了的于从给等至到让即或称因就随经并但而据")
"""Words of one character in front of a firm's name."""
