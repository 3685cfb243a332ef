"""An answer as JSON: one contract for the service and the command line."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .records import Answer


def to_dict(answer: Answer) -> dict[str, Any]:
    """Only JSON's own types; unknown values are None, dates ISO 8601."""
    return {
        "question": answer.question,
        "understood": answer.understood,
        "answer": answer.text,
        "confidence": round(answer.confidence, 4),
        "reason": answer.reason,
        "citations": [
            {**asdict(cited), "published": cited.published.isoformat() if cited.published else None}
            for cited in answer.citations
        ],
        "passages": [asdict(passage) for passage in answer.passages],
        "reader": answer.reader,
        "index_version": answer.index_version,
        "timings_ms": answer.timings_ms,
    }
