"""CatalogService through a real server."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from zhengming.v1 import catalog_pb2 as pb
from zhengming.v1 import firm_pb2


async def test_get_firm_by_name_and_by_bare_id(server: Any, ids: Any) -> None:
    """Both spellings give the whole record."""
    for name in (f"firms/{ids.huawei}", ids.huawei):
        firm = await server.catalog.GetFirm(pb.GetFirmRequest(name=name))
        assert firm.summary.firm_id == ids.huawei
        assert firm.summary.restrictions
        assert {found.text for found in firm.names} >= {"华为", "Huawei"}
        assert firm.summary.redirected_from == ""


async def test_relations_and_groups_are_told(server: Any, ids: Any) -> None:
    """A subsidiary names its parent, and the tie carries its percentage."""
    firm = await server.catalog.GetFirm(pb.GetFirmRequest(name=ids.guoxin))
    assert firm.summary.parent.firm_id == ids.unisplendour
    assert firm.relations[0].type == firm_pb2.RELATION_TYPE_PARENT_OF
    assert firm.relations[0].percentage == 32.5


async def test_gone_ids(server: Any, refused: Any, ids: Any) -> None:
    """Joined: the survivor with `redirected_from`. Withdrawn: the ID and its state. Never given: NOT_FOUND."""
    survivor = await server.catalog.GetFirm(pb.GetFirmRequest(name=ids.joined))
    assert (survivor.summary.firm_id, survivor.summary.redirected_from) == (ids.xiaomi, ids.joined)
    withdrawn = await server.catalog.GetFirm(pb.GetFirmRequest(name=ids.withdrawn))
    assert withdrawn.summary.state == firm_pb2.FIRM_STATE_WITHDRAWN
    assert withdrawn.summary.firm_id == ids.withdrawn
    refusal = await refused(server.catalog.GetFirm(pb.GetFirmRequest(name=ids.never)))
    assert refusal.code == grpc.StatusCode.NOT_FOUND
    assert refusal.info.reason == "FIRM_NOT_FOUND"


@pytest.mark.parametrize("name", ["", "firms/", "华为", "ZM00000000", "firms/" + "Z" * 100_000])
async def test_malformed_firm_names(server: Any, refused: Any, name: str) -> None:
    """What cannot be an ID is INVALID_ARGUMENT, not NOT_FOUND."""
    refusal = await refused(server.catalog.GetFirm(pb.GetFirmRequest(name=name)))
    assert refusal.code == grpc.StatusCode.INVALID_ARGUMENT
    assert set(refusal.fields) == {"name"}


async def test_batch_get_firms(server: Any, refused: Any, ids: Any) -> None:
    """Order kept, a bad ID is an item's error, and the limits hold."""
    names = [ids.huawei, "nonsense", ids.never, ids.joined]
    answer = await server.catalog.BatchGetFirms(pb.BatchGetFirmsRequest(names=names))
    assert [item.WhichOneof("result") for item in answer.items] == ["firm", "error", "error", "firm"]
    assert [item.error.code for item in answer.items[1:3]] == [3, 5]
    for count in (0, 1001):
        refusal = await refused(server.catalog.BatchGetFirms(pb.BatchGetFirmsRequest(names=[ids.huawei] * count)))
        assert refusal.info.metadata["max_items"] == "1000"


async def test_search_pages_through_all_hits_once(server: Any, refused: Any, ids: Any) -> None:
    """Pages join to the whole; a token fits its own search only."""
    whole = await server.catalog.SearchFirms(pb.SearchFirmsRequest(query="紫光"))
    assert {hit.firm.firm_id for hit in whole.hits} == {ids.unisplendour, ids.guoxin}
    assert whole.next_page_token == ""
    paged, token = [], ""
    for _ in range(5):
        page = await server.catalog.SearchFirms(pb.SearchFirmsRequest(query="紫光", page_size=1, page_token=token))
        paged += [hit.firm.firm_id for hit in page.hits]
        token = page.next_page_token
        if not token:
            break
        stolen = pb.SearchFirmsRequest(query="华为", page_size=1, page_token=token)
        assert (await refused(server.catalog.SearchFirms(stolen))).fields == {"page_token": "BAD_PAGE_TOKEN"}
    assert paged == [hit.firm.firm_id for hit in whole.hits]


async def test_search_limits(server: Any, refused: Any) -> None:
    """Negative pages, empty queries and made-up tokens are refused; a page over 100 is read as 100."""
    for request, field in (
        (pb.SearchFirmsRequest(query=""), "query"),
        (pb.SearchFirmsRequest(query="x" * 513), "query"),
        (pb.SearchFirmsRequest(query="x", page_size=-1), "page_size"),
        (pb.SearchFirmsRequest(query="x", page_token="AAAA"), "page_token"),
        (pb.SearchFirmsRequest(query="x", page_token="…" * 1000), "page_token"),
        (pb.SearchFirmsRequest(query="x", sector="No Such!"), "sector"),
    ):
        assert set((await refused(server.catalog.SearchFirms(request))).fields) == {field}
    await server.catalog.SearchFirms(pb.SearchFirmsRequest(query="华为", page_size=10_000))


async def test_search_filters(server: Any, ids: Any) -> None:
    """`sector` narrows."""
    answer = await server.catalog.SearchFirms(pb.SearchFirmsRequest(query="紫光", sector="semiconductors"))
    assert [hit.firm.firm_id for hit in answer.hits] == [ids.guoxin]


async def test_lookup_identifier(server: Any, refused: Any, ids: Any) -> None:
    """Common spellings of a code find its holder; nobody holding it is an empty answer."""
    for value in ("688981.SH", "688981"):
        answer = await server.catalog.LookupIdentifier(pb.LookupIdentifierRequest(value=value))
        assert [hit.firm.firm_id for hit in answer.hits] == [ids.smic]
        assert answer.hits[0].identifier.scheme == firm_pb2.IDENTIFIER_SCHEME_TICKER
    assert not (await server.catalog.LookupIdentifier(pb.LookupIdentifierRequest(value="600000.SH"))).hits
    for request, field in (
        (pb.LookupIdentifierRequest(), "value"),
        (pb.LookupIdentifierRequest(value="1" * 65), "value"),
        (pb.LookupIdentifierRequest(value="1", mic="hk"), "mic"),
        (pb.LookupIdentifierRequest(value="1", as_of="tomorrow"), "as_of"),
        (pb.LookupIdentifierRequest(value="1", scheme=77), "scheme"),  # type: ignore[arg-type]
    ):
        assert set((await refused(server.catalog.LookupIdentifier(request))).fields) == {field}


async def test_get_snapshot(server: Any, refused: Any) -> None:
    """The current snapshot by every name; another one is NOT_FOUND."""
    current = await server.catalog.GetSnapshot(pb.GetSnapshotRequest())
    assert (current.firm_count, current.decoy_count) == (8, 1)
    for name in ("snapshots/current", current.name):
        assert await server.catalog.GetSnapshot(pb.GetSnapshotRequest(name=name)) == current
    refusal = await refused(server.catalog.GetSnapshot(pb.GetSnapshotRequest(name="snapshots/" + "0" * 64)))
    assert refusal.code == grpc.StatusCode.NOT_FOUND
    assert (await refused(server.catalog.GetSnapshot(pb.GetSnapshotRequest(name="x")))).fields == {"name": "BAD_HASH"}
