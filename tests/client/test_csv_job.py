"""The CSV job: every row comes out once, in order, or is rejected with its bytes."""

from __future__ import annotations

import base64
import csv
import gc
import io
import random
import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from google.rpc import status_pb2
from zhengming.client import Client, errors
from zhengming.client.csv_account import Account
from zhengming.client.csv_asking import WINDOWS_AHEAD
from zhengming.client.csv_job import RESULT_COLUMNS, CsvJob, JobSettings
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_reader import Reject
from zhengming.client.csv_sinks import DelimitedSink, RejectFile
from zhengming.client.progress import Progress
from zhengming.v1 import resolver_pb2 as resolver
from zhengming.v1.firm_pb2 import FirmSummary


class Rules:
    """Answers without a server: rows 坏 are refused, 紫 ambiguous, 无 not found, all others match."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def resolve_many(
        self, queries: Iterable[Any], *, options: Any = None, in_flight: int = 4
    ) -> Iterator[resolver.ResolveItemResult]:
        for query in queries:
            self.asked.append(query)
            name = query if isinstance(query, str) else query[0]
            if name.startswith("坏"):
                yield resolver.ResolveItemResult(error=status_pb2.Status(code=3, message="bad"))
                continue
            outcome = {"紫": 2, "无": 3, "怪": 7, "空": 0}.get(name[0], 1)
            resolution = resolver.Resolution(outcome=outcome, firm=FirmSummary(firm_id=f"id-{name}"))  # type: ignore[arg-type]
            yield resolver.ResolveItemResult(resolution=resolution)


class Dropped:
    """A sink that keeps nothing."""

    def write(self, record: Any) -> None:
        pass

    def commit(self) -> None:
        pass

    def abort(self) -> None:
        pass


class Kept:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.state = "open"

    def write(self, record: Any) -> None:
        self.taken.append(record)

    def commit(self) -> None:
        self.state = "committed"

    def abort(self) -> None:
        self.state = "aborted"


def run(data: bytes, client: Any = None, **settings: Any) -> tuple[Account, list[list[str]], list[Reject]]:
    rows, rejects = Kept(), Kept()
    job = CsvJob(client or Rules(), Peekable(io.BytesIO(data)), JobSettings(**settings))
    account = job.run(rows, rejects)
    assert rows.state == rejects.state == "committed"
    return account, rows.taken, rejects.taken


def table(names: Sequence[str], codec: str = "utf-8") -> bytes:
    return ("id,公司名称\n" + "".join(f"{at},{name}\n" for at, name in enumerate(names))).encode(codec)


def test_columns_are_kept_and_results_appended(server: Any) -> None:
    """Original columns stay in order; nine columns follow, through a real server."""
    with Client(server.address) as client:
        account, rows, _ = run(table(["寒武纪", "紫光", "无此"]), client)
    assert rows[0] == ["id", "公司名称", *RESULT_COLUMNS]
    assert rows[1] == ["0", "寒武纪", "MATCH", "ZM0000003", "寒武纪", "寒武纪 Inc", "0.9700", "EXACT", "", "寒武纪", ""]
    assert rows[2][2:8] == ["AMBIGUOUS", "", "", "", "", ""]
    assert rows[2][8].startswith("SHARED_SHORT_NAME: several firms share this short name")
    assert rows[2][10] == "ZM0000007 紫光xxxxx 0.500 | ZM0000006 紫光xxxx 0.400"
    assert rows[3][8] == "OUT_OF_SCOPE: known, but not covered by the table: Nvidia"
    assert account.lines() == ["rows read 3 = matched 1 + ambiguous 1 + not found 1 + rejected 0"]


def test_each_question_is_asked_once() -> None:
    """Equal names are one question, over windows too; different context makes another."""
    rules = Rules()
    _, rows, _ = run(table(["甲", "乙", "甲", " 甲 "] * 50), rules, window_rows=7)
    assert rules.asked == ["甲", "乙"]
    assert len(rows) == 201
    rules = Rules()
    data = "公司名称,城市\n甲,北京\n甲,上海\n甲,北京\n".encode()
    run(data, rules)
    assert rules.asked == ["甲"]
    rules = Rules()
    run(data, rules, use_context=True)
    assert [query[1].city for query in rules.asked] == ["北京", "上海"]


def test_rows_that_cannot_be_answered_are_rejected() -> None:
    """Refused by the server, empty, ragged, or with an outcome that this client does not know."""
    data = table(["甲", "坏1", "", "怪", "空"]) + b"ragged\n" + "9,乙\n".encode()
    account, rows, rejects = run(data)
    assert [row[1] for row in rows[1:]] == ["甲", "乙"]
    assert [reject.line for reject in rejects] == [3, 4, 5, 6, 7]
    assert account.lines() == ["rows read 7 = matched 2 + ambiguous 0 + not found 0 + rejected 5"]
    assert "INVALID_ARGUMENT: bad" in rejects[0].reason
    assert "empty" in rejects[1].reason


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_lost(seed: int) -> None:
    """Random good and bad rows, windows and caches: each row is written once, in order, or rejected once."""
    choose = random.Random(seed)
    lines = []
    for number in range(choose.randrange(1, 300)):
        name = choose.choice(["甲", "乙", "坏", "紫", "无", f"名{number % 17}", "丁"])
        lines.append(
            choose.choice([f"{number},{name}\n"] * 6 + [f"{number}\n", f'{number},"{name}\n', f"{number},\0\n"])
        )
    account, rows, rejects = run(
        ("id,name\n" + "".join(lines)).encode(),
        window_rows=choose.randrange(1, 50),
        window_bytes=choose.choice([20, 10**9]),
        cache_bytes=choose.randrange(8) * 1_000,
    )
    account.check()
    written = [int(row[0]) for row in rows[1:]]
    refused = [reject.line - 2 for reject in rejects]
    assert written == sorted(written)
    assert sorted(written + refused) == list(range(len(lines)))
    for row in rows[1:]:
        assert row[3] == f"id-{row[1]}"


def test_the_accounting_is_checked() -> None:
    """A row that vanishes inside the program stops the job, and nothing becomes visible."""
    rows, rejects = Kept(), Kept()
    job = CsvJob(Rules(), Peekable(io.BytesIO(table(["甲", "乙"]))), JobSettings())
    job.account.rows_read += 1
    with pytest.raises(errors.AccountingError, match="rows read 3 = matched 2"):
        job.run(rows, rejects)
    assert rows.state == rejects.state == "aborted"


def test_a_failing_server_leaves_nothing_behind(server: Any, tmp_path: Path) -> None:
    """On an error, old files stay as they are and no temporary file is left."""
    import grpc

    output = tmp_path / "out.csv"
    output.write_text("old", encoding="utf-8")
    server.fail("BatchResolve", grpc.StatusCode.PERMISSION_DENIED)
    with Client(server.address) as client:
        job = CsvJob(client, Peekable(io.BytesIO(table(["甲"]))), JobSettings())
        sink = DelimitedSink(output)
        with pytest.raises(errors.PermissionDeniedError):
            job.run(sink, RejectFile(tmp_path / "rejects.csv"))
    assert output.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_rejects_carry_their_bytes(tmp_path: Path) -> None:
    """The rejects file gives back exactly what was refused; an old one of ours is removed, a stranger's is not."""
    path = tmp_path / "rejects.csv"
    sink = RejectFile(path)
    sink.write(Reject(3, 17, b"\xff\x00\r\n", "broken"))
    sink.commit()
    with path.open(encoding="utf-8", newline="") as file:
        header, row = csv.reader(file)
    assert header == ["line", "byte_offset", "reason", "raw_base64"]
    assert row[:3] == ["3", "17", "broken"]
    assert base64.b64decode(row[3]) == b"\xff\x00\r\n"
    RejectFile(path).commit()
    assert not path.exists()
    path.write_text("somebody's own file", encoding="utf-8")
    RejectFile(path).commit()
    assert path.exists()


