"""The command line as people use it: against a running server and with the embedded one."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from zhengming.aliases.model import Table
from zhengming.engine import Engine

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def _ndjson(done: subprocess.CompletedProcess[str]) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_resolves_names_to_ndjson_when_piped(run: Run, engine: Engine) -> None:
    done = run("resolve", "寒武纪", "Moore Threads", "摩爾線程", "688256.SH")
    assert (done.returncode, done.stderr) == (0, "")
    answers = _ndjson(done)
    assert [answer["outcome"] for answer in answers] == ["OUTCOME_MATCH"] * 4
    ids = [answer["firm"]["firm_id"] for answer in answers]
    assert ids[0] == ids[3] == engine.resolve("寒武纪").firm_id
    assert ids[1] == ids[2] == engine.resolve("摩尔线程").firm_id


def test_reads_names_from_a_pipe_one_a_line_and_keeps_their_order(run: Run, table: Table, engine: Engine) -> None:
    names = [firm.display_zh for firm in table.firms if firm.display_zh][:400]
    done = run("resolve", "-", "--format", "id", stdin="\n".join(names) + "\n")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) == len(names)
    for name, line in zip(names, lines, strict=True):
        assert engine.resolve(name).firm_id in line


@pytest.mark.parametrize("style", ["table", "json", "ndjson", "csv", "tsv", "id"])
def test_every_format_shows_the_firm(run: Run, engine: Engine, style: str) -> None:
    done = run("resolve", "寒武纪", "--format", style)
    assert done.returncode == 0
    shown = engine.resolve("寒武纪").firm_id
    assert shown in done.stdout or (style == "table" and "寒武纪" in done.stdout)


def test_strict_says_that_something_was_not_matched(run: Run) -> None:
    assert run("resolve", "寒武纪", "--strict").returncode == 0
    assert run("resolve", "寒武纪", "科技有限公司", "--strict").returncode == 1
    assert run("resolve", "科技有限公司").returncode == 0


def test_runs_a_csv_job_in_order_with_its_accounts(run: Run, tmp_path: Path, table: Table, engine: Engine) -> None:
    names = [name.text for name in table.names[::97]][:300]
    rows = [*names, "", "英伟达", "no such firm whatever", "=1+1"]
    source, result = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["nr", "公司名称"])
        writer.writerows(enumerate(rows))
    done = run("csv", str(source), "-o", str(result), "--column", "公司名称")
    assert done.returncode in (0, 6), done.stderr
    written = list(csv.DictReader(io.StringIO(result.read_text(encoding="utf-8"), newline="")))
    rejects = tmp_path / "out.rejects.csv"
    told = rejects.read_text(encoding="utf-8") if rejects.exists() else ""
    rejected = list(csv.DictReader(io.StringIO(told, newline="")))
    assert len(written) + (len(rejected) if len(written) < len(rows) else 0) == len(rows)
    numbers = [int(row["nr"]) for row in written]
    assert numbers == sorted(numbers)
    for row in written:
        name = rows[int(row["nr"])]
        assert row["公司名称"] == name
        if name.strip():
            answer = engine.resolve(name)
            assert (row["zm_outcome"], row["zm_firm_id"]) == (answer.outcome.name, answer.firm_id), name
    assert f"rows read {len(rows)}" in done.stderr


def test_explains_in_both_languages(run: Run) -> None:
    told = {language: run("explain", "寒武纪", "--lang", language, "--format", "table") for language in ("en", "zh")}
    assert [done.returncode for done in told.values()] == [0, 0]
    assert "Match:" in told["en"].stdout
    assert told["en"].stdout != told["zh"].stdout
    assert all("寒武纪" in done.stdout for done in told.values())


def test_tells_why_not(run: Run, engine: Engine) -> None:
    done = run("explain", "武汉滴滴网络科技有限公司", "--not", "滴滴出行", "--format", "table", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "something in the name speaks against it" in done.stdout
    assert engine.resolve("滴滴出行").firm_id in done.stdout


def test_compares_two_names(run: Run) -> None:
    told = run("compare", "工行", "中国工商银行股份有限公司")
    assert json.loads(told.stdout)["relation"] == "NAME_RELATION_SAME_FIRM"
    alone = run("compare", "双利煤矿", "双柳煤矿", "--without-table", "--strict", "--format", "table", "--lang", "zh")
    assert (alone.returncode, alone.stderr) == (1, "")
    assert "两个名称属于不同企业" in alone.stdout


def test_shows_searches_and_suggests(run: Run, engine: Engine) -> None:
    firm_id = engine.resolve("寒武纪").firm_id
    for arguments in (("show", firm_id), ("search", "寒武纪"), ("suggest", "寒武")):
        done = run(*arguments)
        assert done.returncode == 0, done.stderr
        assert firm_id in done.stdout


def test_works_without_a_server(run: Run, engine: Engine) -> None:
    """The embedded server answers from the snapshot that is already compiled."""
    done = run("resolve", "寒武纪", "--format", "id", at=None)
    assert done.returncode == 0, done.stderr
    assert engine.resolve("寒武纪").firm_id in done.stdout


ERRORS = [
    (("resolve", "寒武纪", "--address", "127.0.0.1:1"), 4),
    (("csv", "missing.csv", "-o", "out.csv"), 3),
    (("resolve", "寒武纪", "--format", "nonsense"), 2),
    (("nonsense",), 2),
    (("show", "ZM00000000"), None),
    (("compare", "华为", ""), 2),
    (("explain", "华为", "--not", "科技有限公司"), 2),
    (("explain", "华为", "--not", "ZM00000000"), 2),
]


@pytest.mark.parametrize(("arguments", "code"), ERRORS)
def test_an_error_is_a_sentence_and_a_code_and_no_traceback(
    run: Run, arguments: tuple[str, ...], code: int | None
) -> None:
    done = run(*arguments)
    assert done.returncode == code if code is not None else done.returncode != 0
    assert done.stdout == ""
    assert done.stderr
    assert "Traceback" not in done.stderr
