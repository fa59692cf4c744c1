"""GLEIF's golden copy of Level 1 data (LEI-CDF 3.1) as CSV, zipped or not: LEI, USCC and names of firms of the table.

A record joins a firm by the LEI or the USCC that the table holds, else by the full Chinese name; records of branches and
funds, and records that GLEIF gave up as duplicates or errors, never do. The file has over three million records of more
than three hundred columns, so it is read as a stream and only the columns below are kept.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from zhengming.aliases.codes import is_lei, is_uscc
from zhengming.aliases.model import NameKind, Scheme, Source, Table
from zhengming.curation.decorations import tidy_english
from zhengming.curation.draft import Facts
from zhengming.curation.keys import has_english_form
from zhengming.curation.publishers.csv_records import BadLine, csv_records
from zhengming.curation.publishers.intake import Intake, OfferedName
from zhengming.curation.publishers.publication import Publisher, owned_keys, publication_date
from zhengming.curation.publishers.scripts import chinese_tag
from zhengming.engine.fold import has_han

GLEIF = Publisher(
    "gleif",
    "LEI golden copy, Level 1",
    "Global Legal Entity Identifier Foundation (GLEIF)",
    "CC0 1.0",
    "https://www.gleif.org/en/lei-data/gleif-golden-copy",
)
_LEI, _LEGAL = "LEI", "Entity.LegalName"
_COUNTRY, _SEAT = "Entity.LegalAddress.Country", "Entity.HeadquartersAddress.Country"
_NUMBER = "Entity.RegistrationAuthority.RegistrationAuthorityEntityID"
_CATEGORY, _STATUS = "Entity.EntityCategory", "Registration.RegistrationStatus"
_OTHER = "Entity.OtherEntityNames.OtherEntityName."
_ASCII = "Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName."
_NEEDED = (_LEI, _LEGAL, _COUNTRY, _NUMBER, _STATUS)
_GIVEN_UP = frozenset({"DUPLICATE", "ANNULLED", "CANCELLED", "RETIRED"})
_NO_FIRM = frozenset({"BRANCH", "FUND"})
_KINDS = {
    "ALTERNATIVE_LANGUAGE_LEGAL_NAME": NameKind.TRANSLATION,
    "TRADING_OR_OPERATING_NAME": NameKind.SHORT,
    "PREVIOUS_LEGAL_NAME": NameKind.FORMER,
    "PREFERRED_ASCII_TRANSLITERATED_LEGAL_NAME": NameKind.TRANSLATION,
}
"""Type of another name → kind. GLEIF's own automatic transliterations are no names."""


def read_gleif(path: Path, as_of: str, table: Table) -> Facts:
    """Return what a golden copy says of the firms of the table."""
    source = GLEIF.source(publication_date(path, as_of))
    intake = Intake(table, owned_keys(table, [GLEIF.stem]))
    passed: Counter[str] = Counter()
    for record in csv_records(path, _NEEDED, _is_wanted):
        where = f"{path.name}:{record.line}"
        if isinstance(record, BadLine):
            intake.bad_row(where, record.reason)
        elif firm_id := _holder(record.values, where, intake):
            _offer(record.values, firm_id, where, intake, source, passed)
        else:
            passed["no firm of the table has its LEI, USCC or full Chinese name"] += 1
    intake.left_out(path.name, passed)
    return intake.facts()


def _is_wanted(column: str) -> bool:
    return column in (*_NEEDED, _SEAT, _CATEGORY, f"{_LEGAL}.xmllang") or column.startswith((_OTHER, _ASCII))


def _holder(row: dict[str, str], where: str, intake: Intake) -> str:
    """Return the firm of the table that a record is about; two answers are reported and are none."""
    if not row[_LEI]:
        return ""
    held = intake.held
    found = held.by_code(Scheme.LEI, row[_LEI]) | held.by_code(Scheme.USCC, _uscc(row))
    for column, text in row.items():
        if has_han(text) and (column == _LEGAL or row.get(f"{column}.type") == "ALTERNATIVE_LANGUAGE_LEGAL_NAME"):
            found |= held.by_legal_name(text)
    if len(found) > 1:
        intake.contradicted(where, f"{row[_LEGAL]}: its codes and names point to {', '.join(sorted(found))}; not used")
    return next(iter(found)) if len(found) == 1 else ""


def _offer(row: dict[str, str], firm_id: str, where: str, intake: Intake, source: Source, passed: Counter[str]) -> None:
    if row.get(_CATEGORY) in _NO_FIRM or row[_STATUS] in _GIVEN_UP:
        passed["branch, fund, or LEI given up"] += 1
        return
    if not is_lei(row[_LEI]):
        intake.bad_row(where, f"{row[_LEI]} is no LEI with a right check digit")
        return
    if _is_chinese(row) and len(row[_NUMBER]) == 18 and not _uscc(row):
        intake.bad_row(where, f"{row[_NUMBER]} is no USCC with a right check digit; the rest of the row is taken")
    intake.offer_code(firm_id, Scheme.LEI, row[_LEI], source)
    intake.offer_code(firm_id, Scheme.USCC, _uscc(row), source)
    _offer_name(row[_LEGAL], row.get(f"{_LEGAL}.xmllang", ""), NameKind.LEGAL, firm_id, intake, source)
    for column, text in row.items():
        kind = _KINDS.get(row.get(f"{column}.type", ""))
        if kind and text:
            _offer_name(text, row.get(f"{column}.xmllang", ""), kind, firm_id, intake, source)


def _offer_name(text: str, tag: str, kind: NameKind, firm_id: str, intake: Intake, source: Source) -> None:
    if has_han(text):
        # A Chinese name in another language than the register's is as legal as the registered one.
        kind = NameKind.LEGAL if kind is NameKind.TRANSLATION else kind
        name = OfferedName(text, chinese_tag(text, tag), kind, claimed=True)
    elif kind is NameKind.TRANSLATION and not has_english_form(text):
        return  # Pinyin of the Chinese name, which the engine knows by itself.
    else:
        name = OfferedName(tidy_english(text), "en", kind)
    intake.offer_name(firm_id, name, source)


def _is_chinese(row: dict[str, str]) -> bool:
    return row[_COUNTRY] == "CN"


def _uscc(row: dict[str, str]) -> str:
    """Return the registration number when it is a USCC; elsewhere in the world eighteen characters mean nothing."""
    return row[_NUMBER] if _is_chinese(row) and is_uscc(row[_NUMBER]) else ""
