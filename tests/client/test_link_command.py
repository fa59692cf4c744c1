"""`zhengming link`: formats, flags, exit codes, and words for everything that goes wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from zhengming.client.cli import main
from zhengming.v1 import resolver_pb2

COMMAND = [sys.executable, "-c", "import sys; from zhengming.client.cli import main; sys.exit(main())"]
TEXT = "寒武纪与紫光\r\n无此 华为🚀寒武纪"


@pytest.fixture(autouse=True)
def folder_of_the_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files are made in a folder of the test."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(server: Any, capfd: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    """Run `zhengming link` against the scripted server."""

    def call(*argv: str, address: str = server.address) -> SimpleNamespace:
        code = main(["link", *argv, "--address", address])
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    return call


def put(name: str, content: str | bytes, codec: str = "utf-8") -> str:
    """Write a file and return its name."""
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode(codec))
    return name


def spawn(server: Any, *argv: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [*COMMAND, "link", *argv, "--address", server.address],
        input=stdin,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


def test_a_text_is_one_line_of_json_when_piped(run: Any) -> None:
    """The contract's own message, with the file's name, and with every start, also a zero."""
    done = run(put("a.txt", TEXT))
    assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
    answer = json.loads(done.out)
    assert answer["item_id"] == "a.txt"
    mentions = answer["linked"]["mentions"]
    assert [TEXT[each["start"] : each["end"]] for each in mentions] == ["寒武纪", "紫光", "无此", "华为", "寒武纪"]
    assert mentions[0]["start"] == 0
    assert mentions[1]["resolution"]["outcome"] == "OUTCOME_AMBIGUOUS"
    assert [firm["mentions"] for firm in answer["linked"]["firms"]] == [[0, 4], [3]]
    assert answer["linked"]["provenance"]["snapshot"] == "5na9"
    assert json.loads(run(put("b.txt", "nobody")).out)["linked"]["mentions"] == []


def test_formats(run: Any) -> None:
    """Each shows linked and refused names."""
    name = put("a.txt", TEXT)
    text = run(name, "--format", "text").out
    assert "[寒武纪]1与{紫光}3\n{无此}4 [华为]2🚀[寒武纪]1\n" in text
    assert "688256 XSHG" in text
    assert "known, but not covered by the table: Nvidia" in text
    assert json.loads(run(name, "--format", "json").out)[0]["linked"]["firms"]
    rows = list(csv.DictReader(io.StringIO(run(name, "--format", "csv").out)))
    assert [(row["text"], row["outcome"]) for row in rows[:3]] == [
        ("寒武纪", "MATCH"),
        ("紫光", "AMBIGUOUS"),
        ("无此", "NOT_FOUND"),
    ]
    assert rows[0]["start"] == "0"
    assert [TEXT[int(row["start"]) : int(row["end"])] for row in rows] == [row["text"] for row in rows]
    assert run(name, "--format", "html").out.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("name", "begins"),
    [("o.html", "<!DOCTYPE"), ("o.csv", "document,"), ("o.json", "["), ("o.ndjson", "{"), ("o.txt", "──")],
)
def test_the_output_says_its_format_by_its_suffix(run: Any, name: str, begins: str) -> None:
    """--format wins over it; the file is there only when it is complete."""
    source = put("a.txt", TEXT)
    done = run(source, "-o", name)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert Path(name).read_text("utf-8").startswith(begins)
    run(source, "-o", name, "--format", "json")
    assert Path(name).read_text("utf-8").startswith("[")
    assert sorted(path.name for path in Path().iterdir()) == sorted(["a.txt", name])


def test_flags_reach_the_server(run: Any, server: Any) -> None:
    """Every flag ends in its field."""
    run(
        *(put("a.txt", TEXT), "--profile", "high-precision", "--granularity", "group", "--as-of", "2024/5/1"),
        *("--min-mention-confidence", "0.25", "--min-confidence", "0.5", "--matches-only", "--candidates", "0"),
        *("--offsets", "utf16", "--explain", "full", "--timeout", "7"),
    )
    request = next(each for each in server.script.requests if hasattr(each, "items"))
    options = request.options
    assert request.items[0].as_of == "2024-05-01"
    assert (options.profile, options.granularity, options.matches_only, options.offset_encoding) == (2, 2, True, 3)
    assert (options.min_mention_confidence, options.min_confidence) == (0.25, 0.5)
    assert options.HasField("max_candidates")
    assert (options.max_candidates, options.explain) == (0, resolver_pb2.EXPLAIN_LEVEL_FULL)
    assert 5 < (server.script.remaining[-1] or 0) < 7.5


@pytest.mark.parametrize("form", ["text", "html"])
def test_views_are_cut_in_code_points_whatever_is_asked(run: Any, server: Any, form: str) -> None:
    """Offsets in another unit would cut the text wrongly."""
    run(put("a.txt", TEXT), "--format", form, "--offsets", "utf8")
    request = next(each for each in server.script.requests if hasattr(each, "items"))
    assert request.options.offset_encoding == 1


def test_colours(server: Any, run: Any) -> None:
    """A pipe gets none, NO_COLOR forbids them, --color always brings them, into a file too."""
    name = put("a.txt", TEXT)
    assert "\x1b" not in run(name, "--format", "text").out
    assert "\x1b[1;32m寒武纪\x1b[0m" in run(name, "--format", "text", "--color", "always").out
    assert "\x1b" not in run(name, "--format", "text", "--color", "never").out
    run(name, "-o", "o.txt", "--color", "always")
    assert "\x1b[1;32m" in Path("o.txt").read_text("utf-8")
    assert b"\x1b[1;32m" in spawn(server, name, "--format", "text", "--color", "always", NO_COLOR="1").stdout


@pytest.mark.skipif(os.name != "posix", reason="terminals")
def test_on_a_terminal_the_text_is_shown_in_colours(server: Any) -> None:
    """Without a flag; NO_COLOR leaves brackets."""
    import pty

    name = put("a.txt", TEXT)
    for environment, expected in (({}, "\x1b[1;32m寒武纪"), ({"NO_COLOR": "1"}, "[寒武纪]1")):
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [*COMMAND, "link", name, "--address", server.address],
            stdout=slave,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "TERM": "xterm", **environment},
        )
        os.close(slave)
        shown = b""
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:
                break
            if not chunk:
                break
            shown += chunk
        os.close(master)
        assert process.wait(timeout=30) == 0
        assert expected in shown.decode("utf-8")


def test_a_text_through_a_pipe(server: Any) -> None:
    """`-`, or nothing, reads standard input: one text, with its line ends, in any encoding that is named."""
    for argv in (["-"], []):
        done = spawn(server, *argv, stdin=TEXT.encode())
        assert (done.returncode, done.stderr) == (0, b"")
        assert json.loads(done.stdout)["linked"]["mentions"][4]["start"] == TEXT.rindex("寒武纪")
    done = spawn(server, "-", "--encoding", "gb18030", "--format", "csv", stdin=TEXT.encode("gb18030"))
    assert done.stdout.decode().splitlines()[5].startswith(f"-,{TEXT.rindex('寒武纪')},")
    done = spawn(server, "-", "--jsonl", stdin=b'{"text": "\\u5bd2\\u6b66\\u7eaa"}\n')
    assert json.loads(done.stdout)["item_id"] == "-:1"
    assert spawn(server, "-").stderr.startswith(b"zhengming: standard input was not linked. The text is empty")


@pytest.mark.parametrize(
    ("content", "flags", "says"),
    [
        (b"", (), "The text is empty"),
        (b"\xff\xfe", (), "The text is empty"),
        (b"x" * 2_000_000, (), "longer than 1,000,000 characters"),
        ("寒武纪与华为".encode("gb18030"), (), "--encoding gb18030"),
        ("寒武纪".encode(), ("--encoding", "klingon"), "klingon is not known"),
        ("坏".encode(), (), "Text breaks a rule"),
    ],
)
def test_one_text_that_cannot_be_linked(run: Any, content: bytes, flags: tuple[str, ...], says: str) -> None:
    """Exit code 3, one line, nothing on standard output, no file."""
    done = run(put("a.txt", content), *flags, "-o", "o.ndjson")
    assert (done.code, done.out) == (3, "")
    assert says in done.err
    assert done.err.count("\n") == 1
    assert done.err.rstrip().endswith(".")
    assert not Path("o.ndjson").exists()


def test_one_bad_text_among_several(run: Any) -> None:
    """The others are linked; the bad ones stand in the output at their place, are told, and make exit code 6."""
    names = [put("a.txt", TEXT), put("b.txt", ""), "nowhere.txt", put("c.txt", TEXT, "gb18030"), put("d.txt", TEXT)]
    done = run(*names)
    assert done.code == 6
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer["item_id"] for answer in answers] == names
    assert ["linked" in answer for answer in answers] == [True, False, False, False, True]
    assert "No such file" in answers[2]["error"]["message"]
    assert "nowhere.txt: cannot be read" in done.err
    assert done.err.endswith("documents read 5 = linked 2 + rejected 3; mentions 10, of a firm 6\n")
    assert "Not linked: cannot be read: No such file" in run(*names, "--format", "text").out
    assert "Not linked: cannot be read: No such file" in run(*names, "--format", "html").out
    rows = list(csv.DictReader(io.StringIO(run(*names, "--format", "csv").out)))
    assert [row["document"] for row in rows if row["outcome"] == "REJECTED"] == ["b.txt", "nowhere.txt", "c.txt"]


def test_rows_of_json_and_csv(run: Any) -> None:
    """IDs and order are kept, over many batches; bad rows are told with their line and counted."""
    lines = [json.dumps({"id": f"n{number}", "text": f"{'x' * number}寒武纪"}) for number in range(230)]
    lines[7] = "not json"
    done = run(put("a.jsonl", "\n".join(lines)), "--format", "ndjson")
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 6
    assert [answer["item_id"] for answer in answers] == [
        "a.jsonl:8" if number == 7 else f"n{number}" for number in range(230)
    ]
    assert all(answer["linked"]["mentions"][0]["start"] == at for at, answer in enumerate(answers) if at != 7)
    assert "a.jsonl line 8: the line is not JSON" in done.err
    assert "documents read 230 = linked 229 + rejected 1" in done.err
    done = run(put("b.csv", "nr,note\n1,寒武纪\n2,坏\n3\n"), "--column", "note", "--id-field", "nr", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [(row["document"], row["outcome"]) for row in rows] == [
        ("1", "MATCH"),
        ("2", "REJECTED"),
        ("b.csv:4", "REJECTED"),
    ]
    assert "b.csv line 3: text breaks a rule" in done.err
    assert run(put("c.tsv", "id\ttext\n1\t寒武纪\n"), "--quiet").err == ""
    assert json.loads(run(put("d.txt", "text\n寒武纪\n"), "--csv").out)["item_id"] == "d.txt:2"


def test_names_that_no_encoding_can_express(run: Any) -> None:
    """An ID with half a character is shown as an escape; its text is linked all the same."""
    done = run(
        put("a.jsonl", r'{"id": "a\ud800", "text": "寒武纪"}' + "\n" + r'{"id": "b", "text": "寒\udcff"}' + "\n")
    )
    first, second = map(json.loads, done.out.splitlines())
    assert (first["item_id"], len(first["linked"]["mentions"])) == ("a\\ud800", 1)
    assert "not valid text" in second["error"]["message"]
    assert done.code == 6


def test_many_bad_rows_do_not_flood_the_terminal(run: Any) -> None:
    """Twenty are told one by one, the rest by their number; all of them stand in the output."""
    done = run(put("a.jsonl", "bad\n" * 50 + '{"text": "寒武纪"}\n'))
    assert done.code == 6
    assert done.err.count("is not JSON") == 20
    assert "30 more were rejected" in done.err
    assert len(done.out.splitlines()) == 51


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (["nowhere.txt"], 3, "nowhere.txt cannot be read"),
        (["."], 3, "cannot be read"),
        (["nowhere.csv"], 3, "nowhere.csv cannot be read"),
        (["a.txt", "-o", "no/such/folder.html"], 3, "no/such/folder.html cannot be read or written"),
        (["a.txt", "-o", "a.txt"], 2, "a.txt is an input itself"),
        (["a.txt", "--as-of", "tomorrow"], 2, "--as-of"),
        (["a.csv"], 2, "--text-field"),
        (["a.csv", "--column", "x"], 2, "There is no column 'x'"),
        (["a.csv", "--delimiter", "ab"], 2, "not one character"),
        (["empty.csv"], 3, "The input is empty"),
    ],
)
def test_what_goes_wrong_is_said_in_a_line(run: Any, argv: list[str], code: int, says: str) -> None:
    """With its exit code, and no output file."""
    put("a.txt", TEXT)
    put("a.csv", "a,b\n1,2\n")
    put("empty.csv", "")
    done = run(*argv)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert done.err.count("\n") == 1
    assert Path("a.txt").read_bytes() == TEXT.encode()


def test_failed_calls(run: Any, server: Any) -> None:
    """A server that is gone, or too old, is told; nothing is left half written."""
    name = put("a.txt", TEXT)
    assert run(name, address="127.0.0.1:1").code == 4
    server.fail("BatchLinkText", grpc.StatusCode.UNIMPLEMENTED)
    done = run(name, "-o", "o.html")
    assert done.code == 4
    assert "older than this client" in done.err
    server.fail("BatchLinkText", grpc.StatusCode.DEADLINE_EXCEEDED)
    assert "--timeout" in run(name, "-o", "o.html").err
    assert [path.name for path in Path().iterdir()] == ["a.txt"]


def test_a_wrong_sum_is_never_shown_as_a_result(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the program's own count does not add up it ends with 70 and writes nothing."""
    monkeypatch.setattr("zhengming.client.link_job.LinkAccount.count", lambda self, result: None)
    done = run(put("a.txt", TEXT), "-o", "o.html")
    assert done.code == 70
    assert not Path("o.html").exists()


