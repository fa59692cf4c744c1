"""A linked text on a terminal: mentions marked where they stand, then the firms, then what was refused and why."""

from __future__ import annotations

from typing import Final

from zhengming.client.cli._table import Table, visible, visible_text
from zhengming.client.linked_view import LinkedView, Piece
from zhengming.client.sentences import Language
from zhengming.v1 import resolver_pb2 as resolver

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "firms": "NO|FIRM ID|NAME|CODES|RELEVANCE|CONF|TIMES|WRITTEN",
        "refused": "NO|NOT LINKED|TIMES|WHY",
        "candidate": "candidate",
        "none": "No firm is named.",
        "rejected": "Not linked: {why}.",
        "join": ", ",
    },
    "zh": {
        "firms": "序号|企业 ID|名称|代码|相关度|置信度|次数|文中写法",
        "refused": "序号|未链接|次数|原因",
        "candidate": "候选",
        "none": "文中没有提到企业。",
        "rejected": "未处理：{why}。",
        "join": "、",
    },
}
_TITLE: Final = "1"
_FIRM: Final = "1;32"
_UNSURE: Final = "33"
_REFUSED: Final = "2;35"
_NUMBER: Final = "2"


def render(name: str, view: LinkedView, lang: Language, *, fit: bool, colour: bool) -> str:
    """Return a document as text, ending in a line feed.

    Args:
        name: of the document.
        view: the document.
        lang: language of the headers.
        fit: whether the tables are cut to the terminal's width.
        colour: mark mentions with colours; otherwise with brackets: `[linked]1` and `{not linked}2`.
    """
    words = _WORDS[lang]
    blocks = [_title(name, colour) + "".join(_piece(piece, colour) for piece in view.pieces).strip("\n") + "\n"]
    if view.firms:
        blocks.append(_firms(view, words, fit=fit, colour=colour))
    if view.refused:
        blocks.append(_refused(view, words, colour=colour))
    if view.relations:
        blocks.append("".join(f"{visible(line)}\n" for line in view.relations))
    if not view.firms and not view.refused:
        blocks.append(words["none"] + "\n")
    return "\n".join(blocks)


def render_rejected(name: str, why: str, lang: Language, *, colour: bool) -> str:
    """Return a document that could not be linked, ending in a line feed."""
    return _title(name, colour) + visible(_WORDS[lang]["rejected"].format(why=why)) + "\n"


def _firms(view: LinkedView, words: dict[str, str], *, fit: bool, colour: bool) -> str:
    table = Table(words["firms"].split("|"), shrinkable=(2, 3, 7), fit=fit, colour=colour)
    join = words["join"].join
    return table.render(
        [
            (
                str(each.number),
                each.firm.firm_id,
                " / ".join(part for part in (each.firm.display_name_zh, each.firm.display_name_en) if part),
                join(each.codes.main),
                f"{each.relevance:.0%}",
                f"{each.confidence:.3f}",
                str(each.mentions),
                join(each.written),
            )
            for each in view.firms
        ]
    )


def _refused(view: LinkedView, words: dict[str, str], *, colour: bool) -> str:
    """Return the refused names, never cut: the reason is what the reader wants. Candidates stand below their name."""
    table = Table(words["refused"].split("|"), shrinkable=(), fit=False, colour=colour)
    rows = table.render(
        [(str(each.number), words["join"].join(each.written), str(each.mentions), each.why) for each in view.refused]
    ).splitlines()
    lines = rows[:1]
    for row, each in zip(rows[1:], view.refused, strict=True):
        lines.append(row)
        lines += [f"    {words['candidate']} {visible(candidate)}" for candidate in each.candidates]
    return "".join(f"{line}\n" for line in lines)


def _title(name: str, colour: bool) -> str:
    return _styled(f"── {visible(name)} ──", _TITLE, colour) + "\n"


def _piece(piece: Piece, colour: bool) -> str:
    text = visible_text(piece.text)
    if piece.mention is None:
        return text
    outcome = piece.mention.resolution.outcome
    if not colour:
        left, right = "[]" if outcome == resolver.OUTCOME_MATCH else "{}"
        return f"{left}{text}{right}{piece.number}"
    style = {resolver.OUTCOME_MATCH: _FIRM, resolver.OUTCOME_AMBIGUOUS: _UNSURE}.get(outcome, _REFUSED)
    # A style must not run over a line's end: pagers and scrolling terminals lose it there.
    lines = "\n".join(_styled(line, style, True) for line in text.split("\n"))
    return lines + _styled(str(piece.number), _NUMBER, True)


def _styled(text: str, style: str, colour: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if colour else text
