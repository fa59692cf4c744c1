"""The overlay: a user's own names, under the same rules as the table's."""

from __future__ import annotations

from pathlib import Path

import pytest
from zhengming.aliases.check import check_table
from zhengming.aliases.codes import CROCKFORD, mod_37_36
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
    Scheme,
    Source,
    Table,
)
from zhengming.aliases.overlay import SOURCE_KEY, OverlayError, lay_over, read_overlay

FIRST, SECOND, GONE = [
    body + mod_37_36(body) for body in (f"ZM{number:07d}" for number in range(50)) if mod_37_36(body) in CROCKFORD
][:3]


def _firm(firm_id: str, zh: str) -> Firm:
    return Firm(firm_id, FirmKind.COMPANY, zh, "", "ai", "", True, "CN", "", "", "", FirmState.ACTIVE, "curated")


def _name(firm_id: str, text: str, kind: NameKind) -> Name:
    return Name(firm_id, text, "zh-Hans", kind, "", "", DateBasis.NONE, Ambiguity.NONE, True, "list")


TABLE = Table(
    firms=(_firm(FIRST, "蓝鲸"), _firm(SECOND, "红杉树")),
    names=(
        _name(FIRST, "蓝鲸智能科技有限公司", NameKind.LEGAL),
        _name(FIRST, "蓝鲸", NameKind.SHORT),
        _name(SECOND, "红杉树科技有限公司", NameKind.LEGAL),
        _name(SECOND, "红杉树", NameKind.SHORT),
    ),
    identifiers=(Identifier(FIRST, Scheme.TICKER, "00123", "XHKG", "", "", "list"),),
    redirects=(Redirect(GONE, SECOND, "2026-01-01", "joined"),),
    decoys=(Decoy("灰鲸", "zh-Hans", "Grey Whale (a song)", DecoyReason.PRODUCT, "", "list"),),
    sources=(Source("list", "List", "Publisher", "open", "2026-01-01", "", ""),),
)


def _write(folder: Path, *lines: str, header: str = "firm,text,language,kind,valid_from,valid_to,ambiguity") -> Path:
    path = folder / "own.csv"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def _added(table: Table) -> set[tuple[str, str]]:
    return {(name.firm_id, name.text) for name in table.names if name.source == SOURCE_KEY}


def test_a_firm_is_named_by_id_old_id_ticker_or_legal_name(tmp_path: Path) -> None:
    references = {
        FIRST: FIRST,
        FIRST.lower(): FIRST,
        GONE: SECOND,
        "123.HK": FIRST,
        "XHKG:00123": FIRST,
        "红杉树科技有限公司": SECOND,
    }
    for number, (reference, firm_id) in enumerate(references.items()):
        overlay = read_overlay(_write(tmp_path, f"{reference},own name {number},en,NICKNAME,,,"))
        assert _added(lay_over(TABLE, overlay)) == {(firm_id, f"own name {number}")}


def test_a_table_with_an_overlay_obeys_every_rule(tmp_path: Path) -> None:
    overlay = read_overlay(
        _write(tmp_path, f"{FIRST},鲸鱼项目,,,,,", f"{SECOND},鲸鱼二期,zh-Hans,FORMER,2020,2021-06,")
    )
    assert check_table(lay_over(TABLE, overlay)) == []


def test_only_firm_and_text_are_needed_and_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"\ufefftext,firm\nBlue Whale,{FIRST}\n", encoding="utf-8")
    (name,) = [name for name in lay_over(TABLE, read_overlay(path)).names if name.source == SOURCE_KEY]
    assert (name.text, name.language, name.kind, name.displayable) == ("Blue Whale", "en", NameKind.SHORT, False)


def test_a_name_of_another_firm_needs_the_mark_and_then_both_carry_it(tmp_path: Path) -> None:
    with pytest.raises(OverlayError, match="is the name of another firm too") as caught:
        lay_over(TABLE, read_overlay(_write(tmp_path, f"{SECOND},蓝鲸,,,,,")))
    assert FIRST in str(caught.value)
    marked = lay_over(TABLE, read_overlay(_write(tmp_path, f"{SECOND},蓝鲸,,,,,shared")))
    assert {name.firm_id: name.ambiguity for name in marked.names if name.text == "蓝鲸"} == {
        FIRST: Ambiguity.SHARED,
        SECOND: Ambiguity.SHARED,
    }


