"""Articles and passages in one SQLite file: written once, by itself or from the one before, then only read."""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import LifoQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.text import without_surrogates

from ..errors import NotFound
from ..records import Article, ArticleInfo, Passage
from . import packing
from .facets import Facets

_CONNECTIONS = 4  # a query takes tens of microseconds: more threads than this seldom meet here
_SCHEMA = """
CREATE TABLE article (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    path BLOB NOT NULL,
    title BLOB NOT NULL,
    raw BLOB NOT NULL,
    text BLOB,               -- NULL: equal to raw
    length INTEGER NOT NULL, -- characters of raw
    published TEXT,          -- ISO 8601
    published_inferred INTEGER NOT NULL,
    source BLOB,
    url BLOB,
    alignment BLOB NOT NULL, -- int64 triples
    page_starts BLOB NOT NULL, -- int64
    also_in BLOB NOT NULL,   -- JSON list
    language TEXT,           -- ISO 639
    in_file BLOB,            -- int64 triples; NULL where the file is no text
    parts BLOB NOT NULL,     -- JSON list of [start, end, role]
    digest BLOB NOT NULL,    -- SHA-256 of all that is told about it and of its passages' ids
    seal BLOB NOT NULL       -- BLAKE2b of what an article is read from, compared whenever it is
);
CREATE TABLE passage (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES article (number),
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text BLOB NOT NULL
);
CREATE INDEX passage_article ON passage (article, start);
CREATE INDEX article_facets ON article (published, source, url, path, also_in); -- read without the raw texts
"""


class Writer:
    """A new database in `file`, written while the block lasts; whole where the block ends without an error.

    base: another such database, whose content is taken over; it is copied when something is written, or `finish` is
    called, and not before. Raises OSError.
    """

    def __init__(self, file: Path, base: Path | None = None) -> None:
        self._file, self._base = file, base
        self._opened: sqlite3.Connection | None = None
        self._next = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *error: object) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def add(self, article: Article, digest: bytes, passages: Iterable[Passage]) -> None:
        """An article with its passages, in place of the one before that has its id, if any."""
        self.remove(article.id)
        number, self._next = self._next, self._next + 1
        with self._writing() as connection:
            connection.execute(
                f"INSERT INTO article VALUES ({','.join('?' * 19)})",
                (number, *(row := packing.row(article)), digest, packing.seal(row)),
            )
            connection.executemany(
                "INSERT INTO passage VALUES (?, ?, ?, ?, ?)",
                ((p.id, number, p.start, p.end, packing.pack(p.text)) for p in passages),
            )

    def remove(self, article_id: str) -> None:
        """The article of this id and its passages; nothing where it is not there."""
        with self._writing() as connection:
            found = connection.execute("SELECT number FROM article WHERE id = ?", [article_id]).fetchall()
            connection.executemany("DELETE FROM passage WHERE article = ?", found)
            connection.executemany("DELETE FROM article WHERE number = ?", found)

    def finish(self) -> None:
        with self._writing() as connection:
            connection.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._opened is None:
                self._open()
            assert self._opened is not None
            yield self._opened
        except sqlite3.OperationalError as error:  # what SQLite raises for a full disk
            raise OSError(f"{self._file.name}: {error}") from error

    def _open(self) -> None:
        if self._base is not None:
            shutil.copyfile(self._base, self._file)
        self._opened = connection = sqlite3.connect(self._file, isolation_level=None)
        connection.execute("PRAGMA journal_mode = OFF")  # a half-written file is thrown away with its folder
        connection.execute("PRAGMA synchronous = OFF")  # the publisher fsyncs it whole
        if self._base is None:
            connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        (self._next,) = connection.execute("SELECT coalesce(max(number) + 1, 0) FROM article").fetchone()


