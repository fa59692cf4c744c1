"""How calls are retried and balanced: gRPC's own service configuration, published for every language.

`docs/service-config.json` is this very value (a test compares them), so that a Go or Java caller can paste it.
"""

from __future__ import annotations

import copy
import json
from typing import Any, Final

RESOLVE_TIMEOUT: Final = 2.0
"""Seconds that a call for one name, one page or one record may take, retries included."""

BATCH_TIMEOUT: Final = 30.0
"""Seconds that a batch, or one text to link, may take, retries included."""

# CANCELLED beside UNAVAILABLE: a gRPC Python server that stops gracefully still cancels a few calls in flight
# (grpc/grpc#37239), and every method of the contract is an idempotent read.
_RETRY: Final[dict[str, Any]] = {
    "maxAttempts": 5,
    "initialBackoff": "0.05s",
    "maxBackoff": "1s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
}

_RESOLVER: Final = "zhengming.v1.ResolverService"
_CATALOG: Final = "zhengming.v1.CatalogService"

SERVICE_CONFIG: Final[dict[str, Any]] = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "healthCheckConfig": {"serviceName": ""},
    "methodConfig": [
        {
            "name": [{"service": _RESOLVER}, {"service": _CATALOG}],
            "timeout": f"{RESOLVE_TIMEOUT:g}s",
            "retryPolicy": _RETRY,
        },
        {
            "name": [
                {"service": _RESOLVER, "method": "BatchResolve"},
                {"service": _RESOLVER, "method": "BatchLinkText"},
                {"service": _CATALOG, "method": "BatchGetFirms"},
            ],
            "timeout": f"{BATCH_TIMEOUT:g}s",
            "waitForReady": True,
            "retryPolicy": _RETRY,
        },
        {
            # A text may be as long as a batch, but somebody waits for it: no waiting for a server that is not there.
            "name": [{"service": _RESOLVER, "method": "LinkText"}],
            "timeout": f"{BATCH_TIMEOUT:g}s",
            "retryPolicy": _RETRY,
        },
        {
            # No timeout: a stream lives as long as its job. gRPC retries it only before the first answer.
            "name": [
                {"service": _RESOLVER, "method": "StreamResolve"},
                {"service": _RESOLVER, "method": "StreamLinkText"},
            ],
            "waitForReady": True,
            "retryPolicy": _RETRY,
        },
    ],
    # Stops retries when more than about one call in eleven fails, so that retries never feed an outage.
    "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
}
"""The service configuration as callers of any language should use it."""


def published_json() -> str:
    """Return the text of `docs/service-config.json`."""
    return json.dumps(SERVICE_CONFIG, indent=2) + "\n"


def channel_json() -> str:
    """Return the configuration for this package's own channels.

    Timeouts are left out: gRPC takes the smaller of the configured timeout and the call's deadline, so that a caller
    who asks for more time would not get it. The client sets a deadline on each call instead.
    """
    config = copy.deepcopy(SERVICE_CONFIG)
    for method in config["methodConfig"]:
        method.pop("timeout", None)
    return json.dumps(config)
