"""What is asked, and what the answers score; `test_evaluate` has the command."""

from __future__ import annotations

import pytest

from qa.errors import BadRequest
from qa.lab.measure.evaluate import score, spread
from qa.lab.sets.squad import Question


def test_a_limit_takes_every_kth_question_over_the_whole() -> None:
    items = list(range(10))

    assert spread(items, None) == items
    assert spread(items, 10) == spread(items, 99) == items
    assert spread(items, 5) == [0, 2, 4, 6, 8]
    assert spread(items, 4) == [0, 3, 6, 9]
    assert spread(items, 1) == [0]
    assert all(1 <= len(spread(items, limit)) <= limit for limit in range(1, 12))
    assert spread([], 3) == []


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit: int) -> None:
    with pytest.raises(BadRequest, match=f"--limit is {limit}; it must be at least 1"):
        spread([1], limit)


def _question(*answers: str) -> Question:
    return Question("q", "?", tuple((answer, 0) for answer in answers))


def test_where_all_is_answerable_the_best_span_counts_whatever_its_margin() -> None:
    scored = score([_question("May"), _question("the river bank")], ["May", "river"], [-9.0, -9.0], 0.0)

    assert scored == {
        "questions": 2,
        "exact_match": 50.0,
        "f1": pytest.approx(100 * (1 + 2 / 3) / 2, abs=0.01),
    }


def test_with_unanswerable_questions_the_threshold_decides_and_the_parts_are_told() -> None:
    questions = [_question("May"), _question("June"), _question(), _question()]

    scored = score(questions, ["May", "June", "July", "August"], [2.0, -1.0, 1.0, -2.0], 0.0)

    # At 0: May is right, June is withheld, July is given, August is rightly withheld.
    assert (scored["exact_match"], scored["f1"], scored["threshold"]) == (50.0, 50.0, 0.0)
    assert scored["has_answer"] == {"questions": 2, "exact_match": 50.0, "f1": 50.0}
    assert scored["no_answer"] == {"questions": 2, "exact_match": 50.0, "f1": 50.0}
    # Above 1.0 only May is given, and both unanswerable ones are withheld: 3 of 4.
    assert scored["best_threshold"] == {"threshold": 1.5, "f1": 75.0}
    assert scored["auroc"] == 0.75  # of the four pairs only June against July is wrong


def test_where_nothing_is_answerable_there_is_no_auroc() -> None:
    scored = score([_question()], ["May"], [1.0], 0.0)

    assert (scored["exact_match"], scored["auroc"]) == (0.0, None)
    assert scored["has_answer"]["questions"] == 0


def test_a_question_without_a_span_leaves_the_threshold_a_number() -> None:
    scored = score([_question("May"), _question()], ["May", ""], [1.0, float("-inf")], 0.0)

    assert scored["best_threshold"] == {"threshold": 1.0, "f1": 100.0}
