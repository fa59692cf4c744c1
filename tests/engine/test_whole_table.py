"""Every name and ticker of the bundled table resolves to its firm."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable
from zlib import crc32

import pytest
from zhengming.aliases.model import SHARED_MARKS, Ambiguity, Name, NameKind, Scheme, Table
from zhengming.engine import Engine, Options, Outcome, Resolution, compile_index
from zhengming.engine.fold import fold, squeeze
from zhengming.engine.grammar import strip_decorations

ALL = Options(max_candidates=20)
MARKETS = {"XSHG": "SH", "XSHE": "SZ", "BJSE": "BJ", "XHKG": "HK", "XNAS": "US", "XNYS": "US", "XASE": "US"}

_OFFICIAL = frozenset((NameKind.LEGAL, NameKind.TRADING, NameKind.TRANSLATION))


class Faults:
    """Names that went wrong, by class, told compactly."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = defaultdict(list)

    def add(self, fault: str, text: str) -> None:
        self._texts[fault].append(text)

    def check(self) -> None:
        """Fail if there is any."""
        lines = (f"{len(texts):5} {fault}: {' | '.join(texts[:6])}" for fault, texts in sorted(self._texts.items()))
        if self._texts:
            pytest.fail("\n" + "\n".join(lines), pytrace=False)


@pytest.fixture(scope="module")
def answers(engine: Engine, table: Table) -> dict[str, Resolution]:
    """The answer to every name of the table."""
    return {text: engine.resolve(text, options=ALL) for text in {name.text for name in table.names}}


@pytest.fixture(scope="module")
def listed(table: Table) -> set[str]:
    """Firms that hold a ticker today."""
    return {line.firm_id for line in table.identifiers if line.scheme is Scheme.TICKER and not line.valid_to}


def _fault(name: Name, answer: Resolution) -> str:
    """Return what is wrong with the answer to a name, or an empty string."""
    if answer.outcome is Outcome.MATCH and answer.firm_id == name.firm_id:
        return ""
    if answer.outcome is Outcome.MATCH and name.ambiguity is Ambiguity.WEAK:
        return ""  # it gives way to a firm that bears the same text as a name of its own: see the test below
    shown = name.firm_id in {candidate.firm_id for candidate in answer.candidates}
    if answer.outcome is Outcome.AMBIGUOUS and shown and name.ambiguity in (*SHARED_MARKS, Ambiguity.WEAK):
        return ""
    if name.ambiguity is Ambiguity.WEAK and answer.outcome is Outcome.NOT_FOUND and (shown or answer.decoy):
        return ""
    reason = answer.not_found_reason or answer.ambiguity_reason
    what = f"{answer.outcome.name}{' ' + reason.name if reason else ''}"
    mark = f" #{name.ambiguity.value}" if name.ambiguity.value else ""
    other = " of another firm" if answer.outcome is Outcome.MATCH else "" if shown else " without the firm"
    return f"{name.kind.value}{mark} → {what}{other}"


def _faults(names: Iterable[Name], answers: dict[str, Resolution]) -> Faults:
    faults = Faults()
    for name in names:
        if fault := _fault(name, answers[name.text]):
            faults.add(fault, name.text)
    return faults


def test_every_official_name_of_a_listed_firm_is_found(
    table: Table, answers: dict[str, Resolution], listed: set[str]
) -> None:
    """Registered, exchange and English names: the firm, or AMBIGUOUS with it where the table marks the name shared."""
    names = [name for name in table.names if name.firm_id in listed and name.kind in _OFFICIAL]
    assert len(names) > 15_000
    faults = _faults(names, answers)
    faults.check()


def test_every_other_name_is_found(table: Table, answers: dict[str, Resolution], listed: set[str]) -> None:
    """Weak names may stay undecided, but the firm is shown; a decoy of the same name is stronger than a weak name."""
    # Of a shared name with a usual meaning, that firm is the answer and not the others.
    usual = {_plain(name.text) for name in table.names if name.ambiguity is Ambiguity.USUAL}
    names = [
        name
        for name in table.names
        if not (name.firm_id in listed and name.kind in _OFFICIAL)
        and not (name.ambiguity in SHARED_MARKS and _plain(name.text) in usual)
    ]
    faults = _faults(names, answers)
    faults.check()


