"""Measure text linking on labelled texts: `python -m tests.eval.text --folder FOLDER_OF_EVALUATION_FILES`.

Spans count with their firm: a mention is right when it has the label's offsets and the label's firm. What a person has
judged to be no fair question (a label that is no firm mention, an item filed under another firm) stands in
`text_left_out.csv` with the reason, is not scored, and its number is printed.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from zhengming.aliases import Ambiguity, Table, load_table
from zhengming.aliases.load import bundled_table_path
from zhengming.engine import Engine, Outcome, Profile
from zhengming.engine.fold import name_key
from zhengming.engine.linking import LinkedText, LinkOptions, Mention
from zhengming.server.snapshot import open_snapshot

from tests.eval.labels import Labels
from tests.eval.passages import judge_passages, read_passages
from tests.eval.rows import left_out, read_csv
from tests.eval.tally import wilson

_CLUENER, _NEWS = "zh_cluener_company_mentions.jsonl", "zh_news_mentions_with_codes.jsonl"
_FILED = "zh_astock_news_val.csv"
_LEFT_OUT = Path(__file__).with_name("text_left_out.csv")


@dataclass
class Score:
    """Counts of one set of rows, and what went wrong."""

    title: str
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, verdict: str, told: str = "") -> None:
        """Count one row; `told` is printed with --failures."""
        self.counts[verdict] += 1
        if told:
            self.failures.append(f"{verdict}: {told}")

    def line(self, good: str, of: int | None = None) -> str:
        """Return the share of rows with one verdict, with its interval and all counts."""
        total = self.counts.total() if of is None else of
        low, high = wilson(self.counts[good], total)
        share = self.counts[good] / total if total else 0.0
        counts = ", ".join(f"{name} {count}" for name, count in self.counts.most_common())
        return f"{self.title}: {good} {share:.4f} [{low:.4f}, {high:.4f}] of {total} ({counts})"


class TextEvaluation:
    """Links the texts of the evaluation files with one engine."""

    def __init__(self, engine: Engine, table: Table, profile: Profile) -> None:
        self._engine = engine
        self._labels = Labels(table)
        self._profile = profile
        self._carriers: dict[str, set[str]] = {}
        for name in table.names:
            if name.ambiguity is not Ambiguity.WEAK:
                self._carriers.setdefault(name_key(name.text), set()).add(name.firm_id)
        self._refused = {name_key(decoy.text) for decoy in table.decoys}
        self._left_out = {(row["file"], row["id"], row["string"]): row["reason"] for row in read_csv(_LEFT_OUT)}

    def _link(self, text: str, as_of: str = "") -> LinkedText:
        return self._engine.link(text, LinkOptions(profile=self._profile, as_of=as_of))

    def news_mentions(self, path: Path) -> Score:
        """Names with the code printed behind them."""
        score = Score("news mentions with codes, span and firm")
        ignored = left_out()
        for row in lines(path):
            gold = self._labels.firm(row["code"])
            if row["boundary"] != "consistent" or (row["mention"], row["code"]) in ignored or gold is None:
                continue
            self._judge(score, row["text"], row["start"], row["end"], {gold})
        return score

    def cluener(self, path: Path) -> Score:
        """Spans that annotators marked as companies, where the table gives the very name to a firm."""
        score = Score("CLUENER companies in the table")
        for row in lines(path):
            key = name_key(row["mention"])
            firms = self._carriers.get(key)
            if firms and key not in self._refused and not self._is_left_out(path, row["id"], row["mention"]):
                self._judge(score, row["text"], row["start"], row["end"], firms)
        return score

    def not_companies(self, path: Path) -> Score:
        """Strings that are also firms' names, where annotators saw no company."""
        score = Score("strings that are no companies")
        for row in read_csv(path):
            if self._is_left_out(path, row["id"], row["string"]):
                score.counts["left out"] += 1
                continue
            start, end = int(row["start"]), int(row["end"])
            linked = [mention for mention in over(self._link(row["text"]).mentions, start, end) if _is_linked(mention)]
            told = f"{row['string']} → {[mention.text for mention in linked]} in {row['text']}" if linked else ""
            score.add("linked" if linked else "not linked", told)
        return score

    def filed_news(self, path: Path) -> Score:
        """News items filed under one stock: is it the most relevant firm?"""
        score = Score("filed news, most relevant firm")
        for number, row in enumerate(read_csv(path)):
            gold = self._labels.firm(row["code"])
            if gold is None:
                continue
            if self._is_left_out(path, str(number), row["name"]):
                score.counts["left out"] += 1
                continue
            firms = [firm.firm_id for firm in self._link(row["text"], row["date"]).firms]
            verdict = "right" if firms[:1] == [gold] else "named, not first" if gold in firms else "not named"
            score.add(verdict, "" if verdict == "right" else f"{number} {row['name']} in {row['text'][:120]}")
        return score

    def _judge(self, score: Score, text: str, start: int, end: int, firms: set[str]) -> None:
        linked = self._link(text)
        mention = next((one for one in linked.mentions if (one.start, one.end) == (start, end)), None)
        verdict = "missed"
        if mention is not None and _is_linked(mention):
            verdict = "right" if mention.resolution.firm_id in firms else "wrong"
        elif mention is not None and mention.resolution.outcome is Outcome.AMBIGUOUS:
            shared = len(firms) > 1 and any(one.firm_id in firms for one in mention.resolution.candidates)
            verdict = "right" if shared else "ambiguous"
            score.counts["(of right: ambiguous, several carry the name)"] += shared
        elif mention is not None:
            verdict = "refused"
        elif near := over(linked.mentions, start, end):
            verdict = "other span, right firm" if any(one.resolution.firm_id in firms for one in near) else "other span"
        score.add(verdict, "" if verdict == "right" else _told(text, start, end))

    def _is_left_out(self, path: Path, row: str, string: str) -> bool:
        return (path.name, row, string) in self._left_out


