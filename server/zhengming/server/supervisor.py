"""`zhengming-server --processes N`: N processes on one port, started, healed and stopped by this one.

It holds the port for them (SO_REUSEPORT, bound but not listening), so that nobody else gets it while one is being replaced;
the kernel spreads connections over those that listen. It answers nothing itself and never loads the table. Members are
fresh processes, not forks: gRPC does not survive a fork. Whatever limits load does so in each member (`settings`).
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import signal
import socket
import sys
import time
from collections.abc import Iterator

from zhengming.server.errors import SettingsError, StartError
from zhengming.server.logs import event
from zhengming.server.member import READY, REFUSED, pack
from zhengming.server.settings import Settings

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
"""Seconds before a member is started again after it died young; doubled each time."""
SETTLED_SECONDS = 60.0
"""A member that served for so long did not die young: its successor starts at once."""
FAILED_STARTS = 5
"""Starts in a row that may fail before the supervisor gives up, when no member serves."""
KILL_SECONDS = 5.0
"""Seconds beyond linger and grace after which a member that was told to stop is killed."""


class Supervisor:
    """Keeps the members of one server running."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._members: dict[int, asyncio.subprocess.Process] = {}
        self._serving: set[int] = set()
        self._stopping = asyncio.Event()
        self._failed: StartError | SettingsError | None = None
        self._said = False

    async def run(self) -> None:
        """Start all members and keep them running until a signal says stop.

        Raises `StartError` or `SettingsError` when the port is taken or the members cannot start.
        """
        with _reserve(self._settings) as port:
            host, _ = self._settings.host_and_port
            where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            told = pack(dataclasses.replace(self._settings, listen=where, processes=1))
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._stop)
            loop.add_signal_handler(signal.SIGHUP, self._reload)
            await asyncio.gather(*(self._keep(place, told) for place in range(self._settings.processes)))
        if self._failed is not None:
            raise self._failed
        event(logging.INFO, "stopped", address=where)

    async def _keep(self, place: int, told: str) -> None:
        """Keep one place filled until the end."""
        pause, failures = FIRST_PAUSE, 0
        while not self._stopping.is_set():
            try:
                process = await _start_member(told)
            except OSError as error:
                # Memory or processes may be short only now, as when a member was just killed for it: the others go on.
                failures += 1
                why = f"A process of the server cannot be started: {error.strerror or error}. Use fewer processes."
                if self._is_hopeless(failures):
                    self._give_up(1, why)
                    return
                event(logging.ERROR, "a process cannot be started now", why=why)
                await self._rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            self._members[place] = process
            if self._stopping.is_set():
                _tell(process, signal.SIGTERM)
            killer = asyncio.create_task(self._kill_late(process))
            refusal = await self._greet(place, process)
            began = time.monotonic()
            status = await process.wait()
            killer.cancel()
            was_serving = place in self._serving
            self._serving.discard(place)
            del self._members[place]
            if self._stopping.is_set():
                return
            failures = 0 if was_serving else failures + 1
            if not was_serving and self._is_hopeless(failures):
                self._give_up(status, refusal)
                return
            if time.monotonic() - began >= SETTLED_SECONDS:
                pause = FIRST_PAUSE
            event(
                logging.ERROR, "a process died and is replaced", member=process.pid, status=status, why=refusal or None
            )
            if failures or pause > FIRST_PAUSE:
                await self._rest(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _is_hopeless(self, failures: int) -> bool:
        """Tell whether to give up after so many starts in a row that failed."""
        return not self._serving and (not self._said or failures >= FAILED_STARTS)

    async def _rest(self, seconds: float) -> None:
        """Wait, but not beyond the end."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _greet(self, place: int, process: asyncio.subprocess.Process) -> str:
        """Wait until a member is ready or gone; return why it cannot start, or an empty text."""
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode(errors="replace").strip()
        if line.startswith(READY):
            self._serving.add(place)
            event(logging.INFO, "a process serves", member=process.pid, of=self._settings.processes)
            if len(self._serving) == self._settings.processes and not self._said:
                self._said = True
                words = f"{line.removeprefix(READY)}, {self._settings.processes} processes"
                print(words, file=sys.stderr, flush=True)
            return ""
        return line.removeprefix(REFUSED)

    async def _kill_late(self, process: asyncio.subprocess.Process) -> None:
        """Kill a member that was told to stop and does not."""
        await self._stopping.wait()
        await asyncio.sleep(self._settings.linger_seconds + self._settings.grace_seconds + KILL_SECONDS)
        _tell(process, signal.SIGKILL)

    def _give_up(self, status: int, refusal: str) -> None:
        words = refusal or (
            f"A process of the server died before it was ready (exit status {status}). Its log says why; "
            "if it was killed, there may be too little memory for so many processes."
        )
        self._failed = self._failed or (SettingsError(words) if status == 2 and refusal else StartError(words))
        self._stop()

    def _stop(self) -> None:
        """Tell all members to drain; told again, they hurry."""
        self._stopping.set()
        for process in self._members.values():
            _tell(process, signal.SIGTERM)

    def _reload(self) -> None:
        """Tell the members that serve to read the table again; one that is starting reads it anyway."""
        for place in self._serving:
            _tell(self._members[place], signal.SIGHUP)


async def _start_member(told: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "zhengming.server.member",
        told,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # Ctrl-C at the terminal is for the supervisor, which tells the members once.
        start_new_session=True,
    )


def _tell(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


@contextlib.contextmanager
def _reserve(settings: Settings) -> Iterator[int]:
    """Hold the port for the members; yield its number. Raises `StartError` when someone else has it."""
    host, port = settings.host_and_port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # Alone at first: a shared port would be shared with another server, too, without a word.
        with socket.socket(family, kind, protocol) as alone:
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind(address)
            port = alone.getsockname()[1]
        held = socket.socket(family, kind, protocol)
        try:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            held.bind((address[0], port, *address[2:]))
        except OSError:
            held.close()
            raise
    except OSError as error:
        what = f"Nothing can listen on {settings.listen}: the address is in use or not this machine's."
        raise StartError(f"{what} Choose another.") from error
    with held:
        yield port


def run(settings: Settings) -> None:
    """Serve with several processes until a signal says stop. Raises `SettingsError` or `StartError`."""

    async def supervise() -> None:
        await Supervisor(settings).run()

    asyncio.run(supervise())
