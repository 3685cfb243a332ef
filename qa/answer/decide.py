"""Spans and hits -> an answer, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..records import Hit, Span

NOTHING_ABOUT_IT = "Nothing in the articles is about this."
NOT_SAID = "The articles that come closest do not say."

_STEEPNESS = 10.0  # a cosine 0.1 above the threshold reads 73 %, 0.3 above reads 95 %


@dataclass(frozen=True, slots=True)
class Decision:
    """spans: where the answer stands, best first, all of the same text; none where there is no answer."""

    spans: tuple[Span, ...]
    confidence: float  # 0..1
    reason: str | None

    @property
    def text(self) -> str | None:
        return self.spans[0].text if self.spans else None


def decide(hits: Sequence[Hit], spans: Sequence[Span]) -> Decision:
    """The span with the widest null margin, where one has any; with it the same words in other articles."""
    best = max(spans, key=lambda span: span.null_margin, default=None)
    if best is None or best.null_margin <= 0:
        return Decision((), 0.0, NOT_SAID if _shares_words(hits) else NOTHING_ABOUT_IT)
    return Decision((best, *_same_elsewhere(best, spans)), confidence(best.null_margin), None)


def confidence(null_margin: float) -> float:
    """0..1, rising with the margin; one half at 0."""
    return (1 + math.tanh(_STEEPNESS * null_margin / 2)) / 2  # the logistic function, without its overflow


def _shares_words(hits: Sequence[Hit]) -> bool:
    return any(hit.lexical_rank is not None for hit in hits)


def _same_elsewhere(best: Span, spans: Sequence[Span]) -> list[Span]:
    """One span of each other article that says it in the same words, best first."""
    said = best.text.casefold()
    found: dict[str, Span] = {}
    for span in sorted(spans, key=lambda span: -span.null_margin):
        article = span.passage.article_id
        if article != best.passage.article_id and span.null_margin > 0 and span.text.casefold() == said:
            found.setdefault(article, span)
    return list(found.values())
