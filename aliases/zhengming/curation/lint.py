"""The validator plus the rules that need the engine's fold: collisions and decoys across scripts and spellings."""

from __future__ import annotations

from pathlib import Path

from zhengming.aliases.check import Problem, check_folder, collisions, decoy_clashes
from zhengming.aliases.datapackage import check_descriptor
from zhengming.aliases.load import TableError, bundled_table_path, load_table
from zhengming.aliases.model import Ambiguity, Table
from zhengming.curation.marks import lint_marks, read_marks
from zhengming.engine.fold import name_key


def lint_folder(folder: Path) -> list[Problem]:
    """Return every problem of a table folder. Raises `TableError` when it cannot be read at all."""
    problems = [*check_folder(folder), *check_descriptor(folder)]
    try:
        table = load_table(folder)
    except TableError:
        return problems  # the bad lines are in the list already
    if folder.resolve() == bundled_table_path().resolve():
        # The marks are of the bundled table's firms; a table of someone's own has others.
        problems += lint_marks(table, read_marks())
    known = {(problem.file, problem.key) for problem in problems}
    return sorted([*problems, *(problem for problem in lint_table(table) if (problem.file, problem.key) not in known)])


def lint_table(table: Table) -> list[Problem]:
    """Return the collisions and the covered decoys that only the engine's fold shows."""
    covered = {name_key(name.text) for name in table.names if name.ambiguity is not Ambiguity.WEAK}
    return [
        *collisions(table.names, name_key, "FOLDED_COLLISION"),
        *decoy_clashes(table.decoys, covered, name_key, "FOLDED_DECOY_COVERED"),
    ]
