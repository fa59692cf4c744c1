"""Documents from files, JSON lines and CSV: text as it stands, and nothing lost."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from zhengming.client import errors
from zhengming.client.link_input import Document, DocumentReader, InputKind, InputSettings, kind_of

TEXT = "寒武纪\r\n与華為🚀e\u0301"


def read(data: bytes, kind: InputKind = "text", name: str = "in", **settings: Any) -> list[Document]:
    return list(DocumentReader(InputSettings(**settings)).read(name, io.BytesIO(data), kind))


@pytest.mark.parametrize(
    ("codec", "named"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-16-le", "utf-16-le"),
        ("gb18030", "gb18030"),
        ("gb18030", "GBK"),
    ],
)
def test_a_text_is_read_as_it_stands(codec: str, named: str | None) -> None:
    """Line ends, emoji and combining marks stay; the byte order mark is no part of the text."""
    (document,) = read(TEXT.encode(codec), encoding=named, as_of="2024-05-01")
    assert document == Document("in", "in", TEXT, "2024-05-01")


def test_big5_reads_the_characters_of_firm_names() -> None:
    """Windows' Big5 has 碁 and 裏, which the plain codec lacks."""
    (document,) = read("宏碁與鴻海".encode("cp950"), encoding="big5")
    assert document.text == "宏碁與鴻海"
    rows = read("標題,text\n甲,宏碁\n".encode("cp950"), "csv", encoding="big5", text_field="text")
    assert rows[0].text == "宏碁"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the text is empty"),
        (b" \n\t ", "the text is empty"),
        ("寒".encode() + b"\xff" + "武纪说得很长很长，这里只坏了一个字节\n".encode() * 3, "byte 0xff at offset 3"),
        (b"x" * 1_000_001, "longer than 1,000,000 characters"),
        ("字".encode() * 1_000_001, "longer than 1,000,000 characters"),
        (b"x" * 5_000_000, "longer than 1,000,000 characters"),
    ],
)
def test_texts_that_cannot_be_linked_say_why(data: bytes, says: str) -> None:
    """They come out with a fault and without text."""
    (document,) = read(data)
    assert says in document.fault
    assert document.text == ""


def test_two_megabytes_of_chinese_are_one_text() -> None:
    """What counts is characters, not bytes."""
    text = "这是一行没有公司的文字\n" * 60_000
    (document,) = read(text.encode())
    assert (document.text, document.fault) == (text, "")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("寒武纪与华为".encode("gb18030"), "--encoding gb18030"),
        ("宏碁與鴻海".encode("cp950"), "--encoding big5"),
        ("寒武纪 and more".encode("utf-16-le"), "--encoding utf-16-le"),
        (b"PK\x03\x04 something", "Word"),
        (b"%PDF-1.7 something", "PDF"),
    ],
)
def test_what_is_no_utf8_text_is_refused_with_advice(data: bytes, says: str) -> None:
    """A guess at the encoding could give wrong text, and so wrong firms, silently."""
    with pytest.raises(errors.UnreadableInputError, match=says):
        read(data)


def test_json_lines() -> None:
    """Texts with their IDs; every bad line is a document at its place, whatever is wrong with it."""
    lines = [
        json.dumps({"id": 7, "text": "寒武纪", "date": "2024-05-01"}),
        "",
        "not json",
        "[1]",
        json.dumps({"id": "b"}),
        json.dumps({"id": "c", "text": 3}),
        json.dumps({"id": "d", "text": " "}),
        json.dumps({"id": "e", "text": "x", "date": "2024-02-30"}),
        "[" * 100_000,
        json.dumps({"text": "without an ID", "date": None}),
        "\ufeff" + json.dumps({"id": "f", "text": "a byte order mark inside the file"}),
    ]
    documents = read("\n".join(lines).encode(), "jsonl", date_field="date", as_of="2024-01-01")
    assert [(each.name, each.place, each.as_of) for each in documents if not each.fault] == [
        ("7", "in line 1", "2024-05-01"),
        ("in:10", "in line 10", "2024-01-01"),
    ]
    faults = {each.place: each.fault for each in documents if each.fault}
    assert list(faults) == [f"in line {number}" for number in (3, 4, 5, 6, 7, 8, 9, 11)]
    for part, fault in zip(
        (
            "not JSON",
            "not a JSON object",
            "'text' is missing",
            "not a string",
            "empty",
            "does not exist",
            "JSON",
            "JSON",
        ),
        faults.values(),
        strict=True,
    ):
        assert part in fault
    assert [each.name for each in documents if each.place == "in line 5"] == ["b"]


def test_json_escapes_and_fields_by_name() -> None:
    """Escaped surrogate pairs are one character; a field may first stand on a later line."""
    data = b'{"body": "\\ud83d\\ude80\\u5bd2", "nr": 1}\n{"body": "x", "nr": 2, "key": "late"}\n'
    documents = read(data, "jsonl", text_field="body", id_field="key")
    assert [(each.name, each.text) for each in documents] == [("in:1", "🚀寒"), ("late", "x")]


def test_csv_rows() -> None:
    """Quoted texts of several lines, guessed columns, ragged rows at their place, days of their own."""
    data = '编号,正文,日期\n1,"寒武纪\n""华为""",2024/5/1\n2\n,紫光,\n4, ,\n5,x,not a day\n'.encode()
    documents = read(data, "csv", date_field="日期", as_of="2024-01-01")
    assert [(each.name, each.text, each.as_of) for each in documents if not each.fault] == [
        ("1", '寒武纪\n"华为"', "2024-05-01"),
        ("in:5", "紫光", "2024-01-01"),
    ]
    assert [(each.place, each.fault.split(";")[0]) for each in documents if each.fault] == [
        ("in line 4", "the row has 1 cells"),
        ("in line 6", "the text is empty"),
        ("in line 7", "the day 'not a day' cannot be read"),
    ]


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("id,title,text", "text"),
        ("title,summary,Content", "Content"),
        ("标题,新闻内容,来源", "新闻内容"),
        ("日期,标题", "标题"),
        ("whatever", "whatever"),
    ],
)
def test_the_column_of_texts_is_guessed_from_its_header(header: str, chosen: str) -> None:
    """The whole article before its summary, that before its title; the only column needs no name."""
    cells = header.split(",")
    row = ",".join(f"in {cell}" for cell in cells)
    said: list[str] = []
    reader = DocumentReader(InputSettings(), said.append)
    (document,) = reader.read("in", io.BytesIO(f"{header}\n{row}\n".encode()), "csv")
    assert document.text == f"in {chosen}"
    assert repr(chosen) in said[0]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_column_that_is_not_there_is_told_with_those_that_are(kind: InputKind) -> None:
    """Also when none looks like texts."""
    data = b"a,b\n1,2\n" if kind == "csv" else b'{"a": "1", "b": "2"}\n'
    with pytest.raises(errors.ColumnError, match="--text-field"):
        read(data, kind)
    if kind == "csv":
        with pytest.raises(errors.ColumnError, match="no column 'x'"):
            read(data, kind, text_field="x")


def test_suffixes_say_what_a_file_holds() -> None:
    """Anything else is one text."""
    names = ("a.JSONL", "a.ndjson", "a.csv", "a.tsv", "a.txt", "a", "csv")
    assert [kind_of(name) for name in names] == ["jsonl", "jsonl", "csv", "csv", "text", "text", "text"]
