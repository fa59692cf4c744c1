"""Fit the weight of each reason on labelled queries made from the table itself, so that confidence is a probability.

One firm in five is held out whole: its names are queries that must find nobody. Of the other firms one name in six is
left out of the table: those names, and misspelled, cut and rearranged forms of names that stay, are queries that must
find their firm. Both kinds are cut in two by firm; the weights are fitted on one half and their reliability is measured
on the other. Everything is drawn by hash and labelled under the prior weights, so the same table gives the same
coefficients, byte for byte.

Names one Chinese character off are weighed by `zhengming.engine.slip`; its weights are fitted first, on the same half
and on names of firms at large (`zhengming.curation.slips`), and the answers that rest on them only show how reliable they are.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from zhengming.aliases.model import Ambiguity, Name, NameKind, Table
from zhengming.curation.slips import NATURES, fit_slips, label_slips, misspell
from zhengming.engine import Engine, EvidenceCode, InvalidQuery, MatchType, Options, compile_index
from zhengming.engine.arrays import Arrays
from zhengming.engine.decide import agrees
from zhengming.engine.fold import fold, has_han, name_key
from zhengming.engine.grammar import parse
from zhengming.engine.index import Index
from zhengming.engine.policy import PRIOR_OFFSET, PRIOR_WEIGHTS
from zhengming.engine.weights import Weights

_ALONE = 0.9
"""Least share of a candidate among its rivals from which an answer teaches about its reasons."""

_FALSE_LINK = 2.0
"""How much more a query that means nobody weighs in fitting than in measuring: a wrong firm is worse than a missed one,
and real strangers are nearer to names of the table than the made ones, which are names of the table themselves."""

_IN_QUESTION = 0.3
"""Confidence from which a slip may be answered by some profile, nearly."""

_RIDGE = 8.0
"""Pull of every weight towards its prior value, in labelled queries: rare reasons stay near what we believed."""

_LEARNED_FROM = frozenset((NameKind.LEGAL, NameKind.SHORT, NameKind.BRAND, NameKind.TRADING, NameKind.TRANSLATION))

_SLIP_CODES = frozenset(
    (
        EvidenceCode.CHARACTER_SLIPPED,
        EvidenceCode.PINYIN_EQUAL_HAN_DIFFERS,
        EvidenceCode.SOUND_NEAR,
        EvidenceCode.SHAPE_SIMILAR,
    )
)
"""Reasons of a slip, whose weights are fitted before."""

LEARNED = (
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
    matched: bool
    """The query means a firm of the table."""
    importance: float
    """Weight of the query: those that mean nobody weigh as much as those that mean a firm, as in supplier files. For
    answers one Chinese character off, those that have Chinese characters weigh as much as those that are misspelled."""
    fitted: bool
    """True for the half that the weights are fitted on."""
    slipped: bool
    """One Chinese character off: weighed by the slip weights, which are fitted before."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the made queries were answered, and the weights of slips under which they were."""

    labelled: tuple[Labelled, ...]
    slip: dict[str, float]


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What is fitted: where every candidate starts, and what each reason adds."""

    offset: float
    weights: dict[EvidenceCode, float]
    slip: dict[str, float]
    slip_shift: float
    """What was added to the log-odds of every slip, and is contained in `slip`: the pairs that the weights were fitted
    on are not the answers, of which each query has one."""

    def confidence(self, one: Labelled) -> float:
        """Return the probability that a candidate is right, its rivals counted."""
        offset = PRIOR_OFFSET + self.slip_shift if one.slipped else self.offset
        total = offset + one.adjustment + sum(self.weights[code] for code in one.codes if code in LEARNED)
        return one.share / (1 + exp(-total))


def label(table: Table, at_large: Sequence[str] = ()) -> Answers:
    """Return the labelled answers to all queries made from a table, given under the prior weights and fitted slips.

    The slips are fitted on names of firms at large (`at_large`) too, as far as the table does not hold them.
    Only candidates that the decision would consider are kept: a distinctive part agrees and none contradicts.
    """
    arrays, kept, queries = _hold_out(table)
    taught = [name for name in kept if _is_usable(name) and _is_fitted(name.firm_id)]
    known = {name_key(name.text) for name in table.names}
    unknown = [text for text in at_large if name_key(text) not in known]
    slip = fit_slips(label_slips(taught, Index(arrays), unknown))
    weights = Weights(PRIOR_OFFSET, PRIOR_WEIGHTS, slip)
    engine = Engine(arrays, weights)
    options = Options(max_candidates=1)
    misspelled = sum(query.misspelled for query in queries)
    strangers = max(sum(not query.firm_id and has_han(query.text) for query in queries), 1)
    matched = sum(bool(query.firm_id) for query in queries)
    nobody = max(len(queries) - matched, 1)
    labelled = []
    for query in queries:
        try:
            candidates = engine.resolve(query.text, options=options).candidates
        except InvalidQuery:
            continue
        for best in candidates:
            if not agrees(best.evidence):
                continue
            codes = frozenset(piece.code for piece in best.evidence)
            slipped = EvidenceCode.CHARACTER_SLIPPED in codes
            learned = codes - _SLIP_CODES if slipped else codes
            total = sum(piece.contribution for piece in best.evidence)
            share = min(1.0, best.confidence / weights.confidence(total))
            adjustment = total - sum(PRIOR_WEIGHTS[code] for code in learned if code in LEARNED)
            importance = 1.0 if query.firm_id else misspelled / strangers if slipped else matched / nobody
            labelled.append(
                Labelled(
                    best.match_type,
                    learned,
                    adjustment,
                    share,
                    best.firm_id == query.firm_id,
                    bool(query.firm_id),
                    importance,
                    query.fitted,
                    slipped,
                )
            )
    return Answers(tuple(labelled), slip)


def fit(answers: Answers) -> Coefficients:
    """Return offset and weights by weighted logistic regression, pulled towards the prior; rounded so that they repeat."""
    fitted = [one for one in answers.labelled if one.fitted and not one.slipped and one.share > _ALONE]
    importance = np.array([one.importance * (1.0 if one.matched else _FALSE_LINK) for one in fitted])
    inputs = np.array([[1.0, *(code in one.codes for code in LEARNED)] for one in fitted])
    given = np.array([one.adjustment for one in fitted])
    right = np.array([one.right for one in fitted], float)
    prior = np.array([PRIOR_OFFSET, *(PRIOR_WEIGHTS[code] for code in LEARNED)])
    free = np.ones(len(prior), bool)
    while True:
        parameters = np.where(free, prior, 0.0)
        _descend(parameters, free, prior, inputs, given, right, importance)
        # A weight keeps its sign: made queries must not teach that a differing legal form speaks for a firm. One that
        # would lose it is nothing, and the others are fitted again without it.
        lost = free & (parameters * prior < 0)
        lost[0] = False
        if not lost.any():
            break
        free &= ~lost
    offset, *weights = (round(float(value), 2) for value in parameters)
    by_code = PRIOR_WEIGHTS | dict(zip(LEARNED, weights, strict=True))
    shift = _slip_shift(answers, Coefficients(offset, by_code, answers.slip, 0.0))
    shifted = {name: round(weight + shift * (name in NATURES), 2) for name, weight in answers.slip.items()}
    return Coefficients(offset, by_code, shifted, shift)


def _descend(
    parameters: NDArray[np.float64],
    free: NDArray[np.bool_],
    prior: NDArray[np.float64],
    inputs: NDArray[np.float64],
    given: NDArray[np.float64],
    right: NDArray[np.float64],
    importance: NDArray[np.float64],
) -> None:
    """Move the free parameters to where the pulled log-loss is least."""
    chosen, start = inputs[:, free], prior[free]
    values = parameters[free]
    for _ in range(100):
        stated = _logistic(chosen @ values + given)
        gradient = chosen.T @ (importance * (stated - right)) + _RIDGE * (values - start)
        curvature = (chosen * (importance * stated * (1 - stated))[:, None]).T @ chosen + _RIDGE * np.eye(len(values))
        step = np.linalg.solve(curvature, gradient)
        # Steps over one log-odd overshoot where the curve is flat.
        values = values - step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-8:
            break
    parameters[free] = values


def _slip_shift(answers: Answers, unshifted: Coefficients) -> float:
    """Return what brings the stated confidence of slips to the share that is right where it matters, in log-odds."""
    chosen = [
        one
        for one in answers.labelled
        if one.fitted and one.slipped and one.share > _ALONE and unshifted.confidence(one) > _IN_QUESTION
    ]
    importance = np.array([one.importance for one in chosen], float)
    right = np.array([one.right for one in chosen], float)
    stated = np.array([unshifted.confidence(one) / one.share for one in chosen], float)
    odds = np.log(np.clip(stated, 1e-9, 1 - 1e-9)) - np.log1p(-np.clip(stated, 1e-9, 1 - 1e-9))
    low, high = -3.0, 3.0
    for _ in range(40):
        middle = (low + high) / 2
        too_sure = float(np.sum(importance * (_logistic(odds + middle) - right))) > 0
        low, high = (low, middle) if too_sure else (middle, high)
    return round(low, 2)


def render(coefficients: Coefficients) -> str:
    """Return the source of `zhengming.engine.coefficients`."""
    lines = [f"OFFSET = {coefficients.offset}", "", "WEIGHTS = {"]
    lines += [f'    "{code.name}": {weight},' for code, weight in coefficients.weights.items()]
    lines += ["}", "", "SLIP = {"]
    lines += [f'    "{feature}": {weight},' for feature, weight in coefficients.slip.items()]
    body = "\n".join([*lines, "}"])
    identity = sha256(body.encode()).hexdigest()[:12]
    return f'''"""Fitted weights: confidence = 1 / (1 + exp(-(OFFSET + sum of the weights of the reasons))). SLIP weighs the values of a
