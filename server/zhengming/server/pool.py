"""Worker processes on this machine that share one mapped snapshot, so that a job uses every core.

Each worker is a fresh process (`zhengming.server.worker`), never a fork, and maps the file that the first one opened: one
copy of its pages for all of them, and one snapshot for all answers. A thread for each feeds it, two calls ahead, so that
it never waits for the thread's turn. A worker that dies is replaced and its call asked anew, once.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import grpc
from zhengming.server.errors import CallError, StartError
from zhengming.server.logs import event
from zhengming.server.pipe import Call, Reply, read_reply, write_call
from zhengming.server.pool_channel import PoolChannel
from zhengming.server.worker import OK

AHEAD = 2
"""Calls that a worker has at a time: one to work on, one to go on with."""
MOST_DEATHS = 2
"""Workers that may die over one call. The first may be chance (memory, an operator), the second is the call's."""
FRUITLESS_STARTS = 3
"""Workers that may die one after another without an answer before their place is given up."""
_PIPE_BYTES = 1 << 20
# Room for several batches and their answers: whoever writes one need not wait for the other side's turn.
_FAREWELL_SECONDS = 2.0
# Seconds in which an idle worker leaves by itself when its input ends; measured, it takes some 30 ms.


@dataclass(frozen=True, slots=True)
class Pool:
    """Running workers."""

    channel: grpc.Channel
    """Takes unary calls, as a channel to a server would. Closing it ends the workers."""
    workers: int
    """Worker processes at most. The first one runs, the others are started when there is work for them."""
    pids: Sequence[int]
    """Process IDs of the workers that run now."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def start(
    workers: int | None = None,
    table: Path | None = None,
    cache_dir: Path | None = None,
    overlay: Path | None = None,
) -> Iterator[Pool]:
    """Run a pool for as long as the context lasts.

    `workers`: processes, at least 1 (default: one for each core). The others are as `embedded.start` has them. Yields once
    the first worker answers. Raises `StartError` when table or overlay cannot be used.
    """
    most = cores() if workers is None else workers
    if most < 1:
        raise ValueError(f"workers is {most}; it must be at least 1")
    given = {"--table": table, "--cache-dir": cache_dir, "--overlay": overlay}
    crew = Crew([part for flag, path in given.items() if path for part in (flag, str(path))], most)
    try:
        crew.open()
        yield Pool(PoolChannel(crew), most, crew.pids)
    finally:
        crew.close()


@dataclass(eq=False, slots=True)
class _Task:
    """A call and who waits for its reply."""

    call: Call
    reply: Future[Reply] = field(default_factory=Future)
    deaths: int = 0
    """Workers that died over it."""


class Crew:
    """The workers of a pool and the calls that wait for one. Safe to use from any thread."""

    def __init__(self, arguments: Sequence[str], most: int) -> None:
        self._arguments = arguments
        self._most = most
        self._changed = threading.Condition()
        self._waiting: deque[_Task] = deque()
        self._seats: list[_Seat] = []
        self._idle = 0
        self._closed = False
        self._broken = ""
        self._snapshot = ""
        self._map = b""
        self._starting: set[_Worker] = set()
        self.pids: list[int] = []
        """Process IDs of the workers that run now."""

    def open(self) -> None:
        """Start the first worker. Raises `StartError` when it cannot answer."""
        first = _Worker(self._arguments)
        try:
            self._snapshot, self._map = first.greeting()
        except EOFError:
            words = f"A worker ended before it was ready (exit status {first.end()}). Is there enough memory?"
            raise StartError(words) from None
        except BaseException:
            first.end()
            raise
        self._add_seat(first)

    def submit(self, call: Call) -> Future[Reply]:
        """Have a call answered. The future fails with `CallError` when that cannot be.

        Raises `ValueError` once the pool is closed, as a gRPC channel does: unlike a call that was cancelled, it is of no
        use to try again.
        """
        task = _Task(call)
        with self._changed:
            if self._closed:
                raise ValueError("The pool of workers is closed.")
            if self._broken:
                task.reply.set_exception(self._refusal())
                return task.reply
            self._waiting.append(task)
            crowded = len(self._waiting) > self._idle and len(self._seats) < self._most
            self._changed.notify()
        if crowded:
            self._add_seat(None)
        return task.reply

    def drop(self, reply: Future[Reply]) -> None:
        """Give up a call that took too long; a worker that hangs over it is replaced."""
        if not reply.cancel():
            for seat in list(self._seats):
                seat.drop(reply)

    def close(self) -> None:
        """End all workers. What waits is refused as cancelled."""
        with self._changed:
            self._closed = True
            left = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        _refuse(left, self._refusal())
        for worker in list(self._starting):
            worker.kill()
        for seat in list(self._seats):
            seat.end()

    # For the seats

    def take(self, wait: bool) -> _Task | None:
        """Return the next task; None when there is none, or when all is over."""
        with self._changed:
            while not self._closed:
                while self._waiting:
                    task = self._waiting.popleft()
                    # One that a dead worker had is running already.
                    if task.reply.running() or task.reply.set_running_or_notify_cancel():
                        return task
                if not wait:
                    return None
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
            return None

    def give_back(self, tasks: deque[_Task]) -> None:
        """Take back what a dead worker had; the first of it is what it worked on."""
        lost = []
        if tasks:
            tasks[0].deaths += 1
            if tasks[0].deaths >= MOST_DEATHS:
                lost.append(tasks.popleft())
        with self._changed:
            if self._closed or self._broken:
                lost += tasks
            else:
                # In their old order, before what came later.
                for task in reversed(tasks):
                    self._waiting.appendleft(task)
                self._changed.notify_all()
        tasks.clear()
        if lost and not (self._closed or self._broken):
            _refuse(lost, _died_twice())
        else:
            _refuse(lost, self._refusal())

    def start_worker(self) -> _Worker:
        """Start a worker on the snapshot of the first one.

        Raises `StartError` when it says that it cannot answer, `EOFError` when it dies before it says anything.
        """
        worker = _Worker(["--map", os.fsdecode(self._map)] if self._map else self._arguments)
        self._starting.add(worker)
        try:
            if self._closed:
                worker.kill()
            snapshot, _ = worker.greeting()
            if snapshot != self._snapshot:
                raise StartError("The table changed while the job ran. Run it again.")
        except BaseException:
            worker.end()
            raise
        finally:
            self._starting.discard(worker)
        return worker

    def leave(self, seat: _Seat, why: str) -> None:
        """Take note of a place that is given up. With the last one gone, every call is refused."""
        with self._changed:
            self._seats.remove(seat)
            self._most -= 1
            left: list[_Task] = []
            if not self._seats and not self._closed:
                self._broken = why
                left = list(self._waiting)
                self._waiting.clear()
        if not self._closed:
            event(logging.WARNING, "a worker is given up", why=why, workers=len(self._seats))
        _refuse(left, self._refusal())

    @property
    def closed(self) -> bool:
        """Whether all is over."""
        return self._closed

    def _add_seat(self, worker: _Worker | None) -> None:
        seat = _Seat(self, worker)
        with self._changed:
            if self._closed or len(self._seats) >= self._most:
                return
            self._seats.append(seat)
            # Here, so that whoever closes the pool never waits for a thread that was not started.
            seat.begin()

    def _refusal(self) -> CallError:
        if self._closed:
            return CallError(grpc.StatusCode.CANCELLED, "The pool of workers was closed.", "CLOSED")
        words = f"No worker is left to answer: {self._broken}"
        return CallError(grpc.StatusCode.INTERNAL, words, "NO_WORKER")


class _Seat:
    """One place in the pool: the thread that feeds its worker, and that worker's successor should it die."""

    def __init__(self, crew: Crew, worker: _Worker | None) -> None:
        self._crew = crew
        self._worker = worker
        self._under_way: deque[_Task] = deque()
        self._thread = threading.Thread(target=self._sit, name="zhengming-worker", daemon=True)

    def begin(self) -> None:
        """Start feeding."""
        self._thread.start()

    def drop(self, reply: Future[Reply]) -> None:
        """End the worker if it works on this call."""
        for task in list(self._under_way)[:1]:
            if task.reply is reply and self._worker is not None:
                task.deaths = MOST_DEATHS
                self._worker.kill()

    def end(self) -> None:
        """End the worker: an idle one leaves by itself, a busy one is killed. Nothing of it is left behind."""
        worker = self._worker
        if worker is not None and self._under_way:
            worker.kill()
        self._thread.join()

    def _sit(self) -> None:
        fruitless = 0
        while not self._crew.closed:
            answered = 0
            try:
                self._worker = self._worker or self._crew.start_worker()
                answered = self._work(self._worker)
            except EOFError:
                pass
            except (StartError, OSError) as error:
                self._crew.leave(self, str(error))
                return
            self._worker = None
            if self._crew.closed:
                break
            event(
                logging.WARNING,
                "a worker died and is replaced; what it worked on is asked again",
                workers=len(self._crew.pids),
            )
            self._crew.give_back(self._under_way)
            fruitless = 0 if answered else fruitless + 1
            if fruitless >= FRUITLESS_STARTS:
                self._crew.leave(self, "workers die at once. Is there enough memory?")
                return
        self._crew.give_back(self._under_way)

    def _work(self, worker: _Worker) -> int:
        """Have a worker answer until it dies or all is over; return how many calls it answered."""
        self._crew.pids.append(worker.pid)
        try:
            return self._feed(worker)
        finally:
            self._crew.pids.remove(worker.pid)
            worker.end()

    def _feed(self, worker: _Worker) -> int:
        """Hand over calls, two at a time, and take their replies; return how many there were."""
        answered = 0
        try:
            while True:
                while len(self._under_way) < AHEAD:
                    task = self._crew.take(wait=not self._under_way)
                    if task is None:
                        break
                    self._under_way.append(task)
                    worker.ask(task.call)
                if not self._under_way:
                    return answered
                reply = worker.hear()
                answered += 1
                self._under_way.popleft().reply.set_result(reply)
        except (EOFError, OSError):
            return answered


