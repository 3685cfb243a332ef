"""How long a polite client waits beside 64 that mean harm, and alone: `qa bench hostile`.

All 64 are connections of another address than the polite client's, and each begins anew where the server closes it:
first all of one kind below, for each kind, then an eighth of them of each kind at once. Only where the system has more
than one loopback address (Linux).
"""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import cycle, islice
from typing import Any

from .beside import Others, politely
from .corpus import Corpus
from .machine import percentile
from .server import body_of, serving

CLIENTS, ASKED = 64, 60
_ADDRESS = "127.0.0.2"
_SECONDS = 10.0  # of silence, after which a hostile client begins anew
_BEGINNING = 2.0  # until every one of them is at it
_HALF_OPEN = 8  # connections of each client that stops midway
_PIPELINED = 50  # pairs of requests of each that reads nothing


def measure(corpus: Corpus, *, clients: int = CLIENTS, asked: int = ASKED) -> dict[str, Any]:
    """Milliseconds of the polite client's answers, alone and beside the others; times: p95 beside p95 alone.

    refused: of its questions. Raises QAError where one of them fails otherwise.
    """
    done = Counter[str]()
    with serving(corpus.data) as port:
        politely(port, islice(cycle(corpus.questions), len(corpus.warming)))
        alone, refused = politely(port, islice(cycle(corpus.questions), asked))
        rows = [_row("alone", alone, refused, alone)]
        for name, kinds in [*((kind, [kind]) for kind in _Hostile.KINDS), ("of each kind", _Hostile.KINDS)]:
            with _Hostile(port, corpus, list(islice(cycle(kinds), clients))) as hostile:
                time.sleep(_BEGINNING)
                beside, refused = politely(port, islice(cycle(corpus.questions), asked))
            rows.append(_row(f"beside {clients}: {name}", beside, refused, alone))
            done.update(hostile.done)
    return {"asked": asked, "waits": rows, "hostile": dict(sorted(done.items()))}


def _row(when: str, taken: Sequence[float], refused: int, alone: Sequence[float]) -> dict[str, Any]:
    shown = {f"p{p}_ms": round(percentile(taken, p), 1) if taken else None for p in (50, 95)}
    times = round(percentile(taken, 95) / percentile(alone, 95), 2) if taken else None
    return {"polite_client": when, "answered": len(taken), "refused": refused, **shown, "times": times}


class _Hostile(Others):
    KINDS = (
        *("ask", "ask for most", "leave a stream", "read nothing"),
        *("stop midway", "guess a token", "send too much", "send nonsense"),
    )

    def __init__(self, port: int, corpus: Corpus, kinds: Sequence[str]) -> None:
        """kinds: one for each client."""
        super().__init__([partial(self._act, kind) for kind in kinds], 2 * _SECONDS)
        self._port, self._bodies = port, cycle([body_of(one) for one in corpus.questions])
        self.done = Counter[str]()

    def _act(self, kind: str) -> None:
        act: Callable[[], None] = getattr(self, f"_{kind.replace(' ', '_')}")
        try:
            act()
        except (OSError, http.client.HTTPException):  # closed, which is what it deserves
            self.stop.wait(0.01)
        with self.lock:
            self.done[kind] += 1

    def _ask(self) -> None:
        self._post(self._body())

    def _ask_for_most(self) -> None:
        names = " and ".join(f"Ada Lovelace {letter} of Vienna" for letter in "BCDEFGHIJKLMNOPQRST")
        turns = [{"question": f"Who met {names}?", "answer": "Ada Lovelace"}] * 50
        self._post({**self._body(), "top_k": 100, "history": turns})

    def _leave_a_stream(self) -> None:
        with self._connected() as one:
            body = json.dumps(self._body()).encode()
            one.sendall(_head("POST", "/ask/stream", len(body)) + body)
            one.recv(1)

    def _read_nothing(self) -> None:
        with self._connected(receives=4096) as one:
            one.sendall((_head("GET", "/articles?limit=1000", 0) + _head("GET", "/library", 0)) * _PIPELINED)
            self.stop.wait(_SECONDS)

    def _stop_midway(self) -> None:
        with ExitStack() as last:
            for _ in range(_HALF_OPEN):
                one = last.enter_context(self._connected())
                one.sendall(_head("POST", "/ask", 999) + b"{")
            self.stop.wait(_SECONDS)

    def _guess_a_token(self) -> None:
        self._request("POST", "/index", headers={"Authorization": "Bearer guess"})

    def _send_too_much(self) -> None:
        self._request("POST", "/ask", b"x" * 2**20, {"Content-Type": "application/json"})

    def _send_nonsense(self) -> None:
        with self._connected() as one:
            one.sendall(b"\x16\x03\x01 nonsense\r\n\r\n" * 20)
            one.recv(1 << 16)

    def _post(self, body: Any) -> None:
        self._request("POST", "/ask", json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> None:
        with ExitStack() as last:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, 60, (_ADDRESS, 0))
            last.callback(connection.close)
            connection.request(method, path, body, headers or {})
            connection.getresponse().read()

    def _connected(self, receives: int = 0) -> socket.socket:
        one = socket.socket()
        if receives:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        one.settimeout(_SECONDS)
        one.bind((_ADDRESS, 0))
        one.connect(("127.0.0.1", self._port))
        return one

    def _body(self) -> Any:
        with self.lock:
            return json.loads(next(self._bodies))


def _head(method: str, path: str, length: int) -> bytes:
    told = f"Content-Type: application/json\r\nContent-Length: {length}\r\n" if length else ""
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{told}\r\n".encode()
