"""Values -> the words a page shows: dates, confidence, places in a file, a citation to paste elsewhere."""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import urlencode, urlsplit

from flask import Flask, url_for

from qa.records import Answer, Citation, CitedPassage

MONTHS = (  # calendar.month_name would follow the server's locale
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
CONFIDENCE = (  # from this confidence on, these words
    (0.85, "High confidence"),
    (0.60, "Fairly confident"),
    (0.35, "Uncertain"),
    (0.0, "Very uncertain"),
)


def confidence_words(confidence: float) -> str:
    """Agrees with the number beside it: both are of the same whole percentage."""
    return next(words for least, words in CONFIDENCE if round(confidence, 2) >= least)


def percent(confidence: float) -> str:
    """Never 100 %: nothing that is estimated is certain. And 0 only for 0."""
    if confidence <= 0:
        return "0 %"
    return f"{min(99, max(1, round(confidence * 100)))} %"


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


def ask_link(question: str) -> str:
    """The address of an answer."""
    return f"{url_for('pages.ask')}?{urlencode({'q': question}, errors='replace')}"


def read_link(article_id: str, marks: list[tuple[int, int]], at: int, question: str | None = None) -> str:
    """The article with these places marked, scrolled to the one that starts at `at`."""
    query: list[tuple[str, str]] = [("mark", f"{start}-{end}") for start, end in marks]
    if question:
        query.append(("q", question))
    address = url_for("pages.read", article_id=article_id)
    return f"{address}?{urlencode(query, errors='replace')}#at-{at}"


def citation_link(answer: Answer, citation: Citation) -> str:
    """To a citation in its article, the answer's other quotes from the same article marked too."""
    marks = sorted({(c.start, c.end) for c in answer.citations if c.article_id == citation.article_id})
    return read_link(citation.article_id, marks, citation.start, answer.understood)


def passage_link(answer: Answer, passage: CitedPassage) -> str:
    return read_link(passage.article_id, [(passage.start, passage.end)], passage.start, answer.understood)


def rephrased(answer: Answer) -> bool:
    """Whether what was answered differs from what was typed by more than white space."""
    return " ".join(answer.question.split()) != answer.understood


def source_line(citation: Citation) -> str:
    """Title, date, file and place: how a quote is referred to outside of the page."""
    parts = [citation.title, day(citation.published), citation.file]
    if citation.page is not None:
        parts.append(f"page {citation.page}")
    parts.append(f"characters {citation.start}–{citation.end}")
    line = ", ".join(part for part in parts if part)
    return f"{line}. {citation.url}" if web_url(citation.url) else line


def plain_citation(answer: Answer) -> str:
    """The answer and where it stands, to paste anywhere."""
    if answer.text is None:
        return f"{answer.question}\nNo answer: {answer.reason}"
    quotes = [f"“{citation.quote}” — {source_line(citation)}" for citation in answer.citations]
    return "\n".join(quotes)


def markdown(answer: Answer) -> str:
    """One turn of a conversation, for export."""
    lines = [f"## {_escaped(answer.question)}", ""]
    if rephrased(answer):
        lines += [f"*Understood as: {_escaped(answer.understood)}*", ""]
    if answer.text is None:
        lines += [f"No answer. {_escaped(answer.reason or '')}", ""]
    else:
        lines += [f"**{_escaped(answer.text)}**", ""]
        lines += [f"{confidence_words(answer.confidence)}, {percent(answer.confidence)}", ""]
    for citation in answer.citations:
        lines += [f"> {_escaped(citation.sentence)}", ">", f"> — {_escaped(source_line(citation))}", ""]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    """Markdown and HTML in an article stay text."""
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", " ".join(text.split()))


def register(app: Flask) -> None:
    """Makes these the templates' filters and functions."""
    for function in (confidence_words, percent, day, moment, length_class, web_url, host, ask_link):
        app.add_template_filter(function)
    for function in (count, rephrased, read_link, citation_link, passage_link):
        app.add_template_global(function)
