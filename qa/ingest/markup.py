"""HTML in a field of something else (a line of .jsonl, a feed, a mail) -> the text that a reader sees."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import trafilatura

from qa.ingest.document import Document, Metadata
from qa.ingest.visible import items_of_blocks, parts_of_blocks, tables_of_blocks, visible_blocks
from qa.records import ListItem, Part, Table

_TAGS = re.compile(
    r"</(?:p|div|a|h[1-6]|ul|ol|li|span|strong|em|b|i|u|table|blockquote|article|section|figure|body|pre|code)\s*>"
    r"|<(?:br|hr|p|img)\b[^<>]{0,500}>",
    re.I,
)
_ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|[lr][sd]quo|[mn]dash|hellip|#\d{2,6}|#x[0-9a-f]{2,5});", re.I
)


class Seen(NamedTuple):
    """What a browser shows of a piece of HTML: a block a line, what of it stands beside the story, items of lists,
    tables."""

    text: str
    parts: tuple[Part, ...] = ()
    items: tuple[ListItem, ...] = ()
    tables: tuple[Table, ...] = ()

    def document(self, path: str, meta: Metadata) -> Document:
        """The article whose raw text it is."""
        return Document(path, self.text, meta, parts=self.parts, items=self.items, tables=self.tables)


def is_markup(text: str) -> bool:
    """Whether a text holds tags or entities of HTML."""
    return bool(_TAGS.search(text) or _ENTITY.search(text))


def seen(text: str) -> str:
    """What a browser shows of a piece of HTML, a block a line; exports may have escaped it once more."""
    return seen_whole(text).text


def seen_whole(text: str) -> Seen:
    """As `seen`, with its parts and lists."""
    if not _TAGS.search(text):
        text = html.unescape(text)
    if not _TAGS.search(text):
        return Seen(html.unescape(text))
    tree = trafilatura.load_html(f"<html><body>{text.replace(chr(0), '')}</body></html>")
    blocks = [] if tree is None else visible_blocks(tree)
    shown = "\n".join(block.text for block in blocks)
    return Seen(shown, parts_of_blocks(blocks), items_of_blocks(blocks), tables_of_blocks(blocks))


def moved(items: Iterable[ListItem], by: int) -> Iterator[ListItem]:
    """Where they are once their text stands `by` characters further on, after other texts with lists of their own."""
    for item in items:
        yield replace(item, start=item.start + by, end=item.end + by, list_id=item.list_id + by)
