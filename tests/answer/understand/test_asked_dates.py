from __future__ import annotations

from datetime import date

import pytest

from qa.answer.understand.asked_dates import asked_dates, dated, speaks_of
from qa.english.names import occurs

TODAY = date(2022, 2, 10)
ARTICLE = date(2021, 12, 10)


def _missing(question: str, text: str, published: date | None = ARTICLE) -> int:
    asked = asked_dates(question, TODAY)
    given = [n for n in asked.given if not occurs(text, n) and not dated(n, text, published)]
    return len(given) + sum(not speaks_of(period, "", text, published) for period in asked.periods)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who called on December 7?", "They held a call on Tuesday."),  # resolved: the 7th
        ("Who called on December 7, 2021?", "They held a call on Tuesday."),
        ("Who called on December 7, 2021?", "They held a call on December 7."),
        ("Who called in December?", "They held a call."),  # by the article's date
        ("Who called in 2021?", "They held a call."),
        ("Who called in December 2021?", "They held a call."),
        ("What happened 2 months ago?", "They held a call."),  # December, counted from today
        ("Who spoke last week?", "They spoke last week."),  # the asker may be quoting
        ("Who called on 17 December 2021?", "The draft of December 17, 2021 says who called."),
    ],
)
def test_a_date_is_there_by_words_by_counting_or_by_the_articles_date(question: str, text: str) -> None:
    assert _missing(question, text) == 0


@pytest.mark.parametrize(
    ("question", "text", "lacking"),
    [
        ("Who called on December 8?", "They held a call on Tuesday.", 1),
        ("Who called on December 10?", "They held a call.", 1),  # an article's date is not what it reports
        ("Who called on December 7, 2020?", "They held a call on December 7.", 1),
        (
            "Who called on December 7, 2022?",
            "On December 7, they agreed for 2022.",
            1,
        ),  # the day of another year
        ("Who called in November?", "They held a call.", 1),
        ("Who called in 2020?", "They held a call.", 1),
        ("Who called last week?", "They held a call on Tuesday.", 1),
        ("Who called yesterday?", "They held a call on Tuesday.", 1),
        ("Who called last Friday?", "They held a call on Friday.", 1),  # and "Friday" is not counted again
        ("Which 3 men called last week?", "They held a call.", 2),
    ],
)
def test_each_date_that_is_not_there_counts_once(question: str, text: str, lacking: int) -> None:
    assert _missing(question, text) == lacking


def test_without_a_date_of_the_article_its_words_decide() -> None:
    assert _missing("Who called on December 7, 2021?", "A call on December 7, 2021.", None) == 0
    assert _missing("Who called in 2021?", "They held a call.", None) == 1
    assert _missing("Who called last week?", "They held a call on Tuesday.", None) == 1


def test_what_was_published_in_the_days_asked_for_meets_them() -> None:
    assert _missing("Who called last week?", "They held a call.", date(2022, 2, 3)) == 0
    assert _missing("Who called yesterday?", "They held a call.", date(2022, 2, 9)) == 0
    assert _missing("Who called yesterday?", "They called on Wednesday.", TODAY) == 0


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("How full was it in August 2021?", "How full was it?"),
        ("In which town did it rain last week?", "In which town did it rain?"),
        ("What did he say yesterday about it in early 2021?", "What did he say about it?"),
        ("Who called on December 7?", "Who called on December 7?"),
    ],
)
def test_a_question_can_be_asked_without_its_days(question: str, rest: str) -> None:
    assert asked_dates(question, TODAY).without_periods(question) == rest


@pytest.mark.parametrize(
    ("question", "text", "unwritten"),
    [
        ("Who called in December 2021?", "They held a call.", True),
        ("Who called on December 7, 2021?", "They held a call on Tuesday.", True),
        ("Who called in December 2021?", "In December 2021 they held a call.", False),  # written
        ("Who called in November 2021?", "They held a call.", False),  # not met
        ("Who called on December 7?", "They held a call on Tuesday.", False),  # no year: no period
        ("Who called in 2021 and in 2020?", "They held a call.", False),
    ],
)
def test_days_may_be_met_without_being_written(question: str, text: str, unwritten: bool) -> None:
    assert asked_dates(question, TODAY).met_unwritten(text, ARTICLE) is unwritten


@pytest.mark.parametrize(
    ("question", "latest"),
    [
        ("What is the latest death toll?", True),
        ("Who spoke most recently?", True),
        ("How long did the last call last?", False),
        ("Who was the last king?", False),
    ],
)
def test_the_newest_is_wanted_where_it_is_asked_for(question: str, latest: bool) -> None:
    assert asked_dates(question, TODAY).latest is latest
