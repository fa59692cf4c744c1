"""What other code may rely on: `__all__` is what a package exports, and every name of it works."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PINNED = Path(__file__).with_name("public_names.txt")
"""A name that is taken from this list is taken from users: the changelog must say so."""

PACKAGES = ("zhengming.aliases", "zhengming.engine", "zhengming.client", "zhengming.frames")


def _pinned(package: str) -> list[str]:
    lines = PINNED.read_text(encoding="utf-8").split()
    return [line.removeprefix(f"{package}.") for line in lines if line.rpartition(".")[0] == package]


def _exported(module: ModuleType) -> list[str]:
    return [
        name
        for name, member in vars(module).items()
        if not name.startswith("_")
        and not inspect.ismodule(member)
        and name not in ("annotations", "TYPE_CHECKING", "Any", "Final")
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_all_is_what_is_exported(package: str) -> None:
    module = importlib.import_module(package)
    for name in module.__all__:
        assert getattr(module, name) is not None
    assert sorted(_exported(module)) == sorted(module.__all__)
    assert len(set(module.__all__)) == len(module.__all__)
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_are_pinned(package: str) -> None:
    assert sorted(importlib.import_module(package).__all__) == sorted(_pinned(package))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_has_a_docstring(package: str) -> None:
    module = importlib.import_module(package)
    silent = [
        name
        for name in module.__all__
        if inspect.isclass(member := getattr(module, name)) or inspect.isfunction(member)
        if not inspect.getdoc(member)
    ]
    assert silent == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    client = importlib.import_module("zhengming.client")
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        client.Nonsense  # noqa: B018


def _modules_after(program: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_the_client_needs_nothing_of_the_server() -> None:
    loaded = _modules_after("from zhengming.client import *; import zhengming.client.cli, zhengming.client.csv_job")
    assert "grpc" in loaded
    tops = {name.partition(".")[0] for name in loaded}
    assert tops & {"numpy", "rapidfuzz", "opencc", "pypinyin"} == set()
    assert {
        name for name in loaded if name.startswith(("zhengming.server", "zhengming.engine", "zhengming.aliases"))
    } == set()


def test_importing_the_client_or_its_command_line_is_cheap() -> None:
    loaded = _modules_after("import zhengming.client, zhengming.client.cli")
    assert loaded & {"grpc", "google.protobuf", "asyncio"} == set()


def test_the_engine_loads_neither_grpc_nor_script_libraries() -> None:
    tops = {name.partition(".")[0] for name in _modules_after("import zhengming.engine")}
    assert tops & {"grpc", "google", "opencc", "pypinyin"} == set()
