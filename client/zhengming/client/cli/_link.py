"""`zhengming link`: the firms that texts name, from files, standard input, JSON lines or a column of a CSV file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from zhengming.client import errors
from zhengming.client._client import Client
from zhengming.client.cli._exit import CommandError, Exit
from zhengming.client.cli._link_output import Target, make_format, reason_of
from zhengming.client.cli._resolve import read_profile
from zhengming.client.cli._table import visible
from zhengming.client.csv_query import BadCell, read_day
from zhengming.client.link_input import Document, DocumentReader, InputKind, InputSettings, kind_of
from zhengming.client.link_job import LinkAccount, link_documents
from zhengming.client.linked_view import Codes, current_codes
from zhengming.client.progress import Progress
from zhengming.v1 import resolver_pb2 as resolver

_TOLD: Final = 20
# Rejected documents that are told one by one on standard error. All of them stand in the output.

_CODES_KEPT: Final = 20_000


def link(args: argparse.Namespace, client: Client) -> int:
    """Link the documents of the inputs."""
    settings = _settings(args)
    options = _options(args)
    # A wrong address should fail now, and not after the wait that a busy server deserves.
    client.server_info()
    try:
        return _run(args, client, settings, options)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unreadable(error, args.output or "standard output") from error


def has_rows(args: argparse.Namespace) -> bool:
    """Tell whether an input holds rows of documents: then there is work for every core."""
    return any(kind != "text" for kind in _kinds(args.files or ["-"], args.kind))


def _kinds(names: list[str], kind: InputKind | None) -> list[InputKind]:
    return [kind or ("text" if name == "-" else kind_of(name)) for name in names]


def _run(args: argparse.Namespace, client: Client, settings: InputSettings, options: resolver.LinkOptions) -> int:
    inputs = _Inputs(args.files or ["-"], args.kind, settings, quiet=args.quiet)
    path = Path(args.output) if args.output and args.output != "-" else None
    if path and any(name != "-" and _same_file(name, path) for name in inputs.names):
        raise CommandError(Exit.USAGE, f"{args.output} is an input itself.", "Name another output.")
    form = make_format(args.format, args.lang, args.color, _Codes(client), path is not None)
    account = LinkAccount()
    silent = args.quiet or inputs.single or (path is None and sys.stdout.isatty())
    progress = Progress(sys.stderr, None, quiet=silent, unit="documents")
    target = Target(path)
    try:
        begun = False
        for answer in link_documents(client, inputs.documents(), options, account):
            why = reason_of(answer)
            if why and inputs.single:
                raise CommandError(Exit.UNREADABLE, f"{answer.document.place} was not linked.", f"{_sentence(why)}.")
            if why and account.rejected <= _TOLD:
                progress.clear()
                print(f"zhengming: {visible(f'{answer.document.place}: {why}')}", file=sys.stderr)
            target.write(form.answer(answer) if begun else form.head() + form.answer(answer))
            begun = True
            progress.update(account.linked + account.rejected, 0)
        target.write(form.foot() if begun else form.head() + form.foot())
        account.check()
        target.commit()
    except BaseException:
        target.abort()
        raise
    finally:
        progress.clear()
    _report(args, account, inputs)
    return Exit.REJECTED if account.rejected else Exit.DONE


def _report(args: argparse.Namespace, account: LinkAccount, inputs: _Inputs) -> None:
    if account.rejected > _TOLD:
        print(f"zhengming: {account.rejected - _TOLD:,} more were rejected; the output says why", file=sys.stderr)
    # Told even with --quiet when something was rejected: exit code 6 needs its reason.
    if account.rejected or (not args.quiet and inputs.bulk):
        print(account, file=sys.stderr)


class _Inputs:
    """The inputs in their order, each opened when its turn comes."""

    def __init__(self, names: list[str], kind: InputKind | None, settings: InputSettings, *, quiet: bool) -> None:
        self.names = names
        self._quiet = quiet
        self._kinds = _kinds(names, kind)
        self._reader = DocumentReader(settings, self._say)
        self.bulk = any(each != "text" for each in self._kinds)
        """Whether an input holds rows."""
        self.single = len(names) == 1 and not self.bulk
        """Whether there is one text and nothing else: when it cannot be linked, nothing was done."""

    def documents(self) -> Iterator[Document]:
        """Yield every document of every input. Among several texts, one that cannot be read is a bad one of many."""
        for name, kind in zip(self.names, self._kinds, strict=True):
            try:
                yield from self._open(name, kind)
            except (errors.UnreadableInputError, OSError) as error:
                if isinstance(error, BrokenPipeError):
                    raise
                if kind != "text" or self.single:
                    raise (_unreadable(error, name) if isinstance(error, OSError) else error) from error
                fault = f"cannot be read: {error.strerror or error}" if isinstance(error, OSError) else str(error)
                yield Document(name, name, "", fault=fault.removesuffix("."))

    def _say(self, sentence: str) -> None:
        if not self._quiet:
            print(f"zhengming: {visible(sentence)}", file=sys.stderr)

    def _open(self, name: str, kind: InputKind) -> Iterator[Document]:
        if name == "-":
            yield from self._reader.read("-", sys.stdin.buffer, kind)
            return
        with open(name, "rb") as file:
            yield from self._reader.read(name, file, kind)


class _Codes:
    """Codes of firms, fetched once each."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[str, Codes] = {}

    def __call__(self, linked: resolver.LinkedText) -> Mapping[str, Codes]:
        """Return the codes of the firms of a text."""
        wanted = [each.firm.firm_id for each in linked.firms]
        if missing := [firm_id for firm_id in wanted if firm_id not in self._known]:
            if len(self._known) > _CODES_KEPT:
                self._known.clear()
                missing = wanted
            for firm_id, item in zip(missing, self._client.batch_get_firms(missing).items, strict=True):
                self._known[firm_id] = current_codes(item.firm.summary)
        return self._known


