"""Invented tables on disk, compiled once for one state of the engine: folder, snapshot, queries, and what that cost.

Under `.tools/bench/tables`. A table that was compiled by other sources is made anew, so a figure never belongs to another
engine.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from zhengming.aliases import Table, load_table
from zhengming.aliases.load import bundled_table_path, save_table, table_version
from zhengming.engine import MATCHER_VERSION, compile_index
from zhengming.engine.arrays import Arrays
from zhengming.engine.index import Index
from zhengming.server.snapshot import SUFFIX, Snapshot, SnapshotImage, cache_key, open_snapshot, write_snapshot

from tests.bench import mix, synthetic
from tests.bench.mix import Mix

ROOT = Path(__file__).parents[2]
WORK = ROOT / ".tools" / "bench"
_ABOUT, _MIX, _SNAPSHOTS, _CSV = "about.json", "mix.json", "snapshots", "table"
_MOST_OF_A_KIND = 8_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What the making of a snapshot cost."""

    names: int
    firms: int
    loading: float
    """CPU seconds to read the CSV files."""
    compiling: float
    """CPU seconds to compile and write."""
    snapshot_bytes: int
    peak_bytes: int
    """Most memory that the compiling process held."""

    @property
    def seconds(self) -> float:
        """CPU seconds that a start without a snapshot costs."""
        return self.loading + self.compiling


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table, ready to be used by any process."""

    folder: Path
    table: Path
    """Folder of the table's CSV files."""

    @property
    def cache(self) -> Path:
        """Cache folder with the snapshot."""
        return self.folder / _SNAPSHOTS

    def open(self) -> Snapshot:
        """Open the snapshot, as a server does."""
        return open_snapshot(self.table, self.cache)

    def index(self) -> Index:
        """Return the look-ups of the engine alone, over the mapped arrays."""
        return Index(self.arrays())

    def arrays(self) -> Arrays:
        """Return the mapped arrays."""
        return self.open().engine._arrays

    def mix(self) -> Mix:
        """Return the queries of six kinds."""
        return Mix.load(self.folder / _MIX)

    def names(self) -> list[tuple[str, str]]:
        """Return (text, firm) of every name."""
        return [(name.text, name.firm_id) for name in load_table(self.table).names]

    def cost(self) -> Cost:
        """Return what it cost when it was compiled."""
        return Cost(**json.loads((self.folder / _ABOUT).read_text(encoding="utf-8"))["cost"])


def title(names: int) -> str:
    """Return a size in words: 100k, 1M."""
    return f"{names // 1_000_000}M" if names % 1_000_000 == 0 else f"{names // 1000}k"


def prepare(names: int, work: Path = WORK) -> Prepared:
    """Return the table of so many names; made in a process of its own if it is not there for this engine."""
    if begun := begin(names, work):
        _finish(begun)
    folder = _folder(names, work)
    return Prepared(folder, folder / _CSV)


def begin(names: int, work: Path = WORK) -> subprocess.Popen[bytes] | None:
    """Begin to make the table of so many names in a process of its own; None if it is there for this engine."""
    folder = _folder(names, work)
    if _is_fresh(folder, _invented_state()):
        return None
    return subprocess.Popen([sys.executable, "-m", "tests.bench.tables", str(names), str(folder)], cwd=ROOT)


def _folder(names: int, work: Path) -> Path:
    return work / "tables" / title(names)


def _finish(begun: subprocess.Popen[bytes]) -> None:
    if begun.wait():
        raise RuntimeError(f"A table could not be made ({begun.returncode}). What was printed above says why.")


def prepare_bundled(work: Path = WORK) -> Prepared:
    """Return the bundled table, compiled in a process of its own if it is not there for this engine."""
    folder = work / "tables" / "bundled"
    if not _is_fresh(folder, _bundled_state()):
        subprocess.run([sys.executable, "-m", "tests.bench.tables", "bundled", str(folder)], cwd=ROOT, check=True)
    return Prepared(folder, bundled_table_path())


def write_bundled(folder: Path) -> None:
    """Compile the bundled table into a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    prepared = Prepared(folder, bundled_table_path())
    prepared.cache.mkdir(parents=True)
    _tell(folder, _bundled_state(), _compile(prepared.table, prepared.cache))


def write(names: int, folder: Path) -> None:
    """Make the table of so many names in a folder, and compile it."""
    shutil.rmtree(folder, ignore_errors=True)
    prepared = Prepared(folder, folder / _CSV)
    save_table(synthetic.synthetic_table(names), prepared.table)
    queries = mix.make_mix(synthetic.invented_firms(names), min(_MOST_OF_A_KIND, names // 20))
    queries.save(folder / _MIX)
    prepared.cache.mkdir()
    _tell(folder, _invented_state(), _compile(prepared.table, prepared.cache))


def _tell(folder: Path, state: str, cost: Cost) -> None:
    about = {"made_by": state, "cost": asdict(cost)}
    (folder / _ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")


def _compile(folder: Path, cache: Path) -> Cost:
    started = time.process_time()
    table: Table = load_table(folder)
    loaded = time.process_time()
    image = SnapshotImage.of(compile_index(table), table.version, MATCHER_VERSION)
    key = cache_key(table.version, MATCHER_VERSION)
    path = cache / (key.hex() + SUFFIX)
    write_snapshot(image, path, key)
    return Cost(
        len(table.names),
        len(table.firms),
        round(loaded - started, 3),
        round(time.process_time() - loaded, 3),
        path.stat().st_size,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def engine_state() -> str:
    """Return what tells the state of the engine's sources, hexadecimal."""
    return cache_key("", MATCHER_VERSION).hex()


def _invented_state() -> str:
    """Return what an invented table depends on: the engine, and the modules that invent names and queries."""
    invented = "".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in (synthetic, mix))
    return cache_key(invented, MATCHER_VERSION).hex()


def _bundled_state() -> str:
    """Return what the compiled bundled table depends on: the engine and the table."""
    return cache_key(table_version(bundled_table_path()), MATCHER_VERSION).hex()


def _is_fresh(folder: Path, state: str) -> bool:
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(about, dict) and about.get("made_by") == state


def main(arguments: Sequence[str] | None = None) -> None:
    """`python -m tests.bench.tables NAMES FOLDER`; `bundled` for the bundled table."""
    names, folder = sys.argv[1:] if arguments is None else arguments
    if names == "bundled":
        write_bundled(Path(folder))
    else:
        write(int(names), Path(folder))


if __name__ == "__main__":
    main()
