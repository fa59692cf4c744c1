"""`zhengming csv`: the CSV job between files, standard streams and the terminal."""

from __future__ import annotations

import argparse
import contextlib
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
from zhengming.client.cli._exit import CommandError, Exit
from zhengming.client.cli._resolve import build_context, build_options
from zhengming.client.cli._table import Table, visible
from zhengming.client.csv_account import Account
from zhengming.client.csv_checkpoint import Checkpoint, JobFolder, remove_empty, rows_kept
from zhengming.client.csv_job import RESULT_COLUMNS, CsvJob, JobSettings
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_outputs import MAX_SHEET_ROWS, SPOOLED, JsonRows, check_writer, make_from_spool
from zhengming.client.csv_query import Question
from zhengming.client.csv_reader import Reject
from zhengming.client.csv_review import ReviewSpool, read_decisions, write_review
from zhengming.client.csv_sinks import DelimitedSink, RejectFile, RejectSink, RejectStream, RowSink, remove_old_rejects
from zhengming.client.headers import ROLES
from zhengming.client.progress import Progress
from zhengming.v1 import resolver_pb2 as resolver
from zhengming.v1.firm_pb2 import FirmSummary

_TSV: Final = (".tsv", ".tab")
_JSON: Final = (".ndjson", ".jsonl")

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
    except errors.AccountingError as error:
        raise CommandError(Exit.INCONSISTENT, error.what, error.todo) from error
    except (errors.ColumnError, errors.CheckpointError) as error:
        raise CommandError(Exit.USAGE, error.what, error.todo) from error
    except errors.JobError as error:
        raise CommandError(Exit.UNREADABLE, error.what, error.todo) from error
    except errors.CallError:
        if advice := resume_advice(args):
            print(f"zhengming: {visible(advice)}", file=sys.stderr)
        raise
    except BrokenPipeError:
        raise
    except OSError as error:
        what = f"{error.filename or args.output} cannot be read or written: {error.strerror or error}."
        raise CommandError(Exit.UNREADABLE, what, "Check the path, the permissions and the free space.") from error


def _same_file(first: str, second: str) -> bool:
    return Path(second).exists() and Path(first).samefile(second)


def _run(args: argparse.Namespace, client: Client, stream: BinaryIO, size: int | None) -> int:
    progress = Progress(sys.stderr, size, quiet=args.quiet)
    job = CsvJob(client, Peekable(stream), _settings(args, client), say=_speaker(args.quiet), progress=progress)
    rejects_path = _rejects_path(args)
    rejects: RejectSink
    if args.resume and (args.dry_run or args.output == "-"):
        raise CommandError(Exit.USAGE, "Only a job with an output file can be resumed.", "Name it with -o.")
    if args.review and (args.dry_run or args.output == "-"):
        raise CommandError(Exit.USAGE, "Only a job with an output file writes a review file.", "Name it with -o.")
    if args.dry_run:
        output = DelimitedSink(sys.stdout.buffer, job.delimiter)
        rejects = _RejectLog()
    else:
        to_stdout = args.output == "-"
        if not to_stdout and args.input != "-" and _same_file(args.input, args.output):
            raise CommandError(
                Exit.USAGE, f"{args.output} is the input itself.", "Name another output: damaged rows live only there."
            )
        if not to_stdout:
            return _end(args, _run_kept(args, client, job, rejects_path), rejects_path)
        output = DelimitedSink(sys.stdout.buffer, job.delimiter, args.for_excel)
        rejects = RejectFile(rejects_path)
    return _end(args, job.run(output, rejects), rejects_path)


def _run_kept(args: argparse.Namespace, client: Client, job: CsvJob, rejects_path: Path) -> Account:
    """Do a job with an output file: it leaves a checkpoint behind whatever ends it."""
    output = Path(args.output)
    check_writer(output)
    folder = JobFolder(output, _fingerprint(args), args.resume)
    try:
        if folder.start:
            _check_snapshot(folder.start, client)
        begun = folder.start is not None
        spooled = output.suffix.lower() in SPOOLED
        part = folder.part("rows", _made_into(output) if spooled else _moves_to(output))
        rows = _sink(args, job, part, begun)
        rejects = RejectStream(folder.part("rejects", _publishes_rejects(rejects_path)), begun)
        review = None
        if args.review:
            spool = ReviewSpool(folder.part("review", _publishes_review(Path(args.review))))
            review = spool.write
        if folder.finished and folder.start:
            folder.finish(folder.start)
            return folder.start.account
        return job.run(rows, rejects, _Announced(folder, args), review)
    except errors.AccountingError:
        folder.drop()
        raise
    finally:
        folder.leave()


