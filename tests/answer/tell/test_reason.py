from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pytest

from qa.answer.tell.reason import (
    NOT_FOUND,
    NOT_SAID,
    NOT_SURE,
    NOTHING_ABOUT_IT,
    asked_in_another_language,
    no_answer,
    not_mentioned,
    nothing_in_scope,
    other_language,
)
from qa.answer.understand.asked_dates import AskedDates, asked_dates
from qa.english.dates import When
from qa.english.names import Named
from qa.filters import Filters
from qa.records import Hit, Passage


class Occurring:
    """Just these words occur."""

    def __init__(self, *words: str) -> None:
        self._words: Collection[str] = words

    def name(self, named: Named) -> bool:
        return named.text in self._words

    def period(self, period: When) -> bool:
        return period.text in self._words


def _asked(question: str) -> AskedDates:
    return asked_dates(question, date(2022, 2, 10))


def _hits(*cosines: float | None) -> list[Hit]:
    return [Hit(Passage(i, "a", 0, 1, "x"), 0.1, 1, 1, cosine) for i, cosine in enumerate(cosines)]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wie lange dauern die Arbeiten am Bahnhof?", "German"),
        ("Qui est le maire de Paris ?", "French"),
        ("Когда закроют вокзал?", "Russian"),
        ("¿Cuándo se cerrará la estación?", "Spanish"),
        ("Wer hat wann das Museum in Wien eröffnet?", "German"),
        ("Waar is het station van Amsterdam gebouwd?", "Dutch"),
    ],
)
def test_a_question_in_another_language_is_told_so(question: str, language: str) -> None:
    assert f"looks {language}," in str(asked_in_another_language(question))


@pytest.mark.parametrize(
    "question",
    [
        "Who is the mayor of Wien?",
        "What did Angela Merkel say?",
        "who left",
        "ferry repairs",
        "Baden-Württemberg?",
        "How old was Friedrich von Weizsäcker?",
        "when does el señor de los cielos return",
    ],
)
def test_an_english_question_is_not(question: str) -> None:
    assert asked_in_another_language(question) is None


def test_what_the_question_names_and_no_article_does_is_the_reason() -> None:
    asked = _asked("What did the US hand over on March 26?")
    assert no_answer(asked, _hits(0.9), Occurring("US")) == "The articles do not mention March 26."


def test_several_absent_things_are_listed_once_each_in_the_questions_order() -> None:
    asked = _asked("Did Merkel meet Orban in 1983, and Merkel call on May 3, 1984 in Riga?")
    reason = no_answer(asked, _hits(0.9), Occurring())
    assert reason == "The articles do not mention Merkel, Orban, 1983, May 3, 1984 or Riga."


def test_a_day_that_occurs_in_another_year_only_is_named_with_its_year() -> None:
    asked = _asked("What was handed over on January 26, 2021?")
    assert no_answer(asked, _hits(0.9), Occurring("January 26", "2021")) == (
        "The articles do not mention January 26, 2021."
    )


def test_days_that_are_counted_from_today_are_told() -> None:
    last_week = _asked("What happened last week?")
    yesterday = _asked("What happened yesterday?")
    assert no_answer(last_week, _hits(0.9), Occurring()) == (
        "No article is from last week (2022-01-31 to 2022-02-06) or speaks of it."
    )
    assert no_answer(yesterday, _hits(0.9), Occurring()) == (
        "No article is from yesterday (2022-02-09) or speaks of it."
    )
    assert no_answer(yesterday, _hits(0.9), Occurring("yesterday")) == NOT_FOUND


def test_related_passages_are_told_from_nothing_at_all() -> None:
    asked = _asked("how tall is it")
    assert no_answer(asked, _hits(0.2, 0.5), Occurring()) == NOT_FOUND
    assert no_answer(asked, _hits(0.2, None), Occurring()) == NOTHING_ABOUT_IT
    assert no_answer(asked, [], Occurring()) == NOTHING_ABOUT_IT


def test_that_the_articles_do_not_say_is_claimed_only_where_that_is_established() -> None:
    asked = _asked("how tall is it")
    assert no_answer(asked, _hits(0.5), Occurring(), unsaid=True) == NOT_SAID
    assert no_answer(asked, _hits(0.5), Occurring(), unsaid=False) == NOT_FOUND
    assert "none of them says" not in NOT_FOUND


def test_beside_a_guess_nothing_is_claimed() -> None:
    assert no_answer(_asked("how tall is it"), _hits(0.5), Occurring(), guessed=True) == NOT_SURE


def test_what_is_absent_is_told_beside_a_spelling_that_is_not() -> None:
    assert not_mentioned(["Emirats"], ["Emirates"]) == (
        "The articles do not mention Emirats. Did you mean Emirates?"
    )
    assert not_mentioned(["Emirats"]) == "The articles do not mention Emirats."


def test_what_is_said_of_somebody_who_is_mentioned_is_never_about_nothing() -> None:
    asked = _asked("How tall is Katrin Vale?")
    assert no_answer(asked, _hits(0.2), Occurring("Katrin Vale")) == NOT_FOUND


def test_filters_that_nothing_passes_are_named_with_what_there_is() -> None:
    range_ = (date(2021, 12, 10), date(2022, 2, 4))
    unknown = nothing_in_scope(Filters.of(source="BBC"), ["RT", "TASS"], range_)
    assert unknown == "No article is from BBC. Sources that articles name are: RT, TASS."
    late = nothing_in_scope(Filters.of("2023-01-01", "2023-02-01", "tass"), ["TASS"], range_)
    assert late == (
        "No article is from tass published between 2023-01-01 and 2023-02-01. "
        "The articles with a date are from 2021-12-10 to 2022-02-04."
    )
    assert nothing_in_scope(Filters.of("2023-01-01"), [], None) == (
        "No article is published on or after 2023-01-01."
    )


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        (["de", "de", "en"], "Most of the closest passages look German: the reader answers in English."),
        (
            ["de", "fr", "fr", "en"],
            "Most of the closest passages look French: the reader answers in English.",
        ),
        (["de", "en"], None),
        ([None, None, "de"], None),
        (["en", "en"], None),
        ([], None),
    ],
)
def test_passages_in_another_language_are_told_of(languages: list[str | None], told: str | None) -> None:
    assert other_language(languages) == told
