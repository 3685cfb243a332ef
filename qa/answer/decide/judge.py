"""Spans -> candidates and the decision between them: everything between reading and citing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qa.answer.retrieve.found import Found
from qa.answer.understand.kind import Kind
from qa.answer.understand.question import Question
from qa.answer.understand.wanted import AnswerType
from qa.english import words
from qa.records import Span

from .apart import doubtful, first, may_answer, meant
from .boundaries import (
    as_evidence,
    in_one_line,
    of_the_count,
    whole_enumerations,
    whole_qualified,
    whole_quantities,
    whole_titles,
    within_marks,
)
from .choose import Decision, decide
from .confidence import ConfidenceModel
from .corrections import FORMER, taken_back
from .features import Candidate, candidates
from .form import fit
from .role import plays
from .sentence import around

_FORMAL = (
    Kind.HOW_MANY,
    Kind.HOW_MUCH,
    Kind.HOW_LONG,
    Kind.NAME,
)  # of these an answer of another form is never right
# Log odds by which it is less likely that a caption says who, where or when of the story. A choice, not a measurement.
_DOUBT = 1.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """What there is to decide on. candidates: as the reader gave them; telling: those of them that can be an answer, or
    the evidence sentences; first: those of them that are tried before the others. published: each article's day."""

    question: Question
    candidates: tuple[Candidate, ...]
    telling: tuple[Candidate, ...]
    first: tuple[Candidate, ...]
    published: Mapping[str, date | None]


@dataclass(frozen=True, slots=True)
class Judgement:
    """threshold: what was asked of the best of what was weighed."""

    weighed: Weighed
    threshold: float
    decision: Decision


def weigh(question: Question, found: Found, spans: Sequence[Span], *, check_form: bool = True) -> Weighed:
    """check_form: drop what cannot be an answer by its form."""
    read = [one.less(_DOUBT) if doubtful(question, one.role) else one for one in candidates(found, spans)]
    published = {id_: article.published for id_, article in found.articles.items()}
    if question.wanted is AnswerType.EVIDENCE:
        telling = as_evidence(read)
    else:
        telling = _telling(question, read, published) if check_form else read
        telling = telling if FORMER.search(question.text) else _holding(telling)
        telling = whole_titles(
            question.text, whole_qualified(whole_quantities(within_marks(in_one_line(telling))))
        )
        if question.wanted is AnswerType.LIST:
            telling = of_the_count(question.text, whole_enumerations(telling))
    return Weighed(question, tuple(read), tuple(telling), tuple(first(question, telling)), published)


def judge(weighed: Weighed, model: ConfidenceModel, threshold: float | None = None) -> Judgement:
    """threshold: the confidence from which to answer, by default the model's."""
    threshold = model.threshold if threshold is None else threshold

    def decided(among: Sequence[Candidate]) -> Decision:
        return decide(
            among,
            model,
            threshold,
            wanted=weighed.question.wanted,
            latest=weighed.question.dates.latest,
            published=weighed.published,
        )

    decision = decided(weighed.first)
    if not decision.spans and len(weighed.first) < len(weighed.telling):
        among_all = decided(weighed.telling)
        # Who is in the story did not take the picture, even where the credit is only a guess.
        surer = among_all.spans and meant(weighed.question.text) is None
        decision = among_all if surer or decision.guess is None else decision
    return Judgement(weighed, threshold, decision)


def _telling(
    question: Question, read: Sequence[Candidate], published: Mapping[str, date | None]
) -> list[Candidate]:
    """Those that can be an answer at all: more than a pronoun, a number where one is asked for, a name where one is,
    in the part that is asked about, and something that the question has not said itself.

    Of the first halves of SQuAD's development sets: none of 312 answers to "how many" and "how long" lacks a number or
    a length of time, and 0.7 % of 6,084 answers only repeat words of a question that offers no choice. Of 9,884
    training answers one is a pronoun.
    """
    choice = re.search(r"\bor\b", question.text) is not None
    return [
        candidate
        for candidate in read
        if may_answer(question, candidate.role)
        and plays(question, candidate.span, published.get(candidate.span.passage.article_id))
        and not words.only_pronouns(candidate.span.text)
        and not _amiss(question.kind, candidate.span)
        and (
            choice
            or not words.stems(candidate.span.text)
            or not words.stems(candidate.span.text) <= question.stems
        )
    ]


def _amiss(kind: Kind, span: Span) -> bool:
    return kind in _FORMAL and fit(kind, span.text, span.passage.text[: span.start]) < 0


def _holding(found: Sequence[Candidate]) -> list[Candidate]:
    """Those that their sentence does not take back."""
    return [candidate for candidate in found if not _taken_back(candidate.span)]


def _taken_back(span: Span) -> bool:
    start, end = around(span)
    places = taken_back(span.passage.text[start:end])
    return any(start + old <= span.start and span.end <= start + until for old, until in places)
