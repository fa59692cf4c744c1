"""Read names and aliases as government lists write them: what is a name, whose it is, and what is none and why.

The rules are the patterns below. They judge by the look of a text alone; which firm bears a name is decided elsewhere.
"""

from __future__ import annotations

import re

from zhengming.aliases.model import Ambiguity, NameKind
from zhengming.curation.keys import english_words, has_english_form
from zhengming.curation.name_lines import is_generic
from zhengming.curation.places import MAINLAND_ENGLISH
from zhengming.curation.spelling import without_list_tail
from zhengming.engine.fold import has_han, name_key
from zhengming.engine.grammar import parse

_ORGANISATION = re.compile(
    r"\b(co|ltd|limited|corp|corporation|inc|incorporated|company|plc|llc|fzc|institutes?|institution|university|group|factory|plant|"
    r"academy|center|centre|laborator\w*|lab|labs|openlab|industr\w*|import|export|trad\w*|tech\w*|electronic\w*|college|"
    r"enterprises?|holdings?|works|research|design|software|information|data|aviation|aerospace|shipping|freight|"
    r"international|systems?|microsystems|semiconductor\w*|microelectronics|sciences?|scientech|cloud|capital|global|"
    r"logistics|materials|establishment|solutions|display|power|construction|machinery|gongsi|school|bgi|cnc|chip|"
    r"imaxchip|dji|higon|iflytek|intellifusion|jadeshine|kindroid|netposa|piotech|sensenets|skyverse|sugon|armyfly|"
    r"vision|create|smic|hospital|target|base|general|service|services|supply|chain|cotton|farm|mine)\b",
    re.IGNORECASE,
)
_PUBLIC_BODY = re.compile(
    r"public security|police|\bbureau\b|government|detention|prison|labor camp|\bcamp\b|armed police|autonomous region|"
    r"production and construction corp|vocational skills|industrial park|training center|people's republic|\barmy\b|"
    r"representative office|reeducation|reform through labor|labor reform",
    re.IGNORECASE,
)
_SCHOOL = re.compile(r"universit|academy|college", re.IGNORECASE)
"""An academy of the armed forces is listed as such: an alias may say whose it is."""
_PERSON = re.compile(r"\(?individual\)?|\bmr\b|\bms\b|\bdr\b", re.IGNORECASE)
_SECOND_FIRM = re.compile(r"Ltd\. and (?!Subsidiaries)[A-Z]")
_ADDRESS = re.compile(r"\b(road|street|district|building|floor|room)\b.*\d", re.IGNORECASE)
_DESCRIPTION = re.compile(r"\b(subordinate|subsidiary|affiliate|branch) .*of\b", re.IGNORECASE)
_INSTITUTE_OF_A_BODY = re.compile(r"\b(institute|academy|cent(er|re)|laboratory)\b", re.IGNORECASE)
_BODY_ABOVE = re.compile(r"^(the )?(chinese|china) academy\b", re.IGNORECASE)
"""Behind the comma of "Ningbo Institute …, Chinese Academy of Sciences" stands the body that it belongs to."""
_NOT_DISTINCTIVE = MAINLAND_ENGLISH | frozenset(
    [
        "inner",
        "mongolia",
        "hong",
        "kong",
        "china",
        "limited",
        "ltd",
        "co",
        "inc",
        "corporation",
        "company",
        "and",
        "group",
    ]
)
_PLACE_WORDS = MAINLAND_ENGLISH | {"china", "hong", "kong", "group", "hk"}

