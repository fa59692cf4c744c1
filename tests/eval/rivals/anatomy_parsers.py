"""`python -m tests.eval.rivals.anatomy_parsers`: our anatomy beside companynameparser, rigour and cleanco on the same names.

Legal names of the bundled table are drawn by a fixed seed, so many in Chinese and so many in English. companynameparser
tells place, brand, trade and suffix of a Chinese name; rigour and cleanco know legal forms alone. Where a rival reads a
name otherwise than we do, nobody is right by default: a hundred disagreements, drawn by seed, are judged by hand in
`anatomy_judged.csv`. `--draw` writes the drawn ones without verdicts; the counts are in docs/anatomy.md.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cleanco
import companynameparser
from rigour.names.org_types import remove_org_types
from zhengming.aliases import load_table
from zhengming.aliases.model import NameKind
from zhengming.engine.fold import fold, has_han, squeeze
from zhengming.engine.grammar import Anatomy, parse
from zhengming.engine.grammar.anatomy import PartKind

_NAMES_OF_A_LANGUAGE = 2000
_SEED = 20261123
_JUDGED = Path(__file__).with_name("anatomy_judged.csv")
_COLUMNS = ("name", "rival", "part", "ours", "theirs", "verdict", "why")
_VERDICTS = ("ours", "theirs", "both", "neither")
_DRAWN = {
    ("companynameparser", "place", "Chinese"): 15,
    ("companynameparser", "brand", "Chinese"): 30,
    ("companynameparser", "trade", "Chinese"): 20,
    ("companynameparser", "form", "Chinese"): 5,
    ("rigour", "form", "Chinese"): 4,
    ("rigour", "form", "English"): 12,
    ("cleanco", "form", "Chinese"): 4,
    ("cleanco", "form", "English"): 10,
}
"""How many disagreements of each kind are judged: more where the parts are harder."""

# What both sides write or leave out without meaning anything by it.
_ADMINISTRATION = re.compile("[省市]")
_GROUP = re.compile("集团|控股")


@dataclass(frozen=True, slots=True)
class Reading:
    """What we and a rival take one part of one name to be, in letters and digits of the folded name."""

    name: str
    rival: str
    part: str
    ours: str
    theirs: str

    @property
    def kind(self) -> tuple[str, str, str]:
        """Rival, part and language."""
        return self.rival, self.part, "Chinese" if has_han(self.name) else "English"

    @property
    def agree(self) -> bool:
        """Tell whether both read the same letters."""
        return self.ours == self.theirs


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts. Returns 1 when a judged row is no longer what we or the rival say, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval.rivals.anatomy_parsers", description=__doc__)
    parser.add_argument("--draw", type=Path, help="file to write the drawn disagreements to, without verdicts")
    options = parser.parse_args(arguments)
    names = legal_names()
    readings = [reading for name in names for reading in read(name)]
    _print_counts(readings)
    if options.draw:
        _write(options.draw, draw(readings))
        return 0
    return _print_verdicts()


def legal_names() -> list[str]:
    """Return the names under comparison: legal names of the bundled table, drawn by seed, Chinese ones first."""
    texts = sorted({name.text for name in load_table().names if name.kind is NameKind.LEGAL})
    chance = random.Random(_SEED)
    han = [text for text in texts if has_han(text)]
    latin = [text for text in texts if not has_han(text)]
    return chance.sample(han, _NAMES_OF_A_LANGUAGE) + chance.sample(latin, _NAMES_OF_A_LANGUAGE)


def read(name: str) -> Iterator[Reading]:
    """Read one name by all systems.

    companynameparser is asked for Chinese names only, because it has no English, and for their folded form, because it has
    no traditional script.
    """
    ours = parse(name)
    if has_han(name):
        theirs = companynameparser.parse(fold(name))
        yield from (
            Reading(name, "companynameparser", part, _plain(part, mine), _plain(part, theirs[key]))
            for part, key, mine in (
                ("place", "place", _letters(ours, PartKind.PLACE)),
                ("brand", "brand", ours.brand),
                ("trade", "trade", _letters(ours, PartKind.TRADE, PartKind.LINK)),
                ("form", "suffix", _letters(ours, PartKind.FORM)),
            )
        )
    kept = "".join([part.text for part in ours.parts if part.kind is not PartKind.FORM])
    formless: dict[str, Callable[[str], str]] = {"rigour": remove_org_types, "cleanco": cleanco.basename}
    for rival, strip in formless.items():
        yield Reading(name, rival, "form", kept, squeeze(fold(strip(name))))


def draw(readings: Sequence[Reading]) -> list[Reading]:
    """Return the disagreements to judge, drawn by seed, so many of each kind."""
    chance = random.Random(_SEED)
    by_kind: dict[tuple[str, str, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        if not reading.agree:
            by_kind[reading.kind].append(reading)
    return [reading for kind, count in _DRAWN.items() for reading in chance.sample(by_kind[kind], count)]


def _letters(anatomy: Anatomy, *kinds: PartKind) -> str:
    return "".join([part.text for part in anatomy.parts if part.kind in kinds])


def _plain(part: str, text: str) -> str:
    squeezed = squeeze(fold(text))
    if part == "place":
        return _ADMINISTRATION.sub("", squeezed)
    return squeezed if part == "brand" else _GROUP.sub("", squeezed)


def _print_counts(readings: Sequence[Reading]) -> None:
    counts = Counter((*reading.kind, reading.agree) for reading in readings)
    print("| rival | part | names | agree | disagree |\n|---|---|---|---|---|")
    for rival, part, language in dict.fromkeys(key[:3] for key in counts):
        agree, other = counts[rival, part, language, True], counts[rival, part, language, False]
        print(f"| {rival} | {part} | {agree + other:,} {language} | {agree:,} | {other:,} |")


def _print_verdicts() -> int:
    tally: Counter[tuple[str, str, str, str]] = Counter()
    stale = 0
    with _JUDGED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            now = next(one for one in read(row["name"]) if (one.rival, one.part) == (row["rival"], row["part"]))
            if (now.ours, now.theirs) != (row["ours"], row["theirs"]):
                stale += 1
                print(f"judged on another reading: {row['name']} ({row['rival']}, {row['part']})", file=sys.stderr)
            tally[(*now.kind, row["verdict"])] += 1
    print(
        "\n| rival | part | language | judged | right: "
        + " | ".join(_VERDICTS)
        + " |\n|---|---|---|---|"
        + "---|" * len(_VERDICTS)
    )
    for kind in _DRAWN:
        verdicts = [tally[(*kind, verdict)] for verdict in _VERDICTS]
        print(f"| {' | '.join(kind)} | {sum(verdicts)} | " + " | ".join(map(str, verdicts)) + " |")
    return 1 if stale else 0


def _write(path: Path, readings: Sequence[Reading]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows((one.name, one.rival, one.part, one.ours, one.theirs, "", "") for one in readings)


if __name__ == "__main__":
    sys.exit(main())
