"""`zhengming resolve` and `zhengming explain`."""

from __future__ import annotations

import argparse
import io
import itertools
import re
import sys
from collections.abc import Iterator
from typing import BinaryIO, Final, cast

from zhengming.client import errors
from zhengming.client._client import Client
from zhengming.client.cli._exit import CommandError, Exit
from zhengming.client.cli._failures import describe
from zhengming.client.cli._output import Output, Record, View, to_json
from zhengming.client.cli._said_in_chinese import in_language
from zhengming.client.cli._table import visible
from zhengming.client.csv_encoding import find_form
from zhengming.client.csv_lines import Peekable, read_lines
from zhengming.client.explanation import short_reason
from zhengming.client.sentences import Language, short_code
from zhengming.client.trace import explain_trace
from zhengming.v1 import resolver_pb2 as resolver

_ID: Final = re.compile(r"(firms/)?ZM[0-9A-Z]{7,9}")
# With a character too many or too few it is a mistyped ID rather than a name.

_UNREADABLE: Final = "\udcff"
# Stands for bytes that are no text. No name can hold a lone surrogate.

_VIEW: Final = View(
    columns=("query", "outcome", "firm_id", "name_zh", "name_en", "confidence", "match_type", "reason"),
    headers={
        "en": ("QUERY", "OUTCOME", "FIRM ID", "NAME", "CONF", "MATCH TYPE", "WHY"),
        "zh": ("查询", "结果", "企业 ID", "名称", "置信度", "匹配方式", "原因"),
    },
    shrinkable=(0, 3, 6),
)


def build_options(args: argparse.Namespace, explain: resolver.ExplainLevel.ValueType) -> resolver.ResolveOptions:
    """Return the options that the flags ask for.

    Candidates and explanation are always set: their defaults differ between one name and many, and the same command
    must answer alike for both.
    """
    options = resolver.ResolveOptions(max_candidates=args.candidates, explain=explain)
    options.profile = read_profile(args.profile)
    if args.granularity:
        options.granularity = resolver.Granularity.Value("GRANULARITY_" + args.granularity.upper().replace("-", "_"))
    if args.min_confidence is not None:
        options.min_confidence = args.min_confidence
    return options


def read_profile(flag: str | None) -> resolver.Profile.ValueType:
    """Return the profile that `--profile` names; unspecified without the flag."""
    if not flag:
        return resolver.PROFILE_UNSPECIFIED
    return resolver.Profile.Value("PROFILE_" + flag.upper().replace("-", "_"))


def build_context(args: argparse.Namespace) -> resolver.QueryContext | None:
    """Return the context that the flags give to every name, or None."""
    context = resolver.QueryContext(country=args.country, city=args.city, exchange=args.exchange, as_of=args.as_of)
    return context if context.ByteSize() else None


def resolve(args: argparse.Namespace, client: Client) -> int:
    """Resolve names of the command line or of standard input."""
    options = build_options(args, resolver.EXPLAIN_LEVEL_SUMMARY)
    if args.format in ("json", "ndjson"):
        # Batches leave some fields out by default; one name and many must give the same fields.
        options.read_mask.paths.extend(field.name for field in resolver.Resolution.DESCRIPTOR.fields)
    context = build_context(args)
    output = Output(args.format, _VIEW, args.lang)
    tally = _Tally(output, args.lang)
    if len(args.names) == 1 and args.names[0] != "-":
        name = args.names[0]
        answer = client.resolve((name, context), options=options)
        tally.add(name, resolver.ResolveItemResult(resolution=answer))
    else:
        asked, sent = itertools.tee(_names(args.names, args.encoding))
        results = client.resolve_many(((name, context) for name in sent), options=options, wait_for_ready=False)
        for name, result in zip(asked, results, strict=True):
            tally.add(name, result)
    output.finish()
    return tally.exit_code(args.strict)


def explain(args: argparse.Namespace, client: Client) -> int:
    """Resolve one name and tell the reasoning; with --not, also why one firm is not the answer."""
    options = build_options(args, resolver.EXPLAIN_LEVEL_FULL)
    firm = find_firm(args.firm, client) if args.firm else ""
    traced = client.explain((args.name, build_context(args)), firm=firm, options=options)
    if args.format in ("json", "ndjson"):
        print(to_json(traced, indent=2 if args.format == "json" else None))
    else:
        threshold = args.min_confidence
        if threshold is None and traced.resolution.not_found_reason == resolver.NOT_FOUND_REASON_BELOW_THRESHOLD:
            profile = (args.profile or "balanced").upper().replace("-", "_")
            threshold = client.server_info().profile_thresholds.get(profile)
        for line in explain_trace(args.name, traced, args.lang, threshold):
            print(visible(line))
    return Exit.DONE


