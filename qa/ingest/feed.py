"""A saved feed (RSS, Atom) -> one article an entry, as feedparser reads it.

An article's path is the file's with "#" and the entry's number. What an entry holds as HTML is read as a page shows it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import feedparser

from qa.ingest import dates
from qa.ingest.decode import decode
from qa.ingest.document import Document, Metadata, Unreadable, web_address
from qa.ingest.markup import Seen, is_markup, seen, seen_whole
from qa.records import Rejected

_DECLARED = re.compile(r"(\A\s*<\?xml\b[^>]{0,200}?)\s{1,20}encoding\s*=\s*[\"'][^\"']*[\"']", re.I)


def read_feed(path: str, data: bytes) -> Iterator[Document | Rejected]:
    """One result for every entry. Raises Unreadable where there is none."""
    if b"<!ENTITY" in data:
        raise Unreadable("a feed that defines entities of its own, which are not read")
    text = _DECLARED.sub(r"\1", decode(data, declared_in_markup=True).removeprefix("\ufeff"), count=1)
    told: Any = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")), sanitize_html=False, resolve_relative_uris=False
    )
    source = _line(told.feed.get("title"))
    if not told.entries:
        raise Unreadable("a feed without entries")
    for number, entry in enumerate(told.entries, start=1):
        texts = [part.get("value") or "" for part in entry.get("content") or ()]
        text = max([*texts, entry.get("summary") or ""], key=len)
        shown = seen_whole(text) if is_markup(text) else Seen(text)
        if not shown.text.strip():
            yield Rejected(f"{path}#{number}", "no text in the entry")
            continue
        meta = Metadata(
            title=_line(entry.get("title")),
            published=_day(entry),
            source=source,
            url=web_address(entry.get("link")),
        )
        yield shown.document(f"{path}#{number}", meta)


def _shown(text: str) -> str:
    return seen(text) if is_markup(text) else text


def _line(text: str | None) -> str | None:
    return " ".join(_shown(text or "").split()) or None


def _day(entry: Any) -> date | None:
    told = entry.get("published_parsed") or entry.get("updated_parsed")
    return dates.made(*told[:3]) if told else None
