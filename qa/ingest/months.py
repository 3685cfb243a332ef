"""Full dates as other languages than English write them: "1. Februar 2022", "3 août 2022", "2023年5月4日".

The names of months are those of dateparser's data, which are made from Unicode's CLDR. dateparser itself is not
asked: it reads dates into numbers, and fills in what is missing from today's date.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from dateparser.data.languages_info import language_order

LANGUAGES = 70  # by their number of speakers; from Russian to Northern Kurdish

# dateparser's keys.
_MONTHS = "january february march april may june july august september october november december".split()
_WORD = r"(?P<{}>[^\W\d_][^\s\d,()/|]{{0,24}}?)\.?"
_JOINED = r"(?:\s+|\s*-\s*|\s+d[eiu]l?\s+|\s+d['’]|\s+din\s+|\s+of\s+|\s+)"
_WRITTEN = re.compile(
    r"(?<![\w.,/-])(?:"
    r"(?P<y0>\d{4})\s?[年년/.-]\s?(?P<m0>\d{1,2})\s?[月월/.-]\s?(?P<d0>\d{1,2})(?:\s?[日일.])?"
    rf"|(?P<d1>\d{{1,2}})(?:\.|er|re|[ºª°]|-?(?:го|е))?{_JOINED}?{_WORD.format('m1')},?{_JOINED}?(?P<y1>\d{{4}})"
    rf"|(?P<y2>\d{{4}})(?:\.|m\.|\s?г\.?)?\s+{_WORD.format('m2')}\s+(?P<d2>\d{{1,2}})"
    rf"|{_WORD.format('m3')}\s+(?P<d3>\d{{1,2}})(?:\.|º)?,?\s+(?P<y3>\d{{4}})"
    r"|(?P<d4>\d{1,2})\.\s?(?P<m4>\d{1,2})\.\s?(?P<y4>(?:20)?\d{2})(?!\.?\d)"
    r")(?!\d)"
)
# One of them is in every date, and in few lines.
_MAY_HOLD_DATE = re.compile(r"\d{4}|\d\.\s?\d{1,2}\.\s?\d{2}")


@dataclass(frozen=True, slots=True)
class Written:
    """A date in a text: where it stands, and its numbers, which the calendar may not know."""

    start: int
    end: int
    year: int
    month: int
    day: int


def written(text: str) -> Iterator[Written]:
    """The full dates in a text, in order. Two digits of a year are of this century."""
    if _MAY_HOLD_DATE.search(text) is None:
        return
    at = 0
    while found := _WRITTEN.search(text, at):
        at = found.start() + 1
        for kind in "01234":
            if found[f"d{kind}"]:
                name, year = found[f"m{kind}"], int(found[f"y{kind}"])
                month = int(name) if name.isdigit() else month_names().get(_key(name), 0)
                if month:
                    at = found.end()
                    year += 2000 if year < 100 else 0
                    yield Written(found.start(), found.end(), year, month, int(found[f"d{kind}"]))


@cache
def month_names() -> dict[str, int]:
    """Name or abbreviation -> month; names that mean different months in two languages ("listopad") are left out."""
    meanings: dict[str, set[int]] = {}
    for language in [name for name in language_order if "-" not in name][:LANGUAGES]:
        data = importlib.import_module(
            f"dateparser.data.date_translation_data.{language.replace('-', '_')}"
        ).info
        for number, key in enumerate(_MONTHS, start=1):
            for name in data.get(key, ()):
                if not any(char.isdigit() for char in name):
                    meanings.setdefault(_key(name), set()).add(number)
    return {name: months.pop() for name, months in meanings.items() if len(months) == 1}


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().rstrip(".")
