"""A-share firms: current list, delisted firms and moved codes of the fact folder."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from zhengming.aliases.model import Ambiguity, FirmState, NameKind, Scheme
from zhengming.curation.decorations import plain_short_name, tidy_english
from zhengming.curation.draft import Draft, Facts, Tie
from zhengming.curation.fact_rows import fact_rows, iso_date
from zhengming.curation.fact_sources import first_key, source_key
from zhengming.curation.identity import legal_anchor
from zhengming.curation.places import city_in_name, city_name
from zhengming.curation.sectors import is_tech, sector_of_industry
from zhengming.engine.fold import fold, name_key

_BEIJING_TRIAL = frozenset({"430489", "830799", "831445", "833819", "834682", "839167"})

_STAR_OPENED = "2019-07-22"
"""First day of trading on the STAR market (codes 688xxx)."""


def read_a_share(folder: Path, facts: Facts) -> dict[tuple[str, str], Draft]:
    """Add the firms of the A-share files to `facts` and return their drafts by MIC and ticker."""
    drafts: dict[tuple[str, str], Draft] = {}
    for row in fact_rows(
        folder, "a_share_listed.csv", "exchange_mic", "ticker", "name_zh_full", "name_zh_short", "source"
    ):
        key = source_key(facts, row["source"])
        if not key:
            facts.report("left out", row["ticker"], f"origin {row['source']} is not registered")
            continue
        drafts[row["exchange_mic"], row["ticker"]] = _listed(row, key, facts)
    wrong = _wrong_full_names(folder, drafts)
    for row in fact_rows(
        folder, "a_share_not_listed.csv", "exchange_mic", "ticker", "name_zh_full", "name_zh_short", "source"
    ):
        key = source_key(facts, row["source"])
        if key and (row["exchange_mic"], row["ticker"]) not in drafts:
            drafts[row["exchange_mic"], row["ticker"]] = _delisted(row, key, wrong, facts)
    _old_codes(folder, facts, drafts)
    facts.drafts += drafts.values()
    return drafts


def _listed(row: dict[str, str], key: str, facts: Facts) -> Draft:
    draft = Draft(set(), rank=1)
    sector = sector_of_industry(row["industry_zh"], row["industry_en"])
    short = _whole_short_name(row)
    english = tidy_english(row["name_en"])
    mark = short_mark(short, row["name_zh_short"])
    draft.set(
        display_zh=row["name_zh_full"] if mark is Ambiguity.WEAK else short,
        display_en=english,
        sector=sector,
        industry=row["industry_zh"],
        city=city_name(row.get("city_zh", ""), row["city_en"]) or city_in_name(row["name_zh_full"]),
        website=_host(row["website"]),
        scope="a_share",
    )
    draft.tech = is_tech(sector)
    draft.add_identifier(
        Scheme.TICKER, row["ticker"], key, mic=row["exchange_mic"], valid_from=iso_date(row["list_date"])
    )
    draft.add_name(row["name_zh_full"], "zh-Hans", NameKind.LEGAL, key)
    if row["name_zh_full"]:
        draft.anchors.add(legal_anchor(row["name_zh_full"]))
    newest = first_key(facts, row["source_extra"], "a2") if "short name" in row["source_extra"] else key
    draft.add_name(short, "zh-Hans", NameKind.TRADING, newest, ambiguity=mark)
    if name_key(short) != name_key(row["name_zh_short"]) and short == row["name_zh_short"].rstrip("ABH"):
        draft.add_name(row["name_zh_short"], "zh-Hans", NameKind.TRADING, newest)
    draft.add_name(english, "en", NameKind.LEGAL, key)
    if row["name_zh_hant_short"] or row["name_en_hkex_short"]:
        connect = first_key(facts, _origin_of_connect(row["exchange_mic"]))
        draft.add_name(
            plain_short_name(row["name_zh_hant_short"]), "zh-Hant-HK", NameKind.TRADING, connect, ambiguity=mark
        )
        draft.add_name(row["name_en_hkex_short"], "en", NameKind.TRUNCATED, connect)
    if row["isin"] or row["figi"]:
        finance = first_key(facts, row["source_extra"], "f2", "f3")
        draft.add_identifier(Scheme.ISIN, row["isin"], finance)
        draft.add_identifier(Scheme.FIGI, row["figi"], finance)
    if row["controller_zh"] and name_key(row["controller_zh"]) != name_key(row["name_zh_full"]):
        ticker_anchor = f"TICKER:{row['exchange_mic']}:{row['ticker']}"
        facts.ties.append(Tie(row["controller_zh"], ticker_anchor, "controller", key))
    return draft


def _delisted(row: dict[str, str], key: str, wrong: set[tuple[str, str]], facts: Facts) -> Draft:
    draft = Draft(set(), rank=2, state=FirmState.UNKNOWN)
    short = plain_short_name(row["name_zh_short"])
    mark = short_mark(short, row["name_zh_short"])
    draft.set(display_zh=row["name_zh_full"] if mark is Ambiguity.WEAK else short)
    draft.set(display_en=tidy_english(row["name_en"]), industry=row["industry_zh"], scope="a_share")
    draft.set(sector=sector_of_industry(row["industry_zh"]))
    if (row["exchange_mic"], row["ticker"]) not in wrong:
        draft.set(city=city_in_name(row["name_zh_full"]))
    draft.tech = is_tech(draft.fields["sector"])
    draft.add_identifier(
        Scheme.TICKER, row["ticker"], key, mic=row["exchange_mic"], valid_from=iso_date(row["list_date"])
    )
    draft.add_name(short, "zh-Hans", NameKind.TRADING, key, ambiguity=mark)
    if (row["exchange_mic"], row["ticker"]) in wrong:
        facts.report(
            "contradicted", row["ticker"], f"full name {row['name_zh_full']} is another firm's; short {short} kept"
        )
        return draft
    draft.add_name(row["name_zh_full"], "zh-Hans", NameKind.LEGAL, key)
    draft.add_name(tidy_english(row["name_en"]), "en", NameKind.LEGAL, key)
    draft.anchors.add(legal_anchor(row["name_zh_full"]))
    return draft


def _wrong_full_names(folder: Path, drafts: dict[tuple[str, str], Draft]) -> set[tuple[str, str]]:
    """Return delisted codes whose full name is another firm's, for the 2021 list has mixed up rows.

    Told by a full name that is known of another code and shares nothing with the short name, or by a STAR code that was
    listed before that market opened: 688086 (紫晶存储) has the name and the day of 603609, 辽宁禾丰牧业股份有限公司.
    """
    holders: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for code, draft in drafts.items():
        for name in draft.names:
            if name.kind is NameKind.LEGAL:
                holders[name_key(name.text)].add(code)
    for row in fact_rows(folder, "former_names.csv", "exchange_mic", "ticker", "name", "kind"):
        if row["kind"] == "full":
            holders[name_key(row["name"])].add((row["exchange_mic"], row["ticker"]))
    wrong = set()
    for row in fact_rows(folder, "a_share_not_listed.csv", "exchange_mic", "ticker", "name_zh_full", "name_zh_short"):
        code = (row["exchange_mic"], row["ticker"])
        others = holders[name_key(row["name_zh_full"])] - {code}
        if row["ticker"].startswith("688") and "" < row.get("list_date", "") < _STAR_OPENED:
            wrong.add(code)
        if others and not set(plain_short_name(row["name_zh_short"])) & set(row["name_zh_full"]) - set(
            "股份科技集团控"
        ):
            wrong.add(code)
    return wrong


def _old_codes(folder: Path, facts: Facts, drafts: dict[tuple[str, str], Draft]) -> None:
    for row in fact_rows(folder, "code_changes.csv", "exchange_mic", "old_ticker", "new_ticker", "source"):
        draft = drafts.get((row["exchange_mic"], row["new_ticker"]))
        if draft is None:
            facts.report("left out", row["old_ticker"], f"moved to {row['new_ticker']}, which is not in the list")
            continue
        first_day, last_day = _moved_on(row["exchange_mic"], row["old_ticker"], row["new_ticker"])
        draft.add_identifier(Scheme.TICKER, row["old_ticker"], first_key(facts, row["source"]), mic=row["exchange_mic"])
        _date_move(draft, row["old_ticker"], row["new_ticker"], first_day, last_day)
        old = drafts.get((row["exchange_mic"], row["old_ticker"]))
        if old is not None and old is not draft:
            facts.report("joined", row["new_ticker"], f"with its old code {row['old_ticker']}")
    for old_code in sorted(_BEIJING_TRIAL):
        # The sources lack these six moves; without them the new code would seem to run from the day of the listing.
        new_code = f"920{old_code[-3:]}"
        if moved := drafts.get(("BJSE", new_code)):
            _date_move(moved, old_code, new_code, *_moved_on("BJSE", old_code, new_code))


def _moved_on(mic: str, old: str, new: str) -> tuple[str, str]:
    """Return the first day of a new Beijing code and the last of the old one; empty where the day is not known.

    Beijing's notices: six firms on 2025-05-06 as a trial, all others on 2025-10-09.
    """
    if mic != "BJSE" or not new.startswith("920"):
        return "", ""
    return ("2025-05-06", "2025-05-05") if old in _BEIJING_TRIAL else ("2025-10-09", "2025-10-08")


def _date_move(draft: Draft, old: str, new: str, first_day: str, last_day: str) -> None:
    """Date both codes of a moved firm. Its anchors stay, so that its ID is found by either code."""
    for place, line in enumerate(draft.identifiers):
        if line.scheme is Scheme.TICKER and line.value == old and last_day:
            draft.identifiers[place] = replace(line, valid_to=last_day)
        elif line.scheme is Scheme.TICKER and line.value == new and first_day:
            draft.identifiers[place] = replace(line, valid_from=first_day)


def short_mark(plain: str, listed: str) -> Ambiguity:
    """Return `weak` for a two-character rest of a decorated name (*ST数码 → 数码): too generic to stand alone."""
    stripped = name_key(plain) != name_key(listed) and not listed.startswith(plain)
    return Ambiguity.WEAK if stripped and len(plain) <= 2 else Ambiguity.NONE


def _whole_short_name(row: dict[str, str]) -> str:
    """Return the short name; where XD, XR or DR pushed its last character out (XD长城科), the one of Hong Kong's list."""
    short = plain_short_name(row["name_zh_short"])
    whole = fold(plain_short_name(row["name_zh_hant_short"]))
    cut = row["name_zh_short"].startswith(("XD", "XR", "DR")) and len(whole) == len(short) + 1
    return whole if cut and whole.startswith(fold(short)) else short


def _origin_of_connect(mic: str) -> str:
    folder = "shanghai-connect" if mic == "XSHG" else "shenzhen-connect"
    return f"jacktth/ga-hk_stock_info@24e417b0b1e1:{folder}/date.json"


def _host(website: str) -> str:
    return (
        website.removeprefix("http://").removeprefix("https://").removeprefix("www.").split("/")[0].lower().strip(". ")
    )
