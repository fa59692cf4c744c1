"""Every weight, threshold and limit of text linking, each with its reason, on one screen; the words are in `cues`.

Weights are in log-odds (natural logarithm) of "a firm is named here". Which firm it is, is the matcher's to say.
"""

from __future__ import annotations

from zhengming.engine.answer import Profile

# How a name looks by itself.
HAN_FORM = {2: 1.0, 3: 1.8, 4: 3.2, 5: 3.8}
"""By number of Chinese characters: two are often part of other words, four hardly ever by chance."""
HAN_FORM_LONG = 4.5
LATIN_FORM = {2: -1.5, 3: 0.4, 4: 1.6, 5: 2.2}
"""By number of letters of a single Latin word, capitalised."""
LATIN_FORM_LONG = 2.8
LATIN_SEVERAL_WORDS = 4.0
MIXED_FORM = {2: -1.0, 3: 1.5}
"""Latin letters or digits and Chinese characters (TCL科技, 360安全)."""
MIXED_FORM_LONG = 3.5
DIGITS_FORM = -3.0
"""Nothing but digits (360, 2345)."""
LEGAL_FORM = 6.0
MARKED_COMMON_WORD = {2: -2.5, 3: -2.5}
MARKED_COMMON_WORD_LONG = -4.0
"""The table's editors say that the name is an everyday word. A long one (蝴蝶效应) has the form of a name without being one."""
WEAK_NAME = -3.5
OLD_NAME = -0.8
"""Found by a former name, a misspelling or a vendor's cut form only: old names come back as words and as other firms."""

# Word statistics.
WORD_CLASS = {"other": (9.5, -0.45), "noun": (9, -0.4), "place": (7, -0.35), "name": (11, -0.08)}
"""An everyday word of that class: (level from which it counts, times the levels above). A level is twice the logarithm
of the word's frequency. Verbs and adjectives are hardly ever firms; brands stand among the names of a dictionary."""
NAME_LEVEL = {2: 5, 3: 6}
NAME_LEVEL_LONG = 10
"""Level of a name of the table against words across its edge, by its length, unless a dictionary has it higher: most short
names are seldom written. 11 is a word that occurs 250 times in 60 million."""
UNKNOWN_CHARACTER_LEVEL = 4
SINGLE_CHARACTER = 8
"""Levels taken from a character that stands as a word of its own: most that the dictionary counts are parts of words."""
TRADE_ONLY = -3.0
"""Nothing but words for trades (新材料, 机器人): listed firms have such names, and every text has such words."""
REST_LEVEL = 8
"""Level of what a word across the edge leaves of a name."""
PHRASE_LEVEL = 13
PHRASE = -3.0
"""Four characters that are two everyday words and no trade (力量发展)."""
CORPUS_LEVEL = 35.8
"""Twice the logarithm of the size of jieba's corpus."""
OVERLAP = -0.8
"""Times the levels by which the best reading across the name's edge beats the best reading with the name as a word."""
OVERLAP_MOST = -7.0
OVERLAP_WINDOW = 6
"""Characters on each side of a name that are read."""
OVERLAP_LONGEST_NAME = 4
"""Longer names are not held against words."""
ENGLISH_WORD = -2.0
"""A single English word that everybody knows, capitalised (Horizon, Thunder)."""
NOT_CAPITALISED = -5.0

