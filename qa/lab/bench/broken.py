"""Whether a server lives and answers a good client while others send it what is no HTTP: `qa bench broken`.

The others are connections of another address than the good client's, each with one sending of `malformed` after the
other. Only where the system has more than one loopback address (Linux).
"""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import suppress
from itertools import cycle
from random import Random
from typing import Any

from qa.errors import QAError

from .corpus import Corpus
from .machine import percentile
from .malformed import Sending, sending
from .server import Client, body_of, serving

SECONDS, CLIENTS = 300.0, 24
_ADDRESS = "127.0.0.2"
_PATIENCE = 2.0  # seconds of silence, after which the next thing is sent
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_RESET = struct.pack("ii", 1, 0)
# Of a server that is well: a transfer coding or a version it does not know, and no place in line.
_SOUND = {501, 503, 505}


def measure(corpus: Corpus, *, seconds: float = SECONDS, clients: int = CLIENTS) -> dict[str, Any]:
    """What was sent, by kind; what came back, by status; and how the good client fared meanwhile.

    Raises QAError where anybody is told of a fault of the server's own, or the good client is not answered.
    """
    with serving(corpus.data) as port:
        with _Broken(port, clients) as broken:
            answered, refused = _good(port, corpus, seconds)
        if _good(port, corpus, 0.0)[1]:
            raise QAError("The server refuses a question although nobody else asks.")
    faults = {status: n for status, n in broken.statuses.items() if status >= 500 and status not in _SOUND}
    if faults:
        raise QAError(f"The server told of faults of its own: {faults}")
    return {
        "seconds": seconds,
        "clients": clients,
        "good_client": {
            "answered": len(answered),
            "refused": refused,
            "p50_ms": round(percentile(answered, 50), 1),
            "p95_ms": round(percentile(answered, 95), 1),
        },
        "sent": dict(sorted(broken.sent.items())),
        "sent_altogether": sum(broken.sent.values()),
        "statuses": {str(status): count for status, count in sorted(broken.statuses.items())},
    }


def _good(port: int, corpus: Corpus, seconds: float) -> tuple[list[float], int]:
    """Milliseconds of each answer, and how many questions were refused; one is asked at least."""
    client, taken, refused, until = Client(port), [], 0, time.monotonic() + seconds
    for question in cycle(corpus.questions):
        reply = client.ask(body_of(question))
        if reply.status == 200:
            taken.append(reply.milliseconds)
        elif reply.status == 503:
            refused += 1
        else:
            raise QAError(f"The server answered {question.text!r} with {reply.status}: {reply.answer}")
        if time.monotonic() > until:
            break
    client.close()
    return taken, refused


class _Broken:
    """So many clients at work while the block lasts."""

    def __init__(self, port: int, clients: int) -> None:
        self._port, self._stop, self._lock = port, threading.Event(), threading.Lock()
        self.sent, self.statuses = Counter[str](), Counter[int]()
        self._threads = [
            threading.Thread(target=self._go_on, args=[Random(number)], daemon=True)
            for number in range(clients)
        ]

    def __enter__(self) -> _Broken:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(10 * _PATIENCE)

    def _go_on(self, chance: Random) -> None:
        while not self._stop.is_set():
            made = sending(chance)
            statuses = _statuses(self._told(made))
            with self._lock:
                self.sent[made.kind] += 1
                self.statuses.update(statuses)

    def _told(self, made: Sending) -> bytes:
        """What came back; a connection that the server closes has told what it has."""
        told = bytearray()
        with (
            suppress(OSError),
            socket.create_connection(("127.0.0.1", self._port), _PATIENCE, (_ADDRESS, 0)) as one,
        ):
            with suppress(OSError):
                for piece in made.pieces:
                    one.sendall(piece)
                    self._stop.wait(made.pause)
                if made.half_closed:
                    one.shutdown(socket.SHUT_WR)
            if made.leaves:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                return b""
            while part := one.recv(1 << 16):
                told += part
        return bytes(told)


def _statuses(told: bytes) -> list[int]:
    return [int(status) for status in _STATUS.findall(told)]
