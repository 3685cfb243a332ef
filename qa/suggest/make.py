"""Articles -> questions that they answer: proposed by rules, then asked; kept where the right words come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, zip_longest
from typing import Protocol

from ..answer import words
from ..errors import Overloaded
from ..ingest.sentences import sentence_spans
from ..records import Answer, Article, ArticleInfo
from .questions import Proposed, propose

ARTICLES = 200  # looked at; of more, as many spread evenly from the newest to the oldest
KEPT = 120  # more would only be shown to whoever types, and each costs at least one question
KEPT_OF_ONE = 4  # of an article
ASKED_OF_ONE = 12
SENTENCES = 400  # of an article that are looked at
SURE = 0.6  # confidence; what the page calls "fairly confident" or better
ALIKE = 0.6  # questions that share so much of their words (Jaccard) are one


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that was answered, by [start, end) of the raw text of an article."""

    question: str
    kind: str
    answer: str
    confidence: float
    article_id: str
    file: str
    start: int
    end: int


class Answering(Protocol):
    """What is needed of an engine."""

    def articles(self) -> list[ArticleInfo]: ...
    def article(self, article_id: str) -> Article: ...
    def ask(self, question: str) -> Answer: ...


def make(engine: Answering, go_on: Callable[[], bool] = lambda: True) -> list[Suggestion]:
    """One of each article, then a second of each, and so on.

    go_on: called before each article is read and each question asked; it may wait, and False ends the making with
    what there is.
    """
    kept: list[Suggestion] = []
    waiting = [_tries(engine, info.id, go_on) for info in spread(engine.articles(), ARTICLES)]
    for _ in range(KEPT_OF_ONE):
        going = []
        for tries in waiting:
            found = _first_answered(engine, tries, kept, go_on)
            if found is not None:
                kept.append(found)
                going.append(tries)
            if len(kept) == KEPT:
                return kept
        waiting = going
    return kept


def spread(listed: Sequence[ArticleInfo], n: int) -> list[ArticleInfo]:
    """At most n, evenly from the newest to the oldest; those without a date last."""
    ordered = sorted(listed, key=lambda info: (-(info.published or date.min).toordinal(), info.path))
    if len(ordered) <= n:
        return ordered
    return [ordered[at * len(ordered) // n] for at in range(n)]


@dataclass(frozen=True, slots=True)
class _Try:
    """A question, and where in the article's raw text its answer should stand."""

    proposed: Proposed
    sentence: int
    article: Article
    start: int
    end: int


def _tries(engine: Answering, article_id: str, go_on: Callable[[], bool]) -> Iterator[_Try]:
    """Those of an article, kinds in turn; read only when the first is asked for."""
    if not go_on():
        return
    article = engine.article(article_id)
    by_kind: dict[str, list[_Try]] = {}
    for number, (start, end) in enumerate(sentence_spans(article.text)[:SENTENCES]):
        for one in propose(article.text[start:end]):
            place = article.alignment.to_raw(start + one.start, start + one.end)
            by_kind.setdefault(one.kind, []).append(_Try(one, number, article, *place))
    in_turn = [one for row in zip_longest(*by_kind.values()) for one in row if one is not None]
    yield from islice(in_turn, ASKED_OF_ONE)


def _first_answered(
    engine: Answering, tries: Iterator[_Try], kept: Sequence[Suggestion], go_on: Callable[[], bool]
) -> Suggestion | None:
    for one in tries:
        if any(_alike(one.proposed.question, other.question) for other in kept):
            continue
        if not go_on():
            return None
        found = answered(engine, one.proposed.question, one.proposed.kind, one.article, one.start, one.end)
        if found is not None:
            return found
    return None


def answered(
    engine: Answering, question: str, kind: str, article: Article, start: int, end: int
) -> Suggestion | None:
    """The suggestion, where the engine surely answers with raw[start:end] of this article, give or take a word."""
    try:
        answer = engine.ask(question)
    except Overloaded:  # people are asking: this one is passed over
        return None
    if answer.text is None or answer.confidence < SURE or answer.answer_type not in (None, "span"):
        return None
    for cited in answer.citations[:1]:
        shared = min(cited.end, end) - max(cited.start, start)
        if cited.article_id == article.id and 2 * shared >= max(cited.end - cited.start, end - start):
            return Suggestion(
                question,
                kind,
                answer.text,
                answer.confidence,
                article.id,
                article.path,
                cited.start,
                cited.end,
            )
    return None


def _alike(one: str, other: str) -> bool:
    """Such as those that ask for two parts of one sentence."""
    a, b = words.stems(one), words.stems(other)
    return bool(a | b) and len(a & b) >= ALIKE * len(a | b)
