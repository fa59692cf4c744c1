"""Days known to the year, the month or the day, held against a day."""

from __future__ import annotations


def held_on(valid_from: str, valid_to: str, day: str) -> bool:
    """Tell whether something valid from one day to another (inclusive; empty = not known) was so on `day`.

    A date known to the month only (2017-02) covers the whole month: "~" sorts behind every day of it.
    """
    return valid_from <= day and (not valid_to or day <= valid_to + "~")
