"""Fit mention confidence on labelled mentions: `python -m tests.eval.mention_confidence --folder FOLDER [--report PAGE]`.

A candidate is a span that linking weighs, with its signals. It is right when a label says that a firm is named there: our
own passages (every other candidate there is wrong), CLUENER companies, strings that are no companies, and one in six of
the news mentions, the code behind them taken out. Candidates are cut in two by a hash of their firm; what is fitted on one
half is measured on the other, both ways round. Nothing is drawn at random, so the same table and files give the same page.

Two things are fitted. A scale for every signal (its hand-set weights times a number that is not negative, pulled towards
1): does another weighing tell firms from words better? And a rising line from log-odds to log-odds, pulled towards the
identity: what do the log-odds really stand for? `linking/policy.py` holds the line as `CONFIDENCE_LINE`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from zhengming.aliases import Table, load_table
from zhengming.aliases.load import bundled_table_path
from zhengming.engine import Engine, Outcome
from zhengming.engine.linking import LinkOptions, Mention
from zhengming.engine.linking.policy import CONFIDENCE_LINE
from zhengming.server.snapshot import open_snapshot

from tests.eval.passages import read_passages
from tests.eval.rows import read_csv
from tests.eval.text import lines, over

Floats = NDArray[np.float64]
Rows = NDArray[np.bool_]

_EVERYTHING = LinkOptions(min_mention_confidence=0.001)
_LEAST = -4.6
"""Log-odds of a candidate below which nobody asks for it."""
_NEWS_SHARE = 1 / 6
_SCALE_RIDGE = 100.0
"""Pull of a scale towards 1, in candidates. Less (3 to 30) gave worse figures on the other half."""
_LINE_RIDGE = 2.0
_LEAST_STEP = 0.05
"""By which the line rises at least between two knots, so that no two different sums are one confidence."""
_EDGES = (0.0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
_AT_BALANCED = 0.2
"""Log-odds from which BALANCED links."""


class Candidate(NamedTuple):
    """A weighed span and its label."""

    origin: str
    firm: str
    """What decides the half: ID of the firm, or the text when several firms carry it."""
    signals: tuple[tuple[str, float], ...]
    right: bool

    @property
    def fitted(self) -> bool:
        """Tell which half it is in."""
        return sha256(self.firm.encode()).digest()[0] < 128


def collect(engine: Engine, table: Table, folder: Path) -> list[Candidate]:
    """Return all labelled candidates, in the order of the files."""
    found = [*_own(engine, table)]
    for row in lines(folder / "zh_cluener_company_mentions.jsonl"):
        span = row["start"], row["end"]
        found += (_labelled("CLUENER", one, True) for one in _candidates(engine, row["text"]) if one[:2] == span)
    for row in read_csv(folder / "zh_ambiguous_strings_not_company.csv"):
        near = over(_candidates(engine, row["text"]), int(row["start"]), int(row["end"]))
        found += (_labelled("no companies", one, False) for one in near)
    for row in lines(folder / "zh_news_mentions_with_codes.jsonl"):
        if sha256(row["id"].encode()).digest()[0] >= 256 * _NEWS_SHARE:
            continue
        text, span = row["text"], (row["start"], row["end"])
        closes = max(text.find(")", span[1]), text.find("）", span[1]))
        text = text[: span[1]] + text[closes + 1 :] if text[span[1] : span[1] + 1] in "(（" and closes > 0 else text
        found += (_labelled("news", one, True) for one in _candidates(engine, text) if one[:2] == span)
    return [one for one in found if sum(weight for _, weight in one.signals) >= _LEAST]


def _own(engine: Engine, table: Table) -> Iterator[Candidate]:
    for passage in read_passages(table):
        for one in _candidates(engine, passage.text):
            exact = any(label[:2] == one[:2] for label in passage.mentions)
            if exact or not any(label.lies_over(one) for label in passage.mentions):
                yield _labelled("own passages", one, exact)


def _candidates(engine: Engine, text: str) -> list[Mention]:
    return [one for one in engine.link(text, _EVERYTHING).mentions if one.resolution.outcome is not Outcome.NOT_FOUND]


def _labelled(origin: str, one: Mention, right: bool) -> Candidate:
    signals = tuple((signal.code.name, signal.contribution) for signal in one.signals)
    return Candidate(origin, one.resolution.firm_id or one.text, signals, right)


def fit_scales(inputs: Floats, right: Floats) -> Floats:
    """Return start and scale of every column: ridge towards 0 and 1, no scale below 0."""
    given = np.c_[np.ones(len(inputs)), inputs]
    prior = np.r_[0.0, np.ones(inputs.shape[1])]
    floor = np.r_[-np.inf, np.zeros(inputs.shape[1])]
    return _descend(given, right, prior, floor, _SCALE_RIDGE)


def fit_line(odds: Floats, right: Floats) -> Floats:
    """Return the height of the line at every knot of `CONFIDENCE_LINE`: ridge towards the identity, always rising."""
    knots = _knots()
    prior = np.r_[knots[0], np.diff(knots)]
    floor = np.r_[-np.inf, np.full(len(knots) - 1, _LEAST_STEP)]
    steps = np.tril(np.ones((len(knots), len(knots))))
    return steps @ _descend(_between(odds) @ steps, right, prior, floor, _LINE_RIDGE)


def _descend(given: Floats, right: Floats, prior: Floats, floor: Floats, ridge: float) -> Floats:
    """Return the values with the least log-loss and squared distance from the prior, none below its floor (Newton)."""
    values, free = prior.copy(), np.ones(len(prior), bool)
    for _ in range(200):
        stated = _logistic(given @ values)
        gradient = given.T @ (stated - right) + ridge * (values - prior)
        curvature = (given * (stated * (1 - stated))[:, None]).T @ given + ridge * np.eye(len(values))
        step = np.zeros(len(values))
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        values = values - step
        low = values < floor
        values[low], free[low] = floor[low], False
        if np.abs(step).max() < 1e-9:
            break
    return values


def _knots() -> Floats:
    return np.array([knot for knot, _ in CONFIDENCE_LINE])


def _between(odds: Floats) -> Floats:
    """Return for every sum how much of which knot it has."""
    knots = _knots()
    inside = np.clip(odds, knots[0], knots[-1])
    left = np.clip(np.searchsorted(knots, inside, side="right") - 1, 0, len(knots) - 2)
    share = (inside - knots[left]) / (knots[left + 1] - knots[left])
    parts = np.zeros((len(odds), len(knots)))
    parts[np.arange(len(odds)), left] = 1 - share
    parts[np.arange(len(odds)), left + 1] += share
    return parts


def _logistic(odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-odds))


def log_loss(odds: Floats, right: Floats) -> float:
    """Return the mean negative logarithm of the probability given to what is right."""
    stated = np.clip(_logistic(odds), 1e-6, 1 - 1e-6)
    return float(-np.mean(right * np.log(stated) + (1 - right) * np.log(1 - stated)))


def bins(odds: Floats, right: Floats) -> Iterator[tuple[float, float, int, float, float]]:
    """Yield low, high, candidates, mean confidence and share right of every bin that has any."""
    stated = _logistic(odds)
    for low, high in pairwise(_EDGES):
        inside = (stated >= low) & ((stated < high) | (high == 1.0))
        if inside.any():
            yield low, high, int(inside.sum()), float(stated[inside].mean()), float(right[inside].mean())


def calibration_error(odds: Floats, right: Floats) -> float:
    """Return the expected calibration error over the bins."""
    return sum(count * abs(mean - share) for _, _, count, mean, share in bins(odds, right)) / len(odds)


def false_at_equal_recall(odds: Floats, hand: Floats, right: Floats) -> int:
    """Return how many wrong candidates stand as high as the lowest right one, when as many right ones are missed as by hand."""
    missed = int((hand[right == 1] < _AT_BALANCED).sum())
    least = np.sort(odds[right == 1])[missed]
    return int(((odds >= least) & (right == 0)).sum())


def page(candidates: list[Candidate]) -> str:
    """Return what was fitted and how reliable it is, as Markdown."""
    codes = sorted({code for one in candidates for code, _ in one.signals})
    inputs = np.zeros((len(candidates), len(codes)))
    for row, one in enumerate(candidates):
        for code, weight in one.signals:
            inputs[row, codes.index(code)] += weight
    right = np.array([one.right for one in candidates], float)
    first = np.array([one.fitted for one in candidates])
    halves = (first, ~first), (~first, first)
    hand = inputs.sum(axis=1)
    origins = {one.origin: [0, 0] for one in candidates}
    for one in candidates:
        origins[one.origin][one.right] += 1

    def by_scales(one: Rows) -> Callable[[Rows], Floats]:
        fitted = fit_scales(inputs[one], right[one])
        return lambda rows: fitted[0] + inputs[rows] @ fitted[1:]

    def by_line(one: Rows) -> Callable[[Rows], Floats]:
        fitted = fit_line(hand[one], right[one])
        return lambda rows: _between(hand[rows]) @ fitted

    ways: list[tuple[str, Callable[[Rows], Callable[[Rows], Floats]]]] = [
        ("weights set by hand", lambda _: lambda rows: hand[rows]),
        ("a scale for every signal", by_scales),
        ("a line over the sum", by_line),
    ]
    text = [
        "# Mention confidence",
        "",
        "Made by `python -m tests.eval.mention_confidence --folder FOLDER --report docs/mention-confidence.md`; how it works is",
        "told there. Candidates: "
        + "; ".join(f"{origin} {yes:,} right, {no:,} wrong" for origin, (no, yes) in origins.items())
        + ".",
        "Each half of the firms is measured by what was fitted on the other.",
        "",
        "| | log-loss | calibration error | wrong ones linked when as many right ones are missed as by hand |",
        "|---|---|---|---|",
    ]
    for title, fit in ways:
        measured = [(fit(one)(other), hand[other], right[other]) for one, other in halves]
        losses = " / ".join(f"{log_loss(odds, truth):.3f}" for odds, _, truth in measured)
        errors = " / ".join(f"{calibration_error(odds, truth):.3f}" for odds, _, truth in measured)
        false = " / ".join(str(false_at_equal_recall(odds, by_hand, truth)) for odds, by_hand, truth in measured)
        text.append(f"| {title} | {losses} | {errors} | {false} |")
    line = fit_line(hand, right)
    scales = fit_scales(inputs, right)
    text += ["", "Scales, fitted on all (not used unless they tell firms from words better): start "]
    text[-1] += f"{scales[0]:.2f}; " + ", ".join(
        f"{code} {scale:.2f}" for code, scale in zip(codes, scales[1:], strict=True)
    )
    text += ["", "The line, fitted on all:", "", "```", "CONFIDENCE_LINE = ("]
    text += [f"    ({knot:.1f}, {height:.2f})," for knot, height in zip(_knots(), line, strict=True)]
    text += [")", "```", "", "Reliability with the line of the other half:", ""]
    text += ["| confidence | candidates | mean confidence | share right |", "|---|---|---|---|"]
    crossed = np.empty(len(hand))
    for one, other in halves:
        crossed[other] = _between(hand[other]) @ fit_line(hand[one], right[one])
    text += [
        f"| {low:.2f}–{high:.2f} | {count:,} | {mean:.3f} | {share:.3f} |"
        for low, high, count, mean, share in bins(crossed, right)
    ]
    return "\n".join([*text, ""])


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval.mention_confidence", description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="folder of evaluation files")
    parser.add_argument("--report", type=Path, help="write the page to this file")
    options = parser.parse_args()
    text = page(collect(open_snapshot().engine, load_table(bundled_table_path()), options.folder))
    print(text)
    if options.report:
        options.report.write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    sys.exit(main())
