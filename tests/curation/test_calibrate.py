"""Calibration on a small table."""

from __future__ import annotations

from zhengming.aliases import load_table
from zhengming.aliases.model import Table
from zhengming.curation.calibrate import fit, label, render
from zhengming.curation.calibration_report import report
from zhengming.engine import EvidenceCode


def _part() -> Table:
    """Every twelfth firm of the bundled table."""
    table = load_table()
    firms = table.firms[::12]
    kept = {firm.id for firm in firms}
    return Table(firms=firms, names=tuple(name for name in table.names if name.firm_id in kept))


def test_the_same_table_gives_the_same_coefficients_byte_for_byte() -> None:
    """Labelling draws by hash, not by chance."""
    first, second = label(_part()), label(_part())
    assert first == second
    assert render(fit(first)) == render(fit(second))


def test_the_fit_follows_the_labels_and_the_report_shows_it() -> None:
    """Exact names weigh more than similar ones; the report tells the error."""
    answers = label(_part())
    weights = fit(answers).weights
    assert weights[EvidenceCode.TEXT_EQUAL] > weights[EvidenceCode.BRAND_SIMILAR]
    assert "Expected calibration error" in report(answers, fit(answers))
