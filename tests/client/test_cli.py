"""The command line: formats, exit codes, streams, and words for everything that goes wrong."""

from __future__ import annotations

import contextlib
import csv
import importlib.metadata
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from zhengming.client.cli import main
from zhengming.client.cli._exit import Exit

COMMAND = [sys.executable, "-c", "import sys; from zhengming.client.cli import main; sys.exit(main())"]


# Resolving


def test_one_name_is_ndjson_when_piped(run: Any) -> None:
    """The proto JSON mapping with the contract's names and enum names, on one line."""
    done = run("resolve", "寒武纪")
    answer = json.loads(done.out)
    assert done.code == 0
    assert done.out.count("\n") == 1
    assert next(iter(answer.items())) == ("query", "寒武纪")
    assert answer["outcome"] == "OUTCOME_MATCH"
    assert answer["firm"]["display_name_zh"] == "寒武纪"
    assert done.err == ""


def test_one_name_and_many_give_the_same_fields(run: Any, server: Any) -> None:
    """Many names go in a batch, whose answers are filled up to what one name gives."""
    alone = json.loads(run("resolve", "寒武纪").out)
    together = run("resolve", "寒武纪", "华为").out.splitlines()
    assert json.loads(together[0]) == alone
    single, batch = server.script.requests
    assert len(batch.items) == 2
    assert batch.options.max_candidates == single.options.max_candidates == 3
    assert batch.options.explain == single.options.explain
    assert {"firm", "provenance"} <= set(batch.options.read_mask.paths)


@pytest.mark.parametrize("form", ["table", "json", "ndjson", "csv", "tsv", "id"])
def test_formats(run: Any, form: str) -> None:
    """Each format shows matched, ambiguous, unknown and refused names, and keeps their order."""
    done = run("resolve", "寒武纪", "紫光", "无此", "坏", "--format", form)
    assert done.code == Exit.REJECTED
    assert "1 name was rejected" in done.err
    if form == "table":
        lines = done.out.splitlines()
        assert lines[0].split() == ["QUERY", "OUTCOME", "FIRM", "ID", "NAME", "CONF", "MATCH", "TYPE", "WHY"]
        assert lines[1].split()[:3] == ["寒武纪", "MATCH", "ZM0000003"]
        assert "寒武纪 / 寒武纪 Inc" in lines[1]
        assert lines[2].endswith("several firms share this short name; the exchange would settle it")
        assert lines[3].endswith("known, but not covered by the table: Nvidia")
        assert lines[4].split()[1] == "REJECTED"
    elif form == "json":
        assert [item.get("outcome", "error") for item in json.loads(done.out)][2:] == ["OUTCOME_NOT_FOUND", "error"]
    elif form == "ndjson":
        answers = [json.loads(line) for line in done.out.splitlines()]
        assert [each["query"] for each in answers] == ["寒武纪", "紫光", "无此", "坏"]
        assert answers[3]["error"]["code"] == 3
    elif form == "id":
        assert done.out == "ZM0000003\n\n\n\n"
    else:
        rows = list(csv.reader(io.StringIO(done.out), delimiter="\t" if form == "tsv" else ","))
        assert rows[0][:3] == ["query", "outcome", "firm_id"]
        assert [row[1] for row in rows[1:]] == ["MATCH", "AMBIGUOUS", "NOT_FOUND", "REJECTED"]


def test_flags_reach_the_server(run: Any, server: Any) -> None:
    """Every flag ends in its field."""
    run(
        *("resolve", "x", "--profile", "high-precision", "--granularity", "listed-issuer", "--min-confidence", "0.5"),
        *("--candidates", "0", "--as-of", "2024-01-01", "--exchange", "XSHG", "--city", "上海", "--country", "CN"),
        *("--timeout", "7"),
    )
    request = server.script.requests[0]
    assert (request.options.profile, request.options.granularity) == (2, 3)
    assert request.options.min_confidence == 0.5
    assert request.options.HasField("max_candidates")
    assert request.options.max_candidates == 0
    context = request.context
    assert (context.as_of, context.exchange, context.city, context.country) == ("2024-01-01", "XSHG", "上海", "CN")
    assert 5 < server.script.remaining[0] < 7.5


