"""Trade words: what a firm does, said with words that thousands of firms share.

A trade supports or contradicts, it never identifies, so a name made of places, trades and forms alone has no brand. A word
belongs here if it is common over many unrelated firms; words that are common but carry the identity where they stand
(时代, 东方, 创新, 航天, 存储, "memory", "star") are left out on purpose.

Written forms map to one or more trade words, so that 信息技术 is 信息 + 技术 and the Taiwanese 資訊 is 信息.
"""

from __future__ import annotations

from zhengming.engine.grammar.words import words

_HAN_WORDS = """
科技 技术 高科技 高新技术 科学 工程 系统 设备 装备 仪器 仪表 器械 器材 机械 机器 机电 精密 精工
精机 工具 模具 零部件 部件 配件 元件 元器件 器件 电子 电气 电器 电力 电源 电工 电机 电池 电缆 电线
电站 电路 电信 电声 电梯 电控 电网 半导体 集成电路 微电子 光电 光电子 光学 光子 光纤 光缆 光通信
光伏 激光 照明 显示 传感 传感器 芯片 存储器 晶圆 封装 测试 检测 检验 计量 测控 测绘 勘测 勘察 控制
自动化 自控 智控 信息 资讯 网络 互联网 物联网 工业互联网 移动互联 通信 通讯 卫星通信 软件 计算机 电脑
数码 数字 数据 大数据 云计算 区块链 人工智能 智能 智慧 智造 机器人 无人机 虚拟现实 安防 安全 在线
互动 互娱 电子商务 电商 供应链 物流 运输 货运 快递 快运 航运 海运 航空 港口 仓储 冷链 交通 轨道交通
铁路 高速公路 公路 路桥 汽车 汽车零部件 汽车部件 新能源汽车 车辆 客车 动力 发动机 传动 轴承 液压 阀门
泵业 重工 船舶 造船 能源 新能源 可再生能源 太阳能 风电 水电 核电 热电 发电 电业 储能 氢能 燃气
天然气 石油 石化 石油化工 煤业 煤炭 煤电 矿业 矿山 节能 环保 环境 环境保护 环卫 生态 水务 供水 水利
热力 资源 再生资源 材料 新材料 新材 新型材料 复合材料 纳米 高分子 金属 有色金属 合金 钢铁 特钢 铝业
铜业 钛业 锂业 锌业 钨业 钼业 黄金 稀土 冶金 玻璃 陶瓷 水泥 建材 橡胶 轮胎 塑料 塑胶 薄膜 纤维
化纤 碳纤维 涂料 染料 化工 化学 精细化工 化肥 农药 气体 石墨 纸业 造纸 包装 印刷 印务 生物 生化
生物医药 生物制药 生物制品 生物医学 生命科学 医药 制药 药业 药物 医疗 医学 医疗器械 医用 诊断 健康
基因 疫苗 中药 药房 连锁 医院 康复 美容 化妆品 食品 饮料 乳业 酒业 酿酒 啤酒 调味品 农业 农牧 牧业
林业 渔业 水产 种业 种子 饲料 粮油 农产品 糖业 茶业 餐饮 纺织 纺织品 服饰 服装 时装 鞋业 家纺 家居
家具 家电 珠宝 首饰 文具 玩具 体育 日化 文化 传媒 文化传媒 传播 广告 影视 影业 出版 动漫 游戏 娱乐
旅游 酒店 教育 培训 会展 艺术 设计 品牌 营销 策划 咨询 顾问 管理 企业管理 投资 资本 资产 资产管理
创业投资 股权投资 基金 基金管理 金融 金融信息 证券 期货 保险 信托 租赁 融资租赁 担保 典当 支付 银行
置业 房地产 地产 物业 物业管理 园林 装饰 建筑 建筑工程 建设 建设工程 建工 安装 城建 实业 工业 产业
企业 制造 生产 加工 开发 研发 研制 研究 发展 经营 运营 服务 应用 维修 集成 贸易 商贸 商业 商务
外贸 进出口 进出口贸易 国际 国际贸易 百货 零售 超市 销售 供销 批发 研究院 研究所 研究中心 技术中心
中心 设计院 设计研究院 科学院 工程院 大学 学院 学校 理工大学 实验室 工厂 总厂 厂 机场 新技术 高科
微电 系统集成 解决方案 网讯 电讯 通讯设备 网络安全 信息安全 信息化 信息产业 信息系统 数控 机床 铸造
锻造 焊接 标准件 紧固件 五金 紧固 特种 硅业 蓝宝石 磁性材料 磁材 软体 资通 网路 积体电路 半导体设备
半导体材料 数位 微系统 量子 导航 遥感 雷达 声学 射频 微波 无线 无线通信 移动通信 广电 广播 电视
有线电视 网络科技 测量 分析仪器 人力资源 劳务 会计 法律 知识产权 制品 规划 认证 重型 眼科 农化 香料
线缆 科工 驱动 管业 风机 重机 模塑 风能 石英 密封 密封件 新型 宠物 过滤 橡塑 数智 户外 清洁 锂电
护理 真空 洁净 钴业 药用 制冷 新药 肥业 大厦 结构 钢结构 压缩机 电动车 汽配 钢构 综合 钢管 防水
碳素 集装箱 农资 农机 热能 葡萄酒 空调 节水 特材 飞机 管道 细胞 数科 文旅 换热器 防务 卫浴 专用
军工 时尚 流体 互联 媒体 新媒体 高新材料 农村商业银行 商业银行 城市商业银行 农村 计算 交易所 交易中心
孵化器 俱乐部 股权 家政 母婴 医疗服务 跨境 自动化设备 生物工程 超导 磁性 微纳 光机电 电磁 塑业 石业
木业 铜材 铝材 型材 板材 管材 钢材 漆业 染整 印染 针织 毛纺 丝绸 纱线 皮革 箱包 眼镜 钟表 乐器
用品 商用车 乘用车 饰件 内饰 物联 光能 洁能 消防 油田服务 置地 终端 机车 机车车辆 拖拉机 小额贷款
鼓风机 滤清器 耐火材料 粉末冶金 电路板 线路板 体检 科技创新 涂层 摄影器材 大健康
创新技术 基础设施 饮品 经贸 经济贸易 工贸 科贸
光源 灯具 灯饰 变压器 开关 电容器 电感 继电器 连接器 线束 电线电缆 精密制造 精密机械 精密工业
"""

