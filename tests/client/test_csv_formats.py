"""One table in every form gives the same answers; bombs and files of any size do no harm."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pytest
import xlsxwriter
import zstandard
from pyarrow import parquet
from python_calamine import CalamineWorkbook
from zhengming.client import errors
from zhengming.client.cli import main
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_reader import Reject, Row
from zhengming.client.csv_source import open_rows
from zhengming.client.csv_tables import JsonReader

TABLE = [
    ["代號", "公司名稱", "備註"],
    ["000001", "紫光", "=1+1"],
    ["2", "台積電", "+886"],
    ["3", "鴻海精密工業股份有限公司", '引"號'],
    ["4", "無此公司", "@x, y"],
]


def text(delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(TABLE)
    return out.getvalue()


def workbook(table: list[list[Any]] = TABLE) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(table):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell) if not isinstance(cell, str) else sheet.write_string(at, column, cell)
    return out.getvalue()


def parquet_file() -> bytes:
    out = io.BytesIO()
    parquet.write_table(pyarrow.table(dict(zip(TABLE[0], map(list, zip(*TABLE[1:], strict=True)), strict=True))), out)
    return out.getvalue()


FORMS: dict[str, bytes] = {
    "utf-8": text().encode(),
    "utf-8-sig": text().encode("utf-8-sig"),
    "utf-16": text().encode("utf-16"),
    "utf-16-le": text().encode("utf-16-le"),
    "utf-16-be": text().encode("utf-16-be"),
    "utf-16-be with BOM": b"\xfe\xff" + text().encode("utf-16-be"),
    "gb18030": text().encode("gb18030"),
    "gbk": text().encode("gbk"),
    "big5": text().encode("big5"),
    "big5hkscs": text().encode("big5hkscs"),
    "tab": text("\t").encode(),
    "semicolon": text(";").encode(),
    "gzip": gzip.compress(text().encode()),
    "gzip in two members": gzip.compress(text().encode()[:40]) + gzip.compress(text().encode()[40:]),
    "gzip of gb18030": gzip.compress(text().encode("gb18030")),
    "zstd": zstandard.compress(text().encode()),
    "xlsx": workbook(),
    "parquet": parquet_file(),
    "ndjson": "".join(json.dumps(dict(zip(TABLE[0], row, strict=True))) + "\n" for row in TABLE[1:]).encode(),
}


@pytest.fixture
def resolve(server: Any, tmp_path: Path) -> Callable[..., Path]:
    """Resolve the bytes of an input into a file of some name."""

    def call(data: bytes, name: str = "out.csv", code: int = 0, *more: str) -> Path:
        source = tmp_path / "in.bin"
        source.write_bytes(data)
        argv = ["csv", str(source), "-o", str(tmp_path / name), "--address", server.address, "--quiet", *more]
        assert main(argv) == code
        return tmp_path / name

    return call


def test_every_form_gives_the_same_bytes(resolve: Callable[..., Path]) -> None:
    """Encodings, delimiters, packings and containers; nothing has to be told."""
    expected = resolve(FORMS["utf-8"]).read_bytes()
    assert expected.count(b"\n") == 5
    for form, data in FORMS.items():
        assert resolve(data).read_bytes() == expected, form


def test_every_output_holds_the_same_cells(resolve: Callable[..., Path]) -> None:
    """And a sheet holds texts only: no formula, no number, whatever a cell begins with."""
    data = FORMS["utf-8"]
    rows = list(csv.reader(io.StringIO(resolve(data).read_text("utf-8"))))
    assert list(csv.reader(io.StringIO(resolve(data, "o.tsv").read_text("utf-8")), delimiter="\t")) == rows
    with gzip.open(resolve(data, "o.csv.gz"), "rt", encoding="utf-8") as packed:
        assert list(csv.reader(packed)) == rows
    zst = zstandard.ZstdDecompressor().decompressobj().decompress(resolve(data, "o.tsv.zst").read_bytes())
    assert list(csv.reader(io.StringIO(zst.decode()), delimiter="\t")) == rows
    lines = resolve(data, "o.ndjson").read_bytes()
    assert gzip.decompress(resolve(data, "o.ndjson.gz").read_bytes()) == lines
    assert zstandard.ZstdDecompressor().decompress(resolve(data, "o.jsonl.zst").read_bytes()) == lines
    assert resolve(data, "again.jsonl.zst").read_bytes() == resolve(data, "o.jsonl.zst").read_bytes()
    objects = [json.loads(line) for line in resolve(data, "o.ndjson").read_text("utf-8").splitlines()]
    assert [list(each.values()) for each in objects] == rows[1:]
    assert list(objects[0]) == rows[0]
    assert [list(row.values()) for row in parquet.read_table(resolve(data, "o.parquet")).to_pylist()] == rows[1:]
    sheet = resolve(data, "o.xlsx")
    assert CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python() == rows
    xml = zipfile.ZipFile(sheet).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"<v>" not in xml or b't="s"' in xml
    assert sheet.read_bytes() == resolve(data, "o.xlsx").read_bytes()


def test_a_result_can_be_read_again(resolve: Callable[..., Path]) -> None:
    """What is written as a sheet, packed, or as JSON comes back as an input."""
    for name in ("o.xlsx", "o.csv.gz", "o.csv.zst", "o.ndjson", "o.ndjson.gz", "o.parquet", "o.tsv"):
        again = resolve(resolve(FORMS["utf-8"], name).read_bytes(), "again.csv")
        assert "zm_outcome_2" in again.read_text("utf-8"), name


@pytest.mark.parametrize(
    ("name", "flags", "code", "says"),
    [
        ("o.json", [], 3, "Write .ndjson instead"),
        ("o.xls", [], 3, "Write .xlsx instead"),
        ("o.csv.zip", [], 3, "Write .csv.gz or .csv.zst instead"),
        ("o.xlsx.gz", [], 3, "packed already"),
        ("o.ndjson", ["--for-excel"], 2, "--for-excel is for CSV and TSV"),
        ("o.parquet", ["--for-excel"], 2, "--for-excel is for CSV and TSV"),
        ("-", ["--for-excel", "--format", "ndjson"], 2, "--for-excel is for CSV and TSV"),
        ("o.csv", ["--format", "ndjson"], 2, "--format: it is for standard output"),
        ("o.csv", ["--report", "o.csv"], 2, "written twice"),
        ("o.csv", ["--review", "in.csv"], 2, "is the input itself"),
        ("o.csv", ["--rejects", "./in.csv"], 2, "is the input itself"),
        ("in.csv", [], 2, "is the input itself"),
        ("-", ["--resume"], 2, "--resume needs an output file"),
        ("-", ["--review", "r.csv"], 2, "--review needs an output file"),
        ("o.csv", ["--review", "-"], 2, "--review needs a file"),
        ("o.csv", ["--report", "-"], 2, "--report needs a file"),
        ("-", ["--rejects", "-"], 2, "--rejects needs a file"),
        ("no/o.csv", [], 3, "no/o.csv cannot be read or written: No such file"),
        (".", [], 3, "Is a directory"),
    ],
)
def test_outputs_that_make_no_sense_are_refused_at_once(
    server: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
    flags: list[str],
    code: int,
    says: str,
) -> None:
    """In one line, before anything is asked or written, and the input stays as it is."""
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text(text(), "utf-8")
    assert main(["csv", "in.csv", "-o", name, "--address", server.address, *flags]) == code
    said = capfd.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert server.script.calls["BatchResolve"] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_the_format_of_standard_output(server: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """As the input is, or as --format says."""
    source = tmp_path / "in.tsv"
    source.write_text(text("\t"), "utf-8")

    def shown(*flags: str) -> list[str]:
        assert main(["csv", str(source), "--address", server.address, "--columns", "outcome", *flags]) == 0
        return capfd.readouterr().out.splitlines()

    assert shown()[2] == "2\t台積電\t+886\tMATCH"
    assert shown("--format", "tsv") == shown()
    assert shown("--format", "csv")[2] == "2,台積電,+886,MATCH"
    assert shown("--format", "csv", "--for-excel")[2] == "2,台積電,'+886,MATCH"
    first = {"代號": "000001", "公司名稱": "紫光", "備註": "=1+1", "zm_outcome": "AMBIGUOUS"}
    assert json.loads(shown("--format", "ndjson")[0]) == first
    assert len(shown("--format", "ndjson", "--dry-run", "2")) == 2


def test_cells_of_a_sheet_as_texts() -> None:
    """Numbers without a point, days, blanks; cells behind the header are refused, blank rows passed over."""
    data = workbook([["name", "n"], ["甲", 688256], ["乙", 1.5], [None, None], ["丙", True], ["丁", 1, "behind"]])
    reader, _ = open_rows(Peekable(io.BytesIO(data)), None, None, lambda said: None)
    assert isinstance(reader.header(), Row)
    records = list(reader)
    assert [each.cells for each in records if isinstance(each, Row)] == [
        ["甲", "688256"],
        ["乙", "1.5"],
        ["丙", "true"],
    ]
    (reject,) = [each for each in records if isinstance(each, Reject)]
    assert reject.line == 6
    assert "behind column 2" in reject.reason


def test_lines_of_json_that_cannot_be_used() -> None:
    """Each is rejected with its line and offset; numbers keep their spelling."""
    lines = [
        '{"name": "甲", "code": 000}',
        '{"name": "甲", "code": 1.10}',
        '{"name": "乙", "more": null}',
        "[1]",
        '{"name": "a", "name": "b"}',
        '{"name": "\\ud800"}',
        "[" * 100_000,
        "",
        '{"code": 12345678901234567890123}',
    ]
    data = "\n".join(lines).encode()
    reader, _ = open_rows(Peekable(io.BytesIO(data)), None, None, lambda said: None)
    assert isinstance(reader, JsonReader)
    header = reader.header()
    assert isinstance(header, Row)
    assert header.cells == ["name", "code", "more"]
    records = list(reader)
    assert [each.cells for each in records if isinstance(each, Row)] == [
        ["甲", "1.10", ""],
        ["乙", "", ""],
        ["", "12345678901234567890123", ""],
    ]
    rejects = [each for each in records if isinstance(each, Reject)]
    assert [each.line for each in rejects] == [1, 4, 5, 6, 7]
    for each in rejects:
        assert data[each.offset : each.offset + len(each.raw)] == each.raw


def zip_of(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def far_cell() -> bytes:
    parts = {}
    with zipfile.ZipFile(io.BytesIO(workbook([["name"], ["甲"]]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'r="A2"', b'r="XFD1048576"')
    return zip_of(parts)


def understated(part: str) -> bytes:
    """A workbook whose part unpacks to 200 MB and states 1,000 bytes, with the checksum of these."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    whole = parts[part] = parts[part] + b" " * 200_000_000
    data = bytearray(zip_of(parts))
    for true, stated in ((len(whole), 1_000), (zlib.crc32(whole), zlib.crc32(whole[:1_000]))):
        data = data.replace(struct.pack("<I", true), struct.pack("<I", stated))
    return bytes(data)


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "gzip": (lambda: gzip.compress(bytes(200_000_000), 6), "no line end"),
    "gzip of rows": (lambda: gzip.compress(b"name\n" + (b"a" * 9_999 + b"\n") * 8_000, 6), "100 times"),
    "zstd": (lambda: zstandard.compress(b"name\n" + (b"a" * 9_999 + b"\n") * 8_000), "100 times"),
    "xlsx": (lambda: zip_of({"xl/worksheets/sheet1.xml": bytes(200_000_000)}), "100 times"),
    "xlsx of many parts": (lambda: zip_of({f"{number}": b"" for number in range(10_001)}), "10,001 parts"),
    "xlsx with a part larger than it says": (lambda: understated("xl/sharedStrings.xml"), "larger than it says"),
    "xlsx with a sheet larger than it says": (lambda: understated("xl/worksheets/sheet1.xml"), "larger than it says"),
    "xlsx with relations larger than they say": (lambda: understated("_rels/.rels"), "larger than it says"),
    "xlsx with a far cell": (far_cell, "row 1,048,576 of column 16,384"),
    "xlsx cut off": (lambda: workbook()[:-100], "damaged"),
    "xlsx that is none": (lambda: b"PK\x03\x04 whatever", "damaged"),
    "gzip cut off": (lambda: gzip.compress(text().encode())[:-20], "cut off"),
    "gzip damaged": (lambda: FORMS["gzip"][:12] + b"\xff\xff" + FORMS["gzip"][14:], "damaged|cut off"),
    "gzip in gzip": (lambda: gzip.compress(gzip.compress(text().encode())), "more than once"),
    "parquet that is none": (lambda: b"PAR1 whatever", "cannot be read"),
}


