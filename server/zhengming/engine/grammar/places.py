"""Places in firm names, in Chinese and in Latin letters: one key per place, and how freely each form is believed.

A place at the front of a name says where a firm is registered; it is never its identity by itself. The keys are lower-case
English ("beijing", "hong kong"). Two cities with one spelling in pinyin are kept apart by their province, the better
known one having the plain key, because "Suzhou" in an English name means 苏州 unless 安徽 stands beside it.

Belief matters because many place names are also ordinary brands: 东阳, 光明, 永安; "jian" is 吉安, but far more often 健 or 建.
Such a form counts only after its province, with 市, 县 or 区 behind it, or in brackets.
"""

from __future__ import annotations

from dataclasses import dataclass

from zhengming.engine.grammar.words import words

# A region per "@" line, its prefectures below, its counties and districts on "+" lines. "!" marks a county that is known
# well enough to be believed on its own. A hyphen in a key stands for a space.
_TABLE = """
@beijing 北京
@tianjin 天津
  + binhai=滨海新区! wuqing=武清 jinghai=静海
@shanghai 上海
  + pudong=浦东! minhang=闵行! jiading=嘉定! songjiang=松江! qingpu=青浦 fengxian=奉贤 chongming=崇明 xuhui=徐汇 zhangjiang=张江
@chongqing 重庆
  + wanzhou=万州 fuling=涪陵 yubei=渝北 bishan=璧山 yongchuan=永川 jiangjin=江津
@hebei 河北
  shijiazhuang=石家庄 tangshan=唐山 qinhuangdao=秦皇岛 handan=邯郸 xingtai=邢台 baoding=保定 zhangjiakou=张家口 chengde=承德
  cangzhou=沧州 langfang=廊坊 hengshui=衡水 xiongan=雄安
  + sanhe=三河 renqiu=任丘 guan=固安 xianghe=香河
@shanxi 山西
  taiyuan=太原 datong=大同 yangquan=阳泉 changzhi=长治 jincheng=晋城 shuozhou=朔州 jinzhong=晋中 yuncheng=运城 xinzhou=忻州
  linfen=临汾 lvliang=吕梁
@inner-mongolia 内蒙古
  hohhot=呼和浩特 baotou=包头 wuhai=乌海 chifeng=赤峰 tongliao=通辽 ordos=鄂尔多斯 hulunbuir=呼伦贝尔 bayannur=巴彦淖尔 ulanqab=乌兰察布
  hinggan=兴安盟 xilingol=锡林郭勒 alxa=阿拉善
@liaoning 辽宁
  shenyang=沈阳 dalian=大连 anshan=鞍山 fushun=抚顺 benxi=本溪 dandong=丹东 jinzhou=锦州 yingkou=营口 fuxin=阜新 liaoyang=辽阳
  panjin=盘锦 tieling=铁岭 chaoyang=朝阳 huludao=葫芦岛
@jilin 吉林
  changchun=长春 siping=四平 liaoyuan=辽源 tonghua=通化 baishan=白山 songyuan=松原 baicheng=白城 yanbian=延边
  + dunhua=敦化!
@heilongjiang 黑龙江
  harbin=哈尔滨 qiqihar=齐齐哈尔 jixi=鸡西 hegang=鹤岗 shuangyashan=双鸭山 daqing=大庆 yichun-heilongjiang=伊春 jiamusi=佳木斯
  qitaihe=七台河 mudanjiang=牡丹江 heihe=黑河 suihua=绥化 daxinganling=大兴安岭
@jiangsu 江苏
  nanjing=南京 wuxi=无锡 xuzhou=徐州 changzhou=常州 suzhou=苏州 nantong=南通 lianyungang=连云港 huaian=淮安 yancheng=盐城 yangzhou=扬州
  zhenjiang=镇江 taizhou-jiangsu=泰州 suqian=宿迁
  + kunshan=昆山! jiangyin=江阴! changshu=常熟! zhangjiagang=张家港! taicang=太仓! yixing=宜兴! wujiang=吴江! danyang=丹阳
  + liyang=溧阳! jingjiang=靖江 taixing=泰兴 qidong=启东! rugao=如皋! haimen=海门! haian=海安 jiangning=江宁 pizhou=邳州! xinyi=新沂
  + yangzhong=扬中 yizheng=仪征 gaoyou=高邮 jurong=句容! wujin=武进 dongtai=东台 xinghua=兴化 rudong=如东
@zhejiang 浙江
  hangzhou=杭州 ningbo=宁波 wenzhou=温州 jiaxing=嘉兴 huzhou=湖州 shaoxing=绍兴 jinhua=金华 quzhou=衢州 zhoushan=舟山 taizhou=台州
  lishui=丽水
  + yiwu=义乌! yuyao=余姚! cixi=慈溪! haining=海宁! tongxiang=桐乡! pinghu=平湖 jiashan=嘉善 deqing=德清 zhuji=诸暨! shangyu=上虞!
  + shengzhou=嵊州! yueqing=乐清! ruian=瑞安! wenling=温岭! linhai=临海! yuhuan=玉环 yongkang=永康 dongyang=东阳 lanxi=兰溪
  + xiaoshan=萧山! yuhang=余杭! linan=临安 fuyang=富阳 tonglu=桐庐 chunan=淳安 haiyan=海盐 changxing=长兴 anji=安吉 xinchang=新昌
  + xianju=仙居 xiangshan=象山 ninghai=宁海 yinzhou=鄞州 beilun=北仑
@anhui 安徽
  hefei=合肥 wuhu=芜湖 bengbu=蚌埠 huainan=淮南 maanshan=马鞍山 huaibei=淮北 tongling=铜陵 anqing=安庆 huangshan=黄山 chuzhou=滁州
  fuyang=阜阳 suzhou-anhui=宿州 luan=六安 bozhou=亳州 chizhou=池州 xuancheng=宣城 chaohu=巢湖
  + ningguo=宁国 tianchang=天长 tongcheng=桐城
@fujian 福建
  fuzhou=福州 xiamen=厦门 putian=莆田 sanming=三明 quanzhou=泉州 zhangzhou=漳州 nanping=南平 longyan=龙岩 ningde=宁德
  + fuqing=福清 jinjiang=晋江! shishi=石狮! nanan=南安 longhai=龙海 changle=长乐 fuan=福安 fuding=福鼎 minhou=闽侯
@jiangxi 江西
  nanchang=南昌 jingdezhen=景德镇 pingxiang=萍乡 jiujiang=九江 xinyu=新余 yingtan=鹰潭 ganzhou=赣州 jian=吉安 yichun=宜春
  fuzhou-jiangxi=抚州 shangrao=上饶
  + ruijin=瑞金 zhangshu=樟树 fengcheng=丰城 gaoan=高安
@shandong 山东
  jinan=济南 qingdao=青岛 zibo=淄博 zaozhuang=枣庄 dongying=东营 yantai=烟台 weifang=潍坊 jining=济宁 taian=泰安 weihai=威海 rizhao=日照
  linyi=临沂 dezhou=德州 liaocheng=聊城 binzhou=滨州 heze=菏泽 laiwu=莱芜
  + shouguang=寿光! zhucheng=诸城! longkou=龙口 zhaoyuan=招远! laizhou=莱州 rongcheng=荣成! wendeng=文登! tengzhou=滕州!
  + zoucheng=邹城 feicheng=肥城! qufu=曲阜 zhangqiu=章丘 jiaozhou=胶州! jimo=即墨! pingdu=平度 laixi=莱西 gaomi=高密 rushan=乳山
  + zouping=邹平 yucheng=禹城
@henan 河南
  zhengzhou=郑州 kaifeng=开封 luoyang=洛阳 pingdingshan=平顶山 anyang=安阳 hebi=鹤壁 xinxiang=新乡 jiaozuo=焦作 puyang=濮阳
  xuchang=许昌 tahe=漯河 sanmenxia=三门峡 nanyang=南阳 shangqiu=商丘 xinyang=信阳 zhoukou=周口 zhumadian=驻马店 jiyuan=济源
  + gongyi=巩义! xinzheng=新郑 dengfeng=登封 yanshi=偃师 changge=长葛 yuzhou=禹州
@hubei 湖北
  wuhan=武汉 huangshi=黄石 shiyan=十堰 yichang=宜昌 xiangyang=襄阳 ezhou=鄂州 jingmen=荆门 xiaogan=孝感 jingzhou=荆州 huanggang=黄冈
  xianning=咸宁 suizhou=随州 enshi=恩施 xiantao=仙桃 qianjiang=潜江 tianmen=天门 shennongjia=神农架
  + zhijiang=枝江 daye=大冶 yidou=宜都
@hunan 湖南
  changsha=长沙 zhuzhou=株洲 xiangtan=湘潭 hengyang=衡阳 shaoyang=邵阳 yueyang=岳阳 changde=常德 zhangjiajie=张家界 yiyang=益阳
  chenzhou=郴州 yongzhou=永州 huaihua=怀化 loudi=娄底 xiangxi=湘西
  + liuyang=浏阳! liling=醴陵! ningxiang=宁乡
@guangdong 广东
  guangzhou=广州 shenzhen=深圳 zhuhai=珠海 shantou=汕头 foshan=佛山 shaoguan=韶关 zhanjiang=湛江 zhaoqing=肇庆 jiangmen=江门
  maoming=茂名 huizhou=惠州 meizhou=梅州 shanwei=汕尾 heyuan=河源 yangjiang=阳江 qingyuan=清远 dongguan=东莞 zhongshan=中山
  chaozhou=潮州 jieyang=揭阳 yunfu=云浮
  + shunde=顺德! panyu=番禺! zengcheng=增城 conghua=从化 huadou=花都 qianhai=前海! hengqin=横琴! nansha=南沙 nanhai=南海
  + longgang=龙岗 baoan=宝安 xinhui=新会 kaiping=开平 taishan=台山 heshan=鹤山 puning=普宁 guangming=光明 pingshan=坪山 futian=福田
  + luohu=罗湖 nanshan=南山
@guangxi 广西
  nanning=南宁 liuzhou=柳州 guilin=桂林 wuzhou=梧州 beihai=北海 fangchenggang=防城港 qinzhou=钦州 guigang=贵港 yulin-guangxi=玉林
  baise=百色 hezhou=贺州 hechi=河池 laibin=来宾 chongzuo=崇左
@hainan 海南
  haikou=海口 sanya=三亚 sansha=三沙 danzhou=儋州
  + qionghai=琼海 wenchang=文昌 chengmai=澄迈 yangpu=洋浦! lingshui=陵水
@sichuan 四川
  chengdu=成都 zigong=自贡 panzhihua=攀枝花 luzhou=泸州 deyang=德阳 mianyang=绵阳 guangyuan=广元 suining=遂宁 neijiang=内江 leshan=乐山
  nanchong=南充 meishan=眉山 yibin=宜宾 guangan=广安 dazhou=达州 yaan=雅安 bazhong=巴中 ziyang=资阳 aba=阿坝 garze=甘孜 liangshan=凉山
  + xichang=西昌! dujiangyan=都江堰! shuangliu=双流 pixian=郫县 shifang=什邡 emeishan=峨眉山
@guizhou 贵州
  guiyang=贵阳 liupanshui=六盘水 zunyi=遵义 anshun=安顺 bijie=毕节 tongren=铜仁 qiandongnan=黔东南 qiannan=黔南 qianxinan=黔西南
  guian=贵安
  + renhuai=仁怀!
@yunnan 云南
  kunming=昆明 qujing=曲靖 yuxi=玉溪 baoshan=保山 zhaotong=昭通 lijiang=丽江 puer=普洱 lincang=临沧 chuxiong=楚雄 honghe=红河
  wenshan=文山 xishuangbanna=西双版纳 dali=大理 dehong=德宏 nujiang=怒江 diqing=迪庆
  + gejiu=个旧 anning=安宁 ruili=瑞丽
@tibet 西藏
  lhasa=拉萨 shigatse=日喀则 chamdo=昌都 nyingchi=林芝 shannan=山南 nagqu=那曲 ngari=阿里地区
@shaanxi 陕西
  xian=西安 tongchuan=铜川 baoji=宝鸡 xianyang=咸阳 weinan=渭南 yanan=延安 hanzhong=汉中 yulin=榆林 ankang=安康 shangluo=商洛
  + yangling=杨凌! xixian=西咸 hancheng=韩城
@gansu 甘肃
  lanzhou=兰州 jiayuguan=嘉峪关 jinchang=金昌 baiyin=白银 tianshui=天水 wuwei=武威 zhangye=张掖 pingliang=平凉 jiuquan=酒泉
  qingyang=庆阳 dingxi=定西 longnan=陇南 linxia=临夏 gannan=甘南
  + dunhuang=敦煌
@qinghai 青海
  xining=西宁 haidong=海东 haixi=海西
  + golmud=格尔木!
@ningxia 宁夏
  yinchuan=银川 shizuishan=石嘴山 wuzhong=吴忠 guyuan=固原 zhongwei=中卫
  + lingwu=灵武
@xinjiang 新疆
  urumqi=乌鲁木齐 karamay=克拉玛依 turpan=吐鲁番 hami=哈密 changji=昌吉 bortala=博尔塔拉 bayingolin=巴音郭楞 aksu=阿克苏 kashgar=喀什 hotan=和田
  ili=伊犁 tacheng=塔城 altay=阿勒泰 shihezi=石河子 aral=阿拉尔 tumxuk=图木舒克 wujiaqu=五家渠
  + korla=库尔勒! khorgos=霍尔果斯! kuitun=奎屯 tiemenguan=铁门关 shuanghe=双河 kokdala=可克达拉
@china 中国
@hong-kong 香港
@macau 澳门
@taiwan 台湾
  taipei=台北 hsinchu=新竹 kaohsiung=高雄 taichung=台中 tainan=台南 taoyuan=桃园
@usa 美国
@japan 日本
@korea 韩国
@germany 德国
@united-kingdom 英国
@france 法国
@singapore 新加坡
@malaysia 马来西亚
@vietnam 越南
@thailand 泰国
@india 印度
@russia 俄罗斯
@netherlands 荷兰
@israel 以色列
@canada 加拿大
@australia 澳大利亚
@cayman 开曼
@bvi 英属维尔京群岛
@dubai 迪拜
@europe 欧洲
@asia 亚洲
"""

