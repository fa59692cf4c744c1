"""Starting: compiling a table, the first answer from a snapshot, a second process beside the first, a whole command."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.mix import EXACT
from tests.bench.report import Report
from tests.bench.run import Run
from tests.bench.tables import ROOT, Prepared, title

_NAME = "摩尔线程"
_COMMAND = str(Path(sys.executable).with_name("zhengming"))
_OPENINGS = 5
_IMPORTS_SHOWN = 15
_RESOLVED = 40
"""Queries of a kind that a process resolves before its memory is looked at."""
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
_PRIVATE = re.compile(r"^Private_(?:Clean|Dirty):\s+(\d+) kB", re.MULTILINE)


def measure_starting(run: Run, report: Report) -> None:
    """Measure opening of every table, memory of a second process on the largest, and the command line."""
    tables = {"bundled": run.bundled()} | {title(names): run.table(names) for names in run.sizes}
    report.heading("From a table to the first answer")
    report.text(
        "Each table is compiled by a process of its own, once for a state of the engine; opening reads the snapshot from the "
        "page cache and checks the hash of its content, and resolves one known name. CPU.\n"
    )
    report.columns("table", "names", "load CSV, s", "compile, s", "most memory, MB", "snapshot, MB", "first answer, ms",
                   "of load and compile", "process to first answer, ms")  # fmt: skip
    for name, prepared in tables.items():
        known = _NAME if name == "bundled" else prepared.mix().queries[EXACT][0].text
        _opening(name, prepared, known, report)
    largest = max(run.sizes)
    report.figure("start.first", report.figures[f"start.{title(largest)}.first"])
    if run.short:
        del report.figures["start.first"]
    _memory(run.table(largest), largest, report, counts=not run.short)
    measure_command(run.bundled().cache, run.rounds(9), report)


def _opening(name: str, prepared: Prepared, known: str, report: Report) -> None:
    cost = prepared.cost()
    opened, whole = [], []
    for _ in range(_OPENINGS):
        with _holder(prepared, [known]) as process:
            opened.append(process.first["since_opening"])
            whole.append(process.first["process"])
    share = report.figure(f"start.{name}.first", median(opened) / cost.seconds)
    report.figure(f"start.{name}.compile", cost.seconds)
    report.row(
        name, f"{cost.names:,}", f"{cost.loading:.1f}", f"{cost.compiling:.1f}", f"{cost.peak_bytes / 1e6:,.0f}",
        f"{cost.snapshot_bytes / 1e6:.1f}", f"{1000 * median(opened):.0f}", f"1/{1 / share:,.0f}",
        f"{1000 * median(whole):.0f}",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Holder:
    """A process that holds a snapshot."""

    pid: int
    first: dict[str, float]
    """CPU seconds to its first answer."""

    def memory(self) -> tuple[int, int]:
        """Return bytes that it holds, shared pages divided among their holders, and bytes that are its own."""
        told = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="utf-8")
        return sum(map(int, _PSS.findall(told))) * 1024, sum(map(int, _PRIVATE.findall(told))) * 1024


@contextlib.contextmanager
def _holder(prepared: Prepared, queries: Sequence[str]) -> Iterator[_Holder]:
    """Run a holder until it has resolved all queries, and end it after."""
    with tempfile.TemporaryDirectory(prefix="zhengming-bench-") as folder:
        texts = Path(folder) / "texts.json"
        texts.write_text(json.dumps(list(queries), ensure_ascii=False), encoding="utf-8")
        command = [sys.executable, "-m", "tests.bench.holder", str(prepared.table), str(prepared.cache), str(texts)]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                first = json.loads(process.stdout.readline())
                process.stdout.readline()
                yield _Holder(process.pid, first)
            finally:
                process.kill()


def _memory(prepared: Prepared, names: int, report: Report, *, counts: bool) -> None:
    queries = [query.text for query in prepared.mix().part(0, _RESOLVED)]
    with _holder(prepared, queries) as one:
        alone, _ = one.memory()
        with _holder(prepared, queries) as other:
            both = one.memory()[0] + other.memory()[0]
            _, own = other.memory()
    share = (both - alone) / alone
    if counts:
        report.figure("start.second", share)
    report.heading(f"A second process on the same snapshot, {title(names)} names")
    report.text(
        f"Each has resolved {len(queries)} names of six kinds. PSS of `smaps_rollup`: shared pages divided among those who "
        "hold them.\n"
    )
    report.columns("what", "MB")
    report.row("snapshot", f"{prepared.cost().snapshot_bytes / 1e6:.0f}")
    report.row("one process", f"{alone / 1e6:.0f}")
    report.row("both", f"{both / 1e6:.0f}")
    report.row("pages of the second that nobody shares", f"{own / 1e6:.0f}")
    report.row("the second adds", f"{share:.1%}")


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
