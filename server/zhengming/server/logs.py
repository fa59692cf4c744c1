"""One event, one line on standard error, as JSON or as text.

Query texts are never logged. At level DEBUG a call is logged with a keyed hash of its query, so that repeats can be
seen; the key is drawn anew at each start, because a plain hash of a firm's name is looked up in a list.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import Any

LOG = logging.getLogger("zhengming.server")
"""The logger of this package."""

_QUERY_KEY = os.urandom(16)


class JsonFormatter(logging.Formatter):
    """Turn a record into one line of JSON. Control and bidirectional characters come out escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its newline."""
        event: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": record.process,
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return json.dumps(event, ensure_ascii=True, default=str)


class TextFormatter(logging.Formatter):
    """Turn a record into one readable line; everything beyond printable ASCII is escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its newline."""
        fields = "".join(f" {name}={value}" for name, value in getattr(record, "fields", {}).items())
        line = f"{self.formatTime(record)} {record.levelname} [{record.process}] {record.getMessage()}{fields}"
        if record.exc_info:
            line += " " + self.formatException(record.exc_info)
        return line.encode("unicode_escape").decode("ascii")


def set_up(log_format: str, level: str) -> None:
    """Send our records to standard error. `log_format` is `json` or `text`, `level` a standard level name."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    LOG.handlers[:] = [handler]
    LOG.setLevel(level.upper())
    LOG.propagate = False


def event(level: int, text: str, *, trace: bool = False, **fields: object) -> None:
    """Log one event with its fields. `trace`: with the traceback of the exception at hand."""
    LOG.log(level, text, extra={"fields": fields}, exc_info=trace)


def query_hash(query: str) -> str:
    """Return a keyed hash of a query, the same for as long as this process lives."""
    return hashlib.blake2b(query.encode("utf-8", "surrogatepass"), key=_QUERY_KEY, digest_size=8).hexdigest()
