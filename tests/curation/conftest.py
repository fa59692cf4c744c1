"""Fixtures of the curation tests: a made-up fact folder and the table that it gives."""

from __future__ import annotations

import shutil
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
        main(["import", str(facts), "--table", str(target), "--apply", "--report", str(tmp_path / "report.csv")]) == 0
    )
    capsys.readouterr()
    return target


@pytest.fixture
def table(folder: Path) -> Table:
    return load_table(folder)
