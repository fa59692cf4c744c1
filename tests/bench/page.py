"""docs/performance.md: goals, plots and every part, between two marks. What people write around them stays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.bench import plots
from tests.bench.goals import GOALS
from tests.bench.report import Report
from tests.eval.documents import replace_between

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
_MARK = "bench"
_EMPTY = f"# Performance, measured\n\n<!-- {_MARK} -->\n<!-- /{_MARK} -->\n"
_HOW = (
    "Written by `make bench`. Costs are CPU time (`process_time`, or the server's user and system time) on a machine that may "
    "be busy with other things, so read them as ratios: both sides of a ratio ran in turn, a round of one and a round of the "
    "other, and each figure is the median over the rounds. Parts are measured in processes of their own, maybe on different "
    "days; the line under each says when and with which engine. Nothing here is asserted by a test."
)


def write_page(parts: Mapping[str, Report], page: Path = PAGE) -> None:
    """Renew the measured part of the page, and its plots beside it. Raises `ValueError` for a page without the two marks."""
    figures = all_figures(parts)
    drawn = plots.draw(figures, page.parent)
    content = "\n".join([_HOW, "", *goal_lines(figures), "", *(f"![]({name})\n" for name in drawn), *part_lines(parts)])
    text = page.read_text(encoding="utf-8") if page.exists() else _EMPTY
    page.write_text(replace_between(text, _MARK, content), encoding="utf-8")


def all_figures(parts: Mapping[str, Report]) -> dict[str, float]:
    """Return the figures of all parts."""
    return {name: value for part in parts.values() for name, value in part.figures.items()}


def goal_lines(figures: Mapping[str, float]) -> list[str]:
    """Return the goals as a Markdown table."""
    rows = [("goal", "bar", "measured", ""), ("---",) * 4, *(goal.row(figures) for goal in GOALS)]
    return ["## Goals", "", *(f"| {' | '.join(row)} |" for row in rows)]


def part_lines(parts: Mapping[str, Report]) -> list[str]:
    """Return the lines of all parts in their order."""
    return [line for part in parts.values() for line in part.lines]
