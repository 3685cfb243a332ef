from __future__ import annotations

import pytest

from qa.answer.tell.respell import respelled
from qa.records import Hit, Passage, Respelled

TEXT = "The Emirates sent grain to Haiti, said Marta Kowalczyk of the port of Gdynia in May."


def _found(question: str, *absent: str, titles: tuple[str, ...] = ()) -> list[Respelled]:
    hit = Hit(Passage(0, "a", 0, len(TEXT), TEXT), 0.1, 1, 1)
    return respelled(question, absent, [hit], titles)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Emirats", "Emirates"),  # a letter left out
        ("Emiraets", "Emirates"),  # two that changed places
        ("Emirate", "Emirates"),  # the singular
        ("Gdynai", "Gdynia"),
        ("Marta Kowalczik", "Marta Kowalczyk"),  # the part that is known stays
    ],
)
def test_a_slip_is_offered_as_the_articles_spell_it(asked: str, found: str) -> None:
    question = f"What did {asked} send?"
    assert _found(question, asked) == [Respelled(asked, found, f"What did {found} send?")]


@pytest.mark.parametrize("asked", ["Norway", "Mat", "Anna Kowalczik", "Gdansk Bay"])
def test_another_name_is_not_offered_for_one_that_is_merely_absent(asked: str) -> None:
    assert _found(f"What did {asked} send?", asked) == []


def test_a_title_knows_names_too() -> None:
    assert _found("Who is Perreira?", "Perreira", titles=("Pereira resigns",))[0].found == "Pereira"


def test_a_day_is_never_a_slip() -> None:
    assert _found("What was sent on May 3?", "May 3") == []
