"""What the format readers hand to the cleaner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from qa.ingest.tables import GAP, Row, tables_of
from qa.records import Alignment, Cell, ListItem, Part, Table

MAX_URL_CHARS = 2_000  # what browsers and servers agree to handle


class Unreadable(Exception):
    """A file, or an article in it, that cannot be indexed; the message is the reason its owner is told."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about itself, outside its text. None: it does not say."""

    title: str | None = None
    published: date | None = None
    published_inferred: bool = False  # found in the text, with nothing that says so
    source: str | None = None
    url: str | None = None
    created: date | None = None  # when the file was made: evidence for a date, not itself the date


@dataclass(frozen=True, slots=True)
class Document:
    """One article as its format gives it: text before cleaning.

    removed: spans of raw, in order and disjoint, that are markup or that the page's structure marks as furniture.
    """

    path: str
    raw: str
    meta: Metadata = field(default_factory=Metadata)
    removed: tuple[tuple[int, int], ...] = ()
    page_starts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()  # what of the file could not be read, though the rest was
    in_file: Alignment | None = None  # raw -> characters of the decoded file; None where the file is no text
    page: bool = False  # read of a page's elements: its lines are whole, and what is no article is removed
    parts: tuple[Part, ...] = ()  # of raw, beside the story, as the format marks them
    items: tuple[ListItem, ...] = ()  # of raw, in order, whose markers are not in it
    tables: tuple[Table, ...] = ()  # of raw, in order, as the format marks them


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row of a document's table, one line of its text. cells: their texts and columns.

    table: tells it apart from others. heads: it is marked as one that names the columns.
    """

    table: Any
    cells: tuple[tuple[str, int], ...]
    heads: bool = False

    @property
    def text(self) -> str:
        return GAP.join(text for text, _ in self.cells if text)

    def row(self, at: int) -> Row:
        """at: where the line begins."""
        cells: list[Cell] = []
        for text, column in self.cells:
            if text:
                cells.append(Cell(at, at + len(text), column))
                at += len(text) + len(GAP)
        return Row(self.table, self.heads, tuple(cells))


DocumentLine = tuple[str, Any]  # a text and its paragraph, where it is known; or the RowLine that it is


class Marked(NamedTuple):
    """What of a document's lines, joined by blank lines, is beside the story, in a list, in a table."""

    parts: tuple[Part, ...]
    items: tuple[ListItem, ...]
    tables: tuple[Table, ...]


def marked(
    lines: Sequence[DocumentLine],
    *,
    caption: Callable[[Any], bool] = lambda paragraph: False,
    item: Callable[[Any], tuple[int, int, str] | None] = lambda paragraph: None,
) -> Marked:
    """item: list, level and marker of a paragraph."""
    parts, items, rows, at = [], [], [], 0
    for text, paragraph in lines:
        if isinstance(paragraph, RowLine):
            rows.append(paragraph.row(at))
        else:
            if caption(paragraph):
                parts.append(Part(at, at + len(text), "caption"))
            if text.strip() and (told := item(paragraph)):
                items.append(ListItem(at, at + len(text), *told))
        at += len(text) + 2
    return Marked(tuple(parts), tuple(items), tables_of(rows, marked=False))


def web_address(text: str | None) -> str | None:
    """`text` where it is an http or https address and nothing else; pages are made of strangers' text."""
    text = (text or "").strip()
    if not 0 < len(text) <= MAX_URL_CHARS or any(c.isspace() or not c.isprintable() for c in text):
        return None
    try:
        parts = urlsplit(text)
        return text if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
