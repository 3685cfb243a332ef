"""Visible text of a page -> where each of its characters stands in the page's source.

No parser tells that of the text that it hands out, so the source's own text is read beside it: what stands between
its tags, with character references as the characters that they name. A block of the page is found there by its letters
and digits; white space that a browser collapses and marks around words then stand for what is between them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from qa.ingest.align import TextBuilder
from qa.records import Alignment

_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)|<[!/?a-zA-Z][^>]*>",
    re.DOTALL | re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_WORD_OR_REFERENCE = re.compile(
    r"([^\W_]+)|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?"
)


def in_file(source: str, blocks: Sequence[str]) -> Alignment:
    """The blocks, joined by line ends, aligned with the source. What of them is not found there stands for nothing.

    Where a run's lengths are the same its characters are the source's own; elsewhere the whole run stands for the
    whole stretch: a character reference, collapsed white space, tags within a word.
    """
    letters, starts, ends = _letters(source)
    builder, at = TextBuilder(), 0
    for number, block in enumerate(blocks):
        if number:
            builder.insert("\n")
        wanted = "".join(_WORD.findall(block))
        found = letters.find(wanted, at) if wanted else -1
        if found < 0:
            builder.insert(block)
            continue
        at = found + len(wanted)
        _put(builder, block, source, starts[found:at], ends[found:at])
    return builder.build()[1]


def _letters(source: str) -> tuple[str, list[int], list[int]]:
    """The letters and digits of the source's text, and where each starts and ends in the source."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in [*_MARKUP.finditer(source), None]:
        end = match.start() if match else len(source)
        for found in _WORD_OR_REFERENCE.finditer(source, at, end):
            if found[1]:
                letters.append(found[1])
                starts.extend(range(found.start(), found.end()))
                ends.extend(range(found.start() + 1, found.end() + 1))
                continue
            for char in html.unescape(found.group()):
                if char.isalnum():
                    letters.append(char)
                    starts.append(found.start())
                    ends.append(found.end())
        at = max(at, match.end()) if match else at
    return "".join(letters), starts, ends


def _put(builder: TextBuilder, block: str, source: str, starts: Sequence[int], ends: Sequence[int]) -> None:
    """A block whose letters and digits stand at these places."""
    last, at, done = builder.raw_end, 0, 0
    for word in _WORD.finditer(block):
        count = len(word.group())
        first, after = starts[done], ends[done + count - 1]
        if word.start() > at:
            if not done or first < last:
                builder.insert(block[at : word.start()])
            else:
                builder.put(block[at : word.start()], last, first)
        if source[first:after] == word.group():
            builder.put(word.group(), first, after)
            last = max(last, after)
        else:
            places = zip(starts[done : done + count], ends[done : done + count], strict=True)
            last = _put_each(builder, word.group(), source, places, last)
        at, done = word.end(), done + count
    if at < len(block):
        tail = block[at:]
        if source[last : last + len(tail)] == tail:
            builder.put(tail, last, last + len(tail))
        else:
            builder.insert(tail)


def _put_each(
    builder: TextBuilder, word: str, source: str, places: Iterable[tuple[int, int]], last: int
) -> int:
    """A word with tags or references within it, character by character; where its last one ends."""
    for char, (start, end) in zip(word, places, strict=True):
        if (end - start == 1 and source[start] == char) or start >= last:
            builder.put(char, start, end)  # itself, or a reference: one character for the whole of it
        else:
            builder.insert(char)  # the second character of the same reference
        last = max(last, end)
    return last