def test_a_refused_name_needs_a_mark_and_then_beats_the_decoy(tmp_path: Path) -> None:
    with pytest.raises(OverlayError, match="is refused by the table: Grey Whale \\(a song\\) \\(product\\)"):
        lay_over(TABLE, read_overlay(_write(tmp_path, f"{FIRST},灰鲸,,,,,")))
    for mark in ("usual", "shared", "common_word"):
        laid = lay_over(TABLE, read_overlay(_write(tmp_path, f"{FIRST},灰鲸,,,,,{mark}")))
        assert (laid.decoys, check_table(laid)) == ((), [])


def test_a_weak_name_leaves_the_decoy_in_its_place(tmp_path: Path) -> None:
    laid = lay_over(TABLE, read_overlay(_write(tmp_path, f"{FIRST},灰鲸,,,,,weak")))
    assert (laid.decoys, check_table(laid)) == (TABLE.decoys, [])


@pytest.mark.parametrize(
    ("text", "language"),
    [("Grey", "en"), ("Größe", "en"), ("鲸鱼", "zh-Hans"), ("クジラ", "ja"), ("고래", "ko"), ("Кит", "ru")],
)
def test_the_language_of_a_name_is_read_from_its_letters(tmp_path: Path, text: str, language: str) -> None:
    laid = lay_over(TABLE, read_overlay(_write(tmp_path, f"{FIRST},{text},,,,,")))
    assert [name.language for name in laid.names if name.source == SOURCE_KEY] == [language]
    assert check_table(laid) == []


def test_a_name_that_the_firm_has_already_changes_nothing(tmp_path: Path) -> None:
    laid = lay_over(TABLE, read_overlay(_write(tmp_path, f"{FIRST},蓝鲸,,,,,")))
    assert laid.names == tuple(sorted(TABLE.names))


BAD_LINES = {
    "ZM0000000X,鲸鱼,,,,,": "is no firm of the table",
    f"{FIRST},鲸鱼,klingon,,,,": "has the language 'klingon'",
    f"{FIRST},鲸鱼,,BYNAME,,,": "is no kind of name",
    f"{FIRST},鲸鱼,,,2020-13,,": "has the date '2020-13'",
    f"{FIRST},鲸鱼,,,2021,2020,": "before it begins",
    f"{FIRST},!!!,,,,,": "has no letters or digits",
    f"{FIRST},ST鲸鱼,,,,,": "carries an exchange's mark",
    f"{FIRST},Whale (Tianjin,en,,,,": "has a bracket without its partner",
    f"{FIRST},Whale formerly Fish,en,,,,": "holds a remark",
    f"{FIRST},Whale,ru,,,,": "has no letter that ru is written with",
    f"{FIRST},鲸鱼,,,,,maybe": "is no mark",
    f"{FIRST},鲸鱼": "has 2 values where 7 are due",
}


@pytest.mark.parametrize(("line", "said"), BAD_LINES.items())
def test_a_bad_line_is_named_and_the_overlay_refused(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(OverlayError, match="line 3") as caught:
        lay_over(TABLE, read_overlay(_write(tmp_path, f"{FIRST},good,,,,,", line)))
    assert said in str(caught.value)


def test_all_bad_lines_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(OverlayError) as caught:
        lay_over(TABLE, read_overlay(_write(tmp_path, *list(BAD_LINES)[:-1])))
    assert {problem.key for problem in caught.value.problems} == {
        f"line {number}" for number in range(2, 1 + len(BAD_LINES))
    }


BAD_FILES = {
    b"\xff\xfe": "is not UTF-8",
    b"name,alias\n": "needs the columns firm and text",
    b"": "needs the columns firm and text",
    b'firm,text\n"open': "is not CSV",
}


@pytest.mark.parametrize(("content", "said"), BAD_FILES.items())
def test_a_file_that_is_no_overlay_is_refused_in_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    with pytest.raises(OverlayError, match=said):
        read_overlay(path)


def test_a_missing_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OverlayError) as caught:
        read_overlay(tmp_path / "nowhere.csv")
    assert (
        str(caught.value) == f"{tmp_path / 'nowhere.csv'} cannot be read (No such file or directory). Name a CSV file."
    )
