"""The full trace of a query, in sentences: how the search went, and why one firm is the answer or is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zhengming.client.explanation import evidence_line, explain_resolution, firm_label
from zhengming.client.sentences import Language, sentence
from zhengming.v1 import firm_pb2 as firm
from zhengming.v1 import resolver_pb2 as resolver

_LABELS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "steps": "How the search went:",
        "step": "{rank}. {stage}: {count} found{best}{end}",
        "best": "; nearest {firm} with {confidence:.1%}",
        "end": "; the search ended here",
        "about": "About {firm}: {standing}.",
        "joined": "{id} was asked about; it is joined to this firm.",
        "nearest": "Its nearest name is {name} ({kind}). Confidence {confidence:.1%}; a match needs {least:.1%}.",
        "nameless": "Confidence {confidence:.1%}; a match needs {least:.1%}.",
    },
    "zh": {
        "steps": "检索过程：",
        "step": "{rank}. {stage}：找到 {count} 个{best}{end}",
        "best": "；最接近 {firm}，置信度 {confidence:.1%}",
        "end": "；检索到此结束",
        "about": "关于 {firm}：{standing}。",
        "joined": "所问的 {id} 已并入该企业。",
        "nearest": "其最接近的名称为“{name}”（{kind}）。置信度 {confidence:.1%}，匹配至少需要 {least:.1%}。",
        "nameless": "置信度 {confidence:.1%}，匹配至少需要 {least:.1%}。",
    },
}


def explain_trace(
    query: str, explanation: resolver.Explanation, lang: Language = "en", threshold: float | None = None
) -> list[str]:
    """Return the trace of a query: the reasoning behind the answer, the steps, and what became of the firm asked about.

    Args:
        query: the name that was asked for.
        explanation: the answer of ExplainResolution.
        lang: `en` or `zh`.
        threshold: least confidence of a match, 0 to 1; None: told only where the server told it.
    """
    lines = explain_resolution(query, explanation.resolution, lang, threshold)
    lines += _steps(explanation, lang)
    if explanation.HasField("about_firm"):
        lines += _about(query, explanation.about_firm, lang)
    return lines


def _steps(explanation: resolver.Explanation, lang: Language) -> Iterator[str]:
    words = _LABELS[lang]
    if explanation.steps:
        yield words["steps"]
    for rank, step in enumerate(explanation.steps, start=1):
        best = ""
        if step.candidates:
            nearest = step.candidates[0]
            best = words["best"].format(firm=firm_label(nearest.firm, lang), confidence=nearest.confidence)
        yield words["step"].format(
            rank=rank,
            stage=sentence(resolver.Stage, step.stage, lang),
            count=step.names_found,
            best=best,
            end=words["end"] if step.ended else "",
        )


def _about(query: str, about: resolver.FirmExplanation, lang: Language) -> Iterator[str]:
    words = _LABELS[lang]
    standing = sentence(resolver.Standing, about.standing, lang)
    yield words["about"].format(firm=firm_label(about.firm, lang), standing=standing)
    if about.redirected_from:
        yield words["joined"].format(id=about.redirected_from)
    name = about.matched_name
    if about.evidence:
        yield words["nearest" if name.text else "nameless"].format(
            name=name.text,
            kind=sentence(firm.NameKind, name.kind, lang),
            confidence=about.confidence,
            least=about.threshold,
        )
    for evidence in about.evidence:
        yield evidence_line(evidence, query, name.text, lang)
