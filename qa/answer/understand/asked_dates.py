"""The dates that a question gives, and whether a passage has them: in its words, by its article's date, or by both.

"In 2021" is met by an article of 2021 that never writes the year, and "December 7, 2021" by "on Tuesday" in one of
10 December 2021. What the question counts from itself ("last week", "yesterday") counts from the day on which it is
asked: nobody means the newest article's day, which the asker may not know. A passage that has the same words also
meets it, for the asker may be quoting.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.english import names as named
from qa.english.calendar import month_number
from qa.english.dates import When, resolve
from qa.english.names import Named

_LATEST = re.compile(r"\b(?:latest|newest|most recent(?:ly)?)\b", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"\b(?:in|on|of|during|since|from|by|for|at)\s+(?:early |late |mid-)?$", re.IGNORECASE
)
_DATE_KINDS = ("day", "month", "year")
_OF_NO_YEAR = ("weekday", "weekday of day", "day", "month")


@dataclass(frozen=True, slots=True)
class AskedDates:
    """periods: the phrases whose days are known, year and all. given: what else the question names, dates without a
    year among it. latest: whether the newest answer is wanted."""

    today: date
    periods: tuple[When, ...]
    given: tuple[Named, ...]
    latest: bool

    def undated(self) -> AskedDates:
        """The same, as if the question gave no date."""
        return AskedDates(self.today, (), tuple(n for n in self.given if n.kind not in _DATE_KINDS), False)

    def without_periods(self, question: str) -> str:
        """The question without its periods and the "in" or "on" before them."""
        for period in sorted(self.periods, key=lambda p: -p.start):
            before = _PREPOSITION.sub("", question[: period.start])
            question = f"{before}{question[period.end :]}"
        return " ".join(question.split()).replace(" ?", "?")

    def met_unwritten(self, text: str, published: date | None) -> bool:
        """Whether a passage, with its article's date, meets every period and writes out none of them."""
        if not self.periods:
            return False
        told = resolve(text, published)
        return all(
            _lacking(period, text, told, published) == 0 and not _written(period, text)
            for period in self.periods
        )


def dated(n: Named, text: str, published: date | None) -> bool:
    """Whether a passage that need not name the day, month or year gives it, counted from its article's date."""
    return n.kind in _DATE_KINDS and _dated(n, resolve(text, published), published)


def speaks_of(period: When, title: str, text: str, published: date | None) -> bool:
    """Whether a passage, with its article's title and date, gives all of the period."""
    return _lacking(period, f"{title}\n{text}", resolve(text, published), published) == 0


def asked_dates(question: str, today: date) -> AskedDates:
    periods = tuple(when for when in resolve(question, today) if when.kind not in _OF_NO_YEAR)
    given = tuple(
        n for n in named.find(question) if not any(n.start < p.end and n.end > p.start for p in periods)
    )
    return AskedDates(today, periods, given, _LATEST.search(question) is not None)


def _lacking(period: When, context: str, told: Sequence[When], published: date | None) -> int:
    """How much of the period a passage lacks: each of its words, and the right year for the right day."""
    first, last = period.first, period.last
    if any(when.within(first, last) for when in told):
        return 0
    if published is not None and first <= published <= last and (last > first or period.relative):
        return 0
    if period.relative:
        return int(period.text.casefold() not in context.casefold())
    other_year = any(_same_but_year(when, period) for when in told)
    return max(int(other_year), sum(not named.occurs(context, n) for n in named.find(period.text)))


def _written(period: When, text: str) -> bool:
    """Whether the words themselves stand in the text."""
    if period.relative:
        return period.text.casefold() in text.casefold()
    return all(named.occurs(text, n) for n in named.find(period.text))


def _same_but_year(when: When, period: When) -> bool:
    return (
        period.kind != "year"
        and when.first.year != period.first.year
        and (when.first.month, when.first.day, when.last.month)
        == (period.first.month, period.first.day, period.last.month)
    )


def _dated(n: Named, told: Sequence[When], published: date | None) -> bool:
    """Whether the days that a passage tells, or the date of its article, are of the month, year or day named.

    An article's own date is not enough for a day: it is seldom the day of what it reports.
    """
    if n.kind == "day":
        month, day = named.month_and_day(n.text)
        return any(w.first == w.last and (w.first.month, w.first.day) == (month, day) for w in told)
    if n.kind == "month":
        month = month_number(n.text)
        of_months = {w.first.month for w in told if w.first.month == w.last.month}
        return month in of_months or (published is not None and published.month == month)
    if n.kind == "year":
        of_years = {w.first.year for w in told if w.first.year == w.last.year}
        return int(n.text) in of_years or (published is not None and published.year == int(n.text))
    return False
