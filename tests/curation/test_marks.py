"""Marks by hand: they stand on the name lines after every merge, and the check tells of those that are gone."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from zhengming.aliases.load import load_table, save_table
from zhengming.aliases.model import Ambiguity, Table
from zhengming.curation.__main__ import main
from zhengming.curation.draft import Facts
from zhengming.curation.marks import MarkByHand, Marks, lint_marks, put_marks, read_marks
from zhengming.curation.merge import merge
from zhengming.engine.fold import name_key


def mark(table: Table, text: str, by_hand: Ambiguity = Ambiguity.COMMON_WORD) -> Marks:
    """A mark on every firm that has this name."""
    found = [name for name in table.names if name.text == text]
    return {(name.firm_id, name_key(text)): MarkByHand(name.firm_id, text, by_hand, "a word") for name in found}


def ambiguities(table: Table, text: str) -> set[Ambiguity]:
    return {name.ambiguity for name in table.names if name_key(name.text) == name_key(text)}


def test_a_mark_stands_on_the_lines_of_importers_after_every_merge(table: Table) -> None:
    text = next(name.text for name in table.names if name.ambiguity is Ambiguity.NONE)
    merged, _ = merge(table, Facts(), owned=frozenset(), marks=mark(table, text))
    assert ambiguities(merged, text) == {Ambiguity.COMMON_WORD}
    again, _ = merge(merged, Facts(), owned=frozenset(), marks=mark(table, text))
    assert again == merged


def test_a_shared_name_that_is_a_word_stays_shared_and_a_weak_one_weak(table: Table) -> None:
    one, other = [name for name in table.names if name.ambiguity is Ambiguity.NONE][:2]
    marked = {
        Ambiguity.SHARED: Ambiguity.SHARED_WORD,
        Ambiguity.SHARED_WORD: Ambiguity.SHARED_WORD,
        Ambiguity.USUAL: Ambiguity.USUAL,
        Ambiguity.WEAK: Ambiguity.WEAK,
    }
    for before, after in marked.items():
        lines = (dataclasses.replace(one, ambiguity=before), other)
        assert [name.ambiguity for name in put_marks(lines, mark(table, one.text))] == [after, Ambiguity.NONE]


def test_a_name_marked_weak_by_hand_is_weak_whatever_its_list_says(table: Table) -> None:
    name = next(name for name in table.names if name.ambiguity is Ambiguity.NONE)
    weak = mark(table, name.text, Ambiguity.WEAK)
    for before in Ambiguity:
        marked = [*put_marks([dataclasses.replace(name, ambiguity=before)], weak)]
        assert [one.ambiguity for one in marked] == [Ambiguity.WEAK]
        assert not [*lint_marks(dataclasses.replace(table, names=tuple(marked)), weak)]
    assert [problem.code for problem in lint_marks(table, weak)] == ["MARK_MISSING"]


def test_the_check_tells_of_marks_without_a_line_and_lines_without_their_mark(table: Table) -> None:
    name = next(name for name in table.names if name.ambiguity is Ambiguity.NONE)
    gone = {(name.firm_id, "noname"): MarkByHand(name.firm_id, "no name", Ambiguity.WEAK, "a word")}
    problems = [problem.code for problem in lint_marks(table, {**gone, **mark(table, name.text)})]
    assert problems == ["MARK_GONE", "MARK_MISSING"]


def test_a_mark_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    path.write_text("firm_id,text,mark,reason\nZM0019F2PY,word,usual,a word\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"marks.csv, line 2: 'usual' is no mark by hand"):
        read_marks(path)


def test_every_mark_by_hand_says_what_the_word_means() -> None:
    marks = read_marks()
    assert marks
    assert all(one.reason for one in marks.values())


def test_the_command_reports_and_writes_only_when_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundled = load_table()
    slots = read_marks()
    plain = [
        dataclasses.replace(name, ambiguity=Ambiguity.NONE)
        if (name.firm_id, name_key(name.text)) in slots and name.ambiguity in (Ambiguity.COMMON_WORD, Ambiguity.WEAK)
        else name
        for name in bundled.names
    ]
    save_table(dataclasses.replace(bundled, names=tuple(plain)), tmp_path)
    assert main(["mark", "--table", str(tmp_path)]) == 0
    assert "nothing written" in capsys.readouterr().out
    assert main(["mark", "--table", str(tmp_path), "--apply"]) == 0
    assert load_table(tmp_path).names == bundled.names
