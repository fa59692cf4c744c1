"""Every weight and threshold of the matcher, each with its reason, on one screen.

Weights are in log-odds (natural logarithm): +1 makes a candidate 2.7 times as likely. These are what we believed before
any data; `zhengming-aliases calibrate` moves them to what labelled queries show and writes `coefficients.py`, which the
matcher uses. Codes that the labelled queries do not touch (context, dates, identifiers) keep the value given here.
"""

from __future__ import annotations

from zhengming.engine.answer import EvidenceCode as E
from zhengming.engine.answer import Profile


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRIOR_OFFSET = -1.0
"""Where every candidate starts, before any reason: most names near a query are somebody else's."""

PRIOR_WEIGHTS: dict[E, float] = {
    # How the texts agree as a whole.
    E.TEXT_EQUAL: 9.0,  # the very name that the table holds
    E.FOLDED_EQUAL: 8.5,  # case, width, spacing: writing habits, not identity
    E.SCRIPT_FOLDED: 8.5,  # traditional and simplified script of one name
    E.LOOK_ALIKE_FOLDED: -3.0,  # Cyrillic letters in a Latin name: seldom innocent
    E.CORE_EQUAL: 6.0,  # 华为技术 = 华为技术有限公司: what is left out does not identify
    # The brand is the identity.
    E.BRAND_EQUAL: 3.2,
    E.PINYIN_TYPED: 2.8,  # toneless pinyin of the whole core; two syllables are weakened by SHORT_BRAND
    E.PINYIN_EQUAL_HAN_DIFFERS: 2.2,  # the commonest typing error of input methods
    E.BRAND_SIMILAR: 1.2,
    E.BRAND_CONTAINED: -1.5,  # 大疆百旺 carries 大疆 and is somebody else
    E.ACRONYM_DERIVED: -0.5,  # initials fit many firms
    E.BRAND_CONTRADICTS: -7.0,
    E.ONLY_GENERIC_SHARED: -7.0,
    # Place, trade and form support or contradict.
    E.PLACE_EQUAL: 0.8,
    E.PLACE_MISSING: -0.4,
    E.PLACE_MISMATCH: -5.0,  # same brand, other city: an affiliate or a stranger, never the firm itself
    E.PLACE_ADDED: -4.0,  # Xi'an Huawei Technologies is not Huawei Technologies
    E.TRADE_EQUAL: 1.6,
    E.TRADE_MISSING: -0.6,
    E.TRADE_DIFFERS: -4.5,
    E.TRADE_ADDED: -3.0,  # 中国铁建重工 is not 中国铁建
    E.GROUP_WORD_DIFFERS: -1.5,  # 华联控股 and 华联股份 are strangers, Naura Technology and its Group are not
    E.GROUP_WORD_ADDED: -5.0,  # 通威集团 owns 通威股份 and is another firm
    E.NUMBER_DIFFERS: -8.0,  # CETC's 45th institute is not its 55th
    E.LEGAL_FORM_DIFFERS: -0.1,  # 有限 becomes 股份有限 before a listing
    E.LEGAL_FORM_FOREIGN: -8.0,  # Momenta GmbH: a stranger or a subsidiary abroad, never the firm itself
    E.ORDER_DIFFERS: -0.3,
    E.TRUNCATED: 0.0,
    # Edits of the whole core.
    E.EDIT_1: 0.8,
    E.EDIT_2: -1.0,
    E.EDIT_MANY: -3.0,
    # One Chinese character off a name (`slip.py`): the weights are those of SLIP_WEIGHTS.
    E.CHARACTER_SLIPPED: 0.0,
    E.SOUND_NEAR: 0.0,
    E.SHAPE_SIMILAR: 0.0,
    # What the table knows of the name.
    E.NAME_WEAK: -6.0,  # BGI, CSU, IGL on government lists
    E.NAME_SHARED: -0.5,
    E.NAME_USUAL: 3.0,  # 中国石化 is the listed firm in nineteen cases of twenty, and its parent in one
    E.FORMER_NAME: 0.0,  # told for the reader; dates decide, not age
    E.NAME_VALID_AT_DATE: 2.0,
    E.NAME_NOT_VALID_AT_DATE: -2.0,  # observed dates only re-rank; exact dates exclude
    # What the caller knows.
    E.IDENTIFIER_EQUAL: 6.0,
    E.IDENTIFIER_CONTRADICTS: -6.0,
    E.CONTEXT_AGREES: 1.5,
    E.CONTEXT_DISAGREES: -2.0,
    E.CO_MENTION: 1.5,
    # Told for the reader.
    E.LISTING_DECORATION: 0.0,
    E.BRANCH: 0.0,
    E.GRANULARITY_RAISED: 0.0,
}

