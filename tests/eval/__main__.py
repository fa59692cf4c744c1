"""`python -m tests.eval`: quality over the repository's own cases, over forms made from the table, and over a folder.

Everything is deterministic: fixed seeds, no clock, no network. Nothing is written unless `--json`, `--docs` or
`--write-reference` asks for it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhengming.aliases import Table, load_table
from zhengming.engine import Engine, Profile, compile_index

from tests.eval import compared_pairs, leave_out, newswire, words_inside
from tests.eval.bars import CASES, REFUSED
from tests.eval.cases import Firms, UnknownFirm, judge_case, read_cases
from tests.eval.documents import write_slices
from tests.eval.labels import Labels
from tests.eval.pairs import PAIR_FILES, count_pairs, count_register
from tests.eval.reference_run import Reference, read_reference, write_reference
from tests.eval.report import FORMULA, Judged, Measured, count, measure, print_classes, print_failures, print_slices
from tests.eval.rows import READERS, Row, left_out
from tests.eval.systems import ExactNames, Zhengming, names_by_text
from tests.eval.tally import Tally
from tests.eval.typos import missing_neighbours, neighbours, other_errors, strangers, typos

_CONFUSIONS = "zh_confusion_pairs.csv"
_REGISTER = "en_vendor_register_names.csv"
_STRANGERS = "short_names_sample.csv.gz"
"""Beside the folder of evaluation files."""
_SHOWN = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation. Returns 1 when a case expects a firm that the table does not have, else 0."""
    options = _parser().parse_args(arguments)
    table = load_table(options.table)
    reference = read_reference()
    run = _Run(table, options, reference)
    print(
        f"table {table.version[:12]}: {len(table.firms):,} firms, {len(table.names):,} names; "
        f"engine {run.configuration[:12]}\n"
        f"reference run: table {reference.table[:12] or 'none'}, engine {reference.configuration[:12] or 'none'}\n"
        f"{FORMULA}"
    )
    fine = run.cases()
    if options.folder and options.compare:
        run.compare(options.folder)
    elif not options.compare:
        run.made_of_the_table()
        if options.folder:
            run.files(options.folder)
    if options.json:
        options.json.write_text(json.dumps(run.counts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    measured = Reference(table.version, run.configuration, run.slices)
    if options.write_reference:
        write_reference(measured)
    if options.docs:
        write_slices(table, measured, run.exact)
    return 0 if fine else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    parser.add_argument("--folder", type=Path, help="folder of evaluation files, to be run as well")
    parser.add_argument("--table", type=Path, help="folder of another alias table")
    parser.add_argument("--only", default="", help="only parts whose names contain this")
    parser.add_argument("--show", default=str(_SHOWN), help=f"failures shown of a kind: a number or `all` ({_SHOWN})")
    parser.add_argument("--compare", action="store_true", help="only the labelled pairs, by comparing the two names")
    parser.add_argument("--json", type=Path, help="file to write the counts to")
    parser.add_argument("--write-reference", action="store_true", help="make this run the one that others are held to")
    parser.add_argument("--docs", action="store_true", help="write the table of slices into docs/evaluation.md")
    return parser


class _Run:
    """One evaluation: the systems, the labels, and the counts so far."""

    def __init__(self, table: Table, options: argparse.Namespace, reference: Reference) -> None:
        self.engine = Engine(compile_index(table))
        self.configuration = self.engine.configuration_hash(Profile.BALANCED)
        self.counts: dict[str, Any] = {"table": table.version, "configuration": self.configuration}
        self.slices: dict[tuple[str, str], Tally] = {}
        self.exact: dict[tuple[str, str], Tally] = {}
        self._table = table
        self._reference = reference
        self._labels = Labels(table)
        self._shown = {firm.id: firm.display_zh or firm.display_en for firm in table.firms}
        self._zhengming = Zhengming(self.engine)
        self._exact = ExactNames(names_by_text(table))
        self._limit = 0 if options.show == "all" else int(options.show)
        self._only: str = options.only

    def cases(self) -> bool:
        """Run the repository's own cases. Returns False when one of them expects an unknown firm."""
        cases = read_cases()
        if self._only not in CASES or not cases:
            return True
        limits = sum(case.known_limit for case in cases)
        print(f"\n{CASES}: {len(cases)} cases of our own, {limits} of them known limits, pinned")
        firms = Firms(self._table)
        slices: dict[str, Tally] = {}
        failures, unknown = [], []
        for case in cases:
            try:
                judged = judge_case(case, self.engine, firms)
            except UnknownFirm as error:
                unknown.append(f"    {case.input!r}: {error}")
                continue
            for name in (case.slice, REFUSED) if case.refuses else (case.slice,):
                slices.setdefault(name, Tally()).add(judged.verdict, shown=judged.right and case.expects_firm)
            if not judged.right or case.known_limit:
                mark = "limit" if case.known_limit else case.strength
                mended = " MENDED: unmark it" if judged.right else ""
                alarm = "WRONG " if judged.wrong_firm else ""
                failures.append(
                    f"    {mark} {case.slice}: {case.input!r} [{case.expected}] → {alarm}{judged.got}{mended}"
                )
        self._count(CASES, slices, {})
        print(*failures, sep="\n")
        if unknown:
            print(f"  {len(unknown)} cases expect a firm that the table does not have:", *unknown, sep="\n")
        return not unknown

    def made_of_the_table(self) -> None:
        """Run the rows that are made of the table itself: press forms, and names left out one by one."""
        if self._only in newswire.PART:
            self._rows(newswire.PART, newswire.newswire_forms(self._table))
        if self._only in words_inside.PART:
            self._rows(words_inside.PART, words_inside.words_inside(self._table))
        if self._only in leave_out.PART:
            rows = leave_out.sample(self._table)
            print(f"\n{leave_out.PART}: {len(rows)} names, each asked of a table without it")
            judged = leave_out.resolve_left_out(self._table, rows, self._labels)
            self._print(leave_out.PART, judged, Measured(count(judged), {}, judged))

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

    def _rows(self, part: str, rows: list[Row]) -> None:
        print(f"\n{part}: {len(rows)} rows" + (f", {len(left_out())} left out by hand" if "mention" in part else ""))
        measured = measure(rows, self._zhengming, self._exact, self._labels)
        self._print(part, measured.judged, measured)

    def _print(self, part: str, judged: list[Judged], measured: Measured) -> None:
        self._count(part, measured.slices, measured.exact)
        print_classes(judged, self._labels)
        print_failures(judged, self._shown, self._limit)

    def _count(self, part: str, slices: Mapping[str, Tally], exact: Mapping[str, Tally]) -> None:
        print_slices(part, slices, exact, self._reference)
        self.counts[part] = {name: dict(tally.as_json()) for name, tally in slices.items()}
        self.slices |= {(part, name): tally for name, tally in slices.items()}
        self.exact |= {(part, name): tally for name, tally in exact.items()}

    def _typos(self, confusions: Path, sample: Path) -> None:
        """Run made errors, and names that only look like errors."""
        self._rows(f"typing errors from {confusions.name}", typos(confusions, self._table))
        self._rows("typing errors of other natures", other_errors(self._table))
        self._rows("known names one character from another firm's", neighbours(self._table))
        rows, without = missing_neighbours(self._table)
        part = "the same names when their own firms are missing"
        print(f"\n{part}: {len(rows)} rows")
        measured = measure(rows, Zhengming(without), self._exact, self._labels)
        self._count(part, measured.slices, {})
        if sample.is_file():
            self._rows(f"names of strangers from {sample.name}", strangers(sample, self._table))

    def _pairs(self, path: Path) -> None:
        print(f"\n{path.name}: pairs whose names were both linked, by label")
        counts: dict[str, Any] = {}
        for system in (self._zhengming, self._exact):
            by_label, against = count_pairs(path, system)
            counts[system.name] = {
                label: {"pairs": one.pairs, "both": one.both, "same": one.same} for label, one in by_label.items()
            }
            for label, one in by_label.items():
                print(
                    f"  {system.name:<18}{label:<10} {one.pairs:>5} pairs, both linked {one.both:>5}, to one firm {one.same:>5}"
                )
            if system is self._zhengming:
                print(f"  {len(against)} pairs are linked against their label", end="")
                shown = against[: self._limit] if self._limit else against
                print(f", first {len(shown)}" if len(shown) < len(against) else "")
                for pair in shown:
                    print(f"    {pair.names[0]!r} / {pair.names[1]!r} [{pair.label}] ({pair.how[0]} | {pair.how[1]})")
        self.counts[path.name] = counts

    def _register(self, path: Path) -> None:
        print(f"\n{path.name}: names of firms of the whole world; hardly any without a hint should be linked")
        counts: dict[str, Any] = {}
        for system in (self._zhengming, self._exact):
            by_label, unexpected = count_register(path, system)
            counts[system.name] = {
                label: {"names": one.names, "linked": one.linked, "ambiguous": one.ambiguous}
                for label, one in by_label.items()
            }
            for label, one in by_label.items():
                print(
                    f"  {system.name:<18}{label:<24}{one.names:>6} names, linked {one.linked:>4}, ambiguous {one.ambiguous:>4}"
                )
            if system is self._zhengming:
                print("  linked without a hint, to be read by eye:")
                for name, reason in unexpected:
                    print(f"    {name!r} ({reason})")
        self.counts[path.name] = counts


if __name__ == "__main__":
    sys.exit(main())
