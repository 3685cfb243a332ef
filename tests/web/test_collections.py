"""Several collections on one server: each is the whole service below /c/NAME/."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import WordEncoder
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from playwright.sync_api import Page, expect
from web_browsing import ask, sound
from web_stage import MARKET, MAYOR, StageReader

from qa.answer.decide.confidence import ConfidenceModel
from qa.engine import Engine
from qa.errors import IndexMissing, StoreUnavailable
from qa.feedback import FeedbackStore
from qa.suggest import store as kept
from qa.suggest.make import Suggestion
from qa.suggest.upkeep import SuggestionUpkeep
from qa.upkeep.index import index
from web import openapi
from web.app import app_of
from web.collection import Collection
from web.engine_source import EngineSource

TEXTS = {
    "ardle": ("Ardle", "The weekly market of Ardle moves to another day. Stalls open at eight."),
    "wend": ("Wend <b>&", "Ida Moss, the mayor of Ardle, met reporters in the town hall of Wend on Tuesday."),
}
SUGGESTED = {"ardle": (MARKET, "Where does the market move <b>&?"), "wend": (MAYOR,)}


def _missing() -> Engine:
    raise IndexMissing(Path("later"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder, encoder, served = tmp_path_factory.mktemp("several"), WordEncoder(), {}
    for name, (title, text) in TEXTS.items():
        (folder / name).mkdir()
        (folder / name / f"{name}.txt").write_text(f"Title: Of {name}\n\n{text}\n")
        index([folder / name], folder / "data" / name, encoder=encoder)
        engine = Engine.open(
            folder / "data" / name,
            encoder=encoder,
            reader=StageReader(),
            confidence=ConfidenceModel.of_margin(4.0, 0.4),
        )
        feedback = FeedbackStore(folder / "data" / name)
        suggestions = _suggestions(folder / "data" / name, engine, SUGGESTED[name])
        served[name] = Collection(EngineSource(engine), None, suggestions, feedback, title)

    served["later"] = Collection(EngineSource(_missing), title="Later")
    return app_of(served)


def _suggestions(data: Path, engine: Engine, questions: Sequence[str]) -> SuggestionUpkeep:
    (article,) = engine.articles()
    sure = [0.9 - at / 10 for at in range(len(questions))]
    kept.save(
        data,
        engine.version,
        [
            Suggestion(one, "what", "x", confidence, article.id, article.path, 0, 1)
            for one, confidence in zip(questions, sure, strict=True)
        ],
    )
    upkeep = SuggestionUpkeep(data)
    upkeep.bring_up_to_date(engine, threading.Event())
    return upkeep


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def site(app: Flask, serving: Any) -> Iterator[str]:
    with serving(app) as address:
        yield address


def test_each_answers_from_its_own_articles(client: FlaskClient) -> None:
    ardle = client.get("/c/ardle/ask", query_string={"q": MARKET}).get_json()
    assert (ardle["answer"], ardle["citations"][0]["file"]) == ("at eight", "ardle.txt")
    assert client.get("/c/wend/ask", query_string={"q": MARKET}).get_json()["answer"] is None
    posted = client.post("/c/wend/ask", json={"question": MAYOR}).get_json()
    assert posted["answer"] == "Ida Moss"
    cited = posted["citations"][0]["article_id"]
    assert client.get(f"/c/wend/articles/{cited}").status_code == 200
    assert client.get(f"/c/ardle/articles/{cited}").status_code == 404


def test_they_are_listed_with_what_is_wrong(client: FlaskClient) -> None:
    listed = client.get("/collections").get_json()["collections"]
    assert [(one["name"], one["title"], one["address"], one["articles"]) for one in listed] == [
        ("ardle", "Ardle", "/c/ardle/", 1),
        ("wend", "Wend <b>&", "/c/wend/", 1),
        ("later", "Later", "/c/later/", 0),
    ]
    assert "no index" in listed[2]["problem"]
    assert client.get("/c/wend/collections").get_json()["collections"] == listed
    assert client.get("/c/later/ready").status_code == 503
    assert client.get("/c/ardle/ready").status_code == 200
    figures = client.get("/metrics").text
    assert 'verbatim_index_articles{collection="wend"} 1.0' in figures
    assert 'verbatim_ready{collection="later"} 0.0' in figures


def test_a_server_of_several_is_ready_while_one_can_be_asked(client: FlaskClient) -> None:
    told = client.get("/ready")
    assert told.status_code == 200
    schema = {
        **openapi.DESCRIPTION["paths"]["/ready"]["get"]["responses"]["200"]["content"]["application/json"][
            "schema"
        ],
        "components": openapi.DESCRIPTION["components"],
    }
    Draft202012Validator(schema).validate(told.get_json())
    assert [one["problem"] is None for one in told.get_json()["collections"]] == [True, True, False]
    none = app_of({"later": Collection(EngineSource(_missing), title="Later")}).test_client().get("/ready")
    assert (none.status_code, none.get_json()["type"]) == (503, "/problems#index-missing")


def test_a_store_that_is_gone_makes_a_server_of_several_not_ready(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: Engine) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(Engine, "reach", gone)
    assert client.get("/ready").status_code == 503
    assert client.get("/health").status_code == 200


def test_what_names_no_collection_is_told_which_there_are(client: FlaskClient) -> None:
    for told in (client.get("/ask", query_string={"q": MARKET}), client.get("/articles")):
        assert (told.status_code, told.mimetype) == (400, "application/problem+json")
        assert "/c/ardle/a" in told.get_json()["detail"]
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize("name", ["nowhere", "..", "%2e%2e", "ardle%2f..", "ARDLE", "", "ardle\0", "data"])
def test_a_name_that_is_none_is_not_found(client: FlaskClient, name: str) -> None:
    told = client.get(f"/c/{name}/ask?q=market", headers={"Accept": "application/json"})
    assert told.status_code == 404


def test_the_description_says_where_it_is_served(client: FlaskClient) -> None:
    assert client.get("/c/ardle/openapi.json").get_json()["servers"] == [{"url": "/c/ardle"}]
    problem = client.get("/c/ardle/ask").get_json()
    assert problem["instance"] == "/c/ardle/ask"
    assert client.get(problem["type"]).status_code == 200


def test_addresses_with_and_without_a_slash_lead_there(client: FlaskClient) -> None:
    for address in ("/c/ardle", "/c/ardle/"):
        page = client.get(address)
        assert page.status_code == 200
        assert 'action="/c/ardle/"' in page.text
    assert "&lt;b&gt;" in client.get("/").text


def test_each_suggests_its_own_questions_and_the_page_of_all_each_in_turn(
    client: FlaskClient, page: Page, site: str
) -> None:
    for name, questions in SUGGESTED.items():
        told = client.get(f"/c/{name}/suggest").get_json()["suggestions"]
        assert [one["question"] for one in told] == list(questions)
    assert "suggested" not in client.get("/?q=Who").text
    page.goto(site)
    region = page.get_by_role("region", name="Questions that these articles answer")
    market, other = SUGGESTED["ardle"]
    expect(region.get_by_role("link")).to_have_text(
        [f"{market} Ardle", f"{MAYOR} Wend <b>&", f"{other} Ardle"]
    )
    region.get_by_role("link", name=MAYOR).click()
    expect(page.locator(".answer")).to_have_text("Ida Moss")
    assert "/c/wend/?q=" in page.url
    page.goto(f"{site}/c/wend/")
    expect(region.get_by_role("link")).to_have_text([MAYOR])


def test_feedback_is_kept_with_its_collection(client: FlaskClient, app: Flask) -> None:
    said = {"verdict": "wrong", "question": MAYOR, "confidence": 0.0, "index_version": "v"}
    assert client.post("/c/wend/feedback", json=said).status_code == 201
    served = app.extensions["collections"]
    assert (served["wend"].feedback.count(), served["ardle"].feedback.count()) == (1, 0)
    assert client.post("/c/later/feedback", json=said).status_code == 403


def test_the_page_leads_to_each_and_keeps_their_conversations_apart(page: Page, site: str) -> None:
    page.goto(site)
    page.locator("main").get_by_role("link", name="Ardle", exact=True).click()
    expect(page.locator(".conversations")).to_be_visible()  # the script is there
    ask(page, MARKET)
    expect(page.locator(".answer")).to_have_text("at eight")
    assert "/c/ardle/?q=" in page.url
    page.reload()
    expect(page.locator(".answer")).to_have_text("at eight")
    page.locator(".source").first.click()
    expect(page.locator(".panel mark")).to_be_visible()
    page.locator(".collections summary").click()
    page.locator(".collections").get_by_role("link", name="Wend <b>&").click()
    expect(page.locator(".conversations")).to_be_visible()
    ask(page, MAYOR)
    expect(page.locator(".answer")).to_have_text("Ida Moss")
    page.get_by_text("Earlier", exact=False).first.click()
    expect(page.locator(".conversations li bdi")).to_have_text([MAYOR])
    page.get_by_role("link", name="New conversation").click()
    expect(page).to_have_url(f"{site}/c/wend/")
    page.goto(f"{site}/?q=Who")
    page.locator("main").get_by_role("link", name="Wend").click()
    assert page.url == f"{site}/c/wend/?q=Who"


def test_pages_of_several_collections_are_sound(sized: Page, site: str) -> None:
    sized.goto(site)
    sound(sized, "collections")
    sized.goto(f"{site}/c/wend/")
    sized.locator(".collections summary").click()
    sound(sized, "switch")
    sized.goto(f"{site}/c/later/")
    expect(sized.get_by_role("alert")).to_be_visible()
    sound(sized, "a collection without an index")
    sized.goto(f"{site}/c/wend/nowhere")
    sound(sized, "nothing here")
