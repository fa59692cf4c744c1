"""What a CSV job did, as one page of HTML: sums, reasons, rejects, and all that is needed to do it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from zhengming.client.cli._page import escape, page_foot, page_head
from zhengming.client.csv_account import Account, NameAccount
from zhengming.client.sentences import Language, sentence
from zhengming.v1 import resolver_pb2 as resolver

MOST_REJECTS: Final = 500
"""Rejects that are shown; the rejects file has all."""

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "title": "CSV job",
        "files": "Files",
        "names": "Names of column {column}",
        "kinds": "Outcome|By|Meaning|Names|Share",
        "rejects": "Rejected rows",
        "reject_heads": "Line|Byte|Reason|Row",
        "no_rejects": "No row was rejected.",
        "more": "{shown:,} of {all:,} rejected rows are shown; the rejects file has all.",
        "done": "How it was done",
        "rows read": "rows read",
        "written": "written",
        "left_out": "left out",
        "MATCH": "matched",
        "AMBIGUOUS": "ambiguous",
        "NOT_FOUND": "not found",
        "EMPTY": "empty",
        "REJECTED": "rejected",
        "input": "input",
        "output": "output",
        "reject_file": "rejects file",
        "command": "command",
        "said": "said",
        "snapshot": "snapshot",
        "server": "server",
        "client": "client",
        "finished": "finished",
        "EMPTY_CELL": "the cell is empty; the row has a name in another column",
        "DECISION": "decided by a person",
    },
    "zh": {
        "title": "CSV 批量任务",
        "files": "文件",
        "names": "第 {column} 列的名称",
        "kinds": "结果|依据|含义|名称数|占比",
        "rejects": "被拒绝的行",
        "reject_heads": "行号|字节|原因|内容",
        "no_rejects": "没有被拒绝的行。",
        "more": "此处列出 {all:,} 行中的 {shown:,} 行；全部见拒绝文件。",
        "done": "执行方式",
        "rows read": "读入行数",
        "written": "写出",
        "left_out": "略去",
        "MATCH": "匹配",
        "AMBIGUOUS": "有歧义",
        "NOT_FOUND": "未找到",
        "EMPTY": "空",
        "REJECTED": "被拒绝",
        "input": "输入",
        "output": "输出",
        "reject_file": "拒绝文件",
        "command": "命令",
        "said": "提示",
        "snapshot": "快照",
        "server": "服务端",
        "client": "客户端",
        "finished": "完成时间",
        "EMPTY_CELL": "单元格为空；同一行的其他列有名称",
        "DECISION": "由人工决定",
    },
}

_STYLE: Final = """\
.bar{display:flex;height:1.1rem;border-radius:.3rem;overflow:hidden;margin:.8rem 0 .4rem;background:var(--not)}
.bar span{min-width:2px}
.MATCH{background:var(--firm-edge)}.AMBIGUOUS{background:var(--unsure-edge)}.NOT_FOUND{background:var(--not-edge)}
.EMPTY{background:var(--line)}.REJECTED{background:var(--bad)}
:root{--bad:#cf222e}@media (prefers-color-scheme:dark){:root{--bad:#f85149}}
ul.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:0;padding:0;font-size:.85rem}
ul.legend i{display:inline-block;width:.7rem;height:.7rem;border-radius:.15rem;margin-right:.4rem}
p.sum{font-variant-numeric:tabular-nums;margin:.6rem 0}.none{color:var(--soft);font-size:.85rem}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.code{white-space:nowrap}td.raw{font-family:ui-monospace,"Noto Sans Mono CJK SC",monospace;overflow-wrap:anywhere}
th.key{font-weight:400;width:8rem}td.value{overflow-wrap:anywhere;white-space:pre-line}
@media print{body{max-width:none;padding:0}.bar,ul.legend i{print-color-adjust:exact}}
"""

_REASONS: Final = (
    (resolver.MatchType, "MATCH_TYPE_"),
    (resolver.AmbiguityReason, "AMBIGUITY_REASON_"),
    (resolver.NotFoundReason, "NOT_FOUND_REASON_"),
)


@dataclass(frozen=True, slots=True)
class ShownReject:
    """A reject as the page shows it."""

    line: str
    """Line in the input, from 1."""
    offset: str
    """Byte offset in the input."""
    reason: str
    """Why, in the language of the page."""
    text: str
    """The beginning of the row."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """All that the page tells."""

    account: Account
    """What became of rows and names."""
    files: Sequence[tuple[str, str]]
    """`input`, `output` or `reject_file`, and what there is to say of it."""
    facts: Sequence[tuple[str, str]]
    """How it was done: key of a word, and value, which may have several lines."""
    rejects: Sequence[ShownReject]
    """The first rejects, at most `MOST_REJECTS`."""


def render_report(report: JobReport, lang: Language) -> str:
    """Return the page."""
    return "".join(_Page(report, lang).parts())


class _Page:
    def __init__(self, report: JobReport, lang: Language) -> None:
        self._report = report
        self._lang: Language = lang
        self._words = _WORDS[lang]

    def parts(self) -> Iterator[str]:
        words, account = self._words, self._report.account
        yield page_head(words["title"], self._lang, _STYLE)
        written = (("written", account.written), ("left_out", account.left_out), ("REJECTED", account.rejected))
        yield self._sum(written)
        yield from self._facts(words["files"], self._report.files)
        for names in account.names:
            yield from self._names(names)
        yield from self._rejects()
        yield from self._facts(words["done"], self._report.facts)
        yield page_foot()

    def _names(self, names: NameAccount) -> Iterator[str]:
        account, words = self._report.account, self._words
        shares = (
            ("MATCH", names.matched),
            ("AMBIGUOUS", names.ambiguous),
            ("NOT_FOUND", names.not_found),
            ("EMPTY", names.empty),
            ("REJECTED", account.rejected),
        )
        present = [(outcome, count) for outcome, count in shares if count]
        bar = "".join(f'<span class="{outcome}" style="flex-grow:{count}"></span>' for outcome, count in present)
        keys = "".join(
            f'<li><i class="{outcome}"></i>{words[outcome]} {count:,} · {self._share(count)}</li>'
            for outcome, count in present
        )
        yield f"<section>\n<h2>{escape(words['names'].format(column=names.column))}</h2>\n"
        yield self._sum(shares)
        # The list below says the same in words.
        yield f'<div class="bar" aria-hidden="true">{bar}</div>\n<ul class="legend">{keys}</ul>\n'
        rows = [
            (
                ("code", escape(words.get(outcome, outcome))),
                ("code", escape(why)),
                ("", escape(self._meaning(outcome, why))),
                ("number", f"{count:,}"),
                ("number", self._share(count)),
            )
            for outcome, why, count in self._kinds(names)
        ]
        yield from self._table(words["kinds"], rows, numbers=(3, 4))
        yield "</section>\n"

    def _sum(self, parts: Sequence[tuple[str, int]]) -> str:
        # A part that is zero is told where it is a result, so that nobody wonders.
        told = [f"{self._words[key]} {n:,}" for key, n in parts if n or key not in ("left_out", "EMPTY")]
        return (
            f'<p class="sum">{self._words["rows read"]} {self._report.account.rows_read:,} = {" + ".join(told)}</p>\n'
        )

    def _kinds(self, names: NameAccount) -> list[tuple[str, str, int]]:
        kinds = sorted(names.kinds.items(), key=lambda each: -each[1])
        return [(*kind.partition(" ")[::2], count) for kind, count in kinds]

    def _share(self, count: int) -> str:
        return f"{count / max(self._report.account.rows_read, 1):.1%}"

    def _meaning(self, outcome: str, why: str) -> str:
        if outcome == "EMPTY":
            return self._words["EMPTY_CELL"]
        for enum, prefix in _REASONS:
            if prefix + why in enum.keys():  # noqa: SIM118 - a protobuf enum is no mapping
                return sentence(enum, enum.Value(prefix + why), self._lang)
        return self._words.get(why, "")

    def _rejects(self) -> Iterator[str]:
        words, shown, rejected = self._words, self._report.rejects, self._report.account.rejected
        yield f"<section>\n<h2>{words['rejects']}</h2>\n"
        if not rejected:
            yield f'<p class="none">{words["no_rejects"]}</p>\n'
        else:
            rows = [
                (
                    ("number", escape(each.line)),
                    ("number", escape(each.offset)),
                    ("", escape(each.reason)),
                    ("raw", escape(each.text)),
                )
                for each in shown
            ]
            yield from self._table(words["reject_heads"], rows, numbers=(0, 1))
            if len(shown) < rejected:
                yield f'<p class="none">{words["more"].format(shown=len(shown), all=rejected)}</p>\n'
        yield "</section>\n"

    def _facts(self, title: str, facts: Sequence[tuple[str, str]]) -> Iterator[str]:
        yield f"<section>\n<h2>{title}</h2>\n"
        yield from self._table(
            "",
            [
                (("key", self._words[key]), ("value", "\n".join(escape(line) for line in value.split("\n"))))
                for key, value in facts
            ],
        )
        yield "</section>\n"

    @staticmethod
    def _table(headers: str, rows: Sequence[Sequence[tuple[str, str]]], numbers: Sequence[int] = ()) -> Iterator[str]:
        yield '<div class="wide"><table>\n'
        if headers:
            heads = "".join(
                f'<th scope="col" class="{"number" if at in numbers else "text"}">{each}</th>'
                for at, each in enumerate(headers.split("|"))
            )
            yield f"<thead><tr>{heads}</tr></thead>\n"
        yield "<tbody>\n"
        for cells in rows:
            shown = []
            for style, text in cells:
                tag = 'th scope="row"' if style == "key" else "td"
                kind = f' class="{style}"' if style else ""
                shown.append(f"<{tag}{kind}>{text}</{tag.partition(' ')[0]}>")
            yield f"<tr>{''.join(shown)}</tr>\n"
        yield "</tbody>\n</table></div>\n"
