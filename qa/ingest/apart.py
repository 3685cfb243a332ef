"""Reading a file in a process of its own, with limits: a file may be made to be read for hours, or into all memory.

One HTML tag with 500,000 attributes, or a PDF of 320 kB whose 2,000 pages share one stream, ends no parser's work in
reasonable time, and a thread cannot be stopped. The process reads one file after the other; where it is too slow or
too large it is ended, that file is rejected with the reason, and the next one gets a new process. A process that ends
by itself has its file read once more by another, for it may not be the file's fault. What else is made of a stranger's
file while others wait, such as the view of a page, is made in the same way.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from qa.records import Rejected

if TYPE_CHECKING:
    from qa.ingest.fields import Fields

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    # Until the first article of a file, and between two: 64 MiB of PDF or HTML take a tenth of it on a slow core.
    seconds: float = 120.0
    # Of the process; the tree of the largest page that is read takes under 1 GiB.
    memory_mib: int = 3072


class TooMuch(Exception):
    """What was asked for takes more time or memory than it may."""


class Ended(TooMuch):
    """Its process has ended: for want of memory, by a fault in a library, or by somebody else."""


class _Reading:
    """A process that reads. It ends when this one does, however that ends: its standard input is closed then."""

    def __init__(self, memory_mib: int) -> None:
        path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)  # noqa: PTH109
        self._process = subprocess.Popen(
            [sys.executable, "-m", "qa.ingest.apart", str(memory_mib)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._told: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="file reading", daemon=True).start()

    def ask(self, *asked: Any) -> None:
        assert self._process.stdin is not None
        pickle.dump(asked, self._process.stdin)
        self._process.stdin.flush()

    def next(self, seconds: float) -> Any:
        """Raises queue.Empty where nothing comes, EOFError where the process has ended."""
        told = self._told.get(timeout=seconds)
        if told is _ENDED:
            raise EOFError
        return told

    def end(self) -> None:
        self._process.kill()
        with contextlib.suppress(OSError):
            self._process.communicate()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
            while True:
                self._told.put(pickle.load(self._process.stdout))
        self._told.put(_ENDED)


_ENDED = object()
# Processes that wait for a file, by the memory that they may take; starting one takes a second.
_free: defaultdict[int, list[_Reading]] = defaultdict(list)
_lock = threading.Lock()


def read_apart(
    file: Path, path: str, today: date, fields: Fields | None = None, limits: Limits | None = None
) -> list[Any]:
    """What `qa.ingest.collect.read_here` yields, read in another process; at its end a Rejected where that takes too
    much, or ended two processes."""
    from qa.ingest.collect import read_here  # a second to import, and it imports this module

    for last in (False, True):
        found: list[Any] = []
        try:
            for one in done_apart(read_here, file, path, today, fields, limits=limits or Limits()):
                found.append(one)
            return found
        except TooMuch as error:
            if last or not isinstance(error, Ended):
                return [*found, Rejected(path, f"reading it {error}")]
    raise AssertionError("the last attempt has returned")


def done_apart(work: Callable[..., Iterable[Any]], *asked: Any, limits: Limits) -> Iterator[Any]:
    """What `work(*asked)` yields, in another process; the seconds are those until the first, and between two.

    work: a function of a module; what it takes and yields can be pickled. Raises TooMuch.
    """
    with _lock:
        free = _free[limits.memory_mib]
        reading = free.pop() if free else None
    reading = reading or _Reading(limits.memory_mib)
    whole = False
    try:
        reading.ask(work, asked)
        while (told := reading.next(limits.seconds)) is not None:
            yield told
        whole = True
    except queue.Empty:
        raise TooMuch(f"takes longer than {limits.seconds:g} s, which is when it was given up") from None
    except (EOFError, OSError):
        raise Ended(f"ended its process: it may need more than {limits.memory_mib} MiB") from None
    finally:
        if whole:
            with _lock:
                free.append(reading)
        else:
            reading.end()


def leave_one() -> None:
    """End the processes that wait for a file, but for one of each kind: they take a hundred MB each."""
    _end(but=1)


def end_waiting(limits: Limits) -> None:
    """End the processes with these limits that wait for work, and with them what they keep for the next."""
    with _lock:
        ended = _free.pop(limits.memory_mib, [])
    for reading in ended:
        reading.end()


@atexit.register
def _end_all() -> None:
    _end(but=0)


def _end(but: int) -> None:
    with _lock:
        ended = [reading for free in _free.values() for reading in free[but:]]
        for free in _free.values():
            del free[but:]
    for reading in ended:
        reading.end()


def main() -> None:
    """Answer what comes on the standard input, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that asked
    _limit_memory(int(sys.argv[1]))
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_take, args=(sys.stdin.buffer, asked), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        _answer(asked, told)


def _take(stream: BinaryIO, asked: queue.SimpleQueue[Any]) -> None:
    """End with the process that asks, in the middle of a file too: nobody else would end a reading without end."""
    try:
        while True:
            asked.put(pickle.load(stream))
    finally:
        os._exit(0)


def _answer(asked: queue.SimpleQueue[Any], told: BinaryIO) -> None:
    while True:
        work, given = asked.get()
        for found in work(*given):
            pickle.dump(found, told)
            told.flush()
        pickle.dump(None, told)
        told.flush()


def _limit_memory(mib: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind in (resource.RLIMIT_DATA, resource.RLIMIT_AS):  # macOS knows only the second, and may refuse it
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (mib * MIB, resource.getrlimit(kind)[1]))
            return


if __name__ == "__main__":
    main()
