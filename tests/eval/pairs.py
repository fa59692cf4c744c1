"""Files without a firm in the label: pairs of names (same firm or not), and registers of firms of the whole world."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zhengming.engine import Outcome

from tests.eval.rows import read_csv
from tests.eval.systems import Answer, System


@dataclass(frozen=True, slots=True)
class PairCount:
    """How often a system linked both names of a pair, and to what."""

    pairs: int
    both: int
    same: int
    """Of `both`: pairs whose names went to one firm."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A pair whose links say the opposite of its label."""

    names: tuple[str, str]
    label: str
    how: tuple[str, str]


def _finre(row: dict[str, str]) -> tuple[str, str, str]:
    return row["name1"], row["name2"], "same" if row["expected"] == "same_or_same_brand" else "different"


def _is_match(row: dict[str, str]) -> tuple[str, str, str]:
    return row["name1"], row["name2"], "same" if row["is_match"] == "1" else "different"


PAIR_FILES: dict[str, Callable[[dict[str, str]], tuple[str, str, str]]] = {
    "zh_finre_name_pairs.csv": _finre,
    "zh_peer_name_pairs.csv": _is_match,
    "en_peer_name_pairs.csv": _is_match,
}
"""File name → how to read two names and `same` or `different` from a row."""


def count_pairs(path: Path, system: System) -> tuple[dict[str, PairCount], list[Contradiction]]:
    """Resolve both names of every pair and count, by label, the pairs with two links and those with one firm."""
    answers: dict[str, Answer] = {}
    total: Counter[str] = Counter()
    both: Counter[str] = Counter()
    same: Counter[str] = Counter()
    against = []
    # The same two names stand in many sentences; each pair counts once.
    for first, second, label in dict.fromkeys(PAIR_FILES[path.name](row) for row in read_csv(path)):
        for name in (first, second):
            if name not in answers:
                answers[name] = system.resolve(name)
        one, other = answers[first], answers[second]
        total[label] += 1
        if one.outcome is not Outcome.MATCH or other.outcome is not Outcome.MATCH:
            continue
        both[label] += 1
        same[label] += one.firms == other.firms
        if (one.firms == other.firms) != (label == "same"):
            against.append(Contradiction((first, second), label, (one.reason, other.reason)))
    return {label: PairCount(total[label], both[label], same[label]) for label in sorted(total)}, against


@dataclass(frozen=True, slots=True)
class RegisterCount:
    """What became of the names of a register."""

    names: int
    linked: int
    ambiguous: int


def count_register(path: Path, system: System) -> tuple[dict[str, RegisterCount], list[tuple[str, str]]]:
    """Resolve the names of a world-wide register, by its rough hint of a Chinese firm.

    Also returns the names without the hint that were linked, with the name of the table: to be read by eye, because
    the hint misses Chinese firms whose names do not show it.
    """
    names: Counter[str] = Counter()
    linked: Counter[str] = Counter()
    ambiguous: Counter[str] = Counter()
    unexpected = []
    for name, hint in dict.fromkeys((row["name"], row["china_hint"]) for row in read_csv(path)):
        label = "hint of a Chinese firm" if hint == "1" else "no hint"
        answer = system.resolve(name)
        names[label] += 1
        linked[label] += answer.outcome is Outcome.MATCH
        ambiguous[label] += answer.outcome is Outcome.AMBIGUOUS
        if hint == "0" and answer.outcome is Outcome.MATCH:
            unexpected.append((name, answer.reason))
    return {label: RegisterCount(names[label], linked[label], ambiguous[label]) for label in sorted(names)}, unexpected