DISTINCTIVE_BRAND = 0.7
"""Added to an equal brand of three Chinese characters or five letters and more: strangers seldom share those."""

BARE_BRAND = -4.0
"""Added to an equal brand when the query is nothing but that brand, in Latin letters or two Chinese characters, while the
name says more ("Silver" for Hunan Silver): a word alone is often just a word."""

SHORT_BRAND = -2.0
"""Added to sound and similarity evidence of brands of two Chinese characters or four letters: too many neighbours."""

LONG_NAME = 7
"""Characters of a core in which a brand of two that only sounds alike is still the brand: 上海壁韧智能科技 means 壁仞, while
禾嘉 and 和佳, 大江 and 大疆, 华鸿科技 and 华宏科技 are different firms."""

MORE_HOMOPHONES = -2.0
"""Added for each Chinese character after the first that only sounds like the name's, in cores shorter than LONG_NAME: 心憩园
is not 芯启源."""

LONG_TYPED = 4
"""Syllables of a core that say enough when typed in pinyin (lixunjingmi): nobody types another firm's by mistake."""

LONG_BRAND = 1.2
"""Added to sound and similarity evidence of cores of four Chinese characters or nine letters: neighbours are rare."""

COMMON_BRAND = -0.7
"""Times log2 of the number of firms that carry the brand: 华夏 tells less than 寒武纪."""

BRAND_EDITS = ((4, 5, 0), (8, 14, 1), (99, 99, 2))
"""Edits that a brand may be off and still be similar: (up to so many Han characters, up to so many letters, edits)."""

OTHER_TAIL = -6.0
"""Added to GROUP_WORD_DIFFERS when both Chinese names state a tail (太极股份, 太极集团): families share the brand."""

SISTER_PLACE = -4.0
"""Added to PLACE_MISSING when the name has a place of another region beside the one that both have: who leaves it out of
Shenzhen Kaifa Technology (Chengdu) means the parent."""

NATIONAL_NAME = -5.0
"""Added to PLACE_MISSING when a Latin name is everyday words behind "China" and the query leaves the country out:
Eastern Airlines and Life Insurance Co. are strangers of China Eastern Airlines and China Life Insurance."""

NATIONAL_WORDS = _words(
    "air america capital central century city cloud east eastern express first fortune free galaxy general grand great "
    "green harmony high land life literature merchants mobile national nature new north northern ocean oriental "
    "overseas pacific peoples post power resources royal south southern southwest space standard star state sun sunshine "
    "times tower trend union united wall west western world"
)
"""English words that name a firm only together with its country."""
SLIP_WEIGHTS: dict[str, float] = {
    # One character stands for another one: how are they confused?
    "start": -7.0,
    "same_sound": 4.5,  # two thirds of the errors of input methods
    "near_sound": 3.0,  # zh/z, n/ng, l/n, h/f: one more in fourteen
    "likeness": 7.0,  # times the square of 0 to 1: the eye, and the machine that reads for it
    # Is it one that a stranger would put into a name, there?
    "common_in_language": 0.5,  # times 0 to 9; 不 and 打 are typed by mistake, 晟 and 睿 on purpose
    "rare_in_names": 0.5,  # times log of names to a name that holds it
    "seen_behind": -0.8,  # times log of names with it behind the same character
    "seen_before": -0.8,
    # Characters swapped, doubled, lost or added.
    "swapped": 3.0,
    "doubled": 3.0,  # a held key; hardly a firm calls itself so
    "dropped": -1.0,  # 华通 and 华通达 are two firms
    "added": -3.0,
    "added_rare": 0.5,
    "new_pair_seen": -0.8,
    # How many names have the rest?
    "sharing": -1.4,  # times log of the firms that have a name with any other character there
    # How unlikely is it that a firm at large is named so? Times minus the log of it.
    "unlikely": 0.3,  # at the edit: hardly a name goes on as 爱奇多 does
    "meant_unlikely": -0.1,
    "rest_unlikely": 0.1,  # ·线程 is one firm's, ·科技 everybody's
    "brand_of_two": -1.5,  # half of the brand is gone
    "brand_of_three": -0.5,
    "outside_brand": 1.0,
    "in_place": 0.0,  # 台肥晶合: the brand is whole, but another place may have a firm of that name
}
"""Log-odds for the values that `slip.read_slip` reads of two names one Chinese character apart: what we believed before
any data; the fitted weights are `coefficients.SLIP`."""

