"""Linked texts as one page of HTML that needs nothing else: no script, no font, no network.

A mention shows its firm, codes, confidence and reasons when the pointer is over it or the keyboard reaches it; the tables
below the text say the same of each firm, so that paper and old browsers lose nothing that matters.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Final

from zhengming.client.cli._page import escape, page_foot, page_head
from zhengming.client.cli._table import visible_text
from zhengming.client.explanation import short_reason
from zhengming.client.linked_view import LinkedView, NamedFirm, Piece
from zhengming.client.sentences import Language, sentence, short_code
from zhengming.v1 import firm_pb2 as firm
from zhengming.v1 import resolver_pb2 as resolver

_MOST_REASONS: Final = 6
# Reasons in a tip: more do not fit beside the text.

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "title": "Firms in texts",
        "keys": "linked to a firm|could be several firms|not linked",
        "how_to": "Point at a mark, or reach it with Tab.",
        "firms": "No|Firm|ID|Codes|Relevance|Confidence|Times|Written",
        "refused": "No|Not linked|Times|Why|Candidates",
        "none": "No firm is named.",
        "rejected": "Not linked: {why}.",
        "numbers": "a firm is named here {mention:.1%} · it is this firm {firm:.1%} · share of the text {relevance:.0%}",
        "mention_only": "a name of a firm or the like {mention:.1%}",
        "through": "{how}: {name} ({kind})",
        "why_mention": "Why a mention",
        "why_firm": "Why this firm",
        "join": ", ",
    },
    "zh": {
        "title": "文中企业",
        "keys": "已链接到企业|可能指多家企业|未链接",
        "how_to": "将指针移到标记上，或用 Tab 键逐个查看。",
        "firms": "序号|企业|ID|代码|相关度|置信度|次数|文中写法",
        "refused": "序号|未链接|次数|原因|候选企业",
        "none": "文中没有提到企业。",
        "rejected": "未处理：{why}。",
        "numbers": "此处提到企业 {mention:.1%} · 就是这家 {firm:.1%} · 占全文 {relevance:.0%}",
        "mention_only": "是企业之类的名称 {mention:.1%}",
        "through": "{how}：{name}（{kind}）",
        "why_mention": "为何是提及",
        "why_firm": "为何是这家",
        "join": "、",
    },
}

_STYLE: Final = """\
.key,.none{color:var(--soft);font-size:.85rem}
.text{position:relative;white-space:pre-wrap;overflow-wrap:anywhere}
mark{color:inherit;border-radius:.2em;padding:.05em .1em;cursor:help;border-bottom:2px solid}
mark.firm{background:var(--firm);border-color:var(--firm-edge)}
mark.unsure{background:var(--unsure);border-color:var(--unsure-edge);border-bottom-style:dashed}
mark.not{background:var(--not);border-color:var(--not-edge);border-bottom-style:dotted}
mark:focus{outline:2px solid var(--firm-edge)}
sup{font-size:.65em;line-height:0;margin-left:.1em;user-select:none}
sup a{color:var(--soft);text-decoration:none}
.tip{display:none;position:absolute;left:0;right:0;margin-top:.1rem;max-width:40rem;z-index:1;white-space:normal;
padding:.6rem .8rem;background:var(--card);border:1px solid var(--line);border-radius:.4rem;
box-shadow:0 4px 16px #0004;font-size:.82rem;line-height:1.5;user-select:none;cursor:default}
mark:hover>.tip,mark:focus>.tip{display:block}
.tip>span{display:block}.tip b{font-size:1rem}.tip i{font-style:normal;color:var(--soft)}
.tip .reason{display:grid;grid-template-columns:3.5em 1fr;font-variant-numeric:tabular-nums}
.tip .reason>:first-child{text-align:right;padding-right:.8em}
.tip .head{margin-top:.4rem;color:var(--soft)}
tr:target{background:var(--card)}
td.id,td.number{font-variant-numeric:tabular-nums;white-space:nowrap}
@media print{body{max-width:none;padding:0}.tip{display:none!important}mark{background:none}}
"""


class Page:
    """Makes the page part by part, so that a job of any size fits into memory."""

    def __init__(self, lang: Language) -> None:
        self._lang: Language = lang
        self._words = _WORDS[lang]
        self._documents = 0

    def head(self) -> str:
        """Return the beginning of the page."""
        words = self._words
        keys = " ".join(
            f'<mark class="{style}">{text}</mark>'
            for style, text in zip(("firm", "unsure", "not"), words["keys"].split("|"), strict=True)
        )
        return page_head(words["title"], self._lang, _STYLE) + f'<p class="key">{keys} {words["how_to"]}</p>\n'

    def document(self, name: str, view: LinkedView) -> str:
        """Return a linked document."""
        self._documents += 1
        parts = [f'<section>\n<h2>{escape(name)}</h2>\n<div class="text">']
        firms = {each.number: each for each in view.firms}
        marks = 0
        for piece in view.pieces:
            if piece.mention is None:
                parts.append(_escape_text(piece.text))
            else:
                marks += 1
                parts.append(self._mark(piece, piece.mention, firms.get(piece.number), f"d{self._documents}m{marks}"))
        parts.append("</div>\n")
        parts += self._tables(view)
        parts.append("</section>\n")
        return "".join(parts)

    def rejected(self, name: str, why: str) -> str:
        """Return a document that could not be linked."""
        self._documents += 1
        told = escape(self._words["rejected"].format(why=why))
        return f'<section>\n<h2>{escape(name)}</h2>\n<p class="none">{told}</p>\n</section>\n'

    @staticmethod
    def foot() -> str:
        """Return the end of the page."""
        return page_foot()

    def _mark(self, piece: Piece, mention: resolver.Mention, named: NamedFirm | None, own: str) -> str:
        outcome = mention.resolution.outcome
        style = {resolver.OUTCOME_MATCH: "firm", resolver.OUTCOME_AMBIGUOUS: "unsure"}.get(outcome, "not")
        tip = "".join(self._tip(mention, named))
        row = f"d{self._documents}n{piece.number}"
        return (
            f'<mark class="{style}" tabindex="0" aria-describedby="{own}">{_escape_text(piece.text)}'
            f'<span class="tip" role="tooltip" id="{own}">{tip}</span></mark>'
            f'<sup><a href="#{row}">{piece.number}</a></sup>'
        )

    def _tip(self, mention: resolver.Mention, named: NamedFirm | None) -> Iterator[str]:
        words, answer = self._words, mention.resolution
        if named is not None:
            yield f"<span><b>{escape(_names(named.firm))}</b></span>"
            codes = words["join"].join([named.firm.firm_id, *named.codes.tickers, *named.codes.others])
            yield f"<span>{escape(codes)}</span>"
            numbers = words["numbers"].format(
                mention=mention.mention_confidence, firm=answer.confidence, relevance=named.relevance
            )
            yield f"<span><i>{numbers}</i></span>"
            yield f"<span>{escape(self._how(answer))}</span>"
        else:
            code = short_code(resolver.Outcome, answer.outcome, "OUTCOME_")
            reason = short_code(resolver.NotFoundReason, answer.not_found_reason, "NOT_FOUND_REASON_") or short_code(
                resolver.AmbiguityReason, answer.ambiguity_reason, "AMBIGUITY_REASON_"
            )
            yield f"<span><b>{escape(short_reason(answer, self._lang))}</b></span><span>{code} {reason}</span>"
            yield f"<span><i>{words['mention_only'].format(mention=mention.mention_confidence)}</i></span>"
            for each in answer.candidates:
                yield f"<span>{escape(_names(each.firm))} {each.firm.firm_id} {each.confidence:.0%}</span>"
        evidence = answer.evidence or (answer.candidates[0].evidence if named and answer.candidates else ())
        yield from self._reasons(
            "why_firm",
            [(each.contribution, sentence(resolver.EvidenceCode, each.code, self._lang)) for each in evidence],
        )
        yield from self._reasons(
            "why_mention",
            [
                (each.contribution, sentence(resolver.MentionSignalCode, each.code, self._lang))
                for each in mention.signals
            ],
        )

    def _how(self, answer: resolver.Resolution) -> str:
        how = sentence(resolver.MatchType, answer.match_type, self._lang)
        name = answer.matched_name
        if not name.text:
            return how
        kind = sentence(firm.NameKind, name.kind, self._lang)
        return self._words["through"].format(how=how, name=name.text, kind=kind)

    def _reasons(self, head: str, reasons: list[tuple[float, str]]) -> Iterator[str]:
        if reasons:
            yield f'<span class="head">{self._words[head]}</span>'
        for weight, text in reasons[:_MOST_REASONS]:
            shown = f"{weight:+.1f}" if weight else ""
            yield f'<span class="reason"><span>{shown}</span><span>{escape(text)}</span></span>'

    def _tables(self, view: LinkedView) -> Iterator[str]:
        words = self._words
        if view.firms:
            yield from self._table(
                words["firms"],
                [
                    (
                        each.number,
                        [
                            _names(each.firm),
                            each.firm.firm_id,
                            words["join"].join([*each.codes.tickers, *each.codes.others]),
                            f"{each.relevance:.0%}",
                            f"{each.confidence:.3f}",
                            str(each.mentions),
                            words["join"].join(each.written),
                        ],
                    )
                    for each in view.firms
                ],
            )
        if view.refused:
            yield from self._table(
                words["refused"],
                [
                    (
                        each.number,
                        [
                            words["join"].join(each.written),
                            str(each.mentions),
                            each.why,
                            words["join"].join(each.candidates),
                        ],
                    )
                    for each in view.refused
                ],
            )
        for line in view.relations:
            yield f"<p>{escape(line)}</p>\n"
        if not view.firms and not view.refused:
            yield f'<p class="none">{words["none"]}</p>\n'

    def _table(self, headers: str, rows: list[tuple[int, list[str]]]) -> Iterator[str]:
        heads = "".join(f"<th>{each}</th>" for each in headers.split("|"))
        yield f'<div class="wide"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n'
        for number, cells in rows:
            shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            yield f'<tr id="d{self._documents}n{number}"><td class="number">{number}</td>{shown}</tr>\n'
        yield "</tbody>\n</table></div>\n"


def _names(summary: firm.FirmSummary) -> str:
    return " / ".join(part for part in (summary.display_name_zh, summary.display_name_en) if part) or summary.firm_id


def _escape_text(text: str) -> str:
    return html.escape(visible_text(text))
