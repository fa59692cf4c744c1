"""What the table holds, counted: the page `docs/table.md` and its plots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.check import Problem
from zhengming.aliases.model import Ambiguity, Firm, NameKind, Scheme, Table
from zhengming.engine.fold import name_key

GENERATED_KINDS = frozenset({NameKind.NEWSWIRE, NameKind.MISSPELLING, NameKind.BAD_CONVERSION})
"""Forms that rules or mistakes make of a name. They are found, but do not count as names that a firm has."""
GROUPS = ("listed", "unlisted, curated", "from a restriction list", "other")
_EXAMPLES = 4
_NOT_DRAWN = "other"
"""Firms of no tech sector: so many that the bars of all others would be slivers. Their numbers stand in the title."""
_KINDS_DRAWN = {
    "legal": (NameKind.LEGAL,),
    "short, brand, exchange": (NameKind.SHORT, NameKind.BRAND, NameKind.TRADING),
    "translation, pinyin, acronym": (NameKind.TRANSLATION, NameKind.PINYIN, NameKind.ACRONYM),
    "former": (NameKind.FORMER,),
    "press, cut, nickname, mistake": (
        NameKind.NEWSWIRE,
        NameKind.TRUNCATED,
        NameKind.NICKNAME,
        NameKind.MISSPELLING,
        NameKind.BAD_CONVERSION,
    ),
}
"""Part of a bar → kinds of name. Thirteen colours would tell nothing apart."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every count of a table that its page shows."""

    totals: tuple[tuple[str, int], ...]
    firms: dict[str, Counter[str]]
    """Sector → group of `GROUPS` → firms."""
    names: dict[str, Counter[str]]
    """Sector → kind of name → names."""
    languages: Counter[str]
    marks: Counter[str]
    identifiers: Counter[str]
    restrictions: Counter[str]
    decoys: Counter[str]
    sources: Counter[str]
    """Source key → lines."""


def measure(table: Table) -> Coverage:
    """Count a table."""
    listed = {line.firm_id for line in table.identifiers if line.scheme is Scheme.TICKER}
    restricted = {line.firm_id for line in table.restrictions}
    sector = {firm.id: firm.sector for firm in table.firms}
    group = {firm.id: _group(firm, listed) for firm in table.firms}
    firms: dict[str, Counter[str]] = {key: Counter() for key in sorted(set(sector.values()))}
    names: dict[str, Counter[str]] = {key: Counter() for key in firms}
    for firm in table.firms:
        firms[firm.sector][group[firm.id]] += 1
    for name in table.names:
        names[sector[name.firm_id]][name.kind.value] += 1
    given = {name_key(name.text) for name in table.names if name.kind not in GENERATED_KINDS}
    tech = {firm.id for firm in table.firms if firm.tech}
    unlisted = {firm_id for firm_id, its in group.items() if its == GROUPS[1]}
    sources = Counter(
        line.source
        for lines in (table.names, table.identifiers, table.relations, table.restrictions, table.decoys)
        for line in lines
    )
    return Coverage(
        totals=(
            ("firms", len(table.firms)),
            ("of them tech firms", len(tech)),
            ("of them listed, now or before", len(listed)),
            ("of them unlisted and curated by hand", len(unlisted)),
            ("of those, tech firms", len(unlisted & tech)),
            ("of them on a restriction list, now or before", len(restricted)),
            ("name lines", len(table.names)),
            ("names that differ after folding, forms made by rules or mistakes left out", len(given)),
            ("of them former names", sum(name.kind is NameKind.FORMER for name in table.names)),
            ("identifiers", len(table.identifiers)),
            ("relations", len(table.relations)),
            ("restriction entries", len(table.restrictions)),
            ("decoys", len(table.decoys)),
        ),
        firms=firms,
        names=names,
        languages=Counter(name.language for name in table.names),
        marks=Counter(name.ambiguity.value for name in table.names if name.ambiguity is not Ambiguity.NONE),
        identifiers=Counter(line.scheme.value for line in table.identifiers),
        restrictions=Counter(line.list for line in table.restrictions),
        decoys=Counter(line.reason.value for line in table.decoys),
        sources=sources,
    )


def page(table: Table, coverage: Coverage, notices: Sequence[Problem]) -> str:
    """Return the coverage page as Markdown. `notices` is what `review_table` found."""
    return "\n".join(_page(table, coverage, notices)) + "\n"


def write_plots(coverage: Coverage, folder: Path) -> list[Path]:
    """Draw the plots as SVG into a folder and return their paths. Needs matplotlib, which the dev extra brings."""
    import matplotlib

    matplotlib.use("svg")
    # Fixed salt and no date: the same table gives the same file.
    matplotlib.rcParams.update({"svg.hashsalt": "zhengming", "svg.fonttype": "none", "font.size": 9})
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {
        sector: Counter({part: sum(row[kind.value] for kind in kinds) for part, kinds in _KINDS_DRAWN.items()})
        for sector, row in coverage.names.items()
    }
    return [
        _bars(folder / "table-firms.svg", "Firms by sector", coverage.firms, GROUPS),
        _bars(folder / "table-names.svg", "Names by sector and kind", drawn, _KINDS_DRAWN),
    ]


