"""Where a quote stands in a text that is the same but for white space, punctuation and markup.

A quote is looked for as the W3C's TextQuoteSelector tells it: its words, and what stands before and after them
(https://www.w3.org/TR/annotation-model/#text-quote-selector).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.records import Article

AROUND = 64  # characters before and after that tell one occurrence from another
MOST = 500  # occurrences that are compared

Place = tuple[int, int]  # number of the piece, and of the character in it


@dataclass(frozen=True, slots=True)
class Quote:
    """start: where the article's raw text has it, which is its name on the page."""

    start: int
    exact: str
    before: str
    after: str


def quotes(article: Article, marks: Iterable[tuple[int, int]]) -> list[Quote]:
    """What is marked in the article's raw text, in the words that it was cleaned to."""
    found = []
    for start, end in sorted(set(marks)):
        place = article.alignment.to_text(start, end)
        text = article.text if place else article.raw
        first, last = place or (start, min(end, len(article.raw)))
        found.append(
            Quote(start, text[first:last], text[max(0, first - AROUND) : first], text[last : last + AROUND])
        )
    return found


class Folded:
    """The letters and digits of a text in pieces, each with its place; ligatures count as their letters."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.places: list[Place] = []
        folded: list[str] = []
        for number, piece in enumerate(pieces):
            for at, char in enumerate(piece):
                for one in char if char.isascii() else unicodedata.normalize("NFKC", char):
                    if one.isalnum():
                        folded.append(one)
                        self.places.append((number, at))
        self.text = "".join(folded)

    def find(self, quote: Quote) -> tuple[Place, Place] | None:
        """(first, last) character of the occurrence whose surroundings are likest; None where there is none."""
        wanted = Folded([quote.exact]).text
        if not wanted:
            return None
        before, after = Folded([quote.before]).text, Folded([quote.after]).text
        best, at, seen = (-1, -1), self.text.find(wanted), 0
        while at >= 0 and seen < MOST:
            likeness = _shared_end(self.text[:at][-AROUND:], before) + _shared_end(
                self.text[at + len(wanted) :][:AROUND][::-1], after[::-1]
            )
            best = max(best, (likeness, at), key=lambda one: one[0])
            at, seen = self.text.find(wanted, at + 1), seen + 1
        if best[1] < 0:
            return None
        return self.places[best[1]], self.places[best[1] + len(wanted) - 1]


def _shared_end(one: str, other: str) -> int:
    shared = 0
    while shared < min(len(one), len(other)) and one[-1 - shared] == other[-1 - shared]:
        shared += 1
    return shared
