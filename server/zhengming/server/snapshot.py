"""The compiled table: one immutable file, found by what it was made from, mapped into memory.

Compiling takes seconds, mapping milliseconds. So the first start with a table compiles it into the user's cache folder
and every later start maps that file; several processes share its pages.

File format, version 2 (all numbers little-endian):

    offset  size
    0       8     magic `ZMSNAP\\r\\n` (the line end shows a file that went through a text conversion)
    8       4     format version
    12      4     length of the manifest in bytes
    16      32    SHA-256 of the manifest: this is the snapshot's hash
    48      16    cache key: BLAKE2b of format, table, overlay and matcher version, byte order and the engine's sources
    64            manifest, JSON: table_version, overlay_version, matcher_version, content_sha256, arrays [{name, dtype, shape, offset, size}]
                  zeros up to a multiple of 64
    content       the arrays as raw bytes, each starting at a multiple of 64 from here, with zeros between them

The manifest holds the hash of the content, so the snapshot's hash stands for every byte. Everything is checked at each
opening (SHA-256 of 40 MB took 26 ms): no flipped, missing or added byte is ever answered from. Nothing is unpickled.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import hashlib
import json
import logging
import mmap
import os
import signal
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengming.server.errors import SnapshotError, StartError
from zhengming.server.logs import event

# numpy and the engine cost more to import than all else here; `zhengming-server --help` does without them.
if TYPE_CHECKING:
    import numpy
    from zhengming.engine import Engine

    Arrays = Mapping[str, "numpy.ndarray[Any, Any]"]

FORMAT_VERSION = 2
"""Raised with every change of the file format; a file of another version is refused and compiled anew."""
SUFFIX = ".zmsnap"
KEPT_FILES = 4
"""Snapshot files that stay in the cache folder when a new one is written. A running server keeps its own either way."""

LONGEST_TURN = 60.0
"""Seconds to wait for another process that compiles: one that was stopped in the middle must not stop every start."""

_MAGIC = b"ZMSNAP\r\n"
_HEADER = struct.Struct("<8sII32s16s")
_ALIGNMENT = 64
_MAX_MANIFEST = 1 << 20
_SETTLED_NANOSECONDS = 2_000_000_000
_WRITING = threading.Lock()

TABLE_REFUSED = 3
"""Exit status of `python -m zhengming.server.snapshot` for a table that cannot be used."""

Signature = tuple[tuple[str, int, int, int, int], ...]
"""Name, size, inode, time of change and of status change of each file of a table: equal means "not touched since"."""


@dataclass(slots=True, weakref_slot=True, eq=False)
class Snapshot:
    """An opened snapshot. Answers stay valid for as long as anyone holds it."""

    hash: str
    """SHA-256 of the content, hexadecimal."""
    table_version: str
    """SHA-256 of the table files it was compiled from, hexadecimal."""
    overlay_version: str
    """SHA-256 of the user's own names compiled into it, hexadecimal. Empty without an overlay."""
    matcher_version: str
    """Version of the engine that compiled it."""
    engine: Engine
    """Answers from this snapshot only. Gone after `close`."""
    path: Path | None
    """The file it is mapped from. None: held in memory, the cache folder could not be written."""
    signature: Signature
    """State of the table's files when this was opened; a difference later means a changed table."""
    _map: mmap.mmap | None = None

    def close(self) -> None:
        """Let go of the engine and of the mapping. Call it when no call uses the snapshot any more."""
        if hasattr(self, "engine"):
            del self.engine
        if self._map is not None:
            # Arrays that someone still holds keep the mapping open; it goes with the last of them.
            with contextlib.suppress(BufferError):
                self._map.close()
            self._map = None


