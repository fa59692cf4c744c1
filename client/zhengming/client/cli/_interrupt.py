"""Ctrl-C that always works.

Python raises KeyboardInterrupt anywhere in the main thread. Inside gRPC's code that leaves a channel that cannot be
closed any more, or is swallowed by a destructor (measured: 4 of 60 interrupted CSV jobs hung or ran on). So the work is
done on a thread of its own, and the main thread does nothing but wait: there an interrupt is harmless.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from typing import Final, NoReturn

from zhengming.client.cli._exit import Exit
from zhengming.client.cli._table import visible

INTERRUPTED: Final = "Interrupted. Nothing was left half written; run it again to start over."
"""What the user reads."""

_PATIENCE: Final = 3.0
# Seconds that the work gets to end by itself once its calls are cancelled. A read from a terminal never ends.


class InterruptibleWork:
    """One piece of work on a thread of its own."""

    def __init__(self) -> None:
        self._closers: list[Callable[[], object]] = []
        self._cleaners: list[Callable[[], object]] = []
        self._advice: Callable[[], str | None] = lambda: None
        self._done = threading.Event()
        self._result: int | None = None
        self._error: BaseException | None = None

    def close_on_interrupt(self, close: Callable[[], object]) -> None:
        """Have something called on Ctrl-C that makes the work fail soon, such as closing its connection."""
        self._closers.append(close)

    def clean_on_interrupt(self, clean: Callable[[], object]) -> None:
        """Have something called on Ctrl-C when the work did not end by itself."""
        self._cleaners.append(clean)

    def tell_on_interrupt(self, advice: Callable[[], str | None]) -> None:
        """Have a sentence told on Ctrl-C that says how to go on; None: the usual one."""
        self._advice = advice

    def run(self, work: Callable[[], int]) -> int:
        """Do the work and return or raise as it does. On Ctrl-C the process ends here, with code 130."""
        threading.Thread(target=self._work, args=(work,), name="zhengming-command", daemon=True).start()
        try:
            # With a timeout, because a wait without one cannot be interrupted on every platform.
            while not self._done.wait(1.0):
                pass
        except KeyboardInterrupt:
            self._end()
        if self._error is not None:
            raise self._error
        assert self._result is not None
        return self._result

    def _work(self, work: Callable[[], int]) -> None:
        try:
            self._result = work()
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()

    def _end(self) -> NoReturn:
        for close in self._closers:
            # Whatever goes wrong in closing, the process is about to end.
            with contextlib.suppress(Exception):
                close()
        if not self._done.wait(_PATIENCE):
            for clean in self._cleaners:
                clean()
        advice = self._advice()
        told = f"Interrupted. {visible(advice)}" if advice else INTERRUPTED
        print(f"zhengming: {told}", file=sys.stderr)
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        # No orderly exit: the work may sit in a read that never returns, and destructors of cancelled gRPC calls wait
        # for locks of threads that the interpreter has stopped by then (measured: 1 of 60 jobs hung there).
        os._exit(Exit.INTERRUPTED)
