"""Visible text of a page -> where each of its characters stands in the page's source.

No parser tells that of the text that it hands out, so the source's own text is read beside it: what stands between
its tags, with character references as the characters that they name. A block of the page is found there by its letters
and digits; white space that a browser collapses and marks around words then stand for what is between them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from qa.ingest.align import TextBuilder
from qa.records import Alignment

_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)|<[!/?a-zA-Z][^>]*>",
    re.DOTALL | re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")


def in_file(source: str, blocks: Sequence[str]) -> Alignment:
    """The blocks, joined by line ends, aligned with the source. What of them is not found there stands for nothing.

    Where a run's lengths are the same its characters are the source's own; elsewhere the whole run stands for the
    whole stretch: a character reference, collapsed white space, tags within a word.
    """
    letters, places = _letters(source)
    builder, at = TextBuilder(), 0
    for number, block in enumerate(blocks):
        if number:
            builder.insert("\n")
        wanted = "".join(char for char in block if char.isalnum())
        found = letters.find(wanted, at) if wanted else -1
        if found < 0:
            builder.insert(block)
            continue
        at = found + len(wanted)
        _put(builder, block, source, places[found:at])
    return builder.build()[1]


def _letters(source: str) -> tuple[str, list[tuple[int, int]]]:
    """The letters and digits of the source's text, and [start, end) of each in the source."""
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    for match in [*_MARKUP.finditer(source), None]:
        end = match.start() if match else len(source)
        while at < end:
            reference = _REFERENCE.match(source, at, end) if source[at] == "&" else None
            stop = reference.end() if reference else at + 1
            for char in html.unescape(reference.group()) if reference else source[at]:
                if char.isalnum():
                    letters.append(char)
                    places.append((at, stop))
            at = stop
        at = max(at, match.end()) if match else at
    return "".join(letters), places


def _put(builder: TextBuilder, block: str, source: str, places: Sequence[tuple[int, int]]) -> None:
    """A block whose letters and digits stand at these places."""
    last, pending, following = builder.raw_end, "", iter(places)
    first = True
    for char in block:
        if not char.isalnum():
            pending += char
            continue
        start, end = next(following)
        if pending:
            if first or start < last:
                builder.insert(pending)
            else:
                builder.put(pending, last, start)
            pending = ""
        if end - start == 1 and source[start] == char:
            builder.put(char, start, end)
        elif start >= last:
            builder.put(char, start, end)  # a reference: one character for the whole of it
        else:
            builder.insert(char)  # the second character of the same reference
        last, first = max(last, end), False
    if pending:
        tail = source[last : last + len(pending)]
        if tail == pending:
            builder.put(pending, last, last + len(pending))
        else:
            builder.insert(pending)
