"""`python -m tests.bench`: speed of engine, server, jobs and texts beside peers, as ratios, each part in a process of its own.

CPU time, not wall time, wherever it says CPU: the machine may be busy with other things. What a part found is kept under
`.tools/bench`, so that `--part` measures some anew and the page still has all. A part that fails is told and loses no other;
the exit status is then 1. Peers without an environment (`make rivals`) are rows that say so.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench import page, tables
from tests.bench.against_peers import measure_peers
from tests.bench.csv_job import measure_csv
from tests.bench.fuzzy import measure_near
from tests.bench.growth import measure_growth
from tests.bench.inside import measure_inside
from tests.bench.report import Report, machine
from tests.bench.run import Run
from tests.bench.served import measure_served
from tests.bench.starting import measure_starting
from tests.bench.tables import ROOT, WORK, engine_state
from tests.bench.texts import measure_texts

PARTS: dict[str, Callable[[Run, Report], None]] = {
    "peers": measure_peers,
    "inside": measure_inside,
    "near": measure_near,
    "texts": measure_texts,
    "growth": measure_growth,
    "starting": measure_starting,
    "served": measure_served,
    "csv": measure_csv,
}
"""Name → what measures it, in the order of the run and of the page."""
_ONE_CORE = ("peers", "inside", "near", "texts")
"""Parts that leave a core free, on which the largest table is compiled meanwhile."""
_OF_LARGEST = {"growth", "starting"}
"""Parts that need that table."""
_LIMIT = 1800.0
"""Seconds that one part may take, so that a hanging one ends."""
_LIMIT_A_ROW = 0.01
"""Seconds more for every row of the CSV job: a million take half an hour on two idle cores."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts. Returns 1 when one of them failed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; may be given more than once")
    parser.add_argument("--short", action="store_true", help="a look in under a minute, not figures; writes nothing")
    parser.add_argument("--folder", type=Path, help="folder of evaluation files: link its news instead of our passages")
    parser.add_argument("--rows", type=int, default=Run().rows, help="rows of the CSV job (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the figures and plots into docs/")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.into:
        return _measure(options.part[0], Run(options.short, options.folder, options.rows), options.into)
    print(f"{machine()}.", flush=True)
    results = WORK / ("short" if options.short else "results")
    results.mkdir(parents=True, exist_ok=True)
    chosen = [part for part in PARTS if part in (options.part or PARTS)]
    ahead = tables.begin(max(Run(options.short).sizes)) if _OF_LARGEST & set(chosen) else None
    failed = []
    for part in chosen:
        if ahead and part not in _ONE_CORE:
            ahead.wait()
            ahead = None
        if not _measure_apart(part, options, results):
            failed.append(part)
    found = {part: Report.load(_kept(results, part)) for part in PARTS if _kept(results, part).exists()}
    print("", *page.goal_lines(page.all_figures(found)), sep="\n")
    if failed:
        print(f"\nFailed, and left as they were before: {', '.join(failed)}.")
    if options.write and not options.short:
        page.write_page(found)
        print(f"\nWritten to {page.PAGE.relative_to(ROOT)}.")
    return 1 if failed else 0


def _kept(results: Path, part: str) -> Path:
    return results / f"{part}.json"


def _measure_apart(part: str, options: argparse.Namespace, results: Path) -> bool:
    command = [sys.executable, "-m", "tests.bench", "--part", part, "--into", str(_kept(results, part))]
    command += ["--rows", str(options.rows), *(["--short"] if options.short else [])]
    command += ["--folder", str(options.folder)] if options.folder else []
    begun = time.perf_counter()
    limit = _LIMIT + (_LIMIT_A_ROW * options.rows if part == "csv" else 0)
    try:
        done = subprocess.run(command, cwd=ROOT, timeout=limit, check=False)
        status = "" if done.returncode == 0 else f"failed ({done.returncode})"
    except subprocess.TimeoutExpired:
        status = f"took more than {limit:.0f} s and was ended"
    print(f"\n({part}: {status or f'{time.perf_counter() - begun:.0f} s'})", flush=True)
    return not status


def _measure(part: str, run: Run, into: Path) -> int:
    report = Report()
    begun = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    try:
        PARTS[part](run, report)
    except Exception:
        traceback.print_exc()
        return 1
    report.text(f"\n*{begun}; engine {engine_state()[:12]}; {machine()}.*")
    report.save(into)
    return 0


if __name__ == "__main__":
    sys.exit(main())
