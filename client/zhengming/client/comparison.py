"""What two names are to each other, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zhengming.client.explanation import evidence_line, firm_label, origin_line, short_reason
from zhengming.client.sentences import Language, sentence
from zhengming.v1 import resolver_pb2 as resolver

_LABELS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "names": "{first} and {second}: {relation}.",
        "confidence": "Probability that both are names of one firm: {confidence:.1%}; {basis}.",
        "table": "The table on {name}: {firm}{why}.",
        "read": "Reading {form} as a form of {name}:",
        "read_besides": "By themselves, reading {form} as a form of {name}:",
    },
    "zh": {
        "names": "{first} 与 {second}：{relation}。",
        "confidence": "同属一家企业的概率为 {confidence:.1%}；{basis}。",
        "table": "库中的 {name}：{firm}{why}。",
        "read": "将 {form} 视为 {name} 的一种写法：",
        "read_besides": "仅就名称本身，将 {form} 视为 {name} 的一种写法：",
    },
}


def explain_comparison(first: str, second: str, answer: resolver.NameComparison, lang: Language = "en") -> list[str]:
    """Return what two names are to each other and why, one sentence or piece of evidence a line.

    Args:
        first: the first name as it was sent.
        second: the second.
        answer: the answer of CompareNames.
        lang: `en` or `zh`.
    """
    return list(_lines(first, second, answer, lang))


def _lines(first: str, second: str, answer: resolver.NameComparison, lang: Language) -> Iterator[str]:
    words = _LABELS[lang]
    relation = sentence(resolver.NameRelation, answer.relation, lang)
    yield words["names"].format(first=first, second=second, relation=relation)
    basis = sentence(resolver.ComparisonBasis, answer.basis, lang)
    yield words["confidence"].format(confidence=answer.confidence, basis=basis)
    for name, told in ((first, answer.first), (second, answer.second)):
        if told.outcome:
            firm = firm_label(told.firm, lang) + (", " if lang == "en" else "，") if told.HasField("firm") else ""
            yield words["table"].format(name=name, firm=firm, why=short_reason(told, lang))
    if answer.evidence:
        form, name = (second, first) if answer.second_is_form else (first, second)
        by_table = answer.basis == resolver.COMPARISON_BASIS_BY_TABLE
        yield words["read_besides" if by_table else "read"].format(form=form, name=name)
        for evidence in answer.evidence:
            yield evidence_line(evidence, form, name, lang)
    if answer.provenance.snapshot:
        yield origin_line(answer.provenance, lang)
