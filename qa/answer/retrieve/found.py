"""A question -> the passages that may answer it, with their articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.answer.understand.question import Question
from qa.filters import Filters
from qa.ports import Store
from qa.records import Article, Hit, Passage
from qa.settings import Settings

from .fuse import search
from .scope import scope


@dataclass(frozen=True, slots=True)
class Found:
    """hits: best first. articles: theirs, by their ids."""

    hits: Sequence[Hit]
    articles: Mapping[str, Article]

    @property
    def passages(self) -> list[Passage]:
        return [hit.passage for hit in self.hits]

    @property
    def nearness(self) -> float:
        """The likeness in meaning of the question and the nearest passage, a cosine; 0 where none was searched for."""
        return max((hit.cosine for hit in self.hits if hit.cosine is not None), default=0.0)

    def article_of(self, passage: Passage) -> Article:
        return self.articles[passage.article_id]

    def misplaced(self) -> Passage | None:
        """A passage that is not what its article says there, so that it must not be quoted."""
        return next((p for p in self.passages if self.article_of(p).text[p.start : p.end] != p.text), None)


def retrieve(
    question: Question,
    vector: NDArray[np.float32],
    store: Store,
    *,
    top_k: int,
    filters: Filters,
    settings: Settings,
) -> Found:
    """The best `top_k` passages of the articles that pass the filters. vector: the question's, (d,)."""
    within, favoured = scope(filters, question.dates)
    hits = search(
        store,
        question.text,
        vector,
        top_k=top_k,
        candidates=settings.candidates,
        rrf_k=settings.rrf_k,
        dense_weight=settings.dense_weight,
        lexical_weight=settings.lexical_weight,
        within=within,
        favoured=favoured,
    )
    return Found(hits, store.articles_of({hit.passage.article_id for hit in hits}))
