"""Several columns of names in one job, and tables without a header."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from zhengming.client import errors
from zhengming.client.cli import main
from zhengming.client.csv_job import RESULT_COLUMNS, CsvJob, JobSettings
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_reader import Row
from zhengming.client.csv_source import open_rows
from zhengming.client.headers import choose_columns, result_prefixes
from zhengming.v1 import resolver_pb2 as resolver

DEALS = """\
id,买方,卖方,城市,日期
1,寒武纪,紫光,北京,2024-01-05
2,华为,,深圳,2024-01-06
3,,,,
4,紫光,寒武纪,北京,2024-01-05
5,无此,坏,,
6,无此,华为,,
7
8,寒武纪,华为,,
"""


@pytest.fixture
def resolve(server: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Path, str]]:
    """Resolve both columns of a table; returns the exit code, the output and what was said."""

    def call(*more: str, name: str = "out.csv", data: bytes = DEALS.encode()) -> tuple[int, Path, str]:
        source = tmp_path / "in.csv"
        source.write_bytes(data)
        argv = ["csv", str(source), "-o", str(tmp_path / name), "--address", server.address]
        code = main([*argv, "--name-column", "买方", "--name-column", "3", *more])
        return code, tmp_path / name, capfd.readouterr().err

    return call


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"))))


def test_each_column_has_its_own_results_and_its_own_sum(resolve: Any, server: Any) -> None:
    """Columns are called after their headers; a row with an empty cell stays, a row with a refused name is a reject."""
    code, output, said = resolve()
    assert code == 6
    header, *rows = read(output)
    tails = [name.removeprefix("zm_") for name in RESULT_COLUMNS]
    assert header[5:] == [f"zm_{column}_{tail}" for column in ("买方", "卖方") for tail in tails]
    assert [(row[0], row[5], row[6], row[14], row[15]) for row in rows] == [
        ("1", "MATCH", "ZM0000003", "AMBIGUOUS", ""),
        ("2", "MATCH", "ZM0000002", "EMPTY", ""),
        ("4", "AMBIGUOUS", "", "MATCH", "ZM0000003"),
        ("6", "NOT_FOUND", "", "MATCH", "ZM0000002"),
        ("8", "MATCH", "ZM0000003", "MATCH", "ZM0000002"),
    ]
    assert f"rows read 8 = written 5 + rejected 3 (rejects: {output.with_suffix('.rejects.csv')})\n" in said
    names = "names of column {}: rows read 8 = matched 3 + ambiguous 1 + not found {} + empty {} + rejected 3\n"
    assert names.format("2 '买方'", 1, 0) in said
    assert names.format("3 '卖方'", 0, 1) in said
    rejects = read(output.with_suffix(".rejects.csv"))[1:]
    assert [row[0] for row in rejects] == ["4", "6", "8"]
    assert rejects[0][2] == "all names are empty"
    assert rejects[1][2].startswith("the name in column 3 '卖方': refused by the server")
    (request,) = [each for each in server.script.requests if hasattr(each, "items")]
    assert [item.query for item in request.items] == ["寒武纪", "紫光", "华为", "无此", "坏"]


@pytest.mark.parametrize(
    ("only", "written"), [("matched", "28"), ("unmatched", "146"), ("ambiguous", "14"), ("not-found", "6")]
)
def test_only_looks_at_all_names_of_a_row(resolve: Any, only: str, written: str) -> None:
    """`matched` and `unmatched` part the rows: all names that are there match, or one does not."""
    _, output, said = resolve("--only", only, "--columns", "outcome")
    header, *rows = read(output)
    assert header[5:] == ["zm_买方_outcome", "zm_卖方_outcome"]
    assert "".join(row[0] for row in rows) == written
    assert f"rows read 8 = written {len(rows)} + left out {5 - len(rows)} + rejected 3" in said


def test_context_of_a_row_belongs_to_its_first_name(resolve: Any, server: Any) -> None:
    """The city of the buyer says nothing of the seller, the day of a deal holds for both; it is said."""
    _, _, said = resolve("--use-context")
    (request,) = [each for each in server.script.requests if hasattr(each, "items")]
    asked = [(item.query, item.context.city, item.context.as_of) for item in request.items]
    assert asked[:3] == [("寒武纪", "北京", "2024-01-05"), ("紫光", "", "2024-01-05"), ("华为", "深圳", "2024-01-06")]
    assert "city is read from column 4 '城市' for the names of column 2 '买方' only" in said
    assert "date is read from column 5 '日期', guessed" in said


def test_a_decision_holds_in_every_column(resolve: Any, tmp_path: Path) -> None:
    """An ambiguous name of two columns is reviewed once."""
    review = tmp_path / "review.csv"
    resolve("--review", str(review))
    with review.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["紫光"]
    with review.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerow(rows[0] | {"decision": "1"})
    _, output, said = resolve("--decisions", str(review), "--columns", "match_type", "--summary")
    assert [row[5:] for row in read(output)[1:3]] == [["EXACT", "DECISION"], ["EXACT", ""]]
    assert said.count("DECISION") == 2


def test_every_output_holds_the_same_cells(resolve: Any) -> None:
    """JSON and sheets carry the columns of both names."""
    rows = read(resolve()[1])
    objects = [json.loads(line) for line in resolve(name="o.ndjson")[1].read_text("utf-8").splitlines()]
    assert [list(each) for each in objects] == [rows[0]] * 5
    assert [list(each.values()) for each in objects] == rows[1:]
    sheet = CalamineWorkbook.from_path(str(resolve(name="o.xlsx")[1])).get_sheet_by_index(0)
    assert sheet.to_python() == rows


def test_a_job_with_several_columns_goes_on(server: Any, tmp_path: Path) -> None:
    """Cut off at a random moment and resumed, it ends with the same bytes and the same sums."""
    import grpc

    choose = random.Random(3)
    source, whole, output = tmp_path / "in.csv", tmp_path / "whole.csv", tmp_path / "out.csv"
    names = ["", "紫光", *(f"名{number}" for number in range(500))]
    source.write_text(
        "id,a,b\n" + "".join(f"{at},{choose.choice(names)},{choose.choice(names)}\n" for at in range(2_000)), "utf-8"
    )

    def argv(target: Path) -> list[str]:
        flags = ["--address", server.address, "--checkpoint-rows", "100", "--name-column", "a", "--name-column", "b"]
        return ["csv", str(source), "-o", str(target), *flags]

    code = main(argv(whole))
    calls = server.script.calls["BatchResolve"]
    resolve_item = server.script.enter

    def enter(method: str, request: Any, context: Any) -> None:
        resolve_item(method, request, context)
        if method == "BatchResolve" and server.script.calls[method] == calls + 4:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "enough")

    server.script.enter = enter
    assert main(argv(output)) == 5
    assert main([*argv(output), "--resume"]) == code
    assert output.read_bytes() == whole.read_bytes()


class AllMatch:
    """Every name is matched."""

    def resolve_many(
        self, queries: Iterable[Any], *, options: Any = None, in_flight: int = 4
    ) -> Iterator[resolver.ResolveItemResult]:
        for _ in queries:
            yield resolver.ResolveItemResult(resolution=resolver.Resolution(outcome=resolver.OUTCOME_MATCH))


@pytest.mark.parametrize("field", ["rows_read", "written", "left_out", "rejected", "matched", "ambiguous", "empty"])
def test_every_count_is_checked(field: str) -> None:
    """Whatever is counted once too often, of rows or of one column's names, stops the job."""

    class Sink:
        def write(self, record: Any) -> None: ...
        def commit(self) -> None: ...
        def abort(self) -> None: ...

    data = "a,b\n甲,乙\n丙,\n".encode()
    job = CsvJob(AllMatch(), Peekable(io.BytesIO(data)), JobSettings(name_columns=("a", "b")))
    counted: Any = job.account if hasattr(job.account, field) else job.account.names[1]
    setattr(counted, field, 1)
    with pytest.raises(errors.AccountingError, match="names of column 2 'b'"):
        job.run(Sink(), Sink())


