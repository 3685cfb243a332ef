"""What a question's time goes to, and when it has had enough of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from qa.errors import AskerLeft, TookTooLong


class Clock:
    """Milliseconds of each step, and of the whole; who wants to know is told when a step begins."""

    def __init__(
        self,
        on_step: Callable[[str], None] | None = None,
        seconds: float = math.inf,
        gone: Callable[[], bool] = lambda: False,
    ) -> None:
        """seconds: after these no further step begins. gone: nor where this says that whoever asks has left."""
        self._began = time.perf_counter()
        self._on_step, self._seconds, self._gone = on_step, seconds, gone
        self._steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Raises TookTooLong instead of beginning a step too late, AskerLeft instead of one for nobody."""
        if self.left() <= 0:
            raise TookTooLong(self._seconds, name)
        if self._gone():
            raise AskerLeft
        if self._on_step and name not in self._steps:
            self._on_step(name)
        began = time.perf_counter()
        yield
        self._steps[name] = self._steps.get(name, 0.0) + time.perf_counter() - began

    def spent(self, name: str, seconds: float) -> None:
        """Time that went to no step."""
        self._steps[name] = seconds

    def elapsed(self) -> float:
        return time.perf_counter() - self._began

    def left(self) -> float:
        """Seconds until it is too late."""
        return self._seconds - self.elapsed()

    def timings_ms(self) -> dict[str, float]:
        whole = {**self._steps, "total": self.elapsed()}
        return {name: round(seconds * 1000, 3) for name, seconds in whole.items()}
