"""Logs: one event, one line, no query texts."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from zhengming.server import logs
from zhengming.v1 import resolver_pb2 as pb

HOSTILE = "a\nb\r\u202e\x1b[31m\u2028\x85ü"


@pytest.fixture
def _kept() -> Iterator[None]:
    handlers, level, propagate = logs.LOG.handlers[:], logs.LOG.level, logs.LOG.propagate
    yield
    logs.LOG.handlers[:], logs.LOG.propagate = handlers, propagate
    logs.LOG.setLevel(level)


@pytest.mark.usefixtures("_kept")
@pytest.mark.parametrize("log_format", ["json", "text"])
def test_one_event_is_one_line_of_ascii(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the fields hold, and with a traceback."""
    logs.set_up(log_format, "info")
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        logs.event(logging.ERROR, HOSTILE, trace=True, field=HOSTILE)
    out = capsys.readouterr().err
    assert out.endswith("\n")
    assert len(out.splitlines()) == 1
    assert out.isascii()
    assert out[:-1].isprintable()
    if log_format == "json":
        assert json.loads(out)["field"] == HOSTILE


async def test_calls_are_logged_hashed_and_at_debug_only(
    settings: Any, run_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """At info nothing is said of good calls; at debug the same query has the same hash, and its text never appears."""
    async with run_server(settings) as server:
        await server.resolver.Resolve(pb.ResolveRequest(query="华为"))
    assert "resolved" not in caplog.text
    with caplog.at_level(logging.DEBUG, "zhengming.server"):
        async with run_server(settings) as server:
            for query in ("华为", "华为", "小米"):
                await server.resolver.Resolve(pb.ResolveRequest(query=query, request_id="r1"))
    hashes = [vars(record)["fields"]["query"] for record in caplog.records if record.message == "resolved"]
    assert hashes[0] == hashes[1] != hashes[2]
    assert "华为" not in str([vars(record) for record in caplog.records])
