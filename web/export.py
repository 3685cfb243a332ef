"""An answer with its sources as text: to paste anywhere, and as a part of a conversation's Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.listed import lines as lines_of
from qa.records import Answer, Citation, Quoted
from qa.tabled import row_text, with_header
from web.words import confidence_words, day, meant, parts, percent, rephrased, sources_agree, web_url

BULLET = "•"
INDENT = "   "  # as wide as "1. ", so that a list in an item is its own, and never so wide that it is code
_NUMBERED = re.compile(r"\d{1,9}[.)]")  # what Markdown numbers a list with
YES_NO = "Evidence to judge by, not a yes or no"


def source_line(citation: Citation) -> str:
    """Title, date, file and place: how a quote is referred to outside of the page."""
    named = [citation.title, day(citation.published), citation.file]
    if citation.page is not None:
        named.append(f"page {citation.page}")
    named.append(f"characters {citation.start}–{citation.end}")
    line = ", ".join(part for part in named if part)
    return f"{line}. {citation.url}" if web_url(citation.url) else line


def plain_citation(answer: Answer) -> str:
    """The answer and where it stands, what other articles say instead too."""
    if answer.quotes and answer.text is None:
        return "\n".join(_listed(one) if one.items else _quoted(one.citation) for one in answer.quotes)
    if answer.guess is not None:
        quotes = [_quoted(citation) for citation in answer.guess.citations]
        return "\n".join(
            [answer.question, f"Not sure. Perhaps ({percent(answer.guess.confidence)}):", *quotes]
        )
    if answer.text is None:
        return f"{answer.question}\n{_none(answer)}"
    quotes = [_quoted(citation) for citation in answer.citations]
    if answer.alternatives:
        quotes.append("Other articles say:")
        quotes += [_quoted(citation) for other in answer.alternatives for citation in other.citations]
    return "\n".join(quotes)


def _none(answer: Answer) -> str:
    said = "The articles do not say." if answer.established else "No sure answer found."
    return f"{said} {answer.reason}"


def _quoted(citation: Citation) -> str:
    """What is quoted; a row of a table with its header."""
    told = "\n".join(with_header(citation)) if citation.cells and _is_row(citation) else citation.quote
    return f"“{told}”{_derived(citation)} — {source_line(citation)}"


def _is_row(citation: Citation) -> bool:
    return (citation.start, citation.end) == (citation.sentence_start, citation.sentence_end)


def _listed(one: Quoted) -> str:
    """Its lines, with the markers of its lists."""
    told = "\n".join(map(str, lines_of(one)))
    return f"“{told}” — {source_line(one.citation)}"


def _derived(citation: Citation) -> str:
    told = [
        f"{of.text} → {meant(of)}, derived from {f'“{of.counted_from}”' if of.counted_from else 'the article’s date'}"
        for of in citation.derived
    ]
    return f" [{'; '.join(told)}]" if told else ""


def markdown(answer: Answer, filters: Sequence[str] = ()) -> str:
    """One turn of a conversation. filters: in words, those it was asked with."""
    lines = [f"## {_escaped(answer.question)}", ""]
    if rephrased(answer):
        lines += [f"*Understood as: {_escaped(answer.understood)}*", ""]
    if filters:
        lines += [f"*Asked only of articles {_escaped(', '.join(filters))}*", ""]
    if answer.quotes and answer.text is None:
        told = [_list(one) if one.items else _quotes([one.citation]) for one in answer.quotes]
        return "\n".join([*lines, *(line for one in told for line in one)])
    if answer.guess is not None:
        sure = percent(answer.guess.confidence)
        lines += [f"Not sure. Perhaps: **{_escaped(answer.guess.text)}** ({sure})", ""]
        return "\n".join([*lines, *_quotes(answer.guess.citations)])
    if answer.text is None:
        return "\n".join([*lines, _escaped(_none(answer)), ""])
    if answer.answer_type == "evidence":
        lines += [f"{YES_NO}:", ""]
    lines += [f"- **{_escaped(part)}**" for part in parts(answer)] or [f"**{_escaped(answer.text)}**"]
    sure = f"{confidence_words(answer.confidence)}, {percent(answer.confidence)}"
    if answer.agreement and answer.agreement.sources > 1:
        sure = f"{sure}; {sources_agree(answer.agreement)}"
    lines += ["", sure, ""]
    lines += _quotes(answer.citations)
    for other in answer.alternatives:
        lines += [f"Other articles say: **{_escaped(other.text)}** ({percent(other.confidence)})", ""]
        lines += _quotes(other.citations)
    return "\n".join(lines)


def _quotes(citations: Sequence[Citation]) -> list[str]:
    lines = []
    for cited in citations:
        header = [f"> {_escaped(line)}  " for line in with_header(cited)[:-1]]
        lines += [*header, f"> {_escaped(row_text(cited))}{_escaped(_derived(cited))}", ">"]
        lines += [f"> — {_escaped(source_line(cited))}", ""]
    return lines


def _list(one: Quoted) -> list[str]:
    """A quote with items of lists, as lists of Markdown that keep their numbers; what has no marker is a paragraph."""
    told: list[str] = []
    for line in lines_of(one):
        if line.marker:
            mark = (
                line.marker if _NUMBERED.fullmatch(line.marker) else f"- {line.marker.strip(BULLET)}".strip()
            )
            told.append(f"> {INDENT * (line.level or 0)}{mark} {_escaped(line.text)}")
        else:
            told += [*([">"] if told and told[-1] != ">" else []), f"> {_escaped(line.text)}", ">"]
    end = [] if told[-1] == ">" else [">"]
    return [*told, *end, f"> — {_escaped(source_line(one.citation))}", ""]


def _escaped(text: str) -> str:
    """Markdown and HTML in an article stay text; the space at either end stays too."""
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", re.sub(r"\s+", " ", text))
