"""Answers told step by step: the events, over the application and over a socket."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import PhraseReader, WordEncoder
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from web_fakes import FakeEngine, app_of
from web_listening import listening

from qa.engine import STEPS, Engine
from qa.errors import Overloaded
from qa.records import Passage, Span
from qa.settings import Settings
from qa.upkeep.index import index
from web import openapi
from web.app import create_app

QUESTION = "Who led the delegation to Vienna?"
STEPPED = [("step", {"step": step}) for step in STEPS]


def events(text: str) -> list[tuple[str, Any]]:
    """As the standard says to read them: fields line by line, an event ends with an empty line."""
    read = []
    for block in text.split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        read.append((fields["event"], json.loads(fields["data"])))
    assert text.endswith("\n\n") or not text
    return read


def valid(body: Any, schema: str) -> Any:
    of = {
        **openapi.DESCRIPTION["components"]["schemas"][schema],
        "components": openapi.DESCRIPTION["components"],
    }
    Draft202012Validator(of).validate(body)
    return body


def test_every_step_is_told_in_its_order_and_then_the_answer_as_ask_gives_it(client: FlaskClient) -> None:
    response = client.post("/ask/stream", json={"question": QUESTION})
    assert response.mimetype == "text/event-stream"
    told = events(response.get_data(as_text=True))
    assert told == [*STEPPED, ("answer", client.post("/ask", json={"question": QUESTION}).get_json())]
    valid(told[-1][1], "Answer")
    assert told == events(client.get("/ask/stream", query_string={"q": QUESTION}).get_data(as_text=True))


def test_the_real_engine_tells_the_same_steps(demo_engine: Engine) -> None:
    client = create_app(demo_engine).test_client()
    told = events(client.get("/ask/stream?q=Who+is+Konstantin+Gavrilov%3F&top_k=7").get_data(as_text=True))
    assert told[:-1] == STEPPED
    valid(told[-1][1], "Answer")


def test_what_goes_wrong_on_the_way_ends_the_stream_as_a_problem(
    client: FlaskClient, fake_engine: FakeEngine
) -> None:
    fake_engine.error = Overloaded(3)
    told = events(client.post("/ask/stream", json={"question": QUESTION}).get_data(as_text=True))
    assert told[:-1] == STEPPED
    assert told[-1][0] == "problem"
    problem = valid(told[-1][1], "Problem")
    assert (problem["status"], problem["instance"]) == (503, "/ask/stream")
    assert "3 s" in problem["detail"]


def test_an_unexpected_error_is_a_problem_too_and_in_the_log(
    fake_engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    fake_engine.error = ZeroDivisionError("a secret")
    client = app_of(fake_engine).test_client()
    told = events(client.post("/ask/stream", json={"question": QUESTION}).get_data(as_text=True))
    assert valid(told[-1][1], "Problem")["status"] == 500
    assert "secret" not in json.dumps(told)
    assert "a secret" in caplog.text


def test_what_is_malformed_is_refused_before_anything_is_done(client: FlaskClient) -> None:
    for response in (client.post("/ask/stream", data="{"), client.get("/ask/stream?q=Who&x=1")):
        assert response.status_code in (400, 415)
        valid(response.get_json(force=True), "Problem")


@pytest.mark.parametrize(
    ("options", "event", "shown"),
    [
        ({}, "answer", "<mark>Vienna</mark>"),
        ({"source": "Example News"}, "answer", "Example News<"),
        (
            {"published_after": "2022-02-01", "published_before": "2022-01-01"},
            "problem",
            "1 February 2022, is after",
        ),
        ({"published_after": "soon"}, "problem", "“soon” is not a day"),
    ],
)
def test_the_page_gets_the_part_that_shows_it(
    client: FlaskClient, options: dict[str, str], event: str, shown: str
) -> None:
    body = {"question": QUESTION, **options}
    name, data = events(client.post("/ask/stream?html=true", json=body).get_data(as_text=True))[-1]
    assert name == event
    assert shown in data["html"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    question=st.text(max_size=80) | st.sampled_from(["\ud800 Vienna", "a\r\n\r\nevent: answer\u2028b Vienna"])
)
def test_whatever_is_asked_the_stream_holds_whole_events(client: FlaskClient, question: str) -> None:
    response = client.post(
        "/ask/stream?html=true",
        data=json.dumps({"question": question}).encode(),
        content_type="application/json",
    )
    if response.status_code == 200:
        told = events(response.get_data(as_text=True))
        assert [name for name, _ in told][-1] in ("answer", "problem")
        assert set(told[-1][1]) == {"html"}


def test_a_step_arrives_before_the_next_one_begins(
    fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the server that `qa serve` runs: nothing on the way holds events back."""
    goes_on = threading.Event()
    ask = fake_engine.ask

    def waiting(*asked: Any, on_step: Any, **options: Any) -> Any:
        on_step("understand")
        assert goes_on.wait(20)
        return ask(*asked, on_step=on_step, **options)

    monkeypatch.setattr(fake_engine, "ask", waiting)
    with listening(app_of(fake_engine)) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/ask/stream?q=Vienna")
        response = connection.getresponse()
        first = response.readline() + response.readline() + response.readline()
        goes_on.set()
        rest = response.read()
        connection.close()
    assert events(first.decode()) == [("step", {"step": "understand"})]
    assert events(rest.decode())[-1][0] == "answer"


def test_what_is_refused_before_its_first_step_has_a_status_of_its_own(demo_engine: Engine) -> None:
    client = create_app(demo_engine).test_client()
    for body, status in (
        ({"question": ""}, 400),
        ({"question": " "}, 422),
        ({"question": QUESTION, "published_after": "soon"}, 400),
    ):
        response = client.post("/ask/stream", json=body)
        assert (response.status_code, response.mimetype) == (status, "application/problem+json")
        valid(response.get_json(), "Problem")


@pytest.mark.parametrize("way", ["/ask/stream", "/ask"])
def test_whoever_leaves_gives_their_place_in_line_to_the_next(way: str, tmp_path: Path) -> None:
    """One question at the models that does not end, twenty in line that are dropped: the next one finds a place."""
    goes_on = threading.Event()

    class Waiting(PhraseReader):
        def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
            assert goes_on.wait(30)
            return super().read(question, passages)

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "port.txt").write_text("Harbour\n\nThe harbour saw 3 ships that day. It rained.")
    index([tmp_path / "in"], tmp_path / "data", encoder=WordEncoder())
    settings = Settings(workers=1, waiting=20)
    engine = Engine.open(tmp_path / "data", encoder=WordEncoder(), reader=Waiting("ships"), settings=settings)
    gate = engine._shared.gate
    with listening(app_of(engine)) as port:
        asked = [socket.create_connection(("127.0.0.1", port)) for _ in range(21)]
        for one in asked:
            one.sendall(f"GET {way}?q=Which+ships%3F HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert eventually(lambda: gate._inside == 21)
        for one in asked:
            one.close()
        assert eventually(lambda: gate._inside == 1)  # the one at the models
        goes_on.set()
        assert eventually(lambda: gate._inside == 0)


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
