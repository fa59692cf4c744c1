"""Labelled pairs of names through `Engine.compare`: with the table and by the names alone.

In FinRE, 自己 means the same firm; pairs of which one side says 集团 and the other does not are a class of their own,
because the label does not tell a group from its best-known member. They are counted apart and are not in F1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from zhengming.engine import Engine, InvalidQuery, NameRelation, Options, Profile

from tests.eval.rows import read_csv

FINRE = "zh_finre_name_pairs.csv"
FILES = (FINRE, "zh_peer_name_pairs.csv", "en_peer_name_pairs.csv")
_BUCKETS = 10
_SAME = NameRelation.SAME_FIRM


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names and whether they are labelled as one firm's."""

    first: str
    second: str
    same: bool
    group_word: bool = False
    """Labelled the same, and only one of them says 集团: the third class."""


@dataclass(slots=True)
class Compared:
    """What came of the pairs of one file, one way of comparing."""

    right: int = 0
    """Labelled the same and found the same."""
    false: int = 0
    missed: int = 0
    refused: int = 0
    """Labelled different and not found the same."""
    group_words: Counter[str] = field(default_factory=Counter)
    """Relations of the third class."""
    buckets: dict[int, list[int]] = field(default_factory=dict)
    """Tenth of the confidence → pairs labelled the same, pairs."""
    against: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the pairs found the same that are."""
        return self.right / (self.right + self.false) if self.right else 0.0

    @property
    def recall(self) -> float:
        """Share of the pairs labelled the same that are found."""
        return self.right / (self.right + self.missed) if self.right else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.right / (2 * self.right + self.false + self.missed) if self.right else 0.0


def read_pairs(path: Path) -> list[Pair]:
    """Return the distinct pairs of a file: the same two names stand in many sentences, each pair counts once."""
    return list(dict.fromkeys(_pairs(path)))


def _pairs(path: Path) -> Iterator[Pair]:
    for row in read_csv(path):
        first, second = row["name1"], row["name2"]
        if path.name == FINRE:
            same = row["expected"] == "same_or_same_brand"
            yield Pair(first, second, same, same and ("集团" in first) != ("集团" in second))
        else:
            yield Pair(first, second, row["is_match"] == "1")


def compare_pairs(engine: Engine, pairs: list[Pair], *, with_table: bool, profile: Profile) -> Compared:
    """Compare every pair and count."""
    result = Compared()
    options = Options(profile=profile, max_candidates=0)
    for pair in pairs:
        try:
            found = engine.compare(pair.first, pair.second, options, with_table=with_table)
        except InvalidQuery:
            relation, confidence, why = NameRelation.UNDECIDED, 0.0, "refused"
        else:
            relation, confidence = found.relation, found.confidence
            why = f"{found.basis.name} {', '.join(piece.code.name for piece in found.evidence)}"
        if pair.group_word:
            result.group_words[relation.name] += 1
            continue
        tenth = result.buckets.setdefault(min(int(confidence * _BUCKETS), _BUCKETS - 1), [0, 0])
        tenth[0] += pair.same
        tenth[1] += 1
        if pair.same:
            result.right += relation is _SAME
            result.missed += relation is not _SAME
        else:
            result.false += relation is _SAME
            result.refused += relation is not _SAME
        if pair.same != (relation is _SAME):
            label = "same" if pair.same else "different"
            result.against.append(
                f"{pair.first!r} / {pair.second!r} [{label}] → {relation.name} {confidence:.2f} ({why})"
            )
    return result


def run(engine: Engine, folder: Path, only: str, shown: int) -> dict[str, dict[str, float]]:
    """Compare the pairs of all files that are there, print what came of it, and return the counts.

    Args:
        engine: compares.
        folder: of the evaluation files.
        only: part of a file's name; empty: all files.
        shown: failures to print of each file; 0: all.
    """
    counts: dict[str, dict[str, float]] = {}
    for name in FILES:
        path = folder / name
        if not path.exists() or only not in name:
            continue
        pairs = read_pairs(path)
        print(f"\n{name}: {len(pairs)} distinct pairs")
        for with_table in (True, False):
            for profile in (Profile.BALANCED, Profile.HIGH_PRECISION):
                way = f"{'with' if with_table else 'without'} the table, {profile.name}"
                result = compare_pairs(engine, pairs, with_table=with_table, profile=profile)
                print(
                    f"  {way:<34} P {result.precision:.3f}  R {result.recall:.3f}  F1 {result.f1:.3f}  "
                    f"refused {result.refused} of {result.refused + result.false}"
                )
                counts[f"{name}, {way}"] = {
                    "right": result.right,
                    "false": result.false,
                    "missed": result.missed,
                    "refused": result.refused,
                }
                if profile is Profile.BALANCED:
                    _print_details(result, shown)
    return counts


def _print_details(result: Compared, shown: int) -> None:
    told = "  ".join(
        f"{tenth / _BUCKETS:.1f}: {same}/{total}" for tenth, (same, total) in sorted(result.buckets.items())
    )
    print(f"    same of all, by confidence: {told}")
    if result.group_words:
        print(f"    one side says 集团 ({result.group_words.total()}): {dict(result.group_words.most_common())}")
    for line in result.against[: shown or None]:
        print(f"    {line}")