# Doubtful although prefectures: the Han form is also a brand or a word.
_DOUBTFUL_HAN = words("朝阳 海东 山南 来宾 安康 中卫 天门 大同 德国 法国 英国 印度 欧洲 亚洲 桃园 红河 文山 海西")

# Doubtful in Latin letters: common pinyin of brands, or English words.
_DOUBTFUL_LATIN = words(
    "jian luan xinyu wuzhou dali baise aba ili jinhua siping anshun ankang zhongwei laibin huaihua tongren guyuan tianmen"
    " hechi jinchang honghe haixi haidong shannan hami aral altay fuxin jixi wuhai wuwei yulin yichun tianshui xinxiang"
    " enshi taoyuan datong wenshan asia europe changde lishui suining ezhou jining neijiang taichung guian sansha"
)

# Forms that the rules for suffixes and pinyin do not make.
_OTHER_FORMS = {
    "广西壮族自治区": "guangxi", "宁夏回族自治区": "ningxia", "新疆维吾尔自治区": "xinjiang", "内蒙古自治区": "inner mongolia",
    "西藏自治区": "tibet", "香港特别行政区": "hong kong", "澳门特别行政区": "macau", "内蒙": "inner mongolia",
    "中华人民共和国": "china", "新疆生产建设兵团": "xinjiang", "延边朝鲜族自治州": "yanbian", "恩施土家族苗族自治州": "enshi",
    "湘西土家族苗族自治州": "xiangxi", "阿坝藏族羌族自治州": "aba", "凉山彝族自治州": "liangshan", "昌吉回族自治州": "changji",
    "大理白族自治州": "dali", "锡林郭勒盟": "xilingol", "阿拉善盟": "alxa", "伊犁哈萨克自治州": "ili", "美利坚": "usa",
    "雄安新区": "xiongan", "浦东新区": "pudong", "苏州工业园": "suzhou", "苏州工业园区": "suzhou", "贵安新区": "guian",
    "两江新区": "chongqing", "天府新区": "chengdu",
}  # fmt: skip
_OTHER_LATIN = {
    "hk": "hong kong", "hongkong": "hong kong", "xianggang": "hong kong", "macao": "macau", "aomen": "macau",
    "chinese": "china", "prc": "china", "zhongguo": "china", "zhonghua renmin gongheguo": "china",
    "people s republic of china": "china", "peoples republic of china": "china", "pr china": "china", "p r china": "china",
    "neimenggu": "inner mongolia", "nei mongol": "inner mongolia", "xizang": "tibet", "taiwan roc": "taiwan",
    "peking": "beijing", "canton": "guangzhou", "amoy": "xiamen", "tsingtao": "qingdao", "nanking": "nanjing",
    "shaanxi": "shaanxi", "shensi": "shaanxi", "haerbin": "harbin", "huhehaote": "hohhot", "wulumuqi": "urumqi",
    "eerduosi": "ordos", "lasa": "lhasa", "hetian": "hotan", "kashi": "kashgar", "qiqihaer": "qiqihar", "lasha": "lhasa",
    "huhhot": "hohhot", "linzhi": "nyingchi", "changdu": "chamdo", "kelamayi": "karamay", "erdos": "ordos",
    "united states": "usa", "america": "usa", "u s": "usa", "u s a": "usa", "uk": "united kingdom",
    "british virgin islands": "bvi", "cayman islands": "cayman", "deutschland": "germany", "s pore": "singapore",
    "luliang": "lvliang", "xiong an": "xiongan", "us": "usa",
}  # fmt: skip

