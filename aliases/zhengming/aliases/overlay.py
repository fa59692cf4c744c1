"""A user's own names, laid over the table: one CSV that stays when the table is updated.

    firm,text,language,kind,valid_from,valid_to,ambiguity
    688256.SH,MLU works,en,NICKNAME,,,
    ZME6HFQ0QZ,GPU-7 supplier,,,,,

`firm` and `text` are needed, the other columns may be missing or empty. A firm is named by its ID (an ID that was joined
into another follows the redirect), by ticker (688256.SH, XHKG:00020), ISIN, LEI, USCC, Wikidata item, or by its whole
legal name. The lines obey the rules of the table: a name that another firm carries needs `shared` in the ambiguity column,
and then both carry it and the answer is AMBIGUOUS. A name that the table refuses (a foreign firm, a product, a generic
word) needs a mark too, so that nobody gives 英伟达 to a supplier by mistake: `usual` when the firm is meant by it, `shared`
when it only may be. A `weak` name leaves the refusal as it is.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.check import Problem, check_name, plain_key
from zhengming.aliases.firm_reference import read_firm_reference
from zhengming.aliases.model import (
    SHARED_MARKS,
    WORD_MARKS,
    Ambiguity,
    DateBasis,
    Decoy,
    Name,
    NameKind,
    Scheme,
    Source,
    Table,
)
from zhengming.aliases.name_text import likely_language

COLUMNS = ("firm", "text", "language", "kind", "valid_from", "valid_to", "ambiguity")
SOURCE_KEY = "overlay"
"""The source of every overlay name. Answers show it, so nobody takes a user's own name for one of the table's."""

_NEEDED = ("firm", "text")
_SHOWN = 20


class OverlayError(Exception):
    """An overlay cannot be used as it is. `problems` holds every reason."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = problems

    def __str__(self) -> str:
        if len(self.problems) == 1 and self.problems[0].key == "file":
            return f"{self.path} {self.problems[0].message}"
        shown = [
            f"{self.path}: {problem.key}: {problem.message} [{problem.code}]" for problem in self.problems[:_SHOWN]
        ]
        more = len(self.problems) - _SHOWN
        return "\n".join([*shown, *([f"and {more} more problems."] if more > 0 else []), "Mend the overlay's lines."])


@dataclass(frozen=True, slots=True)
class Overlay:
    """The lines of an overlay file, read but not yet compared with a table."""

    path: Path
    version: str
    """SHA-256 of the file, hexadecimal."""
    rows: tuple[tuple[int, dict[str, str]], ...]
    """Line number and values of each row; missing columns are empty."""


def overlay_version(path: Path) -> str:
    """Return the SHA-256 of an overlay file, hexadecimal. Raises `OverlayError` when it cannot be read."""
    return hashlib.sha256(_content(path)).hexdigest()


