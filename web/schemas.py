"""The records of the programming interface, as JSON Schema (2020-12)."""

from __future__ import annotations

from typing import Any

from qa.feedback import MAX_CHARS, MAX_CITATIONS, VERDICTS
from qa.settings import MAX_TOP_K, Settings

_DEFAULTS = Settings()


def object_(properties: dict[str, Any], optional: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """Exactly these properties, all but `optional` always there."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
        **more,
    }


def list_(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(type_: str, **more: Any) -> dict[str, Any]:
    return {"type": [type_, "null"], **more}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


TEXT: dict[str, Any] = {"type": "string"}
PLACE = {"type": "integer", "minimum": 0, "description": "counts characters of the raw file"}
NUMBERS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "number"}}
COUNT = {"type": "integer", "minimum": 0}
RANK = or_null("integer", minimum=1)
DAY = or_null("string", format="date")
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
    "source": or_null("string"),
    "url": or_null("string"),
    "also_in": list_(TEXT, description="other files with the same article"),
    "characters": COUNT,
}

FEEDBACK: dict[str, Any] = {
    "verdict": {
        "enum": list(VERDICTS),
        "description": "words: the right passage, but the wrong words",
    },
    "question": {
        **TEXT,
        "minLength": 1,
        "maxLength": MAX_CHARS["question"],
        "description": "as it was understood",
    },
    "answer": or_null("string", maxLength=MAX_CHARS["answer"], description="null where there was none"),
    "wording": or_null(
        "string", maxLength=MAX_CHARS["wording"], description="the right words, with the verdict words"
    ),
    "confidence": SHARE,
    "index_version": {**TEXT, "maxLength": MAX_CHARS["index_version"]},
    "citations": list_(
        object_({"file": {**TEXT, "maxLength": MAX_CHARS["file"]}, "start": PLACE, "end": PLACE}),
        maxItems=MAX_CITATIONS,
    ),
}

SCHEMAS: dict[str, Any] = {
    "Question": object_(
        {
            "question": QUESTION,
            "history": {
                "type": ["array", "null"],
                "items": ref("Turn"),
                "maxItems": _DEFAULTS.history_turns,
                "description": "earlier turns of the conversation, oldest first",
            },
            **{name: _nullable(schema) for name, schema in OPTIONS.items()},
        },
        optional=("history", *OPTIONS),
    ),
    "Turn": object_({"question": TEXT, "answer": or_null("string")}, optional=("answer",)),
    "Answer": object_(
        {
            "question": {**TEXT, "description": "as it was asked"},
            "understood": {**TEXT, "description": "as it was answered, standing alone"},
            "answer": or_null("string", description="null where the articles do not answer"),
            "confidence": SHARE,
            "reason": or_null("string", description="why there is no answer; null where there is one"),
            "citations": list_(ref("Citation")),
            "answer_type": {
                "enum": ["span", "evidence", "list", None],
                "description": "evidence: of a yes-or-no question, the sentence to judge it by; null: no answer",
            },
            "agreement": {
                "anyOf": [ref("Agreement"), {"type": "null"}],
                "description": "how many articles say so; null where there is no answer",
            },
            "alternatives": list_(ref("Alternative"), description="what other articles say, newest first"),
            "passages": list_(ref("Passage")),
            "reader": TEXT,
            "index_version": TEXT,
            "timings_ms": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
            "explain": ref("Explanation"),
        },
        optional=("explain",),
    ),
    "Agreement": object_(
        {
            "sources": {
                "type": "integer",
                "minimum": 1,
                "description": "independent ones: copies, and articles that repeat a sentence, are counted once",
            },
            "articles": list_(TEXT, description="their ids"),
        }
    ),
    "Alternative": object_(
        {"answer": TEXT, "confidence": SHARE, "citations": list_(ref("Citation"), minItems=1)}
    ),
    "Explanation": object_(
        {
            "kind": {**TEXT, "description": "of answer that the question asks for: when, who, how many, ..."},
            "wanted": {"enum": ["span", "evidence", "list"]},
            "threshold": SHARE,
            "filters": object_(
                {"published_after": DAY, "published_before": DAY, "source": or_null("string")}
            ),
            "dates": object_(
                {
                    "today": {**TEXT, "format": "date", "description": "what the question counts from"},
                    "periods": list_(object_({"text": TEXT, "first": DAY, "last": DAY})),
                    "named": list_(object_({"kind": TEXT, "text": TEXT})),
                    "latest": {"type": "boolean"},
                }
            ),
            "passages": list_(
                object_(
                    {
                        "article_id": TEXT,
                        "start": {**COUNT, "description": "in the cleaned text"},
                        "score": {"type": "number"},
                        "dense_rank": RANK,
                        "lexical_rank": RANK,
                        "cosine": or_null("number"),
                    }
                )
            ),
            "bias": {"type": "number"},
            "candidates": list_(
                object_(
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
    "Citation": object_(
        {
            "article_id": TEXT,
            "file": TEXT,
            "title": TEXT,
            "url": or_null("string"),
            "published": DAY,
            "quote": {**TEXT, "description": "verbatim: raw[start:end]"},
            "start": PLACE,
            "end": PLACE,
            "sentence": {**TEXT, "description": "around the quote: raw[sentence_start:sentence_end]"},
            "sentence_start": PLACE,
            "sentence_end": PLACE,
            "page": or_null("integer", minimum=1),
            "derived": list_(
                object_({"text": TEXT, "date": {**TEXT, "format": "date"}, "until": DAY}),
                description="what the quote's relative dates mean, counted from `published`; nobody wrote it down",
            ),
        }
    ),
    "Passage": object_(
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
    "Articles": object_(
        {
            "index_version": TEXT,
            "count": {**COUNT, "description": "how many match, on all pages"},
            "offset": COUNT,
            "articles": list_(object_({**METADATA, "passages": COUNT})),
        }
    ),
    "Article": object_({**METADATA, "raw": {**TEXT, "description": "citations count in this text"}}),
    "Health": object_(
        {
            "status": {"const": "ok"},
            "warning": or_null(
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
    "Job": object_(
        {
            "state": {"enum": ["idle", "waiting", "running", "cancelling", "done", "failed", "cancelled"]},
            "phase": or_null("string", description="what the build is doing"),
            "done": COUNT,
            "total": {**COUNT, "description": "0 where it cannot be told"},
            "started": or_null("string", format="date-time"),
            "seconds": {"type": "number", "minimum": 0},
            "seconds_left": or_null("number", minimum=0, description="of this phase, estimated"),
            "queued": {"type": "boolean", "description": "another build follows this one"},
            "elsewhere": or_null("string", description="which other process is building this index"),
            "error": or_null("string"),
            "report": {"anyOf": [ref("Report"), {"type": "null"}], "description": "of the last build here"},
        }
    ),
    "Report": object_(
        {
            "version": TEXT,
            "published": {"type": "boolean", "description": "false: nothing had changed"},
            "anew": or_null("string", description="why everything was read again"),
            "changes": object_(dict.fromkeys(("new", "changed", "removed", "unchanged"), COUNT)),
            "files_read": COUNT,
            "articles": COUNT,
            "passages": COUNT,
            "encoded": COUNT,
            "reused": COUNT,
            "duplicates": COUNT,
            "rejected": list_(ref("Rejected")),
            "unsettled": list_(TEXT, description="files that were being written"),
            "seconds": {"type": "number", "minimum": 0},
            "phases": {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
        }
    ),
    "Rejected": object_({"path": TEXT, "reason": TEXT}),
    "Uploaded": object_(
        {
            "stored": list_(
                object_({"given": TEXT, "file": {**TEXT, "description": "its name in the folder"}})
            ),
            "rejected": list_(ref("Rejected")),
            "job": ref("Job"),
        }
    ),
    "Removed": object_({"removed": list_(TEXT, description="the files that are gone"), "job": ref("Job")}),
    "Suggestions": object_(
        {
            "index_version": TEXT,
            "suggestions": list_(
                object_({"question": TEXT, "article_id": TEXT, "file": TEXT}),
                description="empty until they are made, soon after an index comes into service",
            ),
        }
    ),
    "Feedback": object_(FEEDBACK, optional=("answer", "wording", "citations")),
    "Kept": object_({"id": COUNT, "at": {**TEXT, "format": "date-time"}}),
    "FeedbackList": object_(
        {
            "count": COUNT,
            "offset": COUNT,
            "feedback": list_(
                object_({**FEEDBACK, "id": COUNT, "at": {**TEXT, "format": "date-time"}}),
                description="the newest first",
            ),
        }
    ),
    "GoldQuestion": object_(
        {
            "id": TEXT,
            "question": TEXT,
            "answers": list_(TEXT, description="what is right; empty where no answer is"),
            "sources": list_(TEXT, description="files that may be cited"),
        }
    ),
    "Problem": object_(
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
