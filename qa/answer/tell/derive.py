"""Relative dates of a quote -> the days they mean, to be shown beside it and marked as derived."""

from __future__ import annotations

from qa.english.dates import When, resolve
from qa.records import Article, Derived, Span


def derived(span: Span, article: Article) -> tuple[Derived, ...]:
    """Of each relative date phrase inside the span, counted from the article's date, where it has one, or from other
    words of the passage.

    The passage around the span tells whether a day is past or still to come.
    """
    return tuple(
        Derived(
            when.text, when.first, when.last if when.last > when.first else None, when.counted_from or None
        )
        for when in resolve(span.passage.text, article.published)
        if when.relative and (_inside(when, span) or (when.counted_from and _touches(when, span)))
    )


def _inside(when: When, span: Span) -> bool:
    return span.start <= when.start and when.end <= span.end


def _touches(when: When, span: Span) -> bool:
    """As "31 March" does "31 March of the following year"."""
    return span.start < when.end and when.start < span.end
