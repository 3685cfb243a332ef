"""Candidates -> an answer with its confidence, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..records import Span
from .confidence import ConfidenceModel
from .features import Candidate, said_by


@dataclass(frozen=True, slots=True)
class Decision:
    """spans: where the answer stands, best first, all saying the same; none where there is no answer."""

    spans: tuple[Span, ...]
    confidence: float  # 0..1; 0 where there is no answer

    @property
    def text(self) -> str | None:
        return self.spans[0].text if self.spans else None


def decide(
    candidates: Sequence[Candidate], model: ConfidenceModel, threshold: float | None = None
) -> Decision:
    """The candidate most likely right, where that is likely enough; with it what says the same in other articles.

    threshold: the confidence from which to answer, by default the model's.
    """
    ranked = rank(candidates, model)
    if not ranked:
        return Decision((), 0.0)
    best = ranked[0]
    confidence = model.confidence(best)
    if confidence < (model.threshold if threshold is None else threshold):
        return Decision((), 0.0)
    return Decision((best.span, *_same_elsewhere(best, ranked)), confidence)


def rank(candidates: Sequence[Candidate], model: ConfidenceModel) -> list[Candidate]:
    """Most likely right first; equal ones in the order given."""
    return sorted(candidates, key=lambda candidate: -model.score(candidate))


def _same_elsewhere(best: Candidate, ranked: Sequence[Candidate]) -> list[Span]:
    """The best span of each other article that says the same, where the reader prefers it to no answer."""
    said = said_by(best.span.text)
    found: dict[str, Span] = {}
    for candidate in ranked:
        span = candidate.span
        other = span.passage.article_id != best.span.passage.article_id
        if other and span.null_margin > 0 and said_by(span.text) == said:
            found.setdefault(span.passage.article_id, span)
    return list(found.values())
