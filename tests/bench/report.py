"""What a part of the run tells: lines for a reader, figures for the goals and plots, and the machine they are true of."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

_DISTRIBUTIONS = ("grpcio", "protobuf", "numpy", "rapidfuzz", "daachorse")


@dataclass(slots=True)
class Report:
    """Lines and figures of one part. Each line is printed as soon as it is known."""

    lines: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    """Name → value; `goals.py` and `plots.py` read them."""

    def heading(self, text: str) -> None:
        """Begin a group."""
        self._say(f"\n## {text}\n")

    def columns(self, *titles: str) -> None:
        """Name the columns of the rows that follow."""
        self.row(*titles)
        self._say("|---" * len(titles) + "|")

    def row(self, *cells: str) -> None:
        """Tell one row, as many cells as there are columns."""
        self._say(f"| {' | '.join(cells)} |")

    def text(self, text: str) -> None:
        """Tell a sentence."""
        self._say(text)

    def figure(self, name: str, value: float) -> float:
        """Keep a figure under a name, and return it."""
        self.figures[name] = value
        return value

    def save(self, path: Path) -> None:
        """Write the part as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Report:
        """Read a part that `save` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

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
        f"{os.cpu_count()} cores of {processor}, {platform.system()} {platform.release().partition('-')[0]}, "
        f"Python {sys.version.split()[0]}, {versions}; load {load}"
    )
