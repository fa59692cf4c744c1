"""Rows and rejects account for every byte of odd files."""

from __future__ import annotations

import contextlib
import csv
import io
import random

import pytest
from zhengming.aliases.model import Table
from zhengming.client import csv_lines, csv_reader
from zhengming.client.csv_encoding import find_form
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_reader import CsvReader, Reject, Row, guess_delimiter
from zhengming.client.delimited import format_row, guard_formula
from zhengming.client.errors import UnreadableInputError

ODD = {
    "plain": (b"name,x\na,1\nb,2\n", ["a", "b"], []),
    "no line end at the end": (b"name,x\na,1\nb,2", ["a", "b"], []),
    "CRLF and LF mixed": (b"name,x\r\na,1\nb,2\r\nc,3\n", ["a", "b", "c"], []),
    "old Mac": (b"name,x\ra,1\rb,2\r", ["a", "b"], []),
    "BOM": (b"\xef\xbb\xbfname,x\na,1\n", ["a"], []),
    "header only": (b"name,x\n", [], []),
    "blank lines": (b"name,x\n\na,1\n\r\n\nb,2\n\n", ["a", "b"], []),
    "ragged": (b"name,x\na\nb,2\nc,3,4\nd,5\n", ["b", "d"], [2, 4]),
    "quoted": (b'name,x\n"a, ""b""",1\n"",2\n', ['a, "b"', ""], []),
    "quoted line ends": (b'name,x\n"a\r\nb\nc",1\nd,2\n', ["a\r\nb\nc", "d"], []),
    "quote inside a plain cell": (b'name,x\na,15"\nb "c" d,2\n', ["a", 'b "c" d'], []),
    "text behind a quote": (b'name,x\n"a"b,1\nc,2\n', ["c"], [2]),
    "unclosed quote, last line": (b'name,x\na,1\n"b,2\n', ["a"], [3]),
    "unclosed quote, early": (b'name,x\n"a,1\nb,2\nc,3\n', ["b", "c"], [2]),
    "unclosed quote, another quote later": (b'name,x\n"a,1\nb,2\nc,"3"\n"d",4\n', ["b", "c", "d"], [2]),
    "NUL": (b"name,x\na\0,1\nb,2\n", ["b"], [2]),
    "undecodable": ("name,x\n甲,1\n乙,\n丙,3\n".encode().replace("乙,".encode(), b"\xff\xfe,2"), ["甲", "丙"], [3]),
    "undecodable inside quotes": (
        'name,x\n甲,1\n丁,1\n"乙'.encode() + b'\xff\nx",2\n' + "丙,3\n".encode(),
        ["甲", "丁", "丙"],
        [4],
    ),
    "lone CR in a cell": (b"name,x\na\rb,1\nc,2\n", ["a\rb", "c"], []),
    "header too short": (b"name\na,1\nb,2\nc,3\n", ["a", "b", "c"], []),
    "ten megabyte cell": (b"name,x\n" + b"a" * 10_000_000 + b",1\nb,2\n", ["b"], [2]),
    "ten megabyte quoted cell": (b'name,x\n"' + b"a" * 10_000_000 + b'",1\nb,2\n', ["b"], [2]),
    "only delimiters": (b"name,x\n,\n", [""], []),
    "megabyte cell": (b'name,x\n"' + b"aaaaaaaaa\n" * 100_000 + b'",1\nb,2\n', ["aaaaaaaaa\n" * 100_000, "b"], []),
    "megabyte plain cell": (b"name,x\n" + b"a" * 1_000_000 + b",1\nb,2\n", ["a" * 1_000_000, "b"], []),
}


def read(data: bytes, encoding: str | None = None, delimiter: str = ",") -> list[Row | Reject]:
    """Return the records behind the header."""
    source = Peekable(io.BytesIO(data))
    reader = CsvReader(source, find_form(source.peek(1 << 20), encoding, guess=True), delimiter)
    assert isinstance(reader.header(), Row)
    return list(reader)


@pytest.mark.parametrize("case", ODD)
def test_odd_files(case: str) -> None:
    """Good rows come out, bad ones alone are rejected, with line number and offset."""
    data, names, bad_lines = ODD[case]
    records = read(data)
    assert [record.cells[0] for record in records if isinstance(record, Row)] == names
    assert [record.line for record in records if isinstance(record, Reject)] == bad_lines
    for record in records:
        assert data[record.offset : record.offset + len(record.raw)] == record.raw
        before = data[: record.offset]
        line_end = b"\r" if case == "old Mac" else b"\n"
        assert record.line == before.count(line_end) + 1
        if isinstance(record, Reject):
            assert record.reason


