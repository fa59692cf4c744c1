"""Columns of pandas and polars frames resolved to firms.

    from zhengming.client import Client
    from zhengming.frames import resolve_column

    with Client("localhost:50051") as client:
        suppliers = resolve_column(suppliers, "供应商", client, city="城市")

Rows, their order and their index stay as they are; the answers come as columns behind. Neither library is needed before a
frame of it is given.
"""

from __future__ import annotations

from zhengming.frames._columns import RESULT_COLUMNS
from zhengming.frames._resolve import resolve_column

__all__ = ["RESULT_COLUMNS", "resolve_column"]