def test_names_from_standard_input(server: Any, spawn: Any) -> None:
    """One a line; blank lines are passed over, a BOM is no part of a name, bad bytes refuse their own line only."""
    stdin = "\ufeff寒武纪\r\n\n紫光\n".encode() + b"\xff\n" + "华为".encode()
    for argv in (["resolve", "-"], ["resolve"]):
        done = spawn(*argv, "--format", "csv", "--address", server.address, stdin=stdin)
        rows = list(csv.reader(io.StringIO(done.stdout.decode())))
        assert [row[1] for row in rows[1:]] == ["MATCH", "AMBIGUOUS", "REJECTED", "MATCH"]
        assert rows[1][0] == "寒武纪"
        assert done.returncode == 6


def test_names_in_another_encoding(server: Any, spawn: Any) -> None:
    """The one that is named is read; without, the names are refused and the flag is told, not guessed at."""
    argv = ["resolve", "--format", "csv", "--address", server.address]
    for codec, told in (("gb18030", "GBK"), ("utf-16", "utf-16"), ("cp950", "big5")):
        done = spawn(*argv, "--encoding", told, stdin="寒武紀\n紫光".encode(codec))
        assert [row[0] for row in csv.reader(io.StringIO(done.stdout.decode()))][1:] == ["寒武紀", "紫光"]
    done = spawn(*argv, stdin="寒武纪\n".encode("gb18030"))
    assert done.returncode == 6
    assert done.stderr.decode().endswith(
        "1 name was rejected. Name the encoding of the input, such as --encoding gb18030, or correct the bytes.\n"
    )
    done = spawn(*argv, "--encoding", "utf-16", stdin="寒武紀\n".encode("utf-16-le"))
    assert done.returncode == 3
    assert "Say which with --encoding utf-16-le" in done.stderr.decode()
    done = spawn(*argv, "--encoding", "klingon", stdin=b"x")
    assert done.returncode == 3
    assert "The encoding klingon is not known here. Use utf-8" in done.stderr.decode()


@pytest.mark.parametrize("rest", [b"x", b"\n", b"\xff", "\ud800".encode("utf-16-le", "surrogatepass")])
def test_bytes_that_are_no_utf16_refuse_their_own_line_only(server: Any, spawn: Any, rest: bytes) -> None:
    """Odd bytes at the end and half a character; a character whose bytes hold a line feed's ends no line."""
    argv = ["resolve", "--format", "csv", "--address", server.address]
    for encoding, codec, mark in (("utf-16", "utf-16-le", "\ufeff"), ("utf-16be", "utf-16-be", "")):
        given = f"{mark}寒武纪\n\u4e0a\u0a05海\r\n紫光\n".encode(codec)
        done = spawn(*argv, "--encoding", encoding, stdin=given + (rest if codec == "utf-16-le" else b"\x4e"))
        rows = list(csv.reader(io.StringIO(done.stdout.decode())))[1:]
        assert [row[0] for row in rows[:3]] == ["寒武纪", "\u4e0a\u0a05海", "紫光"]
        assert [row[1] for row in rows[3:]] == ["REJECTED"]
        assert done.returncode == 6
        assert "1 name was rejected. Name the encoding of the input" in done.stderr.decode()


