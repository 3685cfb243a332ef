"""The reader asked with dates in mind: a passage need not write a date that its article's date has given already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from qa.answer.understand.asked_dates import AskedDates
from qa.english import words
from qa.ports import Reader
from qa.records import Article, Passage, Span

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


def read(
    reader: Reader,
    question: str,
    asked: AskedDates,
    passages: Sequence[Passage],
    articles: Mapping[str, Article],
    early: Early | None = None,
) -> list[Span]:
    """Spans of these passages, best first. Each passage is read once, or where `early` says so not at all.

    Where days that the question gives are met by a passage whose words do not give them ("in August 2021", by an
    article of that month), the passage is asked the question without them: readers look for the date's words.
    """
    undated = asked.without_periods(question)
    if undated == question or len(words.stems(undated)) < _TELLING:
        return read_early(reader, question, passages, early)
    met = {
        passage.id
        for passage in passages
        if asked.met_unwritten(passage.text, articles[passage.article_id].published)
    }
    spans = [
        *reader.read(question, [p for p in passages if p.id not in met]),
        *reader.read(undated, [p for p in passages if p.id in met]),
    ]
    return sorted(spans, key=lambda span: -span.score)
