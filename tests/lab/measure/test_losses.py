from __future__ import annotations

import pytest

from qa.lab.measure.followups import FollowUp
from qa.lab.measure.losses import KINDS, appended, best, for_pronouns, plainly
from qa.records import Turn

_SPOKEN = (
    Turn("Tom Wolfe (writer)", "Life"),
    Turn("Did Tom Wolfe know Ann Lee?", "yes"),
    Turn("Did he like jazz?", "yes"),
)


def _of(question: str, rewrite: str) -> FollowUp:
    return FollowUp("1", _SPOKEN, question, rewrite)


def test_a_choice_that_goes_wrong_is_what_its_kind_would_gain() -> None:
    asked = [_of("Where was he born?", "Where was Ann Lee born?")]
    assert best(asked) == 0.0
    assert best(asked, KINDS["pronouns"]) == best(asked, KINDS["all of these"]) == 100.0
    assert best(asked, KINDS["demonstratives"]) == 0.0


def test_the_best_of_choices_that_all_harm_is_none() -> None:
    asked = [_of("So where was he born?", "where was he born?")]
    assert best(asked, KINDS["all of these"]) == 100.0


@pytest.mark.parametrize(
    ("rewrite", "f1"), [(for_pronouns, 100.0), (appended, 100.0), (lambda question, _: question, 0.0)]
)
def test_plain_rewrites_take_the_first_name_without_brackets(rewrite: object, f1: float) -> None:
    assert callable(rewrite)
    assert plainly([_of("Where was he born?", "Where was Tom Wolfe born?")], rewrite) == f1


def test_questions_that_stand_alone_are_not_counted() -> None:
    alone = _of("What is jazz?", "What is jazz?")
    followed = _of("Where was he born?", "Where was Tom Wolfe born?")
    assert plainly([alone, followed], appended) == plainly([followed], appended) == 100.0
