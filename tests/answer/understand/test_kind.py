from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.decide.form import fit
from qa.answer.understand.kind import Kind, kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did NATO answer?", Kind.WHEN),
        ("In what year was it signed?", Kind.WHEN),
        ("To the levels of which year?", Kind.WHEN),
        ("Who is the NATO Secretary General?", Kind.WHO),
        ("Whose idea was it?", Kind.WHO),
        ("Where were they due to meet?", Kind.WHERE),
        ("In which city did they meet?", Kind.WHERE),
        ("How many tanks did it deploy?", Kind.HOW_MANY),
        ("How much did it cost?", Kind.HOW_MUCH),
        ("How long did the call last?", Kind.HOW_LONG),
        ("For how many years was he king?", Kind.HOW_LONG),
        ("Why did it fail?", Kind.WHY),
        ("Did NATO answer?", Kind.YES_NO),
        ("Was the talk held in Geneva?", Kind.YES_NO),
        ("What did Washington ask?", Kind.WHAT),
        ("Is it red or blue?", Kind.WHAT),
        ("Can you tell me who led it?", Kind.WHO),
        ("Do you know if it was signed?", Kind.YES_NO),
        ("If the talks fail, what follows?", Kind.WHAT),
    ],
)
def test_the_kind_of_a_question(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("kind", "answer", "fits"),
    [
        (Kind.HOW_MANY, "two expert meetings", 1),
        (Kind.HOW_MANY, "legally binding guarantees", -1),
        (Kind.HOW_LONG, "a little over two hours", 1),
        (Kind.HOW_LONG, "Joe Biden", -1),
        (Kind.WHO, "December 17", 0),
        (Kind.WHAT, "anything at all", 0),
        (Kind.WHY, "because it rained", 0),
    ],
)
def test_whether_an_answer_has_the_form_asked_for(kind: Kind, answer: str, fits: int) -> None:
    assert fit(kind, answer) == fits


@given(st.text(max_size=100), st.text(max_size=100))
def test_any_text_has_a_kind_and_a_fit(question: str, answer: str) -> None:
    assert fit(kind_of(question), answer) in (-1, 0, 1)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is the name of the chief engineer?", Kind.NAME),
        ("What were the names of Ewa's daughters?", Kind.NAME),
        ("What is the name of the airport?", Kind.WHAT),
        ("What is the name of the error the driver gets?", Kind.WHAT),
    ],
)
def test_a_persons_name_is_a_kind_of_its_own(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


def test_a_name_is_no_role_and_no_day() -> None:
    assert [fit(Kind.NAME, answer) for answer in ("captain", "the captain", "Monday", "Olav Brekke")] == [
        -1,
        -1,
        -1,
        1,
    ]
