"""Rivals of text linking are given what favours them, and nothing more."""

from __future__ import annotations

from zhengming.engine.linking import LinkOptions

from tests.eval.text_rivals import RivalEngine, longest_in_dictionary, outside

CARRIERS = {
    "小米": frozenset(("one",)),
    "小米集团": frozenset(("one",)),
    "东方": frozenset(("two", "three")),
    "Nio": frozenset(("four",)),
}


def _linked(text: str, *hoped: str) -> list[tuple[str, str]]:
    rival = RivalEngine(longest_in_dictionary(CARRIERS), {text: frozenset(hoped)})
    return [(one.text, one.resolution.firm_id) for one in rival.link(text, LinkOptions()).mentions]


def test_the_longest_name_of_one_firm_links() -> None:
    assert _linked("小米集团与小米粥,Nio和nio") == [("小米集团", "one"), ("小米", "one"), ("Nio", "four")]


def test_a_shared_name_means_the_firm_that_a_label_hopes_for_and_nothing_elsewhere() -> None:
    assert _linked("东方宣布", "three") == [("东方", "three")]
    assert _linked("东方宣布", "one") == []


def test_the_firms_of_a_text_are_ranked_by_our_rule() -> None:
    rival = RivalEngine(longest_in_dictionary(CARRIERS), {})
    firms = rival.link("Nio、小米和小米集团", LinkOptions()).firms
    assert [(firm.firm_id, firm.mentions) for firm in firms] == [("four", (0,)), ("one", (1, 2))]


def test_without_its_environment_a_rival_is_not_asked(monkeypatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("tests.eval.text_rivals._ENVIRONMENT", tmp_path / "none")
    assert outside("flash_text", tmp_path, ["小米"], CARRIERS) is None