def test_agrees_with_the_standard_library_on_good_files() -> None:
    """Whatever the standard library writes is read back alike; 500 random tables."""
    choose = random.Random(1)
    alphabet = ["a", "甲", '"', ",", "\n", "\r\n", " ", "'", "", "=1", "𠮷", "\t"]
    for _ in range(500):
        width = choose.randrange(1, 5)
        table = [["".join(choose.choices(alphabet, k=choose.randrange(6))) for _ in range(width)] for _ in range(8)]
        text = io.StringIO()
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=choose.choice(["\n", "\r\n"])).writerows(table)
        records = read(("h" + ",h" * (width - 1) + "\n" + text.getvalue()).encode())
        assert [record.cells for record in records if isinstance(record, Row)] == table
        ours = "".join(format_row(row, ",", "\n") for row in table)
        assert list(csv.reader(io.StringIO(ours, newline=""))) == table


@pytest.mark.parametrize("encoding", [None, "gb18030", "utf-16"])
def test_damage_never_loses_or_invents_bytes(encoding: str | None) -> None:
    """Random damage, 400 files: records lie in order, apart, and cover all but header and blank lines."""
    choose = random.Random(2)
    codec = encoding or "utf-8"
    for _ in range(400):
        rows = [f'公司{number},"城市 {number}",x\n' for number in range(30)]
        data = bytearray("name,city,x\n".encode(codec))
        start = len(data)
        data += "".join(rows).encode("utf-16-le" if codec == "utf-16" else codec)
        for _ in range(choose.randrange(1, 6)):
            at = choose.randrange(start, len(data))
            data[at : at + choose.randrange(2)] = choose.choice([b'"', b"\0", b"\xff", b",", b"", b"\r", b"\n"])
        try:
            records = read(bytes(data), encoding or "utf-8")
        except UnreadableInputError:
            continue
        position = start
        for record in records:
            between = bytes(data[position : record.offset])
            assert not between.replace(b"\n", b"").replace(b"\r", b"").replace(b"\0", b"")
            assert bytes(data[record.offset : record.offset + len(record.raw)]) == record.raw
            position = record.offset + len(record.raw)
        assert not bytes(data[position:]).strip(b"\r\n\0")


def test_one_bad_quote_costs_few_rows() -> None:
    """A stray quote in a long file gives up its own line, not the rest."""
    lines = [f"公司{number},1\n" for number in range(5000)]
    lines[100] = '"公司100,1\n'
    records = read(("name,x\n" + "".join(lines)).encode())
    assert [record.line for record in records if isinstance(record, Reject)] == [102]
    assert len(records) == 5000


@pytest.mark.parametrize("line", ['x","""\n', '"a\n', '""""a\n', '"a""\n', 'a,"\n', '"",""\n', '"x\nx\nx\n'])
def test_damage_is_read_in_linear_time(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No pattern of quotes makes reading quadratic: a character is scanned a few times at most, however many there are."""
    data = ("name,x\n" + line * 6_000).encode()
    scanned = 0
    real = csv_reader._QuotedRecord.feed

    def feed(record: csv_reader._QuotedRecord, text: str, line_end_before: str = "") -> str:
        nonlocal scanned
        scanned += len(text)
        return real(record, text, line_end_before)

    monkeypatch.setattr(csv_reader._QuotedRecord, "feed", feed)
    read(data)
    assert 0 < scanned < 3 * len(data)


def test_lines_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line above the limit is rejected with its beginning, and what follows is read."""
    monkeypatch.setattr(csv_lines, "MAX_LINE_BYTES", 3_000_000)
    data = b"name,x\n" + b"a" * 10_000_000 + b",1\nb,2\n"
    reject, row = read(data)
    assert isinstance(reject, Reject)
    assert len(reject.raw) <= 1 << 16
    assert "10,000,003 bytes" in reject.reason
    assert isinstance(row, Row)
    assert (row.cells, row.offset) == (["b", "2"], data.index(b"b,2"))


def test_quoted_cells_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quoted cell above the limit counts as never closed."""
    monkeypatch.setattr(csv_reader, "MAX_RECORD_BYTES", 1000)
    records = read(b'name,x\n"a,1\n' + b"b,2\n" * 1000 + b'c,"3"\n')
    assert len(records) == 1002
    assert isinstance(records[0], Reject)


def test_an_input_without_line_ends_is_refused_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of any size that is no table costs no more than its beginning."""
    monkeypatch.setattr(csv_lines, "MAX_LINE_BYTES", 3_000_000)

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"a" * size

    source = Peekable(Endless())  # type: ignore[arg-type]
    reader = CsvReader(source, find_form(source.peek(1 << 20), None), ",")
    with pytest.raises(UnreadableInputError, match="no line end in its first 3,000,000 bytes"):
        reader.header()


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("name,x\n寒武纪,1\n".encode("utf-16"), None),
        ("name,x\n寒武纪,1\n".encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + "name,x\n寒武纪,1\n".encode("utf-16-be"), None),
        ("name,x\n寒武纪,1\n".encode("utf-16-le"), "utf-16-le"),
        ("name,x\n寒武纪,1\n".encode("utf-16-le"), None),
        ("name,x\n寒武纪,1\n".encode("utf-16-be"), None),
        ("name,x\n寒武纪,1\n".encode("gb18030"), None),
        ("name,x\n寒武纪,1\n".encode("gb18030"), "GB18030"),
        ("name,x\n寒武纪,1\n".encode("gbk"), "gbk"),
        ("name,x\n寒武纪,1\n".encode("utf-8-sig"), "utf-8"),
        ("name,x\n寒武纪,1\n".encode(), "UTF8"),
    ],
)
def test_encodings(data: bytes, encoding: str | None) -> None:
    """The same table comes out of every encoding."""
    (row,) = read(data, encoding)
    assert isinstance(row, Row)
    assert row.cells == ["寒武纪", "1"]
    assert data[row.offset :] == row.raw


