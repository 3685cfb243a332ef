"""The seams: what the steps need of an encoder, a reader and a store, whoever provides it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from .filters import Filters
from .records import Article, ArticleInfo, Passage, Span

Ids = NDArray[np.int64]  # (n,)
Ranking = list[tuple[int, float]]  # (passage id, score), best first
Progress = Callable[[str, int, int], None]  # (phase, done, total)


class Encoder(Protocol):
    """Texts -> vectors. May be called from several threads."""

    name: str
    checksum: str  # changes when the vectors would
    dimension: int
    max_tokens: int
    precision: str  # the number format that `encode` computes in; vectors of different ones can be compared

    def encode(
        self, texts: Sequence[str], *, batch_size: int = ..., progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """float32 (len(texts), dimension), rows of unit length."""

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """float32 (dimension,), of unit length, the same on every computer but for float32's rounding."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the special ones."""


class Reader(Protocol):
    """A question and passages -> candidate answers. May be called from several threads."""

    name: str

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span]:
        """Spans of these passages, best first; possibly none, possibly several of one passage."""


@runtime_checkable
class Layered(Protocol):
    """A reader that reads a passage through no more of its layers than it must."""

    name: str

    def find(
        self, question: str, passages: Sequence[Passage], through: dict[int, int] | None = None
    ) -> Sequence[object]:
        """What spans are chosen from."""

    def read(
        self, question: str, passages: Sequence[Passage], through: dict[int, int] | None = None
    ) -> list[Span]:
        """As `Reader.read`. through: where it is told of each passage, by its number, through how many layers."""


class Store(Protocol):
    """One published index, whole and unchanging: a snapshot. May be called from several threads."""

    @property
    def version(self) -> str:
        """Names this snapshot; another content has another version."""

    def holds(self, filters: Filters) -> bool:
        """Whether there is a passage whose article matches."""

    def search_dense(
        self, vector: NDArray[np.float32], k: int, within: Sequence[Filters] | None = None
    ) -> Ranking:
        """The k passages nearest to `vector` (d,): (passage id, cosine), best first, equal ones by id.

        within: only passages whose articles match one of these are searched; of none, none. Fewer than k only where
        there are no more. Raises ValueError for a vector of another dimension.
        """

    def search_lexical(self, question: str, k: int, within: Sequence[Filters] | None = None) -> Ranking:
        """The best k passages that share a term with `question`: (passage id, score), best first, equal ones by id.

        within: as above; scores are what they are in a search of everything. Any text may be asked: nothing in it is
        query syntax.
        """

    def search(
        self, question: str, vector: NDArray[np.float32], k: int, within: Sequence[Filters] | None = None
    ) -> tuple[Ranking, Ranking]:
        """What `search_dense` and `search_lexical` find, asked for at once."""

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages of these ids, in this order. Raises KeyError for an unknown id."""

    def passages_of(self, article_id: str) -> list[Passage]:
        """An article's passages, by their start; none for an unknown article."""

    def sources(self) -> list[str]:
        """The sources that articles name, each once, by name."""

    def published_range(self) -> tuple[date, date] | None:
        """The oldest and the newest article's day; None where no article has a date."""

    def articles(self) -> list[ArticleInfo]:
        """Every article, by path."""

    def article(self, article_id: str) -> Article:
        """Raises NotFound."""

    def articles_of(self, ids: Collection[str]) -> dict[str, Article]:
        """The articles of these ids, by their id, asked for at once. Raises NotFound."""

    def close(self) -> None:
        """Give back files and connections. The store must not be used after it."""
