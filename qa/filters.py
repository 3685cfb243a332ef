"""Which articles a question may be answered from: by their date and their source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from .errors import BadRequest

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")  # fromisoformat() also takes week dates, from Python 3.11 on


@dataclass(frozen=True, slots=True)
class Filters:
    """Both days are included. With a day given, articles without a date are left out.

    source: an article's source, whatever its case, or the host of its address ("tass.com" is also www.tass.com).
    """

    published_after: date | None = None
    published_before: date | None = None
    source: str | None = None

    def __bool__(self) -> bool:
        return self != Filters()

    @classmethod
    def of(
        cls,
        published_after: str | date | None = None,
        published_before: str | date | None = None,
        source: str | None = None,
    ) -> Filters:
        """From what a request gives. Raises BadRequest for what is no day, for days in the wrong order, and for an
        empty source."""
        after, before = _day(published_after, "published_after"), _day(published_before, "published_before")
        if after and before and after > before:
            raise BadRequest(
                f"published_after is {after} and published_before is {before}, which is earlier. Swap them."
            )
        if source is not None and (not isinstance(source, str) or not source.strip()):
            raise BadRequest(
                "source is empty. Name a source, for instance TASS or tass.com, or leave it out."
            )
        return cls(after, before, None if source is None else " ".join(source.split()))

    def told(self) -> str:
        """In words that follow "no article": "from TASS that was published from 2021-12-01 on"."""
        days = {
            (True, True): f"between {self.published_after} and {self.published_before}",
            (True, False): f"on or after {self.published_after}",
            (False, True): f"on or before {self.published_before}",
        }.get((self.published_after is not None, self.published_before is not None))
        source = f" from {self.source}" if self.source else ""
        return source + (f" published {days}" if days else "")


def _day(value: str | date | None, name: str) -> date | None:
    if value is None or (isinstance(value, date) and type(value) is date):
        return value
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise BadRequest(f"{name} is {str(value)[:40]!r}. It must be a day of the calendar, as in 2022-02-04.")
