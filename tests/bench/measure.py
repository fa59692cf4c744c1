"""Clocks and medians: how everything here is measured."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

_TICKS = os.sysconf("SC_CLK_TCK")


def interleaved(works: Mapping[str, Callable[[], int]], rounds: int) -> dict[str, list[float]]:
    """Run every work once a round, the rounds one after the other, and return CPU microseconds per unit by work.

    A work returns how many units it did. Interleaving lets a busy minute of the machine hit all works alike. One
    round before the first is not counted: it fills caches.
    """
    spent: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            started = time.process_time()
            units = work()
            if number:
                spent[name].append((time.process_time() - started) * 1e6 / units)
    return spent


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """Return the median of the ratios round by round, which a slow round cannot tilt."""
    return median(one / other for one, other in zip(numerators, denominators, strict=True))


def cpu_of(pid: int) -> float:
    """Return the CPU seconds, user and system, that a process and its threads have used so far."""
    # The command name may hold spaces and brackets; the numbers come after its closing one.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def cpu_of_all(pid: int) -> float:
    """Return the CPU seconds of a process and of all that descend from it and live."""
    return cpu_of(pid) + sum(map(cpu_of_all, children(pid)))


def children(pid: int) -> list[int]:
    """Return the processes that a process started and that live."""
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (thread / "children").read_text(encoding="utf-8").split()]
    return found
