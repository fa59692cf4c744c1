"""Marks that exchanges and data vendors hang on a listed name: *ST, XD, -U, A, "- Spon ADR".

They say something about a security, never about who the firm is. They are told from brands by their shape: a prefix
counts only before Chinese characters and only on a short name, because DR钻戒, TCL科技 and N次方科技有限公司 are names.
"""

from __future__ import annotations

import re

_HAN = "\u4e00-\u9fff\u3400-\u4dbf"
# Full-width forms take one place each, as do their ASCII twins, so positions stay true after this.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x2013: 0x2D,
    0x2014: 0x2D,
    0x2212: 0x2D,
    0x3000: 0x20,
}

# Only the letters are told without case: over the Chinese range the flag would make compiling these slow.
_STATUS = re.compile(rf"((?i:S\*ST|\*ST|SST|ST))\s*(?=[{_HAN}]{{2}})")
_EX_DAY = re.compile(rf"((?i:XD|XR|DR))(?=\s*(?:[{_HAN}]{{3}}|\*?(?i:ST)))")
# New listing, first days of free trading, share reform not done.
_NEW = re.compile(rf"((?i:[NCS]))(?=[{_HAN}]{{2,4}}(?:-|$))")
_DELISTING_HEAD = re.compile(rf"(退市)(?=[{_HAN}]{{2,3}}$)")
_HAN_TAIL = re.compile(
    rf"(?<=[{_HAN}A-Za-z])\s{{0,2}}-\s{{0,2}}((?i:UW|WD|SWR?|WR|SR|SB|U|W|B|S|R|P|D))$"
    rf"|(?<=[{_HAN}])\s{{0,2}}\(?((?i:[ABH])\s{{0,2}}股)\)?$"
)
_SHARE_LETTER = re.compile(rf"^[A-Za-z*]{{0,4}}[{_HAN}]{{2,4}}(?P<mark>\s*(?i:[AB]))$")
_DELISTED_TAIL = re.compile(rf"^[A-Za-z*]{{0,4}}[{_HAN}]{{2,3}}(?P<mark>退)$")

_LATIN_TAIL = re.compile(
    r"""[\s,\-(]{1,4}(
        (?:(?:un)?spons?(?:ored)?\.?\s+)?(?:sp\s+)?(?:ad[rs]s?|gdrs?|american\s+deposit[ao]ry\s+(?:shares?|receipts?))
            (?:[\s,(]+.*\b(?:shares?|stock|repr?(?:esenting)?)\b.*)?
      | (?:american\s+)?deposit[ao]ry\s+(?:shares?|receipts?)\b.*
      | (?:class\s+[a-c]\s+)?(?:ordinary|common)\s+(?:shares?|stock)
      | cl(?:ass)?\.?\s+'?[a-cz]'?(?:\s+(?:ord(?:inary)?|com(?:mon)?)\.?)?(?:\s+(?:sh(?:are)?s?|stock))?
      | '?[abh]'?[\s\-]sh(?:are)?s?
      | '?[abh]'?(?=$)
      | (?<=-)(?:[su]|s?w)(?=$)
    )\)?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
# How an English name with a mark can end; a cheap first look, because nearly all names have none.
_LATIN_ENDS = ("adr", "ads", "adrs", "adss", "gdr", "gdrs", "share", "shares", "stock", "receipt", "receipts", "ord",
               "ordinary", "class a", "class b", "class c", "cl a", "cl b", "cl c", "cl z", "common", "-a", "-b", "-h", "-s", "-u", "-w", "-sw",
               " a", " b", " h", " 'a'", " 'b'", " 'h'", " shs", " sh")  # fmt: skip
# A letter alone counts behind a legal form, and with a hyphen behind any word of three letters: XIAOMI-W, ZIJIN MINING-H.
_LETTER_TAIL = re.compile(
    r"(?:\b(?:ltd|limited|inc|corp|co|group|grp|holdings?|hldgs?|plc)\.?,?(?:\s?-\s?|\s{1,2})'?[abhsu]'?"
    r"|\w{3,}(?: \w{1,2})?\.?-[abhs]|\b\w{2,}\.?\s?-s?w)$",
    re.IGNORECASE,
)
_COMPANY = "公司"
_HAN_LETTER = re.compile(rf"[{_HAN}]")
# Where a Chinese name with a mark can begin and end, as written: full-width letters too.
_HAN_HEADS = frozenset("*SsNnCcXxDd退＊ＳｓＮｎＣｃＸｘＤｄ")
_HAN_TAILS = frozenset("股)）AaBbＡａＢｂ退")


# Marks are looked for near the end alone, which also bounds the time for texts that are built to be slow.
_LONGEST_END = 12
_LONGEST_MARK = 160
_MOST_MARKS = 4


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def strip_decorations(text: str) -> tuple[str, tuple[str, ...]]:
    """Return `text` without its listing marks, and the marks, upper-case and in order of removal.

    Works on text as written and on folded text. Nothing is removed that would leave fewer than two letters.
    """
    text = text.strip()
    shown = text if text.isascii() or text.isalnum() else text.translate(_NARROW)
    if not shown:
        return text, ()
    found: list[str] = []
    if _HAN_LETTER.search(shown) is not None:
        if shown[0] in _HAN_HEADS or shown[-1] in _HAN_TAILS or "-" in shown:
            start, end = _han_marks(shown.translate(_NARROW), found)
    elif shown[-_LONGEST_END:].rstrip(" .)").lower().endswith(_LATIN_ENDS):
        start, end = 0, _latin_end(shown, found)
    if not found or _letters(shown[start:end]) < 2:
        return text, ()
    return text[start:end].strip(), tuple(found)


def _han_marks(text: str, found: list[str]) -> tuple[int, int]:
    """Return the part of a Chinese short name without marks; append the marks to `found`."""
    start, end = 0, len(text)
    last = text[-1]
    if last in "股)ABab退" or "-" in text:
        while mark := _HAN_TAIL.search(text, max(0, end - _LONGEST_END), end):
            found.append("".join((mark[1] or mark[2]).split()).upper())
            end = mark.start()
        for pattern in (_SHARE_LETTER, _DELISTED_TAIL):
            if (mark := pattern.match(text[:end])) is not None:
                found.append(mark["mark"].strip().upper())
                end = mark.start("mark")
    legal_name = _COMPANY in text[max(0, end - 4) : end]
    moved = True
    while moved:
        moved = False
        for pattern in (_STATUS, _EX_DAY, _NEW, _DELISTING_HEAD):
            mark = pattern.match(text, start, end)
            if mark is not None and not (legal_name and mark[1][0] not in "*" and "*" not in mark[1]):
                found.append(mark[1].upper())
                start = mark.end()
                moved = True
    return start, end


def _latin_end(text: str, found: list[str]) -> int:
    """Return where an English name ends without its security words; append those to `found`."""
    end = len(text)
    for _ in range(_MOST_MARKS):
        mark = _LATIN_TAIL.search(text, max(1, end - _LONGEST_MARK), end)
        if mark is None or (
            len(mark[1].strip("'")) == 1 and not _LETTER_TAIL.search(text, max(0, end - _LONGEST_END), end)
        ):
            break
        found.append(" ".join(mark[1].split()).upper())
        end = mark.start()
    return end
