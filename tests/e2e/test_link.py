"""Text linking as people use it: the article of `make run` and of the README, its views, and offsets in every unit."""

from __future__ import annotations

import csv
import io
import json
import re
import runpy
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from zhengming.client import Client
from zhengming.engine import Engine
from zhengming.v1 import resolver_pb2 as pb

Run = Callable[..., "subprocess.CompletedProcess[str]"]

ROOT = Path(__file__).parents[2]
FIRMS = ("商汤科技", "华为", "壁仞科技", "摩尔线程", "百度", "北方华创")
REFUSED = {"Nvidia Corp.", "UBS", "Bloomberg"}
EVIL = "🚀<b>中芯国际</b>(688981)\r\n摩爾線程 & 𠮷野; 紫光\u202e, 武汉滴滴网络科技有限公司e\u0301 Huawei 英伟达"


@pytest.fixture(scope="module")
def article() -> str:
    """The passage that `make run` links."""
    path = ROOT / ".ci" / "demo.py"
    if not path.exists():
        pytest.skip("the demonstration is not here")
    return str(runpy.run_path(str(path))["ARTICLE"])


def test_a_newswire_article_is_linked_whole(client: Client, engine: Engine, article: str) -> None:
    """Six firms, three known names refused, nothing else: also in the profile that answers only when nearly certain."""
    wanted = {engine.resolve(name).firm_id for name in FIRMS}
    assert len(wanted) == 6
    for profile in (pb.PROFILE_BALANCED, pb.PROFILE_HIGH_PRECISION):
        linked = client.link(article, options=pb.LinkOptions(profile=profile))
        assert {firm.firm.firm_id for firm in linked.firms} == wanted
        refused = [mention for mention in linked.mentions if mention.resolution.outcome != pb.OUTCOME_MATCH]
        assert {mention.text for mention in refused} == REFUSED
        assert {mention.resolution.not_found_reason for mention in refused} == {pb.NOT_FOUND_REASON_OUT_OF_SCOPE}
        assert all(article[mention.start : mention.end] == mention.text for mention in linked.mentions)


@pytest.mark.parametrize("subcommand", ["resolve", "link", "compare"])
def test_the_readme_shows_what_the_command_prints(run: Run, article: str, tmp_path: Path, subcommand: str) -> None:
    """Line by line; only the measured numbers may drift a little, and the last line, of versions, may be left out."""
    path = ROOT / "README.md"
    if not path.exists():
        pytest.skip("the README is not here")
    readme = path.read_text(encoding="utf-8")
    shown = re.search(rf"^```console\n\$ zhengming ({subcommand} .*?)\n(.*?)^```", readme, re.DOTALL | re.M)
    assert shown
    (tmp_path / "article.txt").write_text(article, encoding="utf-8")
    printed = run(*shlex.split(shown[1]))
    assert printed.returncode == 0, printed.stderr

    def plain(text: str) -> list[str]:
        measured = re.sub(r"\d+(\.\d)?%|0\.\d{3}|1\.000|[+-]\d\.\d\d", "#", text)
        lines = [re.sub(r" +", " ", line).strip() for line in measured.splitlines()]
        return [line for line in lines if not line.startswith("Computed with snapshot")]

    assert plain(shown[2]) == plain(printed.stdout)


@pytest.mark.parametrize(
    ("unit", "cut"),
    [
        ("code-points", lambda text, start, end: text[start:end]),
        ("utf8", lambda text, start, end: text.encode()[start:end].decode()),
        ("utf16", lambda text, start, end: text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")),
    ],
)
def test_offsets_cut_the_mention_out_of_the_file(
    run: Run, tmp_path: Path, unit: str, cut: Callable[[str, int, int], str]
) -> None:
    """Astral characters, CR LF, combining marks and a byte order mark shift nothing."""
    for codec in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / "a.txt").write_bytes(EVIL.encode(codec))
        (answer,) = map(json.loads, run("link", "a.txt", "--offsets", unit).stdout.splitlines())
        mentions = answer["linked"]["mentions"]
        assert {"中芯国际", "摩爾線程", "紫光", "Huawei"} <= {mention["text"] for mention in mentions}
        assert all(cut(EVIL, mention["start"], mention["end"]) == mention["text"] for mention in mentions)


def test_all_ways_in_give_the_same_mentions(run: Run, client: Client, tmp_path: Path, article: str) -> None:
    """A file, a pipe, JSON lines, CSV and the client; one text and many."""
    expected = [(each.start, each.end, each.resolution.firm.firm_id) for each in client.link(article).mentions]
    (tmp_path / "a.txt").write_text(article, encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": article}) + "\n", encoding="utf-8")
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "text"], ["1", article]])
    for arguments in (["a.txt"], ["-"], ["a.jsonl"], ["a.csv"]):
        done = run("link", *arguments, "--format", "csv", stdin=article)
        assert done.returncode == 0, done.stderr
        rows = csv.DictReader(io.StringIO(done.stdout, newline=""))
        assert [(int(row["start"]), int(row["end"]), row["firm_id"]) for row in rows] == expected


def test_codes_come_with_the_firms_of_a_view(run: Run, tmp_path: Path) -> None:
    """Answers of links carry none: the command asks for them once."""
    (tmp_path / "a.txt").write_text(EVIL, encoding="utf-8")
    assert "688981 XSHG" in run("link", "a.txt", "--format", "text").stdout
    assert "688981 XSHG" in run("link", "a.txt", "--format", "html").stdout


BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.skipif(BROWSER is None, reason="no browser here")
def test_a_browser_shows_the_page(run: Run, tmp_path: Path) -> None:
    """A real browser parses the page as it was meant: the text as it was, nothing of it run, tips hidden at first."""
    (tmp_path / "a.txt").write_text(EVIL + "<script>document.title='run'</script>", encoding="utf-8")
    assert run("link", "a.txt", "-o", "a.html").returncode == 0
    done = subprocess.run(
        [
            *(
                str(BROWSER),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                f"--user-data-dir={tmp_path / 'profile'}",
            ),
            *("--virtual-time-budget=1000", "--dump-dom"),
            (tmp_path / "a.html").as_uri(),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert "<title>Firms in texts</title>" in done.stdout
    assert "&lt;script&gt;document.title='run'&lt;/script&gt;" in done.stdout
    assert "&lt;b&gt;<mark" in done.stdout
    assert '中芯国际<span class="tip"' in done.stdout
