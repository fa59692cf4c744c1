"""A real server process on the bundled table, and a client on it. The table is compiled once a session."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from zhengming.client import Client

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of every process started here: a cache folder of the session, no settings of the user."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZHENGMING_", "LC_", "LANG"))}
    return kept | {"XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache")), "NO_COLOR": "1", "LANG": "C.UTF-8"}


@pytest.fixture(scope="session")
def address(environment: dict[str, str]) -> Iterator[str]:
    """Address of a running `zhengming-server`. It must leave with 0 when told to stop."""
    command = [sys.executable, "-m", "zhengming.server", "--listen", "127.0.0.1:0", "--linger-seconds", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if ready := re.search(r"ready on (\S+?),? ", line):
                yield ready[1]
                break
        else:
            pytest.fail(f"the server did not start: {''.join(said)}")
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest, rest


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[Client]:
    """A client on the running server."""
    with Client(address) as connected:
        yield connected


@pytest.fixture(scope="session")
def command() -> list[str]:
    """The command `zhengming` of this environment."""
    script = Path(sys.executable).with_name("zhengming")
    return [str(script)] if script.exists() else [sys.executable, "-m", "zhengming.client.cli"]


@pytest.fixture
def run(command: list[str], environment: dict[str, str], address: str, tmp_path: Path) -> Run:
    """Run `zhengming` against the running server."""

    def call(*arguments: str, stdin: str = "", at: str | None = address) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments],
            env=environment | ({"ZHENGMING_ADDRESS": at} if at else {}),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            cwd=tmp_path,
            check=False,
        )

    return call
