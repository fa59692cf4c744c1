"""Same table, several ways: engine in process, single call, batch, stream and CSV agree on every name."""

from __future__ import annotations

import csv
import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from zhengming.aliases.model import Table
from zhengming.client import AsyncClient, Client
from zhengming.engine import Context, Engine, Options, Resolution
from zhengming.v1 import resolver_pb2

CASES = Path(__file__).parents[1] / "cases"
SAMPLE = 500
CANDIDATES = 5


def _case_names() -> list[str]:
    """Return the first column that holds names, of every case file."""
    found = []
    for path in sorted(CASES.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            fields = reader.fieldnames or ()
            column = next((field for field in ("input", "query", "name", "text") if field in fields), None)
            found += [row[column] for row in reader] if column else []
    return found


@pytest.fixture(scope="module")
def names(table: Table) -> list[str]:
    """Case inputs, a seeded sample of the table's names and decoys, and the same with a slip in them."""
    rng = random.Random(20260226)
    sample = [name.text for name in rng.sample(table.names, SAMPLE)]
    decoys = [decoy.text for decoy in rng.sample(table.decoys, 40)]
    slips = [text[:-1] if rng.random() < 0.5 else text[:2] + text[3:] for text in sample[:120]]
    codes = [line.value for line in rng.sample(table.identifiers, 60)]
    every = dict.fromkeys([*sample, *decoys, *slips, *codes, *_case_names()])
    return [text for text in every if text.strip() and len(text) <= 512]


@pytest.fixture(scope="module")
def options() -> resolver_pb2.ResolveOptions:
    """Candidates and full evidence, so that everything can be compared."""
    return resolver_pb2.ResolveOptions(max_candidates=CANDIDATES, explain=resolver_pb2.EXPLAIN_LEVEL_FULL)


def _word(enum: Any, value: int, prefix: str) -> str | None:
    name = enum.Name(value).removeprefix(prefix)
    return None if name == "UNSPECIFIED" else name


def _of_wire(answer: resolver_pb2.Resolution) -> dict[str, Any]:
    return {
        "outcome": _word(resolver_pb2.Outcome, answer.outcome, "OUTCOME_"),
        "firm": answer.firm.firm_id,
        "confidence": answer.confidence,
        "match_type": _word(resolver_pb2.MatchType, answer.match_type, "MATCH_TYPE_"),
        "matched_name": answer.matched_name.text,
        "not_found": _word(resolver_pb2.NotFoundReason, answer.not_found_reason, "NOT_FOUND_REASON_"),
        "ambiguity": _word(resolver_pb2.AmbiguityReason, answer.ambiguity_reason, "AMBIGUITY_REASON_"),
        "hints": [resolver_pb2.Hint.Name(hint).removeprefix("HINT_") for hint in answer.hints],
        "warnings": [resolver_pb2.Warning.Name(one).removeprefix("WARNING_") for one in answer.warnings],
        "margin": answer.margin,
        "normalized": answer.query_normalized,
        "decoy": answer.decoy.label,
        "candidates": [
            (
                one.firm.firm_id,
                one.score,
                one.confidence,
                [
                    (resolver_pb2.EvidenceCode.Name(piece.code).removeprefix("EVIDENCE_CODE_"), piece.contribution)
                    for piece in one.evidence
                ],
            )
            for one in answer.candidates
        ],
    }


def _of_engine(answer: Resolution) -> dict[str, Any]:
    return {
        "outcome": answer.outcome.name,
        "firm": answer.firm_id,
        "confidence": answer.confidence,
        "match_type": answer.match_type.name if answer.match_type else None,
        "matched_name": answer.matched_name.text if answer.matched_name else "",
        "not_found": answer.not_found_reason.name if answer.not_found_reason else None,
        "ambiguity": answer.ambiguity_reason.name if answer.ambiguity_reason else None,
        "hints": [hint.name for hint in answer.hints],
        "warnings": [warning.name for warning in answer.warnings],
        "margin": answer.margin,
        "normalized": answer.query_normalized,
        "decoy": answer.decoy.label if answer.decoy else "",
        "candidates": [
            (one.firm_id, one.score, one.confidence, [(piece.code.name, piece.contribution) for piece in one.evidence])
            for one in answer.candidates
        ],
    }


def test_server_and_tests_look_at_the_same_table(client: Client, table: Table) -> None:
    assert client.snapshot().table_version == table.version


def test_engine_and_grpc_agree_on_every_name(
    engine: Engine, client: Client, names: list[str], options: resolver_pb2.ResolveOptions
) -> None:
    assert len(names) > SAMPLE
    results = client.batch_resolve(names, options=options).results
    ours = Options(max_candidates=CANDIDATES)
    differing = [
        text
        for text, result in zip(names, results, strict=True)
        if _of_wire(result.resolution) != _of_engine(engine.resolve(text, options=ours))
    ]
    assert differing == []


@pytest.mark.parametrize(
    ("wire", "ours"),
    [
        ({"as_of": "2012-06-30"}, Context(as_of="2012-06-30")),
        ({"city": "深圳"}, Context(city="深圳")),
        ({"exchange": "XSHG", "country": "CN"}, Context(exchange="XSHG", country="CN")),
        ({"co_mentions": ["华为", "腾讯"]}, Context(co_mentions=("华为", "腾讯"))),
    ],
)
def test_engine_and_grpc_agree_with_context(
    engine: Engine,
    client: Client,
    names: list[str],
    options: resolver_pb2.ResolveOptions,
    wire: dict[str, Any],
    ours: Context,
) -> None:
    asked = names[:150]
    queries = [(text, resolver_pb2.QueryContext(**wire)) for text in asked]
    results = client.batch_resolve(queries, options=options).results
    expected = [_of_engine(engine.resolve(text, ours, Options(max_candidates=CANDIDATES))) for text in asked]
    assert [_of_wire(result.resolution) for result in results] == expected


def test_single_batch_and_stream_agree(client: Client, names: list[str], options: resolver_pb2.ResolveOptions) -> None:
    asked = names[:200]
    single = [client.resolve(text, options=options) for text in asked]
    batch = client.batch_resolve(asked, options=options)
    many = list(client.resolve_many(asked, options=options))
    stream = list(client.stream_resolve(asked, options=options, batch_size=7))
    expected = [_of_wire(answer) for answer in single]
    for way in (batch.results, many, stream):
        assert [_of_wire(result.resolution) for result in way] == expected
    provenance = {answer.provenance.SerializeToString(deterministic=True) for answer in single}
    provenance |= {result.resolution.provenance.SerializeToString(deterministic=True) for result in (*many, *stream)}
    assert provenance == {batch.provenance.SerializeToString(deterministic=True)}


async def test_the_asynchronous_client_agrees(
    client: Client, address: str, names: list[str], options: resolver_pb2.ResolveOptions
) -> None:
    asked = names[:60]
    async with AsyncClient(address) as other:
        answers = [await other.resolve(text, options=options) for text in asked]
    assert answers == [client.resolve(text, options=options) for text in asked]


def test_the_same_request_gives_the_same_bytes(client: Client, names: list[str]) -> None:
    for text in names[:50]:
        first, second = client.resolve(text), client.resolve(text)
        assert first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True)
        assert first.resolution_id