# Written form → trade words, where the form is a compound or a synonym. 通讯 and 通信 name one trade; 資訊, 軟體, 網路,
# 積體電路 and 數位 are how Taiwan and Hong Kong say 信息, 软件, 网络, 集成电路 and 数字.
_HAN_SYNONYMS = {
    "资讯": "信息", "软体": "软件", "网路": "网络", "积体电路": "集成电路", "数位": "数字", "通讯": "通信", "电讯": "电信", "电脑": "计算机",
    "新材": "新材料", "新型材料": "新材料", "微电": "微电子", "光电子": "光电", "高科": "高科技", "自控": "自动化", "电商": "电子 商务",
    "电子商务": "电子 商务", "网络科技": "网络 科技", "信息产业": "信息 产业", "信息系统": "信息 系统", "信息安全": "信息 安全",
    "网络安全": "网络 安全", "系统集成": "系统 集成", "通讯设备": "通信 设备", "无线通信": "无线 通信", "移动通信": "移动 通信",
    "卫星通信": "卫星 通信", "半导体设备": "半导体 设备", "半导体材料": "半导体 材料", "生物医药": "生物 医药", "生物制药": "生物 制药",
    "生物制品": "生物 制品", "生物医学": "生物 医学", "医疗器械": "医疗 器械", "高新技术": "高新 技术", "新技术": "新 技术",
    "文化传媒": "文化 传媒", "国际贸易": "国际 贸易", "进出口贸易": "进出口 贸易", "汽车零部件": "汽车 零部件", "汽车部件": "汽车 零部件",
    "部件": "零部件", "企业管理": "企业 管理", "资产管理": "资产 管理", "创业投资": "创业 投资", "股权投资": "股权 投资",
    "融资租赁": "租赁", "建设工程": "建设 工程", "建筑工程": "建筑 工程", "环境保护": "环保", "石油化工": "石化", "金融信息": "金融 信息",
    "设计研究院": "设计 研究院", "移动互联": "互联网", "新能源汽车": "新能源 汽车", "重型机械": "重型 机械", "分析仪器": "仪器",
    "物业管理": "物业 管理", "基金管理": "基金 管理", "房地产": "地产", "智造": "智能 制造", "高新材料": "新材料",
    "农村商业银行": "农村 商业 银行", "城市商业银行": "城市 商业 银行", "商业银行": "商业 银行", "自动化设备": "自动化 设备",
    "生物工程": "生物 工程", "医疗服务": "医疗 服务", "精密制造": "精密 制造", "精密机械": "精密 机械", "精密工业": "精密 工业",
    "电线电缆": "电缆", "线缆": "电缆", "数智": "数字 智能", "数科": "数字 科技", "汽配": "汽车 零部件", "钢构": "钢结构",
    "重机": "重型 机械", "互联": "互联网", "新媒体": "媒体", "光机电": "光电 机电", "工业互联网": "工业 互联网",
    "物联": "物联网", "科技创新": "科技", "创新技术": "技术", "大健康": "健康", "经贸": "经济 贸易",
    "经济贸易": "经济 贸易", "工贸": "工业 贸易", "科贸": "科技 贸易", "机车车辆": "机车 车辆", "线路板": "电路板",
}  # fmt: skip

