"""Saying over HTTP whether an answer was right: who may, what is refused, and what is kept of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from web_described import check
from web_fakes import FakeEngine

from qa.feedback import FeedbackStore
from qa.index.local_catalog import LocalCatalog
from qa.lab.sets import gold
from qa.upkeep.jobs import Jobs
from web import openapi
from web.access import Access
from web.app import create_app
from web.jobs import Management

BEARER = {"Authorization": "Bearer letters"}
GIVEN = {
    "verdict": "words",
    "wording": "Vienna, Austria",
    "question": "Where were talks held?",
    "answer": "Vienna",
    "confidence": 0.9,
    "index_version": "v1",
    "citations": [{"file": "news/one.txt", "start": 19, "end": 25}],
}


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path)


@pytest.fixture
def client(store: FeedbackStore, fake_engine: FakeEngine, tmp_path: Path) -> FlaskClient:
    jobs = Jobs(LocalCatalog(tmp_path), lambda progress: pytest.fail("nothing is to be built"))
    app = create_app(
        fake_engine,  # type: ignore[arg-type]
        management=Management(jobs, tmp_path, lambda: []),
        access=Access("letters"),
        feedback_store=store,
    )
    app.testing = True
    return app.test_client()


def test_a_verdict_is_kept_listed_and_exported_as_gold(client: FlaskClient, tmp_path: Path) -> None:
    Draft202012Validator(
        {"$ref": "#/components/schemas/Feedback", "components": openapi.DESCRIPTION["components"]}
    ).validate(GIVEN)
    kept = client.post("/feedback", json=GIVEN)
    assert kept.status_code == 201
    number = check(kept, "/feedback", "post")["id"]
    (listed,) = check(client.get("/feedback", headers=BEARER), "/feedback")["feedback"]
    assert listed == {**GIVEN, "guess": False, "id": number, "at": listed["at"]}
    exported = client.get("/feedback/gold", headers=BEARER)
    assert exported.mimetype == "application/x-ndjson"
    (tmp_path / "gold.jsonl").write_bytes(exported.get_data())
    (question,) = gold.read(tmp_path / "gold.jsonl")
    assert (question.question, question.answers) == (GIVEN["question"], ("Vienna, Austria",))
    assert question.sources == ("news/one.txt",)


def test_a_verdict_on_a_guess_is_kept_as_one(client: FlaskClient) -> None:
    assert client.post("/feedback", json={**GIVEN, "guess": True}).status_code == 201
    (listed,) = check(client.get("/feedback", headers=BEARER), "/feedback")["feedback"]
    assert (listed["guess"], listed["answer"]) == (True, "Vienna")
    wordless: dict[str, Any] = {
        "verdict": "right",
        "answer": None,
        "wording": None,
        "citations": [],
        "guess": True,
    }
    refused = client.post("/feedback", json={**GIVEN, **wordless})
    assert refused.status_code == 400 and "A guess has words" in check(refused, "/feedback", "post")["detail"]


def test_the_list_comes_in_pages(client: FlaskClient) -> None:
    for at in range(3):
        client.post("/feedback", json={**GIVEN, "question": f"Question {at}?"})
    page = check(client.get("/feedback?offset=1&limit=1", headers=BEARER), "/feedback")
    assert (page["count"], [one["question"] for one in page["feedback"]]) == (3, ["Question 1?"])
    for wrong in ("limit=0", "limit=", "limit=501", "offset=x", "nope=1"):
        assert client.get(f"/feedback?{wrong}", headers=BEARER).status_code == 400


@pytest.mark.parametrize("path", ["/feedback", "/feedback/gold"])
def test_only_who_has_the_token_reads_what_was_said(client: FlaskClient, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        response = client.get(path, headers=headers)
        assert response.status_code == 401
        check(response, path)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[::1"},
        {"Origin": "http://localhost.evil.example"},
    ],
)
def test_another_sites_page_cannot_speak_for_whoever_reads_it(
    client: FlaskClient, store: FeedbackStore, headers: dict[str, str]
) -> None:
    response = client.post("/feedback", json=GIVEN, headers=headers)
    assert response.status_code == 400
    assert "another site" in check(response, "/feedback", "post")["detail"]
    # What a form of another site can send without asking is no JSON.
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        assert client.post("/feedback", data=json.dumps(GIVEN), content_type=kind).status_code == 415
    assert store.count() == 0
    assert client.options("/feedback").headers.get("Access-Control-Allow-Origin") is None


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "none"}]
)
def test_this_sites_own_page_and_programs_are_heard(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/feedback", json=GIVEN, headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"verdict": "perhaps"}, "right, wrong, words"),
        ({"verdict": None}, "verdict"),
        ({"question": "\ud800"}, "surrogate"),
        ({"question": "x" * 1001}, "1,000 characters"),
        ({"confidence": "high"}, "confidence"),
        ({"confidence": True}, "confidence"),
        ({"guess": "yes"}, "guess"),
        ({"citations": {}}, "citations"),
        ({"citations": [1]}, "citations[0]"),
        ({"citations": [{"file": "a", "start": 1.5, "end": 2}]}, "whole number"),
        ({"citations": [{"file": "a", "start": 1, "end": 2, "more": 3}]}, "citations[0]"),
        ({"more": 1}, "more"),
    ],
)
def test_a_malformed_verdict_is_refused_by_name(
    client: FlaskClient, store: FeedbackStore, change: dict[str, Any], about: str
) -> None:
    body = json.dumps({**GIVEN, **change})
    response = client.post("/feedback", data=body, content_type="application/json")
    assert response.status_code == 400
    assert about in check(response, "/feedback", "post")["detail"]
    assert store.count() == 0


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    assert client.post("/feedback", json={**GIVEN, "answer": "x" * 70_000}).status_code == 413


def test_where_nothing_is_kept_the_page_does_not_ask_and_says_so_to_programs(fake_engine: FakeEngine) -> None:
    client = create_app(fake_engine).test_client()  # type: ignore[arg-type]
    assert client.post("/feedback", json=GIVEN).status_code == 403
    assert b"data-verdict" not in client.get("/?q=Where,+Vienna").get_data()


def test_the_page_asks_under_an_answer_and_under_none(client: FlaskClient) -> None:
    answered = client.get("/?q=Where,+Vienna").get_data(as_text=True)
    unanswered = client.get("/?q=Where,+Lima").get_data(as_text=True)
    assert [answered.count(f'data-verdict="{one}"') for one in ("right", "words", "wrong")] == [1, 1, 1]
    assert [unanswered.count(f'data-verdict="{one}"') for one in ("right", "words", "wrong")] == [1, 0, 1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"citations": [{"file": "a", "start": 7, "end": 7}]}, "from 7 to 7"),
        ({"citations": [{"file": "a", "start": 7, "end": 3}]}, "from 7 to 3"),
        ({"verdict": "words", "wording": GIVEN["answer"]}, "the words that were answered"),
    ],
)
def test_what_has_the_right_form_and_cannot_be_meant_is_told_apart(
    client: FlaskClient, store: FeedbackStore, change: dict[str, Any], about: str
) -> None:
    response = client.post("/feedback", json={**GIVEN, **change})
    assert response.status_code == 422
    assert about in check(response, "/feedback", "post")["detail"]
    assert store.count() == 0


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([*GIVEN, "more"]), JSON, max_size=4), st.binary(max_size=40))
def test_nothing_that_is_sent_ends_in_an_unexpected_error(
    client: FlaskClient, change: dict[str, Any], junk: bytes
) -> None:
    for body in (json.dumps({**GIVEN, **change}).encode("utf-8", "surrogatepass"), junk):
        response = client.post("/feedback", data=body, content_type="application/json")
        assert response.status_code in (201, 400, 422)
        check(response, "/feedback", "post")
