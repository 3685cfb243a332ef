from __future__ import annotations

import numpy as np
import pytest

from qa.answer.decide.boundaries import whole_enumerations, whole_quantities, whole_titles
from qa.answer.decide.features import NAMES, Candidate
from qa.records import Hit, Passage, Span


def _candidate(text: str, phrase: str) -> Candidate:
    passage = Passage(1, "a", 0, len(text), text)
    at = text.index(phrase)
    return Candidate(
        Span(passage, at, at + len(phrase), 1.0, 1.0), Hit(passage, 1.0, 1, 1), np.zeros(len(NAMES))
    )


@pytest.mark.parametrize(
    ("text", "phrase", "whole"),
    [
        (
            "They saw three ways: a bridge, a tunnel, and a ferry. All failed.",
            "a bridge",
            "a bridge, a tunnel, and a ferry",
        ),
        (
            "They saw three ways: a bridge, a tunnel and a ferry.",
            "a tunnel",
            "a bridge, a tunnel and a ferry",
        ),
        ("It was led by Ann Low and Tom Reyes at the talks.", "Ann Low", "Ann Low and Tom Reyes"),
        ("It was led by Ann Low, Tom Reyes and Bo Ek in May.", "Ann Low", "Ann Low, Tom Reyes and Bo Ek"),
        ("It was led by Ann Low. And Tom Reyes left.", "Ann Low", "Ann Low"),  # another sentence
        ("Ann Low, the mayor, spoke.", "Ann Low", "Ann Low"),
        (
            "It took salt and then went on for hours and hours without any rest at all.",
            "salt",
            "salt",  # no item is as long
        ),
    ],
)
def test_an_item_of_an_enumeration_becomes_all_of_it(text: str, phrase: str, whole: str) -> None:
    (found,) = whole_enumerations([_candidate(text, phrase)])
    assert found.span.text == whole


TITLED = "The news: Director of the Ministry’s Department for Arms Control Vladimir Yermakov has told TASS."


@pytest.mark.parametrize(
    ("question", "text", "phrase", "whole"),
    [
        (
            "Who is Vladimir Yermakov?",
            TITLED,
            "Director",
            "Director of the Ministry’s Department for Arms Control",
        ),
        ("Who is Vladimir Yermakov?", TITLED, "TASS", "TASS"),
        ("Who leads the department?", TITLED, "Director", "Director"),
        ("Who is Ann Low?", "The mayor told Ann Low.", "The mayor", "The mayor"),  # a verb between
        ("Who is Ann Low?", "The mayor, Ann Low, left.", "The mayor", "The mayor"),
    ],
)
def test_a_title_goes_up_to_the_name_that_bears_it(question: str, text: str, phrase: str, whole: str) -> None:
    (found,) = whole_titles(question, [_candidate(text, phrase)])
    assert found.span.text == whole


@pytest.mark.parametrize(
    ("text", "phrase", "whole"),
    [
        ("Turnout was 61 per cent in May.", "61", "61 per cent"),
        ("Turnout was 61\u00a0percent.", "61", "61\u00a0percent"),
        ("Turnout was 61.4% in May.", "61.4", "61.4%"),
        ("It cost about $2.5 million in all.", "about $2.5", "about $2.5 million"),
        ("It cost 2.5 million in all.", "2", "2"),  # not the end of its number
        ("It took three hundred thousand bricks.", "three", "three hundred thousand"),
        ("It took three hundred and twenty-five bricks.", "three", "three hundred and twenty-five"),
        ("It took two thousand five hundred bricks.", "two", "two thousand five hundred"),
        ("It took one hundred two-man crews.", "one", "one hundred"),
        ("Twenty-five per cent of them left.", "Twenty-five", "Twenty-five per cent"),
        ("It took three hundred thousand bricks.", "three hundred", "three hundred"),  # ends with no number
        ("It took 61 minutes.", "61", "61"),
        ("It is a 61 million-dollar bridge.", "61", "61"),  # the word goes on
        ("In 61, per cent signs were rare.", "61", "61"),
        ("It left at 61", "61", "61"),
        ("They saw Newton per cent.", "Newton", "Newton"),  # no number, though it ends like one
    ],
)
def test_a_number_keeps_its_scale_and_its_per_cent(text: str, phrase: str, whole: str) -> None:
    (found,) = whole_quantities([_candidate(text, phrase)])
    assert found.span.text == whole