# Cities and regions that are written as two words often enough to be read so: "Shen Zhen", "Xi An". Smaller ones are not,
# because "Da Tong" or "An Yang" is more often two syllables of a brand.
_TWO_WORDS = words(
    "beijing shanghai tianjin chongqing guangdong guangzhou shenzhen hangzhou nanjing suzhou wuhan chengdu xian zhejiang"
    " jiangsu shandong sichuan hubei hunan henan hebei fujian anhui jiangxi liaoning jilin shanxi shaanxi yunnan guizhou"
    " guangxi gansu qinghai ningxia xinjiang hainan dalian qingdao ningbo xiamen dongguan zhuhai foshan wuxi jinan"
    " zhengzhou changsha hefei shenyang changchun hongkong fuzhou kunming"
)

_REGION_SUFFIXES = ("", "省", "市")
_CITY_SUFFIXES = ("", "市", "地区")
_COUNTY_SUFFIXES = ("", "市", "县", "区")
# 南京市场, 北京市政, 上海市民: the 市 belongs to the next word.
_AFTER_CITY_WORD = frozenset("场政民容井郊")


@dataclass(frozen=True, slots=True)
class Place:
    """One written form of a place."""

    key: str
    name: str
    """Short Chinese name, without 省 or 市; in Latin forms too."""
    region: str
    """Key of the region that holds it; a region holds itself."""
    doubtful: bool
    """Counts only after its region or in brackets."""


