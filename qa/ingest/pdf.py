"""A PDF -> its extracted text with the place where each page begins.

The raw text is what pypdf extracts, a line a line, without running heads and page numbers: left in, they would
stand in the middle of every sentence that crosses a page.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from datetime import datetime

from pypdf import PdfReader
from pypdf.errors import DependencyError, PdfReadError

from qa.ingest.document import Document, Metadata, Unreadable

logging.getLogger("pypdf").setLevel(
    logging.CRITICAL
)  # it warns of every repaired defect; our reasons name the file

MAX_PAGES = 2_000  # extraction takes about 20 ms a page; a longer document is an archive, not an article
MAX_CHARS = 16_000_000  # as much as the largest text file
RUNNING_PAGES = 3  # a line at the same edge of three pages and of half of all is a running head
RUNNING_SHARE = 0.5
EDGE_LINES = 2  # running heads take one or two lines at the top or bottom

_FILE_NAME = re.compile(
    r"\.(?:docx?|pdf|indd|qxd|tex|odt|rtf|pptx?|xlsx?)\b|^(?:untitled|microsoft word)", re.I
)


def read_pdf(path: str, data: bytes) -> Document:
    """Raises Unreadable for encrypted, scanned and broken files."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted: it asks for a password. Save it without one and index it again")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise Unreadable(f"{count:,} pages, more than the {MAX_PAGES:,} that are read. Split it")
        pages: list[list[str]] = []
        total = 0
        for page in reader.pages:
            text = page.extract_text()
            total += len(text)
            if total > MAX_CHARS:
                raise Unreadable(f"more than {MAX_CHARS:,} characters of text. Split it")
            pages.append(text.split("\n"))
        meta = _metadata(reader)
    except DependencyError as error:
        raise Unreadable(
            "encrypted in a way that cannot be opened here. Save it without a password"
        ) from error
    except PdfReadError as error:
        raise Unreadable(f"a broken PDF: {error}") from error
    pages = _without_running_heads(pages)
    pieces, starts, at = [], [], 0
    for lines in pages:
        piece = "\n".join(lines) + "\n"
        starts.append(at)
        pieces.append(piece)
        at += len(piece)
    raw = "".join(pieces)
    if not raw.strip():
        raise Unreadable("no text in it: probably scanned. Run text recognition (OCR) on it first")
    return Document(path, raw, meta, page_starts=tuple(starts))


def _metadata(reader: PdfReader) -> Metadata:
    told = reader.metadata
    if told is None:
        return Metadata()
    title = told.title
    title = " ".join(str(title).split()) if title else ""
    try:
        created: datetime | None = told.creation_date
    except ValueError:
        created = None  # a date that is none: many programs write one
    return Metadata(
        title=title if len(title.split()) >= 2 and not _FILE_NAME.search(title) else None,
        created=created.date() if created else None,
    )


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    pages = [_edges_stripped(lines) for lines in pages]
    times: Counter[tuple[bool, str]] = Counter()
    for lines in pages:
        times.update({(top, _shape(line)) for top, line in _edges(lines)})
    running = {key for key, seen in times.items() if seen >= max(RUNNING_PAGES, RUNNING_SHARE * len(pages))}
    kept = []
    for lines in pages:
        first, last = 0, len(lines)
        while first < min(EDGE_LINES, last) and (True, _shape(lines[first])) in running:
            first += 1
        while last > max(first, len(lines) - EDGE_LINES) and (False, _shape(lines[last - 1])) in running:
            last -= 1
        kept.append(lines[first:last])
    return kept


def _edges_stripped(lines: list[str]) -> list[str]:
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []


def _edges(lines: list[str]) -> list[tuple[bool, str]]:
    return [(True, line) for line in lines[:EDGE_LINES]] + [(False, line) for line in lines[-EDGE_LINES:]]


def _shape(line: str) -> str:
    """A running head without what changes from page to page."""
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", " ".join(line.split()).lower())
