"""`zhengming-aliases coverage`: the counts of a table, its page and its plots."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from zhengming.aliases.load import load_table
from zhengming.aliases.model import Table
from zhengming.curation.__main__ import main
from zhengming.curation.coverage import GROUPS, measure

PAGE = Path(__file__).parents[2] / "docs" / "table.md"


def test_every_firm_and_name_is_counted_once(table: Table) -> None:
    coverage = measure(table)
    assert sum(row.total() for row in coverage.firms.values()) == len(table.firms)
    assert sum(row.total() for row in coverage.names.values()) == len(table.names)
    assert {group for row in coverage.firms.values() for group in row} <= set(GROUPS)
    lines = (table.names, table.identifiers, table.relations, table.restrictions, table.decoys)
    assert coverage.sources.total() == sum(map(len, lines))


def test_the_page_and_its_plots_are_written(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "docs" / "table.md"
    page.parent.mkdir()
    assert main(["coverage", str(folder), "--write", str(page)]) == 0
    table = load_table(folder)
    assert f"firms  {len(table.firms):>8,}".split() == capsys.readouterr().out.splitlines()[0].split()
    text = page.read_text(encoding="utf-8")
    assert f"| firms | {len(table.firms):,} |" in text
    for source in table.sources:
        assert source.title in text
    for plot in ("table-firms.svg", "table-names.svg"):
        assert f"({plot})" in text
        assert ElementTree.parse(page.with_name(plot)).getroot().tag.endswith("svg")


def test_the_same_table_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        main(["coverage", str(folder), "--write", str(tmp_path / name / "table.md")])
    for file in ("table.md", "table-firms.svg", "table-names.svg"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_the_page_in_docs_counts_the_bundled_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for what, count in measure(load_table()).totals:
        assert f"| {what} | {count:,} |" in text, "run `make aliases` and commit docs/table.md"