class _Worker:
    """One worker process."""

    def __init__(self, arguments: Sequence[str]) -> None:
        # A session of its own: Ctrl-C at the terminal is for the program that asks, and its end is the worker's end.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "zhengming.server.worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=os.name == "posix",
        )
        self.pid = self._process.pid
        _widen(self._process.stdin)
        _widen(self._process.stdout)

    def greeting(self) -> tuple[str, bytes]:
        """Wait until it is ready; return hash and file of its snapshot. Raises `StartError`, `EOFError`."""
        reply = read_reply(self._stdout)
        if reply.code != OK:
            raise StartError(reply.content.decode())
        return reply.content.decode(), reply.details

    def ask(self, call: Call) -> None:
        """Send a call. Raises `OSError` when the worker is gone."""
        assert self._process.stdin is not None
        write_call(self._process.stdin, call)

    def hear(self) -> Reply:
        """Wait for the reply to the oldest call. Raises `EOFError` when the worker is gone."""
        return read_reply(self._stdout)

    def kill(self) -> None:
        """End it at once; it holds nothing that could be lost."""
        self._process.kill()

    def end(self) -> int:
        """Close its input, wait for it, and kill it if it stays; return its exit status."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            status = self._process.wait(_FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._stdout.close()
        return status

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout


def _widen(pipe: IO[bytes] | None) -> None:
    """Give a pipe more room where the system lets us; it works with less."""
    if pipe is not None and sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _refuse(tasks: Sequence[_Task], error: CallError) -> None:
    for task in tasks:
        if not task.reply.done() and (task.reply.running() or task.reply.set_running_or_notify_cancel()):
            task.reply.set_exception(error)


def _died_twice() -> CallError:
    words = "Two workers died over the same batch. Free memory or use fewer workers, then run it again."
    return CallError(grpc.StatusCode.INTERNAL, words, "WORKERS_DIED")
