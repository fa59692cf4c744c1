"""`zhengming csv`: the CSV job between files, standard streams and the terminal."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from zhengming.client import errors
from zhengming.client._client import Client
from zhengming.client.cli._exit import CommandError, Exit
from zhengming.client.cli._resolve import build_context, build_options
from zhengming.client.cli._table import visible
from zhengming.client.csv_account import Account
from zhengming.client.csv_job import CsvJob, JobSettings
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_reader import Reject
from zhengming.client.csv_sinks import DelimitedSink, RejectFile, RejectSink
from zhengming.client.headers import ROLES
from zhengming.client.progress import Progress
from zhengming.v1 import resolver_pb2 as resolver


def run(args: argparse.Namespace, client: Client) -> int:
    """Resolve a column of a file."""
    # A wrong address should fail now, and not after the wait that a busy server deserves.
    client.server_info()
    try:
        with _open_input(args.input) as (stream, size):
            return _run(args, client, stream, size)
    except errors.AccountingError as error:
        raise CommandError(Exit.INCONSISTENT, error.what, error.todo) from error
    except errors.ColumnError as error:
        raise CommandError(Exit.USAGE, error.what, error.todo) from error
    except errors.JobError as error:
        raise CommandError(Exit.UNREADABLE, error.what, error.todo) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        what = f"{error.filename or args.output} cannot be read or written: {error.strerror or error}."
        raise CommandError(Exit.UNREADABLE, what, "Check the path, the permissions and the free space.") from error


def _same_file(first: str, second: str) -> bool:
    return Path(second).exists() and Path(first).samefile(second)


def _run(args: argparse.Namespace, client: Client, stream: BinaryIO, size: int | None) -> int:
    progress = Progress(sys.stderr, size, quiet=args.quiet)
    job = CsvJob(client, Peekable(stream), _settings(args), say=_speaker(args.quiet), progress=progress)
    rejects_path = _rejects_path(args)
    rejects: RejectSink
    if args.dry_run:
        output = DelimitedSink(sys.stdout.buffer, job.delimiter)
        rejects = _RejectLog()
    else:
        to_stdout = args.output == "-"
        if not to_stdout and args.input != "-" and _same_file(args.input, args.output):
            raise CommandError(
                Exit.USAGE, f"{args.output} is the input itself.", "Name another output: damaged rows live only there."
            )
        delimiter = job.delimiter if to_stdout else "\t" if _is_tsv(args.output) else ","
        target = sys.stdout.buffer if to_stdout else Path(args.output)
        output = DelimitedSink(target, delimiter, args.for_excel)
        rejects = RejectFile(rejects_path)
    account = job.run(output, rejects)
    _report(args, account, rejects_path)
    if account.rejected:
        return Exit.REJECTED
    unmatched = account.ambiguous + account.not_found
    return Exit.NOT_MATCHED if args.strict and unmatched else Exit.DONE


def _report(args: argparse.Namespace, account: Account, rejects_path: Path) -> None:
    where = f" (rejects: {rejects_path})" if account.rejected and not args.dry_run else ""
    # Told even with --quiet when rows were rejected: exit code 6 needs its reason.
    if not args.quiet or account.rejected:
        print(visible(f"{account}{where}"), file=sys.stderr)
    if args.dry_run and not args.quiet:
        print("dry run: nothing was written", file=sys.stderr)


def _settings(args: argparse.Namespace) -> JobSettings:
    if args.delimiter is not None and len(args.delimiter) != 1:
        what = f"The delimiter {args.delimiter!r} is not one character."
        raise CommandError(Exit.USAGE, what, "Give one, such as --delimiter ';'.")
    chosen = {role: getattr(args, f"{role}_column") for role in ROLES}
    return JobSettings(
        column=args.column,
        context_columns={role: column for role, column in chosen.items() if column is not None},
        use_context=args.use_context,
        encoding=args.encoding,
        delimiter=args.delimiter or ("\t" if _is_tsv(args.input) else None),
        options=build_options(args, resolver.EXPLAIN_LEVEL_NONE),
        context=build_context(args),
        lang=args.lang,
        max_rows=args.dry_run,
    )


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
    return Path(name).suffix.lower() in (".tsv", ".tab")


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
