"""A table of eight firms, and real servers on loopback that answer from it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc.aio
import pytest
from google.rpc import error_details_pb2, status_pb2
from zhengming.aliases.codes import CROCKFORD, mod_37_36
from zhengming.aliases.load import save_table
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
from zhengming.server.app import App
from zhengming.server.settings import Settings
from zhengming.v1 import catalog_pb2_grpc, resolver_pb2_grpc

IDS = [
    body + mod_37_36(body) for body in (f"ZM{number:07d}" for number in range(2, 200)) if mod_37_36(body) in CROCKFORD
][:12]
HUAWEI, XIAOMI, TENCENT, ALIBABA, SMIC, BYD, UNISPLENDOUR, GUOXIN, JOINED, WITHDRAWN, NEVER, EXTRA = IDS


def _firm(firm_id: str, zh: str, en: str, sector: str, city: str) -> Firm:
    return Firm(firm_id, FirmKind.COMPANY, zh, en, sector, "", True, "CN", city, "", "", FirmState.ACTIVE, "curated")


def _name(firm_id: str, text: str, language: str, kind: NameKind, ambiguity: Ambiguity = Ambiguity.NONE) -> Name:
    return Name(firm_id, text, language, kind, "", "", DateBasis.NONE, ambiguity, True, "curated")


FIRMS = (
    (HUAWEI, "华为技术有限公司", "华为", "Huawei Technologies Co., Ltd.", "Huawei", "telecom", "Shenzhen"),
    (XIAOMI, "小米科技有限责任公司", "小米", "Xiaomi Corporation", "Xiaomi", "consumer_electronics", "Beijing"),
    (TENCENT, "腾讯控股有限公司", "腾讯", "Tencent Holdings Limited", "Tencent", "internet", "Shenzhen"),
    (ALIBABA, "阿里巴巴集团控股有限公司", "阿里巴巴", "Alibaba Group Holding Limited", "Alibaba", "internet", "Hangzhou"),
    (SMIC, "中芯国际集成电路制造有限公司", "中芯国际", "Semiconductor Manufacturing International Corporation", "SMIC",
     "semiconductors", "Shanghai"),
    (BYD, "比亚迪股份有限公司", "比亚迪", "BYD Company Limited", "BYD", "automotive", "Shenzhen"),
    (UNISPLENDOUR, "紫光股份有限公司", "紫光", "Unisplendour Corporation Limited", "Unisplendour", "software", "Beijing"),
    (GUOXIN, "紫光国芯微电子股份有限公司", "紫光国微", "Unigroup Guoxin Microelectronics Co., Ltd.", "Guoxin Micro",
     "semiconductors", "Tangshan"),
)  # fmt: skip


def tiny_table() -> Table:
    """Return the table of eight firms."""
    names: list[Name] = []
    for firm_id, zh, short, en, brand, _, _ in FIRMS:
        names += [
            _name(firm_id, zh, "zh-Hans", NameKind.LEGAL),
            _name(firm_id, short, "zh-Hans", NameKind.SHORT),
            _name(firm_id, en, "en", NameKind.LEGAL),
            _name(firm_id, brand, "en", NameKind.BRAND),
        ]
    return Table(
        firms=tuple(_firm(each[0], each[2], each[4], each[5], each[6]) for each in FIRMS),
        names=tuple(names),
        identifiers=(
            Identifier(TENCENT, Scheme.TICKER, "00700", "XHKG", "", "", "curated"),
            Identifier(SMIC, Scheme.TICKER, "688981", "XSHG", "", "", "curated"),
            Identifier(SMIC, Scheme.TICKER, "00981", "XHKG", "", "", "curated"),
            Identifier(BYD, Scheme.TICKER, "002594", "XSHE", "", "", "curated"),
        ),
        relations=(Relation(UNISPLENDOUR, GUOXIN, RelationType.PARENT_OF, "", "", "32.5", "curated", "curated"),),
        restrictions=(
            Restriction(HUAWEI, "bis_entity_list", "Huawei Technologies Co., Ltd.", "2019-05-16", "", "84 FR 22961",
                        "2025-09-16", "curated"),
        ),
        redirects=(Redirect(JOINED, XIAOMI, "2024-01-01", "joined"), Redirect(WITHDRAWN, "", "2024-01-01", "withdrawn")),
        decoys=(Decoy("英伟达", "zh-Hans", "Nvidia Corporation (US)", DecoyReason.FOREIGN_FIRM, "", "curated"),),
        sources=(Source("curated", "Curated", "Zhengming", "Apache-2.0", "2025-01-01", "", ""),),
    )  # fmt: skip


def renamed_table(mark: str) -> Table:
    """Return the table of eight firms with `mark` as Huawei's English display name, to tell versions apart."""
    table = tiny_table()
    changed = tuple(dataclasses.replace(firm, display_en=mark) if firm.id == HUAWEI else firm for firm in table.firms)
    return dataclasses.replace(table, firms=changed)