LOOKS_ALIKE = 0.6
"""Likeness of two characters (0 to 1) from which the evidence says that they look alike."""

MOST_SURPRISE = 40.0
"""Unlikeliness of what an edit leaves alone from which more says no more; a name of four characters has about 20."""

BRAND_TURNED = -1.5
"""Added when the swapped characters are all of the brand: 大华 and 华大, 泰瑞 and 瑞泰 are brands either way round."""

HALF_ANOTHER_BRAND = -1.5
"""Added when one of a brand's two characters stands for one that neither sounds nor looks like it: 腾达 and 奋达, 中通 and 申通
are as like each other, and whatever else is written alike is what such firms share."""

SLIP_OF_LENGTH = -2.0
"""Added when a character was lost or added: made errors are all slips of the hand, but people also shorten and lengthen
names on purpose, and what comes out is as often a stranger's (蓝太平洋, 九龙朝)."""

SHORTEST_SLIPPED, SLIP_TOO_SHORT = 3, -5.0
"""A text shorter than so many characters is one character from so many names that a slip in it is never mended: the
names are shown, the likeliest first, and none is answered."""

WORD_TYPED = -8.0
"""Added when what was typed is a word of the language: 科学家 are scientists, and no misspelt 科学城."""

WORD_MADE = -8.0
"""Added when a character that neither sounds nor looks like the name's makes a word with the one beside it: who writes
联想集合 or 长安汽水 means 集合 and 汽水. Characters that are confused make words by accident, as input methods offer words."""

GENERAL_TRADES = frozenset(("科技", "技术", "technology"))
"""Trades that a short name gains or loses without becoming another firm's (寒武纪科技)."""

LIMITED_AGAIN = -6.0
"""Added to LEGAL_FORM_DIFFERS between 有限公司 and a former name with 股份有限公司: the old business under the old name."""

GENERAL_TRADE = 1.0
"""Added to TRADE_MISSING when only a word as general as Technology is left out or added: newswires leave it out."""

FIRST_TRADE = 1.2
"""Added to TRADE_MISSING when a Latin name goes as far as one of its trades and only later ones are left out."""

UNIT_TRADES = frozenset(
    ("service", "institute", "academy", "bank", "securities", "insurance", "finance", "property", "logistics")
)
"""Trades for which groups keep units: Country Garden is not Country Garden Services, whose later trade is no mere addition."""

FULL_NAME_TRADE = -3.0
"""Added to TRADE_MISSING when query and name both end in a legal form and the business left out is no general one."""

ALIGNABLE_EDITS = 3
ALIGNABLE_SHARE = 0.34
"""Two texts are aligned letter by letter only when they differ in so few places (count, share of the longer one);
otherwise their parts are compared."""

SLIP_LETTERS = 9
"""Letters of a Latin brand from which a lost or added letter is a slip of the fingers and not another name."""

ONE_WORD = 7
"""Letters of a Latin brand that is a word of many (Gree, Horizon): alone with a legal form it is a stranger's name."""

SHORT_CORE = 3
"""Chinese characters of a core so short that even 股份 behind it tells firms apart."""

MIN_TRUNCATED_HAN, MIN_TRUNCATED_LATIN = 4, 10
"""Least length of a name cut in the middle of a word that is still read as the beginning of a longer one."""

MIN_CUT_FIELD = 20
"""Least width of a field that cuts names; narrower ones leave too little to tell firms apart."""

MIN_CUT_SCREEN = 9
"""Least letters of a name in front of a class of shares that is still read as the beginning of a listed firm's name
(KWEICHOW MOUTA-A): screens of prices leave fourteen places for both, and the class says that a listed firm is meant."""

WIDE_FIELD = 30
"""Width from which a text that ends with a whole word may still be the beginning of a longer name."""

TRADES_THAT_NAME = 3
"""So many trade words in a row are a name by themselves (Semiconductor Manufacturing International)."""