def test_standard_input_named_twice_is_read_once(server: Any, spawn: Any) -> None:
    argv = ["resolve", "-", "-", "--format", "csv", "--address", server.address]
    done = spawn(*argv, stdin="寒武纪\n".encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert [row[0] for row in csv.reader(io.StringIO(done.stdout.decode()))][1:] == ["寒武纪"]
    assert spawn(*argv, stdin=b"").returncode == 0


def test_names_of_a_slow_input_are_asked_before_its_end(server: Any) -> None:
    """A full batch is asked while the input is still open."""
    argv = [*COMMAND, "resolve", "-", "--format", "id", "--address", server.address]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write("寒武纪\n".encode() * 1_000)
        process.stdin.flush()
        for _ in range(3_000):
            if server.script.calls.total() or process.poll() is not None:
                break
            time.sleep(0.01)
        assert server.script.calls.total()
        assert process.communicate(timeout=60)[0].count(b"\n") == 1_000


def test_strict(run: Any) -> None:
    """Only with --strict is an unmatched name an exit code."""
    assert run("resolve", "紫光").code == 0
    assert run("resolve", "紫光", "--strict").code == 1
    assert run("resolve", "寒武纪", "--strict").code == 0


def test_hostile_names_cannot_act_on_the_terminal(run: Any) -> None:
    """Control and bidi characters are escaped in tables and in JSON, where the value stays the same."""
    name = "evil\u202e\u200bname"
    assert "evil\\u202e\\u200bname" in run("resolve", name, "--format", "table").out
    done = run("resolve", name, "--format", "ndjson")
    assert "\u202e" not in done.out
    assert json.loads(done.out)["firm"]["display_name_zh"] == name
    assert "\\u202e" in run("show", "ZM1", "--format", "table").out


def test_explain(run: Any) -> None:
    """Sentences in both languages with the steps of the search; the message itself as JSON."""
    english = run("explain", "寒武纪", "--format", "table").out
    assert "Match: 寒武纪 Inc / 寒武纪 (ZM0000003)" in english
    assert (
        "1. equal names: 1 found; nearest 寒武纪 Inc / 寒武纪 (ZM0000003) with 97.0%; the search ended here" in english
    )
    chinese = run("explain", "寒武纪", "--format", "table", "--lang", "zh").out
    assert "匹配：寒武纪 / 寒武纪 Inc (ZM0000003)" in chinese
    assert "1. 相同名称：找到 1 个" in chinese
    for form in ("json", "ndjson"):
        assert json.loads(run("explain", "寒武纪", "--format", form).out)["resolution"]["outcome"] == "OUTCOME_MATCH"


def test_explain_why_not(run: Any, server: Any) -> None:
    """A firm by its ID is asked about at once; by a name or code it is resolved first."""
    told = run("explain", "寒武纪", "--not", "ZM000000JJ", "--format", "table").out
    assert "About ZM000000JJ: no name of it shares anything distinctive." in told
    assert "ZM0000009 was asked about; it is joined to this firm." in told
    assert "Its nearest name is 百度" in told
    assert "Confidence 1.0%; a match needs 83.0%." in told
    assert "against   -7.00  the brands differ" in told
    assert "Resolve" not in server.script.calls
    told = run("explain", "寒武纪", "--not", "百度", "--format", "table", "--lang", "zh").out
    assert "关于 ZM0000002：其名称与查询没有可区分的共同部分。" in told
    assert server.script.calls["Resolve"] == 1
    failed = run("explain", "寒武纪", "--not", "紫光")
    assert (failed.code, failed.out) == (2, "")
    assert "紫光 does not name one firm: several firms share this short name" in failed.err


def test_compare(run: Any, server: Any) -> None:
    """Sentences, JSON, cells and IDs; the flags reach the server; --strict makes another relation an exit code."""
    told = run("compare", "寒武纪", "寒武", "--format", "table").out
    assert "寒武纪 and 寒武: both are names of one firm." in told
    assert "Probability that both are names of one firm: 90.0%; the table knows both names." in told
    assert "The table on 寒武纪: 寒武纪 Inc / 寒武纪 (ZM0000003), the very same characters: 寒武纪." in told
    assert "reading 寒武 as a form of 寒武纪:" in told
    assert "for       +3.00  the brands are equal" in told
    chinese = run("compare", "寒武纪", "寒武", "--without-table", "--lang", "zh", "--format", "table").out
    assert "寒武纪 与 寒武：两个名称属于同一家企业。" in chinese
    assert "库中的" not in chinese
    answer = json.loads(run("compare", "甲", "乙", "--profile", "high-recall").out)
    assert answer["relation"] == "NAME_RELATION_DIFFERENT_FIRMS"
    assert (server.script.requests[1].without_table, server.script.requests[2].profile) == (True, 3)
    assert isinstance(json.loads(run("compare", "甲", "乙", "--format", "json").out), list)
    row = run("compare", "甲", "乙", "--format", "tsv").out.splitlines()[1]
    assert row == "甲\t乙\tDIFFERENT_FIRMS\t0.100\tBY_TABLE\tZM0000001\tZM0000001"
    assert run("compare", "甲", "甲乙", "--format", "id").out == "\n"
    assert run("compare", "甲", "乙", "--strict").code == 1
    assert run("compare", "甲", "甲乙", "--strict").code == 0
    assert run("compare", "甲", "乙").code == 0


def test_looking_into_the_table(run: Any) -> None:
    """show, search, suggest and server-info in a table, as JSON and as IDs."""
    assert "寒武纪" in run("show", "ZM0000003", "--format", "table").out
    assert json.loads(run("show", "ZM0000003").out)["name"] == "firms/ZM0000003"
    assert run("show", "ZM0000003", "--format", "id").out == "ZM0000003\n"
    assert len(run("search", "x", "y", "--limit", "30").out.splitlines()) == 30
    assert run("search", "x", "--format", "table").out.startswith("FIRM ID")
    assert run("suggest", "寒", "--format", "tsv").out.splitlines()[1].split("\t")[0] == "ZM0000001"
    assert "profile_thresholds.BALANCED" in run("server-info", "--format", "table").out
    assert json.loads(run("server-info").out)["server_version"] == "9.9"


def test_a_sector_without_hits_is_said(run: Any) -> None:
    """A misspelt sector is no empty answer: where the firms are is told beside it."""
    done = run("search", "x", "--sector", "semiconductor")
    assert (done.code, done.out) == (0, "")
    assert "no firm with these words in the sector 'semiconductor'; there are some in: semiconductors." in done.err
    assert run("search", "x", "--sector", "semiconductors").err == ""


def test_tables_have_chinese_headers(run: Any) -> None:
    """With --lang zh; keys of csv and json stay as they are."""
    assert run("resolve", "寒武纪", "--format", "table", "--lang", "zh").out.startswith("查询    结果   企业 ID")
    assert run("search", "x", "--format", "table", "--lang", "zh").out.startswith("企业 ID")
    assert run("suggest", "寒", "--format", "table", "--lang", "zh").out.startswith("企业 ID")
    assert "\n中文名称  寒武纪\n" in run("show", "ZM0000003", "--format", "table", "--lang", "zh").out
    assert run("resolve", "寒武纪", "--format", "csv", "--lang", "zh").out.startswith("query,outcome,")
    assert "name_zh,寒武纪" in run("show", "ZM0000003", "--format", "csv", "--lang", "zh").out


def test_a_record_is_shown_by_name_too(run: Any, server: Any) -> None:
    assert run("show", "百度", "--format", "id").code == 0
    assert (server.script.requests[-2].query, server.script.requests[-1].name) == ("百度", "ZM0000002")
    failed = run("show", "紫光")
    assert (failed.code, failed.out) == (2, "")
    assert "紫光 does not name one firm: several firms share this short name" in failed.err
    assert failed.err.endswith("Name it by its ID; `zhengming search WORDS` finds it.\n")


def test_version(spawn: Any) -> None:
    """The version needs no server."""
    told = f"zhengming {importlib.metadata.version('zhengming')}"
    assert spawn("version").stdout.decode().strip() == told
    assert spawn("--version").stdout.decode().strip() == told


# What goes wrong


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, 2),
        (grpc.StatusCode.FAILED_PRECONDITION, 2),
        (grpc.StatusCode.UNAVAILABLE, 4),
        (grpc.StatusCode.DEADLINE_EXCEEDED, 4),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 4),
        (grpc.StatusCode.INTERNAL, 4),
        (grpc.StatusCode.UNIMPLEMENTED, 4),
        (grpc.StatusCode.UNAUTHENTICATED, 5),
        (grpc.StatusCode.PERMISSION_DENIED, 5),
    ],
)
def test_failed_calls(run: Any, server: Any, code: grpc.StatusCode, expected: int) -> None:
    """Each status has its exit code and two sentences."""
    server.fail("Resolve", code, times=5)
    done = run("resolve", "x")
    assert done.code == expected
    assert done.out == ""
    assert done.err.startswith("zhengming: ")
    assert done.err.count("\n") == 1
    assert done.err.rstrip().endswith(".")


