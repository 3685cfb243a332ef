"""A generation in the database, behind the ports."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import IndexCorrupt, NotFound
from ...filters import Filters
from ...ports import Ids, Ranking
from ...records import Article, ArticleInfo, Passage
from .. import packing
from ..lexical import terms_of
from ..manifest import Manifest
from .connections import Ask, Gone, Row
from .filtering import condition, plain
from .searching import Held, alive, statement

_BLOCK = 10_000  # passages fetched at a time


class PostgresStore:
    """Reads what of the tables belongs to one generation. May be called from several threads.

    ask: runs statements. name: of the store, for messages. Everything raises StoreUnavailable where the database does
    not answer, and where the generation has been removed meanwhile.
    """

    def __init__(
        self, ask: Ask, name: str, number: int, tables: int, average: float, manifest: Manifest
    ) -> None:
        self.manifest, self.tables, self.number = manifest, tables, number
        self._ask, self._name = ask, name
        self.terms = round(average * manifest.counts["passages"])  # of all passages, with repeats
        self._held = Held(tables, number, manifest.counts["passages"], average)
        self._alive = alive(number)
        self._files: tempfile.TemporaryDirectory[str] | None = None
        self._fetching = Lock()

    @property
    def version(self) -> str:
        return self.manifest.version

    def holds(self, filters: Filters) -> bool:
        matches, values = condition([filters])
        return bool(
            self._ask(
                f"SELECT 1 FROM passage_{self.tables} WHERE {self._alive} AND {matches} LIMIT 1", values
            )
        )

    def search_dense(
        self, vector: NDArray[np.float32], k: int, within: Sequence[Filters] | None = None
    ) -> Ranking:
        return self._search(None, vector, k, within)[0]

    def search_lexical(self, question: str, k: int, within: Sequence[Filters] | None = None) -> Ranking:
        return self._search(question, None, k, within)[1]

    def search(
        self, question: str, vector: NDArray[np.float32], k: int, within: Sequence[Filters] | None = None
    ) -> tuple[Ranking, Ranking]:
        return self._search(question, vector, k, within)

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        found: dict[int, Passage] = {}
        for first in range(0, len(ids), _BLOCK):
            some = {"ids": [int(id_) for id_ in ids[first : first + _BLOCK]]}
            found.update((p.id, p) for p in self._passages("id = ANY(%(ids)s)", some))
        if any(id_ not in found for id_ in ids):
            self._still_there()
        return [found[id_] for id_ in ids]

    def passages_of(self, article_id: str) -> list[Passage]:
        found = self._passages("article = %(article)s", {"article": plain(article_id)})
        return sorted(found, key=lambda passage: (passage.start, passage.end))

    def sources(self) -> list[str]:
        return self._sources

    def published_range(self) -> tuple[date, date] | None:
        return self._published

    def articles(self) -> list[ArticleInfo]:
        rows = self._ask(
            f"SELECT {packing.INFO}, coalesce(passages, 0) FROM article_{self.tables} a LEFT JOIN"
            f" (SELECT article, count(*) AS passages FROM passage_{self.tables} WHERE {self._alive} GROUP BY article) p"
            f" ON p.article = a.id WHERE {self._alive}"
        )
        return sorted(map(packing.info, rows), key=lambda article: article.path)

    def article(self, article_id: str) -> Article:
        return self.articles_of([article_id])[article_id]

    def articles_of(self, ids: Collection[str]) -> dict[str, Article]:
        rows = self._ask(
            f"SELECT {packing.SEALED}, seal FROM article_{self.tables} WHERE id = ANY(%(ids)s) AND {self._alive}",
            {"ids": list(map(plain, ids))},
        )
        found = {}
        for *row, sealed in rows:
            if packing.seal(row) != sealed:
                raise IndexCorrupt(self._name, f"the article {row[0]!r} is not what was written")
            found[row[0]] = packing.article(row)
        for id_ in ids:
            if id_ not in found:
                self._still_there()
                raise NotFound(f"There is no article {plain(id_)!r} in the index.")
        return found

    def digests(self) -> dict[str, bytes]:
        rows = self._ask(f"SELECT id, digest FROM article_{self.tables} WHERE {self._alive}")
        return dict(rows)

    def passage_ids(self, article_ids: Sequence[str]) -> list[int]:
        return [
            id_
            for first in range(0, len(article_ids), _BLOCK)
            for (id_,) in self._ask(
                f"SELECT id FROM passage_{self.tables} WHERE article = ANY(%(articles)s) AND {self._alive}",
                {"articles": list(map(plain, article_ids[first : first + _BLOCK]))},
            )
        ]

    def all_passage_ids(self) -> Ids:
        rows = self._ask(f"SELECT id FROM passage_{self.tables} WHERE {self._alive} ORDER BY id")
        return np.array([id_ for (id_,) in rows], dtype=np.int64)

    def vector_ids(self) -> Ids:
        return self.all_passage_ids()  # a row has both, or is not there

    def lexical_ids(self) -> Ids:
        rows = self._ask(
            f"SELECT id FROM passage_{self.tables} WHERE {self._alive} AND length(words) <= terms ORDER BY id"
        )
        return np.array([id_ for (id_,) in rows], dtype=np.int64)

    def vectors_of(self, ids: Sequence[int] | Ids) -> NDArray[np.float32]:
        asked = np.asarray(ids, dtype=np.int64)
        vectors = np.empty((len(asked), self.manifest.encoder["dimension"]), dtype=np.float32)
        for first in range(0, len(asked), _BLOCK):
            some = asked[first : first + _BLOCK].tolist()
            rows = self._ask(
                # As it is sent: two numbers of two bytes, then big-endian halves.
                f"SELECT id, halfvec_send(vector) FROM passage_{self.tables}"
                f" WHERE id = ANY(%(ids)s) AND {self._alive}",
                {"ids": some},
            )
            sent = {id_: np.frombuffer(vector, dtype=">f2", offset=4) for id_, vector in rows}
            for place, id_ in enumerate(some, first):
                vectors[place] = sent[id_]
        return vectors

    def has_words(self, id_: int, text: str) -> bool:
        terms = sorted(set(terms_of(text)))
        query = " | ".join(f"'{term}'" for term in terms)
        return not terms or bool(
            self._ask(
                f"SELECT 1 FROM passage_{self.tables} WHERE id = %(id)s AND {self._alive}"
                " AND words @@ %(query)s::tsquery",
                {"id": id_, "query": query},
            )
        )

    def titled_passages(self) -> Iterator[tuple[str, Passage]]:
        for info in self.articles():
            for passage in self.passages_of(info.id):
                yield info.title, passage

    def file(self, name: str) -> Path:
        """It is fetched when it is first asked for, and goes with the store."""
        with self._fetching:
            if self._files is None:
                self._files = tempfile.TemporaryDirectory(prefix="verbatim-")
            file = Path(self._files.name) / name
            if not file.exists():
                self._fetch(name, file)
            return file

    def close(self) -> None:
        if self._files is not None:
            self._files.cleanup()

    def _fetch(self, name: str, file: Path) -> None:
        aside, part = file.with_suffix(".part"), 0
        with aside.open("wb") as stream:
            while rows := self._ask(
                "SELECT content FROM file WHERE generation = %(number)s AND name = %(name)s AND part = %(part)s",
                {"number": self.number, "name": name, "part": part},
            ):
                stream.write(rows[0][0])
                part += 1
        if part:
            aside.replace(file)

    def _search(
        self,
        question: str | None,
        vector: NDArray[np.float32] | None,
        k: int,
        within: Sequence[Filters] | None,
    ) -> tuple[Ranking, Ranking]:
        dimension = self.manifest.encoder["dimension"]
        if vector is not None and vector.shape != (dimension,):
            raise ValueError(f"expected a vector of shape ({dimension},), got {vector.shape}")
        if k < 1:
            return [], []
        rows = self._ask(*statement(self._held, k, vector=vector, question=question, within=within))
        return _best(rows, "dense", k), _best(rows, "lexical", k)

    def _passages(self, where: str, values: dict[str, Any]) -> list[Passage]:
        rows = self._ask(
            f"SELECT id, article, begins, ends, text FROM passage_{self.tables} WHERE {where} AND {self._alive}",
            values,
        )
        return [
            Passage(id_, article, begins, ends, packing.unpack(text))
            for id_, article, begins, ends, text in rows
        ]

    def _still_there(self) -> None:
        """Raises Gone where the generation has been removed since it was opened: its rows may be missing."""
        if not self._ask("SELECT 1 FROM generation WHERE number = %(number)s", {"number": self.number}):
            raise Gone(self._name)

    @cached_property
    def _sources(self) -> list[str]:
        rows = self._ask(
            f"SELECT DISTINCT source FROM article_{self.tables} WHERE {self._alive} AND source <> ''"
        )
        names: dict[str, str] = {}
        for name in sorted(packing.unpack(source) for (source,) in rows):
            names.setdefault(name.casefold(), name)
        return [names[name] for name in sorted(names)]

    @cached_property
    def _published(self) -> tuple[date, date] | None:
        rows = self._ask(
            f"SELECT min(published), max(published) FROM article_{self.tables} WHERE {self._alive}"
        )
        first, last = (packing.day(told) for told in rows[0])
        return (first, last) if first is not None and last is not None else None


def _best(rows: Sequence[Row], which: str, k: int) -> Ranking:
    found = [(id_, float(score)) for name, id_, score in rows if name == which]
    return sorted(found, key=lambda item: (-item[1], item[0]))[:k]
