"""Legal forms, group words and branches: the parts of a name that say what a firm is in law, not who it is."""

from __future__ import annotations

import re

from zhengming.engine.grammar.words import words

# Longest first: 集团股份有限公司 is 集团 + 股份有限公司, and the group word stays in the core.
HAN_FORMS = (
    "股份有限责任公司",
    "有限责任公司",
    "股份有限公司",
    "有限合伙企业",
    "股份公司",
    "股份合作公司",
    "有限公司",
    "株式会社",
    "合伙企业",
    "有限合伙",
    "特殊普通合伙",
    "普通合伙",
    "无限公司",
    "总公司",
    "公司",
    "股份",
    # Cut by a field that was too short.
    "股份有限责任",
    "有限责任",
    "股份有限",
    "有限",
)
# 集団 is how Japanese writes 集团.
HAN_GROUP_WORDS = ("集团", "控股", "集団")
_FORM_SET = frozenset(HAN_FORMS)
_FORM_ENDS = frozenset(form[-1] for form in HAN_FORMS)
_FORM_LENGTHS = tuple(sorted({len(form) for form in HAN_FORMS}, reverse=True))

# 研究院 and 研究所 are not here: they are firms in their own right.
BRANCH = re.compile(r"(?:分公司|支公司|分行|支行|办事处|代表处|营业部|分理处|分店|分部|分厂)$")
BRANCH_NUMBER = re.compile(r"第[一二三四五六七八九十\d]+$")

# Latin form words → how they are written in `legal_form`.
LATIN_FORMS = {
    "co": "co", "company": "co", "cos": "co", "companies": "co", "gongsi": "co", "ltd": "ltd", "limited": "ltd", "lmt": "ltd",
    "limit": "ltd", "ltda": "ltd", "youxian": "ltd", "youxiangongsi": "co ltd", "coltd": "co ltd", "incorporated": "inc",
    "inc": "inc", "incorporation": "inc", "corp": "corp", "corporation": "corp", "corporations": "corp", "coorporation": "corp",
    "llc": "llc", "llp": "llp", "plc": "plc", "pte": "pte", "pty": "pty", "gmbh": "gmbh", "jsc": "jsc", "gufen": "joint stock",
    "gufenyouxiangongsi": "joint stock co ltd", "zeren": "ltd", "stock": "joint stock", "bhd": "bhd", "sdn": "sdn",
    "shareholding": "joint stock", "shareholdings": "joint stock", "lp": "lp", "kg": "kg", "srl": "srl", "oy": "oy", "ab": "ab",
    "ag": "ag", "sa": "sa", "sas": "sas", "bv": "bv", "nv": "nv", "kk": "kk", "spa": "spa", "aps": "aps", "pjsc": "pjsc",
}  # fmt: skip
# Forms that no firm of the mainland has: a name with one belongs to somebody abroad, be it a subsidiary.
FOREIGN_FORMS = words("plc pte pty gmbh kg ag sa sas srl spa bv nv ab oy aps kk pjsc bhd sdn 株式会社")
# These are forms only behind everything else: in "AB Tech" and "SA Auto" they are brands.
LATIN_FORMS_AT_END = words("lp kg srl oy ab ag sa sas bv nv kk spa aps limit stock")
LATIN_FORM_PHRASES = {
    ("joint", "stock"): "joint stock",
    ("limited", "by", "shares"): "ltd",
    ("limited", "liability"): "ltd",
    ("limited", "partnership"): "lp",
    ("general", "partnership"): "lp",
    ("by", "shares"): "",
    ("share", "holding"): "joint stock",
    # Pinyin written by the syllable.
    ("gu", "fen"): "joint stock",
    ("you", "xian"): "ltd",
    ("gong", "si"): "co",
}
LATIN_FORM_PHRASE_HEADS = frozenset(phrase[0] for phrase in LATIN_FORM_PHRASES)
LATIN_GROUP_WORDS = words("group groups grp holding holdings hldg hldgs hld jituan konggu conglomerate")
LATIN_BRANCH_WORDS = frozenset(("branch", "subbranch"))


def cut_han_form(text: str) -> tuple[str, str]:
    """Split a squeezed Chinese name into what stands before its legal form and the form ("" if it has none).

    Forms pile up at the end of clumsy names (股份公司有限公司); all of them go, and the outermost is told.
    """
    outermost = ""
    while text and text[-1] in _FORM_ENDS:
        for length in _FORM_LENGTHS:
            form = text[-length:]
            if form in _FORM_SET:
                text = text[: -len(form)]
                outermost = outermost or form
                break
        else:
            break
    return text, outermost
