"""The lexical index: BM25 over English stems, kept on disk by tantivy.

Scores are tantivy's BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from embeddings.text import without_surrogates
from qa.english.words import GRAMMAR

_ANALYZER = "verbatim_en"
_WORD = re.compile(r"\w+")
_FEW_IDS = 5_000  # so many are looked up in the index; where more are allowed, k of them are soon found by going deeper
_MAX_QUERY_TERMS = 64  # a question of 1,000 characters holds more words than help; later ones are left out


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", stored=True, indexed=True, fast=True)
    # Without the places of words, which only phrases need: 0.6 of the disk.
    builder.add_text_field("text", stored=False, tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(64))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


_ANALYZE = _analyzer()


class LexicalIndex:
    """BM25 over (id, text) pairs in a folder."""

    def __init__(self, index: tantivy.Index) -> None:
        index.register_tokenizer(_ANALYZER, _ANALYZE)
        index.reload()
        self._searcher = index.searcher()
        self._schema = index.schema

    @classmethod
    def build(cls, folder: Path, entries: Iterable[tuple[int, str]]) -> LexicalIndex:
        """Index `entries` in the new, empty `folder`. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls._written(tantivy.Index(_schema(), path=str(folder)), (), entries)

    @classmethod
    def build_from(
        cls, before: Path, folder: Path, gone: Iterable[int], entries: Iterable[tuple[int, str]]
    ) -> LexicalIndex:
        """In the new `folder`, what the index in the folder `before` holds, without the ids `gone`, and `entries`.

        tantivy never changes a file of words it has written, so they are copied and a few are added.
        """
        shutil.copytree(before, folder, ignore=shutil.ignore_patterns("*.lock"))
        return cls._written(tantivy.Index.open(str(folder)), gone, entries)

    @staticmethod
    def share_deleted(folder: Path) -> float:
        """How much of the index in `folder` is entries that were deleted, 0 to 1: BM25 still counts their words."""
        segments = json.loads((folder / "meta.json").read_bytes())["segments"]
        deleted: int = sum((segment["deletes"] or {}).get("num_deleted_docs", 0) for segment in segments)
        everything: int = sum(segment["max_doc"] for segment in segments)
        return deleted / max(1, everything)

    @classmethod
    def _written(
        cls, index: tantivy.Index, gone: Iterable[int], entries: Iterable[tuple[int, str]]
    ) -> LexicalIndex:
        index.register_tokenizer(_ANALYZER, _analyzer())
        try:
            # One thread: the same segments every time.
            writer = index.writer(heap_size=64_000_000, num_threads=1)
            for id_ in gone:
                # By a query: given a name and a number, tantivy 0.27 looks for a signed one and deletes nothing.
                writer.delete_documents_by_query(tantivy.Query.term_query(index.schema, "id", id_))
            for id_, text in entries:
                document = tantivy.Document()
                document.add_unsigned("id", id_)
                document.add_text("text", without_surrogates(text))
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:  # what tantivy raises for a full disk
            raise OSError(str(error)) from error
        return cls(index)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Raises ValueError or OSError where the folder does not hold a readable index."""
        if not os.access(folder, os.W_OK):
            return cls.open_read_only(folder)
        return cls(tantivy.Index.open(str(folder)))

    @classmethod
    def open_read_only(cls, folder: Path) -> LexicalIndex:
        """The same without writing to `folder`: tantivy writes a lock file even where it only reads.

        It is shown a temporary folder of links, which may go again once its files are mapped.
        """
        with tempfile.TemporaryDirectory(prefix="verbatim-") as links:
            for file in folder.iterdir():
                if file.suffix != ".lock":
                    (Path(links) / file.name).symlink_to(file.resolve())
            return cls(tantivy.Index.open(links))

    def ids(self) -> NDArray[np.int64]:
        """Of every entry, ascending."""
        everything = self._searcher.search(tantivy.Query.all_query(), limit=max(1, len(self))).hits
        return np.array(
            sorted(self._searcher.doc(address)["id"][0] for _, address in everything), dtype=np.int64
        )

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def search(
        self, question: str, k: int, within: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The best k of the passages that share a term with the question: (id, BM25 score), best first.

        Equal scores are ordered by id, so the same question always gets the same list. within: ids, ascending; only
        these are found, with the scores that they have among all.
        """
        terms = asked_terms(question)
        if not terms or k < 1 or not len(self) or (within is not None and not len(within)):
            return []
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "text", term)) for term in terms]
        )
        if within is None:
            return self._best(query, k)
        if len(within) <= _FEW_IDS:
            return self._best(self._only(query, within), k)
        return self._best_within(query, k, within)

    def _best(self, query: tantivy.Query, k: int) -> list[tuple[int, float]]:
        hits = self._searcher.search(query, limit=k).hits
        found = [(int(self._searcher.doc(address)["id"][0]), float(score)) for score, address in hits]
        return sorted(found, key=lambda item: (-item[1], item[0]))

    def _only(self, query: tantivy.Query, ids: NDArray[np.int64]) -> tantivy.Query:
        of_these = tantivy.Query.term_set_query(self._schema, "id", ids.tolist())
        silent = tantivy.Query.const_score_query(of_these, 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, silent)])

    def _best_within(
        self, query: tantivy.Query, k: int, within: NDArray[np.int64]
    ) -> list[tuple[int, float]]:
        """Ever deeper, until k of what was found is in `within` or there is nothing more to find."""
        allowed, depth = set(within.tolist()), 2 * k
        while True:
            found = self._best(query, depth)
            kept = [item for item in found if item[0] in allowed]
            if len(kept) >= k or len(found) < depth:
                return kept[:k]
            depth *= 4


def terms_of(text: str) -> list[str]:
    """The terms of a text, as often as they occur, as an index holds them."""
    terms: list[str] = _ANALYZE.analyze(without_surrogates(text))
    return terms


def asked_terms(question: str) -> list[str]:
    """The terms that a search looks for, each once; at most 64."""
    terms = dict.fromkeys(term for word in words(question) for term in terms_of(word))
    return list(terms)[:_MAX_QUERY_TERMS]


def words(question: str) -> list[str]:
    """What a search looks for: the words that tell what the question is about, or all of it where none does."""
    question = without_surrogates(question)
    return [word for word in _WORD.findall(question) if not _is_stop_word(word)] or [question]


def _is_stop_word(word: str) -> bool:
    # "US", "IT" and "WHO" in capitals are names. A question all in capitals keeps its stop words, which costs time.
    return word.lower() in GRAMMAR and not (len(word) > 1 and word.isupper())
