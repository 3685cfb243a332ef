"""A quote -> its lines as they are shown, those of lists with the markers that are no text of the file, rows of tables
with their cells apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .records import Quoted


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    marker: str = ""
    level: int | None = None  # None: it is in no list, or in one whose markers are in the text

    def __str__(self) -> str:
        """As plain text."""
        return f"{'   ' * (self.level or 0)}{self.marker}{' ' * bool(self.marker)}{self.text}"


def lines(one: Quoted, text: Callable[[int, int], str] | None = None) -> Iterator[Line]:
    """text: tells what stands in [start, end) of the raw text; by default the quote's own words are taken."""
    cited = one.citation

    def own(start: int, end: int) -> str:
        return cited.quote[start - cited.start : end - cited.start]

    told = text or own
    starts = [item.start for item in one.items]
    opening = told(cited.start, starts[0] if starts else cited.end)
    yield from (Line(line) for line in _split(opening))
    for item, (start, end) in zip(one.items, pairwise([*starts, cited.end]), strict=True):
        for number, line in enumerate(_split(told(start, end))):
            yield Line(line, "" if number else item.marker, item.level)


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]
