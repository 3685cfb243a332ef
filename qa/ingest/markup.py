"""HTML in a field of something else (a line of .jsonl, a feed, a mail) -> the text that a reader sees."""

from __future__ import annotations

import html
import re

import trafilatura

from qa.ingest.visible import parts_of_blocks, visible_blocks
from qa.records import Part

_TAGS = re.compile(
    r"</(?:p|div|a|h[1-6]|ul|ol|li|span|strong|em|b|i|u|table|blockquote|article|section|figure|body|pre|code)\s*>"
    r"|<(?:br|hr|p|img)\b[^<>]{0,500}>",
    re.I,
)
_ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|[lr][sd]quo|[mn]dash|hellip|#\d{2,6}|#x[0-9a-f]{2,5});", re.I
)


def is_markup(text: str) -> bool:
    """Whether a text holds tags or entities of HTML."""
    return bool(_TAGS.search(text) or _ENTITY.search(text))


def seen(text: str) -> str:
    """What a browser shows of a piece of HTML, a block a line; exports may have escaped it once more."""
    return seen_parts(text)[0]


def seen_parts(text: str) -> tuple[str, tuple[Part, ...]]:
    """As `seen`, and what of it stands beside the story."""
    if not _TAGS.search(text):
        text = html.unescape(text)
    if not _TAGS.search(text):
        return html.unescape(text), ()
    tree = trafilatura.load_html(f"<html><body>{text.replace(chr(0), '')}</body></html>")
    blocks = [] if tree is None else visible_blocks(tree)
    return "\n".join(block.text for block in blocks), parts_of_blocks(blocks)