def open_snapshot(table: Path | None = None, cache_dir: Path | None = None, overlay: Path | None = None) -> Snapshot:
    """Return the snapshot of a table folder, from the cache where it is there, else compiled (and put there).

    `table` None: the bundled table. `cache_dir` None: the user's cache folder. `overlay`: a CSV of the user's own names to
    lay over the table. Raises `StartError` when table or overlay cannot be read or compiled. A cache that cannot be read
    or written costs time, never the start. Of several processes that need the same one, the first compiles it.
    """
    from zhengming.aliases.load import bundled_table_path

    folder = table or bundled_table_path()
    cache = _cache_folder(cache_dir)
    opened = _open(folder, cache, overlay, may_compile=False)
    if opened is None:
        with _turn_to_compile(cache):
            opened = _open(folder, cache, overlay, may_compile=True)
    assert opened is not None
    return opened


def _open(folder: Path, cache: Path | None, overlay: Path | None, *, may_compile: bool) -> Snapshot | None:
    """Return a snapshot from the cache, else compiled, or None where that is not allowed. Raises `StartError`."""
    from zhengming.aliases.load import TableError, load_table
    from zhengming.aliases.overlay import OverlayError, lay_over, read_overlay
    from zhengming.engine import MATCHER_VERSION, compile_index
    from zhengming.engine.fold import name_key

    try:
        signature = table_signature(folder, overlay)
        version = _table_version(folder, signature, cache)
        own_names = read_overlay(overlay) if overlay else None
        overlay_version = own_names.version if own_names else ""
        key = cache_key(version, MATCHER_VERSION, overlay_version)
        opened = _open_cached(cache, key, signature)
        if opened is not None:
            return opened
        if not may_compile:
            return None
        started = time.perf_counter()
        event(logging.INFO, "compiling the table", table_version=version)
        loaded = load_table(folder)
        # Files that were replaced between the two readings would put a wrong version on the snapshot.
        if loaded.version != version:
            version, signature = loaded.version, table_signature(folder, overlay)
            key = cache_key(version, MATCHER_VERSION, overlay_version)
        if own_names:
            loaded = lay_over(loaded, own_names, name_key)
    except TableError as error:
        raise StartError(f"The table cannot be used: {error}") from error
    except OverlayError as error:
        raise StartError(f"The overlay cannot be used:\n{error}") from error
    try:
        arrays = compile_index(loaded)
    except Exception as error:
        raise StartError(
            f"The table in {folder} cannot be compiled ({type(error).__name__}: {error}). "
            f"Run `python -m zhengming.aliases {folder}` to see what is wrong with it."
        ) from error
    image = SnapshotImage.of(arrays, version, MATCHER_VERSION, overlay_version)
    event(logging.INFO, "compiled the table", table_version=version, seconds=round(time.perf_counter() - started, 2))
    if cache is not None:
        path = cache / (key.hex() + SUFFIX)
        try:
            write_snapshot(image, path, key)
            return read_snapshot(path, key, signature)
        except (OSError, SnapshotError) as error:
            event(
                logging.WARNING, "the snapshot cannot be kept, so each start compiles it", folder=cache, why=str(error)
            )
    return _in_memory(image, signature)


def table_signature(folder: Path, overlay: Path | None = None) -> Signature:
    """Return the state of a table's files, and of the overlay, without reading them.

    Raises `TableError` when one is not there.
    """
    from zhengming.aliases.load import TableError
    from zhengming.aliases.model import LINE_TYPES

    paths = {name: folder / f"{name}.csv" for name in sorted(LINE_TYPES)}
    if overlay:
        paths["overlay"] = overlay
    found = []
    for name, path in paths.items():
        try:
            stat = path.stat()
        except OSError as error:
            advice = "Name a CSV of names." if path == overlay else "Point to a folder with all eight files."
            raise TableError(f"cannot be read ({error.strerror}). {advice}", path) from error
        found.append((name, stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns))
    return tuple(found)


