"""The command line: subcommands, flags and their help. Imports nothing heavy, so that help is instant."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

from zhengming.usage import Parser, between, whole

FORMATS: Final = ("table", "json", "ndjson", "csv", "tsv", "id")

CSV_FORMATS: Final = ("csv", "tsv", "ndjson")
LINK_FORMATS: Final = ("text", "json", "ndjson", "html", "csv")
_BY_SUFFIX: Final = {
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "ndjson",
    ".ndjson": "ndjson",
    ".txt": "text",
}

_PROFILES: Final = ("balanced", "high-precision", "high-recall")

_EPILOG: Final = """\
exit codes:
  0 done    1 with --strict, something was not matched    2 usage    3 input unreadable
  4 server unreachable or too slow    5 not permitted    6 finished with rejected rows
  70 the job's own accounting does not add up    130 interrupted (csv: resumable)

examples:
  zhengming resolve 寒武纪 "Moore Threads"
  cat names.txt | zhengming resolve - --format id
  zhengming link article.txt -o article.html
  zhengming csv suppliers.csv -o out.csv --name-column 供应商 --for-excel
  zhengming explain 紫光 --lang zh
  zhengming explain 武汉滴滴网络科技有限公司 --not 滴滴出行
  zhengming compare 工行 中国工商银行股份有限公司
"""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line; ends the process with code 2 on a usage error, 0 after help."""
    parser = build_parser()
    args = parser.parse_args(argv)
    args.argv = list(sys.argv[1:] if argv is None else argv)
    if args.command == "resolve" and not args.names and sys.stdin.isatty():
        parser.refuse("No name was given.", "Name something to resolve, or `-` to read names from standard input.")
    if args.command == "link" and not args.files and sys.stdin.isatty():
        parser.refuse("No file was given.", "Name a file to link, or `-` to read a text from standard input.")
    if args.command != "csv" and getattr(args, "format", "") is None:
        if args.command == "link" and args.output and _form_of(args.output) is None:
            what = f"The name {args.output} does not say in which format to write."
            parser.refuse(what, f"End it with {', '.join(_BY_SUFFIX)}, or give --format.")
        args.format = _default_format(args)
    return args


def _form_of(output: str) -> str | None:
    return _BY_SUFFIX.get(os.path.splitext(output)[1].lower())


def _default_format(args: argparse.Namespace) -> str:
    if args.command == "link" and args.output:
        return _form_of(args.output) or ""
    for_people = "text" if args.command == "link" else "table"
    return for_people if sys.stdout.isatty() else "ndjson"


def build_parser() -> Parser:
    """Return the parser of the whole command."""
    parser = Parser(
        prog="zhengming",
        description="Resolve names of Chinese firms: any name in, one canonical ID out, or why there is none.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version of this client and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    shared = _shared_flags(FORMATS)
    resolving = _resolving_flags()

    resolve = _command(commands, "resolve", "resolve names", [shared, resolving])
    resolve.add_argument(
        "names", nargs="*", metavar="NAME", help="a name; `-` or none: read standard input, one a line"
    )
    resolve.add_argument("--encoding", metavar="NAME", help="of standard input, such as gb18030 (default: utf-8)")
    resolve.add_argument("--strict", action="store_true", help="exit with 1 when a name is not matched")

    of_one = _shared_flags(("table", "json", "ndjson"))
    explain = _command(commands, "explain", "resolve one name and tell the reasoning in sentences", [of_one, resolving])
    explain.add_argument("name", metavar="NAME", help="the name")
    explain.add_argument(
        "--not", dest="firm", metavar="FIRM", help="also tell why this firm is not the answer: ID, code or name"
    )

    compare = _command(commands, "compare", "tell whether two names are names of one firm", [shared])
    compare.add_argument("first", metavar="A", help="one name")
    compare.add_argument("second", metavar="B", help="the other")
    compare.add_argument("--without-table", action="store_true", help="hold only the names against each other")
    compare.add_argument("--profile", choices=_PROFILES, help="how sure to be")
    compare.add_argument("--strict", action="store_true", help="exit with 1 when they are not names of one firm")

    _add_csv(commands, [_shared_flags(CSV_FORMATS, "of standard output (default: like the input)"), resolving])
    _add_link(commands, [_shared_flags(LINK_FORMATS)])

    show = _command(commands, "show", "show the record of a firm", [shared])
    show.add_argument("firm", metavar="FIRM", help="ID, code or name of one firm")

    search = _command(commands, "search", "list firms whose names contain words", [shared])
    search.add_argument("words", nargs="+", metavar="WORDS", help="words that names contain")
    search.add_argument("--limit", type=whole(1), default=20, metavar="N", help="firms to list (default 20)")
    search.add_argument("--sector", default="", help="only firms of this sector key")
    search.add_argument("--tech", action="store_true", help="only tech firms")

    suggest = _command(commands, "suggest", "complete the beginning of a name", [shared])
    suggest.add_argument("prefix", metavar="PREFIX", help="the beginning, in any script")
    suggest.add_argument("--limit", type=whole(1), default=10, metavar="N", help="suggestions, 1 to 50 (default 10)")

    _command(commands, "server-info", "show versions and limits of the server", [shared])
    _command(commands, "version", "show the version of this client", [])
    return parser


class _ShowVersion(argparse.Action):
    """Shows the version, which is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Show it and end."""
        from importlib.metadata import version

        print(f"zhengming {version('zhengming')}")
        parser.exit()


def _command(
    commands: argparse._SubParsersAction[Parser],
    name: str,
    summary: str,
    parents: list[Parser],
) -> Parser:
    return commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".", parents=parents)


