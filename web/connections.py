"""Connections that cannot hold the server up: waitress's, with limits.

waitress lets a thread wait where a client takes nothing in, and closes no connection that is in the middle of
something: fifty that ask much and read nothing hold all threads. Here no thread ever waits for a client: what a
connection was answered stands in its own buffer, its next request begins when that has gone out, and whoever is too
slow, in sending or in taking in, is closed.
"""

from __future__ import annotations

import json
import logging
import re
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from waitress import adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask

from web.clients import client_of
from web.limits import Limits

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: what the kernel still holds for the client is thrown away

_OVER = re.compile(r"max_body of (\d+)")  # as waitress says that a body is too large

_log = logging.getLogger(__name__)


class _Problem:
    """waitress's refusal of what is no request, as a problem (RFC 9457)."""

    def __init__(self, error: Any) -> None:
        self._error = error

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        code, reason = self._error.code, self._error.reason
        problem = {"type": "about:blank", "title": reason, "status": code, "detail": self._detail()}
        return (
            f"{code} {reason}",
            [("Content-Type", "application/problem+json")],
            json.dumps(problem).encode(),
        )

    def _detail(self) -> str:
        told = str(self._error.body)
        if limit := _OVER.search(told):
            size = int(limit[1]) // 2**20
            return f"The body of the request is over {size} MiB. Send less; whoever has a token for it sends files."
        return told


class _ProblemTask(ErrorTask):  # type: ignore[misc]  # waitress has no types
    def execute(self) -> None:
        self.request.error = _Problem(self.request.error)
        super().execute()