def cache_key(table_version: str, matcher_version: str, overlay_version: str = "") -> bytes:
    """Return the 16 bytes under which the snapshot of a table version, with an overlay or without, is kept.

    The engine's sources are part of it, so that whoever works on the engine never meets a stale index.
    """
    parts = [FORMAT_VERSION, table_version, overlay_version, matcher_version, sys.byteorder, _engine_digest()]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class SnapshotImage:
    """A snapshot as it is to be written: manifest and arrays."""

    manifest: bytes
    arrays: Arrays

    @classmethod
    def of(cls, arrays: Arrays, table_version: str, matcher_version: str, overlay_version: str = "") -> SnapshotImage:
        """Lay out the arrays. Raises `TypeError` for an array that is not plain numbers in this machine's order."""
        import numpy

        laid_out = {name: numpy.ascontiguousarray(arrays[name]) for name in sorted(arrays)}
        entries: list[dict[str, Any]] = []
        offset = 0
        for name, array in laid_out.items():
            if array.dtype.kind not in "biuf" or not array.dtype.isnative:
                raise TypeError(f"array {name} has type {array.dtype}, which a snapshot cannot hold")
            offset += -offset % _ALIGNMENT
            entries.append(
                {
                    "name": name,
                    "dtype": array.dtype.str,
                    "shape": list(array.shape),
                    "offset": offset,
                    "size": array.nbytes,
                }
            )
            offset += array.nbytes
        image = cls(b"", laid_out)
        content = hashlib.sha256()
        for part in image.content():
            content.update(part)
        manifest = {
            "table_version": table_version,
            "overlay_version": overlay_version,
            "matcher_version": matcher_version,
            "content_sha256": content.hexdigest(),
            "arrays": entries,
        }
        return cls(json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode(), laid_out)

    @property
    def hash(self) -> str:
        """The snapshot's hash."""
        return hashlib.sha256(self.manifest).hexdigest()

    def content(self) -> Iterator[bytes | memoryview]:
        """Yield the content region piece by piece."""
        offset = 0
        for array in self.arrays.values():
            if padding := -offset % _ALIGNMENT:
                yield bytes(padding)
            if array.nbytes:
                yield array.reshape(-1).view("u1").data
            offset += padding + array.nbytes

    def whole(self, key: bytes) -> Iterator[bytes | memoryview]:
        """Yield the whole file piece by piece."""
        digest = hashlib.sha256(self.manifest).digest()
        yield _HEADER.pack(_MAGIC, FORMAT_VERSION, len(self.manifest), digest, key)
        yield self.manifest
        yield bytes(-(_HEADER.size + len(self.manifest)) % _ALIGNMENT)
        yield from self.content()


def write_snapshot(image: SnapshotImage, path: Path, key: bytes) -> None:
    """Write a snapshot whole or not at all: temporary file, fsync, rename. Processes that race write the same bytes."""
    _write_whole(path, image.whole(key))
    _prune(path)


def read_snapshot(path: Path, key: bytes, signature: Signature = ()) -> Snapshot:
    """Map a snapshot file and check every byte of it.

    Raises `SnapshotError` for anything but an intact file made for `key`, `OSError` when it cannot be read at all.
    """
    from zhengming.engine import Engine

    mapped = _map(path)
    try:
        digest, manifest, start = _check_header(mapped, key)
        arrays = _arrays(mapped, manifest, start)
        versions = _versions(manifest)
        engine = Engine(arrays)
    except SnapshotError:
        raise
    except Exception as error:
        # The hashes were right, so whoever wrote the file meant something else: an engine under development.
        raise SnapshotError(f"does not fit this engine ({type(error).__name__}: {error})") from error
    return Snapshot(digest, *versions, engine, path, signature, mapped)


def _versions(manifest: dict[str, Any]) -> tuple[str, str, str]:
    """Return the versions of table, overlay and matcher. Raises `SnapshotError` when one is no text."""
    table, overlay, matcher = (manifest.get(f"{what}_version") for what in ("table", "overlay", "matcher"))
    if not (isinstance(table, str) and isinstance(overlay, str) and isinstance(matcher, str)):
        raise SnapshotError("has no versions")
    return table, overlay, matcher


