"""What a CSV job says and why it rejects rows, in Chinese, for the pages and tables that people read.

The rejects file and the log keep the one English sentence, so that programs need not know two. A sentence that has no
Chinese here, such as one of a newer server, is shown as it is.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from zhengming.client.sentences import Language

_PAIRS: Final = (
    # Why a row is rejected: what the reader finds,
    ("a quoted cell is never closed", "引号没有结束"),
    ("a quoted cell is never closed (reading goes on with line {n})", "引号没有结束（从第 {n} 行继续读取）"),
    ("text stands behind a closing quote", "引号结束之后还有文字"),
    ("the row has {n} cells; the header has {m}", "该行有 {n} 个单元格，表头有 {m} 个"),
    ("the row has cells behind column {n}, where the header ends", "第 {n} 列是表头的末列，其后还有内容"),
    ("a cell has {n} characters; at most {m} are read", "一个单元格有 {n} 个字符，最多读取 {m} 个"),
    ("byte {x} at offset {n} is not valid {x2}", "偏移 {n} 处的字节 {x} 不是有效的 {x2}"),
    ("the row holds a NUL character", "该行含有 NUL 字符"),
    ("the line is {n} bytes long; at most {m} are read", "该行长 {n} 字节，最多读取 {m} 字节"),
    ("the key {x} is in none of the first {n} objects", "前 {n} 个对象中没有键 {x}"),
    ("the line is no JSON object: {x}", "该行不是 JSON 对象：{x}"),
    ("{x} (first {n} of {m} bytes kept)", "{x}（共 {m} 字节，保留前 {n} 字节）"),
    # what the job finds,
    ("the name is empty", "名称为空"),
    ("all names are empty", "所有名称均为空"),
    ("the day {x} cannot be read; write YYYY-MM-DD", "日期 {x} 无法识别，请写成 YYYY-MM-DD"),
    ("the day {x} does not exist", "日期 {x} 不存在"),
    ("the name in column {column}: {y}", "第 {column} 列的名称：{y}"),
    ("the server gave an outcome unknown here: {x}", "服务端给出了当前客户端不认识的结果：{x}"),
    # and what the server refuses.
    ("refused by the server: {code}: {y}", "服务端拒绝（{code}）：{y}"),
    ("{f} is {n} bytes long; at most {m} are allowed", "{f} 长 {n} 字节，最多 {m} 字节"),
    ("{f} holds bytes that are not valid text in the encoding it was read with", "{f} 含有按当前编码无法读取的字节"),
    ("{f} is empty; send a name or a code", "{f} 为空，请给出名称或代码"),
    ("{f} holds only invisible characters; send a name or a code", "{f} 只含不可见字符，请给出名称或代码"),
    ("{f} has {n} code points; send at most {m}", "{f} 有 {n} 个字符，最多 {m} 个"),
    ("{f} is over {n} bytes of UTF-8; send a shorter name", "{f} 超过 {n} 字节（UTF-8），请给出更短的名称"),
    ("{f} grows over {n} code points when normalised; send a name", "{f} 规范化后超过 {n} 个字符，请给出名称"),
    ("{f} holds a control character; send one name without it", "{f} 含有控制字符，请去掉后再试"),
    ("{f} holds a lone surrogate; send valid Unicode", "{f} 不是有效的 Unicode"),
    ("{f} has over {n} combining marks in a row; remove them", "{f} 连续的组合符号超过 {n} 个，请去掉"),
    ("{f} must be a day of the calendar, YYYY-MM-DD", "{f} 必须是日历上的日期，写成 YYYY-MM-DD"),
    ("{f} must be an ISO 3166-1 alpha-2 code such as CN", "{f} 必须是 ISO 3166-1 二位国家代码，如 CN"),
    ("{f} must be an ISO 10383 market code such as XSHG", "{f} 必须是 ISO 10383 市场代码，如 XSHG"),
    # What a job tells of itself.
    ("unpacking {x}; byte offsets are those of the unpacked text", "正在解压 {x}；字节偏移按解压后的内容计算"),
    ("reading the first sheet of an Excel file", "读取 Excel 文件的第一个工作表"),
    ("reading as Parquet", "按 Parquet 读取"),
    ("reading as {x}", "按 {x} 读取"),
    ("reading as {x} with byte order mark", "按 {x}（带字节顺序标记）读取"),
    ("reading as {x}, guessed; --encoding names another", "按 {x} 读取（推断；可用 --encoding 另行指定）"),
    ("reading as lines of JSON in {x}", "按每行一个 JSON 对象读取，编码 {x}"),
    ("reading as lines of JSON in {x} with byte order mark", "按每行一个 JSON 对象读取，编码 {x}（带字节顺序标记）"),
    ("reading as lines of JSON in {x}, guessed; --encoding names another",
     "按每行一个 JSON 对象读取，编码 {x}（推断；可用 --encoding 另行指定）"),
    ("names are read from column {column}", "名称取自第 {column} 列"),
    ("names are read from column {column}, the only one", "名称取自唯一的一列：第 {column} 列"),
    ("names are read from column {column}, guessed from its header", "名称取自第 {column} 列（根据表头推断）"),
    ("names are read from column {column}, guessed from its cells", "名称取自第 {column} 列（根据内容推断）"),
    ("names are read from column {column}, guessed from its header and its cells", "名称取自第 {column} 列（根据表头和内容推断）"),
    ("column {column} looks like {role} and is not used; --use-context or {flag} uses it",
     "第 {column} 列像是 {role}，未使用；可用 --use-context 或 {flag} 启用"),
    ("the first line is taken for the header; if {x} is a name, add --no-header",
     "首行被当作表头；如果 {x} 是名称，请加 --no-header"),
    ("{role} is read from column {column}", "{role}取自第 {column} 列"),
    ("{role} is read from column {column}, guessed from its header", "{role}取自第 {column} 列（根据表头推断）"),
    ("{role} is read from column {column} for the names of column {other} only", "{role}取自第 {column} 列，只用于第 {other} 列的名称"),
    ("{role} is read from column {column} for the names of column {other} only, guessed from its header",
     "{role}取自第 {column} 列，只用于第 {other} 列的名称（根据表头推断）"),
    ("{n} columns are called {x}; the first is used, give a number to use another",
     "有 {n} 列名为 {x}，取第一列；可用列号另行指定"),
    ("the input has a column {x} already; the new one is {y}", "输入中已有列 {x}，新列名为 {y}"),
    ("going on behind row {n}", "从第 {n} 行之后继续"),
    ("the server does not answer ({x}); waiting for it up to {n} s", "服务端没有响应（{x}），最多等待 {n} 秒"),
    ("the server changed its table meanwhile: answers come from {n} snapshots", "其间服务端更换了名称表：结果来自 {n} 个快照"),
    ("blank lines passed over: {n}", "跳过空行：{n}"),
    ("rows whose country was not understood and left out: {n}", "国家无法识别而略去国家的行：{n}"),
)  # fmt: skip
"""English sentence and Chinese one; what stands in brackets is taken over."""

_COLUMN: Final = r"""\d+ (?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
# Number and header as Python writes a string.
_SHAPES: Final = {
    "column": _COLUMN,
    "other": _COLUMN,
    "n": r"[\d,]+",
    "m": r"[\d,]+",
    "f": r"[a-z_.\[\]0-9]+",
    "code": "[A-Z_]+",
    "role": "city|country|ticker|date",
    "flag": r"--[\w-]+",
}
_WORDS: Final = {
    "f": {"query": "名称"},
    "role": {"city": "城市", "country": "国家", "ticker": "代码", "date": "日期"},
}
_INSIDE: Final = ("y", "x")
# What may itself be one of the sentences.


def in_language(said: str, lang: Language) -> str:
    """Return a sentence of a job in a language.

    Args:
        said: the sentence in English, without full stop.
        lang: of the reader.
    """
    return said if lang == "en" else _chinese(said)


def _chinese(said: str) -> str:
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(said):
            words = found.groupdict()
            for name in _INSIDE:
                if name in words:
                    words[name] = _chinese(words[name])
            for name, known in _WORDS.items():
                if name in words:
                    words[name] = known.get(words[name], words[name])
            return chinese.format(**words)
    return said


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    # The sentence with the most words of its own first: others may match it, too, with those as a part taken over.
    ordered = sorted(_PAIRS, key=lambda pair: -len(re.sub(r"\{\w+\}", "", pair[0])))
    return tuple((re.compile(_pattern(english), re.DOTALL), chinese) for english, chinese in ordered)


def _pattern(english: str) -> str:
    parts = re.split(r"\{(\w+)\}", english)
    return "".join(
        f"(?P<{part}>{_SHAPES.get(part, '.+')})" if at % 2 else re.escape(part) for at, part in enumerate(parts)
    )