def find_firm(text: str, client: Client) -> str:
    """Return the ID of a firm that is named by ID, or by any name or code that means one firm.

    Raises:
        CommandError: when it means none, or more than one.
    """
    if _ID.fullmatch(text):
        return text
    found = client.resolve(text)
    if found.outcome != resolver.OUTCOME_MATCH:
        what = f"{text} does not name one firm: {short_reason(found)}."
        raise CommandError(Exit.USAGE, what, "Name it by its ID; `zhengming search WORDS` finds it.")
    return found.firm.firm_id


def _names(names: list[str], encoding: str | None) -> Iterator[str]:
    for name in names or ["-"]:
        if name == "-":
            yield from _lines(cast(io.BufferedIOBase, sys.stdin.buffer), encoding or "utf-8")
        else:
            yield name


def _lines(stream: io.BufferedIOBase, encoding: str) -> Iterator[str]:
    source = Peekable(cast(BinaryIO, _AsItComes(stream)))
    # Two bytes tell which way round UTF-16 is; the mark of the others is dropped as text.
    start = source.peek(2)
    if not start:
        return
    for line in read_lines(source, find_form(start, encoding)):
        # Bytes that the encoding lacks become lone surrogates: that one name is refused, not the others.
        text = line.text.replace("\ufffd", _UNREADABLE) if line.fault else line.text
        text = text.rstrip("\r\n")
        if line.number == 1:
            text = text.removeprefix("\ufeff")
        if text.strip():
            yield text


class _AsItComes:
    """A stream that gives what it has: names of a slow input are asked before its end."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; empty only at the end."""
        return self._stream.read1(size)


class _Tally:
    """Writes results and keeps count of what the exit code depends on."""

    def __init__(self, output: Output, lang: Language) -> None:
        self._output = output
        self._lang: Language = lang
        self._unmatched = 0
        self._rejected = 0
        self._unreadable = False

    def add(self, query: str, result: resolver.ResolveItemResult) -> None:
        if result.HasField("error"):
            self._rejected += 1
            self._unreadable = self._unreadable or _UNREADABLE in query
            self._output.add(_rejected(query, result, self._lang))
        else:
            self._unmatched += result.resolution.outcome != resolver.OUTCOME_MATCH
            self._output.add(_record(query, result.resolution, self._lang))

    def exit_code(self, strict: bool) -> Exit:
        if self._rejected:
            one = self._rejected == 1
            names = "1 name was" if one else f"{self._rejected:,} names were"
            todo = f"Correct {'it' if one else 'them'} and try again."
            if self._unreadable:
                todo = "Name the encoding of the input, such as --encoding gb18030, or correct the bytes."
            print(f"zhengming: {names} rejected. {todo}", file=sys.stderr)
            return Exit.REJECTED
        return Exit.NOT_MATCHED if strict and self._unmatched else Exit.DONE


def _record(query: str, answer: resolver.Resolution, lang: Language) -> Record:
    outcome = short_code(resolver.Outcome, answer.outcome, "OUTCOME_")
    match_type = short_code(resolver.MatchType, answer.match_type, "MATCH_TYPE_")
    matched = answer.outcome == resolver.OUTCOME_MATCH
    confidence = f"{answer.confidence:.3f}" if matched else ""
    firm, why = answer.firm, short_reason(answer, lang)
    name = " / ".join(part for part in (firm.display_name_zh, firm.display_name_en) if part)
    return Record(
        message=answer,
        cells=(
            query,
            outcome,
            firm.firm_id,
            firm.display_name_zh,
            firm.display_name_en,
            confidence,
            match_type,
            why,
        ),
        row=(query, outcome, firm.firm_id, name, confidence, match_type, why),
        firm_id=firm.firm_id,
        query=query,
    )


def _rejected(query: str, result: resolver.ResolveItemResult, lang: Language) -> Record:
    why = in_language(describe(errors.from_status(result.error)).removesuffix("."), lang)
    return Record(
        message=result,
        cells=(query, "REJECTED", "", "", "", "", "", why),
        row=(query, "REJECTED", "", "", "", "", why),
        firm_id="",
        query=query,
    )
