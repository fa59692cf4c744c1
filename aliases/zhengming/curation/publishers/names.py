"""A plain CSV of names, of the user's own making: one name a line, with the firm that it belongs to and its source.

This is how a decision comes into the table: a name that two firms share is added when its line says `shared`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.check import check_name
from zhengming.aliases.firm_reference import read_firm_reference
from zhengming.aliases.model import Ambiguity, DateBasis, Name, NameKind, Table
from zhengming.curation.draft import Facts
from zhengming.curation.publishers.csv_records import BadLine, csv_records
from zhengming.curation.publishers.held_firms import HeldFirms
from zhengming.curation.publishers.intake import Intake, OfferedName
from zhengming.curation.publishers.publication import Publisher, owned_keys, publication_date
from zhengming.curation.publishers.scripts import chinese_tag

_NEEDED = ("firm", "text", "source")
_OPTIONAL = ("language", "kind", "valid_from", "valid_to", "ambiguity")
"""Missing or empty as in an overlay file, so that one column makes an overlay file a names file."""
_LICENCE = "stated by the user of the file"


@dataclass(frozen=True, slots=True)
class _Row:
    where: str
    firm: str
    name: OfferedName
    source: str


def read_names(path: Path, as_of: str, table: Table) -> Facts:
    """Return the names of a names file, for firms that the table holds.

    Every text in the column `source` is a source of its own; a later file replaces the lines of the sources it names.
    """
    day = publication_date(path, as_of)
    rows: list[_Row] = []
    bad: list[tuple[str, str]] = []
    for record in csv_records(path, _NEEDED):
        where = f"{path.name}:{record.line}"
        if isinstance(record, BadLine):
            bad.append((where, record.reason))
            continue
        values = dict.fromkeys(_OPTIONAL, "") | record.values
        try:
            rows.append(_Row(where, values["firm"], _name(values), values["source"]))
        except ValueError as error:
            bad.append((where, str(error)))
    publishers = {row.source: _publisher(row.source) for row in rows}
    intake = Intake(table, owned_keys(table, [publisher.stem for publisher in publishers.values()]))
    for where, reason in bad:
        intake.bad_row(where, reason)
    for row in rows:
        found = find_firm(row.firm, intake.held)
        if len(found) == 1:
            intake.offer_name(next(iter(found)), row.name, publishers[row.source].source(day))
        else:
            which = f"is {', '.join(sorted(found))}" if found else "is no firm of the table"
            intake.undecided(row.where, f"{row.firm} {which}; the name {row.name.text} is not added")
    facts = intake.facts()
    # Named although all its lines may be refused, so that its earlier lines go.
    facts.sources |= {source.key: source for source in (one.source(day) for one in publishers.values())}
    return facts


def find_firm(text: str, held: HeldFirms) -> set[str]:
    """Return the firms that an ID, ticker, LEI, USCC, ISIN, Wikidata item or full legal name stands for."""
    meant = read_firm_reference(text)
    if meant.scheme:
        return held.by_code(meant.scheme, meant.value, *meant.mics)
    if meant.firm_id:
        return {firm_id} if (firm_id := held.by_id(meant.firm_id)) else set()
    return held.by_legal_name(meant.name)


def _name(row: dict[str, str]) -> OfferedName:
    """Return the name of a line. Raises `ValueError` with what is wrong with it."""
    kind, mark = row["kind"].upper() or NameKind.SHORT.value, row["ambiguity"].lower()
    if not row["firm"] or not row["source"]:
        raise ValueError("names no firm or no source")
    if kind not in {each.value for each in NameKind}:
        raise ValueError(f"{row['kind']} is no kind of name; known are {', '.join(each.value for each in NameKind)}")
    if mark not in {each.value for each in Ambiguity}:
        raise ValueError(f"{row['ambiguity']} is no mark; known are {', '.join(filter(None, Ambiguity))}")
    language = row["language"] or ("en" if row["text"].isascii() else chinese_tag(row["text"]))
    basis = DateBasis.OBSERVED if row["valid_from"] or row["valid_to"] else DateBasis.NONE
    dates = (row["valid_from"], row["valid_to"])
    line = Name("", row["text"], language, NameKind(kind), *dates, basis, Ambiguity(mark), False, row["source"])
    for problem in check_name(line):
        raise ValueError(problem.message)
    return OfferedName(line.text, language, line.kind, *dates, line.ambiguity)


def _publisher(source: str) -> Publisher:
    """Return the publisher behind a text of the column `source`; its stem is the text in Latin letters, or a hash."""
    slug = re.sub(r"[^a-z0-9]+", "-", source.lower()).strip("-")
    if not source.isascii() or not slug:
        slug = hashlib.sha256(source.encode()).hexdigest()[:8]
    return Publisher(f"names-{slug}", f"Names: {source}", source, _LICENCE, "")
