"""Articles and their passages -> rows of the tables, by COPY, a few thousand passages at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg

from ...ports import Ids
from ...records import Article, Passage
from .. import packing
from ..context import lexical_text
from ..encoding import encode
from ..generation import Generation
from ..lexical import terms_of
from ..plan import Plan
from .connections import Row
from .filtering import facets, plain
from .searching import halfvec
from .tables import ALIVE, ARTICLE, PASSAGE

_TOGETHER = 4096  # passages encoded and written at a time


class Writer:
    """Writes into the tables `n` what is new in the generation `number`, and ends what is no longer in it.

    known: a generation from which vectors are taken instead of made. upon: whether the tables hold generations before.
    `finish` is to be called at the end; `encoded` counts the vectors that were made, `gone` and `added` passages.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Row],
        n: int,
        number: int,
        *,
        upon: bool,
        known: Generation | None,
        plan: Plan,
    ) -> None:
        self._connection, self._n, self._number, self._upon = connection, n, number, upon
        self._known, self._plan = known, plan
        self._known_ids: Ids = np.empty(0, dtype=np.int64) if known is None else np.sort(known.vector_ids())
        self._waiting: list[tuple[Article, bytes, Sequence[Passage]]] = []
        self._removed: list[str] = []
        self._count = 0
        self._held: Counter[str] = Counter()  # how many more passages hold a term
        self.terms = 0  # how many more there are, with repeats
        self.added = self.gone = self.encoded = 0

    def add(self, article: Article, digest: bytes, passages: Sequence[Passage]) -> None:
        self.remove(article.id)
        self._waiting.append((article, digest, passages))
        self._count += len(passages)
        if self._count >= _TOGETHER:
            self._flush()

    def remove(self, article_id: str) -> None:
        if self._upon:
            self._removed.append(article_id)

    def finish(self) -> None:
        self._flush()
        held = ((term, self._number, more) for term, more in self._held.items() if more)
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY term_{self._n} (term, born, passages) FROM STDIN".encode()) as copy,
        ):
            for row in held:
                copy.write_row(row)

    def _flush(self) -> None:
        self._end(self._removed)
        with self._connection.cursor() as cursor:
            with cursor.copy(f"COPY article_{self._n} ({ARTICLE}) FROM STDIN".encode()) as copy:
                for article, digest, _ in self._waiting:
                    row = packing.row(article)
                    copy.write_row((*row, digest, packing.seal(row), self._number))
            titled = [(article, p) for article, _, passages in self._waiting for p in passages]
            vectors = self._vectors([(article.title, passage) for article, passage in titled])
            with cursor.copy(f"COPY passage_{self._n} ({PASSAGE}) FROM STDIN".encode()) as copy:
                for (article, passage), vector in zip(titled, vectors, strict=True):
                    copy.write_row((*self._passage(article, passage), halfvec(vector)))
        self.added += len(titled)
        self._waiting, self._removed, self._count = [], [], 0

    def _passage(self, article: Article, passage: Passage) -> tuple[Any, ...]:
        terms = terms_of(
            lexical_text(article.title, passage, with_title=self._plan.settings.title_in_lexical)
        )
        words = sorted(set(terms))
        self._held.update(words)
        self.terms += len(terms)
        return (
            article.id,
            passage.id,
            self._number,
            passage.start,
            passage.end,
            packing.pack(passage.text),
            article.published,
            facets(article),
            len(terms),
            " ".join(f"'{word}'" for word in words),  # letters and digits alone: nothing to quote
        )

    def _vectors(self, titled: Sequence[tuple[str, Passage]]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """(len(titled), d), taken from the generation before or made."""
        ids = np.array([passage.id for _, passage in titled], dtype=np.int64)
        known = np.isin(ids, self._known_ids)
        vectors = np.empty((len(ids), self._plan.encoder.dimension), dtype=np.float32)
        if self._known is not None and known.any():
            vectors[known] = self._known.vectors_of(ids[known])
        new = [one for one, is_known in zip(titled, known, strict=True) if not is_known]
        if new:
            self._advance(0)
            plan = self._plan
            vectors[~known] = encode(new, plan.encoder, plan.settings, plan.made, self._advance)
        return vectors

    def _advance(self, count: int) -> None:
        self.encoded += count
        self._plan.progress("encode", self.encoded, 0)

    def _end(self, article_ids: Sequence[str]) -> None:
        """Of these articles, what is there from the generations before is in this one no longer."""
        if not article_ids:
            return
        values = {"articles": list(map(plain, article_ids)), "number": self._number}
        ended = f"died = {ALIVE} AND born < %(number)s"
        self._connection.execute(
            f"UPDATE article_{self._n} SET died = %(number)s WHERE id = ANY(%(articles)s) AND {ended}".encode(),
            values,
        )
        ending = self._connection.execute(
            f"UPDATE passage_{self._n} SET died = %(number)s WHERE article = ANY(%(articles)s) AND {ended}"
            " RETURNING terms, tsvector_to_array(words)".encode(),
            values,
        )
        for terms, words in ending:
            self.gone += 1
            self.terms -= terms
            self._held.subtract(words)
