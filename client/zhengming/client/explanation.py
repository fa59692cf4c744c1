"""Why an answer is what it is, in sentences: one line for a table, or the whole reasoning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zhengming.client.sentences import Language, sentence
from zhengming.v1 import firm_pb2 as firm
from zhengming.v1 import resolver_pb2 as resolver

_LABELS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "query": "Query: {query}",
        "folded": "Read as: {text}",
        "parts": "Parts: {parts}",
        "places": "place {text}",
        "brand": "brand {text}",
        "no_brand": "no distinctive part",
        "trades": "trade {text}",
        "legal_form": "legal form {text}",
        "branch": "branch {text}",
        "note": "Note: {text}.",
        "match": "Match: {firm}, confidence {confidence:.1%}, {how}{name}.",
        "by_name": ", through the name {name} ({kind})",
        "ambiguous": "Ambiguous: {why}.",
        "not_found": "Not found: {why}.",
        "decoy": "The name is known as {label}: {why}.",
        "owner": "Behind it stands {firm}.",
        "hint": "To settle it: {text}.",
        "candidate": "{rank}. {firm}: confidence {confidence:.1%}, score {score:.1f}, {how}{name}",
        "for": "for",
        "against": "against",
        "neutral": "note",
        "evidence": "   {side:<7} {weight:>7}  {text}{spans}",
        "spans": " [query {query}; name {name}]",
        "span": " [{side} {text}]",
        "in_query": "query",
        "in_name": "name",
        "margin": "Why not {runner}: it is {margin:.1%} less likely than {best}{gap}.",
        "tie": "Why not {runner}: nothing tells it from {best}{gap}.",
        "threshold": "The best candidate has {confidence:.1%}; a match needs {least:.1%}.",
        "gap": "; {text}",
        "only_for": "only {firm} has: {text}",
        "only_against": "against {firm} speaks: {text}",
        "near_miss": "Near misses, none of them the answer:",
        "candidates": "Candidates:",
        "no_candidates": "No firm came near.",
        "origin": "Computed with snapshot {snapshot}, matcher {matcher}, calibration {calibration}.",
    },
    "zh": {
        "query": "查询：{query}",
        "folded": "归一为：{text}",
        "parts": "拆分：{parts}",
        "places": "地名 {text}",
        "brand": "字号 {text}",
        "no_brand": "没有可区分的部分",
        "trades": "行业 {text}",
        "legal_form": "组织形式 {text}",
        "branch": "分支机构 {text}",
        "note": "注意：{text}。",
        "match": "匹配：{firm}，置信度 {confidence:.1%}，{how}{name}。",
        "by_name": "，经由名称“{name}”（{kind}）",
        "ambiguous": "不能确定：{why}。",
        "not_found": "未找到：{why}。",
        "decoy": "该名称已知为 {label}：{why}。",
        "owner": "其所属企业为 {firm}。",
        "hint": "如何确定：{text}。",
        "candidate": "{rank}. {firm}：置信度 {confidence:.1%}，得分 {score:.1f}，{how}{name}",
        "for": "支持",
        "against": "反对",
        "neutral": "说明",
        "evidence": "   {side} {weight:>7}  {text}{spans}",
        "spans": "〔查询：{query}；名称：{name}〕",
        "span": "〔{side}：{text}〕",
        "in_query": "查询",
        "in_name": "名称",
        "margin": "为何不是 {runner}：其可能性比 {best} 低 {margin:.1%}{gap}。",
        "tie": "为何不是 {runner}：与 {best} 无从区分{gap}。",
        "threshold": "最佳候选的置信度为 {confidence:.1%}，匹配至少需要 {least:.1%}。",
        "gap": "；{text}",
        "only_for": "只有 {firm} 具备：{text}",
        "only_against": "不利于 {firm} 的依据：{text}",
        "near_miss": "相近但不是答案的企业：",
        "candidates": "候选企业：",
        "no_candidates": "没有相近的企业。",
        "origin": "计算依据：快照 {snapshot}，匹配引擎 {matcher}，校准 {calibration}。",
    },
}


def firm_label(summary: firm.FirmSummary | firm.FirmReference, lang: Language = "en") -> str:
    """Return a firm as a reader recognises it: both display names and the ID."""
    names = [summary.display_name_zh, summary.display_name_en]
    if lang == "en":
        names.reverse()
    shown = " / ".join(name for name in names if name)
    return f"{shown} ({summary.firm_id})" if shown else summary.firm_id


def short_reason(answer: resolver.Resolution, lang: Language = "en") -> str:
    """Return in one short sentence why a query ended as it did.

    Args:
        answer: the resolution.
        lang: `en` or `zh`.
    """
    comma, colon, semicolon = (", ", ": ", "; ") if lang == "en" else ("，", "：", "；")
    if answer.outcome == resolver.OUTCOME_MATCH:
        text = sentence(resolver.MatchType, answer.match_type, lang)
        if answer.matched_name.text:
            text += f"{colon}{answer.matched_name.text}"
    elif answer.outcome == resolver.OUTCOME_AMBIGUOUS:
        text = sentence(resolver.AmbiguityReason, answer.ambiguity_reason, lang)
        if answer.hints:
            text += f"{semicolon}{sentence(resolver.Hint, answer.hints[0], lang)}"
    else:
        text = sentence(resolver.NotFoundReason, answer.not_found_reason, lang)
        if answer.decoy.label:
            text += f"{colon}{answer.decoy.label}"
    for warning in answer.warnings:
        text += f"{comma}{sentence(resolver.Warning, warning, lang)}"
    return text


def explain_resolution(
    query: str, answer: resolver.Resolution, lang: Language = "en", threshold: float | None = None
) -> list[str]:
    """Return the reasoning behind an answer, one sentence or piece of evidence a line.

    Args:
        query: the name that was asked for; spans are shown from it.
        answer: a resolution, best with explain FULL; what was not sent is left out.
        lang: `en` or `zh`.
        threshold: least confidence of a match, 0 to 1, as `ServerInfo.profile_thresholds` gives it; None: not told.
    """
    return list(_Explanation(query, answer, lang, threshold).lines())


def evidence_line(evidence: resolver.Evidence, query: str, name: str, lang: Language = "en") -> str:
    """Return one reason as a line: its side, its weight, its sentence, and the parts of the names it speaks of.

    Args:
        evidence: the reason.
        query: the text in which its query span lies.
        name: the text in which its name span lies.
        lang: `en` or `zh`.
    """
    words = _LABELS[lang]
    side = "for" if evidence.contribution > 0 else "against" if evidence.contribution < 0 else "neutral"
    return words["evidence"].format(
        side=words[side],
        weight=f"{evidence.contribution:+.2f}" if evidence.contribution else "",
        text=sentence(resolver.EvidenceCode, evidence.code, lang),
        spans=_spans(evidence, query, name, words),
    )


def _spans(evidence: resolver.Evidence, query: str, name: str, words: dict[str, str]) -> str:
    in_query = query[evidence.query_span.start : evidence.query_span.end]
    in_name = name[evidence.name_span.start : evidence.name_span.end]
    if in_query and in_name and in_query != in_name:
        return words["spans"].format(query=in_query, name=in_name)
    if in_query or in_name:
        side = words["in_query"] if in_query else words["in_name"]
        return words["span"].format(side=side, text=in_query or in_name)
    return ""


def origin_line(provenance: resolver.Provenance, lang: Language = "en") -> str:
    """Return what an answer was computed with."""
    return _LABELS[lang]["origin"].format(
        snapshot=provenance.snapshot[:12], matcher=provenance.matcher_version, calibration=provenance.calibration
    )


class _Explanation:
    def __init__(self, query: str, answer: resolver.Resolution, lang: Language, threshold: float | None) -> None:
        self._threshold = threshold
        self._query = query
        self._answer = answer
        self._lang: Language = lang
        self._words = _LABELS[lang]

    def lines(self) -> Iterator[str]:
        answer, words = self._answer, self._words
        yield words["query"].format(query=self._query)
        if answer.query_normalized:
            yield words["folded"].format(text=answer.query_normalized)
        if answer.HasField("parsed"):
            yield words["parts"].format(parts=self._parts(answer.parsed))
        for warning in answer.warnings:
            yield words["note"].format(text=sentence(resolver.Warning, warning, self._lang))
        yield from self._verdict()
        yield from self._candidates()
        yield from self._why_not_runner_up()
        if answer.provenance.snapshot:
            yield origin_line(answer.provenance, self._lang)

    def _parts(self, parsed: resolver.ParsedName) -> str:
        words = self._words
        joiner = " " if self._lang == "en" else "、"
        parts = [
            words["places"].format(text=joiner.join(parsed.places)) if parsed.places else "",
            words["brand"].format(text=parsed.brand) if parsed.brand else words["no_brand"],
            words["trades"].format(text=joiner.join(parsed.trades)) if parsed.trades else "",
            words["legal_form"].format(text=parsed.legal_form) if parsed.legal_form else "",
            words["branch"].format(text=parsed.branch) if parsed.branch else "",
        ]
        return (", " if self._lang == "en" else "，").join(part for part in parts if part)

    def _verdict(self) -> Iterator[str]:
        answer, words = self._answer, self._words
        if answer.outcome == resolver.OUTCOME_MATCH:
            yield words["match"].format(
                firm=firm_label(answer.firm, self._lang),
                confidence=answer.confidence,
                how=sentence(resolver.MatchType, answer.match_type, self._lang),
                name=self._by_name(answer.matched_name),
            )
        elif answer.outcome == resolver.OUTCOME_AMBIGUOUS:
            why = sentence(resolver.AmbiguityReason, answer.ambiguity_reason, self._lang)
            yield words["ambiguous"].format(why=why)
            for hint in answer.hints:
                yield words["hint"].format(text=sentence(resolver.Hint, hint, self._lang))
        else:
            why = sentence(resolver.NotFoundReason, answer.not_found_reason, self._lang)
            yield words["not_found"].format(why=why)
            near = answer.not_found_reason == resolver.NOT_FOUND_REASON_BELOW_THRESHOLD and answer.candidates
            if near and self._threshold is not None:
                yield words["threshold"].format(confidence=near[0].confidence, least=self._threshold)
            if answer.HasField("decoy"):
                why = sentence(resolver.DecoyReason, answer.decoy.reason, self._lang)
                yield words["decoy"].format(label=answer.decoy.label, why=why)
                if answer.decoy.HasField("owner"):
                    yield words["owner"].format(firm=firm_label(answer.decoy.owner, self._lang))

    def _by_name(self, name: firm.Name) -> str:
        if not name.text:
            return ""
        kind = sentence(firm.NameKind, name.kind, self._lang)
        return self._words["by_name"].format(name=name.text, kind=kind)

    def _candidates(self) -> Iterator[str]:
        answer, words = self._answer, self._words
        if not answer.candidates:
            if answer.outcome == resolver.OUTCOME_NOT_FOUND:
                yield words["no_candidates"]
            return
        yield words["near_miss" if answer.outcome == resolver.OUTCOME_NOT_FOUND else "candidates"]
        for rank, candidate in enumerate(answer.candidates, start=1):
            yield words["candidate"].format(
                rank=rank,
                firm=firm_label(candidate.firm, self._lang),
                confidence=candidate.confidence,
                score=candidate.score,
                how=sentence(resolver.MatchType, candidate.match_type, self._lang),
                name=self._by_name(candidate.matched_name),
            )
            for evidence in candidate.evidence:
                yield evidence_line(evidence, self._query, candidate.matched_name.text, self._lang)

    def _why_not_runner_up(self) -> Iterator[str]:
        """Say what the best candidate has that the next one lacks, and what speaks only against the next one."""
        answer, words = self._answer, self._words
        if answer.outcome == resolver.OUTCOME_NOT_FOUND or len(answer.candidates) < 2:
            return
        best, runner = answer.candidates[0], answer.candidates[1]
        gap = ""
        only_for = self._codes(best, 1) - self._codes(runner, 1)
        only_against = self._codes(runner, -1) - self._codes(best, -1)
        for label, side, codes in (("only_for", best, only_for), ("only_against", runner, only_against)):
            if codes:
                told = [sentence(resolver.EvidenceCode, code, self._lang) for code in sorted(codes)]
                joined = (", " if self._lang == "en" else "、").join(told)
                text = words[label].format(firm=side.firm.firm_id, text=joined)
                gap += words["gap"].format(text=text)
        margin = best.confidence - runner.confidence
        # Less than the last digit that would be shown.
        yield words["margin" if margin >= 0.0005 else "tie"].format(
            runner=firm_label(runner.firm, self._lang),
            best=firm_label(best.firm, self._lang),
            margin=margin,
            gap=gap,
        )

    @staticmethod
    def _codes(candidate: resolver.Candidate, sign: int) -> set[int]:
        return {evidence.code for evidence in candidate.evidence if evidence.contribution * sign > 0}
