"""Linked texts as a reader sees them: every character shown once, nothing that acts, numbers that correspond."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from zhengming.client.cli._link_page import Page
from zhengming.client.cli._link_text import render, render_rejected
from zhengming.client.linked_view import Codes, LinkedView, lay_out
from zhengming.client.sentences import LANGUAGES, Language
from zhengming.v1 import firm_pb2 as firm
from zhengming.v1 import resolver_pb2 as pb

TEXT = '🚀寒武纪 & <b>华为</b>:\r\n"寒武紀" vs 紫光, Nvidia\u202e\t\x1b[2J\n英伟达'


def linked() -> pb.LinkedText:
    """Two firms, one of them named twice in two scripts; an ambiguous name; a known name in two spellings."""
    message = pb.LinkedText()
    for name in ("寒武纪", "华为", "寒武紀", "紫光", "Nvidia", "英伟达"):
        start = TEXT.index(name)
        mention = message.mentions.add(start=start, end=start + len(name), text=name, mention_confidence=0.93)
        mention.signals.add(code=pb.MENTION_SIGNAL_CODE_WORD_BEHIND, contribution=2.25)
        answer = mention.resolution
        if name in ("寒武纪", "寒武紀", "华为"):
            answer.outcome = pb.OUTCOME_MATCH
            answer.confidence = 0.98
            answer.match_type = pb.MATCH_TYPE_EXACT
            answer.matched_name.text = name
            answer.matched_name.kind = firm.NAME_KIND_SHORT
            answer.evidence.add(code=pb.EVIDENCE_CODE_TEXT_EQUAL, contribution=8.5)
        elif name == "紫光":
            answer.outcome = pb.OUTCOME_AMBIGUOUS
            answer.ambiguity_reason = pb.AMBIGUITY_REASON_SHARED_SHORT_NAME
            answer.candidates.add(firm=firm.FirmSummary(firm_id="ZM3", display_name_zh="紫光股份"), confidence=0.4)
            answer.candidates.add(firm=firm.FirmSummary(firm_id="ZM4", display_name_zh="紫光国微"), confidence=0.001)
        else:
            answer.outcome = pb.OUTCOME_NOT_FOUND
            answer.not_found_reason = pb.NOT_FOUND_REASON_OUT_OF_SCOPE
            answer.decoy.label = "Nvidia <US>"
    cambricon = firm.FirmSummary(firm_id="ZM1", display_name_zh="寒武纪", display_name_en="Cambricon <&>")
    message.firms.add(firm=cambricon, document_relevance=0.7, mentions=[0, 2])
    message.firms.add(
        firm=firm.FirmSummary(firm_id="ZM2", display_name_zh="华为"), document_relevance=0.3, mentions=[1]
    )
    tie = message.relations.add(type=firm.RELATION_TYPE_PARENT_OF)
    tie.from_firm.firm_id, tie.to_firm.firm_id = "ZM1", "ZM2"
    return message


CODES = {"ZM1": Codes(("688256 XSHG",), ("LEI L1",)), "ZM2": Codes((), ("USCC U2", "LEI L2"))}


def view(lang: Language = "en") -> LinkedView:
    return lay_out(TEXT, linked(), CODES, lang)


class Shown(HTMLParser):
    """What a browser would show of a page, tips apart; and every tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.marked: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("meta", "br"):
            return
        kind = dict(attrs).get("class") or ""
        self._open.append(f"{tag}.{kind}")
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().startswith(f"{tag}.")

    def handle_data(self, data: str) -> None:
        inside = set(self._open)
        if "div.text" in inside and not inside & {"span.tip", "sup."}:
            self.text += data
            if any(each.startswith("mark") for each in inside):
                self.marked[-1] += data


def page(lang: Language = "en") -> str:
    made = Page(lang)
    return made.head() + made.document("a<b>.txt", view(lang)) + made.rejected("c&d", "it is <empty>") + made.foot()


def test_pieces_are_the_text() -> None:
    """Nothing is lost, doubled or shifted; each mention has the number of its row."""
    laid = view()
    assert "".join(piece.text for piece in laid.pieces) == TEXT
    assert [(piece.text, piece.number) for piece in laid.pieces if piece.mention] == [
        ("寒武纪", 1),
        ("华为", 2),
        ("寒武紀", 1),
        ("紫光", 3),
        ("Nvidia", 4),
        ("英伟达", 4),
    ]


def test_rows_tell_firms_and_refusals() -> None:
    """Spellings are gathered, codes are the main ones, hardly possible candidates are left out."""
    laid = view()
    assert [(each.firm.firm_id, each.mentions, each.written, each.codes.main) for each in laid.firms] == [
        ("ZM1", 2, ("寒武纪", "寒武紀"), ("688256 XSHG",)),
        ("ZM2", 1, ("华为",), ("USCC U2",)),
    ]
    assert [(each.number, each.mentions, each.written, each.candidates) for each in laid.refused] == [
        (3, 1, ("紫光",), ("紫光股份 (ZM3) 40%",)),
        (4, 2, ("Nvidia", "英伟达"), ()),
    ]
    assert laid.relations == ("ZM1 is the direct parent of ZM2",)


