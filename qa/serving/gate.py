"""Before the models: so many questions are worked on, so many wait, and one more is refused at once.

Two that share a core take twice as long each, and a line without an end makes everybody wait for longer than they
stay: refusing early keeps the answers that are given quick.
"""

from __future__ import annotations

import math
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock

from qa.errors import AskerLeft, Overloaded

_FIRST_GUESS = 0.1  # seconds of a question, until one has been answered
_WEIGHT = 0.1  # of the newest question in the mean of the last ones
_LOOK_SECONDS = 0.25  # how often those in line are asked whether they are still there
_LATELY_SECONDS = 10.0  # for which a place is kept free for another client


@dataclass(slots=True, eq=False)
class _Place:
    """Of one question. turn: it is at work, or has lost its place in line."""

    client: Hashable
    turn: Event = field(default_factory=Event)
    works: bool = False


class Gate:
    """May be passed from several threads.

    Clients take turns (round robin, as in Nagle, On Packet Switches With Infinite Storage, RFC 970): next is one with
    the fewest questions at work, and of these whoever was served longest ago. Nobody has all places where another was
    here in the last seconds: whoever asks again then begins at once, and not when the longest question of somebody who
    asks without end is done. Where the line is full, the client with the most questions here loses its last one to
    whoever has fewer.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        self._workers, self._most = workers, workers + waiting
        self._lock = Lock()
        # Of each client that waits, in the order of their turns.
        self._lines: dict[Hashable, deque[_Place]] = {}
        self._working: Counter[Hashable] = Counter()
        self._left: dict[Hashable, float] = {}  # when each client's last question was done, the latest last
        self._inside = 0  # at work and waiting
        self._mean = _FIRST_GUESS

    @contextmanager
    def passed(
        self, within: float, gone: Callable[[], bool] = lambda: False, client: Hashable = None
    ) -> Iterator[float]:
        """The block is one of at most `workers` that run; yields the seconds that it waited for that.

        within: seconds to wait at most. gone: whether whoever asks has left. client: whose question it is. Raises
        Overloaded at once where too many wait already, when it loses its place to another client, and after those
        seconds; AskerLeft where they are gone, and their place is free at once.
        """
        came = time.perf_counter()
        place = self._enter(client)
        try:
            waited = self._wait(place, came, within, gone)
            began = time.perf_counter()
            try:
                yield waited
            finally:
                self._mean += _WEIGHT * (time.perf_counter() - began - self._mean)
        finally:
            self._leave(place)

    def _enter(self, client: Hashable) -> _Place:
        """At work or in line. Raises Overloaded."""
        place = _Place(client)
        with self._lock:
            if self._inside >= self._most and not self._make_room(client):
                raise Overloaded(self._retry_after())
            self._inside += 1
            self._lines.setdefault(client, deque()).append(place)
            self._call_next()
        return place

    def _wait(self, place: _Place, came: float, within: float, gone: Callable[[], bool]) -> float:
        """The seconds until its turn has come. Raises Overloaded, AskerLeft."""
        if place.works:
            return 0.0
        while not place.turn.wait(max(0.0, min(came + within - time.perf_counter(), _LOOK_SECONDS))):
            if gone():
                raise AskerLeft
            if time.perf_counter() >= came + within:
                break
            with self._lock:
                self._call_next()  # to a place that is kept for nobody any more
        if not place.works:
            raise Overloaded(self._retry_after())
        return time.perf_counter() - came

    def _leave(self, place: _Place) -> None:
        with self._lock:
            if place.works:
                self._inside -= 1
                self._working -= Counter([place.client])
                self._left.pop(place.client, None)
                self._left[place.client] = time.perf_counter()
                self._put_last(place.client)
                self._call_next()
            elif not place.turn.is_set():
                self._step_out(place)

    def _call_next(self) -> None:
        """Whose turn it is begins, for as many as there is room."""
        while self._lines and self._working.total() < self._workers:
            client = min(self._lines, key=self._working.__getitem__)  # the first of several
            if self._working[client] >= self._share(client):
                return
            place = self._lines[client].popleft()
            self._put_last(client)
            self._begin(place)

    def _share(self, client: Hashable) -> int:
        """How many of its questions may be at work: all that can be, or all but one where another was here lately."""
        since = time.perf_counter() - _LATELY_SECONDS
        while self._left and (longest_ago := next(iter(self._left.items())))[1] < since:
            del self._left[longest_ago[0]]
        return self._workers if self._left.keys() <= {client} else max(1, self._workers - 1)

    def _put_last(self, client: Hashable) -> None:
        if line := self._lines.pop(client, None):
            self._lines[client] = line

    def _begin(self, place: _Place) -> None:
        self._working[place.client] += 1
        place.works = True
        place.turn.set()

    def _make_room(self, client: Hashable) -> bool:
        """Whether another client's last place in line could be had for one of this client's."""
        here = {one: len(line) + self._working[one] for one, line in self._lines.items()}
        most = max(here, key=here.__getitem__, default=client)
        own = self._working[client] + len(self._lines.get(client, ()))
        if here.get(most, 0) <= own + 1:
            return False
        last = self._lines[most][-1]
        self._step_out(last)
        last.turn.set()
        return True

    def _step_out(self, place: _Place) -> None:
        self._inside -= 1
        line = self._lines[place.client]
        line.remove(place)
        if not line:
            del self._lines[place.client]

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
