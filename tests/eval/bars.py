"""What the slices must reach, on one screen. `make eval` prints beside each of them whether it does."""

from __future__ import annotations

from dataclasses import dataclass

from tests.eval.tally import Tally, Verdict


@dataclass(frozen=True, slots=True)
class Bar:
    """Bounds of one slice, as shares of its rows; 0 and 1 bound nothing."""

    least_right: float = 0.0
    most_wrong: float = 1.0
    most_wrong_rows: int | None = None
    most_linked: float = 1.0
    """For rows without a firm: MATCH counts as linked, and AMBIGUOUS does as far as it passes this share by itself."""
    least_shown: float = 0.0
    """Rows whose firm is the answer or among its candidates."""

    def missed(self, tally: Tally) -> list[str]:
        """Return the bounds that the counts do not keep, in words; empty: the bar is met."""
        rows = tally.total or 1
        spared = self.most_linked * rows
        linked = tally.wrong + max(0.0, tally.counts[Verdict.AMBIGUOUS_WITHOUT] - spared)
        rows_allowed = rows if self.most_wrong_rows is None else self.most_wrong_rows
        kept = {
            f"right ≥ {self.least_right:.1%}": tally.right >= self.least_right * rows,
            f"wrong ≤ {self.most_wrong:.1%}": tally.wrong <= self.most_wrong * rows,
            f"wrong ≤ {rows_allowed} rows": tally.wrong <= rows_allowed,
            f"linked ≤ {self.most_linked:.1%}": linked <= self.most_linked * rows,
            f"shown ≥ {self.least_shown:.1%}": tally.shown >= self.least_shown * rows,
        }
        return [words for words, is_kept in kept.items() if not is_kept]

    def __str__(self) -> str:
        bounds = (
            (self.least_right > 0, f"right ≥ {self.least_right:.1%}"),
            (self.most_wrong < 1, f"wrong ≤ {self.most_wrong:.1%}"),
            (self.most_wrong_rows is not None, f"wrong ≤ {self.most_wrong_rows} rows"),
            (self.most_linked < 1, f"linked ≤ {self.most_linked:.1%}"),
            (self.least_shown > 0, f"shown ≥ {self.least_shown:.1%}"),
        )
        return ", ".join(words for is_bound, words in bounds if is_bound)


MENTIONS = "zh_mention_code_pairs.csv"
CASES = "tests/cases"
NOT_COVERED = "not in the table, consistent and single"
REFUSED = "names that must be refused, all slices"
WORDS_INSIDE = "words inside names"
_TYPOS = "typing errors from zh_confusion_pairs.csv"

BARS: dict[tuple[str, str], Bar] = {
    (CASES, REFUSED): Bar(most_linked=0.004),
    (CASES, "press"): Bar(least_right=0.95, most_wrong=0.005),
    ("newswire forms made by rule", "all forms"): Bar(least_right=0.97, most_wrong=0.003),
    (WORDS_INSIDE, "another word at the end, 3 characters"): Bar(most_linked=0.01),
    (WORDS_INSIDE, "another word at the end, 4 or more characters"): Bar(most_linked=0.01),
    (MENTIONS, "consistent, in the table"): Bar(least_right=0.995, most_wrong_rows=2),
    (MENTIONS, "consistent, in the table: no longer listed"): Bar(least_right=0.95),
    (MENTIONS, NOT_COVERED): Bar(most_linked=0.01),
    (_TYPOS, "typing error, 4 or more characters"): Bar(least_right=0.93, most_wrong=0.005),
    (_TYPOS, "typing error, 3 characters"): Bar(least_right=0.75, most_wrong=0.005),
    (_TYPOS, "typing error, 2 characters"): Bar(least_shown=0.80, most_wrong=0.005),
}
"""(part, slice) → its bar. A slice of a folder that is not at hand has nobody to hold to its bar."""
