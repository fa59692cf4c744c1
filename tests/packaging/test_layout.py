"""The tree: namespace roots, names of files, marks on generated ones, nothing of one machine in any of them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMPORT_ROOTS = ("proto", "aliases", "server", "client")
PACKAGES = {
    "zhengming.v1": "proto",
    "zhengming.aliases": "aliases",
    "zhengming.curation": "aliases",
    "zhengming.engine": "server",
    "zhengming.server": "server",
    "zhengming.client": "client",
    "zhengming.frames": "client",
}
ANY_ROOT = (*IMPORT_ROOTS, "tests", ".ci", "docs")
GENERATED = re.compile(r"do not edit", re.IGNORECASE)
STANDARD_VARIABLES = {"XDG_CACHE_HOME", "XDG_STATE_HOME", "NO_COLOR", "TERM", "LC_ALL", "LC_MESSAGES", "LANG"}
"""Variables of the system that programs are expected to heed."""

TESTS_OF_THE_WHOLE = {"test_whole_table.py", "test_anatomy_whole_table.py", "test_cases.py"}
"""Tests of the engine that belong to no one module."""


def _files(*suffixes: str) -> list[Path]:
    found = [path for root in ANY_ROOT for path in (ROOT / root).rglob("*") if path.is_file()]
    return sorted(path for path in found if path.suffix in suffixes and "__pycache__" not in path.parts)


def _is_generated(path: Path) -> bool:
    head = path.read_bytes()[:400].decode("utf-8", "replace")
    return GENERATED.search(head.split('"""')[1] if head.startswith('"""') and '"""' in head[3:] else head) is not None


def _hand_written() -> list[Path]:
    return [path for path in _files(".py") if not _is_generated(path)]


def test_import_roots_and_the_namespace_have_no_init_file() -> None:
    """One stray `zhengming/__init__.py` hides the packages of all other roots."""
    folders = [ROOT / root / inner for root in IMPORT_ROOTS for inner in ("", "zhengming")]
    assert [str(folder) for folder in folders if (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize(("package", "root"), PACKAGES.items())
def test_every_package_is_marked_as_typed(package: str, root: str) -> None:
    folder = ROOT / root / package.replace(".", "/")
    assert (folder / "__init__.py").is_file()
    assert (folder / "py.typed").read_bytes() == b""


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "common", "helpers", "misc", "lib", "tools"}
    assert [str(path.relative_to(ROOT)) for path in _files(".py") if path.stem.strip("_") in drawers] == []


def test_modules_have_names_in_snake_case() -> None:
    odd = [
        path.name for path in _files(".py") if not re.fullmatch(r"_{0,2}[a-z][a-z0-9]*(_[a-z0-9]+)*(__)?", path.stem)
    ]
    assert odd == []


def test_every_module_opens_with_a_docstring() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in _hand_written()
        if path.stat().st_size and ast.get_docstring(ast.parse(path.read_bytes())) is None
    ]
    assert silent == []


def test_every_engine_test_mirrors_a_module() -> None:
    engine = ROOT / "server/zhengming/engine"
    modules = {path.stem for path in engine.iterdir()}
    tests = {path.name for path in (ROOT / "tests/engine").glob("test_*.py")} - TESTS_OF_THE_WHOLE
    assert {test for test in tests if test.removeprefix("test_").removesuffix(".py") not in modules} == set()


def test_generated_files_are_marked_so_that_reviews_hide_them() -> None:
    patterns = [
        line.split()[0]
        for line in (ROOT / ".gitattributes").read_text().splitlines()
        if "linguist-generated" in line.split()[1:]
    ]
    files = [path for path in _files(".py", ".pyi") if _is_generated(path) or "_pb2" in path.name]
    assert files
    unmarked = [
        str(path.relative_to(ROOT))
        for path in files
        if not any(path.match(pattern) or str(path.relative_to(ROOT)) == pattern for pattern in patterns)
    ]
    assert unmarked == []


# Spelled so that this file does not hold what it looks for.
_MACHINE = re.compile(
    r"(?<![\w.:/<~-])/(?:" + "|".join(("home", "root", "work", "Users", "mnt", "opt", "srv")) + r")/\w"
)
_REGISTRY = re.compile(
    "|".join(
        (
            "pypi" + r"\.org",
            "pythonhosted" + r"\.org",
            "npmjs" + r"\.",
            "index" + "-url",
            "proxy" + r"\.golang",
            "/sim" + "ple/",
        )
    )
)


def test_no_module_knows_a_machine_or_a_registry() -> None:
    scripts = [path for path in (ROOT / ".ci").iterdir() if path.is_file()]
    files = [*_hand_written(), *scripts, ROOT / "Makefile", ROOT / "pyproject.toml"]
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in files
        for pattern in (_MACHINE, _REGISTRY)
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_environment_variables_begin_with_our_name() -> None:
    wrong = []
    for path in _hand_written():
        if "tests" in path.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            name = None
            if isinstance(node, ast.Call) and re.search(r"(environ(ment)?\.get|getenv)$", ast.unparse(node.func)):
                name = node.args[0]
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
                name = node.slice
            if isinstance(name, ast.Constant) and not str(name.value).startswith("ZHENGMING_"):
                wrong.append(str(name.value))
    assert set(wrong) <= STANDARD_VARIABLES


def test_nothing_strange_lies_at_the_top() -> None:
    """Such as a wheel that some tool left behind."""
    strange = [path.name for path in ROOT.iterdir() if path.suffix in (".whl", ".gz", ".zip", ".csv", ".log", ".orig")]
    assert strange == []
