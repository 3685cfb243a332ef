"""More processes that answer on the same sockets: each is started again where it dies, and ends with the first.

Builds are made in the first process alone; the others reach them over a pipe, which nobody else can open.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess, parent_process

from qa.upkeep.jobs import JobState
from web.jobs import Builds

PAUSE_SECONDS = 1.0  # before a process that has died is started again: one that cannot start must not spin
_ASKED = ("start", "request", "cancel", "state")

_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy locks that threads hold

_log = logging.getLogger(__name__)


class Others:
    """`count` processes beside this one, while the block runs: each calls `work` with the way to the builds here.

    work: a function that another process can import, or a partial of one; it returns only with its process. builds: of
    each collection, by its name.
    """

    def __init__(self, count: int, work: Callable[[FarBuilds], None], builds: Mapping[str, Builds]) -> None:
        self._work, self._builds = work, builds
        self._stop = threading.Event()
        self._running: dict[int, BaseProcess] = {}
        self._keepers = [
            threading.Thread(target=self._keep, args=[number], name=f"keeper {number}", daemon=True)
            for number in range(2, count + 2)
        ]

    def __enter__(self) -> Others:
        for keeper in self._keepers:
            keeper.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for process in list(self._running.values()):
            process.terminate()
        for keeper in self._keepers:
            keeper.join(PAUSE_SECONDS)

    def _keep(self, number: int) -> None:
        """One process, and whatever follows it."""
        if hasattr(signal, "pthread_sigmask"):  # it inherits this: Ctrl+C is for the first process to obey
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while not self._stop.is_set():
            try:
                ended = self._one(number)
            except OSError as error:  # no memory for it, or no room in the table of processes
                ended = f"could not be started: {error}"
            if not self._stop.wait(PAUSE_SECONDS):
                _log.warning("Process %s %s; it is started again.", number, ended)

    def _one(self, number: int) -> str:
        """From its start to its end; how it ended. Raises OSError where it cannot be started."""
        here, there = _SPAWN.Pipe()
        with here:
            with there:  # closed here once the process has it, so that its end is seen
                process = _SPAWN.Process(target=_run, args=[self._work, there], daemon=True)
                process.start()
            self._running[number] = process
            self._obey(here)
        process.join()
        return f"ended with status {process.exitcode}"

    def _obey(self, pipe: Connection) -> None:
        """Carry out what is asked over the pipe, until its other end is gone."""
        with suppress(EOFError, OSError):
            while True:
                collection, name = pipe.recv()
                assert name in _ASKED
                try:
                    pipe.send(getattr(self._builds[collection], name)())
                except Exception as error:  # raised again where it was asked
                    pipe.send(error)


class FarBuilds:
    """The builds of the first process, from another one. May be called from several threads.

    of: the same of the collection of this name.
    """

    def __init__(self, pipe: Connection, lock: threading.Lock | None = None, collection: str = "") -> None:
        self._pipe, self._lock, self._collection = pipe, lock or threading.Lock(), collection

    def of(self, collection: str) -> FarBuilds:
        return FarBuilds(self._pipe, self._lock, collection)

    def start(self) -> JobState:
        return self._ask("start")

    def request(self) -> JobState:
        return self._ask("request")

    def cancel(self) -> JobState:
        return self._ask("cancel")

    def state(self) -> JobState:
        return self._ask("state")

    def _ask(self, name: str) -> JobState:
        with self._lock:
            self._pipe.send((self._collection, name))
            told: JobState | Exception = self._pipe.recv()
        if isinstance(told, Exception):
            raise told
        return told


def _run(work: Callable[[FarBuilds], None], pipe: Connection) -> None:
    threading.Thread(target=_end_with_the_first, name="parent watcher", daemon=True).start()
    with suppress(KeyboardInterrupt):  # where no mask keeps it away
        work(FarBuilds(pipe))


def _end_with_the_first() -> None:
    """However that ends: killed, it has no time to say so."""
    first = parent_process()
    assert first is not None
    first.join()
    os._exit(0)