HAN_TRADES: dict[str, tuple[str, ...]] = {
    word: tuple(_HAN_SYNONYMS.get(word, word).split()) for word in _HAN_WORDS.split()
}
_HAN_TRADE_LENGTHS: dict[str, tuple[int, ...]] = {}
for _word in HAN_TRADES:
    _HAN_TRADE_LENGTHS[_word[-1]] = tuple(sorted({len(_word), *_HAN_TRADE_LENGTHS.get(_word[-1], ())}, reverse=True))

HAN_CONNECTORS = frozenset("与和及暨")

# With a place these name one institution and nothing else: 北京大学, 上海机场, 宁波银行. A unit of one has a record of its own,
# so all of its name is the brand: 北京大学微电子研究院.
HAN_INSTITUTIONS = frozenset(("大学", "学院", "机场", "银行", "科学院", "工程院", "证券"))
# These need no place.
HAN_NATIONAL_INSTITUTIONS = frozenset(
    ("交通银行", "农业银行", "建设银行", "进出口银行", "开发银行", "科学院", "工程院")
)

LATIN_INSTITUTIONS = frozenset(("university", "airport", "bank", "securities", "academy"))

# Brands that hundreds of firms share. With a place in front the two together are what people say: 宁德时代, 长春高新.
WEAK_BRANDS = words("时代 高新 新 华 东方 未来 世纪 创新 联合 港 港务 城投 能投 交投 农商 卫星")

# Word → how it is read here, and the other trade that fields which abbreviate write alike.
LATIN_OTHER_READINGS = {"elec": ("electronics", "electric")}

