"""The validator: everything that can be wrong with a table, as a list. Standard library only.

Collisions across scripts need the engine's fold and are found by `zhengming-aliases check`; the key here (NFKC, case,
letters and digits) finds those within one script.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhengming.aliases.codes import is_firm_id, is_isin, is_lei, is_uscc, is_wikidata_item
from zhengming.aliases.load import columns, parse_row, table_version
from zhengming.aliases.model import (
    LINE_TYPES,
    SHARED_MARKS,
    Ambiguity,
    DateBasis,
    Decoy,
    Identifier,
    Name,
    NameKind,
    Restriction,
    Scheme,
    Source,
    Table,
)
from zhengming.aliases.name_text import language_faults, text_faults

LANGUAGES = frozenset({"zh-Hans", "zh-Hant", "zh-Hant-HK", "zh-Hant-TW", "en", "zh-Latn-pinyin", "ja", "ko", "ru"})
SCOPES = frozenset({"a_share", "isin_cn", "headquarters", "restriction_list", "curated"})
TICKERS = {
    "XSHG": re.compile(r"6\d{5}|900\d{3}|689\d{3}"),
    "XSHE": re.compile(r"[023]\d{5}"),
    "BJSE": re.compile(r"[489]\d{5}"),
    "XHKG": re.compile(r"\d{5}"),
    "XNAS": re.compile(r"[A-Z]{1,5}"),
    "XNYS": re.compile(r"[A-Z]{1,5}"),
    "XASE": re.compile(r"[A-Z]{1,5}"),
}
"""MIC → form of its tickers."""

_DATE = re.compile(r"(?:18|19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CLOSED_LICENCE = re.compile(r"non-?commercial only|unverified", re.IGNORECASE)
_MARKED = (*SHARED_MARKS, Ambiguity.WEAK, Ambiguity.USUAL)
_CODE_TESTS: dict[Scheme, Callable[[str], bool]] = {
    Scheme.LEI: is_lei,
    Scheme.ISIN: is_isin,
    Scheme.USCC: is_uscc,
    Scheme.WIKIDATA: is_wikidata_item,
    Scheme.CIK: lambda value: bool(re.fullmatch(r"[1-9]\d{0,9}", value)),
    Scheme.FIGI: lambda value: bool(re.fullmatch(r"[B-DF-HJ-NP-TV-Z]{2}G[0-9B-DF-HJ-NP-TV-Z]{8}\d", value)),
    Scheme.PERMID: lambda value: bool(re.fullmatch(r"[1-9]\d{5,19}", value)),
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, and what to do about it."""

    code: str
    """Stable name of the rule, in UPPER_SNAKE."""
    file: str
    key: str
    """What finds the line: its ID and text, or its number."""
    message: str

    def __str__(self) -> str:
        return f"{self.file}.csv: {self.key}: {self.message} [{self.code}]"


def check_folder(folder: Path) -> list[Problem]:
    """Return every problem of a table folder. Bad lines are listed, and the rest is checked without them.

    Raises `TableError` when a file is missing.
    """
    table_version(folder)
    problems: list[Problem] = []
    parts: dict[str, Any] = {}
    for file, line_type in LINE_TYPES.items():
        lines, found = _read_lines(folder / f"{file}.csv", file, line_type)
        parts[file] = tuple(lines)
        problems += found
    return sorted(problems + check_table(Table(**parts)))


def check_table(table: Table) -> list[Problem]:
    """Return every problem of a table, sorted; an empty list means that the table may ship."""
    return sorted(problem for rule in _RULES for problem in rule(table))


