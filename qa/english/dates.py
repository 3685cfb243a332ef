"""Date phrases of a text -> the days they mean: "Tuesday", "last week", "January 26", "in February 2022".

Relative phrases count from the text's own date, in the way news is written: a bare weekday is the latest one up to
that date ("told a briefing on Friday"), or the next one where the words around it speak of what is to come ("will
meet on Friday"). "The following year" counts from the date before it (see `following`). What can mean two days means
none: a weekday still to come in a text of the same weekday, "next Tuesday", a day without a year that lies over half a
year back, "the following year" after two dates.

The phrases are found here; what a phrase means is asked of dateparser, which is never shown a whole text (it takes
"and two may" for the second of May) and never counts from today unless it is told to.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from . import following
from .calendar import DATED_YEAR, MONTH, ORDINAL, WEEKDAY, WEEKDAYS
from .verbs import AHEAD, BEHIND

HALF_A_YEAR = 183  # days: nearer than this, a day is nearer than the same day of any other year
_DAY = timedelta(days=1)

_PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("following", following.DAY),
        ("following", following.PERIOD),
        ("date", rf"\b{DATED_YEAR}-\d\d-\d\d\b"),
        ("date", rf"\b{MONTH}\s+{ORDINAL},?\s+{DATED_YEAR}\b"),
        ("date", rf"\b{ORDINAL}\s+(?:of\s+)?{MONTH},?\s+{DATED_YEAR}\b"),
        (
            "weekday of day",
            rf"\b{WEEKDAY},?\s+(?:the\s+)?{ORDINAL}\s+(?:of\s+)?{MONTH}(?!\w)",
        ),
        ("weekday of day", rf"\b{WEEKDAY},?\s+{MONTH}\s+{ORDINAL}\b(?![\d:]|,?\d)"),
        ("day", rf"\b{MONTH}\s+{ORDINAL}\b(?![\d:]|,?\d)"),
        ("day", rf"\b{ORDINAL}\s+(?:of\s+)?{MONTH}(?!\w)"),
        ("month of year", rf"\b{MONTH},?\s+(?:of\s+)?{DATED_YEAR}\b"),
        ("relative", rf"\b(?i:(?:last|past|previous)\s+{WEEKDAY})\b"),
        ("weekday", rf"\b(?<!next )(?<!Next ){WEEKDAY}\b"),
        ("weekend", r"\b(?i:(?:last|this|over the|at the|during the)\s+weekend)\b"),
        ("relative", r"\b(?i:(?:last|this|next|previous)\s+(?:week|month|year))\b"),
        ("relative", rf"\b(?i:{following.NUMBER}\s+(?:day|week|month|year)s?\s+ago)\b"),
        (
            "relative",
            r"\b(?i:yesterday|today|tomorrow|tonight|last night|this (?:morning|afternoon|evening))\b",
        ),
        (  # "May" and "March" are words too, "August" and "April" also names of people
            "month",
            rf"(?:(?<=\b[Ii]n )(?:early |late |mid-)?|(?<=[a-z] )(?!May\b|March\b|Mar\b)){MONTH}(?![\w’']| [A-Z])",
        ),
        ("year", rf"(?:(?<=\b[Ii]n )|(?<=\b[Ii]n late )|(?<=\b[Ii]n early )){DATED_YEAR}\b(?![.,]?\d|%)"),
    )
)
_CUE = re.compile(rf"\b(?:(?P<ahead>{AHEAD})|(?P<behind>{BEHIND}))\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\b[A-Z][a-z]{2})[.!?][”\"’)]*\s|\n\s*\n")


@dataclass(frozen=True, slots=True)
class When:
    """A date phrase and the days it means, first to last, both included.

    [start, end) in the text's characters. relative: what it means was counted from a base, so that it has to be said
    beside the words; else they say it themselves. counted_from: the words that it was counted from; "": the base.
    """

    text: str
    start: int
    end: int
    kind: str  # date, day, month of year, relative, weekday, weekend, month or year
    first: date
    last: date
    counted_from: str = ""

    @property
    def relative(self) -> bool:
        return self.kind not in ("date", "month of year", "year")

    def within(self, first: date, last: date) -> bool:
        return first <= self.first and self.last <= last


def resolve(text: str, base: date | None) -> list[When]:
    """Every date phrase in `text` that means days, in its order. base: the text's own date; where it is None, only
    phrases that name their year are."""
    return list(_resolved(text, base))


@lru_cache(maxsize=1024)
def _resolved(text: str, base: date | None) -> tuple[When, ...]:
    found: list[When] = []
    for kind, start, end in phrases(text):
        phrase = text[start:end]
        if kind == "following":
            anchor = _anchor(text, start, found)
            counted = following.counted(phrase, (anchor.first, anchor.last)) if anchor else None
            if anchor and counted:
                found.append(When(phrase, start, end, kind, *counted, counted_from=anchor.text))
            continue
        days = _days(kind, phrase, base, _ahead(text, start, end))
        if days is not None:
            found.append(When(phrase, start, end, kind, *days))
    return tuple(found)


def _anchor(text: str, at: int, found: Sequence[When]) -> When | None:
    """The date that a phrase at `at` counts from: of its sentence, else of the one before; None where two are there."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text[:at])]
    for since, until in (((ends or [0])[-1], at), ((ends[-2:-1] or [0])[0], (ends or [0])[-1])):
        near = [when for when in found if since <= when.start < until]
        if near:
            return near[-1] if len({(when.first, when.last) for when in near}) == 1 else None
    return None


