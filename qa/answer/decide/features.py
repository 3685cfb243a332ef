"""What the decision weighs: each candidate span as a row of numbers, all of which a person can check.

There are few on purpose. Others were tried (docs/trust.md): how far a span is ahead of others, the words that question
and passage share, the answer's form and length. None told more over held-out articles than chance, and over questions
that people ask of news most told less: what does not answer shares the question's words as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa.answer.retrieve.found import Found
from qa.records import Hit, Role, Span

from .meaning import same, saying

NAMES = (
    "margin",  # the reader's log odds that the passage answers, from its own threshold on, cut to +-8
    "elsewhere",  # log(1 + other articles of which a span says the same)
    "likeness",  # cosine of question and passage, less a usual one; where only its words were found, the least of those
    "behind",  # how much less its passage was found by than the best of them: 0 of that, down to -1
)
_SURE = 8.0  # log odds beyond say no more
_USUAL = 0.5  # cosine of a question and a passage that is found for it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span with what is known of it. values: float64 (len(NAMES),). role: of what it stands in, None of the story."""

    span: Span
    hit: Hit
    values: NDArray[np.float64]
    role: Role | None = None

    def less(self, doubt: float) -> Candidate:
        """The same with a margin that is lower by so many log odds."""
        values = self.values.copy()
        values[NAMES.index("margin")] -= doubt
        return replace(self, values=values)

    def told(self) -> dict[str, float]:
        return {name: round(float(value), 4) for name, value in zip(NAMES, self.values, strict=True)}


def candidates(found: Found, spans: Sequence[Span]) -> list[Candidate]:
    """Every span as a candidate, in the order given."""
    hit_of = {hit.passage.id: hit for hit in found.hits}
    most = max((hit.score for hit in found.hits), default=0.0)
    least = min((hit.cosine for hit in found.hits if hit.cosine is not None), default=_USUAL)
    said = [saying(span.text) for span in spans]
    rows = []
    for at, span in enumerate(spans):
        hit = hit_of[span.passage.id]
        agreeing = {
            other.passage.article_id
            for other, by in zip(spans, said, strict=True)
            if other.passage.article_id != span.passage.article_id
            and other.null_margin > 0
            and same(by, said[at])
        }
        margin = max(-_SURE, min(_SURE, span.null_margin))
        likeness = (least if hit.cosine is None else hit.cosine) - _USUAL
        values = np.array([margin, math.log1p(len(agreeing)), likeness, hit.score / most - 1])
        rows.append(Candidate(span, hit, values, _role(found, span)))
    return rows


def _role(found: Found, span: Span) -> Role | None:
    at = span.passage.start
    return found.article_of(span.passage).role(at + span.start, at + span.end)
