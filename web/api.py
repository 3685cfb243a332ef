"""The programming interface: /ask, /articles, /health and their description, all JSON."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, redirect, request, url_for

from qa import answer_json
from qa.records import Answer, Article, ArticleInfo
from web import asking, filtering, listing, metrics, openapi, shown, sources, streaming
from web.clients import client
from web.collection import named, told
from web.collection import ready as ready_ones
from web.contract import answers, requests, responses
from web.engine_source import all_articles, engine
from web.errors import problem_of
from web.rendering import text

Asked = requests.Question | requests.QuestionByAddress

blueprint = Blueprint("api", __name__)


@blueprint.post("/ask")
def ask_body() -> Response:
    return _answer(asking.from_body(request, requests.Question))


@blueprint.get("/ask")
def ask_query() -> Response:
    return _answer(asking.from_query(request.query_string, requests.QuestionByAddress))


def _answer(asked: Asked) -> Response:
    g.asked = asked.question
    answer = engine().ask(
        asked.question, asked.turns(), gone=streaming.asker_gone(), client=client(), **asked.given()
    )
    metrics.answered(answer)
    return jsonify(answer_json.to_dict(answer))


@blueprint.post("/ask/stream")
def stream_body() -> Response:
    html = asking.from_query(request.query_string, requests.Streamed).html
    return _stream(asking.from_body(request, requests.Question), html)


@blueprint.get("/ask/stream")
def stream_query() -> Response:
    asked = asking.from_query(request.query_string, requests.StreamedByAddress)
    return _stream(asked, asked.html)


def _stream(asked: Asked, html: bool) -> Response:
    """html: the last event is the part of the page that shows it, explained; the page's script asks for that."""
    opened, options = engine(), asked.given()
    g.asked = asked.question
    if not html:
        ask = partial(opened.ask, asked.question, asked.turns(), **options)
        return streaming.respond(ask, answer_json.to_dict, problem_of)
    filters = {name: options[name] for name in filtering.NAMES if name in options}

    def ask_explained(**more: Any) -> Answer:
        filtering.check(filters)
        return opened.ask(asked.question, asked.turns(), **(options | {"explain": True}), **more)

    return streaming.respond(
        ask_explained,
        lambda answer: {"html": text("_turn.html", turn=shown.turn(opened, answer, filters))},
        lambda problem: {"html": text("_problem.html", problem=problem)},
        refused=False,  # the page shows it as it shows an answer
    )


@blueprint.get("/articles", strict_slashes=False)
def articles() -> Response:
    """Articles by path, a page at a time; `find` keeps those whose title, file or source has every word.

    A person's browser is led to the page of articles.
    """
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return _to_the_page()
    asked = asking.from_query(request.query_string, requests.ArticlesPage)
    version, listed = all_articles()
    found = listing.find(listed, asked.find)
    page = responses.Articles(
        index_version=version,
        count=len(found),
        offset=asked.offset,
        articles=[_listed(info) for info in found[asked.offset : asked.offset + asked.limit]],
    )
    return jsonify(page.plain())


def _to_the_page() -> Response:
    response = current_app.make_response(redirect(url_for("pages.library")))
    response.vary.add("Accept")
    return response


@blueprint.get("/articles/<article_id>")
def article(article_id: str) -> Response:
    found = engine().article(article_id)
    return jsonify(responses.Article(**_metadata(found), characters=len(found.raw), raw=found.raw).plain())


@blueprint.get("/articles/<article_id>/selectors")
def selectors_of(article_id: str) -> Response:
    asked = asking.from_query(request.query_string, requests.PlaceAsked)
    told = sources.located(engine(), engine().article(article_id), asked.start, asked.end)
    plain = [answers.Selector(**answer_json.selector(one)) for one in told]
    return jsonify(responses.Selectors(plain).plain())


@blueprint.get("/health")
def health() -> Response:
    """Whether this process is alive; always 200, for whoever starts it again where it is not."""
    return jsonify(responses.Health(status="ok").plain())


@blueprint.get("/ready")
def ready() -> Response:
    """Whether questions can be answered, and from what; 503 where an index, a model or the store is missing. Where
    there are several collections and the address names none, 503 where not one of them can be asked."""
    if named() is None:
        several = responses.ReadyCollections(status="ok", collections=ready_ones())
        return jsonify(several.plain())
    opened = engine()
    opened.reach()
    manifest = opened.manifest
    told = responses.Ready(
        status="ok",
        warning=opened.warning,
        index_version=opened.version,
        built=manifest.created_at,
        articles=manifest.counts["articles"],
        passages=manifest.counts["passages"],
        encoder=manifest.encoder["name"],
        reader=opened.reader,
    )
    return jsonify(told.plain())


@blueprint.get("/collections")
def several() -> Response:
    return jsonify(responses.Collections(told()).plain())


@blueprint.get("/openapi.json")
def description() -> Response:
    servers = {"servers": [{"url": request.script_root}]} if request.script_root else {}
    return jsonify(openapi.DESCRIPTION | servers)


def _listed(info: ArticleInfo) -> responses.ListedArticle:
    return responses.ListedArticle(**_metadata(info), characters=info.length, passages=info.passages)


def _metadata(of: Article | ArticleInfo) -> dict[str, Any]:
    return {
        "id": of.id,
        "file": of.path,
        "title": of.title,
        "published": of.published,
        "published_inferred": of.published_inferred,
        "source": of.source,
        "url": of.url,
        "also_in": list(of.also_in),
        "language": of.language,
    }
