"""US listings of mainland firms, joined with their Hong Kong lines by English legal name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from zhengming.aliases.model import FirmState, NameKind, Scheme
from zhengming.curation.decorations import tidy_english
from zhengming.curation.draft import Draft, Facts, identifier_anchor
from zhengming.curation.fact_rows import fact_rows
from zhengming.curation.fact_sources import first_key
from zhengming.curation.identity import legal_anchor
from zhengming.curation.keys import english_core
from zhengming.curation.mainland import Decision, HandList, Ruling, covered_firms, rule_us
from zhengming.curation.sectors import is_tech, sector_of_industry, sector_of_name
from zhengming.engine.fold import has_han, name_key

_SCREENER = {"XNAS": "n1", "XNYS": "n2", "XASE": "n3"}
_TWINS_BY_HAND = {
    "HNP": "00902",
    "SHI": "00338",
    "ACH": "02600",
    "SNP": "00386",
    "LFC": "02628",
    "PTR": "00857",
    "CEO": "00883",
    "CEA": "00670",
    "ZNH": "01055",
    "ONC": "06160",
    "HTHT": "01179",
    "HX": "",
}
"""US line → Hong Kong line where the English names do not say it; empty = no twin."""


def read_us(
    folder: Path, facts: Facts, hand: HandList, covered: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Draft]:
    """Add the mainland firms of `us_listed_cn.csv` to `facts` and return their drafts by ticker."""
    twins, listed_names = _hong_kong_twins(facts), _short_names(facts)
    drafts: dict[str, Draft] = {}
    for row in fact_rows(
        folder, "us_listed_cn.csv", "exchange_mic", "ticker", "name_en", "country_nasdaq", "status", "source"
    ):
        if "^" in row["ticker"]:
            continue
        ruling = rule_us(row, hand, covered)
        if ruling.decision is not Decision.MAINLAND:
            facts.report("undecided", f"{row['exchange_mic']}:{row['ticker']}", f"{row['name_en']}: {ruling.reason}")
            continue
        draft = _draft(row, ruling, facts)
        draft.anchors |= {f"ID:{firm_id}" for firm_id in covered_firms(row, covered)}
        _join(draft, row, twins, facts)
        _add_chinese(draft, row, listed_names, facts)
        facts.drafts.append(draft)
        drafts[row["ticker"]] = draft
    return drafts


def _draft(row: dict[str, str], ruling: Ruling, facts: Facts) -> Draft:
    draft = Draft(set(), rank=3)
    key = first_key(facts, row["source"], _SCREENER[row["exchange_mic"]])
    gone = row["status"].startswith("gone")
    name = tidy_english(re.sub(r"( American Depositary Sh\w+| Class [A-Z] Shares| \(NV\))$", "", row["name_en"]))
    sector = sector_of_industry(row["industry_en"])
    sector = sector if sector != "other" else sector_of_name(name)
    draft.set(display_en=name, sector=sector, industry=row["industry_en"], city=row["city_en"], scope=ruling.reason)
    draft.set(
        website=row["website"].removeprefix("http://").removeprefix("https://").removeprefix("www.").split("/")[0]
    )
    draft.tech = is_tech(sector)
    draft.state = FirmState.UNKNOWN if gone else FirmState.ACTIVE
    draft.add_identifier(
        Scheme.TICKER, row["ticker"], key, mic=row["exchange_mic"], valid_to=row["last_seen"] if gone else ""
    )
    if row["cik"]:
        draft.add_identifier(Scheme.CIK, row["cik"].lstrip("0"), first_key(facts, row["source"], "s1"))
    draft.add_identifier(Scheme.ISIN, row["isin"], first_key(facts, row["source"], "f4", "f5", key))
    draft.add_name(name, "en", NameKind.LEGAL, key)
    draft.anchors |= {legal_anchor(name), f"US:{english_core(name)}"} - {""}
    if row["name_en_sec"]:
        draft.add_name(tidy_english(row["name_en_sec"]), "en", NameKind.LEGAL, first_key(facts, row["source"], "s1"))
    if row["name_en_vendor"]:
        draft.add_name(tidy_english(row["name_en_vendor"]), "en", NameKind.TRANSLATION, key)
    return draft


def _hong_kong_twins(facts: Facts) -> dict[str, str]:
    """Return English legal-name cores and tickers → the anchor of the only Hong Kong draft that has them."""
    index: dict[str, set[str]] = defaultdict(set)
    for draft in facts.drafts:
        ticker = next((line for line in draft.identifiers if line.mic == "XHKG"), None)
        if ticker is None:
            continue
        anchor = identifier_anchor(ticker)
        index[ticker.value].add(anchor)
        for name in draft.names:
            if name.kind is NameKind.LEGAL and name.language == "en":
                index[english_core(name.text)].add(anchor)
    return {core: next(iter(anchors)) for core, anchors in index.items() if core and len(anchors) == 1}


def _join(draft: Draft, row: dict[str, str], twins: dict[str, str], facts: Facts) -> None:
    by_hand = _TWINS_BY_HAND.get(row["ticker"])
    names = (
        [by_hand]
        if by_hand is not None
        else [english_core(row[column]) for column in ("name_en", "name_en_sec") if row[column]]
    )
    for name in names:
        if anchor := twins.get(name, ""):
            draft.anchors.add(anchor)
            facts.report("joined", f"{row['exchange_mic']}:{row['ticker']}", f"{row['name_en']} with {anchor}")
            return


def _short_names(facts: Facts) -> dict[str, set[str]]:
    """Return Chinese short-name keys → the labels of listed drafts, to see whether a vendor's name is another firm's."""
    index: dict[str, set[str]] = defaultdict(set)
    for draft in facts.drafts:
        for name in draft.names:
            if has_han(name.text) and name.kind in (NameKind.TRADING, NameKind.LEGAL):
                index[name_key(name.text)] |= draft.anchors
    return index


def _add_chinese(draft: Draft, row: dict[str, str], listed: dict[str, set[str]], facts: Facts) -> None:
    name = row["name_zh_hans"]
    if not name:
        return
    name = re.sub(r"(?<!有限)(?<!有限责任)公司$", "", name)
    if len(row["name_zh_hans"]) >= 10 and not row["name_zh_hans"].endswith("公司"):
        facts.report("dropped", row["ticker"], f"{row['name_zh_hans']}: cut by the vendor")
        return
    holders = listed.get(name_key(name), set())
    if holders and not holders & draft.anchors:
        facts.report("dropped", row["ticker"], f"{name}: vendor's name for it is another listed firm's")
        return
    draft.set(display_zh=name)
    draft.add_name(name, "zh-Hans", NameKind.SHORT, first_key(facts, row["source"], "n4"))
