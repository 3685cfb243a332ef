"""A published generation in a local folder: FAISS, tantivy and SQLite behind the Store port."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property, reduce
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.vectors import Vectors

from ..errors import IndexCorrupt
from ..filters import Filters
from ..records import Article, ArticleInfo, Passage
from ..settings import Settings
from .articles import Articles
from .facets import Facets
from .lexical import LexicalIndex
from .manifest import Manifest

VECTORS, LEXICAL, ARTICLES = "vectors", "lexical", "store.sqlite"


class LocalStore:
    """Raises IndexCorrupt, naming the file, where one is missing, altered, or at odds with the manifest."""

    def __init__(
        self,
        folder: Path,
        settings: Settings | None = None,
        *,
        checksums: bool = True,
        later: bool = False,
    ) -> None:
        """checksums: compare every file with its manifest; only who has just written them may go without.

        later: of an index larger than the settings' `checked_mib`, compare sizes only; then `unchecked` is true, and
        `check_files` is still to be called.
        """
        settings = settings or Settings()
        self.folder = folder
        self.manifest = Manifest.load(folder)
        self.unchecked = later and self.manifest.mib > settings.checked_mib
        if checksums:
            self.manifest.check_files(folder, content=not self.unchecked)
        try:
            self.vectors = Vectors(folder / VECTORS, threads=settings.search_threads, probes=settings.probes)
        except (OSError, ValueError) as error:
            raise IndexCorrupt(folder / VECTORS, str(error)) from error
        try:
            self._lexical = LexicalIndex.open(folder / LEXICAL)
        except (OSError, ValueError) as error:
            raise IndexCorrupt(folder / LEXICAL, str(error)) from error
        try:
            self._articles = Articles(folder / ARTICLES)
            counted = self._articles.counts()
        except sqlite3.DatabaseError as error:
            raise IndexCorrupt(folder / ARTICLES, str(error)) from error
        self._check_counts(counted)

    @property
    def version(self) -> str:
        return self.manifest.version

    def holds(self, filters: Filters) -> bool:
        return len(self._select(filters)) > 0

    def search_dense(
        self, vector: NDArray[np.float32], k: int, within: Sequence[Filters] | None = None
    ) -> list[tuple[int, float]]:
        return self.vectors.search(vector, k, self._among(within))

    def search_lexical(
        self, question: str, k: int, within: Sequence[Filters] | None = None
    ) -> list[tuple[int, float]]:
        return self._lexical.search(question, k, self._among(within))

    def search(
        self,
        question: str,
        vector: NDArray[np.float32],
        k: int,
        within: Sequence[Filters] | None = None,
    ) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        among = self._among(within)
        return self.vectors.search(vector, k, among), self._lexical.search(question, k, among)

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        with self._intact():
            return self._articles.passages(ids)

    def passages_of(self, article_id: str) -> list[Passage]:
        with self._intact():
            return self._articles.passages_of(article_id)

    def sources(self) -> list[str]:
        return self._facets.sources()

    def published_range(self) -> tuple[date, date] | None:
        return self._facets.published_range()

    def articles(self) -> list[ArticleInfo]:
        with self._intact():
            return self._articles.articles()

    def article(self, article_id: str) -> Article:
        with self._intact():
            return self._articles.article(article_id)

    def articles_of(self, ids: Collection[str]) -> dict[str, Article]:
        return {id_: self.article(id_) for id_ in ids}

    def digests(self) -> dict[str, bytes]:
        """Of every article, by its id: SHA-256 of all that is told about it and of its passages' ids."""
        return self._articles.digests()

    def passage_ids(self, article_ids: Sequence[str]) -> list[int]:
        return self._articles.passage_ids(article_ids)

    def all_passage_ids(self) -> NDArray[np.int64]:
        """Ascending."""
        return self._articles.all_passage_ids()

    def lexical_ids(self) -> NDArray[np.int64]:
        """Of the passages that are found by their words, ascending."""
        return self._lexical.ids()

    def vector_ids(self) -> NDArray[np.int64]:
        return self.vectors.ids()

    def vectors_of(self, ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        return self.vectors.get(ids)

    def has_words(self, id_: int, text: str) -> bool:
        return bool(self._lexical.search(text, 1, np.array([id_], dtype=np.int64)))

    def file(self, name: str) -> Path:
        return self.folder / name

    def titled_passages(self) -> Iterator[tuple[str, Passage]]:
        """Every passage, with its article's title."""
        return self._articles.titled()

    def check_files(self) -> None:
        """Compare every file with its checksum, on one thread beside those that answer. Raises IndexCorrupt."""
        self.manifest.check_files(self.folder, threads=1)

    def close(self) -> None:
        self._articles.close()

    def _select(self, filters: Filters) -> NDArray[np.int64]:
        chosen = self._facets.select(filters)
        if filters.article is None:
            return chosen
        return np.intersect1d(chosen, np.array(self.passage_ids([filters.article]), dtype=np.int64))

    def _among(self, within: Sequence[Filters] | None) -> NDArray[np.int64] | None:
        """The ids of the passages whose articles match any of these, ascending; None: all."""
        if within is None:
            return None
        return reduce(np.union1d, map(self._select, within), np.empty(0, dtype=np.int64))

    @contextmanager
    def _intact(self) -> Iterator[None]:
        """A file may be damaged while it is open: what no longer reads as it was written is not served."""
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise IndexCorrupt(self.folder / ARTICLES, str(error)) from error

    @cached_property
    def _facets(self) -> Facets:
        """Read when first needed: a second for a million passages. Two threads may both read them, to the same end."""
        return self._articles.facets()

    def _check_counts(self, counted: dict[str, int]) -> None:
        expected = self.manifest.counts
        found = {
            VECTORS: (len(self.vectors), expected["passages"], "vectors"),
            LEXICAL: (len(self._lexical), expected["passages"], "lexical entries"),
            ARTICLES: (counted["passages"], expected["passages"], "passages"),
        }
        for name, (has, says, what) in found.items():
            if has != says:
                raise IndexCorrupt(self.folder / name, f"it holds {has} {what}, and the manifest says {says}")
        if counted["articles"] != expected["articles"]:
            raise IndexCorrupt(
                self.folder / ARTICLES,
                f"it holds {counted['articles']} articles, and the manifest says {expected['articles']}",
            )
        if self.vectors.dimension != self.manifest.encoder["dimension"]:
            raise IndexCorrupt(
                self.folder / VECTORS,
                f"its vectors have {self.vectors.dimension} dimensions, and the manifest says "
                f"{self.manifest.encoder['dimension']}",
            )
