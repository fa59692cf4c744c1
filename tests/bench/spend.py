"""`python -m tests.bench.spend COMMAND…`: run a command and print as JSON what it and its children used.

A process of its own, because the kernel counts the memory of whoever starts a command as the command's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time


def main() -> None:
    """Run the command, its output thrown away. Its exit status is ours; what it says as errors passes through."""
    begun = time.perf_counter()
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "wall": wall, "peak": used.ru_maxrss * 1024}))
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
