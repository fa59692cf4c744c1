"""Two snapshots for all tests: the bundled table, compiled once a session, and a small table whose every line is known."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from zhengming.aliases import load_table
from zhengming.aliases.codes import CROCKFORD, mod_37_36
from zhengming.aliases.model import (
    Ambiguity,
    DateBasis,
    Decoy,
    DecoyReason,
    Firm,
    FirmKind,
    FirmState,
    Identifier,
    Name,
    NameKind,
    Redirect,
    Relation,
    RelationType,
    Restriction,
    Scheme,
    Source,
    Table,
)
from zhengming.engine import Engine, compile_index
from zhengming.engine.arrays import Arrays


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run what has a full size at that: minutes instead of seconds")


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether tests run at their full size."""
    return bool(request.config.getoption("--full"))


@contextlib.contextmanager
def _counting_steps() -> Iterator[Callable[[], int]]:
    steps = 0

    def count(frame: object, event: str, called: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        yield lambda: steps
    finally:
        sys.setprofile(None)


@pytest.fixture
def counting_steps() -> Callable[[], AbstractContextManager[Callable[[], int]]]:
    """`with counting_steps() as steps`: afterwards `steps()` is how many functions this thread has called.

    Work counted in this way is the same on every machine, unlike seconds.
    """
    return _counting_steps


@pytest.fixture(scope="session")
def table() -> Table:
    """The bundled table."""
    return load_table()


@pytest.fixture(scope="session")
def arrays(table: Table) -> Arrays:
    """The compiled index of the bundled table."""
    return compile_index(table)


@pytest.fixture(scope="session")
def engine(arrays: Arrays) -> Engine:
    """An engine on the bundled table."""
    return Engine(arrays)


@pytest.fixture(scope="session")
def small_table() -> Table:
    """Some twenty firms, one or two for every rule. `display_en` tells them apart."""
    return _small_table()


@pytest.fixture(scope="session")
def small_engine(small_table: Table) -> Engine:
    """An engine on the small table."""
    return Engine(compile_index(small_table))


@pytest.fixture(scope="session")
def small_ids(small_table: Table) -> dict[str, str]:
    """English display name → ID in the small table, and two IDs that are gone: "joined" and "withdrawn"."""
    gone = {"joined": small_table.redirects[0].old_id, "withdrawn": small_table.redirects[1].old_id}
    return {firm.display_en: firm.id for firm in small_table.firms} | gone


# display_en: (legal name, city, sector, tech, further lines)
# A further line is "language KIND text", with "#mark" and "from..to basis" in brackets behind it where the rule needs it.
_FIRMS: dict[str, tuple[str, str, str, bool, tuple[str, ...]]] = {
    "Huawei": ("华为技术有限公司", "Shenzhen", "telecom", True, (
        "zh-Hans SHORT 华为", "en LEGAL Huawei Technologies Co., Ltd.", "en BRAND Huawei", "ja TRANSLATION ファーウェイ",
    )),
    "HiSilicon": ("深圳市海思半导体有限公司", "Shenzhen", "semiconductors", True, (
        "zh-Hans SHORT 海思", "en LEGAL HiSilicon Technologies Co., Ltd.", "en BRAND HiSilicon",
    )),
    "Moore Threads": ("摩尔线程智能科技（北京）股份有限公司", "Beijing", "semiconductors", True, (
        "zh-Hans SHORT 摩尔线程", "en LEGAL Moore Threads Intelligent Technology (Beijing) Co., Ltd.", "en BRAND Moore Threads",
        "zh-Hant BAD_CONVERSION 摩爾執行緒",
    )),
    "Cambricon": ("中科寒武纪科技股份有限公司", "Beijing", "semiconductors", True, (
        "zh-Hans SHORT 寒武纪", "en LEGAL Cambricon Technologies Corporation Limited", "en BRAND Cambricon",
        "zh-Hans FORMER 北京中科寒武纪科技有限公司 [2016-03-15..2019-11-29 exact]",
    )),
    "Cambricon Shanghai": ("上海寒武纪信息科技有限公司", "Shanghai", "semiconductors", True, (
        "en LEGAL Shanghai Cambricon Information Technology Co., Ltd.",
    )),
    "Baidu": ("百度集团股份有限公司", "Beijing", "internet", True, (
        "zh-Hans SHORT 百度", "en LEGAL Baidu, Inc.", "en BRAND Baidu",
    )),
    "Baidu Netcom": ("北京百度网讯科技有限公司", "Beijing", "internet", True, ("zh-Hans SHORT 百度网讯",)),
    "Tencent": ("腾讯控股有限公司", "Shenzhen", "internet", True, (
        "zh-Hans SHORT 腾讯", "en LEGAL Tencent Holdings Limited", "en BRAND Tencent",
    )),
    "DJI": ("深圳市大疆创新科技有限公司", "Shenzhen", "robotics", True, (
        "zh-Hans SHORT 大疆", "zh-Hans SHORT 大疆创新", "en LEGAL SZ DJI Technology Co., Ltd.", "en BRAND DJI",
    )),
    "Didi": ("北京小桔科技有限公司", "Beijing", "internet", True, (
        "zh-Hans BRAND 滴滴", "zh-Hans SHORT 滴滴出行", "en BRAND Didi",
    )),
    "Unisplendour": ("紫光股份有限公司", "Beijing", "software", True, (
        "zh-Hans TRADING 紫光股份", "zh-Hans SHORT 紫光 #shared", "en LEGAL Unisplendour Corporation Limited",
    )),
    "Guoxin Micro": ("紫光国芯微电子股份有限公司", "Tangshan", "semiconductors", True, (
        "zh-Hans TRADING 紫光国微", "zh-Hans SHORT 紫光 #shared", "en LEGAL Unigroup Guoxin Microelectronics Co., Ltd.",
    )),
    "Tianheng Old": ("天津衡远电子股份有限公司", "Tianjin", "electronics", True, (
        "zh-Hans TRADING 衡远电子", "zh-Hans FORMER 天衡电子 #shared [2004-05-10..2012-03-01 exact]",
        "zh-Hans FORMER 云帆通信 #shared [2004-05-10..2012-03-01 observed]",
        "zh-Hans FORMER 远山股份 [2001-02..2004-05-09 exact]",
    )),
    "Tianheng New": ("杭州天衡电子股份有限公司", "Hangzhou", "electronics", True, (
        "zh-Hans TRADING 天衡电子 #shared [2018-09-03.. exact]",
        "zh-Hans FORMER 云帆通信 #shared [2018-09-03..2020-12-31 observed]",
    )),
    "Ping An Bank": ("平安银行股份有限公司", "Shenzhen", "finance", False, (
        "zh-Hans TRADING 平安银行", "en LEGAL Ping An Bank Co., Ltd.",
    )),
    "BOE": ("京东方科技集团股份有限公司", "Beijing", "displays", True, (
        "zh-Hans TRADING 京东方", "en LEGAL BOE Technology Group Co., Ltd.", "en BRAND BOE",
    )),
    "Ninebot": ("九号有限公司", "Beijing", "robotics", True, ("zh-Hans TRADING 九号公司", "en LEGAL Ninebot Limited")),
    "BGI Genomics": ("深圳华大基因股份有限公司", "Shenzhen", "biotech", True, (
        "zh-Hans TRADING 华大基因", "en LEGAL BGI Genomics Co., Ltd.", "en ACRONYM BGI #weak",
    )),
    "Northland": ("北京诺思兰德生物技术股份有限公司", "Beijing", "biotech", True, ("zh-Hans TRADING 诺思兰德",)),
    "WeRide": ("文远知行有限公司", "Guangzhou", "automotive", True, ("zh-Hans SHORT 文远知行", "en LEGAL WeRide Inc.")),
    "A8 New Media": ("A8新媒体集团有限公司", "Shenzhen", "internet", True, ("en LEGAL A8 New Media Group Limited",)),
    "Chipone": ("北京集创北方科技股份有限公司", "Beijing", "semiconductors", True, (
        "zh-Hans SHORT 集创北方", "en LEGAL Chipone Technology (Beijing) Co., Ltd.",
    )),
}  # fmt: skip

_IDENTIFIERS = """
    Moore Threads TICKER 688795 XSHG
    Cambricon TICKER 688256 XSHG
    Baidu TICKER BIDU XNAS
    Baidu TICKER 09888 XHKG
    Baidu LEI 5299000000000BAIDU86
    Baidu ISIN US0567521085
    Baidu Netcom USCC 91110000802100433B
    Tencent TICKER 00700 XHKG
    Tencent ISIN KYG875721634
    Tencent WIKIDATA Q860580
    Unisplendour TICKER 000938 XSHE
    Guoxin Micro TICKER 002049 XSHE
    Ping An Bank TICKER 000001 XSHE
    BOE TICKER 000725 XSHE
    BOE TICKER 200725 XSHE
    Ninebot TICKER 689009 XSHG
    BGI Genomics TICKER 300676 XSHE
    Northland TICKER 430047 BJSE 2020-11-24..2025-10-08
    Northland TICKER 920047 BJSE 2025-10-09..
    A8 New Media TICKER 00800 XHKG 2004-06-11..2025-03-31
    WeRide TICKER 00800 XHKG 2025-11-06..
    WeRide TICKER WRD XNAS
    Tianheng Old TICKER 900901 XSHG
"""

_PARENTS = (("Huawei", "HiSilicon"), ("Cambricon", "Cambricon Shanghai"), ("Baidu", "Baidu Netcom"))
_RESTRICTIONS = (("Huawei", "HUAWEI TECHNOLOGIES"), ("Cambricon Shanghai", "Shanghai Cambricon"))
_DECOYS = (
    ("英伟达", "zh-Hans", "Nvidia Corporation (US)", DecoyReason.FOREIGN_FIRM, ""),
    ("Nvidia Corp.", "en", "Nvidia Corporation (US)", DecoyReason.FOREIGN_FIRM, ""),
    ("台积电", "zh-Hans", "TSMC (Taiwan)", DecoyReason.TAIWAN_GROUP, ""),
    ("长江和记", "zh-Hans", "CK Hutchison (Hong Kong)", DecoyReason.HONG_KONG_GROUP, ""),
    ("微信", "zh-Hans", "WeChat (product)", DecoyReason.PRODUCT, "Tencent"),
    ("马化腾", "zh-Hans", "Pony Ma (person)", DecoyReason.PERSON, ""),
    ("中关村", "zh-Hans", "Zhongguancun (place)", DecoyReason.PLACE, ""),
    ("商务部", "zh-Hans", "Ministry of Commerce", DecoyReason.PUBLIC_BODY, ""),
    ("清华大学", "zh-Hans", "Tsinghua University", DecoyReason.UNIVERSITY, ""),
    ("进博会", "zh-Hans", "China International Import Expo", DecoyReason.EVENT, ""),
    ("人工智能", "zh-Hans", "artificial intelligence (word)", DecoyReason.GENERIC_WORD, ""),
    # Also a covered firm's name: the firm must win.
    ("大疆", "zh-Hans", "a decoy that a firm's name beats", DecoyReason.PLACE, ""),
)  # fmt: skip


def _ids() -> Iterator[str]:
    for number in range(1, 1000):
        body = f"ZM{number:07d}"
        if (check := mod_37_36(body)) in CROCKFORD:
            yield body + check


def _small_table() -> Table:
    free = _ids()
    ids = {label: next(free) for label in _FIRMS}
    joined, withdrawn = next(free), next(free)
    firms, names = [], []
    for label, (legal, city, sector, tech, lines) in _FIRMS.items():
        short = next((line.split(" ", 2)[2] for line in lines if " SHORT " in line), legal).split(" #")[0]
        firms.append(
            Firm(
                ids[label],
                FirmKind.COMPANY,
                short,
                label,
                sector,
                "",
                tech,
                "CN",
                city,
                "",
                "",
                FirmState.ACTIVE,
                "curated",
            )
        )
        names += [_name(ids[label], line) for line in (f"zh-Hans LEGAL {legal}", *lines)]
    return Table(
        firms=tuple(firms),
        names=tuple(names),
        identifiers=tuple(_identifier(ids, line.strip()) for line in _IDENTIFIERS.strip().splitlines()),
        relations=tuple(
            Relation(ids[parent], ids[child], RelationType.PARENT_OF, "", "", "100", "curated", "curated")
            for parent, child in _PARENTS
        ),
        restrictions=tuple(
            Restriction(ids[label], "bis_entity_list", listed, "2019-05-16", "", "84 FR 22961", "2026-01-01", "curated")
            for label, listed in _RESTRICTIONS
        ),
        redirects=(
            Redirect(joined, ids["Huawei"], "2024-01-01", "joined"),
            Redirect(withdrawn, "", "2024-01-01", "withdrawn"),
        ),
        decoys=tuple(
            Decoy(text, language, label, reason, ids.get(owner, ""), "curated")
            for text, language, label, reason, owner in _DECOYS
        ),
        sources=(Source("curated", "Curated", "Zhengming", "Apache-2.0", "2026-01-01", "", ""),),
    )


def _name(firm_id: str, line: str) -> Name:
    line, _, dated = line.partition(" [")
    line, _, mark = line.partition(" #")
    language, kind, text = line.split(" ", 2)
    dates, _, basis = dated.rstrip("]").partition(" ")
    valid_from, _, valid_to = dates.partition("..")
    shown = kind not in ("BAD_CONVERSION", "MISSPELLING")
    return Name(
        firm_id,
        text,
        language,
        NameKind(kind),
        valid_from,
        valid_to,
        DateBasis(basis),
        Ambiguity(mark),
        shown,
        "curated",
    )


def _identifier(ids: dict[str, str], line: str) -> Identifier:
    scheme = next(word for word in line.split() if word in Scheme.__members__)
    label, _, rest = line.partition(f" {scheme} ")
    value, mic, dates, *_ = [*rest.split(), "", ""]
    valid_from, _, valid_to = dates.partition("..")
    return Identifier(ids[label], Scheme(scheme), value, mic, valid_from, valid_to, "curated")