def _read_table() -> tuple[dict[str, Place], dict[str, Place]]:
    han: dict[str, Place] = {}
    latin: dict[str, Place] = {}
    region = ""
    entries: list[tuple[str, str, bool, tuple[str, ...]]]
    for line in _TABLE.strip().splitlines():
        county = line.startswith("  +")
        if line.startswith("@"):
            key, name = line[1:].split()
            region = key.replace("-", " ")
            entries = [(region, name, False, _REGION_SUFFIXES)]
        else:
            entries = []
            for entry in line.strip(" +").split():
                key, _, name = entry.partition("=")
                suffixes: tuple[str, ...] = _COUNTY_SUFFIXES if county else _CITY_SUFFIXES
                entries.append((key.replace("-", " "), name.rstrip("!"), county and not name.endswith("!"), suffixes))
        for key, name, doubtful, suffixes in entries:
            for suffix in suffixes:
                unsure = not suffix and (doubtful or name in _DOUBTFUL_HAN)
                han.setdefault(name + suffix, Place(key, name, region, unsure))
            latin.setdefault(key, Place(key, name, region, doubtful or key in _DOUBTFUL_LATIN))
    places = {place.key: place for place in han.values()}
    for form, key in _OTHER_FORMS.items():
        han[form] = Place(key, places[key].name, places[key].region, False)
    for form, key in _OTHER_LATIN.items():
        latin[form] = Place(key, places[key].name, places[key].region, form == "us")
    return han, latin


