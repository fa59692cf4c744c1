"""What goes into the engine and what comes out: immutable values, one vocabulary with the contract.

What is made for every answer is a named tuple, the rest frozen dataclasses: making and hashing a named tuple costs a
quarter, and a known name is answered in the time that a few of them take (docs/decisions/0006-named-tuples.md).

Enum members carry the names of the contract's enum values without their prefix, so the server converts them by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import NamedTuple

from zhengming.aliases.model import DecoyReason, FirmKind, FirmState, NameKind, RelationType, Scheme


class Choice(Enum):
    """An enumeration whose members hash by identity: they stand in keys all the time, and Enum hashes their names in Python."""

    __hash__ = object.__hash__


class Outcome(Choice):
    """What a query ends as."""

    MATCH = auto()
    AMBIGUOUS = auto()
    NOT_FOUND = auto()


class NotFoundReason(Choice):
    """Why no firm was found."""

    NO_CANDIDATE = auto()
    BELOW_THRESHOLD = auto()
    TOO_GENERIC = auto()
    OUT_OF_SCOPE = auto()
    NOT_AN_ORGANIZATION = auto()
    POSSIBLE_AFFILIATE = auto()
    NOT_VALID_AT_DATE = auto()


class AmbiguityReason(Choice):
    """Why several firms may be meant."""

    SAME_NAME = auto()
    SHARED_SHORT_NAME = auto()
    PARENT_OR_SUBSIDIARY = auto()
    TICKER_WITHOUT_EXCHANGE = auto()
    IDENTIFIER_NAME_CONFLICT = auto()
    TIE = auto()


class Hint(Choice):
    """An extra field that would settle the query."""

    EXCHANGE = auto()
    CITY = auto()
    AS_OF = auto()
    PARENT_OR_SUBSIDIARY = auto()
    LEGAL_NAME = auto()
    IDENTIFIER = auto()


class Warning(Choice):
    """Something about the query that a reader should know."""

    HIDDEN_CHARACTERS_STRIPPED = auto()
    MIXED_SCRIPTS = auto()
    LOOK_ALIKE_CHARACTERS = auto()
    TRUNCATED_INPUT = auto()


class MatchType(Choice):
    """How the best name of a candidate was reached."""

    IDENTIFIER = auto()
    EXACT = auto()
    NORMALIZED = auto()
    SCRIPT_VARIANT = auto()
    PINYIN = auto()
    ABBREVIATION = auto()
    ACRONYM = auto()
    FUZZY = auto()


class Granularity(Choice):
    """Which record answers when a name belongs to a member of a group."""

    AS_NAMED = auto()
    GROUP = auto()
    LISTED_ISSUER = auto()


class Profile(Choice):
    """How sure an answer must be."""

    BALANCED = auto()
    HIGH_PRECISION = auto()
    HIGH_RECALL = auto()


class Scope(Choice):
    """Which firms may be the answer."""

    ALL = auto()
    TECH = auto()


class EvidenceCode(IntEnum):
    """One reason for or against a candidate; see the contract for the meaning of each.

    Integers, because sets of codes are made for every name that is compared and integers hash fastest.
    """

    TEXT_EQUAL = auto()
    FOLDED_EQUAL = auto()
    SCRIPT_FOLDED = auto()
    LOOK_ALIKE_FOLDED = auto()
    LISTING_DECORATION = auto()
    LEGAL_FORM_DIFFERS = auto()
    LEGAL_FORM_FOREIGN = auto()
    ORDER_DIFFERS = auto()
    BRAND_EQUAL = auto()
    BRAND_CONTAINED = auto()
    BRAND_SIMILAR = auto()
    BRAND_CONTRADICTS = auto()
    PLACE_EQUAL = auto()
    PLACE_MISSING = auto()
    PLACE_MISMATCH = auto()
    TRADE_EQUAL = auto()
    TRADE_MISSING = auto()
    TRADE_DIFFERS = auto()
    ONLY_GENERIC_SHARED = auto()
    PINYIN_EQUAL_HAN_DIFFERS = auto()
    PINYIN_TYPED = auto()
    ACRONYM_DERIVED = auto()
    TRUNCATED = auto()
    EDIT_1 = auto()
    EDIT_2 = auto()
    EDIT_MANY = auto()
    FORMER_NAME = auto()
    NAME_VALID_AT_DATE = auto()
    NAME_NOT_VALID_AT_DATE = auto()
    NAME_SHARED = auto()
    NAME_WEAK = auto()
    IDENTIFIER_EQUAL = auto()
    IDENTIFIER_CONTRADICTS = auto()
    BRANCH = auto()
    CONTEXT_AGREES = auto()
    CONTEXT_DISAGREES = auto()
    CO_MENTION = auto()
    GRANULARITY_RAISED = auto()
    CORE_EQUAL = auto()
    PLACE_ADDED = auto()
    TRADE_ADDED = auto()
    GROUP_WORD_DIFFERS = auto()
    NUMBER_DIFFERS = auto()
    GROUP_WORD_ADDED = auto()
    ABBREVIATION_DERIVED = auto()
    NAME_USUAL = auto()
    CHARACTER_SLIPPED = auto()
    SOUND_NEAR = auto()
    SHAPE_SIMILAR = auto()


class NameRelation(Choice):
    """What two names are to each other."""

    SAME_FIRM = auto()
    SAME_GROUP = auto()
    DIFFERENT_FIRMS = auto()
    UNDECIDED = auto()


class ComparisonBasis(Choice):
    """What the relation of two names rests on."""

    BY_TABLE = auto()
    BY_NAMES = auto()


class Stage(Choice):
    """A step of the search for a query's firm."""

    IDENTIFIER = auto()
    EQUAL_NAME = auto()
    DECOY = auto()
    LOOK_ALIKE = auto()
    EQUAL_CORE = auto()
    INITIALS = auto()
    DERIVED_KEYS = auto()
    NEAR_NAMES = auto()
    BRAND_OWNERS = auto()
    HELD_AGAINST_CODES = auto()


