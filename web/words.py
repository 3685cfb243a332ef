"""Values -> the words a page shows: dates, confidence, links to places in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote as percent_encoded
from urllib.parse import urlencode, urlsplit

from flask import Flask, url_for

from qa.english.calendar import MONTHS
from qa.english.languages import language_name
from qa.english.words import stems
from qa.records import Agreement, Answer, Citation, CitedPassage, Derived
from web.marks import Piece, pieces

CONFIDENCE = (  # from this confidence on, these words
    (0.85, "High confidence"),
    (0.60, "Fairly confident"),
    (0.35, "Uncertain"),
    (0.0, "Very uncertain"),
)
FRAGMENT_WORDS = 5
_WORD = re.compile(r"\w+(?:[’']\w+)?")


def confidence_words(confidence: float) -> str:
    """Agrees with the number beside it: both are of the same whole percentage."""
    return next(words for least, words in CONFIDENCE if round(confidence, 2) >= least)


def percent(confidence: float) -> str:
    """Never 100 %: nothing that is estimated is certain. And 0 only for 0."""
    if confidence <= 0:
        return "0 %"
    return f"{in_hundred(confidence)} %"


def day(value: date | None) -> str:
    """27 January 2022, whatever the server's locale."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if value else ""


def moment(iso: str) -> str:
    """An ISO 8601 instant -> 21 November 2026, 20:41 UTC; what cannot be read stays as it is."""
    try:
        at = datetime.fromisoformat(iso.replace("Z", "+00:00"))
    except ValueError:
        return iso
    return f"{day(at.date())}, {at:%H:%M} UTC"


def count(n: int, one: str, many: str | None = None) -> str:
    """1 article, 5 articles, 12,000 articles."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def length_class(text: str) -> str:
    """Short answers are set large, whole sentences smaller, paragraphs smaller still."""
    return "short" if len(text) <= 60 else "medium" if len(text) <= 180 else "long"


def web_url(url: str | None) -> str | None:
    """The url if it is one a link may carry: http or https with a host. Anything else is None (javascript: …)."""
    if not url or any(c.isspace() or ord(c) < 32 for c in url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def ask_link(question: str, filters: Mapping[str, str] | None = None) -> str:
    """The address of an answer. filters: that it was asked with."""
    return f"{url_for('pages.ask')}?{urlencode({'q': question, **(filters or {})}, errors='replace')}"


def read_link(
    article_id: str,
    marks: list[tuple[int, int]],
    at: int,
    question: str | None = None,
    filters: Mapping[str, str] | None = None,
) -> str:
    """The article with these places marked, scrolled to the one that starts at `at`; question, filters: to go back."""
    query: list[tuple[str, str]] = [("mark", f"{start}-{end}") for start, end in marks]
    if question:
        query += [("q", question), *(filters or {}).items()]
    address = url_for("pages.read", article_id=article_id)
    return f"{address}?{urlencode(query, errors='replace')}#at-{at}"


def citation_link(answer: Answer, citation: Citation, filters: Mapping[str, str] | None = None) -> str:
    """To a citation in its article, the answer's other quotes from the same article marked too."""
    marks = sorted({(c.start, c.end) for c in all_citations(answer) if c.article_id == citation.article_id})
    return read_link(citation.article_id, marks, citation.start, answer.understood, filters)


def passage_link(answer: Answer, passage: CitedPassage, filters: Mapping[str, str] | None = None) -> str:
    place = (passage.start, passage.end)
    return read_link(passage.article_id, [place], passage.start, answer.understood, filters)


def clip(answer: Answer, citation: Citation, quote: str, source: str | None) -> dict[str, Any]:
    """What the page's script keeps of a quote."""
    return {
        "id": f"{citation.article_id}-{citation.sentence_start}-{citation.sentence_end}",
        "article_id": citation.article_id,
        "title": citation.title,
        "published": citation.published.isoformat() if citation.published else None,
        "source": source,
        "url": web_url(citation.url),
        "file": citation.file,
        "page": citation.page,
        "start": citation.sentence_start,
        "end": citation.sentence_end,
        "quote": quote,
        "link": citation_link(answer, citation),
    }


def all_citations(answer: Answer) -> list[Citation]:
    """Of the answer, and of what other articles say instead; or of the guess."""
    others = [*answer.alternatives, *([answer.guess] if answer.guess else [])]
    told = [cited for other in others for cited in other.citations]
    return [*answer.citations, *told, *(one.citation for one in answer.quotes)]


def rephrased(answer: Answer) -> bool:
    """Whether what was answered differs from what was typed by more than white space."""
    return " ".join(answer.question.split()) != answer.understood


def meant(derived: Derived) -> str:
    """7 December 2021, or from one day to another."""
    return f"{day(derived.day)} to {day(derived.until)}" if derived.until else day(derived.day)


def sources_agree(agreement: Agreement) -> str:
    return "1 source" if agreement.sources == 1 else f"{agreement.sources} sources agree"


def in_hundred(confidence: float) -> int:
    """How many of a hundred answers of this confidence are right; agrees with `percent`."""
    return min(99, max(1, round(confidence * 100)))


def parts(answer: Answer) -> tuple[str, ...]:
    """The spans of an answer that is a list of several; none of any other.

    The spans of a list stand in one article; where an answer has a span for each of several articles, they all say
    the same.
    """
    one = len({cited.article_id for cited in answer.citations}) == 1
    several = answer.answer_type == "list" and one and len(answer.citations) > 1
    return tuple(" ".join(cited.quote.split()) for cited in answer.citations) if several else ()


def found_by(passage: CitedPassage) -> str:
    """found by its meaning (1st) and by its words (3rd)"""
    ways = (("by its meaning", passage.dense_rank), ("by its words", passage.lexical_rank))
    told = [f"{way} ({ordinal(rank)})" for way, rank in ways if rank]
    return f"found {' and '.join(told)}" if told else "found beside others"


def text_fragment(url: str, quote: str) -> str:
    """The page at the quote, in a browser that knows text fragments (https://wicg.github.io/scroll-to-text-fragment/).

    A long quote is told by its first and last words. Only of an address that `web_url` lets pass.
    """
    told = quote.split()
    ends = (
        [" ".join(told)]
        if len(told) <= 2 * FRAGMENT_WORDS
        else [
            " ".join(told[:FRAGMENT_WORDS]),
            " ".join(told[-FRAGMENT_WORDS:]),
        ]
    )
    text = ",".join(percent_encoded(end, safe="", errors="replace").replace("-", "%2D") for end in ends)
    return f"{url.partition('#')[0]}#:~:text={text}"


def flowed(text: str) -> str:
    """Lines that were broken where a page ends, joined; a blank line still begins a paragraph. Of the same length."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def asked_words(text: str, question: str) -> list[Piece]:
    """`text` in pieces; marked are the words that the question has too, however they are inflected."""
    wanted = stems(question)
    places = [(m.start(), m.end()) for m in _WORD.finditer(text) if wanted & stems(m.group())]
    return pieces(text, places)


def register(app: Flask) -> None:
    """Makes these the templates' filters and functions."""
    for function in (
        *(confidence_words, percent, in_hundred, day, moment, length_class, web_url, host),
        *(ask_link, meant, sources_agree, found_by, language_name),
    ):
        app.add_template_filter(function)
    for helper in (
        count,
        rephrased,
        read_link,
        citation_link,
        passage_link,
        asked_words,
        text_fragment,
        flowed,
        clip,
    ):
        app.add_template_global(helper)