def _shared_flags(formats: Sequence[str], which: str = "") -> Parser:
    parser = Parser(add_help=False)
    group = parser.add_argument_group("server and output")
    group.add_argument(
        "--address", metavar="HOST:PORT", help="server; default $ZHENGMING_ADDRESS, else the embedded one"
    )
    group.add_argument("--overlay", metavar="CSV", help="your own names, laid over the table of the embedded server")
    group.add_argument("--tls", action=argparse.BooleanOptionalAction, help="default: only to other machines")
    group.add_argument("--ca-file", metavar="PEM", help="trust these root certificates; asks for TLS")
    group.add_argument(
        "--timeout", type=between(0.001, 1_000_000), metavar="SECONDS", help="for each call (default 2, for batches 30)"
    )
    group.add_argument(
        "--format", choices=formats, help=which or f"default: {formats[0]} on a terminal, ndjson when piped"
    )
    group.add_argument("--lang", choices=("en", "zh"), default=_default_language(), help="language of the sentences")
    group.add_argument("--quiet", action="store_true", help="say nothing but results and errors")
    group.add_argument("--debug", action="store_true", help="show a traceback with an error")
    return parser


def _resolving_flags() -> Parser:
    parser = Parser(add_help=False)
    group = parser.add_argument_group("how to resolve")
    group.add_argument("--profile", choices=_PROFILES, help="how sure to be")
    group.add_argument(
        "--granularity", choices=("as-named", "group", "listed-issuer"), help="which firm of a group answers"
    )
    group.add_argument("--min-confidence", type=between(0, 1), metavar="P", help="least confidence of a match, 0 to 1")
    group.add_argument("--candidates", type=whole(0, 20), default=3, metavar="N", help="candidates to send (default 3)")
    group.add_argument("--as-of", default="", metavar="DATE", help="the day that the names speak of, YYYY-MM-DD")
    group.add_argument("--exchange", default="", metavar="MIC", help="market code, such as XSHG")
    group.add_argument("--city", default="", help="city of the firm, in Chinese or English")
    group.add_argument("--country", default="", metavar="CC", help="country of the firm, ISO 3166-1 alpha-2")
    return parser