@pytest.fixture
def table_folder(tmp_path: Path) -> Path:
    """A folder with the table of eight firms."""
    folder = tmp_path / "table"
    save_table(tiny_table(), folder)
    return folder


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder for tests that do not look into it, so that the tiny table is compiled once."""
    return tmp_path_factory.mktemp("snapshots")


@dataclasses.dataclass
class Running:
    """A server and a client on it."""

    app: App
    channel: grpc.aio.Channel
    resolver: Any
    catalog: Any


@pytest.fixture
def settings(table_folder: Path, shared_cache: Path) -> Settings:
    """Settings of a test server: free port, tiny table, no waiting at the end."""
    return Settings(
        listen="127.0.0.1:0",
        table=table_folder,
        cache_dir=shared_cache,
        table_poll_seconds=0,
        linger_seconds=0,
        grace_seconds=1,
    )


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """Run a server for as long as the context lasts."""
    app = App(settings)
    await app.start()
    try:
        async with grpc.aio.insecure_channel(app.address, options=[("grpc.max_send_message_length", -1)]) as channel:
            yield Running(
                app,
                channel,
                resolver_pb2_grpc.ResolverServiceStub(channel),
                catalog_pb2_grpc.CatalogServiceStub(channel),
            )
    finally:
        await app.stop()


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[Running]:
    """A running server with the tiny table."""
    async with running(settings) as started:
        yield started


@dataclasses.dataclass
class Refusal:
    """A status other than OK, with its details unpacked."""

    code: grpc.StatusCode
    text: str
    info: error_details_pb2.ErrorInfo
    fields: dict[str, str]
    """Field path → reason."""
    retry_seconds: float | None


def unpack(status: status_pb2.Status, code: grpc.StatusCode) -> Refusal:
    """Unpack the details of a google.rpc.Status."""
    info, fields, retry = error_details_pb2.ErrorInfo(), {}, None
    for detail in status.details:
        if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
            detail.Unpack(info)
        elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
            bad = error_details_pb2.BadRequest()
            detail.Unpack(bad)
            fields = {violation.field: violation.reason for violation in bad.field_violations}
        elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
            wait = error_details_pb2.RetryInfo()
            detail.Unpack(wait)
            retry = wait.retry_delay.ToNanoseconds() / 1e9
    return Refusal(code, status.message, info, fields, retry)


async def refusal_of(call: Any) -> Refusal:
    """Await a call that must fail, and return its status."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await asyncio.wait_for(call, 20)
    error = caught.value
    details = dict(error.trailing_metadata() or {}).get("grpc-status-details-bin")
    assert details is not None, f"{error.code()} {error.details()} came without details"
    status = status_pb2.Status.FromString(details)
    assert (status.code, status.message) == (error.code().value[0], error.details())
    return unpack(status, error.code())


@pytest.fixture
def refused() -> Any:
    """`await refused(call)`: await a call that must fail, return its `Refusal`."""
    return refusal_of


@pytest.fixture
def status_of() -> Any:
    """`status_of(status)`: unpack a google.rpc.Status that stands inside a good answer."""
    return lambda status: unpack(status, next(code for code in grpc.StatusCode if code.value[0] == status.code))


@pytest.fixture
def run_server() -> Any:
    """`async with run_server(settings) as server`: a server with settings of the test's own."""
    return running


@pytest.fixture
def ids() -> SimpleNamespace:
    """Canonical IDs of the tiny table by name; `never` was never given."""
    return SimpleNamespace(
        huawei=HUAWEI,
        xiaomi=XIAOMI,
        tencent=TENCENT,
        smic=SMIC,
        unisplendour=UNISPLENDOUR,
        guoxin=GUOXIN,
        joined=JOINED,
        withdrawn=WITHDRAWN,
        never=NEVER,
    )


@pytest.fixture
def rename_huawei(table_folder: Path) -> Any:
    """`rename_huawei(mark)`: write the table anew with another English display name for Huawei."""
    return lambda mark: save_table(renamed_table(mark), table_folder)
