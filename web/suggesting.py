"""Suggested questions: a few on the empty page, others as somebody types."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from qa.errors import QAError
from qa.suggest.make import Suggestion
from qa.suggest.store import Suggestions
from web import asking
from web.collection import collection
from web.contract import requests, responses
from web.engine_source import all_articles

blueprint = Blueprint("suggesting", __name__)

SHOWN = 5  # on the empty page
MAX_TYPED = 200  # characters; whoever has typed more needs no suggestion


@blueprint.get("/suggest")
def suggest() -> Response:
    """Those with a word that begins with each word of ?q=; without q, a varied few."""
    asked = asking.from_query(request.query_string, requests.SuggestionsFor)
    typed = asked.q.strip()
    version, suggestions = _now()
    found = suggestions.find(typed, asked.limit) if typed else suggestions.varied(asked.limit)
    found = found if len(typed) <= MAX_TYPED else []
    return jsonify(
        responses.Suggestions(index_version=version, suggestions=[_told(one) for one in found]).plain()
    )


def _told(one: Suggestion) -> responses.Suggestion:
    return responses.Suggestion(question=one.question, article_id=one.article_id, file=one.file)


def _now() -> tuple[str, Suggestions]:
    """(index version, its suggestions). Raises as the engine does."""
    upkeep = collection().suggestions
    version, listed = all_articles()
    return version, upkeep.of(version, listed) if upkeep else Suggestions()


@blueprint.app_context_processor
def suggested() -> dict[str, Any]:
    """For the empty page."""
    if request.endpoint != "pages.ask":
        return {}
    try:
        return {"suggested": _now()[1].varied(SHOWN)}
    except QAError:  # the page says why
        return {"suggested": []}
