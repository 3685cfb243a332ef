from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.decide.meaning import Saying, near, same, saying
from qa.english.dates import resolve

FRIDAY = date(2021, 12, 10)


def _dated(text: str) -> Saying:
    return saying(text, resolve(f"They met {text}.", FRIDAY))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("two", "2"),
        ("two", "two expert meetings"),
        ("Twenty-five ships", "25 ships"),
        ("1,200 people", "1200 people"),
        ("40 %", "40 per cent"),
        ("40%", "about 40 percent of them"),
        ("Geneva", "in Geneva, Switzerland"),
        ("Yermakov", "Vladimir Yermakov"),
        ("its written response", "their written responses to the proposals"),
        ("He", "he"),
        ("Two", "two meetings in Geneva"),
    ],
)
def test_answers_that_say_the_same(one: str, other: str) -> None:
    assert same(saying(one), saying(other))
    assert same(saying(other), saying(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 people", "14 people"),
        ("12", "120"),
        ("two", "22"),
        ("five of 12", "five"),
        ("very inspiring", "not very inspiring"),
        ("they will meet", "they won't meet"),
        ("Geneva", "Vienna"),
        ("Ann Smith", "Bob Smith"),
        ("the director", "Director Aoife Keane"),
        ("the arms race", "the race of arms dealers"),
    ],
)
def test_answers_that_say_something_else(one: str, other: str) -> None:
    assert not same(saying(one), saying(other))
    assert not same(saying(other), saying(one))


def test_dates_are_compared_by_the_days_they_mean() -> None:
    assert same(_dated("on Tuesday"), _dated("on December 7"))
    assert same(_dated("December 7, 2021"), _dated("on December 7"))
    assert same(_dated("in December 2021"), _dated("on December 7, 2021"))
    assert not same(_dated("on Tuesday"), _dated("on Wednesday"))
    assert not same(_dated("December 7, 2021"), _dated("December 7, 2020"))


def test_a_date_with_something_else_is_no_mere_date() -> None:
    assert _dated("on Tuesday").days == ((date(2021, 12, 7), date(2021, 12, 7)),)
    assert _dated("in Geneva on Tuesday").days == ()


def test_near_is_the_same_in_other_words_but_never_another_number_or_its_denial() -> None:
    assert near(
        saying("draft treaties on security guarantees"), saying("draft agreements on security guarantees")
    )
    assert not near(saying("12 people were injured there"), saying("14 people were injured there"))
    assert not near(saying("talks were very inspiring"), saying("talks were not very inspiring"))
    assert not near(_dated("on Tuesday"), _dated("on Wednesday"))


@given(st.text(max_size=30))
def test_every_text_says_what_it_says(text: str) -> None:
    assert same(saying(text), saying(text))
