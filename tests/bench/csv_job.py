"""`zhengming csv` from file to file against a process that only resolves the distinct names: total CPU of each."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from random import Random
from statistics import median

from tests.bench.measure import ratio
from tests.bench.mix import Mix, make_mix
from tests.bench.report import Report
from tests.bench.run import Run
from tests.bench.synthetic import invented_firms
from tests.bench.tables import ROOT, Prepared, title

_DISTINCT = 0.3
"""Distinct names a row."""
_ROUNDS = 2
_SEED = 17
_LARGE = 500_000
"""Rows from which the table has a million names, and one round is enough."""
_ALONE, _AT_ONCE, _JOB = (
    "resolving the distinct names alone",
    "the same, half in each of two processes",
    "`zhengming csv`",
)


@dataclass(frozen=True, slots=True)
class _Spent:
    """What finished processes used."""

    cpu: float
    """CPU seconds, of their children too."""
    wall: float
    """Seconds."""
    peak: int
    """Most bytes that one of them, or of their children, held."""
    memory: list[list[int]]
    """Of each process, the command's first: most bytes that it held, and without what is mapped from files."""

    def told(self) -> str:
        """Return the memory of each process in MB, and in brackets its own."""
        return ", ".join(f"{whole / 1e6:.0f} ({own / 1e6:.0f})" for whole, own in self.memory)


def measure_csv(run: Run, report: Report) -> None:
    """Measure the job and the bare resolving in turn, as whole processes.

    The names are resolved by one process, and split over two that run at once, as the job's workers do: two busy cores
    of one package slow each other down, so the first ratio has the machine in it and the second only the job.
    """
    rows = 1_000 if run.short else run.rows
    distinct = round(rows * _DISTINCT)
    size = 1_000_000 if rows >= _LARGE else run.peer_size
    prepared = run.table(size)
    names = _distinct_names(prepared, size, distinct)
    with tempfile.TemporaryDirectory(prefix="zhengming-bench-") as folder:
        place = Path(folder)
        source = place / "in.csv"
        _write_rows(source, names, rows)
        environment = {**os.environ, "ZHENGMING_TABLE": str(prepared.table), "ZHENGMING_CACHE_DIR": str(prepared.cache)}
        whole = [_bare(prepared, names, place / "names.json")]
        halves = [_bare(prepared, names[half::2], place / f"half{half}.json") for half in range(2)]
        job = [str(Path(sys.executable).with_name("zhengming")), "csv", str(source), "--column", "name", "--quiet"]
        spent: dict[str, list[_Spent]] = {_ALONE: [], _AT_ONCE: [], _JOB: []}
        for number in range(1 if run.short or rows >= _LARGE else _ROUNDS):
            output = place / f"out{number}.csv"
            for what, commands in ((_ALONE, whole), (_AT_ONCE, halves), (_JOB, [[*job, "-o", str(output)]])):
                spent[what].append(_spend(commands, environment))
            with output.open(encoding="utf-8") as file:
                written = sum(1 for _ in file) - 1
            if written != rows:
                raise RuntimeError(f"The job wrote {written} rows of {rows}. Mend the job before measuring it.")
    cpu = {what: [one.cpu for one in found] for what, found in spent.items()}
    times = report.figure("csv.cpu", ratio(cpu[_JOB], cpu[_ALONE]))
    at_once = report.figure("csv.cpu_at_once", ratio(cpu[_JOB], cpu[_AT_ONCE]))
    report.heading(
        f"CSV to CSV: {rows:,} rows, {len(names):,} distinct names, {title(size)} invented names in the table"
    )
    report.text(
        "The six-kind mix. Whole processes with their start, on warm files, snapshot compiled before. Memory is the most "
        "that each process held, and in brackets what of it is its own and not mapped from the snapshot.\n"
    )
    report.columns("what", "CPU, s", "wall, s", "cores used", "memory of each process, MB")
    for what, found in spent.items():
        seconds, wall = median(one.cpu for one in found), median(one.wall for one in found)
        most = max(found, key=lambda one: one.peak)
        report.row(what, f"{seconds:.1f}", f"{wall:.1f}", f"{seconds / wall:.2f}", most.told())
    report.text(
        f"\nThe job costs {times:.2f} × the bare resolving in one process, and {at_once:.2f} × that of two at once. "
        "In its row the reading process is the first, the workers follow."
    )


def _bare(prepared: Prepared, names: list[str], path: Path) -> list[str]:
    """Return the command that only resolves these names."""
    path.write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
    return [sys.executable, "-m", "tests.bench.holder", str(prepared.table), str(prepared.cache), str(path)]


def _distinct_names(prepared: Prepared, size: int, count: int) -> list[str]:
    """Return so many names of six kinds in equal parts."""
    a_kind = -(-count // 6)
    mix = prepared.mix()
    if min(map(len, mix.queries.values())) < a_kind:
        mix = make_mix(invented_firms(size), a_kind)
    return _flat(mix, count)


def _flat(mix: Mix, count: int) -> list[str]:
    turns = zip_longest(*mix.queries.values())
    found = dict.fromkeys(query.text for turn in turns for query in turn if query)
    return list(found)[:count]


def _write_rows(path: Path, names: list[str], rows: int) -> None:
    random = Random(_SEED)
    drawn = names + random.choices(names, k=rows - len(names))
    random.shuffle(drawn)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name", "amount"))
        writer.writerows((number, name, random.randrange(10**6)) for number, name in enumerate(drawn))


def _spend(commands: list[list[str]], environment: dict[str, str]) -> _Spent:
    """Run commands at once and return what they used together."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.spend", *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    ended = [process.communicate() for process in running]
    for command, process, (_, said) in zip(commands, running, ended, strict=True):
        if process.returncode:
            raise RuntimeError(f"{' '.join(command[:4])} … ended with {process.returncode}: {said[-300:]}")
    told = [_Spent(**json.loads(told)) for told, _ in ended]
    return _Spent(
        sum(one.cpu for one in told),
        max(one.wall for one in told),
        max(one.peak for one in told),
        [memory for one in told for memory in one.memory],
    )
