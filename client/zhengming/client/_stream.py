"""Feeding a bidirectional stream from an iterator: bounded read-ahead, and errors of the iterator kept."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Generic

from zhengming.client._batching import Batch, InputT, Kind, OptionsT, ResultT

AHEAD: Final = 16
"""Messages that may be sent before their answers are taken. Without a bound, gRPC would read the whole iterator."""


class StreamFeed(Generic[InputT, OptionsT, ResultT]):
    """Turns inputs into stream messages on gRPC's sending thread, and answers back into results on the caller's."""

    def __init__(
        self,
        kind: Kind[InputT, OptionsT, ResultT],
        inputs: Iterable[InputT],
        options: OptionsT | None,
        batch_size: int,
    ) -> None:
        self._kind: Kind[InputT, OptionsT, ResultT] = kind
        self._inputs = inputs
        self._options = options
        self._batch_size = batch_size
        # Batches whose answers are awaited, and batches of which nothing could be sent, in order.
        self._waiting: deque[Batch] = deque()
        self._room = threading.Semaphore(AHEAD)
        self._stopped = False
        self._error: BaseException | None = None

    def requests(self) -> Iterator[Any]:
        """Yield the messages to send. Runs on gRPC's thread, where an exception would be logged and lost.

        An exception of the caller's iterator therefore ends the stream in order and is kept for `raise_own_error`.
        """
        first = True
        try:
            for batch in self._kind.split(self._inputs, self._batch_size):
                self._room.acquire()
                if self._stopped:
                    return
                self._waiting.append(batch)
                if batch.items:
                    yield self._kind.stream_request(items=batch.items, options=self._options if first else None)
                    first = False
                else:
                    self._room.release()
        except Exception as error:
            self._error = error

    def take(self, answers: Sequence[ResultT]) -> list[ResultT]:
        """Return the results of the next batch that was sent, with those of unsendable batches before it."""
        results = self._unsent()
        if self._waiting:
            results += self._kind.put_back(self._waiting.popleft(), answers)
        self._room.release()
        return results

    def rest(self) -> list[ResultT]:
        """Return the results that no answer will come for, once the stream has ended well.

        Raises:
            InternalError: when the server closed the stream before answering everything.
        """
        results = self._unsent()
        for batch in self._waiting:
            results += self._kind.put_back(batch, ())
        return results

    def stop(self) -> None:
        """Let the sending thread end. No more messages are made."""
        self._stopped = True
        self._room.release()

    def raise_own_error(self) -> None:
        """Raise what the caller's iterator raised, if it did: that is why the stream ended."""
        if self._error is not None:
            raise self._error

    def _unsent(self) -> list[ResultT]:
        results: list[ResultT] = []
        while self._waiting and not self._waiting[0].items:
            results += self._kind.put_back(self._waiting.popleft(), ())
        return results
