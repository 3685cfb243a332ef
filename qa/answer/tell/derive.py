"""Relative dates of a quote -> the days they mean, to be shown beside it and marked as derived."""

from __future__ import annotations

from qa.english.dates import resolve
from qa.records import Article, Derived, Span


def derived(span: Span, article: Article) -> tuple[Derived, ...]:
    """Of each relative date phrase inside the span, counted from the article's date; none where it has no date.

    The passage around the span tells whether a day is past or still to come.
    """
    if article.published is None:
        return ()
    return tuple(
        Derived(when.text, when.first, when.last if when.last > when.first else None)
        for when in resolve(span.passage.text, article.published)
        if when.relative and span.start <= when.start and when.end <= span.end
    )
