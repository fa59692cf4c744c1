"""`python -m tests.eval`: quality over the repository's own cases, and over a folder of evaluation files.

Everything is deterministic: fixed seeds, no clock, no network. Nothing is written unless `--json` says where.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zhengming.aliases import Table, load_table
from zhengming.engine import Engine, Profile, compile_index

from tests.eval import compared_pairs
from tests.eval.cases import FOLDER, Firms, UnknownFirm, judge_case, read_cases
from tests.eval.labels import Labels
from tests.eval.pairs import PAIR_FILES, count_pairs, count_register
from tests.eval.report import Measured, measure, print_classes, print_failures, print_table
from tests.eval.rows import READERS, Row, left_out
from tests.eval.systems import ExactNames, System, WRatio, Zhengming, names_by_text
from tests.eval.tally import Tally, Verdict, judge, wilson
from tests.eval.typos import missing_neighbours, neighbours, other_errors, strangers, typos

_CONFUSIONS = "zh_confusion_pairs.csv"
_REGISTER = "en_vendor_register_names.csv"
_STRANGERS = "short_names_sample.csv.gz"
"""Beside the folder of evaluation files."""
_SAMPLE = 300
_FEW = 5
_SHOWN = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation. Returns 1 when a case expects a firm that the table does not have, else 0."""
    options = _parser().parse_args(arguments)
    table = load_table(options.table)
    run = _Run(table, options)
    print(
        f"table {table.version[:12]}: {len(table.firms):,} firms, {len(table.names):,} names; "
        f"engine {run.engine.configuration_hash(Profile.BALANCED)[:12]}"
    )
    fine = run.cases()
    if options.folder and options.compare:
        run.compare(options.folder)
    elif options.folder:
        run.files(options.folder)
    if options.json:
        options.json.write_text(json.dumps(run.counts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0 if fine else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    parser.add_argument("--folder", type=Path, help="folder of evaluation files; without it only tests/cases is run")
    parser.add_argument("--table", type=Path, help="folder of another alias table")
    parser.add_argument("--only", default="", help="only files whose names contain this")
    parser.add_argument("--show", default=str(_SHOWN), help=f"failures shown of a kind: a number or `all` ({_SHOWN})")
    parser.add_argument("--compare", action="store_true", help="only the labelled pairs, by comparing the two names")
    parser.add_argument("--wratio-all", action="store_true", help=f"WRatio on all rows, not {_SAMPLE} a file (slow)")
    parser.add_argument("--json", type=Path, help="file to write the counts to")
    return parser


class _Run:
    """One evaluation: the systems, the labels, and the counts so far."""

    def __init__(self, table: Table, options: argparse.Namespace) -> None:
        self.engine = Engine(compile_index(table))
        self.counts: dict[str, Any] = {"table": table.version}
        self._table = table
        self._labels = Labels(table)
        self._shown = {firm.id: firm.display_zh or firm.display_en for firm in table.firms}
        names = names_by_text(table)
        self._systems: list[System] = [Zhengming(self.engine), ExactNames(names)]
        self._slow = WRatio(names)
        self._sample = 0 if options.wratio_all else _SAMPLE
        self._limit = 0 if options.show == "all" else int(options.show)
        self._only: str = options.only

    def cases(self) -> bool:
        """Run the repository's own cases. Returns False when one of them expects an unknown firm."""
        cases = read_cases()
        if self._only not in "tests/cases" or not cases:
            return True
        print(f"\n{FOLDER.name}: {len(cases)} cases of our own; limits are known failures, pinned")
        firms = Firms(self._table)
        by_slice: dict[str, list[int]] = {}
        failures, unknown = [], []
        for case in cases:
            try:
                judged = judge_case(case, self.engine, firms)
            except UnknownFirm as error:
                unknown.append(f"    {case.input!r}: {error}")
                continue
            counts = by_slice.setdefault(case.slice, [0, 0, 0, 0])
            counts[0] += 1
            counts[1] += judged.right
            counts[2] += judged.wrong_firm
            counts[3] += case.known_limit
            if not judged.right or case.known_limit:
                mark = "limit" if case.known_limit else case.strength
                mended = " MENDED: unmark it" if judged.right else ""
                alarm = "WRONG " if judged.wrong_firm else ""
                failures.append(
                    f"    {mark} {case.slice}: {case.input!r} [{case.expected}] → {alarm}{judged.got}{mended}"
                )
        print(f"  {'slice':<14}{'cases':>6}{'right':>7}{'wrong':>7}{'limits':>8}{'right %':>9}{'95 %':>13}")
        for name, (total, right, wrong, limits) in by_slice.items():
            low, high = wilson(right, total)
            span = f"{100 * low:.1f}–{100 * high:.1f}"
            print(f"  {name:<14}{total:>6}{right:>7}{wrong:>7}{limits:>8}{100 * right / total:>9.1f}{span:>13}")
        print(*failures, sep="\n")
        if unknown:
            print(f"  {len(unknown)} cases expect a firm that the table does not have:", *unknown, sep="\n")
        columns = ("cases", "right", "wrong", "known_limits")
        self.counts["cases"] = {name: dict(zip(columns, counts, strict=True)) for name, counts in by_slice.items()} | {
            "unknown": len(unknown)
        }
        return not unknown

    def compare(self, folder: Path) -> None:
        """Compare the labelled pairs of names."""
        self.counts["compared"] = compared_pairs.run(self.engine, folder, self._only, self._limit)

    def files(self, folder: Path) -> None:
        """Run every evaluation file that is there."""
        present = {path.name: path for path in sorted(folder.iterdir()) if self._only in path.name}
        for name, read in READERS.items():
            if path := present.get(name):
                self._rows(name, read(path, self._labels))
        if path := present.get(_CONFUSIONS):
            self._typos(path, folder.parent / _STRANGERS)
        for name in PAIR_FILES:
            if path := present.get(name):
                self._pairs(path)
        if path := present.get(_REGISTER):
            self._register(path)

    def _rows(self, name: str, rows: list[Row]) -> None:
        print(f"\n{name}: {len(rows)} rows" + (f", {len(left_out())} left out by hand" if "mention" in name else ""))
        if self._sample and self._sample < len(rows):
            print(f"  WRatio is slow: it runs on a sample of {self._sample} rows (fixed seed), shown for all systems")
        result = measure(rows, self._systems, self._slow, self._labels, self._sample)
        print_table(result.slices)
        print_classes(result.judged, self._labels)
        print_failures(result.judged, self._shown, self._limit)
        self.counts[name] = _as_json(result)

    def _typos(self, confusions: Path, sample: Path) -> None:
        """Run made errors, and names that only look like errors."""
        made = typos(confusions, self._table)
        self._rows(f"typing errors from {confusions.name}", made)
        shown: dict[str, list[int]] = {}
        for row in made:
            firms = self._systems[0].resolve(row.query).candidates
            count = shown.setdefault(row.slices[0], [0, 0, 0])
            count[0] += 1
            count[1] += row.gold in firms
            count[2] += row.gold in firms[:_FEW]
        for name, (total, among, first) in shown.items():
            print(
                f"  {name}: the firm is among the candidates of {among} of {total}, among the first {_FEW} of {first}"
            )
        self.counts["typing errors, candidates"] = shown
        self._quick("typing errors of other natures", other_errors(self._table), self.engine)
        self._quick("known names one character from another firm's", neighbours(self._table), self.engine)
        self._quick("the same names when their own firms are missing", *missing_neighbours(self._table))
        if sample.is_file():
            self._quick(f"names of strangers from {sample.name}", strangers(sample, self._table), self.engine)

    def _quick(self, name: str, rows: list[Row], engine: Engine) -> None:
        """Run rows through one engine and no rival, and print the counts alone."""
        print(f"\n{name}: {len(rows)} rows")
        system = Zhengming(engine)
        tallies: dict[str, Tally] = {}
        for row in rows:
            shared = self._labels.is_shared(row.query, row.gold)
            verdict = judge(system.resolve(row.query), row.gold, shared=shared)
            tallies.setdefault(row.slices[0], Tally()).add(verdict)
        for slice_name, tally in tallies.items():
            wrong = tally.counts[Verdict.WRONG]
            asked = tally.counts[Verdict.AMBIGUOUS_WITH] + tally.counts[Verdict.AMBIGUOUS_WITHOUT]
            low, high = wilson(wrong, tally.total)
            print(
                f"  {slice_name:<58}{tally.total:>6} rows, right {tally.right / tally.total:>6.1%}, wrong {wrong:>4} "
                f"({wrong / tally.total:.2%}, {100 * low:.1f}–{100 * high:.1f}), ambiguous {asked}"
            )
        self.counts[name] = {slice_name: dict(tally.as_json()) for slice_name, tally in tallies.items()}

    def _pairs(self, path: Path) -> None:
        print(f"\n{path.name}: pairs whose names were both linked, by label")
        counts: dict[str, Any] = {}
        for system in self._systems:
            by_label, against = count_pairs(path, system)
            counts[system.name] = {
                label: {"pairs": one.pairs, "both": one.both, "same": one.same} for label, one in by_label.items()
            }
            for label, one in by_label.items():
                print(
                    f"  {system.name:<18}{label:<10} {one.pairs:>5} pairs, both linked {one.both:>5}, to one firm {one.same:>5}"
                )
            if system is self._systems[0]:
                print(f"  {len(against)} pairs are linked against their label", end="")
                shown = against[: self._limit] if self._limit else against
                print(f", first {len(shown)}" if len(shown) < len(against) else "")
                for pair in shown:
                    print(f"    {pair.names[0]!r} / {pair.names[1]!r} [{pair.label}] ({pair.how[0]} | {pair.how[1]})")
        self.counts[path.name] = counts

    def _register(self, path: Path) -> None:
        print(f"\n{path.name}: names of firms of the whole world; hardly any without a hint should be linked")
        counts: dict[str, Any] = {}
        for system in self._systems:
            by_label, unexpected = count_register(path, system)
            counts[system.name] = {
                label: {"names": one.names, "linked": one.linked, "ambiguous": one.ambiguous}
                for label, one in by_label.items()
            }
            for label, one in by_label.items():
                print(
                    f"  {system.name:<18}{label:<24}{one.names:>6} names, linked {one.linked:>4}, ambiguous {one.ambiguous:>4}"
                )
            if system is self._systems[0]:
                print("  linked without a hint, to be read by eye:")
                for name, reason in unexpected:
                    print(f"    {name!r} ({reason})")
        self.counts[path.name] = counts


def _as_json(result: Measured) -> dict[str, Any]:
    return {
        name: {system: dict(tally.as_json()) for system, tally in by_system.items()}
        for name, by_system in result.slices.items()
    }


if __name__ == "__main__":
    sys.exit(main())
