"""The pages of a PDF without running heads and page numbers: they would stand in the middle of sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from qa.ingest.pdf_page import PageLine

EDGE_LINES = 2  # running heads take one or two lines at the top or bottom
RUNNING_PAGES = 3  # a line at the same edge of three pages and of half of all is a running head
RUNNING_SHARE = 0.5
# In shorter documents, and where left and right pages have heads of their own, two pages tell if the line stands at
# the same height on both, and has no sentence in it.
FEW_PAGES = 2
SAME_HEIGHT = 3.0  # points
HEAD_WORDS = 12

_SENTENCE_END = re.compile(r"[.!?…]\W*$")

Edge = tuple[bool, str]  # whether at the top; the line without what changes from page to page


def without_running_heads(pages: Sequence[Sequence[PageLine]]) -> list[list[PageLine]]:
    running = _running(pages)
    kept = []
    for number, lines in enumerate(pages):
        kept.append(
            [
                line
                for at, line in enumerate(lines)
                if not (at < EDGE_LINES and (number, True, _shape(line.text)) in running)
                and not (at >= len(lines) - EDGE_LINES and (number, False, _shape(line.text)) in running)
            ]
        )
    return kept


def _running(pages: Sequence[Sequence[PageLine]]) -> set[tuple[int, bool, str]]:
    """(page, at the top, shape) of every line that is a running head."""
    places: dict[Edge, list[tuple[int, float]]] = {}
    for number, lines in enumerate(pages):
        for top, line in _edges(lines):
            places.setdefault((top, _shape(line.text)), []).append((number, line.bottom))
    running = set()
    for (top, shape), seen in places.items():
        numbers = {number for number, _ in seen}
        if len(numbers) >= max(RUNNING_PAGES, RUNNING_SHARE * len(pages)) or (
            _may_be_head(shape) and _at_one_height(seen, len(pages))
        ):
            running |= {(number, top, shape) for number in numbers}
    return running


def _edges(lines: Sequence[PageLine]) -> Iterator[tuple[bool, PageLine]]:
    yield from ((True, line) for line in lines[:EDGE_LINES])
    yield from ((False, line) for line in lines[-EDGE_LINES:])


def _may_be_head(shape: str) -> bool:
    return len(shape.split()) <= HEAD_WORDS and not _SENTENCE_END.search(shape)


def _at_one_height(seen: Sequence[tuple[int, float]], pages: int) -> bool:
    """Whether a line stands at one height on at least half of the left, of the right, or of all pages."""
    heights = Counter(round(bottom / SAME_HEIGHT) for _, bottom in seen)
    usual = heights.most_common(1)[0][0]
    numbers = {number for number, bottom in seen if abs(round(bottom / SAME_HEIGHT) - usual) <= 1}
    if len(numbers) < FEW_PAGES:
        return False
    sides = {number % 2 for number in numbers}
    of_these = sum(number % 2 in sides for number in range(pages))
    return len(numbers) >= RUNNING_SHARE * of_these


def _shape(line: str) -> str:
    """A running head without what changes from page to page."""
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", " ".join(line.split()).lower())
