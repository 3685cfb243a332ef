"""What widening does, by templates with many fillings (after CheckList, Ribeiro et al., 2020)."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from qa.answer.decide.boundaries import whole_enumerations, whole_titles
from qa.answer.decide.features import NAMES, Candidate
from qa.answer.decide.form import fit
from qa.answer.understand.kind import kind_of
from qa.records import Hit, Passage, Span

TITLES = (
    ("Director", "Director of the Institute for Marine Law"),
    ("Head", "Head of the city's transport department"),
    ("coach", "coach of the women's national team"),
    ("Secretary", "Secretary of State for Northern Affairs"),
    ("chief", "chief executive of the bakery chain"),
    ("Professor", "Professor of early Dutch painting"),
)
PEOPLE = ("Ingrid Solheim", "Tomas Reyes", "Miriam Oduya", "Bo Ek", "Jean-Luc Martel")
ITEMS = (
    ("a bridge", "a tunnel", "a ferry"),
    ("salt", "brown sugar", "two lemons"),
    ("Norway", "Iceland", "the Faroe Islands"),
    ("Ann Low", "Tom Reyes", "Bo Ek"),
)
ASKED = (
    "How many {0} were there?",
    "How many {0} did the town count?",
    "And how many {0} came back?",
)
THINGS = ("women", "ships", "houses", "votes", "kilometres of road")
COUNTS = ("47", "forty-seven", "1,204", "2.5 million", "a dozen", "hundreds", "no", "about 60")
NO_COUNTS = ("the harbour master", "in Oslo", "early morning", "Ingrid Solheim", "because of fog")


def _candidate(text: str, phrase: str) -> Candidate:
    passage = Passage(1, "a", 0, len(text), text)
    at = text.index(phrase)
    span = Span(passage, at, at + len(phrase), 1.0, 1.0)
    return Candidate(span, Hit(passage, 1.0, 1, 1), np.zeros(len(NAMES)))


@pytest.mark.parametrize(("title", "person"), list(product(TITLES, PEOPLE)))
@pytest.mark.parametrize("text", ["{1} {0} spoke on Monday.", "On Monday {1} {0}, 44, resigned."])
def test_a_title_goes_up_to_its_name(title: tuple[str, str], person: str, text: str) -> None:
    begun, whole = title
    asked = _candidate(text.format(person, whole), begun)
    assert [one.span.text for one in whole_titles(f"Who is {person}?", [asked])] == [whole]


@pytest.mark.parametrize(("title", "person"), list(product(TITLES, PEOPLE)))
def test_a_title_of_somebody_else_stays(title: tuple[str, str], person: str) -> None:
    begun, whole = title
    other = next(one for one in PEOPLE if one != person)
    asked = _candidate(f"{whole} {other} spoke on Monday with {person}.", begun)
    assert [one.span.text for one in whole_titles(f"Who is {person}?", [asked])] != [
        f"{whole} {other} spoke on Monday with"
    ]


@pytest.mark.parametrize("items", ITEMS)
@pytest.mark.parametrize("conjunction", [" and ", ", and ", " as well as "])
@pytest.mark.parametrize("text", ["They chose {0}.", "In 2019 they were offered {0}; nobody came."])
def test_the_first_item_becomes_all(items: tuple[str, str, str], conjunction: str, text: str) -> None:
    whole = f"{items[0]}, {items[1]}{conjunction}{items[2]}"
    (found,) = whole_enumerations([_candidate(text.format(whole), items[0])])
    assert found.span.text == whole


@pytest.mark.parametrize("items", ITEMS)
@pytest.mark.parametrize("text", ["They chose {0}. {1} and {2} were too dear.", "{0} it was: so they said."])
def test_one_thing_alone_stays_alone(items: tuple[str, str, str], text: str) -> None:
    (found,) = whole_enumerations([_candidate(text.format(*items), items[0])])
    assert found.span.text == items[0]


@pytest.mark.parametrize(("asked", "thing"), list(product(ASKED, THINGS)))
def test_how_many_is_answered_by_a_count_alone(asked: str, thing: str) -> None:
    kind = kind_of(asked.format(thing))
    assert {count: fit(kind, count) for count in COUNTS} == dict.fromkeys(COUNTS, 1)
    assert {other: fit(kind, other) for other in NO_COUNTS} == dict.fromkeys(NO_COUNTS, -1)
