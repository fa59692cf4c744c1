"""What goes into text linking and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from zhengming.aliases.model import RelationType
from zhengming.engine.answer import FirmReference, Granularity, Profile, Resolution, Scope


class InvalidText(ValueError):
    """A text that cannot be linked. `reason` is a stable upper-case word: EMPTY, TOO_LONG or INVALID_UNICODE."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class SignalCode(Enum):
    """One thing that speaks for or against a span naming a firm."""

    # By identity: every span looks its signals up in sets, and a hash of the name would cost more than all else there.
    __hash__ = object.__hash__

    NAME_FORM = auto()
    """What kind of string the name is: script, length, capitals."""
    LEGAL_FORM = auto()
    """The span ends in a legal form (有限公司, Co., Ltd.)."""
    COMMON_WORD = auto()
    """The name is also an everyday word."""
    LISTING_MARK = auto()
    """A listing mark stands on the name (*ST, -U, a share letter)."""
    PLACE_LIKE = auto()
    """The name ends as places end (金融街, 中关村)."""
    FINANCE_NEAR = auto()
    """Words of listed firms' news stand near."""
    WEAK_NAME = auto()
    """The table marks the name as unable to stand alone."""
    WORD_OVERLAP = auto()
    """Common words lie across the span's edge, or around it (美|团队, 小米粥)."""
    CODE_BESIDE = auto()
    """A ticker or other code of a candidate stands right behind the name."""
    FOREIGN_CODE_BESIDE = auto()
    """A ticker stands right behind the name, and nobody among the candidates holds it."""
    WORD_BEFORE = auto()
    """The words before are of the kind that stands before firms (收购, shares of)."""
    WORD_BEHIND = auto()
    """The words behind are of the kind that follows firms (宣布, CEO, said)."""
    LISTED_WITH_FIRMS = auto()
    """Stands in a row with other firms (、, and)."""
    CO_MENTION = auto()
    """A full name of the same firm stands elsewhere in the text."""
    SAME_SENSE = auto()
    """The same string surely names the firm elsewhere in the text."""
    FINANCIAL_TEXT = auto()
    """The text is about firms: other firms are surely named in it."""
    PART_OF_PRODUCT = auto()
    """Begins the name of a product or service (小米14, 百度地图)."""
    PART_OF_PLACE = auto()
    """Part of a street, a building, a stadium (理想国际大厦)."""
    PART_OF_PERSON = auto()
    """Part of a person's name (肖长虹)."""
    PART_OF_NAME = auto()
    """Part of a longer name: a body, a school, a team, a cup."""
    OTHER_SENSE = auto()
    """The words behind say that the name is something else here (the DJI index)."""
    IN_TITLE = auto()
    """Inside the title of a work (《…》) that says more."""
    NOT_CAPITALISED = auto()
    """A Latin name that the text writes in small letters."""


class Signal(NamedTuple):
    """A signal and what it adds, in log-odds."""

    code: SignalCode
    contribution: float


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """How to link."""

    profile: Profile = Profile.BALANCED
    """How sure a mention and its firm must be."""
    granularity: Granularity = Granularity.AS_NAMED
    scope: Scope = Scope.ALL
    max_candidates: int = 3
    """Candidates of each resolution, 0 to 20."""
    min_mention_confidence: float | None = None
    """Least confidence of a mention, 0 to 1, instead of the profile's."""
    min_confidence: float | None = None
    """Least confidence of a MATCH, 0 to 1, instead of the profile's."""
    as_of: str = ""
    """Day of the text, ISO 8601; decides between firms that carried a name at different times. Empty: not known."""


DEFAULT_LINK_OPTIONS = LinkOptions()


class Mention(NamedTuple):
    """A span of a text that names a firm."""

    start: int
    """Code point at which it starts."""
    end: int
    """Code point behind its last."""
    text: str
    """`text[start:end]`, exactly as the text has it."""
    mention_confidence: float
    """0 to 1: that a firm is named here."""
    resolution: Resolution
    """Which firm, as for a single name; refused mentions say why."""
    signals: tuple[Signal, ...]
    """Strongest first."""
    relevance: float
    """0 to 1: how much of the text is about its firm. 0 for mentions that are not linked."""


@dataclass(frozen=True, slots=True)
class FirmInText:
    """A firm that a text names."""

    firm_id: str
    relevance: float
    """0 to 1; all firms of a text together 1. How often, how early and in what company it is named."""
    mentions: tuple[int, ...]
    """Positions in `LinkedText.mentions`, in text order."""


@dataclass(frozen=True, slots=True)
class RelationInText:
    """A relation of the table between two firms that a text both names. Read from `from_firm` to `to_firm`."""

    type: RelationType
    from_firm: FirmReference
    to_firm: FirmReference


@dataclass(frozen=True, slots=True)
class LinkedText:
    """What was found in a text."""

    mentions: tuple[Mention, ...]
    """In text order, never overlapping."""
    firms: tuple[FirmInText, ...]
    """Most relevant first."""
    relations: tuple[RelationInText, ...]
