"""`zhengming csv`: the CSV job between files, standard streams and the terminal."""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from zhengming.client import errors
from zhengming.client._client import Client
from zhengming.client.cli._csv_publish import made_into, moves_to, publishes_rejects, publishes_review
from zhengming.client.cli._csv_report import print_account, print_summary, write_report
from zhengming.client.cli._exit import CommandError, Exit
from zhengming.client.cli._resolve import build_context, build_options
from zhengming.client.cli._table import visible
from zhengming.client.csv_account import Account
from zhengming.client.csv_checkpoint import Checkpoint, JobFolder, remove_empty, rows_kept
from zhengming.client.csv_job import RESULT_COLUMNS, CsvJob, JobSettings
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_outputs import MAX_SHEET_ROWS, Form, JsonRows, check_writer, read_form
from zhengming.client.csv_query import Question
from zhengming.client.csv_reader import Reject
from zhengming.client.csv_review import ReviewSpool, read_decisions
from zhengming.client.csv_sinks import DelimitedSink, RejectFile, RejectStream, RowSink
from zhengming.client.headers import ROLES
from zhengming.client.progress import Progress
from zhengming.v1 import resolver_pb2 as resolver
from zhengming.v1.firm_pb2 import FirmSummary

_TSV: Final = (".tsv", ".tab")

_ONLY: Final = {
    "matched": frozenset({"MATCH"}),
    "unmatched": frozenset({"AMBIGUOUS", "NOT_FOUND"}),
    "ambiguous": frozenset({"AMBIGUOUS"}),
    "not-found": frozenset({"NOT_FOUND"}),
}

_NOT_OF_THE_RESULT: Final = frozenset(
    (
        "argv",
        "resume",
        "quiet",
        "debug",
        "strict",
        "address",
        "tls",
        "ca_file",
        "timeout",
        "format",
        "command",
        "patience",
        "summary",
        "report",
        "workers",
        "in_flight",
    )
)
# Options that may differ when a job is resumed.


def run(args: argparse.Namespace, client: Client) -> int:
    """Resolve a column of a file."""
    # A wrong address should fail now, and not after the wait that a busy server deserves.
    client.server_info()
    try:
        with _open_input(args.input) as (stream, size):
            return _run(args, client, stream, size)
    except errors.CallError:
        if advice := resume_advice(args):
            print(f"zhengming: {visible(advice)}", file=sys.stderr)
        raise
    except BrokenPipeError:
        raise
    except OSError as error:
        what = f"{error.filename or args.output} cannot be read or written: {error.strerror or error}."
        raise CommandError(Exit.UNREADABLE, what, "Check the path, the permissions and the free space.") from error


def _run(args: argparse.Namespace, client: Client, stream: BinaryIO, size: int | None) -> int:
    form = _form(args)
    said: list[str] = []
    progress = Progress(sys.stderr, size, quiet=args.quiet)
    job = CsvJob(client, Peekable(stream), _settings(args, client), say=_speaker(args, said), progress=progress)
    rejects_path = _rejects_path(args)

    def report(account: Account, snapshots: Sequence[str]) -> None:
        if args.report:
            write_report(args, account, snapshots, said, job.codec, client.server_info(), rejects_path)

    if args.dry_run:
        account = job.run(_stdout_sink(args, job, form), _RejectLog())
    elif args.output == "-":
        account = job.run(_stdout_sink(args, job, form), RejectFile(rejects_path))
        report(account, job.snapshots)
    else:
        account = _run_kept(args, client, job, form or Form("csv"), rejects_path, report)
    return _end(args, account, rejects_path)


def _form(args: argparse.Namespace) -> Form | None:
    """Return the form of the output, None for that of the input, once the options are checked against each other."""
    _check_paths(args)
    to_file = args.output != "-"
    if args.dry_run or not to_file:
        for flag, given in (("--resume", args.resume), ("--review", args.review)):
            if given:
                raise CommandError(Exit.USAGE, f"{flag} needs an output file.", "Name one with -o, without --dry-run.")
        form = Form(args.format) if args.format else None
    else:
        form = read_form(Path(args.output))
        if args.format and args.format != form.kind:
            what = f"The name {args.output} asks for {form.kind}, and --format for {args.format}."
            raise CommandError(Exit.USAGE, what, "Leave out --format: it is for standard output.")
    if args.dry_run and args.report:
        raise CommandError(Exit.USAGE, "A dry run writes no report.", "Leave out --report or --dry-run.")
    if args.for_excel and form and form.kind in ("ndjson", "parquet"):
        what = f"--for-excel is for CSV and TSV; {form.kind} holds every cell as it is, and nothing runs it."
        raise CommandError(Exit.USAGE, what, "Leave out --for-excel, or write .csv or .xlsx.")
    return form