def _settings(args: argparse.Namespace) -> InputSettings:
    if args.delimiter is not None and len(args.delimiter) != 1:
        what = f"The delimiter {args.delimiter!r} is not one character."
        raise CommandError(Exit.USAGE, what, "Give one, such as --delimiter ';'.")
    try:
        as_of = read_day(args.as_of)
    except BadCell as error:
        raise CommandError(Exit.USAGE, f"--as-of: {error}.", "Give a day such as --as-of 2024-06-30.") from error
    return InputSettings(
        encoding=args.encoding,
        delimiter=args.delimiter,
        text_field=args.text_field,
        id_field=args.id_field,
        date_field=args.date_field,
        as_of=as_of,
    )


def _options(args: argparse.Namespace) -> resolver.LinkOptions:
    """Return the options that the flags ask for.

    Candidates and explanation are always set: their defaults differ between one text and many. Text and HTML are cut
    here, in code points; a CSV file has no room for reasons.
    """
    lean = args.format == "csv"
    options = resolver.LinkOptions(
        profile=read_profile(args.profile),
        matches_only=args.matches_only,
        max_candidates=0 if lean else args.candidates,
        explain=resolver.EXPLAIN_LEVEL_NONE
        if lean
        else resolver.ExplainLevel.Value(f"EXPLAIN_LEVEL_{args.explain.upper()}"),
        offset_encoding=resolver.OFFSET_ENCODING_CODE_POINTS,
    )
    if args.granularity:
        options.granularity = resolver.Granularity.Value("GRANULARITY_" + args.granularity.upper().replace("-", "_"))
    if args.min_confidence is not None:
        options.min_confidence = args.min_confidence
    if args.min_mention_confidence is not None:
        options.min_mention_confidence = args.min_mention_confidence
    if args.format not in ("text", "html"):
        options.offset_encoding = _OFFSETS[args.offsets]
    return options


_OFFSETS: Final = {
    "code-points": resolver.OFFSET_ENCODING_CODE_POINTS,
    "utf8": resolver.OFFSET_ENCODING_UTF8_BYTES,
    "utf16": resolver.OFFSET_ENCODING_UTF16,
}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _same_file(first: str, second: Path) -> bool:
    return second.exists() and Path(first).exists() and second.samefile(first)


def _unreadable(error: OSError, name: str) -> CommandError:
    what = f"{error.filename or name} cannot be read or written: {error.strerror or error}."
    return CommandError(Exit.UNREADABLE, what, "Check the path, the permissions and the free space.")
