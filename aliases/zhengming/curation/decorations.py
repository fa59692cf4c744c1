"""Take listing decorations off names: they are rules of the exchanges, not part of a firm's name."""

from __future__ import annotations

import re
import unicodedata

_BEFORE = re.compile(
    r"^(?:\*(?=[\u4e00-\u9fff])|S?\*?ST|PT|XD|XR|DR|NST|SST|S\*ST|G\*ST|GST|N(?=[\u4e00-\u9fff])|S(?=[\u4e00-\u9fff])|G(?=[\u4e00-\u9fff])|C(?=[\u4e00-\u9fff])|退市|退(?=[\u4e00-\u9fff]{2}))\s*"
)
_AFTER = re.compile(r"(?:-(?:UW|WD|SW|SS|DRS|NEW|[UWDBSPZ])|\(新\)|\(旧\)|-NEW|退市|退)$")
_B_SHARE = re.compile(r"(?<=[\u4e00-\u9fff])[ABH]股?$")

_MISSET_STOP = re.compile(r"\b(Co|CO),?\s+\.,?\s*(?=L[Tt][Dd]\b)")
_SAID_SHORT = re.compile(r"[(（]简称[:：][^()（）]*[)）]$")


def plain_short_name(text: str) -> str:
    """Return an exchange short name without its decorations (ST, *ST, S, G, XD, N; -U, -W, -SW, -B; 退).

    >>> plain_short_name("*ST 华谊"), plain_short_name("商汤-W"), plain_short_name("G天地源")
    ('华谊', '商汤', '天地源')
    """
    name = unicodedata.normalize("NFKC", text).replace(" ", "") if _is_chinese(text) else " ".join(text.split())
    for _ in range(3):
        shorter = _AFTER.sub("", _BEFORE.sub("", name))
        if len(shorter) < 2 or shorter == name:
            break
        name = shorter
    without_class = _B_SHARE.sub("", name)
    return without_class if len(without_class) >= 2 else name


def tidy_english(text: str) -> str:
    """Return an English name with the spacing that typists forget: "Co.,Ltd." becomes "Co., Ltd."."""
    text = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split())
    text = re.sub(r"\s*,\s*", ", ", text).rstrip(", ")
    text = re.sub(r"(?<=[a-z]{2})\(", " (", text)
    text = re.sub(r"(?<=[a-z]{2})(?=Co\.?$)", " ", text)
    text = re.sub(r"\s+\.$", ".", _MISSET_STOP.sub(r"\1., ", text))
    return re.sub(r"\bCo\.?,? ?,? ?[Ll]td\.?$", "Co., Ltd.", text)


def tidy_signs(text: str) -> str:
    """Return a name without the spaces that stand before a sign or inside a bracket, and without a last comma or colon.

    >>> tidy_signs("嘉和生物藥業( 開曼) 控股有限公司"), tidy_signs("Jointown Co.,")
    ('嘉和生物藥業(開曼)控股有限公司', 'Jointown Co.')
    """
    text = " ".join(text.split()).rstrip(" ,;:，；：、")
    text = re.sub(r"\s+(?=[,;:，；：、。)）\]】])|\s+(?=\.(?!\w))|(?<=[(（\[【])\s+", "", text)
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[(（])|(?<=[)）])\s+(?=[\u4e00-\u9fff])", "", text)


def without_said_short(text: str) -> str:
    """Return a full name without the short name that a list says behind it: "…有限公司(简称:…)"."""
    return _SAID_SHORT.sub("", text)


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
