"""The committed run that every other run is compared with: counts by slice, and which table and engine gave them.

`tests/eval/reference/run.json` names the table and the configuration, `slices.csv` has the counts. Both are written by
`python -m tests.eval --write-reference` and by nothing else.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.eval.tally import Tally, Verdict

FOLDER = Path(__file__).with_name("reference")
_RUN, _SLICES = "run.json", "slices.csv"
_COLUMNS = ("part", "slice", *(verdict.name.lower() for verdict in Verdict), "shown")


@dataclass(frozen=True, slots=True)
class Reference:
    """Counts by (part, slice), and what they were counted with."""

    table: str = ""
    configuration: str = ""
    slices: Mapping[tuple[str, str], Tally] = field(default_factory=dict)


def read_reference(folder: Path = FOLDER) -> Reference:
    """Return the committed run; an empty one when there is none yet."""
    if not (folder / _RUN).exists():
        return Reference()
    run = json.loads((folder / _RUN).read_text(encoding="utf-8"))
    with (folder / _SLICES).open(encoding="utf-8", newline="") as file:
        slices = {(row["part"], row["slice"]): _tally(row) for row in csv.DictReader(file)}
    return Reference(run["table"], run["configuration"], slices)


def _tally(row: Mapping[str, str]) -> Tally:
    tally = Tally({verdict: int(row[verdict.name.lower()]) for verdict in Verdict})
    tally.shown = int(row["shown"])
    return tally


def write_reference(run: Reference, folder: Path = FOLDER) -> None:
    """Write a run. Slices of parts that it did not measure stay as they are: their files were not at hand."""
    measured = {part for part, _ in run.slices}
    kept = {key: tally for key, tally in read_reference(folder).slices.items() if key[0] not in measured}
    folder.mkdir(exist_ok=True)
    said = {"table": run.table, "configuration": run.configuration}
    (folder / _RUN).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    with (folder / _SLICES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for (part, name), tally in sorted((kept | dict(run.slices)).items()):
            writer.writerow((part, name, *(tally.counts[verdict] for verdict in Verdict), tally.shown))


def change(before: Tally | None, now: Tally) -> str:
    """Return in words how a slice differs from the reference run; empty when it does not."""
    if before is None:
        return "not in it"
    pairs = (
        ("rows", now.total - before.total),
        ("right", now.right - before.right),
        ("wrong", now.wrong - before.wrong),
        ("ambiguous", now.ambiguous - before.ambiguous),
        ("not found", now.counts[Verdict.NOT_FOUND] - before.counts[Verdict.NOT_FOUND]),
    )
    differences = [f"{name} {difference:+d}" for name, difference in pairs if difference]
    if differences:
        differences.append(f"cost {now.cost - before.cost:+.3f}")
    return ", ".join(differences)
