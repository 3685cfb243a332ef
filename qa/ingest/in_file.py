"""Visible text of a page -> where each of its characters stands in the page's source.

No parser tells that of the text that it hands out, so the source's own text is read beside it: what stands between
its tags, with character references as the characters that they name. A block of the page is found there by its letters
and digits; white space that a browser collapses and marks around words then stand for what is between them.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, compress

from qa.ingest.align import TextBuilder
from qa.ingest.bare import bare_each
from qa.records import Alignment

# Marks side by side are one, with the white space behind each: of a page's texts between tags two in three are empty.
# What a comment, a script and a style hold is passed over in long strides: tried letter by letter for its end it took
# 1.3 ms a page, and takes 0.5.
_MARKUP = re.compile(
    r"((?:(?:</[^>]*>"
    r"|<!--(?>[^-]+|-(?!->))*+(?:-->)?"
    r"|<script\b[^>]*>(?>[^<]+|<(?!/script[\s/>]))*+(?:</script[^>]*>)?"
    r"|<style\b[^>]*>(?>[^<]+|<(?!/style[\s/>]))*+(?:</style[^>]*>)?"
    r"|<(?:r[tp]|annotation)\b[^>]*>[^<]*"  # what is read above a word, and a formula's source
    r"|<[!?a-zA-Z][^>]*>)[ \t\r\n]*+)++)",
    re.IGNORECASE,
)
ANCHOR_LETTERS = 16  # of a block that stands in one place only, as a heading in a menu does not
MOST_ANCHORS = 500  # the longest blocks; each is looked for in the whole source

_WORD = re.compile(r"[^\W_]+")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_WORD_OR_REFERENCE = re.compile(rf"([^\W_]+)|{_REFERENCE.pattern}")


def in_file(source: str, blocks: Sequence[str], kept: Sequence[bool]) -> Alignment:
    """The blocks, joined by line ends, aligned with the source. What of them is not found there stands for nothing,
    and so does what is not kept.

    Where a run's lengths are the same its characters are the source's own; elsewhere the whole run stands for the
    whole stretch: a character reference, collapsed white space, tags within a word.
    """
    letters = _Letters(source)
    builder, bare = TextBuilder(), bare_each(blocks)
    places = _places_of(letters.text, bare, {})
    if any(keep and wanted and at < 0 for at, wanted, keep in zip(places, bare, kept, strict=True)):
        places = _places_of(letters.text, bare, _anchors(letters.text, bare))
    gap: list[str] = []  # what stands for nothing since the block that was placed last
    for number, (block, found, keep) in enumerate(zip(blocks, places, kept, strict=True)):
        if number:
            gap.append("\n")
        if found < 0 or not keep:
            gap.append(block)
            continue
        builder.insert("".join(gap))
        gap.clear()
        first = _WORD.search(block)
        start = letters.start(found) - (first.start() if first else 0)
        if start >= builder.raw_end and source.startswith(block, start):
            builder.put(block, start, start + len(block))
        else:
            _put(builder, block, source, letters, found)
    builder.insert("".join(gap))
    return builder.build()[1]


def _places_of(text: str, bare: Sequence[str], anchors: Mapping[int, int]) -> list[int]:
    """Where each block's letters begin in those of the source, one after the other; -1 where they do not. anchors: by
    the block's number, where those begin that are sure."""
    limits = [*anchors.values(), len(text)]
    places, at, passed = [], 0, 0
    for number, wanted in enumerate(bare):
        if number in anchors:
            place, passed = anchors[number], passed + 1
        else:
            place = text.find(wanted, at, limits[passed]) if wanted else -1
        if place >= 0:
            at = place + len(wanted)
        places.append(place)
    return places


