"""The page that tells what a job did: every number of the accounts, nothing that acts, reachable without a network."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from zhengming.client.cli import main
from zhengming.client.cli._report_page import JobReport, ShownReject, render_report
from zhengming.client.csv_account import Account, NameAccount
from zhengming.client.sentences import LANGUAGES, Language

EVIL = '<script>alert(1)</script> & "x"\u202e\x1b[2J'


def report(**more: Any) -> JobReport:
    """A job with two columns of names, one of which has a header that wants to act."""
    first = NameAccount(
        f"1 {EVIL!r}", 5, 2, 1, 0, {"MATCH EXACT": 4, "MATCH": 1, "AMBIGUOUS SAME_NAME": 2, "NOT_FOUND": 1}
    )
    second = NameAccount("2 '卖方'", 0, 0, 7, 1, {"NOT_FOUND NO_CANDIDATE": 7, "EMPTY": 1})
    values: dict[str, Any] = {
        "account": Account(1_010, 6, 2, 1_002, [first, second]),
        "files": [("input", EVIL), ("output", "-")],
        "facts": [("command", f"zhengming csv {EVIL}"), ("said", f"one\n{EVIL}"), ("snapshot", "abc")],
        "rejects": [ShownReject("7", "99", EVIL, EVIL)],
    }
    return JobReport(**{**values, **more})


class Shown(HTMLParser):
    """Texts and tags of a page; fails on a tag that is closed in the wrong place."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open and data.strip():
            self.texts.append(data.strip())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_needs_nothing_and_lets_nothing_act(lang: Language) -> None:
    """No script, no address, no attribute from a file; hidden characters are shown as escapes."""
    page = render_report(report(), lang)
    shown = Shown(page)
    assert not {tag for tag, _ in shown.tags} & {"script", "link", "img", "iframe", "a", "form", "base"}
    allowed = {"lang", "charset", "http-equiv", "content", "name", "class", "style", "scope", "aria-hidden"}
    assert {name for _, attributes in shown.tags for name in attributes} <= allowed
    assert "default-src 'none'" in page
    assert not re.search(r"https?:|url\(|@import", page)
    assert "prefers-color-scheme:dark" in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert shown.texts.count('<script>alert(1)</script> & "x"\\u202e\\u001b[2J') == 3


def test_the_page_tells_every_number() -> None:
    """Rows, and for each column its names by outcome, by reason with its words, and what was rejected."""
    texts = Shown(render_report(report(), "en")).texts
    assert "rows read 1,010 = written 6 + left out 2 + rejected 1,002" in texts
    assert "rows read 1,010 = matched 5 + ambiguous 2 + not found 1 + rejected 1,002" in texts
    assert "rows read 1,010 = matched 0 + ambiguous 0 + not found 7 + empty 1 + rejected 1,002" in texts
    assert "the very same characters" in texts
    assert "several firms carry or carried this very name" in texts
    assert texts[texts.index("Row") + 1 : texts.index("Row") + 3] == ["7", "99"]
    assert "1 of 1,002 rejected rows are shown; the rejects file has all." in texts
    chinese = Shown(render_report(report(), "zh")).texts
    assert "读入行数 1,010 = 写出 6 + 略去 2 + 被拒绝 1,002" in chinese
    assert "字符完全相同" in chinese


def test_a_job_without_rows_has_a_page() -> None:
    """Nothing is divided by zero."""
    texts = Shown(render_report(report(account=Account(), rejects=[]), "en")).texts
    assert "rows read 0 = written 0 + rejected 0" in texts
    assert "No row was rejected." in texts


@pytest.fixture
def run(server: Any, tmp_path: Path) -> Callable[..., int]:
    """Run a job on a GB18030 file with a damaged row."""
    (tmp_path / "in.csv").write_bytes("id,名称\n1,寒武纪\n2\n3,紫光\n".encode("gb18030"))
    server.script.snapshots.extend(["5na9"] * 9)

    def call(*more: str) -> int:
        return main(["csv", str(tmp_path / "in.csv"), "--address", server.address, *more])

    return call


def test_the_page_of_a_job(run: Callable[..., int], tmp_path: Path) -> None:
    """Files with their hashes, the command, what was said, the snapshot, and the rejected row in its encoding."""
    page, output = tmp_path / "report.html", tmp_path / "out.csv"
    assert run("-o", str(output), "--report", str(page)) == 6
    texts = "\n".join(Shown(page.read_text("utf-8")).texts)
    assert f"SHA-256 {hashlib.sha256(output.read_bytes()).hexdigest()}" in texts
    assert f"--report {page}" in texts
    assert "reading as gb18030, guessed" in texts
    assert "\n5na9\n" in texts
    assert "\n3\n17\nthe row has 1 cells; the header has 2\n2\n" in texts
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv", "out.rejects.csv", "report.html"]


def test_the_page_of_a_job_to_standard_output(run: Callable[..., int], tmp_path: Path) -> None:
    """It is written as for a file; a dry run writes none."""
    page = tmp_path / "report.html"
    assert run("--report", str(page), "--rejects", str(tmp_path / "r.csv")) == 6
    assert "the row has 1 cells" in page.read_text("utf-8")
    assert run("--report", str(page), "--dry-run", "2") == 2


def test_a_page_that_cannot_be_written_is_told_before_the_job(
    run: Callable[..., int], server: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody waits an hour to learn of a wrong folder."""
    assert run("-o", str(tmp_path / "out.csv"), "--report", str(tmp_path / "no" / "report.html")) == 3
    assert "no/report.html cannot be read or written: No such file" in capfd.readouterr().err
    assert server.script.calls["BatchResolve"] == 0


def test_a_chinese_page_says_why_in_chinese_and_the_rejects_file_stays_as_it_is(
    run: Callable[..., int], tmp_path: Path
) -> None:
    page, output = tmp_path / "report.html", tmp_path / "out.csv"
    assert run("-o", str(output), "--report", str(page), "--lang", "zh") == 6
    texts = "\n".join(Shown(page.read_text("utf-8")).texts)
    assert "\n3\n17\n该行有 1 个单元格，表头有 2 个\n2\n" in texts
    assert "按 gb18030 读取（推断；可用 --encoding 另行指定）" in texts
    assert "名称取自第 2 '名称' 列（根据表头推断）" in texts
    assert "the row has 1 cells; the header has 2" in (tmp_path / "out.rejects.csv").read_text("utf-8")
