"""Visible text of a page -> where each of its characters stands in the page's source.

No parser tells that of the text that it hands out, so the source's own text is read beside it: what stands between
its tags, with character references as the characters that they name. A block of the page is found there by its letters
and digits; white space that a browser collapses and marks around words then stand for what is between them.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
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


def in_file(source: str, blocks: Sequence[str], kept: Sequence[bool]) -> Alignment:
    """The blocks, joined by line ends, aligned with the source. What of them is not found there stands for nothing,
    and so does what is not kept.

    Where a run's lengths are the same its characters are the source's own; elsewhere the whole run stands for the
    whole stretch: a character reference, collapsed white space, tags within a word.
    """
    letters = _Letters(source)
    builder, at = TextBuilder(), 0
    for number, (block, keep) in enumerate(zip(blocks, kept, strict=True)):
        if number:
            builder.insert("\n")
        wanted = "".join(_WORD.findall(block))
        found = letters.text.find(wanted, at) if wanted else -1
        if found >= 0:
            at = found + len(wanted)
        if found < 0 or not keep:
            builder.insert(block)
            continue
        first = _WORD.search(block)
        start = letters.start(found) - (first.start() if first else 0)
        if start >= builder.raw_end and source.startswith(block, start):
            builder.put(block, start, start + len(block))
        else:
            _put(builder, block, source, *letters.places(found, at))
    return builder.build()[1]


class _Letters:
    """The letters and digits of the source's text, and where they stand in the source; that is found out when asked."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._stretches: list[tuple[int, int]] = []  # of text between tags
        self._before: list[int] = []  # letters before each
        self._known: dict[int, tuple[list[int], list[int]]] = {}
        parts: list[str] = []
        count = at = 0
        for match in [*_MARKUP.finditer(source), None]:
            end = match.start() if match else len(source)
            text = source[at:end]
            if text and not text.isspace() and (letters := _letters(text)):
                self._stretches.append((at, end))
                self._before.append(count)
                parts.append(letters)
                count += len(letters)
            at = max(at, match.end()) if match else at
        self.text = "".join(parts)

    def start(self, letter: int) -> int:
        """Where a letter stands in the source."""
        stretch = bisect_right(self._before, letter) - 1
        if letter == self._before[stretch] and (
            first := _WORD.search(self._source, *self._stretches[stretch])
        ):
            return first.start()  # where a reference stands before it, the text there will not be the block's
        return self._of(stretch)[0][letter - self._before[stretch]]

    def places(self, first: int, after: int) -> tuple[list[int], list[int]]:
        """Where each of the letters [first, after) starts and ends in the source."""
        starts: list[int] = []
        ends: list[int] = []
        stretch = bisect_right(self._before, first) - 1
        base = self._before[stretch]
        while len(starts) < after - base:
            more = self._of(stretch)
            starts += more[0]
            ends += more[1]
            stretch += 1
        return starts[first - base : after - base], ends[first - base : after - base]

    def _of(self, stretch: int) -> tuple[list[int], list[int]]:
        if stretch not in self._known:
            self._known[stretch] = _places(self._source, *self._stretches[stretch])
        return self._known[stretch]


def _letters(text: str) -> str:
    if "&" not in text:
        return "".join(_WORD.findall(text))
    found = _WORD_OR_REFERENCE.finditer(text)
    return "".join(one[1] or "".join(filter(str.isalnum, html.unescape(one.group()))) for one in found)


def _places(source: str, at: int, end: int) -> tuple[list[int], list[int]]:
    starts: list[int] = []
    ends: list[int] = []
    for found in _WORD_OR_REFERENCE.finditer(source, at, end):
        if found[1]:
            starts.extend(range(found.start(), found.end()))
            ends.extend(range(found.start() + 1, found.end() + 1))
            continue
        for _ in filter(str.isalnum, html.unescape(found.group())):
            starts.append(found.start())
            ends.append(found.end())
    return starts, ends


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