def test_one_bad_name_never_fails_a_batch(client: Client) -> None:
    results = client.batch_resolve(["寒武纪", "", "x" * 513, "a\x00b", "Cambricon"]).results
    assert [result.WhichOneof("result") for result in results] == [
        "resolution",
        "error",
        "error",
        "error",
        "resolution",
    ]
    assert results[0].resolution.firm.firm_id == results[4].resolution.firm.firm_id != ""


def test_records_agree(engine: Engine, client: Client, table: Table) -> None:
    ids = [firm.id for firm in random.Random(3).sample(table.firms, 200)]
    for firm_id, item in zip(ids, client.batch_get_firms(ids).items, strict=True):
        record = engine.firm(firm_id)
        assert record is not None
        firm = item.firm
        assert (firm.summary.firm_id if firm.HasField("summary") else firm.firm_id) == firm_id
        assert [name.text for name in firm.names] == [name.text for name in record.names]


def test_suggestions_and_searches_agree(engine: Engine, client: Client) -> None:
    for prefix in ("中科", "huaw", "Semi", "紫光"):
        theirs = [one.firm.firm_id for one in client.suggest(prefix, max_suggestions=10).suggestions]
        assert theirs == [hit.firm_id for hit in engine.suggest(prefix, 10)]
    for words in ("半导体 上海", "technology beijing"):
        found = [hit.firm.firm_id for _, hit in zip(range(60), client.search(words, page_size=25), strict=False)]
        assert found == [hit.firm_id for hit in engine.search(words, limit=60)[0]]


def test_explanations_hold_the_same_answers(client: Client, names: list[str]) -> None:
    for text in names[:150]:
        told = client.explain(text)
        assert told.resolution == client.resolve(text)
        assert told.steps[-1].ended


def test_engine_and_grpc_agree_on_pairs(engine: Engine, client: Client, names: list[str]) -> None:
    for first, second in itertools.pairwise(names[:150]):
        for with_table in (True, False):
            ours = engine.compare(first, second, with_table=with_table)
            theirs = client.compare(first, second, without_table=not with_table)
            assert resolver_pb2.NameRelation.Name(theirs.relation) == f"NAME_RELATION_{ours.relation.name}"
            assert theirs.confidence == ours.confidence
            assert theirs.HasField("first") == with_table
