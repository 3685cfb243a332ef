"""Which articles a question may be answered from: by date, source, folder, or one alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from .errors import BadRequest, Unprocessable

_TOLD_CHARS = 120
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")  # fromisoformat() also takes week dates, from Python 3.11 on


@dataclass(frozen=True, slots=True)
class Filters:
    """Both days are included. With a day given, articles without a date are left out.

    source: an article's source, whatever its case, or the host of its address ("tass.com" is also www.tass.com).
    folder: one that its file, or a copy of it, lies in at any depth, relative to what was indexed ("news/2022").
    article: the id of the only one.
    """

    published_after: date | None = None
    published_before: date | None = None
    source: str | None = None
    folder: str | None = None
    article: str | None = None

    def __bool__(self) -> bool:
        return self != Filters()

    @classmethod
    def of(
        cls,
        published_after: str | date | None = None,
        published_before: str | date | None = None,
        source: str | None = None,
        folder: str | None = None,
        article: str | None = None,
    ) -> Filters:
        """From what a request gives. Raises BadRequest for what is no day and for an empty source, folder or article,
        Unprocessable for days in the wrong order."""
        after, before = _day(published_after, "published_after"), _day(published_before, "published_before")
        if after and before and after > before:
            raise Unprocessable(
                f"published_after is {after} and published_before is {before}, which is earlier. Swap them."
            )
        source = _name(source, "source", "Name a source, for instance TASS or tass.com")
        folder = _name(
            folder, "folder", "Name a folder of what was indexed, for instance news/2022", strip="/"
        )
        article = _name(article, "article", "Name an article by its id, as /articles lists it")
        return cls(after, before, None if source is None else " ".join(source.split()), folder, article)

    def narrowed(self, first: date, last: date) -> Filters:
        """To these days too; where no day is left, nothing matches."""
        after, before = self.published_after or first, self.published_before or last
        return replace(self, published_after=max(first, after), published_before=min(last, before))

    def told(self) -> str:
        """In words that follow "no article": "from TASS that was published from 2021-12-01 on"."""
        days = {
            (True, True): f"between {self.published_after} and {self.published_before}",
            (True, False): f"on or after {self.published_after}",
            (False, True): f"on or before {self.published_before}",
        }.get((self.published_after is not None, self.published_before is not None))
        article = f" the one with the id {_shortened(self.article)}" if self.article else ""
        folder = f" in the folder {_shortened(self.folder)}" if self.folder else ""
        source = f" from {_shortened(self.source)}" if self.source else ""
        return article + folder + source + (f" published {days}" if days else "")


def folders_of(path: str) -> list[str]:
    """Those that a file lies in, the outermost first: of news/2022/a.txt, news and news/2022."""
    names = path.split("/")[:-1]
    return ["/".join(names[: depth + 1]) for depth in range(len(names))]


def _shortened(value: str) -> str:
    """As a sentence can hold it: an address may carry thousands of characters."""
    return value if len(value) <= _TOLD_CHARS else value[:_TOLD_CHARS] + "…"


def _name(value: str | None, name: str, way_on: str, strip: str = "") -> str | None:
    if value is None:
        return None
    named = value.strip().strip(strip) if isinstance(value, str) else ""
    if not named:
        raise BadRequest(f"{name} is empty. {way_on}, or leave it out.")
    return named


def _day(value: str | date | None, name: str) -> date | None:
    if value is None or (isinstance(value, date) and type(value) is date):
        return value
    if isinstance(value, str) and _ISO.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise BadRequest(f"{name} is {str(value)[:40]!r}. It must be a day of the calendar, as in 2022-02-04.")
