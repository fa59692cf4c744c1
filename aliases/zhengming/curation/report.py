"""Reports for people: counts, then what must be looked at; the whole list as CSV on request."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from zhengming.aliases.check import Problem
from zhengming.aliases.model import LINE_TYPES, Table
from zhengming.curation.draft import Finding

_SHOWN = ("needs a decision", "shared", "restricted", "contradicted", "moved", "dropped", "left out")


def summary(before: Table, after: Table, findings: list[Finding], shown: int = 20) -> str:
    """Return the report as text: the parts that change, a count of every kind of finding, the first of what to look at."""
    lines = []
    for part in LINE_TYPES:
        old, new = set(getattr(before, part)), set(getattr(after, part))
        if old != new:
            lines.append(f"{part:13} {len(new):7}   +{len(new - old)} -{len(old - new)}")
    lines = lines or ["no line changes"]
    counts = Counter(finding.kind for finding in findings)
    lines.append("findings: " + (", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "none"))
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


def review_summary(notices: Sequence[Problem], shown: int = 5) -> str:
    """Return the findings of a review as text: a count of each rule and its first lines."""
    lines = []
    for code, count in sorted(Counter(notice.code for notice in notices).items()):
        lines.append(f"{code}: {count}")
        found = [notice for notice in notices if notice.code == code]
        lines += [f"  {notice.key}: {notice.message}" for notice in found[:shown]]
        if count > shown:
            lines.append(f"  and {count - shown} more; --report FILE writes all")
    return "\n".join([*lines, f"{len(notices)} lines worth a look; none is an error by itself"])


def write_review(notices: Sequence[Problem], path: Path) -> None:
    """Write the findings of a review as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["code", "file", "key", "message"])
        writer.writerows((notice.code, notice.file, notice.key, notice.message) for notice in notices)
