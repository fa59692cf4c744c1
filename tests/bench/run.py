"""What all parts of a run have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.bench.tables import WORK, Prepared, prepare, prepare_bundled


@dataclass(frozen=True, slots=True)
class Run:
    """How much is measured, and on what."""

    short: bool = False
    """A look in under a minute, not figures."""
    news: Path | None = None
    """Folder of evaluation files with real news; None: our own passages."""
    rows: int = 40_000
    """Rows of the CSV job."""
    work: Path = WORK

    @property
    def sizes(self) -> tuple[int, ...]:
        """Names of the invented tables, rising."""
        return (10_000,) if self.short else (10_000, 100_000, 1_000_000)

    @property
    def peer_size(self) -> int:
        """Names of the table that the peers are asked about."""
        return 10_000 if self.short else 100_000

    def rounds(self, long: int) -> int:
        """Return how many rounds to measure where the long form has so many."""
        return 2 if self.short else long

    def table(self, names: int) -> Prepared:
        """Return an invented table."""
        return prepare(names, self.work)

    def bundled(self) -> Prepared:
        """Return the bundled table."""
        return prepare_bundled(self.work)
