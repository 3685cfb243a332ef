"""What the format readers hand to the cleaner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from qa.records import Alignment, ListItem, Part

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


def marked(
    lines: Sequence[tuple[str, Any | None]],
    *,
    caption: Callable[[Any], bool],
    item: Callable[[Any], tuple[int, int, str] | None],
) -> tuple[tuple[Part, ...], tuple[ListItem, ...]]:
    """The captions, and the items of lists, where they stand in the lines' texts joined by blank lines.

    lines: each text with its paragraph; None: it is a row of a table. item: list, level and marker of a paragraph.
    """
    parts, items, at = [], [], 0
    for text, paragraph in lines:
        if paragraph is not None and caption(paragraph):
            parts.append(Part(at, at + len(text), "caption"))
        if paragraph is not None and text.strip() and (told := item(paragraph)):
            items.append(ListItem(at, at + len(text), *told))
        at += len(text) + 2
    return tuple(parts), tuple(items)


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
