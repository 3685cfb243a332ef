"""What the programming interface refuses: by name, with the reason, as its description says; and nothing breaks it."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_described import check
from web_fakes import FakeEngine, app_of
from werkzeug.test import TestResponse

from qa import errors
from qa.engine import Engine
from web import openapi
from web.app import create_app

QUESTION = "Who led the delegation to Vienna?"


def post(client: FlaskClient, body: Any) -> TestResponse:
    return client.post("/ask", json=body)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("published_after", "yesterday", "published_after is 'yesterday'"),
        ("published_before", "2022-02-30", "published_before is '2022-02-30'"),
        ("source", " ", "source is empty"),
        ("folder", "/", "folder is empty"),
        ("article", " ", "article is empty"),
        ("threshold", "1.5", "threshold is 1.5"),
        ("threshold", "nan", 'threshold is "nan"'),
        ("threshold", "1e3", "threshold is 1000"),
        ("threshold", "1e999", "must be at most 1."),
        ("threshold", "٠", "must be a number"),
        ("explain", "1", "explain is 1"),
        ("threshold", "null", 'threshold is "null"'),
        ("top_k", "null", 'top_k is "null"'),
        ("explain", "True", 'explain is "True"'),
        ("top_k", "0", "must be at least 1."),
        ("top_k", "[3]", "top_k is a list"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_by_name(
    demo_engine: Engine, name: str, value: str, said: str
) -> None:
    client = create_app(demo_engine).test_client()
    response = client.get("/ask", query_string={"q": QUESTION, name: value})
    assert response.status_code == 400
    assert said in check(response, "/ask")["detail"]


def test_days_in_the_wrong_order_are_told_apart_from_what_is_no_day(demo_engine: Engine) -> None:
    client = create_app(demo_engine).test_client()
    days = {"published_after": "2022-02-04", "published_before": "2022-02-03"}
    for path in ("/ask", "/ask/stream"):
        for response, method in (
            (client.get(path, query_string={"q": QUESTION, **days}), "get"),
            (client.post(path, json={"question": QUESTION, **days}), "post"),
        ):
            assert response.status_code == 422
            assert check(response, path, method)["detail"].endswith("Swap them.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threshold", "0.5"),
        ("threshold", True),
        ("published_after", 2022),
        ("source", ["TASS"]),
        ("explain", 1),
    ],
)
def test_an_option_of_the_wrong_type_is_refused_by_name(
    client: FlaskClient, name: str, value: object
) -> None:
    response = post(client, {"question": QUESTION, name: value})
    assert response.status_code == 400
    assert f'"{name}"' in check(response, "/ask", "post")["detail"]


def test_the_real_engine_refuses_what_the_description_excludes(demo_engine: Engine) -> None:
    client = create_app(demo_engine).test_client()
    for body in (
        {"question": "x" * 1001},
        {"question": "Who?", "top_k": 0},
        {"question": "Who?", "top_k": 101},
        {"question": "Who?", "history": [{"question": "Who?", "answer": None}] * 51},
    ):
        response = post(client, body)
        assert response.status_code == 400
        check(response, "/ask", "post")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"{", "line 1"),
        (b"[]", "a list"),
        (b"7", "7"),
        (b'"Who?"', "Who?"),
        (b"null", "null"),
        (b"{}", '"question" is missing'),
        (b'{"question": "\xff"}', "UTF-8: byte 14"),
        (b'{"question": "Who?", "top_k": NaN}', "NaN"),
        (b'{"question": "Who?", "top_k": 1' + b"0" * 5000 + b"}", "too long"),
        (b'{"question": "Who?", "question": "What?"}', "twice"),
        (b'{"question": "\\ud800"}', "surrogate"),
        (b'{"question": "Who?", "history": [{"question": "\\udfff"}]}', "history[0].question"),
        (b"[" * 60_000, "nested"),
        (b'{"question": ' * 4_000, "nested"),
        (b'{"question": 5}', "must be a string"),
        (b'{"question": null}', "must be a string"),
        (b'{"question": ["Who?"]}', "must be a string"),
        (b'{"question": ""}', "empty"),
        (b'{"question": "Who?", "top_k": true}', "whole number"),
        (b'{"question": "Who?", "top_k": 3.5}', "whole number"),
        (b'{"question": "Who?", "top_k": "3"}', "whole number"),
        (b'{"question": "Who?", "topk": 3}', "topk"),
        (b'{"question": "Who?", "history": {}}', "must be a list"),
        (b'{"question": "Who?", "history": ["Where?"]}', "history[0]"),
        (b'{"question": "Who?", "history": [{"answer": "Vienna"}]}', "history[0]"),
        (b'{"question": "Who?", "history": [{"question": "Where?", "answer": 4}]}', "history[0].answer"),
        (b'{"question": "Who?", "history": [{"question": "Where?", "by": "me"}]}', "by"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_with_the_reason(
    client: FlaskClient, body: bytes, says: str
) -> None:
    response = client.post("/ask", data=body, content_type="application/json")
    assert response.status_code == 400
    assert says in check(response, "/ask", "post")["detail"]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (" \n\u2003 ", "empty"),
        ("?!", "no word"),
        ("\xad", "no word"),
        ("😍", "no word"),
        ("\U000fca1d", "no word"),
    ],
)
def test_a_text_without_a_word_is_told_apart_from_what_is_no_text(
    client: FlaskClient, question: str, says: str
) -> None:
    for response, method in (
        (post(client, {"question": question}), "post"),
        (client.get("/ask", query_string={"q": question}), "get"),
    ):
        assert response.status_code == 422
        assert says in check(response, "/ask", method)["detail"]


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
def test_only_json_in_utf_8_is_taken(client: FlaskClient, kind: str | None) -> None:
    response = client.post("/ask", data=b'{"question": "Who?"}', content_type=kind)
    assert response.status_code == 415
    check(response, "/ask", "post")


@pytest.mark.parametrize("path", ["/ask", "/ask/stream"])
def test_a_compressed_body_is_not_unpacked(client: FlaskClient, path: str) -> None:
    body = b'{"question": "Who led the delegation to Vienna?"}'
    for coding, sent in (("gzip", gzip.compress(body)), ("deflate", body), ("gzip, identity", body)):
        headers = {"Content-Type": "application/json", "Content-Encoding": coding}
        response = client.post(path, data=sent, headers=headers)
        assert response.status_code == 415
        assert "compressed" in check(response, path, "post")["detail"]


def test_a_body_that_says_it_is_not_compressed_is_taken(client: FlaskClient) -> None:
    headers = {"Content-Encoding": "identity"}
    assert client.post("/ask", json={"question": QUESTION}, headers=headers).status_code == 200


def test_a_body_over_64_kib_is_refused_and_one_of_64_kib_is_read(client: FlaskClient) -> None:
    asked = json.dumps({"question": "Who?", "history": [{"question": "", "answer": None}]})
    fits = asked.replace('""', '"' + "x" * (64 * 1024 - len(asked)) + '"')
    assert client.post("/ask", data=fits, content_type="application/json").status_code == 200
    response = client.post("/ask", data=fits + " ", content_type="application/json")
    assert response.status_code == 413
    check(response, "/ask", "post")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "question=Who",
        "q=",
        "q=Who&q=What",
        "q=Who&top_k=",
        "q=Who&top_k=-1",
        "q=Who&top_k=%D9%A3",
        "q=Who&top_k=1e9",
        "q=Who&page=2",
        "q=%FF%FE",
        "q=" + "x" * 1001,
        "&".join(f"a{n}=1" for n in range(101)),
    ],
)
def test_an_address_that_makes_no_sense_is_refused(client: FlaskClient, query: str) -> None:
    response = client.get(f"/ask?{query}")
    assert response.status_code == 400
    check(response, "/ask")


def test_an_unknown_article_is_not_found(client: FlaskClient) -> None:
    for id_ in ("nope", "..", "%2e%2e%2fetc%2fpasswd", "%FF", "a" * 5000, "%00", "' OR 1=1"):
        response = client.get(f"/articles/{id_}")
        assert response.status_code == 404
        assert response.mimetype == "application/problem+json"


def test_wrong_methods_and_addresses_are_problems_too(client: FlaskClient) -> None:
    refused = client.delete("/ask")
    assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")
    assert set(refused.headers["Allow"].split(", ")) >= {"GET", "POST"}
    lost = client.get("/nothing/here")
    assert (lost.status_code, lost.mimetype) == (404, "application/problem+json")
    assert lost.get_json()["instance"] == "/nothing/here"


def test_too_much_work_says_when_to_come_back(fake_engine: FakeEngine) -> None:
    busy = {"overloaded": errors.Overloaded(7), "took-too-long": errors.TookTooLong(6.5, "read")}
    for name, fake_engine.error in busy.items():
        response = post(app_of(fake_engine).test_client(), {"question": QUESTION})
        assert (response.status_code, response.headers["Retry-After"]) == (503, "7")
        assert check(response, "/ask", "post")["type"].endswith(f"#{name}")


def test_every_error_of_the_engine_has_a_status_and_an_explained_type(fake_engine: FakeEngine) -> None:
    client = app_of(fake_engine).test_client()
    explained = client.get("/problems").get_data(as_text=True)
    for cls in _descendants(errors.QAError):
        error = cls.__new__(cls)
        Exception.__init__(error, "It went wrong.")
        vars(error)["retry_after"] = 1
        fake_engine.error = error
        response = post(client, {"question": QUESTION})
        assert 400 <= response.status_code < 600 and response.status_code != 500
        name = response.get_json()["type"].rpartition("#")[2]
        assert f'id="{name}"' in explained
        assert name != "unavailable", f"{cls.__name__} has no kind of its own"


def _descendants(cls: type[errors.QAError]) -> set[type[errors.QAError]]:
    return {
        sub
        for child in cls.__subclasses__()
        for sub in {child, *_descendants(child)}
        if sub.__module__ == "qa.errors"
    }


def test_an_unforeseen_error_keeps_its_details_to_the_log(fake_engine: FakeEngine) -> None:
    fake_engine.ask = None  # type: ignore[assignment]  # calling it raises TypeError
    response = post(app_of(fake_engine).test_client(), {"question": QUESTION})
    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert "NoneType" not in response.get_data(as_text=True)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["Who?", "Vienna", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["question", "history", "top_k", "answer", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=anything.map(json.dumps).map(str.encode) | st.binary(max_size=200))
def test_whatever_is_posted_gets_what_the_description_says(client: FlaskClient, body: bytes) -> None:
    response = client.post("/ask", data=body, content_type="application/json")
    assert response.status_code in (200, 400, 422)
    check(response, "/ask", "post")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(
        ["/ask", "/articles", "/articles/a1", "/health", "/", "/library", "/read/a1", "/problems"]
    ),
    query=st.dictionaries(
        st.sampled_from(["q", "top_k", "find", "offset", "limit", "page", "mark", "x"]),
        st.text(st.characters(exclude_categories=["Cs"]))
        | st.integers().map(str)
        | st.sampled_from(["0-5", "3-2"]),
        max_size=3,
    ),
)
def test_whatever_is_in_the_address_nothing_breaks(
    client: FlaskClient, path: str, query: dict[str, str]
) -> None:
    response = client.get(path, query_string=query)
    assert response.status_code in (200, 400, 404, 422)
    if path in openapi.DESCRIPTION["paths"]:
        check(response, path)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.text(st.characters(exclude_categories=["Cs"]), max_size=40), query=st.binary(max_size=40))
def test_any_address_at_all_ends_well(client: FlaskClient, path: str, query: bytes) -> None:
    environ = {"PATH_INFO": "/" + path.encode().decode("latin-1"), "QUERY_STRING": query.decode("latin-1")}
    assert client.get("/", environ_overrides=environ).status_code < 500
