"""Suggested questions: a few on the empty page, of several collections in turn, and others as somebody types."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request

from qa.errors import QAError
from qa.filters import Filters
from qa.suggest.make import Suggestion
from qa.suggest.store import Suggestions
from web import asking, filtering
from web.collection import Collection, address_of, collection, collections, named
from web.contract import requests, responses
from web.engine_source import all_articles
from web.words import ask_link

blueprint = Blueprint("suggesting", __name__)

SHOWN = 5  # on the empty page
MAX_TYPED = 200  # characters; whoever has typed more needs no suggestion


@blueprint.get("/suggest")
def suggest() -> Response:
    """Those with a word that begins with each word of ?q=; without q, a varied few. Of the filtered articles alone."""
    asked = asking.from_query(request.query_string, requests.SuggestionsFor)
    typed = asked.q.strip()
    version, suggestions = _now(asked.filters())
    found = suggestions.find(typed, asked.limit) if typed else suggestions.varied(asked.limit)
    found = found if len(typed) <= MAX_TYPED else []
    return jsonify(
        responses.Suggestions(index_version=version, suggestions=[_told(one) for one in found]).plain()
    )


def _told(one: Suggestion) -> responses.Suggestion:
    return responses.Suggestion(question=one.question, article_id=one.article_id, file=one.file)


def _now(filters: Filters) -> tuple[str, Suggestions]:
    """(index version, its suggestions of the filtered articles). Raises as the engine does."""
    upkeep = collection().suggestions
    version, listed = all_articles()
    suggestions = upkeep.of(version, listed) if upkeep else Suggestions()
    return version, suggestions.within(filtering.within(filters, listed)) if filters else suggestions


@dataclass(frozen=True, slots=True)
class Offered:
    """On a page: a question, where it is answered, and by which of several collections."""

    question: str
    address: str
    collection: str = ""


def _in_turn() -> list[Offered]:
    """One of each collection, then another of each; one that cannot be asked has none."""
    each: list[list[Offered]] = []
    for name, one in collections().items():
        if len(each) < SHOWN:  # of the others none would be shown
            each += filter(None, [_offered_by(name, one)])
    return list(islice(filter(None, chain.from_iterable(zip_longest(*each))), SHOWN))


def _offered_by(name: str, one: Collection) -> list[Offered]:
    with suppress(QAError):
        engine = one.source.get()
        if one.suggestions:
            found = one.suggestions.of(engine.version, one.source.listed(engine).articles).varied(SHOWN)
            address = address_of(name)
            asked = [(of.question, urlencode({"q": of.question})) for of in found]
            return [Offered(question, f"{address}?{query}", one.title) for question, query in asked]
    return []


@blueprint.app_context_processor
def suggested() -> dict[str, Any]:
    """For the empty page, and as its filters are; for the page of several collections, of each of them."""
    if request.endpoint != "pages.ask":
        return {}
    if named() is None:
        return {"suggested": _in_turn()}
    try:
        given = filtering.from_fields(asking.parse_query(request.query_string))
        found = _now(Filters.of(**given))[1].varied(SHOWN)
        return {"suggested": [Offered(one.question, ask_link(one.question, given)) for one in found]}
    except QAError:  # the page says why
        return {"suggested": []}
