"""Templates for what makes words an answer of the right form and role: each rule with many fillings, and its limits."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from fakes import article

from qa.answer.decide.boundaries import in_one_line, whole_qualified
from qa.answer.decide.features import NAMES, Candidate
from qa.answer.decide.judge import weigh
from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.records import Hit, Passage, Span


def _candidate(text: str, part: str) -> Candidate:
    start = text.index(part)
    passage = Passage(0, "a", 0, len(text), text)
    return Candidate(
        Span(passage, start, start + len(part), 1.0, 1.0), Hit(passage, 0.1, 1, 1), np.zeros(len(NAMES))
    )


def _telling(question: str, text: str, part: str) -> list[str]:
    candidate = _candidate(text, part)
    found = Found([candidate.hit], {"a": article("", id="a")})
    weighed = weigh(Question.of(question, date(2022, 1, 1)), found, [candidate.span])
    return [one.span.text for one in weighed.telling]


@pytest.mark.parametrize(
    "rank", ["Deputy", "Vice", "Acting", "Former", "Assistant", "former", "acting deputy"]
)
@pytest.mark.parametrize("title", ["Foreign Minister", "President", "chief executive"])
def test_a_rank_before_a_title_belongs_to_it(rank: str, title: str) -> None:
    (whole,) = whole_qualified([_candidate(f"He is the {rank} {title} of the land.", title)])
    assert whole.span.text == f"{rank} {title}"


@pytest.mark.parametrize(
    "bound", ["more than", "at least", "almost", "Nearly", "up to", "fewer than", "as many as"]
)
@pytest.mark.parametrize("count", ["40", "$5 million", "forty", "a dozen", "half"])
def test_what_bounds_a_number_belongs_to_it(bound: str, count: str) -> None:
    (whole,) = whole_qualified([_candidate(f"It took {bound} {count} of them.", count)])
    assert whole.span.text == f"{bound} {count}"


@pytest.mark.parametrize("text", ["He is no deputy; a minister came.", "More than a town: Paris is a world."])
def test_other_words_before_an_answer_are_left(text: str) -> None:
    part = "minister" if "minister" in text else "Paris"
    assert whole_qualified([_candidate(text, part)])[0].span.text == part


@pytest.mark.parametrize("heading", ["By Ann Lee", "STORM NEARS", "The hall burns"])
def test_an_answer_does_not_begin_in_the_line_above(heading: str) -> None:
    (cut,) = in_one_line([_candidate(f"{heading}\nTwo men were freed.", f"{heading}\nTwo men")])
    assert cut.span.text == "Two men"


@pytest.mark.parametrize(
    ("first", "last"), [("Mauricio", "Pochettino"), ("Julian", "Assange"), ("Ann", "Lee")]
)
def test_the_first_name_of_whom_the_question_names_is_no_answer(first: str, last: str) -> None:
    text = f"The club parted from {first} {last} and hired Jose Mourinho."
    assert _telling(f"Who took over from {last}?", text, first) == []
    assert _telling(f"Who took over from {last}?", text, "Jose Mourinho") == ["Jose Mourinho"]
    assert _telling("Who was hired by the club?", text, first) == [first]


def test_a_title_before_a_name_answers_who_somebody_is() -> None:
    assert _telling("Who is Lee?", "Talks were led by Ambassador Lee.", "Ambassador") == ["Ambassador"]


@pytest.mark.parametrize("ordinal", ["6th", "21st", "2nd", "103rd"])
def test_an_ordinal_is_no_count(ordinal: str) -> None:
    text = f"It was the {ordinal} case, after 5 others."
    assert _telling("How many cases were there?", text, ordinal) == []
    assert _telling("How many cases were there?", text, "5 others") == ["5 others"]


@pytest.mark.parametrize("asked", ["will it cost", "did they pay", "is it worth"])
def test_how_much_wants_an_amount(asked: str) -> None:
    text = "It gets a closer look for $4 million."
    assert _telling(f"How much {asked}?", text, "a closer look") == []
    assert _telling(f"How much {asked}?", text, "$4 million") == ["$4 million"]