THRESHOLDS: dict[Profile, float] = {
    Profile.BALANCED: 0.83,  # 5 in 6: a wrong firm is five times as bad as a missed one
    Profile.HIGH_PRECISION: 0.99,  # measured: of guesses between 0.97 and 0.99 one in eight is wrong
    Profile.HIGH_RECALL: 0.50,  # more likely right than wrong; for lists that a person reviews
}

SLIP_THRESHOLDS: dict[Profile, float] = {
    Profile.BALANCED: 0.86,  # at 0.83 one typing error in a hundred more, and more strangers (decision 0007)
    Profile.HIGH_PRECISION: 0.99,
    Profile.HIGH_RECALL: 0.60,  # one typing error in a hundred fewer than at 0.50, and a quarter fewer strangers
}
"""Least confidence of a MATCH that rests on a Chinese character that stands for another one. The confidence is right on
average over the firms of the table; names that the table does not hold at all are more than any table can show."""

CONTRADICTED = (-1.2, 0.47)
CONTRADICTED_MOST = -0.05
"""How sure a firm is meant that something contradicts: these log-odds, and so many for each that the reasons come to; never
more than they come to, and always less than even odds, which is the least that a profile asks for. Such a firm is shown and
never answered. Of those that the reasons alone would be surer of than .9 half are right, of those between .1 and .6 one in
six (decision 0009)."""

MIN_MARGIN: dict[Profile, float] = {
    Profile.BALANCED: 0.25,
    Profile.HIGH_PRECISION: 0.5,
    Profile.HIGH_RECALL: 0.10,
}
"""Least distance in confidence between the answer and another firm; nearer is AMBIGUOUS."""

PLAUSIBLE = 0.30
"""Share of the best firm's confidence from which another firm counts as a rival."""

LEAST_TIE = 0.25
"""Least confidence of the best of several firms reached by a guess; six that share a brand are no answer to 华大技术."""

FUZZY_TERMS = 50
"""Names that the n-gram index hands to the string comparison (recall at 50 is what the benchmark measures)."""

ONE_AWAY_COMPARED = 20
"""Names one Chinese character away that are compared, as many as an answer may show; a text of two characters can have
hundreds."""

FUZZY_COMPARED = 6
"""Names that the string comparison hands to the full comparison of parts."""

MIN_SIMILARITY = 0.6
"""Least string similarity (0 to 1) of a near miss; below it nothing is near."""

POSTINGS_BUDGET = 3000
"""Least n-gram postings read for a query, rarest grams first; measured recall is flat above it at 100,000 names."""

POSTINGS_SHARE = 0.08
"""Postings read as a share of the number of terms, where that is more: the budget grows with the table."""

CROWDED_FROM = 200_000
"""Terms from which look-alikes are so many that all grams of a term are compared; in smaller tables the rare ones find as
much and cost less (docs/profile.md)."""

LOOK_ALIKES_SHARE = 0.002
"""Postings of the likeliest terms that are kept for that, as a share of the number of terms; a term is met by one for every
gram that it shares."""

BRAND_OWNERS = 5
"""Most firms that may share a brand for it to be somebody's brand (POSSIBLE_AFFILIATE)."""

PAIR_OFFSET = 0.0
"""Where the comparison of two names starts: nothing is known of how many firms could be meant."""

PAIR_WEIGHTS: dict[E, float] = {
    # Comparing two names is not looking one up: nobody says that either is complete, and the same brand with another
    # business is mostly a sister (measured on FinRE). Codes that are not named here weigh as in a resolution.
    E.CORE_EQUAL: 4.0,
    E.BRAND_EQUAL: 3.0,
    E.ABBREVIATION_DERIVED: 2.2,  # 工行 of 中国工商银行: every word is represented
    E.BRAND_SIMILAR: 1.0,
    E.PINYIN_EQUAL_HAN_DIFFERS: -1.6,  # 拓搏 and 拓博 are registered by two firms
    E.TRADE_MISSING: -2.4,
    E.PLACE_MISSING: -1.6,
    E.GROUP_WORD_DIFFERS: -3.9,
    E.EDIT_1: 0.0,
    E.EDIT_2: -1.0,
    E.NAME_SHARED: -2.0,  # several firms are called so, and the other name is none of theirs
}
"""Weights of the comparison of two names, in log-odds, where they differ from those of a resolution."""

PAIR_PARTLY_DERIVED = -1.4
"""Added to ABBREVIATION_DERIVED when words of the long name are not represented (中石油 of 中国石油天然气集团)."""