def _sink(args: argparse.Namespace, job: CsvJob, part: BinaryIO, begun: bool) -> RowSink:
    """Return what writes rows in the form that the output's name asks for."""
    endings = [ending.lower() for ending in Path(args.output).suffixes[-2:]]
    form = endings[0] if endings[-1:] == [".gz"] else "".join(endings[-1:])
    if form in (".xlsx", ".parquet"):
        return JsonRows(part, most=MAX_SHEET_ROWS if form == ".xlsx" else None, begun=begun)
    if form in _JSON:
        return JsonRows(part, job.header, begun=begun)
    return DelimitedSink(part, "\t" if form in _TSV else ",", args.for_excel, begun)


class _Announced:
    """The job folder, which tells once how to go on: after a kill nobody could tell it any more."""

    def __init__(self, folder: JobFolder, args: argparse.Namespace) -> None:
        self._folder = folder
        self._args = args
        self.start = folder.start

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep how far the job is."""
        if not self._folder.saved:
            _speaker(self._args.quiet)(f"if it is cut off, go on with: {_resume_command(self._args)}")
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


def _moves_to(path: Path) -> Callable[[Path, Checkpoint], None]:
    def publish(part: Path, checkpoint: Checkpoint) -> None:
        # Without the part: a job that was killed right behind this step.
        if part.exists():
            os.replace(part, path)

    return publish


def _made_into(path: Path) -> Callable[[Path, Checkpoint], None]:
    def publish(part: Path, checkpoint: Checkpoint) -> None:
        if part.exists():
            make_from_spool(part, path)
            part.unlink()

    return publish


def _publishes_review(path: Path) -> Callable[[Path, Checkpoint], None]:
    def publish(part: Path, checkpoint: Checkpoint) -> None:
        if part.exists():
            write_review(part, path)
            part.unlink()

    return publish


def _publishes_rejects(path: Path) -> Callable[[Path, Checkpoint], None]:
    def publish(part: Path, checkpoint: Checkpoint) -> None:
        if not checkpoint.account.rejected:
            remove_old_rejects(path)
        elif part.exists():
            os.replace(part, path)

    return publish


def _end(args: argparse.Namespace, account: Account, rejects_path: Path) -> int:
    if args.summary:
        _summarise(account)
    _report(args, account, rejects_path)
    if account.rejected:
        return Exit.REJECTED
    return Exit.NOT_MATCHED if args.strict and account.unmatched else Exit.DONE


def _summarise(account: Account) -> None:
    """Tell the names of each column by outcome and match type or reason, the most frequent first."""
    read = max(account.rows_read, 1)
    for names in account.names:
        if len(account.names) > 1:
            print(visible(f"names of column {names.column}:"), file=sys.stderr)
        kinds = sorted(names.kinds.items(), key=lambda each: -each[1])
        rows = [(*kind.partition(" ")[::2], count) for kind, count in kinds]
        if account.rejected:
            rows.append(("REJECTED", "", account.rejected))
        table = Table(("outcome", "by", "rows", "share"), shrinkable=(), fit=False, colour=False)
        shown = [(outcome, why, f"{count:,}", f"{count / read:.1%}") for outcome, why, count in rows]
        print(table.render(shown), end="", file=sys.stderr)


def _report(args: argparse.Namespace, account: Account, rejects_path: Path) -> None:
    where = f" (rejects: {rejects_path})" if account.rejected and not args.dry_run else ""
    # Told even with --quiet when rows were rejected: exit code 6 needs its reason.
    if not args.quiet or account.rejected:
        first, *others = account.lines()
        for line in (first + where, *others):
            print(visible(line), file=sys.stderr)
    if args.dry_run and not args.quiet:
        print("dry run: nothing was written", file=sys.stderr)


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


def _speaker(quiet: bool) -> Callable[[str], None]:
    def say(sentence: str) -> None:
        if not quiet:
            print(f"zhengming: {visible(sentence)}", file=sys.stderr)

    return say


class _RejectLog:
    """Rejects of a dry run, told on standard error."""

    def write(self, reject: Reject) -> None:
        """Tell one."""
        print(f"zhengming: line {reject.line}, byte {reject.offset}: {visible(reject.reason)}", file=sys.stderr)

    def commit(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to remove."""
