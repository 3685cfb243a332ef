"""The reader asked with dates in mind: a passage need not write a date that its article's date has given already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..ports import Reader
from ..records import Article, Passage, Span
from . import words
from .asked_dates import AskedDates

_TELLING = 2  # words that a question must keep: "What happened?" asks for anything


def read(
    reader: Reader,
    question: str,
    asked: AskedDates,
    passages: Sequence[Passage],
    articles: Mapping[str, Article],
) -> list[Span]:
    """Spans of these passages, best first. Each passage is read once.

    Where days that the question gives are met by a passage whose words do not give them ("in August 2021", by an
    article of that month), the passage is asked the question without them: readers look for the date's words.
    """
    undated = asked.without_periods(question)
    if undated == question or len(words.stems(undated)) < _TELLING:
        return reader.read(question, passages)
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