def _bars(path: Path, title: str, counts: dict[str, Counter[str]], parts: Iterable[str]) -> Path:
    """Draw one bar a sector, longest on top, split into parts."""
    from matplotlib import colormaps, pyplot

    sectors = sorted(counts.keys() - {_NOT_DRAWN}, key=lambda sector: (counts[sector].total(), sector))
    drawn = [part for part in parts if any(counts[sector][part] for sector in sectors)]
    colours = colormaps["tab10"].colors  # type: ignore[attr-defined]
    figure, axes = pyplot.subplots(figsize=(9, 0.27 * len(sectors) + 1.2), layout="constrained")
    left = [0] * len(sectors)
    for part, colour in zip(drawn, colours, strict=False):
        widths = [counts[sector][part] for sector in sectors]
        axes.barh([sector.replace("_", " ") for sector in sectors], widths, left=left, label=part, color=colour)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for place, total in enumerate(left):
        axes.text(total, place, f" {total:,}", va="center", fontsize=7)
    left_out = counts[_NOT_DRAWN].total() if _NOT_DRAWN in counts else 0
    axes.set_title(f"{title} (not drawn: {_NOT_DRAWN}, {left_out:,})")
    axes.legend(loc="lower right", fontsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path


def _page(table: Table, coverage: Coverage, notices: Sequence[Problem]) -> Iterator[str]:
    yield "# What the table holds"
    yield ""
    yield "Written by `make aliases`; do not edit. Every number is counted from the files in `aliases/zhengming/aliases/data`."
    yield ""
    yield from _grid(("what", "count"), [(what, f"{count:,}") for what, count in coverage.totals])
    yield "## Firms by sector"
    yield ""
    yield "![Firms by sector](table-firms.svg)"
    yield ""
    yield from _crossed("sector", coverage.firms, GROUPS)
    yield "## Names by sector and kind"
    yield ""
    yield "![Names by sector and kind](table-names.svg)"
    yield ""
    yield from _crossed("sector", coverage.names, [kind.value for kind in NameKind])
    for title, head, counted in (
        ("Names by language", "language", coverage.languages),
        ("Marks of ambiguity", "mark", coverage.marks),
        ("Identifiers", "scheme", coverage.identifiers),
        ("Restriction lists", "list", coverage.restrictions),
        ("Decoys", "reason", coverage.decoys),
    ):
        yield f"## {title}"
        yield ""
        yield from _grid((head, "lines"), [(what, f"{count:,}") for what, count in counted.most_common()])
    yield "## Sources"
    yield ""
    rows = [
        (source.key, source.title, source.publisher, source.licence, source.as_of, f"{coverage.sources[source.key]:,}")
        for source in table.sources
    ]
    yield from _grid(("key", "title", "publisher", "licence as stated", "as of", "lines"), rows)
    yield "## What a person should look at"
    yield ""
    yield "None of these is wrong by itself; `zhengming-aliases review --report FILE` writes them all."
    yield ""
    yield from _grid(("rule", "lines", "for example"), list(_noticed(notices)))


def _noticed(notices: Sequence[Problem]) -> Iterator[tuple[str, str, str]]:
    for code, count in sorted(Counter(notice.code for notice in notices).items()):
        found = [notice for notice in notices if notice.code == code]
        # Spread over the list, for its beginning is one kind of name.
        shown = found[:: max(1, len(found) // _EXAMPLES)][:_EXAMPLES]
        yield code, f"{count:,}", "; ".join(f"{notice.key} {notice.message.rstrip('.')}" for notice in shown)


def _crossed(head: str, counts: dict[str, Counter[str]], parts: Iterable[str]) -> Iterator[str]:
    drawn = [part for part in parts if any(row[part] for row in counts.values())]
    rows = [(key, *(f"{row[part]:,}" for part in drawn), f"{row.total():,}") for key, row in sorted(counts.items())]
    total: Counter[str] = Counter()
    for row in counts.values():
        total.update(row)
    rows.append(("all", *(f"{total[part]:,}" for part in drawn), f"{total.total():,}"))
    return _grid((head, *drawn, "all"), rows)


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""


def _group(firm: Firm, listed: set[str]) -> str:
    if firm.id in listed:
        return GROUPS[0]
    return {"curated": GROUPS[1], "restriction_list": GROUPS[2]}.get(firm.scope, GROUPS[3])


def total_rows(coverage: Coverage) -> list[str]:
    """Return the totals as aligned lines for a terminal."""
    width = max(len(what) for what, _ in coverage.totals)
    return [f"{what:{width}}  {count:>8,}" for what, count in coverage.totals]
