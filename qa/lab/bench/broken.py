"""Whether a server lives and answers a good client while others send it what is no HTTP: `qa bench broken`.

The others are connections of another address than the good client's, each with one sending of `malformed` after the
other. Only where the system has more than one loopback address (Linux).
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import cycle
from random import Random
from typing import Any

from qa.errors import QAError

from .beside import Others, politely
from .corpus import Corpus, Question
from .machine import percentile
from .malformed import Sending, sending
from .server import serving

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
            answered, refused = politely(port, _until(corpus, seconds))
        if politely(port, _until(corpus, 0.0))[1]:
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


def _until(corpus: Corpus, seconds: float) -> Iterator[Question]:
    """The questions over and over for so long; one at least."""
    until = time.monotonic() + seconds
    for question in cycle(corpus.questions):
        yield question
        if time.monotonic() > until:
            return


class _Broken(Others):
    def __init__(self, port: int, clients: int) -> None:
        acts = [partial(self._send, Random(number)) for number in range(clients)]
        super().__init__(acts, 10 * _PATIENCE)
        self._port = port
        self.sent, self.statuses = Counter[str](), Counter[int]()

    def _send(self, chance: Random) -> None:
        made = sending(chance)
        statuses = _statuses(self._told(made))
        with self.lock:
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
                    self.stop.wait(made.pause)
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