def read_all(data: bytes) -> None:
    reader, _ = open_rows(Peekable(io.BytesIO(data)), "utf-8", None, lambda said: None)
    reader.header()
    for _ in reader:
        pass


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_refused_in_bounded_memory(bomb: str) -> None:
    """With a sentence that says what is wrong; at most 120 MB are held."""
    make, says = BOMBS[bomb]
    data = make()
    tracemalloc.start()
    try:
        with pytest.raises(errors.UnreadableInputError, match=says):
            read_all(data)
        assert tracemalloc.get_traced_memory()[1] < 120_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(os.name != "posix", reason="how much memory a process took")
def test_memory_does_not_grow_with_the_input(server: Any, tmp_path: Path, full: bool) -> None:
    """A stream from a pipe, of 5 MB and of 40 MB, takes as much memory within 30 MB; --full: of 5 GB, generated, never on disk."""

    def take(megabytes: int) -> int:
        command = [sys.executable, "-c", "import sys; from zhengming.client.cli import main; sys.exit(main())"]
        flags = ["--address", server.address, "--checkpoint-rows", "1000", "--rejects", str(tmp_path / "rejects.csv")]
        process = subprocess.Popen(
            [*command, "csv", "-", *flags], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        assert process.stdin
        assert process.stderr
        process.stdin.write("id,公司名称,备注\n".encode())
        remark = "备注" * 160
        for first in range(0, megabytes * 1000, 1000):
            rows = (f"{at},名{at % 5_000},{remark}\n" for at in range(first, first + 1000))
            process.stdin.write("".join(rows).encode())
        process.stdin.close()
        said = process.stderr.read().decode()
        process.stderr.close()
        _, process.returncode, used = os.wait4(process.pid, 0)
        assert f"rows read {megabytes * 1000:,} = matched {megabytes * 1000:,} + " in said
        return used.ru_maxrss // (1024 if sys.platform == "linux" else 1024 * 1024)

    assert take(5000 if full else 40) - take(5) < 30
