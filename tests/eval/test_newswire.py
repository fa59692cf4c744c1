"""Press forms made by rule, over a table of a few firms."""

from __future__ import annotations

from dataclasses import replace

from zhengming.aliases import Ambiguity, DateBasis, Firm, FirmKind, FirmState, Name, NameKind, Table

from tests.eval.leave_out import sample
from tests.eval.newswire import newswire_forms

LEGAL = {
    "1": "Moore Threads Intelligent Technology (Beijing) Co., Ltd.",
    "2": "Great Dragon Electronic Technology Corporation Limited",
    "3": "Silver Moon Optical Technology Co., Ltd.",
    "4": "Silver Moon Optical Co., Ltd.",
}


def _name(firm: str, text: str, language: str = "en") -> Name:
    return Name(firm, text, language, NameKind.LEGAL, "", "", DateBasis.NONE, Ambiguity.NONE, True, "curated")


def _table(*more: Name) -> Table:
    blank = {
        "sector": "",
        "industry": "",
        "tech": True,
        "country": "CN",
        "founded": "",
        "website": "",
        "scope": "curated",
    }
    firms = tuple(
        Firm(
            id=key,
            kind=FirmKind.COMPANY,
            display_zh="",
            display_en=text,
            city="Beijing",
            state=FirmState.ACTIVE,
            **blank,
        )
        for key, text in LEGAL.items()
    )
    return Table(firms=firms, names=tuple(_name(key, text) for key, text in LEGAL.items()) + more)


def _forms(table: Table) -> dict[str, str]:
    return {row.query: row.gold or "" for row in newswire_forms(table)}


def test_forms_follow_the_rules() -> None:
    forms = _forms(_table())
    for form, firm in {
        "Moore Threads Intelligent Technology Beijing Co.": "1",
        "Moore Threads Intelligent Beijing Co.": "1",
        "MOORE THREADS INTELLIGENT TECH BEIJ": "1",
        "Great Dragon Electronic Technology Corp.": "2",
        "Great Dragon Electronic Corp.": "2",
        "GREAT DRAGON ELEC TECH CORP": "2",
    }.items():
        assert forms.get(form) == firm, form


def test_nothing_is_made_of_what_another_firm_shares() -> None:
    assert "Silver Moon Optical Co." not in {form for form, firm in _forms(_table()).items() if firm == "3"}


def test_a_form_that_the_table_has_is_not_asked() -> None:
    known = "Moore Threads Intelligent Beijing Co."
    assert known not in _forms(_table(_name("1", known)))


def test_a_name_is_left_out_in_all_its_spellings_and_never_a_firms_only_one() -> None:
    spelt = _name("1", LEGAL["1"].upper())
    short = replace(_name("1", "Moore Threads"), kind=NameKind.SHORT)
    rows = {row.query: row.without for row in sample(_table(spelt, short))}
    assert set(rows) == {"Moore Threads", *({LEGAL["1"], LEGAL["1"].upper()} & set(rows))}
    legal = next(without for query, without in rows.items() if query != "Moore Threads")
    assert set(legal) == {LEGAL["1"], LEGAL["1"].upper()}
