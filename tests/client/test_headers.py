"""Columns are found from Chinese and English headers, and what was found is said."""

from __future__ import annotations

import pytest
from zhengming.client.csv_query import BadCell, Question, QuestionMaker, read_day
from zhengming.client.errors import ColumnError
from zhengming.client.headers import Columns, choose_columns
from zhengming.v1 import resolver_pb2 as resolver


def choose(header: list[str], *rows: list[str], name: str | None = None, **more: object) -> Columns:
    context = more.get("context", {})
    return choose_columns(header, rows, [name] if name else [], context, bool(more.get("use_context")))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "header",
    [
        "公司名称",
        "企业名称",
        "证券简称",
        "名称",
        "供应商",
        "name",
        "Company",
        "ISSUER",
        "entity",
        "Company Name",
        "company_name",
        "公司名称（中文）",
        " 公司名称 ",
        "Company name*",
        "客户名称",
        "Ｃｏｍｐａｎｙ",
        "买方",
        "采购方名称",
        "投标人",
        "受让方（公章）",
        "買方名稱",
        "Buyer name",
    ],
)
def test_known_headers(header: str) -> None:
    """Each of them is found between other columns."""
    columns = choose(["id", header, "金额"], ["1", "寒武纪", "5"])
    assert columns.names == (1,)
    assert "guessed" in columns.said[0]


def test_a_full_name_goes_before_a_short_one() -> None:
    """公司名称 settles more than 证券简称, whatever their order."""
    assert choose(["证券简称", "公司名称"]).names == (1,)
    assert choose(["name", "company"]).names == (1,)


def test_content_decides_between_equals() -> None:
    """Of two columns with equally good headers the one with companies in it is taken."""
    rows = [["张三", "中科寒武纪科技股份有限公司"], ["李四", "华为技术有限公司"]]
    assert choose(["名称", "name"], *rows).names == (1,)
    assert choose(["supplier", "vendor"], *[row[::-1] for row in rows]).names == (0,)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["买方", "卖方", "金额"], "column 2 '卖方' looks like names too and is not read; "
         "--name-column 1 --name-column 2 reads all of them"),
        (["公司名称", "供应商", "客户名称"], "columns 2 '供应商' and 3 '客户名称' look like names too and are not read; "
         "--name-column 1 --name-column 2 --name-column 3 reads all of them"),
        (["公司名称", "name", "金额"], None),
        (["公司名称", "金额"], None),
    ],
)  # fmt: skip
def test_other_columns_of_names_are_told(header: list[str], said: str | None) -> None:
    """A trade has two firms: which one was taken is no silent choice. A plain "name" may be anybody's."""
    columns = choose(header, ["华为技术有限公司", "中科寒武纪", "5.0x"])
    assert columns.names == (0,)
    assert [each for each in columns.said if "too" in each] == ([said] if said else [])


def test_other_columns_of_names_are_told_without_a_header() -> None:
    """The cells of two columns look like firms: the other one is told."""
    rows = [["1", "华为技术有限公司", "京东方科技集团"], ["2", "中科寒武纪科技股份有限公司", "某人"]]
    columns = choose_columns(["column_1", "column_2", "column_3"], rows, [], {}, False, named=False)
    assert columns.names == (1,)
    assert columns.said[1].startswith("column 3 'column_3' looks like names too and is not read")


def test_a_column_of_numbers_is_no_column_of_names() -> None:
    """`company` may hold numbers of companies."""
    assert choose(["company", "name"], ["4711", "寒武纪"]).names == (1,)


def test_the_only_column_is_taken_whatever_its_header() -> None:
    """There is nothing to choose."""
    assert choose(["甲乙丙"]).names == (0,)


def test_chosen_columns() -> None:
    """By header, by folded header, or by number; the header wins over the number."""
    header = ["2", "Firma", "x"]
    assert choose(header, name="Firma").names == (1,)
    assert choose(header, name="firma").names == (1,)
    assert choose(header, name="3").names == (2,)
    assert choose(header, name="2").names == (0,)


@pytest.mark.parametrize("name", [None, "nope", "0", "9"])
def test_no_such_column(name: str | None) -> None:
    """The error lists the header."""
    with pytest.raises(ColumnError, match="'b'"):
        choose(["a", "b"], name=name)


def test_duplicate_headers_are_said() -> None:
    """The first of two equal headers is used, aloud."""
    columns = choose(["x", "公司", "公司"], name="公司")
    assert columns.names == (1,)
    assert "2 columns are called '公司'" in columns.said[0]


def test_context_columns_are_used_only_when_asked() -> None:
    """Guesses are mentioned; flags and --use-context use them."""
    header = ["公司名称", "城市", "证券代码", "国家", "日期"]
    mentioned = choose(header)
    assert mentioned.context == {}
    assert sum("is not used" in sentence for sentence in mentioned.said) == 4
    assert choose(header, use_context=True).context == {"city": 1, "country": 3, "ticker": 2, "date": 4}
    assert choose(header, context={"city": "3"}).context == {"city": 2}


def test_questions() -> None:
    """White space is folded, countries become codes, days become ISO; equal rows give equal questions."""
    columns = Columns((0,), {"city": 1, "country": 2, "ticker": 3, "date": 4}, ())
    maker = QuestionMaker(columns, resolver.QueryContext(exchange="XSHG", city="上海"))
    (question,) = maker.make([" 华为\n技术\u3000", "", "中国", "688256", "2024年1月5日"])
    assert question == Question("华为 技术", "", "CN", "688256", "2024-01-05")
    assert question is not None
    query = maker.query(question)
    assert isinstance(query, tuple)
    assert query[1] == resolver.QueryContext(
        exchange="XSHG",
        city="上海",
        country="CN",
        as_of="2024-01-05",
        identifiers=[resolver.QueryIdentifier(value="688256")],
    )
    assert QuestionMaker(Columns((0,), {}, ()), None).query(Question("a", "", "", "", "")) == "a"
    assert maker.make(["a", "", "Ruritania", "", ""]) == (Question("a", "", "", "", ""),)
    assert maker.unknown_countries == 1
    with pytest.raises(BadCell, match="empty"):
        maker.make(["  ", "", "", "", ""])


@pytest.mark.parametrize("cell", ["688256", "688256.0"])
def test_codes_that_became_floats_are_the_codes(cell: str) -> None:
    """As programs write a column of numbers with gaps; anything else is left alone."""
    maker = QuestionMaker(Columns((0,), {"ticker": 1}, ()), None)
    assert maker.make(["a", cell]) == (Question("a", "", "", "688256", ""),)
    assert maker.make(["a", "1.0.0"]) == (Question("a", "", "", "1.0.0", ""),)


@pytest.mark.parametrize(
    "cell",
    [
        *("2024-01-05", "2024/1/5", "20240105", "2024.01.05", "2024年01月05日", "2024-01-05 00:00:00"),
        *("2024-01-05T23:59:00.5Z", "2024-01-05 00:30:00+08:00"),
    ],
)
def test_days(cell: str) -> None:
    """The spellings that files from China have."""
    assert read_day(cell) == "2024-01-05"


@pytest.mark.parametrize("cell", ["05/01/2024", "2024-13-01", "2024-02-30", "yesterday", "2024", "45296"])
def test_bad_days(cell: str) -> None:
    """A day that could mean something else is not guessed."""
    with pytest.raises(BadCell):
        read_day(cell)
