"""A record with named fields (a line of .jsonl, a row of .csv) -> an article.

The raw text of such an article is the field that holds its text; where that field is HTML, what a reader sees of it.
Surrogates that stand alone in JSON escapes are no characters; they become U+FFFD, one for one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qa.ingest import dates
from qa.ingest.document import Document, Metadata, Unreadable, web_address
from qa.ingest.markup import Seen, is_markup, seen, seen_whole

# What exports call these fields; the first that a record has is taken.
KNOWN = {
    "text": "text body content article articlebody article_text full_text maintext".split(),
    "title": "title headline name subject".split(),
    "date": (
        "date",
        "published",
        "published_at",
        "pubdate",
        "datepublished",
        "publish_date",
        "timestamp",
        "created_at",
    ),
    "url": "url link permalink".split(),
    "source": "source publisher site site_name domain".split(),
}
NAMES_SHOWN = 12  # of a record's fields, where none of them is the text

_SURROGATES = re.compile("[\ud800-\udfff]")
_EPOCH = re.compile(r"\d{10}(?:\.\d+)?|\d{13}|\d{16}")
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fields:
    """Which field of a record is which part of an article; `named` stands before what exports usually call them."""

    named: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parsed(cls, told: str) -> Fields:
        """From "text=body,title=headline". Raises ValueError, which says what is wrong with it."""
        named: dict[str, str] = {}
        for pair in told.split(","):
            part, equals, name = (piece.strip() for piece in pair.partition("="))
            if not equals or not name or part not in KNOWN:
                raise ValueError(
                    f"{pair.strip()!r} is not PART=FIELD, where PART is one of {', '.join(KNOWN)}"
                )
            named[part] = name
        return cls(named)

    def __str__(self) -> str:
        return ",".join(f"{part}={name}" for part, name in self.named.items())

    def of(self, record: Mapping[str, Any], part: str) -> Any:
        """The value of a part of the article; None where the record has no field for it."""
        name = self.name(record, part)
        return None if name is None else record.get(name)

    def name(self, record: Mapping[str, Any], part: str) -> str | None:
        """What the record calls a part of the article; None where it has no field for it."""
        if part in self.named:
            return self.named[part]
        lower = {name.strip().lower(): name for name in reversed(list(record)) if isinstance(name, str)}
        return next((lower[name] for name in KNOWN[part] if name in lower), None)

    def article(self, path: str, record: Mapping[str, Any]) -> Document:
        """Raises Unreadable where the record has no text."""
        text = self.of(record, "text")
        if not isinstance(text, str):
            raise Unreadable(self._no_text(record))
        text = _SURROGATES.sub("\ufffd", text)
        meta = Metadata(
            title=self._line(record, "title"),
            published=day_of(self.of(record, "date")),
            source=self._line(record, "source"),
            url=web_address(self._line(record, "url")),
        )
        shown = seen_whole(text) if is_markup(text) else Seen(text)
        return shown.document(path, meta)

    def _line(self, record: Mapping[str, Any], part: str) -> str | None:
        value = self.of(record, part)
        if not isinstance(value, str):
            return None
        value = _SURROGATES.sub("\ufffd", value)
        return " ".join((seen(value) if is_markup(value) else value).split()) or None

    def _no_text(self, record: Mapping[str, Any]) -> str:
        wanted = self.named.get("text", "text")
        names = [str(name) for name in record]
        shown = ", ".join(names[:NAMES_SHOWN]) + (", …" if len(names) > NAMES_SHOWN else "")
        return (
            f'no "{wanted}", or it is not a string. It has: {shown or "nothing"}. '
            "Name the field of the text with: --fields text=NAME"
        )


def day_of(value: Any) -> date | None:
    """The day of a written date, or of seconds, milliseconds or microseconds since 1970."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _since_1970(float(value))
    if not isinstance(value, str):
        return None
    value = value.strip()
    return _since_1970(float(value)) if _EPOCH.fullmatch(value) else dates.parsed(value)


def _since_1970(count: float) -> date | None:
    """The unit is the one in which the count lies between 1990 and 2100: those ranges do not meet."""
    for unit in (1, 1_000, 1_000_000):
        try:
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=count / unit)
        except (OverflowError, ValueError):
            continue
        if _EARLIEST <= at < _LATEST:
            return at.date()
    return None
