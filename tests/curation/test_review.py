"""`zhengming-aliases review`: where a wrong line would hide. Facts in tables, one loop over them."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zhengming.aliases.codes import CROCKFORD, mod_37_36
from zhengming.aliases.load import save_table
from zhengming.aliases.model import (
    Ambiguity,
    DateBasis,
    Decoy,
    DecoyReason,
    Firm,
    FirmKind,
    FirmState,
    Name,
    NameKind,
    Source,
    Table,
)
from zhengming.curation.__main__ import main
from zhengming.curation.review import one_edit_pairs, review_table

FIRST, SECOND = [
    body + mod_37_36(body) for body in (f"ZM{number:07d}" for number in range(50)) if mod_37_36(body) in CROCKFORD
][:2]


def _name(
    firm_id: str,
    text: str,
    kind: NameKind = NameKind.SHORT,
    dates: tuple[str, str] = ("", ""),
    mark: Ambiguity = Ambiguity.NONE,
) -> Name:
    language = "en" if text.isascii() else "zh-Hans"
    basis = DateBasis.EXACT if any(dates) else DateBasis.NONE
    return Name(firm_id, text, language, kind, *dates, basis, mark, True, "list")


def _table(*names: Name, decoys: tuple[Decoy, ...] = ()) -> Table:
    firms = tuple(
        Firm(firm_id, FirmKind.COMPANY, "", firm_id, "ai", "", True, "CN", "", "", "", FirmState.ACTIVE, "curated")
        for firm_id in sorted({name.firm_id for name in names})
    )
    source = Source("list", "List", "Publisher", "open", "2026-01-01", "", "")
    return Table(firms=firms, names=tuple(sorted(names)), decoys=decoys, sources=(source,))


def _rules(table: Table) -> set[str]:
    return {problem.code for problem in review_table(table)} - {"NO_CHINESE_NAME", "NO_ENGLISH_NAME"}


FORMER = NameKind.FORMER
CASES: dict[str, tuple[tuple[Name, ...], set[str]]] = {
    "one character replaced": ((_name(FIRST, "晨星科技"), _name(SECOND, "晨曦科技")), {"ONE_EDIT"}),
    "one character more": ((_name(FIRST, "晨星光"), _name(SECOND, "晨星光年")), {"ONE_EDIT"}),
    "two characters replaced": ((_name(FIRST, "晨星科技"), _name(SECOND, "暮云科技")), set()),
    "two characters are too short for one edit": ((_name(FIRST, "晨星"), _name(SECOND, "晨曦")), set()),
    "one edit within a firm": ((_name(FIRST, "晨星科技"), _name(FIRST, "晨曦科技")), set()),
    "one letter replaced": ((_name(FIRST, "Morningstar Wafers"), _name(SECOND, "Morningstar Waters")), {"ONE_EDIT"}),
    "homophones": ((_name(FIRST, "星芒"), _name(SECOND, "星忙")), {"HOMOPHONE"}),
    "a former name is not written by mistake": ((_name(FIRST, "星芒"), _name(SECOND, "星忙", FORMER, ("", "2009"))), set()),
    "one Chinese character": ((_name(FIRST, "芒"),), {"TINY_NAME"}),
    "two letters": ((_name(FIRST, "XM"),), {"TINY_NAME"}),
    "two letters marked as weak": ((_name(FIRST, "XM", mark=Ambiguity.WEAK),), set()),
    "no brand": ((_name(FIRST, "上海电子科技公司"),), {"GENERIC_NAME"}),
    "an undated former name": ((_name(FIRST, "旧星芒", FORMER),), {"FORMER_UNDATED"}),
    "two holders at one time": (
        (_name(FIRST, "旧星芒", FORMER, ("2001", "2005")), _name(SECOND, "旧星芒", FORMER, ("2004", "2009"))),
        {"DATES_OVERLAP"},
    ),
    "two holders one after the other": (
        (_name(FIRST, "旧星芒", FORMER, ("2001", "2003")), _name(SECOND, "旧星芒", FORMER, ("2004", "2009"))),
        set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("names", "rules"), CASES.values(), ids=CASES.keys())
def test_a_table_with_these_names_shows(names: tuple[Name, ...], rules: set[str]) -> None:
    assert _rules(_table(*names)) == rules


def test_a_decoy_that_is_a_firm_but_for_its_form_is_shown() -> None:
    decoy = Decoy("Xingmang Inc.", "en", "Xingmang Inc. (US)", DecoyReason.FOREIGN_FIRM, "", "list")
    assert _rules(_table(_name(FIRST, "Xingmang"), decoys=(decoy,))) == {"DECOY_LIKE_NAME"}


def test_a_firm_of_one_language_is_shown() -> None:
    codes = {
        problem.key: problem.code
        for problem in review_table(_table(_name(FIRST, "星芒"), _name(SECOND, "Muyun Optics")))
    }
    assert (codes[FIRST], codes[SECOND]) == ("NO_ENGLISH_NAME", "NO_CHINESE_NAME")


def test_both_neighbours_stand_in_the_message() -> None:
    found = review_table(_table(_name(FIRST, "晨星科技"), _name(SECOND, "晨曦科技")))
    (problem,) = [each for each in found if each.code == "ONE_EDIT"]
    assert all(part in f"{problem}" for part in (FIRST, SECOND, "晨星科技", "晨曦科技"))


def _distance_is_one(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    if len(one) == len(other):
        return sum(map(str.__ne__, one, other)) == 1
    return any(other[:place] + other[place + 1 :] == one for place in range(len(other)))


@given(st.lists(st.text("ab", min_size=1, max_size=6), max_size=12))
def test_one_edit_pairs_are_exactly_those_of_the_definition(keys: list[str]) -> None:
    found = {frozenset(pair) for pair in one_edit_pairs(keys)}
    assert found == {
        frozenset(pair) for pair in itertools.combinations(sorted(set(keys)), 2) if _distance_is_one(*pair)
    }


def test_the_command_counts_and_writes_every_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, report = tmp_path / "table", tmp_path / "review.csv"
    save_table(_table(_name(FIRST, "晨星科技"), _name(SECOND, "晨曦科技")), folder)
    assert main(["review", str(folder), "--report", str(report)]) == 0
    assert "ONE_EDIT" in capsys.readouterr().out
    with report.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["code"] for row in rows].count("ONE_EDIT") == 1
    assert len(rows) == len(review_table(_table(_name(FIRST, "晨星科技"), _name(SECOND, "晨曦科技"))))
