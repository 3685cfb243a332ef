"""A file's bytes -> what is shown of it: its own headings, lists and tables, quotes marked.

A process of its own makes it (`qa.ingest.apart`), so that no file holds up the server, or takes its memory.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from qa.ingest.apart import Limits, TooMuch, done_apart
from qa.ingest.decode import decode
from qa.ingest.document import Unreadable
from qa.ingest.package import Package
from web.view.finding import Quote
from web.view.marked import shown

MAX_BYTES = 2 * 2**20  # of markup; more takes seconds to sanitize, and is shown as text
MAX_PACKAGE_BYTES = 16 * 2**20
LIMITS = Limits(seconds=20.0, memory_mib=2048)  # ten times what 2 MiB of ordinary pages take on a slow core
KEPT = 16  # views; most have under 100 KB
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(?:.*\r?\n){0,100}?---[ \t]*(?:\r?\n|\Z)")
_HTML = frozenset({".html", ".htm", ".xhtml"})
_MARKDOWN = frozenset({".md", ".markdown"})
_WORD = frozenset({".docx", ".docm", ".dotx", ".dotm"})


def as_is(file: Path, quotes: Sequence[Quote], text: str) -> str | None:
    """Safe markup; None where the format is shown as text alone, the file is too large, takes too long, or a quote is
    not found.

    text: the article's. Raises OSError where the file cannot be read.
    """
    suffix = file.suffix.lower()
    limit = MAX_PACKAGE_BYTES if suffix in _WORD else MAX_BYTES
    stat = file.stat()
    if suffix not in _HTML | _MARKDOWN | _WORD or stat.st_size > limit:
        return None
    return _made_apart(file, stat.st_mtime_ns, tuple(quotes), text)


@lru_cache(maxsize=KEPT)
def _made_apart(file: Path, _written: int, quotes: tuple[Quote, ...], text: str) -> str | None:
    """Kept, so that who opens a file again and again that takes too long is not waited for each time."""
    try:
        (made,) = done_apart(_made, file.suffix.lower(), file.read_bytes(), quotes, text, limits=LIMITS)
    except TooMuch:
        return None
    return str(made[0]) if made[0] is not None else None


def _made(suffix: str, data: bytes, quotes: Sequence[Quote], text: str) -> Iterator[tuple[str | None]]:
    try:
        yield (shown(_markup(suffix, data), quotes, text),)
    except (Unreadable, ValueError, KeyError, AttributeError, RecursionError):
        yield (None,)  # it was read, so it has a text


def _markup(suffix: str, data: bytes) -> str:
    if suffix in _HTML:
        return decode(data, declared_in_markup=True)
    if suffix in _MARKDOWN:
        from markdown_it import MarkdownIt  # only who opens such a file waits for it

        text = _FRONT.sub("", decode(data))
        return str(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))
    import mammoth

    Package(data, "a Word document")  # raises for a bomb
    found = mammoth.convert_to_html(io.BytesIO(data), convert_image=lambda image: [])
    return str(found.value)
