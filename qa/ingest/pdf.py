"""A PDF -> its extracted text with the place where each page begins.

The raw text is what PDFium extracts, a line a line, a blank line between paragraphs, without running heads and page
numbers. Pages whose text cannot be read are told as warnings.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from qa.ingest import dates
from qa.ingest.document import Document, Metadata, Unreadable
from qa.ingest.pdf_heads import without_running_heads
from qa.ingest.pdf_letters import Letters, private_letters, without_private
from qa.ingest.pdf_page import PageLine, page_lines
from qa.ingest.pdf_streams import check_streams
from qa.ingest.sniff import SAVE_AGAIN
from qa.ingest.titles import own_title

MAX_PAGES = 2_000  # a longer document is an archive, not an article
MAX_CHARS = 16_000_000  # as much as the largest text file
TITLE_PAGE_LINES = 40  # in which a title that is the document's own stands
UNKNOWN_SHARE = 0.1  # of a page's characters cannot be told: what is left makes no sentences

_PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not made for threads


def read_pdf(path: str, data: bytes) -> Document:
    """Raises Unreadable for encrypted, scanned and broken files."""
    check_streams(data)
    with _ONE_AT_A_TIME:
        try:
            with pdfium.PdfDocument(data) as document:
                meta, pages, warnings = _read(document)
        except pdfium.PdfiumError as error:
            raise Unreadable(_why(error)) from error
    pages = without_running_heads(pages)
    pieces, starts, at = [], [], 0
    for lines in pages:
        piece = "".join(_on_page(lines))
        starts.append(at)
        pieces.append(piece)
        at += len(piece)
    raw = "".join(pieces)
    if not raw.strip():
        raise Unreadable(
            "; ".join(warnings) or "no text in it: probably scanned. Run text recognition (OCR) on it first"
        )
    head = " ".join(line.text for line in pages[0][:TITLE_PAGE_LINES])
    meta = replace(meta, title=own_title(meta.title, head))
    return Document(path, raw, meta, page_starts=tuple(starts), warnings=warnings)


def _why(error: pdfium.PdfiumError) -> str:
    code = getattr(error, "err_code", None)
    if code == pdfium_c.FPDF_ERR_PASSWORD:
        return "encrypted: it asks for a password. Save it without one and index it again"
    if code == pdfium_c.FPDF_ERR_SECURITY:
        return "encrypted in a way that cannot be opened here. Save it without a password"
    return f"a broken PDF: no page of it can be opened. {SAVE_AGAIN}"


def _read(document: pdfium.PdfDocument) -> tuple[Metadata, list[list[PageLine]], tuple[str, ...]]:
    count = len(document)
    if count > MAX_PAGES:
        raise Unreadable(f"{count:,} pages, more than the {MAX_PAGES:,} that are read. Split it")
    if document.get_formtype():
        document.init_forms()
    form = document.formenv
    letters = Letters()
    pages: list[list[PageLine]] = []
    unmapped: list[int] = []
    scanned: list[int] = []
    broken: list[int] = []
    total = 0
    for number in range(count):
        letters.next_page()
        try:
            page = document[number]
        except pdfium.PdfiumError:
            broken.append(number)
            pages.append([])
            continue
        try:
            lines = page_lines(page, form.raw if form else None, letters)
            chars = sum(len(line.text) for line in lines)
            if letters.unknown > UNKNOWN_SHARE * (chars + letters.unknown):
                unmapped.append(number)
                lines = []
            elif not lines and _has_picture(page):
                scanned.append(number)
        finally:
            page.close()
        total += chars
        if total > MAX_CHARS:
            raise Unreadable(f"more than {MAX_CHARS:,} characters of text. Split it")
        pages.append(lines)
    pages, lost = _with_letters(pages)
    warnings = [
        _told(
            scanned, count, "a picture without text, probably scanned. Run text recognition (OCR) on the file"
        ),
        _told(
            unmapped,
            count,
            "a font without a map to characters, so its text is not read. Print the file anew to PDF",
        ),
        _told(lost, count, "some characters of a font of its own are not known and were left out"),
        _told(broken, count, "broken, not read"),
    ]
    return _metadata(document), pages, tuple(one for one in warnings if one)


def _told(pages: Sequence[int], count: int, what: str) -> str | None:
    """Such as "pages 2-5 of 7: a picture"."""
    if not pages:
        return None
    runs: list[list[int]] = []
    for page in pages:
        if runs and runs[-1][1] == page - 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    named = ", ".join(f"{first + 1}" if first == last else f"{first + 1}–{last + 1}" for first, last in runs)
    return f"page{'s' if len(pages) > 1 else ''} {named} of {count}: {what}"


def _with_letters(pages: list[list[PageLine]]) -> tuple[list[list[PageLine]], list[int]]:
    """The pages with private characters read, and the pages on which some were not."""
    letters = private_letters(line.text for lines in pages for line in lines)
    lost: list[int] = []
    read = []
    for number, lines in enumerate(pages):
        here = []
        for line in lines:
            text, missing = without_private(line.text, letters)
            if missing and number not in lost:
                lost.append(number)
            if text.strip():
                here.append(replace(line, text=text))
        read.append(here)
    return read, lost


def _has_picture(page: pdfium.PdfPage) -> bool:
    return next(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3), None) is not None


def _on_page(lines: Iterable[PageLine]) -> Iterable[str]:
    for line in lines:
        yield ("\n" if line.starts_paragraph else "") + line.text + "\n"


def _metadata(document: pdfium.PdfDocument) -> Metadata:
    title = " ".join(_meta(document, b"Title").split())
    made = _PDF_DATE.match(_meta(document, b"CreationDate"))
    return Metadata(
        title=title or None,
        created=dates.made(*(int(part) for part in made.groups())) if made else None,
    )


def _meta(document: pdfium.PdfDocument, key: bytes) -> str:
    size = pdfium_c.FPDF_GetMetaText(document, key, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium_c.FPDF_GetMetaText(document, key, buffer, size)
    return buffer.raw[: max(size - 2, 0)].decode("utf-16-le", "replace")
