"""Make typing errors on names of the table, and names that look like typing errors and are not; the same at each run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

from zhengming.aliases import NameKind, Table
from zhengming.aliases.model import Ambiguity
from zhengming.curation.naming_statistics import SET_ASIDE, read_names
from zhengming.engine import Engine, compile_index
from zhengming.engine.fold import fold, is_han, name_key, squeeze
from zhengming.engine.script_table import SIMPLIFIED, TRADITIONAL
from zhengming.engine.slip import find_edit

from tests.eval.rows import Row, read_csv
from tests.eval.systems import names_by_text

_SEED = 20240607
_A_LENGTH = 400
"""Firms left out of each length, and a fifth of the strangers."""
_TYPED = 2_000
"""Names tried of each length, or of each nature of error: of 400 one draw differed from the next by nine in a hundred."""
_KINDS = (NameKind.SHORT, NameKind.BRAND, NameKind.TRADING)
_TO_TRADITIONAL = dict(zip(SIMPLIFIED, TRADITIONAL, strict=True))
_NEIGHBOURS = {
    # Keys beside each other on a keyboard of letters, a few of each.
    "a": "sqz", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
_CYRILLIC = str.maketrans("aceopxy", "асеорху")


def typos(confusions: Path, table: Table) -> list[Row]:
    """Return short Chinese names with one character confused, by length and by where the confusion was counted."""
    wrong_for: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for row in read_csv(confusions):
        wrong_for[row["right"]].append((row["wrong"], int(row["count"]), row["kind"]))
    held = names_by_text(table)
    known = {squeeze(fold(text)) for text in held}
    names = short_names(table, held)
    random = Random(_SEED)
    random.shuffle(names)
    rows: dict[str, list[Row]] = {"2": [], "3": [], "4 or more": []}
    for name in names:
        length = str(len(name)) if len(name) < 4 else "4 or more"
        places = [place for place, character in enumerate(name) if character in wrong_for]
        if not places or len(rows[length]) == _TYPED:
            continue
        place = random.choice(places)
        choices = wrong_for[name[place]]
        wrong, _, kind = random.choices(choices, [count for _, count, _ in choices])[0]
        typed = name[:place] + wrong + name[place + 1 :]
        # A slip that makes another name of the table is not a typing error that anyone could mend.
        if squeeze(fold(typed)) not in known:
            slices = (f"typing error, {length} characters", f"typing error, {length} characters: {kind}")
            rows[length].append(Row(typed, held[name][0], slices, name))
    return [row for some in rows.values() for row in some]


def other_errors(table: Table) -> list[Row]:
    """Return names with errors of other natures: characters lost, doubled or swapped, scripts mixed, spaces, letters."""
    held = names_by_text(table)
    known = {squeeze(fold(text)) for text in held}
    random = Random(_SEED + 1)
    chinese = [text for text in short_names(table, held) if len(text) >= 4]
    legal = {name.text for name in table.names if name.kind is NameKind.LEGAL and name.text.isascii()}
    english = sorted(text for text in legal if len(held[text]) == 1 and len(text) >= 9)
    rows = []
    for nature, names, spoil in _NATURES:
        pool = list(chinese if names == "zh" else english)
        random.shuffle(pool)
        made = 0
        for name in pool:
            typed = spoil(name, random)
            same_key = nature in _SAME_KEY
            if typed == name or (not same_key and squeeze(fold(typed)) in known) or made == _TYPED:
                continue
            made += 1
            rows.append(Row(typed, held[name][0], (f"error: {nature}",), name))
    return rows


def neighbours(table: Table) -> list[Row]:
    """Return Chinese names of the table that are one character from another firm's: each must give its own firm."""
    held = names_by_text(table)
    return [
        Row(text, held[text][0], ("known name one character from another firm's",), other)
        for text, other in _neighbours(table, held)
    ]


