"""Many clients at once, in a process apart from the server's: `python -m qa.lab.bench.clients`, for `qa bench load`.

Reads a job from stdin as JSON, {"port", "bodies", "clients", "seconds"}, and prints what became of it. Each client asks
as soon as it has been answered; one that is refused waits as long as it was told. Without a number of seconds each
question is asked until it is answered or fails, once.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

from .server import Client

_AFTER_FAILURE = 0.1  # seconds; a server that is down is not to be asked a thousand times a second


class _Load:
    """What the clients share: the questions still to ask, and what became of the others."""

    def __init__(self, bodies: Sequence[str], seconds: float | None) -> None:
        self.once = seconds is None
        numbered = enumerate(bodies)
        self._bodies: Iterator[tuple[int, str]] = numbered if self.once else cycle(numbered)
        self._lock = threading.Lock()
        self.asked = 0
        self.answered_ms: list[float] = []
        self.refused_ms: list[float] = []
        self.errors: Counter[str] = Counter()
        self.replies: list[dict[str, Any]] = [{} for _ in bodies]
        self.until = float("inf") if seconds is None else time.perf_counter() + seconds

    def one_client(self, port: int) -> None:
        client = Client(port)
        while (drawn := self._next()) is not None:
            number, body = drawn
            while (wait := self._ask(client, number, body.encode())) is not None:
                time.sleep(max(0.0, min(wait, self.until - time.perf_counter())))
                if not self.once:
                    break
        client.close()

    def _next(self) -> tuple[int, str] | None:
        with self._lock:
            return next(self._bodies, None) if time.perf_counter() < self.until else None

    def _ask(self, client: Client, number: int, body: bytes) -> float | None:
        """None where that question is done; else the seconds to wait, because it was refused."""
        with self._lock:
            self.asked += 1
        try:
            reply = client.ask(body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._failed(number, type(error).__name__)
            return None
        if reply.status == 200 and "answer" in reply.answer:
            with self._lock:
                self.answered_ms.append(reply.milliseconds)
                self.replies[number] = {"answer": reply.answer["answer"], "ms": reply.milliseconds}
            return None
        if reply.status == 503 and reply.retry_after is not None:
            with self._lock:
                self.refused_ms.append(reply.milliseconds)
            return reply.retry_after
        self._failed(number, f"status {reply.status}")
        return None

    def _failed(self, number: int, what: str) -> None:
        with self._lock:
            self.errors[what] += 1
            self.replies[number] = {"error": what}
        time.sleep(_AFTER_FAILURE)


def load(port: int, bodies: Sequence[str], clients: int, seconds: float | None) -> dict[str, Any]:
    """seconds: from the first question to the last reply; asked = answered + refused + errors.

    replies: where each question is asked once, what became of it: {"answer", "ms"} or {"error"}.
    """
    began = time.perf_counter()
    shared = _Load(bodies, seconds)
    threads = [threading.Thread(target=shared.one_client, args=[port]) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "seconds": time.perf_counter() - began,
        "asked": shared.asked,
        "answered_ms": shared.answered_ms,
        "refused_ms": shared.refused_ms,
        "errors": dict(shared.errors),
        "replies": shared.replies if shared.once else [],
    }


if __name__ == "__main__":
    print(json.dumps(load(**json.load(sys.stdin))))
