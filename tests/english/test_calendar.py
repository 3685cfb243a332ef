from __future__ import annotations

import locale
import re

import pytest

from qa.english.calendar import MONTH, MONTHS, WEEKDAY, WEEKDAYS, YEAR, month_number
from qa.english.verbs import AUXILIARY
from qa.english.words import DETERMINERS, FUNCTION_WORDS, GRAMMAR, STOP_WORDS


@pytest.mark.parametrize("number", range(1, 13))
def test_every_way_to_write_a_month_is_its_number(number: int) -> None:
    name = MONTHS[number - 1]
    for written in (name, name[:3], f"{name[:3]}.", name.upper(), name[:3].lower()):
        assert month_number(written) == number
    for written in (name, name[:3], *([] if name == "May" else [f"{name[:3]}."])):
        assert re.fullmatch(MONTH, written), written


@pytest.mark.parametrize("word", ["Marchetti", "Janet", "Junta", "Julian", "Deck", "Octave", "Sepia"])
def test_a_word_that_begins_like_a_month_is_none(word: str) -> None:
    assert not re.search(rf"\b{MONTH}\b", word)


def test_a_word_that_is_no_month_has_no_number() -> None:
    with pytest.raises(ValueError):
        month_number("Brumaire")


def test_names_of_days_do_not_follow_the_computers_locale() -> None:
    before = locale.setlocale(locale.LC_TIME)
    try:
        for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8", "C"):
            try:
                locale.setlocale(locale.LC_TIME, name)
            except locale.Error:
                continue
            assert (MONTHS[2], WEEKDAYS[0]) == ("March", "Monday")
            assert re.fullmatch(WEEKDAY, "Monday")
    finally:
        locale.setlocale(locale.LC_TIME, before)


@pytest.mark.parametrize(("text", "year"), [("1066", True), ("1999", True), ("2031", True), ("2200", False)])
def test_years_are_of_the_last_thousand(text: str, year: bool) -> None:
    assert bool(re.fullmatch(YEAR, text)) is year


def test_each_ring_of_words_holds_the_one_before() -> None:
    assert GRAMMAR < STOP_WORDS
    assert STOP_WORDS - {"s"} < FUNCTION_WORDS
    assert DETERMINERS <= FUNCTION_WORDS


@pytest.mark.parametrize("word", "is are was were do does did has have had can could will would".split())
def test_an_auxiliary_is_a_word_of_its_own(word: str) -> None:
    assert re.fullmatch(AUXILIARY, word)
    assert not re.fullmatch(AUXILIARY, f"{word}x")
