"""When an article was published: written dates read strictly, missing years inferred from evidence.

A written date is taken as it is. A dateline that names month and day but no year ("MOSCOW, January 27.") gets its
year only from evidence, and the result is marked inferred:

1. the file's own date (a bare date line, metadata) with the same month and day, or a few days after it;
2. a weekday in the dateline's sentence ("... told a briefing on Friday"): the year in which that day was that
   weekday;
3. full dates in the text ("On December 17, 2021, ..."): news is written within a year of the latest event it
   dates, so the first such month and day on or after it. Dates spoken of as still to come do not count.

Every kind of evidence there is must agree, the year must lie within the last `YEARS_BACK` years and not in the
future; where two years are still possible the date stays unknown. A file's time of change is no evidence: copying,
unpacking and checking out set it.

General date parsers are not used because they fill in what is missing from today's date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qa.english.calendar import EARLIEST_DATE, MONTH, WEEKDAYS, month_number
from qa.english.verbs import COMING
from qa.ingest.months import written

# A weekday recurs on a date every 5, 6 or 11 years, so a wider window is nearly always ambiguous.
YEARS_BACK = 10
FILE_DATE_DAYS = 3  # agencies publish on the dateline's day; sites copy the story within days

_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun)"

FULL_DATE = re.compile(
    rf"(?<!\w)(?:(?P<y1>\d{{4}})-(?P<m1>\d{{2}})-(?P<d1>\d{{2}})"
    rf"|(?P<m2>{MONTH})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{{4}})"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m3>{MONTH})\.?,?\s+(?P<y3>\d{{4}})"
    r"|(?P<y4>\d{4})[./](?P<m4>\d{2})[./](?P<d4>\d{2})"
    r"|(?P<d5>\d{1,2})[./](?P<m5>\d{1,2})[./](?P<y5>\d{4}))(?=T\d|\W|_|$)",
    re.I,
)
DIGIT = re.compile(r"\d")  # in every full date
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:(?=T\d)|(?!\w))")
_CLOCK = (
    r"(?:[,|T\s-]*(?:at\s+)?\d{1,2}[:.]\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:Z|[+-]\d{2}:?\d{2}|\(?[A-Z]{2,4}\)?)?)?"
)
_LABEL = (
    r"(?:(?:date|published|posted|first published|publication date|updated|last updated|modified|created|issued)"
    r"(?:\s+(?:on|at))?\s*[:\-]?\s+|[•|–-]\s*)?"
)
_LABELLED = re.compile(
    rf"\s*(?:date|published|publication date|posted)\s*(?:on\b)?\s*[:=]?\s+(?=\d|{MONTH}\b)", re.I
)
_CLOCK_FIRST = r"(?:\d{1,2}:\d{2}\s*(?:[ap]\.?m\.?)?\s*(?:[A-Z]{2,4})?,?\s+(?:on\s+)?)?"
_ALONE = re.compile(rf"{_LABEL}{_CLOCK_FIRST}(?:{_WEEKDAY}\.?,?\s+)?(?:{FULL_DATE.pattern}){_CLOCK}\W*", re.I)
UPDATED = re.compile(r"\b(?:updated|modified|edited|revised|accessed)\b", re.I)
_COMING = re.compile(
    rf"\b(?:{COMING}|until|till|expir\w+|by|through|next|before)\b",
    re.I,
)
COMING_REACH = 60  # characters before a date in which such a word says that it is still to come


@dataclass(frozen=True, slots=True)
class Published:
    """A date, and whether all of it is written down or some of it was inferred."""

    day: date
    inferred: bool


def made(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    if not EARLIEST_DATE <= year <= 9998:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def of_match(found: re.Match[str]) -> date | None:
    """The date of a match of FULL_DATE; None for 03/04/2022, which means two days."""
    g = found.groupdict()
    if g["y1"]:
        return made(int(g["y1"]), int(g["m1"]), int(g["d1"]))
    if g["m2"]:
        return made(int(g["y2"]), month_number(g["m2"]), int(g["d2"]))
    if g["m3"]:
        return made(int(g["y3"]), month_number(g["m3"]), int(g["d3"]))
    if g["y4"]:
        return made(int(g["y4"]), int(g["m4"]), int(g["d4"]))
    first, second, year = int(g["d5"]), int(g["m5"]), int(g["y5"])
    if "." in found.group():
        return made(year, second, first)  # dotted numbers are written day first wherever they are used
    if first > 12 or second > 12 or first == second:
        return made(year, second, first) if second <= 12 else made(year, first, second)
    return None


def parsed(text: str) -> date | None:
    """The first full date in a short text such as a metadata field, or None."""
    text = text.strip()[:100]
    if compact := _COMPACT.match(text):
        return made(int(compact["y"]), int(compact["m"]), int(compact["d"]))
    found = FULL_DATE.search(text)
    return of_match(found) if found else None


def of_line(line: str) -> date | None:
    """The date, where the line holds a date, perhaps labelled and with a time, and nothing else."""
    line = line.strip()
    if not 6 <= len(line) <= 80 or not DIGIT.search(line):
        return None
    if _COMPACT.fullmatch(line):
        return parsed(line)
    parts = re.split(r"\s*[|•·]\s*", line)
    if not all(_ALONE.fullmatch(part) for part in parts if part):
        return _foreign_alone(line)
    parts.sort(key=lambda part: bool(UPDATED.search(part)))
    inner = next((found for part in parts if (found := FULL_DATE.search(part))), None)
    return of_match(inner) if inner else None


def _foreign_alone(line: str) -> date | None:
    """The date of a line that holds one as other languages write it, perhaps with a time, and nothing else."""
    found = next(written(line), None)
    if not found or re.search(r"[^\W\d_]{2,}", line[: found.start] + line[found.end :]):
        return None
    return made(found.year, found.month, found.day)


def label_at_start(text: str) -> tuple[date, int] | None:
    """The date a text opens with after the word "date" or "published", and where the rest begins."""
    label = _LABELLED.match(text)
    if not label:
        return None
    found = FULL_DATE.match(text, label.end())
    day = of_match(found) if found else None
    return (day, found.end()) if day and found else None


def infer_year(
    month: int, day: int, sentence: str, text: str, *, file_date: date | None, today: date
) -> date | None:
    """The date of a dateline that names no year, or None where the evidence does not single one out.

    sentence: the sentence the dateline opens. text: the whole article. file_date: what the file says of itself.
    """
    years = range(today.year, today.year - YEARS_BACK - 1, -1)
    possible = [at for year in years if (at := made(year, month, day)) and at <= today]
    evidence = False
    if file_date is not None:
        near = [at for at in possible if timedelta(0) <= file_date - at <= timedelta(days=FILE_DATE_DAYS)]
        if near:
            return near[0]
    named = weekdays(sentence)
    if len(named) == 1:
        possible = [at for at in possible if at.weekday() in named]
        evidence = True
    latest = max(past_dates(text, today), default=None)
    if latest is not None:
        following = [at for at in possible if timedelta(0) <= at - latest < timedelta(days=366)]
        # With a weekday the text may also be older than a year after its latest date, but never before it.
        possible = following or ([at for at in possible if at >= latest] if evidence else [])
        evidence = True
    return possible[0] if evidence and len(possible) == 1 else None


def weekdays(sentence: str) -> set[int]:
    """The weekdays a sentence says something happened on (Monday is 0)."""
    found = re.findall(r"\bon\s+((?:mon|tues|wednes|thurs|fri|satur|sun)day)\b", sentence, re.I)
    return {WEEKDAYS.index(name.title()) for name in found}


def past_dates(text: str, today: date) -> Sequence[date]:
    """The full dates in a text that it does not speak of as still to come."""
    days = []
    for found in FULL_DATE.finditer(text):
        at = of_match(found)
        before = text[max(found.start() - COMING_REACH, 0) : found.start()]
        clause = re.split(r"[.;!?]\s", before)[-1]
        if at and at <= today and not _COMING.search(clause):
            days.append(at)
    return days


def all_in(text: str) -> set[date]:
    """Every full date in a text."""
    if not DIGIT.search(text):
        return set()
    return {day for found in FULL_DATE.finditer(text) if (day := of_match(found))}


def first_date(candidates: Iterable[date | None], today: date) -> date | None:
    """The first that is a date and not in the future (a day's grace for time zones)."""
    return next((day for day in candidates if day and day <= today + timedelta(days=1)), None)
