"""A job that is cut off at any moment goes on where its checkpoint is, and its result is the same bytes."""

from __future__ import annotations

import contextlib
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from zhengming.client import errors
from zhengming.client.cli import main
from zhengming.client.csv_account import Account, NameAccount
from zhengming.client.csv_checkpoint import Checkpoint, JobFolder, rows_kept

COMMAND = [sys.executable, "-c", "import sys; from zhengming.client.cli import main; sys.exit(main())"]


def write_input(path: Path, rows: int) -> None:
    """Write names, repeated and damaged ones among them."""
    choose = random.Random(7)
    lines = [
        choose.choice([f"{number},名{choose.randrange(rows)}\n"] * 20 + [f"{number}\n", f'{number},"紫\n', "\n"])
        for number in range(rows)
    ]
    path.write_text("id,name\n" + "".join(lines), encoding="utf-8")


def job(source: Path, output: Path, address: str, *more: str) -> list[str]:
    return ["csv", str(source), "-o", str(output), "--address", address, "--checkpoint-rows", "100", *more]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_killed_jobs_end_with_the_same_bytes(server: Any, tmp_path: Path, full: bool) -> None:
    """Five kills at random moments of a 20,000-row job, one of them by Ctrl-C; --full: 20 of a 50,000-row job."""
    source, output, whole = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "whole.csv"
    rows, wanted = (50_000, 20) if full else (20_000, 5)
    write_input(source, rows)
    assert main(job(source, whole, server.address, "--quiet")) == 6
    server.script.delay = 0.1
    choose = random.Random(11)
    argv = job(source, output, server.address)
    kills = 0
    for _ in range(wanted):
        resume = ["--resume"] if rows_kept(output) is not None else []
        process = subprocess.Popen([*COMMAND, *argv, *resume], stderr=subprocess.PIPE)
        calls = server.script.calls["BatchResolve"] + choose.randrange(1, rows // 500 // wanted)
        deadline = time.monotonic() + 60
        while server.script.calls["BatchResolve"] < calls and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(choose.random() * 0.1)
        process.send_signal(signal.SIGINT if kills == 2 else signal.SIGKILL)
        _, said = process.communicate(timeout=30)
        # -SIGINT: while it was still starting, because the server was busy with calls of the job before.
        kills += process.returncode in (130, -signal.SIGKILL, -signal.SIGINT)
        assert not output.exists()
        if process.returncode == 130:
            assert b"rows are done; go on with: zhengming csv" in said.splitlines()[-1]
    assert kills == wanted
    server.script.delay = 0.0
    assert rows_kept(output)
    assert main([*argv, "--resume"]) == 6
    assert output.read_bytes() == whole.read_bytes()
    assert (tmp_path / "out.rejects.csv").read_bytes() == (tmp_path / "whole.rejects.csv").read_bytes()
    assert names_in(tmp_path) == ["in.csv", "out.csv", "out.rejects.csv", "whole.csv", "whole.rejects.csv"]


def test_a_server_that_comes_back_does_not_end_the_job(
    start_server: Callable[..., Any], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The server is killed in the middle and another starts at its address: the job goes on by itself."""
    source, output, whole = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "whole.csv"
    write_input(source, 2_000)
    first = start_server()
    assert main(job(source, whole, first.address, "--quiet")) == 6
    first.script.delay = 0.1
    codes: list[int] = []
    worker = threading.Thread(target=lambda: codes.append(main(job(source, output, first.address, "--timeout", "3"))))
    calls = first.script.calls["BatchResolve"]
    worker.start()
    while first.script.calls["BatchResolve"] < calls + 3:
        time.sleep(0.01)
    first.stop()
    time.sleep(4)
    start_server(first.port)
    worker.join(60)
    assert codes == [6]
    assert output.read_bytes() == whole.read_bytes()
    assert "waiting for it up to 600 s" in capfd.readouterr().err


def test_the_printed_command_goes_on(server: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A server that refuses in the middle ends the job with a command that resumes it, and only it."""
    import grpc

    source, output, whole = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "whole.csv"
    write_input(source, 2_000)
    assert main(job(source, whole, server.address, "--quiet")) == 6

    def fail_later() -> None:
        while server.script.calls["BatchResolve"] < calls + 4:
            time.sleep(0.005)
        server.fail("BatchResolve", grpc.StatusCode.PERMISSION_DENIED)

    server.script.delay = 0.05
    calls = server.script.calls["BatchResolve"]
    threading.Thread(target=fail_later).start()
    assert main(job(source, output, server.address)) == 5
    said = capfd.readouterr().err
    command = next(line for line in said.splitlines() if "rows are done" in line).partition("zhengming csv ")[2]
    argv = ["csv", *shlex.split(command)]
    assert argv[-1] == "--resume"
    assert main([*argv, "--column", "1"]) == 2
    assert "other options" in capfd.readouterr().err
    content = source.read_bytes()
    source.write_bytes(content.replace(b"0", b"9", 1))
    assert main(argv) == 2
    assert "not the one that the job began with" in capfd.readouterr().err
    source.write_bytes(content)
    assert main(argv) == 6
    assert output.read_bytes() == whole.read_bytes()
    assert main(argv) == 2
    assert "no unfinished job" in capfd.readouterr().err


def test_a_kill_between_the_last_steps_loses_nothing(tmp_path: Path) -> None:
    """Whatever of the parts was published before the kill, resuming publishes the rest."""

    class Killed(Exception):
        pass

    def move(part: Path, checkpoint: Checkpoint) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.replace(part, tmp_path / part.name)

    def die(part: Path, checkpoint: Checkpoint) -> None:
        raise Killed

    end = Checkpoint(Account(2, 1, 0, 1, [NameAccount("1 'name'", 1, kinds={"MATCH EXACT": 1})]), 5, ("s",))
    folder = JobFolder(tmp_path / "out.csv", "f", resume=False)
    folder.part("rows", move).write(b"rows")
    folder.part("rejects", die).write(b"rejects")
    with pytest.raises(Killed):
        folder.finish(end)
    folder.leave()
    again = JobFolder(tmp_path / "out.csv", "f", resume=True)
    assert again.finished
    assert again.start == end
    again.part("rows", move)
    again.part("rejects", move)
    again.finish(end)
    assert names_in(tmp_path) == ["rejects", "rows"]
    assert (tmp_path / "rows").read_bytes() == b"rows"


def test_a_new_job_tells_of_the_unfinished_one_that_it_drops(
    server: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    write_input(source, 10)
    folder = JobFolder(output, "f", resume=False)
    folder.save(Checkpoint(Account(rows_read=7), 0, ()))
    folder.leave()
    assert main(job(source, output, server.address)) == 6
    assert "the 7 rows of the unfinished job beside" in capfd.readouterr().err
    assert main(job(source, output, server.address)) == 6
    assert "unfinished job" not in capfd.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="locks")
def test_two_jobs_do_not_share_an_output(tmp_path: Path) -> None:
    """The second is told so; a killed job's lock is gone with it."""
    folder = JobFolder(tmp_path / "out.csv", "f", resume=False)
    with pytest.raises(errors.CheckpointError, match="Another job"):
        JobFolder(tmp_path / "out.csv", "f", resume=False)
    folder.drop()
    JobFolder(tmp_path / "out.csv", "f", resume=False).drop()
    assert names_in(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_a_link_to_nothing_in_the_place_of_the_folder_is_told(
    server: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    write_input(source, 10)
    (tmp_path / "out.csv.unfinished").symlink_to(tmp_path / "nothing")
    assert main(job(source, output, server.address, "--quiet")) == 2
    said = capfd.readouterr().err
    assert "out.csv.unfinished cannot be made or locked. Remove what has that name." in said
    assert names_in(tmp_path) == ["in.csv", "out.csv.unfinished"]


@pytest.mark.skipif(os.name != "posix", reason="locks")
def test_a_job_that_ends_removes_nothing_of_the_next_one(tmp_path: Path) -> None:
    """Ending is done twice, by what finishes the job and by what closes it; in between another one may begin."""
    output = tmp_path / "out.csv"
    first = JobFolder(output, "f", resume=False)
    first.drop()
    second = JobFolder(output, "f", resume=False)
    second.save(Checkpoint(Account(rows_read=7), 0, ()))
    first.drop()
    first.leave()
    assert rows_kept(output) == 7
    second.drop()
    assert names_in(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="locks")
def test_many_jobs_in_turn_for_one_output_do_no_harm_to_each_other(tmp_path: Path) -> None:
    """Each finds its checkpoint as it left it, however they begin and end; the folder is gone at the end."""
    output = tmp_path / "out.csv"
    done: list[int] = []
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            # While one of them goes on, it does not run out of tries.
            for _ in range(20_000):
                if len(done) >= 60:
                    return
                try:
                    folder = JobFolder(output, "f", resume=False)
                except errors.CheckpointError:
                    continue
                folder.save(Checkpoint(Account(rows_read=number), 0, ()))
                assert rows_kept(output) == number
                folder.drop()
                done.append(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(done) >= 60
    assert names_in(tmp_path) == []


def test_a_folder_that_vanished_is_no_fault(tmp_path: Path) -> None:
    """Somebody removed it; the job has nothing left to remove."""
    folder = JobFolder(tmp_path / "out.csv", "f", resume=False)
    shutil.rmtree(folder.path)
    folder.leave()
    assert names_in(tmp_path) == []
