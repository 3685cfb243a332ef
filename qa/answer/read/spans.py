"""Start and end scores of tokens -> the best spans of characters. Pure functions over NumPy arrays."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from qa.english.sentences import sentence_spans

Offsets = Sequence[tuple[int, int]] | NDArray[np.int32]  # of each token, in characters of the passage


class ScoredSpan(NamedTuple):
    """Characters [start, end) of a passage; score is the sum of its start and end score."""

    start: int
    end: int
    score: float


def windows(tokens: int, size: int, overlap: int) -> list[tuple[int, int]]:
    """[first, last) token positions of the windows that cover `tokens` tokens, neighbours sharing `overlap`.

    The last window is as long as the others, so no window is a mere tail. Raises ValueError unless size > overlap.
    """
    if size <= overlap:
        raise ValueError(f"windows of {size} tokens cannot overlap by {overlap}")
    if tokens <= size:
        return [(0, tokens)]
    firsts = [*range(0, tokens - size, size - overlap), tokens - size]
    return [(first, first + size) for first in firsts]


def best_pairs(
    starts: NDArray[np.float32], ends: NDArray[np.float32], count: int, max_tokens: int
) -> list[tuple[int, int, float]]:
    """The `count` best (start, end, score) with start <= end < start + max_tokens, best first.

    starts, ends: float32 (tokens,). Score: starts[start] + ends[end], unnormalized, so that windows and passages
    can be compared. Equal scores: the earlier start, then the shorter span.
    """
    tokens = len(starts)
    if not tokens or count < 1:
        return []
    longest = min(tokens, max_tokens)
    later = np.concatenate((ends, np.full(longest - 1, -np.inf, dtype=np.float32)))
    # (tokens, longest): row start, column end - start; so a flat index orders equal scores as they should be.
    scores = (starts[:, None] + sliding_window_view(later, longest)).ravel()
    if len(scores) > count:  # of thousands of pairs only a dozen are worth sorting
        least = np.partition(scores, len(scores) - count)[len(scores) - count]
        chosen = np.flatnonzero(scores >= least)
    else:
        chosen = np.arange(len(scores))
    best = chosen[np.argsort(-scores[chosen], kind="stable")][:count]
    return [
        (int(i // longest), int(i // longest + i % longest), float(scores[i]))
        for i in best.tolist()
        if np.isfinite(scores[i])
    ]


def to_words(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) widened to whole words, then without white space or dangling punctuation at its edges.

    May be empty (start == end) where there was nothing but punctuation.
    """
    while 0 < start < len(text) and _in_word(text[start - 1]) and _in_word(text[start]):
        start -= 1
    while 0 < end < len(text) and _in_word(text[end - 1]) and _in_word(text[end]):
        end += 1
    while start < end and (text[start].isspace() or text[start] in _DANGLING_BEFORE):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _DANGLING_AFTER):
        end -= 1
    return _with_quotes(text, start, end)


def _with_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) with the other half of a pair of curly quotes or brackets, where that half stands just outside."""
    for opening, closing in _PAIRS:
        inside = text[start:end]
        surplus = inside.count(closing) - inside.count(opening)
        if surplus == 1 and start > 0 and text[start - 1] == opening:
            start -= 1
        elif surplus == -1 and end < len(text) and text[end] == closing:
            end += 1
    return start, end


def _in_word(character: str) -> bool:
    # Marks: the accents of decomposed text, and the vowels of Indic scripts, stand inside words.
    return character.isalnum() or unicodedata.category(character).startswith("M")


_DANGLING_BEFORE = ",;:.!?)]}"
_PAIRS = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"))  # not "’", which is an apostrophe as well
_ENDING = '.!?…"”’)'  # what a sentence may end with
_DANGLING_AFTER = ",;:([{"  # not the full stop: it may be that of "U.S."


def merge(candidates: Sequence[ScoredSpan], count: int, slack: float = 0.0) -> list[ScoredSpan]:
    """The best `count` that do not overlap a better one: two windows, or two edges, of the same answer are one.

    Each stands for the longest candidate that holds it and scores at most `slack` less: of "bilateral relations" and
    "bilateral relations, cybersecurity and the nuclear deal", nearly as likely, the second says it all. The score
    stays that of the better. Equal scores: the earlier, then the shorter span first.
    """
    kept: list[ScoredSpan] = []
    for best in sorted(candidates, key=lambda c: (-c.score, c.start, c.end)):
        if len(kept) == count:
            break
        if any(_overlap(best, other) for other in kept):
            continue
        wider = [
            c
            for c in candidates
            if c.start <= best.start
            and c.end >= best.end
            and c.score >= best.score - slack
            and not any(_overlap(c, other) for other in kept)
        ]
        longest = max(wider, key=lambda c: (c.end - c.start, -c.start))
        kept.append(longest._replace(score=best.score) if slack else best)
    return kept


def in_sentences(text: str, candidates: Sequence[ScoredSpan]) -> list[ScoredSpan]:
    """Those that no sentence ends in, unless one does in each: what runs on into another sentence mostly joins the
    beginning of one answer to the end of another. A line's end alone ends none, for lines may be broken anywhere."""
    ends = [end for _, end in sentence_spans(text) if text[end - 1] in _ENDING]
    whole = [c for c in candidates if not any(c.start < end < c.end for end in ends)]
    return whole or list(candidates)


def any_of(candidates: Sequence[ScoredSpan]) -> float:
    """Log odds against null that one of the candidates is the answer, where each one's score is its own; -inf of none.

    The log of the sum of their odds: a reader that wavers between two edges of an answer doubts the edges, not
    that the passage answers.
    """
    return float(np.logaddexp.reduce([candidate.score for candidate in candidates]))


def _overlap(one: ScoredSpan, other: ScoredSpan) -> bool:
    return one.start < other.end and one.end > other.start


def read_window(
    text: str,
    offsets: Offsets,
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    *,
    count: int,
    max_tokens: int,
) -> list[ScoredSpan]:
    """The best candidates of one window, as whole words of `text`. starts, ends: float32 (len(offsets),)."""
    found = []
    for first, last, score in best_pairs(starts, ends, count, max_tokens):
        start, end = to_words(text, int(offsets[first][0]), int(offsets[last][1]))
        if start < end:
            found.append(ScoredSpan(start, end, score))
    return found
