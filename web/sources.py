"""An article's source: which way it is shown, its pages as pictures, and the file itself."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from flask import Blueprint, Response, send_file
from markupsafe import Markup

from qa.answer.tell.selectors import selectors
from qa.engine import Engine
from qa.errors import BadRequest, NotFound
from qa.records import Article, Selector
from web.engine_source import engine
from web.view.as_is import as_is
from web.view.finding import Quote, quotes
from web.view.pdf import Box, PdfPage, marked_pages, pdf_page, rectangles

blueprint = Blueprint("sources", __name__)

MAX_PAGES = 20  # of a PDF that are shown where nothing is marked in it
MAX_MARKED_PAGES = 5
_PLAIN = frozenset({".txt", ".text", ".md", ".markdown", ".csv", ".tsv", ".jsonl", ".ndjson", ""})


@dataclass(frozen=True, slots=True)
class View:
    """How an article is shown: as its own markup, as its pages, or, where neither is there, as text alone.

    file: whether the file that was indexed is still there; missing: why it is not.
    """

    quotes: list[Quote]
    markup: Markup | None = None
    pages: Sequence[tuple[PdfPage, list[tuple[Quote, list[Box]]]]] = ()
    pictures: int = 0  # pages of a PDF, where nothing is marked in it
    file: bool = False
    missing: str = ""

    @property
    def is_text(self) -> bool:
        return self.markup is None and not self.pages and not self.pictures

    @property
    def unmarked(self) -> list[Quote]:
        """Those that were not found on the picture of their page."""
        return [quote for _, told in self.pages for quote, boxes in told if not boxes]


def view(opened: Engine, article: Article, marks: Sequence[tuple[int, int]], as_text: bool) -> View:
    """as_text: show the text that was read, whatever else could be shown."""
    within = [(start, min(end, len(article.raw))) for start, end in marks if start < len(article.raw)]
    quoted = quotes(article, within)
    try:
        file = opened.original(article.id)
    except NotFound as error:
        return View(quoted, missing=error.afar)
    if as_text:
        return View(quoted, file=True)
    if article.page_starts and file.suffix.lower() == ".pdf":
        return _paged(file, article, quoted)
    try:
        markup = as_is(file, quoted, article.text)
    except OSError:
        markup = None
    return View(quoted, markup=None if markup is None else Markup(markup), file=True)


def _paged(file: Path, article: Article, quoted: list[Quote]) -> View:
    numbered = [(max(1, bisect_right(article.page_starts, quote.start)), quote) for quote in quoted]
    shown = sorted({number for number, _ in numbered})[:MAX_MARKED_PAGES]
    try:
        pages = marked_pages(file, [(number, quote) for number, quote in numbered if number in shown])
    except (NotFound, OSError):
        return View(quoted, file=True)
    pictures = 0 if pages else min(len(article.page_starts), MAX_PAGES)
    return View(quoted, pages=pages, pictures=pictures, file=True)


def located(opened: Engine, article: Article, start: int, end: int) -> tuple[Selector, ...]:
    """Where raw[start:end] stands in the file; where its PDF is still there, the rectangles of its lines too.

    Raises BadRequest for a place that is none.
    """
    if not start < end <= len(article.raw):
        raise BadRequest(
            f"{start} to {end} is no place in this article: it has {len(article.raw)} characters."
        )
    found = selectors(article, start, end)
    number = next(
        (int(one.value.partition("=")[2]) for one in found if one.value and article.page_starts), None
    )
    if number is None:
        return found
    (quote,) = quotes(article, [(start, end)])
    try:
        lines = rectangles(opened.original(article.id), number, quote)
    except (NotFound, OSError):  # the file has gone, or cannot be drawn: its page is known all the same
        return found
    return found + tuple(Selector("FragmentSelector", value=line) for line in lines)


@blueprint.get("/source/<article_id>/page/<int:number>.png")
def page(article_id: str, number: int) -> Response:
    """A page of a PDF."""
    file = engine().original(article_id)
    if file.suffix.lower() != ".pdf":
        raise NotFound("This source has no pages.")
    return send_file(BytesIO(pdf_page(file, number).png), mimetype="image/png")


@blueprint.get("/source/<article_id>/file")
def original(article_id: str) -> Response:
    """The file as it is. A browser shows plain text and PDFs; anything that could run is only saved."""
    file = engine().original(article_id)
    suffix = file.suffix.lower()
    kind = "application/pdf" if suffix == ".pdf" else "text/plain" if suffix in _PLAIN else None
    return send_file(
        file,
        mimetype=kind or "application/octet-stream",
        as_attachment=kind is None,
        download_name=file.name,
        etag=False,
    )
