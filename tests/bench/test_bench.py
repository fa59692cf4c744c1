"""The benchmark is true to what it says: same seed, same names; the right answer is right; a page from parts; no time asserted."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest
from opencc import OpenCC
from zhengming.aliases.model import Table

from tests.bench import judge, page
from tests.bench.goals import GOALS, Goal
from tests.bench.judge import Judged
from tests.bench.mix import CUT, EXACT, FORM, KINDS, NIL, SCRIPT, TYPO, Mix, make_mix
from tests.bench.peers import process
from tests.bench.peers.process import NotInstalledError, PeerError, PeerProcess
from tests.bench.queries import Query
from tests.bench.report import Report
from tests.bench.synthetic import invent, invented_firms, synthetic_table

NAMES, COUNT = 3_000, 60


@pytest.fixture(scope="module")
def table() -> Table:
    return synthetic_table(NAMES)


@pytest.fixture(scope="module")
def mix() -> Mix:
    return make_mix(invented_firms(NAMES), COUNT)


def test_same_seed_same_table_and_same_mix(table: Table, mix: Mix) -> None:
    assert synthetic_table(NAMES) == table
    assert synthetic_table(NAMES, seed=1) != table
    assert make_mix(invented_firms(NAMES), COUNT) == mix


def test_a_table_has_as_many_names_as_asked_and_none_twice(table: Table) -> None:
    texts = {name.text for name in table.names}
    assert len(table.names) == len(texts) == NAMES
    held = [0] * len(table.firms)
    numbers = {firm.id: number for number, firm in enumerate(table.firms)}
    for name in table.names:
        held[numbers[name.firm_id]] += 1
    assert set(held[:-1]) == {2, 3, 4}


def test_every_kind_is_full_and_has_the_right_answer(table: Table, mix: Mix) -> None:
    names = {name.text: name.firm_id for name in table.names}
    assert {kind: len(queries) for kind, queries in mix.queries.items()} == dict.fromkeys(KINDS, COUNT)
    for kind, queries in mix.queries.items():
        for query in queries:
            assert (query.text in names) is (kind == EXACT), query
    assert all(names[query.text] == query.firm for query in mix.queries[EXACT])
    assert {query.firm for query in mix.queries[NIL]} == {""}


def test_a_script_variant_turns_back_into_its_firms_name(table: Table, mix: Mix) -> None:
    back = OpenCC("hk2s")
    names = {name.text: name.firm_id for name in table.names}
    found = [names.get(back.convert(query.text)) == query.firm for query in mix.queries[SCRIPT]]
    assert sum(found) >= 0.9 * len(found)


def test_a_name_that_is_cut_off_begins_the_names_of_one_firm_alone(table: Table, mix: Mix) -> None:
    for query in mix.queries[CUT]:
        assert {name.firm_id for name in table.names if name.text.startswith(query.text)} == {query.firm}


def test_another_legal_form_stands_behind_the_same_beginning(table: Table, mix: Mix) -> None:
    of_firm: dict[str, list[str]] = {}
    for name in table.names:
        of_firm.setdefault(name.firm_id, []).append(name.text)
    for query in mix.queries[FORM]:
        assert any(query.text[:4] == text[:4] for text in of_firm[query.firm]), query


def test_a_name_that_is_nobodys_has_a_brand_that_no_firm_has(table: Table, mix: Mix) -> None:
    brands = {made.brand for made, _ in invented_firms(NAMES)}
    chinese = [query.text for query in mix.queries[NIL] if not query.text.isascii()]
    assert chinese
    assert not [text for text in chinese if text[2:4] in brands and text[2:5] in brands]


def test_parts_of_the_mix_have_nothing_in_common_and_end(mix: Mix) -> None:
    first, second = mix.part(0, 10), mix.part(1, 10)
    assert len(first) == 10 * len(KINDS)
    assert not {query.text for query in first} & {query.text for query in second}
    assert judge.kinds_of(first) == [kind for kind in KINDS for _ in range(10)]
    with pytest.raises(ValueError, match="no part"):
        mix.part(COUNT // 10, 10)


def test_a_mix_is_read_back_as_it_was_written(mix: Mix, tmp_path: Path) -> None:
    mix.save(tmp_path / "mix.json")
    assert Mix.load(tmp_path / "mix.json") == mix


def test_changing_the_brand_changes_nothing_else() -> None:
    made = invent(Random(1))
    other = made.with_brand("新名")
    assert (other.city, other.trade, other.form) == (made.city, made.trade, made.form)
    assert other.full_chinese == made.full_chinese.replace(made.brand, "新名")


def _judged(meant: str, firm: str, score: float) -> Judged:
    return Judged(TYPO, Query("name", meant), firm, score)


def test_the_threshold_that_costs_least_serves_the_peer() -> None:
    judged = [_judged("a", "a", 0.9), _judged("a", "b", 0.5), _judged("", "c", 0.6), _judged("a", "a", 0.7)]
    best, kept = judge.at_best_threshold(judged)
    assert best == 0.7
    assert [(one.right, one.wrong) for one in kept] == [(True, False), (False, False), (True, False), (True, False)]


def test_answers_of_one_score_are_kept_or_withheld_together() -> None:
    judged = [_judged("a", "a", 0.9), _judged("a", "b", 0.9), _judged("a", "a", 0.9)]
    best, kept = judge.at_best_threshold(judged)
    assert best == float("inf")
    assert not any(one.firm for one in kept)


def test_a_peer_without_environment_says_how_to_get_one() -> None:
    with pytest.raises(NotInstalledError, match="make rivals"), PeerProcess("ratio", "no-such-environment", ["a"]):
        pass


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An environment for peers that is our own, which has rapidfuzz too."""
    python = tmp_path / "ours" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(process, "ENVIRONMENTS", tmp_path)
    return "ours"


