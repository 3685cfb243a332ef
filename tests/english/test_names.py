from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.english.names import Named, find, occurs, telling


def _named(text: str) -> list[tuple[str, str]]:
    return [(named.kind, named.text) for named in find(text)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What did the US hand over on January 26?", [("name", "US"), ("day", "January 26")]),
        ("What happened on 5 May 2021?", [("day", "5 May"), ("year", "2021")]),
        ("Did it rain on Sept. 4 or 4th of Sep?", [("day", "Sept. 4"), ("day", "4th of Sep")]),
        ("How many tanks were sold in March?", [("month", "March")]),
        ("Who met on Friday?", [("weekday", "Friday")]),
        ("What did Angela Merkel say about 3,000 guests and two dogs?",
         [("name", "Angela Merkel"), ("number", "3,000"), ("number", "two")]),
        ("what is the first working group about", []),
        ("", []),
    ],
)  # fmt: skip
def test_days_months_weekdays_years_numbers_and_names_are_found(
    text: str, named: list[tuple[str, str]]
) -> None:
    assert _named(text) == named


def test_may_and_march_as_verbs_at_the_start_are_not_asked_for() -> None:
    assert ("number", "5") not in _named("May 5 be enough?")


@given(st.text(max_size=200))
def test_places_are_exact_and_never_overlap(text: str) -> None:
    found = find(text)
    for one, other in pairwise(found):
        assert one.end <= other.start
    for named in found:
        assert text[named.start : named.end] == named.text


@pytest.mark.parametrize(
    ("asked", "text", "there"),
    [
        ("on January 26", "handed over on Jan. 26", True),
        ("on January 26", "handed over on the 26th of January", True),
        ("on January 26", "on February 26 and January 27", False),
        ("on March 26", "January 26. March 25.", False),
        ("in January", "since 5 Jan. it rains", True),
        ("in June", "in July", False),
        ("two men", "2 men", True),
        ("12 men", "twelve men", True),
        ("7 men", "1997 and 7,000 men", False),
        ("in 1997", "levels of 1997,", True),
        ("in 1997", "in 1998", False),
        ("did Vladimir Yermakov", "Yermakov said", True),
        ("did Angela Merkel", "Olaf Scholz said", False),
        ("did the US", "the United States", True),
        ("did Russia", "Moscow’s proposal", True),
        ("in Australia", "in Austria", False),
    ],
)
def test_another_text_names_the_same_thing_however_it_is_written(asked: str, text: str, there: bool) -> None:
    (named,) = find(asked)
    assert occurs(text, named) is there


@pytest.mark.parametrize(
    ("name", "text", "sharp"),
    [
        ("Tallgate Bridge", "The Tollgate Bridge is shut. The bridge is old.", "Tallgate"),
        ("Tollgate Bridge", "The Tollgate Bridge is shut.", "Tollgate Bridge"),
        ("Ewa Zelenska", "A petition of Ewa Zielinska.", "Zelenska"),
        ("Ewa Zielinska", "Ewa Zielinska came. Ewa spoke.", "Ewa Zielinska"),
        ("Old Bridge", "an old bridge", "Old Bridge"),  # nothing else is left
        ("Riga", "Riga Stradins", "Riga"),
    ],
)
def test_words_that_tell_nobody_apart_are_left_out_of_a_name(name: str, text: str, sharp: str) -> None:
    assert telling(Named("name", name, 0, len(name)), [text]).text == sharp


def test_accents_are_no_other_name() -> None:
    assert occurs("The Köppen classification.", Named("name", "Koppen", 0, 6))
    assert not occurs("The Köppen classification.", Named("name", "Kippen", 0, 6))
