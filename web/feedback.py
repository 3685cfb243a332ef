"""What people say of answers: taken from whoever asks, listed and exported for who has the token."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import Forbidden

from qa.errors import BadRequest
from qa.feedback import Cited, Feedback, FeedbackStore
from web import asking
from web.jobs import allowed
from web.security import refuse_other_sites

blueprint = Blueprint("feedback", __name__)

PAGE_SIZE, MAX_PAGE_SIZE = 50, 500
FIELDS = ("verdict", "question", "answer", "wording", "confidence", "index_version", "citations")


def register(app: Flask, store: FeedbackStore | None) -> None:
    """store: None: nothing is kept, and the page does not ask."""
    app.extensions["feedback"] = store
    app.register_blueprint(blueprint)
    app.add_template_global(lambda: app.extensions["feedback"] is not None, "takes_feedback")


@blueprint.post("/feedback")
def give() -> tuple[Response, int]:
    refuse_other_sites()
    kept = _store().add(_given(asking.body_of(request)))
    return jsonify(id=kept.id, at=kept.at), 201


@blueprint.get("/feedback")
def listed() -> Response:
    """The newest first, a page at a time."""
    allowed()
    fields = asking.parse_query(request.query_string)
    asking.only(fields, ("offset", "limit"), "parameter")
    offset = asking.whole_number(asking.single(fields, "offset") or "0", "offset")
    limit = asking.whole_number(asking.single(fields, "limit") or str(PAGE_SIZE), "limit")
    if not 1 <= limit <= MAX_PAGE_SIZE:
        raise BadRequest(f"limit is {limit}. It must be from 1 to {MAX_PAGE_SIZE}.")
    store = _store()
    return jsonify(
        count=store.count(), offset=offset, feedback=[asdict(one) for one in store.newest(limit, offset)]
    )


@blueprint.get("/feedback/gold")
def gold() -> Response:
    """Gold questions, one JSON object a line, as `qa evaluate gold` reads them."""
    allowed()
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in _store().gold())
    response = current_app.response_class(lines, mimetype="application/x-ndjson")
    response.headers["Content-Disposition"] = 'attachment; filename="feedback.jsonl"'
    return response


def _store() -> FeedbackStore:
    store: FeedbackStore | None = current_app.extensions["feedback"]
    if store is None:
        raise Forbidden("This server keeps no feedback.")
    return store


def _given(body: dict[str, Any]) -> Feedback:
    asking.only(body, FIELDS, "field")
    missing = [name for name in FIELDS if name not in body and name not in ("wording", "answer", "citations")]
    if missing:
        raise BadRequest(f'The field "{missing[0]}" is missing.')
    confidence = body["confidence"]
    if isinstance(confidence, bool) or not isinstance(confidence, (int, float)):
        raise BadRequest('The field "confidence" must be a number.')
    citations = body.get("citations") or []
    if not isinstance(citations, list):
        raise BadRequest('The field "citations" must be a list.')
    return Feedback(
        verdict=asking.text_field(body["verdict"], "verdict"),
        question=asking.text_field(body["question"], "question"),
        answer=None if body.get("answer") is None else asking.text_field(body["answer"], "answer"),
        wording=None if body.get("wording") is None else asking.text_field(body["wording"], "wording"),
        confidence=confidence,
        index_version=asking.text_field(body["index_version"], "index_version"),
        citations=tuple(_cited(one, f"citations[{at}]") for at, one in enumerate(citations)),
    )


def _cited(value: Any, where: str) -> Cited:
    if not isinstance(value, dict) or sorted(value) != ["end", "file", "start"]:
        raise BadRequest(f"{where} must be an object with file, start and end.")
    places = [value["start"], value["end"]]
    if any(isinstance(place, bool) or not isinstance(place, int) for place in places):
        raise BadRequest(f"{where}: start and end must be whole numbers.")
    return Cited(asking.text_field(value["file"], f"{where}.file"), *places)
