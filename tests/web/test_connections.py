"""Clients that mean harm, or are broken, at the level of connections; meanwhile another one is answered."""

from __future__ import annotations

import http.client
import json
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

import pytest
from flask import Flask
from web_fakes import FakeEngine
from web_listening import listening

from qa.records import Article
from web.app import create_app
from web.limits import Limits

LARGE = Article(id="large", path="large.txt", raw="word " * 40_000, title="Large", text="word")
QUICK = Limits(
    header_seconds=0.5, send_seconds=0.5, idle_seconds=1.0, connections=40, connections_per_client=20
)
PATIENCE = 20.0
ATTACKER = "127.0.0.2"  # on loopback every such address is this computer's


@pytest.fixture
def app() -> Flask:
    return create_app(FakeEngine([LARGE]))  # type: ignore[arg-type]


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    with listening(app, QUICK) as port:
        yield port


@contextmanager
def attackers(port: int, count: int, sends: bytes, receives: int = 0) -> Iterator[list[socket.socket]]:
    """Connections of one address that send this and then neither send nor read. receives: size of their buffer."""
    with ExitStack() as opened:
        sockets = []
        for _ in range(count):
            one = opened.enter_context(socket.socket())
            if receives:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
            one.settimeout(PATIENCE)
            one.bind((ATTACKER, 0))
            one.connect(("127.0.0.1", port))
            if sends:
                one.sendall(sends)
            sockets.append(one)
        yield sockets


def healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/health")
        with connection.getresponse() as response:
            return response.status == 200 and bool(response.read())
    finally:
        connection.close()


def status_of_answer(one: socket.socket) -> int:
    """Of the next whole response: its body may come apart from its head."""
    with http.client.HTTPResponse(one) as response:
        response.begin()
        response.read()
        return response.status


def closed(one: socket.socket) -> bool:
    """Whether the server closes it, whatever it sends before."""
    try:
        while one.recv(1 << 16):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def get(path: str, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()


def test_clients_that_ask_much_and_read_nothing_hold_nobody_up(port: int) -> None:
    asks = get("/articles/large") * 100
    with attackers(port, 19, asks, receives=4096) as sockets:
        for _ in range(20):
            assert healthy(port)
        assert all(closed(one) for one in sockets)


def test_requests_in_a_row_are_answered_in_their_order_to_who_reads_slowly(app: Flask) -> None:
    with listening(app) as port, socket.create_connection(("127.0.0.1", port)) as one:
        one.settimeout(PATIENCE)
        one.sendall(get("/articles/large") * 9 + get("/health", "Connection: close\r\n"))
        time.sleep(0.3)
        with one.makefile("rb") as told:
            text = told.read()
    assert text.count(b"HTTP/1.1 200 OK") == 10
    assert text.count(LARGE.raw.encode()) == 9
    assert json.loads(text[text.rindex(b"\r\n\r\n") :])["status"] == "ok"


def test_half_open_connections_of_one_address_leave_room_for_others(port: int) -> None:
    with attackers(port, 100, b"GET / HT") as sockets:
        assert healthy(port)
        assert all(closed(one) for one in sockets)


def test_a_client_with_too_many_connections_loses_the_one_idle_longest(app: Flask) -> None:
    limits = Limits(connections_per_client=3)
    with listening(app, limits) as port, attackers(port, 3, b"") as sockets:
        for one in sockets:  # one after the other
            one.sendall(get("/health"))
            assert status_of_answer(one) == 200
        with attackers(port, 1, get("/health")) as (new,):
            assert status_of_answer(new) == 200
            assert closed(sockets[0])
            sockets[2].sendall(get("/health"))
            assert status_of_answer(sockets[2]) == 200


@pytest.mark.parametrize(
    "sends",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n",
        b"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{",
        get("/health"),
    ],
    ids=["nothing", "half the headers", "half the body", "nothing more"],
)
def test_who_does_not_go_on_is_closed(port: int, sends: bytes) -> None:
    with attackers(port, 1, sends) as (one,):
        assert closed(one)