def test_text_without_colours_has_brackets() -> None:
    """Square for firms, curly for the rest; what could act on a terminal is shown as an escape."""
    shown = render("a\x1b.txt", view(), "en", fit=False, colour=False)
    assert '🚀[寒武纪]1 & <b>[华为]2</b>:\n"[寒武紀]1" vs {紫光}3, {Nvidia}4\\u202e\t\\u001b[2J\n{英伟达}4\n' in shown
    assert "\x1b" not in shown
    assert "── a\\u001b.txt ──" in shown
    assert re.search(
        r"^1 +ZM1 +寒武纪 / Cambricon <&> +688256 XSHG +70% +0\.980 +2 +寒武纪, 寒武紀$", shown, re.MULTILINE
    )
    assert re.search(r"^4 +Nvidia, 英伟达 +2 +known, but not covered by the table: Nvidia <US>$", shown, re.MULTILINE)


def test_colours_end_where_they_begin() -> None:
    """Firms, unsure and refused names look different; each style is closed on its line; only styles are escapes."""
    shown = render("a", view(), "en", fit=False, colour=True)
    for styled in ("\x1b[1;32m寒武纪\x1b[0m", "\x1b[33m紫光\x1b[0m", "\x1b[2;35mNvidia\x1b[0m"):
        assert styled in shown
    for line in shown.split("\n"):
        assert line.count("\x1b[0m") * 2 == line.count("\x1b")
    assert "\x1b[2J" not in shown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_text_without_firms_says_so(lang: Language) -> None:
    """In both languages, and so does a document that was rejected."""
    empty = lay_out("nothing here", pb.LinkedText(), {}, lang)
    told = render("a", empty, lang, fit=False, colour=False)
    assert told.rstrip().endswith("No firm is named." if lang == "en" else "文中没有提到企业。")
    assert "no\\u001bod" in render_rejected("a", "no\x1bod", lang, colour=False)
    assert Page(lang).document("a", empty).count("<table>") == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_shows_the_text_and_marks_the_mentions(lang: Language) -> None:
    """A parser reads the text back as it was, apart from line ends and what would act."""
    shown = Shown(page(lang))
    assert shown.text == TEXT.replace("\r\n", "\n").replace("\u202e", "\\u202e").replace("\x1b", "\\u001b")
    assert shown.marked[3:] == ["寒武纪", "华为", "寒武紀", "紫光", "Nvidia", "英伟达"]


def test_the_page_stands_alone() -> None:
    """No script, no address, no event handler, nothing to fetch: and a policy that forbids it."""
    made = page()
    shown = Shown(made)
    harmless = "html head meta title style body h1 h2 p section div mark span sup a b i table thead tbody tr th td"
    assert {tag for tag, _ in shown.tags} <= set(harmless.split())
    assert not re.search(r"https?:|url\(|@import|javascript:", made)
    for _, attributes in shown.tags:
        assert not any(name.startswith("on") or name in ("src", "style") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    policies = [attributes["content"] for tag, attributes in shown.tags if attributes.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_every_mention_has_a_tip_and_every_number_a_row() -> None:
    """The keyboard reaches each mark; tips are tied to them; no ID is given twice."""
    shown = Shown(page())
    ids = [str(attributes["id"]) for _, attributes in shown.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    marks = [attributes for tag, attributes in shown.tags if tag == "mark" and "tabindex" in attributes]
    assert len(marks) == 6
    assert {mark["aria-describedby"] for mark in marks} <= set(ids)
    links = [str(attributes["href"]) for tag, attributes in shown.tags if tag == "a"]
    assert len(links) == 6
    assert {link[1:] for link in links} <= set(ids)


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        ("en", ("Cambricon &lt;&amp;&gt;", "ZM1, 688256 XSHG, LEI L1", "named here 93.0%", "it is this firm 98.0%")),
        ("en", ("the very same characters: 寒武纪 (short name)", "+8.5", "such as follow firms", "Nvidia &lt;US&gt;")),
        ("zh", ("就是这家 98.0%", "字符完全相同：寒武纪（简称）", "后面的词常见于企业之后")),
    ],
)
def test_tips_tell_firm_codes_confidence_and_reasons(lang: Language, parts: tuple[str, ...]) -> None:
    """Escaped, in the language asked for."""
    made = page(lang)
    for part in parts:
        assert part in made
    assert "<US>" not in made


def test_any_answer_can_be_shown() -> None:
    """Codes that are newer than this client, and empty messages, do not break a view."""
    message = pb.LinkedText()
    for value in (0, 1, 2, 3, 99):
        mention: Any = message.mentions.add(start=value, end=value + 1, text="x")
        mention.resolution.outcome = value
        mention.resolution.not_found_reason = value
        mention.signals.add(code=value)
        mention.resolution.evidence.add(code=value)
    laid = lay_out("x" * 120, message, {}, "en")
    assert len(laid.refused) >= 2
    assert Page("zh").document("x", laid)
    assert render("x", laid, "zh", fit=True, colour=True)