def test_resolved_files_can_be_resolved_again() -> None:
    """Columns of an earlier run stay; the new ones are numbered, aloud."""
    said: list[str] = []
    data = "name,zm_outcome\n甲,MATCH\n".encode()
    job = CsvJob(Rules(), Peekable(io.BytesIO(data)), JobSettings(), say=said.append)
    assert job.header[:4] == ["name", "zm_outcome", "zm_outcome_2", "zm_firm_id"]
    assert any("zm_outcome_2" in sentence for sentence in said)


@pytest.mark.parametrize("data", [b"", b"\n\n\n", b"\xef\xbb\xbf", b'na"me,"x\n', b"name,\0\n1,2\n"])
def test_files_without_a_usable_header(data: bytes) -> None:
    """There is one error for them, not a traceback."""
    with pytest.raises(errors.UnreadableInputError):
        CsvJob(Rules(), Peekable(io.BytesIO(data)), JobSettings())


def test_max_rows_stops_early() -> None:
    """A dry run reads no further."""
    account, rows, _ = run(table(["甲"] * 1000), max_rows=3)
    assert (account.rows_read, len(rows)) == (3, 4)


def test_memory_is_bounded_by_the_window() -> None:
    """Rows are written before many more are read, and old answers are forgotten, however long the file."""
    window, sample = 100, 200
    ahead, kept = 0, 0

    class Watching(Kept):
        def write(self, record: Any) -> None:
            nonlocal ahead, kept
            self.taken.append(None)
            ahead = max(ahead, job._rows_read + 1 - len(self.taken))
            kept = max(kept, len(job._cache))

    data = table([f"名{number}" for number in range(5000)])
    settings = JobSettings(window_rows=window, cache_bytes=150_000)
    job = CsvJob(Rules(), Peekable(io.BytesIO(data)), settings)
    assert job.run(Watching(), Kept()).names[0].matched == 5000
    assert ahead <= window * WINDOWS_AHEAD
    assert kept <= 150 + window * WINDOWS_AHEAD
    assert len(job._first) == sample


