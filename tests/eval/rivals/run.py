"""`python run.py RIVAL FOLDER`: ask one rival, in its own environment, and write its answers as JSON lines.

Reads names.jsonl, rows.jsonl, pairs.jsonl, training.jsonl and texts.jsonl of the folder, as far as the rival needs them, writes
RIVAL.rows.jsonl (row number, firms of the best score, that score), RIVAL.pairs.jsonl (scores), RIVAL.spans.jsonl (names found
in each text), RIVAL.seconds.json (rows, CPU seconds) and, when all is answered, which questions they were.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path

from systems import asked


def main() -> None:
    """Ask the rival that the command names."""
    rival, work = sys.argv[1], Path(sys.argv[2])
    asked_of = (work / "questions.sha256").read_text()
    module = importlib.import_module(f"systems.{rival}")
    if hasattr(module, "rank"):
        table, rows = asked.read_names(work), asked.read_rows(work, module.SAMPLE)
        begun = time.process_time()
        with (work / f"{rival}.rows.jsonl").open("w", encoding="utf-8") as file:
            answers = module.rank(table, [row for _, row in rows], asked.read_training(work))
            for (number, _), candidates in zip(rows, answers, strict=True):
                best = max((score for _, score in candidates), default=0.0)
                firms = sorted({firm for firm, score in candidates if score == best})
                file.write(json.dumps([number, firms if best else [], float(best)]) + "\n")
        seconds = time.process_time() - begun
        (work / f"{rival}.seconds.json").write_text(json.dumps([len(rows), round(seconds, 1)]))
    if hasattr(module, "compare"):
        with (work / f"{rival}.pairs.jsonl").open("w", encoding="utf-8") as file:
            for score in module.compare(asked.read_pairs(work)):
                file.write(json.dumps(float(score)) + "\n")
    if hasattr(module, "find"):
        with (work / f"{rival}.spans.jsonl").open("w", encoding="utf-8") as file:
            for spans in module.find(asked.read_names(work), asked.read_texts(work)):
                file.write(json.dumps(list(spans), ensure_ascii=False) + "\n")
    (work / f"{rival}.questions.sha256").write_text(asked_of)


if __name__ == "__main__":
    main()
