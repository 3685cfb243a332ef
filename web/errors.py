"""Every error a request can end with: its status, its name, and its one shape (RFC 9457 problem details).

The programming interface answers with application/problem+json, pages with a page in plain words.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, request, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed, TooManyRequests, Unauthorized

from qa import errors as qa
from web.collection import NoCollection
from web.filtering import BadFilter
from web.metrics import metrics
from web.rendering import render

_log = logging.getLogger(__name__)

API_PATHS = (
    "ask",
    "articles",
    "index",
    "suggest",
    "feedback",
    "health",
    "ready",
    "metrics",
    "openapi.json",
    "collections",
)  # first segments; everything else is for people


@dataclass(frozen=True, slots=True)
class ProblemType:
    """`name` is the fragment of its `type` address, `way_on` what the reader can do."""

    name: str
    status: int
    title: str
    way_on: str


BY_ERROR: dict[type[qa.QAError], ProblemType] = {
    qa.BadQuestion: ProblemType(
        "bad-question", 400, "This question cannot be asked", "Change the question and ask again."
    ),
    qa.NoWord: ProblemType(
        "no-word", 422, "This question cannot be asked", "Ask in words, in a whole sentence if you can."
    ),
    BadFilter: ProblemType(
        "bad-filter", 400, "These filters cannot be used", "Change or remove them, then ask again."
    ),
    NoCollection: ProblemType(
        "no-collection", 400, "No collection is named", "Choose one of the collections."
    ),
    qa.BadRequest: ProblemType(
        "bad-request", 400, "The request is malformed", "Correct the request as the detail says."
    ),
    qa.Unprocessable: ProblemType(
        "unprocessable",
        422,
        "This cannot be what was meant",
        "Each part of the request has the right form; change what the detail names.",
    ),
    qa.NotFound: ProblemType("not-found", 404, "Not found", "Look for it in the list of articles."),
    qa.ModelMissing: ProblemType(
        "model-missing", 503, "A model is missing", "Install the model that the detail names, then ask again."
    ),
    qa.IndexMissing: ProblemType(
        "index-missing", 503, "Nothing has been indexed yet", "Index a folder of articles, then ask again."
    ),
    qa.IndexCorrupt: ProblemType(
        "index-corrupt", 503, "The index is damaged", "Build the index again, then ask again."
    ),
    qa.NothingToIndex: ProblemType(
        "nothing-to-index", 503, "There is nothing to index", "Give a folder that holds readable articles."
    ),
    qa.BuildRunning: ProblemType(
        "build-running", 409, "A build is under way", "Try again when it has ended."
    ),
    qa.BuildFailed: ProblemType(
        "build-failed", 503, "The index could not be built", "Do as the detail says, then build again."
    ),
    qa.StoreUnavailable: ProblemType(
        "store-unavailable", 503, "The store does not answer", "Check that the store is running."
    ),
    qa.Overloaded: ProblemType(
        "overloaded", 503, "Too many questions are waiting", "Wait a moment and ask again."
    ),
    qa.TookTooLong: ProblemType(
        "took-too-long", 503, "The answer was not there in time", "Ask again, or with fewer passages to read."
    ),
    qa.AskerLeft: ProblemType("asker-left", 503, "Whoever asked has left", "Ask again."),
}
ANY_QA_ERROR = ProblemType("unavailable", 503, "This cannot be done now", "Read the detail, then try again.")

BY_STATUS: dict[int, ProblemType] = {
    kind.status: kind
    for kind in (
        BY_ERROR[qa.BadRequest],
        BY_ERROR[qa.NotFound],
        ProblemType("token-missing", 401, "A token is needed", "Send a token, as the detail says."),
        ProblemType(
            "not-allowed",
            403,
            "This is not allowed",
            "Send a token that is for this, where there can be one.",
        ),
        ProblemType("too-many-requests", 429, "Too many requests", "Wait a moment and send fewer."),
        ProblemType(
            "method-not-allowed", 405, "Method not allowed", "Use one of the methods in the Allow header."
        ),
        ProblemType("body-too-large", 413, "The body is too large", "Send less, as the detail says."),
        ProblemType("wrong-content-type", 415, "Wrong content type", "Send Content-Type: application/json."),
        ProblemType(
            "internal", 500, "Something went wrong here", "Try again; the server's log has the cause."
        ),
    )
}
KINDS = {kind.name: kind for kind in (*BY_ERROR.values(), ANY_QA_ERROR, *BY_STATUS.values())}


@dataclass(frozen=True, slots=True)
class Problem:
    kind: ProblemType
    detail: str
    headers: dict[str, str]


def describe(error: Exception) -> Problem:
    """The problem that `error` is to whoever made the request; the nearest ancestor in the tables decides."""
    if isinstance(error, qa.QAError):
        kind = next((BY_ERROR[cls] for cls in type(error).__mro__ if cls in BY_ERROR), ANY_QA_ERROR)
        headers = {}
        if isinstance(error, (qa.Overloaded, qa.TookTooLong)):
            headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
        return Problem(kind, error.afar or kind.title, headers)
    if not isinstance(error, HTTPException):
        return Problem(BY_STATUS[500], "An unexpected error; the request was not carried out.", {})
    status = error.code or 500
    kind = BY_STATUS.get(status) or ProblemType("about:blank", status, HTTPStatus(status).phrase, "")
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if isinstance(error, TooManyRequests) and error.retry_after:
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unauthorized) and error.www_authenticate:
        headers["WWW-Authenticate"] = ", ".join(one.to_header() for one in error.www_authenticate)
    return Problem(kind, _http_detail(error, kind), headers)


def _http_detail(error: HTTPException, kind: ProblemType) -> str:
    if kind.name == "not-found":
        return "There is nothing at this address."
    if kind.name == "method-not-allowed":
        return f"{request.method} is not possible at this address."
    if kind.name == "body-too-large":
        length = request.content_length
        if (
            request.mimetype == "multipart/form-data"
            and length
            and length <= (request.max_content_length or 0)
        ):
            return (
                f"The form has more than {request.max_form_parts} parts, or one that is no file is over "
                f"{_size(request.max_form_memory_size)}. Send files alone, in several requests."
            )
        return f"The body of the request is over {_size(request.max_content_length)}."
    if kind.status == 500:
        return "An unexpected error; the request was not carried out."
    return error.description or kind.title


def _size(limit: int | None) -> str:
    limit = limit or 0
    return f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit // 2**10} KiB"


def problem_of(problem: Problem) -> dict[str, Any]:
    """RFC 9457: type, title, status, detail, instance."""
    kind = problem.kind
    address = kind.name if kind.name == "about:blank" else url_for("pages.problems", _anchor=kind.name)
    return {
        "type": address,
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "instance": request.script_root + request.path,
    }


def problem_json(problem: Problem) -> Response:
    response = jsonify(problem_of(problem))
    response.status_code = problem.kind.status
    response.mimetype = "application/problem+json"
    response.headers.update(problem.headers)
    return response


def _respond(error: Exception) -> Response:
    problem = describe(error)
    if isinstance(error, qa.QAError) and error.afar != str(error):
        _log.warning("%s", error)  # with the places that are told to nobody afar
    metrics().problems.labels(problem.kind.name).inc()
    if _for_a_program():
        return problem_json(problem)
    page = render("error.html", problem=problem)
    page.status_code = problem.kind.status
    page.headers.update(problem.headers)
    return page


def _for_a_program() -> bool:
    if request.path.split("/")[1] in API_PATHS:
        return True
    if request.blueprint == "pages":
        return False
    return request.accept_mimetypes.best_match(["application/problem+json", "text/html"]) != "text/html"


def register(app: Flask) -> None:
    app.register_error_handler(qa.QAError, _respond)
    app.register_error_handler(HTTPException, _respond)