PAIR_BOTH_REGISTERED = 2.4
"""Added to GROUP_WORD_DIFFERS of two full registered names: 集团 goes and comes in one firm's life. Also for 控股 alone."""

PAIR_SHORTENED_GROUP = 3.5
"""Added to GROUP_WORD_DIFFERS of a name that is shortened throughout (中石油, 上汽): nobody says 中石油集团."""

PAIR_PARENT_OR_ISSUER = -3.2
"""Added to LEGAL_FORM_DIFFERS between 集团有限公司 and 集团股份有限公司: mostly one firm that changed its form before a
listing, sometimes a parent and its issuer."""

PAIR_FULL_NAME = 1.2
"""Added to PLACE_MISSING when a short name leaves out the place of a full registered one: nearly all do."""

PAIR_GENERAL = 1.6
"""Added to TRADE_MISSING when only words are left out that say no business (科技, 实业, 国际)."""

PAIR_NATIONAL = 1.0
"""Added to PLACE_MISSING when the place is only 中国."""

PAIR_GENERAL_TRADES = _words(
    "科技 技术 高科技 实业 企业 工业 产业 发展 开发 国际 管理 经营 制造 生产 系统 设备 综合 信息"
)
"""Trade words that a short name drops without becoming another firm's."""

PAIR_SIDE_TRADES = _words(
    "置业 物业 物业管理 金融 金融信息 资产 资产管理 投资 资本 基金 基金管理 创业投资 股权投资 财务 小贷 商业 "
    "商贸 贸易 国际贸易 外贸 进出口 销售 营销 超市 零售 电商 电子商务 服务 运营 维修 工程 建筑工程 物流 运输 "
    "供应链 广告 粮油 融资租赁 担保 燃气 "
)
"""Businesses that groups found a subsidiary for; the name with such a word and the name without it are two firms."""

PAIR_GENERAL_FUNDS = frozenset(("投资",))
"""The side business that says little between two registered names which state another one (发展, 投资发展)."""

PAIR_SIDE_PARTS = frozenset(("股权", "创业", "资产", "基金", "农村"))
"""Parts of a compound trade that tell names apart (投资 and 股权投资, 商业银行 and 农村商业银行)."""

PAIR_IDLE_PARTS = frozenset(("省", "市", "县", "区", "自治县", "集团", "和", "网", "营业部"))
"""Parts of a brand that a writer leaves out without meaning another firm."""

PAIR_HOLDING_WORDS = ("投资", "控股", "集团")
"""What firms that hold others call themselves; full names exchange these words (投资控股集团, 集团) in one firm's life."""

PAIR_EXCHANGED = 1.1
"""Added to GROUP_WORD_DIFFERS when two full names exchange such words and agree in all others: in the table every second
such pair is one firm's, and the rest are the families that everybody knows (联想集团, 联想控股)."""

PAIR_LONG_BRAND = 4
"""Characters of a brand that hardly two firms of one place share, whatever stands behind it."""

PAIR_WIDER_PLACE = -1.0
"""Added to PLACE_MISSING between two full names, one with a city and one with its province: a move, or a sister there."""

PAIR_TELLING_BRAND = 3
"""Characters of a brand that a full name may follow with words we do not know: of the short and the full names in the table
that differ so, four of five pairs are one firm's; of brands of two characters two of five, with a business kept behind two
of three. `python -m tests.eval.full_name_rules` counts these."""

PAIR_OTHER_LETTER = -2.0
"""Added to EDIT_1 for one other character behind a long brand of two full names (机械, 机器): likely, but never seen in the
table."""

PAIR_OWNER_LETTERS = 4
"""Characters without the place that a full name keeps when it leaves its owner's name out (华意压缩机 of 长虹华意压缩机): of the
full names in the table that differ so, seven of eight pairs are one firm's."""

PAIR_SLIP_LETTERS = 4
"""Letters of a Latin word in which one other letter is a slip, unless the brands are Chinese syllables (Hengyi, Hengli)."""

PAIR_THRESHOLDS: dict[Profile, float] = {
    Profile.BALANCED: 0.50,  # whoever asks holds both names: a missed pair is as bad as a false one
    Profile.HIGH_PRECISION: 0.90,
    Profile.HIGH_RECALL: 0.35,
}
"""Least confidence of SAME_FIRM by names."""

PAIR_DIFFERENT = 0.20
"""Confidence below which two names are DIFFERENT_FIRMS by names; from here to the threshold it is UNDECIDED."""
