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


@dataclass(frozen=True, slots=True)
class _Spent:
    """What a finished process used."""

    cpu: float
    """CPU seconds, of its children too."""
    wall: float
    """Seconds."""
    peak: int
    """Most bytes that it, or one of its children, held."""


def measure_csv(run: Run, report: Report) -> None:
    """Measure the job and the bare resolving in turn, as whole processes."""
    rows = 1_000 if run.short else run.rows
    distinct = round(rows * _DISTINCT)
    size = 1_000_000 if rows >= 500_000 else run.peer_size
    prepared = run.table(size)
    names = _distinct_names(prepared, size, distinct)
    with tempfile.TemporaryDirectory(prefix="zhengming-bench-") as folder:
        source, texts = Path(folder) / "in.csv", Path(folder) / "names.json"
        _write_rows(source, names, rows)
        texts.write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
        environment = {**os.environ, "ZHENGMING_TABLE": str(prepared.table), "ZHENGMING_CACHE_DIR": str(prepared.cache)}
        bare = ["-m", "tests.bench.holder", str(prepared.table), str(prepared.cache), str(texts)]
        job = [str(Path(sys.executable).with_name("zhengming")), "csv", str(source), "--column", "name", "--quiet"]
        alone, jobs = [], []
        for number in range(1 if run.short else _ROUNDS):
            alone.append(_spend([sys.executable, *bare], environment))
            jobs.append(_spend([sys.executable, *job, "-o", str(Path(folder) / f"out{number}.csv")], environment))
            written = sum(1 for _ in (Path(folder) / f"out{number}.csv").open(encoding="utf-8")) - 1
            if written != rows:
                raise RuntimeError(f"The job wrote {written} rows of {rows}. Mend the job before measuring it.")
    times = report.figure("csv.cpu", ratio([one.cpu for one in jobs], [one.cpu for one in alone]))
    report.heading(
        f"CSV to CSV: {rows:,} rows, {len(names):,} distinct names, {title(size)} invented names in the table"
    )
    report.text("The six-kind mix. Whole processes with their start, on warm files, snapshot compiled before.\n")
    report.columns("what", "CPU, s", "wall, s", "cores used", "most memory of a process, MB")
    for what, spent in (("resolving the distinct names alone", alone), ("`zhengming csv`", jobs)):
        cpu, wall = median(one.cpu for one in spent), median(one.wall for one in spent)
        peak = max(one.peak for one in spent) / 1e6
        report.row(what, f"{cpu:.1f}", f"{wall:.1f}", f"{cpu / wall:.2f}", f"{peak:.0f}")
    report.text(f"\nThe job costs {times:.2f} × the bare resolving.")


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


def _spend(command: list[str], environment: dict[str, str]) -> _Spent:
    measured = [sys.executable, "-m", "tests.bench.spend", *command]
    done = subprocess.run(measured, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} … ended with {done.returncode}: {done.stderr[-300:]}")
    return _Spent(**json.loads(done.stdout))
