"""`python -m tests.eval.rivals`: ask every rival the rows of `make eval` over the same table, and judge them alike.

The rivals' environments must be there (`make rivals` makes them). Rows are a fixed sample of every slice.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from zhengming.aliases import Table, load_table
from zhengming.engine import Engine, Profile, compile_index

from tests.eval import compared_pairs, documents, leave_out, newswire
from tests.eval.bars import CASES
from tests.eval.cases import Firms, case_rows, read_cases
from tests.eval.labels import Labels
from tests.eval.report import judge_row
from tests.eval.rivals.exchange import RivalAnswer, Sampled, read_answers, read_scores, sample, write_questions
from tests.eval.rivals.score import Asked, Faced, PairScore, Slice, best_pairs, face, recall_at
from tests.eval.rows import READERS, Row
from tests.eval.systems import ExactNames, Zhengming, names_by_text
from tests.eval.tally import Verdict
from tests.eval.typos import typos

_ROOT = Path(__file__).parents[3]
_ENVIRONMENTS = _ROOT / ".tools" / "rivals"
_HERE = Path(__file__).parent
RIVALS = {
    "wratio": "rest",
    "string_groups": "rest",
    "name_matcher": "rest",
    "logic_v2": "rest",
    "parsed_names": "rest",
    "matchina_own": "rest",
    "emm_supervised": "emm",
}
"""Module in systems/ → environment that it runs in."""
_MENTION_COUNTS = "zh_news_mentions_with_codes.jsonl"
_CONFUSIONS = "zh_confusion_pairs.csv"
_DICTIONARY = "exact dictionary"
_FINER = re.compile(r": (?!no longer listed)|^(consistent|single), not in the table|^(names|aliases), (BIS|OFAC|EU|UK)")
"""Slices of slices; the rows without a firm stand together in one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask the rivals and print what came of it. Returns 1 when one of them failed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval.rivals", description=__doc__)
    parser.add_argument("--folder", type=Path, help="folder of evaluation files, to be asked as well")
    parser.add_argument("--work", type=Path, default=_ENVIRONMENTS / "work", help="folder for questions and answers")
    parser.add_argument("--only", nargs="*", default=list(RIVALS), help="rivals to ask; the others' last answers count")
    parser.add_argument("--docs", action="store_true", help="write the tables into docs/evaluation.md")
    options = parser.parse_args(arguments)
    table = load_table()
    engine = Engine(compile_index(table))
    labels = Labels(table)
    rows = sample(
        {part: [_in_main_slices(row) for row in rows] for part, rows in _parts(table, labels, options.folder)}
    )
    pairs = _pairs(options.folder)
    write_questions(options.work, table, rows, [(one.first, one.second) for held in pairs.values() for one in held])
    print(f"{len(rows)} rows of {len({(one.part, one.slice) for one in rows})} slices", flush=True)
    verdicts = _our_verdicts(table, engine, labels, rows)
    failed = [rival for rival in options.only if not _ask(rival, options.work)]
    answers = {_DICTIONARY: _dictionary(table, rows)} | {rival: read_answers(options.work, rival) for rival in RIVALS}
    lines = [
        _which(table, engine),
        *_rows_lines(answers, rows, verdicts, labels),
        *_pairs_lines(engine, pairs, options.work),
    ]
    print(*lines, sep="\n")
    if options.docs:
        documents.write("rivals", "\n".join(lines))
    return 1 if failed else 0


def _parts(table: Table, labels: Labels, folder: Path | None) -> Iterator[tuple[str, list[Row]]]:
    yield CASES, case_rows(read_cases(), Firms(table))
    yield newswire.PART, newswire.newswire_forms(table)
    yield leave_out.PART, leave_out.sample(table)
    for name, read in READERS.items():
        if folder and (folder / name).exists() and name != _MENTION_COUNTS:
            yield name, read(folder / name, labels)
    if folder and (folder / _CONFUSIONS).exists():
        yield f"typing errors from {_CONFUSIONS}", typos(folder / _CONFUSIONS, table)


def _in_main_slices(row: Row) -> Row:
    """Leave out slices of slices: there are too few rows for each."""
    return replace(row, slices=tuple(name for name in row.slices if not _FINER.search(name)))


def _our_verdicts(table: Table, engine: Engine, labels: Labels, rows: Sequence[Sampled]) -> list[Verdict]:
    ours = Zhengming(engine)
    asked = list(dict.fromkeys(one.row for one in rows))
    judged = [judge_row(row, ours, labels) for row in asked if not row.without]
    judged += leave_out.resolve_left_out(table, [row for row in asked if row.without], labels)
    verdicts = {one.row: one.verdict for one in judged}
    return [verdicts[one.row] for one in rows]