def _check_paths(args: argparse.Namespace) -> None:
    """Refuse to write over an input, two results into one file, or where nothing can be written at the end.

    Raises:
        OSError: for a folder that is not there or not ours.
    """
    if args.output != "-" and Path(args.output).is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), args.output)
    read = {Path(name).resolve(): name for name in (args.input, args.decisions) if name not in (None, "-")}
    for flag, name in (("--review", args.review), ("--report", args.report), ("--rejects", args.rejects)):
        if name == "-":
            what = f"{flag} needs a file: standard output is for the rows."
            raise CommandError(Exit.USAGE, what, "Name a file, or ./- for one that is called so.")
    written: set[Path] = set()
    rejects = str(_rejects_path(args))
    results = [args.output, args.review, args.report, rejects]
    for name in [] if args.dry_run else [each for each in results if each not in (None, "-")]:
        path = Path(name).resolve()
        if path in read:
            what = f"{name} is {'the input itself' if read[path] == args.input else 'also read'}."
            raise CommandError(Exit.USAGE, what, "Name another output: damaged rows live only in the input.")
        if path in written:
            raise CommandError(Exit.USAGE, f"{name} is to be written twice.", "Give each result a name of its own.")
        written.add(path)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        # Beside the input of a job to standard output, a file of rejects is only made when there are any.
        implied = name == rejects and not args.rejects and args.output == "-"
        if not implied and not os.access(path.parent, os.W_OK):
            number = errno.EACCES if path.parent.is_dir() else errno.ENOENT
            raise OSError(number, os.strerror(number), name)


def _run_kept(
    args: argparse.Namespace,
    client: Client,
    job: CsvJob,
    form: Form,
    rejects_path: Path,
    report: Callable[[Account, Sequence[str]], None],
) -> Account:
    """Do a job with an output file: it leaves a checkpoint behind whatever ends it."""
    output = Path(args.output)
    check_writer(output)
    dropped = None if args.resume else rows_kept(output)
    folder = JobFolder(output, _fingerprint(args), args.resume)
    if dropped is not None:
        _speaker(args)(f"beginning anew; the {dropped:,} rows of the unfinished job beside {output} are dropped")
    try:
        if folder.start:
            _check_snapshot(folder.start, client)
        begun = folder.start is not None
        part = folder.part("rows", made_into(output) if form.is_made_at_the_end else moves_to(output))
        rows = _sink(args, job, form, part, begun)
        rejects = RejectStream(folder.part("rejects", publishes_rejects(rejects_path)), begun)
        review = None
        if args.review:
            spool = ReviewSpool(folder.part("review", publishes_review(Path(args.review))))
            review = spool.write
        if args.report:
            # The last: it tells of the others.
            folder.part("report", lambda part, end: report(end.account, end.snapshots))
        if folder.finished and folder.start:
            folder.finish(folder.start)
            return folder.start.account
        return job.run(rows, rejects, _Announced(folder, args), review)
    except errors.AccountingError:
        folder.drop()
        raise
    finally:
        folder.leave()


def _sink(args: argparse.Namespace, job: CsvJob, form: Form, part: BinaryIO, begun: bool) -> RowSink:
    if form.kind in ("xlsx", "parquet"):
        return JsonRows(part, most=MAX_SHEET_ROWS if form.kind == "xlsx" else None, begun=begun)
    if form.kind == "ndjson":
        return JsonRows(part, job.header, begun=begun)
    return DelimitedSink(part, "\t" if form.kind == "tsv" else ",", args.for_excel, begun)


def _stdout_sink(args: argparse.Namespace, job: CsvJob, form: Form | None) -> RowSink:
    stream = sys.stdout.buffer
    if form is not None:
        sink = _sink(args, job, form, stream, False)
    else:
        sink = DelimitedSink(stream, job.delimiter, args.for_excel)
    return _ForTerminal(sink) if sys.stdout.isatty() else sink


