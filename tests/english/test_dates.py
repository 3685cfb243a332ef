from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.english.dates import phrases, resolve

FRIDAY = date(2021, 12, 10)


def _days(text: str, base: date | None = FRIDAY) -> list[tuple[str, str, str]]:
    return [(when.text, when.first.isoformat(), when.last.isoformat()) for when in resolve(text, base)]


@pytest.mark.parametrize(
    ("text", "phrase", "day"),
    [
        ("Putin and Biden held a video conference call on Tuesday.", "Tuesday", "2021-12-07"),
        ("He told an online briefing on Friday.", "Friday", "2021-12-10"),
        ("The ministers will meet on Monday in Geneva.", "Monday", "2021-12-13"),
        ("Talks are to resume on Monday.", "Monday", "2021-12-13"),
        ("She spoke to reporters on Monday.", "Monday", "2021-12-06"),
        ("She wrote to Marta on Monday.", "Monday", "2021-12-06"),
        ("She wrote to them on Monday.", "Monday", "2021-12-06"),
        ("He hopes for progress at a meeting that is due on Saturday.", "Saturday", "2021-12-11"),
        ("On Monday, the ministers will meet.", "Monday", "2021-12-13"),
        ("The ministers will travel. They met on Monday.", "Monday", "2021-12-06"),
        ("He said last Saturday that it was late.", "last Saturday", "2021-12-04"),
        ("He said last Friday that it was late.", "last Friday", "2021-12-03"),
        ("It rained yesterday.", "yesterday", "2021-12-09"),
        ("It will rain tomorrow.", "tomorrow", "2021-12-11"),
        ("The two spoke last night.", "last night", "2021-12-09"),
        ("The bridge was closed three days ago.", "three days ago", "2021-12-07"),
        ("On December 7, they held talks.", "December 7", "2021-12-07"),
        ("They signed it on 26 June.", "26 June", "2021-06-26"),
        ("The deadline is December 31.", "December 31", "2021-12-31"),
        ("It will be closed for weeks from Monday 7 June.", "Monday 7 June", "2021-06-07"),
        ("It is open until Saturday, January 1.", "Saturday, January 1", "2022-01-01"),
        ("It will be closed from January 26 on.", "January 26", "2022-01-26"),
        ("It was published on Sept. 3.", "Sept. 3", "2021-09-03"),
        ("It was published on 2019-03-02.", "2019-03-02", "2019-03-02"),
        ("It was published on the 2nd of March, 2019.", "2nd of March, 2019", "2019-03-02"),
    ],
)
def test_a_phrase_means_the_day_that_news_means_by_it(text: str, phrase: str, day: str) -> None:
    assert _days(text) == [(phrase, day, day)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("They met last week.", "2021-11-29", "2021-12-05"),
        ("They meet next week.", "2021-12-13", "2021-12-19"),
        ("It fell this month.", "2021-12-01", "2021-12-31"),
        ("It rose last month.", "2021-11-01", "2021-11-30"),
        ("It rose last year.", "2020-01-01", "2020-12-31"),
        ("They met two weeks ago.", "2021-11-22", "2021-11-28"),
        ("It rained over the weekend.", "2021-12-04", "2021-12-05"),
        ("It will rain this weekend.", "2021-12-11", "2021-12-12"),
        ("They agreed in Geneva in June.", "2021-06-01", "2021-06-30"),
        ("It opened in February 2020.", "2020-02-01", "2020-02-29"),
        ("It opened in 1997.", "1997-01-01", "1997-12-31"),
    ],
)
def test_a_phrase_may_mean_several_days(text: str, first: str, last: str) -> None:
    assert [days[1:] for days in _days(text)] == [(first, last)]


@pytest.mark.parametrize(
    "text",
    [
        "They will meet on Friday.",  # of a Friday: today, or in a week
        "He said so last Tuesday.",  # three days ago, or ten
        "They meet next Tuesday.",  # in four days, or in eleven
        "May 1 or 2.",  # 193 days back, 142 ahead, and nothing says which
        "Two may march in and may stay.",
        "It was read by August Wilson and April Jones.",
        "The 1,997 ships came in 2.5 hours.",
        "February 30 does not exist.",
        "It was put off until the meeting on March 16.",  # 269 days back, and hardly meant
        "It is open until Sunday, January 1.",  # a Sunday in 2017 and in 2023
    ],
)
def test_what_can_mean_two_days_or_none_means_none(text: str) -> None:
    assert _days(text) == []


def test_without_a_date_of_its_own_a_text_tells_only_whole_dates() -> None:
    text = "On Tuesday, on December 7, last week, in June, on December 17, 2021, and in May 2020."
    assert [phrase for phrase, _, _ in _days(text, None)] == ["December 17, 2021", "May 2020"]


def test_only_what_was_counted_is_relative() -> None:
    text = "On December 17, 2021, in May 2020 and in 1997 they met, and on December 7."
    assert [when.relative for when in resolve(text, FRIDAY)] == [False, False, False, True]


@given(base=st.dates(date(1990, 1, 1), date(2090, 1, 1)), weekday=st.integers(0, 6))
def test_a_past_weekday_lies_within_the_last_seven_days(base: date, weekday: int) -> None:
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[weekday]
    (when,) = resolve(f"He said so on {name}.", base)
    assert when.first == when.last
    assert when.first.weekday() == weekday
    assert timedelta(0) <= base - when.first < timedelta(days=7)


@given(text=st.text(alphabet=st.sampled_from("onMayJune 0123456789,-lastweekTuesdayago\n."), max_size=60))
def test_any_text_has_phrases_that_stand_in_it_and_do_not_overlap(text: str) -> None:
    found = phrases(text)
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert all(a[2] <= b[1] for a, b in pairwise(found))
    for when in resolve(text, FRIDAY):
        assert text[when.start : when.end] == when.text
        assert when.first <= when.last
