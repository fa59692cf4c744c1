"""Snapshot files: made once, found again, refused when a single bit is wrong."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy
import pytest
from zhengming.engine import MATCHER_VERSION
from zhengming.server import snapshot as module
from zhengming.server.errors import SnapshotError, StartError
from zhengming.server.snapshot import (
    SUFFIX,
    SnapshotImage,
    cache_key,
    open_snapshot,
    read_snapshot,
    table_signature,
    write_snapshot,
)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache folder of the test's own."""
    return tmp_path / "cache"


@pytest.fixture
def compiled(table_folder: Path, cache: Path) -> tuple[Path, bytes]:
    """A snapshot file and its key."""
    opened = open_snapshot(table_folder, cache)
    assert opened.path is not None
    return opened.path, cache_key(opened.table_version, MATCHER_VERSION)


def count_compiles(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    import zhengming.engine

    calls: list[int] = []
    real = zhengming.engine.compile_index

    def counted(table: Any) -> Any:
        calls.append(1)
        return real(table)

    monkeypatch.setattr(zhengming.engine, "compile_index", counted)
    return calls


def test_second_start_maps_the_file(table_folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is compiled once; the hash and the answers stay the same."""
    compiles = count_compiles(monkeypatch)
    first, second = open_snapshot(table_folder, cache), open_snapshot(table_folder, cache)
    assert len(compiles) == 1
    assert first.hash == second.hash
    assert first.engine.resolve("华为") == second.engine.resolve("华为")
    assert second.engine.counts.firms == 8


def test_the_same_table_gives_the_same_bytes(table_folder: Path, tmp_path: Path) -> None:
    """Two compilations, two caches, one content: hashes can be compared between machines."""
    paths = [open_snapshot(table_folder, tmp_path / name).path for name in ("a", "b")]
    contents = {path.read_bytes() for path in paths if path}
    assert len(contents) == 1


def test_a_changed_table_gives_another_snapshot(table_folder: Path, cache: Path, rename_huawei: Any) -> None:
    """Also when size and times of the files are unlucky: the remembered version is never trusted for fresh files."""
    hashes = {open_snapshot(table_folder, cache).hash}
    for mark in ("Huawai", "Huawei", "Huawee"):
        rename_huawei(mark)
        hashes.add(open_snapshot(table_folder, cache).hash)
    assert len(hashes) == 3


def test_every_flipped_byte_is_refused(tmp_path: Path) -> None:
    """One bit in any byte of header, manifest, padding and content: the damage is found before the engine sees it."""
    path, key = tmp_path / "small", b"k" * 16
    arrays = {"numbers": numpy.arange(100), "odd": numpy.arange(7, dtype="u1"), "empty": numpy.zeros((0, 3), "f4")}
    write_snapshot(SnapshotImage.of(arrays, "t", "m"), path, key)
    whole = path.read_bytes()
    with path.open("r+b") as file:
        for place in range(len(whole)):
            file.seek(place)
            file.write(bytes([whole[place] ^ (1 << place % 8)]))
            file.flush()
            with pytest.raises(SnapshotError, match=r"^(?!does not fit this engine)"):
                read_snapshot(path, key)
            file.seek(place)
            file.write(whole[place : place + 1])
            file.flush()
    with pytest.raises(SnapshotError, match="does not fit this engine"):
        read_snapshot(path, key)


@pytest.mark.parametrize("keep", [0, 1, 8, 63, 64, 100, 5000, -64, -1])
def test_a_cut_file_is_refused(compiled: tuple[Path, bytes], keep: int) -> None:
    """However little is missing."""
    path, key = compiled
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(SnapshotError):
        read_snapshot(path, key)


def test_a_longer_file_is_refused(compiled: tuple[Path, bytes]) -> None:
    """Bytes behind the end are not ignored."""
    path, key = compiled
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(SnapshotError):
        read_snapshot(path, key)


def forged(manifest: dict[str, Any], content: bytes, key: bytes) -> bytes:
    """Return a file whose hashes are all right and whose manifest is not ours."""
    import hashlib
    import struct

    manifest = {
        "content_sha256": hashlib.sha256(content).hexdigest(),
        "table_version": "t",
        "matcher_version": "m",
    } | manifest
    text = json.dumps(manifest).encode()
    head = struct.pack(
        "<8sII32s16s", b"ZMSNAP\r\n", module.FORMAT_VERSION, len(text), hashlib.sha256(text).digest(), key
    )
    return head + text + bytes(-(64 + len(text)) % 64) + content


@pytest.mark.parametrize(
    "array",
    [
        {"name": "a", "dtype": "|O", "shape": [8], "offset": 0, "size": 64},
        {"name": "a", "dtype": "<i4", "shape": [1 << 40], "offset": 0, "size": 64},
        {"name": "a", "dtype": "<i4", "shape": [-1, -16], "offset": 0, "size": 64},
        {"name": "a", "dtype": "<i4", "shape": [16], "offset": -64, "size": 64},
        {"name": "a", "dtype": "<i4", "shape": [16], "offset": 64, "size": 64},
        {"name": "a", "dtype": "<i4", "shape": [8], "offset": 4, "size": 32},
        {"name": "a", "dtype": ">i4", "shape": [16], "offset": 0, "size": 64},
        {"name": "a", "dtype": "nonsense", "shape": [16], "offset": 0, "size": 64},
        {"name": "a"},
        "array",
    ],
)
def test_forged_layouts_are_refused(tmp_path: Path, array: Any) -> None:
    """Right hashes do not help: arrays must be plain numbers inside the file."""
    path, key = tmp_path / "forged", b"k" * 16
    path.write_bytes(forged({"arrays": [array]}, bytes(64), key))
    with pytest.raises(SnapshotError):
        read_snapshot(path, key)


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "flipped", "folder", "other format"])
def test_a_damaged_cache_is_compiled_anew(
    compiled: tuple[Path, bytes], table_folder: Path, cache: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A start never fails for it, says so in the log, and mends the file where it can."""
    path, key = compiled
    whole = bytearray(path.read_bytes())
    path.unlink()
    if damage == "folder":
        path.mkdir()
    else:
        whole[-5] ^= damage == "flipped"
        whole[8] += damage == "other format"
        path.write_bytes({"empty": b"", "text": b"hello" * 100, "cut": bytes(whole[:-1])}.get(damage, bytes(whole)))
    logging.getLogger("zhengming.server").propagate = True
    with caplog.at_level(logging.WARNING, "zhengming.server"):
        opened = open_snapshot(table_folder, cache)
    assert opened.engine.resolve("华为").firm_id
    assert "refused" in caplog.text
    if damage != "folder":
        assert read_snapshot(path, key).hash == opened.hash


def test_an_unwritable_cache_is_no_obstacle(table_folder: Path, tmp_path: Path) -> None:
    """A file stands where the folder should be: the snapshot lives in memory and has the same hash."""
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    held = open_snapshot(table_folder, blocked)
    assert held.path is None
    assert held.hash == open_snapshot(table_folder, tmp_path / "cache").hash
    assert held.engine.resolve("华为").firm_id


def test_failing_writes_leave_no_half_file(table_folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disk full at the end of writing: no snapshot, no temporary file, and still an answer."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    opened = open_snapshot(table_folder, cache)
    assert opened.path is None
    assert opened.engine.resolve("华为").firm_id
    assert list(cache.iterdir()) == []


def test_racing_starts_share_one_file(table_folder: Path, cache: Path) -> None:
    """Of processes that start at once one compiles, all answer, and one whole file is left."""
    program = (
        "import pathlib, sys; from zhengming.server import logs, snapshot; logs.set_up('text', 'info');"
        "snapshot.open_snapshot(*map(pathlib.Path, sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, str(table_folder), str(cache)]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    said = b"".join(process.communicate(timeout=60)[1] for process in processes)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert said.count(b"compiled the table") == 1
    (path,) = cache.glob("*" + SUFFIX)
    assert path.stat().st_size > 0
    assert not list(cache.glob(".tmp-*"))


@pytest.mark.skipif(os.name != "posix", reason="locks")
def test_a_process_that_hangs_while_it_compiles_stops_no_other(
    table_folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    monkeypatch.setattr(module, "LONGEST_TURN", 0.1)
    cache.mkdir(exist_ok=True)
    held = os.open(cache, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert open_snapshot(table_folder, cache).engine.resolve("华为").firm_id
    finally:
        os.close(held)


def test_racing_threads(table_folder: Path, cache: Path) -> None:
    """The same within one process."""
    hashes: list[str] = []
    threads = [
        threading.Thread(target=lambda: hashes.append(open_snapshot(table_folder, cache).hash)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hashes) == 4
    assert len(set(hashes)) == 1


def test_version_is_remembered_for_settled_files_only(
    table_folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files at rest are not read again; files of the last two seconds are, for they may change within a clock tick."""
    import zhengming.aliases.load

    reads: list[int] = []
    real = zhengming.aliases.load.table_version

    def counted(folder: Path) -> str:
        reads.append(1)
        return real(folder)

    monkeypatch.setattr(zhengming.aliases.load, "table_version", counted)
    cache.mkdir()
    signature = table_signature(table_folder)
    for _ in range(2):
        module._table_version(table_folder, signature, cache)
    assert len(reads) == 2
    monkeypatch.setattr(time, "time_ns", lambda: max(file[4] for file in signature) + 3_000_000_000)
    for _ in range(3):
        module._table_version(table_folder, signature, cache)
    assert len(reads) == 3
    (cache / "tables.json").write_text("{ nonsense")
    assert module._table_version(table_folder, signature, cache) == real(table_folder)


def test_old_snapshots_are_removed(tmp_path: Path) -> None:
    """The cache folder keeps the newest few, and loses what a killed process left behind."""
    stale = tmp_path / ".tmp-stale"
    stale.write_bytes(b"")
    os.utime(stale, (0, 0))
    for number in range(module.KEPT_FILES + 3):
        image = SnapshotImage.of({"a": numpy.arange(number)}, "t", "m")
        write_snapshot(image, tmp_path / f"{number}{SUFFIX}", b"k" * 16)
        os.utime(tmp_path / f"{number}{SUFFIX}", (number + 1, number + 1))
    assert len(list(tmp_path.glob("*" + SUFFIX))) <= module.KEPT_FILES + 1
    assert not stale.exists()


@pytest.mark.parametrize("array", [numpy.array(["text"]), numpy.array([object()]), numpy.zeros(3, ">i4")])
def test_only_plain_numbers_are_written(array: Any) -> None:
    """Text, objects and foreign byte order have no place in a snapshot."""
    with pytest.raises(TypeError):
        SnapshotImage.of({"a": array}, "t", "m")


def test_a_broken_table_says_what_and_where(table_folder: Path, cache: Path) -> None:
    """`StartError` names file and line; nothing is cached."""
    (table_folder / "firms.csv").write_text("id,kind\n", encoding="utf-8")
    with pytest.raises(StartError, match=r"firms\.csv:1"):
        open_snapshot(table_folder, cache)
    assert not list(cache.glob("*" + SUFFIX))
    with pytest.raises(StartError, match="cannot be read"):
        open_snapshot(table_folder / "nowhere", cache)


def test_closing_lets_go_of_the_file(compiled: tuple[Path, bytes]) -> None:
    """After `close` the mapping is gone once nobody holds the engine's arrays."""
    path, key = compiled
    opened = read_snapshot(path, key)
    opened.close()
    opened.close()


def test_the_cache_folder_follows_xdg(table_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$XDG_CACHE_HOME where it is absolute, else ~/.cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    opened = open_snapshot(table_folder)
    assert opened.path is not None
    assert opened.path.parent == tmp_path / "xdg" / "zhengming"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    opened = open_snapshot(table_folder)
    assert opened.path is not None
    assert opened.path.parent == tmp_path / "home" / ".cache" / "zhengming"
