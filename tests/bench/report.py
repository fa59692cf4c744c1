"""What a run prints and, when asked, writes: lines grouped under headings, and the machine that they are true of."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

_DISTRIBUTIONS = ("grpcio", "protobuf", "numpy", "rapidfuzz")


@dataclass(slots=True)
class Report:
    """Lines of a run. Each is printed as soon as it is known."""

    lines: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """Begin a group."""
        self._say(f"\n## {text}\n")

    def row(self, what: str, value: str, note: str = "") -> None:
        """Tell one figure."""
        self._say(f"| {what} | {value} | {note} |")

    def columns(self, what: str, value: str, note: str = "") -> None:
        """Name the columns of the rows that follow."""
        self._say(f"| {what} | {value} | {note} |")
        self._say("|---|---|---|")

    def text(self, text: str) -> None:
        """Tell a sentence."""
        self._say(text)

    def write(self, path: Path) -> None:
        """Write everything to a Markdown file."""
        path.write_text("\n".join(["# Performance, measured", *self.lines]) + "\n", encoding="utf-8")

    def _say(self, line: str) -> None:
        print(line, flush=True)
        self.lines.append(line)


def machine() -> str:
    """Return processor, cores, system, versions and load in one line."""
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    versions = ", ".join(f"{name} {version(name)}" for name in _DISTRIBUTIONS)
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores of {processor}, {platform.system()} {platform.release()}, "
        f"Python {sys.version.split()[0]}, {versions}; load {load}"
    )
