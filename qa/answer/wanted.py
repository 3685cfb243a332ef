"""What sort of answer a question wants: one span, several, or the best evidence where it asks yes or no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from ..ports import SentenceSpans
from .features import Candidate
from .kind import Kind, kind_of

_COUNT = r"(?:two|three|four|five|six|seven|\d{1,2})"
_PLURAL = r"[a-z]+[^\Wsui]e?s"  # not "process", "status" or "basis"
_SEVERAL = re.compile(
    rf"^(?:list|name)\b|\bwho (?:are|were)\b|\b(?:what|which) (?:are|were) (?:the|all)\b"
    rf"|\b(?:what|which|who)\b(?: \w+){{0,3}} {_COUNT} {_PLURAL}\b"
    rf"|\b(?:what|which)(?: \w+)? {_PLURAL} (?:are|were|have|had|do|did|will|would|can|could|should|took|made)\b",
    re.IGNORECASE,
)
_ENUMERATION = re.compile(r"\S,? (?:and|or|as well as) \S|\S; \S")


class AnswerType(Enum):
    """span: the words that answer. evidence: the sentence to judge a yes-or-no question by. list: several answers."""

    SPAN = "span"
    EVIDENCE = "evidence"
    LIST = "list"


def wanted(question: str) -> AnswerType:
    if kind_of(question) is Kind.YES_NO:
        return AnswerType.EVIDENCE
    return AnswerType.LIST if _SEVERAL.search(question) else AnswerType.SPAN


def enumerates(text: str) -> bool:
    """Whether a span names several things already."""
    return _ENUMERATION.search(text) is not None


def as_evidence(candidates: Sequence[Candidate], sentence_spans: SentenceSpans) -> list[Candidate]:
    """The same candidates, each span widened to the sentences that it stands in: no span says yes or no."""
    widened = []
    for candidate in candidates:
        span = candidate.span
        touched = [(s, e) for s, e in sentence_spans(span.passage.text) if s < span.end and e > span.start]
        start, end = min([span.start, *(s for s, _ in touched)]), max([span.end, *(e for _, e in touched)])
        widened.append(replace(candidate, span=replace(span, start=start, end=end)))
    return widened
