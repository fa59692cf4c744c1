"""Running text: linking against spaCy's PhraseMatcher, and the scan alone against other automata; names as the table has them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

from zhengming.aliases import load_table
from zhengming.engine import Engine
from zhengming.engine.arrays import TextList
from zhengming.engine.fold import has_han
from zhengming.engine.linking.automaton import Automaton
from zhengming.engine.linking.squeezed import Squeezed

from tests.bench.measure import ratio
from tests.bench.peers.process import NotInstalledError, PeerError, PeerProcess
from tests.bench.report import Report
from tests.bench.run import Run

_PASSAGES = Path(__file__).parents[1] / "cases" / "texts" / "passages.jsonl"
_NEWS = "zh_news_mentions_with_codes.jsonl"
_SEED = 29
_ROUNDS = 5
_BYTES = 200_000
"""UTF-8 bytes of a language and round."""
_PASSAGES_A_TEXT = 5
_PHRASES = "spaCy PhraseMatcher: tokens and matcher"
_READY = "spaCy PhraseMatcher on ready tokens"
_SCANS = {
    "pyahocorasick_scan:all": ("pyahocorasick, every hit", "all"),
    "pyahocorasick_scan:longest": ("pyahocorasick, longest", "longest"),
    "ahocorasick_rs_scan:all": ("ahocorasick_rs, every hit", "all"),
    "ahocorasick_rs_scan:longest": ("ahocorasick_rs, longest", "longest"),
    "flashtext_scan:longest": ("flashtext, longest between word ends", ""),
}
"""Peer → its row, and whom its number of hits is to be equal to."""


@dataclass(frozen=True, slots=True)
class _Corpus:
    """Texts of one language, in parts of about `_BYTES`."""

    name: str
    parts: tuple[tuple[str, ...], ...]

    def part(self, number: int) -> tuple[str, ...]:
        """Return the texts of a round; parts come again when there are fewer than rounds."""
        return self.parts[number % len(self.parts)]


def measure_texts(run: Run, report: Report) -> None:
    """Measure both languages, ours and each peer in turn."""
    prepared = run.bundled()
    engine, automaton = prepared.open().engine, Automaton(prepared.arrays())
    names = sorted({name.text for name in load_table(prepared.table).names})
    patterns = list(TextList.unpack("linking.patterns", prepared.arrays()))
    corpora = _corpora(run)
    report.heading(f"Linking texts, {len(names):,} names of the bundled table")
    report.text(f"{_told(corpora)} MB of UTF-8 to a CPU second; {run.rounds(_ROUNDS)} rounds in turn.\n")
    report.columns("what", *(title for corpus in corpora for title in (f"{corpus.name}, MB/s", "ours is faster by")))
    rows: dict[str, list[str]] = {}
    for corpus in corpora:
        _link(run, corpus, engine, names, rows, report)
    for what, cells in rows.items():
        report.row(what, *cells)
    report.text(
        f"\nThe scan alone: {len(patterns):,} names in squeezed form over texts in squeezed form, the same for all, so that the "
        "hits must be the same; our squeezing is told apart.\n"
    )
    report.columns("what", *(title for corpus in corpora for title in (f"{corpus.name}, MB/s", "ours is faster by")))
    rows = {}
    for corpus in corpora:
        _scan(run, corpus, automaton, patterns, rows, report)
    for what, cells in rows.items():
        report.row(what, *cells)


def _link(
    run: Run, corpus: _Corpus, engine: Engine, names: Sequence[str], rows: dict[str, list[str]], report: Report
) -> None:
    def link(texts: Sequence[str]) -> int:
        return sum(len(engine.link(text).mentions) for text in texts)

    language = "zh" if corpus.name == "Chinese" else "en"
    ours: list[float] = []
    for peer, what in ((f"phrases:{language}", _PHRASES), (f"phrases:{language}-ready", _READY)):
        try:
            with PeerProcess(peer, "bench", names) as process:
                theirs, ours, _ = _in_turn(run, corpus, process, link)
        except PeerError as error:
            rows.setdefault(what, []).append(_failed(error))
            continue
        times = ratio(theirs, ours)
        if what == _PHRASES:
            report.figure("texts.link" if language == "zh" else "texts.link.en", times)
        rows.setdefault(what, []).append(f"{_speed(theirs)} | {times:.2g}×")
    ours = ours or _alone(run, corpus, link)
    report.figure(f"texts.link.{language}.mb", 1 / median(ours))
    rows.setdefault("**LinkText, whole**", []).append(f"{_speed(ours)} | 1×")


def _scan(
    run: Run, corpus: _Corpus, automaton: Automaton, patterns: Sequence[str], rows: dict[str, list[str]], report: Report
) -> None:
    squeezed = _Corpus(corpus.name, tuple(tuple(Squeezed(text).text for text in part) for part in corpus.parts))

    def scan(texts: Sequence[str]) -> int:
        return sum(len(automaton.hits(text)) for text in texts)

    def squeeze(texts: Sequence[str]) -> int:
        return sum(len(Squeezed(text).text) for text in texts)

    ours: list[float] = []
    counts = {"all": sum(scan(squeezed.part(number)) for number in range(run.rounds(_ROUNDS)))}
    for peer, (what, same) in _SCANS.items():
        try:
            with PeerProcess(peer, "bench", patterns) as process:
                theirs, ours, hits = _in_turn(run, squeezed, process, scan)
        except PeerError as error:
            rows.setdefault(what, []).append(_failed(error))
            continue
        times = ratio(theirs, ours)
        if peer == "pyahocorasick_scan:longest":
            report.figure("texts.scan" if corpus.name == "Chinese" else "texts.scan.en", times)
        if peer == "pyahocorasick_scan:all":
            report.figure("texts.scan.all" if corpus.name == "Chinese" else "texts.scan.all.en", times)
        equal = not same or counts.setdefault(same, hits) == hits
        rows.setdefault(what, []).append(f"{_speed(theirs)} | {times:.2g}×{'' if equal else ' (other hits)'}")
    ours = ours or _alone(run, squeezed, scan)
    rows.setdefault("**our scan (daachorse), every hit**", []).append(f"{_speed(ours)} | 1×")
    rows.setdefault("our squeezing of the texts", []).append(f"{_speed(_alone(run, corpus, squeeze))} | –")


def _in_turn(
    run: Run, corpus: _Corpus, process: PeerProcess, work: Callable[[Sequence[str]], int]
) -> tuple[list[float], list[float], int]:
    """Return CPU seconds a megabyte of the peer and of us, round by round, and the peer's hits."""
    theirs, ours, hits = [], [], 0
    for number in range(-1, run.rounds(_ROUNDS)):
        texts = corpus.part(number)
        answered = process.ask(texts)
        spent = _time(work, texts)
        # The first round fills the caches.
        if number >= 0:
            theirs.append(answered.cpu / _megabytes(texts))
            ours.append(spent)
            hits += sum(answered.answers)
    return theirs, ours, hits


