"""The contract from outside Python: any gRPC tool, with the schema from server reflection; and the README's examples."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from zhengming.engine import Engine

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def buf() -> str:
    """The program `buf` of this environment."""
    path = Path(sys.executable).with_name("buf")
    if not path.exists():
        pytest.skip("buf is not installed")
    return str(path)


def _call(buf: str, address: str, method: str, request: dict[str, Any], *more: str) -> subprocess.CompletedProcess[str]:
    url = f"http://{address}/zhengming.v1.{method}"
    command = [buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge", *more, "-d", json.dumps(request), url]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=30, check=False)


def test_a_call_without_our_client_finds_the_firm(buf: str, address: str, engine: Engine) -> None:
    done = _call(buf, address, "ResolverService/Resolve", {"query": "寒武纪", "options": {"max_candidates": 1}})
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["outcome"] == "OUTCOME_MATCH"
    assert answer["firm"]["firmId"] == engine.resolve("寒武纪").firm_id


CALLS = [
    ("ResolverService/BatchResolve", {"items": [{"query": "寒武纪"}, {"query": "紫光"}]}, "results"),
    ("ResolverService/CompareNames", {"first": "工行", "second": "中国工商银行"}, "relation"),
    ("ResolverService/ExplainResolution", {"query": "寒武纪"}, "steps"),
    ("ResolverService/SuggestFirms", {"prefix": "寒武"}, "suggestions"),
    ("ResolverService/GetServerInfo", {}, None),
    ("CatalogService/SearchFirms", {"query": "寒武纪"}, "hits"),
    ("CatalogService/LookupIdentifier", {"value": "688256.SH"}, None),
    ("CatalogService/GetSnapshot", {}, None),
]


@pytest.mark.parametrize(("method", "request_", "field"), CALLS)
def test_every_method_answers(buf: str, address: str, method: str, request_: dict[str, Any], field: str | None) -> None:
    done = _call(buf, address, method, request_)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer
    if field:
        assert answer[field]


def test_a_wrong_request_says_which_field_is_wrong(buf: str, address: str) -> None:
    done = _call(buf, address, "ResolverService/Resolve", {"query": ""})
    assert done.returncode != 0
    error = json.loads(done.stderr)
    assert error["code"] == "invalid_argument"
    assert error["message"].startswith("query is empty")
    assert {detail["type"] for detail in error["details"]} == {"google.rpc.ErrorInfo", "google.rpc.BadRequest"}


def test_health_is_serving(buf: str, address: str) -> None:
    url = f"http://{address}/grpc.health.v1.Health/Check"
    done = subprocess.run(
        [buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge", "-d", "{}", url],
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert json.loads(done.stdout) == {"status": "SERVING"}


def _blocks(language: str) -> list[str]:
    text = README.read_text(encoding="utf-8") if README.exists() else ""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_python_examples_of_the_readme_run(address: str, environment: dict[str, str], tmp_path: Path) -> None:
    blocks = [block for block in _blocks("python") if "zhengming" in block]
    assert blocks
    for block in blocks:
        if "import pandas" in block and find_spec("pandas") is None:
            continue  # an extra that this environment was made without
        program = re.sub(r"(localhost|127\.0\.0\.1):\d+", address, block)
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stderr}"


def test_commands_that_the_readme_shows_exist(address: str, command: list[str], environment: dict[str, str]) -> None:
    """Every `zhengming …` line of the README names a subcommand and flags that the program has."""
    lines = [
        line.removeprefix("$ ").strip()
        for block in (*_blocks("sh"), *_blocks("console"), *_blocks("bash"), *_blocks("shell"))
        for line in block.splitlines()
    ]
    used = [line for line in lines if re.match(r"(.*\| *)?zhengming [a-z]", line)]
    assert used
    helps: dict[str, str] = {}
    for line in used:
        words = re.split(r"zhengming ", line, maxsplit=1)[1].split("#")[0].split("|")[0].split()
        if words[0] not in helps:
            done = subprocess.run(
                [*command, words[0], "--help"], env=environment, capture_output=True, encoding="utf-8", check=False
            )
            assert done.returncode == 0, f"{line}: no such command"
            helps[words[0]] = done.stdout
        for flag in (word.split("=")[0] for word in words if word.startswith("--")):
            assert flag in helps[words[0]], f"{line}: no flag {flag}"