def test_a_reader_that_has_seen_enough(server: Any) -> None:
    """`| head` is no error."""
    put("a.jsonl", '{"text": "寒武纪"}\n' * 3000)
    command = subprocess.Popen(
        [*COMMAND, "link", "a.jsonl", "--quiet", "--address", server.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert command.stdout is not None
    assert command.stdout.readline()
    command.stdout.close()
    assert command.wait(timeout=60) == 0
    assert command.stderr is not None
    assert command.stderr.read() == b""
    command.stderr.close()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_interrupted(server: Any, interrupt: Callable[..., None]) -> None:
    """Ctrl-C ends with 130 and one line; nothing half written is left."""
    server.script.delay = 0.2
    put("a.jsonl", '{"text": "寒武纪"}\n' * 20_000)
    interrupt("BatchLinkText", "link", "a.jsonl", "-o", "o.html")
    assert [path.name for path in Path().iterdir()] == ["a.jsonl"]


def test_chinese(run: Any) -> None:
    """--lang zh speaks Chinese in every view."""
    name = put("a.txt", TEXT)
    assert "未链接" in run(name, "--format", "text", "--lang", "zh").out
    assert "已知机构，但不在收录范围内" in run(name, "--format", "csv", "--lang", "zh").out
    assert '<html lang="zh-Hans">' in run(name, "--format", "html", "--lang", "zh").out
