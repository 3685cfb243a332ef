"""Templates with many fillings (CheckList, Ribeiro et al., 2020): what counts as naming somebody, and what does not."""

from __future__ import annotations

from itertools import product

import pytest

from qa.english.forms import folded, written

PEOPLE = [
    f"{first} {last}"
    for first, last in product(
        ("Anna", "Olav", "Denzel", "Mary-Jane", "José"), ("Kovács", "Brekke", "Washington", "O’Hara", "Lund")
    )
]
SAYING = ("{} said so.", "It was {}.", "“We agree”, {} wrote.", "{}’s house", "the {}s")


def names(asked: str, text: str) -> bool:
    return written(asked).search(folded(text)) is not None


@pytest.mark.parametrize("name", PEOPLE)
def test_a_name_is_named_whole_by_either_word_and_in_each_form(name: str) -> None:
    first, last = name.split()
    for saying in SAYING:
        for part in (name, first, last):
            assert names(name, saying.format(part)), saying.format(part)


@pytest.mark.parametrize("name", PEOPLE)
def test_accents_and_case_make_no_other_name(name: str) -> None:
    plain = folded(name)
    assert names(name, f"It was {plain}.") and names(plain, f"It was {name}.")
    assert names(name, f"IT WAS {name.upper()}.")


@pytest.mark.parametrize("name", [person.split()[1] for person in PEOPLE[:5]] + ["Riga", "Oslo", "Merkel"])
@pytest.mark.parametrize("more", ["ball", "land", "wood", "mark", "ovich", "field", "ton"])
def test_a_longer_word_that_begins_alike_names_another(name: str, more: str) -> None:
    assert not names(name, f"They saw {name}{more} there.")


@pytest.mark.parametrize("initials", ["US", "UN", "EU", "UK", "WHO", "IT", "NATO", "UAE"])
@pytest.mark.parametrize(
    "text",
    [
        "They used a hammer.",
        "The unit was under unusual stress, unless undone.",
        "Tell us who did it, and it is done.",
        "Eureka, who knows; ukuleles and Europe’s euros.",
        "an item of usual use",
    ],
)
def test_initials_are_never_the_beginning_of_a_word_nor_a_small_word(initials: str, text: str) -> None:
    assert not names(initials, text)


@pytest.mark.parametrize(
    ("asked", "texts"),
    [
        ("US", ["the U.S. envoy", "the United States", "American tanks", "Americans", "Washington’s reply"]),
        ("United States", ["US officials", "the USA", "an American"]),
        ("UK", ["Great Britain", "British ships", "the United Kingdom’s fleet", "London said"]),
        ("Britain", ["the UK", "the British"]),
        ("UN", ["the United Nations"]),
        ("United Nations", ["a UN envoy", "the U.N."]),
        ("EU", ["the European Union"]),
        ("Russia", ["Moscow’s proposal", "Russians", "the Russian Federation"]),
        ("Netherlands", ["Dutch farmers", "Holland", "in Amsterdam"]),
        ("NATO", ["the North Atlantic Treaty Organization"]),
        ("World Health Organization", ["the Health ministry", "this World"]),
        ("Côte d'Ivoire", ["the Ivory Coast"]),
    ],
)
def test_a_country_and_an_organization_go_by_their_other_names(asked: str, texts: list[str]) -> None:
    for text in texts:
        assert names(asked, text), text


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("Niger", "in Nigeria"),
        ("Australia", "in Austria"),
        ("Mali", "in Somalia"),
        ("Denzel Washington", "the US and its Americans"),  # a man is no country
        ("The Beatles", "the end of the road"),  # of its words only the telling ones name it
    ],
)
def test_what_is_near_or_a_part_is_not_named(asked: str, text: str) -> None:
    assert not names(asked, text)
