"""Tell how reliable a calibration is: the page with its tables, and the plot of stated confidence against the share right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from zhengming.curation.calibrate import LEARNED, Answers, Coefficients, Labelled
from zhengming.engine import MatchType
from zhengming.engine.policy import PRIOR_OFFSET, PRIOR_WEIGHTS, SLIP_WEIGHTS, THRESHOLDS

_EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 0.99, 1.0)
"""Bounds of the bins of the reliability table."""

PLOT = "calibration.svg"
"""File of the plot, beside the report."""

_GUESSES = frozenset((MatchType.PINYIN, MatchType.ABBREVIATION, MatchType.ACRONYM, MatchType.FUZZY))
"""Ways of reaching a firm that leave room for doubt."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """One bin of the reliability table."""

    low: float
    high: float
    answers: int
    mean_confidence: float
    share_right: float


def reliability(answers: Iterable[Labelled], coefficients: Coefficients) -> tuple[list[Reliability], float]:
    """Return the reliability table of answers, and the expected calibration error over its bins."""
    chosen = list(answers)
    importance = np.array([one.importance for one in chosen], float)
    stated = np.array([coefficients.confidence(one) for one in chosen], float)
    right = np.array([one.right for one in chosen], float)
    rows, error = [], 0.0
    for low, high in pairwise(_EDGES):
        inside = (stated >= low) & ((stated < high) | (high == 1.0))
        if not inside.any():
            continue
        weight = importance[inside]
        mean = float(np.average(stated[inside], weights=weight))
        share = float(np.average(right[inside], weights=weight))
        rows.append(Reliability(low, high, int(inside.sum()), mean, share))
        error += abs(mean - share) * float(weight.sum())
    return rows, error / max(float(importance.sum()), 1e-9)


def report(answers: Answers, coefficients: Coefficients) -> str:
    """Return what was fitted and how reliable it is, as Markdown."""
    held = [one for one in answers.labelled if not one.fitted]
    lines = [
        "# Calibration",
        "",
        "Made by `zhengming-aliases calibrate --report docs/calibration.md --strangers NAMES`, NAMES being the list that",
        "`zhengming.curation.naming_statistics` tells of; how it works is told in `zhengming.curation.calibrate`. The weights",
        "are log-odds. Reliability is measured on the half of the firms that",
        f"the weights were not fitted on ({len(held):,} answers); queries that mean nobody weigh as much as those that mean",
        "a firm.",
        "",
        f"![Stated confidence and share right]({PLOT})",
        "",
        "| reason | before | fitted |",
        "|---|---|---|",
        f"| (start) | {PRIOR_OFFSET} | {coefficients.offset} |",
    ]
    lines += [f"| {code.name} | {PRIOR_WEIGHTS[code]} | {coefficients.weights[code]} |" for code in LEARNED]
    lines += [
        "",
        "One Chinese character off (`zhengming.engine.slip`):",
        "",
        "| value | before | fitted |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {SLIP_WEIGHTS[name]} | {weight} |" for name, weight in coefficients.slip.items()]
    for title, chosen in _kinds_of_answers(held).items():
        rows, error = reliability(chosen, coefficients)
        nobody = sum(one.importance for one in chosen if not one.matched) / max(
            sum(one.importance for one in chosen), 1e-9
        )
        lines += ["", f"## {title}", ""]
        lines += [
            f"Expected calibration error {error:.3f} over {len(chosen):,} answers; {nobody:.0%} of their weight is of queries"
        ]
        lines += [
            "that mean nobody.",
            "",
            "| confidence | answers | mean confidence | share right |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {row.low:.2f}–{row.high:.2f} | {row.answers:,} | {row.mean_confidence:.3f} | {row.share_right:.3f} |"
            for row in rows
        ]
    lines += [
        "",
        "## Profiles",
        "",
        "Answers at or above the threshold of each profile, the margin to rivals left aside.",
        "",
    ]
    lines += [
        "| profile | threshold | all answers: wrong | guesses: wrong | guesses kept of the right ones |",
        "|---|---|---|---|---|",
    ]
    guesses = [one for one in held if one.match_type in _GUESSES]
    for profile, threshold in THRESHOLDS.items():
        wrong, _ = _above(held, coefficients, threshold)
        guessed_wrong, kept = _above(guesses, coefficients, threshold)
        lines += [f"| {profile.name} | {threshold} | {wrong:.2%} | {guessed_wrong:.2%} | {kept:.1%} |"]
    return "\n".join([*lines, ""])


def plot(answers: Answers, coefficients: Coefficients, path: Path) -> None:
    """Draw stated confidence against the share that is right, as SVG. Needs matplotlib, which the dev extra brings."""
    import matplotlib

    matplotlib.use("svg")
    # Fixed salt and no date: the same table gives the same file.
    matplotlib.rcParams.update({"svg.hashsalt": "zhengming", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 5), layout="constrained")
    axes.plot((0, 1), (0, 1), color="grey", linewidth=0.8, linestyle="--", label="as stated")
    held = [one for one in answers.labelled if not one.fitted]
    for title, chosen in _kinds_of_answers(held).items():
        rows, error = reliability(chosen, coefficients)
        means, shares = [row.mean_confidence for row in rows], [row.share_right for row in rows]
        axes.plot(means, shares, marker="o", markersize=4, label=f"{title} (error {error:.3f})")
    axes.set_xlabel("mean confidence")
    axes.set_ylabel("share right")
    axes.legend(loc="upper left")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _kinds_of_answers(held: list[Labelled]) -> dict[str, list[Labelled]]:
    return {
        "All answers": held,
        "Guesses alone: ABBREVIATION, ACRONYM, FUZZY, PINYIN": [one for one in held if one.match_type in _GUESSES],
        "One Chinese character off": [one for one in held if one.slipped],
    }


def _above(answers: list[Labelled], coefficients: Coefficients, threshold: float) -> tuple[float, float]:
    """Return the share of the answers from a confidence on that are wrong, and the share of all right ones among them."""
    above = [one for one in answers if coefficients.confidence(one) >= threshold]
    right = sum(one.importance for one in above if one.right)
    given = sum(one.importance for one in above)
    all_right = sum(one.importance for one in answers if one.right)
    return 1 - right / max(given, 1e-9), right / max(all_right, 1e-9)
