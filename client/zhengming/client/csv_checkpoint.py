"""Unfinished work that outlives its process: a folder beside the output, with a checkpoint that says how far it goes.

Parts are flushed to the disk before the checkpoint that speaks of them, and the checkpoint is replaced in one step. What
a killed job wrote behind its last checkpoint is cut off when it is resumed, so that the result is the same bytes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from zhengming.client.csv_account import Account, read_account
from zhengming.client.errors import CheckpointError

_STATE: Final = "checkpoint.json"
_LOCK: Final = "lock"
_VERSION: Final = 2
_TRIES: Final = 100
# Each lost to another job that was just ending: so many in turn have another cause.
_OURS: Final[set[Path]] = set()
# Folders that this process has locked.


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a job is: everything before it is written, nothing behind it counts."""

    account: Account
    """What became of the rows so far."""
    checksum: int
    """CRC-32 of the bytes of the records read so far: resuming on another input is refused."""
    snapshots: tuple[str, ...]
    """Snapshots that the answers came from."""


class Keeper(Protocol):
    """Keeps checkpoints of a job."""

    start: Checkpoint | None
    """Where the job goes on. None: it begins."""

    def save(self, checkpoint: Checkpoint) -> None:
        """Keep how far the job is."""

    def finish(self, checkpoint: Checkpoint) -> None:
        """Publish the result: it is complete."""


class JobFolder:
    """The parts of one job and its checkpoint. `finish` does with each part what was said when it was opened."""

    def __init__(self, output: Path, fingerprint: str, resume: bool) -> None:
        """Open the folder beside an output.

        Args:
            output: final name of the result; the folder is called so with `.unfinished`.
            fingerprint: stands for everything that the result depends on besides input and snapshot.
            resume: go on where the folder's checkpoint is; otherwise begin, and drop what is there.

        Raises:
            CheckpointError: when another job works on it, or there is nothing to resume, or not with these options.
        """
        self.path = folder_of(output)
        self._fingerprint = fingerprint
        self._parts: dict[str, BinaryIO] = {}
        self._publish: dict[str, Callable[[Path, Checkpoint], None]] = {}
        self.saved = False
        """Whether there is a checkpoint to resume from."""
        if resume and not (self.path / _STATE).is_file():
            what = f"There is no unfinished job beside {output}."
            raise CheckpointError(what, "Leave out --resume to begin.")
        self._lock = _lock_folder(self.path)
        if self._lock is None:
            what = f"Another job is writing {output}."
            raise CheckpointError(what, "Wait for its end, or name another output.")
        _OURS.add(self.path)
        state: Mapping[str, Any] = _read_state(self.path / _STATE) if resume else {}
        self._sizes: Mapping[str, int] = state.get("sizes", {})
        self.start: Checkpoint | None = None
        if resume:
            if state.get("version") != _VERSION or state.get("fingerprint") != fingerprint:
                self._release()
                what = f"The unfinished job beside {output} was begun with other options."
                raise CheckpointError(what, "Use the command that it printed, or leave out --resume to begin anew.")
            account = read_account(state["account"])
            self.start = Checkpoint(account, state["checksum"], tuple(state["snapshots"]))
            self.saved = True
        else:
            for name in os.listdir(self.path):
                if name != _LOCK:
                    (self.path / name).unlink()
        self.finished = bool(state.get("finished"))
        """Whether only publishing is left to do."""

    def part(self, name: str, publish: Callable[[Path, Checkpoint], None]) -> BinaryIO:
        """Open a part for appending, cut to the checkpoint.

        Args:
            name: of the file in the folder.
            publish: puts the finished part in its place. It may be called again after a kill, also without the part.
        """
        self._publish[name] = publish
        if self.finished:
            # Nothing is appended any more, and the part may be published already.
            return io.BytesIO()
        file = (self.path / name).open("ab", buffering=1024 * 1024)
        size = self._sizes.get(name, 0)
        if os.fstat(file.fileno()).st_size < size:
            file.close()
            what = f"The unfinished job in {self.path} lacks bytes that were written."
            raise CheckpointError(what, "Leave out --resume to begin anew.")
        file.truncate(size)
        self._parts[name] = file
        return file

    def save(self, checkpoint: Checkpoint) -> None:
        """Bring the parts to the disk, then the checkpoint."""
        self._save(checkpoint, finished=False)

    def finish(self, checkpoint: Checkpoint) -> None:
        """Publish every part and remove the folder. A kill on the way leaves a job that only publishes on resuming."""
        if not self.finished:
            self._save(checkpoint, finished=True)
            for file in self._parts.values():
                file.close()
        for name, publish in self._publish.items():
            publish(self.path / name, checkpoint)
        self.drop()

    def drop(self) -> None:
        """Remove the folder with all that is in it. Harmless when it is gone, or released and another job's by now."""
        if self._lock is None:
            return
        self._close_parts()
        # While it is locked: nothing that a job writes that begins at this moment.
        _empty(self.path)
        self._release()
        with contextlib.suppress(OSError):
            if os.name != "posix":
                # Windows removes no open file.
                (self.path / _LOCK).unlink()
            # Fails, as it should, when a job that has just begun made a lock of its own in it.
            self.path.rmdir()
        self.saved = False

    def leave(self) -> None:
        """Close the folder after a failure. It stays where there is something to resume, else it is removed."""
        if not self.saved:
            self.drop()
        else:
            self._release()

    def _save(self, checkpoint: Checkpoint, finished: bool) -> None:
        sizes = {}
        for name, file in self._parts.items():
            file.flush()
            os.fsync(file.fileno())
            sizes[name] = file.tell()
        state = {
            "version": _VERSION,
            "fingerprint": self._fingerprint,
            "finished": finished,
            "sizes": sizes,
            "account": asdict(checkpoint.account),
            "checksum": checkpoint.checksum,
            "snapshots": checkpoint.snapshots,
        }
        fresh = self.path / f"{_STATE}.new"
        with fresh.open("wb") as written:
            written.write(json.dumps(state).encode())
            written.flush()
            os.fsync(written.fileno())
        os.replace(fresh, self.path / _STATE)
        self.saved = True

    def _release(self) -> None:
        self._close_parts()
        if self._lock is not None:
            _OURS.discard(self.path)
            self._lock.close()
            self._lock = None

    def _close_parts(self) -> None:
        for file in self._parts.values():
            # A full disk cannot take what is still buffered; it lies behind the checkpoint.
            with contextlib.suppress(OSError):
                file.close()