def lines(path: Path) -> Iterator[dict]:  # type: ignore[type-arg]
    """Yield the objects of a file with one JSON object a line."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def over(mentions: Iterable[Mention], start: int, end: int) -> list[Mention]:
    """Return the mentions that share a character with a span."""
    return [mention for mention in mentions if mention.start < end and start < mention.end]


def _is_linked(mention: Mention) -> bool:
    return mention.resolution.outcome is Outcome.MATCH


def _told(text: str, start: int, end: int) -> str:
    return f"{text[max(0, start - 20) : start]}[{text[start:end]}]{text[end : end + 20]}".replace("\n", " ")


def draw(engine: Engine, table: Table, folder: Path, seed: str, count: int) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is linked outside the labelled spans of texts drawn by a seed: ID, text in context, answer, confidence.

    For a person to read: nobody labelled these spans, so right or wrong is the reader's to say. The texts are those of
    the CLUENER and news mentions and of the filed news, each once.
    """
    labelled: dict[str, list[tuple[int, int]]] = {}
    for name in (_CLUENER, _NEWS):
        for row in lines(folder / name):
            labelled.setdefault(row["text"], []).append((row["start"], row["end"]))
    for row in read_csv(folder / _FILED):
        labelled.setdefault(row["text"], [])
    labels = {firm.id: f"{firm.id} {firm.display_zh or firm.display_en}" for firm in table.firms}
    texts = sorted(labelled, key=lambda text: sha256((seed + text).encode()).digest())[:count]
    for number, text in enumerate(texts):
        for one in engine.link(text).mentions:
            free = all(one.end <= start or end <= one.start for start, end in labelled[text])
            if free and _is_linked(one):
                told = _told(text, one.start, one.end)
                yield str(number), told, labels[one.resolution.firm_id], f"{one.mention_confidence:.2f}"


def main() -> None:
    """Print the numbers of every file that is there, or draw mentions for a person to read."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval.text", description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, help="folder of evaluation files; without it only our own passages")
    parser.add_argument("--profile", choices=[profile.name for profile in Profile], default="BALANCED")
    parser.add_argument("--failures", type=Path, help="write what went wrong to this file")
    parser.add_argument(
        "--draw", metavar="SEED", help="instead, write what is linked outside the labels of drawn texts"
    )
    parser.add_argument("--texts", type=int, default=200, help="how many texts --draw takes (default: 200)")
    parser.add_argument("--output", type=Path, default=Path("drawn.csv"), help="file of --draw (default: drawn.csv)")
    options = parser.parse_args()
    if options.draw and not options.folder:
        parser.error("--draw needs --folder: the texts come from there.")
    table = load_table(bundled_table_path())
    engine = open_snapshot().engine
    if options.draw:
        with options.output.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "mention in context", "firm", "confidence", "right?"])
            rows = [*draw(engine, table, options.folder, options.draw, options.texts)]
            writer.writerows((*row, "") for row in rows)
        print(f"{options.output}: {len(rows)} mentions of {options.texts} texts, seed {options.draw}")
        return
    evaluation = TextEvaluation(engine, table, Profile[options.profile])
    scores: list[tuple[Score, str]] = []
    if options.folder:
        for name, method, good in (
            (_NEWS, evaluation.news_mentions, "right"),
            (_CLUENER, evaluation.cluener, "right"),
            ("zh_ambiguous_strings_not_company.csv", evaluation.not_companies, "linked"),
            (_FILED, evaluation.filed_news, "right"),
        ):
            scores.append((method(options.folder / name), good))
    for score, good in scores:
        aside = sum(count for name, count in score.counts.items() if name in _NOT_SCORED or name.startswith("("))
        print(score.line(good, score.counts.total() - aside))
    passages = read_passages(table)
    own = {
        f"own passages, {profile.name}": judge_passages(passages, engine, profile)
        for profile in (Profile.BALANCED, Profile.HIGH_PRECISION)
    }
    for title, counts in own.items():
        print(f"{title}: {counts}")
    if options.failures:
        with options.failures.open("w", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerows((score.title, failure) for score, _ in scores for failure in score.failures)
            writer.writerows((title, failure) for title, counts in own.items() for failure in counts.failures)


_NOT_SCORED = frozenset(("left out",))


if __name__ == "__main__":
    sys.exit(main())
