"""Fit the weight of each reason on labelled queries made from the table itself, so that confidence is a probability.

One firm in five is held out whole: its names are queries that must find nobody. Of the other firms one name in six is
left out of the table: those names, and misspelled, cut and rearranged forms of names that stay, are queries that must
find their firm. Both kinds are cut in two by firm; the weights are fitted on one half and their reliability is measured
on the other. Everything is drawn by hash and labelled under the prior weights, so the same table gives the same
coefficients, byte for byte.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from zhengming.aliases.model import Ambiguity, Name, NameKind, Table
from zhengming.engine import Engine, EvidenceCode, InvalidQuery, MatchType, Options, compile_index
from zhengming.engine.decide import agrees
from zhengming.engine.fold import fold, is_han
from zhengming.engine.grammar import parse
from zhengming.engine.pinyin_table import CHARACTERS_BY_SYLLABLE
from zhengming.engine.policy import PRIOR_OFFSET, PRIOR_WEIGHTS
from zhengming.engine.weights import PRIOR

MATCHED_SHARE = 0.5
"""Share of queries that mean a firm of the table; the other half means nobody, as in supplier files."""

_RIDGE = 8.0
"""Pull of every weight towards its prior value, in labelled queries: rare reasons stay near what we believed."""

_LEARNED_FROM = frozenset((NameKind.LEGAL, NameKind.SHORT, NameKind.BRAND, NameKind.TRADING, NameKind.TRANSLATION))

_GUESSES = frozenset((MatchType.PINYIN, MatchType.ABBREVIATION, MatchType.ACRONYM, MatchType.FUZZY))
"""Ways of reaching a firm that leave room for doubt."""

_LEARNED = (
    EvidenceCode.TEXT_EQUAL,
    EvidenceCode.FOLDED_EQUAL,
    EvidenceCode.SCRIPT_FOLDED,
    EvidenceCode.CORE_EQUAL,
    EvidenceCode.LEGAL_FORM_DIFFERS,
    EvidenceCode.ORDER_DIFFERS,
    EvidenceCode.BRAND_EQUAL,
    EvidenceCode.BRAND_SIMILAR,
    EvidenceCode.PLACE_EQUAL,
    EvidenceCode.PLACE_MISSING,
    EvidenceCode.TRADE_EQUAL,
    EvidenceCode.TRADE_MISSING,
    EvidenceCode.GROUP_WORD_DIFFERS,
    EvidenceCode.PINYIN_EQUAL_HAN_DIFFERS,
    EvidenceCode.PINYIN_TYPED,
    EvidenceCode.ACRONYM_DERIVED,
    EvidenceCode.TRUNCATED,
    EvidenceCode.EDIT_1,
    EvidenceCode.EDIT_2,
    EvidenceCode.EDIT_MANY,
)
"""Reasons that the made queries can teach. Marks of the table (shared, former, weak) they cannot: holding a firm out
turns the other holder of a shared name into a wrong answer that the whole table would never give."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One answered query: the reasons for the best candidate, and whether it was right."""

    match_type: MatchType
    codes: frozenset[EvidenceCode]
    adjustment: float
    """What is not fitted: length and commonness of the brand, and reasons that the queries cannot teach."""
    share: float
    """The candidate's share among its rivals, 0 to 1."""
    right: bool
    importance: float
    """Weight of the query, such that `MATCHED_SHARE` of all queries, answered or not, means a firm of the table."""
    fitted: bool
    """True for the half that the weights are fitted on."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What is fitted: where every candidate starts, and what each reason adds."""

    offset: float
    weights: dict[EvidenceCode, float]

    def confidence(self, one: Labelled) -> float:
        """Return the probability that a candidate is right, its rivals counted."""
        total = self.offset + one.adjustment + sum(self.weights[code] for code in one.codes if code in _LEARNED)
        return one.share / (1 + exp(-total))


@dataclass(frozen=True, slots=True)
class Reliability:
    """One bin of the reliability table."""

    low: float
    high: float
    answers: int
    mean_confidence: float
    share_right: float


