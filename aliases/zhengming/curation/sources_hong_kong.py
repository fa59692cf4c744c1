"""Hong Kong listings: mainland firms become drafts, sure Hong Kong and foreign firms become decoys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from zhengming.aliases.model import Decoy, DecoyReason, FirmState, NameKind, Scheme
from zhengming.curation.decorations import plain_short_name, tidy_english
from zhengming.curation.draft import Draft, Facts
from zhengming.curation.fact_rows import fact_rows, iso_date
from zhengming.curation.fact_sources import first_key
from zhengming.curation.identity import legal_anchor
from zhengming.curation.keys import english_core, english_words
from zhengming.curation.mainland import Decision, HandList, Ruling, covered_firms, rule_hong_kong
from zhengming.curation.sectors import is_tech, sector_of_industry
from zhengming.engine.fold import has_han, name_key

_ENGLISH = ("name_en_full", "name_en_yahoo", "name_en_short", "name_en_vendor_caps", "name_zh_hans_short")
_MICS = {"SH": "XSHG", "SZ": "XSHE", "BJ": "BJSE"}
_OLD_HOLDER = (
    "name_en_full",
    "name_zh_hant_full",
    "name_en_yahoo",
    "name_en_vendor_caps",
    "isin",
    "isin_prefix",
    "figi",
)
_OLD_HOLDER_PLACE = ("country_hq", "city_en", "sector_en", "industry_en")


class HongKongListings:
    """The drafts by ticker; of a reused code the holder is asked for by date."""

    def __init__(self) -> None:
        self.drafts: dict[str, list[tuple[str, Draft | None]]] = defaultdict(list)

    def holder(self, ticker: str, day: str) -> Draft | None:
        """Return the draft that held a ticker on a day, or nothing when the holder is not covered."""
        found = None
        for since, draft in sorted(self.drafts.get(ticker, ()), key=lambda pair: pair[0]):
            if not since or not day or since[: len(day)] <= day:
                found = draft
        return found


def read_hong_kong(
    folder: Path,
    facts: Facts,
    a_share: dict[tuple[str, str], Draft],
    hand: HandList,
    covered: Mapping[str, str] = MappingProxyType({}),
) -> HongKongListings:
    """Add the mainland firms and decoys of `hk_listed.csv` to `facts`."""
    listings = HongKongListings()
    by_short, by_english = _a_share_names(a_share)
    rows = [
        _without_old_holder(row, facts)
        for row in fact_rows(folder, "hk_listed.csv", "ticker", "isin", "country_hq", "status", "source")
    ]
    reused = {row["ticker"] for row in rows if "code later used" in row["status"]}
    for row in rows:
        since = _since(row) if row["ticker"] in reused or row.get("reused") else ""
        twin = _a_share_twin(row, by_short, by_english)
        if twin and not row["a_share_ticker"]:
            row["a_share_ticker"] = twin
            facts.report(
                "joined", row["ticker"], f"{row['name_zh_hans_short']} with A share {twin}: same short and English name"
            )
        ruling = rule_hong_kong(row, hand, covered)
        if ruling.decision is Decision.MAINLAND:
            draft = _draft(row, ruling, facts)
            draft.anchors |= {f"ID:{firm_id}" for firm_id in covered_firms(row, covered)}
            _link_a_share(draft, row, a_share, facts)
            facts.drafts.append(draft)
            listings.drafts[row["ticker"]].append((since, draft))
            continue
        listings.drafts[row["ticker"]].append((since, None))
        if ruling.decision is Decision.ELSEWHERE:
            _add_decoys(row, ruling, facts)
        else:
            facts.report(
                "undecided",
                f"XHKG:{row['ticker']}",
                f"{row['name_zh_hans_short'] or row['name_zh_hant_full']} / {row['name_en_full'] or row['name_en_short']}: {ruling.reason}",
            )
    return listings


def _draft(row: dict[str, str], ruling: Ruling, facts: Facts) -> Draft:
    draft = Draft(set(), rank=2)
    names, codes = first_key(facts, row["source"], "h1", "h4", "h2"), first_key(facts, row["source"], "h2", "h4", "h1")
    shorts = first_key(facts, row["source"], "h3", "h4", "h6", "h1")
    gone = row["status"].startswith("gone")
    sector = sector_of_industry(row["industry_en"], row["industry_zh"])
    chinese = row["name_zh_hant_full"] if has_han(row["name_zh_hant_full"]) else ""
    short = plain_short_name(row["name_zh_hans_short"])
    draft.set(
        display_zh=short if has_han(short) else chinese,
        display_en=plain_short_name(tidy_english(next(filter(None, (row[column] for column in _ENGLISH)), ""))),
        sector=sector,
        industry=row["industry_zh"] or row["industry_en"],
        city=row["city_en"] if row["country_hq"] == "China" else "",
        website=row["website"]
        .removeprefix("http://")
        .removeprefix("https://")
        .removeprefix("www.")
        .split("/")[0]
        .lower(),
        scope=ruling.reason,
    )
    draft.tech = is_tech(sector)
    draft.state = FirmState.UNKNOWN if gone else FirmState.ACTIVE
    last = row["last_seen"] if gone else ""
    draft.add_identifier(
        Scheme.TICKER, row["ticker"], codes, mic="XHKG", valid_from=iso_date(row["list_date"]), valid_to=last
    )
    draft.add_identifier(Scheme.ISIN, row["isin"].strip(), codes)
    draft.add_identifier(Scheme.FIGI, row["figi"], first_key(facts, row["source"], "f1"))
    draft.add_name(chinese, "zh-Hant-HK", NameKind.LEGAL, names)
    draft.add_name(tidy_english(row["name_en_full"]), "en", NameKind.LEGAL, names)
    if chinese:
        draft.anchors.add(legal_anchor(chinese))
    draft.add_name(short, "zh-Hans" if has_han(short) else "en", NameKind.TRADING, shorts)
    draft.add_name(plain_short_name(row["name_en_short"]), "en", NameKind.TRUNCATED, codes)
    if row["name_en_yahoo"]:
        draft.add_name(
            tidy_english(row["name_en_yahoo"]), "en", NameKind.TRANSLATION, first_key(facts, row["source"], "f1")
        )
    if row["name_en_vendor_caps"]:
        draft.add_name(row["name_en_vendor_caps"], "en", NameKind.TRUNCATED, first_key(facts, row["source"], "h5"))
    return draft


def _without_old_holder(row: dict[str, str], facts: Facts) -> dict[str, str]:
    """Drop the full names of an earlier holder of the code: they were last seen before the present firm was listed."""
    if row["list_date"] and row["last_seen"] and row["last_seen"] < iso_date(row["list_date"]):
        facts.report(
            "contradicted",
            f"XHKG:{row['ticker']}",
            f"{row['name_en_full']} held the code before {row['name_zh_hans_short']}",
        )
        row |= dict.fromkeys((*_OLD_HOLDER, *_OLD_HOLDER_PLACE), "")
        row |= {"status": "listed", "reused": "1", "last_seen": ""}
        if not row["name_en_short"].isascii():
            row["name_en_short"] = ""
    return row


def _since(row: dict[str, str]) -> str:
    return iso_date(row["list_date"]) or ("" if "code later used" in row["status"] else row["first_seen"])


def _a_share_names(a_share: dict[tuple[str, str], Draft]) -> tuple[dict[str, str], dict[str, str]]:
    """Return short-name and English-name keys → `ticker.suffix` of the only A share that has them."""
    suffixes = {mic: suffix for suffix, mic in _MICS.items()}
    shorts: dict[str, set[str]] = defaultdict(set)
    english: dict[str, set[str]] = defaultdict(set)
    for (mic, ticker), draft in a_share.items():
        code = f"{ticker}.{suffixes[mic]}"
        for name in draft.names:
            if name.kind is NameKind.TRADING and name.language == "zh-Hans":
                shorts[name_key(name.text)].add(code)
            elif name.kind is NameKind.LEGAL and name.language == "en":
                english[english_core(name.text)].add(code)
    return _single(shorts), _single(english)


def _single(index: dict[str, set[str]]) -> dict[str, str]:
    return {key: next(iter(codes)) for key, codes in index.items() if key and len(codes) == 1}


def _a_share_twin(row: dict[str, str], by_short: dict[str, str], by_english: dict[str, str]) -> str:
    """Return the A share with the same English legal name, or the same short name when no English name contradicts."""
    short = by_short.get(name_key(row["name_zh_hans_short_clean"] or "-"), "")
    english = by_english.get(english_core(row["name_en_full"]) or "-", "")
    if english and (not short or short == english):
        return english
    mainland_form = not row["name_en_full"] or "ltd" in english_words(row["name_en_full"])
    if short and mainland_form and not row["country_hq"] and row["list_date"] >= "2025":
        return short
    return short if short and row["isin"].startswith("CN") else ""


def _link_a_share(draft: Draft, row: dict[str, str], a_share: dict[tuple[str, str], Draft], facts: Facts) -> None:
    if not row["a_share_ticker"]:
        return
    ticker, _, suffix = row["a_share_ticker"].partition(".")
    mic = _MICS.get(suffix, "")
    if (mic, ticker) in a_share:
        draft.anchors.add(f"TICKER:{mic}:{ticker}")
    else:
        facts.report(
            "contradicted", f"XHKG:{row['ticker']}", f"names A share {row['a_share_ticker']}, which is not in the list"
        )


def _add_decoys(row: dict[str, str], ruling: Ruling, facts: Facts) -> None:
    source = first_key(facts, row["source"], "h1", "h2", "h3")
    home = ruling.reason
    reason = DecoyReason.HONG_KONG_GROUP if home.startswith(("Hong Kong", "Macau")) else DecoyReason.FOREIGN_FIRM
    english = tidy_english(row["name_en_full"])
    if not english or row["board"].endswith("(GEM)"):
        return
    label = f"{english} ({home}, XHKG:{row['ticker']})"
    texts = [(english, "en"), (row["name_zh_hant_full"], "zh-Hant-HK")]
    short = row["name_zh_hans_short_clean"]
    if has_han(short) and len(short) >= 3:
        texts.append((short, "zh-Hans"))
    for text, language in texts:
        if text and has_han(text) == language.startswith("zh"):
            facts.decoys.append(Decoy(text, language, label, reason, "", source))
