"""What people say of answers: taken from whoever asks, listed and exported for who has the token."""

from __future__ import annotations

import json
from dataclasses import asdict

import msgspec
from flask import Blueprint, Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import Forbidden

from qa.feedback import Cited, Feedback, FeedbackStore
from web import asking
from web.access import access
from web.collection import collection
from web.contract import requests, responses
from web.security import refuse_other_sites

blueprint = Blueprint("feedback", __name__)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.add_template_global(lambda: collection().feedback is not None, "takes_feedback")


@blueprint.post("/feedback")
def give() -> tuple[Response, int]:
    refuse_other_sites()
    kept = _store().add(_given(asking.from_body(request, requests.Feedback)))
    return jsonify(responses.Kept(id=kept.id, at=kept.at).plain()), 201


@blueprint.get("/feedback")
def listed() -> Response:
    """The newest first, a page at a time."""
    access().require("feedback")
    page = asking.from_query(request.query_string, requests.FeedbackPage)
    store = _store()
    kept = [_listed(one) for one in store.newest(page.limit, page.offset)]
    return jsonify(responses.FeedbackList(count=store.count(), offset=page.offset, feedback=kept).plain())


@blueprint.get("/feedback/gold")
def gold() -> Response:
    """Gold questions, one JSON object a line, as `qa evaluate gold` reads them."""
    access().require("feedback")
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in _store().gold())
    response = current_app.response_class(lines, mimetype="application/x-ndjson")
    response.headers["Content-Disposition"] = 'attachment; filename="feedback.jsonl"'
    return response


def _store() -> FeedbackStore:
    store = collection().feedback
    if store is None:
        raise Forbidden("This server keeps no feedback.")
    return store


def _given(said: requests.Feedback) -> Feedback:
    return Feedback(
        verdict=said.verdict,
        question=said.question,
        answer=said.answer,
        wording=said.wording,
        guess=said.guess,
        confidence=said.confidence,
        index_version=said.index_version,
        citations=tuple(Cited(one.file, one.start, one.end) for one in said.citations or ()),
    )


def _listed(one: Feedback) -> requests.KeptFeedback:
    return msgspec.convert(asdict(one), requests.KeptFeedback)
