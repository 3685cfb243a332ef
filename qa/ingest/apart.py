"""Reading a file in a process of its own, with limits: a file may be made to be read for hours, or into all memory.

One HTML tag with 500,000 attributes, or a PDF of 320 kB whose 2,000 pages share one stream, ends no parser's work in
reasonable time, and a thread cannot be stopped. The process reads one file after the other; where it is too slow or
too large it is ended, that file is rejected with the reason, and the next one gets a new process.
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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from qa.ingest.fields import Fields
from qa.records import Rejected

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    # Until the first article of a file, and between two: 64 MiB of PDF or HTML take a tenth of it on a slow core.
    seconds: float = 120.0
    # Of the process; the tree of the largest page that is read takes under 1 GiB.
    memory_mib: int = 3072


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
_free: list[_Reading] = []  # processes that wait for a file; starting one takes a second
_lock = threading.Lock()


def read_apart(
    file: Path, path: str, today: date, fields: Fields | None = None, limits: Limits | None = None
) -> Iterator[Any]:
    """What `qa.ingest.collect.read_here` yields, read in another process; a Rejected where that takes too much."""
    limits = limits or Limits()
    with _lock:
        reading = _free.pop() if _free and limits == Limits() else None
    reading = reading or _Reading(limits.memory_mib)
    whole = False
    try:
        reading.ask(file, path, today, fields)
        while (told := reading.next(limits.seconds)) is not None:
            yield told
        whole = True
    except queue.Empty:
        yield Rejected(
            path, f"reading it takes longer than {limits.seconds:g} s, which is when it was given up"
        )
    except (EOFError, OSError):
        yield Rejected(path, f"reading it ended its process: it may need more than {limits.memory_mib} MiB")
    finally:
        if whole and limits == Limits():
            with _lock:
                _free.append(reading)
        else:
            reading.end()


@atexit.register
def _end_all() -> None:
    while _free:
        _free.pop().end()


def main() -> None:
    """Answer what comes on the standard input, until it ends."""
    from qa.ingest.collect import read_here

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that asked
    _limit_memory(int(sys.argv[1]))
    asked, told = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    with contextlib.suppress(EOFError, BrokenPipeError):
        _answer(asked, told, read_here)


def _answer(asked: BinaryIO, told: BinaryIO, read: Callable[..., Iterator[Any]]) -> None:
    while True:
        for found in read(*pickle.load(asked)):
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
