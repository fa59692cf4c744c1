"""Codes in every spelling, and check digits against python-stdnum."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import isin, lei
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError
from zhengming.aliases.codes import CROCKFORD, is_firm_id, is_isin, is_lei, is_uscc, mod_37_36, read_firm_id
from zhengming.aliases.model import Scheme, Table
from zhengming.engine import Engine
from zhengming.engine.identifiers import read_code, read_stated_code

US = ("XNAS", "XNYS", "XASE")

# Text, value, markets, and whether the market is sure.
TICKERS = [
    *[
        (text, "688256", ("XSHG",), True)
        for text in (
            "688256.SH", "SH688256", "688256.SS", "688256 CH", "SHA:688256", "688256.XSHG", "XSHG:688256", "sh688256",
            "688256.sh", "688256 CG", "688256 C1", "688256 CH Equity", "688256-SH", "SSE:688256", "SHSE:688256", "SSE: 688256",
            " 688256.SH ", "688256",
        )
    ],
    *[
        (text, "300750", ("XSHE",), True)
        for text in (
            "300750.SZ", "SZ300750", "SHE:300750", "300750 CS", "300750 C2", "300750 CH", "300750.XSHE", "SZSE:300750",
            "300750",
        )
    ],
    *[
        (text, "00020", ("XHKG",), True)
        for text in (
            "0020.HK", "20 HK", "HKG:0020", "HK0020", "00020.HK", "HK00020", "20.HK", "HKEX:20", "SEHK:20", "0020.XHKG",
            "0020 HK Equity", "00020", "HKEX: 0020",
        )
    ],
    ("0020", "00020", ("XHKG",), False),  # Tokyo and Taipei have four digits too
    ("80700.HK", "80700", ("XHKG",), True),
    ("900901", "900901", ("XSHG",), True),
    ("900901.SS", "900901", ("XSHG",), True),
    ("900901 CH", "900901", ("XSHG",), True),
    ("200725", "200725", ("XSHE",), True),
    ("200725.SZ", "200725", ("XSHE",), True),
    ("689009", "689009", ("XSHG",), True),
    ("689009.SH", "689009", ("XSHG",), True),
    ("430047.BJ", "430047", ("BJSE",), True),
    ("BJ920047", "920047", ("BJSE",), True),
    ("920047", "920047", ("BJSE",), True),
    ("830799 CH", "830799", ("BJSE",), True),
    ("000001", "000001", ("XSHE",), False),  # Shanghai's index or a Shenzhen bank
    ("000001.SZ", "000001", ("XSHE",), True),
    ("000001.SH", "000001", ("XSHG",), True),
    ("BIDU US", "BIDU", US, True),
    ("BIDU UW", "BIDU", ("XNAS",), True),
    ("BIDU US Equity", "BIDU", US, True),
    ("NASDAQ:BIDU", "BIDU", ("XNAS",), True),
    ("NASDAQ: BIDU", "BIDU", ("XNAS",), True),
    ("BIDU.O", "BIDU", ("XNAS",), True),
    ("BIDU.OQ", "BIDU", ("XNAS",), True),
    ("NYSE:BABA", "BABA", ("XNYS",), True),
    ("BABA.N", "BABA", ("XNYS",), True),
    ("BIDU", "BIDU", US, False),
    ("$BIDU", "BIDU", US, False),
]  # fmt: skip

NOT_CODES = ["华为", "", "Huawei", "bidu", "123", "688256.XX", "SH12", "0020.SH", "BIDU.SH", "A" * 20, "1" * 40, "688256.HK", "ZM00000000"]  # fmt: skip

OTHER_CODES = [
    ("CIK 0001329099", Scheme.CIK),
    ("CIK:1329099", Scheme.CIK),
    ("Q860580", Scheme.WIKIDATA),
    ("KYG875721634", Scheme.ISIN),
    ("kyg875721634", Scheme.ISIN),
    ("91110000802100433B", Scheme.USCC),
    ("5299000000000BAIDU86", Scheme.LEI),
    ("BBG000BJ35N5", Scheme.FIGI),
]


@pytest.mark.parametrize(("text", "value", "mics", "sure"), TICKERS)
def test_reads_every_ticker_spelling(text: str, value: str, mics: tuple[str, ...], sure: bool) -> None:
    reading = read_code(text)
    assert reading is not None
    assert (reading.scheme, reading.value, reading.market_stated) == (Scheme.TICKER, value, sure)
    assert set(reading.mics) == set(mics)


@pytest.mark.parametrize("text", NOT_CODES)
def test_text_without_the_form_of_a_code_is_no_code(text: str) -> None:
    assert read_code(text) is None


@pytest.mark.parametrize(("text", "scheme"), OTHER_CODES)
def test_reads_codes_of_other_systems(text: str, scheme: Scheme) -> None:
    reading = read_code(text)
    assert reading is not None
    assert reading.scheme is scheme


@pytest.mark.parametrize(
    ("scheme", "value", "mic", "read"),
    [
        (Scheme.TICKER, "20", "XHKG", "00020"),
        (Scheme.TICKER, "0020.HK", "XHKG", "00020"),
        (Scheme.TICKER, "bidu", "XNAS", "BIDU"),
        (Scheme.TICKER, "688256", "", "688256"),
        (Scheme.LEI, "5299000000000baidu86", "", "5299000000000BAIDU86"),
        (None, "688256.SH", "", "688256"),
        (Scheme.TICKER, "huawei technologies", "", None),
        (Scheme.TICKER, "688256", "XNAS", None),
    ],
)
def test_a_stated_scheme_or_market_is_taken_at_its_word(
    scheme: Scheme | None, value: str, mic: str, read: str | None
) -> None:
    reading = read_stated_code(scheme, value, mic)
    assert (reading.value if reading else None) == read


SYSTEMS: list[tuple[Scheme, Callable[[str], bool], ModuleType, str]] = [
    (Scheme.LEI, is_lei, lei, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    (Scheme.ISIN, is_isin, isin, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    (Scheme.USCC, is_uscc, uscc, "0123456789ABCDEFGHJKLMNPQRTUWXY"),
]


def _stdnum_says(module: ModuleType, code: str) -> bool:
    try:
        return bool(module.validate(code) == code)
    except ValidationError:
        return False


@pytest.mark.parametrize(
    ("scheme", "ours", "module", "alphabet"), SYSTEMS, ids=lambda value: getattr(value, "name", "")
)
def test_check_digits_agree_with_stdnum(
    table: Table, scheme: Scheme, ours: Callable[[str], bool], module: ModuleType, alphabet: str
) -> None:
    """On every code of the table, on each with one character changed, and on each with two neighbours swapped."""
    rng = random.Random(20260226)
    codes = sorted({line.value for line in table.identifiers if line.scheme is scheme})[:1500]
    codes += ["5299000000000BAIDU86", "KYG875721634", "91110000802100433B", "US0567521085"]
    mutants = set()
    for code in codes:
        for _ in range(4):
            place = rng.randrange(len(code))
            mutants.add(code[:place] + rng.choice(alphabet) + code[place + 1 :])
            place = rng.randrange(len(code) - 1)
            mutants.add(code[:place] + code[place + 1] + code[place] + code[place + 2 :])
    differing = [code for code in {*codes, *mutants} if ours(code) != _stdnum_says(module, code)]
    if scheme is Scheme.LEI:
        # stdnum takes letters as check digits; ISO 17442 has two digits.
        differing = [code for code in differing if code[-2:].isdigit()]
    if scheme is Scheme.ISIN:
        # stdnum also holds the country against its list of countries, which is not part of the check.
        differing = [code for code in differing if code[:2] in isin._country_codes]
    if scheme is Scheme.USCC:
        # stdnum also wants a registry department and a district of digits; the check character is the same.
        differing = [code for code in differing if code[:8].isdigit()]
    assert not differing


def test_every_code_of_the_table_with_a_check_digit_is_valid(table: Table) -> None:
    tests = {scheme: ours for scheme, ours, _, _ in SYSTEMS}
    wrong = [line for line in table.identifiers if line.scheme in tests and not tests[line.scheme](line.value)]
    assert not wrong


def test_every_identifier_of_the_table_reads_as_itself(table: Table) -> None:
    """What the table holds is what a typed code is looked up by."""
    lost = []
    for line in table.identifiers:
        if line.scheme is Scheme.PERMID:
            continue
        text = {Scheme.TICKER: f"{line.value}.{line.mic}", Scheme.CIK: f"CIK {line.value}"}.get(line.scheme, line.value)
        if line.scheme is Scheme.TICKER and line.value.isalpha():
            text = f"{line.mic}:{line.value}"
        reading = read_code(text)
        if reading is None or reading.scheme is not line.scheme or reading.value != line.value:
            lost.append((line.scheme.name, text))
    assert not lost, f"{len(lost)}: {lost[:5]}"


def test_all_firm_ids_of_the_table_have_a_right_check_character(table: Table) -> None:
    assert [firm.id for firm in table.firms if not is_firm_id(firm.id)] == []


@given(st.text(CROCKFORD, min_size=7, max_size=7), st.integers(0, 9), st.sampled_from(CROCKFORD))
def test_one_wrong_character_in_an_id_is_noticed(body: str, place: int, other: str) -> None:
    firm_id = "ZM" + body + mod_37_36("ZM" + body)
    if firm_id[-1] not in CROCKFORD:
        return
    typed = firm_id[:place] + other + firm_id[place + 1 :]
    assert is_firm_id(typed) == (typed == firm_id)


@pytest.mark.parametrize(
    "sloppy",
    [
        str.lower,
        lambda text: f"firms/{text}",
        lambda text: f"{text[:2]}-{text[2:6]}-{text[6:]}",
        lambda text: f"{text[:5]} {text[5:]}",
        lambda text: text[:2] + text[2:].replace("0", "O"),
        lambda text: text[:2] + text[2:].replace("0", "o").lower(),
        lambda text: text[:2] + text[2:].replace("1", "I"),
        lambda text: text[:2] + text[2:].replace("1", "l"),
    ],
)
def test_an_id_typed_sloppily_is_read(engine: Engine, table: Table, sloppy: Callable[[str], str]) -> None:
    for firm in table.firms[:300]:
        assert read_firm_id(sloppy(firm.id)) == firm.id
        assert engine.resolve(sloppy(firm.id)).firm_id == firm.id
