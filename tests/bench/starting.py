"""Starting: compiling a table, opening a snapshot, and a whole `zhengming resolve`."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from zhengming.aliases import Table, load_table
from zhengming.engine import MATCHER_VERSION, compile_index
from zhengming.engine.arrays import Arrays
from zhengming.server.snapshot import SUFFIX, SnapshotImage, cache_key, open_snapshot, write_snapshot

from tests.bench.report import Report

_NAME = "摩尔线程"
_COMMAND = str(Path(sys.executable).with_name("zhengming"))
_OPENINGS = 5
_IMPORTS_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Compiled:
    """A table, compiled once for the whole run, and what that cost in CPU seconds."""

    table: Table
    arrays: Arrays
    loading: float
    compiling: float


def compile_into(cache: Path) -> Compiled:
    """Load and compile the bundled table, and put the snapshot where servers with this cache folder find it."""
    started = time.process_time()
    table = load_table()
    loaded = time.process_time()
    arrays = compile_index(table)
    compiled = time.process_time()
    key = cache_key(table.version, MATCHER_VERSION)
    write_snapshot(SnapshotImage.of(arrays, table.version, MATCHER_VERSION), cache / (key.hex() + SUFFIX), key)
    return Compiled(table, arrays, loaded - started, compiled - loaded)


def measure_opening(compiled: Compiled, cache: Path, report: Report) -> None:
    """Measure opening the snapshot, and tell it beside loading and compiling, in CPU time of this process."""
    openings = []
    for _ in range(_OPENINGS):
        begun = time.process_time()
        open_snapshot(cache_dir=cache)
        openings.append(time.process_time() - begun)
    size = sum(path.stat().st_size for path in cache.glob("*" + SUFFIX))
    report.heading("Opening")
    report.columns("what", "CPU", "")
    report.row("load the CSV table", f"{compiled.loading:.2f} s")
    report.row("compile it", f"{compiled.compiling:.2f} s", f"snapshot of {size / 1e6:.1f} MB")
    report.row("open the snapshot", f"{1000 * median(openings):.0f} ms", "from the page cache, content hash checked")
    cheaper = (compiled.loading + compiled.compiling) / median(openings)
    report.row("opening is cheaper than loading and compiling by", f"{cheaper:.0f}×")


def measure_command(cache: Path, rounds: int, report: Report) -> None:
    """Measure whole processes, warm: the command line, and what Python and gRPC alone cost."""
    programs = {
        "python -c pass": ["-c", "pass"],
        "python -c 'import grpc.aio'": ["-c", "import grpc.aio"],
        "python -c 'import numpy, rapidfuzz'": ["-c", "import numpy, rapidfuzz"],
        f"zhengming resolve {_NAME}": [_COMMAND, "resolve", _NAME],
    }
    environment = {**os.environ, "ZHENGMING_CACHE_DIR": str(cache)}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, arguments in programs.items():
            before, started = _children_cpu(), time.perf_counter()
            subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=True)
            if number:
                spent[name].append((_children_cpu() - before, time.perf_counter() - started))
    report.heading("The command line, whole process, warm")
    report.columns("what", "CPU, ms", "wall, ms")
    for name, found in spent.items():
        cpu, wall = (1000 * median(column) for column in zip(*found, strict=True))
        report.row(name, f"{cpu:.0f}", f"{wall:.0f}")
    _imports(environment, report)


def _imports(environment: dict[str, str], report: Report) -> None:
    """Tell the dearest imports of one run. With what each imports itself counted in, so that nested ones repeat."""
    command = [sys.executable, "-X", "importtime", _COMMAND, "resolve", _NAME]
    said = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stderr
    rows = []
    for line in said.splitlines():
        fields = line.removeprefix("import time:").split("|")
        if line.startswith("import time:") and len(fields) == 3 and fields[1].strip().isdigit():
            rows.append((int(fields[1]), int(fields[0]), fields[2].strip()))
    report.text("\nDearest imports of that command (cumulative and own, wall ms, slowed by the tracing itself):\n")
    report.columns("module", "cumulative", "own")
    for cumulative, own, module in sorted(rows, reverse=True)[:_IMPORTS_SHOWN]:
        report.row(module, f"{cumulative / 1000:.0f}", f"{own / 1000:.0f}")


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
