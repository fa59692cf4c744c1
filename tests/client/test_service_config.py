"""The published retry configuration is the one that the client runs with."""

from __future__ import annotations

import json
from pathlib import Path

from zhengming.client import SERVICE_CONFIG
from zhengming.client._service_config import channel_json, published_json

DOCS = Path(__file__).parents[2] / "docs" / "service-config.json"


def test_the_file_in_docs_is_the_constant() -> None:
    """Callers of other languages copy the file: it must not drift.

    Write it again with `python -c "from zhengming.client._service_config import published_json as p; print(p(), end='')"`.
    """
    assert DOCS.read_text(encoding="utf-8") == published_json()
    assert json.loads(DOCS.read_text(encoding="utf-8")) == SERVICE_CONFIG


def test_channels_use_it_without_timeouts() -> None:
    """Only timeouts differ: gRPC would take the smaller one, and a caller could not ask for more time."""
    expected = json.loads(published_json())
    for method in expected["methodConfig"]:
        method.pop("timeout", None)
    assert json.loads(channel_json()) == expected


def test_what_was_decided() -> None:
    """Five attempts, 50 ms to 1 s, doubling, for UNAVAILABLE and CANCELLED; throttled; balanced."""
    for method in SERVICE_CONFIG["methodConfig"]:
        assert method["retryPolicy"] == {
            "maxAttempts": 5,
            "initialBackoff": "0.05s",
            "maxBackoff": "1s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
        }
    assert SERVICE_CONFIG["retryThrottling"] == {"maxTokens": 10, "tokenRatio": 0.1}
    assert SERVICE_CONFIG["loadBalancingConfig"] == [{"round_robin": {}}]
