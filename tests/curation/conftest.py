"""Fixtures of the curation tests: a made-up fact folder, the table that it gives, and a publisher's file taken in."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from zhengming.aliases.load import load_table
from zhengming.aliases.model import Table
from zhengming.curation.__main__ import main


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A copy of the made-up fact folder, to change at will."""
    return Path(shutil.copytree(Path(__file__).parent / "sample", tmp_path / "facts"))


@pytest.fixture
def folder(tmp_path: Path, facts: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A table folder with the made-up facts imported."""
    target = tmp_path / "table"
    assert (
        main(
            ["import", "facts", str(facts), "--table", str(target), "--apply", "--report", str(tmp_path / "report.csv")]
        )
        == 0
    )
    capsys.readouterr()
    return target


@pytest.fixture
def table(folder: Path) -> Table:
    return load_table(folder)


SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class Taken:
    """What one run of `import FORMAT FILE` said and left behind."""

    status: int
    out: str
    error: str
    findings: list[dict[str, str]]
    table: Table

    def told(self, kind: str) -> str:
        """The findings of a kind, a line each."""
        return "\n".join(f"{row['subject']}: {row['detail']}" for row in self.findings if row["kind"] == kind)

    def firm(self, code: str) -> str:
        """The firm with a code, whatever its scheme."""
        return next(line.firm_id for line in self.table.identifiers if line.value == code)

    def names(self, source: str) -> set[tuple[str, str, str]]:
        """Text, language and kind of the names that came from a source."""
        return {(name.text, name.language, name.kind.value) for name in self.table.names if name.source == source}

    def codes(self, source: str) -> set[tuple[str, str]]:
        return {(line.scheme.value, line.value) for line in self.table.identifiers if line.source == source}


@pytest.fixture
def take(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Taken]:
    """Run `import FORMAT FILE` on the made-up table; a bare file name is a sample."""

    def run(kind: str, file: Path | str, *more: str, apply: bool = True) -> Taken:
        report = tmp_path / "import.csv"
        report.unlink(missing_ok=True)
        options = ["--table", str(folder), "--report", str(report), *more, *(["--apply"] if apply else [])]
        status = main(["import", kind, str(file if isinstance(file, Path) else SAMPLES / file), *options])
        said = capsys.readouterr()
        rows: list[dict[str, str]] = []
        if report.exists():
            with report.open(encoding="utf-8", newline="") as stream:
                rows = list(csv.DictReader(stream))
        if status == 0:
            assert main(["check", str(folder)]) == 0, capsys.readouterr().out
            capsys.readouterr()
        return Taken(status, said.out, said.err, rows, load_table(folder))

    return run


@pytest.fixture
def bytes_of_table(folder: Path) -> Callable[[], dict[str, bytes]]:
    """The files of the table as they are when it is called."""
    return lambda: {path.name: path.read_bytes() for path in folder.iterdir()}
