"""Calibration on a small table."""

from __future__ import annotations

from zhengming.aliases.model import Table
from zhengming.curation.calibrate import fit, label, render, report
from zhengming.engine import EvidenceCode


def test_the_same_table_gives_the_same_coefficients_byte_for_byte(table: Table) -> None:
    """Labelling draws by hash, not by chance."""
    firms = table.firms[::12]
    kept = {firm.id for firm in firms}
    part = Table(
        firms=firms,
        names=tuple(name for name in table.names if name.firm_id in kept),
        decoys=table.decoys[:50],
    )
    first, second = label(part), label(part)
    assert first == second
    assert render(fit(first)) == render(fit(second))


def test_the_fit_follows_the_labels_and_the_report_shows_it(table: Table) -> None:
    """Exact names weigh more than similar ones; every bin of the report counts answers."""
    kept = {firm.id for firm in table.firms[::12]}
    part = Table(
        firms=table.firms[::12], names=tuple(name for name in table.names if name.firm_id in kept), decoys=()
    )
    labelled = label(part)
    weights = fit(labelled).weights
    assert weights[EvidenceCode.TEXT_EQUAL] > weights[EvidenceCode.BRAND_SIMILAR]
    assert "Expected calibration error" in report(labelled, fit(labelled))