HAN_PLACES, LATIN_PLACES = _read_table()
# The lengths to try, longest first, by the first two characters of a form and by its last two.
_LENGTHS_FROM: dict[str, tuple[int, ...]] = {}
_LENGTHS_TO: dict[str, tuple[int, ...]] = {}
for _form in HAN_PLACES:
    for _lengths, _pair in ((_LENGTHS_FROM, _form[:2]), (_LENGTHS_TO, _form[-2:])):
        _lengths[_pair] = tuple(sorted({len(_form), *_lengths.get(_pair, ())}, reverse=True))
_LATIN_HEADS = frozenset(form.split()[0] for form in LATIN_PLACES if " " in form)
_LATIN_TWO_WORD_HEADS = frozenset(place[:cut] for place in _TWO_WORDS for cut in range(2, len(place)))
LATIN_PLACE_STARTS = _LATIN_HEADS | _LATIN_TWO_WORD_HEADS | frozenset(LATIN_PLACES)


REGIONS = {place.key: place.region for place in (*HAN_PLACES.values(), *LATIN_PLACES.values())}
"""Key of a place → key of the region that holds it; a region holds itself."""


def han_place_at(text: str, start: int = 0) -> tuple[Place, int] | None:
    """Return the longest Chinese place that begins at `start`, and its end."""
    for length in _LENGTHS_FROM.get(text[start : start + 2], ()):
        end = start + length
        place = HAN_PLACES.get(text[start:end]) if end <= len(text) else None
        if place is None or (length > 2 and text[end - 1] == "市" and text[end : end + 1] in _AFTER_CITY_WORD):
            continue
        return place, end
    return None


