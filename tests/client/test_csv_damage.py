"""Rows in = rows out + rejects, over 500 generated files with every kind of damage, in every encoding; --full: 20,000."""

from __future__ import annotations

import base64
import csv
import io
import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from zhengming.client.csv_job import CsvJob, JobSettings
from zhengming.client.csv_lines import Peekable
from zhengming.client.csv_sinks import DelimitedSink, RejectStream
from zhengming.v1 import resolver_pb2 as resolver

CODECS = ("utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16")
NAMES = ("甲", "紫光", "台積電", "小米", "中文科技有限公司", 'A "B" 甲', "甲,乙", "甲\n乙")
FILES = 500
GROUPS = 20


class Answers:
    """Every name is matched."""

    def resolve_many(
        self, queries: Iterable[Any], *, options: Any = None, in_flight: int = 4
    ) -> Iterator[resolver.ResolveItemResult]:
        for _ in queries:
            yield resolver.ResolveItemResult(resolution=resolver.Resolution(outcome=resolver.OUTCOME_MATCH))


def _cell(text: str, delimiter: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in f'{delimiter}"\n') else text


def _record(choose: random.Random, number: int, codec: str, delimiter: str) -> tuple[bytes, bool]:
    """Return the bytes of a record with its line end, and whether it is good."""
    end = choose.choice(["\n", "\r\n"])
    name = choose.choice(NAMES)
    good = delimiter.join([str(number), _cell(name, delimiter), "x"])
    kind = choose.choice(["good"] * 6 + ["short", "long", "quote", "trailing", "nul", "bytes", "blank name", "huge"])
    if kind == "huge" and choose.random() < 0.995:
        kind = "short"
    texts = {
        "good": good,
        "bytes": good,
        "short": str(number),
        "long": good + delimiter + "y",
        # At the end of a line, so that no quote of a later line closes it by chance into a good row.
        "quote": delimiter.join([str(number), '"甲', "x"]),
        "trailing": delimiter.join([str(number), '"甲"乙', "x"]),
        "nul": delimiter.join([str(number), "甲\0", "x"]),
        "blank name": delimiter.join([str(number), "", "x"]),
        "huge": delimiter.join([str(number), "a" * (5 << 20 if kind == "huge" else 0), "x"]),
    }
    raw = (texts[kind] + end).encode(codec)
    if kind == "bytes":
        # A lone surrogate, or bytes that no encoding of these knows.
        cut = len(str(number).encode(codec))
        raw = raw[:cut] + (b"\x00\xd8" if codec.startswith("utf-16") else b"\xff\xff") + raw[cut:]
    return raw, kind == "good"


@pytest.mark.parametrize("group", range(GROUPS))
def test_rows_in_are_rows_out_and_rejects(group: int, full: bool) -> None:
    """Every good record is in the output once and in order, every other byte in a reject with its line and offset."""
    for seed in range(group, FILES * (40 if full else 1), GROUPS):
        check(seed)


def check(seed: int) -> None:
    choose = random.Random(seed)
    codec, delimiter = choose.choice(CODECS), choose.choice([",", "\t", ";"])
    inner = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(codec, codec)
    bom = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}.get(codec, b"")
    header = choose.choice([["id", "名稱", "備"], ["id", "名稱", "id"], ["id", "名稱", ""]])
    data = bom + (delimiter.join(header) + "\n").encode(inner)
    good: list[int] = []
    for number in range(choose.randrange(1, 60)):
        raw, is_good = _record(choose, number, inner, delimiter)
        data += raw
        if is_good:
            good.append(number)
        if choose.random() < 0.1:
            data += choose.choice(["\n", "\r\n"]).encode(inner)

    out, refused = io.BytesIO(), io.BytesIO()
    named = None if bom else inner
    job = CsvJob(
        Answers(), Peekable(io.BytesIO(data)), JobSettings(name_columns=("2",), encoding=named, delimiter=delimiter)
    )
    account = job.run(DelimitedSink(out), RejectStream(refused))

    account.check()
    csv.field_size_limit(1 << 30)
    written = list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))[1:]
    rejects = list(csv.reader(io.StringIO(refused.getvalue().decode(), newline="")))[1:]
    assert account.written == len(written)
    assert account.rejected == len(rejects)
    assert account.rows_read == len(written) + len(rejects)
    ids = [int(row[0]) for row in written]
    assert ids == sorted(set(ids))
    assert set(good) == set(ids)
    for line, offset, reason, raw64 in rejects:
        raw, at = base64.b64decode(raw64), int(offset)
        assert reason
        assert data[at : at + len(raw)] == raw
        before = data[len(bom) : at]
        wide = inner == "utf-16-le"
        ends = before.decode(inner, "surrogatepass").count("\n") if wide else before.count(b"\n")
        assert int(line) == ends + 1