def folder_of(output: Path) -> Path:
    """Return where the unfinished work for an output lies."""
    return output.with_name(f"{output.name}.unfinished")


def rows_kept(output: Path) -> int | None:
    """Return how many rows the checkpoint beside an output holds; None: there is none."""
    try:
        return int(_read_state(folder_of(output) / _STATE)["account"]["rows_read"])
    except (OSError, KeyError, CheckpointError):
        return None


def remove_empty(output: Path) -> None:
    """Remove our folder beside an output when it holds no checkpoint: for an end that gives the job no chance to."""
    if folder_of(output) in _OURS and rows_kept(output) is None:
        shutil.rmtree(folder_of(output), ignore_errors=True)


def _read_state(path: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return state
    except ValueError as error:
        raise CheckpointError(f"{path} is no checkpoint.", "Leave out --resume to begin anew.") from error


def _empty(folder: Path) -> None:
    """Remove what is in a folder, its lock last."""
    with contextlib.suppress(FileNotFoundError):
        for name in sorted(os.listdir(folder), key=lambda name: name == _LOCK):
            with contextlib.suppress(OSError):
                (folder / name).unlink()


def _lock_folder(folder: Path) -> BinaryIO | None:
    """Make a folder if it is not there, and lock it; None when another process holds it.

    Raises:
        CheckpointError: when it can neither be made nor used, as where a symbolic link to nothing has its name.
    """
    for _ in range(_TRIES):
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
        # Not found: a job that was just ending removed the folder, or the lock that we have opened.
        with contextlib.suppress(FileNotFoundError):
            file = _lock(folder / _LOCK)
            if file is None:
                return None
            with contextlib.ExitStack() as stack:
                stack.callback(file.close)
                if os.path.samestat(os.fstat(file.fileno()), os.stat(folder / _LOCK)):
                    stack.pop_all()
                    return file
    raise CheckpointError(f"The folder {folder} cannot be made or locked.", "Remove what has that name.")


def _lock(path: Path) -> BinaryIO | None:
    """Lock a file until it is closed or the process ends; None when another process holds it."""
    file = path.open("ab")
    try:
        import fcntl
    except ImportError:
        # Windows: an open file cannot be removed there, which keeps two jobs apart well enough.
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
