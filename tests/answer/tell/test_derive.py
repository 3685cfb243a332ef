from __future__ import annotations

from dataclasses import replace
from datetime import date

from fakes import article

from qa.answer.tell.derive import derived
from qa.records import Derived, Passage, Span

TEXT = "Putin and Biden held a call on Tuesday that lasted two hours. They will meet next week."
ARTICLE = replace(article(TEXT), published=date(2021, 12, 10))


def _span(quote: str) -> Span:
    at = TEXT.index(quote)
    return Span(Passage(1, ARTICLE.id, 0, len(TEXT), TEXT), at, at + len(quote), 1.0, 1.0)


def test_a_weekday_and_a_week_are_told_beside_the_quote() -> None:
    assert derived(_span("on Tuesday"), ARTICLE) == (Derived("Tuesday", date(2021, 12, 7)),)
    assert derived(_span("next week"), ARTICLE) == (
        Derived("next week", date(2021, 12, 13), until=date(2021, 12, 19)),
    )


def test_only_phrases_inside_the_quote_are_told() -> None:
    assert derived(_span("two hours"), ARTICLE) == ()
    assert derived(_span("Tues"), ARTICLE) == ()


def test_without_a_date_of_the_article_nothing_is_derived() -> None:
    assert derived(_span("on Tuesday"), replace(ARTICLE, published=None)) == ()


def test_a_date_that_counts_from_another_one_tells_from_which() -> None:
    text = "Yugansk was sold in December 2004. On 31 March of the following year a court heard it."
    of = replace(article(text), published=None)
    for quote in ("31 March", "31 March of the following year", "the following year"):
        at = text.index(quote)
        span = Span(Passage(1, of.id, 0, len(text), text), at, at + len(quote), 1.0, 1.0)
        assert derived(span, of) == (
            Derived("31 March of the following year", date(2005, 3, 31), None, "December 2004"),
        )
