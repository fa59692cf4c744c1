"""How far a job is, how fast, and how long it will take: on standard error, for people."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TextIO

_TERMINAL_SECONDS: Final = 0.2
_LOG_SECONDS: Final = 10.0
_CLEAR: Final = "\r\x1b[K"


class Progress:
    """One line that is overwritten on a terminal; a line every ten seconds elsewhere."""

    def __init__(
        self,
        stream: TextIO,
        total_bytes: int | None,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
        unit: str = "rows",
    ) -> None:
        """Make a progress display.

        Args:
            stream: where to write.
            total_bytes: size of the input; None: not known, then no time to go is given.
            quiet: show nothing.
            clock: seconds from any start.
            unit: what is counted, plural.
        """
        self._stream = stream
        self._total = total_bytes
        self._quiet = quiet
        self._clock = clock
        self._unit = unit
        self._terminal = stream.isatty()
        self._pause = _TERMINAL_SECONDS if self._terminal else _LOG_SECONDS
        self._start = self._last = clock()

    def update(self, rows: int, byte_position: float) -> None:
        """Show the state, if it is time to.

        Args:
            rows: rows, or whatever is counted, that are done.
            byte_position: bytes of the input that they took; 0: not known.
        """
        now = self._clock()
        if self._quiet or now - self._last < self._pause:
            return
        self._last = now
        text = self._text(rows, byte_position, now - self._start)
        self._stream.write(f"{_CLEAR}{text}" if self._terminal else f"zhengming: {text}\n")
        self._stream.flush()

    def clear(self) -> None:
        """Take the line off the terminal, before something else is written there."""
        if self._terminal and not self._quiet:
            self._stream.write(_CLEAR)
            self._stream.flush()

    def _text(self, rows: int, byte_position: float, seconds: float) -> str:
        rate = rows / seconds if seconds > 0 else 0.0
        text = f"{rows:,} {self._unit}, {rate:,.0f} {self._unit}/s"
        if self._total and byte_position > 0:
            share = min(byte_position / self._total, 1.0)
            left = seconds / share - seconds
            text += f", {share:.0%}, {_duration(left)} to go"
        return text


def _duration(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
