"""What the programming interface takes and gives (OpenAPI 3.1), from the records of `web.contract`.

Tests hold every real response against it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from web.contract import answers, requests, responses
from web.contract.fields import Record
from web.contract.requests import EXAMPLE

PROBLEMS = {
    "400": "The request or the question cannot be understood; the detail says what to change",
    "401": "The token is missing or wrong",
    "403": "The token is for something else, or this is not possible on this server",
    "404": "There is none",
    "409": "A build is under way; the detail says whose",
    "413": "The body is too large",
    "429": "Too many requests come from this address; Retry-After says when to come again",
    "422": "Each part of the request has the right form, and together they cannot be meant; the detail says why",
    "415": "The body has another content type than it must have",
    "503": "Not ready (no index, a damaged one, a missing model), or too busy: then with Retry-After",
}
STREAM = """Server-sent events, each with one line of JSON as its data: `step`, a Step, as each of the steps \
understand, retrieve, read and decide begins, none where the answer was kept; then one `answer`, an Answer, \
or one `problem`, a Problem."""
TOKEN: list[dict[str, list[str]]] = [{"token": []}]
JSON, PROBLEM, EVENTS, LINES = (
    "application/json",
    "application/problem+json",
    "text/event-stream",
    "application/x-ndjson",
)

_DESCRIBED = (
    requests.Question,
    requests.QuestionByAddress,
    requests.ArticlesPage,
    requests.SuggestionsFor,
    requests.PlaceAsked,
    requests.FeedbackPage,
    requests.Feedback,
    answers.Answer,
    answers.Step,
    responses.Articles,
    responses.Article,
    responses.Selectors,
    responses.Health,
    responses.Ready,
    responses.ReadyCollections,
    responses.Collections,
    responses.Job,
    responses.Uploaded,
    responses.Removed,
    responses.Suggestions,
    responses.Kept,
    responses.FeedbackList,
    responses.GoldQuestion,
    responses.Problem,
)
_IN_ADDRESSES = ("QuestionByAddress", "ArticlesPage", "PlaceAsked", "SuggestionsFor", "FeedbackPage")
_, _COMPONENTS = msgspec.json.schema_components(_DESCRIBED, ref_template="#/components/schemas/{name}")


def _given(name: str, **more: Any) -> dict[str, Any]:
    return {"required": [name], "properties": {name: more}}


_COMPONENTS["Question"]["examples"] = [{"question": EXAMPLE, "history": []}]
_COMPONENTS["Feedback"]["examples"] = [
    {
        "verdict": "right",
        "question": EXAMPLE,
        "answer": "its written response to Russia",
        "confidence": 0.5,
        "index_version": "",
        "citations": [{"file": "talks.txt", "start": 2348, "end": 2378}],
    }
]
# What goes with what, as `qa.feedback` holds it.
_COMPONENTS["Feedback"]["allOf"] = [
    {
        "if": _given("answer", type="string"),
        "then": _given("citations", type="array", minItems=1),
        "else": {"properties": {"citations": {"maxItems": 0}}},
    },
    {"if": _given("wording", type="string"), "then": _given("verdict", const="words")},
    {"if": _given("verdict", const="words"), "then": _given("answer", type="string")},
    {"if": _given("guess", const=True), "then": _given("answer", type="string")},
]


def _ref(record: type[Record]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{record.__name__}"}


def _parameters(record: type[Record]) -> list[dict[str, Any]]:
    """The fields of `record` in the query string, where null cannot be written."""
    schema = _COMPONENTS[record.__name__]
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": next(iter(of["anyOf"])) if "anyOf" in of else of,
        }
        for name, of in schema["properties"].items()
    ]


def _body(record: type[Record]) -> dict[str, Any]:
    return {"required": True, "content": {JSON: {"schema": _ref(record)}}}


_OF_ALL = ("400", "401", "403", "429", "503")  # of a wrong host, too; 401 and 403 where reading is not open


def _responses(
    fine: dict[str, Any], description: str, *problems: str, status: str = "200", kind: str = JSON
) -> dict[str, Any]:
    """fine: the schema of what is told under `status`. problems: beside those that every operation may end with."""
    told = {status: {"description": description, "content": {kind: {"schema": fine}}}}
    problem = {PROBLEM: {"schema": _ref(responses.Problem)}}
    return told | {
        code: {"description": PROBLEMS[code], "content": problem} for code in sorted({*problems, *_OF_ALL})
    }


# The operations of each tag stand in a mapping of their own.
TAGS = {
    "Asking": "Questions, and what they are answered with",
    "Articles": "What is indexed: reading, adding, removing, building",
    "Feedback": "What people say of answers",
    "Service": "What the server is and does",
}


def _tagged(tag: str, paths: dict[str, Any]) -> dict[str, Any]:
    return {
        path: {method: {"tags": [tag], **of} for method, of in methods.items()}
        for path, methods in paths.items()
    }


def _operation(id_: str, summary: str, of: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"operationId": id_, "summary": summary, **more, "responses": of}


_ARTICLE_ID = [{"name": "article_id", "in": "path", "required": True, "schema": {"type": "string"}}]
_FILES = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "additionalProperties": {"type": "string", "format": "binary"},
            }
        }
    },
}
# Of one event: OpenAPI 3.1 has no word for a sequence of them, and those that check responses take each by itself.
_EVENTS = {
    "type": "object",
    "description": STREAM,
    "properties": {
        "event": {"enum": ["step", "answer", "problem"]},
        "data": {"type": "string", "contentMediaType": JSON},
    },
    "required": ["event", "data"],
}

_ASKING: dict[str, Any] = {
    "/ask": {
        "post": _operation(
            "ask",
            "Ask a question, as a turn of a conversation or alone",
            _responses(_ref(answers.Answer), "The answer, or why there is none", "413", "415", "422"),
            requestBody=_body(requests.Question),
        ),
        "get": _operation(
            "askByAddress",
            "Ask a question that stands alone",
            _responses(_ref(answers.Answer), "The answer, or why there is none", "422"),
            parameters=_parameters(requests.QuestionByAddress),
        ),
    },
    "/ask/stream": {
        "post": _operation(
            "askInSteps",
            "Ask, and hear of each step as it begins",
            _responses(_EVENTS, "The events", "413", "415", "422", kind=EVENTS),
            requestBody=_body(requests.Question),
        ),
        "get": _operation(
            "askInStepsByAddress",
            "The same of a question that stands alone, for an EventSource",
            _responses(_EVENTS, "The events", "422", kind=EVENTS),
            parameters=_parameters(requests.QuestionByAddress),
        ),
    },
    "/suggest": {
        "get": _operation(
            "suggest",
            "Questions that the articles answer, made of the articles",
            _responses(_ref(responses.Suggestions), "The suggestions, the best first", "422"),
            parameters=_parameters(requests.SuggestionsFor),
        )
    },
}
_ARTICLES: dict[str, Any] = {
    "/articles": {
        "get": _operation(
            "listArticles",
            "What is indexed",
            _responses(_ref(responses.Articles), "Articles by file"),
            parameters=_parameters(requests.ArticlesPage),
        ),
        "post": _operation(
            "addArticles",
            "Store files of articles, then build the index",
            _responses(
                _ref(responses.Uploaded),
                "What was stored, and the build",
                *("413", "415", "422"),
                status="202",
            ),
            security=TOKEN,
            requestBody=_FILES,
        ),
    },
    "/articles/{article_id}": {
        "get": _operation(
            "readArticle",
            "An article's raw text and what is known of it",
            _responses(_ref(responses.Article), "The article", "404"),
            parameters=_ARTICLE_ID,
        ),
        "delete": _operation(
            "removeArticle",
            "Remove an article's files, those of its copies too, then build the index",
            _responses(
                _ref(responses.Removed),
                "What was removed",
                *("404", "422"),
                status="202",
            ),
            security=TOKEN,
            parameters=_ARTICLE_ID,
        ),
    },
    "/articles/{article_id}/selectors": {
        "get": _operation(
            "locateQuote",
            "Where a quote stands in the file itself; of a PDF with the rectangles of its lines",
            _responses(_ref(responses.Selectors), "Selectors of the W3C's Web Annotation model", "404"),
            parameters=[*_ARTICLE_ID, *_parameters(requests.PlaceAsked)],
        )
    },
    "/index": {
        "get": _operation(
            "readJob",
            "Whether the index is being built, how far it is, and the last report",
            _responses(_ref(responses.Job), "The build"),
            security=TOKEN,
        ),
        "post": _operation(
            "startJob",
            "Build the index of its articles as they are now",
            _responses(_ref(responses.Job), "It has begun", *("409",), status="202"),
            security=TOKEN,
        ),
        "delete": _operation(
            "cancelJob",
            "Stop the build; the index in service stays",
            _responses(_ref(responses.Job), "It ends as soon as it can", *("404",), status="202"),
            security=TOKEN,
        ),
    },
}
_FEEDBACK: dict[str, Any] = {
    "/feedback": {
        "post": _operation(
            "giveFeedback",
            "Say whether an answer was right",
            _responses(_ref(responses.Kept), "It is kept", *("413", "415", "422"), status="201"),
            requestBody=_body(requests.Feedback),
        ),
        "get": _operation(
            "listFeedback",
            "What was said of answers, the newest first",
            _responses(_ref(responses.FeedbackList), "The verdicts"),
            security=TOKEN,
            parameters=_parameters(requests.FeedbackPage),
        ),
    },
    "/feedback/gold": {
        "get": _operation(
            "exportFeedback",
            "Gold questions of what was said to be right, one JSON object a line",
            _responses(
                _ref(responses.GoldQuestion),
                "The questions, as `qa evaluate gold` reads them",
                kind=LINES,
            ),
            security=TOKEN,
        )
    },
}
_SERVICE: dict[str, Any] = {
    "/health": {
        "get": _operation(
            "health",
            "Whether the server is alive",
            _responses(_ref(responses.Health), "It is"),
        )
    },
    "/ready": {
        "get": _operation(
            "ready",
            "Whether questions can be answered, and from what; of several collections, whether one can be asked",
            _responses(
                {"anyOf": [_ref(responses.Ready), _ref(responses.ReadyCollections)]},
                "They can",
            ),
        )
    },
    "/collections": {
        "get": _operation(
            "listCollections",
            "The collections of this server, where there are several: each is served whole below its address",
            _responses(_ref(responses.Collections), "Collections by name"),
        )
    },
    "/metrics": {
        "get": _operation(
            "metrics",
            "Figures of what is done, in the text format of Prometheus",
            _responses({"type": "string"}, "The figures", kind="text/plain"),
        )
    },
    "/openapi.json": {
        "get": _operation("describe", "This description", _responses({"type": "object"}, "OpenAPI"))
    },
}
DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Verbatim",
        "version": "1",
        "summary": "Answers questions about your articles in the articles' own words, with their exact place.",
    },
    "tags": [{"name": name, "description": told} for name, told in TAGS.items()],
    "paths": {
        **_tagged("Asking", _ASKING),
        **_tagged("Articles", _ARTICLES),
        **_tagged("Feedback", _FEEDBACK),
        **_tagged("Service", _SERVICE),
    },
    "components": {
        "schemas": {name: of for name, of in _COMPONENTS.items() if name not in _IN_ADDRESSES},
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    },
}