def plain_key(text: str) -> str:
    """Return the key of this module: NFKC, case-folded, letters and digits only."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _read_lines(path: Path, file: str, line_type: type) -> tuple[list[object], list[Problem]]:
    problems: list[Problem] = []
    try:
        reader = csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""))
    except UnicodeDecodeError as error:
        return [], [Problem("NOT_UTF8", file, f"byte {error.start}", "is not UTF-8. Save the file as UTF-8.")]
    if next(reader, None) != columns(line_type):
        return [], [Problem("HEADER", file, "line 1", f"needs the columns {','.join(columns(line_type))}.")]
    lines: list[object] = []
    rows = []
    for row in reader:
        rows.append(row)
        try:
            lines.append(parse_row(line_type, row))
        except ValueError as error:
            problems.append(Problem("SCHEMA", file, f"line {reader.line_num}", f"{error}."))
    if rows != sorted(rows):
        first = next(place for place, pair in enumerate(itertools.pairwise(rows), 2) if pair[0] > pair[1])
        problems.append(
            Problem("UNSORTED", file, f"line {first + 1}", "comes before the line above it. Sort the lines.")
        )
    return lines, problems


def _check_firms(table: Table) -> Iterator[Problem]:
    named = {name.firm_id for name in table.names}
    for firm in table.firms:
        if not is_firm_id(firm.id):
            yield Problem("FIRM_ID", "firms", firm.id, "is not a well-formed ID with a right check character.")
        if firm.id not in named:
            yield Problem("NO_NAME", "firms", firm.id, "has no name. Add one to names.csv or remove the firm.")
        if not firm.display_zh and not firm.display_en:
            yield Problem("NO_DISPLAY", "firms", firm.id, "has neither a Chinese nor an English display name.")
        if firm.scope not in SCOPES:
            yield Problem(
                "SCOPE", "firms", firm.id, f"has the scope {firm.scope!r}; known are {', '.join(sorted(SCOPES))}."
            )
        if not _COUNTRY.fullmatch(firm.country):
            yield Problem("COUNTRY", "firms", firm.id, f"has the country {firm.country!r}; write two capital letters.")
        if firm.founded and not _DATE.fullmatch(firm.founded):
            yield Problem(
                "DATE", "firms", firm.id, f"has the founding date {firm.founded!r}; write YYYY, YYYY-MM or YYYY-MM-DD."
            )
        for text in filter(None, (firm.display_zh, firm.display_en)):
            for fault in text_faults(text):
                yield Problem(fault.code, "firms", f"{firm.id} {text}", fault.message)
    yield from _repeated("firms", (firm.id for firm in table.firms))


def _check_names(table: Table) -> Iterator[Problem]:
    listed = {(line.firm_id, plain_key(line.name_as_listed)) for line in table.restrictions}
    for name in table.names:
        # A government's own text of an entry may say more than a name; it is found by that, and never shown.
        as_listed = not name.displayable and (name.firm_id, plain_key(name.text)) in listed
        yield from (fault for fault in check_name(name) if not (as_listed and fault.code == "NAME_REMARK"))
    yield from _repeated(
        "names", (f"{n.firm_id} {n.text} {n.language} {n.kind.value} {n.valid_from} {n.valid_to}" for n in table.names)
    )


def check_name(name: Name) -> Iterator[Problem]:
    """Yield what is wrong with a name line by itself."""
    key = f"{name.firm_id} {name.text}"
    if not plain_key(name.text) or name.text != name.text.strip():
        yield Problem("NAME_TEXT", "names", key, "has no letters or digits, or space around it.")
    if name.language not in LANGUAGES:
        yield Problem(
            "LANGUAGE", "names", key, f"has the language {name.language!r}; known are {', '.join(sorted(LANGUAGES))}."
        )
    if (name.date_basis is DateBasis.NONE) != (not name.valid_from and not name.valid_to):
        yield Problem("DATE_BASIS", "names", key, "needs a date basis when it has a date, and none when it has not.")
    for fault in (
        *text_faults(name.text, cut=name.kind is NameKind.TRUNCATED),
        *language_faults(name.text, name.language),
    ):
        yield Problem(fault.code, "names", key, fault.message)
    yield from _dates("names", key, name.valid_from, name.valid_to)


def _check_collisions(table: Table) -> Iterator[Problem]:
    yield from collisions(table.names, plain_key, "COLLISION")


def collisions(names: Iterable[Name], key_of: Callable[[str], str], code: str) -> Iterator[Problem]:
    """Yield the names that two firms carry without a mark (`shared`, `usual`, `weak`) on both, or with two `usual`."""
    holders: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        holders[key_of(name.text)].append(name)
    for lines in holders.values():
        firm_ids = {name.firm_id for name in lines}
        if len(firm_ids) < 2:
            continue
        usual = sorted({name.firm_id for name in lines if name.ambiguity is Ambiguity.USUAL})
        if len(usual) > 1:
            message = f"is called the usual meaning of {', '.join(usual)}. Leave the mark on one of them."
            yield Problem(code, "names", lines[0].text, message)
        for name in lines:
            if name.ambiguity not in _MARKED:
                others = ", ".join(sorted(firm_ids - {name.firm_id}))
                message = f"is a name of {others} too. Mark both lines as shared, or remove the wrong one."
                yield Problem(code, "names", f"{name.firm_id} {name.text}", message)


def _check_identifiers(table: Table) -> Iterator[Problem]:
    for line in table.identifiers:
        yield from check_identifier(line)
    yield from _reused_codes(table.identifiers)


def check_identifier(line: Identifier) -> Iterator[Problem]:
    """Yield what is wrong with an identifier line by itself."""
    key = f"{line.firm_id} {line.scheme.value} {line.value}"
    yield from _dates("identifiers", key, line.valid_from, line.valid_to)
    if line.scheme is Scheme.TICKER:
        form = TICKERS.get(line.mic)
        if form is None:
            yield Problem("MIC", "identifiers", key, f"has the market {line.mic!r}; known are {', '.join(TICKERS)}.")
        elif not form.fullmatch(line.value):
            yield Problem("TICKER", "identifiers", key, f"is not a ticker of {line.mic}.")
    elif line.mic:
        yield Problem("MIC", "identifiers", key, "has a market, which only tickers have.")
    elif not _CODE_TESTS[line.scheme](line.value):
        yield Problem(
            "CHECK_DIGIT", "identifiers", key, f"is not a well-formed {line.scheme.value} with a right check digit."
        )


def _reused_codes(identifiers: Iterable[Identifier]) -> Iterator[Problem]:
    holders: dict[tuple[Scheme, str, str], list[Identifier]] = defaultdict(list)
    for line in identifiers:
        holders[line.scheme, line.mic, line.value].append(line)
    for lines in holders.values():
        ordered = sorted(lines, key=lambda line: (line.valid_from, line.valid_to or "9999"))
        for before, after in itertools.pairwise(ordered):
            if before.firm_id == after.firm_id:
                yield Problem(
                    "DUPLICATE", "identifiers", f"{after.firm_id} {after.value}", "stands twice. Keep one line."
                )
            elif not before.valid_to or not after.valid_from or after.valid_from <= before.valid_to:
                message = (
                    f"is a code of {before.firm_id} at the same time. Give both lines dates, or remove the wrong one."
                )
                yield Problem(
                    "CODE_COLLISION", "identifiers", f"{after.firm_id} {after.scheme.value} {after.value}", message
                )


def _check_references(table: Table) -> Iterator[Problem]:
    known = {firm.id for firm in table.firms}
    references: list[tuple[str, str, str]] = []
    references += [("names", name.firm_id, name.text) for name in table.names]
    references += [("identifiers", line.firm_id, line.value) for line in table.identifiers]
    references += [("restrictions", line.firm_id, line.name_as_listed) for line in table.restrictions]
    references += [("decoys", line.owner_id, line.text) for line in table.decoys if line.owner_id]
    references += [
        ("relations", end, line.type.value) for line in table.relations for end in (line.from_id, line.to_id)
    ]
    references += [("redirects", line.new_id, line.old_id) for line in table.redirects if line.new_id]
    for file, firm_id, what in references:
        if firm_id not in known:
            yield Problem("NO_SUCH_FIRM", file, f"{firm_id} {what}", "points to a firm that is not in firms.csv.")


def _check_relations(table: Table) -> Iterator[Problem]:
    for line in table.relations:
        key = f"{line.from_id} {line.type.value} {line.to_id}"
        yield from _dates("relations", key, line.valid_from, line.valid_to)
        if line.from_id == line.to_id:
            yield Problem("SELF_RELATION", "relations", key, "ties a firm to itself.")
        if line.percentage and not _is_percentage(line.percentage):
            yield Problem(
                "PERCENTAGE", "relations", key, f"has the share {line.percentage!r}; write a number from 0 to 100."
            )
    yield from _repeated("relations", (f"{r.from_id} {r.type.value} {r.to_id} {r.valid_from}" for r in table.relations))


def _check_restrictions(table: Table) -> Iterator[Problem]:
    for line in table.restrictions:
        key = f"{line.firm_id} {line.list} {line.name_as_listed}"
        yield from _dates("restrictions", key, line.valid_from, line.valid_to)
        if not line.citation:
            yield Problem(
                "NO_CITATION", "restrictions", key, "cites no official notice. Add the citation or remove the line."
            )
        if not line.list or not line.name_as_listed:
            yield Problem("EMPTY", "restrictions", key, "needs the list and the name as listed.")
    yield from _entries_twice(table.restrictions)


def _entries_twice(restrictions: Iterable[Restriction]) -> Iterator[Problem]:
    """Yield entries that run at the same time under one name: a list published again is no second entry."""
    entries: dict[tuple[str, str, str], list[Restriction]] = defaultdict(list)
    for line in restrictions:
        entries[line.firm_id, line.list, line.name_as_listed].append(line)
    for (firm_id, list_key, listed), lines in entries.items():
        ordered = sorted(lines, key=lambda line: (line.valid_from, line.valid_to or "9999"))
        for before, after in itertools.pairwise(ordered):
            if not before.valid_to or not after.valid_from or after.valid_from <= before.valid_to:
                message = (
                    f"runs since {before.valid_from or 'an unknown day'} already. Keep one line, with the first day."
                )
                yield Problem("ENTRY_TWICE", "restrictions", f"{firm_id} {list_key} {listed}", message)


def _check_redirects(table: Table) -> Iterator[Problem]:
    known = {firm.id for firm in table.firms}
    target = {line.old_id: line.new_id for line in table.redirects}
    yield from _repeated("redirects", (line.old_id for line in table.redirects))
    for line in table.redirects:
        if not is_firm_id(line.old_id):
            yield Problem("FIRM_ID", "redirects", line.old_id, "is not a well-formed ID with a right check character.")
        if line.old_id in known:
            yield Problem(
                "LIVE_REDIRECT", "redirects", line.old_id, "is still a firm. An ID is live or redirected, not both."
            )
        yield from _dates("redirects", line.old_id, line.date, "")
        seen, here = {line.old_id}, line.new_id
        while here in target and here not in seen:
            seen.add(here)
            here = target[here]
        if here in seen:
            yield Problem("REDIRECT_CYCLE", "redirects", line.old_id, "leads back to itself.")


def _check_decoys(table: Table) -> Iterator[Problem]:
    covered = {plain_key(name.text) for name in table.names if name.ambiguity is not Ambiguity.WEAK}
    yield from decoy_clashes(table.decoys, covered, plain_key, "DECOY_COVERED")
    for line in table.decoys:
        if line.language not in LANGUAGES:
            yield Problem(
                "LANGUAGE",
                "decoys",
                line.text,
                f"has the language {line.language!r}; known are {', '.join(sorted(LANGUAGES))}.",
            )
        if not line.label or not plain_key(line.text):
            yield Problem("EMPTY", "decoys", line.text or line.label, "needs a text with letters and a label.")
    yield from _repeated("decoys", (plain_key(line.text) for line in table.decoys))


def decoy_clashes(
    decoys: Iterable[Decoy], covered: set[str], key_of: Callable[[str], str], code: str
) -> Iterator[Problem]:
    """Yield the decoys that are a covered firm's name: they would refuse a firm that the table holds."""
    for line in decoys:
        if key_of(line.text) in covered:
            yield Problem(code, "decoys", line.text, "is a name of a covered firm. Remove the decoy.")


