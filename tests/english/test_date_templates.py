"""Templates for dates (after CheckList, Ribeiro et al., 2020): which days a phrase means, in all its forms."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qa.english.calendar import MONTHS, WEEKDAYS
from qa.english.dates import resolve

FORMS = (
    "{month} {day}, {year}",
    "{month} {day} {year}",
    "{day} {month} {year}",
    "{day} {month}, {year}",
    "{month} {day}th, {year}",
    "the {day}th of {month} {year}",
    "{year}-{number:02}-{day:02}",
)
WEEK = [date(2021, 12, 6) + timedelta(days=more) for more in range(7)]  # Monday to Sunday
PAST = (
    "They met on {}.",
    "On {} the mayor resigned.",
    "“No,” she said on {}.",
    "It was signed in Geneva on {}.",
)
FUTURE = (
    "They will meet on {}.",
    "On {}, the court will decide.",
    "The vote is due on {}.",
    "She is to speak on {}.",
)


def _days(text: str, base: date | None) -> list[tuple[date, date]]:
    return [(when.first, when.last) for when in resolve(text, base)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("month", MONTHS)
def test_a_whole_date_means_its_day_in_every_form_whenever_it_is_read(month: str, form: str) -> None:
    number = MONTHS.index(month) + 1
    for year in (1987, 2021):
        day = date(year, number, 14)
        text = f"They met on {form.format(month=month, number=number, day=14, year=year)}."
        assert {tuple(_days(text, base)) for base in (None, *WEEK[:2])} == {((day, day),)}


@pytest.mark.parametrize("base", WEEK, ids=str)
@pytest.mark.parametrize("text", PAST)
def test_a_bare_weekday_of_the_past_is_one_of_the_last_seven_days(text: str, base: date) -> None:
    for at, weekday in enumerate(WEEKDAYS):
        ((first, last),) = _days(text.format(weekday), base)
        assert first == last
        assert first.weekday() == at
        assert timedelta() <= base - first < timedelta(days=7)


@pytest.mark.parametrize("base", WEEK, ids=str)
@pytest.mark.parametrize("text", FUTURE)
def test_a_bare_weekday_to_come_is_one_of_the_next_six_days(text: str, base: date) -> None:
    for at, weekday in enumerate(WEEKDAYS):
        found = _days(text.format(weekday), base)
        if at == base.weekday():
            assert found == []  # today, or in a week
            continue
        ((first, last),) = found
        assert first == last
        assert first.weekday() == at
        assert timedelta() < first - base < timedelta(days=7)


@pytest.mark.parametrize("count", range(1, 13))
@pytest.mark.parametrize("base", WEEK[::3], ids=str)
def test_days_are_counted_back_from_the_texts_own(base: date, count: int) -> None:
    word = "one two three four five six seven eight nine ten eleven twelve".split()[count - 1]
    day = base - timedelta(days=count)
    unit = "day" if count == 1 else "days"
    assert _days(f"It closed {count} {unit} ago.", base) == [(day, day)]
    assert _days(f"It closed {word} {unit} ago.", base) == [(day, day)]


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize(
    "text", ["It opened in {} 2020.", "In {} 2020, it opened.", "It opened in {}, 2020."]
)
def test_a_month_of_a_year_is_all_of_its_days(text: str, month: str) -> None:
    ((first, last),) = _days(text.format(month), None)
    assert first == date(2020, MONTHS.index(month) + 1, 1)
    assert (last.month, (last + timedelta(days=1)).day) == (first.month, 1)


@pytest.mark.parametrize(
    "phrase", ["yesterday", "on Monday", "last week", "in June", "on May 3", "two days ago"]
)
def test_what_names_no_year_means_nothing_without_a_date_of_the_text(phrase: str) -> None:
    assert _days(f"They met {phrase}.", None) == []


@pytest.mark.parametrize(
    "text",
    ["{} Wilson sang.", "{} of us came.", "The {} it was.", "It {} be so.", "{}-like noise was heard."],
)
@pytest.mark.parametrize("word", ["may", "march", "sat", "sun", "second"])
def test_a_word_that_a_month_or_weekday_also_is_means_no_day(word: str, text: str) -> None:
    assert _days(text.format(word), WEEK[4]) == []


ANCHORS = (  # a date, and what it means
    ("In December 2004", date(2004, 12, 1), date(2004, 12, 31)),
    ("On 19 December 2004", date(2004, 12, 19), date(2004, 12, 19)),
    ("In 2004", date(2004, 1, 1), date(2004, 12, 31)),
)


@pytest.mark.parametrize("between", [", and ", "; ", ". Then ", " and, they said, "])
@pytest.mark.parametrize(("anchor", "first", "last"), ANCHORS)
@pytest.mark.parametrize("base", [None, WEEK[0]])
def test_the_following_year_counts_from_the_date_before(
    anchor: str, first: date, last: date, between: str, base: date | None
) -> None:
    for phrase, days in (
        ("the following year", (date(2005, 1, 1), date(2005, 12, 31))),
        ("31 March of the following year", (date(2005, 3, 31), date(2005, 3, 31))),
        ("March 31 the following year", (date(2005, 3, 31), date(2005, 3, 31))),
        ("31 January the same year", (date(2004, 1, 31), date(2004, 1, 31))),
        ("the previous year", (date(2003, 1, 1), date(2003, 12, 31))),
        ("two years later", (date(2006, 1, 1), date(2006, 12, 31))),
        ("a year earlier", (date(2003, 1, 1), date(2003, 12, 31))),
    ):
        text = f"{anchor} the unit was sold{between}{phrase} all was over."
        before, told = resolve(text, base)
        assert (before.first, before.last) == (first, last)
        assert (told.text, told.first, told.last) == (phrase, *days)
        assert text[told.start : told.end] == phrase
        assert told.counted_from == before.text and told.relative


@pytest.mark.parametrize(
    ("phrase", "days"),
    [
        ("the next day", (date(2004, 12, 20), date(2004, 12, 20))),
        ("the day before", None),
        ("three days later", (date(2004, 12, 22), date(2004, 12, 22))),
        ("the following week", (date(2004, 12, 20), date(2004, 12, 26))),
        ("the following month", (date(2005, 1, 1), date(2005, 1, 31))),
        ("the previous month", (date(2004, 11, 1), date(2004, 11, 30))),
    ],
)
def test_days_and_weeks_count_from_a_day_alone(phrase: str, days: tuple[date, date] | None) -> None:
    assert _days(f"It was sold on 19 December 2004 and {phrase} it was lost.", None)[1:] == (
        [days] if days else []
    )
    unsure = _days(f"It was sold in 2004 and {phrase} it was lost.", None)[1:]
    assert unsure == []


@pytest.mark.parametrize(
    "text",
    [
        "The unit was sold. It was lost the following year.",  # from nothing
        "It was sold in 2004 or in 2006. It was lost the following year.",  # from which of both?
        "It was planned in 2001. It was sold. It was lost the following year.",  # too far back
        "It was sold in 2004. On 30 February the following year it was lost.",  # no such day
    ],
)
def test_where_it_is_not_known_from_what_it_counts_nothing_is_derived(text: str) -> None:
    assert not [when for when in resolve(text, None) if when.counted_from]


@pytest.mark.parametrize("base", WEEK, ids=str)
def test_a_day_without_a_year_takes_one_only_where_its_tense_allows(base: date) -> None:
    assert _days("They met on 3 October.", base) == [(date(2021, 10, 3),) * 2]
    assert _days("They will meet on 3 October.", base) == [(date(2022, 10, 3),) * 2]
    assert _days("They met on 3 March.", base) == []  # of this year or of one before
    assert _days("3 March: a meeting.", base) == []
