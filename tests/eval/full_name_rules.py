"""`python -m tests.eval.full_name_rules`: how often names of the table that a rule of two names joins are one firm's.

The table holds former and other names of its firms beside the names of their sisters, parents and namesakes, so each rule
can be counted on it: pairs of names that the rule reads as one firm's, and how many of them are. The table is no labelled
pair file: strangers that are in no table are missing, families that everybody knows are all there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations

from zhengming.aliases import Table, load_table
from zhengming.engine import EvidenceCode
from zhengming.engine.abbreviation import Kind, cut_words, read_shortening
from zhengming.engine.fold import fold, has_han
from zhengming.engine.full_names import difference, owner_in_front
from zhengming.engine.grammar import parse
from zhengming.engine.policy import PAIR_HOLDING_WORDS, PAIR_SIDE_TRADES
from zhengming.engine.two_names import inner_plain, is_business_behind, is_registered, is_taken_from_brand, left_behind

Firms = dict[str, set[str]]
"""Squeezed core of a name → the firms that carry it."""

_RULES = {
    EvidenceCode.ORDER_DIFFERS: "words in another order",
    EvidenceCode.GROUP_WORD_DIFFERS: "holding words exchanged",
    EvidenceCode.PLACE_MISSING: "a city for its province",
    EvidenceCode.EDIT_1: "one other character",
}
_SHORT = range(2, 7)
"""Characters of a short name that a full name may begin with."""


def main() -> None:
    """Print, rule by rule, how many pairs of names are one firm's and how many are two firms'."""
    full, short = _names(load_table())
    print(f"{len(full):,} full names, {len(short):,} short ones")
    counts: Counter[tuple[str, bool]] = Counter()
    for rule, one, other, firms in (*_differences(full), *_owners(full), *_shortenings(full, short)):
        counts[rule, not firms[one].isdisjoint(full[other])] += 1
    for rule in dict.fromkeys(rule for rule, _ in counts):
        same, different = counts[rule, True], counts[rule, False]
        print(f"  {rule:<40} one firm {same:>4}  two {different:>4}  {same / (same + different):.2f}")


def _names(table: Table) -> tuple[Firms, Firms]:
    full: Firms = defaultdict(set)
    short: Firms = defaultdict(set)
    for name in table.names:
        text = fold(name.text)
        if not has_han(text):
            continue
        anatomy = parse(text)
        if is_registered(anatomy):
            full[inner_plain(anatomy.core)].add(name.firm_id)
        elif len(text) in _SHORT and not anatomy.group:
            short[inner_plain(anatomy.core)].add(name.firm_id)
    return full, short


def _differences(full: Firms) -> Iterator[tuple[str, str, str, Firms]]:
    keys: tuple[Callable[[str], str], ...] = (lambda core: "".join(sorted(core)), _held, *map(_behind, (2, 3, 4)))
    pairs = {tuple(sorted(pair)) for key in keys for block in _blocks(full, key) for pair in combinations(block, 2)}
    for one, other in sorted(pairs):
        for code, _ in difference(one, other):
            if code in _RULES:
                yield _RULES[code], one, other, full


def _blocks(full: Firms, key: Callable[[str], str]) -> list[list[str]]:
    blocks: dict[str, list[str]] = defaultdict(list)
    for core in full:
        if key(core):
            blocks[key(core)].append(core)
    return [block for block in blocks.values() if len(block) > 1]


def _held(core: str) -> str:
    for word in PAIR_HOLDING_WORDS * 2:
        core = core.removesuffix(word)
    return core


def _behind(letters: int) -> Callable[[str], str]:
    return lambda core: core[letters:]


def _owners(full: Firms) -> Iterator[tuple[str, str, str, Firms]]:
    for core in full:
        place = "".join(text for kind, text in cut_words(core) if kind is Kind.PLACE)
        rest = core.removeprefix(place)
        for cut in range(2, len(rest) - 2):
            shorter = place + rest[cut:]
            if shorter in full and (read := read_shortening(shorter, core)) and owner_in_front(read.words):
                yield "the owner's name in front", shorter, core, full


def _shortenings(full: Firms, short: Firms) -> Iterator[tuple[str, str, str, Firms]]:
    begins: dict[str, list[str]] = defaultdict(list)
    for form in short:
        begins[form[:2]].append(form)
    for core in full:
        place = "".join(text for kind, text in cut_words(core) if kind is Kind.PLACE)
        for form in {*begins[core[:2]], *begins[core.removeprefix(place)[:2]]}:
            read = read_shortening(form, core)
            if read is None or read.sampled or not read.keeps_identity:
                continue
            kept = {word.kind for word in read.words if word.places}
            if read.cut(Kind.BRAND) and is_taken_from_brand(read):
                yield "two words of what stands for the brand", form, core, short
            elif read.cut(Kind.BRAND) and is_business_behind(read):
                behind = "between brand and business" if Kind.TRADE in kept else "behind a brand of three"
                yield f"unknown words {behind}", form, core, short
            elif not read.cut(Kind.BRAND) and PAIR_SIDE_TRADES & (set(read.left(Kind.TRADE)) - set(left_behind(read))):
                yield "a side business in front of a kept one", form, core, short


if __name__ == "__main__":
    main()
