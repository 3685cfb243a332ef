"""An engine for the web's tests: its answers are spans of its articles, found by a rule a test can foresee."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

from flask import Flask

from qa.answer.tell.cite import cite_text
from qa.answer.understand.typed import clean
from qa.engine import STEPS, Engine
from qa.errors import NotFound
from qa.index.manifest import Manifest
from qa.records import Alternative, Answer, Article, ArticleInfo, Citation, CitedPassage, Respelled, Turn
from qa.settings import Settings
from web.app import create_app

# A context manager: application -> its address while it is served on a free port.
Serving = Callable[[Flask], AbstractContextManager[str]]


class FakeEngine:
    """Answers with every occurrence of the question's last word, whatever its case, without its question mark.

    `error`, where set, is raised instead of answering. `unsure`: what would be answered is a guess. `meant`: what is
    offered where nothing is answered. `other_reading`: what is offered as what else may have been meant.
    """

    reader = "fake"
    version = "v1"
    warning = None
    unsure = False
    meant: tuple[Respelled, ...] = ()
    other_reading: str | None = None
    waiting = 0

    def __init__(self, articles: Sequence[Article], error: Exception | None = None) -> None:
        self._articles, self.error = {article.id: article for article in articles}, error
        self.asked: list[tuple[str, tuple[Turn, ...], int | None]] = []
        self.options: list[dict[str, Any]] = []  # the others that each question was asked with
        self.manifest = Manifest.make(
            format=1,
            created_at="2026-11-21T20:41:00+00:00",
            encoder={"name": "fake", "checksum": "0", "dimension": 1},
            settings={},
            program="",
            content="",
            sources={},
            counts={"articles": len(articles), "passages": len(articles)},
            report={},
            files={},
        )

    def refresh(self, *, wait: bool = True) -> bool:
        return False

    def reach(self) -> None:
        pass

    def pinned(self) -> FakeEngine:
        return self

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        top_k: int | None = None,
        on_step: Callable[[str], None] | None = None,
        gone: Callable[[], bool] = lambda: False,
        client: str = "",
        **options: Any,
    ) -> Answer:
        if on_step is not None:
            for step in STEPS:
                on_step(step)
        if self.error:
            raise self.error
        self.asked.append((question, tuple(history), top_k))
        self.options.append(options)
        understood = clean(question, max_chars=Settings().question_chars)
        word = understood.rstrip("?").split()[-1].casefold()
        citations = tuple(c for article in self._articles.values() for c in _citations(article, word))
        guess = Alternative(citations[0].quote, 0.31, citations) if citations and self.unsure else None
        answered = bool(citations) and guess is None
        return Answer(
            question=question,
            understood=understood,
            text=citations[0].quote if answered else None,
            confidence=0.9 if answered else 0.1,
            reason=None if answered else "Nothing in the articles is about this.",
            citations=citations if answered else (),
            guess=guess,
            did_you_mean=() if citations else self.meant,
            other_reading=self.other_reading,
            passages=tuple(_passage(article) for article in self._articles.values())[:top_k],
            reader=self.reader,
            index_version=self.version,
            timings_ms={"total": 0.5},
        )

    def articles(self) -> list[ArticleInfo]:
        return [_info(article) for article in self._articles.values()]

    def article(self, article_id: str) -> Article:
        if article_id not in self._articles:
            raise NotFound(f"There is no article {article_id!r} in the index.")
        return self._articles[article_id]

    def original(self, article_id: str) -> Path:
        raise NotFound("It was never a file.")


def app_of(engine: object, **given: Any) -> Flask:
    """The application over an engine of the tests, or over a function that opens one."""
    return create_app(cast(Engine, engine), **given)


def _citations(article: Article, word: str) -> list[Citation]:
    found, at = [], article.raw.casefold().find(word)
    while at >= 0:
        start, end = at, at + len(word)
        line_start = article.raw.rfind("\n", 0, start) + 1
        line_end = article.raw.find("\n", end)
        line_end = len(article.raw) if line_end < 0 else line_end
        text, sentence = (article.alignment.to_text(*of) for of in ((start, end), (line_start, line_end)))
        if text is not None:
            found.append(cite_text(article, text, sentence=sentence))
        at = article.raw.casefold().find(word, end)
    return found


def _passage(article: Article) -> CitedPassage:
    return CitedPassage(
        article_id=article.id,
        file=article.path,
        title=article.title,
        start=0,
        end=len(article.raw),
        text=article.text,
        score=0.03,
        dense_rank=1,
        lexical_rank=None,
    )


def _info(article: Article) -> ArticleInfo:
    return ArticleInfo(
        id=article.id,
        path=article.path,
        title=article.title,
        published=article.published,
        published_inferred=article.published_inferred,
        source=article.source,
        url=article.url,
        length=len(article.raw),
        passages=1,
        also_in=article.also_in,
        language=article.language,
    )
