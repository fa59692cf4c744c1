"""Tables for a terminal: widths of characters, narrow terminals, colours."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from zhengming.client.cli._table import Table, display_width, visible

COMMAND = [sys.executable, "-c", "import sys; from zhengming.client.cli import main; sys.exit(main())"]


def test_widths() -> None:
    """Wide characters take two cells, combining marks none; tables line up and fit the terminal."""
    assert [display_width(text) for text in ("abc", "寒武", "ａ", "e\u0301", "…")] == [3, 4, 2, 1, 1]
    assert visible("寒武\x1b[2J\u2066\u3164") == "寒武\\u001b[2J\\u2066\\u3164"
    table = Table(["A", "B"], shrinkable=[1], fit=False, colour=False)
    assert table.render([["寒武纪", "x"], ["a", "y"]]) == "A       B\n寒武纪  x\na       y\n"


def test_narrow_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long columns are cut with an ellipsis, IDs never; a wide character is not halved."""
    monkeypatch.setenv("COLUMNS", "30")
    table = Table(["ID", "NAME", "WHY"], shrinkable=[1, 2], fit=True, colour=False)
    lines = table.render([["ZM0000001", "寒武纪科技股份有限公司", "the very same characters"]]).splitlines()
    assert lines[1].startswith("ZM0000001  ")
    assert all(display_width(line) <= 30 for line in lines)
    assert lines[1].count("…") == 2


@pytest.mark.skipif(os.name != "posix", reason="pseudo terminals")
@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_gets_a_table(server: Any, no_color: str) -> None:
    """On a terminal the default is a coloured table; NO_COLOR takes the colours away."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "resolve", "寒武纪", "--address", server.address],
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "NO_COLOR": no_color, "TERM": "xterm", "COLUMNS": "120"},
    )
    process.wait(timeout=30)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    os.close(theirs)
    assert "FIRM ID" in shown
    assert ("\x1b[32mMATCH\x1b[0m" in shown) == (not no_color)
