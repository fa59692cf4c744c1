"""Every sentence that a job says, and every reason of a reject, has its Chinese: made by the code that says them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from zhengming.client import csv_lines, csv_reader
from zhengming.client.cli._said_in_chinese import in_language
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_query import BadCell, QuestionMaker
from zhengming.client.csv_reader import Reject
from zhengming.client.csv_source import open_rows
from zhengming.client.headers import Columns, choose_columns
from zhengming.engine import InvalidQuery
from zhengming.engine.guard import guard, guard_folded

INPUTS = (
    b'name,x\na\nb,2\n"c,3\nd,4\n"e"f,5\n',
    b"name,x\na\0,1\n" + "甲,1\n".encode() * 9 + b"\xff,2\n",
    b"name,x\n" + b"a" * 400 + b",1\n" + b"b,2\n",
    b"name,x\n" + b"a" * 300_000 + b",1\n" + b"b,2\n",
    "名称,x\n寒武纪,2\n".encode("gb18030"),
    "名称,x\n寒武纪,2\n".encode("utf-16"),
    b'{"name": "a"}\n{"name": "b", "name": "c"}\n[1]\n{"name": "\\ud800"}\nx\n' + b'{"name": "z"}\n' * 1000 + b'{"more": 1}\n',
    '{"name": "寒武纪"}\n'.encode("gb18030"),
    b'\xef\xbb\xbf{"name": "a"}\n',
)  # fmt: skip

TEXTS = ("", "\u200b\u3164", "啊" * 600, "啊" * 511 + "𠀀" * 256, "a\x01b", "a\ud800b", "a" + "\u0301" * 20, "𠀀" * 512)


def _of_reading() -> Iterator[str]:
    for data in INPUTS:
        said: list[str] = []
        rows, _ = open_rows(Peekable(io.BytesIO(data)), None, None, said.append)
        rows.header()
        yield from said
        yield from (record.reason for record in rows if isinstance(record, Reject))


def _of_columns() -> Iterator[str]:
    header = ["公司名称", "城市", "国家", "日期", "城市", "x"]
    sample = [["寒武纪科技", "北京", "CN", "2024-01-01", "上海", "y"]] * 3
    for names in ([], ["1"], ["x"], ["公司名称", "x"], ["6"]):
        for context in ({}, {"city": "城市", "date": "日期"}):
            for use_context in (False, True):
                yield from choose_columns(header, sample, names, context, use_context).said
    yield from choose_columns(["一"], [], [], {}, False).said
    yield from choose_columns(["column_1", "column_2"], [["1", "甲公司"]] * 3, [], {}, False, named=False).said
    yield from choose_columns(["名称", "企业名称"], [["甲", "甲公司"]] * 3, [], {}, False).said


def _of_rows() -> Iterator[str]:
    maker = QuestionMaker(Columns((0,), {"date": 1}, ()), None)
    for cells in (["", ""], ["a", "yesterday"], ["a", "2024-02-30"]):
        try:
            maker.make(cells)
        except BadCell as error:
            yield str(error)
    try:
        QuestionMaker(Columns((0, 1), {}, ()), None).make(["", ""])
    except BadCell as error:
        yield str(error)


def _of_the_server() -> Iterator[str]:
    for text in TEXTS:
        try:
            guard_folded(guard(text).text * 3)
        except InvalidQuery as error:
            refused = f"refused by the server: INVALID_ARGUMENT: {str(error).rstrip('.')}"
            yield refused
            yield f"the name in column 1 '名称': {refused}"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(csv_reader, "MAX_CELL_CHARS", 350)
    monkeypatch.setattr(csv_lines, "MAX_LINE_BYTES", 200_000)
    return [*_of_reading(), *_of_columns(), *_of_rows(), *_of_the_server()]


def test_every_sentence_has_its_chinese(said: list[str]) -> None:
    assert len(set(said)) > 30
    # Words that the reader may be left with: what was quoted, names of encodings, flags and codes.
    quoted = re.compile(
        r"'[^']*'|utf-\d+(-\w+)?|gb18030|UTF-8|JSON|NUL|Unicode|YYYY-MM-DD|--[\w-]+|INVALID_ARGUMENT|0x\w+"
    )
    for english in said:
        chinese = in_language(english, "zh")
        rest = quoted.sub("", chinese)
        if "JSON" in english:
            # Python's own words stand behind the colon.
            rest = rest.partition("：")[0]
        assert not re.search("[A-Za-z]", rest), (english, chinese)
        assert re.search("[一-鿿]", rest), (english, chinese)
        assert in_language(english, "en") == english


@pytest.mark.parametrize("unknown", ["", "something that a newer server says", "the row has some cells", "{n} of {m}"])
def test_what_has_no_chinese_is_shown_as_it_is(unknown: str) -> None:
    assert in_language(unknown, "zh") == unknown


def test_a_cell_that_looks_like_a_sentence_is_taken_over_as_it_is() -> None:
    """What stands in quotes is the user's, brackets and all."""
    assert in_language("the day '{n}: a name' cannot be read; write YYYY-MM-DD", "zh").startswith("日期 '{n}: a name' ")


def test_numbers_are_kept() -> None:
    assert in_language("the row has 1 cells; the header has 2", "zh") == "该行有 1 个单元格，表头有 2 个"