def test_no_weak_name_decides_alone(table: Table, answers: dict[str, Resolution]) -> None:
    """Unless the firm has the same text as a strong name, a share letter set aside (金田A)."""
    strong = {
        (name.firm_id, _plain(text))
        for name in table.names
        if name.ambiguity is not Ambiguity.WEAK
        for text in (name.text, strip_decorations(name.text)[0])
    }
    faults = Faults()
    for name in table.names:
        answer = answers[name.text]
        if name.ambiguity is Ambiguity.WEAK and answer.outcome is Outcome.MATCH:
            held = (answer.firm_id, _plain(name.text)) in strong
            if not held:
                faults.add("weak name decided", f"{name.text} → {answer.candidates[0].matched_name}")
    faults.check()


def test_every_present_ticker_finds_its_firm(table: Table, engine: Engine) -> None:
    faults = Faults()
    holders = Counter(
        (line.value, MARKETS[line.mic])
        for line in table.identifiers
        if line.scheme is Scheme.TICKER and not line.valid_to
    )
    for line in table.identifiers:
        if line.scheme is not Scheme.TICKER or line.valid_to:
            continue
        space = " " if MARKETS[line.mic] == "US" else "."
        text = f"{line.value}{space}{MARKETS[line.mic]}"
        answer = engine.resolve(text, options=ALL)
        if answer.firm_id != line.firm_id:
            faults.add(f"{line.mic} → {answer.outcome.name}, held by {holders[line.value, MARKETS[line.mic]]}", text)
    faults.check()


def test_every_other_identifier_finds_its_firm(table: Table, engine: Engine) -> None:
    faults = Faults()
    for line in table.identifiers:
        if line.scheme in (Scheme.TICKER, Scheme.PERMID) or line.valid_to:
            continue
        text = f"CIK {line.value}" if line.scheme is Scheme.CIK else line.value
        answer = engine.resolve(text, options=ALL)
        if answer.firm_id != line.firm_id:
            faults.add(f"{line.scheme.value} → {answer.outcome.name}", text)
    faults.check()


def test_every_decoy_is_refused_or_covered(table: Table, engine: Engine) -> None:
    """A decoy's own text is refused as that decoy, unless a covered firm has the same name."""
    faults = Faults()
    for decoy in table.decoys:
        answer = engine.resolve(decoy.text, options=ALL)
        if answer.outcome is Outcome.NOT_FOUND and answer.decoy is not None:
            continue
        fault = f"{decoy.reason.value} → {answer.outcome.name} {answer.match_type.name if answer.match_type else ''}"
        faults.add(fault, decoy.text)
    faults.check()


WRONG_AT_MOST = 0.010
"""Share of names of missing firms that may be taken for another firm's: lowered with the engine, never raised to make a
test pass. Most of what is left is a holding given for its operating company, or a firm that lists spell two ways."""


def test_a_firm_that_is_not_there_is_not_found_as_another(table: Table) -> None:
    """Three tenths of the firms, one after the other, are taken out, and their names asked for: users fear a wrong firm most.

    Drawn by their IDs: a firm that is added to the table changes nothing for the others.
    """
    asked, wrong = 0, []
    for tenth in range(3):
        count, found = _ask_for_missing(
            table, {firm.id for firm in table.firms if crc32(firm.id.encode()) % 10 == tenth}
        )
        asked += count
        wrong += found
    assert asked > 15_000
    assert len(wrong) <= WRONG_AT_MOST * asked, f"{len(wrong)} of {asked}: {wrong[:10]}"


def _ask_for_missing(table: Table, gone: set[str]) -> tuple[int, list[str]]:
    rest = dataclasses.replace(
        table,
        firms=tuple(firm for firm in table.firms if firm.id not in gone),
        names=tuple(name for name in table.names if name.firm_id not in gone),
        identifiers=tuple(line for line in table.identifiers if line.firm_id not in gone),
        relations=tuple(line for line in table.relations if gone.isdisjoint((line.from_id, line.to_id))),
        restrictions=tuple(line for line in table.restrictions if line.firm_id not in gone),
        redirects=(),
    )
    engine = Engine(compile_index(rest))
    held = {squeeze(fold(name.text)) for name in rest.names}
    asked = {name.text for name in table.names if name.firm_id in gone and name.ambiguity is not Ambiguity.WEAK}
    asked = {text for text in asked if squeeze(fold(text)) not in held}
    return len(asked), [
        f"{text} → {answer.matched_name}" for text in sorted(asked) if (answer := engine.resolve(text)).firm_id
    ]


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
