"""What the decision weighs: each candidate span as a row of numbers, all of which a person can check."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.answer.retrieve.found import Found
from qa.answer.understand.kind import Kind
from qa.answer.understand.question import Question
from qa.english import words
from qa.records import Hit, Span

from .form import fit
from .meaning import near, same, saying
from .sentence import around

NAMES = (
    "margin",  # the reader's log odds of the span against "this passage does not answer", cut to +-6
    "lead",  # the same, ahead of the best span that says something else, cut to +-4; below 0 where another is better
    "relevance",  # log of the passage's fused score, as a share of the best passage's
    "cosine",  # of question and passage, by the encoder; 0 where the dense search did not find it
    "passage_words",  # share of the question's telling words that stand in the passage or its title
    "sentence_words",  # the same in the answer's own sentence, the answer left out
    "negated",  # 1 where the question asks what is not, or did not, and the answer's sentence denies nothing
    "missing",  # of the days, numbers and names that the question gives, how many the passage and title lack
    "fit",  # 1 where the span has the form that the question asks for, -1 where it has not, else 0
    "repeats",  # share of the answer's telling words that the question gave already
    "elsewhere",  # log(1 + other articles of which a span says the same)
    "length",  # log(1 + words of the answer)
)
# Log odds beyond these say no more. Of 600 held-out questions: AUROC of answerable against not 0.815, 0.810 with +-15.
_SURE, _AHEAD = 6.0, 4.0
_ASKS_NOT = re.compile(r"\b(?:not|never|without|neither|cannot)\b|n[’']t\b", re.IGNORECASE)
_DENIES = re.compile(
    r"\b(?:not|no|never|nor|without|neither|cannot|nobody|none|unable|fail\w*|refus\w*|lack\w*)\b|n[’']t\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span with what is known of it. values: float64 (len(NAMES),)."""

    span: Span
    hit: Hit
    values: NDArray[np.float64]

    def told(self) -> dict[str, float]:
        return {name: round(float(value), 4) for name, value in zip(NAMES, self.values, strict=True)}


def candidates(question: Question, found: Found, spans: Sequence[Span]) -> list[Candidate]:
    """Every span as a candidate, in the order given."""
    hits, wanted = found.hits, question.stems
    asks_not = question.kind is not Kind.YES_NO and _ASKS_NOT.search(question.text) is not None
    hit_of = {hit.passage.id: hit for hit in hits}
    best_score = max((hit.score for hit in hits), default=1.0)
    said = [saying(span.text) for span in spans]
    best_first = sorted(range(len(spans)), key=lambda at: -spans[at].score)
    contexts = {hit.passage.id: f"{found.article_of(hit.passage).title}\n{hit.passage.text}" for hit in hits}
    in_passage = {id_: words.share(wanted, text) for id_, text in contexts.items()}
    lacks = question.dates.lacking_in(found.articles)
    missing = {hit.passage.id: lacks(hit.passage) for hit in hits}
    rows = []
    for at, span in enumerate(spans):
        hit = hit_of[span.passage.id]
        rival = next((spans[by].score for by in best_first if not near(said[by], said[at])), -math.inf)
        agreeing = {
            other.passage.article_id
            for other, by in zip(spans, said, strict=True)
            if other.passage.article_id != span.passage.article_id
            and other.null_margin > 0
            and same(by, said[at])
        }
        answer_words = words.stems(span.text)
        beside = _beside(span)
        rows.append(
            Candidate(
                span,
                hit,
                np.array(
                    [
                        _cut(span.score, _SURE),
                        _cut(span.score - rival, _AHEAD),
                        math.log(hit.score / best_score) if hit.score > 0 else -3.0,
                        hit.cosine or 0.0,
                        in_passage[hit.passage.id],
                        words.share(wanted, beside),
                        float(asks_not and not _DENIES.search(f"{span.text} {beside}")),
                        missing[hit.passage.id],
                        fit(question.kind, span.text),
                        len(answer_words & wanted) / len(answer_words) if answer_words else 0.0,
                        math.log1p(len(agreeing)),
                        math.log1p(len(span.text.split())),
                    ]
                ),
            )
        )
    return rows


def _beside(span: Span) -> str:
    """The sentences that the span touches, with the span cut out."""
    start, end = around(span)
    return f"{span.passage.text[start : span.start]} {span.passage.text[span.end : end]}"


def _cut(value: float, most: float) -> float:
    return max(-most, min(most, value))
