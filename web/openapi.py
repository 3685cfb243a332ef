"""What the programming interface takes and gives (OpenAPI 3.1). Tests hold every real response against it."""

from __future__ import annotations

from typing import Any

from web.schemas import COUNT, OPTIONS, QUESTION, SCHEMAS, TEXT, ref
from web.suggesting import MAX_OFFERED, OFFERED

PROBLEMS = {
    "400": "The request or the question cannot be understood; the detail says what to change",
    "401": "The token is missing or wrong",
    "403": "The server was started without a token: nothing can be changed over HTTP",
    "404": "There is none",
    "409": "A build is under way; the detail says whose",
    "413": "The body is too large",
    "415": "The body has another content type than it must have",
    "503": "Not ready (no index, a damaged one, a missing model), or too busy: then with Retry-After",
}


def _responses(schema: str, description: str, *problems: str, status: str = "200") -> dict[str, Any]:
    fine = {"description": description, "content": {"application/json": {"schema": ref(schema)}}}
    content = {"application/problem+json": {"schema": ref("Problem")}}
    return {status: fine} | {code: {"description": PROBLEMS[code], "content": content} for code in problems}


def _parameter(
    name: str, schema: dict[str, Any], place: str = "query", required: bool = False
) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


TOKEN = [{"token": []}]
ASKED_BY_ADDRESS = [
    _parameter("q", QUESTION, required=True),
    *(_parameter(name, schema) for name, schema in OPTIONS.items()),
]
ASKED_BY_BODY = {"required": True, "content": {"application/json": {"schema": ref("Question")}}}
AS_HTML = _parameter(
    "html",
    {
        "type": "boolean",
        "default": False,
        "description": 'the data of the last event is {"html"}: the part of the page that shows it',
    },
)
STREAM = """Server-sent events, each with one line of JSON as its data: `step`, {"step"}, as each of the steps \
understand, retrieve, read and decide begins, none where the answer was kept; then one `answer`, an Answer, \
or one `problem`, a Problem."""


def _stream(*problems: str) -> dict[str, Any]:
    content = {"text/event-stream": {"schema": {**TEXT, "description": STREAM}}}
    return {**_responses("Answer", "", *problems), "200": {"description": "The events", "content": content}}


DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Verbatim",
        "version": "1",
        "summary": "Answers questions about your articles in the articles' own words, with their exact place.",
    },
    "paths": {
        "/ask": {
            "post": {
                "operationId": "ask",
                "summary": "Ask a question, as a turn of a conversation or alone",
                "requestBody": ASKED_BY_BODY,
                "responses": _responses(
                    "Answer", "The answer, or why there is none", "400", "413", "415", "503"
                ),
            },
            "get": {
                "operationId": "askByAddress",
                "summary": "Ask a question that stands alone",
                "parameters": ASKED_BY_ADDRESS,
                "responses": _responses("Answer", "The answer, or why there is none", "400", "503"),
            },
        },
        "/ask/stream": {
            "post": {
                "operationId": "askInSteps",
                "summary": "Ask, and hear of each step as it begins",
                "parameters": [AS_HTML],
                "requestBody": ASKED_BY_BODY,
                "responses": _stream("400", "413", "415", "503"),
            },
            "get": {
                "operationId": "askInStepsByAddress",
                "summary": "The same of a question that stands alone, for an EventSource",
                "parameters": [*ASKED_BY_ADDRESS, AS_HTML],
                "responses": _stream("400", "503"),
            },
        },
        "/articles": {
            "get": {
                "operationId": "listArticles",
                "summary": "What is indexed",
                "parameters": [
                    _parameter("find", {**TEXT, "description": "words of the title, file or source"}),
                    _parameter("offset", {**COUNT, "default": 0}),
                    _parameter("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
                ],
                "responses": _responses("Articles", "Articles by file", "400", "503"),
            },
            "post": {
                "operationId": "addArticles",
                "summary": "Store files of articles, then build the index",
                "security": TOKEN,
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "additionalProperties": {"type": "string", "format": "binary"},
                            }
                        }
                    },
                },
                "responses": _responses(
                    "Uploaded",
                    "What was stored, and the build",
                    *("400", "401", "403", "413", "415", "503"),
                    status="202",
                ),
            },
        },
        "/articles/{article_id}": {
            "get": {
                "operationId": "readArticle",
                "summary": "An article's raw text and what is known of it",
                "parameters": [_parameter("article_id", TEXT, "path", required=True)],
                "responses": _responses("Article", "The article", "404", "503"),
            },
            "delete": {
                "operationId": "removeArticle",
                "summary": "Remove an article's files, those of its copies too, then build the index",
                "security": TOKEN,
                "parameters": [_parameter("article_id", TEXT, "path", required=True)],
                "responses": _responses(
                    "Removed", "What was removed", *("400", "401", "403", "404", "503"), status="202"
                ),
            },
        },
        "/index": {
            "get": {
                "operationId": "readJob",
                "summary": "Whether the index is being built, how far it is, and the last report",
                "security": TOKEN,
                "responses": _responses("Job", "The build", "401", "403"),
            },
            "post": {
                "operationId": "startJob",
                "summary": "Build the index of its articles as they are now",
                "security": TOKEN,
                "responses": _responses(
                    "Job", "It has begun", *("400", "401", "403", "409", "503"), status="202"
                ),
            },
            "delete": {
                "operationId": "cancelJob",
                "summary": "Stop the build; the index in service stays",
                "security": TOKEN,
                "responses": _responses(
                    "Job", "It ends as soon as it can", *("401", "403", "404"), status="202"
                ),
            },
        },
        "/suggest": {
            "get": {
                "operationId": "suggest",
                "summary": "Questions that the articles answer, made of the articles",
                "parameters": [
                    _parameter("q", {**TEXT, "description": "what was typed; without it, a varied few"}),
                    _parameter(
                        "limit", {"type": "integer", "minimum": 1, "maximum": MAX_OFFERED, "default": OFFERED}
                    ),
                ],
                "responses": _responses("Suggestions", "The suggestions, the best first", "400", "503"),
            }
        },
        "/feedback": {
            "post": {
                "operationId": "giveFeedback",
                "summary": "Say whether an answer was right",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": ref("Feedback")}},
                },
                "responses": _responses(
                    "Kept", "It is kept", *("400", "403", "413", "415", "503"), status="201"
                ),
            },
            "get": {
                "operationId": "listFeedback",
                "summary": "What was said of answers, the newest first",
                "security": TOKEN,
                "parameters": [
                    _parameter("offset", {**COUNT, "default": 0}),
                    _parameter("limit", {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}),
                ],
                "responses": _responses("FeedbackList", "The verdicts", *("400", "401", "403", "503")),
            },
        },
        "/feedback/gold": {
            "get": {
                "operationId": "exportFeedback",
                "summary": "Gold questions of what was said to be right, one JSON object a line",
                "security": TOKEN,
                "responses": {
                    "200": {
                        "description": "The questions, as `qa evaluate gold` reads them",
                        "content": {"application/x-ndjson": {"schema": ref("GoldQuestion")}},
                    },
                    **{
                        code: {
                            "description": PROBLEMS[code],
                            "content": {"application/problem+json": {"schema": ref("Problem")}},
                        }
                        for code in ("401", "403", "503")
                    },
                },
            }
        },
        "/health": {
            "get": {
                "operationId": "health",
                "summary": "Whether questions can be answered, and from what",
                "responses": _responses("Health", "Ready", "503"),
            }
        },
        "/openapi.json": {
            "get": {
                "operationId": "describe",
                "summary": "This description",
                "responses": {
                    "200": {
                        "description": "OpenAPI",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    }
                },
            }
        },
    },
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    },
}
