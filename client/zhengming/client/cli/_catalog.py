"""`zhengming show`, `search`, `suggest` and `server-info`: looking into the table."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator
from typing import Final

from google.protobuf.message import Message
from zhengming.client._client import Client
from zhengming.client.cli._exit import Exit
from zhengming.client.cli._output import Output, Record, View, to_json
from zhengming.client.cli._resolve import find_firm
from zhengming.client.cli._table import display_width, visible
from zhengming.client.delimited import format_row
from zhengming.client.explanation import firm_label
from zhengming.client.linked_view import relation_line
from zhengming.client.sentences import Language, sentence, short_code
from zhengming.v1 import firm_pb2 as firm

_SEARCH_VIEW: Final = View(
    columns=("firm_id", "name_zh", "name_en", "sector", "matched_name", "matched_kind"),
    headers={
        "en": ("FIRM ID", "NAME (ZH)", "NAME (EN)", "SECTOR", "FOUND AS", "KIND"),
        "zh": ("企业 ID", "中文名称", "英文名称", "行业", "匹配名称", "名称类型"),
    },
    shrinkable=(1, 2, 4),
)
_SUGGEST_VIEW: Final = View(
    columns=("firm_id", "name_zh", "name_en", "matched_name", "matched_kind"),
    headers={
        "en": ("FIRM ID", "NAME (ZH)", "NAME (EN)", "BEGINS AS", "KIND"),
        "zh": ("企业 ID", "中文名称", "英文名称", "名称开头", "名称类型"),
    },
    shrinkable=(1, 2, 3),
)
_FACTS_ZH: Final = {
    "firm_id": "企业 ID",
    "name_zh": "中文名称",
    "name_en": "英文名称",
    "kind": "类型",
    "state": "状态",
    "sector": "行业",
    "industry": "细分行业",
    "city": "城市",
    "country": "国家或地区",
    "founded": "成立时间",
    "website": "网站",
    "scope": "收录范围",
    "redirected_from": "原 ID",
    "parent": "母公司",
    "group": "所属集团",
    "identifier": "代码",
    "name": "名称",
    "relation": "关系",
    "restriction": "限制",
}


def search(args: argparse.Namespace, client: Client) -> int:
    """List firms whose names contain words."""
    output = Output(args.format, _SEARCH_VIEW, args.lang)
    found_any = False
    hits = client.search(" ".join(args.words), sector=args.sector, tech_only=args.tech, page_size=min(args.limit, 100))
    for hit in itertools.islice(hits, args.limit):
        found_any = True
        found = hit.matched_name
        cells = (
            hit.firm.firm_id,
            hit.firm.display_name_zh,
            hit.firm.display_name_en,
            hit.firm.sector,
            found.text,
            short_code(firm.NameKind, found.kind, "NAME_KIND_"),
        )
        output.add(Record(hit, cells, cells, hit.firm.firm_id))
    output.finish()
    if not found_any and (args.sector or not args.quiet):
        print(f"zhengming: {visible(_why_nothing(args, client))}", file=sys.stderr)
    return Exit.DONE


def _why_nothing(args: argparse.Namespace, client: Client) -> str:
    """Say that there is no firm with the words, or where there are some: the sector may be misspelt."""
    if not args.sector:
        return (
            f"no{' tech' * args.tech} firm has a name with these words; `zhengming resolve` allows for typing errors."
        )
    others = itertools.islice(client.search(" ".join(args.words), tech_only=args.tech, page_size=100), 100)
    sectors = sorted({hit.firm.sector for hit in others} - {""})
    if not sectors:
        return "no firm has a name with these words, in any sector."
    return f"no firm with these words in the sector {args.sector!r}; there are some in: {', '.join(sectors)}."


def suggest(args: argparse.Namespace, client: Client) -> int:
    """Complete the beginning of a name."""
    output = Output(args.format, _SUGGEST_VIEW, args.lang)
    suggestions = client.suggest(args.prefix, max_suggestions=args.limit).suggestions
    for suggestion in suggestions:
        found = suggestion.matched_name
        cells = (
            suggestion.firm.firm_id,
            suggestion.firm.display_name_zh,
            suggestion.firm.display_name_en,
            found.text,
            short_code(firm.NameKind, found.kind, "NAME_KIND_"),
        )
        output.add(Record(suggestion, cells, cells, suggestion.firm.firm_id))
    output.finish()
    if not suggestions and not args.quiet:
        print("zhengming: no name begins like this; `zhengming search` looks inside names.", file=sys.stderr)
    return Exit.DONE


def show(args: argparse.Namespace, client: Client) -> int:
    """Show the record of a firm."""
    record = client.get_firm(find_firm(args.firm, client))
    if args.format == "id":
        print(record.summary.firm_id)
    else:
        _print_facts(args.format, record, _firm_facts(record, args.lang), args.lang)
    return Exit.DONE


def server_info(args: argparse.Namespace, client: Client) -> int:
    """Show versions and limits."""
    info = client.server_info()
    facts = [("server_version", info.server_version), ("matcher_version", info.matcher_version)]
    for name in ("hash", "table_version", "firm_count", "name_count", "identifier_count", "decoy_count"):
        facts.append((f"snapshot.{name}", str(getattr(info.snapshot, name))))
    facts += [
        (f"limits.{field.name}", str(getattr(info.limits, field.name))) for field in info.limits.DESCRIPTOR.fields
    ]
    facts += [
        (f"profile_thresholds.{profile}", f"{least:g}") for profile, least in sorted(info.profile_thresholds.items())
    ]
    _print_facts(args.format, info, facts)
    return Exit.DONE


def _print_facts(form: str, message: Message, facts: list[tuple[str, str]], lang: Language = "en") -> None:
    if form in ("json", "ndjson"):
        print(to_json(message, indent=2 if form == "json" else None))
    elif form in ("csv", "tsv"):
        delimiter = "\t" if form == "tsv" else ","
        for row in (("field", "value"), *facts):
            print(format_row(row, delimiter), end="")
    else:
        told = [(_FACTS_ZH.get(name, name) if lang == "zh" else name, value) for name, value in facts]
        width = max(display_width(name) for name, _ in told)
        for name, value in told:
            print(f"{name}{' ' * (width - display_width(name))}  {visible(value)}".rstrip())


def _firm_facts(record: firm.Firm, lang: Language) -> list[tuple[str, str]]:
    summary = record.summary
    facts = [
        ("firm_id", summary.firm_id),
        ("name_zh", summary.display_name_zh),
        ("name_en", summary.display_name_en),
        ("kind", sentence(firm.FirmKind, summary.kind, lang)),
        ("state", sentence(firm.FirmState, summary.state, lang)),
        ("sector", summary.sector),
        ("industry", record.industry),
        ("city", summary.city),
        ("country", summary.country),
        ("founded", record.founded),
        ("website", record.website),
        ("scope", record.scope),
        ("redirected_from", summary.redirected_from),
        ("parent", firm_label(summary.parent, lang) if summary.HasField("parent") else ""),
        ("group", firm_label(summary.group, lang) if summary.HasField("group") else ""),
    ]
    for identifier in summary.identifiers:
        market = f" {identifier.mic}" if identifier.mic else ""
        scheme = sentence(firm.IdentifierScheme, identifier.scheme, lang)
        dates = _dates(identifier.valid_from, identifier.valid_to)
        facts.append(("identifier", f"{scheme} {identifier.value}{market}{dates}"))
    for name in record.names:
        kind = sentence(firm.NameKind, name.kind, lang)
        facts.append(("name", f"{name.text} ({kind}, {name.language}){_dates(name.valid_from, name.valid_to)}"))
    facts += [("relation", text) for text in _relations(record, lang)]
    for entry in summary.restrictions:
        holder = sentence(firm.RestrictionHolder, entry.holder, lang)
        dates = _dates(entry.valid_from, entry.valid_to)
        facts.append(("restriction", f"{entry.list}: {entry.name_as_listed}, {holder}{dates}, {entry.citation}"))
    return [(name, value) for name, value in facts if value]


def _relations(record: firm.Firm, lang: Language) -> Iterator[str]:
    for relation in record.relations:
        text = relation_line(relation, lang)
        if relation.HasField("percentage"):
            text += f", {relation.percentage:g}%"
        yield text + _dates(relation.valid_from, relation.valid_to)


def _dates(start: str, end: str) -> str:
    return f" [{start or '…'} – {end or '…'}]" if start or end else ""
