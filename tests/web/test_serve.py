"""The server that `qa serve` runs, over a socket."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from web_fakes import FakeEngine, app_of
from web_listening import listening

from qa.errors import QAError
from web.limits import MAX_BODY_BYTES
from web.listening import bound


@pytest.fixture
def port(fake_engine: FakeEngine) -> Iterator[int]:
    with listening(app_of(fake_engine)) as port:
        yield port


def post(port: int, body: bytes | Iterator[bytes]) -> tuple[int, str, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/ask", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.status, response.headers.get_content_type(), json.loads(response.read())
    connection.close()
    return answer


def test_a_question_is_answered(port: int) -> None:
    status, kind, body = post(port, b'{"question": "Who went to Vienna?"}')
    assert (status, kind, body["answer"]) == (200, "application/json", "Vienna")


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 100 * MAX_BODY_BYTES])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_a_problem_however_it_is_sent(
    port: int, size: int, chunked: bool
) -> None:
    body = iter([b"x" * size]) if chunked else b"x" * size
    assert post(port, body)[:2] == (413, "application/problem+json")


def test_a_port_that_is_taken_is_named_with_the_way_out(port: int) -> None:
    with pytest.raises(QAError, match=f"port {port}.*--port"):
        bound("127.0.0.1", port)


def test_more_connections_than_anyone_needs_keep_nobody_out(port: int) -> None:
    """Browsers keep theirs open; a hundred are all that the server's library would take by itself."""
    with ExitStack() as kept:
        for _ in range(150):
            kept.enter_context(socket.create_connection(("127.0.0.1", port)))
        assert post(port, b'{"question": "Who went to Vienna?"}')[0] == 200
