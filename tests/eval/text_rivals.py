"""Hold text linking against rivals on the same rows: `python -m tests.eval.text_rivals --folder FOLDER --docs`.

A rival finds names; a name of one firm links to it. Which firm a shared name means no rival can say, so it is taken to mean
the one that a label of its text hopes for, and nothing where none does: in the rival's favour. The most relevant firm
of a text is worked out by our rule for them too. Two rivals run here, the others in an environment of their own that
`make rivals` makes; without it their columns say so.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from zhengming.aliases import Table, load_table
from zhengming.engine import Engine, Outcome, Profile, compile_index
from zhengming.engine.answer import Resolution
from zhengming.engine.fold import name_key
from zhengming.engine.index import Index
from zhengming.engine.linking import LinkedText, LinkOptions, Mention
from zhengming.engine.linking.automaton import Automaton
from zhengming.engine.linking.document import weigh_firms
from zhengming.engine.linking.finder import Finder
from zhengming.engine.linking.squeezed import Squeezed

from tests.eval import documents
from tests.eval.labels import Labels
from tests.eval.passages import Passage, judge_passages, read_passages
from tests.eval.rows import read_csv
from tests.eval.text import TextEvaluation

_ENVIRONMENT = Path(__file__).parents[2] / ".tools" / "rivals" / "texts"
_OUTSIDE = {"flash_text": "flashtext", "phrase_matcher": "spaCy PhraseMatcher"}
"""Module in rivals/systems/ → how it is called."""
_NEWS, _FILED = "zh_news_mentions_with_codes.jsonl", "zh_astock_news_val.csv"
_CLUENER, _STRINGS = "zh_cluener_company_mentions.jsonl", "zh_ambiguous_strings_not_company.csv"


class Named(NamedTuple):
    """A name that a rival sees in a text, and the firms that carry it."""

    start: int
    end: int
    firms: frozenset[str]


Found = Callable[[str], Sequence[Named]]
"""What a rival sees in a text, never overlapping."""


class RivalEngine:
    """A rival in the place of our engine."""

    def __init__(self, find: Found, hoped: Mapping[str, frozenset[str]]) -> None:
        """Take `hoped`: text → the firms that any label of it asks for."""
        self._find = find
        self._hoped = hoped

    def link(self, text: str, _options: LinkOptions) -> LinkedText:
        """Return everything that the rival sees and a firm can be given to as surely linked."""
        mentions = []
        for start, end, firms in self._find(text):
            meant = sorted(firms if len(firms) == 1 else firms & self._hoped.get(text, frozenset()))
            if meant:
                answer = Resolution(Outcome.MATCH, meant[0], 1.0)
                mentions.append(Mention(start, end, text[start:end], 1.0, answer, (), 0.0))
        return LinkedText(tuple(mentions), weigh_firms(mentions), ())


def longest_in_dictionary(carriers: Mapping[str, frozenset[str]]) -> Found:
    """Return a rival that takes, from left to right, the longest name as it is written in the table."""
    lengths: dict[str, list[int]] = {}
    for name in carriers:
        if len(name) > 1:
            lengths.setdefault(name[:2], []).append(len(name))
    tried = {head: sorted(set(each), reverse=True) for head, each in lengths.items()}

    def find(text: str) -> list[Named]:
        found = []
        place = 0
        while place < len(text):
            ends = (place + length for length in tried.get(text[place : place + 2], ()))
            end = next((end for end in ends if text[place:end] in carriers), None)
            if end is not None:
                found.append(Named(place, end, carriers[text[place:end]]))
            place = end or place + 1
        return found

    return find


def automaton_alone(table: Table) -> Found:
    """Return our own scan with nothing behind it: every name on word boundaries, the longest first, is a mention."""
    arrays = compile_index(table)
    finder = Finder(Index(arrays), Automaton(arrays))
    carriers = _carriers((name_key(name.text), name.firm_id) for name in table.names)

    def find(text: str) -> list[Named]:
        found: list[Named] = []
        occupied = bytearray(len(text))
        for start, end, pattern in sorted(
            finder.spans(Squeezed(text)), key=lambda one: (one.start - one.end, one.start)
        ):
            firms = carriers.get(pattern.text)
            if firms and occupied.find(1, start, end) < 0:
                occupied[start:end] = b"\1" * (end - start)
                found.append(Named(start, end, firms))
        return sorted(found)

    return find


def _carriers(named: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, firm in named:
        found.setdefault(name, set()).add(firm)
    return {name: frozenset(firms) for name, firms in found.items()}


def outside(rival: str, work: Path, texts: Sequence[str], carriers: Mapping[str, frozenset[str]]) -> Found | None:
    """Ask a rival in its own environment. None when the environment is not there or the rival fails."""
    python = _ENVIRONMENT / "bin" / "python"
    if not python.exists():
        return None
    work.mkdir(parents=True, exist_ok=True)
    _write(work / "names.jsonl", ((name, "") for name in sorted(carriers)))
    _write(work / "texts.jsonl", ((text,) for text in texts))
    asked = [(work / name).read_bytes() for name in ("names.jsonl", "texts.jsonl")]
    (work / "questions.sha256").write_text(sha256(b"".join(asked)).hexdigest(), encoding="utf-8")
    command = [str(python), "-W", "ignore", "run.py", rival, str(work.resolve())]
    here = Path(__file__).parent / "rivals"
    done = subprocess.run(command, cwd=here, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(f"{rival} failed: {done.stderr[-400:]}", file=sys.stderr)
        return None
    lines = (work / f"{rival}.spans.jsonl").read_text(encoding="utf-8").splitlines()
    seen = {
        text: [Named(start, end, carriers[name]) for start, end, name in json.loads(line)]
        for text, line in zip(texts, lines, strict=True)
    }
    return seen.__getitem__


def _write(path: Path, lines: Iterable[object]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def hoped_for(table: Table, passages: Sequence[Passage], folder: Path | None) -> dict[str, frozenset[str]]:
    """Return every text that is asked, with the firms that its labels name."""
    labels = Labels(table)
    carriers = _carriers((name_key(name.text), name.firm_id) for name in table.names)
    hoped: dict[str, set[str]] = {}
    for passage in passages:
        hoped.setdefault(passage.text, set()).update(one.firm for one in passage.mentions if one.firm)
    for name, row in _labelled(folder):
        firms = hoped.setdefault(row["text"], set())
        if name == _CLUENER:
            firms |= carriers.get(name_key(row["mention"]), frozenset())
        elif name != _STRINGS and (firm := labels.firm(row["code"])):
            firms.add(firm)
    return {text: frozenset(firms) for text, firms in hoped.items()}


def _labelled(folder: Path | None) -> Iterator[tuple[str, dict[str, str]]]:
    for name in (_NEWS, _CLUENER, _STRINGS, _FILED) if folder else ():
        path = folder / name
        if path.suffix == ".csv":
            yield from ((name, row) for row in read_csv(path))
        else:
            with path.open(encoding="utf-8") as file:
                yield from ((name, json.loads(line)) for line in file)


def cells(
    engine: Engine | RivalEngine, table: Table, profile: Profile, folder: Path | None, passages: list[Passage]
) -> list[str]:
    """Return one column: what an engine makes of every slice."""
    column = []
    if folder:
        evaluation = TextEvaluation(engine, table, profile)
        news, cluener = evaluation.news_mentions(folder / _NEWS), evaluation.cluener(folder / _CLUENER)
        strings, filed = evaluation.not_companies(folder / _STRINGS), evaluation.filed_news(folder / _FILED)
        column += [
            f"{_share(news.counts, 'right')}; {news.counts['wrong']}",
            f"{_share(cluener.counts, 'right')}; {cluener.counts['wrong']}",
            _share(strings.counts, "linked"),
            _share(filed.counts, "right"),
        ]
    own = judge_passages(passages, engine, profile)
    return [
        *column,
        f"{own.f1:.3f} ({own.right}, {own.missed}, {own.false})",
        f"{own.traps_taken}; {own.products_as_owner}",
    ]


def _share(counts: Mapping[str, int], good: str) -> str:
    total = sum(number for name, number in counts.items() if name != "left out" and not name.startswith("("))
    return f"{counts[good] / total:.1%}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print every slice, our two profiles and the rivals side by side."""
    parser = argparse.ArgumentParser(prog="python -m tests.eval.text_rivals", description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, help="folder of evaluation files; without it only our own passages")
    parser.add_argument(
        "--work", type=Path, default=_ENVIRONMENT.parent / "work-texts", help="folder for what is asked and answered"
    )
    parser.add_argument("--docs", action="store_true", help="write the table into docs/text-linking.md")
    options = parser.parse_args(arguments)
    table = load_table()
    passages = read_passages(table)
    hoped = hoped_for(table, passages, options.folder)
    written = _carriers((name.text, name.firm_id) for name in table.names)
    finders: dict[str, Found | None] = {
        "automaton without decision": automaton_alone(table),
        "longest match in a dictionary": longest_in_dictionary(written),
        **{told: outside(rival, options.work, list(hoped), written) for rival, told in _OUTSIDE.items()},
    }
    engine = Engine(compile_index(table))
    slices = ["own passages: F1 (right, missed, false)", "– traps taken; products taken as their owner"]
    if options.folder:
        slices = [
            "names with the code behind them: right; wrong firm",
            "CLUENER companies of the table: right; wrong firm",
            "strings that are no companies: linked",
            "filed news: its firm is first",
            *slices,
        ]
    columns = {
        profile.name: cells(engine, table, profile, options.folder, passages)
        for profile in (Profile.BALANCED, Profile.HIGH_PRECISION)
    }
    for told, find in finders.items():
        columns[told] = (
            cells(RivalEngine(find, hoped), table, Profile.BALANCED, options.folder, passages)
            if find
            else ["not asked: no environment"] * len(slices)
        )
    lines = [_line(["", *columns]), _line("---" for _ in range(len(columns) + 1))]
    lines += [_line([name, *(column[number] for column in columns.values())]) for number, name in enumerate(slices)]
    print(*lines, sep="\n")
    if options.docs:
        which = f"Table `{table.version[:12]}`, {len(table.names):,} names."
        documents.write("rivals", "\n".join((which, "", *lines)), documents.TEXT_PAGE)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
