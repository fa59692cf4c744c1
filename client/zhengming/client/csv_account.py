"""The job's own accounting: every row read is in the output or in the rejects, and the program checks that itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhengming.client.errors import AccountingError
from zhengming.v1 import resolver_pb2 as resolver


@dataclass(slots=True)
class NameAccount:
    """What became of the names of one column, in the rows that were not rejected."""

    column: str = ""
    """Number and header of the column, for people."""
    matched: int = 0
    """Names with outcome MATCH."""
    ambiguous: int = 0
    """Names with outcome AMBIGUOUS."""
    not_found: int = 0
    """Names with outcome NOT_FOUND."""
    empty: int = 0
    """Empty cells in rows that have a name in another column."""
    kinds: dict[str, int] = field(default_factory=dict)
    """Names by outcome with match type or reason, such as `MATCH EXACT`."""

    def count(self, outcome: resolver.Outcome.ValueType, kind: str) -> None:
        """Count a name, or an empty cell, whose outcome is unspecified."""
        if outcome == resolver.OUTCOME_MATCH:
            self.matched += 1
        elif outcome == resolver.OUTCOME_AMBIGUOUS:
            self.ambiguous += 1
        elif outcome == resolver.OUTCOME_NOT_FOUND:
            self.not_found += 1
        else:
            self.empty += 1
        self.kinds[kind] = self.kinds.get(kind, 0) + 1


@dataclass(slots=True)
class Account:
    """What became of the rows. Read, written, left out and rejected rows are counted at different places on purpose."""

    rows_read: int = 0
    """Records behind the header that came out of the reader, good and bad. Blank lines are none."""
    written: int = 0
    """Rows given to the output."""
    left_out: int = 0
    """Good rows that were not asked for."""
    rejected: int = 0
    """Records given to the rejects."""
    names: list[NameAccount] = field(default_factory=lambda: [NameAccount()])
    """What became of the names, for each column of names."""

    @property
    def unmatched(self) -> int:
        """Names, of all columns, that were ambiguous or not found."""
        return sum(each.ambiguous + each.not_found for each in self.names)

    def check(self) -> None:
        """Check the sums: of the rows, and of each column's names.

        Raises:
            AccountingError: when one does not add up.
        """
        good = self.rows_read - self.rejected
        names = [each.matched + each.ambiguous + each.not_found + each.empty for each in self.names]
        kinds = [sum(each.kinds.values()) for each in self.names]
        if {self.written + self.left_out, *names, *kinds} != {good}:
            told = "; ".join([*self.lines(), f"rows written {self.written:,}, left out {self.left_out:,}"])
            raise AccountingError(
                f"The accounting does not add up: {told}.", "Do not use the output; please report this."
            )

    def lines(self) -> list[str]:
        """Return the sums for people: of the rows, where it says more than that of the names, and of each column."""
        rows = f"rows read {self.rows_read:,} = written {self.written:,}"
        if self.left_out:
            rows += f" + left out {self.left_out:,}"
        rows += f" + rejected {self.rejected:,}"
        if len(self.names) == 1:
            return [self._sum(self.names[0]), *([rows] if self.left_out else [])]
        return [rows, *(f"names of column {each.column}: {self._sum(each)}" for each in self.names)]

    def _sum(self, names: NameAccount) -> str:
        empty = f" + empty {names.empty:,}" if len(self.names) > 1 else ""
        return (
            f"rows read {self.rows_read:,} = matched {names.matched:,} + ambiguous {names.ambiguous:,}"
            f" + not found {names.not_found:,}{empty} + rejected {self.rejected:,}"
        )


def read_account(state: Mapping[str, Any]) -> Account:
    """Return an account from its fields, as `dataclasses.asdict` gives them."""
    return Account(**{**state, "names": [NameAccount(**each) for each in state["names"]]})
