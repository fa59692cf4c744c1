"""The report of an import: counts, then what a person must look at; the whole list as CSV on request."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from zhengming.aliases.model import LINE_TYPES, Table
from zhengming.curation.draft import Finding

_SHOWN = ("restricted", "contradicted", "moved", "dropped", "left out")


def summary(before: Table, after: Table, findings: list[Finding], shown: int = 20) -> str:
    """Return the report as text."""
    lines = []
    for part in LINE_TYPES:
        old, new = set(getattr(before, part)), set(getattr(after, part))
        lines.append(f"{part:13} {len(new):7}   +{len(new - old)} -{len(old - new)}")
    counts = Counter(finding.kind for finding in findings)
    lines.append("findings: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    for kind in _SHOWN:
        chosen = [finding for finding in findings if finding.kind == kind]
        lines += [f"  {kind}: {finding.subject}: {finding.detail}" for finding in chosen[:shown]]
        if len(chosen) > shown:
            lines.append(f"  {kind}: and {len(chosen) - shown} more; --report FILE writes all")
    return "\n".join(lines)


def write_report(findings: list[Finding], path: Path) -> None:
    """Write all findings as CSV, sorted."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["kind", "subject", "detail"])
        writer.writerows(sorted({(finding.kind, finding.subject, finding.detail) for finding in findings}))
