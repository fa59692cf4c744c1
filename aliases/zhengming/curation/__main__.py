"""`zhengming-aliases`: check the table, import lists, add curated batches, mark everyday words, generate the engine's tables."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path

from zhengming.aliases.datapackage import FILE, descriptor
from zhengming.aliases.load import TableError, bundled_table_path, load_table, save_table
from zhengming.aliases.model import Table
from zhengming.curation.batch import CURATED, read_batches
from zhengming.curation.batch_joins import UNDECIDED, undecided_names
from zhengming.curation.draft import Finding, ImportRefused
from zhengming.curation.fact_sources import CROSSWALK_KEYS, LISTING_KEYS, RESTRICTION_KEYS
from zhengming.curation.lint import lint_folder
from zhengming.curation.listings import read_listings
from zhengming.curation.marks import put_marks, read_marks
from zhengming.curation.merge import date_redirects, merge
from zhengming.curation.publishers.import_report import import_summary
from zhengming.curation.publishers.listed_entries import settle_entries
from zhengming.curation.publishers.registry import FORMATS, import_file
from zhengming.curation.report import review_summary, summary, write_report, write_review
from zhengming.curation.review import review_table
from zhengming.curation.sources_crosswalk import read_crosswalk
from zhengming.curation.sources_restricted import read_restricted
from zhengming.usage import Parser

_UNREADABLE, _INTERRUPTED = 3, 130
"""As the client's."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status.

    0 done, 1 problems found or input refused, 2 wrong use, 3 a file cannot be read or written, 130 interrupted.
    """
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except (ImportRefused, TableError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader (`| head`) has seen enough. The interpreter must not try to flush what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{where}cannot be read or written ({error.strerror}). Name another file or folder.", file=sys.stderr)
        return _UNREADABLE
    except KeyboardInterrupt:
        print("Interrupted. Run the command again; what it had not finished writing is as it was.", file=sys.stderr)
        return _INTERRUPTED


def _parser() -> Parser:
    parser = Parser(prog="zhengming-aliases", description="Keep the alias table.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="list every problem of a table folder")
    check.add_argument(
        "table", nargs="?", type=Path, default=bundled_table_path(), help="table folder (default: bundled)"
    )
    check.set_defaults(command=_check)

    imports = commands.add_parser("import", help="import a publisher's file or a folder of fact files")
    formats = imports.add_subparsers(required=True, metavar="FORMAT")
    facts = formats.add_parser("facts", help="a folder of fact files; only a report without --apply")
    facts.add_argument("folder", type=Path, help="the folder with a_share_listed.csv and the others")
    _writing_options(facts)
    facts.set_defaults(command=_import_facts)
    for name, published in FORMATS.items():
        file = formats.add_parser(name, help=f"{published.help}; only a report without --apply")
        file.add_argument("file", type=Path, help="the file as its publisher offers it")
        file.add_argument("--as-of", default="", help="day of the publication, where the file does not say it")
        _writing_options(file)
        file.set_defaults(command=_import_file, format=name)

    add = commands.add_parser("add", help="add curated firms (.jsonl) and decoys (.csv); only a report without --apply")
    add.add_argument("files", nargs="+", type=Path, help="batch files; see aliases/README.md")
    add.add_argument("--replace", action="store_true", help="first take away the lines of earlier batches")
    _writing_options(add)
    add.set_defaults(command=_add)

    mark = commands.add_parser("mark", help="put the marks made by hand on the table's lines; a report without --apply")
    _writing_options(mark)
    mark.set_defaults(command=_mark)

    differ = commands.add_parser("diff", help="say which firms and names differ between two tables, and whose answers")
    differ.add_argument("old", type=Path, help="table folder before")
    differ.add_argument("new", type=Path, help="table folder after")
    differ.add_argument("--queries", type=Path, help="file with one query a line: whose answers would change?")
    differ.set_defaults(command=_diff)

    look = commands.add_parser(
        "review", help="list what is allowed and worth a look: near neighbours, thin names, gaps"
    )
    look.add_argument("table", nargs="?", type=Path, default=bundled_table_path())
    look.add_argument("--report", type=Path, help="write every line as CSV")
    look.set_defaults(command=_review)

    cover = commands.add_parser("coverage", help="count firms and names by sector and kind")
    cover.add_argument("table", nargs="?", type=Path, default=bundled_table_path())
    cover.add_argument("--write", type=Path, metavar="PAGE", help="write the page as Markdown, and its plots beside it")
    cover.set_defaults(command=_coverage)

    describe = commands.add_parser("describe", help="write datapackage.json from the schema")
    describe.add_argument("table", nargs="?", type=Path, default=bundled_table_path())
    describe.set_defaults(command=_describe)

    generate = commands.add_parser("generate", help="generate the engine's script and pinyin tables")
    generate.add_argument("--check", action="store_true", help="write nothing; fail when a table is out of date")
    generate.set_defaults(command=_generate)

    calibrate = commands.add_parser("calibrate", help="fit the engine's weights on queries made from the table")
    calibrate.add_argument("--apply", action="store_true", help="write the fitted weights")
    calibrate.add_argument("--strangers", type=Path, help="list of names of firms at large, to fit slips on as well")
    calibrate.add_argument(
        "--report", type=Path, help="write the reliability tables as Markdown, and the plot beside it"
    )
    calibrate.set_defaults(command=_calibrate)
    return parser


def _writing_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--table", type=Path, default=bundled_table_path(), help="table folder (default: bundled)")
    parser.add_argument("--apply", action="store_true", help="write the table")
    parser.add_argument("--report", type=Path, help="write every finding as CSV")


def _check(options: argparse.Namespace) -> int:
    problems = lint_folder(options.table)
    for problem in problems:
        print(problem)
    print(f"{options.table}: {len(problems)} problem{'' if len(problems) == 1 else 's'}")
    return 1 if problems else 0


def _import_facts(options: argparse.Namespace) -> int:
    before = _load_or_empty(options.table)
    # The crosswalk's lines go first and come last, so that no list is matched on them and a second import is the same.
    table, findings = merge(before, read_listings(options.folder, before), owned=LISTING_KEYS | CROSSWALK_KEYS)
    table, more = merge(table, read_restricted(options.folder, table), owned=RESTRICTION_KEYS)
    table, unsettled = settle_entries(table)
    table, codes = merge(table, read_crosswalk(options.folder, table), owned=CROSSWALK_KEYS)
    return _finish(before, table, findings + more + unsettled + codes, options)


def _import_file(options: argparse.Namespace) -> int:
    before = load_table(options.table)
    after, findings = import_file(options.format, options.file, options.as_of, before)
    print(import_summary(findings))
    return _write(after, findings, options)


def _add(options: argparse.Namespace) -> int:
    before = load_table(options.table)
    facts = read_batches(options.files, before)
    owned = frozenset({CURATED.key}) if options.replace else frozenset()
    table, findings = merge(before, facts, owned=owned, precedence="facts")
    findings += undecided_names(facts, before, table)
    undecided = sum(finding.kind == UNDECIDED for finding in findings)
    if not undecided:
        return _finish(before, table, findings, options)
    print(summary(before, date_redirects(table), findings))
    if options.report:
        write_report(findings, options.report)
    what = "One line needs" if undecided == 1 else f"{undecided} lines need"
    print(f"{what} a decision in the batch (see above). Nothing was written.", file=sys.stderr)
    return 1


def _mark(options: argparse.Namespace) -> int:
    before = load_table(options.table)
    after = dataclasses.replace(before, names=tuple(sorted(put_marks(before.names, read_marks()))))
    return _finish(before, after, [], options)


def _finish(before: Table, after: Table, findings: list[Finding], options: argparse.Namespace) -> int:
    after = date_redirects(after)
    print(summary(before, after, findings))
    return _write(after, findings, options)


def _write(after: Table, findings: list[Finding], options: argparse.Namespace) -> int:
    if options.report:
        write_report(findings, options.report)
    if options.apply:
        save_table(after, options.table)
        (options.table / FILE).write_text(descriptor(), encoding="utf-8", newline="")
        print(f"written to {options.table}")
    else:
        print("nothing written; --apply writes the table")
    return 0


def _load_or_empty(folder: Path) -> Table:
    return load_table(folder) if any(folder.glob("*.csv")) else Table()


def _diff(options: argparse.Namespace) -> int:
    from zhengming.curation.diff import diff_answers, diff_decoys, diff_tables, read_queries, render

    queries = read_queries(options.queries) if options.queries else None
    old, new = load_table(options.old), load_table(options.new)
    if queries is not None:
        print(f"Asking both tables {len(queries)} queries; compiling them takes a minute.", file=sys.stderr)
    answers = None if queries is None else diff_answers(old, new, queries)
    for line in render(diff_tables(old, new), diff_decoys(old, new), answers):
        print(line)
    return 0


def _review(options: argparse.Namespace) -> int:
    notices = review_table(load_table(options.table))
    print(review_summary(notices))
    if options.report:
        write_review(notices, options.report)
    return 0


def _coverage(options: argparse.Namespace) -> int:
    from zhengming.curation.coverage import measure, page, total_rows, write_plots

    table = load_table(options.table)
    coverage = measure(table)
    print("\n".join(total_rows(coverage)))
    if options.write:
        options.write.write_text(page(table, coverage, review_table(table)), encoding="utf-8", newline="")
        for path in [options.write, *write_plots(coverage, options.write.parent)]:
            print(f"written: {path}")
    return 0


def _describe(options: argparse.Namespace) -> int:
    (options.table / FILE).write_text(descriptor(), encoding="utf-8", newline="")
    return 0


def _generate(options: argparse.Namespace) -> int:
    from zhengming.curation.generate import generated_modules

    stale = [path for path, source in generated_modules().items() if not _is(path, source)]
    if options.check:
        for path in stale:
            print(f"{path}: differs from what the libraries give. Run: zhengming-aliases generate")
        return 1 if stale else 0
    for path, source in generated_modules().items():
        path.write_text(source, encoding="utf-8", newline="")
        print(f"written: {path}")
    return 0


def _calibrate(options: argparse.Namespace) -> int:
    from zhengming.curation.calibrate import coefficients_path, fit, label, render
    from zhengming.curation.calibration_report import PLOT, plot, report
    from zhengming.curation.naming_statistics import read_fitted_on

    answers = label(load_table(), read_fitted_on(options.strangers) if options.strangers else ())
    coefficients = fit(answers)
    text = report(answers, coefficients)
    print(text)
    if options.report:
        options.report.write_text(text, encoding="utf-8", newline="")
        plot(answers, coefficients, options.report.with_name(PLOT))
    if options.apply:
        coefficients_path().write_text(render(coefficients), encoding="utf-8", newline="")
        print(f"written: {coefficients_path()}")
    return 0


def _is(path: Path, source: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == source


if __name__ == "__main__":
    sys.exit(main())