def test_a_header_that_comes_a_byte_at_a_time_is_not_waited_for_without_end(port: int) -> None:
    def drip() -> bool:
        try:
            one.sendall(b"x")
        except OSError:
            return True
        return False

    with attackers(port, 1, b"GET / HTTP/1.1\r\nX: ") as (one,):
        assert eventually(drip)


def test_answers_that_nobody_takes_in_are_bounded_all_together() -> None:
    """Those that have stalled longest go; a kernel's own buffers take some 3 MB of each."""
    app = create_app(FakeEngine([replace(LARGE, raw="word " * 10**6)]))  # type: ignore[arg-type]
    with (
        listening(app, Limits(pending_bytes=5 * 10**6)) as port,
        attackers(port, 8, get("/articles/large"), receives=4096) as sockets,
    ):
        assert eventually(lambda: sum(reset(one) for one in sockets) >= 3)
        assert healthy(port)


@pytest.mark.parametrize("how", ["Transfer-Encoding: chunked", f"Content-Length: {200 * 2**20}"])
def test_of_a_huge_body_most_is_not_taken_in_and_others_are_answered(port: int, how: str) -> None:
    block = b"x" * 2**20
    sent = 0
    head = f"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{how}\r\n\r\n"
    with attackers(port, 1, head.encode()) as (one,):
        with suppress(ConnectionError):
            while sent < 200:
                one.sendall(b"%x\r\n%s\r\n" % (len(block), block) if "chunked" in how else block)
                sent += 1
        assert healthy(port)
    assert sent < 100


def test_who_sends_nonsense_and_leaves_at_once_disturbs_nothing(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(30):
        with attackers(port, 1, b"nonsense\r\n\r\n") as (one,):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
    assert healthy(port)
    assert "Exception" not in caplog.text


def reset(one: socket.socket) -> bool:
    return one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0


@pytest.mark.parametrize(
    ("sends", "status"),
    [
        (b"GET\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /ask HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /ask HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 300_000 + b"\r\n\r\n", 431),
        (b"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n", 413),
    ],
)
def test_what_is_no_request_is_refused_as_a_problem(port: int, sends: bytes, status: int) -> None:
    with attackers(port, 1, sends) as (one,), http.client.HTTPResponse(one) as response:
        response.begin()
        body = response.read()
    if b'"about:blank"' in body:
        assert response.headers.get_content_type() == "application/problem+json"
        assert json.loads(body)["status"] == response.status == status
    else:  # what waitress makes a request of, the application refuses
        assert response.status == status


def chunked(*more: str) -> bytes:
    """A question without a body, in chunks, with further headers."""
    fields = "\r\n".join(("Transfer-Encoding: chunked", *more, "", ""))
    return f"POST /ask HTTP/1.1\r\nHost: localhost\r\n{fields}0\r\n\r\n".encode()


@pytest.mark.parametrize(
    "sends",
    [
        chunked("Content-Length: 5"),
        chunked("Content-Length: 99"),
        chunked("Transfer-Encoding: chunked"),
        chunked().replace(b"chunked", b"chunked, chunked"),
        get("/health", "Content-Length: 0\r\nContent-Length: 0\r\n"),
        get("/health", "Content-Length: 0, 0\r\n"),
        get("/health", "Content-Length: +0\r\n"),
        pytest.param(get("/health", f"Content-Length: {'9' * 5000}\r\n"), id="a length of 5,000 digits"),
        get("/health", "Host: localhost\r\n"),
        get("/health", "X : y\r\n"),
        get("/health", "X: y\nTransfer-Encoding: chunked\r\n"),
        get("/health").replace(b"\r\n", b"\n"),
    ],
)
def test_what_a_proxy_could_understand_otherwise_is_refused_with_all_that_follows(
    port: int, sends: bytes
) -> None:
    with attackers(port, 1, sends + get("/health")) as (one,), one.makefile("rb") as told:
        assert re.findall(rb"HTTP/1\.[01] (\d+)", told.read()) == [b"400"]  # read until it is closed
