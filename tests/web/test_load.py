"""The server under more clients than it has places: answers and refusals, and nothing else."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from fakes import PhraseReader, WordEncoder
from web_listening import listening

from qa import Engine, Settings
from qa.records import Passage, Span
from qa.upkeep.index import index
from web.app import create_app

WORKERS, WAITING = 2, 3


class _SlowReader(PhraseReader):
    """Takes a moment, and remembers how many read at the same time at most."""

    def __init__(self) -> None:
        super().__init__("ships that day")
        self._lock, self._now, self.most = threading.Lock(), 0, 0

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.02)
        with self._lock:
            self._now -= 1
        return super().read(question, passages)


@pytest.fixture
def reader() -> _SlowReader:
    return _SlowReader()


@pytest.fixture
def port(tmp_path: Path, reader: _SlowReader) -> Iterator[int]:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "port.txt").write_text("Harbour\n\nThe harbour saw 3 ships that day. It rained.")
    index([tmp_path / "in"], tmp_path / "data", encoder=WordEncoder())
    settings = Settings(workers=WORKERS, waiting=WAITING)
    engine = Engine.open(tmp_path / "data", encoder=WordEncoder(), reader=reader, settings=settings)
    with listening(create_app(engine)) as port:
        yield port


def test_twenty_four_clients_get_answers_or_refusals_with_the_time_to_come_again(
    port: int, reader: _SlowReader
) -> None:
    told: list[tuple[int, str, str | None, bytes]] = []

    def ask_on(seed: int) -> None:
        drawn = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(12):
            question = drawn.choice(["Which ships came?", "Which boats?", "", "Did it rain?"])
            way = drawn.choice(["get", "post", "page", "stream"])
            if way in ("get", "stream"):
                path = "/ask" if way == "get" else "/ask/stream"
                connection.request("GET", f"{path}?q={question.replace(' ', '+')}")
            elif way == "page":
                connection.request(
                    "GET", f"/?q={question.replace(' ', '+')}", headers={"Accept": "text/html"}
                )
            else:
                body = json.dumps({"question": question, "top_k": drawn.choice([1, 10, 0])})
                connection.request("POST", "/ask", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            kind = response.headers.get_content_type()
            told.append((response.status, kind, response.headers["Retry-After"], response.read()))
        connection.close()

    with ThreadPoolExecutor(24) as clients:
        list(clients.map(ask_on, range(24)))

    counted = Counter(status for status, *_ in told)
    assert sum(counted.values()) == 24 * 12
    assert set(counted) == {200, 400, 503}
    assert 1 <= reader.most <= WORKERS
    for status, kind, retry_after, body in told:
        assert (retry_after is not None) == (status == 503)
        if status == 503:
            assert int(retry_after or 0) >= 1
        if kind == "application/problem+json":
            problem = json.loads(body)
            assert problem["status"] == status
            assert status != 503 or problem["type"].endswith("#overloaded")
        if kind == "text/event-stream":
            last = body.decode().strip().split("\n\n")[-1]
            assert last.startswith(("event: answer\n", "event: problem\n"))
            problem = json.loads(last.split("data: ", 1)[1])
            assert "answer" in problem or problem["status"] in (400, 503)
    assert {kind for status, kind, *_ in told if status == 503} == {"application/problem+json", "text/html"}


def test_after_the_rush_everyone_is_answered_again(port: int) -> None:
    def ask(_: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/ask?q=Which+ships+came")
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(16) as clients:
        assert set(clients.map(ask, range(48))) <= {200, 503}
    assert [ask(0) for _ in range(5)] == [200] * 5


def test_a_client_that_asks_without_end_takes_nobody_elses_turn(port: int) -> None:
    """Twelve connections of one address fill the line; whoever asks now and then from another is not refused."""
    stop, hostile = threading.Event(), Counter[int]()

    def ask(address: str, number: int) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", port, 60, (address, 0))) as connection:
            connection.request("GET", f"/ask?q=Which+ships+came+{number}%3F")
            response = connection.getresponse()
            response.read()
            return response.status

    def ask_on(number: int) -> None:
        while not stop.is_set():
            hostile[ask("127.0.0.2", number)] += 1

    with ThreadPoolExecutor(12) as clients:
        going = [clients.submit(ask_on, number) for number in range(12)]
        try:
            polite = [ask("127.0.0.1", number) for number in range(15)]
        finally:
            stop.set()
        for one in going:
            one.result()

    assert polite == [200] * 15
    assert set(hostile) == {200, 503}
