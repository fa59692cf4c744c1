"""The formats in which publishers offer their own files, and the one way from such a file into a table."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zhengming.aliases.model import Table
from zhengming.curation.draft import Facts, Finding, ImportRefused
from zhengming.curation.merge import merge
from zhengming.curation.publishers.csl import CSL, read_csl
from zhengming.curation.publishers.gleif import GLEIF, read_gleif
from zhengming.curation.publishers.hkex import HKEX, read_hkex
from zhengming.curation.publishers.import_report import line_findings
from zhengming.curation.publishers.listed_entries import settle_entries
from zhengming.curation.publishers.names import read_names
from zhengming.curation.publishers.publication import owned_keys, stems_of
from zhengming.curation.publishers.sec import SEC, read_sec
from zhengming.curation.publishers.wikidata import WIKIDATA, read_wikidata


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it is, and the function from file, stated day and table to facts."""

    help: str
    read: Callable[[Path, str, Table], Facts]
    stem: str = ""
    """The publisher's source keys; empty when the file itself names its sources."""


FORMATS = {
    "gleif": Format("GLEIF golden copy, Level 1, CSV or zip", read_gleif, GLEIF.stem),
    "sec": Format("SEC company_tickers.json", read_sec, SEC.stem),
    "hkex": Format("HKEX List of Securities, XLSX", read_hkex, HKEX.stem),
    "csl": Format("US Consolidated Screening List, CSV or JSON", read_csl, CSL.stem),
    "wikidata": Format("Wikidata query result, SPARQL JSON", read_wikidata, WIKIDATA.stem),
    "names": Format("plain CSV of names", read_names),
}


def import_file(name: str, path: Path, as_of: str, table: Table) -> tuple[Table, list[Finding]]:
    """Return the table with a publisher's file taken in, and what was added, changed, refused or is to be decided.

    The lines of earlier files of the same publisher are replaced. No firm is added, joined or withdrawn.
    """
    try:
        path.open("rb").close()
    except OSError as error:
        raise ImportRefused(f"{path}: cannot be read ({error.strerror}). Name the file that was downloaded.") from error
    chosen = FORMATS[name]
    facts = chosen.read(path, as_of, table)
    owned = owned_keys(table, {chosen.stem} if chosen.stem else stems_of(facts.sources))
    after, findings = merge(table, facts, owned=owned)
    after, unsettled = settle_entries(after)
    # The lines tell what was shared and changed; what the merge drops was offered and is not a line of the table.
    told = [finding for finding in findings if finding.kind not in ("shared", "changed")]
    told = [dataclasses.replace(finding, kind="left out") if finding.kind == "dropped" else finding for finding in told]
    return after, sorted({*told, *unsettled, *line_findings(table, after)})
