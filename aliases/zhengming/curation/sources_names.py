"""Former names and spelling variants of listed firms."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.model import Ambiguity, DateBasis, FirmState, Name, NameKind
from zhengming.curation.decorations import plain_short_name, tidy_english, without_said_short
from zhengming.curation.draft import Draft, Facts
from zhengming.curation.fact_rows import fact_rows, iso_date
from zhengming.curation.fact_sources import source_key
from zhengming.curation.keys import english_core
from zhengming.curation.sources_a_share import short_mark
from zhengming.curation.sources_hong_kong import HongKongListings
from zhengming.engine.fold import has_han, name_key

_LANGUAGES = {"zh-Hans": "zh-Hans", "zh-Hant": "zh-Hant-HK", "en": "en"}
_VARIANT_KINDS = {
    "hkex_short_en": NameKind.TRUNCATED,
    "hkex_short_zh_hant": NameKind.TRADING,
    "short": NameKind.TRADING,
    "vendor_long_name_caps": NameKind.TRUNCATED,
    "yahoo_long_name": NameKind.TRANSLATION,
    "sec_conformed_name": NameKind.LEGAL,
    "full_spelling_variant": NameKind.TRANSLATION,
    "vendor_long_name": NameKind.TRANSLATION,
}
_US = ("XNAS", "XNYS", "XASE")


@dataclass(slots=True)
class Listed:
    """Every draft that the name files can point to."""

    a_share: dict[tuple[str, str], Draft]
    hong_kong: HongKongListings
    us: dict[str, Draft]

    def find(self, mic: str, ticker: str, day: str) -> Draft | None:
        """Return the draft that held a code on a day (empty = the last holder)."""
        if mic == "XHKG":
            return self.hong_kong.holder(ticker, day)
        if mic in _US:
            return self.us.get(ticker)
        return self.a_share.get((mic, ticker))


def read_variants(folder: Path, facts: Facts, listed: Listed) -> None:
    """Add the spelling variants of `listed_name_variants.csv` that say something new."""
    for row in fact_rows(
        folder, "listed_name_variants.csv", "exchange_mic", "ticker", "name", "lang", "kind", "as_of", "source"
    ):
        kind = _VARIANT_KINDS.get(row["kind"])
        draft = listed.find(row["exchange_mic"], row["ticker"], row["as_of"])
        key = source_key(facts, row["source"])
        if draft is None or kind is None or not key:
            continue
        if _listed_since(draft, row["exchange_mic"], row["ticker"]) > row["as_of"]:
            facts.report(
                "dropped", f"{row['exchange_mic']}:{row['ticker']}", f"{row['name']}: seen before the firm was listed"
            )
            continue
        chinese = has_han(row["name"])
        mark = short_mark(plain_short_name(row["name"]), row["name"]) if chinese else Ambiguity.NONE
        text = (
            plain_short_name(row["name"])
            if row["kind"] in ("short", "hkex_short_zh_hant", "hkex_short_en")
            else tidy_english(row["name"])
        )
        text = re.sub(r" (Class [AB]|Ltd\. Class [AB])$", "", text)
        draft.add_name(text, _LANGUAGES[row["lang"]] if chinese else "en", kind, key, ambiguity=mark)


def read_former(folder: Path, facts: Facts, listed: Listed) -> None:
    """Add the earlier names of `former_names.csv`, without listing decorations, with their dates."""
    current_legal = _legal_holders(facts)
    muddled = _muddled_codes(folder)
    spans: dict[int, list[tuple[str, str, str, str, DateBasis, str, bool]]] = defaultdict(list)
    owners: dict[int, Draft] = {}
    for row in fact_rows(
        folder,
        "former_names.csv",
        "exchange_mic",
        "ticker",
        "name",
        "lang",
        "kind",
        "from",
        "to",
        "date_basis",
        "source",
    ):
        subject = f"{row['exchange_mic']}:{row['ticker']}"
        if "gap of" in row["date_basis"]:
            facts.report("dropped", subject, f"{row['name']}: {row['date_basis']}")
            continue
        first, last, basis = _dates(row)
        draft = listed.find(row["exchange_mic"], row["ticker"], last or first)
        key = source_key(facts, row["source"])
        if draft is None or not key:
            continue
        since = _listed_since(draft, row["exchange_mic"], row["ticker"])
        if row["exchange_mic"] == "XHKG" and last and since > last:
            facts.report("dropped", subject, f"{row['name']}: held by an earlier holder of the code")
            continue
        short = row["kind"] != "full"
        if not short and (row["exchange_mic"], row["ticker"]) in muddled:
            facts.report(
                "dropped", subject, f"{row['name']}: full name of somebody else, given for this code by mistake"
            )
            continue
        text = (
            plain_short_name(row["name"])
            if short
            else (without_said_short(row["name"]) if has_han(row["name"]) else tidy_english(row["name"]))
        )
        holders = current_legal.get(name_key(text), set())
        if not short and holders and not holders & draft.anchors:
            if row["exchange_mic"] in _US and (older := _gone_us(text, listed)):
                older.anchors.update(draft.anchors)
                age(older, last)
                facts.report("joined", subject, f"with its earlier line {text}")
                continue
            facts.report(
                "contradicted", subject, f"{text}: full name of another firm today; not taken as a former name"
            )
            continue
        stripped = short and short_mark(text, row["name"]) is Ambiguity.WEAK
        language = _LANGUAGES[row["lang"]] if has_han(text) else "en"
        owners[id(draft)] = draft
        spans[id(draft)].append((text, language, first, last, basis, key, stripped))
    for identity, draft in owners.items():
        for line in _joined_spans(spans[identity]):
            draft.names.append(line)


def _muddled_codes(folder: Path) -> set[tuple[str, str]]:
    """Return the codes whose earlier Chinese full names are somebody else's: one file mixed up its rows.

    Told by more than two full names from one file, or by a full name that begins with the short name of another code.
    """
    given: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    shorts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in fact_rows(folder, "former_names.csv", "exchange_mic", "ticker", "name", "lang", "kind", "source"):
        if row["kind"] == "full" and row["lang"] == "zh-Hans":
            given[row["exchange_mic"], row["ticker"], row["source"]].add(row["name"])
        elif row["kind"] == "short":
            shorts[name_key(plain_short_name(row["name"]))].add((row["exchange_mic"], row["ticker"]))
    muddled = {(mic, ticker) for (mic, ticker, _), names in given.items() if len(names) > 2}
    for (mic, ticker, _), names in given.items():
        beginnings = {name_key(name)[:length] for name in names for length in (3, 4, 5)}
        bearers: set[tuple[str, str]] = set().union(*(shorts.get(beginning, set()) for beginning in beginnings))
        if bearers and (mic, ticker) not in bearers:
            muddled.add((mic, ticker))
    return muddled


def _gone_us(name: str, listed: Listed) -> Draft | None:
    """Return the US line, gone from its list, that bore a name."""
    core = english_core(name)
    return next(
        (
            draft
            for draft in listed.us.values()
            if draft.state is not FirmState.ACTIVE and any(english_core(line.text) == core for line in draft.names)
        ),
        None,
    )


def age(draft: Draft, last: str) -> None:
    """Turn the legal names of an earlier line into former names."""
    draft.rank = 9
    draft.names = [
        dataclasses.replace(
            line,
            kind=NameKind.FORMER,
            valid_to=last,
            date_basis=DateBasis.OBSERVED if last or line.valid_from else DateBasis.NONE,
            displayable=False,
        )
        if line.kind is not NameKind.FORMER
        else line
        for line in draft.names
    ]


def _dates(row: dict[str, str]) -> tuple[str, str, DateBasis]:
    """Return first day, last day and basis of a former name."""
    if match := re.search(r"seen (\d{4}-\d\d(?:-\d\d)?)", row["to"]):
        return iso_date(row["from"]), match[1], DateBasis.OBSERVED
    basis = DateBasis.EXACT if row["date_basis"] == "exact" else DateBasis.OBSERVED
    return iso_date(row["from"]), iso_date(row["to"]), basis


def _joined_spans(spans: list[tuple[str, str, str, str, DateBasis, str, bool]]) -> list[Name]:
    """Join the spans of one name that follow each other: taking ST off gives the same name twice."""
    joined: list[tuple[str, str, str, str, DateBasis, str, bool]] = []
    for span in sorted(spans):
        text, language, first, last, basis, key, stripped = span
        if joined:
            before = joined[-1]
            if before[:2] == (text, language) and before[4] == basis and _follows(before[3], first):
                joined[-1] = (text, language, before[2], last, basis, before[5], before[6] and stripped)
                continue
        joined.append(span)
    lines = []
    for text, language, first, last, basis, key, stripped in joined:
        mark = Ambiguity.WEAK if stripped else Ambiguity.NONE
        if first and last and last < first:
            first = ""
        dated = basis if first or last else DateBasis.NONE
        lines.append(Name("", text, language, NameKind.FORMER, first, last, dated, mark, False, key))
    return lines


def _follows(last: str, first: str) -> bool:
    if len(last) != 10 or len(first) != 10:
        return False
    gap = datetime.date.fromisoformat(first) - datetime.date.fromisoformat(last)
    return gap.days <= 7


def _listed_since(draft: Draft, mic: str, ticker: str) -> str:
    if mic != "XHKG":
        return ""
    return next((line.valid_from for line in draft.identifiers if line.mic == mic and line.value == ticker), "")


def _legal_holders(facts: Facts) -> dict[str, set[str]]:
    holders: dict[str, set[str]] = defaultdict(set)
    for draft in facts.drafts:
        for name in draft.names:
            if name.kind is NameKind.LEGAL:
                holders[name_key(name.text)] |= draft.anchors
    return holders