class Articles:
    """Such a file, opened read-only; may be called from several threads.

    A few connections are opened at once and lent to one query at a time. Nothing is opened later, so a store that is
    open goes on answering when its generation is removed from the disk, and threads that come and go leave nothing.
    Raises sqlite3.DatabaseError where the file is not such a database.
    """

    def __init__(self, file: Path) -> None:
        uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"  # immutable: no lock, no journal looked for
        self._free: LifoQueue[sqlite3.Connection] = LifoQueue()
        connections: list[sqlite3.Connection] = []
        self.close = weakref.finalize(self, _close_all, connections)
        for _ in range(_CONNECTIONS):
            connections.append(sqlite3.connect(uri, uri=True, check_same_thread=False))
            self._free.put(connections[-1])
        self.counts()

    def counts(self) -> dict[str, int]:
        """{"articles": n, "passages": n}"""
        (articles,) = self._all("SELECT count(*) FROM article")[0]
        (passages,) = self._all("SELECT count(*) FROM passage")[0]
        return {"articles": articles, "passages": passages}

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """In the order of `ids`. Raises KeyError for an unknown id."""
        found: dict[int, Passage] = {}
        for first in range(0, len(ids), 500):  # SQLite of old allows 999 parameters
            some = list(ids[first : first + 500])
            marks = ",".join("?" * len(some))
            found.update((p.id, p) for p in self._passages(f"passage.id IN ({marks})", some))
        return [found[id_] for id_ in ids]

    def passages_of(self, article_id: str) -> list[Passage]:
        return self._passages("article.id = ? ORDER BY start, end", [without_surrogates(article_id)])

    def facets(self) -> Facets:
        rows = self._all("SELECT number, published, source, url, path, also_in FROM article")
        of = self._numbers("SELECT id, article FROM passage", 2)
        return Facets(
            [
                (
                    number,
                    packing.day(day),
                    packing.unpack_or_none(source),
                    packing.unpack_or_none(url),
                    (packing.unpack(path), *json.loads(copies)),
                )
                for number, day, source, url, path, copies in rows
            ],
            of[np.argsort(of[:, 0])],
        )

    def articles(self) -> list[ArticleInfo]:
        rows = self._all(
            f"SELECT {packing.INFO}, (SELECT count(*) FROM passage WHERE passage.article = article.number) FROM article"
        )
        return sorted(map(packing.info, rows), key=lambda article: article.path)

    def article(self, article_id: str) -> Article:
        """Raises NotFound, sqlite3.DatabaseError where it is not what was written."""
        rows = self._all(
            f"SELECT {packing.SEALED}, seal FROM article WHERE id = ?", [without_surrogates(article_id)]
        )
        if not rows:
            raise NotFound(f"There is no article {without_surrogates(article_id)!r} in the index.")
        *row, sealed = rows[0]
        if packing.seal(row) != sealed:
            raise sqlite3.DatabaseError(
                f"the article {without_surrogates(article_id)!r} is not what was written"
            )
        return packing.article(row)

    def digests(self) -> dict[str, bytes]:
        """Of every article, by its id."""
        return dict(self._all("SELECT id, digest FROM article"))

    def passage_ids(self, article_ids: Sequence[str]) -> list[int]:
        """Of all the passages of these articles."""
        query = "SELECT passage.id FROM passage JOIN article ON article.number = passage.article WHERE article.id = ?"
        known = map(without_surrogates, article_ids)
        return [id_ for article_id in known for (id_,) in self._all(query, [article_id])]

    def all_passage_ids(self) -> NDArray[np.int64]:
        """Ascending."""
        return np.sort(self._numbers("SELECT id FROM passage", 1).reshape(-1))

    def titled(self) -> Iterator[tuple[str, Passage]]:
        """Every passage, with its article's title."""
        for number, article_id, title in self._all("SELECT number, id, title FROM article ORDER BY number"):
            query = "SELECT id, start, end, text FROM passage WHERE article = ?"
            for id_, start, end, text in self._all(query, [number]):
                yield packing.unpack(title), Passage(id_, article_id, start, end, packing.unpack(text))

    def titles(self, passages: Iterable[Passage]) -> dict[str, str]:
        """The title of each article that these passages are of, by its id."""
        query = "SELECT title FROM article WHERE id = ?"
        return {
            id_: packing.unpack(self._all(query, [id_])[0][0]) for id_ in {p.article_id for p in passages}
        }

    def _passages(self, where: str, values: Sequence[Any]) -> list[Passage]:
        rows = self._all(
            "SELECT passage.id, article.id, start, end, passage.text FROM passage"
            f" JOIN article ON article.number = passage.article WHERE {where}",
            values,
        )
        return [
            Passage(id_, article, start, end, packing.unpack(text)) for id_, article, start, end, text in rows
        ]

    def _numbers(self, query: str, columns: int) -> NDArray[np.int64]:
        """(rows, columns), in any order, for which an index is read and not the texts; as tuples, 200 MB a million."""
        with self._lent() as connection:
            every = itertools.chain.from_iterable(connection.execute(query))
            return np.fromiter(every, dtype=np.int64).reshape(-1, columns)

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lent() as connection:
            return connection.execute(query, values).fetchall()

    @contextmanager
    def _lent(self) -> Iterator[sqlite3.Connection]:
        connection = self._free.get()
        try:
            yield connection
        finally:
            self._free.put(connection)


def _close_all(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()
