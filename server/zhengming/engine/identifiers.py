"""Read codes in every common spelling: tickers with or without their market, ISIN, LEI, USCC, CIK and our own IDs.

`read_code` turns a text into the ways in which it can be meant. Whether anyone holds such a code is the index's to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhengming.aliases.codes import is_isin, is_lei, is_uscc, is_wikidata_item, read_firm_id
from zhengming.aliases.model import Scheme

SHANGHAI, SHENZHEN, BEIJING, HONG_KONG = "XSHG", "XSHE", "BJSE", "XHKG"
NASDAQ, NYSE, NYSE_AMERICAN = "XNAS", "XNYS", "XASE"
US_MARKETS = (NASDAQ, NYSE, NYSE_AMERICAN)

_MARKETS = {
    # Suffixes and prefixes of vendors (Wind, Reuters, Yahoo, Google, Bloomberg, exchanges) → the markets they can mean.
    "SH": (SHANGHAI,), "SS": (SHANGHAI,), "SHA": (SHANGHAI,), "SSE": (SHANGHAI,), "SHSE": (SHANGHAI,), "XSHG": (SHANGHAI,),
    "CG": (SHANGHAI,), "C1": (SHANGHAI,),
    "SZ": (SHENZHEN,), "SHE": (SHENZHEN,), "SZSE": (SHENZHEN,), "XSHE": (SHENZHEN,), "CS": (SHENZHEN,), "C2": (SHENZHEN,),
    "BJ": (BEIJING,), "BSE": (BEIJING,), "BJSE": (BEIJING,), "XBSE": (BEIJING,),
    "CH": (SHANGHAI, SHENZHEN, BEIJING),
    "HK": (HONG_KONG,), "HKG": (HONG_KONG,), "HKEX": (HONG_KONG,), "SEHK": (HONG_KONG,), "XHKG": (HONG_KONG,),
    "US": US_MARKETS, "UN": (NYSE,), "UW": (NASDAQ,), "UQ": (NASDAQ,), "UR": (NASDAQ,), "UA": (NYSE_AMERICAN,),
    "O": (NASDAQ,), "OQ": (NASDAQ,), "N": (NYSE,), "A": (NYSE_AMERICAN,),
    "NASDAQ": (NASDAQ,), "XNAS": (NASDAQ,), "NYSE": (NYSE,), "XNYS": (NYSE,),
    "AMEX": (NYSE_AMERICAN,), "NYSEAMERICAN": (NYSE_AMERICAN,), "XASE": (NYSE_AMERICAN,),
}  # fmt: skip


RENMINBI_COUNTERS = frozenset(
    [
        "80020",
        "80175",
        "80291",
        "80700",
        "80883",
        "80941",
        "80992",
        "81024",
        "81810",
        "82020",
        "82318",
        "82331",
        "82333",
        "83690",
        "89618",
        "89888",
        "89988",
    ]
)
"""Hong Kong counters in renminbi of mainland firms: the share's code with an 8 in front. Only issued ones are read."""

_CODE = r"[0-9]{1,6}|[A-Z]{1,5}(?:[.-][A-Z])?"
_LONGEST_CODE = 32
_MOST_WORDS = 3
"""Words of the longest way to write a code (688256 CH Equity); most English names are told apart by that alone."""
_SUFFIXED = re.compile(rf"({_CODE})(?:\.|\s+|-)({'|'.join(_MARKETS)})(?:\s+EQUITY)?")
_PREFIXED = re.compile(rf"({'|'.join(sorted(_MARKETS, key=len, reverse=True))})(?::\s*|\s+)({_CODE})")
_GLUED = re.compile(r"(SH|SZ|BJ|HK)([0-9]{4,6})")
_BARE_DIGITS = re.compile(r"[0-9]{4,6}")
_BARE_LETTERS = re.compile(r"[A-Z]{1,5}")
_BRACKETED = re.compile(r"(.*\S)\s*[(（\[【<〈]\s*([0-9A-Za-z .:-]{2,24}?)\s*[)）\]】>〉]")
_CIK = re.compile(r"CIK:?\s*0*([1-9][0-9]{0,9})")
_FIGI = re.compile(r"BBG[0-9A-Z]{9}")


@dataclass(frozen=True, slots=True)
class CodeReading:
    """One way to read a text as a code."""

    scheme: Scheme | None
    """None: one of our own canonical IDs."""
    value: str
    mics: tuple[str, ...] = ()
    """Markets to look in; for tickers only."""
    market_stated: bool = True
    """False for a ticker without its market: somebody else's code may look the same."""


