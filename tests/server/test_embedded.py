"""The embedded server: the real one, on loopback, for as long as a context lasts."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import grpc
import pytest
from zhengming.server import embedded
from zhengming.server.errors import StartError
from zhengming.v1 import resolver_pb2 as pb
from zhengming.v1 import resolver_pb2_grpc


def ask(address: str) -> Any:
    with grpc.insecure_channel(address) as channel:
        resolver: Any = resolver_pb2_grpc.ResolverServiceStub(channel)
        return resolver.Resolve(pb.ResolveRequest(query="华为"), timeout=10)


def test_it_answers_and_goes(table_folder: Path, shared_cache: Path, ids: Any) -> None:
    """Several at once have ports of their own; none leaves a thread behind."""
    with (
        embedded.start(table_folder, shared_cache) as first,
        embedded.start(table_folder, shared_cache) as second,
    ):
        assert first.address.startswith("127.0.0.1:")
        assert first.address != second.address
        assert ask(first.address).firm.firm_id == ids.huawei
        assert ask(second.address).firm.firm_id == ids.huawei
    assert not [thread for thread in threading.enumerate() if thread.name == "zhengming-embedded"]


def test_an_error_inside_still_stops_it(table_folder: Path, shared_cache: Path) -> None:
    """The context closes on the way out of an exception too."""
    with pytest.raises(KeyError), embedded.start(table_folder, shared_cache):
        raise KeyError
    assert not [thread for thread in threading.enumerate() if thread.name == "zhengming-embedded"]


def test_a_bad_table_is_said(tmp_path: Path) -> None:
    """In the caller's thread, as `StartError`."""
    with pytest.raises(StartError, match="cannot be read"), embedded.start(tmp_path, tmp_path):
        pass


def test_the_entry_point_names_it() -> None:
    """The client finds it by entry point, never by import."""
    from importlib.metadata import entry_points

    (found,) = entry_points(group="zhengming.embedded", name="server")
    assert found.load() is embedded.start