def label(table: Table) -> list[Labelled]:
    """Return the labelled answers to all queries made from a table, given under the prior weights.

    Only candidates that the decision would consider are kept: a distinctive part agrees and none contradicts.
    """
    engine, queries = _hold_out(table)
    options = Options(max_candidates=1)
    wanted = sum(bool(firm_id) for _, firm_id, _ in queries)
    importance = {
        True: MATCHED_SHARE * len(queries) / max(wanted, 1),
        False: (1 - MATCHED_SHARE) * len(queries) / max(len(queries) - wanted, 1),
    }
    labelled = []
    for text, firm_id, fitted in queries:
        try:
            candidates = engine.resolve(text, options=options).candidates
        except InvalidQuery:
            continue
        for best in candidates:
            if not agrees(best.evidence):
                continue
            codes = frozenset(piece.code for piece in best.evidence)
            total = sum(piece.contribution for piece in best.evidence)
            share = min(1.0, best.confidence / PRIOR.confidence(total))
            adjustment = total - sum(PRIOR_WEIGHTS[code] for code in codes if code in _LEARNED)
            right = best.firm_id == firm_id
            weight = importance[bool(firm_id)]
            labelled.append(Labelled(best.match_type, codes, adjustment, share, right, weight, fitted))
    return labelled


def fit(labelled: list[Labelled]) -> Coefficients:
    """Return offset and weights by weighted logistic regression, pulled towards the prior; rounded so that they repeat."""
    fitted = [one for one in labelled if one.fitted and one.share > 0.9]
    importance = np.array([one.importance for one in fitted])
    inputs = np.array([[1.0, *(code in one.codes for code in _LEARNED)] for one in fitted])
    given = np.array([one.adjustment for one in fitted])
    right = np.array([one.right for one in fitted], float)
    prior = np.array([PRIOR_OFFSET, *(PRIOR_WEIGHTS[code] for code in _LEARNED)])
    parameters = prior.copy()
    for _ in range(100):
        stated = _logistic(inputs @ parameters + given)
        gradient = inputs.T @ (importance * (stated - right)) + _RIDGE * (parameters - prior)
        curvature = (inputs * (importance * stated * (1 - stated))[:, None]).T @ inputs + _RIDGE * np.eye(len(prior))
        step = np.linalg.solve(curvature, gradient)
        # Steps over one log-odd overshoot where the curve is flat.
        parameters = parameters - step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-8:
            break
    # A weight keeps its sign: made queries must not teach that a differing legal form speaks for a firm.
    signed = np.where(prior[1:] < 0, np.minimum(parameters[1:], 0), parameters[1:])
    signed = np.where(prior[1:] > 0, np.maximum(signed, 0), signed)
    offset, weights = round(float(parameters[0]), 2), [round(float(value), 2) for value in signed]
    return Coefficients(offset, PRIOR_WEIGHTS | dict(zip(_LEARNED, weights, strict=True)))


def reliability(
    labelled: list[Labelled], coefficients: Coefficients, match_types: frozenset[MatchType] = frozenset(MatchType)
) -> tuple[list[Reliability], float]:
    """Return the reliability table of the half not fitted on, and the expected calibration error over its bins."""
    held = [one for one in labelled if not one.fitted]
    importance = np.array([one.importance for one in held], float)
    chosen = np.array([one.match_type in match_types for one in held], bool)
    stated = np.array([coefficients.confidence(one) for one in held], float)
    right = np.array([one.right for one in held], float)
    edges = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 0.99, 1.0)
    rows, error = [], 0.0
    for low, high in pairwise(edges):
        inside = chosen & (stated >= low) & ((stated < high) | (high == 1.0))
        if not inside.any():
            continue
        weight = importance[inside]
        mean = float(np.average(stated[inside], weights=weight))
        share = float(np.average(right[inside], weights=weight))
        rows.append(Reliability(low, high, int(inside.sum()), mean, share))
        error += abs(mean - share) * float(weight.sum())
    return rows, error / max(float(importance[chosen].sum()), 1e-9)


def render(coefficients: Coefficients) -> str:
    """Return the source of `zhengming.engine.coefficients`."""
    lines = [f"OFFSET = {coefficients.offset}", "", "WEIGHTS = {"]
    lines += [f'    "{code.name}": {weight},' for code, weight in coefficients.weights.items()]
    body = "\n".join([*lines, "}"])
    identity = sha256(body.encode()).hexdigest()[:12]
    return f'''"""Fitted weights: confidence = 1 / (1 + exp(-(OFFSET + sum of the weights of the reasons))).

Generated by `zhengming-aliases calibrate`; do not edit.
"""

CALIBRATION_ID = "{identity}"

{body}
'''


