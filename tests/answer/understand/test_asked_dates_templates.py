"""Templates for the dates of a question (after CheckList, Ribeiro et al., 2020): what meets them, and what does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qa.answer.understand.asked_dates import asked_dates, speaks_of
from qa.english.calendar import MONTHS, WEEKDAYS

TODAY = date(2022, 2, 10)
ASKING = ("Who called {}?", "What did the mayor say {} about the bridge?", "{}, who was mayor?")
NOTHING_SAID = "They held a call about the bridge."


def _meets(question: str, text: str, published: date | None) -> bool:
    (period,) = asked_dates(question, TODAY).periods
    return speaks_of(period, "", text, published)


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("month", MONTHS)
def test_a_month_is_met_by_an_article_of_it_and_by_no_other(month: str, asking: str) -> None:
    question, number = asking.format(f"in {month} 2021"), MONTHS.index(month) + 1
    met = [_meets(question, NOTHING_SAID, date(2021, one, 15)) for one in range(1, 13)]
    assert met == [one == number for one in range(1, 13)]
    assert not _meets(question, NOTHING_SAID, date(2020, number, 15))
    assert not _meets(question, NOTHING_SAID, None)
    assert _meets(question, f"It was in {month} 2021. {NOTHING_SAID}", None)


@pytest.mark.parametrize("asking", ASKING)
@pytest.mark.parametrize("year", [1987, 2005, 2019, 2021])
def test_a_year_is_met_by_an_article_of_it_by_its_words_and_by_no_other(year: int, asking: str) -> None:
    question = asking.format(f"in {year}")
    assert _meets(question, NOTHING_SAID, date(year, 6, 1))
    assert _meets(question, f"In {year}, they met.", None)
    assert not _meets(question, NOTHING_SAID, date(year - 1, 6, 1))
    assert not _meets(question, f"In {year + 1}, they met.", date(year + 1, 6, 1))


@pytest.mark.parametrize(
    "asked", ["on December {day}, 2021", "on {day} December 2021", "on the {day}th of December 2021"]
)
@pytest.mark.parametrize(
    "text", ["On December {day}, they met.", "On {day} December 2021 they met.", "They met on {weekday}."]
)
@pytest.mark.parametrize("day", [4, 6, 7, 9])
def test_a_day_is_met_in_whatever_form_the_article_gives_it(day: int, text: str, asked: str) -> None:
    published, of = date(2021, 12, 10), date(2021, 12, day)
    told = text.format(day=day, weekday=WEEKDAYS[of.weekday()])
    assert _meets(f"Who met {asked.format(day=day)}?", told, published)
    assert not _meets(f"Who met {asked.format(day=day + 1)}?", told, published)


@pytest.mark.parametrize(
    ("asked", "ago"), [("yesterday", 1), ("two days ago", 2), ("3 days ago", 3), ("last week", 7)]
)
@pytest.mark.parametrize("asking", ["Who called {}?", "What did the mayor say {} about the bridge?"])
def test_what_is_counted_from_today_is_met_by_what_was_written_then(
    asking: str, asked: str, ago: int
) -> None:
    question = asking.format(asked)
    assert _meets(question, NOTHING_SAID, TODAY - timedelta(days=ago))
    assert not _meets(question, NOTHING_SAID, TODAY - timedelta(days=ago + 20))
    assert _meets(question, f"They called {asked}.", None)  # the asker may be quoting


@pytest.mark.parametrize(
    "question", ["Who called?", "Who is Mr. May?", "How many march daily?", "Who sat there in 12 cars?"]
)
def test_a_question_without_a_date_asks_for_none(question: str) -> None:
    assert asked_dates(question, TODAY).periods == ()
