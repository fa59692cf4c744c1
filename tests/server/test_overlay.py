"""A user's own names on a real server: compiled in, shown, kept over updates of the table."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest
from zhengming.aliases.load import load_table, save_table
from zhengming.aliases.model import NameKind
from zhengming.server.errors import StartError
from zhengming.server.settings import Settings
from zhengming.server.snapshot import Snapshot, open_snapshot
from zhengming.v1 import resolver_pb2

from tests.server.conftest import HUAWEI, JOINED, TENCENT, XIAOMI, Running, running


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """An overlay file with one name."""
    path = tmp_path / "own.csv"
    path.write_text(f"firm,text\n{HUAWEI},Supplier 4711\n", encoding="utf-8")
    return path


def _firm_id(snapshot: Snapshot, query: str) -> str:
    return snapshot.engine.resolve(query).firm_id


def test_an_own_name_resolves_and_shows_where_it_is_from(table_folder: Path, tmp_path: Path, overlay: Path) -> None:
    plain = open_snapshot(table_folder, tmp_path / "cache")
    laid = open_snapshot(table_folder, tmp_path / "cache", overlay)
    assert plain.engine.resolve("Supplier 4711").firm_id != HUAWEI
    resolution = laid.engine.resolve("supplier-4711")
    assert resolution.firm_id == HUAWEI
    assert resolution.matched_name is not None
    assert resolution.matched_name.source == "overlay"
    assert (plain.overlay_version, len(laid.overlay_version)) == ("", 64)
    assert (plain.table_version, plain.hash != laid.hash) == (laid.table_version, True)


def test_the_snapshot_of_an_overlay_is_found_in_the_cache(table_folder: Path, tmp_path: Path, overlay: Path) -> None:
    first = open_snapshot(table_folder, tmp_path / "cache", overlay)
    again = open_snapshot(table_folder, tmp_path / "cache", overlay)
    assert (again.path, again.hash, again.overlay_version) == (first.path, first.hash, first.overlay_version)


def test_an_overlay_outlives_an_update_of_the_table(table_folder: Path, tmp_path: Path, overlay: Path) -> None:
    before = open_snapshot(table_folder, tmp_path / "cache", overlay)
    table = load_table(table_folder)
    fewer = tuple(name for name in table.names if name.firm_id != XIAOMI or name.kind is NameKind.LEGAL)
    save_table(dataclasses.replace(table, names=fewer), table_folder)
    after = open_snapshot(table_folder, tmp_path / "cache", overlay)
    assert before.table_version != after.table_version
    assert _firm_id(after, "Supplier 4711") == HUAWEI


def test_an_overlay_follows_an_id_that_was_joined(table_folder: Path, tmp_path: Path) -> None:
    redirects = {redirect.old_id: redirect.new_id for redirect in load_table(table_folder).redirects}
    path = tmp_path / "own.csv"
    path.write_text(f"firm,text\n{JOINED},Old Customer Name\n", encoding="utf-8")
    assert _firm_id(open_snapshot(table_folder, tmp_path / "cache", path), "Old Customer Name") == redirects[JOINED]


def test_a_name_of_another_firm_in_another_script_is_refused(table_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"firm,text\n{HUAWEI},騰訊\n", encoding="utf-8")
    with pytest.raises(StartError, match=rf"line 2: '騰訊' is the name of another firm too: .*{TENCENT}"):
        open_snapshot(table_folder, tmp_path / "cache", path)


def test_a_name_that_the_table_refuses_needs_a_mark(table_folder: Path, tmp_path: Path) -> None:
    decoy = next(line for line in load_table(table_folder).decoys if not line.owner_id)
    path = tmp_path / "own.csv"
    path.write_text(f"firm,text\n{HUAWEI},{decoy.text}\n", encoding="utf-8")
    with pytest.raises(StartError, match=r"line 2: .* is refused by the table"):
        open_snapshot(table_folder, tmp_path / "cache", path)
    path.write_text(f"firm,text,ambiguity\n{HUAWEI},{decoy.text},usual\n", encoding="utf-8")
    assert _firm_id(open_snapshot(table_folder, tmp_path / "cache", path), decoy.text) == HUAWEI


async def _ask(server: Running, query: str) -> tuple[str, str]:
    answer = await server.resolver.Resolve(resolver_pb2.ResolveRequest(query=query))
    return answer.firm.firm_id, answer.provenance.overlay_version


async def test_a_changed_overlay_is_swapped_in_and_a_bad_one_is_not(settings: Settings, overlay: Path) -> None:
    async with running(dataclasses.replace(settings, overlay=overlay)) as server:
        firm_id, version = await _ask(server, "Supplier 4711")
        info = await server.resolver.GetServerInfo(resolver_pb2.GetServerInfoRequest())
        assert (firm_id, version) == (HUAWEI, info.snapshot.overlay_version)
        assert version
        await asyncio.to_thread(overlay.write_text, f"firm,text\n{TENCENT},Supplier 4711\n", encoding="utf-8")
        await server.app.reload()
        assert (await _ask(server, "Supplier 4711"))[0] == TENCENT
        await asyncio.to_thread(overlay.write_text, "firm,text\nNOBODY,Supplier 4711\n", encoding="utf-8")
        await server.app.reload()
        assert (await _ask(server, "Supplier 4711"))[0] == TENCENT