def test_no_name_of_a_large_file_is_asked_twice() -> None:
    """The answers to 300,000 names, as long as a server gives them, fit the memory that is kept for them."""

    class Telling(Rules):
        def resolve_many(self, queries: Iterable[Any], **how: Any) -> Iterator[resolver.ResolveItemResult]:
            for result in super().resolve_many(queries, **how):
                firm = result.resolution.firm
                firm.display_name_zh, firm.display_name_en = "摩尔线程智能科技", "Moore Threads Intelligent Technology"
                result.resolution.matched_name.text = "摩尔线程智能科技（北京）股份有限公司"
                yield result

    job = CsvJob(Telling(), Peekable(io.BytesIO(table([f"无{at}" for at in range(500)]))), JobSettings())
    job.run(Kept(), Kept())
    assert len(job._cache) == 500
    assert job._cached_bytes / 500 * 300_000 < JobSettings().cache_bytes


class Doubting(Rules):
    """Gives ambiguous names two candidates and names that are not found a reason."""

    def resolve_many(self, queries: Iterable[Any], **how: Any) -> Iterator[resolver.ResolveItemResult]:
        for result in super().resolve_many(queries, **how):
            answer = result.resolution
            if answer.outcome == resolver.OUTCOME_AMBIGUOUS:
                answer.firm.Clear()
                answer.ambiguity_reason = resolver.AMBIGUITY_REASON_SHARED_SHORT_NAME
                for number in range(2):
                    answer.candidates.add(confidence=0.5).firm.CopyFrom(
                        FirmSummary(firm_id=f"ZM000000{number}", display_name_zh="紫光股份有限公司")
                    )
            elif answer.outcome == resolver.OUTCOME_MATCH:
                answer.firm.display_name_zh, answer.firm.display_name_en = "摩尔线程智能科技", "Moore Threads"
            yield result


@pytest.mark.parametrize("columns", [RESULT_COLUMNS, ("zm_firm_id",), ("zm_outcome", "zm_reason")])
@pytest.mark.parametrize("kind", ["名", "紫", "无", "坏"])
def test_what_is_counted_of_the_cache_is_the_memory_that_it_takes(kind: str, columns: tuple[str, ...]) -> None:
    """Between 0.8 and 1.6 of it, whichever the answers and however few the columns."""
    data = Peekable(io.BytesIO(table([f"{kind}{number}" for number in range(3_000)])))
    tracemalloc.start()
    try:
        job = CsvJob(Doubting(), data, JobSettings(result_columns=columns))
        job.run(Dropped(), Dropped())
        assert len(job._cache) == 3_000
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        job._cache.clear()
        gc.collect()
        taken = before - tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert 0.8 <= job._cached_bytes / taken <= 1.6


class Clock:
    """Time that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress() -> None:
    """Rate and time to go; every ten seconds in a log, overwritten on a terminal, nothing when quiet."""
    clock = Clock()
    log, terminal, quiet = io.StringIO(), Terminal(), io.StringIO()
    shows = [Progress(log, 1000, clock=clock), Progress(terminal, None, clock=clock), Progress(quiet, 9, True, clock)]
    for second in range(1, 26):
        clock.now = float(second)
        for show in shows:
            show.update(second * 100, second * 20)
    assert log.getvalue() == (
        "zhengming: 1,000 rows, 100 rows/s, 20%, 0:40 to go\nzhengming: 2,000 rows, 100 rows/s, 40%, 0:30 to go\n"
    )
    assert terminal.getvalue().count("\r") == 25
    assert "to go" not in terminal.getvalue()
    assert quiet.getvalue() == ""