def _map(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _HEADER.size:
            raise SnapshotError("is cut off in its header")
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _check_header(mapped: mmap.mmap, key: bytes) -> tuple[str, dict[str, Any], int]:
    """Return hash, manifest and start of the content, after checking all that comes before the content."""
    magic, version, length, digest, made_for = _HEADER.unpack_from(mapped, 0)
    if magic != _MAGIC:
        raise SnapshotError("is no snapshot")
    if version != FORMAT_VERSION:
        raise SnapshotError(f"has format version {version}, this server reads {FORMAT_VERSION}")
    if made_for != key:
        raise SnapshotError("was made for another table or engine")
    end = _HEADER.size + length
    start = end + -end % _ALIGNMENT
    if length > _MAX_MANIFEST or start > len(mapped):
        raise SnapshotError("is cut off in its manifest")
    manifest_bytes = mapped[_HEADER.size : end]
    if hashlib.sha256(manifest_bytes).digest() != digest or any(mapped[end:start]):
        raise SnapshotError("has a damaged manifest")
    manifest = json.loads(manifest_bytes)
    if not isinstance(manifest, dict) or not isinstance(manifest.get("arrays"), list):
        raise SnapshotError("has no list of arrays")
    return digest.hex(), manifest, start


def _arrays(mapped: mmap.mmap, manifest: dict[str, Any], start: int) -> dict[str, numpy.ndarray[Any, Any]]:
    import numpy

    with memoryview(mapped) as view, view[start:] as content:
        size = len(content)
        if hashlib.sha256(content).hexdigest() != manifest.get("content_sha256"):
            raise SnapshotError("is cut off or has damaged content")
    arrays = {}
    for entry in manifest["arrays"]:
        dtype = numpy.dtype(entry["dtype"])
        shape = tuple(entry["shape"])
        offset, bytes_there = entry["offset"], entry["size"]
        if (
            dtype.kind not in "biuf"
            or not dtype.isnative
            or any(type(length) is not int or length < 0 for length in shape)
        ):
            raise SnapshotError("holds an array of a type that it may not hold")
        count = 1
        for length in shape:
            count *= length
        if count * dtype.itemsize != bytes_there or offset < 0 or offset % _ALIGNMENT or offset + bytes_there > size:
            raise SnapshotError("has an array that does not fit")
        if count:
            arrays[entry["name"]] = numpy.frombuffer(mapped, dtype, count, start + offset).reshape(shape)
        else:
            arrays[entry["name"]] = numpy.empty(shape, dtype)
    return arrays


def _open_cached(cache: Path | None, key: bytes, signature: Signature) -> Snapshot | None:
    if cache is None:
        return None
    path = cache / (key.hex() + SUFFIX)
    try:
        return read_snapshot(path, key, signature)
    except FileNotFoundError:
        return None
    except (OSError, SnapshotError) as error:
        event(logging.WARNING, "a snapshot in the cache is refused and compiled anew", path=path, why=str(error))
        return None


@contextlib.contextmanager
def _turn_to_compile(cache: Path | None) -> Iterator[None]:
    """Wait until no other process compiles into this cache: each would take seconds of a core for the same bytes.

    Where there is no cache, or its file system knows no locks, all compile at once; so does who waited too long.
    """
    if cache is None or os.name != "posix":
        yield
        return
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            # The folder itself is the lock, so that no file need be made; it goes when the process does.
            folder = os.open(cache, os.O_RDONLY)
            stack.callback(os.close, folder)
            deadline = time.monotonic() + LONGEST_TURN
            while not _try_lock(folder) and time.monotonic() < deadline:
                time.sleep(0.05)
        yield


def _try_lock(file: int) -> bool:
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _in_memory(image: SnapshotImage, signature: Signature) -> Snapshot:
    from zhengming.engine import Engine

    engine = Engine(dict(image.arrays))
    return Snapshot(image.hash, *_versions(json.loads(image.manifest)), engine, None, signature)


def _cache_folder(asked: Path | None) -> Path | None:
    """Return the cache folder, made if need be, or None when there can be none."""
    if asked is None:
        base = os.environ.get("XDG_CACHE_HOME", "")
        try:
            # The XDG specification has relative paths ignored.
            asked = (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "zhengming"
        except RuntimeError:
            event(logging.WARNING, "there is no home folder to keep snapshots in, so each start compiles the table")
            return None
    try:
        asked.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        event(logging.WARNING, "the cache folder cannot be made", folder=asked, why=str(error))
        return None
    return asked


def _table_version(folder: Path, signature: Signature, cache: Path | None) -> str:
    """Return the version of a table, from memory when its files have not been touched since it was last computed."""
    from zhengming.aliases.load import table_version

    place = str(folder.resolve())
    signature = tuple(file for file in signature if file[0] != "overlay")
    remembered = _read_remembered(cache)
    known = remembered.get(place)
    if isinstance(known, dict) and known.get("files") == [list(file) for file in signature]:
        version = known.get("table_version")
        if isinstance(version, str) and len(version) == 64:
            return version
    version = table_version(folder)
    # A file changed within the clock's grain of now could change again under the same times; git calls it racy.
    newest = max(max(file[3:]) for file in signature)
    if cache is not None and newest < time.time_ns() - _SETTLED_NANOSECONDS and table_signature(folder) == signature:
        remembered[place] = {"files": signature, "table_version": version}
        with contextlib.suppress(OSError):
            _write_whole(cache / "tables.json", [json.dumps(dict(list(remembered.items())[-16:])).encode()])
    return version


def _read_remembered(cache: Path | None) -> dict[str, Any]:
    if cache is None:
        return {}
    try:
        content = json.loads((cache / "tables.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


@functools.cache
def _engine_digest() -> str:
    """Return a hash of the engine's files (below 1 ms).

    Taken once a process: what was imported at its start is what answers, however the files change later.
    """
    import zhengming.engine

    digest = hashlib.blake2b(digest_size=16)
    folder = Path(zhengming.engine.__path__[0])
    for path in sorted(folder.rglob("*")):
        if "__pycache__" in path.parts or not path.is_file():
            continue
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


@contextlib.contextmanager
def no_file_half_written() -> Iterator[None]:
    """Wait until no thread of this process writes a file, and let none begin: in here the process may be ended."""
    with _WRITING:
        yield


def _write_whole(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    with _WRITING:
        _write_and_rename(path, parts)


def _write_and_rename(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".tmp-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _prune(newest: Path) -> None:
    """Remove the oldest snapshots, and temporary files that a killed process left an hour ago."""
    with contextlib.suppress(OSError):
        kept = sorted(newest.parent.glob("*" + SUFFIX), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in kept[KEPT_FILES:]:
            path.unlink(missing_ok=True)
        for path in newest.parent.glob(".tmp-*"):
            if path.stat().st_mtime < time.time() - 3600:
                path.unlink(missing_ok=True)


def main(arguments: Sequence[str]) -> int:
    """Put a snapshot into the cache: `python -m zhengming.server.snapshot --table FOLDER [--cache-dir DIR] [--overlay CSV]`."""
    parser = argparse.ArgumentParser(prog="zhengming.server.snapshot")
    for flag in ("--table", "--cache-dir", "--overlay"):
        parser.add_argument(flag, type=Path)
    if hasattr(os, "nice"):
        os.nice(10)
    # So that a file that is being written is taken away.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        open_snapshot(**vars(parser.parse_args(arguments)))
    except StartError as error:
        print(error, file=sys.stderr)
        return TABLE_REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
