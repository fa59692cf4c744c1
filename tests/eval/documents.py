"""Write measured tables into the pages of docs, each between its two marks, so that one command renews them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from zhengming.aliases import Table

from tests.eval.bars import BARS
from tests.eval.reference_run import Reference
from tests.eval.tally import Tally, Verdict, wilson

_DOCS = Path(__file__).parents[2] / "docs"
PAGE = _DOCS / "evaluation.md"
TEXT_PAGE = _DOCS / "text-linking.md"


def replace_between(page: str, name: str, text: str) -> str:
    """Return a page with the text between `<!-- name -->` and `<!-- /name -->` replaced.

    Raises:
        ValueError: the page has no such marks.
    """
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, opened, rest = page.partition(start)
    _, closed, tail = rest.partition(end)
    if not opened or not closed:
        raise ValueError(f"The page has no marks {start} and {end}. Put them where the text shall stand.")
    return f"{head}{start}\n{text}\n{end}{tail}"


def write(name: str, text: str, page: Path = PAGE) -> None:
    """Put a text between the marks of its name in a page."""
    page.write_text(replace_between(page.read_text(encoding="utf-8"), name, text), encoding="utf-8")


def write_slices(table: Table, run: Reference, exact: Mapping[tuple[str, str], Tally]) -> None:
    """Write the table of slices."""
    size = f"{len(table.firms):,} firms, {len(table.names):,} names"
    head = f"Table `{run.table[:12]}` ({size}), engine configuration `{run.configuration[:12]}`."
    titles = ("slice", "rows", "right", "95 %", "wrong", "95 %", "ambiguous", "not found", "cost", "dictionary right")
    lines = [head]
    for part in dict.fromkeys(part for part, _ in run.slices):
        lines += ["", f"**{part}**", "", _row(titles), _row("---" for _ in titles)]
        lines += [
            _slice(name, tally, (part, name), exact.get((part, name)))
            for (in_part, name), tally in sorted(run.slices.items())
            if in_part == part
        ]
    write("slices", "\n".join(lines))


def _slice(name: str, tally: Tally, key: tuple[str, str], exact: Tally | None) -> str:
    if bar := BARS.get(key):
        name += f" – *bar: {bar}: {'missed' if bar.missed(tally) else 'met'}*"
    cells = (
        name,
        f"{tally.total:,}",
        f"{tally.right:,} ({tally.right / tally.total:.1%})",
        _interval(tally.right, tally.total),
        str(tally.wrong),
        _interval(tally.wrong, tally.total),
        str(tally.ambiguous),
        str(tally.counts[Verdict.NOT_FOUND]),
        f"{tally.cost:.3f}",
        f"{exact.right:,}" if exact else "–",
    )
    return _row(cells)


def _interval(part: int, total: int) -> str:
    low, high = wilson(part, total)
    return f"{100 * low:.1f}–{100 * high:.1f}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
