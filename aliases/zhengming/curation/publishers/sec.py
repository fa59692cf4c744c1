"""The SEC's `company_tickers.json`: CIK and conformed name of firms that the table holds by CIK or by US ticker.

Tickers are used again by other firms. A record that only its ticker joins must therefore also carry a name that
resembles the firm's; otherwise it is reported.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from zhengming.aliases.firm_reference import US_MARKETS
from zhengming.aliases.model import NameKind, Scheme, Source, Table
from zhengming.curation.decorations import tidy_english
from zhengming.curation.draft import Facts, ImportRefused
from zhengming.curation.publishers.intake import Intake, OfferedName
from zhengming.curation.publishers.json_file import read_json
from zhengming.curation.publishers.publication import Publisher, owned_keys, publication_date

SEC = Publisher(
    "sec",
    "Company tickers",
    "US Securities and Exchange Commission (SEC)",
    "public domain",
    "https://www.sec.gov/files/company_tickers.json",
)
_CIK = re.compile(r"[1-9]\d{0,9}")
_REGISTRY_MARK = re.compile(r"\s*/[A-Z]{2,5}/?$")
"""What the SEC hangs on a conformed name: "/ADR/", "/CN/"."""


def read_sec(path: Path, as_of: str, table: Table) -> Facts:
    """Return what the SEC's list says of the firms of the table."""
    content = read_json(path)
    if not isinstance(content, dict) or all(map(_fault, content.values())):
        raise ImportRefused(f"{path}: is not the SEC's company_tickers.json. Give the file as the SEC offers it.")
    source = SEC.source(publication_date(path, as_of))
    intake = Intake(table, owned_keys(table, [SEC.stem]))
    strangers = 0
    for key, entry in content.items():
        where = f"{path.name}: entry {key}"
        if reason := _fault(entry):
            intake.bad_row(where, reason)
        elif firm_id := _holder(entry, where, intake):
            _offer(entry, firm_id, intake, source)
        else:
            strangers += 1
    intake.left_out(path.name, {"no firm of the table has its CIK, or its ticker and a like name": strangers})
    return intake.facts()


def _fault(entry: Any) -> str:
    if not isinstance(entry, dict):
        return "is not a JSON object"
    for field in ("cik_str", "ticker", "title"):
        if not str(entry.get(field) or "").strip():
            return f"has no {field}"
    return "" if _CIK.fullmatch(_cik(entry)) else f"{entry['cik_str']} is no CIK"


def _cik(entry: dict[str, Any]) -> str:
    return str(entry["cik_str"]).strip().lstrip("0")


def _holder(entry: dict[str, Any], where: str, intake: Intake) -> str:
    by_cik = intake.held.by_code(Scheme.CIK, _cik(entry))
    if len(by_cik) == 1:
        return next(iter(by_cik))
    ticker = str(entry["ticker"]).strip().upper()
    by_ticker = intake.held.by_code(Scheme.TICKER, ticker, *US_MARKETS)
    if len(by_ticker) != 1:
        return ""
    firm_id = next(iter(by_ticker))
    if intake.held.resembles(firm_id, str(entry["title"])):
        return firm_id
    intake.contradicted(where, f"{ticker} is a ticker of {firm_id}, and {entry['title']} here: renamed, or used again")
    return ""


def _offer(entry: dict[str, Any], firm_id: str, intake: Intake, source: Source) -> None:
    intake.offer_code(firm_id, Scheme.CIK, _cik(entry), source)
    title = tidy_english(_REGISTRY_MARK.sub("", str(entry["title"])))
    intake.offer_name(firm_id, OfferedName(title, "en", NameKind.LEGAL), source)
