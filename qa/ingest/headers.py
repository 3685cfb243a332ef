"""A block of "Name: value" lines at the head of a text (mail, scrapers' dumps) -> metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.ingest import dates
from qa.ingest.document import web_address
from qa.ingest.lines import Line

MIN_HEADERS = 2  # one such line alone may be a sentence: "Date: unknown."

_HEADER = re.compile(r"(?P<name>[A-Za-z][A-Za-z-]{1,20})\s*:\s*(?P<value>.{0,300})")
_TITLE = frozenset({"title", "subject", "headline"})
_DATE = frozenset({"date", "published", "sent", "posted", "created"})
_ADDRESS = frozenset({"url", "link", "permalink", "canonical"})
_SOURCE = frozenset({"source", "publisher", "publication", "site"})
_OTHER = frozenset(
    "from to cc bcc reply-to message-id mime-version content-type return-path received author byline language lang"
    " section category categories tags keywords id slug updated modified copyright".split()
)
_KNOWN = _TITLE | _DATE | _ADDRESS | _SOURCE | _OTHER


@dataclass(frozen=True, slots=True)
class Headers:
    title: str | None = None
    dates: tuple[date, ...] = ()
    url: str | None = None
    source: str | None = None


def read_headers(lines: Sequence[Line]) -> tuple[Headers, list[Line]]:
    """What the headers at the very start say, and the lines after them; all lines where there are none."""
    found: dict[str, str] = {}
    count = 0
    for line in lines:
        header = _HEADER.fullmatch(line.text)
        if not header or header["name"].lower() not in _KNOWN:
            break
        found.setdefault(header["name"].lower(), header["value"].strip())
        count += 1
    if count < MIN_HEADERS or count == len(lines):
        return Headers(), list(lines)
    days = [dates.parsed(found[name]) for name in sorted(_DATE & found.keys())]
    source = _first(found, _SOURCE)
    headers = Headers(
        title=_first(found, _TITLE),
        dates=tuple(day for day in days if day),
        url=web_address(_first(found, _ADDRESS)) or web_address(source),
        source=None if web_address(source) else source,
    )
    return headers, list(lines[count:])


def _first(found: dict[str, str], names: frozenset[str]) -> str | None:
    return next((value for name, value in found.items() if name in names and value), None)