def phrases(text: str) -> list[tuple[str, int, int]]:
    """(kind, start, end) of every date phrase, in the text's order, none inside another."""
    return list(_found(text))


@lru_cache(maxsize=1024)  # three milliseconds a passage, and each of its spans asks
def _found(text: str) -> tuple[tuple[str, int, int], ...]:
    taken: list[tuple[str, int, int]] = []
    for kind, pattern in _PHRASES:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(start < e and end > s for _, s, e in taken):
                taken.append((kind, start, end))
    return tuple(sorted(taken, key=lambda phrase: phrase[1]))


def _days(kind: str, phrase: str, base: date | None, ahead: bool | None) -> tuple[date, date] | None:
    """The first and last day meant. ahead: whether the words around speak of what is to come; None: they don't say."""
    if kind in ("date", "month of year", "year"):
        return _parsed(phrase, date(2000, 1, 1), "past")
    if base is None:
        return None
    if kind == "weekday":
        return _weekday(WEEKDAYS.index(phrase), base, bool(ahead))
    if kind == "weekday of day":
        return _year_of(phrase, base)
    if kind == "weekend":
        return _weekend(phrase, base, ahead)
    if kind == "relative":
        last = WEEKDAYS.index(phrase.split()[-1].title()) if phrase.split()[-1].title() in WEEKDAYS else None
        if last is not None and last < base.weekday():
            return None  # on a Friday, "last Tuesday" is three days ago to some and ten to others
        return _parsed(phrase, base, "past")
    if ahead:
        return _parsed(phrase, base, "future")
    days = _parsed(phrase, base + _DAY, "past")  # the text's own day is past enough
    near = days is not None and (base - days[1]).days <= HALF_A_YEAR
    return days if near or (kind == "month" and ahead is False) else None


def _weekday(weekday: int, base: date, ahead: bool) -> tuple[date, date] | None:
    if not ahead:
        day = base - _DAY * ((base.weekday() - weekday) % 7)
    elif base.weekday() == weekday:
        return None  # today, or in a week
    else:
        day = base + _DAY * ((weekday - base.weekday()) % 7)
    return day, day


def _year_of(phrase: str, base: date) -> tuple[date, date] | None:
    """The nearest year in which that day is that weekday; they recur after five or six years at the earliest."""
    weekday, day = re.split(r",?\s+", phrase, maxsplit=1)
    near = [_parsed(f"{day.removeprefix('the ')} {base.year + more}", base, "past") for more in (0, -1, 1)]
    named = WEEKDAYS.index(weekday)
    return next((days for days in near if days and days[0].weekday() == named), None)


def _weekend(phrase: str, base: date, ahead: bool | None) -> tuple[date, date] | None:
    """Saturday and Sunday: on the days themselves those, else the last ones, or the coming ones where told so."""
    this, since_saturday = phrase.lower().startswith("this"), (base.weekday() - 5) % 7
    if this and ahead is None and since_saturday > 1:
        return None  # on a Monday it can be either
    saturday = base - _DAY * since_saturday
    if ahead and since_saturday > 1:
        saturday += _DAY * 7
    elif phrase.lower().startswith("last") and since_saturday <= 1:
        saturday -= _DAY * 7
    return saturday, saturday + _DAY


@lru_cache(maxsize=4096)
def _parsed(phrase: str, base: date, prefer: str) -> tuple[date, date] | None:
    """What dateparser takes the phrase to mean, widened to the whole week, month or year that it names."""
    with warnings.catch_warnings():
        # Of the interpreter, about the library's own code.
        warnings.simplefilter("ignore", DeprecationWarning)
        from dateparser.date import DateDataParser  # half a second to import, and few questions need it

        parser = DateDataParser(
            languages=["en"],
            settings={
                "RELATIVE_BASE": datetime.combine(base, time(12)),
                "PREFER_DATES_FROM": prefer,
                "PREFER_DAY_OF_MONTH": "first",
                "PREFER_MONTH_OF_YEAR": "first",
                "DATE_ORDER": "YMD" if phrase[:4].isdigit() else "MDY",
                "RETURN_AS_TIMEZONE_AWARE": False,
            },
        )
        words = re.sub(r"^(?:early |late |mid-|past |previous )", "", phrase)
        words = f"last {words}" if words in WEEKDAYS else words
        try:
            told = parser.get_date_data(" ".join(words.split()))
        except (ValueError, OverflowError):
            return None
    if told.date_obj is None:
        return None
    return _whole(told.date_obj.date(), told.period)


def _whole(day: date, period: str) -> tuple[date, date]:
    if period == "week":
        monday = day - _DAY * day.weekday()
        return monday, monday + _DAY * 6
    if period == "month":
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return day.replace(day=1), following - _DAY
    if period == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    return day, day


def _ahead(text: str, start: int, end: int) -> bool | None:
    """Whether the sentence speaks of the phrase's day as still to come: the nearest telling word before it says so,
    else the first after it; None where none does."""
    before = _SENTENCE_END.split(text[max(0, start - 300) : start])[-1]
    after = _SENTENCE_END.split(text[end : end + 300])[0]
    told = next(iter(reversed(list(_CUE.finditer(before)))), None) or _CUE.search(after)
    return None if told is None else told["ahead"] is not None
