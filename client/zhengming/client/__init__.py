"""Client of Zhengming: any name of a Chinese firm in, one canonical ID out.

    from zhengming.client import Client

    with Client("localhost:50051") as client:
        print(client.resolve("寒武纪").firm.firm_id)

Answers are the protobuf messages of `zhengming.v1`. Names are loaded when first used, so that importing the package,
and with it `zhengming --help`, stays cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from zhengming.client._aio import AsyncClient
    from zhengming.client._client import Client
    from zhengming.client._local import local_client
    from zhengming.client._requests import LinkInput, Query
    from zhengming.client._service_config import SERVICE_CONFIG
    from zhengming.client.comparison import explain_comparison
    from zhengming.client.errors import CallError, ZhengmingError
    from zhengming.client.explanation import explain_resolution, short_reason
    from zhengming.client.sentences import sentence
    from zhengming.client.trace import explain_trace

__all__ = [
    "SERVICE_CONFIG",
    "AsyncClient",
    "CallError",
    "Client",
    "LinkInput",
    "Query",
    "ZhengmingError",
    "explain_comparison",
    "explain_resolution",
    "explain_trace",
    "local_client",
    "sentence",
    "short_reason",
]

_HOMES: Final = {
    "SERVICE_CONFIG": "_service_config",
    "AsyncClient": "_aio",
    "CallError": "errors",
    "Client": "_client",
    "LinkInput": "_requests",
    "Query": "_requests",
    "ZhengmingError": "errors",
    "explain_comparison": "comparison",
    "explain_resolution": "explanation",
    "explain_trace": "trace",
    "local_client": "_local",
    "sentence": "sentences",
    "short_reason": "explanation",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