def _pairs(folder: Path | None) -> dict[str, list[compared_pairs.Pair]]:
    present = [name for name in compared_pairs.FILES if folder and (folder / name).exists()]
    return {
        name: [pair for pair in compared_pairs.read_pairs(folder / name) if not pair.group_word]
        for name in present
        if folder
    }


def _ask(rival: str, work: Path) -> bool:
    python = _ENVIRONMENTS / RIVALS[rival] / "bin" / "python"
    for kind in ("rows", "pairs"):
        (work / f"{rival}.{kind}.jsonl").unlink(missing_ok=True)
    command = [str(python), "-W", "ignore", "run.py", rival, str(work.resolve())]
    done = subprocess.run(command, cwd=_HERE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    print(f"  {rival}: {'answered' if done.returncode == 0 else 'FAILED: ' + done.stderr[-400:]}", flush=True)
    return done.returncode == 0


def _dictionary(table: Table, rows: Sequence[Sampled]) -> dict[int, RivalAnswer]:
    system = ExactNames(names_by_text(table))
    answers = {}
    for number, one in enumerate(rows):
        row = one.row
        firms = [firm for firm in system.resolve(row.query).firms if firm != row.gold or row.query not in row.without]
        answers[number] = RivalAnswer(tuple(firms), 1.0)
    return answers


def _which(table: Table, engine: Engine) -> str:
    configuration = engine.configuration_hash(Profile.BALANCED)
    return f"Table `{table.version[:12]}`, engine configuration `{configuration[:12]}`."


def _rows_lines(
    answers: dict[str, dict[int, RivalAnswer]], rows: Sequence[Sampled], verdicts: Sequence[Verdict], labels: Labels
) -> list[str]:
    faced: dict[str, dict[Slice, Faced]] = {}
    lines = []
    for rival, given in answers.items():
        if given:
            best, faced[rival] = face(
                [Asked(rows[number], answer, verdicts[number]) for number, answer in given.items()], labels
            )
            lines.append(f"- {rival}: {len(given):,} rows, threshold {best:.3g}")
    slices = dict.fromkeys((one.part, one.slice) for one in rows)
    head = ["slice", *(f"{rival} / ours" for rival in faced)]
    lines += ["", _line(head), _line("---" for _ in head)]
    for name in slices:
        cells = [_versus(faced[rival][name]) if name in faced[rival] else "–" for rival in faced]
        lines.append(_line([f"{name[0]}: {name[1]}", *cells]))
    lines += ["", "Not behind at an equal or lower number of wrong rows:", ""]
    for rival, held in faced.items():
        ahead = [
            f"{name[0]}: {name[1]} ({one.rival_right} right of {one.ours.total}; ours {one.ours.right}, {one.ours.wrong} wrong)"
            for name, one in held.items()
            if one.rival_right > one.ours.right
        ]
        level = [f"{name[0]}: {name[1]}" for name, one in held.items() if one.rival_right == one.ours.right]
        lines.append(f"- {rival}: ahead in {'; '.join(ahead) or 'none'}. Level in {'; '.join(level) or 'none'}.")
    return lines


def _versus(one: Faced) -> str:
    total = one.ours.total
    return (
        f"{one.theirs.right / total:.0%}, {one.theirs.wrong / total:.1%} wrong / "
        f"{one.ours.right / total:.0%}, {one.ours.wrong / total:.1%} ({total})"
    )


def _pairs_lines(engine: Engine, pairs: dict[str, list[compared_pairs.Pair]], work: Path) -> list[str]:
    if not pairs:
        return []
    head = ("pairs", "system", "precision", "recall", "F1", "different ones refused", "recall at our false pairs")
    lines = ["", _line(head), _line("---" for _ in head)]
    scores = {rival: read_scores(work, rival) for rival in RIVALS}
    start = 0
    for name, held in pairs.items():
        for with_table in (True, False):
            found = compared_pairs.compare_pairs(engine, Counter(held), with_table=with_table, profile=Profile.BALANCED)
            once = found.distinct
            ours = PairScore(once.right, once.false, once.missed, once.refused)
            lines.append(
                _pair_line(name, f"zhengming, {'with' if with_table else 'without'} the table", ours, ours.recall)
            )
        for rival, given in scores.items():
            if part := given[start : start + len(held)]:
                same = [pair.same for pair in held]
                lines.append(_pair_line(name, rival, best_pairs(part, same), recall_at(part, same, ours.false)))
        start += len(held)
    return lines


def _pair_line(name: str, system: str, one: PairScore, recall: float) -> str:
    refused = f"{one.refused} of {one.refused + one.false}"
    return _line((name, system, f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}", refused, f"{recall:.3f}"))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