# Trade word in Latin letters, any spelling → one spelling.
_LATIN_SPELLINGS = """
technology: tech techs technologies technological technical technic technics techno tec keji jishu technolog tek
electronics: electronic electron electro elec elect electr dianzi electronical
electric: electrical electrics dianqi dianli
semiconductor: semiconductors semicon semi semicond bandaoti
microelectronics: microelectronic microelec microelectron weidianzi
optoelectronics: optoelectronic optoelectric optoelectrical optronics optoelec photoelectric
optoelectronics: photoelectricity photoelectronic photoelectronics opto guangdian optronic
photonics: photonic
communications: communication comm comms commun telecommunication telecommunications telecom telecoms tongxin tongxun
network: networks networking wangluo net
internet: hulianwang
information: info informatics informational informatization xinxi infotech
intelligent: intelligence intel intelli zhineng
software: softwares ruanjian
computer: computers computing jisuanji
digital: digit shuzi
data: shuju
system: systems xitong sys
integrated circuit: ic ics jichengdianlu
science: sciences scientific sci kexue
engineering: engineer eng engrg gongcheng
industry: industrial industries ind indl inds gongye chanye shiye
development: developing dev devel develop developments fazhan
manufacturing: manufacture manufacturers manufacturer manufactures mfg zhizao manufactory mfrs manuf
equipment: equipments equip eqpt eqp shebei zhuangbei
machinery: machine machines mechanical jixie
international: intl int'l guoji internatl
instrument: instruments instrumentation yiqi
device: devices apparatus
material: materials cailiao
new energy: xinnengyuan
energy: nengyuan energies
power: pwr
environmental: environment huanbao environ
protection:
chemical: chemicals chem chemistry huagong huaxue
pharmaceutical: pharmaceuticals pharma pharm pharmacy medicine medicines zhiyao yiyao yaoye pharmaceutics
medical: med yiliao medtech
biotechnology: biotech biotechnologies bio biological biologicals biology shengwu biotec bioengineering
healthcare: health jiankang
automotive: automobile automobiles auto vehicle vehicles motor motors mtr mtrs qiche automobil
automation: zidonghua
precision: jingmi
robotics: robot robots jiqiren
aviation: hangkong aeronautical aeronautics airlines
aerospace:
trading: trade maoyi trades
import:
export: exports
investment: investments investing invest touzi
management: mgmt guanli
construction: building constructions jianshe
culture: cultural wenhua
media: chuanmei
education: educational jiaoyu
food: foods shipin
logistics: wuliu
service: services fuwu svcs
solution: solutions
product: products prod
application: applications
chain:
security:
research: yanjiu
institute: institution institutes yanjiuyuan yanjiusuo inst
academy:
university: daxue univ
college:
center: centre zhongxin
laboratory: lab labs laboratories
bank: yinhang
securities: zhengquan
airport:
factory: plant works
business: commerce commercial shangmao
enterprise: enterprises qiye
e-commerce: ecommerce
metal: metals
steel:
mining: mine mines
petroleum:
petrochemical: petrochemicals
cement:
textile: textiles
agriculture: agricultural
optical: optics optic guangxue
display: displays xianshi
lighting:
battery: batteries
cable: cables dianlan
fiber: fibre
laser: lasers
sensor: sensors sensing
component: components
parts: part
testing: test
packaging: packing package
printing:
plastic: plastics
paper:
rubber:
tourism:
design:
control: controls
water:
gas:
oil:
coal:
property: properties
finance: financial jinrong fintech
insurance: baoxian insur
securities:
shipping:
shipbuilding:
transportation: transport
railway:
expressway:
resource: resources
electromechanical: jidian
iot: wulianwang
uav: drone drones
wireless:
mobile:
microsystems: microsystem
nonferrous:
apparel: garment garments clothing
appliance: appliances appl apl
hardware:
high technology: hitech hightech gaokeji gaoxin
smart:
consulting:
commodity:
household:
general:
heavy:
bureau:
aircraft: airplane
special: specialty
home: house
solar: photovoltaic photovoltaics pv guangfu
fashion:
gold:
navigation:
engine: engines
marine:
defense: defence
silicon:
nuclear:
bridge:
decoration: decorations
tool: tools tooling
iron:
carbon:
alloy: alloys
wine: wines winery
publishing:
film: films
park:
space:
titanium:
bearing: bearings
thermal:
glass:
aluminum: aluminium
husbandry:
dairy:
lithium:
sports: sport
wind:
composite: composites
natural:
animal:
safety:
genomics: gene genetic genetics genomic
seed: seeds
hospital:
transmission:
wire: wires
accessory: accessories
renewable:
vacuum:
heat: heating
pet:
welding:
furnishing: furnishings furniture housewares
valve: valves
nano: nanotechnology
automatic:
drive: drives
certification:
training:
diagnostics: diagnostic
pipe: pipes pipeline tube tubes
biomedical: biomedicine
jewelry: jewellery
oilfield:
electricity:
circuit: circuits
futures:
interactive:
polymer: polymers
port:
forestry:
inspection:
school:
agrochemical: agrochemicals
processing:
bioscience: biosciences
liquor: distillery
microwave:
magnetic: magnetics
brewery: beer
hydraulic: hydraulics
copper:
landscape:
architecture: architectural
measuring: measurement metrology
freight: cargo
filtration:
sugar:
tire: tyre tires tyres
beverage: beverages
leasing:
quartz:
acoustics: acoustic
warehousing:
zinc:
outdoor:
entertainment:
refrigeration:
online:
hydropower:
fertilizer: fertilizers
kitchen:
ingredients:
marketing:
pump: pumps
biopharmaceutical: biopharmaceuticals biopharma
hotel: hotels
magnesium:
utilities:
sealing: seal seals
cryogenic:
biochemical: biochemicals biochemistry
cosmetics:
infrastructure:
tv: television
additive:
nutrition:
tungsten:
aquatic:
tea:
trust:
connector: connectors
meter: meters
quantum:
rural:
foreign:
public:
national:
capital:
advanced:
traffic:
fund: funds
structure: structures
department:
corps:
office:
planning:
rare:
consumables:
exchanger:
rail:
storehouse:
foodstuff: foodstuffs
garden:
culture:
metallurgy: metallurgical
semiconductor:
wafer: wafers
chip: chips microchip xinpian
hydrogen:
game: games gaming
mould: mold moulds molds
therapeutics: therapeutic
compressor: compressors
elevator: elevators
motorcycle: motorcycles
ceramics: ceramic
mechatronics:
recycling:
retail: retailing
payment: payments
video:
antenna: antennas
switchgear:
restaurant: restaurants catering
shoes: footwear
ecology: ecological
asset: assets
real estate: dichan fangdichan
new materials: xincailiao
big data: dashuju
artificial intelligence: rengongzhineng
cloud computing: yunjisuan
"""
LATIN_TRADES: dict[str, str] = {}
for _line in _LATIN_SPELLINGS.strip().splitlines():
    _trade, _, _spellings = _line.partition(":")
    for _spelling in (_trade, *_spellings.split()):
        if " " not in _spelling:
            LATIN_TRADES.setdefault(_spelling, _trade)

