from __future__ import annotations

import re

import pytest

from qa.english.people import PERSON

THINGS = (
    "water paper tanker carrier steamer computer river tower letter number order power motor factor".split()
)


@pytest.mark.parametrize("thing", [*THINGS, "harbor", "corridor", "mist", "list", "plant"])
def test_no_ending_makes_a_thing_a_person(thing: str) -> None:
    assert not re.fullmatch(PERSON, thing)


@pytest.mark.parametrize("person", "teacher nurse captain mayor widow driver king queen doctor".split())
def test_a_role_is_a_person(person: str) -> None:
    assert re.fullmatch(PERSON, person)
