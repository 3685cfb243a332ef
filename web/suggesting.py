"""Suggested questions: a few on the empty page, others as somebody types."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request

from qa.errors import BadRequest, QAError
from qa.suggest.kept import Suggestions
from qa.suggest.make import Suggestion
from qa.suggest.upkeep import SuggestionUpkeep
from web import asking
from web.engine_source import all_articles

blueprint = Blueprint("suggesting", __name__)

SHOWN = 5  # on the empty page
OFFERED, MAX_OFFERED = 6, 50  # as somebody types
MAX_TYPED = 200  # characters; whoever has typed more needs no suggestion


def register(app: Flask, upkeep: SuggestionUpkeep | None) -> None:
    """upkeep: None: nothing is suggested."""
    app.extensions["suggestions"] = upkeep
    app.register_blueprint(blueprint)


@blueprint.get("/suggest")
def suggest() -> Response:
    """Those with a word that begins with each word of ?q=; without q, a varied few."""
    fields = asking.parse_query(request.query_string)
    asking.only(fields, ("q", "limit"), "parameter")
    limit = asking.whole_number(asking.single(fields, "limit") or str(OFFERED), "limit")
    if not 1 <= limit <= MAX_OFFERED:
        raise BadRequest(f"limit is {limit}. It must be from 1 to {MAX_OFFERED}.")
    typed = (asking.single(fields, "q") or "").strip()
    version, suggestions = _now()
    found = suggestions.find(typed, limit) if typed else suggestions.varied(limit)
    found = found if len(typed) <= MAX_TYPED else []
    return jsonify(index_version=version, suggestions=[_told(one) for one in found])


def _told(one: Suggestion) -> dict[str, Any]:
    return {"question": one.question, "article_id": one.article_id, "file": one.file}


def _now() -> tuple[str, Suggestions]:
    """(index version, its suggestions). Raises as the engine does."""
    upkeep: SuggestionUpkeep | None = current_app.extensions["suggestions"]
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
