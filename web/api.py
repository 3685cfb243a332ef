"""The programming interface: /ask, /articles, /health and their description, all JSON."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, request

from qa import answer_json
from qa.errors import BadRequest
from qa.records import Answer, Article, ArticleInfo
from web import asking, filtering, listing, openapi, shown, streaming
from web.engine_source import all_articles, engine
from web.errors import problem_of
from web.rendering import text

blueprint = Blueprint("api", __name__)

PAGE_SIZE, MAX_PAGE_SIZE = 100, 1000


@blueprint.post("/ask")
def ask_body() -> Response:
    return _answer(asking.from_body(request))


@blueprint.get("/ask")
def ask_query() -> Response:
    return _answer(asking.from_query(request.query_string))


def _answer(asked: asking.Asked) -> Response:
    answer = engine().ask(asked.question, asked.history, **asked.options)
    return jsonify(answer_json.to_dict(answer))


@blueprint.post("/ask/stream")
def stream_body() -> Response:
    return _stream(asking.from_body(request))


@blueprint.get("/ask/stream")
def stream_query() -> Response:
    return _stream(asking.from_query(request.query_string, more=("html",)))


def _stream(asked: asking.Asked) -> Response:
    """html=true: the last event is the part of the page that shows it, explained; the page's script asks for that."""
    html = asking.single(asking.parse_query(request.query_string), "html")
    opened = engine()
    if html is None or not asking.truth(html, "html"):
        ask = partial(opened.ask, asked.question, asked.history, **asked.options)
        return streaming.respond(ask, answer_json.to_dict, problem_of)
    filters = {name: asked.options[name] for name in filtering.NAMES if name in asked.options}

    def ask_explained(**more: Any) -> Answer:
        filtering.check(filters)
        return opened.ask(asked.question, asked.history, **(dict(asked.options) | {"explain": True}), **more)

    return streaming.respond(
        ask_explained,
        lambda answer: {"html": text("_turn.html", turn=shown.turn(opened, answer, filters))},
        lambda problem: {"html": text("_problem.html", problem=problem)},
    )


@blueprint.get("/articles")
def articles() -> Response:
    """Articles by path, a page at a time; `find` keeps those whose title, file or source has every word."""
    fields = asking.parse_query(request.query_string)
    asking.only(fields, ("find", "offset", "limit"), "parameter")
    find = asking.single(fields, "find") or ""
    offset = _whole(fields, "offset", 0, 0, 10**9)
    limit = _whole(fields, "limit", PAGE_SIZE, 1, MAX_PAGE_SIZE)
    version, listed = all_articles()
    found = listing.find(listed, find)
    return jsonify(
        index_version=version,
        count=len(found),
        offset=offset,
        articles=[_info(info) for info in found[offset : offset + limit]],
    )


@blueprint.get("/articles/<article_id>")
def article(article_id: str) -> Response:
    found = engine().article(article_id)
    return jsonify(_metadata(found) | {"characters": len(found.raw), "raw": found.raw})


@blueprint.get("/health")
def health() -> Response:
    opened = engine()
    manifest = opened.manifest
    return jsonify(
        status="ok",
        warning=opened.warning,
        index_version=opened.version,
        built=manifest.created_at,
        articles=manifest.counts["articles"],
        passages=manifest.counts["passages"],
        encoder=manifest.encoder["name"],
        reader=opened.reader,
    )


@blueprint.get("/openapi.json")
def description() -> Response:
    return jsonify(openapi.DESCRIPTION)


def _info(info: ArticleInfo) -> dict[str, Any]:
    return _metadata(info) | {"characters": info.length, "passages": info.passages}


def _metadata(of: Article | ArticleInfo) -> dict[str, Any]:
    return {
        "id": of.id,
        "file": of.path,
        "title": of.title,
        "published": of.published.isoformat() if of.published else None,
        "published_inferred": of.published_inferred,
        "source": of.source,
        "url": of.url,
        "also_in": list(of.also_in),
    }


def _whole(fields: dict[str, list[str]], name: str, default: int, least: int, most: int) -> int:
    written = asking.single(fields, name)
    if written is None:
        return default
    value = asking.whole_number(written, name)
    if not least <= value <= most:
        raise BadRequest(f"{name} is {value}. It must be from {least} to {most}.")
    return value
