"""The reader asked with dates in mind: a passage need not write a date that its article's date has given already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.english import words
from qa.ports import Reader
from qa.records import Passage, Span

_TELLING = 2  # words that a question must keep: "What happened?" asks for anything


class Early(NamedTuple):
    """passages: read first, the best found ones; 0: all are read.

    margin: the null margin of their best span from which the rest is left unread.
    """

    passages: int
    margin: float


def read_early(
    reader: Reader, question: str, passages: Sequence[Passage], early: Early | None = None
) -> list[Span]:
    """Spans of these passages, best first; those of the first few alone where they answer clearly."""
    if early is None or not 0 < early.passages < len(passages):
        return reader.read(question, passages)
    spans = reader.read(question, passages[: early.passages])
    if spans and spans[0].null_margin >= early.margin:
        return spans
    return sorted([*spans, *reader.read(question, passages[early.passages :])], key=lambda span: -span.score)


def read_dated(reader: Reader, question: Question, found: Found, early: Early | None = None) -> list[Span]:
    """Spans of the passages found, best first. Each passage is read once, or where `early` says so not at all.

    Where days that the question gives are met by a passage whose words do not give them ("in August 2021", by an
    article of that month), the passage is asked the question without them: readers look for the date's words.
    """
    undated = question.dates.without_periods(question.text)
    if undated == question.text or len(words.stems(undated)) < _TELLING:
        return read_early(reader, question.text, found.passages, early)
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