def _check_sources(table: Table) -> Iterator[Problem]:
    known = {source.key: source for source in table.sources}
    yield from _repeated("sources", (source.key for source in table.sources))
    for source in table.sources:
        yield from _source_problems(source)
    lines = [("names", line.source) for line in table.names]
    lines += [("identifiers", line.source) for line in table.identifiers]
    lines += [("relations", line.source) for line in table.relations]
    lines += [("restrictions", line.source) for line in table.restrictions]
    lines += [("decoys", line.source) for line in table.decoys]
    for (file, key), count in sorted(Counter(lines).items()):
        if key not in known:
            yield Problem("NO_SUCH_SOURCE", file, key, f"is named by {count} lines but is not in sources.csv.")


def _source_problems(source: Source) -> Iterator[Problem]:
    if not source.title or not source.publisher or not source.licence:
        yield Problem("SOURCE_EMPTY", "sources", source.key, "needs a title, a publisher and the licence as stated.")
    if _CLOSED_LICENCE.search(source.licence):
        yield Problem("SOURCE_CLOSED", "sources", source.key, f"may not ship: licence {source.licence!r}.")
    yield from _dates("sources", source.key, source.as_of, "")


def _dates(file: str, key: str, first: str, last: str) -> Iterator[Problem]:
    for date in (first, last):
        if date and not _DATE.fullmatch(date):
            yield Problem("DATE", file, key, f"has the date {date!r}; write YYYY, YYYY-MM or YYYY-MM-DD.")
    shared = min(len(first), len(last))
    if shared and first[:shared] > last[:shared]:
        yield Problem("DATE_ORDER", file, key, f"ends ({last}) before it begins ({first}).")


def _repeated(file: str, keys: Iterable[str]) -> Iterator[Problem]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield Problem("DUPLICATE", file, key, f"stands {count} times. Keep one line.")


def _is_percentage(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,3}(\.\d+)?", text)) and float(text) <= 100


_RULES: tuple[Callable[[Table], Iterator[Problem]], ...] = (
    _check_firms,
    _check_names,
    _check_collisions,
    _check_identifiers,
    _check_references,
    _check_relations,
    _check_restrictions,
    _check_redirects,
    _check_decoys,
    _check_sources,
)
