"""Sockets that listen, and the server on them."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from qa.errors import QAError
from web.connections import Adjustments, Server
from web.limits import Limits

_TURN_SECONDS = 0.5  # at most until who is overdue is looked for


class Listening:
    """The server of `app` on sockets that listen; it answers while `run` does.

    threads: requests that are worked on at a time. body_limit: method, path and headers of a request -> bytes that
    are read of its body; by default Limits.read_bytes.
    """

    def __init__(
        self,
        app: Flask,
        sockets: Sequence[socket.socket],
        threads: int,
        limits: Limits | None = None,
        body_limit: Callable[[str, str, Mapping[str, str]], int] | None = None,
    ) -> None:
        self._limits = limits = limits or Limits()
        adjustments = Adjustments(
            sockets=list(sockets),
            threads=threads,
            connection_limit=2**31,  # Server.make_room closes one instead of taking in no more
            channel_request_lookahead=1,  # so that it is noticed when a client leaves while it is answered
            outbuf_high_watermark=2**40,  # no thread waits for a client
            cleanup_interval=1,  # seconds between two looks at who is overdue
            max_request_body_size=limits.read_bytes,
            ident="verbatim",
        )
        adjustments.body_limit = body_limit or (lambda method, path, headers: limits.read_bytes)
        # A queue is no news: Limits and the gate before the models say what there may be.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._map: dict[int, Any] = {}
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(threads)
        self._servers = [
            Server(
                app,
                self._map,
                True,
                one,
                dispatcher=self._dispatcher,
                adj=adjustments,
                bind_socket=False,
                sockinfo=(one.family, one.type, one.proto, one.getsockname()),
                limits=limits,
            )
            for one in sockets
        ]
        self.port = int(self._servers[0].effective_port)
        self._stopping = False

    def run(self) -> None:
        """Until `stop`, or an interrupt; then for what is being answered, and no longer than Limits.stop_seconds."""
        try:
            while not self._stopping:
                self._turn()
        except (KeyboardInterrupt, SystemExit):
            pass
        until = time.monotonic() + self._limits.stop_seconds
        for server in self._servers:
            server.accepting = False
        while time.monotonic() < until and any(not one.idle for one in self._servers[0].channels()):
            self._turn()
        self._dispatcher.shutdown(timeout=max(1.0, until - time.monotonic()))
        wasyncore.close_all(self._map)

    def stop(self) -> None:
        """May be called from any thread."""
        self._stopping = True
        self._servers[0].pull_trigger()

    @property
    def channels(self) -> int:
        return len(self._servers[0].channels())

    def _turn(self) -> None:
        for server in self._servers:
            server.between_turns()
        # select() knows no file beyond the 1,024th.
        wasyncore.loop(_TURN_SECONDS, use_poll=True, map=self._map, count=1)


def bound(host: str, port: int) -> list[socket.socket]:
    """A socket for every address of `host`. Raises QAError where one cannot be had."""
    bound: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in dict.fromkeys(found):
            bound.append(socket.create_server(address[:2], family=family))
    except OSError as error:
        for opened in bound:
            opened.close()
        raise QAError(f"Cannot listen on {host} port {port}: {error}. Choose another with --port.") from error
    return bound