def read_code(text: str) -> CodeReading | None:
    """Return how a text reads as a code, or None for a text that has no code's form.

    Check digits are verified, so twenty arbitrary letters are not taken for an LEI.
    """
    if not text.isascii() or len(text) > _LONGEST_CODE or len(text.split()) > _MOST_WORDS:
        return None
    code = text.strip().upper()
    if firm_id := read_firm_id(code):
        return CodeReading(None, firm_id)
    if code.startswith("$"):
        code = code[1:]
    if match := _SUFFIXED.fullmatch(code):
        return _ticker(match[1], _MARKETS[match[2]])
    if match := _PREFIXED.fullmatch(code):
        return _ticker(match[2], _MARKETS[match[1]])
    if match := _GLUED.fullmatch(code):
        return _ticker(match[2], _MARKETS[match[1]])
    # Before ISIN: "BB" is a country code too, and a FIGI's last digit fits Luhn's now and then.
    if _FIGI.fullmatch(code):
        return CodeReading(Scheme.FIGI, code)
    if is_lei(code):
        return CodeReading(Scheme.LEI, code)
    if is_uscc(code):
        return CodeReading(Scheme.USCC, code)
    if is_isin(code):
        return CodeReading(Scheme.ISIN, code)
    if match := _CIK.fullmatch(code):
        return CodeReading(Scheme.CIK, match[1])
    if is_wikidata_item(code):
        return CodeReading(Scheme.WIKIDATA, code)
    if _BARE_DIGITS.fullmatch(code):
        return _bare_digits(code)
    # Lower-case letters are words; only capitals as typed are read as a bare ticker.
    if _BARE_LETTERS.fullmatch(text.strip().removeprefix("$")):
        return CodeReading(Scheme.TICKER, code, US_MARKETS, market_stated=False)
    return None


def split_code(text: str) -> tuple[str, CodeReading | None]:
    """Split "寒武纪（688256.SH）" into the name and how the code behind it reads; (text, None) without such a code."""
    if match := _BRACKETED.fullmatch(text):
        reading = read_code(match[2])
        if reading is not None and reading.scheme is not None:
            return match[1], reading
    return text, None


def read_stated_code(scheme: Scheme | None, value: str, mic: str) -> CodeReading | None:
    """Return how a code reads whose scheme or market the caller states; None when the form does not fit."""
    code = value.strip().upper()
    if mic and scheme in (None, Scheme.TICKER):
        reading = read_code(code)
        bare = reading.value if reading and reading.scheme is Scheme.TICKER else code
        return _ticker(bare, (mic,))
    if scheme in (None, Scheme.TICKER):
        reading = read_code(value)
        return reading if reading and (scheme is None or reading.scheme is scheme) else None
    if scheme is Scheme.CIK:
        return CodeReading(scheme, code.removeprefix("CIK").lstrip("0"))
    return CodeReading(scheme, code)


def _ticker(code: str, mics: tuple[str, ...]) -> CodeReading | None:
    digits = code.isdigit()
    if digits and mics == (HONG_KONG,):
        return CodeReading(Scheme.TICKER, code.zfill(5), mics) if len(code) <= 5 else None
    if digits and len(mics) == 3 and mics[0] == SHANGHAI:
        return CodeReading(Scheme.TICKER, code, _mainland_market(code)) if len(code) == 6 else None
    if digits != (mics[0] not in US_MARKETS):
        return None
    if digits and len(code) != 6:
        return None
    return CodeReading(Scheme.TICKER, code.replace("-", "."), mics)


def _mainland_market(code: str) -> tuple[str, ...]:
    """Return the market of a mainland share code: 6 and 9 (B shares, 900) Shanghai, 0, 2 and 3 Shenzhen, 4, 8, 92 Beijing."""
    if code.startswith("92") or code[0] in "48":
        return (BEIJING,)
    return (SHANGHAI,) if code[0] in "69" else (SHENZHEN,)


def _bare_digits(code: str) -> CodeReading:
    if len(code) < 6:
        # Tokyo and Taipei use four digits too, so a bare Hong Kong code is not sure; five digits are.
        return CodeReading(Scheme.TICKER, code.zfill(5), (HONG_KONG,), market_stated=len(code) == 5)
    # Shanghai numbers its indices 000xxx, as Shenzhen numbers its first shares: 000001 alone may be either.
    return CodeReading(Scheme.TICKER, code, _mainland_market(code), market_stated=not code.startswith("000"))