def test_unknown_firm(run: Any, server: Any) -> None:
    """The way to find the right ID is told."""
    server.fail("GetFirm", grpc.StatusCode.NOT_FOUND)
    done = run("show", "ZM0000009")
    assert done.code == 2
    assert "zhengming search" in done.err


def test_nobody_there(run: Any) -> None:
    """A wrong address is told without waiting for a server there, also for many names and for the CSV job."""
    for argv in (["resolve", "x"], ["resolve", "x", "y"], ["csv", "nowhere.csv"]):
        done = run(*argv, address="127.0.0.1:1")
        assert done.code == 4
        assert "No server answers at 127.0.0.1:1: nothing listens there. Check the address" in done.err


def test_what_is_wrong_with_a_connection_is_told_in_our_words(server: Any, tmp_path: Path, spawn: Any) -> None:
    """Also when gRPC's core would write its log beside it."""
    cases = (
        (("--address", "nobody.invalid:1", "--no-tls"), "the host name is not known. Check the address"),
        (("--address", server.address, "--tls"), "there is no agreement on TLS. Check --tls and --no-tls"),
        (("--address", server.address, "--ca-file", __file__), "holds no certificate. Name a PEM file"),
    )
    for argv, says in cases:
        done = spawn("resolve", "x", *argv)
        assert done.returncode in (3, 4)
        assert says in done.stderr.decode()
        assert done.stderr.count(b"\n") == 1