name one Chinese character off (`slip.py`).

Generated by `zhengming-aliases calibrate`; do not edit.
"""

CALIBRATION_ID = "{identity}"

{body}
'''


def coefficients_path() -> Path:
    """Return where the generated module lies."""
    import zhengming.engine

    return Path(zhengming.engine.__file__).parent / "coefficients.py"


@dataclass(frozen=True, slots=True)
class _Query:
    text: str
    firm_id: str
    """The firm that is meant; empty for nobody."""
    fitted: bool
    misspelled: bool = False


def _hold_out(table: Table) -> tuple[Arrays, list[Name], list[_Query]]:
    """Return an index of what stays, the names that stay, and the queries."""
    gone = {firm.id for firm in table.firms if _draw(firm.id, "firm") < 0.2}
    kept: list[Name] = []
    queries: list[_Query] = []
    for name in table.names:
        usable = _is_usable(name)
        fitted = _is_fitted(name.firm_id)
        if name.firm_id in gone:
            if usable:
                queries.append(_Query(name.text, "", fitted))
            continue
        if usable and _draw(name.firm_id + name.text, "name") < 1 / 6:
            queries.append(_Query(name.text, name.firm_id, fitted))
            continue
        kept.append(name)
        if usable and _draw(name.firm_id + name.text, "altered") < 0.5:
            queries += [_Query(text, name.firm_id, fitted, wrong) for text, wrong in _alter(name)]
    smaller = replace(
        table,
        firms=tuple(firm for firm in table.firms if firm.id not in gone),
        names=tuple(kept),
        identifiers=tuple(code for code in table.identifiers if code.firm_id not in gone),
        relations=tuple(tie for tie in table.relations if not {tie.from_id, tie.to_id} & gone),
        restrictions=tuple(entry for entry in table.restrictions if entry.firm_id not in gone),
    )
    return compile_index(smaller), kept, queries


def _is_usable(name: Name) -> bool:
    return name.kind in _LEARNED_FROM and name.ambiguity is Ambiguity.NONE


def _is_fitted(firm_id: str) -> bool:
    return _draw(firm_id, "half") < 0.5


def _alter(name: Name) -> Iterator[tuple[str, bool]]:
    """Yield forms of a name that people and programs make of it, and whether each is a typing error."""
    draw = random.Random(name.firm_id + name.text)
    text = name.text
    if len(text) < 3:
        return
    chinese = has_han(text)
    yield misspell(fold(text), draw) if chinese else _mistype(fold(text), draw), chinese
    if name.kind is NameKind.LEGAL:
        anatomy = parse(text)
        if anatomy.brand and anatomy.core:
            yield anatomy.core if chinese else " ".join((*anatomy.brand_words, *anatomy.trades)), False
            yield text[: max(4, len(text) * draw.randint(60, 85) // 100)], False
    else:
        yield text, False


def _mistype(text: str, draw: random.Random) -> str:
    """Return a text of letters with two swapped, one lost or one doubled."""
    place = draw.randrange(len(text))
    character = text[place]
    kind = draw.random()
    if kind < 1 / 3 and place + 1 < len(text):
        return text[:place] + text[place + 1] + character + text[place + 2 :]
    return text[:place] + (text[place + 1 :] if kind < 2 / 3 else character + text[place:])


def _draw(text: str, purpose: str) -> float:
    return int.from_bytes(sha256(f"{purpose}:{text}".encode()).digest()[:6], "big") / 2**48


def _logistic(values: NDArray[np.float64]) -> NDArray[np.float64]:
    stated: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(values, -30, 30)))
    return stated
