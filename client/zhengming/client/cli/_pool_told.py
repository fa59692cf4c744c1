"""What the pool of workers on this machine reports, said as the commands speak: a sentence on standard error."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from typing import Final

from zhengming.client.cli._table import visible

_LOGGER: Final = "zhengming.server"
# The pool is found through its entry point and never imported; its logger is known by name.


@contextlib.contextmanager
def told_by_the_pool() -> Iterator[None]:
    """Tell what the pool reports for as long as the context lasts: a worker that died, or that is given up, and why."""
    logger, teller = logging.getLogger(_LOGGER), _Teller(logging.WARNING)
    logger.addHandler(teller)
    try:
        yield
    finally:
        logger.removeHandler(teller)


class _Teller(logging.Handler):
    """Writes each record as a sentence."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        why = getattr(record, "fields", {}).get("why")
        sentence = f"{record.getMessage()}: {why}" if why else record.getMessage()
        print(f"zhengming: {visible(sentence)}", file=sys.stderr)