def test_words_may_stand_before_and_behind_flags(run: Any) -> None:
    done = run("resolve", "寒武纪", "--format", "id", "摩尔线程")
    assert (done.code, len(done.out.splitlines())) == (0, 2)


def test_debug_shows_where(server: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """A traceback only with --debug."""
    server.fail("Resolve", grpc.StatusCode.INTERNAL)
    assert main(["resolve", "x", "--address", server.address, "--debug"]) == 4
    assert "Traceback" in capfd.readouterr().err


def test_faults_of_the_program_are_sentences(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever breaks inside, the user reads a sentence and the exit code says so."""
    monkeypatch.setattr("zhengming.client.cli._resolve.resolve", lambda *_: 1 / 0)
    done = run("resolve", "x")
    assert done.code == 70
    assert "--debug" in done.err


def test_embedded_server_through_its_entry_point(
    server: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without an address the entry point is loaded, started and stopped; ZHENGMING_ADDRESS stands in for the flag."""
    states: list[str] = []

    @contextlib.contextmanager
    def start(overlay: Path | None) -> Iterator[Any]:
        states.append(f"started with {overlay}" if overlay else "started")
        yield SimpleNamespace(address=server.address)
        states.append("stopped")

    entry = SimpleNamespace(load=lambda: start)
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group, name: [entry])
    assert main(["resolve", "寒武纪", "--format", "id"]) == 0
    assert capfd.readouterr().out == "ZM0000003\n"
    assert states == ["started", "stopped"]
    assert main(["resolve", "寒武纪", "--format", "id", "--overlay", "own.csv"]) == 0
    assert states[2:] == ["started with own.csv", "stopped"]
    monkeypatch.setenv("ZHENGMING_ADDRESS", server.address)
    assert main(["resolve", "寒武纪", "--format", "id"]) == 0
    assert len(states) == 4


def test_a_start_that_takes_long_says_why(
    server: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    told = threading.Event()

    @contextlib.contextmanager
    def start(overlay: Path | None) -> Iterator[Any]:
        told.wait(20)
        yield SimpleNamespace(address=server.address)

    def say(*words: Any, **how: Any) -> None:
        print(*words, **how)
        told.set()

    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group, name: [SimpleNamespace(load=lambda: start)])
    monkeypatch.setattr("zhengming.client.cli._connection._SLOW_START", 0.01)
    monkeypatch.setattr("zhengming.client.cli.print", say, raising=False)
    assert main(["resolve", "寒武纪", "--format", "id"]) == 0
    assert capfd.readouterr().err == (
        "zhengming: the table is being compiled; that happens once for each version of it and takes up to a minute\n"
    )


def test_a_server_at_an_address_takes_no_overlay(run: Any) -> None:
    """The server's own operator lays names over its table; a client that thinks it did must not be left to believe so."""
    done = run("resolve", "寒武纪", "--overlay", "own.csv")
    assert done.code == 2
    assert "--overlay works for the embedded server only" in done.err


@pytest.mark.parametrize("kind", ["no entry", "no module", "does not start"])
def test_no_embedded_server(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], kind: str) -> None:
    """Without the server extra the user reads what to install."""

    def load() -> Any:
        if kind == "no module":
            raise ModuleNotFoundError("No module named 'rapidfuzz'")

        def start(overlay: Path | None) -> Any:
            raise RuntimeError("table is broken")

        return start

    entries = [] if kind == "no entry" else [SimpleNamespace(load=load)]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group, name: entries)
    assert main(["resolve", "x"]) == 4
    said = capfd.readouterr().err
    assert ("table is broken" if kind == "does not start" else "zhengming[server]") in said
    assert "Traceback" not in said


