"""Draw the figures as SVG beside the page. The same figures give the same files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.bench.mix import KINDS
from tests.bench.tables import title

PEERS, GROWTH = "performance-peers.svg", "performance-growth.svg"
_BARS = {
    "peers.wratio.us": "rapidfuzz extractOne(WRatio)",
    "peers.ratio.us": "rapidfuzz extractOne(ratio)",
    "peers.cdist.us": "rapidfuzz cdist(ratio)",
    "peers.emm.us": "emm, bigrams",
    "peers.ours.us": "zhengming",
}


def draw(figures: Mapping[str, float], folder: Path) -> list[str]:
    """Draw what the figures allow and return the file names. Needs matplotlib, which the dev extra brings."""
    import matplotlib

    matplotlib.use("svg")
    # Fixed salt and no date: the same figures give the same file.
    matplotlib.rcParams.update({"svg.hashsalt": "zhengming", "svg.fonttype": "none", "font.size": 9})
    drawn = []
    if "peers.emm.us" in figures:
        _draw_peers(figures, folder / PEERS)
        drawn.append(PEERS)
    sizes = sorted({int(name.split(".")[1]) for name in figures if name.startswith("growth.") and name.count(".") == 2})
    if len(sizes) > 1:
        _draw_growth(figures, sizes, folder / GROWTH)
        drawn.append(GROWTH)
    return drawn


def _draw_peers(figures: Mapping[str, float], path: Path) -> None:
    from matplotlib import pyplot

    held = {label: figures[name] for name, label in _BARS.items() if name in figures}
    figure, axes = pyplot.subplots(figsize=(8, 0.35 * len(held) + 1), layout="constrained")
    bars = axes.barh(list(held), list(held.values()), color=["tab:grey"] * (len(held) - 1) + ["tab:red"])
    axes.bar_label(bars, [f"{value:,.0f}" for value in held.values()], padding=3)
    axes.set(xscale="log", title="Six kinds of queries: CPU, µs a name (logarithmic)")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _draw_growth(figures: Mapping[str, float], sizes: list[int], path: Path) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 3.6), layout="constrained")
    for kind in KINDS:
        axes.plot(sizes, [figures[f"growth.{size}.{kind}"] for size in sizes], marker="o", label=kind)
    axes.set(xscale="log", yscale="log", xlabel="names in the table", title="Engine.resolve: CPU, µs a query")
    axes.set_xticks(sizes, [title(size) for size in sizes])
    axes.minorticks_off()
    axes.legend(fontsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
