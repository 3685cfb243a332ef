"""What stands in an article and is not of its story: who wrote it, who took the picture, where it was sent from."""

from __future__ import annotations

import re

from qa.records import Span

_AGENCIES = r"(?:Reuters|REUTERS|AP|AFP|Getty Images|Getty|EPA|PA|Shutterstock|Bloomberg|NurPhoto)"
_CREDIT = re.compile(
    rf"(?:\b{_AGENCIES}\s?/\s?(?:[\w ]+/\s?)?|\b(?:AP |AFP |File )?(?i:photo|photograph|photography|picture|image|"
    r"illustration|credit|courtesy)s?(?: by|:|/| courtesy of| credit:)\s?)$"
)
_BYLINE = re.compile(r"(?:^|\n)\s*(?i:by|written by|reported by|from)\s+(?:[\w.’'-]+(?:,| and)? ){0,6}$")
# "VIENNA —", "FORT WORTH, Texas --", "Riga (Reuters) -": where a story was sent from.
_PLACE_LINE = re.compile(
    rf"(?:^|\n)\s*(?:[A-Z][A-Z.’' -]{{1,30}}(?:, [A-Z][\w.]{{1,20}})?(?: ?\({_AGENCIES}\))?"
    rf"|[A-Z][\w.’' -]{{1,30}}(?:, [A-Z][\w.]{{1,20}})? ?\({_AGENCIES}\))\s?(?:[—–_-]|--)\s"
)
_AFTER_CREDIT = re.compile(rf"^[\w .’'-]{{0,30}}\s?(?:/|\bfor\b|via)\s?{_AGENCIES}\b")
_ASKS = re.compile(
    r"\b(?:wrote|written|writes?|author|byline|reporter|reported|journalist|photo\w*|pictures?|image|credit\w*)\b",
    re.IGNORECASE,
)


def asks_of_article(question: str) -> bool:
    """Whether a question may be about the article itself: "Who took the picture?" """
    return _ASKS.search(question) is not None


def apart(span: Span) -> bool:
    """Whether a span is in a byline, a picture's credit or a place line."""
    text = span.passage.text
    if any(line.start() <= span.start and span.end <= line.end() for line in _PLACE_LINE.finditer(text)):
        return True
    before, after = text[: span.start], text[span.end :]
    return bool(_CREDIT.search(before) or _BYLINE.search(before) or _AFTER_CREDIT.search(after))
