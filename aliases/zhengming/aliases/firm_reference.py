"""What a person writes to say which firm is meant: an ID, a code, or a name. Reading only; whose it is, a table knows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhengming.aliases.codes import is_isin, is_lei, is_uscc, is_wikidata_item, read_firm_id
from zhengming.aliases.model import Scheme

US_MARKETS = ("XNAS", "XNYS", "XASE")
_MARKETS = ("XSHG", "XSHE", "BJSE", "XHKG", *US_MARKETS)
_SUFFIXES = {"SH": ("XSHG",), "SS": ("XSHG",), "SZ": ("XSHE",), "BJ": ("BJSE",), "HK": ("XHKG",), "US": US_MARKETS}
_CODES = (
    (Scheme.LEI, is_lei),
    (Scheme.USCC, is_uscc),
    (Scheme.ISIN, is_isin),
    (Scheme.WIKIDATA, is_wikidata_item),
)
_HONG_KONG_DIGITS = 5


@dataclass(frozen=True, slots=True)
class FirmReference:
    """What a text says: one of the three is set."""

    firm_id: str = ""
    """A canonical ID with a right check character."""
    scheme: Scheme | None = None
    value: str = ""
    mics: tuple[str, ...] = ("",)
    """Markets in which a ticker may stand; one empty text for codes that have no market."""
    name: str = ""
    """A text that is neither ID nor code: a legal name, perhaps."""


def read_firm_reference(text: str) -> FirmReference:
    """Read ZM…, 688256.SH, 00700.HK, BABA.US, XSHG:688256, an ISIN, LEI, USCC or Wikidata item; else it is a name."""
    if firm_id := read_firm_id(text):
        return FirmReference(firm_id)
    code = text.strip().upper()
    for scheme, is_code in _CODES:
        if is_code(code):
            return FirmReference(scheme=scheme, value=code)
    if (match := re.fullmatch(r"([A-Z0-9]{4}):([A-Z0-9]+)", code)) and match[1] in _MARKETS:
        return FirmReference(scheme=Scheme.TICKER, value=match[2], mics=(match[1],))
    if (match := re.fullmatch(r"([A-Z0-9]+)\.([A-Z]{2})", code)) and (mics := _SUFFIXES.get(match[2])):
        ticker = match[1].zfill(_HONG_KONG_DIGITS) if match[2] == "HK" else match[1]
        return FirmReference(scheme=Scheme.TICKER, value=ticker, mics=mics)
    return FirmReference(name=text)
