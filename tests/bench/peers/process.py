"""Start a peer, ask it, end it. A peer that is not installed, fails or takes too long says so and nothing more."""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.bench.tables import ROOT

ENVIRONMENTS = ROOT / ".tools" / "rivals"
_HERE = Path(__file__).parent


class PeerError(Exception):
    """A peer gave no answer; the text says why."""


class NotInstalledError(PeerError):
    """The environment that a peer runs in has not been made."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a peer answered to some texts."""

    cpu: float
    """CPU seconds."""
    answers: list[Any]


@dataclass
class PeerProcess:
    """A running peer; a context."""

    peer: str
    """Module in systems/."""
    environment: str
    names: Sequence[str]
    limit: float = 600.0
    """Seconds that building the index, or one answer, may take."""
    built: float = 0.0
    """CPU seconds that its index took."""
    versions: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> PeerProcess:
        python = ENVIRONMENTS / self.environment / "bin" / "python"
        if not python.exists():
            raise NotInstalledError(f"not installed (no environment {self.environment}; `make rivals` makes it)")
        self._folder = tempfile.TemporaryDirectory(prefix="zhengming-peer-")
        self._errors = (Path(self._folder.name) / "errors").open("w+", encoding="utf-8")
        names = self._write("names.json", self.names)
        self._process = subprocess.Popen(
            [str(python), "-W", "ignore", "run.py", self.peer, str(names)],
            cwd=_HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True,
        )  # fmt: skip
        try:
            said = self._read()
        except PeerError:
            self.__exit__(None, None, None)
            raise
        self.built, self.versions = said["built"], said["versions"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()
        self._folder.cleanup()

    def ask(self, texts: Sequence[str]) -> Answered:
        """Return the peer's answers. Raises `PeerError`."""
        assert self._process.stdin is not None
        path = self._write("texts.json", texts)
        try:
            self._process.stdin.write(f"{path}\n")
            self._process.stdin.flush()
        except OSError as error:
            raise PeerError(f"failed: {self._last_words()}") from error
        said = self._read()
        return Answered(said["cpu"], said["answers"])

    def _write(self, name: str, lines: Sequence[str]) -> Path:
        path = Path(self._folder.name) / name
        path.write_text(json.dumps(list(lines), ensure_ascii=False), encoding="utf-8")
        return path

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        ended = threading.Timer(self.limit, self._process.kill)
        ended.start()
        line = self._process.stdout.readline()
        late = not ended.is_alive()
        ended.cancel()
        if late:
            raise PeerError(f"took more than {self.limit:.0f} s and was ended")
        if not line:
            self._process.wait()
            raise PeerError(f"failed: {self._last_words()}")
        said: dict[str, Any] = json.loads(line)
        return said

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().strip().splitlines()
        return lines[-1][:200] if lines else "it said nothing"