def _alone(run: Run, corpus: _Corpus, work: Callable[[Sequence[str]], int]) -> list[float]:
    return [_time(work, corpus.part(number)) for number in range(-1, run.rounds(_ROUNDS))][1:]


def _time(work: Callable[[Sequence[str]], int], texts: Sequence[str]) -> float:
    """Return CPU seconds a megabyte."""
    begun = time.process_time()
    work(texts)
    return (time.process_time() - begun) / _megabytes(texts)


def _megabytes(texts: Sequence[str]) -> float:
    return sum(len(text.encode()) for text in texts) / 1e6


def _speed(seconds: Sequence[float]) -> str:
    return f"{1 / median(seconds):.3g}"


def _failed(error: PeerError) -> str:
    return f"{error if isinstance(error, NotInstalledError) else f'*{error}*'} | –"


def _corpora(run: Run) -> list[_Corpus]:
    """Return Chinese and English texts: real news where a folder is given, else our passages, several to a text."""
    random = Random(_SEED)
    passages = [json.loads(line)["text"] for line in _PASSAGES.read_text(encoding="utf-8").splitlines()]
    chinese, english = [text for text in passages if has_han(text)], [text for text in passages if not has_han(text)]
    news = []
    if run.news:
        lines = (run.news / _NEWS).read_text(encoding="utf-8").splitlines()
        news = list(dict.fromkeys(json.loads(line)["text"] for line in lines))
        random.shuffle(news)
    size = _BYTES // 10 if run.short else _BYTES
    corpora = [_Corpus("Chinese", _parts(news or _joined(chinese, random, size), size, run.rounds(_ROUNDS) + 1))]
    return [*corpora, _Corpus("English", _parts(_joined(english, random, size), size, run.rounds(_ROUNDS) + 1))]


def _joined(passages: list[str], random: Random, size: int) -> list[str]:
    """Return texts of several passages each, in ever other order, enough for every round."""
    texts: list[str] = []
    while sum(len(text.encode()) for text in texts) < size * (_ROUNDS + 1):
        drawn = random.sample(passages, len(passages))
        texts += [
            "\n".join(drawn[start : start + _PASSAGES_A_TEXT]) for start in range(0, len(drawn), _PASSAGES_A_TEXT)
        ]
    return texts


def _parts(texts: Sequence[str], size: int, count: int) -> tuple[tuple[str, ...], ...]:
    parts: list[tuple[str, ...]] = []
    part: list[str] = []
    held = 0
    for text in texts:
        part.append(text)
        held += len(text.encode())
        if held >= size:
            parts.append(tuple(part))
            part, held = [], 0
    if part and not parts:
        parts.append(tuple(part))
    return tuple(parts[:count])


def _told(corpora: Sequence[_Corpus]) -> str:
    return " ".join(
        f"{corpus.name}: {sum(map(len, corpus.parts))} texts in {len(corpus.parts)} parts, "
        f"{sum(map(_megabytes, corpus.parts)):.2f} MB."
        for corpus in corpora
    )
