"""Why this answer: what was found, read and weighed, as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from qa.answer.decide.choose import rank
from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.features import NAMES, Candidate
from qa.answer.decide.judge import Judgement
from qa.answer.understand.question import Question
from qa.filters import Filters
from qa.records import Hit

SHOWN = 10  # candidates that are explained; the others weighed less


def explained(
    question: Question,
    filters: Filters,
    hits: Sequence[Hit],
    judged: Judgement,
    model: ConfidenceModel,
    layers: Mapping[int, int],
) -> dict[str, Any]:
    """Of the best candidates also what every feature added to their log odds: weight times value. With the bias these
    sum to `log_odds`. layers: through how many of the reader's layers each passage was read, by its number."""
    asked, candidates = question.dates, judged.weighed.candidates
    return {
        "kind": question.kind.value,
        "wanted": question.wanted.value,
        "threshold": judged.threshold,
        "filters": {name: _json(value) for name, value in asdict(filters).items()},
        "dates": {
            "today": asked.today.isoformat(),
            "periods": [
                {"text": p.text, "first": p.first.isoformat(), "last": p.last.isoformat()}
                for p in asked.periods
            ],
            "named": [{"kind": named.kind, "text": named.text} for named in asked.given],
            "latest": asked.latest,
        },
        "passages": [
            {
                "article_id": hit.passage.article_id,
                "start": hit.passage.start,
                "score": round(hit.score, 6),
                "dense_rank": hit.dense_rank,
                "lexical_rank": hit.lexical_rank,
                "cosine": None if hit.cosine is None else round(hit.cosine, 4),
                "layers": layers.get(hit.passage.id),
            }
            for hit in hits
        ],
        "bias": model.bias,
        "candidates": [_weighed(candidate, model) for candidate in rank(candidates, model)[:SHOWN]],
    }


def _weighed(candidate: Candidate, model: ConfidenceModel) -> dict[str, Any]:
    values = [float(value) for value in candidate.values]
    added = {name: model.weights.get(name, 0.0) * value for name, value in zip(NAMES, values, strict=True)}
    return {
        "text": candidate.span.text,
        "article_id": candidate.span.passage.article_id,
        "role": candidate.role,
        "score": round(candidate.span.score, 4),
        "null_margin": round(candidate.span.null_margin, 4),
        "features": candidate.told(),
        "contributions": {name: round(value, 4) for name, value in added.items()},
        "log_odds": round(model.score(candidate), 4),
        "confidence": round(model.confidence(candidate), 4),
    }


def _json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