class Standing(Choice):
    """What became of one firm in the search."""

    IS_THE_ANSWER = auto()
    IS_A_CANDIDATE = auto()
    EXCLUDED_BY_DATE = auto()
    ANOTHER_FIRM_HAS_THE_NAME = auto()
    CONTRADICTED = auto()
    NOT_SURE_ENOUGH = auto()
    NOTHING_IN_COMMON = auto()
    REFUSED_AS_DECOY = auto()


class RestrictionHolder(Choice):
    """Which record a restriction stands on, seen from the firm in the answer."""

    FIRM = auto()
    PARENT = auto()
    SUBSIDIARY = auto()


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a firm in another system: from the table, or from a query (`scheme` None: any that the form fits)."""

    scheme: Scheme | None
    value: str
    mic: str = ""
    valid_from: str = ""
    valid_to: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What the caller knows besides the name. Empty fields say nothing."""

    language: str = ""
    country: str = ""
    city: str = ""
    exchange: str = ""
    identifiers: tuple[Code, ...] = ()
    co_mentions: tuple[str, ...] = ()
    as_of: str = ""
    """ISO 8601 day. Empty: names of all times compete."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to answer."""

    granularity: Granularity = Granularity.AS_NAMED
    profile: Profile = Profile.BALANCED
    min_confidence: float | None = None
    """Least confidence of a MATCH, 0 to 1, instead of the profile's."""
    max_candidates: int = 3
    """Candidates to return, 0 to 20."""
    scope: Scope = Scope.ALL


NO_CONTEXT = Context()
DEFAULT_OPTIONS = Options()


@dataclass(frozen=True, slots=True)
class FirmReference:
    """A firm named in passing."""

    id: str
    display_zh: str
    display_en: str


class MatchedName(NamedTuple):
    """A name of a firm, as a source writes it."""

    text: str
    language: str
    kind: NameKind
    valid_from: str
    valid_to: str
    shared: bool
    source: str


@dataclass(frozen=True, slots=True)
class RestrictionEntry:
    """An entry on a restriction list that concerns a firm, its parents or its subsidiaries."""

    list: str
    name_as_listed: str
    valid_from: str
    valid_to: str
    citation: str
    list_as_of: str
    holder: RestrictionHolder
    listed_firm: FirmReference | None
    """The listed firm, when it is not the firm itself."""


@dataclass(frozen=True, slots=True)
class RelationEntry:
    """A tie between two firms."""

    type: RelationType
    from_firm: FirmReference
    to_firm: FirmReference
    valid_from: str
    valid_to: str
    percentage: float | None
    basis: str