ONE_ROW = (
    "江苏恒立液压",
    "海光信息",
    "寒武纪",
    "中微公司",
    "汇顶科技",
    "北京壁仞科技开发有限公司",
    "瑞芯微",
    "联想集团",
)
ONE_ROW_TRADITIONAL = (
    "聯發科技",
    "鴻海精密工業",
    "台灣積體電路製造",
    "騰訊控股有限公司",
    "中芯國際",
    "比亞迪電子",
    "美團",
    "京東集團",
)


@pytest.mark.parametrize("header", ["", "name\n", "id,name\n1,"])
@pytest.mark.parametrize(
    ("codec", "names"),
    [
        ("gb18030", ONE_ROW + ONE_ROW_TRADITIONAL),
        ("big5hkscs", ONE_ROW_TRADITIONAL),
        ("utf-8", ONE_ROW + ONE_ROW_TRADITIONAL),
        ("utf-16-le", ONE_ROW),
        ("utf-16-be", ONE_ROW),
    ],
)
def test_the_encoding_of_one_row_is_told(header: str, codec: str, names: tuple[str, ...]) -> None:
    """Without a byte order mark, and with nothing but a name to go by."""
    for name in names:
        assert find_form(f"{header}{name}\n".encode(codec), None, guess=True).codec == codec, name


ONE_ROW_FORMS = {
    "utf-8": ("utf-8", b""),
    "utf-8 with BOM": ("utf-8", b"\xef\xbb\xbf"),
    "utf-16-le": ("utf-16-le", b""),
    "utf-16-le with BOM": ("utf-16-le", b"\xff\xfe"),
    "utf-16-be": ("utf-16-be", b""),
    "utf-16-be with BOM": ("utf-16-be", b"\xfe\xff"),
    "gb18030": ("gb18030", b""),
    "gbk": ("gbk", b""),
    "big5": ("big5", b""),
    "big5hkscs": ("big5hkscs", b""),
}


@pytest.mark.parametrize("header", ["", "name\n", "編號,公司\n1,"])
@pytest.mark.parametrize("form", ONE_ROW_FORMS)
def test_the_encoding_of_one_row_is_told_in_98_of_100(table: Table, form: str, header: str) -> None:
    """Over 500 Chinese names of the table that the encoding can write, the shortest among them."""
    codec, mark = ONE_ROW_FORMS[form]
    chinese = sorted({name.text for name in table.names if "\u4e00" <= name.text[0] <= "\u9fff"})
    right = tried = 0
    for text in random.Random(5).sample(chinese, len(chinese)):
        try:
            data = mark + f"{header}{text}\n".encode(codec)
        except UnicodeEncodeError:
            continue
        tried += 1
        with contextlib.suppress(UnreadableInputError):
            told = find_form(data, None, guess=True)
            right += (data[told.bom :].decode(told.codec), told.bom) == (f"{header}{text}\n", len(mark))
        if tried == 500:
            break
    assert tried == 500
    assert right >= 0.98 * tried


