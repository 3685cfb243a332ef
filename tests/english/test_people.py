from __future__ import annotations

import re

import pytest

from qa.answer.decide.form import fit
from qa.answer.understand.kind import Kind
from qa.english.people import PERSON

THINGS = (
    "water paper tanker carrier steamer computer river tower letter number order power motor factor".split()
)


@pytest.mark.parametrize("thing", [*THINGS, "harbor", "corridor", "mist", "list", "plant"])
def test_no_ending_makes_a_thing_a_person(thing: str) -> None:
    assert not re.fullmatch(PERSON, thing)
    assert fit(Kind.WHO, thing.lower()) == -1


@pytest.mark.parametrize("person", "teacher nurse captain mayor widow driver king queen doctor".split())
@pytest.mark.parametrize("written", ["the {}", "a {}", "an old {}", "the {}s"])
def test_a_role_may_answer_who(person: str, written: str) -> None:
    assert fit(Kind.WHO, written.format(person)) == 0
