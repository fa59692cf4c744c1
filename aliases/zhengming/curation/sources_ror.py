"""Research organisations of ROR (CC0): Wikidata items, websites, and Chinese names and acronyms of institutes.

ROR names a firm by its brand and mixes a group with its companies, so one equal name is not enough: a second witness
(city, website, another name, a full name with its legal form) must speak for a company, and no name of the record may
be another firm's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.codes import is_wikidata_item
from zhengming.aliases.model import Ambiguity, NameKind, Scheme
from zhengming.curation.crosswalk_index import CrosswalkIndex, Role, key_of
from zhengming.curation.fact_rows import fact_rows
from zhengming.curation.fact_sources import BY_KEY
from zhengming.curation.keys import has_english_form
from zhengming.curation.places import city_name
from zhengming.curation.publishers.intake import Intake, OfferedName
from zhengming.curation.publishers.scripts import chinese_tag
from zhengming.engine.fold import has_han

_COUNTRY_TAIL = re.compile(r"\s*\((China|People's Republic of China)\)$")
_INSTITUTION = re.compile(r"(大学|学院|学校|研究院|研究所|实验室|研究中心|科学院|中心)$")
_ACRONYM = re.compile(r"[A-Z][A-Z&-]{1,9}")
_FIRM_TYPES = frozenset({"company", "other"})
"""`other` is where ROR has banks; `government` mixes ministries with state groups."""


@dataclass(frozen=True, slots=True)
class _Record:
    ror_id: str
    name: str
    chinese: tuple[str, ...]
    aliases: tuple[str, ...]
    acronyms: tuple[str, ...]
    types: frozenset[str]
    city: str
    host: str
    item: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.chinese, *self.aliases)


def read_ror(
    folder: Path, file: str, index: CrosswalkIndex, intake: Intake, left_out: dict[tuple[str, str], str]
) -> None:
    """Offer what ROR says of the firms of the table."""
    records = [
        _record(row)
        for row in fact_rows(
            folder, file, "ror_id", "name_en", "names_zh", "aliases", "acronyms", "types", "country", "city", "website",
            "wikidata_qid", "status",
        )
        if row["status"] == "active" and row["country"] in ("CN", "HK", "MO")
    ]  # fmt: skip
    items = Counter(record.item for record in records)
    hosts = Counter(record.host for record in records)
    names = Counter(key_of(record.name) for record in records)
    claims: dict[str, list[_Record]] = defaultdict(list)
    for record in records:
        firm_id, reason = _holder(record, index)
        if firm_id and names[key_of(record.name)] > 1:
            reason = "several organisations of ROR have this name"
        if firm_id and not reason:
            claims[firm_id].append(record)
        elif reason:
            _report(intake, record, reason)
    for firm_id, claimants in sorted(claims.items()):
        if len(claimants) > 1:
            for record in claimants:
                _report(intake, record, f"{firm_id} has several records: {', '.join(one.name for one in claimants)}")
            continue
        record = claimants[0]
        if not record.item:
            pass
        elif reason := _why_no_item(record.item, items, left_out):
            _report(intake, record, reason)
        else:
            intake.offer_code(firm_id, Scheme.WIKIDATA, record.item, BY_KEY["x3"])
        if hosts[record.host] == 1 and (index.is_company(firm_id) or record.host.endswith(".cn")):
            intake.offer_website(firm_id, record.host)
        if not index.is_company(firm_id):
            _offer_names(firm_id, record, index, intake)


def _record(row: dict[str, str]) -> _Record:
    return _Record(
        ror_id=row["ror_id"],
        name=_COUNTRY_TAIL.sub("", row["name_en"]),
        chinese=tuple(text for text in _parts(row["names_zh"]) if has_han(text)),
        aliases=_parts(row["aliases"]),
        acronyms=_parts(row["acronyms"]),
        types=frozenset(_parts(row["types"])),
        city=city_name(row["city"].removesuffix(" Shi")),
        host=_host(row["website"]),
        item=row["wikidata_qid"],
    )


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(text for part in cell.split("|") if (text := part.strip()))


def _host(address: str) -> str:
    return address.split("://")[-1].removeprefix("www.").split("/")[0].lower()


def _holder(record: _Record, index: CrosswalkIndex) -> tuple[str, str]:
    """Return the firm that a record is about, and a reason when it may not be; two empty texts for a stranger."""
    by_chinese: set[str] = set()
    for text in record.chinese:
        full = index.holders(text, Role.LEGAL, Role.FORMER)
        called = {one for one in index.holders(text, Role.CALLED) if not index.is_company(one)}
        by_chinese |= full | called
    by_english = _alone(record.name, index)
    found = by_chinese or by_english
    if not found:
        return "", "no full name of it is a firm's alone" if record.item and _known(record, index) else ""
    if len(found) > 1:
        return "", f"its names are those of {', '.join(sorted(found))}"
    firm_id = next(iter(found))
    if index.is_company(firm_id) and not record.types & _FIRM_TYPES:
        return "", f"{firm_id} is a company, the record is none"
    for text in record.names:
        bearers = {bearer.firm_id for bearer in index.bearers(text)}
        if bearers and firm_id not in bearers:
            return "", f"{text} is a name of {', '.join(sorted(bearers))}, other names are those of {firm_id}"
    if not _has_witness(record, firm_id, bool(by_chinese), index):
        return "", f"only its name speaks for {firm_id}"
    return firm_id, ""


def _alone(name: str, index: CrosswalkIndex) -> set[str]:
    """Return the firm whose own English name this is, when no other firm bears it."""
    bearers = index.bearers(name)
    if len({bearer.firm_id for bearer in bearers}) != 1 or any(bearer.shared for bearer in bearers):
        return set()
    return {bearer.firm_id for bearer in bearers if bearer.role in (Role.LEGAL, Role.CALLED)}


def _known(record: _Record, index: CrosswalkIndex) -> bool:
    return any(index.bearers(text) for text in record.names)


def _has_witness(record: _Record, firm_id: str, by_chinese: bool, index: CrosswalkIndex) -> bool:
    firm = index.firms[firm_id]
    if by_chinese or (firm.city and firm.city == record.city):
        return True
    if not index.is_company(firm_id):
        return not firm.city
    full = has_english_form(record.name) and bool(index.english_legal_names(firm_id, record.name))
    same_site = bool(firm.website) and _host(firm.website) == record.host
    in_chinese = any(firm_id in {one.firm_id for one in index.bearers(text)} for text in record.chinese)
    return full or same_site or in_chinese


def _why_no_item(item: str, items: Counter[str], left_out: dict[tuple[str, str], str]) -> str:
    if not is_wikidata_item(item):
        return f"{item} is no Wikidata item"
    if items[item] > 1:
        return f"{item} stands at several records"
    return left_out.get(("WIKIDATA", item), "")


def _offer_names(firm_id: str, record: _Record, index: CrosswalkIndex, intake: Intake) -> None:
    """Offer an institute's Chinese name, where it has no full one and the record only one, and its acronyms as weak."""
    chinese = {text for text in record.chinese if chinese_tag(text) == "zh-Hans" and _INSTITUTION.search(text)}
    if len(chinese) == 1 and not index.chinese_legal_names(firm_id):
        name = OfferedName(next(iter(chinese)), "zh-Hans", NameKind.LEGAL, claimed=True)
        intake.offer_name(firm_id, name, BY_KEY["x3"])
    for text in record.acronyms:
        if _ACRONYM.fullmatch(text):
            name = OfferedName(text, "en", NameKind.ACRONYM, ambiguity=Ambiguity.WEAK, claimed=True)
            intake.offer_name(firm_id, name, BY_KEY["x3"])


def _report(intake: Intake, record: _Record, reason: str) -> None:
    intake.result.report("left out", f"ROR {record.ror_id} {record.item}".rstrip(), f"{record.name}: {reason}")
