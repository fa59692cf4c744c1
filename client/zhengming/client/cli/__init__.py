"""The command `zhengming`. Data goes to standard output, everything else to standard error."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from zhengming.client.cli._arguments import parse
from zhengming.client.cli._exit import CommandError, Exit
from zhengming.client.cli._interrupt import INTERRUPTED, InterruptibleWork

__all__ = ["CommandError", "Exit", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        argv: arguments without the program's name; None: those of the process.

    Raises:
        SystemExit: after help (0) and on a usage error (2), as argparse does.
    """
    args = parse(argv)
    _prepare_streams()
    if not getattr(args, "debug", False):
        # What gRPC's core logs on standard error is for its developers; what failed is told in our words.
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    try:
        if args.command == "version":
            return _version()
        work = InterruptibleWork()
        code = work.run(lambda: _run(args, work))
        sys.stdout.flush()
        return code
    except CommandError as error:
        return _fail(args, error.exit_code, error.what, error.todo)
    except BrokenPipeError:
        # The reader (`head`, a pager) has seen enough: no error. Python must not meet the pipe again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    except KeyboardInterrupt:
        # Before or after the work; during it `InterruptibleWork` ends the process.
        print(f"zhengming: {INTERRUPTED}", file=sys.stderr)
        return Exit.INTERRUPTED
    except Exception as error:
        what = f"The program has a fault: {type(error).__name__}: {error}."
        return _fail(args, Exit.INCONSISTENT, what, "Please report it with the output of --debug.")


def _version() -> int:
    from importlib.metadata import version

    print(f"zhengming {version('zhengming')}")
    return Exit.DONE


def _run(args: argparse.Namespace, work: InterruptibleWork) -> int:
    # Imported here: gRPC and protobuf take longer to load than help takes to print.
    from zhengming.client import errors
    from zhengming.client._client import Client
    from zhengming.client.cli import _catalog, _compare, _csv, _link, _resolve
    from zhengming.client.cli._connection import connect
    from zhengming.client.cli._failures import advise, exit_code_of
    from zhengming.client.csv_sinks import ReplacedFile

    commands: dict[str, Callable[[argparse.Namespace, Client], int]] = {
        "resolve": _resolve.resolve,
        "explain": _resolve.explain,
        "compare": _compare.compare,
        "csv": _csv.run,
        "link": _link.link,
        "show": _catalog.show,
        "search": _catalog.search,
        "suggest": _catalog.suggest,
        "server-info": _catalog.server_info,
    }
    work.clean_on_interrupt(ReplacedFile.abort_all)
    work.clean_on_interrupt(lambda: _csv.tidy(args))
    work.tell_on_interrupt(lambda: _csv.resume_advice(args))
    is_job = args.command == "csv"
    bulk = is_job or (args.command == "link" and _link.has_rows(args))
    workers = args.workers if is_job else None

    def say(sentence: str) -> None:
        if not args.quiet:
            print(f"zhengming: {sentence}", file=sys.stderr)

    with connect(
        args.address, args.ca_file, args.tls, args.timeout, args.overlay, bulk=bulk, workers=workers, say=say
    ) as connection:
        if is_job and args.in_flight is None:
            args.in_flight = max(4, 2 * connection.workers + 1)
        work.close_on_interrupt(lambda: _csv.fall_silent(args))
        work.close_on_interrupt(connection.client.close)
        try:
            return commands[args.command](args, connection.client)
        except errors.CallError as error:
            raise advise(error, connection.address) from error
        except errors.JobError as error:
            raise CommandError(exit_code_of(error), error.what, error.todo) from error


def _prepare_streams() -> None:
    """Write UTF-8 into pipes whatever the locale, and never fail on a character that a terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _fail(args: argparse.Namespace, code: Exit, what: str, todo: str) -> int:
    if getattr(args, "debug", False):
        traceback.print_exc()
    print(f"zhengming: {_one_line(what)} {_one_line(todo)}", file=sys.stderr)
    return code


def _one_line(text: str) -> str:
    # Messages quote names and server texts: neither may act on the terminal.
    from zhengming.client.cli._table import visible

    return visible(text.replace("\n", " "))
