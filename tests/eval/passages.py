"""Our own labelled passages (tests/cases/texts): link them, and hold each mention and each trap against its label.

What a label asks is said in that folder's README. A mention of a firm of the table is right when its offsets and its firm
are the label's. A mention labelled `refused`, `affiliate` or `ambiguous:…` is right as long as nothing over it is linked.
Everything else that is linked is false, except a code that stands alone (1810.HK): it is neither right nor wrong.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from zhengming.aliases import Table
from zhengming.engine import Engine, Outcome, Profile
from zhengming.engine.identifiers import read_code
from zhengming.engine.linking import LinkOptions, Mention

from tests.eval.cases import Firms

FOLDER = Path(__file__).parents[1] / "cases" / "texts"
_NEVER_LINKED = ("refused", "affiliate", "ambiguous:")


class Label(NamedTuple):
    """A labelled span of a passage: a mention of a firm, or a trap."""

    start: int
    end: int
    kind: str
    """Of a trap what it is (`word`, `product` …), of a mention that must not be linked why, else empty."""
    firm: str
    """ID of the firm that is meant, of a product its owner; empty where none is."""

    def lies_over(self, mention: Mention) -> bool:
        """Tell whether a mention shares a character with the span."""
        return mention.start < self.end and self.start < mention.end


@dataclass(frozen=True, slots=True)
class Passage:
    """A labelled text."""

    id: str
    text: str
    mentions: tuple[Label, ...]
    traps: tuple[Label, ...]


@dataclass(slots=True)
class PassageCounts:
    """What came of some passages under one profile."""

    right: int = 0
    missed: int = 0
    false: int = 0
    """Linked, but no label asks for it; traps that were taken among them."""
    kept_apart: int = 0
    """Mentions that must not be linked and are not."""
    traps_taken: int = 0
    """Traps linked to a firm that has nothing to do with them."""
    products_as_owner: int = 0
    """Products linked to the firm that makes them."""
    by_kind: Counter[str] = field(default_factory=Counter)
    """Traps taken and false links, by the kind of label that they lie on."""
    failures: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """F1 of spans with their firms."""
        return 2 * self.right / (2 * self.right + self.missed + self.false) if self.right else 0.0

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.by_kind.most_common())
        return (
            f"F1 {self.f1:.4f} (right {self.right}, missed {self.missed}, false {self.false}), traps taken "
            f"{self.traps_taken}, products taken as their owner {self.products_as_owner}, kept apart {self.kept_apart}"
            f"; false and taken: {kinds or 'none'}"
        )


def read_passages(table: Table, folder: Path = FOLDER) -> list[Passage]:
    """Return all passages, their firms as IDs. Raises `UnknownFirm` for a label that names none or several."""
    firms = Firms(table)
    ids = {firm.id for firm in table.firms}

    def label(one: dict[str, str], kind: str) -> Label:
        written = one.get("firm") or one.get("owner") or ""
        apart = next((word for word in _NEVER_LINKED if written.startswith(word)), "")
        firm = "" if apart or not written else written if written in ids else firms.find(written)
        return Label(int(one["start"]), int(one["end"]), kind or apart.rstrip(":"), firm)

    return [
        Passage(
            row["id"],
            row["text"],
            tuple(label(one, "") for one in row["mentions"]),
            tuple(label(one, one["kind"]) for one in row.get("traps", [])),
        )
        for path in sorted(folder.glob("*.jsonl"))
        for row in _rows(path)
    ]


def judge_passages(passages: list[Passage], engine: Engine, profile: Profile) -> PassageCounts:
    """Link all passages under a profile and count."""
    counts = PassageCounts()
    for passage in passages:
        _judge(passage, engine, profile, counts)
    return counts


def _judge(passage: Passage, engine: Engine, profile: Profile, counts: PassageCounts) -> None:
    found = engine.link(passage.text, LinkOptions(profile=profile)).mentions
    linked = [one for one in found if one.resolution.outcome is Outcome.MATCH and not _is_code(one.text)]
    right = set()
    for label in passage.mentions:
        over = [one for one in linked if label.lies_over(one)]
        if not label.firm:
            counts.kept_apart += not over
            continue
        exact = [one for one in over if one[:2] == label[:2] and one.resolution.firm_id == label.firm]
        if exact:
            counts.right += 1
            right.add(label[:2])
        else:
            counts.missed += 1
            seen = [(one.text, one.resolution.outcome.name) for one in found if label.lies_over(one)]
            counts.failures.append(f"missed {_told(passage, *label[:2])} found {seen}")
    for one in linked:
        if one[:2] in right:
            continue
        counts.false += 1
        kind = next((label.kind or "other span" for label in passage.mentions if label.lies_over(one)), "unlabelled")
        trap = next((label for label in passage.traps if label.lies_over(one)), None)
        if trap is not None:
            owned = trap.kind == "product" and trap.firm == one.resolution.firm_id
            counts.products_as_owner += owned
            counts.traps_taken += not owned
            kind = "product as owner" if owned else f"trap {trap.kind}"
        counts.by_kind[kind] += 1
        counts.failures.append(f"{kind} {_told(passage, one.start, one.end)} {one.mention_confidence:.2f}")


def _is_code(text: str) -> bool:
    reading = read_code(text.upper())
    return reading is not None and reading.market_stated


def _rows(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _told(passage: Passage, start: int, end: int) -> str:
    text = passage.text
    around = f"{text[max(0, start - 20) : start]}[{text[start:end]}]{text[end : end + 20]}"
    return f"{passage.id} {around!r}"
