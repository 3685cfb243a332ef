"""Templates with many fillings (CheckList, Ribeiro et al., 2020): the main clause's word tells what is asked."""

from __future__ import annotations

from itertools import product

import pytest

from qa.answer.understand.kind import Kind, kind_of

ASKING = {
    "How many people died": Kind.HOW_MANY,
    "How much did it cost": Kind.HOW_MUCH,
    "How long did they wait": Kind.HOW_LONG,
    "Who was in charge": Kind.WHO,
    "Whose fault was it": Kind.WHO,
    "Where did they go": Kind.WHERE,
    "In which city did they meet": Kind.WHERE,
    "When did they leave": Kind.WHEN,
    "In what year did they leave": Kind.WHEN,
    "Why did they leave": Kind.WHY,
    "What did they say": Kind.WHAT,
    "Which bridge was it": Kind.WHAT,
    "How did they react": Kind.WHAT,
    "What is the name of the captain": Kind.NAME,
}
CLAUSES = (
    "when the bridge fell",
    "where the river bends",
    "after the man who led them left",
    "because nobody knew why it rained",
    "while they asked how long it takes",
    "if that is what happened",
)
CASES = list(product(ASKING.items(), CLAUSES))


@pytest.mark.parametrize(("asked", "clause"), CASES)
def test_a_clause_behind_the_question_does_not_change_what_is_asked(
    asked: tuple[str, Kind], clause: str
) -> None:
    question, kind = asked
    assert kind_of(f"{question}?") is kind
    assert kind_of(f"{question} {clause}?") is kind


@pytest.mark.parametrize(("asked", "clause"), CASES)
def test_a_clause_before_the_question_does_not_change_what_is_asked(
    asked: tuple[str, Kind], clause: str
) -> None:
    question, kind = asked
    assert kind_of(f"{clause.capitalize()}, {question[0].lower()}{question[1:]}?") is kind


@pytest.mark.parametrize(
    "polite", ["Can you tell me", "Please could you say", "Do you know", "I want to know"]
)
@pytest.mark.parametrize("asked", ASKING.items())
def test_politeness_asks_for_nothing_else(asked: tuple[str, Kind], polite: str) -> None:
    question, kind = asked
    assert kind_of(f"{polite} {question[0].lower()}{question[1:]}?") is kind


@pytest.mark.parametrize("verb", ["Did", "Was", "Has", "Will", "Can", "Didn't"])
@pytest.mark.parametrize("clause", CLAUSES)
def test_an_opening_verb_asks_yes_or_no_whatever_follows(verb: str, clause: str) -> None:
    assert kind_of(f"{verb} she there {clause}?") is Kind.YES_NO


@pytest.mark.parametrize("asked", ASKING.items())
def test_case_and_a_lost_question_mark_change_nothing(asked: tuple[str, Kind]) -> None:
    question, kind = asked
    assert kind_of(question.lower()) is kind_of(question.upper()) is kind