def read_overlay(path: Path) -> Overlay:
    """Read an overlay file. Raises `OverlayError` when it is not UTF-8, lacks a column, or has rows of another length."""
    content = _content(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(path, "NOT_UTF8", f"byte {error.start}", "is not UTF-8. Save the file as UTF-8.") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    problems: list[Problem] = []
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if not set(_NEEDED) <= set(header) or not set(header) <= set(COLUMNS) or len(set(header)) != len(header):
            known = ",".join(COLUMNS)
            message = f"needs the columns {' and '.join(_NEEDED)}, and may have others of {known}."
            raise _refused(path, "HEADER", "line 1", message)
        for row in reader:
            if len(row) == len(header):
                values = dict.fromkeys(COLUMNS, "") | dict(zip(header, map(str.strip, row), strict=True))
                rows.append((reader.line_num, values))
            elif row:
                message = f"has {len(row)} values where {len(header)} are due."
                problems.append(Problem("SCHEMA", SOURCE_KEY, f"line {reader.line_num}", message))
    except csv.Error as error:
        raise _refused(path, "CSV", f"line {reader.line_num}", f"is not CSV ({error}).") from error
    if problems:
        raise OverlayError(path, problems)
    return Overlay(path, hashlib.sha256(content).hexdigest(), tuple(rows))


def lay_over(table: Table, overlay: Overlay, key_of: Callable[[str], str] = plain_key) -> Table:
    """Return the table with an overlay's names in it.

    A name that the firm has already changes nothing. A decoy that an overlay line with a mark names is gone: a covered name
    beats a decoy, unless it is weak. `key_of` gives the key under which two spellings are one name.

    Raises:
        OverlayError: naming every line that the rules forbid.
    """
    find = _FirmFinder(table, key_of)
    problems: list[Problem] = []
    added: dict[Name, int] = {}
    for number, row in overlay.rows:
        try:
            name = _name(row, find(row["firm"]))
        except ValueError as error:
            problems.append(Problem("OVERLAY", SOURCE_KEY, f"line {number}", f"{error}."))
            continue
        found = check_name(name)
        problems += [dataclasses.replace(problem, file=SOURCE_KEY, key=f"line {number}") for problem in found]
        added.setdefault(name, number)
    keys = {key_of(name.text) for name in added}
    bearers: dict[str, list[Name]] = defaultdict(list)
    for name in (*table.names, *added):
        if (key := key_of(name.text)) in keys:
            bearers[key].append(name)
    problems += _collisions(added, bearers, key_of)
    problems += _refused_names(added, {key_of(decoy.text): decoy for decoy in table.decoys}, key_of)
    if problems:
        raise OverlayError(overlay.path, problems)
    shared = {key for key, names in bearers.items() if len({name.firm_id for name in names}) > 1}
    known = {(name.firm_id, name.text) for names in bearers.values() for name in names if name.source != SOURCE_KEY}
    names = [*table.names, *(name for name in added if (name.firm_id, name.text) not in known)]
    strong = {key_of(name.text) for name in added if name.ambiguity is not Ambiguity.WEAK}
    source = Source(SOURCE_KEY, f"Overlay {overlay.path.name}", "the operator of this server", "private", "", "", "")
    return dataclasses.replace(
        table,
        names=tuple(sorted(_share(name) if key_of(name.text) in shared else name for name in names)),
        decoys=tuple(decoy for decoy in table.decoys if key_of(decoy.text) not in strong),
        sources=tuple(sorted([*table.sources, source])),
    )


class _FirmFinder:
    """Finds a firm by what an overlay line calls it."""

    def __init__(self, table: Table, key_of: Callable[[str], str]) -> None:
        self._key_of = key_of
        self._ids = {firm.id for firm in table.firms}
        self._moved = {redirect.old_id: redirect.new_id for redirect in table.redirects}
        self._codes: dict[tuple[Scheme, str, str], set[str]] = defaultdict(set)
        for line in table.identifiers:
            if not line.valid_to:
                self._codes[line.scheme, line.mic, line.value].add(line.firm_id)
        self._legal: dict[str, set[str]] = defaultdict(set)
        for name in table.names:
            if name.kind is NameKind.LEGAL:
                self._legal[key_of(name.text)].add(name.firm_id)

    def __call__(self, reference: str) -> str:
        """Return the ID. Raises `ValueError` when no firm, or more than one, is called so."""
        meant = read_firm_reference(reference)
        if meant.scheme:
            found = set().union(*(self._codes.get((meant.scheme, mic, meant.value), set()) for mic in meant.mics))
        elif meant.firm_id:
            found = {self._survivor(meant.firm_id)} & self._ids
        else:
            found = self._legal.get(self._key_of(meant.name), set())
        if len(found) != 1:
            what = f"is what {', '.join(sorted(found))} are called" if found else "is no firm of the table"
            raise ValueError(
                f"{reference!r} {what}; write a firm ID, a ticker such as 688256.SH, another code, or the whole legal name"
            )
        return next(iter(found))

    def _survivor(self, firm_id: str) -> str:
        seen: set[str] = set()
        while firm_id in self._moved and firm_id not in seen:
            seen.add(firm_id)
            firm_id = self._moved[firm_id]
        return firm_id


def _name(row: dict[str, str], firm_id: str) -> Name:
    kind, mark = row["kind"].upper() or NameKind.SHORT.value, row["ambiguity"].lower()
    if kind not in {each.value for each in NameKind}:
        raise ValueError(f"{row['kind']!r} is no kind of name; known are {', '.join(each.value for each in NameKind)}")
    if mark not in {each.value for each in Ambiguity}:
        raise ValueError(f"{row['ambiguity']!r} is no mark; known are {', '.join(filter(None, Ambiguity))}")
    dated = DateBasis.OBSERVED if row["valid_from"] or row["valid_to"] else DateBasis.NONE
    language = row["language"] or likely_language(row["text"])
    return Name(
        firm_id,
        row["text"],
        language,
        NameKind(kind),
        row["valid_from"],
        row["valid_to"],
        dated,
        Ambiguity(mark),
        displayable=False,
        source=SOURCE_KEY,
    )


def _collisions(
    added: dict[Name, int], bearers: dict[str, list[Name]], key_of: Callable[[str], str]
) -> Iterator[Problem]:
    for name, number in added.items():
        others = [other for other in bearers[key_of(name.text)] if other.firm_id != name.firm_id]
        if others and name.ambiguity not in (*SHARED_MARKS, Ambiguity.WEAK):
            known = "; ".join(
                f"{other.text!r} of {other.firm_id} ({other.kind.value}, {other.source})" for other in others
            )
            message = f"{name.text!r} is the name of another firm too: {known}. Write shared in the ambiguity column."
            yield Problem("COLLISION", SOURCE_KEY, f"line {number}", message)


def _refused_names(added: dict[Name, int], decoys: dict[str, Decoy], key_of: Callable[[str], str]) -> Iterator[Problem]:
    for name, number in added.items():
        decoy = decoys.get(key_of(name.text))
        if decoy and name.ambiguity is Ambiguity.NONE:
            message = (
                f"{name.text!r} is refused by the table: {decoy.label} ({decoy.reason.value}). Take the line out, or write "
                "usual (this firm is meant), shared or weak in the ambiguity column."
            )
            yield Problem("DECOY_COVERED", SOURCE_KEY, f"line {number}", message)


def _share(name: Name) -> Name:
    if name.ambiguity is Ambiguity.WEAK:
        return name
    mark = Ambiguity.SHARED_WORD if name.ambiguity in WORD_MARKS else Ambiguity.SHARED
    return dataclasses.replace(name, ambiguity=mark)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused(path, "UNREADABLE", "file", f"cannot be read ({error.strerror}). Name a CSV file.") from error


def _refused(path: Path, code: str, key: str, message: str) -> OverlayError:
    return OverlayError(path, [Problem(code, SOURCE_KEY, key, message)])