def _add_csv(commands: argparse._SubParsersAction[Parser], parents: list[Parser]) -> None:
    job = _command(commands, "csv", "resolve a column of a CSV or TSV file", parents)
    job.add_argument("input", metavar="IN", help="file to read; `-`: standard input")
    job.add_argument("-o", "--output", default="-", metavar="OUT", help="file to write (default: standard output)")
    job.add_argument(
        *("--name-column", "--column"),
        dest="name_columns",
        action="append",
        metavar="COLUMN",
        help="header of the names, or the column's number from 1; several times for several columns (default: guessed)",
    )
    job.add_argument("--no-header", action="store_true", help="the first row is a row; columns are told by number")
    for name, what in (("city", "cities"), ("country", "countries"), ("ticker", "codes"), ("date", "days")):
        job.add_argument(f"--{name}-column", metavar="COLUMN", help=f"column of {what} that help to tell firms apart")
    job.add_argument("--use-context", action="store_true", help="use guessed city, country, code and day columns too")
    job.add_argument("--encoding", metavar="NAME", help="utf-8, utf-16, gb18030, big5-hkscs (default: found and said)")
    job.add_argument("--delimiter", metavar="CHAR", help="default: TAB for .tsv, else what the header shows")
    job.add_argument("--rejects", metavar="FILE", help="where rejected rows go (default: OUT with .rejects.csv)")
    job.add_argument("--dry-run", type=whole(1), metavar="N", help="resolve N rows, print them, write nothing")
    job.add_argument("--columns", metavar="NAMES", help="result columns, such as firm_id,name_zh (default: all nine)")
    job.add_argument(
        "--only",
        choices=("matched", "unmatched", "ambiguous", "not-found"),
        help="write only such rows; all are counted. With several names in a row: all matched, or any of the others",
    )
    job.add_argument("--summary", action="store_true", help="tell rows by outcome, match type and reason at the end")
    job.add_argument(
        "--report", metavar="FILE", help="write a page of HTML: sums, reasons, rejects, settings, snapshot"
    )
    job.add_argument("--review", metavar="FILE", help="write the ambiguous names for a person to decide")
    job.add_argument("--decisions", metavar="FILE", help="a review file with its column `decision` filled in")
    job.add_argument("--resume", action="store_true", help="go on with the job that was cut off, from its checkpoint")
    job.add_argument(
        "--checkpoint-rows",
        type=whole(1),
        default=10_000,
        metavar="N",
        help="rows between checkpoints (default 10000)",
    )
    job.add_argument(
        "--patience",
        type=between(0, 1_000_000),
        default=600.0,
        metavar="SECONDS",
        help="wait so long for a lost server (default 600)",
    )
    job.add_argument(
        "--workers",
        type=whole(1),
        metavar="N",
        help="processes that resolve on this machine when there is no --address (default: one for each core)",
    )
    job.add_argument(
        "--in-flight",
        type=whole(1),
        metavar="N",
        help="messages of 500 names under way at a time (default 4; on this machine, as many as the workers need)",
    )
    job.add_argument("--for-excel", action="store_true", help="write a BOM and disarm formulas (changes such cells)")
    job.add_argument("--strict", action="store_true", help="exit with 1 when a row is not matched")


def _add_link(commands: argparse._SubParsersAction[Parser], parents: list[Parser]) -> None:
    job = _command(commands, "link", "find the firms that texts name", parents)
    job.add_argument("files", nargs="*", metavar="FILE", help="a text, or .jsonl, .csv, .tsv; `-`: standard input")
    job.add_argument(
        "-o", "--output", metavar="OUT", help="file to write; its suffix says the format (default: stdout)"
    )
    job.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colours of text")
    group = job.add_argument_group("how to link")
    group.add_argument("--profile", choices=_PROFILES, help="how sure to be")
    group.add_argument(
        "--granularity", choices=("as-named", "group", "listed-issuer"), help="which firm of a group answers"
    )
    group.add_argument("--as-of", default="", metavar="DATE", help="the day of the texts, YYYY-MM-DD")
    group.add_argument(
        "--min-mention-confidence", type=between(0, 1), metavar="P", help="least confidence of a mention, 0 to 1"
    )
    group.add_argument("--min-confidence", type=between(0, 1), metavar="P", help="least confidence of a firm, 0 to 1")
    group.add_argument("--matches-only", action="store_true", help="leave out mentions that are not linked")
    group.add_argument(
        "--candidates", type=whole(0, 20), default=3, metavar="N", help="candidates of a mention (default 3)"
    )
    group.add_argument(
        "--explain", choices=("none", "summary", "full"), default="summary", help="reasons to send (default summary)"
    )
    group.add_argument(
        "--offsets", choices=("code-points", "utf8", "utf16"), default="code-points", help="what json and csv count"
    )
    group = job.add_argument_group("what to read")
    kinds = group.add_mutually_exclusive_group()
    for kind, what in (("text", "one text each"), ("jsonl", "JSON objects, one a line"), ("csv", "rows with a header")):
        text = f"the inputs hold {what} (default: by suffix)"
        kinds.add_argument(f"--{kind}", dest="kind", action="store_const", const=kind, help=text)
    group.add_argument("--text-field", "--column", metavar="NAME", help="column of the texts (default: guessed)")
    group.add_argument("--id-field", metavar="NAME", help="column of their IDs (default: guessed, else file:line)")
    group.add_argument("--date-field", metavar="NAME", help="column of their days (default: --as-of for all)")
    group.add_argument(
        "--encoding", metavar="NAME", help="utf-8, utf-16, gb18030, big5 (default: UTF-8, or by the BOM)"
    )
    group.add_argument("--delimiter", metavar="CHAR", help="of CSV; default: TAB for .tsv, else what the header shows")


def _default_language() -> str:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
