"""GET /suggest, and the suggestions of the empty page without its script."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_described import check
from web_fakes import FakeEngine

from qa.errors import IndexMissing
from qa.suggest import store as kept
from qa.suggest.make import Suggestion
from qa.suggest.upkeep import SuggestionUpkeep
from web.app import create_app

ASKED = ("Where were the talks held?", "Who led the <b>delegation</b>?", "When were the talks held?")


@pytest.fixture
def client(fake_engine: FakeEngine, tmp_path: Path) -> FlaskClient:
    made = [Suggestion(one, one.split()[0], "Vienna", 0.9, "a1", "news/one.txt", 19, 25) for one in ASKED]
    kept.save(tmp_path, fake_engine.version, made)
    upkeep = SuggestionUpkeep(tmp_path)
    upkeep.bring_up_to_date(fake_engine, threading.Event())  # type: ignore[arg-type]
    app = create_app(fake_engine, suggestions=upkeep)  # type: ignore[arg-type]
    app.testing = True
    return app.test_client()


def found(client: FlaskClient, query: str) -> list[str]:
    return [one["question"] for one in check(client.get(f"/suggest?{query}"), "/suggest")["suggestions"]]


def test_what_is_typed_finds_questions_and_nothing_typed_a_few(client: FlaskClient) -> None:
    assert found(client, "q=talk") == [ASKED[0], ASKED[2]]
    assert found(client, "q=the+when") == [ASKED[2]]
    assert found(client, "q=talk&limit=1") == [ASKED[0]]
    assert sorted(found(client, "")) == sorted(ASKED)
    assert found(client, "q=Lima") == found(client, f"q={'x' * 5000}") == []
    told = check(client.get("/suggest?q=who"), "/suggest")
    assert told["index_version"] == "v1"
    assert (told["suggestions"][0]["article_id"], told["suggestions"][0]["file"]) == ("a1", "news/one.txt")


def test_they_are_of_the_filtered_articles(client: FlaskClient) -> None:
    for query in ("folder=news", "article=a1", "source=Example+News", "q=talk&folder=news"):
        assert found(client, query), query
    for query in ("folder=other", "folder=..%2f..", "article=a2", "source=Nobody", "q=talk&folder=other"):
        assert found(client, query) == [], query
    swapped = client.get("/suggest?published_after=2022-02-01&published_before=2022-01-01")
    assert check(swapped, "/suggest")["status"] == 422
    empty = client.get("/?folder=news").get_data(as_text=True)
    assert 'href="/?q=Where+were+the+talks+held%3F&amp;folder=news"' in empty
    for address in ("/?folder=other", "/?article=%3Cscript%3E", "/?published_after=x", "/?folder=%2F"):
        page = client.get(address)
        assert page.status_code == 200
        assert 'aria-labelledby="suggested"' not in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=51", "limit=", "limit=x", "q=a&q=b", "nope=1", "q=%ff"),
        *("folder=", "folder=a&folder=b", "published_after=x"),
    ],
)
def test_a_malformed_request_is_refused(client: FlaskClient, query: str) -> None:
    response = client.get(f"/suggest?{query}")
    assert response.status_code == 400
    check(response, "/suggest")


def test_without_an_index_it_says_so_and_without_suggestions_there_are_none(fake_engine: FakeEngine) -> None:
    def missing() -> None:
        raise IndexMissing(Path("data"))

    response = create_app(missing).test_client().get("/suggest")  # type: ignore[arg-type]
    assert response.status_code == 503
    check(response, "/suggest")
    client = create_app(fake_engine).test_client()  # type: ignore[arg-type]
    assert found(client, "q=talk") == []
    assert 'aria-labelledby="suggested"' not in client.get("/").get_data(as_text=True)


def test_the_empty_page_links_them_and_escapes_them(client: FlaskClient) -> None:
    empty = client.get("/").get_data(as_text=True)
    assert 'href="/?q=Where+were+the+talks+held%3F"' in empty
    assert "&lt;b&gt;delegation" in empty
    assert "<b>delegation" not in empty
    assert 'aria-labelledby="suggested"' not in client.get("/?q=Vienna").get_data(as_text=True)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=300), raw=st.binary(max_size=30))
def test_whatever_is_typed_nothing_fails_unexpectedly(client: FlaskClient, typed: str, raw: bytes) -> None:
    response = client.get("/suggest", query_string={"q": typed.encode("utf-8", "replace")})
    assert response.status_code == 200
    check(response, "/suggest")
    escaped = "".join(f"%{byte:02x}" for byte in raw)
    response = client.get(f"/suggest?q={escaped}&limit=3")
    assert response.status_code in (200, 400)
    check(response, "/suggest")
