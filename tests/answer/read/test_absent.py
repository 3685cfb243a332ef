from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

import pytest
from fakes import article

from qa.answer.read.absent import Occurrences
from qa.answer.retrieve.found import Found
from qa.answer.understand.question import Question
from qa.filters import Filters
from qa.records import Article, Hit, Passage

NEWS = replace(
    article("Vladimir Yermakov of NATO spoke in Riga on Tuesday.", title="Talks"),
    published=date(2021, 12, 10),
)
OLD = replace(article("On May 3, 1997, Ottawa signed."), published=date(2020, 2, 1))


class _Store:
    """Finds an article by any of its words; each is one passage."""

    def __init__(self, *articles: Article) -> None:
        self._articles = {one.id: one for one in articles}
        self._passages = [Passage(at, a.id, 0, len(a.text), a.text) for at, a in enumerate(articles)]

    def search_lexical(self, question: str, k: int) -> list[tuple[int, float]]:
        wanted = question.casefold().split()
        return [(p.id, 1.0) for p in self._passages if any(word in p.text.casefold() for word in wanted)][:k]

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        return [self._passages[id_] for id_ in ids]

    def articles_of(self, ids: Collection[str]) -> dict[str, Article]:
        return {id_: self._articles[id_] for id_ in ids}

    def holds(self, filters: Filters) -> bool:
        first, last = filters.published_after, filters.published_before
        assert first is not None and last is not None
        days = [self._articles[p.article_id].published for p in self._passages]
        return any(day is not None and first <= day <= last for day in days)


def _nowhere(question: str, *found: Article) -> list[str]:
    store = _Store(NEWS, OLD)
    passages = [Passage(at, one.id, 0, len(one.text), one.text) for at, one in enumerate(found)]
    hits = [Hit(passage, 0.1, 1, 1) for passage in passages]
    occurrences = Occurrences(store, Found(hits, {one.id: one for one in found}))  # type: ignore[arg-type]
    return occurrences.nowhere(Question.of(question, date(2022, 2, 10)))


@pytest.mark.parametrize(
    "question",
    [
        "What did Yermakov say?",
        "What was signed in Ottawa?",  # not in what was found, but in the store
        "What was signed on May 3?",
        "What was signed on May 3, 1997?",
        "Who spoke on December 7?",  # "on Tuesday", counted
        "Who spoke in December?",  # by the article's date
        "What was said in February 2020?",
        "Who spoke last year?",  # relative: never absent
        "Which 44 men spoke?",  # a number
        "What did the BBC say?",  # an abbreviation
        "Merkel said what?",  # the first word
        "Describe the talks",
        "What Did The Chancellor Merkel Say?",
        "what did merkel say?",
    ],
)
def test_what_is_mentioned_or_may_be_is_not_absent(question: str) -> None:
    assert _nowhere(question, NEWS) == []


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("What did Angela Merkel say?", ["Angela Merkel"]),
        ("What did Yermakow say on December 8?", ["Yermakow", "December 8"]),
        ("What was signed on May 3, 1998?", ["May 3, 1998"]),  # that day of another year only
        ("Who spoke in November?", ["November"]),
        ("Who spoke in 2019 to Yermakov?", ["2019"]),
    ],
)
def test_what_nothing_mentions_is_named(question: str, absent: list[str]) -> None:
    assert _nowhere(question, NEWS) == absent
