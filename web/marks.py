"""A text and the places to mark in it -> pieces in order. All positions count characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    start: int
    marked: bool


def pieces(text: str, marks: Iterable[tuple[int, int]]) -> list[Piece]:
    """`text` cut at the marks; the pieces joined are the text again.

    Marks are cut to the text; where two overlap, the earlier piece ends where the later begins.
    """
    found: list[Piece] = []
    at = 0
    for start, end in _runs(marks, len(text)):
        if start > at:
            found.append(Piece(text[at:start], at, False))
        found.append(Piece(text[start:end], start, True))
        at = end
    if at < len(text):
        found.append(Piece(text[at:], at, False))
    return found


def surroundings(text: str, start: int, end: int, chars: int) -> tuple[str, str]:
    """Up to `chars` characters before and after [start, end), cut between words, an ellipsis where cut.

    Blank lines are left out: this is shown around a quote, and is not one.
    """
    first, last = max(0, start - chars), min(len(text), end + chars)
    before, after = text[first:start], text[end:last]
    if first > 0:
        before = "…" + before.partition(" ")[2] if " " in before else ""
    if last < len(text):
        after = after.rpartition(" ")[0] + "…" if " " in after else ""
    return _without_blank_lines(before), _without_blank_lines(after)


def _without_blank_lines(text: str) -> str:
    return re.sub(r"[^\S\n]*\n\s*", "\n", text)


def _runs(marks: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Disjoint runs that cover the marks, a new one at the start of every mark: each can be jumped to."""
    runs: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in marks):
        if start >= end:
            continue
        if runs and start < runs[-1][1]:
            earlier_start, earlier_end = runs.pop()
            if earlier_start < start:
                runs.append((earlier_start, start))
            end = max(end, earlier_end)
        runs.append((start, end))
    return runs
