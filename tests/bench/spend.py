"""`python -m tests.bench.spend COMMAND…`: run a command and print as JSON what it and its children used.

A process of its own, because the kernel counts the memory of whoever starts a command as the command's.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.bench.measure import children

_LOOKS = 0.25
# Seconds between two looks at the memory of the processes.


def main() -> None:
    """Run the command, its output thrown away. Its exit status is ours; what it says as errors passes through."""
    begun = time.perf_counter()
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    seen: dict[int, tuple[int, int]] = {}
    threading.Thread(target=_watch, args=(process.pid, seen), daemon=True).start()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    told = {"cpu": used.ru_utime + used.ru_stime, "wall": wall, "peak": used.ru_maxrss * 1024}
    print(json.dumps({**told, "memory": list(seen.values())}))
    sys.exit(os.waitstatus_to_exitcode(status))


def _watch(root: int, seen: dict[int, tuple[int, int]]) -> None:
    """Note the most memory of every process, the command first: (all of it, without what is mapped from files), bytes."""
    while True:
        # One may end while it is looked at.
        with contextlib.suppress(OSError):
            for pid in (root, *children(root)):
                most, own = seen.get(pid, (0, 0))
                held = _held(pid)
                seen[pid] = max(most, held["VmHWM"]), max(own, held["RssAnon"])
        time.sleep(_LOOKS)


def _held(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    # A process that has ended but was not waited for has none.
    return {name: int(fields.get(name, "0 kB").split()[0]) * 1024 for name in ("VmHWM", "RssAnon")}


if __name__ == "__main__":
    main()
