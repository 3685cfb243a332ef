"""Who gets in: by which name, how often, with which token; and what a failure costs."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_fakes import FakeEngine, app_of

from qa.serving import names
from qa.serving.tokens import Tokens
from web import access_log, hosts
from web.access import FAILURES_PER_MINUTE, Access

QUESTION = {"question": "Who led the delegation to Vienna?"}


def client_of(engine: FakeEngine, access: Access | None = None, **config: Any) -> FlaskClient:
    return app_of(engine, access=access, config=config).test_client()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# --- the name of the service --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/ask?q=Vienna", "/articles", "/opensearch.xml", "/static/base.css", "/nope"]
)
def test_a_name_that_points_here_from_elsewhere_is_told_nothing(fake_engine: FakeEngine, path: str) -> None:
    """DNS rebinding: the browser believes that it speaks with a page of evil.example."""
    client = client_of(fake_engine, TRUSTED_HOSTS=names.trusted("127.0.0.1"))
    for host in (
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "::1",
        "a b",
    ):
        response = client.get(path, headers={"Host": host})
        assert response.status_code == 400
        assert b"evil" not in response.get_data()
        assert b"Gavrilov" not in response.get_data()
    for host in ("localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        assert client.get("/health", headers={"Host": host}).status_code == 200


def test_feedback_cannot_be_written_under_another_name(fake_engine: FakeEngine) -> None:
    client = client_of(fake_engine, TRUSTED_HOSTS=names.trusted("127.0.0.1"))
    assert client.post("/feedback", json={}, headers={"Host": "evil.example"}).status_code == 400


def test_a_server_on_all_addresses_answers_under_each_number_and_its_names(fake_engine: FakeEngine) -> None:
    client = client_of(fake_engine, TRUSTED_HOSTS=names.trusted("0.0.0.0", ["news.example"]))
    for host in ("192.168.1.5:8000", "[fe80::1]:8000", "news.example", "localhost"):
        assert client.get("/health", headers={"Host": host}).status_code == 200
    assert not hosts.is_trusted("evil.example", ["10.0.0.1"])
    for host in ("evil.example", "192.168.1.5.evil.example"):
        assert client.get("/health", headers={"Host": host}).status_code == 400


def test_a_request_without_a_host_is_refused(fake_engine: FakeEngine) -> None:
    client = client_of(fake_engine)
    assert client.get("/health", environ_overrides={"HTTP_HOST": ""}).status_code == 400


# --- tokens -------------------------------------------------------------------------------------------------


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path)


def test_where_reading_is_not_open_only_who_has_a_token_for_it_reads(
    fake_engine: FakeEngine, tokens: Tokens
) -> None:
    reads, changes = tokens.make("desk", ["read"]), tokens.make("robot", ["index"])
    client = client_of(fake_engine, Access(None, tokens, reading_open=False))
    password = base64.b64encode(f"anybody:{reads}".encode()).decode()
    for path in (
        "/",
        "/ask?q=Vienna",
        "/articles",
        "/articles/a1",
        "/read/a1",
        "/library",
        "/metrics",
        "/suggest",
    ):
        for headers in ({}, bearer("wrong"), {"Authorization": "Basic ???"}):
            response = (
                app_of(
                    fake_engine,
                    access=Access(None, tokens, reading_open=False),
                )
                .test_client()
                .get(path, headers=headers)
            )
            assert response.status_code == 401
            assert "Basic" in response.headers["WWW-Authenticate"]
            assert b"Gavrilov" not in response.get_data()
        assert client.get(path, headers=bearer(changes)).status_code == 403
        for headers in (bearer(reads), {"Authorization": f"Basic {password}"}):
            assert client.get(path, headers=headers).status_code == 200
    assert client.get("/health").status_code == 200


def test_a_token_does_what_it_is_for_and_no_password_changes_anything(
    fake_engine: FakeEngine, tokens: Tokens
) -> None:
    reads, changes = tokens.make("desk", ["read", "feedback"]), tokens.make("robot", ["index"])
    client = client_of(fake_engine, Access(None, tokens))
    assert client.get("/index", headers=bearer(reads)).status_code == 403
    assert client.get("/feedback", headers=bearer(changes)).status_code == 403
    password = base64.b64encode(f"anybody:{changes}".encode()).decode()
    assert client.post("/index", headers={"Authorization": f"Basic {password}"}).status_code == 401
    tokens.revoke("robot")
    assert client.get("/index", headers=bearer(changes)).status_code == 401


def test_failures_are_slowed_down_and_logged(
    fake_engine: FakeEngine, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    right = tokens.make("robot", ["feedback"])
    client = client_of(fake_engine, Access(None, tokens))
    told = [client.get("/feedback", headers=bearer(f"guess{n}")) for n in range(FAILURES_PER_MINUTE + 3)]
    assert [response.status_code for response in told] == [401] * FAILURES_PER_MINUTE + [429] * 3
    assert int(told[-1].headers["Retry-After"]) >= 1
    assert client.get("/feedback", headers=bearer(right)).status_code == 429  # whoever guesses is not told
    other = {"environ_overrides": {"REMOTE_ADDR": "10.0.0.9"}}
    # It keeps no feedback here.
    assert client.get("/feedback", headers=bearer(right), **other).status_code == 403
    assert sum("wrong token" in record.message for record in caplog.records) >= FAILURES_PER_MINUTE
    assert "guess0" not in caplog.text


# --- how often ----------------------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_again_and_others_are_answered(
    fake_engine: FakeEngine,
) -> None:
    client = client_of(fake_engine, REQUESTS_PER_MINUTE=3)
    assert [client.post("/ask", json=QUESTION).status_code for _ in range(5)] == [200] * 3 + [429] * 2
    refused = client.get("/articles")
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert client.get("/health").status_code == 200
    assert client.get("/articles", environ_overrides={"REMOTE_ADDR": "10.0.0.9"}).status_code == 200


def test_behind_a_proxy_the_client_it_names_is_meant_and_without_one_nobody_is_believed(
    fake_engine: FakeEngine,
) -> None:
    for proxies, statuses in ((1, [200, 200]), (0, [200, 429])):
        client = client_of(fake_engine, REQUESTS_PER_MINUTE=1, PROXIES=proxies)
        clients = [client.get("/articles", headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(2)]
        assert [response.status_code for response in clients] == statuses


# --- other sites --------------------------------------------------------------------------------------------


def test_only_sites_that_are_named_may_read_answers_in_a_browser(fake_engine: FakeEngine) -> None:
    client = client_of(fake_engine, CORS_ORIGINS=["https://news.example"])
    allowed = client.get("/ask?q=Vienna", headers={"Origin": "https://news.example"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://news.example"
    asked = client.options("/ask", headers={"Origin": "https://news.example"})
    assert "Content-Type" in asked.headers["Access-Control-Allow-Headers"]
    for other in ("https://evil.example", "null", "https://news.example.evil.example"):
        response = client.get("/ask?q=Vienna", headers={"Origin": other})
        assert "Access-Control-Allow-Origin" not in response.headers
    plain = client_of(fake_engine).get("/ask?q=Vienna", headers={"Origin": "https://news.example"})
    assert "Access-Control-Allow-Origin" not in plain.headers


# --- what is told of it -------------------------------------------------------------------------------------


def test_each_request_is_a_line_with_its_id_and_the_question_only_where_it_is_asked_for(
    fake_engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger=access_log.log.name)
    configs: tuple[dict[str, Any], ...] = ({}, {"LOG_QUESTIONS": True})
    for config in configs:
        client = client_of(fake_engine, **config)
        response = client.post("/ask", json=QUESTION, headers={"X-Request-Id": "abc-1"})
        assert response.headers["X-Request-Id"] == "abc-1"
        response.close()  # the last byte is written: only then is it told
        told = json.loads(caplog.records[-1].message)
        assert (told["id"], told["path"], told["status"]) == ("abc-1", "/ask", 200)
        assert told.get("question") == (QUESTION["question"] if config else None)
    forged = client.get("/health", headers={"X-Request-Id": "two\twords"})
    assert forged.headers["X-Request-Id"] != "two\twords"


def test_figures_are_told_in_the_format_of_prometheus(fake_engine: FakeEngine) -> None:
    client = client_of(fake_engine)
    client.post("/ask", json=QUESTION)
    client.get("/ask?q=Where+is+Lima")
    client.get("/nope")
    text = client.get("/metrics").get_data(as_text=True)
    for line in (
        'verbatim_answers_total{outcome="answered"} 1.0',
        'verbatim_answers_total{outcome="none"} 1.0',
        'verbatim_problems_total{kind="not-found"} 1.0',
        'verbatim_requests_total{endpoint="api.ask_body",method="POST",status="200"} 1.0',
        'verbatim_ready{collection=""} 1.0',
        'verbatim_index_articles{collection=""} 1.0',
    ):
        assert line in text
