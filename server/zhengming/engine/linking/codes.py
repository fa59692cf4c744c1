"""Read the codes that stand beside a name, 寒武纪(688256), SenseTime (0020.HK), or by themselves: <1810.HK>."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from zhengming.engine.fold import fold
from zhengming.engine.identifiers import CodeReading, read_code

_BRACKET = re.compile(
    r"[”\"'’》]?\s{0,2}(?:[(（\[【〔<〈＜]\s*)([^()（）\[\]【】〔〕<>〈〉＜＞\n]{2,48})[)）\]】〕>〉＞]"
)
_MAY_OPEN = frozenset("”\"'’》 \u3000(（[【〔<〈＜")
_CACHED = 1 << 12
_PART = re.compile(r"[;；,，/、|]|\s{2,}")
_LABEL = re.compile(
    r"^(?:股票)?(?:代码|代號|股份代号|股份代號|证券代码|簡稱|简称|code|ticker)\s*[::]?\s*", re.IGNORECASE
)
_STANDING = re.compile(
    r"(?<![A-Za-z0-9.])(?:[0-9]{4,6}\.(?:HK|SH|SS|SZ|BJ)|(?:SH|SZ)[0-9]{6}|"
    r"(?:HKEX|SEHK|NASDAQ|Nasdaq|NYSE|SSE|SZSE)[:：]\s?[0-9A-Z]{1,6})(?![A-Za-z0-9])"
)


class CodeBeside(NamedTuple):
    """A code in brackets right behind a place in the text."""

    written: str
    reading: CodeReading


def may_open(character: str) -> bool:
    """Tell whether a code may begin at a character that stands right behind a name."""
    return character in _MAY_OPEN


def beside(source: str, end: int) -> tuple[CodeBeside, ...]:
    """Return the codes in the bracket that follows right behind a span that ends at `end`."""
    if source[end : end + 1] not in _MAY_OPEN or (bracket := _BRACKET.match(source, end)) is None:
        return ()
    return _read(bracket[1])


@lru_cache(_CACHED)
def _read(inside: str) -> tuple[CodeBeside, ...]:
    found = []
    for part in _PART.split(fold(inside)):
        written = _LABEL.sub("", part.strip()).upper().replace("：", ":")
        reading = read_code(written) if written else None
        if reading is not None and (any(map(str.isdigit, written)) or reading.market_stated):
            found.append(CodeBeside(written, reading))
    return tuple(found)


def standing(source: str) -> Iterator[tuple[int, int, CodeReading]]:
    """Yield start, end and reading of codes with a stated market, wherever they stand."""
    for match in _STANDING.finditer(source):
        reading = read_code(fold(match[0]).upper().replace(": ", ":"))
        if reading is not None and reading.market_stated:
            yield match.start(), match.end(), reading