def test_help_is_light() -> None:
    """Help loads neither gRPC nor protobuf nor numpy, and nothing of the server."""
    code = (
        "import sys\nfrom zhengming.client.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'grpc', 'google.protobuf', 'numpy', 'asyncio', 'zhengming.server', 'zhengming.engine'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "exit codes" in done.stdout


def test_resolving_loads_no_server() -> None:
    """The client needs gRPC and protobuf, and nothing of the server or its libraries."""
    code = (
        "import sys, zhengming.client as c\nc.Client, c.AsyncClient, c.sentence, c.explain_resolution\n"
        "from zhengming.client.cli import _csv, _catalog, _resolve\n"
        "heavy = {'numpy', 'rapidfuzz', 'zhengming.server', 'zhengming.engine', 'zhengming.aliases'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_public_names() -> None:
    """What the package exports is there, and nothing else by accident."""
    import zhengming.client as package

    assert all(getattr(package, name) is not None for name in package.__all__)
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="nothing"):
        package.nothing  # noqa: B018


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="no pipes of that kind")
def test_a_reader_that_has_seen_enough_is_no_error(server: Any) -> None:
    """`zhengming resolve - | head -1` says nothing."""
    command = " ".join(f"'{part}'" for part in [*COMMAND, "resolve", "-", "--address", server.address])
    names = "".join(f"名{number}\n" for number in range(20_000)).encode()
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1; echo ${{PIPESTATUS[0]}}"], input=names, capture_output=True, check=False
    )
    assert done.stderr == b""
    assert done.stdout.splitlines()[-1] == b"0"


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_interrupted_while_waiting_for_input(server: Any, tmp_path: Path) -> None:
    """Ctrl-C works also while standard input gives nothing, and in every command."""
    for argv in (["csv", "-", "-o", str(tmp_path / "out.csv")], ["resolve", "-"]):
        calls = server.script.calls["GetServerInfo"]
        process = subprocess.Popen(
            [*COMMAND, *argv, "--address", server.address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdin is not None
        process.stdin.write("name\n寒武纪\n".encode())
        process.stdin.flush()
        deadline = time.monotonic() + 30
        while argv[0] == "csv" and server.script.calls["GetServerInfo"] == calls and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.0 if argv[0] == "csv" else 3.0)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        said = process.stderr.read() if process.stderr else b""
        process.communicate()
        assert process.returncode == 130
        assert said.splitlines()[-1].startswith(b"zhengming: Interrupted.")
        assert list(tmp_path.iterdir()) == []