def report(labelled: list[Labelled], coefficients: Coefficients) -> str:
    """Return what was fitted and how reliable it is, as Markdown."""
    lines = [
        "# Calibration",
        "",
        "Made by `zhengming-aliases calibrate --report docs/calibration.md`; how it works is told in",
        "`zhengming.curation.calibrate`. The weights are log-odds. Reliability is measured on the half of the firms that",
        f"the weights were not fitted on ({sum(not one.fitted for one in labelled):,} answers).",
        "",
        "| reason | before | fitted |",
        "|---|---|---|",
        f"| (start) | {PRIOR_OFFSET} | {coefficients.offset} |",
    ]
    lines += [f"| {code.name} | {PRIOR_WEIGHTS[code]} | {coefficients.weights[code]} |" for code in _LEARNED]
    for title, match_types in (("All answers", frozenset(MatchType)), ("Guesses alone", _GUESSES)):
        rows, error = reliability(labelled, coefficients, match_types)
        named = ", ".join(sorted(match_type.name for match_type in match_types)) if match_types is _GUESSES else ""
        lines += ["", f"## {title}", "", f"Expected calibration error {error:.3f}. {named}".rstrip(), ""]
        lines += ["| confidence | answers | mean confidence | share right |", "|---|---|---|---|"]
        lines += [
            f"| {row.low:.2f}–{row.high:.2f} | {row.answers:,} | {row.mean_confidence:.3f} | {row.share_right:.3f} |"
            for row in rows
        ]
    return "\n".join([*lines, ""])


def coefficients_path() -> Path:
    """Return where the generated module lies."""
    import zhengming.engine

    return Path(zhengming.engine.__file__).parent / "coefficients.py"


def _hold_out(table: Table) -> tuple[Engine, list[tuple[str, str, bool]]]:
    """Return an engine over what stays, and queries with the firm each means ("" for nobody) and its half."""
    gone = {firm.id for firm in table.firms if _draw(firm.id, "firm") < 0.2}
    kept: list[Name] = []
    queries: list[tuple[str, str, bool]] = []
    for name in table.names:
        usable = name.kind in _LEARNED_FROM and name.ambiguity is Ambiguity.NONE
        half = _draw(name.firm_id, "half") < 0.5
        if name.firm_id in gone:
            if usable:
                queries.append((name.text, "", half))
            continue
        if usable and _draw(name.firm_id + name.text, "name") < 1 / 6:
            queries.append((name.text, name.firm_id, half))
            continue
        kept.append(name)
        if usable and _draw(name.firm_id + name.text, "altered") < 0.5:
            queries += [(altered, name.firm_id, half) for altered in _alter(name)]
    smaller = replace(
        table,
        firms=tuple(firm for firm in table.firms if firm.id not in gone),
        names=tuple(kept),
        identifiers=tuple(code for code in table.identifiers if code.firm_id not in gone),
        relations=tuple(tie for tie in table.relations if not {tie.from_id, tie.to_id} & gone),
        restrictions=tuple(entry for entry in table.restrictions if entry.firm_id not in gone),
    )
    return Engine(compile_index(smaller), PRIOR), queries


def _alter(name: Name) -> Iterator[str]:
    """Yield forms of a name that people and programs make of it."""
    draw = random.Random(name.firm_id + name.text)
    text = name.text
    if len(text) < 3:
        return
    yield _misspell(fold(text), draw)
    if name.kind is NameKind.LEGAL:
        anatomy = parse(text)
        if anatomy.brand and anatomy.core:
            yield anatomy.core if any(map(is_han, text)) else " ".join((*anatomy.brand_words, *anatomy.trades))
            yield text[: max(4, len(text) * draw.randint(60, 85) // 100)]
    else:
        yield text


def _misspell(text: str, draw: random.Random) -> str:
    place = draw.randrange(len(text))
    character = text[place]
    kind = draw.random()
    if is_han(character) and kind < 0.6:
        return text[:place] + _homophone(character, draw) + text[place + 1 :]
    if kind < 0.75 and place + 1 < len(text):
        return text[:place] + text[place + 1] + character + text[place + 2 :]
    if kind < 0.9:
        return text[:place] + text[place + 1 :]
    return text[:place] + character + text[place:]


def _homophone(character: str, draw: random.Random) -> str:
    for characters in CHARACTERS_BY_SYLLABLE.values():
        if character in characters:
            common = [other for other in characters if other != character and _is_common(other)]
            return draw.choice(common) if common else character
    return character


def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _draw(text: str, purpose: str) -> float:
    return int.from_bytes(sha256(f"{purpose}:{text}".encode()).digest()[:6], "big") / 2**48


def _logistic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    stated: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(values, -30, 30)))
    return stated