class Adjustments(adjustments.Adjustments):  # type: ignore[misc]
    """body_limit: method, path, headers (by their names as CGI writes them) -> bytes that are read of the body."""

    body_limit: Callable[[str, str, Mapping[str, str]], int]

    def for_body(self, limit: int) -> Any:
        if limit == self.max_request_body_size:
            return self
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, max_request_body_size=limit)
        return other


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Takes a body as large as its request may have."""

    adj: Adjustments
    path = ""  # of what is no request: waitress names it where the client has left meanwhile

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # a length of more digits than Python takes for a number
            raise ParsingError("The headers of the request make no sense.") from error
        _same_for_all(header_plus)
        self.adj = self.adj.for_body(self.adj.body_limit(self.command, self.path, self.headers))


def _same_for_all(header: bytes) -> None:
    """Raises ParsingError where a proxy could see another request in these bytes than this server (RFC 9112, 11.2):
    where the length of the body is told more than once (6.3), or the host is (3.2)."""
    lines = [line.lower() for line in header.split(b"\r\n")[1:]]
    lengths = [line for line in lines if line.startswith((b"content-length:", b"transfer-encoding:"))]
    if len(lengths) > 1 or any(b"," in line for line in lengths):
        raise ParsingError("The request says more than once how long its body is.")
    if sum(line.startswith(b"host:") for line in lines) > 1:
        raise ParsingError("The request says more than once which host it is for.")


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    parser_class = _Parser
    error_task_class = _ProblemTask

    def __init__(self, server: Server, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:
        now = time.monotonic()
        self._opened = self._quiet_since = now
        self._began: float | None = None  # when the request that is being received did
        self._answered = False
        self._postponed = False  # a request is there, and the answer before it has not gone out
        self._sent = 0
        self._pending_since: float | None = None
        self._sent_then = 0
        super().__init__(server, sock, addr, adj, map=map)
        self.client = client_of(addr[0])
        server.make_room(self)

    @property
    def idle(self) -> bool:
        """Whether nobody waits for anything here."""
        return not self.requests and not self.total_outbufs_len

    @property
    def quiet_since(self) -> float:
        return self._quiet_since

    def received(self, data: bytes) -> bool:
        self._quiet_since = time.monotonic()
        if self.request is None:
            self._began = self._quiet_since
        took: bool = super().received(data)
        if self.request is None:
            self._began = None
        return took

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent: int = super().send(data, do_close)
        self._sent += sent
        return sent

    def postpone(self) -> bool:
        """Whether the next request has to wait until what was answered has gone out."""
        self._answered = True
        self._quiet_since = time.monotonic()
        self._postponed = self.total_outbufs_len > 0
        return self._postponed

    def writable(self) -> bool:
        return bool(self._postponed or super().writable())

    def handle_write(self) -> None:
        super().handle_write()
        if self._postponed and self.connected and not self.total_outbufs_len:
            self._postponed = False
            self.server.task_dispatcher.add_task(self)

    def overdue(self, now: float, limits: Limits) -> str | None:
        """Why this connection is to be closed."""
        if self.total_outbufs_len:
            return self._taking_in(now, limits)
        self._pending_since = None
        if self.requests:
            return None
        if self._began is None:
            most = limits.idle_seconds if self._answered else limits.header_seconds
            return "idle" if now - self._quiet_since > most else None
        late = now - self._began - limits.header_seconds
        if late > 0 and not (self.request and self.request.headers_finished):
            return "the headers of its request do not come"
        received = self.request.body_bytes_received if self.request else 0
        if late > limits.header_seconds and received < limits.body_bytes_per_second * late:
            return "the body of its request does not come"
        return None

    def _taking_in(self, now: float, limits: Limits) -> str | None:
        moved = self._sent - self._sent_then >= limits.send_bytes
        if self._pending_since is None or moved:
            self._pending_since, self._sent_then = now, self._sent
        return (
            "it does not take in what it asked for"
            if now - self._pending_since > limits.send_seconds
            else None
        )

    def stalled_since(self) -> float:
        """Since when it has taken in little; now, where nothing waits for it."""
        return time.monotonic() if self._pending_since is None else self._pending_since

    def drop(self, why: str) -> None:
        """Close it at once, whatever is under way.

        To be called between two turns of the poll: a file descriptor that is closed within one may be a new
        connection's before the poll's answer about the old one has been looked at.
        """
        _log.info("A connection of %s is closed: %s.", self.addr[0], why)
        with suppress(OSError):  # it has gone already
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.handle_close()


class Server(TcpWSGIServer):  # type: ignore[misc]
    """One listening socket. `_map` holds the connections of all of them."""

    channel_class = Channel

    def __init__(self, *args: Any, limits: Limits, **more: Any) -> None:
        self.limits = limits
        self._leaving: list[tuple[Channel, str]] = []
        self._next_look = 0.0
        super().__init__(*args, **more)

    def add_task(self, task: Channel) -> None:
        """Called for the first request of several at once, and by a worker for each that follows."""
        if not task.postpone():
            super().add_task(task)

    def channels(self) -> list[Channel]:
        return [one for one in self._map.values() if isinstance(one, Channel)]

    def make_room(self, new: Channel) -> None:
        """Close one where there are too many: of the same client, else of the one with the most."""
        channels, limits = self.channels(), self.limits
        counted = Counter(one.client for one in channels)
        client = new.client
        if 0 < limits.connections_per_client < counted[client]:
            why = f"the client has {counted[client]}"
        elif len(channels) > limits.connections:
            client, why = counted.most_common(1)[0][0], f"{len(channels)} are open"
        else:
            return
        idle = [one for one in channels if one.client == client and one.idle and one is not new]
        self._leaving.append((min(idle, key=lambda one: one.quiet_since, default=new), why))

    def maintenance(self, now: float) -> None:
        """waitress calls it while it asks what to poll, where nothing may be closed: see `between_turns`."""

    def between_turns(self) -> None:
        """Close the connections that have to go: at once those there is no room for, others once a second."""
        while self._leaving:
            channel, why = self._leaving.pop()
            channel.drop(why)
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + self.adj.cleanup_interval
            self._close_overdue(now)

    def _close_overdue(self, now: float) -> None:
        for channel in list(self.active_channels.values()):
            if why := channel.overdue(now, self.limits):
                channel.drop(why)
        pending = sorted(self.channels(), key=Channel.stalled_since)
        waiting = sum(channel.total_outbufs_len for channel in pending)
        for channel in pending:
            if waiting <= self.limits.pending_bytes:
                break
            if channel.total_outbufs_len > self.limits.send_bytes:  # to drop the others would free little
                waiting -= channel.total_outbufs_len
                channel.drop("too much waits to be taken in by clients")
