"""Spans -> candidates and the decision between them: everything between reading and citing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qa.answer.understand.asked_dates import AskedDates
from qa.answer.understand.kind import Kind, kind_of
from qa.answer.understand.wanted import AnswerType, wanted
from qa.english import words
from qa.ports import SentenceSpans
from qa.records import Article, Hit, Span

from .choose import Decision, decide
from .confidence import ConfidenceModel
from .corrections import FORMER, taken_back
from .features import Candidate, candidates
from .form import fit
from .sentence import around
from .widen import as_evidence, whole_enumerations, whole_quantities, whole_titles

_FORMAL = (Kind.HOW_MANY, Kind.HOW_LONG, Kind.NAME)  # of these an answer of another form is never right


@dataclass(frozen=True, slots=True)
class Weighed:
    """What there is to decide on. candidates: as the reader gave them; telling: those of them that can be an answer, or
    the evidence sentences. published: each article's day."""

    wanted: AnswerType
    candidates: tuple[Candidate, ...]
    telling: tuple[Candidate, ...]
    latest: bool
    published: Mapping[str, date | None]


@dataclass(frozen=True, slots=True)
class Judgement:
    """candidates: what was weighed, as the reader gave it. threshold: what was asked of the best of them."""

    wanted: AnswerType
    candidates: tuple[Candidate, ...]
    threshold: float
    decision: Decision


def weigh(
    question: str,
    asked: AskedDates,
    hits: Sequence[Hit],
    spans: Sequence[Span],
    articles: Mapping[str, Article],
    sentence_spans: SentenceSpans,
    *,
    check_form: bool = True,
) -> Weighed:
    """articles: those of the hits, by their ids. check_form: drop what cannot be an answer by its form."""
    titles = {id_: article.title for id_, article in articles.items()}
    found = candidates(question, hits, spans, titles, sentence_spans, asked.lacking_in(articles))
    kind = wanted(question)
    if kind is AnswerType.EVIDENCE:
        telling = as_evidence(found, sentence_spans)
    else:
        telling = _telling(question, found) if check_form else found
        telling = telling if FORMER.search(question) else _holding(telling)
        telling = whole_titles(question, whole_quantities(telling))
        if kind is AnswerType.LIST:
            telling = whole_enumerations(telling, sentence_spans)
    published = {id_: article.published for id_, article in articles.items()}
    return Weighed(kind, tuple(found), tuple(telling), asked.latest, published)


def judge(weighed: Weighed, model: ConfidenceModel, threshold: float | None = None) -> Judgement:
    """threshold: the confidence from which to answer, by default the model's."""
    threshold = model.threshold if threshold is None else threshold
    decision = decide(
        weighed.telling,
        model,
        threshold,
        wanted=weighed.wanted,
        latest=weighed.latest,
        published=weighed.published,
    )
    return Judgement(weighed.wanted, weighed.candidates, threshold, decision)


def _telling(question: str, found: Sequence[Candidate]) -> list[Candidate]:
    """Those that can be an answer at all: more than a pronoun, a number where one is asked for, a name where one is,
    and something that the question has not said itself.

    Of the first halves of SQuAD's development sets: none of 312 answers to "how many" and "how long" lacks a number or
    a length of time, and 0.7 % of 6,084 answers only repeat words of a question that offers no choice. Of 9,884
    training answers one is a pronoun.
    """
    asked = kind_of(question)
    wanted_words, choice = words.stems(question), re.search(r"\bor\b", question) is not None
    return [
        candidate
        for candidate in found
        if not words.only_pronouns(candidate.span.text)
        and not (asked in _FORMAL and fit(asked, candidate.span.text) < 0)
        and (
            choice
            or not words.stems(candidate.span.text)
            or not words.stems(candidate.span.text) <= wanted_words
        )
    ]


def _holding(found: Sequence[Candidate]) -> list[Candidate]:
    """Those that their sentence does not take back."""
    return [candidate for candidate in found if not _taken_back(candidate.span)]


def _taken_back(span: Span) -> bool:
    start, end = around(span)
    places = taken_back(span.passage.text[start:end])
    return any(start + old <= span.start and span.end <= start + until for old, until in places)
