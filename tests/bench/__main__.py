"""`python -m tests.bench`: speed of server, engine and start, as ratios in one run.

CPU time, not wall time, wherever it says CPU: the machine may be busy with other things. Compare figures of one run
only. Writes nothing unless `--write` says where.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

from zhengming.engine import Engine

from tests.bench.fuzzy import measure_fuzzy
from tests.bench.inside import measure_inside
from tests.bench.report import Report, machine
from tests.bench.served import measure_served
from tests.bench.starting import compile_into, measure_command, measure_opening

_PARTS = ("served", "fuzzy", "inside", "starting")
_SEED = 3
_KNOWN_NAMES = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--short", action="store_true", help="fewer rounds, under a minute: for a look, not for figures"
    )
    parser.add_argument("--only", choices=_PARTS, action="append", help="only this part; may be given more than once")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the figures to this Markdown file")
    options = parser.parse_args(arguments)
    parts, short = options.only or _PARTS, options.short
    with tempfile.TemporaryDirectory(prefix="zhengming-bench-") as folder:
        _run(parts, short, Path(folder), report := Report())
    if options.write:
        report.write(options.write)
    return 0


def _run(parts: Sequence[str], short: bool, cache: Path, report: Report) -> None:
    report.text(f"{machine()}.")
    compiled = compile_into(cache)
    table, engine = compiled.table, Engine(compiled.arrays)
    counts = engine.counts
    report.text(f"Table {table.version[:12]}: {counts.firms:,} firms, {counts.names:,} names.")
    if "served" in parts:
        names = sorted({name.text for name in table.names if name.displayable})
        known = Random(_SEED).sample(names, min(_KNOWN_NAMES, len(names)))
        measure_served(known, cache, rounds=3 if short else 9, seconds=0.4 if short else 2.0, report=report)
    if "fuzzy" in parts:
        measure_fuzzy(compiled.arrays, engine, count=100 if short else 300, rounds=3 if short else 10, report=report)
    if "inside" in parts:
        measure_inside(table, engine, count=100 if short else 300, rounds=3 if short else 15, report=report)
    if "starting" in parts:
        measure_opening(compiled, cache, report)
        measure_command(cache, rounds=3 if short else 9, report=report)


if __name__ == "__main__":
    sys.exit(main())