def missing_neighbours(table: Table) -> tuple[list[Row], Engine]:
    """Return names one character from another firm's whose own firm is taken out, and the engine without those firms.

    Nothing but the text says that the name is not a slip in the one that stays: the hardest names to refuse.
    """
    held = names_by_text(table)
    pairs = _neighbours(table, held)
    random = Random(_SEED + 2)
    random.shuffle(pairs)
    gone: set[str] = set()
    stays: set[str] = set()
    rows = []
    for text, other in pairs:
        firm, rival = held[text][0], held[other][0]
        if firm in stays or rival in gone or len(rows) == 2 * _A_LENGTH:
            continue
        gone.add(firm)
        stays.add(rival)
        length = str(len(text)) if len(text) < 4 else "4 or more"
        rows.append(Row(text, None, (f"missing firm, {length} characters, one from a known name",), other))
    smaller = replace(
        table,
        firms=tuple(firm for firm in table.firms if firm.id not in gone),
        names=tuple(name for name in table.names if name.firm_id not in gone),
        identifiers=tuple(code for code in table.identifiers if code.firm_id not in gone),
        relations=tuple(tie for tie in table.relations if not {tie.from_id, tie.to_id} & gone),
        restrictions=tuple(entry for entry in table.restrictions if entry.firm_id not in gone),
    )
    left = {name_key(name.text) for name in smaller.names}
    return [row for row in rows if name_key(row.query) not in left], Engine(compile_index(smaller))


def strangers(sample: Path, table: Table) -> list[Row]:
    """Return sampled short names of other firms (one a line, packed), of which none is in the table."""
    known = {name_key(name.text) for name in table.names}
    made: dict[str, list[Row]] = {"2": [], "3": [], "4 or more": []}
    for name in read_names(sample)[:SET_ASIDE]:
        if name and all(map(is_han, name)) and len(name) > 1 and name_key(name) not in known:
            length = str(len(name)) if len(name) < 4 else "4 or more"
            if len(made[length]) < 5 * _A_LENGTH:
                made[length].append(Row(name, None, (f"stranger, {length} characters",), ""))
    return [row for some in made.values() for row in some]


def short_names(table: Table, held: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the short Chinese names that one firm alone bears, in order; `held` tells the firms of a name."""
    short = {name.text for name in table.names if name.kind in _KINDS and all(map(is_han, name.text))}
    return sorted(text for text in short if len(held[text]) == 1 and len(text) > 1)


def _neighbours(table: Table, held: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """Return pairs of names of two firms that are one character apart, both strong names of one firm each."""
    weak = {name.text for name in table.names if name.ambiguity is not Ambiguity.NONE}
    by_rest: dict[str, list[str]] = defaultdict(list)
    for text in short_names(table, held):
        if text not in weak and len(text) >= 3:
            for rest in {text, *(text[:place] + text[place + 1 :] for place in range(len(text)))}:
                by_rest[rest].append(text)
    pairs = {
        (text, other)
        for texts in by_rest.values()
        for text in texts
        for other in texts
        if held[text] != held[other] and find_edit(text, other)
    }
    return sorted({text: (text, other) for text, other in sorted(pairs)}.values())


def _drop(name: str, random: Random) -> str:
    place = random.randrange(1, len(name) - 1)
    return name[:place] + name[place + 1 :]


def _double(name: str, random: Random) -> str:
    place = random.randrange(len(name))
    return name[:place] + name[place] + name[place:]


def _swap(name: str, random: Random) -> str:
    place = random.randrange(len(name) - 1)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _mix_scripts(name: str, random: Random) -> str:
    return "".join(_TO_TRADITIONAL.get(letter, letter) if random.random() < 0.5 else letter for letter in name)


def _split(name: str, random: Random) -> str:
    place = random.randrange(1, len(name))
    return name[:place] + " " + name[place:]


def _widen(name: str, _: Random) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in name)


def _hit_beside(name: str, random: Random) -> str:
    places = [place for place, letter in enumerate(name.lower()) if letter in _NEIGHBOURS]
    place = random.choice(places)
    return name[:place] + random.choice(_NEIGHBOURS[name[place].lower()]) + name[place + 1 :]


def _join(name: str, _: Random) -> str:
    return name.replace(" ", "")


def _disguise(name: str, _: Random) -> str:
    return name.translate(_CYRILLIC)


_NATURES: tuple[tuple[str, str, Callable[[str, Random], str]], ...] = (
    ("character lost inside", "zh", _drop),
    ("character doubled", "zh", _double),
    ("characters swapped", "zh", _swap),
    ("scripts mixed", "zh", _mix_scripts),
    ("space inside", "zh", _split),
    ("full width", "en", _widen),
    ("letters swapped", "en", _swap),
    ("letter lost", "en", _drop),
    ("letter doubled", "en", _double),
    ("neighbouring key", "en", _hit_beside),
    ("spaces lost", "en", _join),
    ("word split", "en", _split),
    ("Cyrillic letters", "en", _disguise),
)
_SAME_KEY = frozenset(("scripts mixed", "space inside", "full width", "spaces lost", "word split"))
"""Natures that leave letters and digits as they are: the name must be found as equal."""
