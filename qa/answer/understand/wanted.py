"""What sort of answer a question wants: one span, several, or the best evidence where it asks yes or no."""

from __future__ import annotations

import re
from enum import Enum

from qa.english.verbs import AUXILIARY

from .kind import Kind

_COUNT = r"(?:two|three|four|five|six|seven|\d{1,2})"
_PLURAL = r"[a-z]+[^\Wsui]e?s"  # not "process", "status" or "basis"
_SEVERAL = re.compile(
    rf"^(?:list|name)\b|\bwho (?:are|were)\b|\b(?:what|which) (?:are|were) (?:the|all)\b"
    rf"|\b(?:what|which|who)\b(?: \w+){{0,3}} {_COUNT} {_PLURAL}\b"
    rf"|\b(?:what|which)(?: \w+)? {_PLURAL} (?:{AUXILIARY}|took|made)\b",
    re.IGNORECASE,
)


class AnswerType(Enum):
    """span: the words that answer. evidence: the sentence to judge a yes-or-no question by. list: several answers."""

    SPAN = "span"
    EVIDENCE = "evidence"
    LIST = "list"


def wanted(question: str, kind: Kind) -> AnswerType:
    """kind: the question's."""
    if kind is Kind.YES_NO:
        return AnswerType.EVIDENCE
    return AnswerType.LIST if _SEVERAL.search(question) else AnswerType.SPAN
