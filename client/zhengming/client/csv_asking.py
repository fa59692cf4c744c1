"""Questions on their way to whoever answers, while rows further on are read and rows before are written.

Windows of rows come in, and go out in order once all that they asked is answered. Reading runs ahead by a few windows, so
that several batches are under way all the time: whoever answers never waits for the job.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from zhengming.client import errors
from zhengming.client.csv_query import Question
from zhengming.client.csv_reader import Reject, Row
from zhengming.v1 import resolver_pb2 as resolver

AnswerT = TypeVar("AnswerT")

WINDOWS_AHEAD: Final = 4
"""Windows in memory at a time, at most; fewer when their rows are long."""

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0
# Seconds between two tries to reach a server that is away.


@dataclass(slots=True, eq=False)
class Asked(Generic[AnswerT]):
    """A question, and its answer once it is there."""

    question: Question
    answer: AnswerT | None = None


@dataclass(slots=True, eq=False)
class Window(Generic[AnswerT]):
    """Rows that are written together, behind which the job can go on."""

    records: list[tuple[Row | Reject, tuple[Asked[AnswerT], ...]]]
    """Records, each with what it asks in each column of names; a reject asks nothing."""
    fresh: list[Asked[AnswerT]]
    """What it asks that was not known when it was read, in the order of the rows."""
    checksum: int
    """Checksum of the input up to its end."""
    rows: int = 0
    """Its records, as they were read."""
    size: int = 0
    """Bytes of its records."""
    asked: int = 0
    """Questions of the job up to its end that had to be asked."""


class Asker(Generic[AnswerT]):
    """Asks what windows need, each question once and in order, and waits for a server that is away."""

    def __init__(
        self,
        ask: Callable[[Iterator[Question]], Iterator[resolver.ResolveItemResult]],
        take: Callable[[resolver.ResolveItemResult], AnswerT],
        say: Callable[[str], None],
        patience: float,
        window_bytes: int,
    ) -> None:
        """Make an asker.

        Args:
            ask: yields one result for each question, in order, and takes questions as it needs them.
            take: makes an answer of a result.
            say: takes what a user should know.
            patience: seconds without any answer after which a server that is away ends the job.
            window_bytes: bytes of rows from which no further window is read ahead, about.
        """
        self._ask = ask
        self._take = take
        self._say = say
        self._patience = patience
        self._window_bytes = window_bytes
        self._waiting: deque[Window[AnswerT]] = deque()
        self._unanswered: deque[Asked[AnswerT]] = deque()
        self._asked = 0
        self._answered = 0
        self._all_read = False

    @property
    def progress(self) -> float:
        """Rows behind those that went out last whose questions are answered, about."""
        if not self._waiting:
            return 0.0
        first = self._waiting[0]
        fresh = len(first.fresh)
        return len(first.records) * (1 - min(first.asked - self._answered, fresh) / fresh) if fresh else 0.0

    def answered(self, windows: Iterator[Window[AnswerT]], tick: Callable[[], None]) -> Iterator[Window[AnswerT]]:
        """Yield the windows as they came, each once all that it asked has an answer.

        Args:
            windows: read as there is need of them.
            tick: called now and then, for who shows progress.

        Raises:
            TransientError: when patience with a server that is away is at its end.
            CallError: when the server cannot be asked.
        """
        waited = 0.0
        while True:
            try:
                for result in self._ask(self._questions(windows)):
                    self._unanswered.popleft().answer = self._take(result)
                    self._answered += 1
                    waited = 0.0
                    if self._answered % 100 == 0:
                        tick()
                    yield from self._complete()
                if self._unanswered:
                    raise ValueError(f"{len(self._unanswered)} questions got no answer")
            except errors.TransientError as error:
                # What is answered stays answered; the server may come back.
                waited = self._wait(error, waited)
            # Windows that asked nothing new.
            yield from self._complete()
            if self._all_read and not self._waiting:
                return

    def _questions(self, windows: Iterator[Window[AnswerT]]) -> Iterator[Question]:
        """Yield what is not answered yet, then what further windows ask, as long as there is room for them."""
        yield from [asked.question for asked in self._unanswered]
        while self._has_room():
            window = next(windows, None)
            if window is None:
                self._all_read = True
                return
            self._asked += len(window.fresh)
            window.asked = self._asked
            self._waiting.append(window)
            self._unanswered.extend(window.fresh)
            for asked in window.fresh:
                yield asked.question

    def _has_room(self) -> bool:
        size = sum(window.size for window in self._waiting)
        return len(self._waiting) < WINDOWS_AHEAD and (not self._waiting or size < self._window_bytes)

    def _complete(self) -> Iterator[Window[AnswerT]]:
        while self._waiting and self._waiting[0].asked <= self._answered:
            yield self._waiting.popleft()

    def _wait(self, error: errors.TransientError, waited: float) -> float:
        """Wait for the server to come back; return the seconds waited since its last answer.

        Raises:
            TransientError: the one given, when patience is at its end.
        """
        if waited >= self._patience:
            raise error
        if not waited:
            self._say(f"the server does not answer ({error}); waiting for it up to {self._patience:,.0f} s")
        pause = min(max(waited, _FIRST_PAUSE), _LONGEST_PAUSE)
        begun = time.monotonic()
        time.sleep(pause)
        return waited + time.monotonic() - begun
