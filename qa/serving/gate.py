"""Before the models: so many questions are worked on, so many wait, and one more is refused at once.

Two that share a core take twice as long each, and a line without an end makes everybody wait for longer than they
stay: refusing early keeps the answers that are given quick.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from qa.errors import AskerLeft, Overloaded

_FIRST_GUESS = 0.1  # seconds of a question, until one has been answered
_WEIGHT = 0.1  # of the newest question in the mean of the last ones
_LOOK_SECONDS = 0.25  # how often those in line are asked whether they are still there


class Gate:
    """May be passed from several threads."""

    def __init__(self, workers: int, waiting: int) -> None:
        self._workers, self._most = workers, workers + waiting
        self._free = BoundedSemaphore(workers)
        self._lock = Lock()
        self._inside = 0  # at work and waiting
        self._mean = _FIRST_GUESS

    @contextmanager
    def passed(self, within: float, gone: Callable[[], bool] = lambda: False) -> Iterator[float]:
        """The block is one of at most `workers` that run; yields the seconds that it waited for that.

        within: seconds to wait at most. gone: whether whoever asks has left. Raises Overloaded at once where too many
        wait already, and after those seconds; AskerLeft where they are gone, and their place is free at once.
        """
        with self._lock:
            if self._inside >= self._most:
                raise Overloaded(self._retry_after())
            self._inside += 1
        try:
            came = time.perf_counter()
            at_once = self._free.acquire(blocking=False)
            if not at_once and not self._waited(came + within, gone):
                raise Overloaded(self._retry_after())
            began = time.perf_counter()
            try:
                yield 0.0 if at_once else began - came
            finally:
                self._free.release()
                self._mean += _WEIGHT * (time.perf_counter() - began - self._mean)
        finally:
            with self._lock:
                self._inside -= 1

    def _waited(self, until: float, gone: Callable[[], bool]) -> bool:
        """Whether its turn has come by then. Raises AskerLeft."""
        while (left := until - time.perf_counter()) > 0:
            if self._free.acquire(timeout=min(left, _LOOK_SECONDS)):
                return True
            if gone():
                raise AskerLeft
        return False

    @property
    def busy(self) -> bool:
        """Whether anything is worked on or waits."""
        return self._inside > 0

    @property
    def inside(self) -> int:
        """How many are worked on and wait."""
        return self._inside

    def _retry_after(self) -> int:
        """Seconds until those that are here now have been served, at least one."""
        return max(1, math.ceil(self._mean * self._inside / self._workers))


def cores() -> int:
    """Cores that this process may run on."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(affinity(0)) if affinity else os.cpu_count() or 1
