"""Spans of several passages -> one order, by what the reader says and how well the passage was retrieved."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..records import Hit, Span


def rank(hits: Sequence[Hit], spans: Sequence[Span], retrieval_weight: float) -> list[Span]:
    """Best first: null margin + retrieval_weight * log(passage's fused score / the best fused score).

    The margin is a log odds, and so is the second term's unit: a passage with half the best one's fused score loses
    0.69 of the weight. Equal ones stay in the reader's order.
    """
    best = max((hit.score for hit in hits), default=0.0)
    relevance = {hit.passage.id: math.log(hit.score / best) for hit in hits if hit.score > 0}
    lowest = min(relevance.values(), default=0.0)
    return sorted(
        spans, key=lambda s: -(s.null_margin + retrieval_weight * relevance.get(s.passage.id, lowest))
    )
