"""One name left out: is a firm still found by a name that the table has no more, and is it ever taken for another?

Compiling the table for every single name would take hours. A sample of names is dealt into a few folds, never two names
of one firm into the same fold, and each fold is compiled without its names: about one name in a hundred is gone at a
time, and every firm keeps all its other names.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from random import Random

from zhengming.aliases import Name, NameKind, Table
from zhengming.engine import Engine, compile_index
from zhengming.engine.fold import name_key

from tests.eval.labels import Labels
from tests.eval.report import Judged, judge_row
from tests.eval.rows import Row
from tests.eval.systems import Zhengming

PART = "one name left out"
_SEED = 20240612
_A_KIND = 1_500
"""Names tried of each kind."""
_FOLDS = 5


def sample(table: Table) -> list[Row]:
    """Return names that one firm alone bears and that is not its only one, by kind; the same ones at each run."""
    bearers: dict[str, set[str]] = defaultdict(set)
    keys: dict[str, set[str]] = defaultdict(set)
    spellings: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in table.names:
        key = name_key(name.text)
        bearers[key].add(name.firm_id)
        keys[name.firm_id].add(key)
        spellings[name.firm_id, key].add(name.text)
    by_kind: dict[str, dict[str, Name]] = defaultdict(dict)
    for name in sorted(table.names):
        key = name_key(name.text)
        if (kind := _kind(name)) and len(bearers[key]) == 1 and len(keys[name.firm_id]) > 1:
            by_kind[kind].setdefault(key, name)
    random = Random(_SEED)
    rows = []
    for kind, names in by_kind.items():
        for key, name in random.sample(sorted(names.items()), min(_A_KIND, len(names))):
            gone = tuple(sorted(spellings[name.firm_id, key]))
            rows.append(Row(name.text, name.firm_id, (kind,), "left out", without=gone))
    return rows


def _kind(name: Name) -> str:
    if name.kind is NameKind.LEGAL:
        return {"zh": "legal names, Chinese", "en": "legal names, English"}.get(name.language.split("-")[0], "")
    if name.kind in (NameKind.SHORT, NameKind.BRAND, NameKind.TRADING):
        return {"zh": "short names, Chinese", "en": "short names, English"}.get(name.language.split("-")[0], "")
    return ""


def resolve_left_out(table: Table, rows: list[Row], labels: Labels) -> list[Judged]:
    """Resolve each row by a table without its name. Compiles the table once a fold."""
    folds: list[list[Row]] = [[] for _ in range(_FOLDS)]
    dealt: dict[str, int] = {}
    for row in rows:
        # Firms begin at successive folds, and each goes on from its own.
        place = dealt.get(row.gold or "", len(dealt))
        dealt[row.gold or ""] = place + 1
        folds[place % _FOLDS].append(row)
    judged = []
    for fold in folds:
        gone = {(row.gold, text) for row in fold for text in row.without}
        names = tuple(name for name in table.names if (name.firm_id, name.text) not in gone)
        system = Zhengming(Engine(compile_index(replace(table, names=names))))
        judged += [judge_row(row, system, labels) for row in fold]
    return judged
