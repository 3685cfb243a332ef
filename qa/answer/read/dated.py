"""The reader asked with dates in mind: a passage need not write a date that its article's date has given already."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.english import words
from qa.ports import Reader
from qa.records import Passage, Span

_ALONE = 3  # passages, the best found, that are read to the end where none seems to answer; ten find no more
_TELLING = 2  # words that a question must keep: "What happened?" asks for anything


class Early(NamedTuple):
    """passages: read first, the best found ones; 0: all are read.

    margin: the null margin of their best span from which of the rest only those are read that may say something to it:
    that hold its words, or of the question's telling words at least the share `words` of what its own passage holds.
    least: the share of the question's telling words, of what the passage that holds most of them holds, below which
    none but the best found is read at all.
    """

    passages: int
    margin: float
    words: float = math.inf
    least: float = 0.0


def read_early(
    reader: Reader,
    question: str,
    passages: Sequence[Passage],
    early: Early | None = None,
    context: Callable[[Passage], str] = lambda passage: passage.text,
) -> list[Span]:
    """Spans of these passages, best first; where the first few answer clearly, of the rest only what bears on it.

    context: a passage with what is known to stand above it.
    """
    if early is None or not 0 < early.passages < len(passages):
        return reader.read(question, passages)
    asked = words.stems(question)
    shares = {passage.id: words.share(asked, context(passage)) for passage in passages}
    least = early.least * max(shares.values())
    near = [passages[0], *(p for p in passages[1:] if shares[p.id] >= least)]
    first, rest = near[: early.passages], near[early.passages :]
    spans = reader.read(question, first)
    best = max(spans, key=lambda span: span.null_margin, default=None)
    if best is not None and best.null_margin >= early.margin:
        said, enough = best.text.casefold(), early.words * shares[best.passage.id]
        rest = [p for p in rest if said in p.text.casefold() or shares[p.id] >= enough]
    if not rest:
        return spans
    return sorted([*spans, *reader.read(question, rest)], key=lambda span: -span.score)


def read_dated(reader: Reader, question: Question, found: Found, early: Early | None = None) -> list[Span]:
    """Spans of the passages found, best first. Each passage is read once, or where `early` says so not at all; where
    none is worth reading to its end, the best found ones are, each by itself, to tell how far they are from an answer.

    Where days that the question gives are met by a passage whose words do not give them ("in August 2021", by an
    article of that month), the passage is asked the question without them: readers look for the date's words.
    """
    if spans := _read(reader, question, found, early):
        return spans
    alone = [span for one in found.passages[:_ALONE] for span in reader.read(question.text, [one])]
    return sorted(alone, key=lambda span: -span.score)


def _read(reader: Reader, question: Question, found: Found, early: Early | None) -> list[Span]:
    def titled(passage: Passage) -> str:
        return f"{found.article_of(passage).title}\n{passage.text}"

    undated = question.dates.without_periods(question.text)
    if undated == question.text or len(words.stems(undated)) < _TELLING:
        if question.dates.latest:  # the newest may say it in other words
            early = None
        return read_early(reader, question.text, found.passages, early, titled)
    met = {
        passage.id
        for passage in found.passages
        if question.dates.met_unwritten(passage.text, found.article_of(passage).published)
    }
    spans = [
        *reader.read(question.text, [p for p in found.passages if p.id not in met]),
        *reader.read(undated, [p for p in found.passages if p.id in met]),
    ]
    return sorted(spans, key=lambda span: -span.score)
