from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from qa.answer.tell.cite import cite, cite_passage
from qa.records import Alignment, Article, Hit, Part, Passage, Span

RAW = "[ad] One came. Two\r\nwent home. [ad] Three."
TEXT = "One came. Two went home. Three."
ALIGNED = Alignment(((0, 5, 13), (13, 18, 1), (14, 20, 11), (25, 37, 6)))
ARTICLE = Article("a", "f.txt", RAW, "T", TEXT, date(2022, 1, 27), False, None, "u", ALIGNED, (0, 20))


def _cited(passage_start: int, start: int, end: int) -> tuple[str, str]:
    passage = Passage(1, "a", passage_start, len(TEXT), TEXT[passage_start:])
    citation = cite(Span(passage, start, end, 1, 1), ARTICLE)
    assert RAW[citation.start : citation.end] == citation.quote
    assert RAW[citation.sentence_start : citation.sentence_end] == citation.sentence
    return citation.quote, citation.sentence


def test_a_span_is_quoted_from_the_raw_text_with_its_sentence() -> None:
    assert _cited(0, 0, 3) == ("One", "One came.")
    assert _cited(10, 0, 8) == ("Two\r\nwent", "Two\r\nwent home.")


def test_a_span_over_two_sentences_has_both_around_it() -> None:
    assert _cited(0, 4, 13) == ("came. Two", "One came. Two\r\nwent home.")


@given(st.integers(0, len(TEXT) - 1), st.data())
def test_every_span_lies_within_its_sentence_and_quotes_exactly(start: int, data: st.DataObject) -> None:
    end = data.draw(st.integers(start + 1, len(TEXT)))
    quote, sentence = _cited(0, start, end)
    assert quote
    assert quote in sentence


def test_what_is_known_of_the_article_comes_along() -> None:
    passage = Passage(1, "a", 10, 24, TEXT[10:24])
    citation = cite(Span(passage, 4, 8, 1, 1), ARTICLE)
    assert (citation.file, citation.title, citation.url, citation.published) == (
        "f.txt",
        "T",
        "u",
        date(2022, 1, 27),
    )
    assert citation.page == 2


def test_an_article_without_pages_has_no_page() -> None:
    plain = Article("a", "f.txt", TEXT, "T", TEXT)
    assert cite(Span(Passage(1, "a", 0, 9, TEXT[:9]), 0, 3, 1, 1), plain).page is None


def test_a_quote_tells_what_it_stands_in() -> None:
    captioned = replace(ARTICLE, parts=(Part(10, 24, "caption"), Part(14, 18, "credit")))
    passage = Passage(1, "a", 10, len(TEXT), TEXT[10:])
    told = [cite(Span(passage, start, end, 1, 1), captioned).role for start, end in ((0, 3), (4, 8), (0, 21))]
    assert told == ["caption", "credit", None]


def test_a_passage_shows_its_cleaned_text_and_its_raw_place() -> None:
    shown = cite_passage(Hit(Passage(1, "a", 10, 24, TEXT[10:24]), 0.5, 2, None), ARTICLE)
    assert shown.text == "Two went home."
    assert RAW[shown.start : shown.end] == "Two\r\nwent home."
    assert (shown.score, shown.dense_rank, shown.lexical_rank) == (0.5, 2, None)
