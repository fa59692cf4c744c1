"""The report of importing a publisher's file: counts of every kind, then what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from zhengming.aliases.model import Table
from zhengming.curation.draft import Finding
from zhengming.curation.table_changes import line_changes

KINDS = ("added", "changed", "contradicted", "dropped", "needs a decision", "bad row", "left out")
"""In the order of the report; the first five are counted even when there are none."""
_ALWAYS = 5


def line_findings(before: Table, after: Table) -> Iterator[Finding]:
    """Yield a finding for every line that an import added, changed or dropped."""
    for change in line_changes(before, after):
        yield Finding(change.kind, f"{change.part}: {' '.join([change.firm_id, *change.about])}", change.facts)


def import_summary(findings: list[Finding], shown: int = 20) -> str:
    """Return the report as text: a count of every kind, then the first lines of each."""
    counts = Counter(finding.kind for finding in findings)
    told = [f"{counts[kind]} {kind}" for place, kind in enumerate(KINDS) if counts[kind] or place < _ALWAYS]
    told += [f"{count} {kind}" for kind, count in sorted(counts.items()) if kind not in KINDS]
    lines = [", ".join(told)]
    for kind in [*KINDS, *sorted(set(counts) - set(KINDS))]:
        chosen = [finding for finding in findings if finding.kind == kind]
        lines += [f"  {kind}: {finding.subject}: {finding.detail}" for finding in chosen[:shown]]
        if len(chosen) > shown:
            lines.append(f"  {kind}: and {len(chosen) - shown} more; --report FILE writes all")
    return "\n".join(lines)