class _Announced:
    """The job folder, which tells once how to go on: after a kill nobody could tell it any more."""

    def __init__(self, folder: JobFolder, args: argparse.Namespace) -> None:
        self._folder = folder
        self._args = args
        self.start = folder.start

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep how far the job is."""
        if not self._folder.saved:
            _speaker(self._args)(f"if it is cut off, go on with: {_resume_command(self._args)}")
        self._folder.save(checkpoint)

    def finish(self, checkpoint: Checkpoint) -> None:
        """Publish the result."""
        self._folder.finish(checkpoint)


def resume_advice(args: argparse.Namespace) -> str | None:
    """Return how to go on with the job that these arguments began; None: there is nothing to go on with."""
    if args.command != "csv" or args.output == "-" or args.dry_run:
        return None
    rows = rows_kept(Path(args.output))
    return None if rows is None else f"{rows:,} rows are done; go on with: {_resume_command(args)}"


def fall_silent(args: argparse.Namespace) -> None:
    """Say no more: what an interrupted job would still tell is about its own end, such as a server that is gone."""
    args.quiet = True


def tidy(args: argparse.Namespace) -> None:
    """Remove what an interrupted job left that nobody can resume."""
    if args.command == "csv" and args.output != "-" and not args.dry_run:
        remove_empty(Path(args.output))


def _resume_command(args: argparse.Namespace) -> str:
    given: list[str] = args.argv
    return shlex.join(["zhengming", *given, *([] if args.resume else ["--resume"])])


def _fingerprint(args: argparse.Namespace) -> str:
    """Return a hash of the options that the result depends on."""
    told = {name: value for name, value in vars(args).items() if name not in _NOT_OF_THE_RESULT}
    if args.decisions:
        told["decisions"] = hashlib.sha256(Path(args.decisions).read_bytes()).hexdigest()
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _check_snapshot(start: Checkpoint, client: Client) -> None:
    present = client.server_info().snapshot.hash
    if present and start.snapshots and present not in start.snapshots:
        what = "The server's table has changed since the job began, so that the rest would not fit its beginning."
        raise errors.CheckpointError(what, "Leave out --resume to begin anew.")


def _end(args: argparse.Namespace, account: Account, rejects_path: Path) -> int:
    if args.summary:
        print_summary(account)
    print_account(args, account, rejects_path)
    if account.rejected:
        return Exit.REJECTED
    return Exit.NOT_MATCHED if args.strict and account.unmatched else Exit.DONE


def _settings(args: argparse.Namespace, client: Client) -> JobSettings:
    if args.delimiter is not None and len(args.delimiter) != 1:
        what = f"The delimiter {args.delimiter!r} is not one character."
        raise CommandError(Exit.USAGE, what, "Give one, such as --delimiter ';'.")
    chosen = {role: getattr(args, f"{role}_column") for role in ROLES}
    return JobSettings(
        name_columns=tuple(args.name_columns or ()),
        header=not args.no_header,
        context_columns={role: column for role, column in chosen.items() if column is not None},
        use_context=args.use_context,
        encoding=args.encoding,
        delimiter=args.delimiter or ("\t" if _is_tsv(args.input) else None),
        options=build_options(args, resolver.EXPLAIN_LEVEL_NONE),
        context=build_context(args),
        decisions=_decisions(args.decisions, client) if args.decisions else {},
        lang=args.lang,
        result_columns=_result_columns(args.columns),
        only=_ONLY[args.only] if args.only else None,
        max_rows=args.dry_run,
        window_rows=args.checkpoint_rows,
        patience=args.patience,
        in_flight=args.in_flight,
    )


def _decisions(path: str, client: Client) -> Mapping[Question, FirmSummary | None]:
    def firms(ids: Sequence[str]) -> list[FirmSummary | None]:
        items = client.batch_get_firms(ids).items
        return [item.firm.summary if item.HasField("firm") else None for item in items]

    with open(path, "rb") as file:
        return read_decisions(file, firms)


def _result_columns(wanted: str | None) -> tuple[str, ...]:
    if wanted is None:
        return RESULT_COLUMNS
    columns = tuple(f"zm_{name.strip().removeprefix('zm_')}" for name in wanted.split(","))
    for column in columns:
        if column not in RESULT_COLUMNS or columns.count(column) > 1:
            known = ", ".join(name.removeprefix("zm_") for name in RESULT_COLUMNS)
            what = f"There is no result column {column.removeprefix('zm_')!r}, or it is named twice."
            raise CommandError(Exit.USAGE, what, f"Choose from: {known}.")
    return columns


@contextlib.contextmanager
def _open_input(name: str) -> Iterator[tuple[BinaryIO, int | None]]:
    if name == "-":
        yield sys.stdin.buffer, None
        return
    with open(name, "rb") as file:
        path = Path(name)
        yield file, path.stat().st_size if path.is_file() else None


def _rejects_path(args: argparse.Namespace) -> Path:
    if args.rejects:
        return Path(args.rejects)
    base = next((name for name in (args.output, args.input) if name != "-"), "zhengming.csv")
    return Path(base).with_suffix(".rejects.csv")


def _is_tsv(name: str) -> bool:
    return Path(name).suffix.lower() in _TSV


def _speaker(args: argparse.Namespace, said: list[str] | None = None) -> Callable[[str], None]:
    def say(sentence: str) -> None:
        if said is not None:
            said.append(sentence)
        if not args.quiet:
            print(f"zhengming: {visible(sentence)}", file=sys.stderr)

    return say


class _ForTerminal:
    """Rows for a person's terminal: no cell may act on it."""

    def __init__(self, sink: RowSink) -> None:
        self._sink = sink
        self.commit = sink.commit
        self.abort = sink.abort

    def write(self, cells: Sequence[str]) -> None:
        """Take one row."""
        self._sink.write([visible(cell) for cell in cells])


class _RejectLog:
    """Rejects of a dry run, told on standard error."""

    def write(self, reject: Reject) -> None:
        """Tell one."""
        print(f"zhengming: line {reject.line}, byte {reject.offset}: {visible(reject.reason)}", file=sys.stderr)

    def commit(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to remove."""
