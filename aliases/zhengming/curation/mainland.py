"""Which Hong Kong and US listings are mainland firms: by rule, else by a hand list with a reason, else undecided."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType

from zhengming.aliases.model import NameKind, Table
from zhengming.curation.places import MAINLAND_CHINESE, MAINLAND_ENGLISH
from zhengming.engine.fold import name_key


class Decision(Enum):
    """What a listing is."""

    MAINLAND = "mainland"
    UNDECIDED = "undecided"
    ELSEWHERE = "elsewhere"
    """Surely a Hong Kong or foreign firm: a decoy."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision and the scope or reason that stands for it."""

    decision: Decision
    reason: str


HandList = dict[tuple[str, str], tuple[Ruling, str]]


def read_hand_list(path: Path | None = None) -> HandList:
    """Read `listings_by_hand.csv`: (MIC, ticker) → ruling and the name it was made for."""
    path = path or Path(__file__).parent / "listings_by_hand.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            (row["mic"], row["ticker"]): (Ruling(Decision(row["decision"]), row["reason"]), row["name"])
            for row in csv.DictReader(stream)
        }


def read_hand_joins(path: Path | None = None) -> dict[tuple[str, str], str]:
    """Read `joins_by_hand.csv`: (MIC, ticker) → the anchor of the firm that the line belongs to.

    A line of a restriction list has no MIC, and its name as listed instead of a ticker.
    """
    path = path or Path(__file__).parent / "joins_by_hand.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {(row["mic"], row["ticker"]): row["anchor"] for row in csv.DictReader(stream)}


def covered_names(table: Table) -> dict[str, str]:
    """Return the full names of firms that editors cover, as keys, with the firm: having written it down, they decided."""
    chosen = {firm.id for firm in table.firms if firm.scope == "curated"}
    bearers: dict[str, set[str]] = defaultdict(set)
    for name in table.names:
        if name.kind is NameKind.LEGAL and name.firm_id in chosen:
            bearers[name_key(name.text)].add(name.firm_id)
    return {key: min(firm_ids) for key, firm_ids in bearers.items() if len(firm_ids) == 1}


def covered_firms(row: dict[str, str], covered: Mapping[str, str]) -> set[str]:
    """Return the firms of `covered_names` that a Hong Kong or US line names in full."""
    texts = (row.get(column, "") for column in ("name_zh_hant_full", "name_en_full", "name_en"))
    return {covered[key] for text in texts if (key := name_key(text)) in covered}


def rule_hong_kong(row: dict[str, str], hand: HandList, covered: Mapping[str, str] = MappingProxyType({})) -> Ruling:
    """Decide a Hong Kong listing. The place of incorporation alone never decides. `covered`: see `covered_names`."""
    if row["isin"].startswith("CN"):
        return Ruling(Decision.MAINLAND, "isin_cn")
    if row["a_share_ticker"]:
        return Ruling(Decision.MAINLAND, "a_share")
    by_hand = hand.get((row["exchange_mic"], row["ticker"]))
    if by_hand and by_hand[1] in {row["name_zh_hans_short_clean"], row["name_en_short"], row["name_en_full"]}:
        scope = "curated" if by_hand[0].decision is Decision.MAINLAND else by_hand[0].reason
        return Ruling(by_hand[0].decision, scope)
    if row["country_hq"] == "China":
        return Ruling(Decision.MAINLAND, "headquarters")
    if covered_firms(row, covered):
        return Ruling(Decision.MAINLAND, "curated")
    if row["country_hq"] and not _sounds_mainland(row):
        return Ruling(Decision.ELSEWHERE, row["country_hq"])
    return Ruling(Decision.UNDECIDED, f"headquarters {row['country_hq'] or 'not stated'}")


def rule_us(row: dict[str, str], hand: HandList, covered: Mapping[str, str] = MappingProxyType({})) -> Ruling:
    """Decide a US listing. Acquisition shells are left out. `covered`: see `covered_names`."""
    if row["is_spac_like"] == "1" or "acquisition" in row["name_en"].lower():
        return Ruling(Decision.UNDECIDED, "acquisition shell")
    if by_hand := hand.get((row["exchange_mic"], row["ticker"])):
        scope = "curated" if by_hand[0].decision is Decision.MAINLAND else by_hand[0].reason
        return Ruling(by_hand[0].decision, scope)
    if row["country_nasdaq"] == "China" and "code now shows" not in row["status"]:
        return Ruling(Decision.MAINLAND, "headquarters")
    if row["country_nasdaq"] == "China" and row["website"].endswith(".cn"):
        return Ruling(Decision.MAINLAND, "headquarters")
    if "code now shows" not in row["status"] and covered_firms(row, covered):
        return Ruling(Decision.MAINLAND, "curated")
    return Ruling(Decision.UNDECIDED, f"country {row['country_nasdaq'] or 'not stated'}")


_MAINLAND_SOUND = frozenset(
    "中國国華华京滬沪粵粤浙蘇苏閩闽渝川湘鄂豫魯鲁晉晋陝陕隴桂黔滇瓊琼吉遼辽冀皖贛赣津民商銀银證证券科技生物醫医藥药"
    "電电子數数智網网能源環环航天芯光信息軟软件教育"
)
"""Characters of provinces, state groups and trades that mainland firms with a Hong Kong head office are often in."""


def _sounds_mainland(row: dict[str, str]) -> bool:
    """Tell whether a name may be a mainland firm's, so that a Hong Kong head office proves nothing.

    Rather too often than too seldom: what is not sure must not become a decoy.
    """
    chinese = row["name_zh_hant_full"] + row["name_zh_hans_short"]
    english = f"{row['name_en_full']} {row['name_en_short']}".lower()
    words = set(english.replace("(", " ").replace(")", " ").split())
    return (
        any(place in chinese for place in MAINLAND_CHINESE)
        or bool(words & (MAINLAND_ENGLISH | {"china", "chinese", "sino", "ch", "c"}))
        or row["website"].lower().rstrip("/").endswith(".cn")
        or bool(_MAINLAND_SOUND & set(chinese))
    )