def test_a_peer_answers_with_the_place_of_its_best_name_and_its_cost(environment: str) -> None:
    with PeerProcess("ratio", environment, ["摩尔线程", "壁仞科技"]) as peer:
        assert peer.versions.keys() == {"rapidfuzz"}
        for texts in (["壁韧科技", "摩尔线程"], ["摩尔线"]):
            answered = peer.ask(texts)
            assert answered.cpu >= 0
            assert [place for place, _ in answered.answers] == [0 if "摩" in text else 1 for text in texts]


def test_a_peer_that_fails_says_why_and_no_more(environment: str) -> None:
    with pytest.raises(PeerError, match="ModuleNotFoundError"), PeerProcess("no_such_peer", environment, []):
        pass


def test_a_peer_that_takes_too_long_is_ended(environment: str) -> None:
    with PeerProcess("ratio", environment, ["摩尔线程有限公司"] * 500_000) as peer:
        peer.limit = 0.05
        with pytest.raises(PeerError, match="took more than"):
            peer.ask(["壁仞科技"] * 100)


def test_a_goal_is_met_missed_or_not_measured() -> None:
    least, most = Goal("a", "figure", 5), Goal("b", "figure", 0.05, "%", at_most=True)
    assert least.row({"figure": 6.0}) == ("a", "≥ 5×", "6×", "met")
    assert least.row({"figure": 4.0})[-1] == "**missed**"
    assert most.row({"figure": 0.01}) == ("b", "≤ 5.0%", "1.0%", "met")
    assert least.row({})[2:] == ("not measured", "–")


def test_the_page_renews_what_is_measured_and_keeps_what_people_wrote(tmp_path: Path) -> None:
    report = Report()
    report.heading("A part")
    report.columns("what", "value", "note")
    report.row("one", "1", "")
    for number, goal in enumerate(GOALS):
        report.figure(goal.figure, number + 1.0)
    for size in (10_000, 100_000):
        for kind in KINDS:
            report.figure(f"growth.{size}.{kind}", size / 100)
    report.figure("peers.emm.us", 700.0)
    report.figure("peers.ours.us", 100.0)
    path = tmp_path / "performance.md"
    path.write_text("# Title\n\n<!-- bench -->\nold\n<!-- /bench -->\n\nWritten by a person.\n", encoding="utf-8")
    page.write_page({"part": report}, path)
    first = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert sorted(first) == ["performance-growth.svg", "performance-peers.svg", "performance.md"]
    text = path.read_text(encoding="utf-8")
    assert "Written by a person." in text
    assert "old" not in text
    assert "| one | 1 |  |" in text
    page.write_page({"part": report}, path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == first


def test_a_report_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    report = Report()
    report.text("A sentence.")
    report.figure("figure", 1.5)
    report.save(tmp_path / "part.json")
    assert Report.load(tmp_path / "part.json") == report


def test_the_command_knows_its_parts(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything that is measured can at least be imported."""
    from tests.bench.__main__ import PARTS, main

    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    told = capsys.readouterr().out
    assert [part for part in PARTS if part not in told] == []
