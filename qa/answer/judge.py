"""Spans -> candidates and the decision between them: everything between reading and citing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..ports import SentenceSpans
from ..records import Article, Hit, Span
from .asked_dates import AskedDates
from .confidence import ConfidenceModel
from .decide import Decision, decide
from .features import Candidate, candidates
from .wanted import AnswerType, as_evidence, wanted


@dataclass(frozen=True, slots=True)
class Judgement:
    """candidates: what was weighed, as the reader gave it. threshold: what was asked of the best of them."""

    wanted: AnswerType
    candidates: tuple[Candidate, ...]
    threshold: float
    decision: Decision


def judge(
    question: str,
    asked: AskedDates,
    hits: Sequence[Hit],
    spans: Sequence[Span],
    articles: Mapping[str, Article],
    sentence_spans: SentenceSpans,
    model: ConfidenceModel,
    threshold: float | None,
) -> Judgement:
    """articles: those of the hits, by their ids. threshold: by default the model's."""
    threshold = model.threshold if threshold is None else threshold
    titles = {id_: article.title for id_, article in articles.items()}
    found = candidates(question, hits, spans, titles, sentence_spans, asked.lacking_in(articles))
    kind = wanted(question)
    decision = decide(
        as_evidence(found, sentence_spans) if kind is AnswerType.EVIDENCE else found,
        model,
        threshold,
        wanted=kind,
        latest=asked.latest,
        published={id_: article.published for id_, article in articles.items()},
    )
    return Judgement(kind, tuple(found), threshold, decision)