@pytest.mark.parametrize("name", ["寒武纪", "理想", "騰訊", "北京壁仞科技开发有限公司"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "gb18030"])
def test_one_name_without_a_line_end_is_told(name: str, codec: str) -> None:
    """Not a byte of the input but the name itself."""
    assert find_form(name.encode(codec), None, guess=True).codec == codec


def test_gb18030_that_happens_to_be_valid_utf8() -> None:
    """UTF-8 reads the bytes of 隆胜 as ¡ʤ, and is believed all the same when it reads another script."""
    for name in ("隆胜", "瞻芯", "千寻"):
        assert find_form(f"name\n{name}\n".encode("gb18030"), None, guess=True).codec == "gb18030"
    for word in ("Газпром", "Сокол", "Ελλάδα", "טבע", "أرامكو", "Հայաստան", "Müller", "Škoda", "É", "£5", "·", "éà"):
        for header in ("", "name\n"):
            assert find_form(f"{header}{word}\n".encode(), None, guess=True).codec == "utf-8", word


def test_known_limits_of_telling_one_row() -> None:
    """欠欠 in GB18030 is the UTF-8 of Ƿ twice, 中兴 in UTF-16 is `-NtQ`, and 卡宾 in GB18030 is usual Big5."""
    assert find_form("name\n欠欠\n".encode("gb18030"), None, guess=True).codec == "utf-8"
    assert find_form("中兴".encode("utf-16-le"), None, guess=True).codec == "utf-8"
    assert find_form("id,名称\n1,卡宾\n".encode("gb18030"), None, guess=True).codec == "big5hkscs"


@pytest.mark.parametrize(
    "data", ["Müller\nGötz\n".encode("latin-1"), "トヨタ\nソニー\n".encode("shift_jis"), "Газпром\n".encode("cp1251")]
)
def test_other_encodings_are_not_taken_for_chinese(data: bytes) -> None:
    """They are refused with advice, not read as nonsense."""
    with pytest.raises(UnreadableInputError, match="not Chinese text"):
        find_form(b"name\n" + data, None, guess=True)


@pytest.mark.parametrize("char", ["上", "਍", "\u0a00"])
def test_utf16_line_ends_are_whole_units(char: str) -> None:
    """0x0A inside a UTF-16 character, such as U+0A0D or U+4E0A, ends no line."""
    (row,) = read(f"name,x\n{char},1\n".encode("utf-16"), None)
    assert isinstance(row, Row)
    assert row.cells == [char, "1"]


@pytest.mark.parametrize(
    ("data", "encoding", "says"),
    [
        (b"", None, "empty"),
        (b"name\nM\xfcller\nG\xf6tz\n", None, "not UTF-8"),
        (bytes(5000), None, "zero bytes"),
        ("name\n寒武纪\n".encode("utf-16-le"), "utf-16", "byte order mark"),
        (b"name\n", "klingon", "klingon"),
    ],
)
def test_unreadable_files(data: bytes, encoding: str | None, says: str) -> None:
    """What cannot be read as rows at all is refused with advice."""
    with pytest.raises(UnreadableInputError, match=says):
        find_form(data, encoding, guess=True)


def test_delimiters() -> None:
    """The header shows the delimiter."""
    heads = ("a,b", "a\tb", "a;b;c,d", "a", "a|b", '"a, b, c";d', '"a ""x, y"" b"\td')
    assert [guess_delimiter(head) for head in heads] == [",", "\t", ";", ",", "|", ";", "\t"]


@pytest.mark.parametrize(
    ("cell", "guarded"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        (" =x", "' =x"),
        ("\u00a0\u3000=x", "'\u00a0\u3000=x"),
        ("＝x", "'＝x"),
        ("＋x", "'＋x"),
        ("－x", "'－x"),
        ("＠x", "'＠x"),
        ("a\n=x", "a\n'=x"),
        ("a\r\n=x", "a\r\n'=x"),
        ("寒武纪", "寒武纪"),
        ("a=b", "a=b"),
        ("(a)", "(a)"),
        ("", ""),
        ("a\nb", "a\nb"),
    ],
)
def test_formulas_are_disarmed(cell: str, guarded: str) -> None:
    """OWASP's list and its full-width forms, in every line of a cell; nothing else changes."""
    assert guard_formula(cell) == guarded