_TAIL = re.compile(r"[,;]? and (its )?(subordinates|subsidiaries|subunits).*$|[,;] and$", re.IGNORECASE)
_FORMERLY = re.compile(r"^(formerly|previously)( known as)?:? ", re.IGNORECASE)
_SAID_BEFORE = re.compile(r"^(and|chinese:|also known as[:,]?|a\.?k\.?a\.?[:,]?) (?=\S)", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(
    r"[,;]? (?:and )?(?:a\.k\.a\.|aka|also known as)[,:]? |[,;]? (?:and )?(?=formerly known as )"
    r"|(?<=\bLtd\.) and (?=[A-Z])|(?<=\bLimited) and (?=[A-Z])",
    re.IGNORECASE,
)
"""What stands between two names in one cell. "formerly known as" stays with the second."""
_REMARK = re.compile(r"^\([^()]*\)$")
"""A cell that is one bracket says something of the names before it."""
_FORMER_BRACKET = re.compile(r"\s*\((formerly [^()]+?)\s*(?:\([^()]*\))?\)$", re.IGNORECASE)
_BRACKET = re.compile(r"\s*\(([^()]+)\)\s*$")
_SUBORDINATE = re.compile(r"\s*(\([^()]*\))?\s*subordinate institutions?.*$")
_GLUED = re.compile(r"(?<=[a-z]),(?=[A-Z])(?!(?:Co|Ltd|Inc|LLC|Limited)\b)")
"""A comma without a space stands between two names."""
_CROSSED_BRACKET = re.compile(r"\(([^()\[\]]*)\]")
_CYRILLIC_AS_LATIN = str.maketrans("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx")
"""Cyrillic letters that a list has in Latin words, where nobody sees them."""
_LATIN = re.compile(r"[A-Za-z]{2}")
_BOTH_SCRIPTS = re.compile(r"(?<=[^\u4e00-\u9fff]) / (?=[\u4e00-\u9fff])")
_LONGEST_ALIAS = 130
_MOST_COMMAS = 3


def why_no_firm(name: str) -> str:
    """Return why a listed name is not one firm's or institute's name, or nothing when it looks like one."""
    if _PUBLIC_BODY.search(name):
        return "public body, prison or camp"
    words = english_words(name)
    if not _ORGANISATION.search(name.replace(".", " ")) and not set(words) & MAINLAND_ENGLISH and not has_han(name):
        return "person, or no sign that it is an organisation"
    if _PERSON.search(name):
        return "person"
    if name.count(";") or " its two subsidiaries" in name or _SECOND_FIRM.search(name):
        return "several parties in one row"
    return ""


def read_listed(listed: str) -> tuple[str, str, str]:
    """Return the name of a listed party, the by-name in brackets or Chinese behind it, and the parent named before it.

    A place in brackets is part of the name.
    """
    name, parent = tidy(_TAIL.sub("", listed)), ""
    if ": " in name and "subordinate" in name:
        parent, _, name = name.partition(": ")
        parent = _SUBORDINATE.sub("", parent)
    latin, *chinese = _BOTH_SCRIPTS.split(name)
    if chinese:
        return without_list_tail(latin), chinese[0], parent
    bracket = _FORMER_BRACKET.search(name) or _BRACKET.search(name)
    if bracket and not _is_place(bracket[1], name[: bracket.start()]):
        return without_list_tail(name[: bracket.start()]), bracket[1], parent
    return without_list_tail(name), "", parent


def mend_heading(listed: str, aliases: list[str]) -> tuple[str, list[str], str]:
    """Return name, aliases and heading of a row: a name that ends in a colon goes on in the first alias.

    The heading is the listed text as it was, where it was mended; else empty.
    """
    if not listed.endswith(":") or not aliases:
        return listed, aliases, ""
    return f"{listed} {aliases[0]}", aliases[1:], listed


def split_aliases(cell: str) -> list[str]:
    """Return the aliases of a list's cell as they stand there, parted at "|", at a glued comma, between scripts.

    "X, a.k.a., Y" and "X and formerly known as Y" are two.
    """
    parts = (part for alias in cell.split("|") for part in _GLUED.split(" ".join(alias.split())))
    names = (name for part in parts for name in _BETWEEN_NAMES.split(part))
    return [text for name in names for one in _BOTH_SCRIPTS.split(name) if (text := tidy(one))]


def plain_alias(alias: str) -> str:
    """Return an alias without what a list says before it: "and", "also known as"; a former name as "formerly …"."""
    text = _SAID_BEFORE.sub("", tidy(alias))
    return f"formerly {_FORMERLY.sub('', text)}" if _FORMERLY.match(text) else text


def bare_alias(alias: str) -> str:
    """Return the name alone that an alias gives, without "formerly"."""
    return _FORMERLY.sub("", plain_alias(alias))


def is_former(alias: str) -> bool:
    """Tell whether a list says that an alias is a former name."""
    return bool(_FORMERLY.match(alias))


def read_alias(alias: str) -> tuple[str, str, NameKind, Ambiguity]:
    """Return text, language, kind and ambiguity of an alias; a former name as such."""
    text = bare_alias(alias)
    kind, language, mark = alias_shape(text)
    return text, language, NameKind.FORMER if is_former(plain_alias(alias)) else kind, mark


def names_institute(alias: str, name: str) -> bool:
    """Tell whether an alias is an institute of the listed body: "Anshan University, Wuhu Research Institute".

    It is a party of its own, on the list by the same notice; never a name of the body.
    """
    head = f"{name}, ".casefold()
    behind = alias[len(head) :]
    named_so = alias.casefold().startswith(head) and not _BODY_ABOVE.match(behind)
    return named_so and bool(_INSTITUTE_OF_A_BODY.search(behind))


def why_unfit(alias: str, name: str, *, heads_group: bool = True) -> str:
    """Return why an alias of a listed party is not taken as its name, or nothing.

    `heads_group`: other firms of the table belong to the party, so that an alias with words of its own may be one of
    them. Where that is not known, it is taken to be so.
    """
    text = bare_alias(alias)
    if len(text) > _LONGEST_ALIAS or " / " in text or text.count(",") > _MOST_COMMAS:
        return "several names or an address"
    if _PUBLIC_BODY.search(text) and not (_SCHOOL.search(text) and _SCHOOL.search(name)):
        return "names a public body"
    if _ADDRESS.search(text):
        return "an address"
    if _REMARK.match(text):
        return "a remark on other names"
    if _DESCRIPTION.search(text):
        return "a description"
    if (not has_han(text) and set(english_words(text)) <= _NOT_DISTINCTIVE) or len(name_key(text)) < 2:
        return "no distinctive word"
    if not has_han(text) and alias_shape(text)[0] is not NameKind.ACRONYM and is_generic(text):
        return "generic words alone"
    if names_institute(text, name):
        return "an institute of the listed body: a party of its own"
    if not is_former(plain_alias(alias)) and _names_another(text, name, heads_group=heads_group):
        return "a party of its own that carries the same brand"
    return ""


def _names_another(alias: str, name: str, *, heads_group: bool) -> bool:
    """Tell whether an alias adds words of its own and a place to the brand of the listed name.

    "Beijing Huawei Longshine" stands as an alias of Huawei on a list whose nesting of affiliates was lost; it is a
    party of its own. A single firm that is listed without its place has no affiliates to be taken for it.
    """
    if has_han(alias):
        return False
    own, other = parse(name), parse(alias)
    adds_words = bool(own.brand_words) and set(own.brand_words) < set(other.brand_words)
    stated = set(own.places) - {"china"}
    elsewhere = set(other.places) - {"china"} - stated
    return adds_words and bool(elsewhere) and (heads_group or bool(stated))


def alias_shape(alias: str) -> tuple[NameKind, str, Ambiguity]:
    """Return kind, language and ambiguity that the look of an alias suggests."""
    if has_han(alias):
        kind = NameKind.LEGAL if alias.endswith(("公司", "大学", "研究院", "研究所")) else NameKind.SHORT
        return kind, "zh-Hans", Ambiguity.NONE
    letters = name_key(alias)
    if alias.isupper() and " " not in alias and len(letters) <= 6:
        return NameKind.ACRONYM, "en", Ambiguity.WEAK if len(letters) <= 3 else Ambiguity.NONE
    if len(letters) <= 3:
        return NameKind.SHORT, "en", Ambiguity.WEAK
    if has_english_form(alias) or len(alias.split()) > 3:
        return NameKind.TRANSLATION, "en", Ambiguity.NONE
    return NameKind.SHORT, "en", Ambiguity.NONE


def tidy(text: str) -> str:
    """Return a text of a list without double spaces, crossed brackets and the signs that part it from the next."""
    plain = _CROSSED_BRACKET.sub(r"(\1)", " ".join(text.split()).strip(" ;,").removesuffix("; and").strip())
    return plain.translate(_CYRILLIC_AS_LATIN) if _LATIN.search(plain) else plain


def _is_place(text: str, name: str) -> bool:
    """Tell whether a text in brackets behind a name is a place that the name does not say itself."""
    if set(english_words(text)) <= _PLACE_WORDS:
        return True
    inside = parse(text)
    return bool(set(inside.places) - set(parse(name).places)) and not inside.brand and not inside.trades
