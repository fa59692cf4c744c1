"""`python -m tests.bench.holder TABLE CACHE FILE`: a process that opens a snapshot, resolves the texts of a file, and stays.

Prints JSON when it has resolved the first text, and again when all: CPU seconds since the opening began, imports done, and of
the whole process. Then holds everything until its input ends, so that its memory can be looked at.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from zhengming.engine import InvalidQuery
from zhengming.server.snapshot import open_snapshot


def main(arguments: Sequence[str] | None = None) -> None:
    """Open, resolve, tell, wait."""
    table, cache, texts = sys.argv[1:] if arguments is None else arguments
    queries = json.loads(Path(texts).read_text(encoding="utf-8"))
    begun = time.process_time()
    snapshot = open_snapshot(Path(table), Path(cache))
    for number, query in enumerate(queries):
        with contextlib.suppress(InvalidQuery):
            snapshot.engine.resolve(query)
        if number == 0:
            _tell(begun)
    _tell(begun)
    sys.stdin.read()


def _tell(begun: float) -> None:
    print(json.dumps({"since_opening": time.process_time() - begun, "process": time.process_time()}), flush=True)


if __name__ == "__main__":
    main()