def han_place_before(text: str, end: int) -> tuple[Place, int] | None:
    """Return the longest Chinese place that ends at `end`, and its start."""
    for length in _LENGTHS_TO.get(text[max(0, end - 2) : end], ()):
        place = HAN_PLACES.get(text[end - length : end]) if length <= end else None
        if place is not None:
            return place, end - length
    return None


def latin_place_at(words: list[str], start: int) -> tuple[Place, int] | None:
    """Return the longest place that begins at word `start`, and the index after it."""
    head = words[start]
    if head in _LATIN_HEADS:
        for count in (5, 4, 3, 2):
            place = LATIN_PLACES.get(" ".join(words[start : start + count]))
            if place is not None:
                return place, min(start + count, len(words))
    place = LATIN_PLACES.get(head)
    if place is not None:
        return place, start + 1
    if head in _LATIN_TWO_WORD_HEADS and start + 1 < len(words):
        joined = head + words[start + 1]
        if joined in _TWO_WORDS:
            return LATIN_PLACES[joined], start + 2
    return None


def place_key(text: str) -> str:
    """Return the key of a folded place word in Chinese or Latin letters, or "" if it is not one.

    The whole text must be the place: "深圳市" and "Xi'an" have a key, "深圳市大疆" has none.
    """
    squeezed = "".join(filter(str.isalnum, text))
    place = HAN_PLACES.get(squeezed) or LATIN_PLACES.get(squeezed)
    if place is None:
        spaced = "".join(character if character.isalnum() else " " for character in text).split()
        place = LATIN_PLACES.get(" ".join(spaced))
    return place.key if place is not None else ""
