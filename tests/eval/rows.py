"""Read the evaluation files that label a name with a code: one list of rows a file."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zhengming.curation.listed_names import bare_alias, read_listed, split_aliases, why_unfit
from zhengming.curation.restricted_entries import LISTS, why_left_out

from tests.eval.bars import NOT_COVERED
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
    shared: bool = False
    """AMBIGUOUS is the right answer whatever the candidates: the label names no single firm."""
    without: tuple[str, ...] = ()
    """Names of the firm that are taken from the table before this row is asked."""


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
    if not gold and boundary in ("consistent", "single"):
        slices.append(NOT_COVERED)
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
    """Names and aliases of government lists. Names are asked for as listed, aliases without "also known as".

    The firm that is meant is the one that the entry is of; what the importer leaves out is printed and not asked for.
    """
    rows: dict[tuple[str, str], Row] = {}
    left: dict[str, list[str]] = {}
    for row in read_csv(path):
        reason = why_left_out(row)
        entry = LISTS.get(row["list"], "")
        firms = labels.restricted(entry, row["name"])
        if reason or len(firms) != 1:
            left.setdefault(f"rows: {reason or 'no single record has the entry'}", []).append("")
            continue
        (gold,) = firms
        asked = [_listed(row["name"], gold, "names", row["list"])]
        for alias in split_aliases(row["alt_names"]):
            if reason := _why_not_asked(alias, row["name"], entry, gold, labels):
                left.setdefault(f"aliases: {reason}", []).append(alias)
            else:
                asked.append(_alias(bare_alias(alias), gold, entry, row["list"], labels))
        for one in asked:
            rows.setdefault((one.query, one.gold or ""), one)
    print(f"\n{path.name}: not asked for")
    for reason, texts in sorted(left.items()):
        print(f"  {len(texts):>5}  {reason}" + "".join(f"\n           {text}" for text in sorted({*texts} - {""})))
    return list(rows.values())


def _why_not_asked(alias: str, listed: str, entry: str, gold: str, labels: Labels) -> str:
    text = bare_alias(alias)
    if len("".join(filter(str.isalnum, text))) < _SHORTEST_LISTED:
        return "too short"
    if labels.restricted(entry, text) or gold in labels.holders(text):
        return ""
    if labels.refuses(text):
        return "refused by the table as the name of another"
    return why_unfit(alias, read_listed(listed)[0])


def _alias(alias: str, gold: str, entry: str, file_list: str, labels: Labels) -> Row:
    """Return an alias in the slice that says what the table makes of the government's claim.

    A name of another firm only is asked for with its bearer; where several others bear it, with the first of them.
    """
    bearers = labels.holders(alias)
    if len(own := labels.restricted(entry, alias)) == 1 and own != {gold}:
        return Row(alias, min(own), ("aliases, records of their own",), file_list)
    if bearers and gold not in bearers:
        return Row(alias, min(bearers), ("aliases, of another firm",), file_list)
    if labels.is_weak(alias, gold):
        return Row(alias, gold, ("aliases, weak",), file_list)
    return _listed(alias, gold, "aliases", file_list)


def _listed(text: str, gold: str, kind: str, file_list: str) -> Row:
    return Row(text, gold, (kind, f"{kind}, {file_list}"), file_list)


READERS: dict[str, Callable[[Path, Labels], list[Row]]] = {
    "zh_mention_code_pairs.csv": mention_code_pairs,
    "zh_news_mentions_with_codes.jsonl": news_mentions,
    "zh_astock_news_val.csv": astock_news,
    "en_former_names_szse.csv": former_english_names,
    "restricted_parties_cn.csv": restricted_parties,
}
"""File name → how to read its rows."""
