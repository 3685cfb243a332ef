"""A span -> the sentences that it stands in."""

from __future__ import annotations

from qa.english.sentences import sentence_spans
from qa.records import Span


def around(span: Span) -> tuple[int, int]:
    """[start, end) in the passage: from the start of the first sentence that the span touches to the last one's end."""
    touched = [(s, e) for s, e in sentence_spans(span.passage.text) if s < span.end and e > span.start]
    return min([span.start, *(s for s, _ in touched)]), max([span.end, *(e for _, e in touched)])
