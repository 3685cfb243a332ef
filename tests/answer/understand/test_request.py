from __future__ import annotations

from datetime import date

import pytest

from qa.answer.understand.question import understand
from qa.answer.understand.request import Request
from qa.answer.understand.wanted import AnswerType
from qa.errors import BadQuestion, BadRequest
from qa.filters import Filters
from qa.records import Turn
from qa.settings import Settings

TODAY = date(2022, 2, 10)


def test_a_request_is_what_was_asked_with_what_was_left_out_filled_in() -> None:
    request = Request.of("Who\tcame \x00?", today=TODAY, settings=Settings(top_k=7))
    assert request == Request("Who\N{SPACE}came  ?", "Who came ?", (), 7, Filters(), None, False, TODAY)


def test_equal_requests_are_one_key_and_others_are_not() -> None:
    history = [Turn("Where?", None)]
    one, same = (Request.of("Who?", history, today=TODAY, source="TASS") for _ in range(2))
    assert {one: 1}[same] == 1
    assert one != Request.of("Who?", history, today=TODAY)


@pytest.mark.parametrize("top_k", [0, -1, 101, True, 1.5, "3"])
def test_another_number_of_passages_is_refused(top_k: int) -> None:
    with pytest.raises(BadRequest, match="top_k"):
        Request.of("Who?", top_k=top_k)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, True, "0.5"])
def test_a_threshold_that_is_no_confidence_is_refused(threshold: float) -> None:
    with pytest.raises(BadRequest, match="threshold"):
        Request.of("Who?", threshold=threshold)


def test_too_long_a_history_and_no_question_are_refused() -> None:
    with pytest.raises(BadRequest, match="at most 1"):
        Request.of("Who?", [Turn("Who?", None)] * 2, Settings(history_turns=1))
    with pytest.raises(BadQuestion):
        Request.of(" ")


def test_a_question_is_understood_once_with_all_that_it_gives() -> None:
    request = Request.of(
        "Did he meet Anna Kovacs in May 2021?", [Turn("Who is Olav Brekke?", None)], today=TODAY
    )
    (question,) = understand(request, Settings()).questions
    assert question.text == "Did Olav Brekke meet Anna Kovacs in May 2021?"
    assert question.wanted is AnswerType.EVIDENCE
    assert [named.text for named in question.dates.given] == ["Olav Brekke", "Anna Kovacs"]
    assert [(period.first, period.last) for period in question.dates.periods] == [
        (date(2021, 5, 1), date(2021, 5, 31))
    ]
    assert {"meet", "anna", "kovac"} <= question.stems


def test_without_dates_a_question_gives_none() -> None:
    (question,) = understand(
        Request.of("Who met in May 2021?", today=TODAY), Settings(use_dates=False)
    ).questions
    assert (question.dates.periods, question.dates.given) == ((), ())
