"""Read the evaluation files that label a name with a code: one list of rows a file."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zhengming.curation.sources_restricted import LISTS

from tests.eval.labels import Labels

_LEFT_OUT = Path(__file__).with_name("left_out.csv")
_SHORTEST_LISTED = 3
"""Letters and digits that a listed name must have: BGI is asked for, two letters are nobody's name."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled name."""

    query: str
    gold: str | None
    """The firm that is meant; None when no firm of the table is."""
    slices: tuple[str, ...]
    """The groups that it is counted in."""
    label: str
    """The label as the file has it, for the reader of the failures."""
    weight: int = 1


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def left_out() -> dict[tuple[str, str], str]:
    """Return the reason for every (mention, code) that a person has judged not to be a labelled firm name."""
    return {(row["mention"], row["code"]): row["reason"] for row in read_csv(_LEFT_OUT)}


def mention_code_pairs(path: Path, labels: Labels) -> list[Row]:
    """Unique (mention, code) pairs from news; `consistent` ones are scored, those seen once are told apart."""
    rows, ignored = [], left_out()
    for row in read_csv(path):
        pair = row["mention"], row["code"]
        if row["boundary"] == "doubtful" or pair in ignored:
            continue
        rows.append(_mention(*pair, labels, row["boundary"], special=row["former_or_special"] == "1"))
    return rows


def _mention(mention: str, code: str, labels: Labels, boundary: str, *, special: bool) -> Row:
    gold = labels.firm(code)
    there = "in the table" if gold else "not in the table"
    slices = [f"{boundary}, {there}"]
    if boundary == "consistent":
        market = code.rpartition(".")[2]
        slices.append(f"{slices[0]}: {market}")
        if gold and special:
            slices.append(f"{slices[0]}: former or special")
        if gold and labels.has_ended(gold):
            slices.append(f"{slices[0]}: no longer listed")
    return Row(mention, gold, tuple(slices), code)


def news_mentions(path: Path, labels: Labels) -> list[Row]:
    """The same mentions counted as often as they occur: what share of running text is answered well."""
    ignored = left_out()
    seen: Counter[tuple[str, str]] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        mention = json.loads(line)
        seen[mention["mention"], mention["code"]] += mention["boundary"] == "consistent"
    rows = []
    for (mention, code), count in seen.items():
        if count and (mention, code) not in ignored:
            gold = labels.firm(code)
            there = "in the table" if gold else "not in the table"
            rows.append(Row(mention, gold, (f"mentions, {there}",), code, count))
    return rows


def astock_news(path: Path, labels: Labels) -> list[Row]:
    """The short name under which a news vendor files an item about one stock."""
    pairs = dict.fromkeys((row["name"], row["code"]) for row in read_csv(path))
    rows = []
    for name, code in pairs:
        gold = labels.firm(code)
        rows.append(Row(name, gold, (f"short names, {'in the table' if gold else 'not in the table'}",), code))
    return rows


def former_english_names(path: Path, labels: Labels) -> list[Row]:
    """English names before and after a change, each with the code of the firm."""
    rows = []
    for row in read_csv(path):
        gold = labels.firm(row["symbol"])
        there = "in the table" if gold else "not in the table"
        for column in ("old_name", "new_name"):
            which = f"{column.removesuffix('_name')} names, {there}"
            rows.append(Row(row[column], gold, (which,), row["symbol"]))
    return rows


def restricted_parties(path: Path, labels: Labels) -> list[Row]:
    """Names and aliases of government lists, as listed. The firm that is meant is the one that the entry is of.

    Entries that the table left out (persons, public bodies, those whose notice nobody cites) have no firm to ask for.
    """
    rows: dict[tuple[str, str], Row] = {}
    for row in read_csv(path):
        firms = labels.restricted(LISTS[row["list"]], row["name"])
        if len(firms) != 1:
            continue
        (gold,) = firms
        aliases = filter(None, map(str.strip, row["alt_names"].split("|")))
        for kind, text in (("names", row["name"]), *(("aliases", alias) for alias in aliases)):
            if len("".join(filter(str.isalnum, text))) >= _SHORTEST_LISTED:
                rows.setdefault((text, gold), Row(text, gold, (kind, f"{kind}, {row['list']}"), row["list"]))
    return list(rows.values())


READERS: dict[str, Callable[[Path, Labels], list[Row]]] = {
    "zh_mention_code_pairs.csv": mention_code_pairs,
    "zh_news_mentions_with_codes.jsonl": news_mentions,
    "zh_astock_news_val.csv": astock_news,
    "en_former_names_szse.csv": former_english_names,
    "restricted_parties_cn.csv": restricted_parties,
}
"""File name → how to read its rows."""
