"""What changed between two tables, firm by firm, and whose answers change with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.model import Table
from zhengming.curation.draft import ImportRefused
from zhengming.curation.table_changes import line_changes
from zhengming.engine import Engine, InvalidQuery, Outcome, Resolution, compile_index

_SIGNS = {"added": "+", "changed": "~", "dropped": "-"}


@dataclass(frozen=True, slots=True)
class FirmChange:
    """How one firm differs."""

    firm_id: str
    label: str
    sign: str
    """`+` new, `-` gone, `~` changed."""
    details: tuple[str, ...]
    """One line each: `+`, `-` or `~`, the file, what the line is about, and its facts or how they changed."""


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """A query whose answer differs."""

    query: str
    before: str
    after: str


def diff_tables(old: Table, new: Table) -> list[FirmChange]:
    """Return the firms that are new, gone or changed, in the order of their IDs."""
    firms = {firm.id: firm for firm in (*old.firms, *new.firms)}
    signs = dict.fromkeys(firms, "~")
    details: dict[str, list[str]] = defaultdict(list)
    joined = {redirect.old_id: redirect for redirect in new.redirects}
    for change in line_changes(old, new):
        if change.part == "firms" and change.kind != "changed":
            signs[change.firm_id] = _SIGNS[change.kind]
            if change.kind == "dropped" and (redirect := joined.get(change.firm_id)):
                details[change.firm_id].append(f"{redirect.reason}; now {redirect.new_id or 'withdrawn'}")
        what = " ".join([_SIGNS[change.kind], change.part.removesuffix("s"), *change.about])
        details[change.firm_id].append(f"{what}: {change.facts}" if change.facts else what)
    return [
        FirmChange(firm_id, firms[firm_id].display_zh or firms[firm_id].display_en, signs[firm_id], tuple(lines))
        for firm_id, lines in sorted(details.items())
    ]


def diff_decoys(old: Table, new: Table) -> list[str]:
    """Return the decoys that are new or gone, `+` or `-` before each."""
    before, after = ({f"{line.text} ({line.label})" for line in table.decoys} for table in (old, new))
    return [f"- {text}" for text in sorted(before - after)] + [f"+ {text}" for text in sorted(after - before)]


def diff_answers(old: Table, new: Table, queries: Iterable[str]) -> list[AnswerChange]:
    """Return the queries that the two tables answer differently: outcome, firm, candidates or reason."""
    engines = [Engine(compile_index(table)) for table in (old, new)]
    changes = []
    for query in dict.fromkeys(queries):
        before, after = (_answer(engine, query) for engine in engines)
        if before != after:
            changes.append(AnswerChange(query, before, after))
    return changes


def read_queries(path: Path) -> list[str]:
    """Return the lines of a file, empty ones left out. Raises `ImportRefused` when it cannot be read."""
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except OSError as error:
        raise ImportRefused(f"{path}: cannot be read ({error.strerror}). Name a file with one query a line.") from error
    except UnicodeDecodeError as error:
        raise ImportRefused(f"{path}: is not UTF-8 at byte {error.start}. Save it as UTF-8.") from error


def render(
    changes: Sequence[FirmChange], decoys: Sequence[str], answers: Sequence[AnswerChange] | None
) -> Iterator[str]:
    """Yield the report line by line: the changes, then a line of counts for each part."""
    for change in changes:
        yield f"{change.sign} {change.firm_id} {change.label}"
        yield from (f"    {detail}" for detail in change.details)
    yield from (f"decoy {line}" for line in decoys)
    yield from (f"answer {change.query!r}: {change.before} → {change.after}" for change in answers or ())
    counts = {sign: sum(change.sign == sign for change in changes) for sign in "+-~"}
    yield f"firms: {counts['+']} new, {counts['-']} gone, {counts['~']} changed; decoys: {len(decoys)} changed"
    if answers is not None:
        yield f"answers: {len(answers)} changed"


def _answer(engine: Engine, query: str) -> str:
    try:
        resolution = engine.resolve(query)
    except InvalidQuery as error:
        return f"refused ({error})"
    return f"{resolution.outcome.name} {_meant(resolution)}"


def _meant(resolution: Resolution) -> str:
    if resolution.outcome is Outcome.MATCH:
        return resolution.firm_id
    if resolution.outcome is Outcome.AMBIGUOUS:
        return " ".join(sorted(candidate.firm_id for candidate in resolution.candidates))
    return "" if resolution.not_found_reason is None else resolution.not_found_reason.name
