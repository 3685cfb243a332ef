from __future__ import annotations

from datetime import date

import pytest
from fakes import article

from qa.answer.decide.confidence import ConfidenceModel
from qa.answer.decide.judge import judge, weigh
from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.answer.understand.wanted import AnswerType
from qa.records import Hit, Passage, Span

ARTICLE = article("Two of the ferries sank. The ferries of Riga sank at noon.")
PASSAGE = Passage(1, ARTICLE.id, 0, len(ARTICLE.text), ARTICLE.text)
MODEL = ConfidenceModel({"margin": 1.0}, bias=0.0, slope=1.0, offset=0.0, threshold=0.5)


def _judged(question: str, *phrases: str) -> tuple[str | None, AnswerType | None]:
    """The phrases are spans, the first of them the likeliest."""
    spans = [
        Span(PASSAGE, at, at + len(phrase), 5.0 - n, 5.0 - n)
        for n, phrase in enumerate(phrases)
        if (at := ARTICLE.text.index(phrase)) >= 0
    ]
    found = Found([Hit(PASSAGE, 0.1, 1, 1, 0.5)], {ARTICLE.id: ARTICLE})
    decision = judge(weigh(Question.of(question, date(2022, 1, 1)), found, spans), MODEL).decision
    return decision.text, decision.type


@pytest.mark.parametrize(
    ("question", "likelier", "answer"),
    [
        ("How many ferries sank?", "Riga", "Two"),  # no number
        ("When did the ferries sink?", "the ferries", "at noon"),  # said by the question itself
        ("What sank, Riga or the ferries?", "the ferries", "the ferries"),  # a choice
        ("Whose ferries sank?", "Riga", "Riga"),
    ],
)
def test_what_cannot_be_an_answer_loses(question: str, likelier: str, answer: str) -> None:
    assert _judged(question, likelier, "Two", "at noon")[0] in (answer, "Two")
    assert _judged(question, likelier, answer)[0] == answer


def test_where_nothing_can_be_an_answer_there_is_none() -> None:
    assert _judged("How many ferries sank?", "Riga", "ferries") == (None, None)


def test_evidence_may_repeat_the_question() -> None:
    text, type_ = _judged("Did the ferries of Riga sink at noon?", "The ferries of Riga")
    assert (text, type_) == ("The ferries of Riga sank at noon.", AnswerType.EVIDENCE)
