"""What the programming interface takes and gives (OpenAPI 3.1). Tests hold every real response against it."""

from __future__ import annotations

from typing import Any

from qa.settings import MAX_TOP_K, Settings

_DEFAULTS = Settings()


def _object(properties: dict[str, Any], optional: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """Exactly these properties, all but `optional` always there."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
        **more,
    }


def _list(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(type_: str, **more: Any) -> dict[str, Any]:
    return {"type": [type_, "null"], **more}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


TEXT: dict[str, Any] = {"type": "string"}
PLACE = {"type": "integer", "minimum": 0, "description": "counts characters of the raw file"}
NUMBERS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "number"}}
COUNT = {"type": "integer", "minimum": 0}
RANK = _or_null("integer", minimum=1)
DAY = _or_null("string", format="date")
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
QUESTION = {"type": "string", "minLength": 1, "maxLength": _DEFAULTS.question_chars}
TOP_K = {"type": "integer", "minimum": 1, "maximum": MAX_TOP_K, "default": _DEFAULTS.top_k}
OPTIONS: dict[str, dict[str, Any]] = {
    "top_k": {**TOP_K, "description": "passages to read"},
    "published_after": {
        **TEXT,
        "format": "date",
        "description": "ask only articles of this day or later ones",
    },
    "published_before": {
        **TEXT,
        "format": "date",
        "description": "ask only articles of this day or earlier ones",
    },
    "source": {
        **TEXT,
        "minLength": 1,
        "description": "ask only articles of this source, such as TASS, or of this host, such as tass.com",
    },
    "threshold": {**SHARE, "description": "confidence from which to answer; by default the fitted one"},
    "explain": {
        "type": "boolean",
        "default": False,
        "description": "tell too what was found, read and weighed",
    },
}

METADATA = {
    "id": TEXT,
    "file": {**TEXT, "description": "relative to the articles folder"},
    "title": TEXT,
    "published": DAY,
    "published_inferred": {"type": "boolean", "description": "the date was inferred, not written"},
    "source": _or_null("string"),
    "url": _or_null("string"),
    "also_in": _list(TEXT, description="other files with the same article"),
    "characters": COUNT,
}

SCHEMAS: dict[str, Any] = {
    "Question": _object(
        {
            "question": QUESTION,
            "history": {
                "type": ["array", "null"],
                "items": _ref("Turn"),
                "maxItems": _DEFAULTS.history_turns,
                "description": "earlier turns of the conversation, oldest first",
            },
            **{name: _nullable(schema) for name, schema in OPTIONS.items()},
        },
        optional=("history", *OPTIONS),
    ),
    "Turn": _object({"question": TEXT, "answer": _or_null("string")}, optional=("answer",)),
    "Answer": _object(
        {
            "question": {**TEXT, "description": "as it was asked"},
            "understood": {**TEXT, "description": "as it was answered, standing alone"},
            "answer": _or_null("string", description="null where the articles do not answer"),
            "confidence": SHARE,
            "reason": _or_null("string", description="why there is no answer; null where there is one"),
            "citations": _list(_ref("Citation")),
            "answer_type": {
                "enum": ["span", "evidence", "list", None],
                "description": "evidence: of a yes-or-no question, the sentence to judge it by; null: no answer",
            },
            "agreement": {
                "anyOf": [_ref("Agreement"), {"type": "null"}],
                "description": "how many articles say so; null where there is no answer",
            },
            "alternatives": _list(_ref("Alternative"), description="what other articles say, newest first"),
            "passages": _list(_ref("Passage")),
            "reader": TEXT,
            "index_version": TEXT,
            "timings_ms": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
            "explain": _ref("Explanation"),
        },
        optional=("explain",),
    ),
    "Agreement": _object(
        {
            "sources": {
                "type": "integer",
                "minimum": 1,
                "description": "independent ones: copies, and articles that repeat a sentence, are counted once",
            },
            "articles": _list(TEXT, description="their ids"),
        }
    ),
    "Alternative": _object(
        {"answer": TEXT, "confidence": SHARE, "citations": _list(_ref("Citation"), minItems=1)}
    ),
    "Explanation": _object(
        {
            "kind": {**TEXT, "description": "of answer that the question asks for: when, who, how many, ..."},
            "wanted": {"enum": ["span", "evidence", "list"]},
            "threshold": SHARE,
            "filters": _object(
                {"published_after": DAY, "published_before": DAY, "source": _or_null("string")}
            ),
            "dates": _object(
                {
                    "today": {**TEXT, "format": "date", "description": "what the question counts from"},
                    "periods": _list(_object({"text": TEXT, "first": DAY, "last": DAY})),
                    "named": _list(_object({"kind": TEXT, "text": TEXT})),
                    "latest": {"type": "boolean"},
                }
            ),
            "passages": _list(
                _object(
                    {
                        "article_id": TEXT,
                        "start": {**COUNT, "description": "in the cleaned text"},
                        "score": {"type": "number"},
                        "dense_rank": RANK,
                        "lexical_rank": RANK,
                        "cosine": _or_null("number"),
                    }
                )
            ),
            "bias": {"type": "number"},
            "candidates": _list(
                _object(
                    {
                        "text": TEXT,
                        "article_id": TEXT,
                        "score": {"type": "number"},
                        "null_margin": {"type": "number"},
                        "features": NUMBERS,
                        "contributions": {**NUMBERS, "description": "weight times value, of each feature"},
                        "log_odds": {"type": "number", "description": "bias and contributions together"},
                        "confidence": SHARE,
                    }
                ),
                description="the ten that weighed most",
            ),
        }
    ),
    "Citation": _object(
        {
            "article_id": TEXT,
            "file": TEXT,
            "title": TEXT,
            "url": _or_null("string"),
            "published": DAY,
            "quote": {**TEXT, "description": "verbatim: raw[start:end]"},
            "start": PLACE,
            "end": PLACE,
            "sentence": {**TEXT, "description": "around the quote: raw[sentence_start:sentence_end]"},
            "sentence_start": PLACE,
            "sentence_end": PLACE,
            "page": _or_null("integer", minimum=1),
            "derived": _list(
                _object({"text": TEXT, "date": {**TEXT, "format": "date"}, "until": DAY}),
                description="what the quote's relative dates mean, counted from `published`; nobody wrote it down",
            ),
        }
    ),
    "Passage": _object(
        {
            "article_id": TEXT,
            "file": TEXT,
            "title": TEXT,
            "start": PLACE,
            "end": PLACE,
            "text": {**TEXT, "description": "cleaned"},
            "score": {"type": "number"},
            "dense_rank": RANK,
            "lexical_rank": RANK,
        }
    ),
    "Articles": _object(
        {
            "index_version": TEXT,
            "count": {**COUNT, "description": "how many match, on all pages"},
            "offset": COUNT,
            "articles": _list(_object({**METADATA, "passages": COUNT})),
        }
    ),
    "Article": _object({**METADATA, "raw": {**TEXT, "description": "citations count in this text"}}),
    "Health": _object(
        {
            "status": {"const": "ok"},
            "warning": _or_null(
                "string", description="why an older index answers than the one that was last published"
            ),
            "index_version": TEXT,
            "built": {**TEXT, "format": "date-time"},
            "articles": COUNT,
            "passages": COUNT,
            "encoder": TEXT,
            "reader": TEXT,
        }
    ),
    "Problem": _object(
        {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": TEXT,
            "instance": TEXT,
        },
        description="RFC 9457 problem details",
    ),
}

PROBLEMS = {
    "400": "The request or the question cannot be understood; the detail says what to change",
    "404": "No such article",
    "413": "The body is over 64 KiB",
    "415": "The body is not application/json",
    "503": "Not ready (no index, a damaged one, a missing model), or too busy: then with Retry-After",
}


def _responses(schema: str, description: str, *problems: str) -> dict[str, Any]:
    fine = {"description": description, "content": {"application/json": {"schema": _ref(schema)}}}
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    return {"200": fine} | {code: {"description": PROBLEMS[code], "content": content} for code in problems}


def _parameter(
    name: str, schema: dict[str, Any], place: str = "query", required: bool = False
) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


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
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": _ref("Question")}},
                },
                "responses": _responses(
                    "Answer", "The answer, or why there is none", "400", "413", "415", "503"
                ),
            },
            "get": {
                "operationId": "askByAddress",
                "summary": "Ask a question that stands alone",
                "parameters": [
                    _parameter("q", QUESTION, required=True),
                    *(_parameter(name, schema) for name, schema in OPTIONS.items()),
                ],
                "responses": _responses("Answer", "The answer, or why there is none", "400", "503"),
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
            }
        },
        "/articles/{article_id}": {
            "get": {
                "operationId": "readArticle",
                "summary": "An article's raw text and what is known of it",
                "parameters": [_parameter("article_id", TEXT, "path", required=True)],
                "responses": _responses("Article", "The article", "404", "503"),
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
    "components": {"schemas": SCHEMAS},
}
