"""Labelled pairs of names through `Engine.compare`: with the table and by the names alone.

In FinRE, 自己 means the same firm; pairs of which one side says 集团 and the other does not are a class of their own,
because the label does not tell a group from its best-known member. They are counted apart and are not in F1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from zhengming.engine import ComparisonBasis, Engine, InvalidQuery, NameRelation, Options, Profile

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
class Counts:
    """Pairs by label and answer."""

    right: int = 0
    """Labelled the same and found the same."""
    false: int = 0
    missed: int = 0
    refused: int = 0
    """Labelled different and not found the same."""

    def add(self, labelled: bool, found: bool, times: int) -> None:
        """Count a pair that stands in so many rows."""
        if labelled:
            self.right += times * found
            self.missed += times * (not found)
        else:
            self.false += times * found
            self.refused += times * (not found)

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


@dataclass(slots=True)
class Compared:
    """What came of the pairs of one file, one way of comparing."""

    distinct: Counts = field(default_factory=Counts)
    """Each pair once."""
    rows: Counts = field(default_factory=Counts)
    """Each pair as often as it stands in the file."""
    agreed: Counts = field(default_factory=Counts)
    """Each pair once, without the names that carry both labels."""
    group_words: Counter[str] = field(default_factory=Counter)
    """Relations of the third class."""
    buckets: dict[int, list[int]] = field(default_factory=dict)
    """Tenth of the confidence → pairs labelled the same, pairs."""
    reasons: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    """What was seen, without its weight → pairs labelled different, pairs labelled the same."""
    against: list[str] = field(default_factory=list)

    @property
    def ceiling(self) -> float:
        """The best F1 that any weights of the same reasons could have reached on these very pairs.

        Pairs with the same reasons get one answer; the answers are chosen with the labels in hand. No fit can do better,
        and none that is measured on other rows does as well.
        """
        same = sum(labelled for _, labelled in self.reasons.values())
        best, right, found = 0.0, 0, 0
        for different, labelled in sorted(self.reasons.values(), key=lambda counts: -counts[1] / sum(counts)):
            right, found = right + labelled, found + labelled + different
            best = max(best, 2 * right / (found + same))
        return best


def read_pairs(path: Path) -> Counter[Pair]:
    """Return the distinct pairs of a file and in how many rows each stands: one pair stands in several sentences."""
    return Counter(_pairs(path))


def _pairs(path: Path) -> Iterator[Pair]:
    for row in read_csv(path):
        first, second = row["name1"], row["name2"]
        if path.name == FINRE:
            same = row["expected"] == "same_or_same_brand"
            yield Pair(first, second, same, same and ("集团" in first) != ("集团" in second))
        else:
            yield Pair(first, second, row["is_match"] == "1")


def contradicted(pairs: Counter[Pair]) -> set[frozenset[str]]:
    """Return the pairs of names, in either order, that are labelled the same in one row and different in another."""
    labels: dict[frozenset[str], set[bool]] = {}
    for pair in pairs:
        labels.setdefault(frozenset((pair.first, pair.second)), set()).add(pair.same)
    return {names for names, found in labels.items() if len(found) > 1}


def compare_pairs(engine: Engine, pairs: Counter[Pair], *, with_table: bool, profile: Profile) -> Compared:
    """Compare every pair and count."""
    result = Compared()
    options = Options(profile=profile, max_candidates=0)
    disputed = contradicted(pairs)
    for pair, times in pairs.items():
        seen: tuple[str, ...] = ("refused",)
        try:
            found = engine.compare(pair.first, pair.second, options, with_table=with_table)
        except InvalidQuery:
            relation, confidence = NameRelation.UNDECIDED, 0.0
        else:
            relation, confidence = found.relation, found.confidence
            seen = (found.basis.name, *sorted(piece.code.name for piece in found.evidence))
            if found.basis is ComparisonBasis.BY_TABLE:
                seen = (found.basis.name, relation.name)
        if pair.group_word:
            result.group_words[relation.name] += 1
            continue
        same = relation is _SAME
        tenth = result.buckets.setdefault(min(int(confidence * _BUCKETS), _BUCKETS - 1), [0, 0])
        tenth[0] += pair.same
        tenth[1] += 1
        result.reasons.setdefault(seen, [0, 0])[pair.same] += 1
        result.distinct.add(pair.same, same, 1)
        result.rows.add(pair.same, same, times)
        if frozenset((pair.first, pair.second)) not in disputed:
            result.agreed.add(pair.same, same, 1)
        if pair.same != same:
            label = "same" if pair.same else "different"
            result.against.append(
                f"{pair.first!r} / {pair.second!r} [{label}] → {relation.name} {confidence:.2f} ({', '.join(seen)})"
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
        print(
            f"\n{name}: {len(pairs)} distinct pairs in {pairs.total()} rows; "
            f"{len(contradicted(pairs))} pairs of names carry both labels"
        )
        for with_table in (True, False):
            for profile in Profile:
                way = f"{'with' if with_table else 'without'} the table, {profile.name}"
                result = compare_pairs(engine, pairs, with_table=with_table, profile=profile)
                once = result.distinct
                print(
                    f"  {way:<34} P {once.precision:.3f}  R {once.recall:.3f}  F1 {once.f1:.3f}  "
                    f"refused {once.refused} of {once.refused + once.false}  by rows: P {result.rows.precision:.3f}  "
                    f"R {result.rows.recall:.3f}  F1 {result.rows.f1:.3f}  without both labels: F1 {result.agreed.f1:.3f}"
                )
                counts[f"{name}, {way}"] = asdict(once)
                if profile is Profile.BALANCED:
                    _print_details(result, shown)
    return counts


def _print_details(result: Compared, shown: int) -> None:
    told = "  ".join(
        f"{tenth / _BUCKETS:.1f}: {same}/{total}" for tenth, (same, total) in sorted(result.buckets.items())
    )
    print(f"    same of all, by confidence: {told}")
    print(f"    best F1 of any weights of these reasons, chosen with the labels in hand: {result.ceiling:.3f}")
    if result.group_words:
        print(f"    one side says 集团 ({result.group_words.total()}): {dict(result.group_words.most_common())}")
    for line in result.against[: shown or None]:
        print(f"    {line}")
