"""The reference run: written and read back the same, kept where a run did not measure, and compared in words."""

from __future__ import annotations

from pathlib import Path

from tests.eval.bars import BARS
from tests.eval.documents import PAGE, replace_between
from tests.eval.reference_run import Reference, change, read_reference, write_reference
from tests.eval.tally import Tally, Verdict


def _tally(right: int, wrong: int = 0, missed: int = 0) -> Tally:
    return Tally({Verdict.RIGHT: right, Verdict.WRONG: wrong, Verdict.NOT_FOUND: missed})


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_reference(Reference("table", "engine", {("cases", "typo"): _tally(3, 1, 2)}), tmp_path)
    back = read_reference(tmp_path)
    assert (back.table, back.configuration) == ("table", "engine")
    assert dict(back.slices["cases", "typo"].as_json()) == dict(_tally(3, 1, 2).as_json())


def test_parts_that_a_run_did_not_measure_stay(tmp_path: Path) -> None:
    before = {("cases", "typo"): _tally(3), ("cases", "gone"): _tally(1), ("file.csv", "all"): _tally(7)}
    write_reference(Reference("old", "old", before), tmp_path)
    write_reference(Reference("new", "new", {("cases", "typo"): _tally(4)}), tmp_path)
    assert set(read_reference(tmp_path).slices) == {("cases", "typo"), ("file.csv", "all")}


def test_no_reference_is_an_empty_one(tmp_path: Path) -> None:
    assert read_reference(tmp_path).slices == {}


def test_a_change_is_said_in_words() -> None:
    assert change(None, _tally(1)) == "not in it"
    assert change(_tally(8, 1, 1), _tally(8, 1, 1)) == ""
    assert change(_tally(8, 1, 1), _tally(9, 0, 1)) == "right +1, wrong -1, cost -0.500"
    assert change(_tally(8), _tally(8, 0, 2)) == "rows +2, not found +2, cost +0.200"


def test_text_between_marks_is_replaced_and_the_rest_stays() -> None:
    page = "head\n<!-- a -->\nold\n<!-- /a -->\ntail\n"
    assert replace_between(page, "a", "new") == "head\n<!-- a -->\nnew\n<!-- /a -->\ntail\n"


def test_the_page_has_the_marks_that_are_written_to() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in ("slices", "rivals"):
        assert replace_between(page, name, "x") != page


def test_every_bar_is_of_a_slice_of_the_reference_run() -> None:
    """A slice that was renamed must not lose its bar in silence. Press forms have their cases from another hand."""
    assert set(BARS) - set(read_reference().slices) <= {("tests/cases", "press")}
