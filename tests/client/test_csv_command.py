"""`zhengming csv`: files and pipes in and out, exit codes, chosen rows and columns, an interrupt."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_csv(run: Any, tmp_path: Path) -> None:
    """A file in, a file out, one accounting line, rejects beside it."""
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes("id,公司名称,城市\n1,寒武纪,北京\n2,紫光,北京\n3\n4,无此,北京\n".encode())
    done = run("csv", str(source), "-o", str(output))
    assert done.code == 6
    assert done.out == ""
    assert (
        f"rows read 4 = matched 1 + ambiguous 1 + not found 1 + rejected 1 (rejects: {tmp_path}/out.rejects.csv)"
        in done.err
    )
    assert "names are read from column 2 '公司名称', guessed from its header" in done.err
    assert "column 3 '城市' looks like city and is not used" in done.err
    assert [line.split(",")[3] for line in output.read_text("utf-8").splitlines()[1:]] == [
        "MATCH",
        "AMBIGUOUS",
        "NOT_FOUND",
    ]
    assert len(list(tmp_path.iterdir())) == 3


def test_csv_exit_codes(run: Any, tmp_path: Path) -> None:
    """0 done, 1 strict, 2 no such column, 3 unreadable, 5 not permitted, 70 accounting."""
    good, gbk, out = tmp_path / "good.csv", tmp_path / "gbk.csv", str(tmp_path / "out.csv")
    good.write_text("名称\n紫光\n", encoding="utf-8")
    gbk.write_text("名称\n紫光\n", encoding="gb18030")
    assert run("csv", str(good), "-o", out).code == 0
    assert run("csv", str(good), "-o", out, "--strict").code == 1
    assert run("csv", str(good), "-o", out, "--column", "x").code == 2
    assert run("csv", str(good), "-o", out, "--delimiter", "ab").code == 2
    guessed = run("csv", str(gbk), "-o", out)
    assert guessed.code == 0
    assert "reading as gb18030, guessed" in guessed.err
    assert run("csv", str(gbk), "-o", out, "--encoding", "gb18030").code == 0
    assert run("csv", str(tmp_path / "none.csv"), "-o", out).code == 3
    assert run("csv", str(tmp_path), "-o", out).code == 3
    assert run("csv", str(good), "-o", str(tmp_path / "no" / "out.csv")).code == 3
    (tmp_path / "empty.csv").touch()
    assert run("csv", str(tmp_path / "empty.csv"), "-o", out).code == 3


def test_csv_accounting_exit_code(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the program's own sum is wrong it says so and writes nothing."""
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("name\na\n", encoding="utf-8")
    monkeypatch.setattr("zhengming.client.csv_account.NameAccount.count", lambda self, outcome, kind: None)
    done = run("csv", str(source), "-o", str(output))
    assert done.code == 70
    assert not output.exists()


def test_csv_through_pipes(server: Any, spawn: Any) -> None:
    """`-` reads standard input; without -o the result is standard output alone."""
    done = spawn("csv", "-", "--address", server.address, stdin="name\n寒武纪\n".encode())
    assert done.returncode == 0
    assert done.stdout.decode().splitlines()[1].startswith("寒武纪,MATCH,")
    assert b"rows read 1 = matched 1" in done.stderr
    quiet = spawn("csv", "-", "--quiet", "--address", server.address, stdin="name\n寒武纪\n".encode())
    assert (quiet.stdout, quiet.stderr) == (done.stdout, b"")


def test_csv_tsv_and_excel(run: Any, tmp_path: Path) -> None:
    """Endings choose the delimiter; --for-excel writes BOM, CRLF and disarmed cells."""
    source = tmp_path / "in.tsv"
    source.write_text("公司\tx\n寒武纪,a\t=1+1\n", encoding="utf-8")
    run("csv", str(source), "-o", str(tmp_path / "out.tsv"))
    assert (tmp_path / "out.tsv").read_text("utf-8").splitlines()[1].startswith("寒武纪,a\t=1+1\tMATCH\t")
    run("csv", str(source), "-o", str(tmp_path / "out.csv"), "--for-excel")
    written = (tmp_path / "out.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert '"寒武纪,a",\'=1+1,MATCH,'.encode() in written
    assert written.endswith(b"\r\n")


def test_csv_chosen_rows_and_columns(run: Any, tmp_path: Path) -> None:
    """--columns appends these alone in their order, --only leaves rows out of the file but not of the accounts."""
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("name\n寒武纪\n紫光\n无此\n寒武纪\n", encoding="utf-8")
    done = run(
        "csv", str(source), "-o", str(output), "--columns", "zm_firm_id,outcome", "--only", "unmatched", "--summary"
    )
    assert output.read_text("utf-8") == "name,zm_firm_id,zm_outcome\n紫光,,AMBIGUOUS\n无此,,NOT_FOUND\n"
    assert "rows read 4 = matched 2 + ambiguous 1 + not found 1 + rejected 0" in done.err
    assert [line.split() for line in done.err.splitlines() if line.startswith(("MATCH", "AMB", "NOT"))] == [
        ["MATCH", "EXACT", "2", "50.0%"],
        ["AMBIGUOUS", "SHARED_SHORT_NAME", "1", "25.0%"],
        ["NOT_FOUND", "OUT_OF_SCOPE", "1", "25.0%"],
    ]
    for wrong in ("fly", "firm_id,firm_id"):
        assert run("csv", str(source), "-o", str(output), "--columns", wrong).code == 2


def test_csv_review_and_decisions(run: Any, tmp_path: Path) -> None:
    """Ambiguous names come out once, and what a person fills in is the answer of every row that asks the same."""
    source, output, review = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "review.csv"
    source.write_text("name\n紫光\n寒武纪\n紫光\n紫光金\n紫光竹\n", encoding="utf-8")
    assert run("csv", str(source), "-o", str(output), "--review", str(review)).code == 0
    with review.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["紫光", "紫光金", "紫光竹"]
    assert rows[0]["candidates"].startswith("ZM0000007 ")
    for decision, code in (("fly", 3), ("9", 3), ("1", 0)):
        decided = [rows[0] | {"decision": decision}, rows[1] | {"decision": "无"}, rows[2]]
        with review.open("w", encoding="gb18030", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(decided)
        assert run("csv", str(source), "-o", str(output), "--decisions", str(review)).code == code
    written = list(csv.reader(io.StringIO(output.read_text("utf-8"))))[1:]
    assert [row[1] for row in written] == ["MATCH", "MATCH", "MATCH", "NOT_FOUND", "AMBIGUOUS"]
    assert written[0][6] == "DECISION"


def test_csv_dry_run(run: Any, tmp_path: Path) -> None:
    """N rows on standard output, nothing on disk."""
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("id,name\n1,a\n2\n3,c\n4,d\n", encoding="utf-8")
    done = run("csv", str(source), "-o", str(output), "--dry-run", "3")
    assert [line.split(",")[0] for line in done.out.splitlines()] == ["id", "1", "3"]
    assert "line 3, byte 12: the row has 1 cells" in done.err
    assert "nothing was written" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_csv_interrupted(server: Any, interrupt: Callable[..., None], tmp_path: Path) -> None:
    """Ctrl-C ends with 130 and one line; nothing half written is left."""
    server.script.delay = 0.2
    source = tmp_path / "in.csv"
    source.write_text("name\n" + "".join(f"名{number}\n" for number in range(50_000)), encoding="utf-8")
    interrupt("BatchResolve", "csv", str(source), "-o", str(tmp_path / "out.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
