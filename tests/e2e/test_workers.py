"""The CSV job with workers on this machine: the bytes of one process and of a server, whatever dies on the way."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from zhengming.aliases import load_table
from zhengming.client import Client, local_client
from zhengming.server.pool import cores

ROWS = 4_000
DIED = "zhengming: a worker died and is replaced; what it worked on is asked again"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of names of the table, plain, shortened and disfigured."""
    choose = random.Random(5)
    names = sorted({name.text for name in load_table().names if len(name.text) > 4 and '"' not in name.text})
    path = tmp_path_factory.mktemp("rows") / "in.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id;公司名称\n")
        for number in range(ROWS):
            name = choose.choice(names).replace(";", " ")
            cut = choose.choice((0, 0, 0, 1, 2))
            file.write(f"{number};{name[cut:]}{choose.choice(('', '', '科技', ' Ltd'))}\n")
    return path


@pytest.fixture(scope="module")
def over_grpc(rows: Path, command: list[str], environment: dict[str, str], address: str) -> bytes:
    """The result of a server."""
    output = rows.with_name("grpc.csv")
    argv = [*command, "csv", str(rows), "-o", str(output), "--address", address, "--quiet"]
    subprocess.run(argv, env=environment, check=True, timeout=300)
    return output.read_bytes()


@pytest.mark.parametrize("workers", [1, 3])
def test_workers_give_the_bytes_of_a_server(
    workers: int, rows: Path, command: list[str], environment: dict[str, str], over_grpc: bytes
) -> None:
    output = rows.with_name(f"{workers}.csv")
    argv = [*command, "csv", str(rows), "-o", str(output), "--workers", str(workers), "--quiet"]
    done = subprocess.run(argv, env=environment, check=True, timeout=300, capture_output=True)
    assert done.stderr == b""
    assert output.read_bytes() == over_grpc


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the workers in /proc")
def test_rows_of_texts_are_linked_by_workers(
    rows: Path, command: list[str], environment: dict[str, str], address: str, tmp_path: Path
) -> None:
    """More than one of them where there are cores; the bytes of a server."""
    texts = tmp_path / "texts.jsonl"
    names = [line.partition(";")[2] for line in rows.read_text(encoding="utf-8").splitlines()[1:401]]
    texts.write_text(
        "".join(json.dumps({"text": f"{name}与华为在上海签约。"}) + "\n" for name in names), encoding="utf-8"
    )
    argv = [*command, "link", str(texts), "--format", "csv", "--quiet"]
    server = subprocess.run(
        [*argv, "--address", address], env=environment, check=True, timeout=300, capture_output=True
    )
    seen: set[int] = set()
    wanted = min(cores(), 2)
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE) as process:
        # From its start: workers live from before the first row is written to the end.
        while len(seen) < wanted and process.poll() is None:
            seen.update(_workers_of(process.pid))
            time.sleep(0.01)
        written, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    assert written == server.stdout
    assert len(seen) >= wanted


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the workers in /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_workers_change_nothing(
    number: signal.Signals, rows: Path, command: list[str], environment: dict[str, str], over_grpc: bytes
) -> None:
    """Two of them, at different moments."""
    output = rows.with_name(f"killed-{number}.csv")
    argv = [*command, "csv", str(rows), "-o", str(output), "--workers", "2", "--quiet"]
    killed: set[int] = set()
    with subprocess.Popen(argv, env=environment, stderr=subprocess.PIPE) as process:
        while len(killed) < 2 and process.poll() is None:
            running = [each for each in _workers_of(process.pid) if each not in killed]
            if len(running) == 2:
                time.sleep(0.2)
                os.kill(running[0], number)
                killed.add(running[0])
            time.sleep(0.02)
        _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert killed
    assert said.decode().splitlines() == [DIED] * len(killed)
    assert output.read_bytes() == over_grpc


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the workers in /proc")
def test_interrupted_jobs_leave_no_worker(
    rows: Path, command: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    """Ctrl-C while workers are at work: code 130, and every process is gone."""
    argv = [*command, "csv", str(rows), "-o", str(tmp_path / "out.csv"), "--workers", "2"]
    with subprocess.Popen(argv, env=environment, stderr=subprocess.PIPE) as process:
        running: list[int] = []
        while len(running) < 2 and process.poll() is None:
            running = _workers_of(process.pid)
            time.sleep(0.02)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert b"Traceback" not in said
    assert b"does not answer" not in said
    for _ in range(500):
        if not any(Path(f"/proc/{pid}").exists() for pid in running):
            break
        time.sleep(0.02)
    assert not any(Path(f"/proc/{pid}").exists() for pid in running)


def test_workers_and_a_server_exclude_each_other(rows: Path, command: list[str], environment: dict[str, str]) -> None:
    argv = [*command, "csv", str(rows), "--workers", "2", "--address", "127.0.0.1:1"]
    done = subprocess.run(argv, env=environment, check=False, timeout=60, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--workers works on this machine only" in done.stderr


def test_a_local_client_answers_as_a_server_does(
    client: Client, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Single names, batches and records, from Python, without a server."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    names = ["寒武纪", "Moore Threads", "紫光", "不存在的公司名", ""]
    with local_client(2) as local:
        assert local.resolve("寒武纪") == client.resolve("寒武纪")
        assert local.batch_resolve(names) == client.batch_resolve(names)
        assert list(local.resolve_many(names * 500)) == list(client.resolve_many(names * 500))
        assert local.server_info() == client.server_info()


def _workers_of(pid: int) -> list[int]:
    """Return the child processes of a process, whichever of its threads started them."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return sorted(found)
