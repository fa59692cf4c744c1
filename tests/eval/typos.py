"""Make typing errors on names of the table, from counted confusions of characters, the same ones at each run."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from random import Random

from zhengming.aliases import NameKind, Table
from zhengming.engine.fold import fold, is_han, squeeze

from tests.eval.rows import Row, read_csv
from tests.eval.systems import names_by_text

_SEED = 20240607
_A_LENGTH = 400
"""Names tried of each length."""
_KINDS = (NameKind.SHORT, NameKind.BRAND, NameKind.TRADING)


def typos(confusions: Path, table: Table) -> list[Row]:
    """Return short Chinese names with one character confused, by length and by where the confusion was counted."""
    wrong_for: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for row in read_csv(confusions):
        wrong_for[row["right"]].append((row["wrong"], int(row["count"]), row["kind"]))
    held = names_by_text(table)
    known = {squeeze(fold(text)) for text in held}
    short = {name.text for name in table.names if name.kind in _KINDS and all(map(is_han, name.text))}
    names = sorted(text for text in short if len(held[text]) == 1 and len(text) > 1)
    random = Random(_SEED)
    random.shuffle(names)
    rows: dict[str, list[Row]] = {"2": [], "3": [], "4 or more": []}
    for name in names:
        length = str(len(name)) if len(name) < 4 else "4 or more"
        places = [place for place, character in enumerate(name) if character in wrong_for]
        if not places or len(rows[length]) == _A_LENGTH:
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
