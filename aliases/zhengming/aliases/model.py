"""The schema of the alias table: one frozen dataclass a file, one field a column.

Column order in the files is field order here; `load.py` and `check.py` read it from these classes, so a column is
named in one place only. Dates are ISO 8601 strings (`YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty = not known), because
many facts are known only to the month and an invented day would be a false precision. A `valid_to` is the last day
on which the fact held (inclusive).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class FirmKind(str, Enum):
    """What sort of thing the record is."""

    COMPANY = "COMPANY"
    INSTITUTE = "INSTITUTE"
    """A research institute or university that a restriction list names."""
    UNIT = "UNIT"
    """A part of a firm with a record of its own but no legal person of its own (a laboratory, a factory)."""


class FirmState(str, Enum):
    """Whether the firm still exists. An absorbed firm keeps its ID with state DISSOLVED."""

    ACTIVE = "ACTIVE"
    DISSOLVED = "DISSOLVED"
    UNKNOWN = "UNKNOWN"


class NameKind(str, Enum):
    """Why a string is a name of its firm. The order is the order of display preference."""

    LEGAL = "LEGAL"
    SHORT = "SHORT"
    BRAND = "BRAND"
    TRADING = "TRADING"
    """The short name under which an exchange lists the security, without listing decorations (ST, -U, -W)."""
    TRANSLATION = "TRANSLATION"
    PINYIN = "PINYIN"
    ACRONYM = "ACRONYM"
    NICKNAME = "NICKNAME"
    FORMER = "FORMER"
    NEWSWIRE = "NEWSWIRE"
    """A press form, such as "Moore Threads Intelligent Beijing Co."."""
    TRUNCATED = "TRUNCATED"
    """A form cut or abbreviated by an exchange, a vendor or a register."""
    MISSPELLING = "MISSPELLING"
    BAD_CONVERSION = "BAD_CONVERSION"
    """A wrong script conversion seen in the wild: found, never shown."""


class Ambiguity(str, Enum):
    """How far a name can stand alone."""

    NONE = ""
    SHARED = "shared"
    """More than one firm carries it; the mark stands on the line of every one of them."""
    SHARED_WORD = "shared_word"
    """Shared, and an everyday word too (曙光, 大唐)."""
    USUAL = "usual"
    """More than one firm carries it, and this one is meant nearly always (CRRC). The others' lines say `shared`."""
    COMMON_WORD = "common_word"
    """Also an everyday word (小米, 理想): safe in a name field, not in running text."""
    WEAK = "weak"
    """Too short or too generic to decide alone (three-letter acronyms on government lists)."""


SHARED_MARKS = frozenset((Ambiguity.SHARED, Ambiguity.SHARED_WORD))
"""Marks of a name that several firms carry, none of them meant more than another."""
WORD_MARKS = frozenset((Ambiguity.COMMON_WORD, Ambiguity.SHARED_WORD))
"""Marks of a name that is an everyday word too."""


class DateBasis(str, Enum):
    """How `valid_from` and `valid_to` are known. Exact dates decide; observed dates only re-rank."""

    NONE = ""
    EXACT = "exact"
    OBSERVED = "observed"


class Scheme(str, Enum):
    """Systems whose codes identify a firm."""

    TICKER = "TICKER"
    ISIN = "ISIN"
    LEI = "LEI"
    USCC = "USCC"
    """统一社会信用代码, GB 32100-2015."""
    CIK = "CIK"
    FIGI = "FIGI"
    WIKIDATA = "WIKIDATA"
    PERMID = "PERMID"


class RelationType(str, Enum):
    """A tie between two firms, read from `from_id` to `to_id`."""

    PARENT_OF = "PARENT_OF"
    SUCCESSOR_OF = "SUCCESSOR_OF"
    BRAND_OF = "BRAND_OF"


class DecoyReason(str, Enum):
    """Why a well-known name is refused."""

    FOREIGN_FIRM = "foreign_firm"
    TAIWAN_GROUP = "taiwan_group"
    HONG_KONG_GROUP = "hong_kong_group"
    MAINLAND_GROUP = "mainland_group"
    PRODUCT = "product"
    PERSON = "person"
    PLACE = "place"
    PUBLIC_BODY = "public_body"
    UNIVERSITY = "university"
    EVENT = "event"
    GENERIC_WORD = "generic_word"


@dataclass(frozen=True, slots=True, order=True)
class Firm:
    """A thing with a canonical ID."""

    id: str
    kind: FirmKind
    display_zh: str
    display_en: str
    sector: str
    industry: str
    tech: bool
    country: str
    """ISO 3166-1 alpha-2 of principal operations."""
    city: str
    founded: str
    website: str
    state: FirmState
    scope: str
    """Why the firm is covered: `a_share`, `isin_cn`, `headquarters`, `restriction_list` or `curated`."""
    note: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """One string by which a firm is or was called."""

    firm_id: str
    text: str
    language: str
    """BCP 47: zh-Hans, zh-Hant, zh-Hant-HK, zh-Hant-TW, en, zh-Latn-pinyin, ja, ko, ru."""
    kind: NameKind
    valid_from: str
    valid_to: str
    date_basis: DateBasis
    ambiguity: Ambiguity
    displayable: bool
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A code of a firm in another system."""

    firm_id: str
    scheme: Scheme
    value: str
    mic: str
    """ISO 10383 market code; for tickers only."""
    valid_from: str
    valid_to: str
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A tie between two firms."""

    from_id: str
    to_id: str
    type: RelationType
    valid_from: str
    valid_to: str
    percentage: str
    """Share held in percent, 0–100, where known."""
    basis: str
    """What the tie rests on (`controller`, `restriction_notice`, `curated`)."""
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Restriction:
    """A firm's entry on a restriction list."""

    firm_id: str
    list: str
    name_as_listed: str
    valid_from: str
    valid_to: str
    citation: str
    list_as_of: str
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Redirect:
    """An ID that is gone: joined with another record, or withdrawn (`new_id` empty)."""

    old_id: str
    new_id: str
    date: str
    reason: str


@dataclass(frozen=True, slots=True, order=True)
class Decoy:
    """A name that is recognised and refused."""

    text: str
    language: str
    label: str
    reason: DecoyReason
    owner_id: str
    """The covered firm behind a product, or empty."""
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where facts come from."""

    key: str
    title: str
    publisher: str
    licence: str
    as_of: str
    address: str
    """The publisher's own address of the list, where it has one."""
    via: str
    """The public repository, commit and path that it was read from, when not from the publisher itself."""


@dataclass(frozen=True, slots=True)
class Table:
    """The whole alias table, in file order."""

    firms: tuple[Firm, ...] = ()
    names: tuple[Name, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    relations: tuple[Relation, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    decoys: tuple[Decoy, ...] = ()
    sources: tuple[Source, ...] = ()
    version: str = field(default="", compare=False)
    """SHA-256 over the files, hexadecimal; empty for a table that was not read from files."""


LINE_TYPES: dict[str, type] = {
    "firms": Firm,
    "names": Name,
    "identifiers": Identifier,
    "relations": Relation,
    "restrictions": Restriction,
    "redirects": Redirect,
    "decoys": Decoy,
    "sources": Source,
}
"""File name without `.csv` → the dataclass of its lines."""
