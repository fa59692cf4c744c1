"""Feeding a bidirectional stream from an iterator: bounded read-ahead, and errors of the iterator kept."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from zhengming.client import _requests
from zhengming.client._requests import Batch, Query
from zhengming.v1.resolver_pb2 import ResolveItemResult, ResolveOptions, StreamResolveRequest

AHEAD: Final = 16
"""Messages that may be sent before their answers are taken. Without a bound, gRPC would read the whole iterator."""


class StreamFeed:
    """Turns names into stream messages on gRPC's sending thread, and answers back into results on the caller's."""

    def __init__(self, queries: Iterable[Query], options: ResolveOptions | None, batch_size: int) -> None:
        self._queries = queries
        self._options = options
        self._batch_size = batch_size
        # Batches whose answers are awaited, and batches of which nothing could be sent, in order.
        self._waiting: deque[Batch] = deque()
        self._room = threading.Semaphore(AHEAD)
        self._stopped = False
        self._error: BaseException | None = None

    def requests(self) -> Iterator[StreamResolveRequest]:
        """Yield the messages to send. Runs on gRPC's thread, where an exception would be logged and lost.

        An exception of the caller's iterator therefore ends the stream in order and is kept for `raise_own_error`.
        """
        first = True
        try:
            for batch in _requests.split_batches(self._queries, self._batch_size):
                self._room.acquire()
                if self._stopped:
                    return
                self._waiting.append(batch)
                if batch.items:
                    yield StreamResolveRequest(items=batch.items, options=self._options if first else None)
                    first = False
                else:
                    self._room.release()
        except Exception as error:
            self._error = error

    def take(self, answers: Sequence[ResolveItemResult]) -> list[ResolveItemResult]:
        """Return the results of the next batch that was sent, with those of unsendable batches before it."""
        results = self._unsent()
        if self._waiting:
            results += _requests.put_back(self._waiting.popleft(), answers)
        self._room.release()
        return results

    def rest(self) -> list[ResolveItemResult]:
        """Return the results that no answer will come for, once the stream has ended well.

        Raises:
            InternalError: when the server closed the stream before answering everything.
        """
        results = self._unsent()
        for batch in self._waiting:
            results += _requests.put_back(batch, ())
        return results

    def stop(self) -> None:
        """Let the sending thread end. No more messages are made."""
        self._stopped = True
        self._room.release()

    def raise_own_error(self) -> None:
        """Raise what the caller's iterator raised, if it did: that is why the stream ended."""
        if self._error is not None:
            raise self._error

    def _unsent(self) -> list[ResolveItemResult]:
        results: list[ResolveItemResult] = []
        while self._waiting and not self._waiting[0].items:
            results += _requests.put_back(self._waiting.popleft(), ())
        return results
