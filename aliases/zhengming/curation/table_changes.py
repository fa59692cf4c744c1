"""What differs between two tables, line by line: the import report and `diff` both read it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from zhengming.aliases.model import Firm, Identifier, Name, Relation, Restriction, Table

_PARTS = ("firms", "names", "identifiers", "relations", "restrictions")
_Line = Firm | Name | Identifier | Relation | Restriction


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line that one of two tables has, or that both have with other facts."""

    kind: str
    """`added`, `changed` or `dropped`."""
    part: str
    """The file without `.csv`."""
    firm_id: str
    """The firm that the line is about; of a relation the one at its beginning."""
    about: tuple[str, ...]
    """What finds the line within its file, the firm's ID left out: a text, a code, a list and a name."""
    facts: str
    """The other columns: as they are, or before and after."""


def line_changes(before: Table, after: Table) -> Iterator[LineChange]:
    """Yield the lines that were added, changed or dropped. A line that only has a newer source is the same."""
    for part in _PARTS:
        old, new = _by_slot(getattr(before, part)), _by_slot(getattr(after, part))
        for slot, lines in new.items():
            was = old.get(slot, {})
            for core, line in lines.items():
                if core in was:
                    continue
                gone = next((was[core] for core in was if core not in lines), None)
                if gone is None:
                    yield _change("added", part, slot, _facts(line))
                else:
                    yield _change("changed", part, slot, _difference(gone, line))
        for slot, lines in old.items():
            if slot not in new:
                for line in lines.values():
                    yield _change("dropped", part, slot, _facts(line))


def _change(kind: str, part: str, slot: tuple[str, ...], facts: str) -> LineChange:
    return LineChange(kind, part, slot[0], tuple(filter(None, slot[1:])), facts)


def _by_slot(lines: tuple[_Line, ...]) -> dict[tuple[str, ...], dict[_Line, _Line]]:
    """Group lines by what they are about; within a slot a line is found by all its columns but the provenance."""
    slots: dict[tuple[str, ...], dict[_Line, _Line]] = {}
    for line in lines:
        slots.setdefault(_slot(line), {})[_core(line)] = line
    return slots


def _slot(line: _Line) -> tuple[str, ...]:
    match line:
        case Firm():
            return (line.id,)
        case Name():
            return (line.firm_id, line.text)
        case Identifier():
            return (line.firm_id, line.scheme.value, line.mic, line.value)
        case Relation():
            return (line.from_id, line.type.value, line.to_id)
        case Restriction():
            return (line.firm_id, line.list, line.name_as_listed)


def _core(line: _Line) -> _Line:
    match line:
        case Restriction():
            return dataclasses.replace(line, source="", list_as_of="")
        case Firm():
            return line
        case _:
            return dataclasses.replace(line, source="")


def _facts(line: _Line) -> str:
    values = ((column.name, _text(getattr(line, column.name))) for column in dataclasses.fields(line))
    return ", ".join(f"{name} {value}" for name, value in values if value and value not in _slot(line))


def _difference(old: _Line, new: _Line) -> str:
    pairs = ((column.name, getattr(old, column.name), getattr(new, column.name)) for column in dataclasses.fields(new))
    return "; ".join(f"{name}: {_text(was) or '-'} → {_text(now) or '-'}" for name, was, now in pairs if was != now)


def _text(value: object) -> str:
    return str(getattr(value, "value", value))
