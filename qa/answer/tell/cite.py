"""A span, or any text of an article -> its citation: the exact place in the raw file, for it and for the sentence
around it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from qa.answer.decide.agree import Said
from qa.answer.decide.sentence import around
from qa.records import Alternative, Article, Cell, Citation, CitedPassage, Hit, Span

from .derive import derived
from .selectors import selectors

ROW_CHARS = (
    600  # of a table's row that is shown as one; a longer one holds paragraphs, and their sentences are shown
)


def cite(span: Span, article: Article) -> Citation:
    """A span of the article, with what its relative dates mean, in the sentence around it; of a table, in its row."""
    offset = span.passage.start
    first, last = around(span)
    text = offset + span.start, offset + span.end
    cited = cite_text(article, text, sentence=_row(article, text) or (offset + first, offset + last))
    return replace(cited, derived=derived(span, article))


def _row(article: Article, text: tuple[int, int]) -> tuple[int, int] | None:
    """The row of a table that the text stands in; None: in none, or in one of whole paragraphs."""
    found = article.row(*text)
    if found is None:
        return None
    start, end = found[1][0].start, found[1][-1].end
    return (start, end) if end - start <= ROW_CHARS else None


def cite_text(
    article: Article, text: tuple[int, int], *, sentence: tuple[int, int] | None = None
) -> Citation:
    """What stands in [start, end) of the article's text, and the sentence around it; by default it is one itself. What
    stands in a row of a table comes with the table's header.

    `raw[start:end] == quote` and `raw[sentence_start:sentence_end] == sentence`, by construction.
    """
    found = article.row(*text)
    if found is None:
        return _cited(article, text, sentence or text)
    table, row = found
    whole = (row[0].start, row[-1].end) == (sentence or text)
    return replace(
        _cited(article, text, sentence or text),
        header=replace(_cited(article, table.named, table.named), cells=_in_raw(article, table.header)),
        cells=_in_raw(article, row) if whole else (),
    )


def _in_raw(article: Article, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    return tuple(Cell(*article.alignment.to_raw(cell.start, cell.end), cell.column) for cell in cells)


def _cited(article: Article, text: tuple[int, int], sentence: tuple[int, int]) -> Citation:
    start, end = article.alignment.to_raw(*text)
    sentence_start, sentence_end = article.alignment.to_raw(*sentence)
    return Citation(
        article_id=article.id,
        file=article.path,
        title=article.title,
        url=article.url,
        published=article.published,
        quote=article.raw[start:end],
        start=start,
        end=end,
        sentence=article.raw[sentence_start:sentence_end],
        sentence_start=sentence_start,
        sentence_end=sentence_end,
        page=bisect_right(article.page_starts, start) or None,
        selectors=selectors(article, start, end),
        role=article.role(*text),
    )


def citations(spans: Sequence[Span], articles: Mapping[str, Article]) -> tuple[Citation, ...]:
    """articles: by their ids."""
    return tuple(cite(span, articles[span.passage.article_id]) for span in spans)


def alternatives(others: Sequence[Said], articles: Mapping[str, Article]) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(said.spans[0].text, said.confidence, citations(said.spans, articles), said.superseded)
        for said in others
    )


def cite_passage(hit: Hit, article: Article) -> CitedPassage:
    start, end = article.alignment.to_raw(hit.passage.start, hit.passage.end)
    return CitedPassage(
        article_id=article.id,
        file=article.path,
        title=article.title,
        start=start,
        end=end,
        text=hit.passage.text,
        score=hit.score,
        dense_rank=hit.dense_rank,
        lexical_rank=hit.lexical_rank,
    )
