"""The validator finds each kind of fault, and nothing in a good table."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from zhengming.aliases.__main__ import main
from zhengming.aliases.check import check_folder, check_table
from zhengming.aliases.codes import mod_37_36
from zhengming.aliases.datapackage import FILE, descriptor
from zhengming.aliases.load import save_table
from zhengming.aliases.model import (
    Ambiguity,
    DateBasis,
    Decoy,
    DecoyReason,
    Firm,
    FirmKind,
    FirmState,
    Identifier,
    Name,
    NameKind,
    Redirect,
    Relation,
    RelationType,
    Restriction,
    Scheme,
    Source,
    Table,
)


def firm_id(body: str) -> str:
    return (text := f"ZM{body}") + mod_37_36(text)


A, B, GONE = firm_id("0000002"), firm_id("0000003"), firm_id("0000005")


def firm(identity: str, **columns: object) -> Firm:
    base = Firm(
        identity, FirmKind.COMPANY, "壁仞科技", "Biren", "semiconductors", "", True, "CN", "Shanghai", "2019", "",
        FirmState.ACTIVE, "curated",
    )  # fmt: skip
    return dataclasses.replace(base, **columns)  # type: ignore[arg-type]


def name(identity: str, text: str, **columns: object) -> Name:
    base = Name(identity, text, "zh-Hans", NameKind.SHORT, "", "", DateBasis.NONE, Ambiguity.NONE, True, "s")
    return dataclasses.replace(base, **columns)  # type: ignore[arg-type]


GOOD = Table(
    firms=(firm(A), firm(B, display_zh="摩尔线程", display_en="Moore Threads")),
    names=(name(A, "壁仞科技"), name(B, "摩尔线程"), name(B, "Moore Threads", language="en")),
    identifiers=(Identifier(B, Scheme.TICKER, "688795", "XSHG", "2025-12-05", "", "s"),),
    relations=(Relation(A, B, RelationType.PARENT_OF, "", "", "51", "curated", "s"),),
    restrictions=(Restriction(A, "us_bis_entity_list", "Biren", "2023-10-19", "", "88 FR 71991", "2026-07", "s"),),
    redirects=(Redirect(GONE, A, "2026-11-01", "joined"),),
    decoys=(Decoy("英伟达", "zh-Hans", "Nvidia Corporation (US)", DecoyReason.FOREIGN_FIRM, "", "s"),),
    sources=(Source("s", "A list", "An exchange", "MIT", "2026-01", "", ""),),
)


def codes(**parts: object) -> set[str]:
    return {problem.code for problem in check_table(dataclasses.replace(GOOD, **parts))}  # type: ignore[arg-type]


def test_a_good_table_has_no_problem() -> None:
    assert check_table(GOOD) == []


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("FIRM_ID", {"firms": (*GOOD.firms, firm(A[:-1] + "X"))}),
        ("NO_NAME", {"names": GOOD.names[1:]}),
        ("NO_DISPLAY", {"firms": (firm(A, display_zh="", display_en=""), GOOD.firms[1])}),
        ("SCOPE", {"firms": (firm(A, scope="because"), GOOD.firms[1])}),
        ("COUNTRY", {"firms": (firm(A, country="China"), GOOD.firms[1])}),
        ("DUPLICATE", {"firms": (*GOOD.firms, GOOD.firms[0])}),
        ("NAME_TEXT", {"names": (*GOOD.names, name(A, "——"))}),
        ("LANGUAGE", {"names": (*GOOD.names, name(A, "壁仞", language="zh-CN"))}),
        ("NAME_BRACKETS", {"names": (*GOOD.names, name(A, "Biren (Tianjin]", language="en"))}),
        ("NAME_SPACING", {"names": (*GOOD.names, name(A, "壁仞( 上海)"))}),
        ("NAME_SPACING", {"names": (*GOOD.names, name(A, "Biren Co, . Ltd.", language="en"))}),
        ("NAME_SPACING", {"firms": (firm(A, display_en="Biren Co ., Ltd."), GOOD.firms[1])}),
        ("NAME_UNFINISHED", {"names": (*GOOD.names, name(A, "Biren Co.,", language="en"))}),
        ("NAME_UNFINISHED", {"names": (*GOOD.names, name(A, "Subsidiaries of Biren:", language="en"))}),
        ("NAME_DECORATED", {"names": (*GOOD.names, name(A, "*ST壁仞"))}),
        ("NAME_DECORATED", {"names": (*GOOD.names, name(A, "壁仞-W"))}),
        ("NAME_REMARK", {"names": (*GOOD.names, name(A, "Biren, a.k.a., Bi Ren", language="en"))}),
        ("NAME_REMARK", {"names": (*GOOD.names, name(A, "Biren (a subsidiary of Wall)", language="en"))}),
        ("NAME_REMARK", {"names": (*GOOD.names, name(A, "壁仞(简称:壁)"))}),
        ("NAME_SCRIPT", {"names": (*GOOD.names, name(A, "Biren"))}),
        ("NAME_SCRIPT", {"names": (*GOOD.names, name(A, "Biren Со.", language="en"))}),
        ("NAME_SCRIPT", {"names": (*GOOD.names, name(A, "壁仞", language="ru"))}),
        ("DATE_BASIS", {"names": (*GOOD.names, name(A, "壁仞", valid_to="2020"))}),
        ("DATE", {"names": (*GOOD.names, name(A, "壁仞", valid_to="2020-13", date_basis=DateBasis.EXACT))}),
        ("DATE_ORDER", {"names": (*GOOD.names, name(A, "壁仞", valid_from="2021-05", valid_to="2020", date_basis=DateBasis.EXACT))}),
        ("COLLISION", {"names": (*GOOD.names, name(A, "ＭＯＯＲＥ-threads", language="en"))}),
        ("TICKER", {"identifiers": (Identifier(B, Scheme.TICKER, "0981", "XHKG", "", "", "s"),)}),
        ("MIC", {"identifiers": (Identifier(B, Scheme.TICKER, "0981", "HK", "", "", "s"),)}),
        ("MIC", {"identifiers": (Identifier(B, Scheme.ISIN, "US0378331005", "XNAS", "", "", "s"),)}),
        ("CHECK_DIGIT", {"identifiers": (Identifier(B, Scheme.ISIN, "US0378331006", "", "", "", "s"),)}),
        ("CHECK_DIGIT", {"identifiers": (Identifier(B, Scheme.LEI, "254900OPPU84GM83MG37", "", "", "", "s"),)}),
        ("CHECK_DIGIT", {"identifiers": (Identifier(B, Scheme.USCC, "911100007000000001", "", "", "", "s"),)}),
        ("CODE_COLLISION", {"identifiers": (*GOOD.identifiers, Identifier(A, Scheme.TICKER, "688795", "XSHG", "", "", "s"))}),
        ("NO_SUCH_FIRM", {"relations": (Relation(A, GONE, RelationType.PARENT_OF, "", "", "", "", "s"),)}),
        ("SELF_RELATION", {"relations": (Relation(A, A, RelationType.PARENT_OF, "", "", "", "", "s"),)}),
        ("PERCENTAGE", {"relations": (Relation(A, B, RelationType.PARENT_OF, "", "", "151", "", "s"),)}),
        ("NO_CITATION", {"restrictions": (dataclasses.replace(GOOD.restrictions[0], citation=""),)}),
        ("ENTRY_TWICE", {"restrictions": (*GOOD.restrictions, dataclasses.replace(GOOD.restrictions[0], valid_from="2024"))}),
        ("LIVE_REDIRECT", {"redirects": (Redirect(A, B, "2026", "joined"),)}),
        ("REDIRECT_CYCLE", {"redirects": (Redirect(GONE, GONE, "2026", "joined"),)}),
        ("DECOY_COVERED", {"decoys": (dataclasses.replace(GOOD.decoys[0], text="moore threads", language="en"),)}),
        ("NO_SUCH_SOURCE", {"names": (*GOOD.names, name(A, "壁仞", source="gone"))}),
        ("SOURCE_EMPTY", {"sources": (dataclasses.replace(GOOD.sources[0], licence=""),)}),
        ("SOURCE_CLOSED", {"sources": (dataclasses.replace(GOOD.sources[0], licence="unverified"),)}),
    ],
)  # fmt: skip
def test_each_rule_finds_its_fault(code: str, parts: dict[str, object]) -> None:
    assert code in codes(**parts)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("壁仞（上海)", {}),
        ("ALIBABA-W", {"language": "en"}),
        ("C3.ai", {"language": "en"}),
        ("BIREN (SHAN", {"language": "en", "kind": NameKind.TRUNCATED}),
        ("360", {"language": "en"}),
        ("ビレン", {"language": "ja"}),
        ("ST Biren", {"language": "en"}),
    ],
)
def test_a_name_may_look_like_that(text: str, columns: dict[str, object]) -> None:
    assert codes(names=(*GOOD.names, name(A, text, **columns))) == set()


def test_a_list_s_own_text_is_a_name_to_be_found_by_and_never_shown() -> None:
    entry = dataclasses.replace(GOOD.restrictions[0], name_as_listed="Biren (formerly Wall)")
    hidden = name(A, "Biren (formerly Wall)", language="en", displayable=False)
    assert codes(names=(*GOOD.names, hidden), restrictions=(entry,)) == set()
    shown = dataclasses.replace(hidden, displayable=True)
    assert codes(names=(*GOOD.names, shown), restrictions=(entry,)) == {"NAME_REMARK"}


def test_an_entry_that_ended_and_another_after_it_are_two() -> None:
    (running,) = GOOD.restrictions
    ended = dataclasses.replace(running, valid_from="2020", valid_to="2022-06-01")
    assert codes(restrictions=(ended, running)) == set()


def test_a_shared_name_needs_the_mark_on_both_lines() -> None:
    one = name(A, "紫光", ambiguity=Ambiguity.SHARED)
    assert "COLLISION" in codes(names=(*GOOD.names, one, name(B, "紫光")))
    assert "COLLISION" not in codes(names=(*GOOD.names, one, name(B, "紫光", ambiguity=Ambiguity.SHARED)))


def test_a_reused_ticker_with_dates_is_no_collision() -> None:
    old = Identifier(A, Scheme.TICKER, "00800", "XHKG", "", "2024-08-01", "s")
    new = Identifier(B, Scheme.TICKER, "00800", "XHKG", "2025-11-06", "", "s")
    assert not {"CODE_COLLISION", "DUPLICATE"} & codes(identifiers=(old, new))


def test_a_weak_name_does_not_forbid_a_decoy() -> None:
    weak = name(A, "英伟达", ambiguity=Ambiguity.WEAK)
    assert "DECOY_COVERED" not in codes(names=(*GOOD.names, weak))


def test_every_bad_line_of_a_folder_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_table(GOOD, tmp_path)
    (tmp_path / FILE).write_text(descriptor(), encoding="utf-8", newline="")
    assert main([str(tmp_path)]) == 0
    path = tmp_path / "names.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([lines[0], *reversed(lines[1:]), f"{A},坏行,zh-Hans,NO_SUCH_KIND,,,,,1,s", "short,row", ""]),
        encoding="utf-8",
    )
    found = [problem.code for problem in check_folder(tmp_path)]
    assert found.count("SCHEMA") == 2
    assert "UNSORTED" in found
    capsys.readouterr()
    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "NO_SUCH_KIND" in printed
    assert printed.count("\n") == len(found) + 1


def test_a_missing_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert "cannot be read" in captured.err
    assert "Traceback" not in captured.err


def test_a_changed_descriptor_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_table(GOOD, tmp_path)
    (tmp_path / FILE).write_text(descriptor().replace("displayable", "shown"), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert "zhengming-aliases describe" in capsys.readouterr().out