LATIN_TRADE_PHRASES = {
    ("integrated", "circuit"): "integrated circuit", ("integrated", "circuits"): "integrated circuit",
    ("new", "material"): "new materials", ("new", "materials"): "new materials", ("advanced", "material"): "new materials",
    ("advanced", "materials"): "new materials", ("new", "energy"): "new energy", ("high", "tech"): "high technology",
    ("hi", "tech"): "high technology", ("high", "technology"): "high technology", ("hi", "technology"): "high technology",
    ("high", "technologies"): "high technology", ("supply", "chain"): "supply chain", ("real", "estate"): "real estate",
    ("artificial", "intelligence"): "artificial intelligence", ("big", "data"): "big data", ("cloud", "computing"): "cloud computing",
    ("micro", "electronics"): "microelectronics", ("micro", "electronic"): "microelectronics", ("opto", "electronics"): "optoelectronics",
    ("opto", "electronic"): "optoelectronics", ("photo", "electric"): "optoelectronics", ("photo", "electronics"): "optoelectronics",
    ("e", "commerce"): "e-commerce", ("bio", "tech"): "biotechnology", ("bio", "technology"): "biotechnology",
    ("bio", "pharmaceutical"): "pharmaceutical", ("joint", "venture"): "", ("home", "appliance"): "appliance",
    ("home", "appliances"): "appliance", ("rare", "earth"): "rare earth", ("new", "technology"): "technology",
    ("new", "technologies"): "technology", ("internet", "of", "things"): "iot", ("new", "tech"): "technology",
    ("institute", "of", "technology"): "university",
    ("clean", "energy"): "clean energy", ("energy", "saving"): "energy saving", ("energy", "conservation"): "energy saving",
    ("air", "conditioning"): "air conditioning", ("water", "conservancy"): "water conservancy",
    ("jicheng", "dianlu"): "integrated circuit", ("xin", "cailiao"): "new materials", ("ke", "ji"): "technology",
    ("ji", "shu"): "technology", ("dian", "zi"): "electronics", ("wang", "luo"): "network",
    ("science", "park"): "science park", ("research", "development"): "research",
}  # fmt: skip
LATIN_TRADE_PHRASE_HEADS = frozenset(phrase[0] for phrase in LATIN_TRADE_PHRASES)
# In front of the brand these belong to the kind of the institution, never to the brand: "Institute of X", "Bank of X".
LATIN_KIND_WORDS = words("institute academy university college center laboratory bank factory research")

# Words that carry no meaning, and words of administration that follow a place ("Dongguan City", "Zhejiang Province").
LATIN_STOP_WORDS = words("the of and for in at by de a an et y de und")
LATIN_PLACE_WORDS = words(
    "city province provincial municipal municipality district county prefecture town sheng shi region zone sar"
)


def cut_han_trade(text: str) -> tuple[str, str]:
    """Split a squeezed Chinese text into what stands before its last trade word and that word ("" if it ends in none)."""
    for length in _HAN_TRADE_LENGTHS.get(text[-1:], ()):
        word = text[-length:]
        if word in HAN_TRADES:
            return text[: len(text) - len(word)], word
    return text, ""


def shorter_han_trade(word: str) -> str:
    """Return the longest trade word that ends `word` and is shorter, or "": 新能源 → 能源."""
    return next((word[cut:] for cut in range(1, len(word) - 1) if word[cut:] in HAN_TRADES), "")
