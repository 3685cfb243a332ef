"""Date phrases that count from another one of the same text: "31 March … the following year", "two days later"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from .calendar import MONTH, MONTHS, ORDINAL, month_number
from .numbers import SMALL

Days = tuple[date, date]
NUMBER = rf"(?:\d{{1,2}}|an?|{'|'.join(SMALL[1:13])})"
_AFTER, _BEFORE = "following|next|subsequent", "previous|preceding"
DAY = (
    rf"\b(?:{MONTH}\s+{ORDINAL}|{ORDINAL}\s+(?:of\s+)?{MONTH}),?\s+(?:(?:of|in)\s+)?"
    rf"(?i:the\s+(?:{_AFTER}|same|{_BEFORE})\s+year)\b"
)
PERIOD = (
    rf"\b(?i:the\s+(?:{_AFTER}|{_BEFORE})\s+(?:day|week|month|year)"
    rf"|{NUMBER}\s+(?:day|week|month|year)s?\s+(?:later|earlier))\b"
)
_PARTS = re.compile(
    rf"(?i)(?:the\s+(?P<way>{_AFTER}|same|{_BEFORE})|(?P<number>{NUMBER}))\s+(?P<unit>day|week|month|year)s?"
    r"(?:\s+(?P<later>later|earlier))?"
)


def counted(phrase: str, anchor: Days) -> Days | None:
    """The days that `phrase` means, [first, last], counted from those of the anchor; None where the anchor is not so
    exact that they are known: of "May 2021" no day is the following one."""
    told = _PARTS.search(phrase)
    assert told is not None, phrase
    back = (told["way"] or told["later"]).lower() in ("previous", "preceding", "earlier")
    count = (0 if told["way"].lower() == "same" else 1) if told["way"] else _number(told["number"])
    count = -count if back else count
    unit, (first, last) = told["unit"].lower(), anchor
    try:
        if unit == "year":
            year = _of_year(first.year + count, phrase)
            return year if first.year == last.year else None
        if unit == "month":
            same = (first.year, first.month) == (last.year, last.month)
            return _month(first.year * 12 + first.month - 1 + count) if same else None
        if first != last:
            return None
        day = first + timedelta(days=count * (7 if unit == "week" else 1))
        if unit == "week" and told["way"]:
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=6)
        return day, day
    except (ValueError, OverflowError):
        return None


def _number(written: str) -> int:
    word = written.lower()
    return int(word) if word.isdigit() else 1 if word in ("a", "an") else SMALL.index(word)


def _of_year(year: int, phrase: str) -> Days:
    """The whole year, or the day of it that the phrase names."""
    month, number = re.search(MONTH, phrase), re.match(r"\D*(\d{1,2})", phrase)
    if month is None or number is None:
        return date(year, 1, 1), date(year, 12, 31)
    day = date(year, month_number(month.group()), int(number[1]))
    return day, day


def _month(months: int) -> Days:
    year, month = divmod(months, len(MONTHS))
    after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, 1), after - timedelta(days=1)