def _anchors(text: str, bare: Sequence[str]) -> dict[int, int]:
    """The blocks that stand in the source once and in the same order as on the page, so that one that is found too far
    down, in a script or a second menu, does not leave those after it without a place (patience diff)."""
    longest = sorted(range(len(bare)), key=lambda number: -len(bare[number]))[:MOST_ANCHORS]
    told = ((number, bare[number], text.find(bare[number])) for number in sorted(longest))
    once = [
        (number, at)
        for number, wanted, at in told
        if len(wanted) >= ANCHOR_LETTERS and at >= 0 and text.find(wanted, at + 1) < 0
    ]
    return dict(_rising(once))


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of them, with gaps, in which the second number rises too (Fredman, 1975)."""
    ends: list[int] = []  # the least second number with which a run of each length ends
    last: list[int] = []  # and the place of that pair
    before: list[int] = []
    for place, (_, value) in enumerate(pairs):
        length = bisect_left(ends, value)
        ends[length:] = [value, *ends[length + 1 :]]
        last[length:] = [place, *last[length + 1 :]]
        before.append(last[length - 1] if length else -1)
    run, at = [], last[-1] if last else -1
    while at >= 0:
        run.append(pairs[at])
        at = before[at]
    return run[::-1]


class _Letters:
    """The letters and digits of the source's text, and where they stand in the source; that is found out when asked."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._known: dict[int, tuple[list[int], list[int]]] = {}
        parts = _MARKUP.split(source.replace("\0", " "))  # text, markup, text, ...
        letters = bare_each(_named("\0".join(parts[::2])).split("\0"))
        # Of text between tags, where it holds any letters.
        self._ends = list(compress(list(accumulate(map(len, parts)))[::2], letters))
        self._lengths = list(compress(map(len, parts[::2]), letters))
        self._before = list(accumulate(map(len, filter(None, letters)), initial=0))
        self.text = "".join(letters)

    def start(self, letter: int) -> int:
        """Where a letter stands in the source."""
        stretch = bisect_right(self._before, letter) - 1
        if letter == self._before[stretch] and (first := self._first_word(stretch)) >= 0:
            return first
        return self._of(stretch)[0][letter - self._before[stretch]]

    def after(self, letter: int, place: int) -> int:
        """The first letter from a place on, behind a letter that stands in the same text between tags."""
        stretch = bisect_right(self._before, letter) - 1
        end = self._ends[stretch]
        if place >= end or self._source[place:end].isspace():
            return self._before[stretch + 1]
        return self._before[stretch] + bisect_left(self._of(stretch)[0], place)

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
            self._known[stretch] = _places(self._source, *self._stretch(stretch))
        return self._known[stretch]

    def _first_word(self, stretch: int) -> int:
        """Where it begins; -1 where references may stand for letters before it."""
        at, end = self._stretch(stretch)
        if stretch in self._known or self._source.find("&", at, end) >= 0:
            return -1
        first = _WORD.search(self._source, at, end)
        return first.start() if first else -1

    def _stretch(self, number: int) -> tuple[int, int]:
        """Where it is in the source."""
        return self._ends[number] - self._lengths[number], self._ends[number]


def _named(text: str) -> str:
    """With the letters and digits of character references in their place."""
    return _REFERENCE.sub(lambda one: _meant(one.group()), text) if "&" in text else text


@lru_cache(maxsize=1024)
def _meant(reference: str) -> str:
    """The letters and digits that a character reference stands for, mostly none."""
    return "".join(filter(str.isalnum, html.unescape(reference)))


def _places(source: str, at: int, end: int) -> tuple[list[int], list[int]]:
    starts: list[int] = []
    ends: list[int] = []
    if source.find("&", at, end) < 0:
        for word in _WORD.finditer(source, at, end):
            starts += range(*word.span())
        return starts, [start + 1 for start in starts]
    for found in _WORD_OR_REFERENCE.finditer(source, at, end):
        if found[1]:
            starts.extend(range(found.start(), found.end()))
            ends.extend(range(found.start() + 1, found.end() + 1))
            continue
        for _ in _meant(found.group()):
            starts.append(found.start())
            ends.append(found.end())
    return starts, ends


def _put(builder: TextBuilder, block: str, source: str, letters: _Letters, letter: int) -> None:
    """A block whose letters and digits begin with this one of the source's."""
    begun, last, at = letter, builder.raw_end, 0
    while word := _WORD.search(block, at):
        first = letters.start(letter)
        if word.start() > at:
            if letter == begun or first < last:
                builder.insert(block[at : word.start()])
            else:
                builder.put(block[at : word.start()], last, first)
        at = word.start()
        plain = _plain(source, first) if first >= last else ""
        if plain and block.startswith(plain, at):
            builder.put(plain, first, first + len(plain))
            at, last = at + len(plain), first + len(plain)
            letter = letters.after(letter, last)
            continue
        starts, ends = letters.places(letter, letter + len(word.group()))
        if source[first : ends[-1]] == word.group():
            builder.put(word.group(), first, ends[-1])
            last = max(last, ends[-1])
        else:
            last = _put_each(builder, word.group(), source, zip(starts, ends, strict=True), last)
        at, letter = word.end(), letter + len(word.group())
    if at < len(block):
        tail = block[at:]
        if source[last : last + len(tail)] == tail:
            builder.put(tail, last, last + len(tail))
        else:
            builder.insert(tail)


def _plain(source: str, start: int) -> str:
    """The text from a letter to the next tag or reference, as a browser shows it where its words stand one by one."""
    end = source.find("<", start)
    text = source[start : end if end >= 0 else len(source)]
    return text.partition("&")[0].rstrip().replace("\n", " ")


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
