"""The programming interface: what it answers, and that its description says exactly that."""

from __future__ import annotations

from typing import Any

import msgspec
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from web_described import check
from web_fakes import FakeEngine, app_of
from werkzeug.test import TestResponse

from qa.engine import Engine
from qa.records import Article, Turn
from web import openapi
from web.app import create_app
from web.contract.answers import Answer

QUESTION = "Who led the delegation to Vienna?"


def post(client: FlaskClient, body: Any) -> TestResponse:
    return client.post("/ask", json=body)


def test_the_description_is_valid_openapi_and_what_is_served(client: FlaskClient) -> None:
    validate(openapi.DESCRIPTION)
    assert client.get("/openapi.json").get_json() == openapi.DESCRIPTION


def test_every_route_of_the_interface_is_described_and_no_other(client: FlaskClient) -> None:
    served = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in client.application.url_map.iter_rules()
        if rule.endpoint.startswith(("api.", "jobs.", "suggesting.", "feedback.", "metrics."))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, of in openapi.DESCRIPTION["paths"].items() for method in of}
    assert served == described


def test_both_ways_to_ask_give_the_same_answer(client: FlaskClient) -> None:
    posted = check(post(client, {"question": QUESTION}), "/ask", "post")
    assert posted == check(client.get("/ask", query_string={"q": QUESTION}), "/ask")
    assert posted["answer"] == "Vienna"
    assert posted["citations"][0]["published"] == "2022-01-20"


def test_history_and_top_k_reach_the_engine(client: FlaskClient, fake_engine: FakeEngine) -> None:
    history = [
        {"question": "Where?", "answer": "Vienna"},
        {"question": "Why?", "answer": None},
        {"question": "How?"},
    ]
    check(post(client, {"question": QUESTION, "history": history, "top_k": 3}), "/ask", "post")
    turns = (Turn("Where?", "Vienna"), Turn("Why?", None), Turn("How?", None))
    assert fake_engine.asked == [(QUESTION, turns, 3)]


def test_filters_and_threshold_reach_the_engine_both_ways(
    client: FlaskClient, fake_engine: FakeEngine
) -> None:
    options = {
        "published_after": "2022-01-01",
        "published_before": "2022-02-01",
        "source": "TASS",
        "folder": "news/2022",
        "article": "a1",
        "threshold": 0.25,
        "explain": True,
    }
    check(post(client, {"question": QUESTION, **options}), "/ask", "post")
    check(client.get("/ask", query_string={"q": QUESTION, **options, "explain": "true"}), "/ask")
    check(post(client, {"question": QUESTION, **dict.fromkeys(options)}), "/ask", "post")  # null: not given
    assert fake_engine.options == [options, options, {}]


def test_a_number_is_taken_however_json_writes_it_both_ways(
    client: FlaskClient, fake_engine: FakeEngine
) -> None:
    for top_k, threshold in (("26.0", "0.12345678901234"), ("2.6e1", "0"), ("26", "1E-1")):
        body = f'{{"question": "Who?", "top_k": {top_k}, "threshold": {threshold}}}'
        posted = client.post("/ask", data=body, content_type="application/json")
        asked = client.get("/ask", query_string={"q": "Who?", "top_k": top_k, "threshold": threshold})
        assert (posted.status_code, asked.status_code) == (200, 200)
    assert {top_k for _, _, top_k in fake_engine.asked} == {26}
    assert [options["threshold"] for options in fake_engine.options[::2]] == [0.12345678901234, 0, 0.1]
    assert fake_engine.options[::2] == fake_engine.options[1::2]


def test_no_answer_is_an_answer(client: FlaskClient) -> None:
    body = check(post(client, {"question": "Where is Lima?"}), "/ask", "post")
    assert (body["answer"], body["citations"]) == (None, [])
    assert body["reason"]


def test_the_real_engine_cites_the_raw_text_of_the_article(demo_engine: Engine) -> None:
    client = create_app(demo_engine).test_client()
    body = check(post(client, {"question": "What did the US hand over on January 26?"}), "/ask", "post")
    assert "written response" in body["answer"]
    for cited in body["citations"]:
        article = check(client.get(f"/articles/{cited['article_id']}"), "/articles/{article_id}")
        assert article["raw"][cited["start"] : cited["end"]] == cited["quote"]
        assert article["raw"][cited["sentence_start"] : cited["sentence_end"]] == cited["sentence"]
        assert article["file"] == cited["file"]


def test_the_real_engine_explains_itself_as_described(demo_engine: Engine) -> None:
    client = create_app(demo_engine).test_client()
    question = {"question": "What did the US hand over on January 26?", "explain": True}
    response = post(client, question)
    explained = check(response, "/ask", "post")["explain"]
    record = msgspec.json.decode(response.get_data(), type=Answer)
    assert msgspec.to_builtins(record) == response.get_json()
    assert len(explained["passages"]) == 10
    layers = {(one["article_id"], one["start"]): one["layers"] for one in explained["passages"]}
    assert set(layers.values()) <= {0, 2, 3, 4, 6}
    best = explained["candidates"][0]
    assert 6 in {through for (article, _), through in layers.items() if article == best["article_id"]}
    assert explained["dates"]["named"] == [
        {"kind": "name", "text": "US"},
        {"kind": "day", "text": "January 26"},
    ]
    assert "explain" not in check(post(client, {**question, "explain": False}), "/ask", "post")


def test_a_question_may_stand_in_the_address_unescaped(client: FlaskClient, fake_engine: FakeEngine) -> None:
    environ = {"QUERY_STRING": "q=Wer sprach in Zürich?".encode().decode("latin-1")}
    assert client.get("/ask", environ_overrides=environ).status_code == 200
    assert fake_engine.asked[0][0] == "Wer sprach in Zürich?"


def test_articles_are_listed_found_and_paged() -> None:
    articles = [
        Article(
            id=str(n), path=f"{n}.txt", raw="Text", title=f"About {'cats' if n % 2 else 'dogs'}", text="Text"
        )
        for n in range(5)
    ]
    client = app_of(FakeEngine(articles)).test_client()
    body = check(client.get("/articles?offset=1&limit=2"), "/articles")
    assert (body["count"], [article["id"] for article in body["articles"]]) == (5, ["1", "2"])
    found = check(client.get("/articles?find=CATS+about"), "/articles")
    assert [article["id"] for article in found["articles"]] == ["1", "3"]
    for query in ("limit=0", "limit=1001", "limit=", "offset=-1", "find=a&find=b", "order=date"):
        response = client.get(f"/articles?{query}")
        assert response.status_code == 400
        check(response, "/articles")


def test_what_utf_8_cannot_carry_arrives_escaped() -> None:
    client = app_of(FakeEngine([Article("a1", "odd\udcff.txt", "half \ud800 pair", "T", "t")])).test_client()
    body = check(client.get("/articles/a1"), "/articles/{article_id}")
    assert (body["file"], body["raw"]) == ("odd\udcff.txt", "half \ud800 pair")
    assert client.get("/read/a1").status_code == client.get("/library").status_code == 200
