"""Whether a published generation is whole, to the last offset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import IndexCorrupt
from ..ports import Encoder
from ..records import Article, Passage
from .context import encoder_text
from .generation import Generation
from .opening import open_current

SAMPLES = 50  # passages whose searches are tried, spread over the index
SAME = 1e-3  # two cosines closer than this are the same vector, or a copy of it
_SHOWN = 20  # problems of one kind; a thousand wrong offsets are one defect


@dataclass(frozen=True, slots=True)
class Checked:
    """problems: sentences; none where the index is whole."""

    version: str | None
    problems: tuple[str, ...]
    articles: int = 0
    passages: int = 0
    samples: int = 0


def check(data: Path, encoder: Encoder | None = None) -> Checked:
    """Look through the index in service. With its encoder, sampled passages are also searched for as a question is.

    Raises IndexMissing where nothing was published.
    """
    try:
        store = open_current(data)  # compares every file with its checksum, and the counts with each other
    except IndexCorrupt as error:
        return Checked(None, (str(error),))
    return look_through(store, encoder)


def look_through(store: Generation, encoder: Encoder | None) -> Checked:
    """What `check` does with an open generation, which is closed."""
    try:
        ids = np.sort(store.vector_ids())
        problems = [*_ids(store, ids)]
        if not problems:
            problems += [*_offsets(store), *_vectors(store, ids), *_samples(store, ids, encoder)]
        counts = store.manifest.counts
        return Checked(
            store.version, tuple(problems), counts["articles"], counts["passages"], min(SAMPLES, len(ids))
        )
    finally:
        store.close()


def own_search(store: Generation, ids: Sequence[int]) -> Iterator[str]:
    """Each of these passages must be found by its own vector and by its own words; a sentence where it is not."""
    for id_ in ids:
        own = store.vectors_of([id_])[0]
        found = store.search_dense(own, 1)
        if not found or (found[0][0] != id_ and abs(found[0][1] - float(own @ own)) > SAME):
            yield f"Passage {id_} is not found by its vector."
        try:
            (passage,) = store.passages([id_])
        except KeyError:
            yield f"Passage {id_} has a vector and no text."
            continue
        has_words = any(char.isascii() and char.isalpha() for char in passage.text)
        if has_words and not store.has_words(id_, passage.text):
            yield f"Passage {id_} is not found by its words."


def _ids(store: Generation, ids: NDArray[np.int64]) -> Iterator[str]:
    """The same passages must stand in all three."""
    if len(np.unique(ids)) != len(ids):
        yield "Some vectors stand under the same id."
    for what, others in (("passages", store.all_passage_ids()), ("lexical entries", store.lexical_ids())):
        missing, surplus = np.setdiff1d(ids, others), np.setdiff1d(others, ids)
        if len(missing):
            yield f"{len(missing)} vectors have no {what}, the first is {missing[0]}."
        if len(surplus):
            yield f"{len(surplus)} {what} have no vector, the first is {surplus[0]}."


def _offsets(store: Generation) -> Iterator[str]:
    told = 0
    for info in store.articles():
        try:
            article, passages = store.article(info.id), store.passages_of(info.id)
        except IndexCorrupt as error:
            yield f"{info.path}: {error.why}."
            continue
        for problem in _article(article, passages):
            yield f"{info.path}: {problem}"
            told += 1
            if told == _SHOWN:
                yield "There are more wrong offsets; they are not all listed."
                return


def _article(article: Article, passages: Sequence[Passage]) -> Iterator[str]:
    digest = hashlib.sha256(article.raw.encode("utf-8", "surrogatepass")).hexdigest()
    if not digest.startswith(article.id):
        yield f"its raw text is not the one that its id {article.id} was drawn from."
    if not _goes_forward(article.page_starts, len(article.raw)):
        yield "its pages do not begin in order within the raw text."
    runs = article.alignment.runs
    if not _goes_forward([run[0] for run in runs], len(article.text)):
        yield "its alignment does not go forward through the text."
    ends = [place for _, start, length in runs for place in (start, start + length)]
    if not _goes_forward(ends, len(article.raw)):
        yield "its alignment does not go forward through the raw text."
    if not runs and len(article.text) != len(article.raw):
        yield "its text is not its raw text, and there is no alignment between them."
    beside = [(part.start, part.end) for part in article.parts]
    listed = [(item.start, item.end) for item in article.items]
    cells = [
        (cell.start, cell.end)
        for table in article.tables
        for row in (table.header, *table.rows)
        for cell in row
    ]
    if any(not 0 <= start < end <= len(article.text) for start, end in (*beside, *listed, *cells)):
        yield "a cell, caption, byline, credit, dateline or list item of it lies outside the text."
    for passage in passages:
        if not 0 <= passage.start < passage.end <= len(article.text):
            yield f"passage {passage.id} [{passage.start}:{passage.end}] lies outside the text."
        elif article.text[passage.start : passage.end] != passage.text:
            yield f"passage {passage.id} is not the text at [{passage.start}:{passage.end}]."
        else:
            start, end = article.alignment.to_raw(passage.start, passage.end)
            if not 0 <= start < end <= len(article.raw):
                yield f"passage {passage.id} is cited at [{start}:{end}] of {len(article.raw)} raw characters."


def _goes_forward(places: Sequence[int], limit: int) -> bool:
    return all(a <= b for a, b in zip([0, *places], [*places, limit], strict=True))


def _vectors(store: Generation, ids: NDArray[np.int64]) -> Iterator[str]:
    for first in range(0, len(ids), 10_000):
        some = ids[first : first + 10_000]
        lengths = np.linalg.norm(store.vectors_of(some), axis=1)
        wrong = some[~(np.abs(lengths - 1.0) <= SAME)]  # a length that is no number is wrong too
        if len(wrong):
            yield f"{len(wrong)} vectors are not of unit length, the first is that of passage {wrong[0]}."
            return


def _samples(store: Generation, ids: NDArray[np.int64], encoder: Encoder | None) -> Iterator[str]:
    sampled = ids[:: max(1, -(-len(ids) // SAMPLES))].tolist()
    yield from own_search(store, sampled)
    if encoder is None or not sampled:
        return
    passages = store.passages(sampled)
    titles = {info.id: info.title for info in store.articles()}
    with_title = bool(store.manifest.settings["title_in_vectors"])
    asked = encoder.encode([encoder_text(titles[p.article_id], p, with_title=with_title) for p in passages])
    for passage, vector in zip(passages, asked, strict=True):
        found = store.search_dense(vector, 1)
        own = store.vectors_of([passage.id])[0]
        if not found or abs(found[0][1] - float(vector @ own)) > SAME:
            yield f"Passage {passage.id} is not what is found when its own text is asked for."
