"""The job's own accounting: every row read is in the output or in the rejects, and the program checks that itself."""

from __future__ import annotations

from dataclasses import dataclass

from zhengming.client.errors import AccountingError
from zhengming.v1 import resolver_pb2 as resolver


@dataclass(slots=True)
class Account:
    """What became of the rows. Read, written and rejected rows are counted at different places on purpose."""

    rows_read: int = 0
    """Records behind the header that came out of the reader, good and bad. Blank lines are none."""
    matched: int = 0
    """Rows written with outcome MATCH."""
    ambiguous: int = 0
    """Rows written with outcome AMBIGUOUS."""
    not_found: int = 0
    """Rows written with outcome NOT_FOUND."""
    rejected: int = 0
    """Records given to the rejects."""

    def count(self, outcome: resolver.Outcome.ValueType) -> None:
        """Count a row that was written."""
        if outcome == resolver.OUTCOME_MATCH:
            self.matched += 1
        elif outcome == resolver.OUTCOME_AMBIGUOUS:
            self.ambiguous += 1
        elif outcome == resolver.OUTCOME_NOT_FOUND:
            self.not_found += 1

    def check(self) -> None:
        """Check the sum.

        Raises:
            AccountingError: when it does not add up.
        """
        if self.rows_read != self.matched + self.ambiguous + self.not_found + self.rejected:
            raise AccountingError(
                f"The accounting does not add up: {self}.", "Do not use the output; please report this."
            )

    def __str__(self) -> str:
        return (
            f"rows read {self.rows_read:,} = matched {self.matched:,} + ambiguous {self.ambiguous:,}"
            f" + not found {self.not_found:,} + rejected {self.rejected:,}"
        )