# What stands beside it.
CODE_BESIDE = 7.0
FOREIGN_CODE_BESIDE = 2.0
STRONG_BEHIND, WEAK_BEHIND = 2.2, 0.6
STRONG_BEFORE, WEAK_BEFORE = 1.6, 0.5
EVERYDAY_FORM = -2.0
"""Log-odds of a name by itself up to which a firm before it says little: every supplier has a boss (供应商|老板)."""
LISTED_WITH_FIRMS = 1.5
LISTING_MARK = 5.0
"""ST, -U and share letters stand on listed names only."""
PLACE_LIKE = -2.5
"""Ends as places end (金融街, 中关村, 太平洋); such firms exist, but so do the places."""
PLACE_ENDS = frozenset("街村洋路湖山河江岛港城镇桥园岭峡滩")
PLACE_LIKE_LONGEST = 3
PARTICLE_END = -2.0
"""Ends in a particle (美的, 快的), which every adjective before it claims."""
PARTICLES = frozenset("的了着们")
FINANCE_NEAR = 1.0
"""Words of listed firms' news within reach on either side."""
PART_OF_PRODUCT = -3.0
LATIN_MODEL = -4.5
"""More than in Chinese, where names begin with less."""
COUNTED = -3.0
"""A number or a measure stands before it (1024字节, 这份新希望)."""
PRODUCT = -2.0
"""A known product, whatever stands around it: it names no firm, though its owner is told to whoever asks for so little."""
OTHER_SENSE = -4.0
"""The word behind says that the name is something else (the DJI index, boe per day)."""
ARTICLE_MOST_WORDS = 2
"""Words of a Latin name that an article makes something else of (the DJI, the Great Wall); longer ones take one (the Bank of China)."""
PART_OF_PLACE = -6.0
PART_OF_PERSON = -4.0
LATIN_FAMILY_NAME = -1.5
PART_OF_NAME = -4.0
IN_TITLE = -4.0
PART_OF_PHRASE = -3.0
"""Opens a short phrase in quotes that says more (“商汤灭夏”)."""
TRADE_ACROSS = -3.0
"""A word for a trade begins in a short name and ends behind it (博盛新|材), or "and" and a word make the name (和|信贷)."""
ANOTHER_NAME = -7.0
"""The name is part of another firm's (华菱|湘钢, 石家庄|建投, 子公司广州|越秀金控): so much that words of firms beside it
cannot outweigh it, since they speak of the other firm."""
FOREIGN_BEHIND = -2.5
"""A foreign firm's name glued behind: the name of a joint venture (广汽|菲亚特)."""

# What stands elsewhere in the text.
CO_MENTION = 3.0
SAME_SENSE = 3.0
EVERYDAY = -1.0
"""What speaks against a name as a word from which on the same firm elsewhere in the text does not license it."""
FINANCIAL_TEXT = 0.5
"""For each other firm surely named in the text."""
FINANCIAL_TEXT_MOST = 1.5
LIKELY = 0.2
"""Log-odds from which a name lends support to its neighbours in a row of names."""
SURE = 2.2
"""Log-odds from which a mention counts as sure."""

SURELY_STANDS = 7.0
"""Log-odds from which nothing else in the text could make a name fall."""
HOPELESS = -5.0
"""Log-odds of a name by itself (中国, 上市) below which only a code beside it or a listing mark is heard."""

CONFIDENCE_LINE = (
    (-4.0, -2.19),
    (-2.5, -1.30),
    (-1.5, -1.25),
    (-0.5, -1.20),
    (0.2, 0.67),
    (1.0, 3.09),
    (2.0, 3.77),
    (3.0, 4.51),
    (4.5, 5.37),
    (6.0, 5.93),
    (8.0, 6.98),
)
"""(sum of signals, log-odds that a firm is really named): the weights above rank well but know no probabilities. Fitted
on labelled mentions by `python -m tests.eval.mention_confidence`; see docs/mention-confidence.md."""

MENTION_THRESHOLDS: dict[Profile, float] = {
    Profile.BALANCED: 0.665,
    Profile.HIGH_PRECISION: 0.98,
    Profile.HIGH_RECALL: 0.225,
}
"""Least confidence of a mention that is returned: sums of signals above 0.2, 2.1 and -1.1."""

SHORTEST_PATTERN = 2
MAX_CODE_POINTS = 1_000_000
"""Longest text of one call."""
WINDOW = 20_000
"""Code points that are read at once, so that memory does not grow with the text."""
WINDOW_OVERLAP = 200
"""Code points that two windows share where no paragraph break is near: longer than any name."""
LONGEST_ANATOMY = 40
"""Code points of the longest name that is found by its anatomy."""

REACH_BEFORE, REACH_BEHIND = 14, 16
"""Code points of context that are read on each side of a name."""
LATIN_REACH = 32
"""The same for a Latin name, on either side: its words are longer."""

# How much of a text is about a firm.
FIRST_MENTION = 6.0
"""Weight of the first mention of the firm that is named first; of the second firm half of it, of the third a third."""
FURTHER_MENTION = 0.4
ANNOUNCES = 2.0
"""Added for a firm that announces, reports or is traded in the text, told by the words behind a mention."""
LISTED_MEANT = 0.9
"""Confidence that an ambiguous name in the news of a listed firm means its only listed carrier, not its parent."""

ANATOMY = {True: 3.5, False: 1.0}
"""A name with a legal form that no table holds, by whether its beginning is sure."""
ANCHOR = 3.0
"""A known name that is no firm's takes its place unless something longer does."""
LICENSED = 0.95
"""Confidence that an ambiguous short name means the firm whose full name stands in the same text."""
CANDIDATES_WEIGHED = 8
"""Candidates that the text may choose from, whatever number the caller wants to see."""
