"""An index from one store to another, and whether both find the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.answer.retrieve.fuse import search
from qa.errors import BadRequest, BuildFailed
from qa.index.before import Before
from qa.index.catalog import Catalog
from qa.index.generation import Generation
from qa.index.manifest import Manifest
from qa.index.plan import Plan
from qa.ingest.original import MEMORY
from qa.ports import Progress
from qa.records import Article, Hit, Passage
from qa.settings import Settings

QUESTIONS = 100
_QUESTION_CHARS = 120
_TEN = 10
# Of the passages that one store finds by their own vector and words; the other's search may be an approximate one. The
# order of what both find is no measure: the stores weigh words differently.
LEAST_FOUND = 0.95


@dataclass(frozen=True, slots=True)
class Copied:
    """questions: passages that were asked for by their own vector and first words. same_first: how many of these have
    the same first passage in both; same_ten: the share of the first ten that both find (0..1)."""

    version: str
    articles: int
    passages: int
    questions: int
    same_first: int
    same_ten: float


class _Recorded:
    """The encoder that an index was made with, of which only the vectors are there."""

    def __init__(self, manifest: Manifest) -> None:
        told = manifest.encoder
        self.name, self.checksum, self.dimension = told["name"], told["checksum"], told["dimension"]
        self.precision, self.max_tokens = "", 0

    def encode(
        self, texts: Sequence[str], *, batch_size: int = 0, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        raise BuildFailed(
            f"{len(texts)} passages have no vector, so the index cannot be copied. Build it again."
        )

    def encode_question(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.encode([text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [0 for _ in texts]


def copy(source: Catalog, target: Catalog, progress: Progress = lambda phase, done, total: None) -> Copied:
    """Put the index that is in service at `source` into service at `target`, with its vectors, and compare both.

    What `target` had before is there to go back to. Raises as a build does, BadRequest where both are one, and
    BuildFailed where they do not find the same.
    """
    if _place(source) == _place(target):
        raise BadRequest(
            f"The index in {source.name} cannot be copied to itself. Name another place to copy it to."
        )
    store = source.open()
    manifest = store.manifest
    settings = Settings(encoder=manifest.encoder["name"], **manifest.settings)

    def cut() -> Iterator[tuple[Article, list[tuple[int, int]]]]:
        for done, info in enumerate(store.articles()):
            progress("articles", done, manifest.counts["articles"])
            yield store.article(info.id), [(p.start, p.end) for p in store.passages_of(info.id)]

    def beside(folder: Path) -> None:
        if (memory := store.file(MEMORY)).exists():
            shutil.copyfile(memory, folder / MEMORY)

    with target.building() as building:
        built = building.write(
            Plan(
                cut(),
                _Recorded(manifest),
                settings,
                before=Before(store, "it is copied"),
                sources=manifest.sources,
                report=manifest.report,
                progress=progress,
                beside=beside,
                program=manifest.program,
            )
        )
    progress("compare", 0, QUESTIONS)
    here, there = source.open(), target.open()
    try:
        if manifest.version == here.version and built.manifest.version == there.version:
            return _compared(here, there, settings)
    finally:
        here.close()
        there.close()
    raise BuildFailed("Another index was published meanwhile, so nothing was compared. Copy again.")


def _place(of: Catalog) -> str | Path:
    return of.name.resolve() if isinstance(of.name, Path) else of.name


def _compared(here: Generation, there: Generation, settings: Settings) -> Copied:
    """Raises BuildFailed, with the way back, where they differ."""
    ids = here.all_passage_ids()
    if not (np.array_equal(ids, there.all_passage_ids()) and here.digests() == there.digests()):
        raise BuildFailed(
            "The copy does not hold the same articles and passages. Go back with: qa index --rollback"
        )
    asked = ids[:: max(1, -(-len(ids) // QUESTIONS))].tolist()
    first, same, ten, known, known_again = 0, 0, 0, 0, 0
    for passage, vector in zip(here.passages(asked), here.vectors_of(asked), strict=True):
        found, again = (
            [hit.passage.id for hit in _ask(store, passage.text[:_QUESTION_CHARS], vector, settings)]
            for store in (here, there)
        )
        first += found[:1] == again[:1]
        same += len(set(found) & set(again))
        ten += len(found)
        if _finds(here, passage, vector, settings):
            known += 1
            known_again += _finds(there, passage, vector, settings)
    told = Copied(
        there.version,
        there.manifest.counts["articles"],
        there.manifest.counts["passages"],
        len(asked),
        first,
        same / max(1, ten),
    )
    if known_again < LEAST_FOUND * known:
        raise BuildFailed(
            f"Of {known} passages only {known_again} are found in the copy by their own vector and words. Go back "
            "with: qa index --rollback"
        )
    return told


def _finds(store: Generation, passage: Passage, vector: NDArray[np.float32], settings: Settings) -> bool:
    """Whether a passage is found by its vector, and by its first words."""
    by_vector = {id_ for id_, _ in store.search_dense(vector, _TEN)}
    by_words = {id_ for id_, _ in store.search_lexical(passage.text[:_QUESTION_CHARS], settings.candidates)}
    return passage.id in by_vector & by_words


def _ask(store: Generation, question: str, vector: NDArray[np.float32], settings: Settings) -> list[Hit]:
    return search(
        store,
        question,
        vector,
        top_k=_TEN,
        candidates=settings.candidates,
        rrf_k=settings.rrf_k,
        dense_weight=settings.dense_weight,
        lexical_weight=settings.lexical_weight,
    )
