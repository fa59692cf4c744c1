"""The report of a CSV job, gathered from what it left: on standard error for the terminal, and as a page."""

from __future__ import annotations

import argparse
import base64
import csv
import datetime
import hashlib
import importlib.metadata
import itertools
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from zhengming.client.cli._report_page import MOST_REJECTS, JobReport, ShownReject, render_report
from zhengming.client.cli._said_in_chinese import in_language
from zhengming.client.cli._table import Table, visible
from zhengming.client.csv_account import Account
from zhengming.client.csv_sinks import ReplacedFile
from zhengming.client.sentences import Language
from zhengming.v1.resolver_pb2 import ServerInfo

_SHOWN_CHARS: Final = 120
# Of a rejected row on the page.


def print_summary(account: Account) -> None:
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


def print_account(args: argparse.Namespace, account: Account, rejects_path: Path) -> None:
    """Tell the sums and where the rejects are."""
    where = f" (rejects: {rejects_path})" if account.rejected and not args.dry_run else ""
    # Told even with --quiet when rows were rejected: exit code 6 needs its reason.
    if not args.quiet or account.rejected:
        first, *others = account.lines()
        for line in (first + where, *others):
            print(visible(line), file=sys.stderr)
    if args.dry_run and not args.quiet:
        print("dry run: nothing was written", file=sys.stderr)


def write_report(
    args: argparse.Namespace,
    account: Account,
    snapshots: Sequence[str],
    said: Sequence[str],
    codec: str,
    server: ServerInfo,
    rejects_path: Path,
) -> None:
    """Write the page.

    Args:
        args: of the command.
        account: what became of the rows.
        snapshots: that the answers came from; none when nothing was asked, then it is the server's.
        said: sentences that the user was told.
        codec: of the input, to show rejected rows.
        server: who answered.
        rejects_path: the finished rejects file.
    """
    files = [("input", _file(args.input)), ("output", _file(args.output))]
    if account.rejected:
        files.append(("reject_file", _file(str(rejects_path))))
    finished = datetime.datetime.now().astimezone().isoformat(" ", "seconds")
    facts = [
        ("command", shlex.join(["zhengming", *args.argv])),
        ("said", "\n".join(in_language(each, args.lang) for each in said)),
        ("snapshot", "\n".join(snapshots or [server.snapshot.hash])),
        ("server", f"{server.server_version}, matcher {server.matcher_version}"),
        ("client", importlib.metadata.version("zhengming")),
        ("finished", finished),
    ]
    rejects = _read_rejects(rejects_path, codec, args.lang) if account.rejected else []
    file = ReplacedFile(Path(args.report))
    try:
        page = render_report(JobReport(account, files, facts, rejects), args.lang)
        file.stream.write(page.encode("utf-8", "backslashreplace"))
        file.commit()
    finally:
        file.abort()


def _file(name: str) -> str:
    path = Path(name)
    if name == "-" or not path.is_file():
        return name
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{name}\n{path.stat().st_size:,} bytes, SHA-256 {digest}"


def _read_rejects(path: Path, codec: str, lang: Language) -> list[ShownReject]:
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8", newline="") as file:
        rows = itertools.islice(csv.reader(file), 1, MOST_REJECTS + 1)
        return [
            ShownReject(line, offset, in_language(reason, lang), _text(raw, codec))
            for line, offset, reason, raw in rows
        ]


def _text(raw: str, codec: str) -> str:
    text = base64.b64decode(raw).decode(codec, "replace").rstrip("\r\n")
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…"
