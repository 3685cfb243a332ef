"""An EPUB -> one article: the text of its chapters in the order of reading (EPUB 3.3: the spine of the package).

The raw text is what a reader of the book sees, a block a line, a blank line between chapters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from qa.ingest import dates
from qa.ingest.decode import decode
from qa.ingest.document import Document, Metadata, Unreadable
from qa.ingest.markup import Seen, moved, seen_whole
from qa.ingest.package import Package, target_of
from qa.ingest.tables import further
from qa.records import ListItem, Part, Table

MAX_CHARS = 16_000_000  # as much as the largest text file
NAMES_SHOWN = 5  # of missing chapters

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_CHAPTERS = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})


def read_epub(path: str, data: bytes) -> Document:
    """Raises Unreadable for broken and protected books."""
    book = Package(data, "an EPUB")
    main = _first(book.xml(_CONTAINER).iter("{*}rootfile"), "full-path")
    package = book.xml(main)
    chapters: list[str] = []
    told: list[Part] = []
    items: list[ListItem] = []
    tables: list[Table] = []
    total = 0
    parts = list(_spine(book, main, package))
    missing = [part for part in parts if part not in book]
    for chapter in parts:
        if chapter in missing:
            continue
        text, beside, listed, tabled = seen_whole(decode(book.read(chapter), declared_in_markup=True))
        at = sum(len(before) + 2 for before in chapters)
        total += len(text)
        if total > MAX_CHARS:
            raise Unreadable(f"more than {MAX_CHARS:,} characters of text. Split it")
        if text.strip():
            told += (Part(at + part.start, at + part.end, part.role) for part in beside)
            items += moved(listed, at)
            tables += further(tabled, at)
            chapters.append(text)
    if not chapters:
        raise Unreadable("no text in it: perhaps a book of pictures")
    warnings = (
        (f"chapters that it names and does not hold: {', '.join(missing[:NAMES_SHOWN])}",) if missing else ()
    )
    raw = "\n\n".join(chapters)
    whole = Seen(raw, tuple(told), tuple(items), tuple(tables))
    return replace(whole.document(path, _metadata(package)), warnings=warnings)


def _first(elements: Iterator[Any], attribute: str) -> str:
    for element in elements:
        if told := element.get(attribute):
            return str(told)
    raise Unreadable(f"broken as an EPUB: {_CONTAINER} names no package")


def _spine(book: Package, main: str, package: Any) -> Iterator[str]:
    """The parts that hold the chapters. Raises Unreadable where one of them is protected against reading."""
    items = {item.get("id"): item for item in package.iter("{*}item")}
    protected = _protected(book)
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _CHAPTERS:
            continue
        if "nav" in (item.get("properties") or "").split():
            continue  # the table of contents says nothing that the chapters do not say
        part = target_of(main, item.get("href") or "")
        if part in protected:
            raise Unreadable("protected against copying (DRM). Only an unprotected copy can be read")
        yield part


def _protected(book: Package) -> frozenset[str]:
    """The encrypted parts; that fonts are, books for free reading have as well."""
    root = book.optional_xml(_ENCRYPTION)
    if root is None:
        return frozenset()
    return frozenset(target_of("", told.get("URI") or "") for told in root.iter("{*}CipherReference"))


def _metadata(package: Any) -> Metadata:
    def told(name: str) -> str | None:
        text = package.findtext(f".//{{*}}metadata//{{http://purl.org/dc/elements/1.1/}}{name}") or ""
        return " ".join(text.split()) or None

    day = told("date")
    return Metadata(
        title=told("title"), published=dates.parsed(day) if day else None, source=told("publisher")
    )
