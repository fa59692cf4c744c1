"""Take a publisher's facts about firms that the table holds, and refuse those that would make it less precise.

A publisher adds to firms of the table, never firms. A name that is another firm's or a decoy's, a code that is another
firm's or a second one where a firm has one, and a name that the table holds as former (or present) where the publisher
says the reverse are reported and not added: a person decides, in a batch or in a names file.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from zhengming.aliases.model import (
    SHARED_MARKS,
    Ambiguity,
    DateBasis,
    FirmState,
    Identifier,
    Name,
    NameKind,
    Restriction,
    Scheme,
    Source,
    Table,
)
from zhengming.curation.draft import Draft, Facts
from zhengming.curation.publishers.held_firms import HeldFirms
from zhengming.engine.fold import name_key

ONE_A_FIRM = frozenset({Scheme.LEI, Scheme.USCC, Scheme.CIK, Scheme.WIKIDATA})
"""Schemes in which a firm has one code; it may have many tickers, ISINs and FIGIs."""
_LAST = 9
"""A rank behind all others, so that the columns of a firm that the table holds stay as they are."""


@dataclass(frozen=True, slots=True)
class OfferedName:
    """A name as a publisher gives it."""

    text: str
    language: str
    kind: NameKind
    valid_from: str = ""
    valid_to: str = ""
    ambiguity: Ambiguity = Ambiguity.NONE
    claimed: bool = False
    """Whether it may be another firm's or out of date: a government's alias, a label, a register entry not renewed."""


@dataclass(frozen=True, slots=True)
class _OfferedCode:
    scheme: Scheme
    value: str
    mic: str


class Intake:
    """Collects what a file says of each firm and hands it over as `Facts` when all of it is known."""

    def __init__(self, table: Table, owned: frozenset[str]) -> None:
        self.held = HeldFirms(table, owned)
        self.result = Facts()
        self._names: dict[str, list[tuple[OfferedName, Source]]] = defaultdict(list)
        self._codes: dict[str, list[tuple[_OfferedCode, Source]]] = defaultdict(list)
        self._restrictions: dict[str, list[Restriction]] = defaultdict(list)
        self._websites: dict[str, set[str]] = defaultdict(set)

    def bad_row(self, where: str, reason: str) -> None:
        """Report a row that cannot be used."""
        self.result.report("bad row", where, reason)

    def undecided(self, subject: str, detail: str) -> None:
        """Report what a person must decide."""
        self.result.report("needs a decision", subject, detail)

    def contradicted(self, subject: str, detail: str) -> None:
        """Report what speaks against the table, and is not added."""
        self.result.report("contradicted", subject, detail)

    def left_out(self, subject: str, counts: dict[str, int]) -> None:
        """Report how many rows were passed over, by reason. Rows are counted and not named: some are persons."""
        for reason, count in sorted(counts.items()):
            self.result.report("left out", subject, f"{count} rows: {reason}")

    def offer_name(self, firm_id: str, name: OfferedName, source: Source) -> None:
        """Offer a name of a firm; an empty one is ignored."""
        if name_key(name.text):
            self._names[firm_id].append((name, source))

    def offer_code(self, firm_id: str, scheme: Scheme, value: str, source: Source, mic: str = "") -> None:
        """Offer a code of a firm, with its check digit verified; an empty one is ignored."""
        if value:
            self._codes[firm_id].append((_OfferedCode(scheme, value, mic), source))

    def offer_website(self, firm_id: str, address: str) -> None:
        """Offer a website for a firm that has none."""
        site = address.split("://")[-1].removeprefix("www.").split("/")[0].lower()
        if site and not self.held.firms[firm_id].website:
            self._websites[firm_id].add(site)

    def offer_restriction(self, line: Restriction, source: Source) -> None:
        """Offer an entry of a restriction list, with the ID of its firm."""
        self._restrictions[line.firm_id].append(line)
        self.result.sources[source.key] = source

    def facts(self) -> Facts:
        """Return what may be added, as drafts of firms that the table holds, and every finding."""
        drafts: dict[str, Draft] = {}

        def draft(firm_id: str) -> Draft:
            if firm_id not in drafts:
                kind = self.held.firms[firm_id].kind
                # The merge lets the table's state stand against ACTIVE.
                drafts[firm_id] = Draft({f"ID:{firm_id}"}, kind=kind, rank=_LAST, state=FirmState.ACTIVE)
            return drafts[firm_id]

        for firm_id, name, source in self._names_to_add():
            self.result.sources[source.key] = source
            draft(firm_id).add_name(
                name.text,
                name.language,
                name.kind,
                source.key,
                valid_from=name.valid_from,
                valid_to=name.valid_to,
                basis=DateBasis.OBSERVED,
                ambiguity=name.ambiguity,
            )
        for firm_id, code, source in self._codes_to_add():
            self.result.sources[source.key] = source
            # Not `add_identifier`: its anchor would join two records of the table, which only a person may do.
            line = Identifier("", code.scheme, code.value, code.mic, "", "", source.key)
            draft(firm_id).identifiers.append(line)
        for firm_id, lines in sorted(self._restrictions.items()):
            # A list may give a party a row for each country; it is one entry.
            entries = {(line.list, line.name_as_listed, line.valid_from): line for line in sorted(lines, reverse=True)}
            draft(firm_id).restrictions += entries.values()
        for firm_id, sites in sorted(self._websites.items()):
            if len(sites) == 1:
                draft(firm_id).set(website=next(iter(sites)))
        self.result.drafts += [drafts[firm_id] for firm_id in sorted(drafts)]
        return self.result

    def _names_to_add(self) -> list[tuple[str, OfferedName, Source]]:
        claimants: dict[str, set[str]] = defaultdict(set)
        for firm_id, offers in self._names.items():
            for name, _ in offers:
                claimants[name_key(name.text)].add(firm_id)
        added: list[tuple[str, OfferedName, Source]] = []
        for firm_id, offers in sorted(self._names.items()):
            taken: set[tuple[str, str, str]] = set()
            for name, source in sorted(offers, key=_order):
                key = name_key(name.text)
                dates = (name.valid_from, name.valid_to) if name.kind is NameKind.FORMER else ("", "")
                if (key, *dates) in taken:
                    continue
                taken.add((key, *dates))
                if self._may_add(firm_id, name, claimants[key]):
                    added.append((firm_id, name, source))
        return added

    def _may_add(self, firm_id: str, name: OfferedName, claimants: set[str]) -> bool:
        bearers = self.held.bearers(name.text)
        others = sorted((set(bearers) | claimants) - {firm_id})
        subject = f"{firm_id} {name.text}"
        if own := bearers.get(firm_id):
            self._compare(subject, name, own)
            return False
        if label := self.held.decoy(name.text):
            self.undecided(subject, f"is refused as a decoy ({label}); not added")
        elif name.claimed and self._looks_like_another_firm(firm_id, name):
            self.undecided(subject, "is another legal name than the table's: renamed, or another firm; not added")
        elif others and name.ambiguity not in SHARED_MARKS:
            self.contradicted(
                subject, f"is a name of {', '.join(others)} too; not added, needs a decision: shared or one firm's"
            )
        else:
            return True
        return False

    def _looks_like_another_firm(self, firm_id: str, name: OfferedName) -> bool:
        whole = name.kind is not NameKind.FORMER and name.text.endswith("公司")
        return whole and self.held.has_chinese_legal_name(firm_id)

    def _compare(self, subject: str, name: OfferedName, own: list[Name]) -> None:
        """Report where the publisher sees a name that the firm has already in another light."""
        former = {line.kind is NameKind.FORMER for line in own}
        if former == {True} and name.kind is not NameKind.FORMER:
            self.contradicted(subject, "is a former name in the table, and current for the publisher; left as it is")
        elif former == {False} and name.kind is NameKind.FORMER:
            self.contradicted(subject, "is a current name in the table, and former for the publisher; left as it is")
        elif name.valid_from + name.valid_to and not any(line.valid_from + line.valid_to for line in own):
            self.undecided(
                subject, f"has dates here ({name.valid_from} to {name.valid_to}) and none in the table; left as it is"
            )

    def _codes_to_add(self) -> list[tuple[str, _OfferedCode, Source]]:
        claimants: dict[_OfferedCode, set[str]] = defaultdict(set)
        for firm_id, offers in self._codes.items():
            for code, _ in offers:
                claimants[code].add(firm_id)
        added: list[tuple[str, _OfferedCode, Source]] = []
        for firm_id, offers in sorted(self._codes.items()):
            offered = dict(reversed(offers))
            for code in sorted(offered, key=lambda code: (code.scheme.value, code.mic, code.value)):
                if self._may_have(firm_id, code, claimants[code], offered):
                    added.append((firm_id, code, offered[code]))
        return added

    def _may_have(
        self, firm_id: str, code: _OfferedCode, claimants: set[str], offered: dict[_OfferedCode, Source]
    ) -> bool:
        subject = f"{firm_id} {code.scheme.value} {code.value}"
        holders = self.held.by_code(code.scheme, code.value, code.mic)
        others = sorted((holders | claimants) - {firm_id})
        held = self.held.codes_of(firm_id, code.scheme)
        rivals = {other.value for other in offered if other.scheme is code.scheme} - {code.value}
        if firm_id in holders:
            return False
        if others:
            self.contradicted(subject, f"is a code of {', '.join(others)} too; not added")
        elif before := self.held.by_ended_code(code.scheme, code.value, code.mic):
            self.undecided(subject, f"was a code of {', '.join(sorted(before))} before; add it with dates in a batch")
        elif code.scheme in ONE_A_FIRM and held:
            self.contradicted(subject, f"but the table has {', '.join(sorted(held))}; not added")
        elif code.scheme in ONE_A_FIRM and rivals:
            self.contradicted(subject, f"and {', '.join(sorted(rivals))} in one file; neither is added")
        else:
            return True
        return False


def _order(offer: tuple[OfferedName, Source]) -> tuple[object, ...]:
    """Sort a firm's offers: the better kind decides when a file gives one spelling twice."""
    name, source = offer
    return (list(NameKind).index(name.kind), name.language, name.text, name.valid_from, name.valid_to, source.key)
