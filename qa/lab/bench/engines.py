"""Engines for lexical search behind one shape: ours (tantivy), SQLite's FTS5 and bm25s.

Each builds in a new folder from (id, text), ids counted from 0, and says what it is; opened there it answers a question
with ids, the best first; `change` is None where a passage can only go or come with all others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

from Stemmer import Stemmer

from qa.index.lexical import LexicalIndex, words

DEPTH = 50  # passages asked for, as retrieval does

Entries = Iterable[tuple[int, str]]


class Tantivy:
    """The lexical index as it is. A change copies its files, for a reader may hold the ones before."""

    def __init__(self, folder: Path) -> None:
        self._index = LexicalIndex.open(folder)

    @staticmethod
    def build(folder: Path, entries: Entries) -> str:
        LexicalIndex.build(folder, entries)
        return f"tantivy {version('tantivy')}"

    def search(self, question: str) -> list[int]:
        return [id_ for id_, _ in self._index.search(question, DEPTH)]

    @staticmethod
    def change(folder: Path, gone: tuple[int, str], added: tuple[int, str]) -> Path:
        """One passage goes and one comes; the folder that tells so."""
        changed = folder.with_name(f"{folder.name}-changed")
        LexicalIndex.build_from(folder, changed, [gone[0]], [added])
        return changed


class Fts5:
    """Without a copy of the texts; merged into one tree at the end, as its manual advises for searching."""

    def __init__(self, folder: Path) -> None:
        self._base = sqlite3.connect(folder / "fts5.sqlite")

    @staticmethod
    def build(folder: Path, entries: Entries) -> str:
        folder.mkdir()
        with closing(sqlite3.connect(folder / "fts5.sqlite")) as base, base:
            base.execute("CREATE VIRTUAL TABLE t USING fts5(text, content='', tokenize='porter unicode61')")
            base.executemany("INSERT INTO t (rowid, text) VALUES (?, ?)", entries)
            base.execute("INSERT INTO t (t) VALUES ('optimize')")
        return f"SQLite {sqlite3.sqlite_version} FTS5"

    def search(self, question: str) -> list[int]:
        any_word = " OR ".join('"{}"'.format(word.replace('"', "")) for word in words(question))
        found = self._base.execute(
            f"SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT {DEPTH}", [any_word]
        )
        return [id_ for (id_,) in found]

    @staticmethod
    def change(folder: Path, gone: tuple[int, str], added: tuple[int, str]) -> Path:
        with closing(sqlite3.connect(folder / "fts5.sqlite")) as base, base:
            base.execute("INSERT INTO t (t, rowid, text) VALUES ('delete', ?, ?)", gone)
            base.execute("INSERT INTO t (rowid, text) VALUES (?, ?)", added)
        return folder


class Bm25s:
    """Mapped from disk as its documentation advises. Its scores are computed when it is built: it cannot change."""

    change = None

    def __init__(self, folder: Path) -> None:
        import bm25s

        self._bm25s, self._index = bm25s, bm25s.BM25.load(str(folder), mmap=True, show_progress=False)

    @classmethod
    def build(cls, folder: Path, entries: Entries) -> str:
        import bm25s

        index = bm25s.BM25(k1=1.2, b=0.75)
        tokens = bm25s.tokenize([text for _, text in entries], show_progress=False, **cls._analysis())
        index.index(tokens, show_progress=False)
        index.save(str(folder), show_progress=False)
        return f"bm25s {version('bm25s')}"

    def search(self, question: str) -> list[int]:
        asked = " ".join(words(question))
        tokens = self._bm25s.tokenize(asked, return_ids=False, show_progress=False, **self._analysis())
        count = min(DEPTH, int(self._index.scores["num_docs"]))
        found, scores = self._index.retrieve(tokens, k=count, show_progress=False)
        return [int(id_) for id_, score in zip(found[0], scores[0], strict=True) if score > 0]

    @staticmethod
    def _analysis() -> dict[str, Any]:
        return {"token_pattern": r"\w+", "stopwords": [], "stemmer": Stemmer("english")}


ENGINES: dict[str, Any] = {"ours": Tantivy, "fts5": Fts5, "bm25s": Bm25s}
