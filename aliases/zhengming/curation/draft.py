"""What an importer hands over: firms without IDs, pending ties, decoys, sources and findings for the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from zhengming.aliases.model import (
    Ambiguity,
    DateBasis,
    Decoy,
    Firm,
    FirmKind,
    FirmState,
    Identifier,
    Name,
    NameKind,
    RelationType,
    Restriction,
    Scheme,
    Source,
)
from zhengming.curation.decorations import tidy_signs

_FORMS_ALONE = frozenset(
    {"inc", "limited", "ltd", "corporation", "corp", "company", "co", "group", "holdings", "公司", "集团"}
)
DISPLAYABLE_KINDS = frozenset({NameKind.LEGAL, NameKind.SHORT, NameKind.BRAND, NameKind.TRADING, NameKind.TRANSLATION})


class ImportRefused(Exception):
    """The input cannot be used. The message is one sentence for the person, with what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One line of the report."""

    kind: str
    """`added`, `changed`, `joined`, `contradicted`, `undecided`, `left out`, `dropped`, `moved` or `shared`."""
    subject: str
    detail: str


@dataclass(slots=True)
class Draft:
    """A firm as one source shows it. Drafts with a common anchor are one firm; an anchor also finds its ID again."""

    anchors: set[str]
    kind: FirmKind = FirmKind.COMPANY
    fields: dict[str, str] = field(default_factory=dict)
    """Columns of `Firm` except id, kind, tech and state; empty values are left out."""
    tech: bool = False
    state: FirmState = FirmState.ACTIVE
    rank: int = 5
    """Whose fields win when drafts are joined: the lowest rank first."""
    names: list[Name] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)

    @property
    def label(self) -> str:
        """A name for reports."""
        return self.fields.get("display_zh") or self.fields.get("display_en") or min(self.anchors)

    def set(self, **fields: str) -> None:
        """Set firm columns; an empty value changes nothing."""
        self.fields.update(
            {
                column: tidy_signs(value) if column.startswith("display") else value
                for column, value in fields.items()
                if value
            }
        )

    def add_name(
        self,
        text: str,
        language: str,
        kind: NameKind,
        source: str,
        *,
        valid_from: str = "",
        valid_to: str = "",
        basis: DateBasis = DateBasis.NONE,
        ambiguity: Ambiguity = Ambiguity.NONE,
    ) -> None:
        """Add a name; an empty text, or one of nothing but a legal form, is ignored."""
        text = tidy_signs(text)
        if text and text.casefold().strip(" .,") not in _FORMS_ALONE:
            if language == "en" and kind is not NameKind.LEGAL and _is_tiny(text) and not source.startswith("curated"):
                ambiguity = Ambiguity.WEAK
            shown = kind in DISPLAYABLE_KINDS
            dated = basis if valid_from or valid_to else DateBasis.NONE
            self.names.append(Name("", text, language, kind, valid_from, valid_to, dated, ambiguity, shown, source))

    def add_identifier(
        self, scheme: Scheme, value: str, source: str, *, mic: str = "", valid_from: str = "", valid_to: str = ""
    ) -> None:
        """Add an identifier and the anchor that it gives; an empty value is ignored.

        A FIGI is an instrument's and joins nothing: the one list that has them gives some to two firms.
        """
        if value:
            line = Identifier("", scheme, value, mic, valid_from, valid_to, source)
            self.identifiers.append(line)
            if scheme is not Scheme.FIGI:
                self.anchors.add(identifier_anchor(line))


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation that waits for IDs: one end is a draft, the other is known by its name or its ID."""

    name: str
    """The parent of a PARENT_OF tie, the absorbed firm of a SUCCESSOR_OF tie."""
    anchor: str
    """An anchor of the draft at the other end."""
    basis: str
    source: str
    type: RelationType = RelationType.PARENT_OF


@dataclass(slots=True)
class Facts:
    """Everything that one importer found."""

    drafts: list[Draft] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    decoys: list[Decoy] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def report(self, kind: str, subject: str, detail: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(kind, subject, detail))


def _is_tiny(text: str) -> bool:
    """Tell whether a list's Latin name has three letters or fewer: too little to decide alone."""
    return len("".join(filter(str.isalnum, text))) <= 3


def identifier_anchor(line: Identifier) -> str:
    """Return the anchor of an identifier. A closed ticker anchors with its last day, because codes are reused."""
    return ":".join(filter(None, (line.scheme.value, line.mic, line.value, line.valid_to)))


def join_fields(drafts: Iterable[Draft]) -> dict[str, str]:
    """Return the firm columns of joined drafts: the best-ranked draft that has a value decides each column."""
    joined: dict[str, str] = {}
    for draft in sorted(drafts, key=lambda draft: draft.rank, reverse=True):
        joined.update(draft.fields)
    return joined


def build_firm(firm_id: str, drafts: list[Draft]) -> Firm:
    """Return the firm line of joined drafts."""
    fields = join_fields(drafts)
    best = min(drafts, key=lambda draft: draft.rank)
    return Firm(
        id=firm_id,
        kind=best.kind,
        display_zh=fields.get("display_zh", ""),
        display_en=fields.get("display_en", ""),
        sector=fields.get("sector", "other"),
        industry=fields.get("industry", ""),
        tech=any(draft.tech for draft in drafts),
        country=fields.get("country", "CN"),
        city=fields.get("city", ""),
        founded=fields.get("founded", ""),
        website=fields.get("website", ""),
        state=FirmState.ACTIVE if any(draft.state is FirmState.ACTIVE for draft in drafts) else best.state,
        scope=fields.get("scope", "curated"),
        note=fields.get("note", ""),
    )