def test_names_of_result_columns() -> None:
    """White space becomes an underscore; equal and empty headers are told by number; a column is chosen once."""
    header = ["Buyer name", "x", "", "x", "y"]
    assert result_prefixes(header, [0]) == ["zm_"]
    assert result_prefixes(header, [0, 1, 2, 3, 4]) == ["zm_Buyer_name_", "zm_x_2_", "zm_3_", "zm_x_4_", "zm_y_"]
    with pytest.raises(errors.ColumnError, match="named twice"):
        choose_columns(header, [], ["x", "2"], {}, False)


# No header


@pytest.mark.parametrize(
    ("data", "column"),
    [
        ("寒武纪\n紫光\n", 1),
        ("1,中科寒武纪科技股份有限公司\n2,紫光集团有限公司\n", 2),
        ("1,寒武纪科技\n2,紫光\n3,华为公司,more\n", 2),
    ],
)
def test_without_a_header_the_first_row_is_a_row(data: str, column: int) -> None:
    """Columns are numbers, and the column of names is told by its cells."""
    job = CsvJob(AllMatch(), Peekable(io.BytesIO(data.encode())), JobSettings(header=False))
    assert job.columns.names == (column - 1,)
    assert job.header[:column] == [f"column_{number}" for number in range(1, column + 1)]
    taken: list[list[str]] = []

    class Sink:
        def write(self, record: Any) -> None:
            taken.append(record)

        def commit(self) -> None: ...
        def abort(self) -> None: ...

    account = job.run(Sink(), Sink())
    assert account.rows_read == data.count("\n")
    assert taken[1][:column] == data.split("\n")[0].split(",")


def test_a_header_that_may_be_a_name_is_doubted() -> None:
    """A line that is no known header is said, unless the user named it."""

    def said(data: str, *names: str) -> str:
        sentences: list[str] = []
        CsvJob(AllMatch(), Peekable(io.BytesIO(data.encode())), JobSettings(name_columns=names), say=sentences.append)
        return "\n".join(sentences)

    doubt = "the first line is taken for the header; if '寒武纪' is a name, add --no-header"
    assert doubt in said("寒武纪\n紫光\n")
    assert doubt in said("1,寒武纪\n2,紫光\n", "2")
    for data, names in (("名称\n紫光\n", ()), ("寒武纪\n紫光\n", ("寒武纪",)), ("a,名称\n1,紫光\n", ("2",))):
        assert "--no-header" not in said(data, *names)
    with pytest.raises(errors.ColumnError, match="--no-header"):
        said("1,寒武纪\n2,紫光\n")


def test_sheets_without_a_header_are_as_wide_as_their_rows() -> None:
    """And lines of JSON always have one."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate((["甲"], ["乙", "x"], ["", ""], ["丙"])):
            sheet.write_row(at, 0, row)
    reader, _ = open_rows(Peekable(io.BytesIO(out.getvalue())), None, None, lambda said: None)
    header = reader.header(named=False)
    assert isinstance(header, Row)
    assert header.cells == ["column_1", "column_2"]
    assert [record.cells for record in reader if isinstance(record, Row)] == [["甲", ""], ["乙", "x"], ["丙", ""]]
    reader, _ = open_rows(Peekable(io.BytesIO(b'{"a": 1}\n')), None, None, lambda said: None)
    with pytest.raises(errors.UnreadableInputError, match="--no-header"):
        reader.header(named=False)