@dataclass(frozen=True, slots=True)
class FirmRecord:
    """Everything that the snapshot tells about a firm."""

    id: str
    display_zh: str
    display_en: str
    kind: FirmKind
    sector: str
    industry: str
    tech: bool
    country: str
    city: str
    founded: str
    website: str
    state: FirmState
    scope: str
    identifiers: tuple[Code, ...]
    names: tuple[MatchedName, ...]
    """Displayable names, best first; no generated forms and no bad conversions."""
    parent: FirmReference | None
    group: FirmReference | None
    """Top of the chain of parents, where it is another firm."""
    relations: tuple[RelationEntry, ...]
    restrictions: tuple[RestrictionEntry, ...]
    """Own entries first, then those of parents and of subsidiaries."""


class Evidence(NamedTuple):
    """One reason for or against a candidate. Spans are half-open ranges of code points, or None."""

    code: EvidenceCode
    contribution: float
    query_span: tuple[int, int] | None = None
    name_span: tuple[int, int] | None = None


class Candidate(NamedTuple):
    """A firm that could be meant."""

    firm_id: str
    score: float
    """0 to 100, deterministic, for order only."""
    confidence: float
    """0 to 1, calibrated."""
    match_type: MatchType
    matched_name: MatchedName | None
    """None when the firm was reached by an identifier alone."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class DecoyHit:
    """The known name that a query was recognised as, and refused."""

    label: str
    reason: DecoyReason
    owner: FirmReference | None


@dataclass(frozen=True, slots=True)
class Parts:
    """The parsed parts of the query, in folded form."""

    places: tuple[str, ...]
    brand: str
    trades: tuple[str, ...]
    legal_form: str
    branch: str


class Resolution(NamedTuple):
    """The answer to one query.

    `firm_id`, `confidence`, `match_type` and `matched_name` belong to the answer and are set only on MATCH.
    """

    outcome: Outcome
    firm_id: str = ""
    confidence: float = 0.0
    match_type: MatchType | None = None
    matched_name: MatchedName | None = None
    evidence: tuple[Evidence, ...] = ()
    """Reasons for the answer; the same as its candidate's. Only on MATCH."""
    candidates: tuple[Candidate, ...] = ()
    not_found_reason: NotFoundReason | None = None
    ambiguity_reason: AmbiguityReason | None = None
    hints: tuple[Hint, ...] = ()
    margin: float = 0.0
    query_normalized: str = ""
    warnings: tuple[Warning, ...] = ()
    decoy: DecoyHit | None = None


class Step(NamedTuple):
    """One step that the search took."""

    stage: Stage
    names_found: int
    """Names of the table (holders, for a code; labels, for a decoy) that the step brought up."""
    candidates: tuple[Candidate, ...]
    """The best few firms after the step, best first, and why; empty where the step does not rank."""
    ended: bool
    """Whether the search ended here."""


class AboutFirm(NamedTuple):
    """Why a firm is the answer, or why not."""

    firm_id: str
    standing: Standing
    candidate: Candidate | None
    """The firm by its best name. None when no name of it can be held against the query."""
    threshold: float
    """Least confidence of a MATCH, 0 to 1."""


class Explanation(NamedTuple):
    """The full trace of one query."""

    resolution: Resolution
    parts: Parts
    steps: tuple[Step, ...]
    """In the order in which the search took them."""
    about: AboutFirm | None
    """Only when a firm was asked about."""


class NameComparison(NamedTuple):
    """What two names are to each other, and why."""

    relation: NameRelation
    confidence: float
    """0 to 1, calibrated probability that both are names of one firm."""
    basis: ComparisonBasis
    evidence: tuple[Evidence, ...]
    """Reasons of comparing one name as a form of the other."""
    second_is_form: bool
    """The evidence reads the second name as a form of the first; else the first as one of the second."""
    first: Resolution | None
    """What the table says of each name. None without the table."""
    second: Resolution | None
    first_parts: Parts
    second_parts: Parts


@dataclass(frozen=True, slots=True)
class NameHit:
    """A firm found by searching or completing, and the name by which."""

    firm_id: str
    matched_name: MatchedName


@dataclass(frozen=True, slots=True)
class CodeHit:
    """A firm and the identifier that it holds or held."""

    firm_id: str
    code: Code
