"""Suggested questions: a few on the empty page, others as somebody types."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from qa.errors import QAError
from qa.filters import Filters
from qa.suggest.make import Suggestion
from qa.suggest.store import Suggestions
from web import asking, filtering
from web.collection import collection
from web.contract import requests, responses
from web.engine_source import all_articles

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


@blueprint.app_context_processor
def suggested() -> dict[str, Any]:
    """For the empty page, and as its filters are."""
    if request.endpoint != "pages.ask":
        return {}
    try:
        filters = Filters.of(**filtering.from_fields(asking.parse_query(request.query_string)))
        return {"suggested": _now(filters)[1].varied(SHOWN)}
    except QAError:  # the page says why
        return {"suggested": []}
