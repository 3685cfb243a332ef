"""An answer -> a turn as the page shows it: quotes in their sentences, what the sources disagree on, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from qa import answer_json, tabled
from qa.engine import Engine
from qa.errors import NotFound
from qa.listed import Line, lines
from qa.records import Answer, Article, Cell, Citation, CitedPassage, Derived, Quoted
from web import export, filtering, words
from web.closest import closest
from web.filtering import Chip
from web.marks import Piece, pieces, surroundings
from web.states import State, state
from web.why import Why, why

CONTEXT_CHARS = 220  # of the article on each side of a cited sentence: about two lines


@dataclass(frozen=True, slots=True)
class Cited:
    """A cited sentence in pieces, without markup, and what stands around it in the article's text; citation: the
    first of those that it holds; header: of the table whose row it is, or empty."""

    citation: Citation
    header: str
    before: str
    sentence: list[Piece]
    after: str
    derived: tuple[Derived, ...]
    source: str | None
    also_in: tuple[str, ...]

    @property
    def text(self) -> str:
        return with_header(self.header, "".join(piece.text for piece in self.sentence))


@dataclass(frozen=True, slots=True)
class Version:
    """One of the answers that articles give to a question they disagree on."""

    text: str
    confidence: float
    cited: list[Cited]
    likeliest: bool
    superseded: bool = False

    @property
    def newest(self) -> date | None:
        return max((one.citation.published for one in self.cited if one.citation.published), default=None)


@dataclass(frozen=True, slots=True)
class Said:
    """A quote in the article's words, without markup: its lines, and the header of the table whose row it is."""

    citation: Citation
    lines: list[Line]
    header: str
    source: str | None

    @property
    def text(self) -> str:
        return with_header(self.header, "\n".join(map(str, self.lines)))


@dataclass(frozen=True, slots=True)
class Turn:
    answer: Answer
    state: State
    parts: tuple[str, ...]  # of an answer that is a list
    cited: list[Cited]
    guessed: list[Cited]
    quoted: list[list[Said]]  # where quotes are given, article by article
    closest: list[CitedPassage]  # where nothing is answered, nor guessed
    versions: list[Version]  # newest first; none where no article says otherwise
    filters: Mapping[str, str]
    chips: list[Chip]
    why: Why | None
    data: dict[str, Any]  # for the page's script: the answer's JSON, and what to copy and export


def with_header(header: str, text: str) -> str:
    return f"{header}\n{text}" if header else text


def turn(engine: Engine, answer: Answer, filters: Mapping[str, str]) -> Turn:
    """engine: that gave the answer. filters: that it was asked with."""
    chips = filtering.chips(answer.understood, filters, lambda article_id: title(engine, article_id))
    cited = _cited(engine, answer.citations)
    data = {
        "answer": answer_json.to_dict(replace(answer, explain=None)),  # as /ask gives it, and half as large
        "filters": dict(filters),
        "only": title(engine, filters["article"]) if "article" in filters else "",
        "copy": export.plain_citation(answer),
        "markdown": export.markdown(answer, [chip.label for chip in chips]),
    }
    versions = _versions(engine, answer, cited)
    guessed = _cited(engine, answer.guess.citations) if answer.guess else []
    near = closest(answer) if answer.outcome == "none" and not answer.quotes else []
    quoted = _quoted(engine, answer.quotes)
    parts = words.parts(answer)
    told = (parts, cited, guessed, quoted, near, versions, filters, chips, why(answer), data)
    return Turn(answer, state(answer), *told)


def title(engine: Engine, article_id: str) -> str:
    """Of an article; its id where there is none."""
    article = _article(engine, article_id)
    return article.title if article else article_id


def _quoted(engine: Engine, quotes: Sequence[Quoted]) -> list[list[Said]]:
    grouped: dict[str, list[Said]] = {}
    for one in quotes:
        article = _article(engine, one.citation.article_id)
        shown = list(lines(one, partial(_cleaned, article, one.citation)))
        if one.citation.cells:
            shown = [Line(_row(article, one.citation))]
        said = Said(one.citation, shown, _header(article, one.citation), article.source if article else None)
        grouped.setdefault(one.citation.article_id, []).append(said)
    return list(grouped.values())


def _header(article: Article | None, citation: Citation) -> str:
    return _row(article, citation.header) if citation.header else ""


def _row(article: Article | None, citation: Citation) -> str:
    """What a row of a table, or a header, is shown as."""
    place = article.alignment.to_text(citation.sentence_start, citation.sentence_end) if article else None
    return tabled.parted(*_told(article, place))[0] if article and place else tabled.row_text(citation)


def _told(article: Article, place: tuple[int, int]) -> tuple[str, tuple[Cell, ...], int]:
    """The text there; its cells, where it is a row of a table or a header; where it begins."""
    rows = (row for table in article.tables for row in (table.header, *table.rows))
    cells = next((row for row in rows if (row[0].start, row[-1].end) == place), ())
    return article.text[slice(*place)], cells, place[0]


def _cleaned(article: Article | None, citation: Citation, start: int, end: int) -> str:
    """What stands in [start, end) of the raw text, within the citation."""
    place = article.alignment.to_text(start, end) if article else None
    if article and place:
        return article.text[slice(*place)]
    return citation.quote[start - citation.start : end - citation.start]


def _versions(engine: Engine, answer: Answer, cited: list[Cited]) -> list[Version]:
    if answer.text is None or not answer.alternatives:
        return []
    versions = [Version(answer.text, answer.confidence, cited, True)]
    for other in answer.alternatives:
        versions.append(
            Version(other.text, other.confidence, _cited(engine, other.citations), False, other.superseded)
        )
    return sorted(versions, key=lambda version: version.newest or date.min, reverse=True)


def _cited(engine: Engine, citations: Sequence[Citation]) -> list[Cited]:
    """Citations of one sentence are shown as one, with all of their quotes marked."""
    together: dict[tuple[str, int, int], list[Citation]] = {}
    for one in citations:
        together.setdefault((one.article_id, one.sentence_start, one.sentence_end), []).append(one)
    return [_sentence(engine, of_one) for of_one in together.values()]


def _sentence(engine: Engine, citations: Sequence[Citation]) -> Cited:
    first = citations[0]
    derived = tuple(dict.fromkeys(told for cited in citations for told in cited.derived))
    article = _article(engine, first.article_id)
    place = article.alignment.to_text(first.sentence_start, first.sentence_end) if article else None
    if article is None or place is None:
        offset = first.sentence_start
        marks = [(cited.start - offset, cited.end - offset) for cited in citations]
        source, also_in = (article.source, article.also_in) if article else (None, ())
        header = _header(None, first)
        return Cited(first, header, "", pieces(first.sentence, marks), "", derived, source, also_in)
    start, end = place
    kept = [article.alignment.to_text(cited.start, cited.end) for cited in citations]
    shown, shift = tabled.parted(*_told(article, place))
    sentence = pieces(shown, [(shift(at[0] - start), shift(at[1] - start)) for at in kept if at])
    before, after = surroundings(article.text, start, end, CONTEXT_CHARS)
    header = _header(article, first)
    return Cited(first, header, before, sentence, after, derived, article.source, article.also_in)


def _article(engine: Engine, article_id: str) -> Article | None:
    try:
        return engine.article(article_id)
    except NotFound:  # the index was replaced since; the sentence is shown alone
        return None
