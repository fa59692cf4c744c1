"""`zhengming-aliases diff`: what changed between two tables, and whose answers change with it."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from zhengming.aliases.load import load_table, save_table
from zhengming.aliases.model import Ambiguity, DateBasis, Decoy, DecoyReason, Name, NameKind, Redirect
from zhengming.curation.__main__ import main


@pytest.fixture
def changed(folder: Path, tmp_path: Path) -> Path:
    """The table with one name more, one firm joined into another, one city and one decoy changed."""
    target = Path(shutil.copytree(folder, tmp_path / "new"))
    table = load_table(target)
    first, second, *_ = table.firms
    alias = Name(
        first.id,
        "星海别名",
        "zh-Hans",
        NameKind.NICKNAME,
        "",
        "",
        DateBasis.NONE,
        Ambiguity.NONE,
        False,
        table.sources[0].key,
    )
    save_table(
        dataclasses.replace(
            table,
            firms=tuple(dataclasses.replace(firm, city="Lhasa") if firm == first else firm for firm in table.firms if firm != second),
            names=tuple(sorted([*(name for name in table.names if name.firm_id != second.id), alias])),
            identifiers=tuple(line for line in table.identifiers if line.firm_id != second.id),
            relations=tuple(line for line in table.relations if second.id not in (line.from_id, line.to_id)),
            restrictions=tuple(line for line in table.restrictions if line.firm_id != second.id),
            redirects=(Redirect(second.id, first.id, "2026-11-23", "joined: two records of one firm"),),
            decoys=(Decoy("灰鲸乐队", "zh-Hans", "a band", DecoyReason.PRODUCT, "", table.sources[0].key),),
        ),
        target,
    )  # fmt: skip
    return target


def test_a_table_does_not_differ_from_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(folder), str(folder)]) == 0
    assert capsys.readouterr().out == "firms: 0 new, 0 gone, 0 changed; decoys: 0 changed\n"


def test_changes_are_told_firm_by_firm(folder: Path, changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, *_ = load_table(folder).firms
    assert main(["diff", str(folder), str(changed)]) == 0
    said = capsys.readouterr().out.splitlines()
    place = said.index(f"~ {first.id} {first.display_zh or first.display_en}")
    assert said[place + 1] == f"    ~ firm: city: {first.city or '-'} → Lhasa"
    assert said[place + 2].startswith("    + name 星海别名: language zh-Hans, kind NICKNAME")
    place = said.index(f"- {second.id} {second.display_zh or second.display_en}")
    assert said[place + 1] == f"    joined: two records of one firm; now {first.id}"
    assert "decoy + 灰鲸乐队 (a band)" in said


def test_the_other_way_round_new_is_gone(folder: Path, changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = load_table(folder).firms[1]
    main(["diff", str(changed), str(folder)])
    assert f"+ {second.id} {second.display_zh or second.display_en}" in capsys.readouterr().out.splitlines()


def test_queries_show_whose_answers_change(
    folder: Path, changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _, third, *_ = load_table(folder).firms
    kept = next(name.text for name in load_table(folder).names if name.firm_id == third.id)
    queries = tmp_path / "queries.txt"
    queries.write_text(f"星海别名\n\n{kept}\n星海别名\n", encoding="utf-8")
    assert main(["diff", str(folder), str(changed), "--queries", str(queries)]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("answer")]
    assert len(said) == 2
    assert said[0].startswith("answer '星海别名': NOT_FOUND")
    assert said[0].endswith(f"→ MATCH {first.id}")
    assert said[1] == "answers: 1 changed"


def test_a_folder_that_is_no_table_is_refused_in_one_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", str(folder), str(tmp_path / "nowhere")]) == 1
    assert "Point to a folder with all eight files." in capsys.readouterr().err


def test_a_missing_file_of_queries_is_refused_in_one_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", str(folder), str(folder), "--queries", str(tmp_path / "none.txt")]) == 1
    assert "Name a file with one query a line." in capsys.readouterr().err
